//! Appending many times on one call: the client sends appends without waiting, each answered under its
//! correlation id as it is done. What one call has under way is bounded, and what all of them hold; then it is not
//! read on. What is wrong with one append is answered under its id; what is wrong with the call ends it once
//! everything that is under way was answered.

use std::collections::HashMap;
use std::time::Duration;

use daicho_eventlog::StreamName;
use daicho_eventlog::foreign::{Appended, ForeignError, ForeignExpected};
use futures::StreamExt;
use futures::future::BoxFuture;
use futures::stream::{self, FuturesUnordered};
use prost::Message;
use prost_types::Any;
use tokio::sync::watch;
use tonic::{Code, Status, Streaming};
use uuid::Uuid;

use crate::append::SILENT_MAX;
use crate::failure;
use crate::gathered::{Gathered, Proposed, TooMuch};
use crate::shared::Admitted;
use crate::streams::BatchAnswers;
use crate::wire::google::rpc;
use crate::wire::streams::batch_append_req::options::{DeadlineOption, ExpectedStreamPosition};
use crate::wire::streams::batch_append_req::{Options, ProposedMessage};
use crate::wire::streams::batch_append_resp::{
    self, ExpectedStreamPosition as Repeated, Success, success,
};
use crate::wire::streams::{BatchAppendReq, BatchAppendResp};
use crate::wire::{shared, stream_name, uuid};

/// How many appends of one call are under way at most.
const UNDER_WAY_MAX: usize = 512;

/// How many appends of one call may be begun and not yet complete.
const BEGUN_MAX: usize = 128;

/// Serves one call.
pub(crate) fn batch(served: Admitted, given: Streaming<BatchAppendReq>) -> BatchAnswers {
    let batch = Batch {
        stop: served.stop.clone(),
        served,
        given: Some(given),
        begun: HashMap::new(),
        under_way: FuturesUnordered::new(),
        ended: None,
    };
    Box::pin(stream::try_unfold(batch, |mut batch| async {
        let next = batch.next().await?;
        Ok(next.map(|answer| (answer, batch)))
    }))
}

struct Batch {
    served: Admitted,
    stop: watch::Receiver<bool>,
    /// What the client still sends; `None` when it has ended.
    given: Option<Streaming<BatchAppendReq>>,
    begun: HashMap<Uuid, Begun>,
    under_way: FuturesUnordered<BoxFuture<'static, BatchAppendResp>>,
    /// What is wrong with the call: said when everything that is under way was answered.
    ended: Option<Status>,
}

async fn stopped(stop: &mut watch::Receiver<bool>) {
    // The sender goes only after it has said so.
    let _ = stop.wait_for(|stop| *stop).await;
}

/// An append whose events come in several messages.
struct Begun {
    correlation: shared::Uuid,
    /// The stream as it was named, to be named so in the answer.
    named: Option<shared::StreamIdentifier>,
    /// Stream and expectation, unless they are what is wrong.
    target: Option<(StreamName, ForeignExpected)>,
    deadline: Option<Duration>,
    gathered: Gathered,
    /// What is wrong with it already; its later messages are passed over.
    wrong: Option<Failed>,
}

impl Batch {
    async fn next(&mut self) -> Result<Option<BatchAppendResp>, Status> {
        loop {
            let nothing = self.under_way.is_empty();
            let has_room = nothing || self.served.has_room();
            let reading = has_room && self.under_way.len() < UNDER_WAY_MAX;
            let incomplete = !self.begun.is_empty();
            match &mut self.given {
                None if nothing => return self.ended.take().map_or(Ok(None), Err),
                Some(given) if reading => tokio::select! {
                    biased;
                    message = given.message() => self.hear(message),
                    Some(answer) = self.under_way.next(), if !nothing => return Ok(Some(answer)),
                    // What was taken is still answered.
                    () = stopped(&mut self.stop) => self.given = None,
                    () = tokio::time::sleep(SILENT_MAX), if incomplete => self.give_up_incomplete(),
                },
                Some(_) | None => return Ok(self.under_way.next().await),
            }
        }
    }

    fn hear(&mut self, message: Result<Option<BatchAppendReq>, Status>) {
        let heard = message.and_then(|message| match message {
            Some(message) => self.take(message).map(|()| true),
            None => Ok(false),
        });
        match heard {
            Ok(true) => {}
            Ok(false) => self.given = None,
            Err(status) => {
                self.given = None;
                self.ended = Some(status);
            }
        }
    }

