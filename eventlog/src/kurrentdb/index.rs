//! Where each event of ours stands: number, place on the cluster, stream and version, instant and running digest.
//!
//! The cluster knows none of our numbers, so every reader counts for itself. What was counted is kept in a SQLite
//! file that belongs to this process alone and goes with it, about 200 bytes an event; memory holds a few pages of
//! it. It never holds a body.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::token::{At, Token};
use crate::chain::{Chain, Content};
use crate::envelope::{NewEvent, Recorded, StreamName};

const TABLE: &str = "
    PRAGMA journal_mode = OFF;
    PRAGMA synchronous = OFF;
    PRAGMA cache_size = -16384;
    CREATE TABLE place (
        number      INTEGER PRIMARY KEY,
        stream      TEXT    NOT NULL,
        version     INTEGER NOT NULL,
        commit_at   INTEGER NOT NULL,
        prepare_at  INTEGER NOT NULL,
        recorded_at INTEGER NOT NULL,
        chain       BLOB    NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX place_by_stream ON place (stream, version);
";

/// The columns in the order in which [`place`] reads them.
macro_rules! columns {
    () => {
        "number, commit_at, prepare_at, recorded_at, chain, version"
    };
}

/// What was counted of one event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) number: u64,
    pub(super) at: At,
    pub(super) recorded_at: DateTime<Utc>,
    pub(super) chain: Chain,
    pub(super) version: u64,
}

impl Place {
    /// The event that stands here.
    pub(super) fn recorded(&self, event: NewEvent, stream: &StreamName) -> Recorded {
        let (number, at) = (self.number, self.at);
        let stream = stream.clone();
        let recorded = Recorded::of(
            event,
            stream,
            self.version,
            number,
            self.recorded_at,
            self.chain,
        );
        Recorded {
            position: Token { at, number }.position(),
            ..recorded
        }
    }
}

/// All places that were counted.
#[derive(Debug)]
pub(super) struct Index {
    connection: Connection,
    last: Option<Place>,
}

type Result<T> = rusqlite::Result<T>;

impl Index {
    /// An empty one, in a file that SQLite makes where temporary files lie and removes at the end.
    pub(super) fn new() -> Result<Self> {
        let connection = Connection::open("")?;
        connection.execute_batch(TABLE)?;
        Ok(Self {
            connection,
            last: None,
        })
    }

    /// The last place counted.
    pub(super) fn last(&self) -> Option<Place> {
        self.last
    }

    /// The number the next event gets.
    pub(super) fn next(&self) -> u64 {
        self.last.map_or(0, |last| last.number + 1)
    }

    /// Counts one more event, which stands behind all counted before. Its instant is never before theirs, whatever
    /// its writer's clock said.
    pub(super) fn count(
        &mut self,
        stream: &StreamName,
        version: u64,
        at: At,
        event: &NewEvent,
        recorded_at: DateTime<Utc>,
    ) -> Result<Place> {
        let number = self.next();
        let before = self.last.map_or(Chain::START, |last| last.chain);
        let recorded_at = self
            .last
            .map_or(recorded_at, |last| last.recorded_at.max(recorded_at));
        let chain = before.then(number, version, recorded_at, Content::of(stream, event));
        let insert = "INSERT INTO place (number, stream, version, commit_at, prepare_at, recorded_at, chain) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        self.connection.prepare_cached(insert)?.execute(params![
            number.cast_signed(),
            stream.as_str(),
            version.cast_signed(),
            at.commit.cast_signed(),
            at.prepare.cast_signed(),
            recorded_at.timestamp_micros(),
            chain.as_bytes().as_slice(),
        ])?;
        let place = Place {
            number,
            at,
            recorded_at,
            chain,
            version,
        };
        self.last = Some(place);
        Ok(place)
    }

    /// What is counted from here on is written together.
    pub(super) fn begin(&self) -> Result<()> {
        self.connection.execute_batch("BEGIN")
    }

    /// Writes what was counted since [`Self::begin`].
    pub(super) fn commit(&self) -> Result<()> {
        self.connection.execute_batch("COMMIT")
    }

    /// The last version of a stream.
    pub(super) fn last_version(&self, stream: &StreamName) -> Result<Option<u64>> {
        let query = "SELECT max(version) FROM place WHERE stream = ?1";
        let last: Option<i64> = self
            .connection
            .prepare_cached(query)?
            .query_row([stream.as_str()], |row| row.get(0))?;
        Ok(last.map(i64::cast_unsigned))
    }

    /// The place of a stream's event.
    pub(super) fn of_version(&self, stream: &StreamName, version: u64) -> Result<Option<Place>> {
        let query = concat!(
            "SELECT ",
            columns!(),
            " FROM place WHERE stream = ?1 AND version = ?2"
        );
        let mut query = self.connection.prepare_cached(query)?;
        query
            .query_row(params![stream.as_str(), version.cast_signed()], place)
            .optional()
    }

    /// The place of the event with this number.
    pub(super) fn of_number(&self, number: u64) -> Result<Option<Place>> {
        let Ok(number) = i64::try_from(number) else {
            return Ok(None);
        };
        let query = concat!("SELECT ", columns!(), " FROM place WHERE number = ?1");
        let mut query = self.connection.prepare_cached(query)?;
        query.query_row([number], place).optional()
    }
}

fn place(row: &Row<'_>) -> Result<Place> {
    let number = |index| row.get::<_, i64>(index).map(i64::cast_unsigned);
    Ok(Place {
        number: number(0)?,
        at: At {
            commit: number(1)?,
            prepare: number(2)?,
        },
        recorded_at: DateTime::from_timestamp_micros(row.get(3)?).unwrap_or_default(),
        chain: Chain::from_bytes(row.get(4)?),
        version: number(5)?,
    })
}
