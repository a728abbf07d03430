//! For tests: a log on the other end of a bad connection, or one that somebody else writes as well.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;

use crate::envelope::{NewEvent, Position, Recorded, StreamName};
use crate::memory::MemoryLog;
use crate::port::{EventLog, Expected, LogError, Subscription};

/// How many appends are answered with nothing, the first of them before it is recorded.
const LOSSES: u32 = 2;

/// A log that does not do as it is told at once.
#[derive(Debug)]
pub(super) struct Troubled {
    log: MemoryLog,
    appends: AtomicU32,
    between: Mutex<Option<(StreamName, NewEvent)>>,
}

impl Troubled {
    /// The answers to the first appends are lost on the way, half of them before they are recorded.
    pub(super) fn losing_answers(log: MemoryLog) -> Self {
        Self {
            log,
            appends: AtomicU32::new(0),
            between: Mutex::default(),
        }
    }

    /// Somebody puts an event into this stream right before the first append to it.
    pub(super) fn written_between(log: MemoryLog, stream: &str, event: NewEvent) -> Self {
        Self {
            log,
            appends: AtomicU32::new(LOSSES),
            between: Mutex::new(Some((stream.into(), event))),
        }
    }

    fn between(&self, stream: &StreamName) -> Option<NewEvent> {
        let mut between = self.between.lock().expect("nothing panics here");
        let (_, event) = between.take_if(|(written, _)| written == stream)?;
        Some(event)
    }
}

#[async_trait]
impl EventLog for Troubled {
    async fn append(
        &self,
        stream: &StreamName,
        expected: Expected,
        events: Vec<NewEvent>,
    ) -> Result<Vec<Recorded>, LogError> {
        if let Some(event) = self.between(stream) {
            let put = self.log.append(stream, Expected::Any, vec![event]).await;
            put.expect("it is taken");
        }
        let before = self.appends.fetch_add(1, Ordering::Relaxed);
        if before != 0 {
            let recorded = self.log.append(stream, expected, events).await;
            if before >= LOSSES {
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
