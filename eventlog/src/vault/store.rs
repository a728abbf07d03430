//! The tables of the vault, and the key its rows are sealed under, which the master key wraps.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, OptionalExtension};

use crate::sealing::cipher::{Key, Place};
use crate::sealing::{MasterKey, SealError};
use crate::sqlite::Durability;

const TABLES: &str = "
    BEGIN IMMEDIATE;
    CREATE TABLE IF NOT EXISTS vault_key (
        one     INTEGER PRIMARY KEY CHECK (one = 1),
        nonce   BLOB NOT NULL,
        wrapped BLOB NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS identity (
        credential TEXT PRIMARY KEY,
        nonce      BLOB NOT NULL,
        name       BLOB NOT NULL,
        name_tag   BLOB NOT NULL UNIQUE
    ) STRICT;
    CREATE TABLE IF NOT EXISTS secret (
        credential     TEXT NOT NULL,
        nth            INTEGER NOT NULL,
        beginning      TEXT UNIQUE,
        end_sha256     BLOB,
        attempts       INTEGER NOT NULL,
        shown          INTEGER NOT NULL,
        password_nonce BLOB,
        password       BLOB,
        link_nonce     BLOB,
        link           BLOB,
        PRIMARY KEY (credential, nth)
    ) STRICT;
    COMMIT;
";

/// An open vault: its file, and the key of its rows.
pub(super) struct Store {
    pub(super) connection: Connection,
    pub(super) key: Key,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Store(***)")
    }
}

/// Where a sealed value stands: nothing can be moved to another ID, password or column.
pub(super) fn place(credential: &str, nth: u32, what: &str) -> Place {
    Place(format!("vault {what} {nth} of {credential}").into_bytes())
}

fn key_place() -> Place {
    Place(b"key of the vault".to_vec())
}

/// By which two IDs of one name are told without opening either.
pub(super) fn tag(key: &Key, name: &str) -> Vec<u8> {
    key.derive("name", &[name.as_bytes()]).0.to_vec()
}

/// Overwrites an initial password and its link.
pub(super) fn destroy(connection: &Connection, credential: &str, nth: u32) -> rusqlite::Result<()> {
    let sql = "UPDATE secret SET beginning = NULL, end_sha256 = NULL, password_nonce = NULL, password = NULL,
                                 link_nonce = NULL, link = NULL
               WHERE credential = ?1 AND nth = ?2";
    connection.execute(sql, (credential, nth)).map(|_| ())
}

/// The journal still has what was overwritten in the file: fold it in and cut it off.
pub(super) fn cut_journal(connection: &Connection) -> rusqlite::Result<()> {
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
}

impl Store {
    pub(super) fn open(
        path: &Path,
        master: &MasterKey,
        durability: Durability,
    ) -> Result<Self, SealError> {
        let say = |error: &dyn std::fmt::Display| failed(path, error);
        OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path)
            .map_err(|error| say(&error))?;
        let connection = Connection::open(path).map_err(|error| say(&error))?;
        let synchronous = match durability {
            Durability::Acknowledged => "FULL",
            Durability::Closed => "OFF",
        };
        connection
            .busy_timeout(Duration::from_secs(5))
            .and_then(|()| connection.pragma_update(None, "journal_mode", "WAL"))
            .and_then(|()| connection.pragma_update(None, "synchronous", synchronous))
            .map_err(|error| say(&error))?;
        Self::over(path, connection, master)
    }

    pub(super) fn in_memory(master: &MasterKey) -> Result<Self, SealError> {
        let path = Path::new(":memory:");
        let connection = Connection::open_in_memory().map_err(|error| failed(path, &error))?;
        Self::over(path, connection, master)
    }

    fn over(path: &Path, connection: Connection, master: &MasterKey) -> Result<Self, SealError> {
        connection
            .pragma_update(None, "secure_delete", "ON")
            .and_then(|()| connection.execute_batch(TABLES))
            .map_err(|error| failed(path, &error))?;
        let key = match wrapped(path, &connection)? {
            Some((nonce, wrapped)) => unwrap(path, master, &nonce, &wrapped)?,
            None => {
                let key = Key::random();
                let (nonce, wrapped) = master.key.seal_bytes(&key_place(), &key.0);
                let sql = "INSERT INTO vault_key (one, nonce, wrapped) VALUES (1, ?1, ?2)";
                connection
                    .execute(sql, (nonce.as_slice(), wrapped))
                    .map_err(|error| failed(path, &error))?;
                key
            }
        };
        Ok(Self { connection, key })
    }

    pub(super) fn open_for_reading(
        path: &Path,
        master: &MasterKey,
    ) -> Result<Option<Self>, SealError> {
        if !path.exists() {
            return Ok(None);
        }
        let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)
            .map_err(|error| failed(path, &error))?;
        let Some((nonce, wrapped)) = wrapped(path, &connection)? else {
            return Ok(None);
        };
        let key = unwrap(path, master, &nonce, &wrapped)?;
        Ok(Some(Self { connection, key }))
    }
}

/// Puts the key of the rows under a master key.
pub(super) fn wrap(connection: &Connection, key: &Key, master: &MasterKey) -> rusqlite::Result<()> {
    let (nonce, wrapped) = master.key.seal_bytes(&key_place(), &key.0);
    let sql = "UPDATE vault_key SET nonce = ?1, wrapped = ?2";
    connection
        .execute(sql, (nonce.as_slice(), wrapped))
        .map(|_| ())
}

type Wrapped = (Vec<u8>, Vec<u8>);

fn wrapped(path: &Path, connection: &Connection) -> Result<Option<Wrapped>, SealError> {
    connection
        .query_row("SELECT nonce, wrapped FROM vault_key", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()
        .map_err(|error| failed(path, &error))
}

fn unwrap(path: &Path, master: &MasterKey, nonce: &[u8], wrapped: &[u8]) -> Result<Key, SealError> {
    let opened = master.key.open_bytes(&key_place(), nonce, wrapped);
    let bytes: Option<[u8; 32]> = opened.and_then(|bytes| bytes.try_into().ok());
    bytes.map(Key).ok_or_else(|| SealError::WrongMasterKey {
        master: master.origin.clone(),
        keys: path.to_owned(),
    })
}

pub(super) fn failed(path: &Path, error: &dyn std::fmt::Display) -> SealError {
    SealError::Failed {
        path: path.to_owned(),
        why: error.to_string(),
    }
}
