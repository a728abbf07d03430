//! The events of one append as they arrive, within what one append and all of them together may hold.

use std::collections::HashMap;

use bytes::Bytes;
use daicho_eventlog::foreign::ForeignEvent;
use tokio::sync::OwnedSemaphorePermit;
use tonic::Status;

use crate::failure;
use crate::shared::Served;
use crate::wire::{NAME_BYTES_MAX, shared, uuid};

/// How many events one append brings at most.
const EVENTS_MAX: usize = 1 << 16;

/// About how much an event holds beside what it brings.
const EVENT_ITSELF: usize = 256;

/// An event that a client proposes, whichever call brings it.
pub(crate) struct Proposed {
    pub(crate) id: Option<shared::Uuid>,
    pub(crate) metadata: HashMap<String, String>,
    pub(crate) custom_metadata: Bytes,
    pub(crate) data: Bytes,
}

impl Proposed {
    /// The event, when it says enough of itself.
    fn event(mut self) -> Result<ForeignEvent, Status> {
        let mut property = |name| {
            let value = self.metadata.remove(name);
            value.ok_or_else(|| failure::missing_property(name))
        };
        let (kind, content_type) = (property("type")?, property("content-type")?);
        if kind.is_empty() || kind.len().max(content_type.len()) > NAME_BYTES_MAX {
            return Err(Status::invalid_argument(format!(
                "an event's type and content type have at most {NAME_BYTES_MAX} bytes, and the type at least one"
            )));
        }
        Ok(ForeignEvent {
            id: uuid(self.id.as_ref())?,
            kind: kind.into(),
            content_type: content_type.into(),
            // Copied, so that what is counted is what is held: they are parts of all that the connection read at once.
            data: Bytes::copy_from_slice(&self.data),
            metadata: Bytes::copy_from_slice(&self.custom_metadata),
        })
    }
}

/// The events that have come, and the room that they take.
#[derive(Default)]
pub(crate) struct Gathered {
    events: Vec<ForeignEvent>,
    bytes: usize,
    held: usize,
    room: Option<OwnedSemaphorePermit>,
}

/// Why an append takes no further event.
pub(crate) enum TooMuch {
    /// It brings more bytes than one append may.
    Bytes(usize),
    /// What it brings is refused.
    Refused(Status),
    /// There is no room for it now.
    NoRoom(Status),
}

impl From<TooMuch> for Status {
    fn from(too_much: TooMuch) -> Self {
        match too_much {
            TooMuch::Bytes(max) => failure::too_large(max),
            TooMuch::Refused(status) | TooMuch::NoRoom(status) => status,
        }
    }
}

impl Gathered {
    /// Takes one more event.
    pub(crate) fn add(&mut self, served: &Served, proposed: Proposed) -> Result<(), TooMuch> {
        let event = proposed.event().map_err(TooMuch::Refused)?;
        self.bytes += event.bytes();
        let max = served.options.append_bytes_max;
        if self.bytes > max {
            return Err(TooMuch::Bytes(max));
        }
        if self.events.len() == EVENTS_MAX {
            let why = format!("an append brings at most {EVENTS_MAX} events");
            return Err(TooMuch::Refused(Status::invalid_argument(why)));
        }
        self.events.push(event);
        let needed = self.bytes + self.events.len() * EVENT_ITSELF;
        if needed > self.held {
            // In steps, so that many small events do not each take a whole permit.
            let more = (needed - self.held).next_multiple_of(EVENT_ITSELF * 4);
            let room = served.room_for(more).map_err(TooMuch::NoRoom)?;
            self.held += more;
            match &mut self.room {
                Some(held) => held.merge(room),
                None => self.room = Some(room),
            }
        }
        Ok(())
    }

    /// The events, and the room they take until the log has answered.
    pub(crate) fn into_parts(self) -> (Vec<ForeignEvent>, Option<OwnedSemaphorePermit>) {
        (self.events, self.room)
    }
}
