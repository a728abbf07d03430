//! Files that came from outside, and letters that name what their customer alone is to know: sealed under a person's or corporation's key before they touch the disk, kept under the
//! digest of what lies there, opened again as long as the key is.
//!
//! The file is on the disk before the event that names it is asked for. A process that dies in between leaves a whole sealed
//! file that nothing names; sent again, the same file is met there.

use std::io;

use daicho_domain::document::FileDigest;
use sha2::{Digest as _, Sha256};

use crate::data_dir::DataDir;
use crate::execute::Engine;
use crate::sealing::SealError;

/// The key of letters that are kept sealed. They hold no personal text: an erasure leaves them, as long as they must be kept.
const LETTERS: &str = "letters";

/// What a sealed letter begins with, before the digest of the letter as it was printed.
const SEALED_LETTER: &[u8] = b"daicho letter ";

/// How long that digest is, in hexadecimal.
const DIGEST_LETTERS: usize = 64;

/// A file as it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeptFile {
    /// The digest of what came.
    pub digest: FileDigest,
    /// The sealed file: the digest of its own bytes, which is its name.
    pub file: FileDigest,
}

/// Why a file is not kept, or not opened.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    /// It cannot be sealed or opened.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The file system refused.
    #[error("a file cannot be kept or read: {0}")]
    Io(#[from] io::Error),
    /// What lies under the digest is not what was kept.
    #[error("the file {file} is not what was kept under that name")]
    Changed {
        /// Its name.
        file: FileDigest,
    },
}

impl Engine {
    /// Seals a file under the key of `subject` and keeps it. The same file again changes nothing.
    ///
    /// # Errors
    /// When the key was erased, or the key file or the file system fails.
    pub fn keep_sealed(
        &self,
        data: &DataDir,
        subject: &str,
        content: &[u8],
    ) -> Result<KeptFile, KeepError> {
        let digest = FileDigest::new(Sha256::digest(content).into());
        let sealed = self.keys().seal_file(subject, digest, content)?;
        let file = data.keep(&sealed)?;
        Ok(KeptFile { digest, file })
    }

    /// The content of a file that was kept; nothing when its key was erased or it is not here.
    ///
    /// # Errors
    /// When what lies there was changed, or the key file or the file system fails.
    pub fn open_sealed(
        &self,
        data: &DataDir,
        subject: &str,
        kept: KeptFile,
    ) -> Result<Option<Vec<u8>>, KeepError> {
        let Some(sealed) = data.kept(kept.file)? else {
            return Ok(None);
        };
        let opened = self.keys().open_file(subject, kept.digest, &sealed);
        match opened {
            Err(SealError::Broken { .. }) => Err(KeepError::Changed { file: kept.file }),
            opened => Ok(opened?),
        }
    }

    /// Keeps a letter sealed, as it was printed: the digest of what lies there, which is its name. The same letter again changes
    /// nothing.
    ///
    /// # Errors
    /// When the key file or the file system fails.
    pub fn keep_letter(&self, data: &DataDir, letter: &[u8]) -> Result<FileDigest, KeepError> {
        let digest = FileDigest::new(Sha256::digest(letter).into());
        let sealed = self.keys().seal_file(LETTERS, digest, letter)?;
        let name = digest.to_string();
        Ok(data.keep(&[SEALED_LETTER, name.as_bytes(), &sealed].concat())?)
    }

