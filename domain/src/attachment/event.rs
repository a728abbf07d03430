//! What is recorded of attachments.

use super::kind::Kind;
use crate::document::FileDigest;
use crate::personal::Personal;
use crate::stream::{CorporationId, OfficeId};
use crate::transmission::OfficeRef;
use crate::waiting::worded;
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

worded! {
    /// What an attached file is of.
    Matter {
        /// A paper whose original is here or leaves the house.
        Scan = "scan", "原本の写し";
        /// What came by fax.
        Fax = "fax", "FAX";
        /// A mail.
        Mail = "mail", "メール";
        /// Something else.
        Other = "other", "その他";
    }
}

/// Which case of a stream: most streams are one case, some hold many.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The stream is one case.
    Whole,
    /// One office of an application.
    Office(OfficeRef),
    /// One end of a service, by its number.
    End(u32),
    /// The corporation's 口座振替依頼書.
    Mandate,
    /// An office that came from another corporation.
    Received(OfficeId),
}

impl Event {
    /// Which case of the stream it is about.
    pub const fn part(&self) -> Part {
        match self {
            Self::Attached { part, .. } | Self::Withdrawn { part, .. } => *part,
        }
    }
}

/// What happened to the attachments of a stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", content = "body", rename_all = "snake_case")]
pub enum Event {
    /// A file was attached.
    Attached {
        /// To which case of the stream.
        part: Part,
        /// Whose case it was then: the file is sealed under a key of this corporation's.
        corporation: CorporationId,
        /// What it is of.
        matter: Matter,
        /// How it is written.
        kind: Kind,
        /// How long it is, in bytes, as it came.
        bytes: u64,
        /// The digest of what came.
        digest: FileDigest,
        /// The sealed file that is kept: the digest of its own bytes.
        file: FileDigest,
        /// What it was called.
        name: Personal,
        /// The day it arrived; the day it was attached is the event's own.
        arrived_on: NaiveDate,
        /// The yen it is about, with tax, where somebody said so: an order, an invoice.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        amount: Option<u64>,
    },
    /// One does not belong to the case: it is no longer shown there. The sealed file stays until its key goes.
    Withdrawn {
        /// From which case of the stream.
        part: Part,
        /// The digest of what came.
        digest: FileDigest,
        /// Why.
        reason: Personal,
    },
}
