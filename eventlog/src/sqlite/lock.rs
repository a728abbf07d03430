//! One log has one writing process. The lock is the system's: it ends with the process, however that ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use crate::port::LogError;

/// The right to write, held as long as this lives.
#[derive(Debug)]
pub(crate) struct WriterLock {
    _held: File,
}

impl WriterLock {
    /// Takes the lock of a log file (`log.lock` beside `log.db`), or says who has it.
    pub(crate) fn take(log: &Path) -> Result<Self, LogError> {
        let path = log.with_extension("lock");
        let not_writable = |error: std::io::Error| LogError::NotWritable {
            path: path.clone(),
            why: error.to_string(),
        };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .map_err(not_writable)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut text = String::new();
                let holder = file.read_to_string(&mut text).ok();
                let holder = holder.and_then(|_| text.trim().parse().ok());
                return Err(LogError::SecondWriter { path, holder });
            }
            Err(TryLockError::Error(error)) => return Err(not_writable(error)),
        }
        // Who holds it is told for people only: a full disk must not keep the log from opening.
        let told = file
            .set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| write!(file, "{}", std::process::id()));
        if let Err(error) = told {
            tracing::debug!(%error, "the lock file does not say who holds it");
        }
        Ok(Self { _held: file })
    }
}
