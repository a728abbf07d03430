//! What a stream has been through: its events from the log, folded up to the moment shown, and each as a line.

use super::application_history::{of_poa, of_transmission};
use super::billing_history::of_billing;
use super::parts::Why;
use super::query::Query;
use super::viewer::{Reading, Viewer};
use super::{feed, why, words};
use crate::problem::Problem;
use daicho_domain::attachment;
use daicho_domain::credential::Event as Credential;
use daicho_domain::moving::CarriedFrom;
use daicho_domain::nouns::{Event, State};
use daicho_domain::rules::Dated;
use daicho_domain::stream::Stream;
use daicho_domain::{corporation as c, dispatch, enrolment as e};
use daicho_eventlog::{Decoded, StreamName};
use daicho_workers::letters::glyph;

/// Events read at once.
const PAGE: usize = 1000;

/// A stream as it was known at the viewer's moment.
pub struct Past {
    /// Its events, oldest first.
    pub events: Vec<Decoded>,
    /// Its state after them.
    pub state: State,
}

/// Reads a stream from the log.
pub async fn of(viewer: &Viewer, stream: &Stream) -> Result<Past, Problem> {
    let engine = &viewer.app.engine;
    let name = StreamName::from(stream);
    let mut past = Past {
        events: Vec::new(),
        state: State::initial(stream.noun()),
    };
    loop {
        let from = past
            .events
            .last()
            .map_or(0, |last| last.recorded.version + 1);
        let page = engine
            .log()
            .read_stream(&name, from, PAGE)
            .await
            .map_err(failed)?;
        let read = page.len();
        for recorded in page {
            if viewer
                .moment
                .number
                .is_some_and(|number| recorded.number > number)
            {
                return Ok(past);
            }
            let decoded = engine.codec().decode(recorded).map_err(failed)?;
            past.state = past.state.evolve(&decoded.event);
            past.events.push(decoded);
        }
        if read < PAGE {
            return Ok(past);
        }
    }
}

fn failed(error: impl std::fmt::Display) -> Problem {
    tracing::error!(%error, "the log cannot be read");
    Problem::failed()
}

/// One line of a history.
pub struct Line {
    /// The business day.
    pub occurred: String,
    /// The instant of recording.
    pub recorded: String,
    /// What happened.
    pub what: String,
    /// In detail.
    pub detail: String,
    /// The derivation of the date it set.
    pub why: Option<Why>,
    /// Who.
    pub who: String,
    /// Its number.
    pub number: u64,
    /// The page as of then; nothing where there was no such page yet.
    pub as_of: Option<String>,
    /// The rule book it was decided by.
    pub rulebook: String,
}

/// The line of an event, on the page at `address`, which there is since the event `since`.
pub fn line(decoded: &Decoded, address: &Query, since: u64, reading: &Reading<'_>) -> Line {
    let recorded = &decoded.recorded;
    let (detail, date) = detail(&decoded.event);
    Line {
        occurred: words::date(recorded.occurred_on),
        recorded: words::time(recorded.recorded_at),
        what: feed::sentence(recorded.kind.as_ref()).to_owned(),
        detail,
        why: date.map(|(label, dated)| why::of(&dated.basis, label)),
        who: reading.actor(&recorded.actor),
        number: recorded.number,
        as_of: (recorded.number >= since).then(|| {
            let number = recorded.number.to_string();
            address.with("as_of", &number).to_string()
        }),
        rulebook: recorded
            .rulebook
            .as_ref()
            .map_or_else(String::new, ToString::to_string),
    }
}

/// What it is and how it is written, never what it was called: the line is read by whoever reads the page.
fn of_attachment(event: &attachment::Event) -> String {
    match event {
        attachment::Event::Attached {
            matter,
            kind,
            arrived_on,
            digest,
            ..
        } => format!(
            "{}（{}）　{} 到着　SHA-256 {}…",
            matter.label(),
            kind.label(),
            words::date(*arrived_on),
            &digest.to_string()[..12]
        ),
        attachment::Event::Withdrawn { digest, reason, .. } => {
            let reason = words::typed(reason);
            format!("{reason}　SHA-256 {}…", &digest.to_string()[..12])
        }
    }
}

fn of_letter(event: &dispatch::Event) -> String {
    match event {
        dispatch::Event::Unprintable { glyph } => glyph::in_words(glyph),
        dispatch::Event::Sent {
            method, sent_on, ..
        } => format!("{} {}", words::date(*sent_on), method.label()),
        dispatch::Event::Undeliverable { returned_on } => {
            format!("{} 返戻", words::date(*returned_on))
        }
        dispatch::Event::CalledOff { why } => why.label().to_owned(),
        dispatch::Event::Requested { .. }
        | dispatch::Event::Amended { .. }
        | dispatch::Event::Printed { .. }
        | dispatch::Event::ProvedWrong { .. } => String::new(),
    }
}

pub(super) type Detail<'a> = (String, Option<(&'static str, &'a Dated)>);

fn detail(event: &Event) -> Detail<'_> {
    match event {
        Event::Enrolment(event) => of_enrolment(event),
        Event::Transmission(event) => of_transmission(event),
        Event::Poa(event) => of_poa(event),
        Event::Corporation(event) => (of_corporation(event), None),
        Event::Licence(event) => super::licence_history::of(event),
        Event::Billing(event) => of_billing(event),
        Event::Termination(event) => super::termination_history::of(event),
        Event::Credential(Credential::CarriedOver { from, .. }) => (carried(from), None),
        Event::Credential(_)
        | Event::DebitBatch(_)
        | Event::OfficeDay(_)
        | Event::Schedule(_)
        | Event::Staff(_)
        | Event::Rulebook(_)
        | Event::Installation(_)
        | Event::Mail(_)
        | Event::Agent(_) => (String::new(), None),
        Event::Dispatch(event) => (of_letter(event), None),
        Event::Attachment(event) => (of_attachment(event), None),
    }
}

