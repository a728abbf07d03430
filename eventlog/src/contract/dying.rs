//! A log that takes so many appends and then no more, as when the process is killed.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;

use crate::{EventLog, Expected, LogError, NewEvent, Position, Recorded, StreamName, Subscription};

/// The log and how many appends it still takes, each of a turn counted: so that a process can be killed between any two.
#[derive(Debug)]
pub struct Dying {
    log: Arc<dyn EventLog>,
    left: AtomicU64,
}

impl Dying {
    /// A process that lives for so many appends.
    pub fn after(appends: u64, log: Arc<dyn EventLog>) -> Self {
        let left = AtomicU64::new(appends);
        Self { log, left }
    }
}

#[async_trait]
impl EventLog for Dying {
    async fn append(
        &self,
        stream: &StreamName,
        expected: Expected,
        events: Vec<NewEvent>,
    ) -> Result<Vec<Recorded>, LogError> {
        let one_less = |left: u64| left.checked_sub(1);
        let ordering = Ordering::Relaxed;
        match self.left.fetch_update(ordering, ordering, one_less) {
            Ok(_) => self.log.append(stream, expected, events).await,
            Err(_) => Err(LogError::Stopped {
                why: "killed".to_owned(),
            }),
        }
    }

    async fn read_stream(
        &self,
        stream: &StreamName,
        from: u64,
        max: usize,
    ) -> Result<Vec<Recorded>, LogError> {
        self.log.read_stream(stream, from, max).await
    }

    async fn read_all(
        &self,
        after: Option<Position>,
        max: usize,
    ) -> Result<Vec<Recorded>, LogError> {
        self.log.read_all(after, max).await
    }

    async fn subscribe(&self, after: Option<Position>) -> Result<Subscription, LogError> {
        self.log.subscribe(after).await
    }

    async fn head(&self) -> Result<Option<Recorded>, LogError> {
        self.log.head().await
    }

    async fn position_of(&self, number: u64) -> Result<Option<Position>, LogError> {
        self.log.position_of(number).await
    }
}
