//! The connection to the file of a generation: one thread writes through it in batches, the one that folds
//! reads in between what it no longer holds.

use super::Result;
use rusqlite::Connection;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The connection, shared.
pub(crate) struct Shelf {
    conn: Mutex<Connection>,
    /// How many wait to read.
    asking: AtomicUsize,
}

impl Shelf {
    pub fn new(conn: Connection) -> Self {
        Self {
            conn: Mutex::new(conn),
            asking: AtomicUsize::new(0),
        }
    }

    /// Reads.
    pub fn read<T>(&self, read: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        self.asking.fetch_add(1, Ordering::AcqRel);
        let conn = self.lock();
        self.asking.fetch_sub(1, Ordering::AcqRel);
        read(&conn)
    }

    /// Writes a little; whoever waits to read goes first.
    pub fn write<T>(&self, write: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        while self.asking.load(Ordering::Acquire) > 0 {
            std::thread::yield_now();
        }
        write(&self.lock())
    }

    /// The connection, when nobody shares it any more.
    pub fn into_connection(self) -> Connection {
        self.conn
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Whoever panicked with the connection left a transaction that never was.
    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.conn.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
