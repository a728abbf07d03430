//! What is known of an ID/PW.

use super::event::{Owner, RevokeReason};
use super::link::Secrets;
use crate::moving::CarriedFrom;
use crate::rules::Dated;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// An ID/PW, folded.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// There is none.
    #[default]
    Unknown,
    /// There is one, or will be.
    Known(Box<Account>),
}

/// An ID/PW that is asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Account {
    /// Whose it is.
    pub owner: Owner,
    /// Where it stands.
    pub stage: Stage,
    /// Where it stood, if it was carried over from the books kept before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carried: Option<CarriedFrom>,
    /// Its initial passwords and the link to the last one.
    #[serde(default)]
    pub secrets: Secrets,
}

/// Where an ID/PW stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// It will be set on a day.
    Scheduled {
        /// The day.
        on: Dated,
    },
    /// It is set.
    Issued {
        /// Since when.
        on: NaiveDate,
    },
    /// It was called off.
    Unscheduled,
    /// Its use is over.
    Expired {
        /// The last day of use.
        last_day: NaiveDate,
    },
    /// It was taken back.
    Revoked {
        /// Why.
        why: RevokeReason,
    },
}

impl State {
    /// The ID/PW, if one is asked for.
    pub fn account(&self) -> Option<&Account> {
        match self {
            Self::Unknown => None,
            Self::Known(account) => Some(account),
        }
    }
}
