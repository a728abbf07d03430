//! What is recorded of a 委任状.

use super::agent::NamedAgent;
use super::state::Stage;
use crate::Service;
use crate::agent::WantReason;
use crate::corporation::SendTo;
use crate::document::{Document, FileDigest, MissingGlyph};
use crate::identifiers::{AgentId, KjId, OfficeNumber, TrackingNumber};
use crate::intake::Channel;
use crate::moving::CarriedFrom;
use crate::personal::Personal;
use crate::rules::Dated;
use crate::stream::{ApplicationId, CorporationId, OfficeId};
use crate::waiting::worded;
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

worded! {
    /// What the 委任状 is for.
    Purpose {
        /// The vendor becomes the office's billing agent.
        Start = "start", "利用開始";
        /// The vendor ceases to be it.
        End = "end", "利用終了";
    }
}

worded! {
    /// How a 委任状 goes out.
    Method {
        /// By ordinary post with a return envelope.
        Post = "post", "郵送";
        /// By express post.
        Express = "express", "速達";
        /// As a PDF in the automatic mail; the return envelope still goes by post.
        Mail = "mail", "メール（PDF）";
    }
}

worded! {
    /// What is wrong with a 委任状 that came back.
    Defect {
        /// No seal.
        SealMissing = "seal_missing", "押印なし";
        /// A seal other than the one registered at the federation.
        SealDiffers = "seal_differs", "届出印と相違";
        /// Not filled in completely.
        Incomplete = "incomplete", "記入漏れ";
        /// Filled in wrongly.
        Wrong = "wrong", "記載誤り";
        /// A copy instead of the original.
        NotOriginal = "not_original", "原本でない";
        /// Another form.
        OtherForm = "other_form", "様式違い";
        /// Damaged or illegible.
        Illegible = "illegible", "汚損・判読不能";
        /// The federation rejected it.
        Rejected = "rejected", "国保連の差戻し";
    }
}

worded! {
    /// Why a lapse no longer holds.
    ReversalReason {
        /// The paper had arrived in time and was entered later.
        ArrivedInTime = "arrived_in_time", "期限内に到着していた";
        /// It arrived late and was approved before filing closed.
        LateApproved = "late_approved", "提出締切前に遅着を承認した";
    }
}

worded! {
    /// Why a 委任状 is void.
    VoidReason {
        /// Its office left the application.
        Withdrawn = "withdrawn", "申込の取り下げ";
    }
}

/// The dates a 委任状 has to meet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DueOf {
    /// The first day of the month it is for.
    pub start: Dated,
    /// The day by which it must be back.
    pub due: Dated,
    /// The day by which the federation must have it.
    pub federation_date: Dated,
}

