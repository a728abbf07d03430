//! What a state says of its case, and the row that follows from it.

use super::{CaseRow, Kind, Status};
use crate::columns::Json;
use crate::names;
use crate::projection::Change;
use crate::search::searchable;
use crate::store::{Result, Writer};
use daicho_domain::Service;
use daicho_domain::corporation::{Carried, Registered};
use daicho_domain::dates::Month;
use daicho_domain::identifiers::OfficeNumber;
use daicho_domain::mail::Mailing;
use daicho_domain::nouns::State;
use daicho_domain::rules::Dated;
use daicho_domain::stream::{ApplicationId, CorporationId, OfficeId, StaffId, Stream};
use daicho_domain::termination::End;
use daicho_domain::transmission::{self, Entry, Holding};
use daicho_domain::waiting::{Papers, Waiting, What};
use daicho_domain::{billing, dispatch, enrolment, licence, mail, poa};
use std::collections::BTreeSet;

/// More offices than one event of 256 KiB can name.
const PLACES: u64 = 1 << 14;

/// What a state says of its case; the rest of the row is kept or comes from the corporation.
pub(super) struct Draft<'a> {
    key: String,
    kind: Kind,
    ordinal: Option<usize>,
    service: Service,
    corporation: CorporationId,
    office: Option<(OfficeId, OfficeNumber)>,
    application: Option<ApplicationId>,
    status: Status,
    waiting: Vec<Waiting>,
    start_month: Option<Month>,
    dates: Vec<&'a Dated>,
}

pub(super) fn of_enrolment<'a>(
    stream: &Stream,
    corporation: CorporationId,
    service: Service,
    state: &'a enrolment::State,
) -> Option<Draft<'a>> {
    let trial = state.trial()?;
    let mut dates = vec![&trial.last_free_day, &trial.registered_last_free_day];
    if let Some(registration) = state.registration() {
        dates.extend([&registration.last_free_day, &registration.billing_start]);
    }
    Some(Draft {
        key: stream.to_string(),
        kind: Kind::Enrolment,
        ordinal: None,
        service,
        corporation,
        office: None,
        application: None,
        status: Status::of_enrolment(state),
        waiting: state.waiting(),
        start_month: None,
        dates,
    })
}

pub(super) fn of_entry<'a>(
    corporation: CorporationId,
    service: Service,
    state: &transmission::State,
    entry: &'a Entry,
    ordinal: usize,
    papers: &Papers,
) -> Draft<'a> {
    let plan = entry.plan();
    Draft {
        key: entry_key(entry.application, entry.office),
        kind: Kind::Transmission,
        ordinal: Some(ordinal),
        service,
        corporation,
        office: Some((entry.office, entry.number)),
        application: Some(entry.application),
        status: Status::of_entry(state, entry),
        waiting: state.waiting_beside(entry, papers),
        start_month: plan.map(transmission::Plan::month),
        dates: plan.map_or(vec![], |plan| {
            vec![
                &plan.start,
                &plan.poa_due,
                &plan.federation_date,
                &plan.credentials_on,
            ]
        }),
    }
}

pub(super) fn of_sheet<'a>(
    stream: &Stream,
    state: &poa::State,
    sheet: &'a poa::Sheet,
    holding: &[Holding],
) -> Draft<'a> {
    let whose = &sheet.assignment;
    Draft {
        key: stream.to_string(),
        kind: Kind::Poa,
        ordinal: None,
        service: whose.service,
        corporation: whose.corporation,
        office: Some((whose.office, whose.number)),
        application: Some(whose.application),
        status: Status::of_sheet(sheet),
        waiting: state.waiting_beside(holding),
        start_month: Some(Month::of(sheet.dates.start.on)),
        dates: vec![
            &sheet.dates.start,
            &sheet.dates.due,
            &sheet.dates.federation_date,
            &sheet.dispatch_by,
        ],
    }
}

