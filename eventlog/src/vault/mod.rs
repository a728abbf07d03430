//! `vault.db`: IDs and initial passwords until their customers have looked at them, sealed under a key that the master key
//! wraps.
//!
//! A secret is made once (`keep` again changes nothing), shown by a link whose end is kept as a hash, and destroyed with
//! its last look. Nothing here decides whether a link opens: the log does, and the vault keeps count of what it has shown,
//! so that a look that was recorded and not shown can still be shown. Nothing in here prints a secret; there is no call that
//! lists them.

mod link;
mod rotate;
mod store;
mod typed;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use daicho_domain::stream::CredentialId;
use rusqlite::{Connection, OptionalExtension};
use sha2::{Digest, Sha256};

pub use self::link::LinkEnd;
use self::store::Store;
use crate::sealing::cipher::Key;
use crate::sealing::{MasterKey, SealError};
use crate::sqlite::Durability;

/// How often an ID is drawn again because another customer has it.
const DRAWS_MAX: usize = 16;

/// IDs and initial passwords of one installation.
#[derive(Debug)]
pub struct Vault {
    path: PathBuf,
    store: Mutex<Store>,
}

/// What kind of ID it is: its first letter says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdKind {
    /// 法人ID.
    Corporation,
    /// 事業所ID.
    Office,
}

/// One initial password of an ID, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SecretRef {
    /// The ID.
    pub credential: CredentialId,
    /// The how-manieth initial password.
    pub nth: u32,
}

/// ID and initial password, open. They are shown to their customer and go nowhere else.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    /// The ID.
    pub id: String,
    /// The initial password.
    pub password: String,
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(***)")
    }
}

/// Where a link leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Led {
    /// Nowhere: there is no such link.
    Nowhere,
    /// Its beginning is that of a link, its end is not. So many times now.
    Wrong {
        /// The link's secret.
        of: SecretRef,
        /// How often a wrong end was tried.
        attempts: u32,
    },
    /// To this secret, of which so many looks were shown.
    To {
        /// The secret.
        of: SecretRef,
        /// How many looks were shown.
        shown: u32,
    },
}

impl Vault {
    /// Opens the vault for the process that writes the log, and makes it where there is none.
    ///
    /// # Errors
    /// [`SealError::WrongMasterKey`], and failures of the file system and the store.
    pub fn open(
        path: &Path,
        master: &MasterKey,
        durability: Durability,
    ) -> Result<Self, SealError> {
        let store = Store::open(path, master, durability)?;
        Ok(Self::with(path, store))
    }

