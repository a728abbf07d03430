//! What kept subscriptions must not forget, in `subscriptions.db` beside the log: which there are, how far each has
//! come, what each has parked. A parked event is a place in the log, not a copy.
//!
//! A checkpoint that is lost makes events come again; a parked event is committed before it counts as done.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension};
use tonic::Status;

use super::settings::Settings;

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS subscription (
        id         INTEGER PRIMARY KEY,
        stream     TEXT    NOT NULL,
        name       TEXT    NOT NULL,
        settings   TEXT    NOT NULL,
        next       INTEGER NOT NULL,
        UNIQUE (stream, name)
    ) STRICT;
    CREATE TABLE IF NOT EXISTS parked (
        id           INTEGER PRIMARY KEY AUTOINCREMENT,
        subscription INTEGER NOT NULL REFERENCES subscription (id),
        at           INTEGER NOT NULL,
        reason       TEXT    NOT NULL,
        parked_at    INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS parked_by_subscription ON parked (subscription, id);
";

/// A subscription as it is kept.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    pub(crate) id: i64,
    /// Its stream, or `$all`.
    pub(crate) stream: String,
    pub(crate) name: String,
    pub(crate) settings: Settings,
    /// The first revision or place that is not done.
    pub(crate) next: u64,
}

/// A parked event: its row, and its revision or place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Parked {
    pub(crate) id: i64,
    pub(crate) at: u64,
}

/// The file.
#[derive(Debug)]
pub(crate) struct Store {
    path: PathBuf,
    connection: Mutex<Connection>,
}

impl Store {
    /// Opens the file, and creates it where nothing stands.
    pub(crate) fn open(path: &Path) -> Result<Self, std::io::Error> {
        use std::os::unix::fs::OpenOptionsExt;
        std::fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path)?;
        let open = || {
            let connection = Connection::open(path)?;
            connection.pragma_update(None, "journal_mode", "WAL")?;
            connection.pragma_update(None, "synchronous", "FULL")?;
            connection.execute_batch(TABLES)?;
            Ok(connection)
        };
        let opened = open().map_err(|error: rusqlite::Error| {
            std::io::Error::other(format!("{}: {error}", path.display()))
        });
        Ok(Self {
            path: path.to_owned(),
            connection: Mutex::new(opened?),
        })
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn failed(&self, error: &rusqlite::Error) -> Status {
        tracing::error!(%error, path = %self.path.display(), "kept subscriptions cannot be kept");
        Status::internal(format!("{}: {error}", self.path.display()))
    }

    fn run<T>(&self, act: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, Status> {
        act(&self.lock()).map_err(|error| self.failed(&error))
    }

    /// All subscriptions.
    pub(crate) fn all(&self) -> Result<Vec<Kept>, Status> {
        self.run(|connection| {
            let mut statement = connection
                .prepare("SELECT id, stream, name, settings, next FROM subscription ORDER BY id")?;
            let rows = statement.query_map([], |row| {
                let settings: String = row.get(3)?;
                let settings = serde_json::from_str(&settings).map_err(|error| {
                    rusqlite::Error::FromSqlConversionFailure(
                        3,
                        rusqlite::types::Type::Text,
                        error.into(),
                    )
                })?;
                Ok(Kept {
                    id: row.get(0)?,
                    stream: row.get(1)?,
                    name: row.get(2)?,
                    settings,
                    next: row.get::<_, i64>(4)?.cast_unsigned(),
                })
            })?;
            rows.collect()
        })
    }

    /// Keeps a new one; `None` when there is one of that name.
    pub(crate) fn add(
        &self,
        stream: &str,
        name: &str,
        settings: &Settings,
        next: u64,
    ) -> Result<Option<Kept>, Status> {
        let id = self.run(|connection| {
            connection
                .query_row(
                    "INSERT INTO subscription (stream, name, settings, next) VALUES (?1, ?2, ?3, ?4)
                     ON CONFLICT DO NOTHING RETURNING id",
                    (stream, name, text(settings), next.cast_signed()),
                    |row| row.get(0),
                )
                .optional()
        })?;
        Ok(id.map(|id| Kept {
            id,
            stream: stream.to_owned(),
            name: name.to_owned(),
            settings: settings.clone(),
            next,
        }))
    }

    /// Changes its settings.
    pub(crate) fn change(&self, id: i64, settings: &Settings) -> Result<(), Status> {
        self.run(|connection| {
            let change = "UPDATE subscription SET settings = ?2 WHERE id = ?1";
            connection.execute(change, (id, text(settings))).map(drop)
        })
    }

    /// Forgets it, with what it has parked.
    pub(crate) fn remove(&self, id: i64) -> Result<(), Status> {
        self.run(|connection| {
            let transaction = connection.unchecked_transaction()?;
            transaction.execute("DELETE FROM parked WHERE subscription = ?1", [id])?;
            transaction.execute("DELETE FROM subscription WHERE id = ?1", [id])?;
            transaction.commit()
        })
    }

    /// Everything before `next` is done.
    pub(crate) fn done_before(&self, id: i64, next: u64) -> Result<(), Status> {
        self.run(|connection| {
            connection
                .prepare_cached("UPDATE subscription SET next = ?2 WHERE id = ?1")?
                .execute((id, next.cast_signed()))
                .map(drop)
        })
    }

    /// Parks an event.
    pub(crate) fn park(
        &self,
        subscription: i64,
        at: u64,
        reason: &str,
        now: DateTime<Utc>,
    ) -> Result<(), Status> {
        self.run(|connection| {
            connection
                .prepare_cached(
                    "INSERT INTO parked (subscription, at, reason, parked_at) VALUES (?1, ?2, ?3, ?4)",
                )?
                .execute((subscription, at.cast_signed(), reason, now.timestamp_micros()))
                .map(drop)
        })
    }

    /// The parked events after a row, the oldest first, at most so many.
    pub(crate) fn parked(
        &self,
        subscription: i64,
        after: i64,
        max: u64,
    ) -> Result<Vec<Parked>, Status> {
        self.run(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, at FROM parked WHERE subscription = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
            )?;
            let max = i64::try_from(max).unwrap_or(i64::MAX);
            let rows = statement.query_map((subscription, after, max), |row| {
                Ok(Parked {
                    id: row.get(0)?,
                    at: row.get::<_, i64>(1)?.cast_unsigned(),
                })
            })?;
            rows.collect()
        })
    }

    /// How many are parked.
    pub(crate) fn parked_count(&self, subscription: i64) -> Result<i64, Status> {
        self.run(|connection| {
            connection
                .prepare_cached("SELECT count(*) FROM parked WHERE subscription = ?1")?
                .query_row([subscription], |row| row.get(0))
        })
    }

    /// A parked event was dealt with.
    pub(crate) fn unpark(&self, id: i64) -> Result<(), Status> {
        self.run(|connection| {
            connection
                .prepare_cached("DELETE FROM parked WHERE id = ?1")?
                .execute([id])
                .map(drop)
        })
    }
}

fn text(settings: &Settings) -> String {
    serde_json::to_string(settings).expect("numbers and names are JSON")
}
