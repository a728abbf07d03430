//! Where batches go: into the live file at once, or into a file that is filled aside, by a thread of its own.

use super::batch::Batch;
use super::shelf::Shelf;
use super::{Result, ViewsError};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

/// Batches that may wait for the writing thread: folding is never further ahead, so that memory stays flat.
const BATCHES_WAITING: usize = 1;

/// Takes batches in their order.
pub(crate) enum Sink {
    /// Each batch is one commit, done when it is taken.
    AtOnce(Arc<Shelf>),
    /// The batches are written while the next ones are folded.
    Behind(Behind),
}

/// The thread that writes.
pub(crate) struct Behind {
    batches: SyncSender<Batch>,
    thread: JoinHandle<Result<()>>,
    written: Arc<AtomicU64>,
}

impl Sink {
    /// Writes behind the back of whoever folds.
    pub fn behind(shelf: Arc<Shelf>) -> Result<Self> {
        let (batches, waiting) = sync_channel(BATCHES_WAITING);
        let written = Arc::new(AtomicU64::new(0));
        let told = written.clone();
        let thread = std::thread::Builder::new()
            .name("views-writer".to_owned())
            .spawn(move || write_all(&waiting, &shelf, &told))
            .map_err(|error| ViewsError::Stopped(error.to_string()))?;
        Ok(Self::Behind(Behind {
            batches,
            thread,
            written,
        }))
    }

    /// Takes a batch. Returns up to which one the file holds them. After a failure it takes no more.
    pub fn take(&mut self, batch: Batch) -> Result<u64> {
        match self {
            Self::AtOnce(shelf) => {
                let number = batch.number;
                commit(batch, shelf)?;
                Ok(number)
            }
            Self::Behind(behind) => match behind.batches.send(batch) {
                Ok(()) => Ok(behind.written.load(Ordering::Acquire)),
                Err(_) => Err(ViewsError::Stopped("the file is not written".to_owned())),
            },
        }
    }

    /// Returns when everything taken is written, or why it is not.
    pub fn finish(self) -> Result<()> {
        match self {
            Self::AtOnce(_) => Ok(()),
            Self::Behind(Behind {
                batches, thread, ..
            }) => {
                drop(batches);
                let panicked = |_| Err(ViewsError::Stopped("the writing thread panicked".into()));
                thread.join().unwrap_or_else(panicked)
            }
        }
    }
}

fn write_all(batches: &Receiver<Batch>, shelf: &Shelf, written: &AtomicU64) -> Result<()> {
    for batch in batches {
        let number = batch.number;
        batch.write(shelf)?;
        written.store(number, Ordering::Release);
    }
    Ok(())
}

/// Rows, states and checkpoint together or not at all.
fn commit(batch: Batch, shelf: &Shelf) -> Result<()> {
    let run = |sql| shelf.write(|conn| Ok(conn.execute_batch(sql)?));
    // Somebody panicked in the middle of a batch: its transaction never was.
    if !shelf.write(|conn| Ok(conn.is_autocommit()))? {
        run("ROLLBACK")?;
    }
    run("BEGIN IMMEDIATE")?;
    let written = batch.write(shelf).and_then(|()| run("COMMIT"));
    if written.is_err()
        && let Err(error) = run("ROLLBACK")
    {
        tracing::debug!(%error, "nothing was left to roll back");
    }
    written
}
