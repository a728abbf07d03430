//! What the history of an application and of its 委任状 says: a line for each of their events.

use super::history::{Detail, carried, received};
use super::words;
use daicho_domain::{poa as p, transmission as t};
use daicho_workers::letters::glyph;

pub(super) fn of_transmission(event: &t::Event) -> Detail<'_> {
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
        t::Event::OfficeWithdrawn { reason, .. } | t::Event::PersonDecided { reason, .. } => {
            (format!("理由：{}", words::typed(reason)), None)
        }
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
        t::Event::AgentReleased { on, .. }
        | t::Event::NumberReplaced { on, .. }
        | t::Event::OfficeTransferred { on, .. } => (words::date(*on), None),
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

pub(super) fn of_poa(event: &p::Event) -> Detail<'_> {
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
            tracking,
            ..
        } => {
            let by = post_back_by.as_ref();
            let by = by.map(|by| format!("。お客様の投函は {} まで", words::date(by.on)));
            let number = tracking.as_ref();
            let number = number.map(|number| format!("。追跡番号 {number}"));
            let said = format!(
                "{} {}{}{}",
                words::date(*sent_on),
                method.label(),
                by.unwrap_or_default(),
                number.unwrap_or_default()
            );
            (said, post_back_by.as_ref().map(|by| ("投函期限", by)))
        }
        p::Event::AgentNamed { agent } => (agent.to_string(), None),
        p::Event::AgentMissing { why } => (why.label().to_owned(), None),
        p::Event::Printed { document, .. } => (
            format!("ひな形 {} 第{}版", document.letter, document.version),
            None,
        ),
        p::Event::Unprintable { glyph } => (glyph::in_words(glyph), None),
        p::Event::Undeliverable { returned_on, .. } => {
            (format!("{} 返戻", words::date(*returned_on)), None)
        }
        p::Event::ReprintRequested { reason } | p::Event::Rejected { reason, .. } => {
            (format!("理由：{}", words::typed(reason)), None)
        }
        p::Event::ReminderDue { due } | p::Event::DuePassed { due } | p::Event::Lapsed { due } => {
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
        p::Event::Filed {
            filed_on,
            without_scan: Some(reason),
            ..
        } => (
            format!(
                "{}　写しなし（{}）",
                words::date(*filed_on),
                words::typed(reason)
            ),
            None,
        ),
        p::Event::Filed { filed_on: on, .. } | p::Event::Confirmed { on } => {
            (words::date(*on), None)
        }
        p::Event::LapseReversed { why, .. } => (why.label().to_owned(), None),
        p::Event::DueMoved { dates, .. } => (
            format!("新しい返送期日 {}", words::date(dates.due.on)),
            Some(("新しい返送期日", &dates.due)),
        ),
        p::Event::Voided { why } => (why.label().to_owned(), None),
        p::Event::Accepted {} => (String::new(), None),
    }
}
