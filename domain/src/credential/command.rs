//! What can be asked of an ID/PW: by reactions, by the keeper of the vault, by the customer's page, by staff (a reissue),
//! by the service's own program (a reset).

use super::carry_over::CarryOver;
use super::event::{Owner, ReissueReason, RevokeReason};
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
    /// Notes that ID and initial password lie in the vault.
    KeepSecret {
        /// The how-manieth initial password it is.
        nth: u32,
    },
    /// The customer looks at ID and initial password.
    LookUp {
        /// The how-manieth initial password the link leads to.
        nth: u32,
    },
    /// Closes a link that was tried with a wrong end too often.
    LockLink {
        /// The how-manieth initial password it leads to.
        nth: u32,
    },
    /// Sets a new initial password for the same ID.
    Reissue {
        /// Why.
        why: ReissueReason,
    },
    /// Notes that the customer set a new password without us.
    NoteReset {},
}