    /// Opens the vault beside the process that writes; `None` where there is none.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_for_reading(path: &Path, master: &MasterKey) -> Result<Option<Self>, SealError> {
        let store = Store::open_for_reading(path, master)?;
        Ok(store.map(|store| Self::with(path, store)))
    }

    /// A vault that is lost with the process, for tests.
    ///
    /// # Errors
    /// When the store fails.
    pub fn in_memory(master: &MasterKey) -> Result<Self, SealError> {
        let path = Path::new(":memory:");
        Ok(Self::with(path, Store::in_memory(master)?))
    }

    fn with(path: &Path, store: Store) -> Self {
        Self {
            path: path.to_owned(),
            store: Mutex::new(store),
        }
    }

    /// Makes a secret and its link, if it was not made before. An ID keeps its name with a new password.
    ///
    /// # Errors
    /// When the vault cannot be written.
    pub fn keep(&self, of: SecretRef, kind: IdKind) -> Result<(), SealError> {
        let mut store = self.lock();
        let Store { connection, key } = &mut *store;
        let change = connection
            .transaction()
            .map_err(|error| self.failed(&error))?;
        let credential = of.credential.to_string();
        let made = || -> rusqlite::Result<()> {
            let known = "SELECT 1 FROM identity WHERE credential = ?1";
            if change
                .query_row(known, [&credential], |_| Ok(()))
                .optional()?
                .is_none()
            {
                name(&change, key, &credential, kind)?;
            }
            let known = "SELECT 1 FROM secret WHERE credential = ?1 AND nth = ?2";
            let kept = change.query_row(known, (&credential, of.nth), |_| Ok(()));
            if kept.optional()?.is_some() {
                return Ok(());
            }
            let link = LinkEnd::draw();
            let password = store::place(&credential, of.nth, "password");
            let password = key.seal_bytes(&password, typed::password().as_bytes());
            let place = store::place(&credential, of.nth, "link");
            let sealed = key.seal_bytes(&place, link.text().as_bytes());
            change.execute(
                "INSERT INTO secret (credential, nth, beginning, end_sha256, attempts, shown,
                                     password_nonce, password, link_nonce, link)
                 VALUES (?1, ?2, ?3, ?4, 0, 0, ?5, ?6, ?7, ?8)",
                (
                    &credential,
                    of.nth,
                    link.beginning(),
                    Sha256::digest(link.end()).as_slice(),
                    password.0.as_slice(),
                    password.1,
                    sealed.0.as_slice(),
                    sealed.1,
                ),
            )?;
            Ok(())
        };
        made()
            .and_then(|()| change.commit())
            .map_err(|error| self.failed(&error))
    }

    /// The ID alone, to stand in a letter to its customer; `None` where none was made here.
    ///
    /// # Errors
    /// When the vault cannot be read.
    pub fn id(&self, credential: CredentialId) -> Result<Option<String>, SealError> {
        let store = self.lock();
        let credential = credential.to_string();
        let sql = "SELECT nonce, name FROM identity WHERE credential = ?1";
        let row = store
            .connection
            .query_row(sql, [&credential], |row| Ok((row.get(0)?, row.get(1)?)));
        let row: Option<(Vec<u8>, Vec<u8>)> =
            row.optional().map_err(|error| self.failed(&error))?;
        let place = store::place(&credential, 0, "id");
        row.map(|(nonce, name)| self.opened(&store.key, &place, &nonce, &name))
            .transpose()
    }

    /// The text of a link, to be given out to its customer; `None` when there is nothing more to see by it.
    ///
    /// # Errors
    /// When the vault cannot be read.
    pub fn link(&self, of: SecretRef) -> Result<Option<String>, SealError> {
        let store = self.lock();
        let credential = of.credential.to_string();
        let sql = "SELECT link_nonce, link FROM secret
                   WHERE credential = ?1 AND nth = ?2 AND link IS NOT NULL";
        let row = store
            .connection
            .query_row(sql, (&credential, of.nth), |row| {
                Ok((row.get(0)?, row.get(1)?))
            });
        let row: Option<(Vec<u8>, Vec<u8>)> =
            row.optional().map_err(|error| self.failed(&error))?;
        let place = store::place(&credential, of.nth, "link");
        row.map(|(nonce, text)| self.opened(&store.key, &place, &nonce, &text))
            .transpose()
    }

    /// Where a link leads, as somebody typed or clicked it. A wrong end is counted.
    ///
    /// # Errors
    /// When the vault cannot be used.
    pub fn follow(&self, text: &str) -> Result<Led, SealError> {
        let Some(link) = LinkEnd::read(text) else {
            return Ok(Led::Nowhere);
        };
        let store = self.lock();
        let sql =
            "SELECT credential, nth, end_sha256, shown, attempts FROM secret WHERE beginning = ?1";
        let row = store.connection.query_row(sql, [link.beginning()], |row| {
            Ok((
                row.get(0)?,
                row.get(1)?,
                row.get(2)?,
                row.get(3)?,
                row.get(4)?,
            ))
        });
        let row: Option<(String, u32, Vec<u8>, u32, u32)> =
            row.optional().map_err(|error| self.failed(&error))?;
        let Some((credential, nth, end, shown, attempts)) = row else {
            return Ok(Led::Nowhere);
        };
        let of = SecretRef {
            credential: credential.parse().map_err(|_| self.malformed())?,
            nth,
        };
        if end == Sha256::digest(link.end()).as_slice() {
            return Ok(Led::To { of, shown });
        }
        let sql = "UPDATE secret SET attempts = attempts + 1 WHERE credential = ?1 AND nth = ?2";
        store
            .connection
            .execute(sql, (&credential, nth))
            .map_err(|error| self.failed(&error))?;
        let attempts = attempts + 1;
        Ok(Led::Wrong { of, attempts })
    }

    /// Shows a secret for its `look`th time: once for each look, and with the last one what is shown is destroyed. `None`
    /// when that look was shown before, or there is nothing.
    ///
    /// # Errors
    /// When the vault cannot be used: nothing was shown then.
    pub fn show(&self, of: SecretRef, look: u32, last: Last) -> Result<Option<Secret>, SealError> {
        let mut store = self.lock();
        let Store { connection, key } = &mut *store;
        let failed = |error: rusqlite::Error| self.failed(&error);
        let change = connection.transaction().map_err(failed)?;
        let credential = of.credential.to_string();
        let row = change
            .query_row(
                "SELECT identity.nonce, identity.name, password_nonce, password
                 FROM secret JOIN identity USING (credential)
                 WHERE credential = ?1 AND nth = ?2 AND shown < ?3 AND password IS NOT NULL",
                (&credential, of.nth, look),
                |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
            )
            .optional()
            .map_err(failed)?;
        let Some(row) = row else {
            return Ok(None);
        };
        let (id_nonce, id, nonce, password): (Vec<u8>, Vec<u8>, Vec<u8>, Vec<u8>) = row;
        let id_place = store::place(&credential, 0, "id");
        let place = store::place(&credential, of.nth, "password");
        let secret = Secret {
            id: self.opened(key, &id_place, &id_nonce, &id)?,
            password: self.opened(key, &place, &nonce, &password)?,
        };
        let sql = "UPDATE secret SET shown = ?3 WHERE credential = ?1 AND nth = ?2";
        change
            .execute(sql, (&credential, of.nth, look))
            .map_err(failed)?;
        if last == Last::Yes {
            store::destroy(&change, &credential, of.nth).map_err(failed)?;
        }
        change.commit().map_err(failed)?;
        if last == Last::Yes {
            store::cut_journal(connection).map_err(failed)?;
        }
        Ok(Some(secret))
    }

    /// Destroys an initial password and its link: nothing will be looked at any more. The ID's name stays, for a reissue.
    ///
    /// # Errors
    /// When the vault cannot be written.
    pub fn destroy(&self, of: SecretRef) -> Result<(), SealError> {
        let store = self.lock();
        store::destroy(&store.connection, &of.credential.to_string(), of.nth)
            .and_then(|()| store::cut_journal(&store.connection))
            .map_err(|error| self.failed(&error))
    }

    /// Whether an initial password lies here, not yet destroyed.
    ///
    /// # Errors
    /// When the vault cannot be read.
    pub fn holds(&self, of: SecretRef) -> Result<bool, SealError> {
        let sql =
            "SELECT 1 FROM secret WHERE credential = ?1 AND nth = ?2 AND password IS NOT NULL";
        let credential = of.credential.to_string();
        self.lock()
            .connection
            .query_row(sql, (&credential, of.nth), |_| Ok(()))
            .optional()
            .map(|found| found.is_some())
            .map_err(|error| self.failed(&error))
    }

    /// The initial passwords that lie here, by their numbers alone.
    ///
    /// # Errors
    /// When the vault cannot be read.
    pub fn held(&self) -> Result<Vec<SecretRef>, SealError> {
        let store = self.lock();
        let rows = || -> rusqlite::Result<Vec<(String, u32)>> {
            let sql = "SELECT credential, nth FROM secret WHERE password IS NOT NULL
                       ORDER BY credential, nth";
            let mut select = store.connection.prepare_cached(sql)?;
            let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            rows.collect()
        };
        let rows = rows().map_err(|error| self.failed(&error))?;
        let held = rows.into_iter().map(|(credential, nth)| {
            let credential = credential.parse().map_err(|_| self.malformed())?;
            Ok(SecretRef { credential, nth })
        });
        held.collect()
    }

    fn opened(
        &self,
        key: &Key,
        place: &crate::sealing::cipher::Place,
        nonce: &[u8],
        sealed: &[u8],
    ) -> Result<String, SealError> {
        let opened = key.open_bytes(place, nonce, sealed);
        let text = opened.and_then(|bytes| String::from_utf8(bytes).ok());
        text.ok_or_else(|| self.malformed())
    }

    fn malformed(&self) -> SealError {
        SealError::Failed {
            path: self.path.clone(),
            why: "a row was changed, or belongs elsewhere".to_owned(),
        }
    }

    fn failed(&self, error: &rusqlite::Error) -> SealError {
        store::failed(&self.path, error)
    }

    fn lock(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a look is the last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Last {
    /// The secret is destroyed with it.
    Yes,
    /// It may be looked at again.
    No,
}

/// Gives an ID a name that no other has.
fn name(
    connection: &Connection,
    key: &Key,
    credential: &str,
    kind: IdKind,
) -> rusqlite::Result<()> {
    let place = store::place(credential, 0, "id");
    let mut refused = rusqlite::Error::QueryReturnedNoRows;
    for _ in 0..DRAWS_MAX {
        let name = typed::id(kind);
        let (nonce, sealed) = key.seal_bytes(&place, name.as_bytes());
        let named = connection.execute(
            "INSERT INTO identity (credential, nonce, name, name_tag) VALUES (?1, ?2, ?3, ?4)",
            (credential, nonce.as_slice(), sealed, store::tag(key, &name)),
        );
        match named {
            Ok(_) => return Ok(()),
            Err(error)
                if error.sqlite_error_code() == Some(rusqlite::ErrorCode::ConstraintViolation) =>
            {
                refused = error;
            }
            Err(error) => return Err(error),
        }
    }
    Err(refused)
}

#[cfg(test)]
mod tests;
