//! Reading: events from the cluster, their numbers and digests from the count.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use kurrentdb::RecordedEvent;
use tokio::time::timeout;

use super::counted::{Counted, Counting};
use super::index::Place;
use super::session::Session;
use super::token::Token;
use super::wire::{self, Came, What};
use crate::envelope::{Position, Recorded, StreamName};
use crate::port::LogError;
use crate::subscription::Pages;

/// How many events are asked of the cluster at once.
const PAGE_EVENTS_MAX: usize = 2048;

/// How long an event that the cluster has may take to come through the subscription as well.
const COUNTED_WITHIN: Duration = Duration::from_secs(30);

/// What every reader of one log shares.
#[derive(Debug)]
pub(super) struct Reading {
    session: Session,
    counted: Mutex<Counted>,
}

impl Reading {
    pub(super) fn new(session: Session) -> Result<Self, LogError> {
        Ok(Self {
            session,
            counted: Mutex::new(Counted::new()?),
        })
    }

    pub(super) fn session(&self) -> &Session {
        &self.session
    }

    pub(super) fn counted(&self) -> MutexGuard<'_, Counted> {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until everything is counted that the cluster holds now, however long that takes.
    pub(super) async fn catch_up(&self) -> Result<(), LogError> {
        let Some(last) = self.session.last().await? else {
            return Ok(());
        };
        let last = wire::came(&last);
        let counting = self.counted().await_version(&last.stream, last.version)?;
        match counting {
            Counting::Known(_) => Ok(()),
            Counting::Awaited(awaited) => match awaited.await {
                Ok(_) => Ok(()),
                Err(_) => Err(self.why_stopped()),
            },
        }
    }

    /// The place of an event that the cluster has.
    pub(super) async fn place(&self, stream: &StreamName, version: u64) -> Result<Place, LogError> {
        let counting = self.counted().await_version(stream, version)?;
        let awaited = match counting {
            Counting::Known(place) => return Ok(place),
            Counting::Awaited(awaited) => awaited,
        };
        match timeout(COUNTED_WITHIN, awaited).await {
            Ok(Ok(place)) => Ok(place),
            Ok(Err(_)) => Err(self.why_stopped()),
            Err(_) => Err(self.session.away(format!(
                "{stream} version {version} did not come through the subscription"
            ))),
        }
    }

    fn why_stopped(&self) -> LogError {
        let stopped = self.counted().stopped().cloned();
        stopped.unwrap_or_else(|| LogError::Stopped {
            why: format!("{} is read no more", self.session.address()),
        })
    }

    /// As [`crate::EventLog::read_stream`].
    pub(super) async fn stream(
        &self,
        stream: &StreamName,
        from: u64,
        max: usize,
    ) -> Result<Vec<Recorded>, LogError> {
        let mut read = Vec::new();
        while read.len() < max {
            let next = from.saturating_add(read.len() as u64);
            let asked = PAGE_EVENTS_MAX.min(max - read.len());
            let page = self.session.read_stream(stream, next, asked).await?;
            let Some(page) = page else {
                return match self.counted().knows(stream)? {
                    false => Ok(read),
                    true => Err(LogError::Cut {
                        stream: stream.clone(),
                        why: "it was deleted".to_owned(),
                    }),
                };
            };
            let came = page.len();
            for (version, event) in (next..).zip(&page) {
                if event.revision != version {
                    let found = event.revision;
                    let why = format!("version {version} was expected, {found} came");
                    let stream = stream.clone();
                    return Err(LogError::Cut { stream, why });
                }
            }
            read.extend(self.recorded(page).await?);
            if came < asked {
                break;
            }
        }
        Ok(read)
    }

    /// These events of the cluster with what was counted of them: as many as are before what stops the readers.
    async fn recorded(&self, events: Vec<RecordedEvent>) -> Result<Vec<Recorded>, LogError> {
        let came: Vec<Came> = events.iter().map(wire::came).collect();
        let Some(last) = came.last() else {
            return Ok(Vec::new());
        };
        let counted = self.place(&last.stream, last.version).await;
        let mut recorded = Vec::with_capacity(came.len());
        for Came {
            stream,
            version,
            what,
            ..
        } in came
        {
            let place = self.counted().place(&stream, version)?;
            match (place, what) {
                (Some(place), What::Ours { event, .. }) => {
                    recorded.push(place.recorded(event, &stream));
                }
                (_, _) => break,
            }
        }
        match counted {
            Err(error) if recorded.is_empty() => Err(error),
            Ok(_) | Err(_) => Ok(recorded),
        }
    }

