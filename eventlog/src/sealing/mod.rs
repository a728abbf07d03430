//! Sealing of personal data: a key per person, so that forgetting a person is forgetting one key.
//!
//! On the way into the log every `{"$personal":{"subject","text"}}` of a body becomes
//! `{"$sealed":{"key","nonce","ct"}}`; on the way out it becomes `$personal` again, its text `null` once the
//! person's key was erased. The ciphertext is bound to the stream, the event and the field it was sealed in,
//! so that moving it elsewhere in the log shows. Whoever only counts, copies or checks the log needs no key.

pub(crate) mod cipher;
mod files;
mod keys;
mod master;
mod walk;
mod whereabouts;

use std::path::PathBuf;

use serde_json::Value;
use uuid::Uuid;

use self::cipher::Place;
pub use self::keys::Keys;
pub use self::master::MasterKey;
pub use self::whereabouts::Whereabouts;
use crate::envelope::{Body, StreamName};

/// Why something could not be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The person asked to be forgotten; nothing new is recorded of them under the old key.
    #[error("the personal data of {subject} was erased; record it under a new subject")]
    Erased {
        /// Whose data it was.
        subject: String,
    },
    /// The log has text sealed with a key that this key file never held.
    #[error("the key of {subject} is not in {}: is it the key file of this log?", path.display())]
    KeyMissing {
        /// Whose key it is.
        subject: String,
        /// The key file.
        path: PathBuf,
    },
    /// The sealed text was changed, or moved from another event or field.
    #[error("the sealed text at {pointer} does not belong there or was changed")]
    Broken {
        /// Where in the body it stands.
        pointer: String,
    },
    /// A body, or a marked object in it, does not have the shape it must have.
    #[error("personal data at {pointer} is malformed: {why}")]
    Malformed {
        /// Where in the body it stands.
        pointer: String,
        /// What is wrong.
        why: String,
    },
    /// The master key does not open this key file.
    #[error("the master key {} does not open {}", master.display(), keys.display())]
    WrongMasterKey {
        /// The master key's file.
        master: PathBuf,
        /// The key file.
        keys: PathBuf,
    },
    /// There are keys but nothing to unwrap them with.
    #[error("the master key {} is missing; without it the personal data of this log stays sealed", path.display())]
    MasterKeyMissing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The master key's file does not hold a key.
    #[error("{} does not hold a master key: 32 bytes in base64 are expected", path.display())]
    NotAMasterKey {
        /// The file.
        path: PathBuf,
    },
    /// The master key would be copied with what it protects.
    #[error("the master key {} lies in the data directory {}; keep it elsewhere", path.display(), root.display())]
    MasterKeyInside {
        /// The key's file.
        path: PathBuf,
        /// The data directory.
        root: PathBuf,
    },
    /// Others than its owner can use the master key, or it can be written over.
    #[error("the master key {} has mode {mode:04o}; 0400 is expected", path.display())]
    MasterKeyOpen {
        /// The key's file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// The file system or the store failed.
    #[error("{} failed: {why}", path.display())]
    Failed {
        /// The file.
        path: PathBuf,
        /// What the system says.
        why: String,
    },
}

/// Seals every personal text of an event's body.
///
/// # Errors
/// [`SealError::Erased`], [`SealError::Malformed`], and failures of the key file.
pub fn seal(
    keys: &Keys,
    stream: &StreamName,
    event_id: Uuid,
    body: &mut Value,
) -> Result<(), SealError> {
    walk::replace(body, walk::PERSONAL, &mut |marked, pointer| {
        let subject = walk::text(marked, "subject", pointer)?;
        let place = Place::new(stream, event_id, pointer);
        let Some(text) = walk::text_or_null(marked, "text", pointer)? else {
            // What was erased before stays known to have been there.
            return Ok(walk::object(walk::SEALED, &[("key", Some(subject))]));
        };
        let sealed = keys.to_seal(subject)?.seal(&place, text);
        let members = [
            ("key", Some(subject)),
            ("nonce", Some(&sealed.nonce)),
            ("ct", Some(&sealed.text)),
        ];
        Ok(walk::object(walk::SEALED, &members))
    })
}

/// Opens every sealed text of an event's body; where the key was erased the text is `null`.
///
/// # Errors
/// [`SealError::Broken`], [`SealError::KeyMissing`], [`SealError::Malformed`], and failures of the key file.
pub fn open(
    keys: &Keys,
    stream: &StreamName,
    event_id: Uuid,
    body: &mut Value,
) -> Result<(), SealError> {
    walk::replace(body, walk::SEALED, &mut |marked, pointer| {
        let subject = walk::text(marked, "key", pointer)?;
        let place = Place::new(stream, event_id, pointer);
        let text = match walk::text_or_null(marked, "ct", pointer)? {
            None => None,
            Some(text) => match keys.to_open(subject)? {
                None => None,
                Some(key) => {
                    let nonce = walk::text(marked, "nonce", pointer)?;
                    let opened = key.open(&place, nonce, text);
                    Some(opened.ok_or_else(|| SealError::Broken {
                        pointer: pointer.to_owned(),
                    })?)
                }
            },
        };
        let members = [("subject", Some(subject)), ("text", text.as_deref())];
        Ok(walk::object(walk::PERSONAL, &members))
    })
}

/// Reads a body without any key: every sealed text is `null`, as if it had been erased.
///
/// # Errors
/// [`SealError::Malformed`]
pub fn blank(body: &mut Value) -> Result<(), SealError> {
    walk::replace(body, walk::SEALED, &mut |marked, pointer| {
        let subject = walk::text(marked, "key", pointer)?;
        let members = [("subject", Some(subject)), ("text", None)];
        Ok(walk::object(walk::PERSONAL, &members))
    })
}

/// Takes the texts of persons who asked to be forgotten out of an opened body, and without keys all of them: of texts that
/// older events hold in plain, nothing else does.
///
/// # Errors
/// [`SealError::Malformed`], and failures of the key file.
pub fn withhold(keys: Option<&Keys>, body: &mut Value) -> Result<(), SealError> {
    walk::replace(body, walk::PERSONAL, &mut |marked, pointer| {
        let subject = walk::text(marked, "subject", pointer)?;
        let erased = match keys {
            Some(keys) => keys.is_erased(subject)?,
            None => true,
        };
        let text = walk::text_or_null(marked, "text", pointer)?.filter(|_| !erased);
        let members = [("subject", Some(subject)), ("text", text)];
        Ok(walk::object(walk::PERSONAL, &members))
    })
}

/// Whether a body has anything to open. Most have not, and are decoded from their text at once.
pub fn holds_sealed(body: &Body) -> bool {
    body.as_str().contains(walk::SEALED)
}

#[cfg(test)]
mod tests;
