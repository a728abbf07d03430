//! The log port: five questions and one request that every adapter answers in the same way.
//!
//! Nothing updates and nothing deletes. What an adapter must hold to is written as tests in
//! [`crate::contract`]. The port is drawn so that a log shared by several machines fits it: a position is the
//! adapter's own token, foreign streams are filtered before they are decoded, and an append whose answer was
//! lost is [`LogError::Unanswered`], which the caller settles by the command id, not by the store.

use std::path::PathBuf;

use async_trait::async_trait;
use futures::stream::BoxStream;

use crate::envelope::{NewEvent, Position, Recorded, StreamName};

/// What the caller believes of a stream when it appends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Nothing has been recorded in it.
    NoStream,
    /// Its last event has this version.
    Version(u64),
    /// Whatever it holds. For a command's own work there is no reason to say this.
    Any,
}

impl Expected {
    /// What to expect of a stream after its events up to `last` were read.
    pub fn after(last: Option<u64>) -> Self {
        last.map_or(Self::NoStream, Self::Version)
    }

    /// Whether a stream whose last version is `actual` is the one that was expected.
    pub fn holds(self, actual: Option<u64>) -> bool {
        match self {
            Self::NoStream => actual.is_none(),
            Self::Version(version) => actual == Some(version),
            Self::Any => true,
        }
    }
}

/// One append among several of one caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAppend {
    /// The stream at whose end the events are recorded.
    pub stream: StreamName,
    /// What the caller believes of it, what stands before this append in the same turn included.
    pub expected: Expected,
    /// What is recorded.
    pub events: Vec<NewEvent>,
}

/// What became of appends that were recorded in turn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InTurn {
    /// What was recorded, append by append, from the first on.
    pub recorded: Vec<Vec<Recorded>>,
    /// Why the next one was not, and nothing behind it.
    pub stopped: Option<LogError>,
}

/// Pages of events in the log's order, without gap or repetition, none of them empty; waits at the head.
///
/// It ends after an error, and when the log it came from is closed.
pub type Subscription = BoxStream<'static, Result<Vec<Recorded>, LogError>>;

/// An append-only log of events.
#[async_trait]
pub trait EventLog: std::fmt::Debug + Send + Sync + 'static {
    /// Records all of `events` at the end of `stream`, or none. When it answers `Ok` they survive power loss.
    ///
    /// # Errors
    /// [`LogError::Conflict`] when the stream is not as expected; [`LogError::TooLarge`]; failures of the world.
    async fn append(
        &self,
        stream: &StreamName,
        expected: Expected,
        events: Vec<NewEvent>,
    ) -> Result<Vec<Recorded>, LogError>;

    /// Records appends in their order, each as [`Self::append`] does, until one is not: nothing behind it is recorded. Whoever
    /// is killed meanwhile finds the first of them and none after a gap. An adapter whose store can commit several together
    /// does so.
    async fn append_in_turn(&self, appends: Vec<NewAppend>) -> InTurn {
        let mut done = InTurn::default();
        for NewAppend {
            stream,
            expected,
            events,
        } in appends
        {
            match self.append(&stream, expected, events).await {
                Ok(recorded) => done.recorded.push(recorded),
                Err(error) => {
                    done.stopped = Some(error);
                    break;
                }
            }
        }
        done
    }

    /// At most `max` events of a stream from version `from` on; empty when it holds none there.
    ///
    /// # Errors
    /// [`LogError::Unreadable`] names the first event that cannot be read; failures of the world.
    async fn read_stream(
        &self,
        stream: &StreamName,
        from: u64,
        max: usize,
    ) -> Result<Vec<Recorded>, LogError>;

    /// At most `max` events after a position, or from the first one; empty at the head.
    ///
    /// # Errors
    /// As [`Self::read_stream`]; [`LogError::ForeignPosition`] for another adapter's token.
    async fn read_all(
        &self,
        after: Option<Position>,
        max: usize,
    ) -> Result<Vec<Recorded>, LogError>;

    /// All events after a position, first those recorded already, then each as it is recorded.
    ///
    /// # Errors
    /// [`LogError::ForeignPosition`]; later failures come through the stream.
    async fn subscribe(&self, after: Option<Position>) -> Result<Subscription, LogError>;

    /// The last event, or `None` when the log is empty.
    ///
    /// # Errors
    /// As [`Self::read_stream`].
    async fn head(&self) -> Result<Option<Recorded>, LogError>;

    /// The position of the event with this number, or `None` when the log does not reach so far.
    ///
    /// # Errors
    /// As [`Self::read_stream`].
    async fn position_of(&self, number: u64) -> Result<Option<Position>, LogError>;
}

