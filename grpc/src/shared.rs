//! What every call shares: the log, the limits, and what all calls together hold in memory.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use daicho_eventlog::foreign::{
    Appended, Entry, ForeignError, ForeignEvent, ForeignExpected, Place, Room, Way,
};
use daicho_eventlog::{Clock, LogError, SqliteLog, StreamName};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};
use tonic::Status;

use crate::failure;
use crate::latest::Latest;
use crate::page::Page;
use crate::server::Options;

/// How many pages are fetched from the file at the same time, and last revisions asked for.
const FETCHED_AT_ONCE_MAX: usize = 8;

/// What the pages of all readers together may hold, about, in bytes.
const PAGES_BYTES_MAX: usize = 64 << 20;

/// What all appends that are under way together may hold, about, in bytes.
const APPENDS_BYTES_MAX: usize = 128 << 20;

/// How long a reader waits for others to let go of what they hold.
const ROOM_WITHIN: Duration = Duration::from_secs(5);

/// How many readers and followers there may be.
const READERS_MAX: usize = 20_000;

/// How many bytes one permit stands for.
const PERMIT_BYTES: usize = 1 << 10;

/// The log, as the calls use it. They reach it through here alone, so that no call passes the limits.
#[derive(Debug)]
pub(crate) struct Served {
    log: Arc<SqliteLog>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) options: Options,
    /// Turns true when the server is to end; followers end with it.
    pub(crate) stop: watch::Receiver<bool>,
    pub(crate) latest: Latest,
    fetching: Semaphore,
    pages: Arc<Semaphore>,
    appends: Arc<Semaphore>,
    readers: AtomicUsize,
    /// Goes with the last call that uses this.
    _in_use: mpsc::Sender<()>,
}

