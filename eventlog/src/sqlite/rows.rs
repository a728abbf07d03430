//! An event as a row of `log.db` and back. SQLite's integers are signed: numbers pass as `i64`.

use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate};
use rusqlite::{CachedStatement, Connection, Params, Row};
use uuid::Uuid;

use super::failure::failed;
use crate::chain::Chain;
use crate::envelope::{Body, Position, Recorded, StreamName};
use crate::port::LogError;

/// The columns in the order in which [`insert`] and [`Reading::row`] know them.
macro_rules! columns {
    () => {
        "number, stream, version, event_id, command_id, kind, body, occurred_on, recorded_at, \
         actor, correlation, causation, rulebook, chain"
    };
}

/// All events from a number on.
pub(super) const FROM_NUMBER: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM event WHERE number >= ?1 ORDER BY number LIMIT ?2"
);

/// All events back from a number.
pub(super) const BACK_FROM_NUMBER: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM event WHERE number <= ?1 ORDER BY number DESC LIMIT ?2"
);

/// A stream's events back from a version.
pub(super) const BACK_FROM_VERSION: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM event WHERE stream = ?1 AND version <= ?2 ORDER BY version DESC LIMIT ?3"
);

/// A stream's events from a version on.
pub(super) const FROM_VERSION: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM event WHERE stream = ?1 AND version >= ?2 ORDER BY version LIMIT ?3"
);

/// The last event.
pub(super) const HEAD: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM event ORDER BY number DESC LIMIT 1"
);

/// The last version of a stream.
pub(super) const LAST_VERSION: &str =
    "SELECT version FROM event WHERE stream = ?1 ORDER BY version DESC LIMIT 1";

/// One more event.
pub(super) const INSERT: &str = concat!(
    "INSERT INTO event (",
    columns!(),
    ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)"
);

/// Our count as SQLite's integer. A log that outgrows it cannot be written in a lifetime.
pub(super) fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Writes one event with a statement prepared from [`INSERT`].
pub(super) fn insert(
    statement: &mut CachedStatement<'_>,
    event: &Recorded,
) -> rusqlite::Result<()> {
    statement.execute(rusqlite::params![
        signed(event.number),
        event.stream.as_str(),
        signed(event.version),
        event.event_id.as_bytes().as_slice(),
        event.command_id.as_bytes().as_slice(),
        &*event.kind,
        event.body.as_str(),
        event.occurred_on.to_string(),
        event.recorded_at.timestamp_micros(),
        &*event.actor,
        event.correlation.as_bytes().as_slice(),
        event.causation.as_ref().map(|id| id.as_bytes().as_slice()),
        event.rulebook.as_deref(),
        event
            .chain
            .as_ref()
            .map(|chain| chain.as_bytes().as_slice()),
    ])?;
    Ok(())
}

/// Runs one of the queries above.
pub(super) fn read(
    connection: &Connection,
    path: &Path,
    query: &str,
    parameters: impl Params,
) -> Result<Vec<Recorded>, LogError> {
    let world = |error| failed(path, error);
    let mut statement = connection.prepare_cached(query).map_err(world)?;
    let mut rows = statement.query(parameters).map_err(world)?;
    let mut reading = Reading::default();
    let mut events = Vec::new();
    while let Some(row) = rows.next().map_err(world)? {
        events.push(reading.row(row)?);
    }
    Ok(events)
}

/// Names that come again and again on one page are held once: types, actors, rule books.
#[derive(Default)]
pub(super) struct Reading {
    names: Vec<Arc<str>>,
}

/// How many names a page remembers; looking through so few costs less than one allocation.
const NAMES_MAX: usize = 24;

impl Reading {
    pub(super) fn name(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.names.iter().find(|known| ***known == *name) {
            return known.clone();
        }
        let name: Arc<str> = name.into();
        if self.names.len() < NAMES_MAX {
            self.names.push(name.clone());
        }
        name
    }

    pub(super) fn row(&mut self, row: &Row<'_>) -> Result<Recorded, LogError> {
        let number = row
            .get::<_, i64>(0)
            .ok()
            .and_then(|n| u64::try_from(n).ok());
        let number = number.unwrap_or(u64::MAX);
        self.columns(row, number)
            .map_err(|why| LogError::Unreadable { number, why })
    }

    fn columns(&mut self, row: &Row<'_>, number: u64) -> Result<Recorded, String> {
        let text = |index| row.get_ref(index).map_err(say)?.as_str().map_err(say);
        Ok(Recorded {
            number,
            position: Position::of_number(number),
            stream: StreamName::new(text(1)?),
            version: u64::try_from(row.get::<_, i64>(2).map_err(say)?).map_err(say)?,
            event_id: id(row, 3)?,
            command_id: id(row, 4)?,
            kind: self.name(text(5)?),
            body: Body::from_text(text(6)?),
            occurred_on: date(text(7)?)?,
            recorded_at: DateTime::from_timestamp_micros(row.get(8).map_err(say)?)
                .ok_or("recorded_at is no instant")?,
            actor: self.name(text(9)?),
            correlation: id(row, 10)?,
            causation: optional(row, 11)?.map(|_| id(row, 11)).transpose()?,
            rulebook: optional(row, 12)?
                .map(|_| text(12).map(|text| self.name(text)))
                .transpose()?,
            chain: Some(Chain::from_bytes(bytes(row, 13)?)),
        })
    }
}

fn say(error: impl std::fmt::Display) -> String {
    error.to_string()
}

fn optional(row: &Row<'_>, index: usize) -> Result<Option<()>, String> {
    let value = row.get_ref(index).map_err(say)?;
    Ok((value != rusqlite::types::ValueRef::Null).then_some(()))
}

fn bytes<const N: usize>(row: &Row<'_>, index: usize) -> Result<[u8; N], String> {
    let blob = row.get_ref(index).map_err(say)?.as_blob().map_err(say)?;
    blob.try_into().map_err(say)
}

fn id(row: &Row<'_>, index: usize) -> Result<Uuid, String> {
    bytes(row, index).map(Uuid::from_bytes)
}

/// `YYYY-MM-DD` without the general parser: this runs for every event of every replay.
fn date(text: &str) -> Result<NaiveDate, String> {
    let wrong = || format!("occurred_on is {text:?}");
    let number = |range| text.get(range).and_then(|digits: &str| digits.parse().ok());
    let (Some(year), Some(month), Some(day)) = (
        number(0..4),
        number(5..7).map(|month: i32| month as u32),
        number(8..10).map(|day: i32| day as u32),
    ) else {
        return Err(wrong());
    };
    NaiveDate::from_ymd_opt(year, month, day).ok_or_else(wrong)
}
