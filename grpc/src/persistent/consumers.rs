//! Those who share the events of one subscription, and whose turn it is.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use daicho_eventlog::foreign::Entry;
use tokio::sync::Notify;
use tonic::Status;

use super::answer::Answer;
use super::group::Answers;
use super::settings::Strategy;

/// How many events one consumer may hold, whatever it asks for.
const SLOTS_MAX: usize = 10_000;

/// A consumer that is connected.
#[derive(Debug)]
pub(crate) struct Consumer {
    pub(crate) id: u64,
    slots: usize,
    held: usize,
    given: u64,
    answers: Answers,
}

/// How a consumer stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ConsumerFigures {
    pub(crate) given: u64,
    pub(crate) slots: usize,
    pub(crate) held: usize,
}

impl Consumer {
    fn has_room(&self) -> bool {
        self.held < self.slots && self.answers.capacity() > 0
    }

    /// Gives it an event; it has room.
    pub(crate) fn give(&mut self, entry: Entry, retries: u32) {
        self.held += 1;
        self.given += 1;
        // One that has just gone is found by its closed channel, and what it held is given to another.
        let _ = self.answers.try_send(Ok(Answer::Event(entry, retries)));
    }

    pub(crate) fn figures(&self) -> ConsumerFigures {
        ConsumerFigures {
            given: self.given,
            slots: self.slots,
            held: self.held,
        }
    }
}

/// What a consumer is told when it has joined: its number, and what it rings when it has taken an event.
#[derive(Debug)]
pub(crate) struct Joined {
    pub(crate) consumer: u64,
    pub(crate) taken: Arc<Notify>,
}

/// The consumers of one subscription.
#[derive(Debug)]
pub(crate) struct Consumers {
    strategy: Strategy,
    all: Vec<Consumer>,
    next_id: u64,
    turn: usize,
}

impl Consumers {
    pub(crate) fn new(strategy: Strategy) -> Self {
        Self {
            strategy,
            all: Vec::new(),
            next_id: 0,
            turn: 0,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Consumer> {
        self.all.iter()
    }

    /// Lets one more in.
    pub(crate) fn add(&mut self, buffer: i32, answers: Answers, taken: Arc<Notify>) -> Joined {
        self.next_id += 1;
        let slots = usize::try_from(buffer).unwrap_or(1).clamp(1, SLOTS_MAX);
        self.all.push(Consumer {
            id: self.next_id,
            slots,
            held: 0,
            given: 0,
            answers,
        });
        Joined {
            consumer: self.next_id,
            taken,
        }
    }

    pub(crate) fn remove(&mut self, id: u64) {
        self.all.retain(|consumer| consumer.id != id);
    }

    /// Ends one, with what it is told.
    pub(crate) fn drop_one(&mut self, id: u64, why: &Status) {
        if let Some(consumer) = self.all.iter().find(|consumer| consumer.id == id) {
            let _ = consumer.answers.try_send(Err(why.clone()));
        }
        self.remove(id);
    }

    /// Ends all of them.
    pub(crate) fn end(&mut self, why: &Status) {
        for consumer in self.all.drain(..) {
            let _ = consumer.answers.try_send(Err(why.clone()));
        }
    }

    /// Those who have gone without a word.
    pub(crate) fn take_gone(&mut self) -> Vec<u64> {
        let gone = self
            .all
            .iter()
            .filter(|consumer| consumer.answers.is_closed());
        let gone: Vec<_> = gone.map(|consumer| consumer.id).collect();
        self.all.retain(|consumer| !gone.contains(&consumer.id));
        gone
    }

    /// A consumer holds one event less.
    pub(crate) fn free(&mut self, id: u64) {
        if let Some(consumer) = self.all.iter_mut().find(|consumer| consumer.id == id) {
            consumer.held = consumer.held.saturating_sub(1);
        }
    }

    pub(crate) fn have_room(&self) -> bool {
        self.all.iter().any(Consumer::has_room)
    }

    /// Whose turn this event is; `None` when that one has no room.
    pub(crate) fn choose(&mut self, entry: &Entry) -> Option<&mut Consumer> {
        let count = self.all.len();
        let index = match self.strategy {
            Strategy::DispatchToSingle => self.all.iter().position(Consumer::has_room),
            Strategy::RoundRobin => {
                let turns = (0..count).map(|step| (self.turn + step) % count);
                let index = turns.into_iter().find(|index| self.all[*index].has_room());
                self.turn = index.map_or(self.turn, |index| index + 1);
                index
            }
            Strategy::Pinned => {
                let mut hasher = DefaultHasher::new();
                entry.stream.hash(&mut hasher);
                let pinned = hasher.finish().checked_rem(count as u64);
                let pinned = pinned.and_then(|pinned| usize::try_from(pinned).ok());
                pinned.filter(|index| self.all[*index].has_room())
            }
        };
        index.and_then(|index| self.all.get_mut(index))
    }
}
