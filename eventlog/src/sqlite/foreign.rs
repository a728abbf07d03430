//! Foreign events as rows of `log.db`, and reading them with the business's own in one order.
//!
//! A page is read in one snapshot of the file: what the writer commits in between cannot fall between the two
//! tables. Both are stepped side by side, so a page costs what it holds.

use std::path::Path;

use bytes::Bytes;
use chrono::DateTime;
use rusqlite::{CachedStatement, Connection, OptionalExtension, Row, Rows};
use uuid::Uuid;

use super::failure::failed;
use super::rows::{self, Reading, signed};
use crate::envelope::StreamName;
use crate::foreign::{Entry, ForeignEvent, Held, Place, Room, Way};
use crate::port::LogError;

/// The columns in the order in which [`insert`] and [`entry`] know them.
macro_rules! columns {
    () => {
        "place, stream, revision, event_id, kind, content_type, data, metadata, recorded_at"
    };
}

/// One more foreign event.
pub(super) const INSERT: &str = concat!(
    "INSERT INTO foreign_event (",
    columns!(),
    ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"
);

const FROM_PLACE: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM foreign_event WHERE place >= ?1 ORDER BY place"
);

const BACK_FROM_PLACE: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM foreign_event WHERE place <= ?1 ORDER BY place DESC"
);

const FROM_REVISION: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM foreign_event WHERE stream = ?1 AND revision >= ?2 ORDER BY revision"
);

const BACK_FROM_REVISION: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM foreign_event WHERE stream = ?1 AND revision <= ?2 ORDER BY revision DESC"
);

const LATELY: &str =
    "SELECT event_id, stream, revision, place FROM foreign_event ORDER BY place DESC LIMIT ?1";

/// Writes one event with a statement prepared from [`INSERT`].
pub(super) fn insert(
    statement: &mut CachedStatement<'_>,
    stream: &StreamName,
    revision: u64,
    place: Place,
    event: &ForeignEvent,
    recorded_at: i64,
) -> rusqlite::Result<()> {
    statement.execute(rusqlite::params![
        signed(place.position()),
        stream.as_str(),
        signed(revision),
        event.id.as_bytes().as_slice(),
        &*event.kind,
        &*event.content_type,
        &*event.data,
        &*event.metadata,
        recorded_at,
    ])?;
    Ok(())
}

/// The last revision of a foreign stream.
pub(super) fn last_revision(
    connection: &Connection,
    stream: &str,
) -> rusqlite::Result<Option<u64>> {
    let last = connection
        .prepare_cached(
            "SELECT revision FROM foreign_event WHERE stream = ?1 ORDER BY revision DESC LIMIT 1",
        )?
        .query_row([stream], |row| row.get::<_, i64>(0))
        .optional()?;
    Ok(last.map(i64::cast_unsigned))
}

/// The id and place of one event of a foreign stream.
pub(super) fn at(
    connection: &Connection,
    stream: &str,
    revision: u64,
) -> rusqlite::Result<Option<(Uuid, Place)>> {
    connection
        .prepare_cached(
            "SELECT event_id, place FROM foreign_event WHERE stream = ?1 AND revision = ?2",
        )?
        .query_row((stream, signed(revision)), |row| {
            Ok((
                uuid(row, 0)?,
                Place::at(row.get::<_, i64>(1)?.cast_unsigned()),
            ))
        })
        .optional()
}

/// The last place of a foreign event and when it was recorded, in microseconds.
pub(super) fn tail(connection: &Connection) -> rusqlite::Result<Option<(Place, i64)>> {
    connection
        .query_row(
            "SELECT place, recorded_at FROM foreign_event ORDER BY place DESC LIMIT 1",
            [],
            |row| {
                Ok((
                    Place::at(row.get::<_, i64>(0)?.cast_unsigned()),
                    row.get(1)?,
                ))
            },
        )
        .optional()
}