/// What a caller does with a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Advice {
    /// The same call may succeed now.
    Retry,
    /// Somebody has to do something first.
    GiveUp,
}

/// Why the log did not do what was asked. Each is one readable sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LogError {
    /// The stream is not as the caller expected: load again and decide again.
    #[error("stream {stream} was expected as {expected:?} but its last version is {actual:?}")]
    Conflict {
        /// The stream that was to be written.
        stream: StreamName,
        /// What the caller said of it.
        expected: Expected,
        /// Its last version, `None` when it is empty.
        actual: Option<u64>,
    },
    /// Another program keeps events of its own under this name: the business takes no stream that is not empty.
    #[error(
        "stream {stream} holds events of another program, so nothing of the business is recorded there"
    )]
    Taken {
        /// The stream that was to be written.
        stream: StreamName,
    },
    /// An event is larger than any event may be; nothing of the append was recorded.
    #[error("an event {kind} of {bytes} bytes is larger than {max} bytes and was not recorded")]
    TooLarge {
        /// The event's type.
        kind: String,
        /// How long its body is.
        bytes: usize,
        /// How long a body may be.
        max: usize,
    },
    /// The append was sent, its answer was lost: it may or may not be recorded. Look for the command id.
    #[error("it is not known whether the append to {stream} was recorded: {why}")]
    Unanswered {
        /// The stream that was to be written.
        stream: StreamName,
        /// What came instead of an answer.
        why: String,
    },
    /// This event cannot be read. It stops its reader; it is never skipped.
    #[error("event number {number} cannot be read: {why}")]
    Unreadable {
        /// The number of the event.
        number: u64,
        /// What is wrong with it.
        why: String,
    },
    /// The position comes from another adapter.
    #[error("this position was not given by this log")]
    ForeignPosition,
    /// Another process writes to this log.
    #[error(
        "another daicho process{} writes to this log ({}); stop it first: a log has one writer",
        holder.map(|pid| format!(" (process {pid})")).unwrap_or_default(),
        path.display()
    )]
    SecondWriter {
        /// The lock that is held.
        path: PathBuf,
        /// The process that holds it, if it said so.
        holder: Option<u32>,
    },
    /// The log was opened for reading only.
    #[error("this log was opened for reading and takes no events")]
    OpenedForReading,
    /// The file or its directory may not be written.
    #[error("{} cannot be written ({why}); nothing was recorded", path.display())]
    NotWritable {
        /// The file or directory.
        path: PathBuf,
        /// What the system says.
        why: String,
    },
    /// No room is left.
    #[error("no room is left for {}; nothing was recorded, free some space and try again", path.display())]
    DiskFull {
        /// The file that could not grow.
        path: PathBuf,
    },
    /// The file is not a log of ours.
    #[error("{} is not a daicho log: {why}", path.display())]
    NotALog {
        /// The file.
        path: PathBuf,
        /// How it shows.
        why: String,
    },
    /// A newer daicho wrote the file.
    #[error("{} has layout {found}; this daicho knows layouts up to {known}: use a newer one", path.display())]
    NewerLayout {
        /// The file.
        path: PathBuf,
        /// The layout it has.
        found: i64,
        /// The newest layout this binary knows.
        known: i64,
    },
    /// Somebody else holds the file for a moment.
    #[error("{} is busy: {why}", path.display())]
    Busy {
        /// The file.
        path: PathBuf,
        /// What the store says.
        why: String,
    },
    /// Anything else the store says.
    #[error("{} failed: {why}", path.display())]
    Failed {
        /// The file.
        path: PathBuf,
        /// What the store says.
        why: String,
    },
    /// The connection string of a cluster cannot be read.
    #[error("the connection string {address} cannot be read: {why}")]
    Address {
        /// The string, without user and password.
        address: String,
        /// What is wrong with it.
        why: String,
    },
    /// The cluster does not answer.
    #[error("{address} does not answer: {why}")]
    Away {
        /// Where it should be, without user and password.
        address: String,
        /// What came instead of an answer.
        why: String,
    },
    /// The cluster does not let this user do it.
    #[error("{address} does not accept this user or password, or gives the user too few rights")]
    Denied {
        /// The cluster, without user and password.
        address: String,
    },
    /// The certificate of the cluster is not one that is trusted, or not for this name.
    #[error("the certificate of {address} is not accepted: {why}")]
    Certificate {
        /// The cluster, without user and password.
        address: String,
        /// What is wrong with it.
        why: String,
    },
    /// What answers is too old, or no KurrentDB.
    #[error("{address} is {found}; KurrentDB or EventStoreDB 21.6 or newer is needed")]
    OtherServer {
        /// The cluster, without user and password.
        address: String,
        /// What it says it is.
        found: String,
    },
    /// The cluster takes no message of this size; nothing was recorded.
    #[error("an append to {stream} is larger than the server takes and was not recorded: {why}")]
    MessageTooLarge {
        /// The stream that was to be written.
        stream: StreamName,
        /// What the server says.
        why: String,
    },
    /// Somebody deleted or truncated a stream of ours, or set it to vanish. Readers stop.
    #[error("the stream {stream} is not whole any more: {why}")]
    Cut {
        /// The stream.
        stream: StreamName,
        /// How it shows.
        why: String,
    },
    /// The writer ended, at a close or after a write of which it is not known whether it reached the disk.
    #[error("this log takes no more events in this process: {why}; start again")]
    Stopped {
        /// Why it ended.
        why: String,
    },
}

