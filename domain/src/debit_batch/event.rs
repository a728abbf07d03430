//! What is recorded of a debit batch.

use crate::dates::Month;
use crate::moving::CarriedFrom;
use crate::personal::Personal;
use crate::rules::Dated;
use crate::stream::{CorporationId, StaffId};
use crate::zengin::{Consignor, ResultCode, Totals};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the bank says of one debit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Outcome {
    /// The corporation.
    pub corporation: CorporationId,
    /// What became of its debit.
    pub code: ResultCode,
}

/// What happened to a debit batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", content = "body", rename_all = "snake_case")]
pub enum Event {
    /// It gathers from now on.
    Opened {
        /// The month whose fees are debited; older open ones go with them.
        charged: Month,
        /// The day the money is to be taken.
        debit_on: Dated,
        /// The day by which the bank wants the file.
        request_by: Dated,
        /// The day by which the bank answers.
        result_by: Dated,
    },
    /// What was gathered is fixed: the lines stand in the log up to a number.
    Frozen {
        /// The number of the last event that counts.
        through: u64,
        /// How many debits, and how much.
        totals: Totals,
        /// The SHA-256 of the file, in hexadecimal.
        sha256: String,
        /// Who collects.
        consignor: Consignor,
        /// Who fixed it.
        by: StaffId,
    },
    /// It gathers again, because something in it was not in order.
    Reopened {
        /// Why.
        reason: Personal,
        /// Who asked for it.
        by: StaffId,
    },
    /// A person approved what was frozen.
    Approved {
        /// Who.
        by: StaffId,
    },
    /// Another person released the file to the bank.
    Sent {
        /// Who.
        by: StaffId,
    },
    /// A file that was with the bank was carried over from the books kept before; its debits stand in the ledgers.
    CarriedOver {
        /// The file, by its first line.
        from: CarriedFrom,
        /// The month whose fees are debited; older open ones go with them.
        charged: Month,
        /// The day the money is to be taken.
        debit_on: Dated,
        /// The day by which the bank wanted the file.
        request_by: Dated,
        /// The day by which the bank answers.
        result_by: Dated,
        /// How many debits, and how much.
        totals: Totals,
        /// The SHA-256 of the same file as daicho writes it, in hexadecimal: its records in the order of their 顧客番号.
        sha256: String,
        /// Who collects.
        consignor: Consignor,
        /// Who asked that it be taken over.
        asked_by: StaffId,
        /// The second person.
        approved_by: StaffId,
    },
    /// The file came back with its results, and is the one that was sent, record by record.
    ResultReceived {
        /// The SHA-256 of the file that came back, in hexadecimal.
        sha256: String,
        /// What was collected.
        collected: Totals,
        /// What was not.
        failed: Totals,
        /// In how many parts the outcomes follow.
        parts: u32,
        /// Who gave it in.
        by: StaffId,
    },
    /// One part of the outcomes; each is booked in its ledger.
    OutcomesRecorded {
        /// Which part, from 1.
        part: u32,
        /// The outcomes.
        outcomes: Vec<Outcome>,
    },
    /// Ledgers, request and result agree to the yen and the record.
    Reconciled {
        /// What the ledgers booked as collected.
        collected: Totals,
        /// What the ledgers booked as failed.
        failed: Totals,
        /// Who confirmed it.
        by: StaffId,
    },
}
