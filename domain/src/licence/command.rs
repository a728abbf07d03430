//! What can be asked of a licence.

use super::checklist::Checklist;
use super::contract::Payment;
use super::event::{CloseReason, How};
use crate::corporation::Source;
use crate::dates::Month;
use crate::intake::Receipt;
use crate::personal::{Personal, Typed};
use crate::stream::CorporationId;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// A mail address, as it was entered twice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mails {
    /// The first time.
    pub mail: Personal,
    /// The second time.
    pub again: Personal,
}

/// What an application and a renewal have in common.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filing {
    /// How and when the form came in.
    pub receipt: Receipt,
    /// The person to talk to.
    pub contact: Personal,
    /// The telephone number, without hyphens.
    pub phone: Personal,
    /// The mail address, twice.
    pub mails: Mails,
    /// The version of the terms that was accepted.
    pub terms_version: String,
    /// How it is paid.
    pub payment: Payment,
}

/// A request to a licence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Checks the office before it applies.
    Check {
        /// The corporation.
        corporation: CorporationId,
        /// What the office says.
        checklist: Checklist,
    },
    /// Drops the checklist of an office that does not apply.
    DropCheck {
        /// Why.
        reason: Typed,
    },
    /// Takes a request for the download of the client.
    RequestDownload {
        /// The organisation's name on the request.
        organisation: String,
        /// The day of receipt.
        received_on: NaiveDate,
    },
    /// Takes an application.
    Apply {
        /// The office's name on the form.
        office_name: String,
        /// Who represents it.
        representative: Personal,
        /// The rest of the form.
        filing: Filing,
    },
    /// Says that the licence was granted.
    Grant {
        /// The day of the notice.
        on: NaiveDate,
    },
    /// Takes over a licence that exists already.
    TakeOver {
        /// The corporation.
        corporation: CorporationId,
        /// The first day.
        first_day: NaiveDate,
        /// The last day, where the list has it.
        last_day: Option<NaiveDate>,
        /// How it is paid.
        payment: Payment,
        /// The month in which it was paid, if it was.
        paid_in: Option<Month>,
        /// The list.
        source: Source,
    },
    /// Confirms a fee.
    ConfirmFee {
        /// The first day of the year it is for.
        first_day: NaiveDate,
        /// The month in which it was paid.
        month: Month,
        /// How that became known.
        how: How,
    },
    /// Takes back the confirmation of a fee.
    ReverseFee {
        /// The first day of the year it is for.
        first_day: NaiveDate,
        /// Why.
        reason: Typed,
    },
    /// Takes a renewal.
    FileRenewal {
        /// The form.
        filing: Filing,
    },
    /// Says that the office was told that the renewal is done.
    Renew {
        /// The day of the notice.
        on: NaiveDate,
    },
    /// Cancels it: never taken.
    Cancel {},
    /// The licence goes with its number to the corporation that has it now.
    MoveOffice {
        /// That corporation.
        corporation: CorporationId,
    },
    /// A corporation has the number now: a licence that was closed or left behind goes there (a reaction).
    FollowOffice {
        /// That corporation.
        corporation: CorporationId,
    },
    /// The office no longer renews (a reaction).
    CloseOffice {
        /// The corporation that the office left.
        corporation: CorporationId,
        /// Why.
        why: CloseReason,
    },
    /// The renewal window has opened (a deadline).
    OpenRenewal {
        /// The day it was set for.
        on: NaiveDate,
    },
    /// The next year begins (a deadline).
    BeginYear {
        /// Its first day.
        on: NaiveDate,
    },
    /// The last day is over (a deadline).
    Expire {
        /// The last day it was set for.
        last_day: NaiveDate,
    },
    /// The latest month of a fee is over (a deadline).
    PassFee {
        /// The first day of the year it is for.
        first_day: NaiveDate,
        /// The day it was set for.
        fee_by: NaiveDate,
    },
}
