//! Reading beside the writer, with a few connections of our own. Pages of the whole log are read on a thread
//! where waiting for the disk harms nobody.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use rusqlite::{Connection, OpenFlags};

use super::failure::failed;
use super::layout::{self, Found};
use super::rows::{self, signed};
use crate::envelope::{Position, Recorded, StreamName};
use crate::port::LogError;
use crate::subscription::Pages;

/// How many connections are kept for the next query.
const CONNECTIONS_KEPT: usize = 8;

/// The readers of one log file.
#[derive(Debug)]
pub(super) struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    pub(super) fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            idle: Mutex::default(),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Runs a query on a connection. While nothing stands in the file there is none, and the answer is `None`.
    pub(super) fn with<T>(
        &self,
        query: impl FnOnce(&Connection) -> Result<T, LogError>,
    ) -> Result<Option<T>, LogError> {
        let idle = self
            .idle
            .lock()
            .expect("no query runs under this lock")
            .pop();
        let connection = match idle {
            Some(connection) => connection,
            None => match open(&self.path)? {
                Some(connection) => connection,
                None => return Ok(None),
            },
        };
        let answer = query(&connection)?;
        let mut idle = self.idle.lock().expect("no query runs under this lock");
        if idle.len() < CONNECTIONS_KEPT {
            idle.push(connection);
        }
        Ok(Some(answer))
    }

    /// As [`Self::with`], away from the threads that serve requests.
    pub(super) async fn aside<T: Send + 'static>(
        self: &Arc<Self>,
        query: impl FnOnce(&Self) -> Result<T, LogError> + Send + 'static,
    ) -> Result<T, LogError> {
        let readers = self.clone();
        let done = tokio::task::spawn_blocking(move || query(&readers)).await;
        done.map_err(|error| LogError::Failed {
            path: self.path.clone(),
            why: error.to_string(),
        })?
    }

    /// A stream's events are few and lie in a cache: they are read here and now, for handing the query to another
    /// thread and back takes several times as long.
    pub(super) fn stream(
        &self,
        stream: &StreamName,
        from: u64,
        max: usize,
    ) -> Result<Vec<Recorded>, LogError> {
        let page = self.with(|connection| {
            let wanted = (stream.as_str(), signed(from), signed(max as u64));
            rows::read(connection, &self.path, rows::FROM_VERSION, wanted)
        })?;
        Ok(page.unwrap_or_default())
    }

    pub(super) async fn all(
        self: &Arc<Self>,
        after: Option<Position>,
        max: usize,
    ) -> Result<Vec<Recorded>, LogError> {
        let from = first_after(after)?;
        self.aside(move |readers| {
            let page = readers.with(|connection| {
                let wanted = (signed(from), signed(max as u64));
                rows::read(connection, &readers.path, rows::FROM_NUMBER, wanted)
            })?;
            Ok(page.unwrap_or_default())
        })
        .await
    }

    pub(super) async fn head(self: &Arc<Self>) -> Result<Option<Recorded>, LogError> {
        self.aside(|readers| {
            let page =
                readers.with(|connection| rows::read(connection, &readers.path, rows::HEAD, []))?;
            Ok(page.and_then(|mut page| page.pop()))
        })
        .await
    }
}

#[async_trait]
impl Pages for Arc<Readers> {
    async fn page(&self, after: Option<Position>, max: usize) -> Result<Vec<Recorded>, LogError> {
        self.all(after, max).await
    }
}

/// The number of the first event after a position.
pub(super) fn first_after(after: Option<Position>) -> Result<u64, LogError> {
    match after {
        None => Ok(0),
        Some(position) => match position.as_number() {
            Some(number) => Ok(number.saturating_add(1)),
            None => Err(LogError::ForeignPosition),
        },
    }
}

/// Opens the file for reading, or says that nothing stands in it yet.
pub(super) fn open(path: &Path) -> Result<Option<Connection>, LogError> {
    match std::fs::metadata(path) {
        Ok(_) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            return Err(LogError::Failed {
                path: path.to_owned(),
                why: error.to_string(),
            });
        }
    }
    match open_beside_a_writer(path) {
        // Without the right to create the journal's files: a copy on a read-only medium, which nobody writes.
        Err(LogError::NotWritable { .. }) if !journal(path).exists() => open_at_rest(path),
        opened => opened,
    }
}

fn open_beside_a_writer(path: &Path) -> Result<Option<Connection>, LogError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let opened = Connection::open_with_flags(path, flags);
    checked(opened.map_err(|error| failed(path, error))?, path)
}

fn open_at_rest(path: &Path) -> Result<Option<Connection>, LogError> {
    let name = path.to_string_lossy();
    let name = name
        .replace('%', "%25")
        .replace('?', "%3f")
        .replace('#', "%23");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_URI;
    let opened = Connection::open_with_flags(format!("file:{name}?immutable=1"), flags);
    checked(opened.map_err(|error| failed(path, error))?, path)
}

fn checked(connection: Connection, path: &Path) -> Result<Option<Connection>, LogError> {
    connection
        .busy_timeout(std::time::Duration::from_secs(5))
        .map_err(|error| failed(path, error))?;
    match layout::look(&connection, path)? {
        Found::Nothing => Ok(None),
        Found::Log | Found::OwnOnly => Ok(Some(connection)),
    }
}

/// SQLite's journal beside the file.
pub(super) fn journal(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    PathBuf::from(name)
}
