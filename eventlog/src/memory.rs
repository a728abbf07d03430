//! The log in memory: for tests, scenarios and simulations that need no file. The same contract, no durability.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use tokio::sync::watch;

use crate::chain::{Chain, Content};
use crate::clock::Clock;
use crate::envelope::{NewEvent, Position, Recorded, StreamName};
use crate::port::{EventLog, Expected, LogError, Subscription, check_sizes};
use crate::subscription::{Pages, follow};

/// An event log that lives as long as it is held.
#[derive(Debug)]
pub struct MemoryLog {
    events: Arc<Events>,
    clock: Arc<dyn Clock>,
    bell: watch::Sender<()>,
}

#[derive(Debug, Default)]
struct Events(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    all: Vec<Recorded>,
    /// Where each stream's events stand in `all`.
    streams: HashMap<StreamName, Vec<usize>>,
}

impl MemoryLog {
    /// An empty log.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            events: Arc::default(),
            clock,
            bell: watch::Sender::new(()),
        }
    }
}

impl Events {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().expect("nothing panics while holding the log")
    }

    fn read_all(&self, after: Option<Position>, max: usize) -> Result<Vec<Recorded>, LogError> {
        let from = match after {
            None => 0,
            Some(position) => position.as_number().ok_or(LogError::ForeignPosition)? + 1,
        };
        let inner = self.lock();
        let from = usize::try_from(from).unwrap_or(usize::MAX);
        Ok(inner.all.iter().skip(from).take(max).cloned().collect())
    }
}

#[async_trait]
impl Pages for Events {
    async fn page(&self, after: Option<Position>, max: usize) -> Result<Vec<Recorded>, LogError> {
        self.read_all(after, max)
    }
}

impl Inner {
    fn record(&mut self, stream: &StreamName, event: NewEvent, now: DateTime<Utc>) -> Recorded {
        let last = self.all.last();
        let recorded_at = last.map_or(now, |last| last.recorded_at.max(now));
        let chain = last.and_then(|last| last.chain).unwrap_or(Chain::START);
        let number = self.all.len() as u64;
        let places = self.streams.entry(stream.clone()).or_default();
        let version = places.len() as u64;
        places.push(self.all.len());
        let content = Content::of(stream, &event);
        let chain = chain.then(number, version, recorded_at, content);
        let recorded = Recorded::of(event, stream.clone(), version, number, recorded_at, chain);
        self.all.push(recorded.clone());
        recorded
    }
}

#[async_trait]
impl EventLog for MemoryLog {
    async fn append(
        &self,
        stream: &StreamName,
        expected: Expected,
        events: Vec<NewEvent>,
    ) -> Result<Vec<Recorded>, LogError> {
        check_sizes(&events)?;
        let now = self.clock.now();
        let recorded = {
            let mut inner = self.events.lock();
            let places = inner.streams.get(stream).map_or(0, Vec::len) as u64;
            let actual = places.checked_sub(1);
            if !expected.holds(actual) {
                let stream = stream.clone();
                return Err(LogError::Conflict {
                    stream,
                    expected,
                    actual,
                });
            }
            events
                .into_iter()
                .map(|event| inner.record(stream, event, now))
                .collect()
        };
        self.bell.send_replace(());
        Ok(recorded)
    }

    async fn read_stream(
        &self,
        stream: &StreamName,
        from: u64,
        max: usize,
    ) -> Result<Vec<Recorded>, LogError> {
        let inner = self.events.lock();
        let places = inner.streams.get(stream).map_or(&[][..], Vec::as_slice);
        let from = usize::try_from(from).unwrap_or(usize::MAX);
        let wanted = places.iter().skip(from).take(max);
        Ok(wanted.map(|&place| inner.all[place].clone()).collect())
    }

    async fn read_all(
        &self,
        after: Option<Position>,
        max: usize,
    ) -> Result<Vec<Recorded>, LogError> {
        self.events.read_all(after, max)
    }

    async fn subscribe(&self, after: Option<Position>) -> Result<Subscription, LogError> {
        self.events.read_all(after, 0)?;
        Ok(follow(self.events.clone(), self.bell.subscribe(), after))
    }

    async fn head(&self) -> Result<Option<Recorded>, LogError> {
        Ok(self.events.lock().all.last().cloned())
    }

    async fn position_of(&self, number: u64) -> Result<Option<Position>, LogError> {
        let known = number < self.events.lock().all.len() as u64;
        Ok(known.then(|| Position::of_number(number)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemClock;
    use crate::contract::{self, Bench};

    struct InMemory;

    #[async_trait]
    impl Bench for InMemory {
        async fn fresh(&self) -> Arc<dyn EventLog> {
            Arc::new(MemoryLog::new(Arc::new(SystemClock)))
        }

        async fn reopened(&self, log: Arc<dyn EventLog>) -> Arc<dyn EventLog> {
            log
        }
    }

    #[tokio::test]
    async fn the_memory_log_keeps_the_contract() {
        contract::every_case(&InMemory).await;
    }
}
