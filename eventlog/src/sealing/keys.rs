//! `keys.db`: one key per person, each wrapped by the master key, and the memory of those that were erased.
//!
//! A key is on the disk before anything sealed with it reaches the log. An erased key is overwritten, in the
//! file and in its journal; what stays is that there was one.

use std::collections::HashMap;
use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use aes_gcm::aead::Generate;
use rusqlite::{Connection, OpenFlags, OptionalExtension};

use super::SealError;
use super::cipher::{Key, Place};
use super::master::{Kind, MasterKey};
use crate::sqlite::Durability;

const TABLES: &str = "
    BEGIN IMMEDIATE;
    CREATE TABLE IF NOT EXISTS key (
        subject TEXT PRIMARY KEY,
        nonce   BLOB,
        wrapped BLOB
    ) STRICT;
    CREATE TABLE IF NOT EXISTS master_check (
        one     INTEGER PRIMARY KEY CHECK (one = 1),
        nonce   BLOB NOT NULL,
        wrapped BLOB NOT NULL
    ) STRICT;
    COMMIT;
";

/// What the check row holds when it is unwrapped with the right master key.
const CHECK: &[u8] = b"daicho keys";

/// How many unwrapped keys are held in memory.
const HELD_MAX: usize = 50_000;

/// The keys of all persons in one log.
#[derive(Debug)]
pub struct Keys {
    path: PathBuf,
    master: MasterKey,
    store: Mutex<Store>,
}

#[derive(Debug)]
struct Store {
    connection: Option<Connection>,
    held: HashMap<String, Held>,
}

#[derive(Clone)]
enum Held {
    Key(Key),
    Erased,
}

impl std::fmt::Debug for Held {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Key(_) => "Key(***)",
            Self::Erased => "Erased",
        })
    }
}

