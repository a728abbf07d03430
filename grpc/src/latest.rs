//! The newest entries, kept for everybody who follows: read once after each commit, however many wait for it. Who is
//! further behind asks the file.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use daicho_eventlog::LogError;
use daicho_eventlog::foreign::{Entry, Place, Room, Way};
use tokio::sync::watch;
use tonic::Status;

use crate::shared::Served;

/// How much is kept.
const KEPT: Room = Room {
    events: 1024,
    bytes: 8 << 20,
};

/// The newest entries, and the bell that says that there are newer ones.
#[derive(Debug)]
pub(crate) struct Latest {
    kept: Mutex<Option<Kept>>,
    bell: watch::Sender<()>,
}

/// Every entry of the log that stands between two places.
#[derive(Debug)]
struct Kept {
    entries: VecDeque<Entry>,
    bytes: usize,
    /// The first place, included.
    from: Place,
    /// The last place, excluded.
    until: Place,
}

impl Default for Latest {
    fn default() -> Self {
        Self {
            kept: Mutex::default(),
            bell: watch::channel(()).0,
        }
    }
}

impl Latest {
    /// Rings when there may be newer entries.
    pub(crate) fn bell(&self) -> watch::Receiver<()> {
        self.bell.subscribe()
    }

    /// What is recorded from here on will be found here; everything before it stands in the file.
    pub(crate) fn until(&self) -> Place {
        let kept = self.lock();
        kept.as_ref().map_or(Place::START, |kept| kept.until)
    }

    /// The wanted ones from a place on, as many as there is room for, and the place up to which that is all of them.
    /// `None` when what is kept does not reach back so far.
    pub(crate) fn since(
        &self,
        from: Place,
        mut wanted: impl FnMut(&Entry) -> bool,
        room: Room,
    ) -> Option<(Vec<Entry>, Place)> {
        let kept = self.lock();
        let kept = kept.as_ref().filter(|kept| kept.from <= from)?;
        let (mut found, mut bytes) = (Vec::new(), 0);
        let begin = kept.entries.partition_point(|entry| entry.place < from);
        for entry in kept.entries.range(begin..).filter(|entry| wanted(entry)) {
            bytes += entry.bytes();
            if !found.is_empty() && (found.len() >= room.events || bytes > room.bytes) {
                return Some((found, entry.place));
            }
            found.push(entry.clone());
        }
        Some((found, kept.until))
    }

    fn lock(&self) -> MutexGuard<'_, Option<Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    /// Nothing yet, from this place on.
    fn nothing(from: Place) -> Self {
        Self {
            entries: VecDeque::new(),
            bytes: 0,
            from,
            until: from,
        }
    }

    fn add(&mut self, entries: Vec<Entry>) {
        for entry in entries {
            self.until = entry.place.after();
            self.bytes += entry.bytes();
            self.entries.push_back(entry);
            if (self.entries.len() > KEPT.events || self.bytes > KEPT.bytes)
                && let Some(oldest) = self.entries.pop_front()
            {
                self.bytes -= oldest.bytes();
                self.from = oldest.place.after();
            }
        }
    }
}

/// Keeps the newest entries until the server is to end. While nobody follows nothing is read.
pub(crate) async fn keep(served: Arc<Served>) -> Result<(), Status> {
    let mut bell = served.bell()?;
    let mut stop = served.stop.clone();
    loop {
        tokio::select! {
            rung = bell.changed() => if rung.is_err() { return Ok(()) },
            _ = stop.wait_for(|stop| *stop) => return Ok(()),
        }
        let latest = &served.latest;
        if latest.bell.receiver_count() == 0 {
            *latest.lock() = None;
            continue;
        }
        if let Err(error) = catch_up(&served).await {
            // Whoever follows asks the file then, and is told by it.
            tracing::debug!(%error, "the newest events are not kept");
            *latest.lock() = None;
        }
        latest.bell.send_replace(());
    }
}

async fn catch_up(served: &Served) -> Result<(), LogError> {
    let latest = &served.latest;
    let until = latest.lock().as_ref().map(|kept| kept.until);
    let Some(mut from) = until else {
        let one = Room { events: 1, ..KEPT };
        let last = served.whole(Place::END, Way::Backwards, one).await?;
        let end = last.last().map_or(Place::START, |last| last.place.after());
        *latest.lock() = Some(Kept::nothing(end));
        return Ok(());
    };
    loop {
        let page = served.whole(from, Way::Forwards, KEPT).await?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        from = last.place.after();
        if let Some(kept) = latest.lock().as_mut() {
            kept.add(page);
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use daicho_eventlog::StreamName;
    use daicho_eventlog::foreign::{ForeignEvent, Held};
    use uuid::Uuid;

    use super::*;

    fn entry(place: u64, stream: &str) -> Entry {
        Entry {
            place: Place::at(place),
            stream: StreamName::from(stream),
            revision: place,
            recorded_at: chrono::DateTime::UNIX_EPOCH,
            held: Held::Foreign(ForeignEvent {
                id: Uuid::from_u128(place.into()),
                kind: "ordered".into(),
                content_type: "application/json".into(),
                data: Bytes::new(),
                metadata: Bytes::new(),
            }),
        }
    }

    fn places(latest: &Latest, from: u64, events: usize) -> Option<(Vec<u64>, u64)> {
        let room = Room {
            events,
            bytes: 1 << 20,
        };
        let found = latest.since(
            Place::at(from),
            |entry| entry.stream.as_str() == "orders-1",
            room,
        );
        found.map(|(found, until)| {
            let places = found.iter().map(|entry| entry.place.position());
            (places.collect(), until.position())
        })
    }

    #[test]
    fn who_is_further_behind_than_what_is_kept_asks_the_file() {
        let latest = Latest::default();
        assert_eq!(places(&latest, 0, 9), None);
        let mut kept = Kept::nothing(Place::at(5));
        kept.add((5..8).map(|at| entry(at, "orders-1")).collect());
        kept.add(vec![entry(8, "orders-2"), entry(9, "orders-1")]);
        *latest.lock() = Some(kept);
        assert_eq!(places(&latest, 4, 9), None);
        assert_eq!(places(&latest, 6, 9), Some((vec![6, 7, 9], 10)));
        assert_eq!(places(&latest, 5, 3), Some((vec![5, 6, 7], 9)));
        assert_eq!(places(&latest, 10, 9), Some((vec![], 10)));
        let many = (10..2000).map(|at| entry(at, "orders-1")).collect();
        if let Some(kept) = latest.lock().as_mut() {
            kept.add(many);
            assert_eq!(kept.entries.len(), KEPT.events);
        }
        assert_eq!(places(&latest, 900, 9), None);
        assert_eq!(places(&latest, 1999, 9), Some((vec![1999], 2000)));
    }
}
