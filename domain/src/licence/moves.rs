//! Where the number is: a licence stays with its 事業所番号, whoever has it.

use super::decide::known_office;
use super::event::{CloseReason, Event};
use super::state::Record;
use super::{Refusal, State};
use crate::decider::Context;
use crate::stream::CorporationId;

/// A person says where the number is now.
pub(super) fn move_office(
    context: &Context<'_>,
    known: &Record,
    corporation: CorporationId,
) -> Result<Vec<Event>, Refusal> {
    let office = known_office(context, corporation, known.number)?;
    if known.corporation == corporation && known.closed.is_none() {
        return Ok(vec![]);
    }
    let still = known_office(context, known.corporation, known.number).is_ok();
    if known.corporation != corporation && still {
        return Err(Refusal::StillThere {
            number: known.number,
        });
    }
    Ok(vec![Event::OfficeMoved {
        corporation,
        office,
    }])
}

/// A corporation has the number now. While another one has it too, the first stays.
pub(super) fn follow_office(
    context: &Context<'_>,
    state: &State,
    corporation: CorporationId,
) -> Vec<Event> {
    let known = state.known();
    let moved = known.map(|known| move_office(context, known, corporation));
    moved.and_then(Result::ok).unwrap_or_default()
}

/// The office left a corporation: only that of the corporation the licence is held under.
pub(super) fn close_office(
    known: &Record,
    corporation: CorporationId,
    why: CloseReason,
) -> Vec<Event> {
    let closes = known.corporation == corporation && known.closed.is_none();
    closes
        .then_some(Event::OfficeClosed { why })
        .into_iter()
        .collect()
}
