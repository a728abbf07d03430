//! The embedded log: one SQLite file, WAL, full durability, one writer that commits many callers together.
//!
//! An acknowledged append survives power loss. Readers have connections of their own and never wait for the
//! writer. Readers in other processes notice new events by SQLite's data version.

mod answers;
mod desk;
mod failure;
mod foreign;
mod lately;
mod layout;
mod lock;
mod page;
mod reader;
mod rows;
mod tail;
#[cfg(test)]
mod tests;
mod watcher;
mod whole;
mod writer;

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use rusqlite::Connection;
use tokio::sync::watch;

use self::failure::failed;
pub(crate) use self::lock::WriterLock;
use self::reader::Readers;
use self::watcher::Watcher;
use self::writer::Writer;
use crate::clock::Clock;
use crate::envelope::{NewEvent, Position, Recorded, StreamName};
use crate::port::{EventLog, Expected, InTurn, LogError, NewAppend, Subscription};
use crate::subscription::follow;

/// When an acknowledged append must have reached the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// Before it is acknowledged.
    Acknowledged,
    /// When the log is closed. For building a simulated directory, which is built again when power fails.
    Closed,
}

/// An event log in one SQLite file.
#[derive(Debug)]
pub struct SqliteLog {
    readers: Arc<Readers>,
    mode: Mode,
}

#[derive(Debug)]
enum Mode {
    /// The fields are dropped in this order: the writer ends, then others may write.
    Writing {
        writer: Writer,
        bell: watch::Receiver<()>,
        _lock: WriterLock,
    },
    Reading {
        watcher: Watcher,
    },
}

impl SqliteLog {
    /// Opens the log for appending and reading, and creates it where nothing stands.
    ///
    /// # Errors
    /// [`LogError::SecondWriter`] while another process appends; [`LogError::NotALog`],
    /// [`LogError::NewerLayout`], [`LogError::NotWritable`] and the like when the file cannot be used.
    pub fn open(
        path: &Path,
        clock: Arc<dyn Clock>,
        durability: Durability,
    ) -> Result<Self, LogError> {
        let lock = WriterLock::take(path)?;
        let connection = open_for_writing(path, durability)?;
        let (ring, bell) = watch::channel(());
        let writer = Writer::start(connection, durability, path, clock, ring)?;
        Ok(Self {
            readers: Arc::new(Readers::new(path)),
            mode: Mode::Writing {
                writer,
                bell,
                _lock: lock,
            },
        })
    }

    /// Opens the log for reading beside whoever writes it. Where nothing stands it is an empty log.
    ///
    /// # Errors
    /// As [`Self::open`], but never [`LogError::SecondWriter`].
    pub fn open_for_reading(path: &Path) -> Result<Self, LogError> {
        let readers = Arc::new(Readers::new(path));
        readers.with(|_| Ok(()))?;
        Ok(Self {
            mode: Mode::Reading {
                watcher: Watcher::new(path),
            },
            readers,
        })
    }

    /// SQLite's own check of the file: what it finds wrong, nothing when all is well.
    ///
    /// # Errors
    /// When the file cannot be read at all.
    pub fn check_file(&self) -> Result<Vec<String>, LogError> {
        let found = self.readers.with(|connection| {
            let world = |error| failed(self.readers.path(), error);
            let mut statement = connection
                .prepare("PRAGMA integrity_check")
                .map_err(world)?;
            let rows = statement.query_map([], |row| row.get(0)).map_err(world)?;
            rows.collect::<Result<Vec<String>, _>>().map_err(world)
        })?;
        let mut found = found.unwrap_or_default();
        found.retain(|line| line != "ok");
        Ok(found)
    }
}

/// SQLite gives the journal's files the mode of the log's, so it is created here, for its owner alone.
fn open_for_writing(path: &Path, durability: Durability) -> Result<Connection, LogError> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)
        .map_err(|error| LogError::NotWritable {
            path: path.to_owned(),
            why: error.to_string(),
        })?;
    let world = |error| failed(path, error);
    let connection = Connection::open(path).map_err(world)?;
    let found = layout::look(&connection, path)?;
    let synchronous = match durability {
        Durability::Acknowledged => "FULL",
        Durability::Closed => "OFF",
    };
    connection
        .busy_timeout(std::time::Duration::from_secs(5))
        .and_then(|()| connection.pragma_update(None, "journal_mode", "WAL"))
        .and_then(|()| connection.pragma_update(None, "synchronous", synchronous))
        .and_then(|()| connection.pragma_update(None, "journal_size_limit", 64 << 20))
        .and_then(|()| connection.pragma_update(None, "cache_size", -64 << 10))
        .map_err(world)?;
    layout::complete(&connection, path, found)?;
    Ok(connection)
}

#[async_trait]
impl EventLog for SqliteLog {
    async fn append(
        &self,
        stream: &StreamName,
        expected: Expected,
        events: Vec<NewEvent>,
    ) -> Result<Vec<Recorded>, LogError> {
        match &self.mode {
            Mode::Writing { writer, .. } => writer.append(stream, expected, events).await,
            Mode::Reading { .. } => Err(LogError::OpenedForReading),
        }
    }

    async fn append_in_turn(&self, appends: Vec<NewAppend>) -> InTurn {
        match &self.mode {
            Mode::Writing { writer, .. } => writer.append_in_turn(appends).await,
            Mode::Reading { .. } => InTurn {
                recorded: vec![],
                stopped: Some(LogError::OpenedForReading),
            },
        }
    }

    async fn read_stream(
        &self,
        stream: &StreamName,
        from: u64,
        max: usize,
    ) -> Result<Vec<Recorded>, LogError> {
        self.readers.stream(stream, from, max)
    }

    async fn read_all(
        &self,
        after: Option<Position>,
        max: usize,
    ) -> Result<Vec<Recorded>, LogError> {
        self.readers.all(after, max).await
    }

    async fn subscribe(&self, after: Option<Position>) -> Result<Subscription, LogError> {
        reader::first_after(after)?;
        Ok(follow(Arc::new(self.readers.clone()), self.bell()?, after))
    }

    async fn head(&self) -> Result<Option<Recorded>, LogError> {
        self.readers.head().await
    }

    async fn position_of(&self, number: u64) -> Result<Option<Position>, LogError> {
        let head = self.readers.head().await?;
        let known = head.is_some_and(|head| number <= head.number);
        Ok(known.then(|| Position::of_number(number)))
    }
}
