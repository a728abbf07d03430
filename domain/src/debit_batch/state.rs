//! What is known of a debit batch.

use crate::dates::Month;
use crate::moving::CarriedFrom;
use crate::rules::Dated;
use crate::stream::{RunId, StaffId};
use crate::waiting::{Next, Party, Waiting, What, worded};
use crate::zengin::{Consignor, Totals};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A debit batch, folded.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It has not opened.
    #[default]
    Unknown,
    /// It opened.
    Opened {
        /// Its days.
        days: Days,
        /// How far it is.
        frozen: Option<Frozen>,
    },
}

/// The days of a batch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Days {
    /// The month whose fees are debited.
    pub charged: Month,
    /// The day the money is to be taken.
    pub debit_on: Dated,
    /// The day by which the bank wants the file.
    pub request_by: Dated,
    /// The day by which the bank answers.
    pub result_by: Dated,
}

/// A batch whose lines are fixed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Frozen {
    /// The number of the last event that counts; nothing where the file was made in the books kept before.
    pub through: Option<u64>,
    /// How many debits, and how much.
    pub totals: Totals,
    /// The SHA-256 of the file.
    pub sha256: String,
    /// Who collects.
    pub consignor: Consignor,
    /// Who fixed it.
    pub by: StaffId,
    /// Who approved it.
    pub approved_by: Option<StaffId>,
    /// Who released it.
    pub sent_by: Option<StaffId>,
    /// What came back.
    pub received: Option<Received>,
    /// Where it was, if it had been sent before daicho kept the books.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carried: Option<CarriedFrom>,
}

impl Frozen {
    /// Whether the file is with the bank.
    pub const fn is_sent(&self) -> bool {
        self.sent_by.is_some() || self.carried.is_some()
    }
}

/// A result that was taken.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Received {
    /// The SHA-256 of the file that came back.
    pub sha256: String,
    /// What was collected.
    pub collected: Totals,
    /// What was not.
    pub failed: Totals,
    /// Whether ledgers, request and result were found to agree.
    pub reconciled: bool,
}

worded! {
    /// A batch's ステータス.
    Stage {
        /// Ledgers answer.
        Gathering = "gathering", "集計中";
        /// Fixed; nobody approved it.
        ToApprove = "to_approve", "承認待ち";
        /// Approved; not released.
        ToRelease = "to_release", "送付待ち";
        /// With the bank.
        Sent = "sent", "振替結果待ち";
        /// The result is being booked, or waits to be confirmed.
        Booking = "booking", "消込中";
        /// Ledgers, request and result agree.
        Reconciled = "reconciled", "照合済み";
    }
}

impl State {
    /// Its days, once it opened.
    pub const fn days(&self) -> Option<&Days> {
        match self {
            Self::Unknown => None,
            Self::Opened { days, .. } => Some(days),
        }
    }

    /// What was fixed, if it was.
    pub const fn frozen(&self) -> Option<&Frozen> {
        match self {
            Self::Unknown => None,
            Self::Opened { frozen, .. } => frozen.as_ref(),
        }
    }

    /// Whether ledgers may still answer.
    pub const fn gathers(&self) -> bool {
        matches!(self, Self::Opened { frozen: None, .. })
    }

    /// Whether the file is with the bank.
    pub fn is_sent(&self) -> bool {
        self.frozen().is_some_and(Frozen::is_sent)
    }

    /// Whether its own file went to the bank: not one of the books kept before.
    pub fn is_released(&self) -> bool {
        self.frozen().is_some_and(|frozen| frozen.sent_by.is_some())
    }

    /// Whether this run brought the file in.
    pub fn is_carried_by(&self, run: RunId) -> bool {
        let carried = self.frozen().and_then(|frozen| frozen.carried.as_ref());
        carried.is_some_and(|from| from.run == run)
    }

    /// Whether a result was taken.
    pub fn has_result(&self) -> bool {
        self.frozen()
            .is_some_and(|frozen| frozen.received.is_some())
    }

    /// How far it is, once it opened.
    pub fn stage(&self) -> Option<Stage> {
        let Self::Opened { frozen, .. } = self else {
            return None;
        };
        Some(match frozen {
            None => Stage::Gathering,
            Some(frozen) => match &frozen.received {
                Some(received) if received.reconciled => Stage::Reconciled,
                Some(_) => Stage::Booking,
                None if frozen.is_sent() => Stage::Sent,
                None if frozen.approved_by.is_some() => Stage::ToRelease,
                None => Stage::ToApprove,
            },
        })
    }

    /// What it waits for; empty once everything agrees.
    pub fn waiting(&self) -> Vec<Waiting> {
        let (Some(days), Some(stage)) = (self.days(), self.stage()) else {
            return vec![];
        };
        let (party, what, until, then) = match stage {
            Stage::Gathering | Stage::ToRelease => (
                Party::Us,
                What::BankFile,
                &days.request_by,
                Next::DebitRequested,
            ),
            Stage::ToApprove => (
                Party::Us,
                What::SecondPerson,
                &days.request_by,
                Next::DebitRequested,
            ),
            Stage::Sent => (
                Party::Bank,
                What::DebitResult,
                &days.result_by,
                Next::DebitBooked,
            ),
            Stage::Booking => (Party::Us, What::Person, &days.result_by, Next::DebitBooked),
            Stage::Reconciled => return vec![],
        };
        vec![Waiting {
            party,
            what,
            until: Some(until.clone()),
            then,
            office: None,
        }]
    }
}
