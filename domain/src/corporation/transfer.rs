//! 事業譲渡: an office goes to another corporation from a day on. Its number, its entries and its licence go with it; what the
//! former corporation signed does not: its mandate and its 委任状 stay behind. What transmits goes on under the former
//! corporation until the new one's own application has started.

use super::{Entry, Event, Office, Refusal, Registered};
use crate::Service;
use crate::dates::Month;
use crate::decider::Context;
use crate::identifiers::OfficeNumber;
use crate::personal::Typed;
use crate::rules::{Ask, Dated, Question, reckoned};
use crate::stream::{CorporationId, OfficeId, Stream};
use crate::waiting::{Next, Party, Waiting, What, worded};
use chrono::{Days, NaiveDate};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

worded! {
    /// What an office used under its former corporation, and is to be taken up under the new one.
    Carried {
        /// The use of ほのぼのmini2.
        Registration = "registration", "ほのぼのmini2の利用";
        /// Transmission by ほのぼのmini2.
        TransmissionMini2 = "transmission_mini2", "伝送（ほのぼのmini2）";
        /// Transmission by ケアネットメッセンジャー.
        TransmissionMessenger = "transmission_messenger", "伝送（ケアネットメッセンジャー）";
    }
}

impl Carried {
    /// The transmission of a service.
    pub const fn transmission(service: Service) -> Option<Self> {
        match service {
            Service::HonobonoMini2 => Some(Self::TransmissionMini2),
            Service::CareNetMessenger => Some(Self::TransmissionMessenger),
            Service::CareplanRenkei => None,
        }
    }

    /// The service.
    pub const fn service(self) -> Service {
        match self {
            Self::Registration | Self::TransmissionMini2 => Service::HonobonoMini2,
            Self::TransmissionMessenger => Service::CareNetMessenger,
        }
    }
}

/// An office as one corporation hands it to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HandedOver {
    /// The office.
    pub office: OfficeId,
    /// Its 事業所番号.
    pub number: OfficeNumber,
    /// The numbers it had before, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub former_numbers: Vec<OfficeNumber>,
    /// Its service kinds.
    pub entries: Vec<Entry>,
    /// The first day under the new corporation.
    pub on: NaiveDate,
    /// The last day for which the former corporation pays: the last one of a month; none when nothing is charged.
    pub charged_through: Option<Dated>,
    /// What it used.
    pub uses: Vec<Carried>,
}

/// An office that came from another corporation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Received {
    /// The corporation.
    pub from: CorporationId,
    /// The first day here.
    pub on: NaiveDate,
    /// What it used there and does not use here yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub open: Vec<Carried>,
    /// What it used there and is not to use here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub declined: Vec<Carried>,
}

/// The first service that is charged by registration: its months are shared out by the day of the transfer.
const REGISTERED: Service = Service::HonobonoMini2;

/// The streams that say what an office uses, and the corporation it goes to.
pub(super) fn needs(stream: &Stream, to: CorporationId) -> Vec<Stream> {
    let Stream::Corporation(id) = stream else {
        return vec![];
    };
    let transmissions = Service::ALL.map(|service| Stream::Transmission(*id, service));
    transmissions
        .into_iter()
        .chain([Stream::Corporation(to), Stream::Enrolment(*id, REGISTERED)])
        .collect()
}

/// A person says that an office goes to another corporation.
pub(super) fn transfer(
    context: &Context<'_>,
    known: &Registered,
    office: OfficeId,
    to: CorporationId,
    on: NaiveDate,
    reason: Typed,
) -> Result<Vec<Event>, Refusal> {
    if reason.is_blank() {
        return Err(Refusal::ReasonMissing);
    }
    let Stream::Corporation(from) = context.stream else {
        panic!("a corporation is decided on its own stream");
    };
    if *from == to {
        return Err(Refusal::TransferToItself);
    }
    if on > context.today {
        let today = context.today;
        return Err(Refusal::DayNotCome { on, today });
    }
    let transferred = known.offices.get(&office).and_then(|held| held.transferred);
    if transferred == Some(Transferred { to, on }) {
        return Ok(vec![]);
    }
    let held = known
        .office(office)
        .ok_or(Refusal::UnknownOffice { office })?;
    let target = context
        .known
        .corporation(to)
        .and_then(|state| state.registered())
        .filter(|target| target.merged_into.is_none())
        .ok_or(Refusal::TransfereeUnknown { corporation: to })?;
    if target.office_numbered(&held.number).is_some() || target.office(office).is_some() {
        let number = held.number;
        return Err(Refusal::TransfereeHasOffice { number });
    }
    Ok(vec![Event::OfficeTransferred {
        to,
        handed: HandedOver {
            office,
            number: held.number,
            former_numbers: held.former_numbers.clone(),
            entries: held.entries.clone(),
            on,
            charged_through: charged_through(context, *from, office, on)?,
            uses: uses(context, *from, office),
        },
        reason: known.remark(context, reason),
    }])
}

