//! Reading the log for the read models: pages of opened, decoded events.

use crate::store::{Checkpoint, Result, ViewsError};
use daicho_domain::nouns::Event;
use daicho_domain::stream::Stream;
use daicho_eventlog::sealing::{self, Keys};
use daicho_eventlog::{EventLog, LogError, Recorded, Subscription};
use serde_json::Value;
use std::sync::Arc;

/// An event, opened and in its typed form.
#[derive(Clone, Debug)]
pub(crate) struct Decoded {
    /// The envelope.
    pub recorded: Recorded,
    /// The stream, read from its name.
    pub stream: Stream,
    /// What happened.
    pub event: Event,
    /// The opened body, when it holds personal texts.
    pub personal: Option<Value>,
}

/// The log as the read models read it.
#[derive(Clone)]
pub struct Source {
    log: Arc<dyn EventLog>,
    keys: Arc<Keys>,
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
        Self { log, keys }
    }

    /// The number of the last event recorded.
    pub async fn head(&self) -> Result<Option<u64>> {
        let head = self.log.head().await.map_err(failure)?;
        Ok(head.map(|last| last.number))
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
            let number = recorded.number;
            match decode(&self.keys, recorded) {
                Ok(decoded) => events.push(decoded),
                Err(why) => {
                    let stop = Some(ViewsError::Unreadable { number, why });
                    return Page { events, more, stop };
                }
            }
        }
        let stop = None;
        Page { events, more, stop }
    }
}

/// Opens and types an event. What is wrong with it is said in words.
fn decode(keys: &Keys, recorded: Recorded) -> Result<Decoded, String> {
    let stream = recorded.stream.as_str().parse::<Stream>();
    let stream = stream.map_err(|error| error.to_string())?;
    let mut body = recorded.body.value().map_err(|error| error.to_string())?;
    let mut personal = None;
    if sealing::holds_sealed(&recorded.body) {
        sealing::open(keys, &recorded.stream, recorded.event_id, &mut body)
            .map_err(|error| error.to_string())?;
        personal = Some(body.clone());
    }
    let event = daicho_schemas::decode(&recorded.kind, body).map_err(|error| error.to_string())?;
    if event.noun() != stream.noun() {
        return Err(format!("a {} stands in the stream {stream}", recorded.kind));
    }
    Ok(Decoded {
        recorded,
        stream,
        event,
        personal,
    })
}

/// A failure of the log as the read models tell it.
pub(crate) fn failure(error: LogError) -> ViewsError {
    if let LogError::Unreadable { number, why } = error {
        return ViewsError::Unreadable { number, why };
    }
    ViewsError::Log(Box::new(error))
}
