//! For tests: a log that somebody else writes between a decision and its append.

use std::sync::Mutex;

use async_trait::async_trait;

use crate::envelope::{NewEvent, Position, Recorded, StreamName};
use crate::memory::MemoryLog;
use crate::port::{EventLog, Expected, InTurn, LogError, NewAppend, Subscription};

/// A log into which somebody puts an event right before the first appends in turn.
#[derive(Debug)]
pub(super) struct Meddled {
    log: MemoryLog,
    between: Mutex<Option<(StreamName, NewEvent)>>,
}

impl Meddled {
    pub(super) fn with(log: MemoryLog, stream: &str, event: NewEvent) -> Self {
        let between = Mutex::new(Some((stream.into(), event)));
        Self { log, between }
    }
}

#[async_trait]
impl EventLog for Meddled {
    async fn append(
        &self,
        stream: &StreamName,
        expected: Expected,
        events: Vec<NewEvent>,
    ) -> Result<Vec<Recorded>, LogError> {
        self.log.append(stream, expected, events).await
    }

    async fn append_in_turn(&self, appends: Vec<NewAppend>) -> InTurn {
        let between = self.between.lock().expect("nothing panics here").take();
        if let Some((stream, event)) = between {
            let put = self.log.append(&stream, Expected::Any, vec![event]).await;
            put.expect("it is taken");
        }
        self.log.append_in_turn(appends).await
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
