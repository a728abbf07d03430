//! The one writer: a thread that takes what all callers want to append and commits it together.
//!
//! The callers that arrive while one commit waits for the disk share the next one. Whether an append is refused
//! is decided before its first row is written, so nothing one caller does can fail another's: a group is
//! committed whole, or rolled back whole when the world fails, and then every caller in it hears why.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc;
use std::thread::JoinHandle;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, TransactionBehavior};
use tokio::sync::{oneshot, watch};

use super::Durability;
use super::failure::{failed, leaves_doubt};
use super::{reader, rows};
use crate::chain::{Chain, Content};
use crate::clock::Clock;
use crate::envelope::{NewEvent, Recorded, StreamName};
use crate::port::{Expected, LogError, check_sizes};

/// How many appends one commit holds at most: bounds what a crash can leave unanswered.
const GROUP_APPENDS_MAX: usize = 1024;

/// How many streams' last versions are held in memory.
const VERSIONS_HELD_MAX: usize = 1 << 16;

type Answer = Result<Vec<Recorded>, LogError>;

/// One caller's append on its way to the writer.
struct Append {
    stream: StreamName,
    expected: Expected,
    events: Vec<(NewEvent, Content)>,
    caller: oneshot::Sender<Answered>,
}

/// What the first caller of a group is given: its own answer, and the others' to pass on.
///
/// Waking a caller from outside its runtime is a system call; a caller wakes its neighbours for almost nothing.
/// So the writer wakes one, and goes back to work.
struct Answered {
    own: Answer,
    _others: Others,
}

/// The answers of a group, passed on when this is dropped: by whoever was woken, or in its stead when nobody
/// waits any more. A caller that has gone finds its events by the command id.
#[derive(Default)]
struct Others(Vec<(oneshot::Sender<Answered>, Answer)>);

impl Drop for Others {
    fn drop(&mut self) {
        for (caller, own) in self.0.drain(..) {
            let _others = Others::default();
            // An answer nobody waits for is dropped.
            let _ = caller.send(Answered { own, _others });
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
        let head = rows::read(&connection, path, rows::HEAD, [])?.pop();
        let tail = Tail::after(head.as_ref());
        let (appends, queue) = mpsc::channel();
        let desk = Desk {
            path: path.to_owned(),
            connection,
            durability,
            clock,
            bell,
            tail,
            versions: HashMap::new(),
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
        let (caller, answered) = oneshot::channel();
        let append = Append {
            stream: stream.clone(),
            expected,
            events,
            caller,
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
        match answered.await {
            Ok(answered) => answered.own,
            Err(_) => Err(LogError::Unanswered {
                stream: stream.clone(),
                why: format!("the writer of {} ended", self.path.display()),
            }),
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

    /// Counts, dates and chains one more event.
    fn next(
        &mut self,
        event: NewEvent,
        content: Content,
        stream: &StreamName,
        version: u64,
        now: DateTime<Utc>,
    ) -> Recorded {
        let number = self.next;
        self.next += 1;
        self.recorded_at = self.recorded_at.max(now);
        self.chain = self.chain.then(number, version, self.recorded_at, content);
        let stream = stream.clone();
        Recorded::of(event, stream, version, number, self.recorded_at, self.chain)
    }
}

/// What the writer thread holds.
struct Desk {
    path: PathBuf,
    connection: Connection,
    durability: Durability,
    clock: Arc<dyn Clock>,
    bell: watch::Sender<()>,
    tail: Tail,
    /// The last versions of streams written lately. Nobody else writes, so they are what the file says.
    versions: HashMap<StreamName, u64>,
}

/// A caller and the answer it is given once its group is committed.
type Pending = (oneshot::Sender<Answered>, Answer);

impl Desk {
    fn work(mut self, queue: &mpsc::Receiver<Append>) {
        self.serve(queue);
        if self.durability == Durability::Closed {
            self.sync();
        }
    }

    /// Brings everything to the disk that was acknowledged before it was there.
    fn sync(self) {
        let Self {
            connection, path, ..
        } = self;
        let folded = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        let closed = folded.and_then(|()| connection.close().map_err(|(_, error)| error));
        let mut synced = std::fs::File::open(&path).and_then(|file| file.sync_all());
        // A reader that is still at work keeps the journal; then its end stands there alone.
        let journal = reader::journal(&path);
        if journal.exists() {
            let journal = std::fs::File::open(journal).and_then(|file| file.sync_all());
            synced = synced.and(journal);
        }
        if closed.is_err() || synced.is_err() {
            tracing::error!(log = %path.display(), ?closed, ?synced, "the log may not survive power loss");
        }
    }

    fn serve(&mut self, queue: &mpsc::Receiver<Append>) {
        while let Ok(first) = queue.recv() {
            let mut pending = Vec::new();
            let before = self.tail;
            match self.group(first, queue, &mut pending) {
                Ok(()) => {
                    if self.tail.next != before.next {
                        self.bell.send_replace(());
                    }
                    answer(pending);
                }
                Err(error) => {
                    self.tail = before;
                    self.versions.clear();
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
                pending.push((first.caller, Ok(Vec::new())));
                return Err(error);
            }
        };
        let mut next = Some(first);
        while let Some(append) = next {
            // Pending before it is written: whatever fails, this caller hears of it.
            pending.push((append.caller, Ok(Vec::new())));
            let (stream, expected) = (append.stream, append.expected);
            let actual = match self.versions.get(&stream) {
                Some(&version) => Some(version),
                None => last_version(&transaction, &stream)?,
            };
            let answer = if expected.holds(actual) {
                let mut insert = transaction.prepare_cached(rows::INSERT)?;
                let versions = actual.map_or(0, |last| last + 1)..;
                let mut recorded = Vec::with_capacity(append.events.len());
                for (version, (event, content)) in versions.zip(append.events) {
                    let event = self.tail.next(event, content, &stream, version, now);
                    rows::insert(&mut insert, &event)?;
                    recorded.push(event);
                }
                if let Some(last) = recorded.last() {
                    if self.versions.len() >= VERSIONS_HELD_MAX {
                        self.versions.clear();
                    }
                    self.versions.insert(stream, last.version);
                }
                Ok(recorded)
            } else {
                Err(LogError::Conflict {
                    stream,
                    expected,
                    actual,
                })
            };
            if let Some(last) = pending.last_mut() {
                last.1 = answer;
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
        let failure = match doubt {
            true => LogError::Stopped {
                why: failure.to_string(),
            },
            false => failure,
        };
        // Whose stream was not as expected hears that, whatever became of the group.
        let refused = pending
            .into_iter()
            .map(|(caller, answer)| (caller, answer.and_then(|_| Err(failure.clone()))));
        answer(refused.collect());
    }
}

/// Gives the first caller that still waits its answer, and the others' to pass on.
fn answer(pending: Vec<Pending>) {
    let mut others = Others(pending);
    others.0.reverse();
    while let Some((caller, own)) = others.0.pop() {
        let answered = Answered {
            own,
            _others: std::mem::take(&mut others),
        };
        match caller.send(answered) {
            Ok(()) => return,
            Err(unheard) => others = unheard._others,
        }
    }
}

fn last_version(connection: &Connection, stream: &StreamName) -> rusqlite::Result<Option<u64>> {
    let version = connection
        .prepare_cached(rows::LAST_VERSION)?
        .query_row([stream.as_str()], |row| row.get::<_, i64>(0))
        .optional()?;
    Ok(version.map(i64::cast_unsigned))
}
