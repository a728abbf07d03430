//! The protocol's messages as they are written from `proto/`, nested as their packages are, and what stands
//! between them and ours.

mod event;

use daicho_eventlog::StreamName;
use tonic::Status;
use uuid::Uuid;

pub(crate) use self::event::{IdForm, read_event, recorded};

/// `google`
pub(crate) mod google {
    /// `google.rpc`
    pub(crate) mod rpc {
        tonic::include_proto!("google.rpc");
    }
}

/// `event_store`
#[expect(
    clippy::allow_attributes,
    clippy::enum_variant_names,
    reason = "written by the generator, with the protocol's names"
)]
pub(crate) mod event_store {
    /// `event_store.client`
    pub(crate) mod client {
        tonic::include_proto!("event_store.client");

        /// `event_store.client.streams`
        pub(crate) mod streams {
            tonic::include_proto!("event_store.client.streams");
        }

        /// `event_store.client.persistent_subscriptions`
        pub(crate) mod persistent_subscriptions {
            tonic::include_proto!("event_store.client.persistent_subscriptions");
        }

        /// `event_store.client.gossip`
        pub(crate) mod gossip {
            tonic::include_proto!("event_store.client.gossip");
        }

        /// `event_store.client.server_features`
        pub(crate) mod server_features {
            tonic::include_proto!("event_store.client.server_features");
        }
    }
}

pub(crate) use self::event_store::client::{
    self as shared, gossip, persistent_subscriptions as persistent, server_features, streams,
};

/// The version of the protocol's server whose answers are given here.
pub(crate) const SERVER_VERSION: &str = "24.10.0";

/// How long a name may be that a client gives: of a stream, a type, a group.
pub(crate) const NAME_BYTES_MAX: usize = 1 << 10;

/// A stream's name as a client gives it.
pub(crate) fn stream_name(given: Option<shared::StreamIdentifier>) -> Result<StreamName, Status> {
    let bytes = given.unwrap_or_default().stream_name;
    if bytes.len() > NAME_BYTES_MAX {
        return Err(Status::invalid_argument(format!(
            "a stream's name has at most {NAME_BYTES_MAX} bytes"
        )));
    }
    match std::str::from_utf8(&bytes) {
        Ok("") => Err(Status::invalid_argument("a stream has a name")),
        Ok(name) => Ok(StreamName::new(name)),
        Err(_) => Err(Status::invalid_argument("a stream's name is UTF-8")),
    }
}

/// A stream's name as a client is given it.
pub(crate) fn stream_identifier(name: &StreamName) -> shared::StreamIdentifier {
    shared::StreamIdentifier {
        stream_name: bytes::Bytes::copy_from_slice(name.as_str().as_bytes()),
    }
}

/// An id as a client gives it.
pub(crate) fn uuid(given: Option<&shared::Uuid>) -> Result<Uuid, Status> {
    use shared::uuid::Value;
    let wrong = || Status::invalid_argument("an id is missing or is none");
    match given.and_then(|id| id.value.as_ref()).ok_or_else(wrong)? {
        Value::String(text) => text.parse().map_err(|_| wrong()),
        Value::Structured(bits) => Ok(Uuid::from_u64_pair(
            bits.most_significant_bits.cast_unsigned(),
            bits.least_significant_bits.cast_unsigned(),
        )),
    }
}