impl Keys {
    /// Opens the key file for the process that writes the log, and creates it where there is none.
    ///
    /// # Errors
    /// [`SealError::WrongMasterKey`], and failures of the file system and the store.
    pub fn open(path: &Path, master: MasterKey, durability: Durability) -> Result<Self, SealError> {
        let opened = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path);
        opened.map_err(|error| failed(path, &error))?;
        let connection = Connection::open(path).map_err(|error| failed(path, &error))?;
        let synchronous = match durability {
            Durability::Acknowledged => "FULL",
            Durability::Closed => "OFF",
        };
        connection
            .busy_timeout(std::time::Duration::from_secs(5))
            .and_then(|()| connection.pragma_update(None, "journal_mode", "WAL"))
            .and_then(|()| connection.pragma_update(None, "synchronous", synchronous))
            .and_then(|()| connection.pragma_update(None, "secure_delete", "ON"))
            .and_then(|()| connection.execute_batch(TABLES))
            .map_err(|error| failed(path, &error))?;
        let keys = Self::with(path, master, Some(connection));
        keys.check_master()?;
        Ok(keys)
    }

    /// Opens the key file beside the process that writes. Where there is none, no key is known.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_for_reading(path: &Path, master: MasterKey) -> Result<Self, SealError> {
        let connection = match path.exists() {
            false => None,
            true => {
                let opened = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY);
                Some(opened.map_err(|error| failed(path, &error))?)
            }
        };
        let exists = connection.is_some();
        let keys = Self::with(path, master, connection);
        if exists {
            keys.check_master()?;
        }
        Ok(keys)
    }

    /// No keys at all, for reading a log in which nothing was ever sealed.
    pub fn none(path: &Path) -> Self {
        // Nothing is unwrapped or wrapped by this master key, for there is no store.
        let unused = MasterKey::for_training(crate::data_dir::Training { seed: 0 });
        Self::with(path, unused, None)
    }

    /// Keys that live in memory, for tests and scenarios.
    ///
    /// # Errors
    /// When the store fails.
    pub fn in_memory(master: MasterKey) -> Result<Self, SealError> {
        let path = Path::new(":memory:");
        let connection = Connection::open_in_memory().map_err(|error| failed(path, &error))?;
        connection
            .execute_batch(TABLES)
            .map_err(|error| failed(path, &error))?;
        let keys = Self::with(path, master, Some(connection));
        keys.check_master()?;
        Ok(keys)
    }

    fn with(path: &Path, master: MasterKey, connection: Option<Connection>) -> Self {
        let store = Store {
            connection,
            held: HashMap::new(),
        };
        Self {
            path: path.to_owned(),
            master,
            store: Mutex::new(store),
        }
    }

    /// Forgets a person for ever: what was sealed with the key can never be opened again. Of whom nothing was recorded, nothing
    /// will be under this key.
    ///
    /// # Errors
    /// When the key file cannot be written.
    pub fn erase(&self, subject: &str) -> Result<(), SealError> {
        if self.is_erased(subject)? {
            return Ok(());
        }
        let mut store = self.lock();
        let connection = store.connection.as_ref().ok_or_else(|| self.read_only())?;
        connection
            .execute(
                "INSERT INTO key (subject) VALUES (?1)
                 ON CONFLICT (subject) DO UPDATE SET nonce = NULL, wrapped = NULL",
                [subject],
            )
            .map_err(|error| failed(&self.path, &error))?;
        // The journal still has the wrapped key: fold it into the file and cut it off.
        connection
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
            .map_err(|error| failed(&self.path, &error))?;
        store.held.insert(subject.to_owned(), Held::Erased);
        Ok(())
    }

    /// Whether a person asked to be forgotten.
    ///
    /// # Errors
    /// When the key file cannot be read.
    pub fn is_erased(&self, subject: &str) -> Result<bool, SealError> {
        match self.find(&mut self.lock(), subject)? {
            Some(Held::Erased) => Ok(true),
            Some(Held::Key(_)) | None => Ok(false),
        }
    }

    /// The key of a person of whom something is recorded now, made if there is none.
    pub(super) fn to_seal(&self, subject: &str) -> Result<Key, SealError> {
        let mut store = self.lock();
        let held = match self.find(&mut store, subject)? {
            Some(held) => held,
            None => self.make(&mut store, subject)?,
        };
        match held {
            Held::Key(key) => Ok(key),
            Held::Erased => Err(SealError::Erased {
                subject: subject.to_owned(),
            }),
        }
    }

    /// The key of a person of whom something was recorded; `None` when it was erased.
    pub(super) fn to_open(&self, subject: &str) -> Result<Option<Key>, SealError> {
        match self.find(&mut self.lock(), subject)? {
            Some(Held::Key(key)) => Ok(Some(key)),
            Some(Held::Erased) => Ok(None),
            None => Err(SealError::KeyMissing {
                subject: subject.to_owned(),
                path: self.path.clone(),
            }),
        }
    }

    fn find(&self, store: &mut Store, subject: &str) -> Result<Option<Held>, SealError> {
        if let Some(held) = store.held.get(subject) {
            return Ok(Some(held.clone()));
        }
        let Some(connection) = &store.connection else {
            return Ok(None);
        };
        let row = connection
            .prepare_cached("SELECT nonce, wrapped FROM key WHERE subject = ?1")
            .and_then(|mut statement| {
                let wrapped = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
                statement.query_row([subject], wrapped).optional()
            })
            .map_err(|error| failed(&self.path, &error))?;
        let held = match row {
            None => return Ok(None),
            Some((Some(nonce), Some(wrapped))) => {
                let (nonce, wrapped): (Vec<u8>, Vec<u8>) = (nonce, wrapped);
                Held::Key(self.unwrap(subject, &nonce, &wrapped)?)
            }
            Some((_, None) | (None, _)) => Held::Erased,
        };
        hold(store, subject, held.clone());
        Ok(Some(held))
    }

    fn make(&self, store: &mut Store, subject: &str) -> Result<Held, SealError> {
        let key = match self.master.kind {
            Kind::Real => Key(<[u8; 32]>::generate()),
            Kind::Training => self.master.key.derive("person", &[subject.as_bytes()]),
        };
        let place = Place::of_key(subject);
        let (nonce, wrapped) = self.master.key.seal_bytes(&place, &key.0);
        let connection = store.connection.as_ref().ok_or_else(|| self.read_only())?;
        connection
            .prepare_cached("INSERT INTO key (subject, nonce, wrapped) VALUES (?1, ?2, ?3)")
            .and_then(|mut insert| insert.execute((subject, nonce.as_slice(), &wrapped)))
            .map_err(|error| failed(&self.path, &error))?;
        hold(store, subject, Held::Key(key.clone()));
        Ok(Held::Key(key))
    }

    /// Wraps every key anew by another master key, all or none of them. What is wrapped by it already stays.
    ///
    /// # Errors
    /// When the key file cannot be written.
    pub fn wrap_anew(self, master: MasterKey) -> Result<Self, SealError> {
        {
            let mut store = self.lock();
            let Store { connection, held } = &mut *store;
            let read_only = || self.read_only();
            let connection = connection.as_mut().ok_or_else(read_only)?;
            let say = |error: rusqlite::Error| failed(&self.path, &error);
            let change = connection.transaction().map_err(say)?;
            let wrapped: Vec<(String, Vec<u8>, Vec<u8>)> = change
                .prepare("SELECT subject, nonce, wrapped FROM key WHERE wrapped IS NOT NULL")
                .and_then(|mut select| {
                    let rows =
                        select.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
                    rows.collect()
                })
                .map_err(say)?;
            for (subject, nonce, wrapped) in wrapped {
                let key = self.unwrap(&subject, &nonce, &wrapped)?;
                let place = Place::of_key(&subject);
                let (nonce, wrapped) = master.key.seal_bytes(&place, &key.0);
                change
                    .execute(
                        "UPDATE key SET nonce = ?2, wrapped = ?3 WHERE subject = ?1",
                        (&subject, nonce.as_slice(), &wrapped),
                    )
                    .map_err(say)?;
            }
            let place = Place(CHECK.to_vec());
            let (nonce, wrapped) = master.key.seal_bytes(&place, CHECK);
            change
                .execute(
                    "UPDATE master_check SET nonce = ?1, wrapped = ?2",
                    (nonce.as_slice(), wrapped),
                )
                .and_then(|_| change.commit())
                .map_err(say)?;
            // What was wrapped by the former one goes from the journal, too.
            connection
                .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
                .map_err(say)?;
            held.clear();
        }
        Ok(Self { master, ..self })
    }

    fn unwrap(&self, subject: &str, nonce: &[u8], wrapped: &[u8]) -> Result<Key, SealError> {
        let place = Place::of_key(subject);
        let opened = self.master.key.open_bytes(&place, nonce, wrapped);
        let bytes: Option<[u8; 32]> = opened.and_then(|bytes| bytes.try_into().ok());
        bytes.map(Key).ok_or_else(|| self.wrong_master())
    }

    /// A wrong master key is refused at once, and not with the first name on a page.
    fn check_master(&self) -> Result<(), SealError> {
        let store = self.lock();
        let Some(connection) = &store.connection else {
            return Ok(());
        };
        let row = connection
            .query_row("SELECT nonce, wrapped FROM master_check", [], |row| {
                Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, Vec<u8>>(1)?))
            })
            .optional()
            .map_err(|error| failed(&self.path, &error))?;
        let place = Place(CHECK.to_vec());
        match row {
            Some((nonce, wrapped)) => match self.master.key.open_bytes(&place, &nonce, &wrapped) {
                Some(_) => Ok(()),
                None => Err(self.wrong_master()),
            },
            None => {
                let (nonce, wrapped) = self.master.key.seal_bytes(&place, CHECK);
                connection
                    .execute(
                        "INSERT INTO master_check (one, nonce, wrapped) VALUES (1, ?1, ?2)",
                        (nonce.as_slice(), wrapped),
                    )
                    .map_err(|error| failed(&self.path, &error))?;
                Ok(())
            }
        }
    }

    fn wrong_master(&self) -> SealError {
        SealError::WrongMasterKey {
            master: self.master.origin.clone(),
            keys: self.path.clone(),
        }
    }

    fn read_only(&self) -> SealError {
        SealError::Failed {
            path: self.path.clone(),
            why: "there is no key file here, and it was opened for reading".to_owned(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Keeps a key in memory; when too many are held, begins anew.
fn hold(store: &mut Store, subject: &str, held: Held) {
    if store.held.len() >= HELD_MAX {
        store.held.clear();
    }
    store.held.insert(subject.to_owned(), held);
}

fn failed(path: &Path, error: &dyn std::fmt::Display) -> SealError {
    SealError::Failed {
        path: path.to_owned(),
        why: error.to_string(),
    }
}
