//! What every call shares: the log, the limits, and how many read at the same time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use daicho_eventlog::foreign::{Entry, Place, Room, Way};
use daicho_eventlog::{Clock, SqliteLog, StreamName};
use tokio::sync::{Semaphore, watch};
use tonic::Status;

use crate::failure;
use crate::server::Options;

/// How many pages are fetched from the file at the same time.
const FETCHED_AT_ONCE_MAX: usize = 8;

/// What the pages of all readers together may hold, about, in bytes.
const PAGES_BYTES_MAX: usize = 64 << 20;

/// How many readers and followers there may be.
const READERS_MAX: usize = 20_000;

/// The log, as the calls use it.
#[derive(Debug)]
pub(crate) struct Served {
    pub(crate) log: Arc<SqliteLog>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) options: Options,
    /// Turns true when the server is to end; followers end with it.
    pub(crate) stop: watch::Receiver<bool>,
    fetching: Semaphore,
    readers: AtomicUsize,
}

impl Served {
    pub(crate) fn new(
        log: Arc<SqliteLog>,
        clock: Arc<dyn Clock>,
        options: Options,
        stop: watch::Receiver<bool>,
    ) -> Self {
        Self {
            log,
            clock,
            options,
            stop,
            fetching: Semaphore::new(FETCHED_AT_ONCE_MAX),
            readers: AtomicUsize::new(0),
        }
    }

    /// Lets one more reader in, as long as what is returned is held.
    pub(crate) fn admit(self: &Arc<Self>) -> Result<Admitted, Status> {
        let admitted = Admitted(self.clone());
        match self.readers.fetch_add(1, Ordering::Relaxed) < READERS_MAX {
            true => Ok(admitted),
            false => Err(Status::resource_exhausted(format!(
                "{READERS_MAX} readers are served already"
            ))),
        }
    }

    /// How much one page may hold now: the more readers, the less each keeps in memory.
    fn room(&self) -> Room {
        let readers = self.readers.load(Ordering::Relaxed).max(1);
        Room {
            events: 512,
            bytes: (PAGES_BYTES_MAX / readers).clamp(4 << 10, 1 << 20),
        }
    }

    /// A page of everything; whether it is full, so that more may follow at once.
    pub(crate) async fn page(
        &self,
        from: Place,
        way: Way,
        events_max: u64,
    ) -> Result<Vec<Entry>, Status> {
        let _fetching = self.fetching.acquire().await;
        let page = self.log.whole(from, way, self.at_most(events_max)).await;
        page.map_err(|error| failure::of_log(&error))
    }

    /// A page of one stream.
    pub(crate) async fn stream_page(
        &self,
        stream: &StreamName,
        from: u64,
        way: Way,
        events_max: u64,
    ) -> Result<Vec<Entry>, Status> {
        let _fetching = self.fetching.acquire().await;
        let room = self.at_most(events_max);
        let page = self.log.whole_stream(stream, from, way, room).await;
        page.map_err(|error| failure::of_log(&error))
    }

    fn at_most(&self, events_max: u64) -> Room {
        let room = self.room();
        Room {
            events: usize::try_from(events_max).map_or(room.events, |max| room.events.min(max)),
            ..room
        }
    }
}

/// A reader that was let in.
#[derive(Debug)]
pub(crate) struct Admitted(Arc<Served>);

impl std::ops::Deref for Admitted {
    type Target = Served;

    fn deref(&self) -> &Served {
        &self.0
    }
}

impl Drop for Admitted {
    fn drop(&mut self) {
        self.0.readers.fetch_sub(1, Ordering::Relaxed);
    }
}
