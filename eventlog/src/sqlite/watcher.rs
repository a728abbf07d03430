//! Noticing, in a process that only reads, that another one has recorded something.
//!
//! SQLite keeps a data version that changes with every commit of another connection; asking for it costs one
//! look at shared memory. The thread that asks starts with the first subscription.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::watch;

use super::reader;
use crate::port::LogError;

/// How long a new event may go unnoticed by another process.
const LOOK_EVERY: Duration = Duration::from_millis(25);

/// The bell of a log that another process writes.
#[derive(Debug)]
pub(super) struct Watcher {
    path: PathBuf,
    bell: Mutex<Option<watch::Receiver<()>>>,
}

impl Watcher {
    pub(super) fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            bell: Mutex::default(),
        }
    }

    /// A bell that rings after another process's commits; the first to ask starts the thread.
    pub(super) fn bell(&self) -> Result<watch::Receiver<()>, LogError> {
        let mut bell = self.bell.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bell) = bell.as_ref().filter(|bell| bell.has_changed().is_ok()) {
            return Ok(bell.clone());
        }
        let (ring, heard) = watch::channel(());
        let path = self.path.clone();
        std::thread::Builder::new()
            .name("log-watcher".to_owned())
            .spawn(move || watch(&path, &ring))
            .map_err(|error| LogError::Failed {
                path: self.path.clone(),
                why: error.to_string(),
            })?;
        *bell = Some(heard.clone());
        Ok(heard)
    }
}

/// Rings as long as the [`Watcher`] or a subscription made through it lives.
fn watch(path: &Path, ring: &watch::Sender<()>) {
    let mut connection: Option<Connection> = None;
    let mut seen = 0;
    while ring.receiver_count() > 0 {
        match look(path, &mut connection) {
            Ok(version) if version == seen => {}
            Ok(version) => {
                seen = version;
                ring.send_replace(());
            }
            Err(error) => {
                // The subscribers read next and hear it themselves.
                tracing::debug!(%error, "the log cannot be watched");
                ring.send_replace(());
                return;
            }
        }
        std::thread::sleep(LOOK_EVERY);
    }
}

fn look(path: &Path, connection: &mut Option<Connection>) -> Result<i64, LogError> {
    if connection.is_none() {
        *connection = reader::open(path)?;
    }
    match connection {
        None => Ok(0),
        Some(connection) => connection
            .pragma_query_value(None, "data_version", |row| row.get(0))
            .map_err(|error| super::failed(path, error)),
    }
}
