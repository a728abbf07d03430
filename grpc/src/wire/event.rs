//! An event of the log as the protocol carries it.

use bytes::Bytes;
use daicho_eventlog::foreign::{Entry, Held};
use daicho_eventlog::kurrentdb::Metadata;
use uuid::Uuid;

use super::{shared, stream_identifier, streams};

/// How the client wants ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IdForm {
    /// Two numbers.
    Structured,
    /// Text.
    String,
}

impl IdForm {
    /// An id in this form.
    pub(crate) fn of(self, id: Uuid) -> shared::Uuid {
        use shared::uuid::{Structured, Value};
        let value = match self {
            Self::String => Value::String(id.to_string()),
            Self::Structured => {
                let (most, least) = id.as_u64_pair();
                Value::Structured(Structured {
                    most_significant_bits: most.cast_signed(),
                    least_significant_bits: least.cast_signed(),
                })
            }
        };
        shared::Uuid { value: Some(value) }
    }
}

/// The event with its place, for a reader of streams.
pub(crate) fn read_event(entry: Entry, ids: IdForm) -> streams::read_resp::ReadEvent {
    use streams::read_resp::read_event::Position;
    let place = entry.place.position();
    streams::read_resp::ReadEvent {
        event: Some(recorded(entry, ids)),
        link: None,
        position: Some(Position::CommitPosition(place)),
    }
}

/// The event itself.
pub(crate) fn recorded(entry: Entry, ids: IdForm) -> streams::read_resp::read_event::RecordedEvent {
    let place = entry.place.position();
    let id = entry.id();
    // The protocol counts tenths of a microsecond.
    let created = entry.recorded_at.timestamp_micros() * 10;
    let (kind, content_type, custom_metadata, data) = match entry.held {
        Held::Own(own) => (
            Bytes::copy_from_slice(own.kind.as_bytes()),
            Bytes::from_static(daicho_eventlog::kurrentdb::CONTENT_TYPE.as_bytes()),
            Bytes::from(Metadata::of_recorded(&own).to_json()),
            Bytes::copy_from_slice(own.body.as_str().as_bytes()),
        ),
        Held::Foreign(foreign) => (
            Bytes::copy_from_slice(foreign.kind.as_bytes()),
            Bytes::copy_from_slice(foreign.content_type.as_bytes()),
            foreign.metadata,
            foreign.data,
        ),
    };
    let property = |key: &'static str, value| shared::Property {
        key: Bytes::from_static(key.as_bytes()),
        value,
    };
    streams::read_resp::read_event::RecordedEvent {
        id: Some(ids.of(id)),
        stream_identifier: Some(stream_identifier(&entry.stream)),
        stream_revision: entry.revision,
        prepare_position: place,
        commit_position: place,
        metadata: vec![
            property("type", kind),
            property("created", created.to_string().into()),
            property("content-type", content_type),
        ],
        custom_metadata,
        data,
    }
}
