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

/// The thread that writes. It never outlives this.
pub(crate) struct Behind {
    /// The way to it; `None` once it was told to end, or has failed.
    batches: Option<SyncSender<Batch>>,
    /// `None` once it was asked how it ended.
    thread: Option<JoinHandle<Result<()>>>,
    written: Arc<AtomicU64>,
}

impl Behind {
    fn take(&mut self, batch: Batch) -> Result<u64> {
        let sent = self.batches.as_ref().map(|to| to.send(batch).is_ok());
        match sent {
            Some(true) => Ok(self.written.load(Ordering::Acquire)),
            // It takes no more: what stopped it is what is wrong, not that it has stopped.
            Some(false) | None => {
                self.end()?;
                Err(ViewsError::Stopped("the file is not written".to_owned()))
            }
        }
    }

    /// Lets the thread write what it was given, waits for its end and says what it came to.
    fn end(&mut self) -> Result<()> {
        drop(self.batches.take());
        let panicked = |_| Err(ViewsError::Stopped("the writing thread panicked".into()));
        match self.thread.take() {
            Some(thread) => thread.join().unwrap_or_else(panicked),
            None => Ok(()),
        }
    }
}

impl Drop for Behind {
    fn drop(&mut self) {
        if let Err(error) = self.end() {
            tracing::debug!(%error, "a file that is given up was not written");
        }
    }
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
            batches: Some(batches),
            thread: Some(thread),
            written,
        }))
    }

    /// Takes a batch. Returns up to which one the file holds them. What made the
    /// writing thread fail is said by whichever batch comes next; after a failure it takes no more.
    pub fn take(&mut self, batch: Batch) -> Result<u64> {
        match self {
            Self::AtOnce(shelf) => {
                let number = batch.number;
                commit(batch, shelf)?;
                Ok(number)
            }
            Self::Behind(behind) => behind.take(batch),
        }
    }

    /// Returns when everything taken is written, or why it is not.
    pub fn finish(self) -> Result<()> {
        match self {
            Self::AtOnce(_) => Ok(()),
            Self::Behind(mut behind) => behind.end(),
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
