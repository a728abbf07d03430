//! The one who writes: takes what all callers want to append, a group at a time, and commits each group whole.
//!
//! Whether an append is refused is decided before its first row is written, so nothing one caller does can fail
//! another's: a group is committed whole, or rolled back whole when the world fails, and then every caller in it
//! hears why.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc;

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::watch;

use super::answers::{Done, Pending, answer};
use super::failure::{failed, leaves_doubt};
use super::lately::Lately;
use super::page::Page;
use super::tail::Tail;
use super::writer::{Append, What};
use super::{Durability, foreign, reader, rows};
use crate::clock::Clock;
use crate::envelope::StreamName;
use crate::port::LogError;

/// How many appends one commit holds at most: bounds what a crash can leave unanswered.
const GROUP_APPENDS_MAX: usize = 1024;

/// With how many bytes a group takes no further append: bounds how long those behind it wait.
const GROUP_BYTES_MAX: usize = 4 << 20;

/// What the writer thread holds.
pub(super) struct Desk {
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
    /// Whether the file holds any foreign event.
    has_foreign: bool,
}

impl Desk {
    /// Takes its place at the end of the log in this file.
    pub(super) fn at(
        connection: Connection,
        durability: Durability,
        path: &Path,
        clock: Arc<dyn Clock>,
        bell: watch::Sender<()>,
    ) -> Result<Self, LogError> {
        let head = rows::read(&connection, path, rows::HEAD, [])?.pop();
        let world = |error| failed(path, error);
        let foreign = foreign::tail(&connection).map_err(world)?;
        let lately = Lately::of(&connection).map_err(world)?;
        Ok(Self {
            path: path.to_owned(),
            connection,
            durability,
            clock,
            bell,
            tail: Tail::after(head.as_ref(), foreign),
            versions: HashMap::new(),
            revisions: HashMap::new(),
            lately,
            has_foreign: foreign.is_some(),
        })
    }

    /// Serves the queue until nobody can put anything into it any more.
    pub(super) fn work(mut self, queue: &mpsc::Receiver<Append>) {
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
            has_foreign: &mut self.has_foreign,
            now,
        };
        let (mut next, mut appends, mut bytes) = (Some(first), 0, 0);
        while let Some(append) = next {
            appends += append.what.appends();
            bytes += append.what.bytes();
            // Pending before it is written: whatever fails, this caller hears of it.
            pending.push((append.caller, Ok(Done::Nothing)));
            let answer = match append.what {
                What::Own(own) => page.own(own)?.map(Done::Own),
                What::InTurn(appends) => Ok(Done::InTurn(page.in_turn(appends)?)),
                What::Foreign {
                    stream,
                    expected,
                    events,
                } => Ok(Done::Foreign(page.foreign(stream, expected, events)?)),
            };
            if let Some(last) = pending.last_mut() {
                last.1 = answer;
            }
            let is_full = appends >= GROUP_APPENDS_MAX || bytes >= GROUP_BYTES_MAX;
            next = match is_full {
                true => None,
                false => queue.try_recv().ok(),
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

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use tokio::sync::oneshot;
    use uuid::Uuid;

    use super::*;
    use crate::SystemClock;
    use crate::foreign::{ForeignEvent, ForeignExpected};
    use crate::sqlite::open_for_writing;

    #[test]
    fn large_appends_do_not_all_go_into_one_commit() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("log.db");
        let connection = open_for_writing(&path, Durability::Acknowledged).expect("it opens");
        let (bell, clock) = (watch::channel(()).0, Arc::new(SystemClock));
        let desk = Desk::at(connection, Durability::Acknowledged, &path, clock, bell);
        let mut desk = desk.expect("it takes its place");
        let (sender, queue) = mpsc::channel();
        for id in 0..12 {
            let event = ForeignEvent {
                id: Uuid::from_u128(id),
                kind: "ordered".into(),
                content_type: "application/octet-stream".into(),
                data: vec![0xff; 1 << 20].into(),
                metadata: Bytes::new(),
            };
            let append = Append {
                what: What::Foreign {
                    stream: StreamName::from(format!("orders-{id}").as_str()),
                    expected: ForeignExpected::NoStream,
                    events: vec![event],
                },
                caller: oneshot::channel().0,
            };
            sender.send(append).expect("it is queued");
        }
        let mut groups = Vec::new();
        while let Ok(first) = queue.try_recv() {
            let mut pending = Vec::new();
            desk.group(first, &queue, &mut pending)
                .expect("it is written");
            groups.push(pending.len());
        }
        assert_eq!(groups, [4, 4, 4]);
    }
}
