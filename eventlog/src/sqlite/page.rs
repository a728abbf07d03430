//! One group's transaction: what each append of it comes to, and the rows it writes.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Transaction};

use super::lately::Lately;
use super::tail::Tail;
use super::writer::Own;
use super::{foreign, rows};
use crate::envelope::{Recorded, StreamName};
use crate::foreign::{Appended, Decision, ForeignError, ForeignEvent, ForeignExpected};
use crate::port::{InTurn, LogError};

/// How many streams' last versions are held in memory.
const VERSIONS_HELD_MAX: usize = 1 << 16;

/// The transaction of one group, and what is remembered with it.
pub(super) struct Page<'a> {
    pub(super) transaction: &'a Transaction<'a>,
    pub(super) tail: &'a mut Tail,
    pub(super) versions: &'a mut HashMap<StreamName, u64>,
    pub(super) revisions: &'a mut HashMap<StreamName, u64>,
    pub(super) lately: &'a mut Lately,
    /// Stays true when a group fails: it only says whether looking is worth while.
    pub(super) has_foreign: &'a mut bool,
    pub(super) now: DateTime<Utc>,
}

impl Page<'_> {
    /// Writes events of the business, or says that the stream is not as expected.
    pub(super) fn own(&mut self, own: Own) -> rusqlite::Result<Result<Vec<Recorded>, LogError>> {
        let Own {
            stream,
            expected,
            events,
        } = own;
        let actual = match self.versions.get(&stream) {
            Some(&version) => Some(version),
            None => last_version(self.transaction, &stream)?,
        };
        let is_taken = actual.is_none()
            && *self.has_foreign
            && foreign::last_revision(self.transaction, stream.as_str())?.is_some();
        if is_taken {
            return Ok(Err(LogError::Taken { stream }));
        }
        if !expected.holds(actual) {
            return Ok(Err(LogError::Conflict {
                stream,
                expected,
                actual,
            }));
        }
        let mut insert = self.transaction.prepare_cached(rows::INSERT)?;
        let versions = actual.map_or(0, |last| last + 1)..;
        let mut recorded = Vec::with_capacity(events.len());
        for (version, (event, content)) in versions.zip(events) {
            let event = self.tail.next(event, content, &stream, version, self.now);
            rows::insert(&mut insert, &event)?;
            recorded.push(event);
        }
        if let Some(last) = recorded.last() {
            remember(self.versions, stream, last.version);
        }
        Ok(Ok(recorded))
    }

    /// Writes appends one after the other, until a stream is not as expected.
    pub(super) fn in_turn(&mut self, appends: Vec<Own>) -> rusqlite::Result<InTurn> {
        let mut done = InTurn::default();
        for own in appends {
            match self.own(own)? {
                Ok(recorded) => done.recorded.push(recorded),
                Err(refused) => {
                    done.stopped = Some(refused);
                    break;
                }
            }
        }
        Ok(done)
    }

    /// Writes events of another program, knows them again, or refuses them.
    pub(super) fn foreign(
        &mut self,
        stream: StreamName,
        expected: ForeignExpected,
        events: Vec<ForeignEvent>,
    ) -> rusqlite::Result<Result<Appended, ForeignError>> {
        let actual = match self.revisions.get(&stream) {
            Some(&revision) => Some(revision),
            None => foreign::last_revision(self.transaction, stream.as_str())?,
        };
        if actual.is_none()
            && (self.versions.contains_key(&stream)
                || last_version(self.transaction, &stream)?.is_some())
        {
            return Ok(Err(ForeignError::OwnStream { stream }));
        }
        let decision = {
            let known = self.lately.with(self.transaction, &stream);
            let ids = events.iter().map(|event| event.id);
            expected.decide(actual, ids, &known)?
        };
        let first = match decision {
            Decision::Known(appended) => return Ok(Ok(appended)),
            Decision::Wrong => return Ok(Err(ForeignError::WrongExpected { actual })),
            Decision::Write(first) => first,
        };
        if events.is_empty() {
            return Ok(Ok(Appended {
                revision: actual,
                place: None,
            }));
        }
        let mut place = self.tail.place;
        for _ in &events {
            match place.next_foreign() {
                Some(next) => place = next,
                None => return Ok(Err(ForeignError::NoPlace)),
            }
        }
        self.write(stream, first, events)
    }

    fn write(
        &mut self,
        stream: StreamName,
        first: u64,
        events: Vec<ForeignEvent>,
    ) -> rusqlite::Result<Result<Appended, ForeignError>> {
        let mut insert = self.transaction.prepare_cached(foreign::INSERT)?;
        self.tail.recorded_at = self.tail.recorded_at.max(self.now);
        let recorded_at = self.tail.recorded_at.timestamp_micros();
        *self.has_foreign = true;
        let mut last = first;
        for (revision, event) in (first..).zip(&events) {
            self.tail.place = self.tail.place.after();
            let place = self.tail.place;
            foreign::insert(&mut insert, &stream, revision, place, event, recorded_at)?;
            self.lately.add(event.id, &stream, revision, place);
            last = revision;
        }
        remember(self.revisions, stream, last);
        Ok(Ok(Appended {
            revision: Some(last),
            place: Some(self.tail.place),
        }))
    }
}

fn remember(held: &mut HashMap<StreamName, u64>, stream: StreamName, last: u64) {
    if held.len() >= VERSIONS_HELD_MAX {
        held.clear();
    }
    held.insert(stream, last);
}

/// The last version of a stream of the business.
pub(super) fn last_version(
    connection: &Connection,
    stream: &StreamName,
) -> rusqlite::Result<Option<u64>> {
    let version = connection
        .prepare_cached(rows::LAST_VERSION)?
        .query_row([stream.as_str()], |row| row.get::<_, i64>(0))
        .optional()?;
    Ok(version.map(i64::cast_unsigned))
}