/// The newest foreign events, the newest first: id, stream, revision, place.
pub(super) fn lately(
    connection: &Connection,
    max: usize,
) -> rusqlite::Result<Vec<(Uuid, StreamName, u64, Place)>> {
    let mut statement = connection.prepare_cached(LATELY)?;
    let rows = statement.query_map([signed(max as u64)], |row| {
        Ok((
            uuid(row, 0)?,
            StreamName::new(row.get::<_, String>(1)?),
            row.get::<_, i64>(2)?.cast_unsigned(),
            Place::at(row.get::<_, i64>(3)?.cast_unsigned()),
        ))
    })?;
    rows.collect()
}

fn uuid(row: &Row<'_>, index: usize) -> rusqlite::Result<Uuid> {
    row.get::<_, [u8; 16]>(index).map(Uuid::from_bytes)
}

/// A page of the whole log from a place on, or back from it.
pub(super) fn page(
    connection: &Connection,
    path: &Path,
    from: Place,
    way: Way,
    room: Room,
) -> Result<Vec<Entry>, LogError> {
    let world = |error| failed(path, error);
    let snapshot = connection.unchecked_transaction().map_err(world)?;
    let (foreign_query, own_query, own_from) = match way {
        Way::Forwards => (FROM_PLACE, rows::FROM_NUMBER, Some(from.first_number())),
        Way::Backwards => (BACK_FROM_PLACE, rows::BACK_FROM_NUMBER, from.last_number()),
    };
    // No number at all stands before the first one: nothing is found from -1 back.
    let own_from = own_from.map_or(-1, signed);
    let mut own = snapshot.prepare_cached(own_query).map_err(world)?;
    let own = own.query((own_from, signed(room.events as u64)));
    let mut foreign = snapshot.prepare_cached(foreign_query).map_err(world)?;
    let foreign = foreign.query([signed(from.position())]);
    let mut own = Own::new(own.map_err(world)?, path);
    let mut foreign = Foreign::new(foreign.map_err(world)?, path);
    let mut filling = Filling::new(room);
    // One ahead of each. What cannot be read is said when its turn has come.
    let (mut next_own, mut next_foreign) = (own.next(), foreign.next());
    while filling.has_room() {
        let own_is_next = match (place(&next_own, way), place(&next_foreign, way)) {
            (None, None) => break,
            (Some(_), None) => true,
            (None, Some(_)) => false,
            (Some(own), Some(foreign)) => match way {
                Way::Forwards => own < foreign,
                Way::Backwards => own > foreign,
            },
        };
        let taken = match own_is_next {
            true => std::mem::replace(&mut next_own, own.next()),
            false => std::mem::replace(&mut next_foreign, foreign.next()),
        };
        if !filling.take(taken)? {
            break;
        }
    }
    Ok(filling.page)
}

/// Where the next one stands. A failure that does not say of which event it is comes first.
fn place(next: &Result<Option<Entry>, LogError>, way: Way) -> Option<Place> {
    match next {
        Ok(next) => next.as_ref().map(|entry| entry.place),
        Err(error) => Some(match (error.number(), way) {
            (Some(number), _) => Place::of_number(number),
            (None, Way::Forwards) => Place::START,
            (None, Way::Backwards) => Place::END,
        }),
    }
}

/// A page of one stream, whosever it is, from a revision on, or back from it.
pub(super) fn stream_page(
    connection: &Connection,
    path: &Path,
    stream: &str,
    from: u64,
    way: Way,
    room: Room,
) -> Result<Vec<Entry>, LogError> {
    let world = |error| failed(path, error);
    let (foreign_query, own_query) = match way {
        Way::Forwards => (FROM_REVISION, rows::FROM_VERSION),
        Way::Backwards => (BACK_FROM_REVISION, rows::BACK_FROM_VERSION),
    };
    let mut filling = Filling::new(room);
    let mut statement = connection.prepare_cached(own_query).map_err(world)?;
    let rows = statement.query((stream, signed(from), signed(room.events as u64)));
    let mut own = Own::new(rows.map_err(world)?, path);
    while filling.has_room() && filling.take(own.next())? {}
    // A name is the business's or another program's, never both.
    if filling.page.is_empty() {
        let mut statement = connection.prepare_cached(foreign_query).map_err(world)?;
        let rows = statement.query((stream, signed(from))).map_err(world)?;
        let mut foreign = Foreign::new(rows, path);
        while filling.has_room() && filling.take(foreign.next())? {}
    }
    Ok(filling.page)
}

