//! Where the log ends: every event is counted, dated and chained from there.

use chrono::{DateTime, Utc};

use crate::chain::{Chain, Content};
use crate::envelope::{NewEvent, Recorded, StreamName};
use crate::foreign::Place;

/// Where the log ends: what the next event is counted, dated and chained from.
#[derive(Clone, Copy)]
pub(super) struct Tail {
    next: u64,
    /// Of the last event, own or foreign.
    pub(super) place: Place,
    pub(super) recorded_at: DateTime<Utc>,
    chain: Chain,
}

impl Tail {
    pub(super) fn after(head: Option<&Recorded>, foreign: Option<(Place, i64)>) -> Self {
        let own_at = head.map(|head| head.recorded_at);
        let foreign_at = foreign.and_then(|(_, at)| DateTime::from_timestamp_micros(at));
        let own_place = head.map(|head| Place::of_number(head.number));
        let foreign_place = foreign.map(|(place, _)| place);
        Self {
            next: head.map_or(0, |head| head.number + 1),
            place: own_place.max(foreign_place).unwrap_or_default(),
            recorded_at: own_at.max(foreign_at).unwrap_or(DateTime::UNIX_EPOCH),
            chain: head.and_then(|head| head.chain).unwrap_or(Chain::START),
        }
    }

    /// Counts, dates and chains one more event.
    pub(super) fn next(
        &mut self,
        event: NewEvent,
        content: Content,
        stream: &StreamName,
        version: u64,
        now: DateTime<Utc>,
    ) -> Recorded {
        let number = self.next;
        self.next += 1;
        self.place = Place::of_number(number);
        self.recorded_at = self.recorded_at.max(now);
        self.chain = self.chain.then(number, version, self.recorded_at, content);
        let stream = stream.clone();
        Recorded::of(event, stream, version, number, self.recorded_at, self.chain)
    }
}
