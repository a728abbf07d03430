//! The way of a 委任状 to the customer and back: when it is there, when it must be posted.

use super::Refusal;
use super::event::Method;
use super::state::Sheet;
use crate::decider::Context;
use crate::rules::Dated;
use chrono::NaiveDate;

/// The days a customer has the sheet in hand.
pub(super) struct Way {
    /// When it is expected there; nothing for a mail, which is there at once.
    pub(super) delivered_on: Option<Dated>,
    /// When the customer must post it to meet the due date.
    pub(super) post_back_by: Option<Dated>,
}

pub(super) fn way(_: &Context<'_>, _: &Sheet, _: Method, _: NaiveDate) -> Result<Way, Refusal> {
    Ok(Way {
        delivered_on: None,
        post_back_by: None,
    })
}
