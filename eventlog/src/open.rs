//! Opening what a data directory holds: the log and the keys of its personal data, for the one process that writes
//! or for any that reads beside it.

use std::path::Path;
use std::sync::Arc;

use crate::clock::Clock;
use crate::data_dir::{DataDir, DataDirError, Training};
use crate::kurrentdb::{Address, KurrentLog};
use crate::port::{EventLog, LogError};
use crate::sealing::{Keys, MasterKey, SealError, Whereabouts};
use crate::sqlite::{Durability, SqliteLog, WriterLock};
use crate::vault::Vault;

/// Where an installation has its log. Keys, read models and the rest lie in its directory in either case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// `log.db` in its directory.
    #[default]
    Directory,
    /// On a cluster.
    Cluster(Address),
}

impl Place {
    /// What `--log` says: `sqlite`, or a connection string.
    ///
    /// # Errors
    /// [`LogError::Address`], without what stands in the text of a password.
    pub fn parse(text: &str) -> Result<Self, LogError> {
        match text {
            "sqlite" => Ok(Self::Directory),
            other => Address::parse(other).map(Self::Cluster),
        }
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Directory => f.write_str("sqlite"),
            Self::Cluster(address) => address.fmt(f),
        }
    }
}

/// The log at a place.
#[derive(Clone, Debug)]
pub enum Log {
    /// In a file.
    File(Arc<SqliteLog>),
    /// On a cluster.
    Cluster(Arc<KurrentLog>),
}

impl Log {
    /// The log as everything but its place is used: through the port.
    pub fn port(&self) -> Arc<dyn EventLog> {
        match self {
            Self::File(log) => log.clone(),
            Self::Cluster(log) => log.clone(),
        }
    }

    /// The file, for what only a file can do.
    pub fn file(&self) -> Option<&Arc<SqliteLog>> {
        match self {
            Self::File(log) => Some(log),
            Self::Cluster(_) => None,
        }
    }

    /// Opens a log alone, for reading: what needs no keys. A directory is not created.
    ///
    /// # Errors
    /// As the adapters.
    pub async fn for_reading(place: &Place, dir: &DataDir) -> Result<Self, LogError> {
        match place {
            Place::Directory => {
                let log = SqliteLog::open_for_reading(&dir.log())?;
                Ok(Self::File(Arc::new(log)))
            }
            Place::Cluster(address) => {
                let log = KurrentLog::open_for_reading(address.clone()).await?;
                Ok(Self::Cluster(Arc::new(log)))
            }
        }
    }
}

/// A log with its keys.
#[derive(Clone, Debug)]
pub struct Opened<L = Arc<SqliteLog>> {
    /// The log.
    pub log: L,
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
    let log = Arc::new(SqliteLog::open(&dir.log(), clock, durability)?);
    dir.remove_half_files()?;
    let keys = keys_for_writing(dir, master_key, training, durability)?;
    Ok(Opened {
        log,
        keys,
        training,
    })
}

/// As [`for_writing`], with the log at a place. Of a directory whose log is on a cluster, too, there is one process
/// that writes.
///
/// # Errors
/// As [`for_writing`], and what the cluster says.
pub async fn writing_at(
    place: &Place,
    dir: &DataDir,
    master_key: Option<&Path>,
    clock: Arc<dyn Clock>,
    durability: Durability,
) -> Result<Opened<Log>, OpenError> {
    let address = match place {
        Place::Directory => {
            let opened = for_writing(dir, master_key, clock, durability)?;
            return Ok(Opened {
                log: Log::File(opened.log),
                keys: opened.keys,
                training: opened.training,
            });
        }
        Place::Cluster(address) => address.clone(),
    };
    dir.create()?;
    let training = dir.training()?;
    let lock = WriterLock::take(&dir.log())?;
    dir.remove_half_files()?;
    let log = KurrentLog::open(address, clock).await?.holding(lock);
    let keys = keys_for_writing(dir, master_key, training, durability)?;
    Ok(Opened {
        log: Log::Cluster(Arc::new(log)),
        keys,
        training,
    })
}

fn keys_for_writing(
    dir: &DataDir,
    master_key: Option<&Path>,
    training: Option<Training>,
    durability: Durability,
) -> Result<Arc<Keys>, SealError> {
    let place = Whereabouts::of(dir, master_key);
    let master = match training {
        Some(training) => MasterKey::for_training(training),
        None if dir.keys().exists() || place.path().exists() => place.load(dir)?,
        None => place.create(dir)?,
    };
    Keys::open(&dir.keys(), master, durability).map(Arc::new)
}