    /// Takes one message: a whole append, or a part of one.
    fn take(&mut self, message: BatchAppendReq) -> Result<(), Status> {
        let id = uuid(message.correlation_id.as_ref())?;
        let mut begun = match (self.begun.remove(&id), message.options) {
            (Some(begun), _) => begun,
            (None, Some(options)) if self.begun.len() < BEGUN_MAX => {
                let correlation = message.correlation_id.unwrap_or_default();
                Begun::of(&self.served, correlation, options)
            }
            (None, Some(_)) => {
                return Err(Status::resource_exhausted(format!(
                    "{BEGUN_MAX} appends are begun already"
                )));
            }
            (None, None) => {
                return Err(Status::invalid_argument(
                    "an append begins with its options",
                ));
            }
        };
        begun.add(&self.served, message.proposed_messages);
        match message.is_final {
            true => self.under_way.push(begun.append(&self.served)),
            false => drop(self.begun.insert(id, begun)),
        }
        Ok(())
    }

    /// What was begun and goes no further does not keep its room for ever.
    fn give_up_incomplete(&mut self) {
        for (_, mut begun) in std::mem::take(&mut self.begun) {
            begun.fail(Failed::Timeout(
                "it was not completed; nothing of it was recorded",
            ));
            self.under_way.push(begun.append(&self.served));
        }
    }
}

impl Begun {
    fn of(served: &Admitted, correlation: shared::Uuid, options: Options) -> Self {
        let expected = match options.expected_stream_position {
            Some(ExpectedStreamPosition::StreamPosition(at)) => Ok(ForeignExpected::Revision(at)),
            Some(ExpectedStreamPosition::NoStream(())) => Ok(ForeignExpected::NoStream),
            Some(ExpectedStreamPosition::StreamExists(())) => Ok(ForeignExpected::StreamExists),
            Some(ExpectedStreamPosition::Any(())) => Ok(ForeignExpected::Any),
            None => Err(Status::invalid_argument("an append says what it expects")),
        };
        let deadline = match options.deadline_option {
            None => None,
            Some(DeadlineOption::Deadline(left)) => Some(left.try_into().unwrap_or_default()),
            Some(DeadlineOption::Deadline21100(at)) => {
                let at = chrono::DateTime::from_timestamp(at.seconds, at.nanos.cast_unsigned());
                let left = at.map(|at| (at - served.clock.now()).to_std().unwrap_or_default());
                Some(left.unwrap_or_default())
            }
        };
        let named = options.stream_identifier;
        let target = stream_name(named.clone()).and_then(|stream| Ok((stream, expected?)));
        let mut begun = Self {
            correlation,
            named,
            target: None,
            deadline,
            gathered: Gathered::default(),
            wrong: None,
        };
        match target {
            Err(status) => begun.fail(Failed::BadRequest(status.message().to_owned())),
            Ok((stream, expected)) => {
                if let Err(status) = served.options.foreign_streams.check(&stream) {
                    begun.fail(Failed::AccessDenied(status.message().to_owned()));
                }
                begun.target = Some((stream, expected));
            }
        }
        begun
    }

    fn add(&mut self, served: &Admitted, proposed: Vec<ProposedMessage>) {
        for proposed in proposed {
            if self.wrong.is_some() {
                return;
            }
            let proposed = Proposed {
                id: proposed.id,
                metadata: proposed.metadata,
                custom_metadata: proposed.custom_metadata,
                data: proposed.data,
            };
            match self.gathered.add(served, proposed) {
                Ok(()) => {}
                Err(TooMuch::Bytes(max)) => self.fail(Failed::TooLarge(max)),
                Err(TooMuch::Refused(status)) => {
                    self.fail(Failed::BadRequest(status.message().to_owned()));
                }
                Err(TooMuch::NoRoom(status)) => self.fail(Failed::Unknown(status)),
            }
        }
    }

    /// Gives it up, and the room it took.
    fn fail(&mut self, failed: Failed) {
        self.wrong.get_or_insert(failed);
        self.gathered = Gathered::default();
    }

    /// Hands the append to the log now; what is returned waits for the answer.
    fn append(self, served: &Admitted) -> BoxFuture<'static, BatchAppendResp> {
        let Self {
            correlation,
            named,
            target,
            deadline,
            gathered,
            wrong,
        } = self;
        let expected = target.as_ref().map(|(_, expected)| repeated(*expected));
        // Queued here, in the order in which the client sent them; only the answers come as they may.
        let queued = match (wrong, target) {
            (None, Some((stream, expected))) => {
                let (events, room) = gathered.into_parts();
                let answered = served.append(&stream, expected, events, room);
                Ok(async move { answered.await.map_err(|error| Failed::of(error, expected)) })
            }
            (Some(wrong), _) => Err(wrong),
            (None, None) => unreachable!("without a target that is what is wrong"),
        };
        Box::pin(async move {
            let result = match (queued, deadline) {
                (Err(wrong), _) => Err(wrong),
                (Ok(append), None) => append.await,
                (Ok(append), Some(deadline)) => tokio::time::timeout(deadline, append)
                    .await
                    .unwrap_or(Err(Failed::Timeout(
                        "the deadline passed; whether the append was recorded is not known",
                    ))),
            };
            BatchAppendResp {
                correlation_id: Some(correlation),
                result: Some(match result {
                    Ok(appended) => batch_append_resp::Result::Success(done(appended)),
                    Err(failed) => batch_append_resp::Result::Error(failed.status(named.as_ref())),
                }),
                stream_identifier: named,
                expected_stream_position: expected,
            }
        })
    }
}

