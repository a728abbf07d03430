//! What a stream has been through: its events from the log, folded up to the moment shown, and each as a line.

use super::parts::Why;
use super::query::Query;
use super::viewer::{Reading, Viewer};
use super::{feed, why, words};
use crate::problem::Problem;
use daicho_domain::billing as b;
use daicho_domain::corporation as c;
use daicho_domain::credential::Event as Credential;
use daicho_domain::enrolment as e;
use daicho_domain::moving::CarriedFrom;
use daicho_domain::nouns::{Event, State};
use daicho_domain::poa as p;
use daicho_domain::rules::Dated;
use daicho_domain::stream::Stream;
use daicho_domain::transmission as t;
use daicho_eventlog::{Decoded, StreamName};

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
    /// The page as of then.
    pub as_of: String,
    /// The rule book it was decided by.
    pub rulebook: String,
}

/// The line of an event, on the page at `address`.
pub fn line(decoded: &Decoded, address: &Query, reading: &Reading<'_>) -> Line {
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
        as_of: address
            .with("as_of", &recorded.number.to_string())
            .to_string(),
        rulebook: recorded
            .rulebook
            .as_ref()
            .map_or_else(String::new, ToString::to_string),
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
        | Event::Installation(_) => (String::new(), None),
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
            format!("理由：{reason}")
        }
        c::Event::AccountKept { why, until } => match until {
            Some(until) => format!("{}（{} まで）", why.label(), words::date(until.on)),
            None => why.label().to_owned(),
        },
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
        c::Event::MandateBroken { code, .. } => code.label().to_owned(),
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
        e::Event::BillingStarted { on } => (words::date(*on), None),
        e::Event::Ended { last_day, .. } | e::Event::Closed { last_day } => {
            (format!("最終利用日 {}", words::date(*last_day)), None)
        }
        e::Event::Suspended { on, .. } | e::Event::Resumed { on } => (words::date(*on), None),
    }
}

fn of_billing(event: &b::Event) -> Detail<'_> {
    let yen = |amount: &u64| format!("{}円", words::count(*amount));
    match event {
        b::Event::ChargingBegan { service, from } => (
            format!("{} {}分から", service.name(), from.in_japanese()),
            None,
        ),
        b::Event::CarriedOver {
            from,
            charges,
            credit,
            ..
        } => {
            let open = charges.iter().map(|charge| charge.open).sum();
            let beside = match credit {
                0 => String::new(),
                credit => format!("、過入金 {}", yen(credit)),
            };
            let said = format!(
                "{}。未入金 {}件 {}{beside}",
                carried(from),
                charges.len(),
                yen(&open)
            );
            (said, None)
        }
        b::Event::ChargingEnded {
            service,
            last_month,
            ..
        } => (
            format!("{} {}分まで", service.name(), last_month.in_japanese()),
            None,
        ),
        b::Event::Charged {
            month,
            net,
            tax,
            lines,
            debit_on,
            ..
        } => (
            format!(
                "{}分 {}件、{}（うち消費税 {}）、引落日 {}",
                month.in_japanese(),
                lines.len(),
                yen(&(net + tax)),
                yen(tax),
                words::date(debit_on.on)
            ),
            Some(("引落日", debit_on)),
        ),
        b::Event::NotCharged { month, why, .. } => {
            (format!("{}分　{}", month.in_japanese(), why.label()), None)
        }
        b::Event::DebitAnswered { batch, answer } => {
            let said = match answer {
                b::Answer::Asked { amount, .. } => yen(amount),
                b::Answer::CarriedOver { amount, .. } => {
                    format!("{} を次回に繰り越し", yen(amount))
                }
                b::Answer::NothingDue {} => "対象なし".to_owned(),
            };
            (format!("{}の口座振替　{said}", batch.in_japanese()), None)
        }
        b::Event::DebitRequested { batch, amount }
        | b::Event::DebitMissed { batch, amount, .. } => {
            (format!("{}　{}", batch.in_japanese(), yen(amount)), None)
        }
        b::Event::Collected {
            amount,
            collected_on,
            ..
        } => (
            format!("{}　{}", words::date(*collected_on), yen(amount)),
            None,
        ),
        b::Event::Failed { amount, code, .. } => {
            (format!("{}　{}", yen(amount), code.label()), None)
        }
        b::Event::Noticed {
            amount,
            suspension_on,
            ..
        } => (
            format!(
                "{}、利用停止日 {}",
                yen(amount),
                words::date(suspension_on.on)
            ),
            Some(("利用停止日", suspension_on)),
        ),
        b::Event::SuspensionDue { on, .. } => (words::date(*on), None),
        b::Event::PersonDecided { choice, reason, .. } => {
            (format!("{}。理由：{reason}", choice.label()), None)
        }
        b::Event::Paid {
            amount,
            received_on,
            method,
            ..
        } => (
            format!(
                "{} {} {}",
                words::date(*received_on),
                method.label(),
                yen(amount)
            ),
            None,
        ),
        b::Event::CreditApplied { amount, .. } => (yen(amount), None),
        b::Event::Refunded {
            amount,
            refunded_on,
            ..
        } => (
            format!("{} {}", words::date(*refunded_on), yen(amount)),
            None,
        ),
        b::Event::ReversalAsked { entry, reason, .. } => (format!("{entry}　理由：{reason}"), None),
        b::Event::ReversalDeclined { entry, .. } => (entry.to_string(), None),
        b::Event::Reversed { entry, amount, .. } => (format!("{entry}　{}", yen(amount)), None),
    }
}