pub(super) fn received(receipt: &daicho_domain::intake::Receipt) -> String {
    let time = receipt
        .at
        .map_or_else(String::new, |at| at.format(" %H:%M").to_string());
    let number = receipt
        .number
        .as_ref()
        .map_or_else(String::new, |number| format!("　受付番号 {number}"));
    format!(
        "{}{time} {} で受領{number}",
        words::date(receipt.on),
        receipt.channel.label()
    )
}

/// Where something stood in the books kept before.
pub(super) fn carried(from: &CarriedFrom) -> String {
    let source = &from.source;
    format!("移行元 {} の{}行目", source.file, source.line)
}

fn of_corporation(event: &c::Event) -> String {
    match event {
        c::Event::Registered { name, .. } | c::Event::NameChanged { name } => name.clone(),
        c::Event::NumberAssigned { number, .. } => format!("法人番号 {number}"),
        c::Event::OfficeAdded { number, .. } => format!("事業所番号 {number}"),
        c::Event::OfficeRenumbered { to, .. } => format!("新しい事業所番号 {to}"),
        c::Event::OfficeRemoved { reason, .. } | c::Event::TextsErased { reason, .. } => {
            format!("理由：{}", words::typed(reason))
        }
        c::Event::OfficeTransferred { handed, reason, .. } => format!(
            "事業所番号 {} を {} から譲渡。理由：{}",
            handed.number,
            words::date(handed.on),
            words::typed(reason)
        ),
        c::Event::OfficeReceived { handed, .. } => format!(
            "事業所番号 {} を {} から譲受",
            handed.number,
            words::date(handed.on)
        ),
        c::Event::OfficeContinued { what, since, .. } => {
            format!("{} {}分から", what.label(), since.in_japanese())
        }
        c::Event::OfficeUseDeclined { what, reason, .. } => {
            let reason = words::typed(reason);
            format!("{}を使わない。理由：{reason}", what.label())
        }
        c::Event::AccountKept { why, until } => match until {
            Some(until) => format!("{}（{} まで）", why.label(), words::date(until.on)),
            None => why.label().to_owned(),
        },
        c::Event::DestinationSet { destination } => {
            let address = destination.head_office.as_ref();
            let address = address.map_or_else(String::new, |at| format!("　本部の住所 {at}"));
            format!("{}{address}", destination.to.label())
        }
        c::Event::MergedInto { .. }
        | c::Event::Unmerged {}
        | c::Event::ContactSet { .. }
        | c::Event::EntryAdded { .. }
        | c::Event::EntryChanged { .. }
        | c::Event::MandateReturned { .. } => String::new(),
        c::Event::MandateNeeded { by } => format!("{} までに口座登録が必要", words::date(by.on)),
        c::Event::MandateSent { sent_on: on } | c::Event::MandateHandedToBank { on } => {
            words::date(*on)
        }
        c::Event::MandateRegistered { customer, .. } => format!("顧客番号 {customer}"),
        c::Event::MandateDefective { defect, .. } => defect.label().to_owned(),
        c::Event::MandateCalledOff {} => String::new(),
        c::Event::MandateCarriedOver { from, .. } => carried(from),
        c::Event::MandateBroken { code, by: None, .. } => code.label().to_owned(),
        c::Event::MandateBroken {
            code, by: Some(by), ..
        } => format!(
            "{}。{} までに口座登録が必要",
            code.label(),
            words::date(by.on)
        ),
    }
}

fn of_enrolment(event: &e::Event) -> Detail<'_> {
    match event {
        e::Event::TrialStarted {
            receipt,
            last_free_day,
            ..
        } => (
            format!(
                "{}。無料期間は {} まで",
                received(receipt),
                words::date(last_free_day.on)
            ),
            Some(("無料期間の満了日", last_free_day)),
        ),
        e::Event::CarriedOver {
            from,
            last_free_day,
            registration,
            ..
        } => match registration {
            None => (
                format!(
                    "{}。無料期間は {} まで",
                    carried(from),
                    words::date(last_free_day.on)
                ),
                Some(("無料期間の満了日", last_free_day)),
            ),
            Some(registration) => (
                format!(
                    "{}。課金開始は {}",
                    carried(from),
                    words::date(registration.billing_start.on)
                ),
                Some(("課金開始日", &registration.billing_start)),
            ),
        },
        e::Event::OfficesEntered {
            offices,
            received_on,
        } => (
            format!(
                "{} 事業所、{} 受領",
                offices.len(),
                words::date(*received_on)
            ),
            None,
        ),
        e::Event::Registered {
            receipt,
            billing_start,
            terms_version,
            ..
        } => (
            format!(
                "{}。利用者規約 {terms_version} 版に同意。課金開始は {}",
                received(receipt),
                words::date(billing_start.on)
            ),
            Some(("課金開始日", billing_start)),
        ),
        e::Event::OfficeTakenOver { charged_from, .. } => {
            (format!("{}分から課金", charged_from.in_japanese()), None)
        }
        e::Event::OfficeHandedOver { .. } => (String::new(), None),
        e::Event::SecondTrialGranted {
            last_day, reason, ..
        } => (
            format!(
                "前の利用は {} まで。理由：{}",
                words::date(*last_day),
                words::typed(reason)
            ),
            None,
        ),
        e::Event::BillingStarted { on } => (words::date(*on), None),
        e::Event::Ended { last_day, .. } | e::Event::Closed { last_day } => {
            (format!("最終利用日 {}", words::date(*last_day)), None)
        }
        e::Event::Suspended { on, .. } | e::Event::Resumed { on } => (words::date(*on), None),
    }
}
