//! What is recorded of a letter.

use super::says::{Listed, Says};
use crate::Service;
use crate::document::{Document, FileDigest, MissingGlyph};
use crate::identifiers::TrackingNumber;
use crate::poa::Method;
use crate::rules::Dated;
use crate::stream::CorporationId;
use crate::waiting::worded;
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

worded! {
    /// Why a letter does not go out.
    CallOffReason {
        /// What it tells of was taken back.
        Reversed = "reversed", "お知らせする内容がなくなった";
        /// What it asks for is there.
        Arrived = "arrived", "お願いしたものが届いた";
        /// What it asks to be paid is paid.
        Paid = "paid", "入金を確認した";
        /// What it asks for was done.
        Done = "done", "手続きが済んだ";
        /// Another letter says what holds now.
        Overtaken = "overtaken", "次のお知らせに替わった";
    }
}

/// What holds instead of what a letter said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Instead {
    /// The first day of the month that holds.
    pub start: Dated,
    /// The day on which the ID/PW are set.
    pub credentials_on: Dated,
    /// The office whose paper had been there.
    pub because_of: Listed,
}

/// What happened to a letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", content = "body", rename_all = "snake_case")]
pub enum Event {
    /// It is to be sent.
    Requested {
        /// To whom.
        corporation: CorporationId,
        /// About which service.
        service: Service,
        /// What it says.
        says: Says,
    },
    /// It says something else now; it had not gone out.
    Amended {
        /// What it says.
        says: Says,
    },
    /// It was printed, to be sent.
    Printed {
        /// The letter as it was printed: its file is kept.
        document: Document,
        /// The file of everything printed with it in envelope order: kept as well.
        batch: FileDigest,
    },
    /// It cannot be printed as it is: a person sees to it, and it is printed then or written by hand.
    Unprintable {
        /// The character that no font has.
        glyph: MissingGlyph,
    },
    /// It went out.
    Sent {
        /// How.
        method: Method,
        /// The day.
        sent_on: NaiveDate,
        /// The number under which its envelope can be followed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tracking: Option<TrackingNumber>,
    },
    /// It came back as undeliverable.
    Undeliverable {
        /// The day it came back.
        returned_on: NaiveDate,
    },
    /// It does not go out.
    CalledOff {
        /// Why.
        why: CallOffReason,
    },
    /// It had gone out, and what it said does not hold.
    ProvedWrong {
        /// What holds.
        instead: Instead,
    },
}
