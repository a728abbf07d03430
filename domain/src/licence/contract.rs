//! One year of a licence: its term, its price, its fee. Several years are several contracts.

use crate::dates::Month;
use crate::rules::{Basis, Dated};
use crate::waiting::worded;
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

worded! {
    /// How the fee is paid.
    Payment {
        /// Deducted from the benefit.
        Deduction = "deduction", "介護給付費から差引";
        /// Invoiced through the federation, on request.
        Invoice = "invoice", "請求書払い";
    }
}

/// The dates of one year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Term {
    /// The first day.
    pub first_day: Dated,
    /// The last day.
    pub last_day: Dated,
    /// The first day on which the next year can be asked for.
    pub renewal_opens: Dated,
    /// The month in which the fee is expected to be paid, as its first day.
    pub fee_month: Dated,
    /// The latest month in which it is, as its first day.
    pub fee_month_latest: Dated,
    /// The last day of that month: by then somebody confirms the fee.
    pub fee_by: Dated,
}

/// What the year costs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Price {
    /// Yen, tax in.
    pub gross_yen: i64,
    /// The tax in it, yen.
    pub tax_yen: i64,
    /// Why this much.
    pub basis: Basis,
}

/// Where the fee stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fee {
    /// Not confirmed.
    Expected,
    /// The latest month is over and nobody confirmed it.
    Overdue,
    /// Confirmed.
    Paid {
        /// In which month, as its first day.
        month: NaiveDate,
    },
}

worded! {
    /// The word for the fee.
    FeeStatus {
        /// Not confirmed.
        Expected = "expected", "確認待ち";
        /// The latest month is over.
        Overdue = "overdue", "未確認（差引の月を過ぎた）";
        /// Confirmed.
        Paid = "paid", "支払い確認済み";
    }
}

/// One year of a licence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Contract {
    /// The day it was applied for or renewed; of one taken over from a list, nobody knows.
    pub filed_on: Option<NaiveDate>,
    /// Its dates.
    pub term: Term,
    /// How it is paid.
    pub payment: Payment,
    /// What it costs; of one taken over from a list, by the book of its first day.
    pub price: Price,
    /// Where its fee stands.
    pub fee: Fee,
}

impl Contract {
    /// The word for its fee.
    pub const fn fee_status(&self) -> FeeStatus {
        match self.fee {
            Fee::Expected => FeeStatus::Expected,
            Fee::Overdue => FeeStatus::Overdue,
            Fee::Paid { .. } => FeeStatus::Paid,
        }
    }

    /// The month in which the fee was paid.
    pub fn paid_in(&self) -> Option<Month> {
        match self.fee {
            Fee::Expected | Fee::Overdue => None,
            Fee::Paid { month } => Some(Month::of(month)),
        }
    }
}