pub(super) fn of_end<'a>(
    stream: &Stream,
    corporation: CorporationId,
    service: Service,
    end: &'a End,
    office: Option<(OfficeId, OfficeNumber)>,
    papers: &Papers,
) -> Draft<'a> {
    let dates = &end.dates;
    Draft {
        key: crate::terminations::key(stream, end.no),
        kind: Kind::Termination,
        ordinal: None,
        service,
        corporation,
        office,
        application: None,
        status: Status::of_end(end),
        waiting: end.waiting_beside(papers),
        start_month: None,
        dates: vec![
            &dates.cutoff,
            &dates.last_day,
            &dates.last_debit_on,
            &dates.release_from,
        ],
    }
}

pub(super) fn of_licence<'a>(
    stream: &Stream,
    state: &licence::State,
    record: &'a licence::Record,
) -> Draft<'a> {
    Draft {
        key: stream.to_string(),
        kind: Kind::Licence,
        ordinal: None,
        service: Service::CareplanRenkei,
        corporation: record.corporation,
        office: Some((record.office, record.number)),
        application: None,
        status: Status::of_licence(record),
        waiting: state.waiting(),
        start_month: None,
        dates: record
            .contracts()
            .flat_map(|year| {
                let term = &year.term;
                [&term.first_day, &term.last_day, &term.renewal_opens]
            })
            .collect(),
    }
}

/// The corporation, where the state is one's.
fn registered(state: &State) -> Option<&Registered> {
    match state {
        State::Corporation(state) => state.registered(),
        State::Enrolment(_)
        | State::Transmission(_)
        | State::Poa(_)
        | State::Credential(_)
        | State::Licence(_)
        | State::Billing(_)
        | State::DebitBatch(_)
        | State::Termination(_)
        | State::OfficeDay(_)
        | State::Schedule(_)
        | State::Staff(_)
        | State::Rulebook(_)
        | State::Installation(_)
        | State::Dispatch(_)
        | State::Mail(_)
        | State::Attachment(_)
        | State::Agent(_) => None,
    }
}

/// The cases of offices that came from other corporations, those that this event moved.
pub(super) fn of_received(
    change: &Change<'_>,
    corporation: CorporationId,
    known: &Registered,
) -> Vec<Draft<'static>> {
    let former = registered(change.before);
    let offices: BTreeSet<_> = known
        .received
        .keys()
        .chain(former.iter().flat_map(|former| former.received.keys()))
        .collect();
    let draft = |office: &OfficeId| {
        let was = former.and_then(|former| former.received.get(office));
        let now = known.received.get(office);
        let here = known.office(*office).is_some();
        let was_here = former.is_some_and(|former| former.office(*office).is_some());
        if was == now && here == was_here {
            return None;
        }
        let what = Carried::Registration;
        let waited =
            was.is_some_and(|was| was.open.contains(&what) || was.declined.contains(&what));
        let status = match now {
            Some(now) if now.open.contains(&what) && here => Status::TransfereeUse,
            Some(now) if now.declined.contains(&what) => Status::TransfereeDeclined,
            Some(now) if waited && !now.open.contains(&what) => Status::TransfereeUses,
            Some(_) | None if waited => Status::TransfereeLeft,
            // It used nothing that could be taken up, or that was decided before.
            Some(_) | None => return None,
        };
        let held = known.offices.get(office)?;
        Some(Draft {
            key: transfer_key(change.stream, *office),
            kind: Kind::Transfer,
            ordinal: None,
            service: what.service(),
            corporation,
            office: Some((*office, held.number)),
            application: None,
            status,
            waiting: known.waiting_for_use(*office),
            start_month: None,
            dates: vec![],
        })
    };
    offices.into_iter().filter_map(draft).collect()
}

/// The case of the mandate, when this event moved it.
pub(super) fn of_mandate<'a>(
    change: &Change<'_>,
    corporation: CorporationId,
    known: &'a Registered,
) -> Option<Draft<'a>> {
    let before = registered(change.before).and_then(|before| before.mandate.as_ref());
    let mandate = known.mandate.as_ref().filter(|now| before != Some(*now))?;
    Some(Draft {
        key: mandate_key(change.stream),
        kind: Kind::Mandate,
        ordinal: None,
        service: mandate.needed_by.basis.service,
        corporation,
        office: None,
        application: None,
        status: Status::of_mandate(mandate),
        waiting: mandate.waiting(),
        start_month: None,
        dates: vec![&mandate.needed_by],
    })
}

