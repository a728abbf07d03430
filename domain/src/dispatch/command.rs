//! What can be asked of a letter.

use super::event::{CallOffReason, Instead};
use super::promise::Promise;
use crate::Service;
use crate::document::{Document, FileDigest, MissingGlyph};
use crate::identifiers::TrackingNumber;
use crate::poa::Method;
use crate::stream::{CorporationId, OfficeId};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// A request to a letter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Asks for it to be sent (a reaction). While it has not gone out, it says what is asked for last.
    Request {
        /// To whom.
        corporation: CorporationId,
        /// About which service.
        service: Service,
        /// What it is to tell.
        promise: Promise,
    },
    /// Says that it has nothing to tell of this office any more (a reaction).
    LeaveOut {
        /// The office.
        office: OfficeId,
        /// Why.
        why: CallOffReason,
    },
    /// Says that what it tells does not hold (a reaction).
    CallOff {
        /// Why.
        why: CallOffReason,
        /// What holds instead, if whoever has read it must be told.
        instead: Option<Instead>,
    },
    /// Says that it was printed, to be sent.
    NotePrinted {
        /// The letter as it was printed.
        document: Document,
        /// The file of everything printed with it.
        batch: FileDigest,
    },
    /// Says that it cannot be printed: a character is in no font.
    NoteUnprintable {
        /// Which, and where.
        glyph: MissingGlyph,
    },
    /// Says that it went out.
    Send {
        /// How.
        method: Method,
        /// The day.
        sent_on: NaiveDate,
        /// The number under which its envelope can be followed, if it has one.
        tracking: Option<TrackingNumber>,
    },
    /// Says that it came back as undeliverable.
    RecordUndeliverable {
        /// The day it came back.
        returned_on: NaiveDate,
    },
}
