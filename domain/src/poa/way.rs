//! The way of a 委任状 to the customer and back: when it is there, when it must be posted.

use super::Refusal;
use super::event::{Method, Purpose};
use super::state::Sheet;
use crate::decider::Context;
use crate::rules::{Ask, Dated, Question, days_in_hand};
use chrono::NaiveDate;

/// The days a customer has the sheet in hand.
pub(super) struct Way {
    /// When it is expected there; nothing for a mail, which is there at once.
    pub(super) delivered_on: Option<Dated>,
    /// When the customer must post it to meet the due date.
    pub(super) post_back_by: Option<Dated>,
    /// When the customer is asked for it, should it not be back; nothing where that would come before the sheet does.
    pub(super) remind_on: Option<Dated>,
}

/// The way of a sheet that leaves on `sent_on`, for the due date that stands. No rule says how much
/// sooner an express letter is there, so it is promised no sooner than ordinary post.
pub(super) fn way(
    context: &Context<'_>,
    sheet: &Sheet,
    method: Method,
    sent_on: NaiveDate,
) -> Result<Way, Refusal> {
    // An end 委任状 that is late postpones nothing.
    let start = sheet.assignment.purpose == Purpose::Start;
    let ask = Ask::new(sheet.assignment.service, Question::Dispatch, sent_on)
        .in_prefecture(sheet.assignment.number.prefecture())
        .decided_on(context.today);
    let days = days_in_hand(context.policy, &ask, sheet.dates.due.on)?;
    let delivered_on = match method {
        Method::Mail => None,
        Method::Post | Method::Express => Some(days.dated("delivered_on")?),
    };
    let there_on = delivered_on.as_ref().map_or(sent_on, |day| day.on);
    let remind_on = days.dated("remind_on").ok();
    Ok(Way {
        delivered_on,
        post_back_by: Some(days.dated("post_back_by")?),
        remind_on: remind_on.filter(|day| start && day.on > there_on),
    })
}
