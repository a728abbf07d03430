//! An event of ours as the protocol carries it, and what came from the cluster read back, or named as not ours.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use daicho_domain::stream::Noun;
use kurrentdb::{EventData, RecordedEvent, StreamState, SubscriptionFilter};
use serde_json::value::RawValue;

use super::metadata::Metadata;
use super::token::At;
use crate::envelope::{Body, NewEvent, StreamName};
use crate::port::Expected;

/// What stands before the name of a stream in that of its metadata stream.
const METADATA_PREFIX: &str = "$$";

/// An event as it came from the cluster.
#[derive(Clone, Debug)]
pub(super) struct Came {
    pub(super) at: At,
    pub(super) stream: StreamName,
    pub(super) version: u64,
    pub(super) what: What,
}

/// What came.
#[derive(Clone, Debug)]
pub(super) enum What {
    /// An event of ours.
    Ours {
        event: NewEvent,
        /// When its writer says it was taken.
        recorded_at: DateTime<Utc>,
        /// The number it is said to have: where the embedded log is served.
        said: Option<u64>,
    },
    /// Somebody limited or deleted this stream of ours.
    Cut(String),
    /// Something else inside one of our names.
    NotOurs(String),
    /// Nothing that concerns us.
    Foreign,
}

/// Whether a stream of this name is one of ours: one of our nouns, a hyphen, a key.
pub(super) fn is_ours(stream: &str) -> bool {
    let noun = stream.split_once('-').map(|(noun, _)| noun);
    noun.is_some_and(|noun| Noun::ALL.iter().any(|ours| ours.code() == noun))
}

/// Our streams alone, chosen by the server.
pub(super) fn our_streams() -> SubscriptionFilter {
    let none = SubscriptionFilter::on_stream_name();
    let add =
        |filter: SubscriptionFilter, noun: &Noun| filter.add_prefix(format!("{}-", noun.code()));
    Noun::ALL.iter().fold(none, add)
}

/// Our streams and those that say what may be cut off them.
pub(super) fn our_streams_and_their_metadata() -> SubscriptionFilter {
    let add = |filter: SubscriptionFilter, noun: &Noun| {
        filter.add_prefix(format!("{METADATA_PREFIX}{}-", noun.code()))
    };
    Noun::ALL.iter().fold(our_streams(), add)
}

/// An event on its way to the cluster: its data are the body's bytes, whatever they are.
pub(super) fn proposed(event: &NewEvent, recorded_at: DateTime<Utc>) -> EventData {
    let text = event.body.as_str();
    let data = match serde_json::from_str::<&RawValue>(text) {
        Ok(raw) if raw.get().len() == text.len() => EventData::json(&*event.kind, &raw).ok(),
        Ok(_) | Err(_) => None,
    };
    let data = data.unwrap_or_else(|| {
        // No JSON, or JSON between blanks: whoever reads must find the bytes as they are.
        EventData::binary(&*event.kind, Bytes::copy_from_slice(text.as_bytes()))
    });
    let metadata = Metadata::of_new(event, recorded_at).to_json();
    data.id(event.event_id).metadata(Bytes::from(metadata))
}

pub(super) fn stream_state(expected: Expected) -> StreamState {
    match expected {
        Expected::NoStream => StreamState::NoStream,
        Expected::Version(version) => StreamState::StreamRevision(version),
        Expected::Any => StreamState::Any,
    }
}

/// Reads what came. The server has filtered already; whether it did is not taken on trust.
pub(super) fn came(event: &RecordedEvent) -> Came {
    let name = event.stream_id();
    let of = match name.strip_prefix(METADATA_PREFIX) {
        Some(of) if is_ours(of) => Some(of),
        Some(_) | None => None,
    };
    let what = match of {
        Some(_) => limits(event),
        None if is_ours(name) => ours(event),
        None => What::Foreign,
    };
    Came {
        at: At::of(event.position),
        stream: of.unwrap_or(name).into(),
        version: event.revision,
        what,
    }
}

/// What a stream's metadata cut off it. Access lists and the like cut nothing.
fn limits(event: &RecordedEvent) -> What {
    let metadata: Option<serde_json::Value> = serde_json::from_slice(&event.data).ok();
    let limit = ["$tb", "$maxAge", "$maxCount"]
        .into_iter()
        .find(|limit| metadata.as_ref().is_some_and(|m| !m[limit].is_null()));
    match limit {
        Some("$tb") => What::Cut("its beginning was cut off or it was deleted ($tb)".to_owned()),
        Some(limit) => What::Cut(format!("its events are to vanish ({limit})")),
        None => What::Foreign,
    }
}

fn ours(event: &RecordedEvent) -> What {
    let kind = event.event_type.as_str();
    if kind == "$streamDeleted" {
        return What::Cut("it was deleted for ever".to_owned());
    }
    let noun = kind.split_once('.').map(|(noun, _)| noun);
    if !noun.is_some_and(|noun| Noun::ALL.iter().any(|ours| ours.code() == noun)) {
        return What::NotOurs(format!("{kind} is no event type of ours"));
    }
    let metadata = match Metadata::from_json(&event.custom_metadata) {
        Ok(metadata) => metadata,
        Err(why) => return What::NotOurs(why),
    };
    match std::str::from_utf8(&event.data) {
        Err(_) => What::NotOurs("its data are no text".to_owned()),
        Ok(text) => {
            let (recorded_at, said) = (metadata.recorded_at, metadata.number);
            What::Ours {
                event: metadata.event(event.id, kind.into(), Body::from_text(text)),
                recorded_at,
                said,
            }
        }
    }
}
