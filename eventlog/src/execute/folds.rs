//! Streams folded to states, remembered so that a long stream is folded once.
//!
//! What is remembered is never trusted alone: the stream's tail is read from the log each time, so that a
//! decision rests on what the log holds at that moment.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use daicho_domain::nouns::{Event, State};
use daicho_domain::stream::Stream;
use uuid::Uuid;

use crate::codec::{Codec, Decoded};
use crate::envelope::StreamName;
use crate::port::{EventLog, LogError};

/// How many events of a stream are read at once.
const PAGE_EVENTS: usize = 512;

/// How many streams one generation of the memory holds.
const HELD_MAX: usize = 8192;

/// A stream up to one version.
#[derive(Clone, Debug)]
pub(super) struct Fold {
    pub(super) state: Arc<State>,
    /// The version of the last event, `None` for a stream without events.
    pub(super) version: Option<u64>,
    /// The commands that were decided on it, with the version of the first event of each.
    commands: Arc<Vec<(Uuid, u64)>>,
}

impl Fold {
    fn empty(stream: &Stream) -> Self {
        Self {
            state: Arc::new(State::initial(stream.noun())),
            version: None,
            commands: Arc::default(),
        }
    }

    fn then(self, decoded: &[Decoded]) -> Self {
        self.and(decoded.iter().map(
            |Decoded {
                 recorded, event, ..
             }| { (recorded.version, recorded.command_id, event) },
        ))
    }

    /// With events that a command has decided and that are to be recorded next.
    pub(super) fn then_decided(self, command_id: Uuid, events: &[Event]) -> Self {
        let versions = self.version.map_or(0, |version| version + 1)..;
        self.and(
            versions
                .zip(events)
                .map(|(version, event)| (version, command_id, event)),
        )
    }

    fn and<'a>(mut self, events: impl Iterator<Item = (u64, Uuid, &'a Event)>) -> Self {
        let mut state = Arc::unwrap_or_clone(self.state);
        let commands = Arc::make_mut(&mut self.commands);
        for (version, command_id, event) in events {
            state = state.evolve(event);
            self.version = Some(version);
            if commands.last().map(|(command, _)| *command) != Some(command_id) {
                commands.push((command_id, version));
            }
        }
        self.state = Arc::new(state);
        self
    }

    /// The version of the first event that this command gave, if it was decided before.
    pub(super) fn decided(&self, command_id: Uuid) -> Option<u64> {
        let found = self.commands.iter().find(|(id, _)| *id == command_id)?;
        Some(found.1)
    }
}

/// Two generations of folds: when the young one is full it becomes the old one, and what nobody asked for goes.
#[derive(Debug, Default)]
struct Held {
    young: HashMap<Stream, Fold>,
    old: HashMap<Stream, Fold>,
}

/// The folds of a log's streams.
#[derive(Debug, Default)]
pub(super) struct Folds {
    held: Mutex<Held>,
}

impl Folds {
    /// The stream as the log holds it now.
    pub(super) async fn load(
        &self,
        log: &dyn EventLog,
        codec: &Codec,
        stream: &Stream,
    ) -> Result<Fold, LogError> {
        let name = StreamName::from(stream);
        let mut fold = self.take(stream).unwrap_or_else(|| Fold::empty(stream));
        loop {
            let from = fold.version.map_or(0, |version| version + 1);
            let page = log.read_stream(&name, from, PAGE_EVENTS).await?;
            let read = page.len();
            if read > 0 {
                let decoded: Result<Vec<_>, _> =
                    page.into_iter().map(|event| codec.decode(event)).collect();
                fold = fold.then(&decoded?);
            }
            if read < PAGE_EVENTS {
                break;
            }
        }
        if fold.version.is_some() {
            self.hold(stream, fold.clone());
        }
        Ok(fold)
    }

    /// Remembers nothing more: a person's text may stand in any state.
    pub(super) fn forget(&self) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        *held = Held::default();
    }

    /// Remembers this stream no more.
    pub(super) fn forget_one(&self, stream: &Stream) {
        let _forgotten = self.take(stream);
    }

    /// Takes a fold out, so that going on from it need not copy the state.
    fn take(&self, stream: &Stream) -> Option<Fold> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let Held { young, old } = &mut *held;
        young.remove(stream).or_else(|| old.remove(stream))
    }

    /// Remembers a fold of what the log holds.
    pub(super) fn hold(&self, stream: &Stream, fold: Fold) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if held.young.len() >= HELD_MAX {
            held.old = std::mem::take(&mut held.young);
        }
        held.young.insert(stream.clone(), fold);
    }
}
