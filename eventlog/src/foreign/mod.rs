//! Foreign streams: what other programs keep in this log, beside the business's own events.
//!
//! They stand in a table of their own in the same file, written by the same writer in the same commits, never
//! updated, never deleted. The business's own readers ([`crate::EventLog`]) never see them: they are neither
//! numbered nor part of the running digest. [`Place`] orders both kinds; it is what a client of another protocol
//! reads and follows by (`daicho-grpc`).

mod expected;
mod place;

use bytes::Bytes;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

pub use self::expected::ForeignExpected;
pub(crate) use self::expected::{Decision, Recollection};
pub use self::place::Place;
use crate::envelope::{Recorded, StreamName};
use crate::port::LogError;

/// An event of another program. Nobody here looks into its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignEvent {
    /// Given by who appends; the same id again is the same event.
    pub id: Uuid,
    /// Its type, as its program names it.
    pub kind: Arc<str>,
    /// `application/json` or `application/octet-stream`.
    pub content_type: Arc<str>,
    /// Its body.
    pub data: Bytes,
    /// What its program says about it.
    pub metadata: Bytes,
}

impl ForeignEvent {
    /// How many bytes it brings with it: body, metadata and the names of its type and of what its body is.
    pub fn bytes(&self) -> usize {
        self.data.len() + self.metadata.len() + self.kind.len() + self.content_type.len()
    }
}

/// What stands at one place of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Held {
    /// An event of the business.
    Own(Recorded),
    /// An event of another program.
    Foreign(ForeignEvent),
}

/// One event of the whole log, whosever it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Where it stands in the order over everything.
    pub place: Place,
    /// The stream it stands in.
    pub stream: StreamName,
    /// 0, 1, 2 … within the stream.
    pub revision: u64,
    /// When the log took it; never decreasing with `place`.
    pub recorded_at: DateTime<Utc>,
    /// The event.
    pub held: Held,
}

impl Entry {
    /// An event of the business at its place.
    pub(crate) fn own(recorded: Recorded) -> Self {
        Self {
            place: Place::of_number(recorded.number),
            stream: recorded.stream.clone(),
            revision: recorded.version,
            recorded_at: recorded.recorded_at,
            held: Held::Own(recorded),
        }
    }

    /// The event's id.
    pub fn id(&self) -> Uuid {
        match &self.held {
            Held::Own(recorded) => recorded.event_id,
            Held::Foreign(event) => event.id,
        }
    }

    /// The event's type.
    pub fn kind(&self) -> &Arc<str> {
        match &self.held {
            Held::Own(recorded) => &recorded.kind,
            Held::Foreign(event) => &event.kind,
        }
    }

    /// About how many bytes it holds in memory.
    pub fn bytes(&self) -> usize {
        let held = match &self.held {
            Held::Own(recorded) => recorded.body.as_str().len(),
            Held::Foreign(event) => event.bytes(),
        };
        size_of::<Self>() + self.stream.as_str().len() + held
    }
}

/// Which way a page is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// From a place or revision on, that one included.
    Forwards,
    /// From a place or revision back, that one included.
    Backwards,
}

/// How much one page holds at most; one event is always let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// How many events.
    pub events: usize,
    /// How many bytes of them.
    pub bytes: usize,
}

/// An append to a foreign stream that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appended {
    /// The revision of the last event appended, or appended earlier when this was a repetition.
    pub revision: Option<u64>,
    /// Its place.
    pub place: Option<Place>,
}

/// Why an append to a foreign stream was not done. Nothing of it was recorded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ForeignError {
    /// The stream is not as the caller expected.
    #[error("the stream's last revision is {actual:?}, not as it was expected")]
    WrongExpected {
        /// Its last revision, `None` when it holds nothing.
        actual: Option<u64>,
    },
    /// The stream holds events of the business, which only its commands write.
    #[error("{stream} holds events of the business; only its own commands write there")]
    OwnStream {
        /// The stream that was to be written.
        stream: StreamName,
    },
    /// As many foreign events stand after the business's last one as ever can.
    #[error("no place is left for foreign events until the business records its next event")]
    NoPlace,
    /// The world's failure.
    #[error(transparent)]
    Log(#[from] LogError),
}
