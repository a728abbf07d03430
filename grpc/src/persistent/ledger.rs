//! Who has what: the events that consumers hold, by their ids, with the instant at which each is overdue; and from
//! which revision or place on something is still open.
//!
//! No event is held here, only where it stands: a consumer that never answers costs a few words per event.

use std::collections::{BTreeSet, HashMap};

use tokio::time::Instant;
use uuid::Uuid;

/// Where an event stands, and what became of it so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Item {
    /// Its revision or place.
    pub(crate) at: u64,
    /// How often it was given out before.
    pub(crate) retries: u32,
    /// Its row among the parked, when it is replayed from there.
    pub(crate) parked: Option<i64>,
}

/// An event that a consumer holds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Held {
    pub(crate) item: Item,
    pub(crate) id: Uuid,
    pub(crate) consumer: u64,
    overdue: Option<Instant>,
}

/// The events that are with consumers.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    next: u64,
    held: HashMap<u64, Held>,
    /// The same id may stand in two streams.
    by_id: HashMap<Uuid, Vec<u64>>,
    overdue: BTreeSet<(Instant, u64)>,
}

impl Ledger {
    pub(crate) fn len(&self) -> usize {
        self.held.len()
    }

    /// Whether a consumer holds an event that was replayed.
    pub(crate) fn holds_replayed(&self) -> bool {
        self.held.values().any(|held| held.item.parked.is_some())
    }

    /// Notes that a consumer was given an event.
    pub(crate) fn give(&mut self, item: Item, id: Uuid, consumer: u64, overdue: Option<Instant>) {
        let entry = self.next;
        self.next += 1;
        let held = Held {
            item,
            id,
            consumer,
            overdue,
        };
        self.held.insert(entry, held);
        self.by_id.entry(id).or_default().push(entry);
        self.overdue.extend(overdue.map(|at| (at, entry)));
    }

    /// Takes back the event with this id from a consumer.
    pub(crate) fn take(&mut self, id: &Uuid, consumer: u64) -> Option<Held> {
        let entries = self.by_id.get(id)?;
        let is_its = |entry: &&u64| self.held[entry].consumer == consumer;
        let entry = *entries.iter().find(is_its)?;
        self.remove(entry)
    }

    /// Takes back everything a consumer holds, the first given first.
    pub(crate) fn take_all_of(&mut self, consumer: u64) -> Vec<Held> {
        let of_it = self
            .held
            .iter()
            .filter(|(_, held)| held.consumer == consumer);
        let mut entries: Vec<_> = of_it.map(|(entry, _)| *entry).collect();
        entries.sort_unstable();
        entries
            .into_iter()
            .filter_map(|entry| self.remove(entry))
            .collect()
    }

    /// Takes back the first event that is overdue.
    pub(crate) fn take_overdue(&mut self, now: Instant) -> Option<Held> {
        let (at, entry) = *self.overdue.first()?;
        match at <= now {
            true => self.remove(entry),
            false => None,
        }
    }

    /// When the next event is overdue.
    pub(crate) fn next_overdue(&self) -> Option<Instant> {
        self.overdue.first().map(|(at, _)| *at)
    }

    fn remove(&mut self, entry: u64) -> Option<Held> {
        let held = self.held.remove(&entry)?;
        if let Some(entries) = self.by_id.get_mut(&held.id) {
            entries.retain(|other| *other != entry);
            if entries.is_empty() {
                self.by_id.remove(&held.id);
            }
        }
        if let Some(at) = held.overdue {
            self.overdue.remove(&(at, entry));
        }
        Some(held)
    }
}

/// What of a stream, or of everything, is done: all before one revision or place.
#[derive(Debug)]
pub(crate) struct Progress {
    open: BTreeSet<u64>,
    /// The first revision or place that was not read.
    read: u64,
    kept: u64,
    /// How many events were done since it was kept.
    since: u32,
}

impl Progress {
    pub(crate) fn from(next: u64) -> Self {
        Self {
            open: BTreeSet::new(),
            read: next,
            kept: next,
            since: 0,
        }
    }

    /// An event was read that is to be given out.
    pub(crate) fn begun(&mut self, at: u64) {
        self.open.insert(at);
        self.read = at + 1;
    }

    /// An event was read that nobody wants. It counts: who wants few events of many comes on, too.
    pub(crate) fn passed(&mut self, at: u64) {
        self.read = at + 1;
        self.since = self.since.saturating_add(1);
    }

    /// An event is done, whichever way.
    pub(crate) fn done(&mut self, at: u64) {
        if self.open.remove(&at) {
            self.since = self.since.saturating_add(1);
        }
    }

    /// The first revision or place that is not done.
    pub(crate) fn next(&self) -> u64 {
        self.open.first().copied().unwrap_or(self.read)
    }

    /// What to keep now, if enough was done: `enough` events, or anything at all.
    pub(crate) fn take_kept(&mut self, enough: u32) -> Option<u64> {
        let next = self.next();
        (next != self.kept && self.since >= enough).then(|| {
            (self.kept, self.since) = (next, 0);
            next
        })
    }

    /// What was kept last.
    pub(crate) fn kept(&self) -> u64 {
        self.kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_done_reaches_up_to_the_first_event_that_is_not() {
        let mut progress = Progress::from(5);
        for at in [5, 6, 7] {
            progress.begun(at);
        }
        progress.passed(8);
        progress.done(6);
        assert_eq!((progress.next(), progress.take_kept(1)), (5, None));
        progress.done(5);
        assert_eq!(progress.take_kept(4), None, "too few");
        assert_eq!(progress.take_kept(3), Some(7));
        progress.done(7);
        assert_eq!(progress.take_kept(1), Some(9));
        assert_eq!(progress.take_kept(0), None, "it is kept already");
    }

    #[test]
    fn an_event_is_taken_back_from_who_has_it_once() {
        let mut ledger = Ledger::default();
        let item = |at| Item {
            at,
            retries: 0,
            parked: None,
        };
        let (id, now) = (Uuid::from_u128(1), Instant::now());
        ledger.give(item(1), id, 7, Some(now));
        ledger.give(item(2), id, 8, None);
        assert_eq!(ledger.take(&id, 8).map(|held| held.item.at), Some(2));
        assert!(ledger.take(&id, 8).is_none());
        assert_eq!(ledger.take_overdue(now).map(|held| held.item.at), Some(1));
        assert_eq!((ledger.len(), ledger.next_overdue()), (0, None));
    }
}
