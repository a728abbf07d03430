//! What can be asked of an ID/PW. All of it is asked by reactions, but for what is carried over.

use super::carry_over::CarryOver;
use super::event::{Owner, RevokeReason};
use crate::rules::Dated;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// A request to an ID/PW.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Sets the day on which it will be issued, or another one.
    Schedule {
        /// Whose it is.
        owner: Owner,
        /// The day.
        on: Dated,
    },
    /// Issues it today.
    Issue {
        /// Whose it is.
        owner: Owner,
    },
    /// Its use is over.
    Expire {
        /// The last day of use.
        last_day: NaiveDate,
    },
    /// Calls it off, or takes it back when it is issued.
    Revoke {
        /// Why.
        why: RevokeReason,
    },
    /// Takes it over from the books kept before.
    CarryOver(CarryOver),
}