impl LogError {
    /// The number of the event that cannot be read, where that is what is wrong.
    pub(crate) fn number(&self) -> Option<u64> {
        match self {
            Self::Unreadable { number, .. } => Some(*number),
            Self::Conflict { .. }
            | Self::Taken { .. }
            | Self::TooLarge { .. }
            | Self::Unanswered { .. }
            | Self::ForeignPosition
            | Self::SecondWriter { .. }
            | Self::OpenedForReading
            | Self::NotWritable { .. }
            | Self::DiskFull { .. }
            | Self::NotALog { .. }
            | Self::NewerLayout { .. }
            | Self::Busy { .. }
            | Self::Failed { .. }
            | Self::Address { .. }
            | Self::Away { .. }
            | Self::Denied { .. }
            | Self::Certificate { .. }
            | Self::OtherServer { .. }
            | Self::MessageTooLarge { .. }
            | Self::Cut { .. }
            | Self::Stopped { .. } => None,
        }
    }

    /// Whether the same call may succeed when it is simply made again.
    pub fn advice(&self) -> Advice {
        match self {
            Self::Conflict { .. }
            | Self::Unanswered { .. }
            | Self::Busy { .. }
            | Self::Away { .. } => Advice::Retry,
            Self::Taken { .. }
            | Self::TooLarge { .. }
            | Self::Unreadable { .. }
            | Self::ForeignPosition
            | Self::SecondWriter { .. }
            | Self::OpenedForReading
            | Self::NotWritable { .. }
            | Self::DiskFull { .. }
            | Self::NotALog { .. }
            | Self::NewerLayout { .. }
            | Self::Failed { .. }
            | Self::Address { .. }
            | Self::Denied { .. }
            | Self::Certificate { .. }
            | Self::OtherServer { .. }
            | Self::MessageTooLarge { .. }
            | Self::Cut { .. }
            | Self::Stopped { .. } => Advice::GiveUp,
        }
    }
}

/// Refuses an append with an event larger than [`crate::Body::BYTES_MAX`], before anything is done.
pub(crate) fn check_sizes(events: &[NewEvent]) -> Result<(), LogError> {
    let max = crate::Body::BYTES_MAX;
    match events.iter().find(|event| event.body.as_str().len() > max) {
        None => Ok(()),
        Some(event) => Err(LogError::TooLarge {
            kind: event.kind.to_string(),
            bytes: event.body.as_str().len(),
            max,
        }),
    }
}
