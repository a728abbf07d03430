//! What the log holds: the envelope around an event, as it is given to the log and as it comes back.
//!
//! The body is JSON text whose personal fields are already sealed (see [`crate::sealing`]); the log neither
//! looks into it nor changes a byte of it.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Serialize, Serializer};
use uuid::Uuid;

use crate::chain::Chain;

/// The wire name of a stream, `poa-…`: the noun, a hyphen, its key.
///
/// A log shared with other programs holds foreign names too; they are filtered before decoding.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct StreamName(Arc<str>);

impl StreamName {
    /// The name as it stands on the wire.
    pub fn new(name: impl Into<Arc<str>>) -> Self {
        Self(name.into())
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands before the first hyphen: the noun.
    pub fn noun(&self) -> &str {
        self.0.split_once('-').map_or(&*self.0, |(noun, _)| noun)
    }
}

impl fmt::Display for StreamName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for StreamName {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

/// A place in the log, meaningful only to the adapter that gave it.
///
/// Keep it, hand it back, compare it for equality; it has no order and no distance. What is counted,
/// shown and compared is [`Recorded::number`].
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Position {
    bytes: [u8; Self::BYTES_MAX],
    length: u8,
}

impl Position {
    /// The longest token: room for a commit position, a prepare position and a number.
    pub const BYTES_MAX: usize = 24;

    /// An adapter's token of at most [`Self::BYTES_MAX`] bytes; `None` when it is longer.
    pub fn from_bytes(token: &[u8]) -> Option<Self> {
        let mut bytes = [0; Self::BYTES_MAX];
        bytes.get_mut(..token.len())?.copy_from_slice(token);
        let length = u8::try_from(token.len()).ok()?;
        Some(Self { bytes, length })
    }

    /// The token, to be stored as it is.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }

    /// The token of an adapter that counts its own events and needs nothing else.
    pub(crate) fn of_number(number: u64) -> Self {
        let mut bytes = [0; Self::BYTES_MAX];
        bytes[..8].copy_from_slice(&number.to_be_bytes());
        Self { bytes, length: 8 }
    }

    /// The reverse of [`Self::of_number`]; `None` for another adapter's token.
    pub(crate) fn as_number(&self) -> Option<u64> {
        self.as_bytes().try_into().ok().map(u64::from_be_bytes)
    }
}

impl fmt::Debug for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Position(")?;
        self.as_bytes()
            .iter()
            .try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str(")")
    }
}

/// An event's JSON text, byte for byte as it is recorded.
#[derive(Clone, PartialEq, Eq)]
pub struct Body(Arc<str>);

impl Body {
    /// The longest body an event may have: 256 KiB.
    pub const BYTES_MAX: usize = 256 * 1024;

    /// A body of this JSON text. Whether it is JSON shows when it is read.
    pub fn from_text(text: impl Into<Arc<str>>) -> Self {
        Self(text.into())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text as JSON.
    ///
    /// # Errors
    /// When the text is not JSON.
    pub fn value(&self) -> Result<serde_json::Value, serde_json::Error> {
        serde_json::from_str(&self.0)
    }
}

impl From<&serde_json::Value> for Body {
    fn from(value: &serde_json::Value) -> Self {
        Self::from_text(value.to_string())
    }
}

/// Bodies may name persons (sealed, but still): they are measured in traces, never printed.
impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Body({} bytes)", self.0.len())
    }
}

impl Serialize for Body {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let value = self.value().map_err(serde::ser::Error::custom)?;
        value.serialize(serializer)
    }
}

/// An event as it is handed to the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEvent {
    /// uuid v5 of the command id and the event's index among the command's events.
    pub event_id: Uuid,
    /// What the event answers to; derived from the cause, so that the same cause decides once.
    pub command_id: Uuid,
    /// `transmission.applied.v1`
    pub kind: Arc<str>,
    /// The sealed JSON body.
    pub body: Body,
    /// The open business day on which it was decided.
    pub occurred_on: NaiveDate,
    /// The opaque id of a staff member, or the name of a worker.
    pub actor: Arc<str>,
    /// Shared by everything that follows from one first cause.
    pub correlation: Uuid,
    /// The event that caused the command, if one did.
    pub causation: Option<Uuid>,
    /// The rule book version it was decided under, if one was asked.
    pub rulebook: Option<Arc<str>>,
}

/// An event as the log gives it back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Recorded {
    /// 0, 1, 2 … over daicho's own events in the log's order.
    pub number: u64,
    /// Where to go on reading after this event.
    #[serde(skip)]
    pub position: Position,
    /// The stream it stands in.
    pub stream: StreamName,
    /// 0, 1, 2 … within the stream.
    pub version: u64,
    /// See [`NewEvent::event_id`].
    pub event_id: Uuid,
    /// See [`NewEvent::command_id`].
    pub command_id: Uuid,
    /// See [`NewEvent::kind`].
    #[serde(rename = "type")]
    pub kind: Arc<str>,
    /// See [`NewEvent::body`].
    pub body: Body,
    /// See [`NewEvent::occurred_on`].
    pub occurred_on: NaiveDate,
    /// When the log took it, to the microsecond; never decreasing with `number`.
    pub recorded_at: DateTime<Utc>,
    /// See [`NewEvent::actor`].
    pub actor: Arc<str>,
    /// See [`NewEvent::correlation`].
    pub correlation: Uuid,
    /// See [`NewEvent::causation`].
    pub causation: Option<Uuid>,
    /// See [`NewEvent::rulebook`].
    pub rulebook: Option<Arc<str>>,
    /// The running digest up to and with this event, where the adapter keeps one.
    pub chain: Option<Chain>,
}

impl Recorded {
    /// The event as the log takes it: everything the log did not add itself.
    pub(crate) fn of(
        event: NewEvent,
        stream: StreamName,
        version: u64,
        number: u64,
        recorded_at: DateTime<Utc>,
        chain: Chain,
    ) -> Self {
        Self {
            number,
            position: Position::of_number(number),
            stream,
            version,
            event_id: event.event_id,
            command_id: event.command_id,
            kind: event.kind,
            body: event.body,
            occurred_on: event.occurred_on,
            recorded_at,
            actor: event.actor,
            correlation: event.correlation,
            causation: event.causation,
            rulebook: event.rulebook,
            chain: Some(chain),
        }
    }

    /// The event without what the log added: what another log would be given (`log copy`).
    pub fn to_new(&self) -> NewEvent {
        NewEvent {
            event_id: self.event_id,
            command_id: self.command_id,
            kind: self.kind.clone(),
            body: self.body.clone(),
            occurred_on: self.occurred_on,
            actor: self.actor.clone(),
            correlation: self.correlation,
            causation: self.causation,
            rulebook: self.rulebook.clone(),
        }
    }
}