fn repeated(expected: ForeignExpected) -> Repeated {
    match expected {
        ForeignExpected::Any => Repeated::Any(()),
        ForeignExpected::NoStream => Repeated::NoStream(()),
        ForeignExpected::StreamExists => Repeated::StreamExists(()),
        ForeignExpected::Revision(revision) => Repeated::StreamPosition(revision),
    }
}

fn done(appended: Appended) -> Success {
    let revision = appended.revision;
    let current = revision.map(success::CurrentRevisionOption::CurrentRevision);
    let position = appended.place.map(|place| {
        success::PositionOption::Position(shared::AllStreamPosition {
            commit_position: place.position(),
            prepare_position: place.position(),
        })
    });
    Success {
        current_revision_option: current.or(Some(success::CurrentRevisionOption::NoStream(()))),
        position_option: position.or(Some(success::PositionOption::NoPosition(()))),
    }
}

/// Why one append of a batch was not done; the others go on.
enum Failed {
    AccessDenied(String),
    BadRequest(String),
    TooLarge(usize),
    Timeout(&'static str),
    Wrong {
        expected: ForeignExpected,
        actual: Option<u64>,
    },
    Unknown(Status),
}

impl Failed {
    fn of(error: ForeignError, expected: ForeignExpected) -> Self {
        match error {
            ForeignError::WrongExpected { actual } => Self::Wrong { expected, actual },
            ForeignError::OwnStream { .. } => Self::AccessDenied(error.to_string()),
            ForeignError::NoPlace => Self::Unknown(Status::resource_exhausted(error.to_string())),
            ForeignError::Log(error) => Self::Unknown(failure::of_log(&error)),
        }
    }

    /// The protocol's status of it: a code, a sentence and one typed detail.
    fn status(self, stream: Option<&shared::StreamIdentifier>) -> rpc::Status {
        let (code, message, details) = match self {
            Self::AccessDenied(why) => (
                Code::PermissionDenied,
                why,
                detail("AccessDenied", &shared::AccessDenied {}),
            ),
            Self::BadRequest(message) => {
                let details = detail(
                    "BadRequest",
                    &shared::BadRequest {
                        message: message.clone(),
                    },
                );
                (Code::InvalidArgument, message, details)
            }
            Self::TooLarge(max) => (
                Code::InvalidArgument,
                format!("an append brings at most {max} bytes"),
                detail(
                    "MaximumAppendSizeExceeded",
                    &shared::MaximumAppendSizeExceeded {
                        max_append_size: u32::try_from(max).unwrap_or(u32::MAX),
                    },
                ),
            ),
            Self::Timeout(why) => (
                Code::DeadlineExceeded,
                why.to_owned(),
                detail("Timeout", &shared::Timeout {}),
            ),
            Self::Wrong { expected, actual } => (
                Code::FailedPrecondition,
                format!(
                    "{} is not as it was expected",
                    String::from_utf8_lossy(stream.map_or(&[], |stream| &stream.stream_name))
                ),
                detail("WrongExpectedVersion", &wrong(expected, actual)),
            ),
            Self::Unknown(status) => (
                status.code(),
                status.message().to_owned(),
                detail("Unknown", &shared::Unknown {}),
            ),
        };
        rpc::Status {
            code: code.into(),
            message,
            details: Some(details),
        }
    }
}

fn wrong(expected: ForeignExpected, actual: Option<u64>) -> shared::WrongExpectedVersion {
    use shared::wrong_expected_version::{
        CurrentStreamRevisionOption as Current, ExpectedStreamPositionOption as Expected,
    };
    let expected = match expected {
        ForeignExpected::Revision(revision) => Expected::ExpectedStreamPosition(revision),
        ForeignExpected::Any => Expected::ExpectedAny(()),
        ForeignExpected::StreamExists => Expected::ExpectedStreamExists(()),
        ForeignExpected::NoStream => Expected::ExpectedNoStream(()),
    };
    let current = actual.map(Current::CurrentStreamRevision);
    shared::WrongExpectedVersion {
        current_stream_revision_option: Some(current.unwrap_or(Current::CurrentNoStream(()))),
        expected_stream_position_option: Some(expected),
    }
}

fn detail(name: &str, message: &impl Message) -> Any {
    Any {
        type_url: format!("type.googleapis.com/event_store.client.{name}"),
        value: message.encode_to_vec(),
    }
}