/// It keeps the name that its corporation had: nothing leads from a corporation to its mails.
pub(super) fn of_mail<'a>(key: String, state: &mail::State, mailing: &Mailing) -> Draft<'a> {
    let waiting = state.waiting();
    Draft {
        key,
        kind: Kind::Mail,
        ordinal: None,
        service: mailing.service,
        corporation: mailing.corporation,
        office: None,
        application: None,
        status: match waiting.is_empty() {
            true => Status::MailSettled,
            false => Status::MailUndelivered,
        },
        waiting,
        start_month: None,
        dates: vec![],
    }
}

/// It keeps the name that its corporation had, as a mail does.
pub(super) fn of_letter<'a>(
    key: String,
    state: &dispatch::State,
    letter: &dispatch::Letter,
) -> Draft<'a> {
    let waiting = state.waiting();
    Draft {
        key,
        kind: Kind::Letter,
        ordinal: None,
        service: letter.service,
        corporation: letter.corporation,
        office: None,
        application: None,
        status: match waiting.first().map(|first| first.what) {
            None => Status::LetterSettled,
            Some(What::LetterGlyph) => Status::LetterUnprintable,
            Some(_) => Status::LetterUndeliverable,
        },
        waiting,
        start_month: None,
        dates: vec![],
    }
}

pub(super) fn of_ledger<'a>(
    stream: &Stream,
    corporation: CorporationId,
    state: &'a billing::State,
) -> Draft<'a> {
    let first = state.services.keys().next().copied();
    let turn = state.turn.iter().map(|turn| &turn.on);
    let debits = state.debits.values();
    let notice = state
        .arrears
        .iter()
        .filter_map(|arrears| arrears.notice.as_ref());
    Draft {
        key: stream.to_string(),
        kind: Kind::Ledger,
        ordinal: None,
        service: first.unwrap_or(Service::HonobonoMini2),
        corporation,
        office: None,
        application: None,
        status: Status::of_ledger(state),
        waiting: state.waiting(),
        start_month: None,
        dates: turn
            .chain(debits.flat_map(|debit| [&debit.debit_on, &debit.result_by]))
            .chain(notice.map(|(_, suspension)| suspension))
            .collect(),
    }
}

/// The key of the case of a corporation's mandate.
pub fn mandate_key(corporation: &Stream) -> String {
    format!("{corporation}/mandate")
}

/// The key of the case of an office that came to a corporation.
pub fn transfer_key(corporation: &Stream, office: OfficeId) -> String {
    format!("{corporation}/transfer/{office}")
}

/// The key of the case of one office of an application.
pub fn entry_key(application: ApplicationId, office: OfficeId) -> String {
    format!("{application}.{office}")
}

