//! The one writer: a thread that takes what all callers want to append and commits it together.
//!
//! The callers that arrive while one commit waits for the disk share the next one. Whether an append is refused
//! is decided before its first row is written, so nothing one caller does can fail another's: a group is
//! committed whole, or rolled back whole when the world fails, and then every caller in it hears why.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc;
use std::thread::JoinHandle;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, TransactionBehavior};
use tokio::sync::{oneshot, watch};

use super::failure::{failed, leaves_doubt};
use super::rows;
use crate::chain::{Chain, Content};
use crate::clock::Clock;
use crate::envelope::{NewEvent, Recorded, StreamName};
use crate::port::{Expected, LogError, check_sizes};

/// How many appends one commit holds at most: bounds what a crash can leave unanswered.
const GROUP_APPENDS_MAX: usize = 1024;

type Answer = Result<Vec<Recorded>, LogError>;

/// One caller's append on its way to the writer.
struct Append {
    stream: StreamName,
    expected: Expected,
    events: Vec<(NewEvent, Content)>,
    answer: oneshot::Sender<Answer>,
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
        path: &Path,
        clock: Arc<dyn Clock>,
        bell: watch::Sender<()>,
    ) -> Result<Self, LogError> {
        let head = rows::read(&connection, path, rows::HEAD, [])?.pop();
        let tail = Tail::after(head.as_ref());
        let (appends, queue) = mpsc::channel();
        let desk = Desk {
            path: path.to_owned(),
            connection,
            clock,
            bell,
            tail,
        };
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
    ) -> Answer {
        check_sizes(&events)?;
        let events = events
            .into_iter()
            .map(|event| {
                let content = Content::of(stream, &event);
                (event, content)
            })
            .collect();
        let (answer, answered) = oneshot::channel();
        let append = Append {
            stream: stream.clone(),
            expected,
            events,
            answer,
        };
        let sent = self.appends.as_ref().map(|appends| appends.send(append));
        match sent {
            Some(Ok(())) => {}
            Some(Err(_)) | None => {
                return Err(LogError::Stopped {
                    why: format!("the writer of {} has ended", self.path.display()),
                });
            }
        }
        answered.await.unwrap_or_else(|_| {
            Err(LogError::Unanswered {
                stream: stream.clone(),
                why: format!("the writer of {} ended", self.path.display()),
            })
        })
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

/// Where the log ends: what the next event is counted, dated and chained from.
#[derive(Clone, Copy)]
struct Tail {
    next: u64,
    recorded_at: DateTime<Utc>,
    chain: Chain,
}

impl Tail {
    fn after(head: Option<&Recorded>) -> Self {
        Self {
            next: head.map_or(0, |head| head.number + 1),
            recorded_at: head.map_or(DateTime::UNIX_EPOCH, |head| head.recorded_at),
            chain: head.and_then(|head| head.chain).unwrap_or(Chain::START),
        }
    }
}

/// What the writer thread holds.
struct Desk {
    path: PathBuf,
    connection: Connection,
    clock: Arc<dyn Clock>,
    bell: watch::Sender<()>,
    tail: Tail,
}

/// An answer that is given once its group is committed.
type Pending = (oneshot::Sender<Answer>, Answer);

impl Desk {
    fn work(mut self, queue: &mpsc::Receiver<Append>) {
        while let Ok(first) = queue.recv() {
            let mut pending = Vec::new();
            let before = self.tail;
            let committed = self.group(first, queue, &mut pending);
            match committed {
                Ok(()) => {
                    if self.tail.next != before.next {
                        self.bell.send_replace(());
                    }
                    for (answer, result) in pending {
                        // A caller that no longer waits finds its events by the command id.
                        let _ = answer.send(result);
                    }
                }
                Err(error) => {
                    self.tail = before;
                    let doubt = leaves_doubt(&error);
                    self.refuse(pending, error);
                    if doubt {
                        return;
                    }
                }
            }
        }
    }

    /// Writes the first append and whatever else has arrived, and commits.
    fn group(
        &mut self,
        first: Append,
        queue: &mpsc::Receiver<Append>,
        pending: &mut Vec<Pending>,
    ) -> rusqlite::Result<()> {
        let now = self.clock.now();
        let begun = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate);
        let transaction = match begun {
            Ok(transaction) => transaction,
            Err(error) => {
                pending.push((first.answer, Ok(Vec::new())));
                return Err(error);
            }
        };
        let mut next = Some(first);
        while let Some(append) = next {
            let Append {
                stream,
                expected,
                events,
                answer,
            } = append;
            // Pending before it is written: whatever fails, this caller hears of it.
            pending.push((answer, Ok(Vec::new())));
            let result = write(&transaction, &mut self.tail, now, &stream, expected, events)?;
            if let Some(last) = pending.last_mut() {
                last.1 = result;
            }
            next = match pending.len() {
                GROUP_APPENDS_MAX.. => None,
                _ => queue.try_recv().ok(),
            };
        }
        transaction.commit()
    }

    fn refuse(&self, pending: Vec<Pending>, error: rusqlite::Error) {
        let doubt = leaves_doubt(&error);
        let failure = failed(&self.path, error);
        tracing::error!(%failure, appends = pending.len(), "a group of appends was not committed");
        for (answer, result) in pending {
            let result = match result {
                // The stream was not as expected, whatever became of the group.
                Err(refused) => Err(refused),
                Ok(_) if doubt => Err(LogError::Stopped {
                    why: failure.to_string(),
                }),
                Ok(_) => Err(failure.clone()),
            };
            let _ = answer.send(result);
        }
    }
}

/// Writes one append, or says why its stream is not as expected. The outer error is the world's.
fn write(
    connection: &Connection,
    tail: &mut Tail,
    now: DateTime<Utc>,
    stream: &StreamName,
    expected: Expected,
    events: Vec<(NewEvent, Content)>,
) -> rusqlite::Result<Answer> {
    let actual = connection
        .prepare_cached(rows::LAST_VERSION)?
        .query_row([stream.as_str()], |row| row.get::<_, i64>(0))
        .optional()?
        .map(i64::cast_unsigned);
    if !expected.holds(actual) {
        return Ok(Err(LogError::Conflict {
            stream: stream.clone(),
            expected,
            actual,
        }));
    }
    let mut statement = connection.prepare_cached(rows::INSERT)?;
    let recorded_at = tail.recorded_at.max(now);
    let versions = actual.map_or(0, |last| last + 1)..;
    let mut recorded = Vec::with_capacity(events.len());
    for (version, (event, content)) in versions.zip(events) {
        let chain = tail.chain.then(tail.next, version, recorded_at, content);
        let event = Recorded::of(
            event,
            stream.clone(),
            version,
            tail.next,
            recorded_at,
            chain,
        );
        rows::insert(&mut statement, &event, chain)?;
        *tail = Tail {
            next: tail.next + 1,
            recorded_at,
            chain,
        };
        recorded.push(event);
    }
    Ok(Ok(recorded))
}
