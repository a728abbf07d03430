//! Where the workers stand and what they last did, in `state.db`: losable, so that it need not be right
//! to the event, only never ahead of what was done.

use chrono::NaiveDate;
use daicho_eventlog::{Position, Recorded};
use rusqlite::{Connection, OptionalExtension as _, params};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// An event up to which something was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reached {
    /// Its number.
    pub number: u64,
    /// Where to go on reading.
    pub position: Position,
}

impl Reached {
    /// This event.
    pub fn of(recorded: &Recorded) -> Self {
        Self {
            number: recorded.number,
            position: recorded.position,
        }
    }
}

/// The file `state.db` as the workers use it.
#[derive(Debug)]
pub struct Positions {
    connection: Mutex<Connection>,
    /// Where the file is; nothing where there is no file.
    place: Option<String>,
}

impl Positions {
    /// Opens the file, or makes it, readable by its owner alone.
    ///
    /// # Errors
    /// When it cannot be used.
    pub fn open(path: &Path) -> rusqlite::Result<Self> {
        // Made before SQLite would make it for everybody; where it cannot be made, SQLite says why.
        let mut owners = std::fs::OpenOptions::new();
        owners.append(true).create(true).mode(0o600);
        drop(owners.open(path));
        let connection = Connection::open(path)?;
        let place = std::fs::metadata(path).ok().map(|file| place(file.ino()));
        Self::over(connection, place)
    }

    /// Positions that are lost with the process: tests, simulation.
    ///
    /// # Errors
    /// When SQLite cannot be used.
    pub fn in_memory() -> rusqlite::Result<Self> {
        Self::over(Connection::open_in_memory()?, None)
    }

    fn over(connection: Connection, place: Option<String>) -> rusqlite::Result<Self> {
        connection.busy_timeout(std::time::Duration::from_secs(5))?;
        connection.execute_batch(
            "PRAGMA journal_mode = WAL;
             PRAGMA synchronous = NORMAL;
             CREATE TABLE IF NOT EXISTS worker_positions (
                 worker TEXT PRIMARY KEY, number INTEGER NOT NULL, position BLOB NOT NULL
             ) STRICT;
             CREATE TABLE IF NOT EXISTS sending_holds (
                 since TEXT PRIMARY KEY, until TEXT NOT NULL
             ) STRICT;
             CREATE TABLE IF NOT EXISTS home (
                 only INTEGER PRIMARY KEY CHECK (only = 0), place TEXT NOT NULL
             ) STRICT;",
        )?;
        let connection = Mutex::new(connection);
        Ok(Self { connection, place })
    }

    /// How far the worker had come.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn reached(&self, worker: &str) -> rusqlite::Result<Option<Reached>> {
        let sql = "SELECT number, position FROM worker_positions WHERE worker = ?";
        let kept = self.with(|connection| {
            let row = |row: &rusqlite::Row<'_>| Ok((row.get::<_, i64>(0)?, row.get(1)?));
            connection.query_row(sql, [worker], row).optional()
        })?;
        Ok(kept.and_then(|(number, token): (i64, Vec<u8>)| {
            Some(Reached {
                number: u64::try_from(number).ok()?,
                position: Position::from_bytes(&token)?,
            })
        }))
    }

    /// Notes how far the worker came.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn keep(&self, worker: &str, reached: Reached) -> rusqlite::Result<()> {
        let sql = "INSERT OR REPLACE INTO worker_positions VALUES (?, ?, ?)";
        let number = i64::try_from(reached.number).unwrap_or(i64::MAX);
        let token = reached.position.as_bytes();
        self.with(|connection| connection.execute(sql, params![worker, number, token]))
            .map(|_| ())
    }

    /// Whether the file was begun where it is; a new one was not begun anywhere yet.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn is_at_home(&self) -> rusqlite::Result<bool> {
        let sql = "SELECT place FROM home";
        let begun: Option<String> =
            self.with(|connection| connection.query_row(sql, [], |row| row.get(0)).optional())?;
        Ok(self.place.is_none() || begun == self.place)
    }

    /// Notes where the file is.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn settle(&self) -> rusqlite::Result<()> {
        let sql = "INSERT OR REPLACE INTO home VALUES (0, ?)";
        match &self.place {
            None => Ok(()),
            Some(place) => self
                .with(|connection| connection.execute(sql, [place]))
                .map(|_| ()),
        }
    }

    /// Notes 送信保留: what is to leave rests until a person releases it: days were opened late, or the
    /// directory is a copy.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn hold_sending(&self, since: NaiveDate, until: NaiveDate) -> rusqlite::Result<()> {
        let sql = "INSERT INTO sending_holds VALUES (?, ?)
                   ON CONFLICT (since) DO UPDATE SET until = max(until, excluded.until)";
        let days = [since.to_string(), until.to_string()];
        self.with(|connection| connection.execute(sql, days))
            .map(|_| ())
    }

    /// 送信保留 that nobody released: the first and the last of its days, oldest first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn sending_holds(&self) -> rusqlite::Result<Vec<(NaiveDate, NaiveDate)>> {
        self.with(|connection| {
            let sql = "SELECT since, until FROM sending_holds ORDER BY since";
            let mut select = connection.prepare_cached(sql)?;
            let rows = select.query_map([], |row| {
                let day = |column| {
                    let text: String = row.get(column)?;
                    text.parse().map_err(|error: chrono::ParseError| {
                        rusqlite::Error::FromSqlConversionFailure(
                            column,
                            rusqlite::types::Type::Text,
                            error.into(),
                        )
                    })
                };
                Ok((day(0)?, day(1)?))
            })?;
            rows.collect()
        })
    }

    /// Forgets a 送信保留 that a person released.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn release_sending(&self, since: NaiveDate, until: NaiveDate) -> rusqlite::Result<()> {
        let sql = "DELETE FROM sending_holds WHERE since = ? AND until = ?";
        let days = [since.to_string(), until.to_string()];
        self.with(|connection| connection.execute(sql, days))
            .map(|_| ())
    }

    fn with<T>(&self, ask: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> rusqlite::Result<T> {
        let connection = self.connection.lock();
        ask(&connection.unwrap_or_else(PoisonError::into_inner))
    }
}

/// A file on this machine. A copy of it, a file restored from a backup, and the same file on another machine are others; one
/// that was only renamed is not.
fn place(inode: u64) -> String {
    let machine = std::fs::read_to_string("/etc/machine-id").unwrap_or_default();
    format!("{inode} {}", machine.trim())
}
