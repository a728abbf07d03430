//! 利用停止 and 再開: what the ledger says of arrears becomes the suspension of a service. No path leads here without a
//! debit result, since only the ledger that booked a failed one says that a suspension is due.

use super::decide::subject;
use super::{Event, Refusal, Registration};
use crate::dates::Month;
use crate::decider::Context;

pub(super) fn suspend(
    context: &Context<'_>,
    registration: &Registration,
    batch: Month,
) -> Result<Vec<Event>, Refusal> {
    let (corporation, _) = subject(context.stream);
    let due = context
        .known
        .billing(corporation)
        .and_then(|ledger| ledger.suspension_due(batch));
    Ok(match (due, registration.suspended_on) {
        (Some(on), None) => vec![Event::Suspended { on, batch }],
        (Some(_), Some(_)) | (None, _) => vec![],
    })
}

pub(super) fn resume(
    context: &Context<'_>,
    registration: &Registration,
) -> Result<Vec<Event>, Refusal> {
    let (corporation, _) = subject(context.stream);
    let ledger = context.known.billing(corporation);
    let paid = ledger.is_none_or(|ledger| ledger.arrears.is_none());
    Ok((paid && registration.suspended_on.is_some())
        .then_some(Event::Resumed { on: context.today })
        .into_iter()
        .collect())
}
