//! The log on a KurrentDB cluster, through its official client, and what both sides of its wire agree on.
//!
//! A cluster knows streams, revisions and positions, none of our numbers. So each process counts: one subscription
//! to `$all` gives every event of ours its number, its instant and its running digest, and a read takes from the
//! count what the cluster cannot say. An append is answered when its events were counted. Two processes count the
//! same, because the cluster has one order.
//!
//! What is an event of ours stands in `wire`; what its metadata say, in `metadata`.

mod address;
mod carrier;
mod certificate;
mod counted;
mod counter;
mod failure;
mod index;
mod metadata;
mod reading;
mod session;
#[cfg(test)]
mod tests;
mod token;
mod wire;

use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::watch;

pub use self::address::Address;
use self::counter::Task;
pub use self::metadata::{CONTENT_TYPE, Metadata};
use self::reading::Reading;
use self::session::Session;
use crate::clock::Clock;
use crate::envelope::{NewEvent, Position, Recorded, StreamName};
use crate::port::{EventLog, Expected, LogError, Subscription, check_sizes};
use crate::sqlite::WriterLock;
use crate::subscription::follow;

/// An event log on a KurrentDB cluster.
#[derive(Debug)]
pub struct KurrentLog {
    reading: Arc<Reading>,
    /// `None` where the log was opened for reading.
    clock: Option<Arc<dyn Clock>>,
    bell: watch::Receiver<()>,
    _counter: Task,
    /// Of the directory whose keys and read models belong to this log.
    _lock: Option<WriterLock>,
}

impl KurrentLog {
    /// Opens the log on a cluster, and reads all of it once: only who has counted the whole log knows its numbers.
    ///
    /// # Errors
    /// [`LogError::Away`], [`LogError::Denied`], [`LogError::Certificate`], [`LogError::OtherServer`]; and whatever
    /// stops a reader before the log's end: [`LogError::Unreadable`], [`LogError::Cut`].
    pub async fn open(address: Address, clock: Arc<dyn Clock>) -> Result<Self, LogError> {
        Self::opened(address, Some(clock)).await
    }

    /// As [`Self::open`], for who appends nothing.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub async fn open_for_reading(address: Address) -> Result<Self, LogError> {
        Self::opened(address, None).await
    }

    /// Keeps the lock of its directory for as long as it is open.
    pub(crate) fn holding(self, lock: WriterLock) -> Self {
        Self {
            _lock: Some(lock),
            ..self
        }
    }

    async fn opened(address: Address, clock: Option<Arc<dyn Clock>>) -> Result<Self, LogError> {
        let session = Session::new(address)?;
        session.check().await?;
        let reading = Arc::new(Reading::new(session)?);
        let (ring, bell) = watch::channel(());
        let counter = tokio::spawn(counter::count(reading.clone(), ring));
        let log = Self {
            reading,
            clock,
            bell,
            _counter: Task::of(&counter),
            _lock: None,
        };
        log.reading.catch_up().await?;
        Ok(log)
    }

    /// The cluster it is on.
    pub fn address(&self) -> &Address {
        self.reading.session().address()
    }

    /// What an append of nothing finds.
    async fn nothing(
        &self,
        stream: &StreamName,
        expected: Expected,
    ) -> Result<Vec<Recorded>, LogError> {
        let from = self.reading.counted().last_version(stream)?;
        let later = self
            .reading
            .stream(stream, from.map_or(0, |last| last + 1), usize::MAX);
        let actual = later.await?.last().map(|last| last.version).or(from);
        match expected.holds(actual) {
            true => Ok(Vec::new()),
            false => Err(LogError::Conflict {
                stream: stream.clone(),
                expected,
                actual,
            }),
        }
    }

    /// The events of an append, whose last one the cluster says has this version.
    async fn taken(
        &self,
        stream: &StreamName,
        count: usize,
        last: u64,
    ) -> Result<Vec<Recorded>, LogError> {
        let place = self.reading.place(stream, last).await?;
        let first = (last + 1).saturating_sub(count as u64);
        {
            // As a rule they are neighbours, and the last ones counted.
            let counted = self.reading.counted();
            let neighbours = (0..count as u64).rev();
            let numbers = neighbours.map(|before| place.number.checked_sub(before));
            let held: Option<Vec<_>> = numbers
                .map(|number| number.and_then(|number| counted.held(number)).cloned())
                .collect();
            if let Some(held) = held.filter(|held| {
                let versions = held.iter().map(|event| (&event.stream, event.version));
                versions.eq((first..=last).map(|version| (stream, version)))
            }) {
                return Ok(held);
            }
        }
        self.reading.stream(stream, first, count).await
    }
}

#[async_trait]
impl EventLog for KurrentLog {
    async fn append(
        &self,
        stream: &StreamName,
        expected: Expected,
        events: Vec<NewEvent>,
    ) -> Result<Vec<Recorded>, LogError> {
        let clock = self.clock.as_ref().ok_or(LogError::OpenedForReading)?;
        check_sizes(&events)?;
        if events.is_empty() {
            return self.nothing(stream, expected).await;
        }
        let now = clock.now();
        let recorded_at = {
            let counted = self.reading.counted();
            if let Some(why) = counted.stopped() {
                return Err(why.clone());
            }
            counted.last().map_or(now, |last| last.recorded_at.max(now))
        };
        let proposed = || {
            let events = events.iter();
            events
                .map(|event| wire::proposed(event, recorded_at))
                .collect()
        };
        let session = self.reading.session();
        let written = session.append(stream, expected, proposed).await?;
        let taken = self.taken(stream, events.len(), written.next_expected_version);
        // It is recorded; what cannot be said is its number.
        taken.await.map_err(|error| LogError::Unanswered {
            stream: stream.clone(),
            why: error.to_string(),
        })
    }

    async fn read_stream(
        &self,
        stream: &StreamName,
        from: u64,
        max: usize,
    ) -> Result<Vec<Recorded>, LogError> {
        self.reading.stream(stream, from, max).await
    }

    async fn read_all(
        &self,
        after: Option<Position>,
        max: usize,
    ) -> Result<Vec<Recorded>, LogError> {
        self.reading.all(after, max).await
    }

    async fn subscribe(&self, after: Option<Position>) -> Result<Subscription, LogError> {
        self.reading.number_of(after).await?;
        Ok(follow(self.reading.clone(), self.bell.clone(), after))
    }

    async fn head(&self) -> Result<Option<Recorded>, LogError> {
        self.reading.head().await
    }

    async fn position_of(&self, number: u64) -> Result<Option<Position>, LogError> {
        self.reading.position_of(number).await
    }
}
