//! What went wrong, in the protocol's words: a code, a sentence, and the trailers its clients read.

use daicho_eventlog::{LogError, StreamName};
use tonic::metadata::{MetadataMap, MetadataValue};
use tonic::{Code, Status};

/// A failure with the protocol's name of it and what belongs to it.
pub(crate) fn named(
    code: Code,
    exception: &'static str,
    message: impl Into<String>,
    details: &[(&'static str, &str)],
) -> Status {
    let mut trailers = MetadataMap::new();
    trailers.insert("exception", MetadataValue::from_static(exception));
    for (key, value) in details {
        // A name that does not fit into a header stands in the sentence alone.
        if let Ok(value) = value.parse() {
            trailers.insert(*key, value);
        }
    }
    Status::with_metadata(code, message, trailers)
}

/// The client may not do this here.
pub(crate) fn access_denied(why: impl Into<String>) -> Status {
    named(Code::PermissionDenied, "access-denied", why, &[])
}

/// The server is about to end.
pub(crate) fn ends() -> Status {
    Status::unavailable("the server ends; ask again, from the last event seen")
}

/// Nothing is ever deleted here.
pub(crate) fn never_deleted(stream: &StreamName) -> Status {
    access_denied(format!(
        "{stream} is not deleted: this log forgets nothing, for anybody"
    ))
}

/// More than one append may bring.
pub(crate) fn too_large(max: usize) -> Status {
    named(
        Code::InvalidArgument,
        "maximum-append-size-exceeded",
        format!("an append brings at most {max} bytes"),
        &[("maximum-append-size", &max.to_string())],
    )
}

/// An event of an append says too little of itself.
pub(crate) fn missing_property(name: &'static str) -> Status {
    named(
        Code::InvalidArgument,
        "missing-required-metadata-property",
        format!("an event's metadata names its {name}"),
        &[("required-metadata-properties", "type,content-type")],
    )
}

/// The log's own failure.
pub(crate) fn of_log(error: &LogError) -> Status {
    let code = match error {
        LogError::TooLarge { .. }
        | LogError::MessageTooLarge { .. }
        | LogError::ForeignPosition => Code::InvalidArgument,
        LogError::Conflict { .. } => Code::Aborted,
        LogError::OpenedForReading | LogError::Taken { .. } => Code::FailedPrecondition,
        LogError::Busy { .. }
        | LogError::Away { .. }
        | LogError::Stopped { .. }
        | LogError::Unanswered { .. } => Code::Unavailable,
        LogError::DiskFull { .. } => Code::ResourceExhausted,
        LogError::Unreadable { .. } | LogError::Cut { .. } => Code::DataLoss,
        LogError::SecondWriter { .. }
        | LogError::NotWritable { .. }
        | LogError::NotALog { .. }
        | LogError::NewerLayout { .. }
        | LogError::Failed { .. }
        | LogError::Address { .. }
        | LogError::Denied { .. }
        | LogError::Certificate { .. }
        | LogError::OtherServer { .. } => Code::Internal,
    };
    tracing::warn!(%error, "a client of the protocol was not served");
    Status::new(code, error.to_string())
}