impl Draft<'_> {
    pub fn put(self, change: &Change<'_>, writer: &mut Writer<'_>) -> Result<()> {
        self.put_of(change.stream, change, writer)
    }

    /// The case of another stream than the one that changed.
    pub fn put_of(
        self,
        stream: &Stream,
        change: &Change<'_>,
        writer: &mut Writer<'_>,
    ) -> Result<()> {
        let recorded = change.recorded;
        let (place, no, corporation_name, search, before) =
            match writer.known::<CaseRow>(&self.key)? {
                // The number of a licence can go to another corporation: then it is found by that one's name.
                Some(row) if row.column::<CorporationId>("corporation")? != self.corporation => {
                    let no: String = row.column("no")?;
                    let named = names::of(self.corporation, writer)?;
                    let number = self.office.map(|(_, number)| number);
                    let search = search_of(&no, number, &named.search);
                    (
                        row.column("place")?,
                        no,
                        named.name,
                        search,
                        row.column("assignee")?,
                    )
                }
                Some(row) => (
                    row.column("place")?,
                    row.column("no")?,
                    row.column("corporation_name")?,
                    row.column("search")?,
                    row.column("assignee")?,
                ),
                None => {
                    let no = self.no(recorded.number);
                    let named = names::of(self.corporation, writer)?;
                    let number = self.office.map(|(_, number)| number);
                    let search = search_of(&no, number, &named.search);
                    (self.place(recorded.number), no, named.name, search, None)
                }
            };
        let acted = recorded.actor.parse::<StaffId>().is_ok();
        let first = self.waiting.first();
        let until = first.and_then(|reason| reason.until.as_ref());
        let slots: BTreeSet<_> = self
            .dates
            .iter()
            .flat_map(|date| &date.basis.open)
            .collect();
        let slots: Vec<_> = slots.into_iter().map(String::as_str).collect();
        let open = !self.waiting.is_empty();
        writer.put(&CaseRow {
            no,
            place,
            kind: self.kind,
            service: self.service,
            corporation: self.corporation,
            corporation_name,
            office: self.office.map(|(id, _)| id),
            office_number: self.office.map(|(_, number)| number),
            status: self.status,
            open,
            what: first.map(|reason| reason.what),
            party: first.map(|reason| reason.party),
            due: until.map(|until| until.on),
            basis: until.map(|until| Json(until.basis.clone())),
            next: first.map(|reason| reason.then),
            reasons: self.waiting.len() as u64,
            start_month: self.start_month,
            assignee: if acted {
                Some(recorded.actor.to_string())
            } else {
                before
            },
            updated_on: recorded.occurred_on,
            updated_at: recorded.recorded_at,
            updated_number: recorded.number,
            stream: stream.clone(),
            application: self.application,
            slots: slots.join(","),
            search,
            key: self.key,
        })
    }

    fn place(&self, number: u64) -> u64 {
        number * PLACES + self.ordinal.unwrap_or(0) as u64
    }

    fn no(&self, number: u64) -> String {
        let letter = self.kind.letter();
        match self.ordinal {
            None => format!("{letter}{number}"),
            Some(ordinal) => format!("{letter}{number}-{ordinal}"),
        }
    }
}

/// What finds a case: its own number, its office's, and what finds its corporation.
fn search_of(no: &str, office: Option<OfficeNumber>, corporation: &str) -> String {
    let number = office.map(|number| number.to_string());
    let own = searchable([no].into_iter().chain(number.as_deref()));
    format!("{own}\n{corporation}")
}

/// A corporation's name, number or external ids changed: its cases are found by the new ones.
pub(super) fn rename(
    corporation: CorporationId,
    change: &Change<'_>,
    writer: &mut Writer<'_>,
) -> Result<()> {
    let named = names::of(corporation, writer)?;
    let received = registered(change.after)
        .into_iter()
        .flat_map(|known| known.received.keys());
    let own = received
        .map(|office| transfer_key(change.stream, *office))
        .chain([mandate_key(change.stream)]);
    names::follow(own, writer, |row: &mut CaseRow| {
        row.corporation_name.clone_from(&named.name);
        row.search = search_of(&row.no, row.office_number, &named.search);
    })?;
    for (stream, state) in names::streams_of(corporation, change, writer)? {
        let keys = if let State::Transmission(state) = &*state {
            let entries = state.entries.iter();
            let keys = entries.flat_map(|entry| {
                [
                    entry_key(entry.application, entry.office),
                    Stream::Poa(entry.poa()).to_string(),
                ]
            });
            keys.collect()
        } else if let State::Termination(state) = &*state {
            let ends = state
                .ends
                .iter()
                .map(|end| crate::terminations::key(&stream, end.no));
            let papers = state.papers().map(|poa| Stream::Poa(poa).to_string());
            ends.chain(papers).collect()
        } else {
            vec![stream.to_string()]
        };
        names::follow(keys, writer, |row: &mut CaseRow| {
            row.corporation_name.clone_from(&named.name);
            row.search = search_of(&row.no, row.office_number, &named.search);
        })?;
    }
    Ok(())
}