    /// A kept file as it was printed: what was sealed is opened, anything else is what it is.
    ///
    /// # Errors
    /// When it is sealed, and its key is gone, it was changed, or the key file fails.
    pub fn open_letter(&self, kept: Vec<u8>) -> Result<Vec<u8>, KeepError> {
        let Some(sealed) = kept.strip_prefix(SEALED_LETTER) else {
            return Ok(kept);
        };
        let broken = || SealError::Broken {
            pointer: LETTERS.to_owned(),
        };
        let (digest, sealed) = sealed.split_at_checked(DIGEST_LETTERS).ok_or_else(broken)?;
        let digest = std::str::from_utf8(digest).ok();
        let digest = digest.and_then(|digest| digest.parse().ok());
        let digest = digest.ok_or_else(broken)?;
        let opened = self.keys().open_file(LETTERS, digest, sealed)?;
        opened.ok_or_else(|| {
            let subject = LETTERS.to_owned();
            SealError::Erased { subject }.into()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SimulatedClock;
    use crate::memory::MemoryLog;
    use crate::sealing::{Keys, MasterKey};
    use crate::{Training, sealing};
    use daicho_domain::rules::Policy;
    use std::sync::Arc;

    async fn engine() -> (Engine, Arc<Keys>) {
        let clock = Arc::new(SimulatedClock::at(
            "2026-07-06T00:00:00Z".parse().expect("an instant"),
        ));
        let master = MasterKey::for_training(Training { seed: 1 });
        let keys = Arc::new(sealing::Keys::in_memory(master).expect("keys in memory"));
        let log = Arc::new(MemoryLog::new(clock.clone()));
        let policy = Arc::new(Policy::seeded());
        let engine = Engine::start(log, keys.clone(), clock, policy).await;
        (engine.expect("an empty log"), keys)
    }

    #[tokio::test]
    async fn a_file_lies_sealed_under_its_digest_and_opens_until_its_key_is_erased() {
        let parent = tempfile::tempdir().expect("a directory");
        let data = DataDir::at(parent.path().join("data"));
        data.create().expect("it is made");
        let (engine, keys) = engine().await;
        let content = "%PDF-1.7 架空花子の届出印".as_bytes();
        let kept = engine.keep_sealed(&data, "papers-1", content);
        let kept = kept.expect("it is kept");
        let again = engine.keep_sealed(&data, "papers-1", content);
        assert_eq!(again.expect("it is there"), kept);
        let lies = data.kept(kept.file).expect("it is read");
        let lies = lies.expect("it lies there");
        assert_eq!(FileDigest::new(Sha256::digest(&lies).into()), kept.file);
        let found = |part: &[u8]| lies.windows(part.len()).any(|window| window == part);
        assert!(!found("架空花子".as_bytes()) && !found(b"%PDF"));
        let opened = engine.open_sealed(&data, "papers-1", kept);
        assert_eq!(opened.expect("it opens").as_deref(), Some(content));

        // Of somebody else it is not.
        let other = engine.keep_sealed(&data, "papers-2", content);
        let other = other.expect("it is kept");
        assert_eq!(other.digest, kept.digest);
        assert_ne!(other.file, kept.file);
        let opened = engine.open_sealed(&data, "papers-2", kept);
        assert!(matches!(opened, Err(KeepError::Changed { .. })));

        keys.erase("papers-1").expect("it is erased");
        let opened = engine.open_sealed(&data, "papers-1", kept);
        assert_eq!(opened.expect("it is asked for"), None);
        let opened = engine.open_sealed(&data, "papers-2", other);
        assert_eq!(opened.expect("it opens").as_deref(), Some(content));
        let late = engine.keep_sealed(&data, "papers-1", content);
        let erased = KeepError::Seal(SealError::Erased {
            subject: "papers-1".into(),
        });
        assert_eq!(
            late.map_err(|error| error.to_string()),
            Err(erased.to_string())
        );
    }

    #[tokio::test]
    async fn a_letter_lies_sealed_and_opens_as_it_was_printed() {
        let parent = tempfile::tempdir().expect("a directory");
        let data = DataDir::at(parent.path().join("data"));
        data.create().expect("it is made");
        let (engine, _) = engine().await;
        let letter = "%PDF-1.7 H-2041-7782".as_bytes();
        let file = engine.keep_letter(&data, letter).expect("it is kept");
        let again = engine.keep_letter(&data, letter).expect("it is there");
        assert_eq!(again, file, "the same file");
        let lies = data.kept(file).expect("it is read").expect("it is there");
        assert!(!lies.windows(4).any(|window| window == b"2041"));
        let opened = engine.open_letter(lies.clone()).expect("it opens");
        assert_eq!(opened, letter);
        let mut changed = lies;
        *changed.last_mut().expect("a byte") ^= 1;
        assert!(engine.open_letter(changed).is_err());
        let plain = engine.open_letter(letter.to_vec()).expect("it is plain");
        assert_eq!(plain, letter);
    }
}
