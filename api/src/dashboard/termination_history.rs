//! What an end's event says beside its words.

use super::history::{Detail, carried, received};
use super::words;
use daicho_domain::dates::Month;
use daicho_domain::termination::Event;

/// Which end of its stream an event is about.
pub(super) const fn number(event: &Event) -> u32 {
    match event {
        Event::Requested { no, .. }
        | Event::CarriedOver { no, .. }
        | Event::Withdrawn { no, .. }
        | Event::ReturnsCounted { no, .. }
        | Event::Ended { no, .. }
        | Event::LastDebitPassed { no, .. }
        | Event::LastDebitFailed { no }
        | Event::FeesSettled { no }
        | Event::PaperReturned { no, .. }
        | Event::PaperSentBack { no, .. }
        | Event::AgentReleaseDue { no, .. }
        | Event::AgentReleased { no, .. } => *no,
    }
}

/// The words of an event, and the date it set.
pub(super) fn of(event: &Event) -> Detail<'_> {
    match event {
        Event::Requested {
            receipt,
            dates,
            papers,
            ..
        } => (
            format!(
                "{}。{}末で終了、終了の委任状 {}通",
                received(receipt),
                Month::of(dates.last_day.on).in_japanese(),
                papers.len()
            ),
            Some(("最後の引落日", &dates.last_debit_on)),
        ),
        Event::CarriedOver { from, dates, .. } => (
            format!(
                "{}。{}末で終了",
                carried(from),
                Month::of(dates.last_day.on).in_japanese()
            ),
            Some(("最後の引落日", &dates.last_debit_on)),
        ),
        Event::Withdrawn { receipt, .. } => (received(receipt), None),
        Event::ReturnsCounted { open, .. } => (format!("{open}件"), None),
        Event::Ended { last_day, .. } => (format!("最終利用日 {}", words::date(*last_day)), None),
        Event::LastDebitPassed { on, .. } | Event::AgentReleaseDue { on, .. } => {
            (words::date(*on), None)
        }
        Event::LastDebitFailed { .. }
        | Event::FeesSettled { .. }
        | Event::PaperReturned { .. }
        | Event::PaperSentBack { .. }
        | Event::AgentReleased { .. } => (String::new(), None),
    }
}