/// What happened to a 委任状.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", content = "body", rename_all = "snake_case")]
pub enum Event {
    /// It is to be sent.
    Requested {
        /// The corporation.
        corporation: CorporationId,
        /// The service.
        service: Service,
        /// The application.
        application: ApplicationId,
        /// The office.
        office: OfficeId,
        /// Its 事業所番号.
        number: OfficeNumber,
        /// Its KJ ID.
        kj_id: KjId,
        /// What it is for.
        purpose: Purpose,
        /// The dates it has to meet.
        dates: DueOf,
        /// The day by which it is sent.
        dispatch_by: Dated,
        /// Whether the pool of billing agents' IDs is asked which one it names.
        #[serde(default, skip_serializing_if = "NamedAgent::is_configured")]
        agent: NamedAgent,
    },
    /// It names this billing agent's ID.
    AgentNamed {
        /// The ID.
        agent: AgentId,
    },
    /// There is no billing agent's ID it could name: it is not printed before a person has seen to it.
    AgentMissing {
        /// Why.
        why: WantReason,
    },
    /// It was printed, to be sent.
    Printed {
        /// The sheet as it was printed: its file is kept.
        document: Document,
        /// The file of everything printed with it in envelope order, the covering letters too: kept as well.
        batch: FileDigest,
    },
    /// It cannot be printed as it is: a person sees to it, and it is printed then or written by hand.
    Unprintable {
        /// The character that no font has.
        glyph: MissingGlyph,
    },
    /// It went out.
    Dispatched {
        /// How.
        method: Method,
        /// The day it was posted or mailed.
        sent_on: NaiveDate,
        /// The day it is expected at the customer's.
        delivered_on: Option<Dated>,
        /// The day by which the customer must post it.
        post_back_by: Option<Dated>,
        /// The day on which the customer is asked for it, should it not be back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        remind_on: Option<Dated>,
        /// The number under which its envelope can be followed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tracking: Option<TrackingNumber>,
        /// Where the corporation wished what goes by post on that day, its return envelope too.
        #[serde(default, skip_serializing_if = "SendTo::is_head_office")]
        to: SendTo,
    },
    /// It came back as undeliverable.
    Undeliverable {
        /// The day it came back.
        returned_on: NaiveDate,
        /// What the envelope says.
        note: Option<Personal>,
    },
    /// It is to be printed and sent again, with the same due date.
    ReprintRequested {
        /// Why.
        reason: Personal,
    },
    /// The due date is near and it is not back: the customer is asked for it.
    ReminderDue {
        /// The due date.
        due: NaiveDate,
    },
    /// The due date is over and its post has not been closed.
    DuePassed {
        /// The due date.
        due: NaiveDate,
    },
    /// A sheet arrived.
    Received {
        /// The day it arrived, which counts; the day it was entered is the event's own.
        arrived_on: NaiveDate,
        /// How.
        channel: Channel,
    },
    /// It is in order.
    Accepted {},
    /// It is not in order.
    FoundDefective {
        /// What is wrong.
        defect: Defect,
        /// What else a person noted.
        note: Option<Personal>,
        /// Whether it misses its month by this.
        misses_month: bool,
    },
    /// It went to the federation.
    Filed {
        /// The day it was handed in or posted.
        filed_on: NaiveDate,
        /// The covering letter with the list of everything that went with it: its file is kept.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cover: Option<Document>,
        /// Why it went although no copy of it is kept here; nothing where one is attached.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        without_scan: Option<Personal>,
    },
    /// The federation confirmed it.
    Confirmed {
        /// The day of the answer.
        on: NaiveDate,
    },
    /// The federation rejected it.
    Rejected {
        /// The day of the answer.
        on: NaiveDate,
        /// What the federation says.
        reason: Personal,
    },
    /// It was not back, in order, when the post of its due date was closed.
    Lapsed {
        /// The due date.
        due: NaiveDate,
    },
    /// The lapse no longer holds.
    LapseReversed {
        /// Why.
        why: ReversalReason,
        /// The due date it had missed.
        due: NaiveDate,
        /// The first day of the month it had missed.
        start: NaiveDate,
    },
    /// It has to meet other dates.
    DueMoved {
        /// The dates.
        dates: DueOf,
        /// The day on which the customer is asked for it, if it is there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        remind_on: Option<Dated>,
    },
    /// It was carried over from the books kept before.
    CarriedOver {
        /// Where it stood.
        from: CarriedFrom,
        /// The corporation.
        corporation: CorporationId,
        /// The service.
        service: Service,
        /// The application.
        application: ApplicationId,
        /// The office.
        office: OfficeId,
        /// Its 事業所番号.
        number: OfficeNumber,
        /// Its KJ ID.
        kj_id: KjId,
        /// What it is for.
        purpose: Purpose,
        /// The dates it has to meet.
        dates: DueOf,
        /// The day by which it is sent, if it is not.
        dispatch_by: Dated,
        /// The day it was first sent.
        first_sent_on: Option<NaiveDate>,
        /// Where it is.
        stage: Stage,
        /// The day on which the customer is asked for it, if that is to come.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        remind_on: Option<Dated>,
        /// Which billing agent's ID it names.
        #[serde(default, skip_serializing_if = "NamedAgent::is_configured")]
        agent: NamedAgent,
    },
    /// It is void.
    Voided {
        /// Why.
        why: VoidReason,
    },
}
