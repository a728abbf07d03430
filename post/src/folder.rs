//! A folder in the data directory, where no server is configured: one file per mail, as it would have been sent.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::PathBuf;

use async_trait::async_trait;
use daicho_domain::mail::{Carrier, Failure};
use daicho_workers::mail::{Ended, Message, Post};
use lettre::message::Mailbox;

use crate::message::put_together;

/// The folder.
pub struct Folder {
    path: PathBuf,
    from: Mailbox,
}

impl Folder {
    /// The folder at a path, made when the first mail comes.
    #[must_use]
    pub fn at(path: PathBuf, from: Mailbox) -> Self {
        Self { path, from }
    }

    /// Whole or not at all; the same mail again takes the place of the first.
    fn put(&self, id: &str, bytes: &[u8]) -> io::Result<()> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.path)?;
        let half = self.path.join(format!("{id}.half"));
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&half)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(half, self.path.join(format!("{id}.eml")))
    }
}

#[async_trait]
impl Post for Folder {
    fn carrier(&self) -> Carrier {
        Carrier::Folder
    }

    async fn rest(&self) {}

    async fn send(&self, message: &Message) -> Ended {
        let failed = |why| Ended::Failed { why, code: None };
        let mime = match put_together(message, &self.from) {
            Ok(mime) => mime.formatted(),
            Err(error) => {
                tracing::error!(%error, mail = message.id, "a mail cannot be made");
                return failed(Failure::NotMade);
            }
        };
        match self.put(&message.id, &mime) {
            Ok(()) => Ended::Taken,
            Err(error) => {
                tracing::error!(%error, mail = message.id, "a mail cannot be put into its folder");
                failed(Failure::Unreachable)
            }
        }
    }
}
