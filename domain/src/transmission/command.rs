//! What can be asked of a corporation's transmission applications.

use super::carry_over::CarryApplication;
use super::event::{CauseKind, LeaveReason, Missing};
use crate::dates::Month;
use crate::identifiers::{KjId, OfficeNumber};
use crate::intake::Receipt;
use crate::personal::Typed;
use crate::stream::{ApplicationId, CorporationId, CredentialId, OfficeId, PoaId};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// An office on an application form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplyingOffice {
    /// Its 事業所番号 on the form.
    pub number: OfficeNumber,
    /// Its KJ ID, if given.
    pub kj_id: Option<KjId>,
    /// A person has confirmed that the KJ ID belongs to the office although its office part differs.
    pub kj_id_confirmed: bool,
    /// What is missing on the form.
    pub missing: Option<Missing>,
}

/// What became of an office's 委任状.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaperStep {
    /// Its due date is over and the post of that day has not been counted.
    DuePassed,
    /// It arrived and has not been checked.
    Arrived,
    /// It was accepted.
    Accepted,
    /// An accepted one proved defective.
    Unaccepted,
    /// It was filed with the federation.
    Filed,
    /// The federation confirmed it.
    Confirmed,
    /// The federation rejected it.
    Rejected,
}

/// What a person decides where the rules end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Everything stays as it is.
    Keep,
    /// The office starts in this month.
    StartIn(Month),
}

/// A request to a corporation's transmission applications.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Takes an application.
    Apply {
        /// Its id, chosen by whoever takes it.
        application: ApplicationId,
        /// How and when it came in.
        receipt: Receipt,
        /// Its offices.
        offices: Vec<ApplyingOffice>,
    },
    /// Supplies what was missing for an office.
    Complete {
        /// The application.
        application: ApplicationId,
        /// The office.
        office: OfficeId,
        /// Its KJ ID, if it was missing.
        kj_id: Option<KjId>,
        /// A person has confirmed a KJ ID whose office part differs.
        kj_id_confirmed: bool,
        /// How and when it came in.
        receipt: Receipt,
    },
    /// Takes one office, or all, out of an application.
    Withdraw {
        /// The application.
        application: ApplicationId,
        /// The office; all of them when none is named.
        office: Option<OfficeId>,
        /// Why.
        reason: Typed,
    },
    /// An office is no longer what applied: what has not started leaves its applications (a reaction).
    Leave {
        /// The office; all of the corporation's when none is named.
        office: Option<OfficeId>,
        /// Why.
        why: LeaveReason,
    },
    /// An end was filed, or its month is over: what would start later leaves its applications (a reaction).
    LeaveAfter {
        /// The office; all of the corporation's when none is named.
        office: Option<OfficeId>,
        /// The end month.
        end_month: Month,
    },
    /// The billing agent of an office was released (a reaction).
    NoteReleased {
        /// The application.
        application: ApplicationId,
        /// The office.
        office: OfficeId,
    },
    /// An office went to another corporation: what has not started leaves, what transmits goes on until it does there (a
    /// reaction).
    HandOver {
        /// The office.
        office: OfficeId,
        /// The corporation it went to.
        to: CorporationId,
        /// Its first day there.
        on: NaiveDate,
    },
    /// An office that went to another corporation transmits there: it does here no longer (a reaction).
    ReleaseTransferred {
        /// The office.
        office: OfficeId,
    },
    /// What stands on the papers that are out is no longer true (a reaction).
    OutdatePapers {
        /// The office; all of the corporation's when none is named.
        office: Option<OfficeId>,
    },
    /// Notes what became of an office's 委任状 (a reaction).
    NotePaper {
        /// The application.
        application: ApplicationId,
        /// The office.
        office: OfficeId,
        /// The 委任状.
        poa: PoaId,
        /// What became of it.
        step: PaperStep,
    },
    /// A paper misses its month: the corporation is postponed (a reaction).
    Postpone {
        /// The application of the causing office.
        application: ApplicationId,
        /// The causing office.
        office: OfficeId,
        /// The causing paper.
        poa: PoaId,
        /// The month it misses.
        month: Month,
        /// Why.
        why: CauseKind,
    },
    /// A paper that caused a postponement arrived in time after all, or was approved late (a reaction).
    ReversePostponement {
        /// The paper.
        poa: PoaId,
        /// The month it had missed.
        month: Month,
    },
    /// A person decides where the rules ended.
    Decide {
        /// The application.
        application: ApplicationId,
        /// The office.
        office: OfficeId,
        /// What.
        decision: Decision,
        /// Why.
        reason: Typed,
    },
    /// The day on which IDs are set has come (a deadline).
    DetermineIds {
        /// The day it was set for.
        on: NaiveDate,
    },
    /// The use that was suspended goes on (a reaction).
    CatchUpIds {},
    /// An ID was issued (a reaction).
    NoteIdIssued {
        /// The application.
        application: ApplicationId,
        /// The office.
        office: OfficeId,
        /// The ID.
        credential: CredentialId,
    },
    /// The first day of a start month has come (a deadline).
    Start {
        /// The month.
        month: Month,
    },
    /// Takes over the applications from the books kept before.
    CarryOver {
        /// All of them.
        applications: Vec<CarryApplication>,
    },
}
