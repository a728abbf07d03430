//! One generation of the read models: one SQLite file, its checkpoint, and who reads it.
//!
//! A reader borrows a connection of the generation it began with and keeps it alive until it is done;
//! only then does a generation that is no longer pointed at lose its file.

use super::writer::{number_of, stored};
use super::{Result, Table, ViewsError, states, texts};
use daicho_eventlog::Position;
use rusqlite::{Connection, OpenFlags, OptionalExtension as _, params};
use std::fs::{self, OpenOptions};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

/// Statements kept ready on each connection.
const STATEMENTS_KEPT: usize = 256;
/// Reading connections kept open when nobody uses them.
const READERS_KEPT: usize = 16;
/// The page cache of a writing connection, in KiB.
const CACHE_KIB: i64 = 65_536;

/// Threads that help to sort for an index.
const SORTING_THREADS: i64 = 2;

const CREATE_CHECKPOINT: &str = "\
CREATE TABLE checkpoint (id INTEGER PRIMARY KEY CHECK (id = 1), number INTEGER NOT NULL, position BLOB NOT NULL);
";

/// How far a generation has come: the last event applied and where to read on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The number of the last event applied.
    pub number: u64,
    /// Its place in the log.
    pub position: Position,
}

/// Whether a generation is being filled from nothing or is kept up while it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Filling {
    /// Nobody reads it and a half-filled file is thrown away: no journal, no flush.
    Aside,
    /// It is read while it is written: WAL, and a crash loses no consistency.
    Live,
}

/// One file of read models.
#[derive(Debug)]
pub struct Generation {
    path: PathBuf,
    readers: Mutex<Vec<Connection>>,
    superseded: AtomicBool,
}

impl Generation {
    /// The generation in an existing file.
    pub fn at(path: PathBuf) -> Self {
        Self {
            path,
            readers: Mutex::default(),
            superseded: AtomicBool::new(false),
        }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A connection that reads. Given back with [`Self::give_back`].
    pub(super) fn reader(&self) -> Result<Connection> {
        let kept = self.kept().pop();
        kept.map_or_else(|| open_reader(&self.path), Ok)
    }

    pub(super) fn give_back(&self, conn: Connection) {
        let mut readers = self.kept();
        if readers.len() < READERS_KEPT {
            readers.push(conn);
        }
    }

    /// The file goes when the last reader is done.
    pub fn supersede(&self) {
        self.superseded.store(true, Ordering::Release);
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.readers
            .lock()
            .expect("nothing panics while it holds the list of readers")
    }
}

impl Drop for Generation {
    fn drop(&mut self) {
        self.kept().clear();
        if self.superseded.load(Ordering::Acquire) {
            remove_file(&self.path);
        }
    }
}

/// Removes a generation's file and what SQLite keeps beside it. What cannot be removed is left: it
/// costs room and nothing else.
pub(super) fn remove_file(path: &Path) {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        match fs::remove_file(&name) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => {
                tracing::warn!(path = ?name, %error, "an old generation of read models stays");
            }
        }
    }
}

/// Creates the file of a generation with all its tables and begins to fill it.
pub fn create(path: &Path, tables: &[&'static Table]) -> Result<Connection> {
    if !path.as_os_str().is_empty() {
        remove_file(path);
        // Names of persons stand in it: readable by its owner alone, as what SQLite keeps beside it.
        let mut owners = OpenOptions::new();
        owners.write(true).create_new(true).mode(0o600);
        owners.open(path).map_err(ViewsError::file(path))?;
    }
    let conn = Connection::open(path)?;
    prepare_writer(&conn, Filling::Aside)?;
    conn.execute_batch(&format!("BEGIN;\n{}COMMIT;", schema(tables)))?;
    // One transaction for the whole filling: the file counts once it is finished, not before.
    conn.execute_batch("BEGIN")?;
    Ok(conn)
}

/// Ends the filling of a file that `create` began: its rows are all there, its indexes are made.
pub fn end_filling(conn: &Connection, tables: &[&'static Table]) -> Result<()> {
    conn.execute_batch("COMMIT")?;
    conn.pragma_update(None, "threads", SORTING_THREADS)?;
    Ok(conn.execute_batch(&indexes(tables))?)
}

/// Every statement that makes the tables of a generation, without their indexes.
pub fn schema(tables: &[&'static Table]) -> String {
    let mut sql = format!("{CREATE_CHECKPOINT}{}{}", texts::CREATE, states::CREATE);
    for table in tables {
        sql.push_str(&table.create());
    }
    sql
}

/// Every statement that makes the indexes of a generation.
pub fn indexes(tables: &[&'static Table]) -> String {
    tables.iter().map(|table| table.create_indexes()).collect()
}

/// Opens the file of a generation to go on keeping it up.
pub fn open_writer(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags)?;
    prepare_writer(&conn, Filling::Live)?;
    Ok(conn)
}

fn prepare_writer(conn: &Connection, filling: Filling) -> Result<()> {
    // What a filling sorts for its indexes may be larger than memory.
    let (journal, synchronous, temporary) = match filling {
        Filling::Aside => ("OFF", "OFF", "FILE"),
        Filling::Live => ("WAL", "NORMAL", "MEMORY"),
    };
    conn.pragma_update_and_check(None, "journal_mode", journal, |_| Ok(()))?;
    conn.pragma_update(None, "synchronous", synchronous)?;
    conn.pragma_update(None, "cache_size", -CACHE_KIB)?;
    conn.pragma_update(None, "temp_store", temporary)?;
    conn.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    Ok(())
}

fn open_reader(path: &Path) -> Result<Connection> {
    // Not "read only": a reader of a WAL file must be able to make the -shm file when it is alone.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags)?;
    conn.pragma_update(None, "query_only", true)?;
    conn.pragma_update(None, "temp_store", "MEMORY")?;
    conn.pragma_update(None, "mmap_size", 1_i64 << 30)?;
    conn.busy_timeout(std::time::Duration::from_secs(5))?;
    conn.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    Ok(conn)
}

/// Ends the filling aside: statistics for the planner, WAL, and everything on the disk.
pub fn finish(conn: Connection, path: &Path) -> Result<()> {
    conn.execute_batch("PRAGMA analysis_limit = 1000; ANALYZE;")?;
    conn.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    conn.close().map_err(|(_, error)| error)?;
    let file = fs::File::open(path).map_err(ViewsError::file(path))?;
    file.sync_all().map_err(ViewsError::file(path))
}

/// How far the generation has come; `None` when no event has been applied.
pub fn checkpoint(conn: &Connection) -> Result<Option<Checkpoint>> {
    let mut select = conn.prepare_cached("SELECT number, position FROM checkpoint")?;
    let found: Option<(i64, Vec<u8>)> = select
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    Ok(found.and_then(|(number, token)| {
        Some(Checkpoint {
            number: number_of(number),
            position: Position::from_bytes(&token)?,
        })
    }))
}

/// Moves the checkpoint, in the transaction that holds the rows.
pub fn set_checkpoint(conn: &Connection, reached: &Checkpoint) -> Result<()> {
    conn.prepare_cached(
        "INSERT OR REPLACE INTO checkpoint (id, number, position) VALUES (1, ?, ?)",
    )?
    .execute(params![stored(reached.number), reached.position.as_bytes()])?;
    Ok(())
}
