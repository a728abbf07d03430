//! What was counted so far, the last events of it as they are, and who waits for the next.

use std::collections::{HashMap, VecDeque};

use tokio::sync::oneshot;

use super::index::{Index, Place};
use super::token::{At, Token};
use super::wire::{Came, What};
use crate::envelope::{Recorded, StreamName};
use crate::port::LogError;

/// How many of the last events are held in memory, for those who follow at the head.
const TAIL_EVENTS_MAX: usize = 8192;

/// How many bytes of bodies these may have.
const TAIL_BYTES_MAX: usize = 16 << 20;

/// The count, held under a lock by the readers of one log.
#[derive(Debug)]
pub(super) struct Counted {
    index: Index,
    /// The last events, without gap up to the last one counted.
    tail: VecDeque<Recorded>,
    tail_bytes: usize,
    /// Behind which place the cluster is asked to go on.
    resume: Option<At>,
    /// Why nothing more is counted.
    stopped: Option<LogError>,
    waiting: HashMap<StreamName, Vec<(u64, oneshot::Sender<Place>)>>,
}

/// An event's place, or the way to hear of it.
pub(super) enum Counting {
    Known(Place),
    Awaited(oneshot::Receiver<Place>),
}

impl Counted {
    pub(super) fn new() -> Result<Self, LogError> {
        Ok(Self {
            index: Index::new().map_err(failed)?,
            tail: VecDeque::new(),
            tail_bytes: 0,
            resume: None,
            stopped: None,
            waiting: HashMap::new(),
        })
    }

    pub(super) fn last(&self) -> Option<Place> {
        self.index.last()
    }

    pub(super) fn resume(&self) -> Option<At> {
        self.resume
    }

    pub(super) fn stopped(&self) -> Option<&LogError> {
        self.stopped.as_ref()
    }

    /// Counts nothing more. Who waits hears why.
    pub(super) fn stop(&mut self, why: LogError) {
        self.stopped = Some(why);
        self.waiting.clear();
    }

    /// Everything up to this place was looked at.
    pub(super) fn looked_at(&mut self, at: At) {
        self.resume = self.resume.max(Some(at));
    }

    /// Counts what came, in order. At the first that stops the reader, what was counted before it stays.
    pub(super) fn take(&mut self, came: Vec<Came>) -> Result<(), LogError> {
        self.index.begin().map_err(failed)?;
        let taken = came.into_iter().try_for_each(|came| self.take_one(came));
        self.index.commit().map_err(failed)?;
        taken
    }

    fn take_one(&mut self, came: Came) -> Result<(), LogError> {
        let Came {
            at,
            stream,
            version,
            what,
        } = came;
        let number = self.index.next();
        let (event, recorded_at, said) = match what {
            What::Foreign => {
                self.looked_at(at);
                return Ok(());
            }
            What::Cut(why) => return Err(LogError::Cut { stream, why }),
            What::NotOurs(why) => {
                let why = format!("{why}, in {stream} at position {at}");
                return Err(LogError::Unreadable { number, why });
            }
            What::Ours {
                event,
                recorded_at,
                said,
            } => (event, recorded_at, said),
        };
        // A server that begins a little earlier than it was asked to.
        if self.resume.is_some_and(|resume| at <= resume) {
            return self.came_before(&stream, version, at);
        }
        let next = self.index.last_version(&stream).map_err(failed)?;
        let next = next.map_or(0, |last| last + 1);
        if version != next {
            let why = format!("version {next} was expected at position {at}, {version} came");
            return Err(LogError::Cut { stream, why });
        }
        if let Some(said) = said.filter(|said| *said != number) {
            let why = format!("at position {at} the server calls it number {said}");
            return Err(LogError::Unreadable { number, why });
        }
        let place = self
            .index
            .count(&stream, version, at, &event, recorded_at)
            .map_err(failed)?;
        self.looked_at(at);
        self.hold(place.recorded(event, &stream));
        self.tell(&stream, place);
        Ok(())
    }