/// The master key of a directory that is there: of a training directory the one that follows from its seed.
///
/// # Errors
/// As [`Whereabouts::load`].
pub fn master_key(
    dir: &DataDir,
    named: Option<&Path>,
    training: Option<Training>,
) -> Result<MasterKey, SealError> {
    match training {
        Some(training) => Ok(MasterKey::for_training(training)),
        None => Whereabouts::of(dir, named).load(dir),
    }
}

/// Opens a directory beside whoever writes it, and changes nothing in it.
///
/// # Errors
/// [`SealError::MasterKeyMissing`] when there are keys; who can do without them opens the log alone.
pub fn for_reading(dir: &DataDir, master_key: Option<&Path>) -> Result<Opened, OpenError> {
    let training = dir.training()?;
    let log = Arc::new(SqliteLog::open_for_reading(&dir.log())?);
    let keys = keys_for_reading(dir, master_key, training)?;
    Ok(Opened {
        log,
        keys,
        training,
    })
}

/// As [`for_reading`], with the log at a place.
///
/// # Errors
/// As [`for_reading`], and what the cluster says.
pub async fn reading_at(
    place: &Place,
    dir: &DataDir,
    master_key: Option<&Path>,
) -> Result<Opened<Log>, OpenError> {
    let training = dir.training()?;
    let keys = keys_for_reading(dir, master_key, training)?;
    let log = Log::for_reading(place, dir).await?;
    Ok(Opened {
        log,
        keys,
        training,
    })
}

fn keys_for_reading(
    dir: &DataDir,
    master_key: Option<&Path>,
    training: Option<Training>,
) -> Result<Arc<Keys>, SealError> {
    let keys = match training {
        Some(training) => Keys::open_for_reading(&dir.keys(), MasterKey::for_training(training))?,
        None if dir.keys().exists() => {
            let master = Whereabouts::of(dir, master_key).load(dir)?;
            Keys::open_for_reading(&dir.keys(), master)?
        }
        None => Keys::none(&dir.keys()),
    };
    Ok(Arc::new(keys))
}

/// Puts everything that a master key protects under another one, which is made where its file is not there yet. Stopped
/// in between, it is carried on by asking again: what is under the new key already stays.
///
/// # Errors
/// [`LogError::SecondWriter`] while a process writes the log; then whatever keeps a key from being used.
pub fn change_master_key(dir: &DataDir, named: Option<&Path>, to: &Path) -> Result<(), OpenError> {
    let _alone = WriterLock::take(&dir.log())?;
    let old = Whereabouts::of(dir, named).load(dir)?;
    let place = Whereabouts::File(to.to_owned());
    let new = match to.exists() {
        true => place.load(dir)?,
        false => place.create(dir)?,
    };
    let durability = Durability::Acknowledged;
    if dir.keys().exists() {
        match Keys::open(&dir.keys(), old.clone(), durability) {
            Ok(keys) => drop(keys.wrap_anew(new.clone())?),
            Err(SealError::WrongMasterKey { .. }) => {
                drop(Keys::open(&dir.keys(), new.clone(), durability)?);
            }
            Err(error) => return Err(error.into()),
        }
    }
    if dir.vault().exists() {
        match Vault::open(&dir.vault(), &old, durability) {
            Ok(vault) => drop(vault.seal_anew(&new)?),
            Err(SealError::WrongMasterKey { .. }) => {
                drop(Vault::open(&dir.vault(), &new, durability)?);
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
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

    #[test]
    fn another_master_key_takes_over_all_of_it_also_after_a_stop_in_between() {
        let parent = tempfile::tempdir().expect("a directory");
        let dir = DataDir::at(parent.path().join("data"));
        drop(write(&dir).expect("it opens"));
        let old = master_key(&dir, None, None).expect("it is there");
        let vault = Vault::open(&dir.vault(), &old, Durability::Closed);
        drop(vault.expect("it is made"));
        let to = parent.path().join("new.key");
        // Stopped after the persons' keys and before the vault.
        let new = MasterKey::create(&to).expect("it is made");
        let keys = Keys::open(&dir.keys(), old, Durability::Closed).expect("they open");
        drop(keys.wrap_anew(new).expect("they are wrapped anew"));

        change_master_key(&dir, None, &to).expect("it is carried on");
        change_master_key(&dir, None, &to).expect("it holds already");
        assert!(write(&dir).is_err(), "the former key opens nothing");
        let opened = for_writing(&dir, Some(&to), Arc::new(SystemClock), Durability::Closed);
        opened.expect("the new one opens the keys");
        let new = master_key(&dir, Some(&to), None).expect("it is read");
        Vault::open(&dir.vault(), &new, Durability::Closed).expect("and the vault");
    }
}
