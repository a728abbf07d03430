//! What is known of the attachments of a stream.

use super::command::Paper;
use super::event::{Matter, Part};
use crate::document::FileDigest;
use crate::personal::Personal;
use crate::stream::CorporationId;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// The attachments of a stream, folded.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// The files, in the order in which they were attached.
    pub files: Vec<Held>,
}

/// A file that was attached.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Held {
    /// To which case of the stream.
    pub part: Part,
    /// Whose case it was then.
    pub corporation: CorporationId,
    /// The file.
    pub paper: Paper,
    /// Why it was taken back, if it was.
    pub withdrawn: Option<Personal>,
}

impl State {
    /// The file with this digest on a case; of several the one that was attached last.
    pub fn find(&self, part: Part, digest: FileDigest) -> Option<&Held> {
        let mut files = self.files.iter().rev();
        files.find(|held| held.part == part && held.paper.digest == digest)
    }

    /// Whether the case has a copy of an original that arrived on this day or later.
    pub fn has_scan(&self, part: Part, since: NaiveDate) -> bool {
        self.files.iter().any(|held| {
            let Paper {
                matter, arrived_on, ..
            } = &held.paper;
            held.part == part
                && held.withdrawn.is_none()
                && *matter == Matter::Scan
                && *arrived_on >= since
        })
    }
}

/// The key under which a corporation's files and their names are sealed, after so many erasures.
pub fn sealed_under(id: CorporationId, erasures: u32) -> String {
    match erasures {
        0 => format!("papers-{id}"),
        erasures => format!("papers-{id}-{erasures}"),
    }
}