    /// An event that was counted already, and stands where it stood.
    fn came_before(&self, stream: &StreamName, version: u64, at: At) -> Result<(), LogError> {
        let place = self.index.of_version(stream, version).map_err(failed)?;
        match place {
            Some(place) if place.at == at => Ok(()),
            Some(_) | None => Err(LogError::Unreadable {
                number: self.index.next(),
                why: format!("{stream} version {version} came out of order, at position {at}"),
            }),
        }
    }

    fn hold(&mut self, recorded: Recorded) {
        self.tail_bytes += recorded.body.as_str().len();
        self.tail.push_back(recorded);
        while self.tail.len() > TAIL_EVENTS_MAX || self.tail_bytes > TAIL_BYTES_MAX {
            let Some(first) = self.tail.pop_front() else {
                return;
            };
            self.tail_bytes -= first.body.as_str().len();
        }
    }

    fn tell(&mut self, stream: &StreamName, place: Place) {
        let Some(waiting) = self.waiting.get_mut(stream) else {
            return;
        };
        let told = waiting.extract_if(.., |(version, _)| *version == place.version);
        for (_, waits) in told {
            // Who waits no more need not hear.
            let _ = waits.send(place);
        }
        if waiting.is_empty() {
            self.waiting.remove(stream);
        }
    }

    /// The place of a stream's event, now or when it is counted.
    pub(super) fn await_version(
        &mut self,
        stream: &StreamName,
        version: u64,
    ) -> Result<Counting, LogError> {
        if let Some(place) = self.place(stream, version)? {
            return Ok(Counting::Known(place));
        }
        if let Some(why) = &self.stopped {
            return Err(why.clone());
        }
        let (told, awaited) = oneshot::channel();
        let waiting = self.waiting.entry(stream.clone()).or_default();
        waiting.retain(|(_, waits)| !waits.is_closed());
        waiting.push((version, told));
        Ok(Counting::Awaited(awaited))
    }

    /// The place of a stream's event, if it was counted.
    pub(super) fn place(
        &self,
        stream: &StreamName,
        version: u64,
    ) -> Result<Option<Place>, LogError> {
        self.index.of_version(stream, version).map_err(failed)
    }

    /// Whether anything was counted in this stream.
    pub(super) fn knows(&self, stream: &StreamName) -> Result<bool, LogError> {
        let last = self.index.last_version(stream).map_err(failed)?;
        Ok(last.is_some())
    }

    /// The last version counted in a stream.
    pub(super) fn last_version(&self, stream: &StreamName) -> Result<Option<u64>, LogError> {
        self.index.last_version(stream).map_err(failed)
    }

    /// The place of the event with this number, if it was counted.
    pub(super) fn numbered(&self, number: u64) -> Result<Option<Place>, LogError> {
        self.index.of_number(number).map_err(failed)
    }

    /// The number a position says, once it is known to be one of ours. What lies behind the count is not known yet.
    pub(super) fn number_of(&self, token: Token) -> Result<Option<u64>, LogError> {
        match self.numbered(token.number)? {
            Some(place) if place.at == token.at => Ok(Some(token.number)),
            Some(_) => Err(LogError::ForeignPosition),
            None => Ok(None),
        }
    }

    /// The event with this number, while it is among the last ones.
    pub(super) fn held(&self, number: u64) -> Option<&Recorded> {
        let first = self.tail.front()?.number;
        let at = usize::try_from(number.checked_sub(first)?).ok()?;
        self.tail.get(at)
    }

    /// At most `max` of the last events from a number on; `None` when that number is none of them.
    pub(super) fn held_from(&self, number: u64, max: usize) -> Option<Vec<Recorded>> {
        if number == self.index.next() {
            return Some(Vec::new());
        }
        let first = self.tail.front()?.number;
        let at = usize::try_from(number.checked_sub(first)?).ok()?;
        let held = self.tail.range(at.min(self.tail.len())..);
        Some(held.take(max).cloned().collect())
    }
}

/// The file of places failed: a disk without room for temporary files, most likely.
fn failed(error: rusqlite::Error) -> LogError {
    LogError::Failed {
        path: std::env::temp_dir(),
        why: format!("the numbers counted cannot be kept: {error}"),
    }
}
