//! What is known of a corporation's transmission applications.

use super::event::{AppliedOffice, Cause, HeldReason, Missing, OfficeRef, PersonReason, Plan};
use crate::dates::Month;
use crate::identifiers::{KjId, OfficeNumber};
use crate::intake::Receipt;
use crate::personal::Personal;
use crate::stream::{ApplicationId, CorporationId, CredentialId, OfficeId, PoaId, RunId};
use crate::waiting::worded;
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The applications, folded.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// The applications in the order they came in, with how and when.
    pub applications: Vec<(ApplicationId, Receipt)>,
    /// Every office ever applied for, in that order.
    pub entries: Vec<Entry>,
    /// The postponements, oldest first.
    pub postponements: Vec<Postponement>,
    /// What a person must decide.
    pub questions: Vec<Question>,
    /// The run of moving in that brought the first of them, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carried: Option<RunId>,
}

/// One office within one application.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The application.
    pub application: ApplicationId,
    /// The office.
    pub office: OfficeId,
    /// Its 事業所番号 on the form.
    pub number: OfficeNumber,
    /// Its KJ ID, once given.
    pub kj_id: Option<KjId>,
    /// Where it stands.
    pub standing: Standing,
    /// What is known of its paper since the due date is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overdue: Option<Overdue>,
    /// The day on which the vendor ceased to be its billing agent, after an end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub released_on: Option<NaiveDate>,
    /// The corporation to which the office went while it transmitted here, and its first day there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transferred: Option<(CorporationId, NaiveDate)>,
    /// The day on which the office got another number while it transmitted under this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced_on: Option<NaiveDate>,
}

worded! {
    /// Why an office got no ID on the day, or gets none now.
    Held {
        /// Its 委任状 has not been accepted.
        PapersMissing = "papers_missing", "委任状が受理されていない";
        /// Its 委任状 has not been filed with the federation.
        NotFiled = "not_filed", "委任状が国保連へ未提出";
        /// The federation has not confirmed it, and the rule waits for that.
        NotConfirmed = "not_confirmed", "国保連の確認待ち";
        /// The federation rejected its 委任状.
        Rejected = "rejected", "国保連が差し戻した";
        /// Its corporation's use is suspended for arrears.
        Suspended = "suspended", "利用停止中";
    }
}

impl From<HeldReason> for Held {
    fn from(why: HeldReason) -> Self {
        match why {
            HeldReason::PapersMissing => Self::PapersMissing,
            HeldReason::NotFiled => Self::NotFiled,
            HeldReason::NotConfirmed => Self::NotConfirmed,
            HeldReason::Rejected => Self::Rejected,
        }
    }
}

/// A paper after its due date, as long as it is neither accepted nor given another date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Overdue {
    /// It may lie in the post of that day, which nobody has counted.
    Uncounted,
    /// It is here and has not been checked.
    Arrived,
}

/// Where an office stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Something is missing on the form.
    Incomplete(Missing),
    /// Complete itself; another office of the application is not.
    Complete,
    /// The papers go out, come back and are filed.
    Preparing {
        /// Its dates.
        plan: Plan,
        /// Where its paper stands.
        paper: Paper,
        /// Why it got no ID on the day, if that day has come.
        held: Option<Held>,
    },
    /// The ID/PW is to be issued now.
    IdsDue {
        /// Its dates.
        plan: Plan,
        /// Where its paper stands.
        paper: Paper,
    },
    /// The ID/PW is issued.
    Issued {
        /// Its dates.
        plan: Plan,
        /// Where its paper stands.
        paper: Paper,
        /// The ID.
        credential: CredentialId,
    },
    /// It transmits.
    Started {
        /// Its dates.
        plan: Plan,
        /// Where its paper stands.
        paper: Paper,
        /// The ID.
        credential: CredentialId,
    },
    /// It left the application.
    Withdrawn {
        /// Why.
        reason: Personal,
    },
}

/// Where an office's 委任状 stands, as far as transmission is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Paper {
    /// Not accepted yet.
    Awaited,
    /// Accepted.
    Ready,
    /// Filed with the federation.
    Filed,
    /// Confirmed by the federation.
    Confirmed,
    /// Rejected by the federation.
    Rejected,
}

/// A postponement of the corporation (先送り).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Postponement {
    /// The papers that caused it and still do.
    pub causes: Vec<Cause>,
    /// The month missed.
    pub from: Month,
    /// The month it moved to.
    pub to: Month,
    /// The offices held, with the dates they had before.
    pub offices: Vec<(OfficeRef, Plan)>,
    /// Whether it was reversed.
    pub reversed: bool,
}

/// What a person must decide about an office.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// The office.
    pub about: OfficeRef,
    /// Why.
    pub why: PersonReason,
}

impl Entry {
    pub(super) fn of(application: ApplicationId, applied: &AppliedOffice) -> Self {
        Self {
            application,
            office: applied.office,
            number: applied.number,
            kj_id: applied.kj_id,
            standing: applied
                .missing
                .clone()
                .map_or(Standing::Complete, Standing::Incomplete),
            overdue: None,
            released_on: None,
            transferred: None,
            replaced_on: None,
        }
    }

    /// The office within its application.
    pub const fn reference(&self) -> OfficeRef {
        OfficeRef {
            application: self.application,
            office: self.office,
        }
    }

