//! What is recorded of a corporation's transmission applications.

use super::state::Paper;
use crate::dates::Month;
use crate::identifiers::{AgentId, KjId, OfficeNumber};
use crate::intake::Receipt;
use crate::moving::CarriedFrom;
use crate::personal::Personal;
use crate::rules::Dated;
use crate::stream::{ApplicationId, CorporationId, CredentialId, OfficeId, PoaId};
use crate::waiting::worded;
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One office within one application.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
pub struct OfficeRef {
    /// The application.
    pub application: ApplicationId,
    /// The office.
    pub office: OfficeId,
}

/// What an application still lacks for an office.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// The KJ ID.
    KjId,
    /// Entries of the form, by name.
    Entries(Vec<String>),
}

/// An office as it was applied for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AppliedOffice {
    /// The office.
    pub office: OfficeId,
    /// Its 事業所番号 on the form.
    pub number: OfficeNumber,
    /// Its KJ ID, once given.
    pub kj_id: Option<KjId>,
    /// Whether a person confirmed a KJ ID whose office part differs from the 事業所番号.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub kj_id_confirmed: bool,
    /// What is missing, if the form is incomplete.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<Missing>,
}

/// The dates of one office's start month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Plan {
    /// The first day of transmission. Its basis says why this month at first; postponements stand
    /// beside it.
    pub start: Dated,
    /// The day by which the 委任状 must be back.
    pub poa_due: Dated,
    /// The day by which the federation must have it.
    pub federation_date: Dated,
    /// The day on which the ID/PW are set.
    pub credentials_on: Dated,
    /// How often the start was postponed.
    pub postponements: u32,
}

impl Plan {
    /// The start month.
    pub fn month(&self) -> Month {
        Month::of(self.start.on)
    }
}

/// An office with the dates set for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlannedOffice {
    /// The application.
    pub application: ApplicationId,
    /// The office.
    pub office: OfficeId,
    /// Its 事業所番号.
    pub number: OfficeNumber,
    /// Its KJ ID.
    pub kj_id: KjId,
    /// Its dates.
    pub plan: Plan,
}

worded! {
    /// Why a corporation was postponed.
    CauseKind {
        /// The 委任状 was not back when the post of its due date was closed.
        NotReturned = "not_returned", "委任状が返送期日までに届かなかった";
        /// The 委任状 arrived in time but proved defective after the due date.
        Defective = "defective", "期日後に委任状の不備が見つかった";
        /// The federation rejected the 委任状.
        Rejected = "rejected", "国保連が委任状を差し戻した";
        /// The papers were not filed by the month's beginning, so that no ID was issued.
        NotIssued = "not_issued", "開始月までにID/PWを発行できなかった";
        /// The application was entered when the due date of its 委任状 could not be met any more.
        EnteredLate = "entered_late", "申込の受付が返送期日に間に合わなかった";
        /// We sent the 委任状 so late that it could not be back by its due date, or not at all.
        NotSent = "not_sent", "委任状の発送が返送期日に間に合わなかった";
    }
}

/// What caused a postponement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Cause {
    /// The application of the causing office.
    pub application: ApplicationId,
    /// The causing office.
    pub office: OfficeId,
    /// The causing paper.
    pub poa: PoaId,
    /// Why.
    pub why: CauseKind,
}

worded! {
    /// Why a person must decide.
    PersonReason {
        /// The start was postponed as often as the rule allows.
        PostponedTooOften = "postponed_too_often", "先送りが上限回数に達した";
        /// The federation rejected a paper after the IDs were issued.
        RejectedAfterIssue = "rejected_after_issue", "ID/PW発行後に国保連が差し戻した";
        /// A paper proved to have arrived in time, after its postponement could be reversed by itself.
        ReversalTooLate = "reversal_too_late", "期限内到着が判明したが、自動では先送りを戻せない";
    }
}

worded! {
    /// Why an office is no longer what applied.
    LeaveReason {
        /// It has a new 事業所番号: the new number applies afresh.
        Renumbered = "renumbered", "事業所番号の変更";
        /// It no longer belongs to the corporation.
        Removed = "removed", "事業所の廃止・移管";
        /// Its corporation is in truth another one.
        Merged = "merged", "法人の統合";
    }
}

