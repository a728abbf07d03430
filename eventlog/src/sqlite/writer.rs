//! The way to the one writer: a thread that takes what all callers want to append and commits it together.
//!
//! The callers that arrive while one commit waits for the disk share the next one (`desk`). What its rows become is
//! in `page`; how a caller hears of it, in `answers`.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc;
use std::thread::JoinHandle;

use rusqlite::Connection;
use tokio::sync::{oneshot, watch};

use super::Durability;
use super::answers::{Answer, Answered, Done};
use super::desk::Desk;
use crate::chain::Content;
use crate::clock::Clock;
use crate::envelope::{NewEvent, Recorded, StreamName};
use crate::foreign::{Appended, ForeignError, ForeignEvent, ForeignExpected};
use crate::port::{Expected, InTurn, LogError, NewAppend, check_sizes};

/// What one caller wants appended, on its way to the writer.
pub(super) struct Append {
    pub(super) what: What,
    pub(super) caller: oneshot::Sender<Answered>,
}

/// Whose events are to be appended, and what is expected of their streams.
pub(super) enum What {
    Own(Own),
    /// One after the other, until one is refused.
    InTurn(Vec<Own>),
    Foreign {
        stream: StreamName,
        expected: ForeignExpected,
        events: Vec<ForeignEvent>,
    },
}

/// Events of the business for one stream.
pub(super) struct Own {
    pub(super) stream: StreamName,
    pub(super) expected: Expected,
    pub(super) events: Vec<(NewEvent, Content)>,
}

impl Own {
    /// With what the log's running digest needs of each event, made here and not by the one who writes.
    fn of(stream: StreamName, expected: Expected, events: Vec<NewEvent>) -> Result<Self, LogError> {
        check_sizes(&events)?;
        let content = |event| {
            let content = Content::of(&stream, &event);
            (event, content)
        };
        let events = events.into_iter().map(content).collect();
        Ok(Self {
            stream,
            expected,
            events,
        })
    }

    fn bytes(&self) -> usize {
        let bodies = self.events.iter();
        bodies.map(|(event, _)| event.body.as_str().len()).sum()
    }
}

impl What {
    /// About how many bytes it brings into its group.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Own(own) => own.bytes(),
            Self::InTurn(appends) => appends.iter().map(Own::bytes).sum(),
            Self::Foreign { events, .. } => events.iter().map(ForeignEvent::bytes).sum(),
        }
    }

    /// How many appends it brings into its group.
    pub(super) fn appends(&self) -> usize {
        match self {
            Self::Own(_) | Self::Foreign { .. } => 1,
            Self::InTurn(appends) => appends.len(),
        }
    }

    /// The stream that is named when the answer is lost.
    fn stream(&self) -> Option<&StreamName> {
        match self {
            Self::Own(own) => Some(&own.stream),
            Self::InTurn(appends) => appends.first().map(|own| &own.stream),
            Self::Foreign { stream, .. } => Some(stream),
        }
    }
}

/// The way to the writer thread, which ends when this is dropped.
#[derive(Debug)]
pub(super) struct Writer {
    path: PathBuf,
    appends: Option<mpsc::Sender<Append>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the thread on a connection whose file holds a log.
    pub(super) fn start(
        connection: Connection,
        durability: Durability,
        path: &Path,
        clock: Arc<dyn Clock>,
        bell: watch::Sender<()>,
    ) -> Result<Self, LogError> {
        let desk = Desk::at(connection, durability, path, clock, bell)?;
        let (appends, queue) = mpsc::channel();
        let thread = std::thread::Builder::new()
            .name("log-writer".to_owned())
            .spawn(move || desk.work(&queue))
            .map_err(|error| LogError::Failed {
                path: path.to_owned(),
                why: error.to_string(),
            })?;
        Ok(Self {
            path: path.to_owned(),
            appends: Some(appends),
            thread: Some(thread),
        })
    }

    /// As [`crate::EventLog::append`].
    pub(super) async fn append(
        &self,
        stream: &StreamName,
        expected: Expected,
        events: Vec<NewEvent>,
    ) -> Result<Vec<Recorded>, LogError> {
        let own = Own::of(stream.clone(), expected, events)?;
        match self.send(What::Own(own)).await? {
            Done::Own(recorded) => Ok(recorded),
            Done::InTurn(_) | Done::Foreign(_) | Done::Nothing => {
                unreachable!("an append is answered as such")
            }
        }
    }

    /// As [`crate::EventLog::append_in_turn`]. They go to the writer as one, so that nothing of another caller and no failed
    /// commit comes between them.
    pub(super) async fn append_in_turn(&self, appends: Vec<NewAppend>) -> InTurn {
        let mut taken = Vec::with_capacity(appends.len());
        let mut too_large = None;
        for append in appends {
            match Own::of(append.stream, append.expected, append.events) {
                Ok(own) => taken.push(own),
                Err(error) => {
                    too_large = Some(error);
                    break;
                }
            }
        }
        if taken.is_empty() {
            return InTurn {
                recorded: vec![],
                stopped: too_large,
            };
        }
        match self.send(What::InTurn(taken)).await {
            Ok(Done::InTurn(done)) => InTurn {
                stopped: done.stopped.or(too_large),
                ..done
            },
            Ok(Done::Own(_) | Done::Foreign(_) | Done::Nothing) => {
                unreachable!("appends in turn are answered as such")
            }
            Err(error) => InTurn {
                recorded: vec![],
                stopped: Some(error),
            },
        }
    }

    /// As [`super::SqliteLog::append_foreign`], but what is returned has to be polled: it may carry the answers of
    /// others.
    pub(super) fn append_foreign(
        &self,
        stream: &StreamName,
        expected: ForeignExpected,
        events: Vec<ForeignEvent>,
    ) -> impl Future<Output = Result<Appended, ForeignError>> + Send + use<> {
        let stream = stream.clone();
        let answered = self.send(What::Foreign {
            stream,
            expected,
            events,
        });
        async move {
            match answered.await? {
                Done::Foreign(answer) => answer,
                Done::Own(_) | Done::InTurn(_) | Done::Nothing => {
                    unreachable!("foreign events are answered as such")
                }
            }
        }
    }

    /// Queues an append; what is returned waits for its answer.
    fn send(&self, what: What) -> impl Future<Output = Answer> + Send + use<> {
        let (caller, answered) = oneshot::channel();
        let stream = what.stream().cloned();
        let append = Append { what, caller };
        let sent = self.appends.as_ref().map(|to| to.send(append).is_ok());
        let path = self.path.clone();
        async move {
            match sent {
                Some(true) => {}
                Some(false) | None => {
                    return Err(LogError::Stopped {
                        why: format!("the writer of {} has ended", path.display()),
                    });
                }
            }
            match answered.await {
                Ok(answered) => answered.own,
                Err(_) => Err(LogError::Unanswered {
                    stream: stream.expect("nothing is sent without a stream"),
                    why: format!("the writer of {} ended", path.display()),
                }),
            }
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.appends.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!(log = %self.path.display(), "the log's writer panicked");
        }
    }
}
