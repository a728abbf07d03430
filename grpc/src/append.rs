//! Appending to a foreign stream: one call, one stream, all of its events or none.

use std::collections::HashMap;

use bytes::Bytes;
use daicho_eventlog::StreamName;
use daicho_eventlog::foreign::{Appended, ForeignError, ForeignEvent, ForeignExpected};
use tonic::{Status, Streaming};

use crate::failure;
use crate::shared::Served;
use crate::wire::streams::append_req::options::ExpectedStreamRevision;
use crate::wire::streams::append_req::{Content, Options};
use crate::wire::streams::append_resp::wrong_expected_version::{
    CurrentRevisionOption as Current, CurrentRevisionOption2060 as Current2060,
    ExpectedRevisionOption as Expected, ExpectedRevisionOption2060 as Expected2060,
};
use crate::wire::streams::append_resp::{self, Position, Success, WrongExpectedVersion, success};
use crate::wire::streams::{AppendReq, AppendResp};
use crate::wire::{shared, stream_name, uuid};

/// An event that a client proposes, whichever call brings it.
pub(crate) struct Proposed {
    pub(crate) id: Option<shared::Uuid>,
    pub(crate) metadata: HashMap<String, String>,
    pub(crate) custom_metadata: Bytes,
    pub(crate) data: Bytes,
}

impl Proposed {
    /// The event, when it says enough of itself.
    pub(crate) fn event(mut self) -> Result<ForeignEvent, Status> {
        let mut property = |name| {
            let value = self.metadata.remove(name);
            value.ok_or_else(|| failure::missing_property(name))
        };
        let (kind, content_type) = (property("type")?, property("content-type")?);
        Ok(ForeignEvent {
            id: uuid(self.id.as_ref())?,
            kind: kind.into(),
            content_type: content_type.into(),
            data: self.data.into(),
            metadata: self.custom_metadata.into(),
        })
    }
}

/// Takes the events of one call and appends them.
pub(crate) async fn append(
    served: &Served,
    mut given: Streaming<AppendReq>,
) -> Result<AppendResp, Status> {
    let first = given.message().await?.and_then(|message| message.content);
    let Some(Content::Options(options)) = first else {
        return Err(Status::invalid_argument(
            "an append begins with its options",
        ));
    };
    let (stream, expected) = understood(options)?;
    served.options.foreign_streams.check(&stream)?;
    let max = served.options.append_bytes_max;
    let (mut events, mut bytes) = (Vec::new(), 0);
    while let Some(message) = given.message().await? {
        let Some(Content::ProposedMessage(proposed)) = message.content else {
            return Err(Status::invalid_argument(
                "an append goes on with events alone",
            ));
        };
        let event = Proposed {
            id: proposed.id,
            metadata: proposed.metadata,
            custom_metadata: proposed.custom_metadata,
            data: proposed.data,
        }
        .event()?;
        bytes += event.bytes();
        if bytes > max {
            return Err(failure::too_large(max));
        }
        events.push(event);
    }
    match served.log.append_foreign(&stream, expected, events).await {
        Ok(appended) => Ok(done(appended)),
        Err(ForeignError::WrongExpected { actual }) => Ok(wrong(expected, actual)),
        Err(error) => Err(refused(&error)),
    }
}

/// The failures that are answered alike wherever they happen.
pub(crate) fn refused(error: &ForeignError) -> Status {
    match error {
        ForeignError::OwnStream { .. } => failure::access_denied(error.to_string()),
        ForeignError::WrongExpected { .. } => Status::failed_precondition(error.to_string()),
        ForeignError::NoPlace => Status::resource_exhausted(error.to_string()),
        ForeignError::Log(error) => failure::of_log(error),
    }
}

fn understood(options: Options) -> Result<(StreamName, ForeignExpected), Status> {
    let expected = match options.expected_stream_revision {
        Some(ExpectedStreamRevision::Revision(revision)) => ForeignExpected::Revision(revision),
        Some(ExpectedStreamRevision::NoStream(_)) => ForeignExpected::NoStream,
        Some(ExpectedStreamRevision::StreamExists(_)) => ForeignExpected::StreamExists,
        Some(ExpectedStreamRevision::Any(_)) => ForeignExpected::Any,
        None => return Err(Status::invalid_argument("an append says what it expects")),
    };
    Ok((stream_name(options.stream_identifier)?, expected))
}

fn done(appended: Appended) -> AppendResp {
    let empty = shared::Empty {};
    let revision = appended.revision;
    let current = revision.map(success::CurrentRevisionOption::CurrentRevision);
    let position = appended.place.map(|place| {
        success::PositionOption::Position(Position {
            commit_position: place.position(),
            prepare_position: place.position(),
        })
    });
    let success = Success {
        current_revision_option: current.or(Some(success::CurrentRevisionOption::NoStream(empty))),
        position_option: position.or(Some(success::PositionOption::NoPosition(empty))),
    };
    AppendResp {
        result: Some(append_resp::Result::Success(success)),
    }
}

/// Said twice: in the fields of today, and in those that clients before 20.6.1 read.
fn wrong(expected: ForeignExpected, actual: Option<u64>) -> AppendResp {
    let empty = shared::Empty {};
    let (expected, expected_2060) = match expected {
        ForeignExpected::Revision(revision) => (
            Expected::ExpectedRevision(revision),
            Some(Expected2060::ExpectedRevision2060(revision)),
        ),
        ForeignExpected::Any => (
            Expected::ExpectedAny(empty),
            Some(Expected2060::Any2060(empty)),
        ),
        ForeignExpected::StreamExists => (
            Expected::ExpectedStreamExists(empty),
            Some(Expected2060::StreamExists2060(empty)),
        ),
        ForeignExpected::NoStream => (Expected::ExpectedNoStream(empty), None),
    };
    let (current, current_2060) = match actual {
        Some(revision) => (
            Current::CurrentRevision(revision),
            Current2060::CurrentRevision2060(revision),
        ),
        None => (
            Current::CurrentNoStream(empty),
            Current2060::NoStream2060(empty),
        ),
    };
    let wrong = WrongExpectedVersion {
        current_revision_option_20_6_0: Some(current_2060),
        expected_revision_option_20_6_0: expected_2060,
        current_revision_option: Some(current),
        expected_revision_option: Some(expected),
    };
    AppendResp {
        result: Some(append_resp::Result::WrongExpectedVersion(wrong)),
    }
}
