//! Between the log's envelope and the domain's events: sealing on the way in, opening on the way out.

use std::sync::Arc;

use chrono::NaiveDate;
use daicho_domain::nouns::Event;
use daicho_domain::stream::Stream;
use daicho_schemas::Wire;
use serde_json::Value;
use uuid::Uuid;

use crate::caused::Caused;
use crate::envelope::{Body, NewEvent, Recorded, StreamName};
use crate::port::LogError;
use crate::sealing::{self, Keys, SealError};

impl From<&Stream> for StreamName {
    fn from(stream: &Stream) -> Self {
        Self::new(stream.to_string())
    }
}

/// A recorded event and what it says, personal texts opened.
#[derive(Clone, Debug, PartialEq)]
pub struct Decoded {
    /// The event as the log gave it.
    pub recorded: Recorded,
    /// The stream it stands in.
    pub stream: Stream,
    /// What happened.
    pub event: Event,
}

/// Reads events with the keys of one log, or without.
#[derive(Clone, Debug)]
pub struct Codec {
    keys: Option<Arc<Keys>>,
}

impl Codec {
    /// With the keys that personal texts are sealed under.
    pub fn new(keys: Arc<Keys>) -> Self {
        Self { keys: Some(keys) }
    }

    /// Without keys: every personal text reads as if it had been erased.
    pub fn without_keys() -> Self {
        Self { keys: None }
    }

    /// Reads an event.
    ///
    /// # Errors
    /// [`LogError::Unreadable`]: whoever reads stops there, and never skips.
    pub fn decode(&self, recorded: Recorded) -> Result<Decoded, LogError> {
        match self.read(&recorded) {
            Ok((stream, event)) => Ok(Decoded {
                recorded,
                stream,
                event,
            }),
            Err(why) => Err(LogError::Unreadable {
                number: recorded.number,
                why,
            }),
        }
    }

    fn read(&self, recorded: &Recorded) -> Result<(Stream, Event), String> {
        let say = |error: &dyn std::fmt::Display| error.to_string();
        let stream: Stream = recorded.stream.as_str().parse().map_err(|e| say(&e))?;
        let former = daicho_schemas::is_former(&recorded.kind);
        let event = match former || sealing::holds_sealed(&recorded.body) {
            false => daicho_schemas::decode_text(&recorded.kind, recorded.body.as_str()),
            true => {
                let body = self.open(recorded).map_err(|e| say(&e))?;
                match former {
                    false => daicho_schemas::decode(&recorded.kind, body),
                    true => {
                        let lifted = daicho_schemas::lift(&recorded.kind, body, &stream);
                        let Wire { kind, mut body } = lifted.map_err(|e| say(&e))?;
                        let keys = self.keys.as_deref();
                        sealing::withhold(keys, &mut body).map_err(|e| say(&e))?;
                        daicho_schemas::decode(&kind, body)
                    }
                }
            }
        };
        let event = event.map_err(|e| say(&e))?;
        match event.noun() == stream.noun() {
            true => Ok((stream, event)),
            false => Err(format!(
                "{stream} holds an event of {}",
                event.noun().code()
            )),
        }
    }

    /// The body with its personal texts, as far as there are keys for them.
    fn open(&self, recorded: &Recorded) -> Result<Value, SealError> {
        let body = recorded.body.value();
        let mut body = body.map_err(|error| SealError::Malformed {
            pointer: String::new(),
            why: error.to_string(),
        })?;
        match &self.keys {
            Some(keys) => sealing::open(keys, &recorded.stream, recorded.event_id, &mut body)?,
            None => sealing::blank(&mut body)?,
        }
        Ok(body)
    }
}

/// Writes the events that a command decided, personal texts sealed.
///
/// # Errors
/// When a personal text cannot be sealed.
pub fn encode(
    keys: &Keys,
    stream: &StreamName,
    events: &[Event],
    by: &Caused,
    occurred_on: NaiveDate,
) -> Result<Vec<NewEvent>, SealError> {
    let mut written = Vec::with_capacity(events.len());
    for (index, event) in events.iter().enumerate() {
        let event_id = Uuid::new_v5(&by.command_id, index.to_string().as_bytes());
        let mut wire = daicho_schemas::encode(event);
        let rulebook = book_of(&wire.body).map(Arc::from);
        sealing::seal(keys, stream, event_id, &mut wire.body)?;
        written.push(NewEvent {
            event_id,
            command_id: by.command_id,
            kind: wire.kind.into(),
            body: Body::from(&wire.body),
            occurred_on,
            actor: by.actor.clone(),
            correlation: by.correlation,
            causation: by.causation,
            rulebook,
        });
    }
    Ok(written)
}

/// The rule book a decided day or month in this body rests on: that of the first one found.
fn book_of(body: &Value) -> Option<&str> {
    match body {
        Value::Object(members) => match members.get("basis").and_then(|basis| basis.get("book")) {
            Some(book) => book.as_str(),
            None => members.values().find_map(book_of),
        },
        Value::Array(items) => items.iter().find_map(book_of),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}
