//! An office goes to another corporation: what has not started is applied for there afresh; what transmits goes on under the
//! 委任状 there is until the new corporation's has taken its place.

use super::apply::{leave, released};
use super::event::LeaveReason;
use super::state::{Standing, State};
use super::{Event, Refusal};
use crate::decider::Context;
use crate::stream::{CorporationId, OfficeId};
use chrono::NaiveDate;

pub(super) fn hand_over(
    context: &Context<'_>,
    state: &State,
    office: OfficeId,
    to: CorporationId,
    on: NaiveDate,
) -> Result<Vec<Event>, Refusal> {
    let mut events = leave(context, state, Some(office), LeaveReason::Removed)?;
    let goes_on = state.entries.iter().filter(|entry| {
        entry.office == office
            && matches!(entry.standing, Standing::Started { .. })
            && entry.released_on.is_none()
            && entry.transferred.is_none()
    });
    events.extend(goes_on.map(|entry| Event::OfficeTransferred {
        application: entry.application,
        office,
        to,
        on,
    }));
    Ok(events)
}

/// It transmits under its new corporation.
pub(super) fn release(context: &Context<'_>, state: &State, office: OfficeId) -> Vec<Event> {
    let entries = state.entries.iter();
    let gone = entries.filter(|entry| entry.office == office && entry.is_transferred());
    gone.flat_map(|entry| released(context, state, entry.reference()))
        .collect()
}
