//! A page of entries on its way to a client. What it weighs counts against what all pages together may hold, until
//! the next page is asked for: the entry given out last may still wait in front of a client that takes nothing.

use std::collections::VecDeque;

use daicho_eventlog::foreign::Entry;
use tokio::sync::OwnedSemaphorePermit;

/// Entries in their order.
#[derive(Debug, Default)]
pub(crate) struct Page {
    entries: VecDeque<Entry>,
    _held: Option<OwnedSemaphorePermit>,
}

impl Page {
    /// These entries, as long as they hold so much.
    pub(crate) fn holding(entries: Vec<Entry>, held: OwnedSemaphorePermit) -> Self {
        Self {
            entries: entries.into(),
            _held: Some(held),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn first(&self) -> Option<&Entry> {
        self.entries.front()
    }

    pub(crate) fn last(&self) -> Option<&Entry> {
        self.entries.back()
    }

    /// Takes the next entry out.
    pub(crate) fn take(&mut self) -> Option<Entry> {
        self.entries.pop_front()
    }

    /// Puts an entry back that was taken out.
    pub(crate) fn put_back(&mut self, entry: Entry) {
        self.entries.push_front(entry);
    }
}
