//! Sealing of whole files: the same keys as for texts, the file bound to its key's name and to the digest of its content.

use daicho_domain::document::FileDigest;

use super::cipher::Place;
use super::{Keys, SealError};

/// What a sealed file begins with; the number is the layout's.
const BEGINNING: &[u8] = b"daicho sealed 1\n";

/// The nonce follows it.
const NONCE_BYTES: usize = 12;

impl Keys {
    /// A file as it may lie on a disk.
    pub(crate) fn seal_file(
        &self,
        subject: &str,
        digest: FileDigest,
        content: &[u8],
    ) -> Result<Vec<u8>, SealError> {
        let key = self.to_seal(subject)?;
        let (nonce, text) = key.seal_bytes(&place(subject, digest), content);
        Ok([BEGINNING, &nonce, &text].concat())
    }

    /// The content of a sealed file; nothing once its key was erased.
    pub(crate) fn open_file(
        &self,
        subject: &str,
        digest: FileDigest,
        sealed: &[u8],
    ) -> Result<Option<Vec<u8>>, SealError> {
        let Some(key) = self.to_open(subject)? else {
            return Ok(None);
        };
        let opened = sealed
            .strip_prefix(BEGINNING)
            .and_then(|rest| rest.split_at_checked(NONCE_BYTES))
            .and_then(|(nonce, text)| key.open_bytes(&place(subject, digest), nonce, text));
        opened.map(Some).ok_or_else(|| SealError::Broken {
            pointer: digest.to_string(),
        })
    }
}

fn place(subject: &str, digest: FileDigest) -> Place {
    Place(format!("file {digest} of {subject}").into_bytes())
}
