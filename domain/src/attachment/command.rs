//! What can be asked of the attachments of a stream.

use super::event::{Matter, Part};
use super::kind::Kind;
use crate::document::FileDigest;
use crate::personal::{Personal, Typed};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// A file as it came, and as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Paper {
    /// What it is of.
    pub matter: Matter,
    /// How it is written.
    pub kind: Kind,
    /// How long it is, in bytes.
    pub bytes: u64,
    /// The digest of what came.
    pub digest: FileDigest,
    /// The sealed file that is kept: the digest of its own bytes.
    pub file: FileDigest,
    /// What it was called, under the key that the file is sealed with.
    pub name: Personal,
    /// The day it arrived.
    pub arrived_on: NaiveDate,
    /// The yen it is about, with tax, where it is about any.
    pub amount: Option<u64>,
}

/// A request to the attachments of a stream.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Attaches a file that is kept already.
    Attach {
        /// To which case of the stream.
        part: Part,
        /// The file.
        paper: Paper,
    },
    /// Takes back one that does not belong to the case.
    Withdraw {
        /// From which case of the stream.
        part: Part,
        /// The digest of what came.
        digest: FileDigest,
        /// Why.
        reason: Typed,
    },
}
