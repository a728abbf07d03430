//! What is recorded of an enrolment.

use crate::dates::Month;
use crate::intake::Receipt;
use crate::moving::CarriedFrom;
use crate::personal::Personal;
use crate::rules::Dated;
use crate::stream::OfficeId;
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Why an enrolment ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// The free period ended and no 本登録 had been filed.
    NotRegistered,
}

/// A 本登録 that was filed before daicho kept the books.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CarriedRegistration {
    /// How and when the form came in.
    pub receipt: Receipt,
    /// The version of the 利用者規約 that was accepted.
    pub terms_version: String,
    /// The first day that is charged.
    pub billing_start: Dated,
    /// The first month that daicho charges for, if fees run.
    pub charged_from: Option<Month>,
    /// The day since which its use is suspended, if it is: the ledger's.
    pub suspended_on: Option<NaiveDate>,
}

/// What happened to an enrolment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", content = "body", rename_all = "snake_case")]
pub enum Event {
    /// 仮登録: the trial began and the corporation account is to be issued.
    TrialStarted {
        /// How and when the form came in.
        receipt: Receipt,
        /// The last day of use without 本登録.
        last_free_day: Dated,
        /// The last free day with 本登録, whenever it is filed.
        registered_last_free_day: Dated,
    },
    /// A person let the corporation try the service again after a use that is over; its new trial follows.
    SecondTrialGranted {
        /// The day on which the first form came in.
        first: NaiveDate,
        /// The last day of the former use.
        last_day: NaiveDate,
        /// Why.
        reason: Personal,
    },
    /// The offices were entered: the application is complete.
    OfficesEntered {
        /// The offices entered with this form.
        offices: BTreeSet<OfficeId>,
        /// The day of receipt.
        received_on: NaiveDate,
    },
    /// An office came from another corporation and is used here.
    OfficeTakenOver {
        /// The office.
        office: OfficeId,
        /// The first month that is charged here, once fees run.
        charged_from: Month,
    },
    /// An office went to another corporation: it is used here no longer.
    OfficeHandedOver {
        /// The office.
        office: OfficeId,
    },
    /// 本登録 was filed within the trial.
    Registered {
        /// How and when the form came in.
        receipt: Receipt,
        /// The version of the 利用者規約 that was accepted.
        terms_version: String,
        /// The last free day.
        last_free_day: Dated,
        /// The first day that is charged.
        billing_start: Dated,
    },
    /// The first charged day came.
    BillingStarted {
        /// The day.
        on: NaiveDate,
    },
    /// The use ended with the month for which the customer filed the end.
    Closed {
        /// The last day of use.
        last_day: NaiveDate,
    },
    /// The enrolment ended.
    Ended {
        /// The last day of use.
        last_day: NaiveDate,
        /// Why.
        reason: EndReason,
    },
    /// Its use is suspended, because a debit failed and the arrears were not paid after notice.
    Suspended {
        /// The first day without use.
        on: NaiveDate,
        /// The debit month that failed.
        batch: Month,
    },
    /// A trial or registration was carried over from the books kept before.
    CarriedOver {
        /// Where it stood.
        from: CarriedFrom,
        /// How and when the 仮登録 came in.
        receipt: Receipt,
        /// The last day of use without 本登録.
        last_free_day: Dated,
        /// The last free day with 本登録.
        registered_last_free_day: Dated,
        /// The offices and the days on which they were entered.
        offices: BTreeMap<OfficeId, NaiveDate>,
        /// The 本登録, if it was filed.
        registration: Option<CarriedRegistration>,
    },
    /// Its use goes on, because the arrears were paid.
    Resumed {
        /// The day.
        on: NaiveDate,
    },
}
