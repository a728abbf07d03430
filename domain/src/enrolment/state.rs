//! What is known of an enrolment.

use crate::dates::Month;
use crate::intake::Receipt;
use crate::moving::CarriedFrom;
use crate::rules::Dated;
use crate::stream::OfficeId;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// An enrolment, folded.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The corporation has not begun with the service.
    #[default]
    NotBegun,
    /// The trial runs.
    Trial(Trial),
    /// 本登録 is filed, the free period runs.
    Registered(Registration),
    /// Fees run.
    Billing(Registration),
    /// The trial ended.
    Ended {
        /// What it was.
        trial: Trial,
        /// The last day of use.
        last_day: NaiveDate,
    },
    /// It was registered, and the customer ended it.
    Closed {
        /// What it was.
        registration: Registration,
        /// The last day of use.
        last_day: NaiveDate,
    },
}

/// A trial.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    /// How and when the form came in.
    pub receipt: Receipt,
    /// The last day of use without 本登録.
    pub last_free_day: Dated,
    /// The last free day with 本登録.
    pub registered_last_free_day: Dated,
    /// The offices entered so far; none while the application is incomplete.
    pub offices: BTreeSet<OfficeId>,
    /// The days of receipt on which they were entered.
    pub entered_on: BTreeMap<OfficeId, NaiveDate>,
    /// The first charged months of offices that came from other corporations.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub charged_from: BTreeMap<OfficeId, Month>,
    /// Where it stood, if it was carried over from the books kept before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carried: Option<CarriedFrom>,
}

/// A full registration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Registration {
    /// The trial it grew out of.
    pub trial: Trial,
    /// How and when 本登録 came in.
    pub receipt: Receipt,
    /// The version of the 利用者規約 that was accepted.
    pub terms_version: String,
    /// The last free day.
    pub last_free_day: Dated,
    /// The first charged day.
    pub billing_start: Dated,
    /// The day since which its use is suspended, if it is.
    pub suspended_on: Option<NaiveDate>,
}

impl State {
    /// The trial it began with.
    pub fn trial(&self) -> Option<&Trial> {
        match self {
            Self::NotBegun => None,
            Self::Trial(trial) | Self::Ended { trial, .. } => Some(trial),
            Self::Registered(registration)
            | Self::Billing(registration)
            | Self::Closed { registration, .. } => Some(&registration.trial),
        }
    }

    /// Where it stood, if it was carried over.
    pub fn carried(&self) -> Option<&CarriedFrom> {
        self.trial().and_then(|trial| trial.carried.as_ref())
    }

    /// The registration, while it holds.
    pub fn registration(&self) -> Option<&Registration> {
        match self {
            Self::NotBegun | Self::Trial(_) | Self::Ended { .. } | Self::Closed { .. } => None,
            Self::Registered(registration) | Self::Billing(registration) => Some(registration),
        }
    }

    /// Whether the office is in use, or on trial.
    pub fn uses(&self, office: OfficeId) -> bool {
        match self {
            Self::NotBegun | Self::Ended { .. } | Self::Closed { .. } => false,
            Self::Trial(trial)
            | Self::Registered(Registration { trial, .. })
            | Self::Billing(Registration { trial, .. }) => trial.offices.contains(&office),
        }
    }

    /// The registration under which this month is charged, if it is.
    pub fn charged_in(&self, month: Month) -> Option<&Registration> {
        let begun = |registration: &Registration| Month::of(registration.billing_start.on) <= month;
        match self {
            Self::Billing(registration) => Some(registration).filter(|one| begun(one)),
            Self::Closed {
                registration,
                last_day,
            } => Some(registration).filter(|one| begun(one) && month <= Month::of(*last_day)),
            Self::NotBegun | Self::Trial(_) | Self::Registered(_) | Self::Ended { .. } => None,
        }
    }

    pub(super) fn trial_mut(&mut self) -> Option<&mut Trial> {
        match self {
            Self::NotBegun => None,
            Self::Trial(trial) | Self::Ended { trial, .. } => Some(trial),
            Self::Registered(registration)
            | Self::Billing(registration)
            | Self::Closed { registration, .. } => Some(&mut registration.trial),
        }
    }
}