/// A page that takes entries as long as there is room.
struct Filling {
    page: Vec<Entry>,
    room: Room,
    counted: usize,
    bytes: usize,
}

impl Filling {
    fn new(room: Room) -> Self {
        Self {
            page: Vec::new(),
            room,
            counted: 0,
            bytes: 0,
        }
    }

    /// Takes the next entry, if there is one. In front of one that cannot be read the page ends: everything before it
    /// is given first, and the page that begins with it says what is wrong.
    fn take(&mut self, next: Result<Option<Entry>, LogError>) -> Result<bool, LogError> {
        match next {
            Ok(Some(entry)) => self.page.push(entry),
            Ok(None) => return Ok(false),
            Err(_) if !self.page.is_empty() => return Ok(false),
            Err(error) => return Err(error),
        }
        Ok(true)
    }

    fn has_room(&mut self) -> bool {
        let new = &self.page[self.counted..];
        self.bytes += new.iter().map(Entry::bytes).sum::<usize>();
        self.counted = self.page.len();
        self.counted < self.room.events && (self.counted == 0 || self.bytes < self.room.bytes)
    }
}

/// The business's events of a query, one after the other.
struct Own<'a> {
    rows: Rows<'a>,
    reading: Reading,
    path: &'a Path,
}

impl<'a> Own<'a> {
    fn new(rows: Rows<'a>, path: &'a Path) -> Self {
        Self {
            rows,
            reading: Reading::default(),
            path,
        }
    }

    fn next(&mut self) -> Result<Option<Entry>, LogError> {
        let row = self.rows.next().map_err(|error| failed(self.path, error))?;
        row.map(|row| self.reading.row(row).map(Entry::own))
            .transpose()
    }
}

/// The foreign events of a query, one after the other.
struct Foreign<'a> {
    rows: Rows<'a>,
    reading: Reading,
    path: &'a Path,
}

impl<'a> Foreign<'a> {
    fn new(rows: Rows<'a>, path: &'a Path) -> Self {
        Self {
            rows,
            reading: Reading::default(),
            path,
        }
    }

    fn next(&mut self) -> Result<Option<Entry>, LogError> {
        let world = |error| failed(self.path, error);
        let row = self.rows.next().map_err(world)?;
        let reading = &mut self.reading;
        row.map(|row| entry(reading, row).map_err(world))
            .transpose()
    }
}

fn entry(reading: &mut Reading, row: &Row<'_>) -> rusqlite::Result<Entry> {
    let text = |index| Ok::<_, rusqlite::Error>(row.get_ref(index)?.as_str()?);
    let bytes = |index| {
        let bytes = row.get_ref(index)?.as_blob()?;
        Ok::<_, rusqlite::Error>(Bytes::copy_from_slice(bytes))
    };
    let micros = row.get::<_, i64>(8)?;
    Ok(Entry {
        place: Place::at(row.get::<_, i64>(0)?.cast_unsigned()),
        stream: StreamName::new(text(1)?),
        revision: row.get::<_, i64>(2)?.cast_unsigned(),
        recorded_at: DateTime::from_timestamp_micros(micros)
            .ok_or(rusqlite::Error::IntegralValueOutOfRange(8, micros))?,
        held: Held::Foreign(ForeignEvent {
            id: uuid(row, 3)?,
            kind: reading.name(text(4)?),
            content_type: reading.name(text(5)?),
            data: bytes(6)?,
            metadata: bytes(7)?,
        }),
    })
}
