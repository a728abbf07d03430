//! Reading the log for the read models: pages of opened, decoded events.

use crate::store::{Checkpoint, Result, ViewsError};
use chrono::{DateTime, Utc};
use daicho_eventlog::sealing::Keys;
use daicho_eventlog::{Codec, Decoded, EventLog, LogError, Recorded, Subscription};
use std::sync::Arc;

/// The log as the read models read it.
#[derive(Clone)]
pub struct Source {
    log: Arc<dyn EventLog>,
    codec: Codec,
}

/// Some events in the log's order.
pub(crate) struct Page {
    /// The events.
    pub events: Vec<Decoded>,
    /// There may be more behind them.
    pub more: bool,
    /// Why reading stops behind them.
    pub stop: Option<ViewsError>,
}

impl Page {
    pub fn end() -> Self {
        Self {
            events: Vec::new(),
            more: false,
            stop: None,
        }
    }

    pub fn stopped(stop: ViewsError) -> Self {
        Self {
            stop: Some(stop),
            ..Self::end()
        }
    }
}

impl Source {
    /// A source over this log, whose sealed texts these keys open.
    pub fn new(log: Arc<dyn EventLog>, keys: Arc<Keys>) -> Self {
        let codec = Codec::new(keys);
        Self { log, codec }
    }

    /// The number of the last event recorded.
    pub async fn head(&self) -> Result<Option<u64>> {
        let head = self.log.head().await.map_err(failure)?;
        Ok(head.map(|last| last.number))
    }

    /// The number of the last event recorded at or before an instant, from the log alone.
    pub async fn number_at(&self, instant: DateTime<Utc>) -> Result<Option<u64>> {
        // Instants never decrease with numbers, so that it is found by halving.
        let (mut below, mut above) = (0, self.head().await?.map_or(0, |last| last + 1));
        while below < above {
            let middle = below + (above - below) / 2;
            if self
                .recorded_at(middle)
                .await?
                .is_some_and(|at| at <= instant)
            {
                below = middle + 1;
            } else {
                above = middle;
            }
        }
        Ok(below.checked_sub(1))
    }

    async fn recorded_at(&self, number: u64) -> Result<Option<DateTime<Utc>>> {
        let before = match number.checked_sub(1) {
            None => None,
            Some(before) => self.log.position_of(before).await.map_err(failure)?,
        };
        let found = self.log.read_all(before, 1).await.map_err(failure)?;
        Ok(found.first().map(|event| event.recorded_at))
    }

    /// Rings when something is recorded after `reached`.
    pub async fn subscribe(&self, reached: Option<Checkpoint>) -> Result<Subscription> {
        let after = reached.map(|reached| reached.position);
        self.log.subscribe(after).await.map_err(failure)
    }

    /// At most `max` events after a checkpoint. In front of an event that cannot be read the page
    /// ends, and says so.
    pub(crate) async fn page(&self, reached: Option<Checkpoint>, max: usize) -> Page {
        let after = reached.map(|reached| reached.position);
        let next = reached.map_or(0, |reached| reached.number + 1);
        match self.log.read_all(after, max).await {
            Ok(recorded) => self.decode(recorded, max),
            Err(LogError::Unreadable { number, why }) if number > next => {
                let readable = usize::try_from(number - next).unwrap_or(max).min(max);
                let mut page = match self.log.read_all(after, readable).await {
                    Ok(recorded) => self.decode(recorded, max),
                    Err(error) => Page::stopped(failure(error)),
                };
                page.stop = page.stop.or(Some(ViewsError::Unreadable { number, why }));
                page
            }
            Err(error) => Page::stopped(failure(error)),
        }
    }

    fn decode(&self, recorded: Vec<Recorded>, max: usize) -> Page {
        let more = recorded.len() == max;
        let mut events = Vec::with_capacity(recorded.len());
        for recorded in recorded {
            match self.codec.decode(recorded) {
                Ok(decoded) => events.push(decoded),
                Err(error) => {
                    let stop = Some(failure(error));
                    return Page { events, more, stop };
                }
            }
        }
        let stop = None;
        Page { events, more, stop }
    }
}

/// A failure of the log as the read models tell it.
pub(crate) fn failure(error: LogError) -> ViewsError {
    if let LogError::Unreadable { number, why } = error {
        return ViewsError::Unreadable { number, why };
    }
    ViewsError::Log(error)
}
