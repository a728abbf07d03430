//! What a licence's event says beside its words: the dates it set, what was missing, how it became known.

use super::history::Detail;
use super::words;
use daicho_domain::dates::Month;
use daicho_domain::licence::Event;

/// The words of an event, and the date it set.
pub(super) fn of(event: &Event) -> Detail<'_> {
    match event {
        Event::Checked { gaps, .. } if gaps.is_empty() => ("不足はありません".to_owned(), None),
        Event::Checked { gaps, .. } => {
            let words: Vec<_> = gaps.iter().map(|gap| gap.label()).collect();
            (format!("不足：{}", words.join("、")), None)
        }
        Event::DownloadRequested { organisation, .. } => (organisation.clone(), None),
        Event::Applied { term, .. }
        | Event::TakenOver { term, .. }
        | Event::RenewalFiled { term, .. } => (
            format!(
                "{}〜{}",
                words::date(term.first_day.on),
                words::date(term.last_day.on)
            ),
            Some(("満了日", &term.last_day)),
        ),
        Event::FeePaid { month, how, .. } => (
            format!("{}分　{}", Month::of(*month).in_japanese(), how.label()),
            None,
        ),
        Event::FeeReversed { month, reason, .. } => (
            format!(
                "{}分の確認　{}",
                Month::of(*month).in_japanese(),
                words::typed(reason)
            ),
            None,
        ),
        Event::CheckDropped { reason } => (words::typed(reason).to_owned(), None),
        Event::OfficeMoved { .. } => ("この事業所番号を持つ法人に付け替えました".to_owned(), None),
        Event::FeeOverdue { first_day } => (format!("{}からの1年", words::date(*first_day)), None),
        Event::Granted { on }
        | Event::RenewalOpened { on }
        | Event::Renewed { on }
        | Event::YearBegun { on } => (words::date(*on), None),
        Event::Expired { last_day } => (words::date(*last_day), None),
        Event::OfficeClosed { why } => (why.label().to_owned(), None),
    }
}
