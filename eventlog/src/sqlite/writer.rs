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
use crate::port::{Expected, LogError, check_sizes};

/// One caller's append on its way to the writer.
pub(super) struct Append {
    pub(super) stream: StreamName,
    pub(super) what: What,
    pub(super) caller: oneshot::Sender<Answered>,
}

/// Whose events are to be appended, and what is expected of their stream.
pub(super) enum What {
    Own {
        expected: Expected,
        events: Vec<(NewEvent, Content)>,
    },
    Foreign {
        expected: ForeignExpected,
        events: Vec<ForeignEvent>,
    },
}

impl What {
    /// About how many bytes it brings into its group.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Own { events, .. } => {
                let bodies = events.iter().map(|(event, _)| event.body.as_str().len());
                bodies.sum()
            }
            Self::Foreign { events, .. } => events.iter().map(ForeignEvent::bytes).sum(),
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
        check_sizes(&events)?;
        let events = events
            .into_iter()
            .map(|event| {
                let content = Content::of(stream, &event);
                (event, content)
            })
            .collect();
        match self.send(stream, What::Own { expected, events }).await? {
            Done::Own(recorded) => Ok(recorded),
            Done::Foreign(_) | Done::Nothing => unreachable!("own events are answered as such"),
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
        let answered = self.send(stream, What::Foreign { expected, events });
        async move {
            match answered.await? {
                Done::Foreign(answer) => answer,
                Done::Own(_) | Done::Nothing => unreachable!("foreign events are answered as such"),
            }
        }
    }

    /// Queues an append; what is returned waits for its answer.
    fn send(&self, stream: &StreamName, what: What) -> impl Future<Output = Answer> + Send + use<> {
        let (caller, answered) = oneshot::channel();
        let append = Append {
            stream: stream.clone(),
            what,
            caller,
        };
        let sent = self.appends.as_ref().map(|to| to.send(append).is_ok());
        let (path, stream) = (self.path.clone(), stream.clone());
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
                    stream,
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
