//! One year of a licence: its term, its price, its fee. Several years are several contracts.

use super::event::{Applicant, Person};
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
    /// Taken over from a list that says nothing of it, when its month was over already: nobody is asked.
    Unlisted,
}

worded! {
    /// The word for the fee.
    FeeStatus {
        /// Not confirmed.
        Expected = "expected", "確認待ち";
        /// The latest month is over.
        Overdue = "overdue", "未確認（確認の期限を過ぎた）";
        /// Confirmed.
        Paid = "paid", "支払い確認済み";
        /// The list it came from says nothing.
        Unlisted = "unlisted", "一覧に支払いの記載なし";
    }
}

worded! {
    /// How a year came about.
    Origin {
        /// Applied for.
        Application = "application", "利用申請";
        /// Renewed.
        Renewal = "renewal", "更新";
        /// Taken over from a list.
        List = "list", "一覧の取り込み";
    }
}

/// What the form of a year said, beside its receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// The person to talk to.
    pub contact: Person,
    /// The office and its representative; a renewal does not say them again.
    pub applicant: Option<Applicant>,
    /// The version of the terms that was accepted.
    pub terms_version: String,
}

/// One year of a licence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Contract {
    /// How it came about.
    pub origin: Origin,
    /// What its form said; of one taken over from a list, nobody knows.
    pub said: Option<Said>,
    /// The day by which the notice that it is done is sent.
    pub notice_by: Option<Dated>,
    /// The day on which it was.
    pub noticed_on: Option<NaiveDate>,
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
            Fee::Unlisted => FeeStatus::Unlisted,
        }
    }

    /// Whether the office was not told yet that it is done.
    pub const fn awaits_notice(&self) -> bool {
        self.noticed_on.is_none()
    }

    /// Whether somebody still has to confirm its fee.
    pub const fn awaits_fee(&self) -> bool {
        match self.fee {
            Fee::Expected | Fee::Overdue => true,
            Fee::Paid { .. } | Fee::Unlisted => false,
        }
    }

    /// The month in which the fee was paid.
    pub fn paid_in(&self) -> Option<Month> {
        match self.fee {
            Fee::Expected | Fee::Overdue | Fee::Unlisted => None,
            Fee::Paid { month } => Some(Month::of(month)),
        }
    }
}
