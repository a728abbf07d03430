//! Appending to a foreign stream: one call, one stream, all of its events or none.

use std::time::Duration;

use daicho_eventlog::StreamName;
use daicho_eventlog::foreign::{Appended, ForeignError, ForeignExpected};
use tonic::{Status, Streaming};

use crate::failure;
use crate::gathered::{Gathered, Proposed};
use crate::shared::Served;
use crate::wire::streams::append_req::options::ExpectedStreamRevision;
use crate::wire::streams::append_req::{Content, Options};
use crate::wire::streams::append_resp::wrong_expected_version::{
    CurrentRevisionOption as Current, CurrentRevisionOption2060 as Current2060,
    ExpectedRevisionOption as Expected, ExpectedRevisionOption2060 as Expected2060,
};
use crate::wire::streams::append_resp::{self, Position, Success, WrongExpectedVersion, success};
use crate::wire::streams::{AppendReq, AppendResp};
use crate::wire::{shared, stream_name};

/// How long a call may be silent before its next event.
pub(crate) const SILENT_MAX: Duration = Duration::from_secs(30);

/// Takes the events of one call and appends them.
pub(crate) async fn append(
    served: &Served,
    mut given: Streaming<AppendReq>,
) -> Result<AppendResp, Status> {
    let first = next(&mut given).await?.and_then(|message| message.content);
    let Some(Content::Options(options)) = first else {
        return Err(Status::invalid_argument(
            "an append begins with its options",
        ));
    };
    let (stream, expected) = understood(options)?;
    served.options.foreign_streams.check(&stream)?;
    let mut gathered = Gathered::default();
    while let Some(message) = next(&mut given).await? {
        let Some(Content::ProposedMessage(proposed)) = message.content else {
            return Err(Status::invalid_argument(
                "an append goes on with events alone",
            ));
        };
        let proposed = Proposed {
            id: proposed.id,
            metadata: proposed.metadata,
            custom_metadata: proposed.custom_metadata,
            data: proposed.data,
        };
        gathered.add(served, proposed)?;
    }
    // The end of a call that its client gave up looks like any other end. Such a call is dropped while it waits here,
    // before anything of it is recorded: all of an append or nothing.
    tokio::task::yield_now().await;
    served.goes_on()?;
    let (events, room) = gathered.into_parts();
    match served.append(&stream, expected, events, room).await {
        Ok(appended) => Ok(done(appended)),
        Err(ForeignError::WrongExpected { actual }) => Ok(wrong(expected, actual)),
        Err(error) => Err(refused(&error)),
    }
}

async fn next(given: &mut Streaming<AppendReq>) -> Result<Option<AppendReq>, Status> {
    match tokio::time::timeout(SILENT_MAX, given.message()).await {
        Ok(message) => message,
        Err(_) => Err(Status::deadline_exceeded(format!(
            "the append was not completed: nothing came for {} seconds, and nothing of it was recorded",
            SILENT_MAX.as_secs()
        ))),
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
