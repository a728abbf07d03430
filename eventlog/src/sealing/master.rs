//! The master key: wraps every person's key, and is kept outside the data directory, so that a stolen copy of the
//! log and its keys opens no personal text. The read models hold such texts open, in one table: whoever copies
//! `views/` has them.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use aes_gcm::aead::Generate;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::SealError;
use super::cipher::Key;
use crate::data_dir::{Training, write_new};

/// The key that wraps the keys. It prints its origin, never itself.
#[derive(Clone)]
pub struct MasterKey {
    pub(crate) key: Key,
    pub(crate) origin: PathBuf,
    pub(super) kind: Kind,
}

/// Where the keys of new persons come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// From chance.
    Real,
    /// From the seed: the same work gives the same log. Protects nothing.
    Training,
}

impl MasterKey {
    /// Reads the key from its file.
    ///
    /// # Errors
    /// [`SealError::MasterKeyMissing`], [`SealError::NotAMasterKey`], and failures of the file system.
    pub fn load(path: &Path) -> Result<Self, SealError> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(SealError::MasterKeyMissing {
                    path: path.to_owned(),
                });
            }
            Err(error) => {
                return Err(SealError::Failed {
                    path: path.to_owned(),
                    why: error.to_string(),
                });
            }
        };
        let bytes = BASE64.decode(text.trim()).ok();
        let bytes: Option<[u8; 32]> = bytes.and_then(|bytes| bytes.try_into().ok());
        match bytes {
            Some(bytes) => Ok(Self {
                key: Key(bytes),
                origin: path.to_owned(),
                kind: Kind::Real,
            }),
            None => Err(SealError::NotAMasterKey {
                path: path.to_owned(),
            }),
        }
    }

    /// Makes a new key and writes it, readable by its owner alone. A key that is there is never replaced.
    ///
    /// # Errors
    /// When the file system refuses.
    pub fn create(path: &Path) -> Result<Self, SealError> {
        let bytes = <[u8; 32]>::generate();
        let text = BASE64.encode(bytes) + "\n";
        match write_new(path, text.as_bytes(), 0o400) {
            Ok(()) => Self::load(path),
            Err(error) => Err(SealError::Failed {
                path: path.to_owned(),
                why: error.to_string(),
            }),
        }
    }

    /// The key of a training directory, from its seed.
    pub fn for_training(training: Training) -> Self {
        let seed = Key([0; 32]).derive("training", &[&training.seed.to_le_bytes()]);
        Self {
            key: seed,
            origin: PathBuf::from("(from the training seed)"),
            kind: Kind::Training,
        }
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MasterKey({})", self.origin.display())
    }
}