worded! {
    /// Why an office gets no ID on the day.
    HeldReason {
        /// Its 委任状 has not been accepted.
        PapersMissing = "papers_missing", "委任状が受理されていない";
        /// Its 委任状 has not been filed with the federation.
        NotFiled = "not_filed", "委任状が国保連へ未提出";
        /// The federation has not confirmed it, and the rule waits for that.
        NotConfirmed = "not_confirmed", "国保連の確認待ち";
        /// The federation rejected its 委任状.
        Rejected = "rejected", "国保連が差し戻した";
    }
}

/// An office that gets no ID on the day, with the reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HeldOffice {
    /// The application.
    pub application: ApplicationId,
    /// The office.
    pub office: OfficeId,
    /// Why.
    pub why: HeldReason,
}

/// Where an office stood when daicho took over the books.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum CarriedStanding {
    /// Something is missing on the form.
    Incomplete {
        /// What.
        missing: Missing,
    },
    /// Complete itself; another office of the application is not.
    Complete {},
    /// The papers go out, come back and are filed.
    Preparing {
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
}

/// An office of an application that was carried over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CarriedOffice {
    /// Where it stood in the books kept before.
    pub from: CarriedFrom,
    /// The office.
    pub office: OfficeId,
    /// Its 事業所番号.
    pub number: OfficeNumber,
    /// Its KJ ID, once given.
    pub kj_id: Option<KjId>,
    /// Where it stands.
    pub standing: CarriedStanding,
    /// The billing agent's ID under which it is, if the books said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<AgentId>,
}

