//! Why a command is sent, and the identity that follows from it: the same cause is the same command, however often
//! it is sent, and is decided once.

use std::sync::Arc;

use chrono::NaiveDate;
use uuid::Uuid;

use crate::envelope::Recorded;

/// The cause of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caused {
    /// Derived from the cause.
    pub command_id: Uuid,
    /// The opaque id of a staff member, or the name of a worker.
    pub actor: Arc<str>,
    /// Shared by everything that follows from one first cause.
    pub correlation: Uuid,
    /// The event that caused the command, if one did.
    pub causation: Option<Uuid>,
    /// The day it is decided on; `None` is the open business day.
    pub occurred_on: Option<NaiveDate>,
}

impl Caused {
    /// A person or another system asks.
    pub fn by_request(actor: impl Into<Arc<str>>, command_id: Uuid) -> Self {
        Self {
            command_id,
            actor: actor.into(),
            correlation: command_id,
            causation: None,
            occurred_on: None,
        }
    }

    /// A worker answers an event: `reaction` is what it does, `target` the stream it does it to.
    ///
    /// It is decided on the day of its cause, so that catching up late comes to the same.
    pub fn by_event(
        actor: impl Into<Arc<str>>,
        cause: &Recorded,
        reaction: &str,
        target: &str,
    ) -> Self {
        Self {
            command_id: of_cause(cause.event_id, &[reaction, target]),
            actor: actor.into(),
            correlation: cause.correlation,
            causation: Some(cause.event_id),
            occurred_on: Some(cause.occurred_on),
        }
    }
}

/// The command id that follows from an event: the same event and parts always give the same.
pub fn of_cause(event_id: Uuid, parts: &[&str]) -> Uuid {
    Uuid::new_v5(&event_id, parts.join("\u{1f}").as_bytes())
}
