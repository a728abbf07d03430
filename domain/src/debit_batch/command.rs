//! What can be asked of a debit batch.

use super::result::Checked;
use crate::moving::CarriedFrom;
use crate::personal::Typed;
use crate::stream::StaffId;
use crate::zengin::{Consignor, Totals};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// A file that was with the bank when daicho took over the books.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CarryFile {
    /// The file, by its first line.
    pub from: CarriedFrom,
    /// The day of the debit that stands in it.
    pub debit_on: NaiveDate,
    /// Who collects.
    pub consignor: Consignor,
    /// How many debits, and how much.
    pub totals: Totals,
    /// The SHA-256 of the same file as daicho writes it, in hexadecimal.
    pub sha256: String,
}

/// A request to a debit batch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// A day has come; the batch of its month may open (a reaction).
    Open {},
    /// Fixes what was gathered.
    Freeze {
        /// The number of the last event that counts.
        through: u64,
        /// How many debits, and how much.
        totals: Totals,
        /// The SHA-256 of the file, in hexadecimal.
        sha256: String,
        /// Who collects.
        consignor: Consignor,
        /// Who fixes it.
        by: StaffId,
    },
    /// Has it gather again.
    Reopen {
        /// Why.
        reason: Typed,
        /// Who asks.
        by: StaffId,
    },
    /// Approves what was frozen.
    Approve {
        /// The SHA-256 of the file that the ledgers' answers make now.
        sha256: String,
        /// Who.
        by: StaffId,
    },
    /// Releases the file to the bank.
    Release {
        /// The SHA-256 of the file that the ledgers' answers make now.
        sha256: String,
        /// Who.
        by: StaffId,
    },
    /// Takes a result that was checked whole.
    ReceiveResult {
        /// What the check gave.
        checked: Checked,
        /// Who gives it in.
        by: StaffId,
    },
    /// Takes over a file that the books kept before had sent to the bank.
    CarryOver(CarryFile),
    /// Confirms that ledgers, request and result agree.
    Reconcile {
        /// What the ledgers booked as collected.
        collected: Totals,
        /// What the ledgers booked as failed.
        failed: Totals,
        /// Who.
        by: StaffId,
    },
}
