//! What an event's metadata says on KurrentDB's wire: everything of the envelope that the protocol has no field
//! for. The same keys in both directions: in what the adapter appends to a cluster, and in what the embedded log
//! is served with.
//!
//! The protocol itself carries stream, revision, event id, type and data: the body's bytes as recorded. A `$`
//! marks the two keys that KurrentDB's own tools know.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use serde::{Deserialize, Serialize, Serializer};
use uuid::Uuid;

use crate::envelope::{Body, NewEvent, Recorded};

/// The content type of data and metadata of an event of ours.
pub const CONTENT_TYPE: &str = "application/json";

/// The custom metadata of an event of ours. Keys of others beside these are left alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadata {
    /// 0, 1, 2 … over our own events: in what the embedded log is served with. Nobody writes it into a cluster,
    /// where every reader counts for itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<u64>,
    /// See [`NewEvent::correlation`].
    #[serde(rename = "$correlationId")]
    pub correlation: Uuid,
    /// See [`NewEvent::causation`].
    #[serde(
        rename = "$causationId",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub causation: Option<Uuid>,
    /// See [`NewEvent::command_id`].
    pub command_id: Uuid,
    /// See [`NewEvent::occurred_on`].
    pub occurred_on: NaiveDate,
    /// When it was taken, to the microsecond: `2026-11-20T03:00:00.000000Z`.
    #[serde(serialize_with = "to_the_microsecond")]
    pub recorded_at: DateTime<Utc>,
    /// See [`NewEvent::actor`].
    pub actor: Arc<str>,
    /// See [`NewEvent::rulebook`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rulebook: Option<Arc<str>>,
}

impl Metadata {
    /// Of an event that is about to be appended.
    pub fn of_new(event: &NewEvent, recorded_at: DateTime<Utc>) -> Self {
        Self {
            number: None,
            correlation: event.correlation,
            causation: event.causation,
            command_id: event.command_id,
            occurred_on: event.occurred_on,
            recorded_at,
            actor: event.actor.clone(),
            rulebook: event.rulebook.clone(),
        }
    }

    /// Of an event as a log gives it back, with its number.
    pub fn of_recorded(recorded: &Recorded) -> Self {
        Self {
            number: Some(recorded.number),
            correlation: recorded.correlation,
            causation: recorded.causation,
            command_id: recorded.command_id,
            occurred_on: recorded.occurred_on,
            recorded_at: recorded.recorded_at,
            actor: recorded.actor.clone(),
            rulebook: recorded.rulebook.clone(),
        }
    }

    /// As it stands on the wire.
    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("text and numbers are JSON")
    }

    /// From the wire.
    ///
    /// # Errors
    /// What is missing or wrong, in a few words: then the event is none of ours.
    pub fn from_json(bytes: &[u8]) -> Result<Self, String> {
        serde_json::from_slice(bytes).map_err(|error| match bytes.is_empty() {
            true => "it has no metadata".to_owned(),
            false => format!("its metadata is not ours: {error}"),
        })
    }

    /// The event with this metadata, as a log would be given it.
    pub fn event(self, event_id: Uuid, kind: Arc<str>, body: Body) -> NewEvent {
        NewEvent {
            event_id,
            command_id: self.command_id,
            kind,
            body,
            occurred_on: self.occurred_on,
            actor: self.actor,
            correlation: self.correlation,
            causation: self.causation,
            rulebook: self.rulebook,
        }
    }
}

fn to_the_microsecond<S: Serializer>(at: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&at.to_rfc3339_opts(SecondsFormat::Micros, true))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::event;

    #[test]
    fn an_event_comes_back_from_its_metadata_as_it_was() {
        let noon: DateTime<Utc> = "2026-11-20T03:00:00.000007Z".parse().expect("an instant");
        for index in 0..6 {
            let given = event(index);
            let bytes = Metadata::of_new(&given, noon).to_json();
            let read = Metadata::from_json(&bytes).expect("it is read");
            assert_eq!(read.recorded_at, noon);
            let back = read.event(given.event_id, given.kind.clone(), given.body.clone());
            assert_eq!(back, given);
        }
    }

    #[test]
    fn the_keys_are_those_that_are_documented() {
        let noon: DateTime<Utc> = "2026-11-20T03:00:00Z".parse().expect("an instant");
        let bytes = Metadata::of_new(&event(0), noon).to_json();
        let text = String::from_utf8(bytes).expect("it is text");
        assert_eq!(
            text,
            r#"{"$correlationId":"00000000-0000-00c1-0000-000000000000","$causationId":"00000000-0000-00c2-0000-000000000000","command_id":"00000000-0000-00c0-0000-000000000000","occurred_on":"2026-11-20","recorded_at":"2026-11-20T03:00:00.000000Z","actor":"staff-7","rulebook":"honobono-mini2@2015-01-01 r1"}"#
        );
    }

    #[test]
    fn metadata_of_others_is_told_from_ours_and_their_keys_beside_ours_are_left_alone() {
        let nothing = Metadata::from_json(b"").expect_err("nothing is not ours");
        assert_eq!(nothing, "it has no metadata");
        let other = Metadata::from_json(br#"{"$correlationId":"x"}"#);
        let other = other.expect_err("theirs is not ours");
        assert!(other.starts_with("its metadata is not ours"), "{other}");
        let noon: DateTime<Utc> = "2026-11-20T03:00:00Z".parse().expect("an instant");
        let ours = Metadata::of_new(&event(1), noon);
        let mut value = serde_json::to_value(&ours).expect("it is JSON");
        value["$traceparent"] = "00-1".into();
        let read = Metadata::from_json(value.to_string().as_bytes());
        assert_eq!(read, Ok(ours));
    }
}