fn of_transmission(event: &t::Event) -> Detail<'_> {
    match event {
        t::Event::Applied {
            receipt, offices, ..
        } => (
            format!("{}、{} 事業所", received(receipt), offices.len()),
            None,
        ),
        t::Event::CarriedOver {
            receipt, offices, ..
        } => {
            let from = offices.first().map(|office| carried(&office.from));
            let said = format!("{}、{} 事業所", received(receipt), offices.len());
            let said = from.map_or_else(|| said.clone(), |from| format!("{from}。{said}"));
            (said, None)
        }
        t::Event::OfficeCompleted { kj_id, receipt, .. } => {
            (format!("KJ ID {kj_id}、{}", received(receipt)), None)
        }
        t::Event::StartSet {
            offices, cutoff, ..
        } => match offices.first() {
            Some(first) => (
                format!(
                    "{}開始、締日 {}",
                    first.plan.month().in_japanese(),
                    words::date(cutoff.on)
                ),
                Some(("開始月", &first.plan.start)),
            ),
            None => (String::new(), None),
        },
        t::Event::OfficeWithdrawn { reason, .. } => (format!("理由：{reason}"), None),
        t::Event::Postponed {
            cause,
            from,
            to,
            offices,
        } => (
            format!(
                "{} → {}、{} 事業所。{}",
                from.in_japanese(),
                to.in_japanese(),
                offices.len(),
                cause.why.label()
            ),
            offices
                .first()
                .map(|office| ("先送り後の返送期日", &office.plan.poa_due)),
        ),
        t::Event::PostponementCauseAdded { cause, .. } => (cause.why.label().to_owned(), None),
        t::Event::PersonAsked { why, .. } => (why.label().to_owned(), None),
        t::Event::PapersOutdated { .. } => (String::new(), None),
        t::Event::PersonDecided { reason, .. } => (format!("理由：{reason}"), None),
        t::Event::AgentReleased { on, .. } | t::Event::NumberReplaced { on, .. } => {
            (words::date(*on), None)
        }
        t::Event::Started { month, .. } => (month.in_japanese(), None),
        t::Event::OfficeReady { .. }
        | t::Event::OfficeUnready { .. }
        | t::Event::OfficeDuePassed { .. }
        | t::Event::OfficePaperArrived { .. }
        | t::Event::PapersFiled { .. }
        | t::Event::FederationConfirmed { .. }
        | t::Event::FederationRejected { .. }
        | t::Event::PostponementCauseRemoved { .. }
        | t::Event::PostponementReversed { .. }
        | t::Event::IdsDue { .. }
        | t::Event::IdIssued { .. } => (String::new(), None),
    }
}

fn of_poa(event: &p::Event) -> Detail<'_> {
    match event {
        p::Event::Requested { dates, .. } => (
            format!("返送期日 {}", words::date(dates.due.on)),
            Some(("返送期日", &dates.due)),
        ),
        p::Event::CarriedOver { from, dates, .. } => (
            format!("{}。返送期日 {}", carried(from), words::date(dates.due.on)),
            Some(("返送期日", &dates.due)),
        ),
        p::Event::Dispatched {
            method,
            sent_on,
            post_back_by,
            ..
        } => (
            post_back_by.as_ref().map_or_else(
                || format!("{} {}", words::date(*sent_on), method.label()),
                |by| {
                    format!(
                        "{} {}。お客様の投函は {} まで",
                        words::date(*sent_on),
                        method.label(),
                        words::date(by.on)
                    )
                },
            ),
            post_back_by.as_ref().map(|by| ("投函期限", by)),
        ),
        p::Event::Undeliverable { returned_on, .. } => {
            (format!("{} 返戻", words::date(*returned_on)), None)
        }
        p::Event::ReprintRequested { reason } | p::Event::Rejected { reason, .. } => {
            (format!("理由：{reason}"), None)
        }
        p::Event::DuePassed { due } | p::Event::Lapsed { due } => {
            (format!("返送期日 {}", words::date(*due)), None)
        }
        p::Event::Received {
            arrived_on,
            channel,
        } => (
            format!("{} {} で到着", words::date(*arrived_on), channel.label()),
            None,
        ),
        p::Event::FoundDefective {
            defect,
            misses_month,
            ..
        } => {
            let missed = if *misses_month {
                "。この月には間に合いません"
            } else {
                ""
            };
            (format!("{}{missed}", defect.label()), None)
        }
        p::Event::Filed { filed_on: on } | p::Event::Confirmed { on } => (words::date(*on), None),
        p::Event::LapseReversed { why, .. } => (why.label().to_owned(), None),
        p::Event::DueMoved { dates } => (
            format!("新しい返送期日 {}", words::date(dates.due.on)),
            Some(("新しい返送期日", &dates.due)),
        ),
        p::Event::Voided { why } => (why.label().to_owned(), None),
        p::Event::Accepted {} => (String::new(), None),
    }
}