    /// The number after which a reader goes on, `None` for the beginning.
    pub(super) async fn number_of(
        &self,
        after: Option<Position>,
    ) -> Result<Option<Token>, LogError> {
        let Some(position) = after else {
            return Ok(None);
        };
        let token = Token::read(position)?;
        if self.counted().number_of(token)?.is_some() {
            return Ok(Some(token));
        }
        // Another process may have given it for an event that is still on its way to this one.
        self.catch_up().await?;
        match self.counted().number_of(token)? {
            Some(_) => Ok(Some(token)),
            None => Err(LogError::ForeignPosition),
        }
    }

    /// As [`crate::EventLog::read_all`].
    pub(super) async fn all(
        &self,
        after: Option<Position>,
        max: usize,
    ) -> Result<Vec<Recorded>, LogError> {
        let mut last = self.number_of(after).await?;
        let mut read: Vec<Recorded> = Vec::new();
        while read.len() < max {
            let next = last.map_or(0, |last| last.number + 1);
            let room = max - read.len();
            let held = self.counted().held_from(next, room);
            let page = match held {
                Some(held) if !held.is_empty() => held,
                Some(_) | None => self.page_of_all(last, room).await?,
            };
            let Some(event) = page.last() else { break };
            last = Some(Token::read(event.position)?);
            if page.first().is_some_and(|first| first.number != next) {
                return Err(LogError::Unreadable {
                    number: next,
                    why: "the server left it out".to_owned(),
                });
            }
            read.extend(page);
        }
        Ok(read)
    }

    async fn page_of_all(
        &self,
        last: Option<Token>,
        max: usize,
    ) -> Result<Vec<Recorded>, LogError> {
        // What is read from a place begins with the event that stands there.
        let asked = PAGE_EVENTS_MAX.min(max.saturating_add(1));
        let from = last.map(|last| last.at);
        let mut page = self.session.read_all(from, asked).await?;
        page.retain(|event| wire::is_ours(event.stream_id()));
        if let (Some(last), Some(first)) = (last, page.first()) {
            match wire::came(first).at == last.at {
                true => drop(page.remove(0)),
                false => {
                    return Err(LogError::Unreadable {
                        number: last.number,
                        why: format!("it is gone from position {}", last.at),
                    });
                }
            }
        }
        page.truncate(max);
        self.recorded(page).await
    }

    /// The last event that the cluster has.
    pub(super) async fn head(&self) -> Result<Option<Recorded>, LogError> {
        let last = self.session.last().await?;
        match last {
            Some(last) => {
                let came = wire::came(&last);
                let place = self.place(&came.stream, came.version).await?;
                Ok(self.recorded(vec![last]).await?.pop().or_else(|| {
                    // It was counted, so it is ours.
                    self.counted().held(place.number).cloned()
                }))
            }
            None => match self.counted().last() {
                None => Ok(None),
                Some(last) => Err(LogError::Unreadable {
                    number: last.number,
                    why: "the server has it no more".to_owned(),
                }),
            },
        }
    }

    /// As [`crate::EventLog::position_of`].
    pub(super) async fn position_of(&self, number: u64) -> Result<Option<Position>, LogError> {
        if self
            .counted()
            .last()
            .is_none_or(|last| last.number < number)
        {
            self.catch_up().await?;
        }
        let place = self.counted().numbered(number)?;
        Ok(place.map(|place| {
            Token {
                at: place.at,
                number,
            }
            .position()
        }))
    }
}

#[async_trait]
impl Pages for Reading {
    async fn page(&self, after: Option<Position>, max: usize) -> Result<Vec<Recorded>, LogError> {
        let token = match after {
            None => None,
            Some(position) => Some(Token::read(position)?),
        };
        let next = token.map_or(0, |token| token.number + 1);
        let held = {
            let counted = self.counted();
            match (counted.held_from(next, max), counted.stopped()) {
                (Some(held), Some(why)) if held.is_empty() => return Err(why.clone()),
                (held, _) => held,
            }
        };
        match held {
            Some(held) => Ok(held),
            None => self.all(after, max).await,
        }
    }
}