    /// The 委任状 of this office in this application.
    pub fn poa(&self) -> PoaId {
        PoaId::of(self.application, self.office)
    }

    /// The dates set for it, unless it is incomplete or withdrawn.
    pub const fn plan(&self) -> Option<&Plan> {
        match &self.standing {
            Standing::Incomplete(_) | Standing::Complete | Standing::Withdrawn { .. } => None,
            Standing::Preparing { plan, .. }
            | Standing::IdsDue { plan, .. }
            | Standing::Issued { plan, .. }
            | Standing::Started { plan, .. } => Some(plan),
        }
    }

    /// Where its paper stands, once dates are set.
    pub const fn paper(&self) -> Option<Paper> {
        match &self.standing {
            Standing::Incomplete(_) | Standing::Complete | Standing::Withdrawn { .. } => None,
            Standing::Preparing { paper, .. }
            | Standing::IdsDue { paper, .. }
            | Standing::Issued { paper, .. }
            | Standing::Started { paper, .. } => Some(*paper),
        }
    }

    /// Whether its paper has not been accepted.
    pub const fn waits_for_paper(&self) -> bool {
        match self.paper() {
            None => !self.is_withdrawn(),
            Some(Paper::Awaited | Paper::Rejected) => true,
            Some(Paper::Ready | Paper::Filed | Paper::Confirmed) => false,
        }
    }

    /// Whether it left the application.
    pub const fn is_withdrawn(&self) -> bool {
        matches!(self.standing, Standing::Withdrawn { .. })
    }

    /// Whether it left the application, or transmitted and was released.
    pub const fn has_left(&self) -> bool {
        self.is_withdrawn() || self.released_on.is_some()
    }

    /// Whether it transmits under a number that the office no longer has, until the agent is released.
    pub const fn is_replaced(&self) -> bool {
        self.replaced_on.is_some() && self.released_on.is_none()
    }

    /// Whether it transmits here although its office went to another corporation, until the agent is released.
    pub const fn is_transferred(&self) -> bool {
        self.transferred.is_some() && self.released_on.is_none()
    }

    /// Its dates, while it is being prepared for this month.
    pub fn preparing_for(&self, month: Month) -> Option<&Plan> {
        match &self.standing {
            Standing::Preparing { plan, .. } if plan.month() == month => Some(plan),
            Standing::Incomplete(_)
            | Standing::Complete
            | Standing::Preparing { .. }
            | Standing::IdsDue { .. }
            | Standing::Issued { .. }
            | Standing::Started { .. }
            | Standing::Withdrawn { .. } => None,
        }
    }
}

impl State {
    /// The office within the application.
    pub fn entry(&self, about: OfficeRef) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.reference() == about)
    }

    pub(super) fn entry_mut(&mut self, about: OfficeRef) -> Option<&mut Entry> {
        self.entries
            .iter_mut()
            .find(|entry| entry.reference() == about)
    }

    /// The offices of an application that have not left it.
    pub fn of_application(&self, application: ApplicationId) -> impl Iterator<Item = &Entry> {
        self.entries
            .iter()
            .filter(move |entry| entry.application == application && !entry.is_withdrawn())
    }

    /// How and when the application came in.
    pub fn receipt(&self, application: ApplicationId) -> Option<&Receipt> {
        self.applications
            .iter()
            .find_map(|(id, receipt)| (*id == application).then_some(receipt))
    }

    /// The application that the office has open or uses, under the number it has now.
    pub fn standing_application(&self, office: OfficeId) -> Option<&Entry> {
        self.entries.iter().find(|entry| {
            entry.office == office
                && !entry.has_left()
                && entry.replaced_on.is_none()
                && entry.transferred.is_none()
        })
    }

    /// Whether the office applied again under the number that replaced this one.
    pub fn is_succeeded(&self, entry: &Entry) -> bool {
        self.standing_application(entry.office).is_some()
    }

    /// The same office under its other numbers, in the order in which it applied.
    pub fn under_other_numbers(&self, entry: &Entry) -> impl Iterator<Item = &Entry> {
        let (office, number) = (entry.office, entry.number);
        self.entries.iter().filter(move |other| {
            other.office == office && other.number != number && !other.is_withdrawn()
        })
    }

    /// What holds up the application after the due date, if it is not the customer: a paper that may lie
    /// in uncounted post before one that is only to be checked.
    pub fn overdue(&self, application: ApplicationId) -> Option<Overdue> {
        let of = |overdue| {
            self.of_application(application)
                .any(|entry| entry.waits_for_paper() && entry.overdue == Some(overdue))
        };
        [Overdue::Uncounted, Overdue::Arrived]
            .into_iter()
            .find(|overdue| of(*overdue))
    }

    /// Whether every office of the application has its paper accepted, so that they can be filed.
    pub fn can_be_filed(&self, application: ApplicationId) -> bool {
        self.of_application(application)
            .all(|entry| !entry.waits_for_paper())
    }

    /// The postponement that holds this office now, if its causes still do.
    pub fn postponement_of(&self, about: OfficeRef) -> Option<&Postponement> {
        let plan = self.entry(about)?.plan()?;
        self.postponements.iter().rev().find(|postponement| {
            !postponement.reversed
                && postponement.to == plan.month()
                && postponement.offices.iter().any(|(held, _)| *held == about)
        })
    }
}
