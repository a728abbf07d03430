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
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior};
use tokio::sync::{oneshot, watch};

use super::Durability;
use super::failure::{failed, leaves_doubt};
use super::lately::Lately;
use super::{foreign, reader, rows};
use crate::chain::{Chain, Content};
use crate::clock::Clock;
use crate::envelope::{NewEvent, Recorded, StreamName};
use crate::foreign::{Appended, Decision, ForeignError, ForeignEvent, ForeignExpected, Place};
use crate::port::{Expected, LogError, check_sizes};

/// How many appends one commit holds at most: bounds what a crash can leave unanswered.
const GROUP_APPENDS_MAX: usize = 1024;

/// How many streams' last versions are held in memory.
const VERSIONS_HELD_MAX: usize = 1 << 16;

type Answer = Result<Done, LogError>;

/// What became of an append.
enum Done {
    /// Events of the business were recorded.
    Own(Vec<Recorded>),
    /// An append to a foreign stream was decided on.
    Foreign(Result<Appended, ForeignError>),
    /// Nothing yet: its group is still being written.
    Nothing,
}

/// One caller's append on its way to the writer.
struct Append {
    stream: StreamName,
    what: What,
    caller: oneshot::Sender<Answered>,
}

/// Whose events are to be appended, and what is expected of their stream.
enum What {
    Own {
        expected: Expected,
        events: Vec<(NewEvent, Content)>,
    },
    Foreign {
        expected: ForeignExpected,
        events: Vec<ForeignEvent>,
    },
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
        let world = |error| failed(path, error);
        let foreign = foreign::tail(&connection).map_err(world)?;
        let tail = Tail::after(head.as_ref(), foreign);
        let lately = Lately::of(&connection).map_err(world)?;
        let (appends, queue) = mpsc::channel();
        let desk = Desk {
            path: path.to_owned(),
            connection,
            durability,
            clock,
            bell,
            tail,
            versions: HashMap::new(),
            revisions: HashMap::new(),
            lately,
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

    /// As [`super::SqliteLog::append_foreign`].
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

/// Where the log ends: what the next event is counted, dated and chained from.
#[derive(Clone, Copy)]
struct Tail {
    next: u64,
    /// Of the last event, own or foreign.
    place: Place,
    recorded_at: DateTime<Utc>,
    chain: Chain,
}

impl Tail {
    fn after(head: Option<&Recorded>, foreign: Option<(Place, i64)>) -> Self {
        let own_at = head.map(|head| head.recorded_at);
        let foreign_at = foreign.and_then(|(_, at)| DateTime::from_timestamp_micros(at));
        let own_place = head.map(|head| Place::of_number(head.number));
        let foreign_place = foreign.map(|(place, _)| place);
        Self {
            next: head.map_or(0, |head| head.number + 1),
            place: own_place.max(foreign_place).unwrap_or_default(),
            recorded_at: own_at.max(foreign_at).unwrap_or(DateTime::UNIX_EPOCH),
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
        self.place = Place::of_number(number);
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
    /// The last revisions of foreign streams written lately.
    revisions: HashMap<StreamName, u64>,
    /// The foreign events recorded lately, by their ids.
    lately: Lately,
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
                    if self.tail.place != before.place {
                        self.bell.send_replace(());
                    }
                    answer(pending);
                }
                Err(error) => {
                    self.tail = before;
                    self.versions.clear();
                    self.revisions.clear();
                    let doubt = leaves_doubt(&error);
                    self.refuse(pending, error);
                    if doubt {
                        return;
                    }
                    // What the group had put there is not recorded. Without it fewer repetitions are known.
                    self.lately = Lately::of(&self.connection).unwrap_or_default();
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
                pending.push((first.caller, Ok(Done::Nothing)));
                return Err(error);
            }
        };
        let mut page = Page {
            transaction: &transaction,
            tail: &mut self.tail,
            versions: &mut self.versions,
            revisions: &mut self.revisions,
            lately: &mut self.lately,
            now,
        };
        let mut next = Some(first);
        while let Some(append) = next {
            // Pending before it is written: whatever fails, this caller hears of it.
            pending.push((append.caller, Ok(Done::Nothing)));
            let answer = match append.what {
                What::Own { expected, events } => page.own(append.stream, expected, events)?,
                What::Foreign { expected, events } => Ok(Done::Foreign(page.foreign(
                    append.stream,
                    expected,
                    events,
                )?)),
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

/// The transaction of one group, and what is remembered with it.
struct Page<'a> {
    transaction: &'a Transaction<'a>,
    tail: &'a mut Tail,
    versions: &'a mut HashMap<StreamName, u64>,
    revisions: &'a mut HashMap<StreamName, u64>,
    lately: &'a mut Lately,
    now: DateTime<Utc>,
}

impl Page<'_> {
    /// Writes events of the business, or says that the stream is not as expected.
    fn own(
        &mut self,
        stream: StreamName,
        expected: Expected,
        events: Vec<(NewEvent, Content)>,
    ) -> rusqlite::Result<Answer> {
        let actual = match self.versions.get(&stream) {
            Some(&version) => Some(version),
            None => last_version(self.transaction, &stream)?,
        };
        if !expected.holds(actual) {
            return Ok(Err(LogError::Conflict {
                stream,
                expected,
                actual,
            }));
        }
        let mut insert = self.transaction.prepare_cached(rows::INSERT)?;
        let versions = actual.map_or(0, |last| last + 1)..;
        let mut recorded = Vec::with_capacity(events.len());
        for (version, (event, content)) in versions.zip(events) {
            let event = self.tail.next(event, content, &stream, version, self.now);
            rows::insert(&mut insert, &event)?;
            recorded.push(event);
        }
        if let Some(last) = recorded.last() {
            remember(self.versions, stream, last.version);
        }
        Ok(Ok(Done::Own(recorded)))
    }

    /// Writes events of another program, knows them again, or refuses them.
    fn foreign(
        &mut self,
        stream: StreamName,
        expected: ForeignExpected,
        events: Vec<ForeignEvent>,
    ) -> rusqlite::Result<Result<Appended, ForeignError>> {
        let actual = match self.revisions.get(&stream) {
            Some(&revision) => Some(revision),
            None => foreign::last_revision(self.transaction, stream.as_str())?,
        };
        if actual.is_none()
            && (self.versions.contains_key(&stream)
                || last_version(self.transaction, &stream)?.is_some())
        {
            return Ok(Err(ForeignError::OwnStream { stream }));
        }
        let decision = {
            let known = self.lately.with(self.transaction, &stream);
            let ids = events.iter().map(|event| event.id);
            expected.decide(actual, ids, &known)?
        };
        let first = match decision {
            Decision::Known(appended) => return Ok(Ok(appended)),
            Decision::Wrong => return Ok(Err(ForeignError::WrongExpected { actual })),
            Decision::Write(first) => first,
        };
        if events.is_empty() {
            return Ok(Ok(Appended {
                revision: actual,
                place: None,
            }));
        }
        let mut place = self.tail.place;
        for _ in &events {
            match place.next_foreign() {
                Some(next) => place = next,
                None => return Ok(Err(ForeignError::NoPlace)),
            }
        }
        self.write(stream, first, events)
    }

    fn write(
        &mut self,
        stream: StreamName,
        first: u64,
        events: Vec<ForeignEvent>,
    ) -> rusqlite::Result<Result<Appended, ForeignError>> {
        let mut insert = self.transaction.prepare_cached(foreign::INSERT)?;
        self.tail.recorded_at = self.tail.recorded_at.max(self.now);
        let recorded_at = self.tail.recorded_at.timestamp_micros();
        let mut last = first;
        for (revision, event) in (first..).zip(&events) {
            self.tail.place = self.tail.place.after();
            let place = self.tail.place;
            foreign::insert(&mut insert, &stream, revision, place, event, recorded_at)?;
            self.lately.add(event.id, &stream, revision, place);
            last = revision;
        }
        remember(self.revisions, stream, last);
        Ok(Ok(Appended {
            revision: Some(last),
            place: Some(self.tail.place),
        }))
    }
}

fn remember(held: &mut HashMap<StreamName, u64>, stream: StreamName, last: u64) {
    if held.len() >= VERSIONS_HELD_MAX {
        held.clear();
    }
    held.insert(stream, last);
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

/// The last version of a stream of the business.
pub(super) fn last_version(
    connection: &Connection,
    stream: &StreamName,
) -> rusqlite::Result<Option<u64>> {
    let version = connection
        .prepare_cached(rows::LAST_VERSION)?
        .query_row([stream.as_str()], |row| row.get::<_, i64>(0))
        .optional()?;
    Ok(version.map(i64::cast_unsigned))
}
