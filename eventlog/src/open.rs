//! Opening what a data directory holds: the log and the keys of its personal data, for the one process that writes
//! or for any that reads beside it.

use std::path::Path;
use std::sync::Arc;

use crate::clock::Clock;
use crate::data_dir::{DataDir, DataDirError, Training};
use crate::port::LogError;
use crate::sealing::{Keys, MasterKey, SealError};
use crate::sqlite::{Durability, SqliteLog};

/// A log with its keys.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The log.
    pub log: Arc<SqliteLog>,
    /// The keys of its personal data.
    pub keys: Arc<Keys>,
    /// The mark of a training directory.
    pub training: Option<Training>,
}

/// Why a data directory cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The directory itself.
    #[error(transparent)]
    Directory(#[from] DataDirError),
    /// The log in it.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The keys in it.
    #[error(transparent)]
    Keys(#[from] SealError),
}

/// Opens a directory as the one process that writes it, and creates what is not there.
///
/// The master key is read from `master_key`, or from beside the directory; it is made where there are no keys yet.
///
/// # Errors
/// [`LogError::SecondWriter`] first of all; then whatever keeps log or keys from being used.
pub fn for_writing(
    dir: &DataDir,
    master_key: Option<&Path>,
    clock: Arc<dyn Clock>,
    durability: Durability,
) -> Result<Opened, OpenError> {
    dir.create()?;
    let training = dir.training()?;
    let log = SqliteLog::open(&dir.log(), clock, durability)?;
    let beside = dir.master_key();
    let path = master_key.unwrap_or(&beside);
    let master = match training {
        Some(training) => MasterKey::for_training(training),
        None if dir.keys().exists() || path.exists() => MasterKey::load(path)?,
        None => MasterKey::create(path)?,
    };
    let keys = Keys::open(&dir.keys(), master, durability)?;
    Ok(Opened {
        log: Arc::new(log),
        keys: Arc::new(keys),
        training,
    })
}

/// Opens a directory beside whoever writes it, and changes nothing in it.
///
/// # Errors
/// [`SealError::MasterKeyMissing`] when there are keys; who can do without them opens the log alone.
pub fn for_reading(dir: &DataDir, master_key: Option<&Path>) -> Result<Opened, OpenError> {
    let training = dir.training()?;
    let log = SqliteLog::open_for_reading(&dir.log())?;
    let keys = match training {
        Some(training) => Keys::open_for_reading(&dir.keys(), MasterKey::for_training(training))?,
        None if dir.keys().exists() => {
            let beside = dir.master_key();
            let master = MasterKey::load(master_key.unwrap_or(&beside))?;
            Keys::open_for_reading(&dir.keys(), master)?
        }
        None => Keys::none(&dir.keys()),
    };
    Ok(Opened {
        log: Arc::new(log),
        keys: Arc::new(keys),
        training,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{EventLog, SystemClock};

    fn write(dir: &DataDir) -> Result<Opened, OpenError> {
        for_writing(dir, None, Arc::new(SystemClock), Durability::Closed)
    }

    #[tokio::test]
    async fn what_is_not_there_reads_as_an_empty_log_and_stays_away() {
        let parent = tempfile::tempdir().expect("a directory");
        let dir = DataDir::at(parent.path().join("data"));
        let opened = for_reading(&dir, None).expect("it opens");
        assert_eq!(opened.log.head().await, Ok(None));
        assert!(!dir.root().exists());
    }

    #[test]
    fn the_master_key_is_made_once_and_missed_when_it_is_gone() {
        let parent = tempfile::tempdir().expect("a directory");
        let dir = DataDir::at(parent.path().join("data"));
        drop(write(&dir).expect("it opens"));
        assert!(
            dir.master_key().exists(),
            "it was made beside the directory"
        );
        drop(write(&dir).expect("it opens again"));
        drop(for_reading(&dir, None).expect("it opens for reading"));
        std::fs::remove_file(dir.master_key()).expect("the key goes");
        for refused in [write(&dir), for_reading(&dir, None)] {
            let refused = refused.expect_err("nothing unwraps the keys");
            let missing = matches!(refused, OpenError::Keys(SealError::MasterKeyMissing { .. }));
            assert!(missing, "{refused}");
        }
        assert!(!dir.master_key().exists(), "no second key is made");
    }

    #[test]
    fn a_training_directory_has_no_key_file() {
        let parent = tempfile::tempdir().expect("a directory");
        let dir = DataDir::at(parent.path().join("demo"));
        dir.mark_training(Training { seed: 1 })
            .expect("it is marked");
        let opened = write(&dir).expect("it opens");
        assert_eq!(opened.training, Some(Training { seed: 1 }));
        drop(opened);
        for_reading(&dir, None).expect("it opens for reading");
        assert!(!dir.master_key().exists());
    }
}