/// What the office uses now, or has applied for.
fn uses(context: &Context<'_>, from: CorporationId, office: OfficeId) -> Vec<Carried> {
    let registered = context
        .known
        .enrolment(from, REGISTERED)
        .is_some_and(|state| state.uses(office))
        .then_some(Carried::Registration);
    let transmits = Service::ALL.into_iter().filter(|service| {
        let state = context.known.transmission(from, *service);
        let mut entries = state.into_iter().flat_map(|state| &state.entries);
        entries.any(|entry| entry.office == office && !entry.has_left())
    });
    registered
        .into_iter()
        .chain(transmits.filter_map(Carried::transmission))
        .collect()
}

/// The former corporation pays through the month of the day before: the dates of an end in that month.
fn charged_through(
    context: &Context<'_>,
    from: CorporationId,
    office: OfficeId,
    on: NaiveDate,
) -> Result<Option<Dated>, Refusal> {
    let enrolment = context.known.enrolment(from, REGISTERED);
    let pays = enrolment
        .and_then(|state| state.registration())
        .is_some_and(|registration| registration.trial.offices.contains(&office));
    if !pays {
        return Ok(None);
    }
    let last = on - Days::new(1);
    let ask = Ask::new(REGISTERED, Question::Termination, last).decided_on(context.today);
    Ok(Some(
        reckoned(context.policy, &ask)?.dated("login_last_day")?,
    ))
}

/// The office came (a reaction).
pub(super) fn receive(
    known: &Registered,
    from: CorporationId,
    handed: HandedOver,
) -> Result<Vec<Event>, Refusal> {
    if known.office(handed.office).is_some() {
        return Ok(vec![]);
    }
    match known.office_numbered(&handed.number) {
        Some(_) => Err(Refusal::NumberTaken {
            number: handed.number,
        }),
        None => Ok(vec![Event::OfficeReceived { from, handed }]),
    }
}

/// What offices used elsewhere before is used here (a reaction).
pub(super) fn note_continued(
    known: &Registered,
    offices: &[OfficeId],
    what: Carried,
    since: Month,
) -> Vec<Event> {
    let continued = |office: &OfficeId| {
        let received = known.received.get(office)?;
        let missed = received.open.contains(&what) || received.declined.contains(&what);
        missed.then_some(Event::OfficeContinued {
            office: *office,
            what,
            from: received.from,
            since,
        })
    };
    offices.iter().filter_map(continued).collect()
}

/// The corporation says that it will not use ほのぼのmini2 for an office that came to it.
pub(super) fn decline_use(
    context: &Context<'_>,
    known: &Registered,
    office: OfficeId,
    reason: Typed,
) -> Result<Vec<Event>, Refusal> {
    if reason.is_blank() {
        return Err(Refusal::ReasonMissing);
    }
    let what = Carried::Registration;
    let received = known
        .received
        .get(&office)
        .filter(|received| received.open.contains(&what) || received.declined.contains(&what))
        .ok_or(Refusal::NoUseToDecline)?;
    Ok(received
        .open
        .contains(&what)
        .then_some(Event::OfficeUseDeclined {
            office,
            what,
            reason: known.remark(context, reason),
        })
        .into_iter()
        .collect())
}

/// Where an office went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transferred {
    /// The corporation.
    pub to: CorporationId,
    /// Its first day there.
    pub on: NaiveDate,
}

impl Registered {
    /// What the use of an office that came from elsewhere waits for: that the corporation, which does not use ほのぼのmini2,
    /// applies for it. What transmits is waited for under the former corporation, until it has started here.
    pub fn waiting_for_use(&self, office: OfficeId) -> Vec<Waiting> {
        let received = self
            .received
            .get(&office)
            .filter(|_| self.office(office).is_some());
        let open = received.is_some_and(|received| received.open.contains(&Carried::Registration));
        open.then_some(Waiting {
            party: Party::Customer,
            what: What::TransfereeUse,
            until: None,
            then: Next::UseTakenUp,
            office: Some(office),
        })
        .into_iter()
        .collect()
    }

    /// How a transfer changes what is known.
    pub(super) fn note_transfer(&mut self, event: &Event) {
        if let Event::OfficeTransferred { to, handed, reason } = event {
            if let Some(office) = self.offices.get_mut(&handed.office) {
                let (to, on) = (*to, handed.on);
                office.removed = Some(reason.clone());
                office.transferred = Some(Transferred { to, on });
            }
            self.received.remove(&handed.office);
        }
        if let Event::OfficeReceived { from, handed } = event {
            self.offices.insert(handed.office, Office::of(handed));
            let received = Received {
                from: *from,
                on: handed.on,
                open: handed.uses.clone(),
                declined: vec![],
            };
            self.received.insert(handed.office, received);
        }
        if let Event::OfficeContinued { office, what, .. } = event
            && let Some(received) = self.received.get_mut(office)
        {
            received.open.retain(|open| open != what);
            received.declined.retain(|declined| declined != what);
        }
        if let Event::OfficeUseDeclined { office, what, .. } = event
            && let Some(received) = self.received.get_mut(office)
        {
            received.open.retain(|open| open != what);
            received.declined.push(*what);
        }
    }
}

impl Office {
    fn of(handed: &HandedOver) -> Self {
        Self {
            number: handed.number,
            former_numbers: handed.former_numbers.clone(),
            replaced_on: BTreeMap::new(),
            entries: handed.entries.clone(),
            warnings: vec![],
            removed: None,
            transferred: None,
        }
    }
}
