//! The running digest: every event's digest contains the one before it, so that a changed, lost or moved
//! event shows in every digest after it (`log verify`).
//!
//! It has two steps. The content's digest is taken by the caller, many at a time; only the short second step,
//! which needs the order, is left to the one writer.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};

use crate::envelope::{NewEvent, Recorded, StreamName};

/// The digest of everything the caller decided: stream, ids, kind, body, day, actor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Content([u8; 32]);

impl Content {
    /// Of an event about to be appended to a stream.
    pub fn of(stream: &StreamName, event: &NewEvent) -> Self {
        let mut digest = Fields(Sha256::new());
        digest.field(stream.as_str().as_bytes());
        digest.field(event.event_id.as_bytes());
        digest.field(event.command_id.as_bytes());
        digest.field(event.kind.as_bytes());
        digest.field(event.body.as_str().as_bytes());
        digest.field(event.occurred_on.to_string().as_bytes());
        digest.field(event.actor.as_bytes());
        digest.field(event.correlation.as_bytes());
        digest.field(event.causation.as_ref().map_or(&[], |id| id.as_bytes()));
        digest.field(event.rulebook.as_deref().unwrap_or_default().as_bytes());
        Self(digest.0.finalize().into())
    }
}

/// Length before content: no two different events give the same bytes.
struct Fields(Sha256);

impl Fields {
    fn field(&mut self, bytes: &[u8]) {
        self.0.update((bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
    }
}

/// The digest of the log up to and with one event.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Chain([u8; 32]);

impl Chain {
    /// Before the first event.
    pub const START: Self = Self([0; 32]);

    /// The digest after one more event.
    pub fn then(
        self,
        number: u64,
        version: u64,
        recorded_at: DateTime<Utc>,
        content: Content,
    ) -> Self {
        let mut digest = Sha256::new();
        digest.update(self.0);
        digest.update(number.to_le_bytes());
        digest.update(version.to_le_bytes());
        digest.update(recorded_at.timestamp_micros().to_le_bytes());
        digest.update(content.0);
        Self(digest.finalize().into())
    }

    /// The digest after this recorded event, computed from its content and not from what it says of itself.
    pub fn then_recorded(self, recorded: &Recorded) -> Self {
        let content = Content::of(&recorded.stream, &recorded.to_new());
        self.then(
            recorded.number,
            recorded.version,
            recorded.recorded_at,
            content,
        )
    }

    /// The 32 bytes, as a store keeps them.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// From the 32 bytes a store kept.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl fmt::Display for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Chain({self})")
    }
}

impl Serialize for Chain {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
