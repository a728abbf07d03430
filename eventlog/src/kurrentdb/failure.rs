//! What the client says, in the port's words: whether asking again may help, and whether an append may have been
//! recorded all the same.

use kurrentdb::{CurrentRevision, Error, GrpcConnectionError};

use super::address::Address;
use crate::envelope::StreamName;
use crate::port::{Expected, LogError};

/// What to make of a failed call.
#[derive(Debug)]
pub(super) enum Sense {
    /// No server was reached, or not the one that may answer: nothing was done, another attempt may succeed.
    Undone(String),
    /// The call went out and no answer came: a read may be repeated, of an append nobody knows.
    Lost(String),
    /// Asking again gives the same.
    Final(LogError),
}

/// The sense of a client's error.
pub(super) fn sense(address: &Address, error: &Error) -> Sense {
    let shown = || address.to_string();
    match error {
        Error::GrpcConnectionError(GrpcConnectionError::Grpc(why)) => match certificate(why) {
            true => Sense::Final(LogError::Certificate {
                address: shown(),
                why: why.clone(),
            }),
            false => Sense::Undone(why.clone()),
        },
        Error::GrpcConnectionError(_) | Error::ConnectionClosed => {
            Sense::Undone("no node of it can be reached".to_owned())
        }
        Error::NotLeaderException(leader) => {
            Sense::Undone(format!("another node leads now: {}", leader.host))
        }
        Error::ServerError(why) => match certificate(why) {
            true => Sense::Final(LogError::Certificate {
                address: shown(),
                why: why.clone(),
            }),
            false => Sense::Lost(why.clone()),
        },
        Error::DeadlineExceeded => Sense::Lost("it took too long".to_owned()),
        Error::AccessDenied => Sense::Final(LogError::Denied { address: shown() }),
        Error::UnsupportedFeature => Sense::Final(LogError::OtherServer {
            address: shown(),
            found: "a server that lacks what is asked of it".to_owned(),
        }),
        other @ (Error::Grpc { .. }
        | Error::InternalParsingError(_)
        | Error::ResourceAlreadyExists
        | Error::ResourceNotFound
        | Error::ResourceDeleted
        | Error::InternalClientError
        | Error::InitializationError(_)
        | Error::IllegalStateError(_)
        | Error::WrongExpectedVersion { .. }) => Sense::Lost(other.to_string()),
    }
}

/// Whether the text speaks of a certificate that was refused. The client hands on no more than text.
fn certificate(why: &str) -> bool {
    why.contains("certificate") || why.contains("UnknownIssuer")
}

/// With what codes an append is refused whose size is over a limit.
const TOO_LARGE: [&str; 3] = ["InvalidArgument", "OutOfRange", "ResourceExhausted"];

/// The sense of an append's error.
pub(super) fn of_append(
    address: &Address,
    stream: &StreamName,
    expected: Expected,
    error: &Error,
) -> Sense {
    if let Error::WrongExpectedVersion { current, .. } = error {
        return Sense::Final(LogError::Conflict {
            stream: stream.clone(),
            expected,
            actual: match current {
                CurrentRevision::Current(version) => Some(*version),
                CurrentRevision::NoStream => None,
            },
        });
    }
    if let Error::ResourceDeleted = error {
        return Sense::Final(LogError::Cut {
            stream: stream.clone(),
            why: "it was deleted".to_owned(),
        });
    }
    if let Error::Grpc { code, message } = error
        && TOO_LARGE.contains(&format!("{code:?}").as_str())
    {
        return Sense::Final(LogError::MessageTooLarge {
            stream: stream.clone(),
            why: message.clone(),
        });
    }
    sense(address, error)
}
