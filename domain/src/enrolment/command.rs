//! What can be asked of an enrolment.

use super::carry_over::CarryOver;
use crate::dates::Month;
use crate::intake::Receipt;
use crate::personal::Typed;
use crate::stream::OfficeId;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A request to an enrolment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Takes a 仮登録.
    StartTrial {
        /// How and when the form came in.
        receipt: Receipt,
    },
    /// Takes a 仮登録 of a corporation whose former use is over: a person lets it try again.
    StartTrialAgain {
        /// How and when the form came in.
        receipt: Receipt,
        /// Why.
        reason: Typed,
    },
    /// Takes the entries of offices; further ones may follow.
    EnterOffices {
        /// The offices.
        offices: BTreeSet<OfficeId>,
        /// The day of receipt.
        received_on: NaiveDate,
    },
    /// An office came from another corporation (a reaction).
    TakeOverOffice {
        /// The office.
        office: OfficeId,
        /// The first month that is charged here.
        charged_from: Month,
    },
    /// An office went to another corporation (a reaction).
    HandOverOffice {
        /// The office.
        office: OfficeId,
    },
    /// Takes a 本登録.
    Register {
        /// How and when the form came in.
        receipt: Receipt,
        /// The version of the 利用者規約 that was accepted.
        terms_version: String,
    },
    /// The first charged day has come (a deadline).
    StartBilling {
        /// The day it was set for.
        on: NaiveDate,
    },
    /// The end month of the corporation's use is over (a reaction).
    Close {
        /// The last day of use.
        last_day: NaiveDate,
    },
    /// The day after the trial's last free day has come (a deadline).
    EndTrial {
        /// The last free day it was set for.
        last_free_day: NaiveDate,
    },
    /// Its debit failed and the notice is over (a reaction).
    Suspend {
        /// The debit month.
        batch: Month,
    },
    /// The arrears are paid (a reaction).
    Resume {},
    /// Takes over a trial or registration from the books kept before.
    CarryOver(CarryOver),
}