/// What happened to a corporation's transmission applications.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", content = "body", rename_all = "snake_case")]
pub enum Event {
    /// An application came in.
    Applied {
        /// The application.
        application: ApplicationId,
        /// How and when it came in.
        receipt: Receipt,
        /// Its offices.
        offices: Vec<AppliedOffice>,
    },
    /// An application was carried over from the books kept before.
    CarriedOver {
        /// The application.
        application: ApplicationId,
        /// How and when it came in.
        receipt: Receipt,
        /// Its offices.
        offices: Vec<CarriedOffice>,
        /// The first month that daicho charges for, if one of them transmits.
        charged_from: Option<Month>,
    },
    /// What was missing for an office was supplied.
    OfficeCompleted {
        /// The application.
        application: ApplicationId,
        /// The office.
        office: OfficeId,
        /// Its KJ ID.
        kj_id: KjId,
        /// Whether a person confirmed a KJ ID whose office part differs.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        kj_id_confirmed: bool,
        /// How and when it came in.
        receipt: Receipt,
    },
    /// The application is complete: its dates are set.
    StartSet {
        /// The day on which it was complete, which met the cut-off.
        complete_on: NaiveDate,
        /// The cut-off it met.
        cutoff: Dated,
        /// The day by which the 委任状 are sent.
        dispatch_by: Dated,
        /// The offices and their dates.
        offices: Vec<PlannedOffice>,
    },
    /// An office's 委任状 was accepted.
    OfficeReady {
        /// The application.
        application: ApplicationId,
        /// The office.
        office: OfficeId,
        /// Its 委任状.
        poa: PoaId,
    },
    /// An accepted 委任状 proved defective after all.
    OfficeUnready {
        /// The application.
        application: ApplicationId,
        /// The office.
        office: OfficeId,
        /// Its 委任状.
        poa: PoaId,
    },
    /// The due date of an office's 委任状 is over and the post of that day has not been counted.
    OfficeDuePassed {
        /// The application.
        application: ApplicationId,
        /// The office.
        office: OfficeId,
        /// Its 委任状.
        poa: PoaId,
    },
    /// After that, the 委任状 came in; it has not been checked.
    OfficePaperArrived {
        /// The application.
        application: ApplicationId,
        /// The office.
        office: OfficeId,
        /// Its 委任状.
        poa: PoaId,
    },
    /// An office's 委任状 was filed with the federation.
    PapersFiled {
        /// The application.
        application: ApplicationId,
        /// The office.
        office: OfficeId,
        /// Its 委任状.
        poa: PoaId,
    },
    /// The federation confirmed.
    FederationConfirmed {
        /// The application.
        application: ApplicationId,
        /// The office.
        office: OfficeId,
        /// Its 委任状.
        poa: PoaId,
    },
    /// The federation rejected.
    FederationRejected {
        /// The application.
        application: ApplicationId,
        /// The office.
        office: OfficeId,
        /// Its 委任状.
        poa: PoaId,
    },
    /// An office left its application.
    OfficeWithdrawn {
        /// The application.
        application: ApplicationId,
        /// The office.
        office: OfficeId,
        /// Why.
        reason: Personal,
    },
    /// The vendor is no longer the office's billing agent: its transmission is over.
    AgentReleased {
        /// The application.
        application: ApplicationId,
        /// The office.
        office: OfficeId,
        /// The business day.
        on: NaiveDate,
    },
    /// The office that transmits has another 事業所番号 now: this one is to be ended, the new one to be applied for.
    NumberReplaced {
        /// The application under the former number.
        application: ApplicationId,
        /// The office.
        office: OfficeId,
        /// The business day.
        on: NaiveDate,
    },
    /// The office that transmits went to another corporation: it goes on here until it transmits there, or until it is ended.
    OfficeTransferred {
        /// The application.
        application: ApplicationId,
        /// The office.
        office: OfficeId,
        /// The corporation it went to.
        to: CorporationId,
        /// Its first day there.
        on: NaiveDate,
    },
    /// What stands on the papers that are out is no longer true: they are printed again, with the same
    /// due date.
    PapersOutdated {
        /// The offices whose papers are not back.
        offices: Vec<OfficeRef>,
    },
    /// The corporation misses its month (先送り).
    Postponed {
        /// What caused it.
        cause: Cause,
        /// The month missed.
        from: Month,
        /// The month now.
        to: Month,
        /// The offices held, with their new dates.
        offices: Vec<PlannedOffice>,
    },
    /// A further paper would have caused the same postponement.
    PostponementCauseAdded {
        /// The month missed.
        from: Month,
        /// The further cause.
        cause: Cause,
    },
    /// One of several causes fell away; the postponement stands.
    PostponementCauseRemoved {
        /// The month missed.
        from: Month,
        /// The paper that arrived in time after all.
        poa: PoaId,
    },
    /// The last cause fell away: the offices have their month back.
    PostponementReversed {
        /// The month they had missed.
        from: Month,
        /// The month they had been moved to.
        to: Month,
        /// The paper that arrived in time after all, or was approved late.
        poa: PoaId,
        /// The offices with the dates they had.
        offices: Vec<PlannedOffice>,
    },
    /// The rules end here: a person must decide.
    PersonAsked {
        /// The application.
        application: ApplicationId,
        /// The office.
        office: OfficeId,
        /// Why.
        why: PersonReason,
    },
    /// A person decided.
    PersonDecided {
        /// The application.
        application: ApplicationId,
        /// The office.
        office: OfficeId,
        /// What they were asked for.
        why: PersonReason,
        /// The reason they gave.
        reason: Personal,
        /// The new dates, where they set a month.
        planned: Option<PlannedOffice>,
    },
    /// The day on which IDs are set has come.
    IdsDue {
        /// The day it was set for.
        on: NaiveDate,
        /// Who gets an ID.
        offices: Vec<OfficeRef>,
        /// Who does not, and why.
        held: Vec<HeldOffice>,
        /// Who does not because the use is suspended for arrears (利用停止中).
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        suspended: Vec<OfficeRef>,
    },
    /// An office's ID/PW was issued.
    IdIssued {
        /// The application.
        application: ApplicationId,
        /// The office.
        office: OfficeId,
        /// The ID.
        credential: CredentialId,
    },
    /// The start month began.
    Started {
        /// The month.
        month: Month,
        /// The offices that transmit from now on.
        offices: Vec<OfficeRef>,
    },
}
