//! For tests: a log on the other end of a bad connection.

use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;

use crate::envelope::{NewEvent, Position, Recorded, StreamName};
use crate::memory::MemoryLog;
use crate::port::{EventLog, Expected, LogError, Subscription};

/// A log whose answers to the first appends are lost on the way, half of them before they are recorded.
#[derive(Debug)]
pub(super) struct Lossy {
    log: MemoryLog,
    losses: AtomicU32,
}

impl Lossy {
    pub(super) fn over(log: MemoryLog) -> Self {
        let losses = AtomicU32::new(0);
        Self { log, losses }
    }
}

#[async_trait]
impl EventLog for Lossy {
    async fn append(
        &self,
        stream: &StreamName,
        expected: Expected,
        events: Vec<NewEvent>,
    ) -> Result<Vec<Recorded>, LogError> {
        let losses = self.losses.fetch_add(1, Ordering::Relaxed);
        if losses != 0 {
            let recorded = self.log.append(stream, expected, events).await;
            if losses > 1 {
                return recorded;
            }
        }
        Err(LogError::Unanswered {
            stream: stream.clone(),
            why: "the connection was lost".to_owned(),
        })
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