impl Served {
    pub(crate) fn new(
        log: Arc<SqliteLog>,
        clock: Arc<dyn Clock>,
        options: Options,
        stop: watch::Receiver<bool>,
        in_use: mpsc::Sender<()>,
    ) -> Self {
        Self {
            log,
            clock,
            options,
            stop,
            latest: Latest::default(),
            fetching: Semaphore::new(FETCHED_AT_ONCE_MAX),
            pages: Arc::new(Semaphore::new(PAGES_BYTES_MAX / PERMIT_BYTES)),
            appends: Arc::new(Semaphore::new(APPENDS_BYTES_MAX / PERMIT_BYTES)),
            readers: AtomicUsize::new(0),
            _in_use: in_use,
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

    /// Refuses what would begin when the server is about to end.
    pub(crate) fn goes_on(&self) -> Result<(), Status> {
        match *self.stop.borrow() {
            false => Ok(()),
            true => Err(failure::ends()),
        }
    }

    /// A bell that rings after every commit.
    pub(crate) fn bell(&self) -> Result<watch::Receiver<()>, Status> {
        self.log.bell().map_err(|error| failure::of_log(&error))
    }

    /// How much one page may hold now: the more readers, the less each keeps in memory.
    fn room(&self, events_max: u64) -> Room {
        let readers = self.readers.load(Ordering::Relaxed).max(1);
        Room {
            events: usize::try_from(events_max).map_or(512, |max| max.min(512)),
            bytes: (PAGES_BYTES_MAX / readers).clamp(4 << 10, 1 << 20),
        }
    }

    /// A page of everything.
    pub(crate) async fn page(
        self: &Arc<Self>,
        from: Place,
        way: Way,
        events_max: u64,
    ) -> Result<Page, Status> {
        let room = self.room(events_max);
        self.fetch(room, move |served| async move {
            served.log.whole(from, way, room).await
        })
        .await
    }

    /// A page of one stream.
    pub(crate) async fn stream_page(
        self: &Arc<Self>,
        stream: &StreamName,
        from: u64,
        way: Way,
        events_max: u64,
    ) -> Result<Page, Status> {
        let (room, stream) = (self.room(events_max), stream.clone());
        self.fetch(room, move |served| async move {
            served.log.whole_stream(&stream, from, way, room).await
        })
        .await
    }

    /// Fetches a page that counts against what all pages may hold.
    ///
    /// On a task of its own: an answer that its client does not take is not driven on, and must not keep others from
    /// fetching while it stands still in the middle.
    async fn fetch<F>(
        self: &Arc<Self>,
        room: Room,
        read: impl FnOnce(Arc<Self>) -> F,
    ) -> Result<Page, Status>
    where
        F: Future<Output = Result<Vec<Entry>, LogError>> + Send + 'static,
    {
        let (served, read) = (self.clone(), read(self.clone()));
        let fetched = tokio::spawn(async move {
            let _fetching = served.fetching.acquire().await;
            let held = served.pages.clone();
            let held = held.acquire_many_owned(permits(room.bytes));
            let held = tokio::time::timeout(ROOM_WITHIN, held).await;
            let held = held.map_err(|_| crowded())?.map_err(|_| failure::ends())?;
            let entries = read.await.map_err(|error| failure::of_log(&error))?;
            served.weighed(entries, held)
        });
        fetched.await.unwrap_or_else(|_| Err(failure::ends()))
    }

    /// The entries as a page that holds as much as they weigh.
    fn weighed(&self, entries: Vec<Entry>, mut held: OwnedSemaphorePermit) -> Result<Page, Status> {
        let weight = permits(entries.iter().map(Entry::bytes).sum()) as usize;
        match held.num_permits().checked_sub(weight) {
            Some(unused) => drop(held.split(unused)),
            // One event is always let in, however large, if there is room for it among the pages of all.
            None => {
                let more = u32::try_from(weight - held.num_permits()).unwrap_or(u32::MAX);
                let more = self.pages.clone().try_acquire_many_owned(more);
                held.merge(more.map_err(|_| crowded())?);
            }
        }
        Ok(Page::holding(entries, held))
    }

    /// What a follower that has seen everything before `from` has not seen of the newest events; `None` when they
    /// do not reach back so far, or there is no room for them, and the file has to be asked.
    pub(crate) fn newest(
        &self,
        from: Place,
        wanted: impl FnMut(&Entry) -> bool,
    ) -> Option<(Page, Place)> {
        let room = self.room(u64::MAX);
        let held = self.pages.clone();
        let held = held.try_acquire_many_owned(permits(room.bytes)).ok()?;
        let (entries, until) = self.latest.since(from, wanted, room)?;
        Some((self.weighed(entries, held).ok()?, until))
    }

    /// Entries of the whole log for everybody who follows it, counted nowhere.
    pub(crate) async fn whole(
        &self,
        from: Place,
        way: Way,
        room: Room,
    ) -> Result<Vec<Entry>, LogError> {
        self.log.whole(from, way, room).await
    }

    /// The last revision of a stream.
    pub(crate) async fn last_revision(
        self: &Arc<Self>,
        stream: &StreamName,
    ) -> Result<Option<u64>, Status> {
        let (served, stream) = (self.clone(), stream.clone());
        // As a page: on a task of its own.
        let last = tokio::spawn(async move {
            let _fetching = served.fetching.acquire().await;
            let last = served.log.last_revision(&stream).await;
            last.map_err(|error| failure::of_log(&error))
        });
        last.await.unwrap_or_else(|_| Err(failure::ends()))
    }

    /// Room for so many bytes of appends, if there is any.
    pub(crate) fn room_for(&self, bytes: usize) -> Result<OwnedSemaphorePermit, Status> {
        let room = self.appends.clone().try_acquire_many_owned(permits(bytes));
        room.map_err(|_| {
            Status::resource_exhausted(
                "too many appends are under way; nothing of this one was recorded, try again",
            )
        })
    }

    /// Whether an append finds room now.
    pub(crate) fn has_room(&self) -> bool {
        self.appends.available_permits() > 0
    }

    /// Hands an append to the log now; what is returned waits for the answer. The room is given back when the log has
    /// answered, whether anybody waits for it or not.
    pub(crate) fn append(
        &self,
        stream: &StreamName,
        expected: ForeignExpected,
        events: Vec<ForeignEvent>,
        room: Option<OwnedSemaphorePermit>,
    ) -> impl Future<Output = Result<Appended, ForeignError>> + Send + use<> {
        let answered = self.log.append_foreign(stream, expected, events);
        let stream = stream.clone();
        let answered = tokio::spawn(async move {
            let answer = answered.await;
            drop(room);
            answer
        });
        async move {
            answered.await.unwrap_or_else(|ended| {
                let why = ended.to_string();
                Err(LogError::Unanswered { stream, why }.into())
            })
        }
    }
}

/// As many permits as so many bytes take.
fn permits(bytes: usize) -> u32 {
    u32::try_from(bytes.div_ceil(PERMIT_BYTES)).unwrap_or(u32::MAX)
}

fn crowded() -> Status {
    Status::resource_exhausted(
        "readers that take nothing hold all there is room for; read or follow again from the last event seen",
    )
}

/// A reader that was let in.
#[derive(Debug)]
pub(crate) struct Admitted(Arc<Served>);

impl std::ops::Deref for Admitted {
    type Target = Arc<Served>;

    fn deref(&self) -> &Arc<Served> {
        &self.0
    }
}

impl Drop for Admitted {
    fn drop(&mut self) {
        self.0.readers.fetch_sub(1, Ordering::Relaxed);
    }
}
