//! What is known of a 委任状.

use super::agent::NamedAgent;
use super::command::Assignment;
use super::event::{Defect, DueOf, Method, VoidReason};
use crate::corporation::SendTo;
use crate::document::{Document, MissingGlyph};
use crate::identifiers::TrackingNumber;
use crate::intake::Channel;
use crate::moving::CarriedFrom;
use crate::rules::Dated;
use crate::stream::PoaId;
use crate::waiting::worded;
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A 委任状, folded.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// There is none.
    #[default]
    Unknown,
    /// There is one.
    Known(Box<Sheet>),
}

/// A 委任状 that was asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sheet {
    /// Whose it is.
    pub assignment: Assignment,
    /// The dates it has to meet now.
    pub dates: DueOf,
    /// The day by which it is sent.
    pub dispatch_by: Dated,
    /// Where it is.
    pub stage: Stage,
    /// The sheet as it was printed for the next dispatch; nothing while it has to be printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub printed: Option<Document>,
    /// The character for which it, or the covering letter it is to be filed with, could not be printed, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unprintable: Option<MissingGlyph>,
    /// Which billing agent's ID it names.
    #[serde(default, skip_serializing_if = "NamedAgent::is_configured")]
    pub agent: NamedAgent,
    /// The day it was first sent.
    pub first_sent_on: Option<NaiveDate>,
    /// The day on which the customer is asked for it, should it not be back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remind_on: Option<Dated>,
    /// The due date for which the customer was asked: once for each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reminded: Option<NaiveDate>,
    /// Whether the day after the due date was opened while the due date's post was open.
    pub due_passed: bool,
    /// Whether it lapsed and no other dates have been set since.
    pub lapsed: bool,
    /// The dates it missed, oldest first.
    pub missed: Vec<DueOf>,
    /// The due date that the sheet here may miss: it came late and was approved.
    pub excused: Option<NaiveDate>,
    /// Where it stood, if it was carried over from the books kept before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carried: Option<CarriedFrom>,
}

/// Where a 委任状 is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// To be sent.
    ToSend {
        /// What was wrong with the last sheet, if that is why.
        defect: Option<Defect>,
    },
    /// With the customer.
    Out {
        /// How it went out.
        method: Method,
        /// When.
        sent_on: NaiveDate,
        /// When it is expected there.
        delivered_on: Option<Dated>,
        /// When the customer must post it.
        post_back_by: Option<Dated>,
        /// The number under which its envelope can be followed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tracking: Option<TrackingNumber>,
        /// Where the corporation wished what goes by post on that day, its return envelope too.
        #[serde(default, skip_serializing_if = "SendTo::is_head_office")]
        to: SendTo,
    },
    /// It came back as undeliverable.
    Undeliverable {
        /// When.
        returned_on: NaiveDate,
    },
    /// A sheet arrived and has not been checked.
    Received {
        /// When it arrived.
        arrived_on: NaiveDate,
        /// How.
        channel: Channel,
    },
    /// In order.
    Accepted {
        /// When it arrived.
        arrived_on: NaiveDate,
    },
    /// With the federation.
    Filed {
        /// When it arrived.
        arrived_on: NaiveDate,
        /// When it was filed.
        filed_on: NaiveDate,
    },
    /// Confirmed by the federation.
    Confirmed {
        /// When it was filed.
        filed_on: NaiveDate,
        /// When the federation confirmed.
        on: NaiveDate,
    },
    /// Void.
    Void {
        /// Why.
        why: VoidReason,
    },
}

worded! {
    /// A 委任状's ステータス.
    Status {
        /// To be sent.
        ToSend = "to_send", "発送待ち";
        /// With the customer.
        Out = "out", "返送待ち";
        /// The due date's post has not been closed.
        PostCount = "post_count", "到着確認待ち";
        /// Defective or undeliverable: to be sent again.
        Resend = "resend", "要再提出";
        /// Arrived, not checked.
        Received = "received", "受領済み";
        /// In order, to be filed.
        ToFile = "to_file", "提出待ち";
        /// With the federation.
        Filed = "filed", "提出済み";
        /// Confirmed.
        Confirmed = "confirmed", "確認済み";
        /// Not back in time.
        Lapsed = "lapsed", "期限切れ";
        /// Void.
        Void = "void", "無効";
    }
}

impl State {
    /// The sheet, if there is one.
    pub fn sheet(&self) -> Option<&Sheet> {
        match self {
            Self::Unknown => None,
            Self::Known(sheet) => Some(sheet),
        }
    }
}

impl Sheet {
    /// The key under which the notes on a 委任状 were sealed before they went under the corporation's.
    pub fn subject(poa: PoaId) -> String {
        format!("poa-{poa}")
    }

    /// The ステータス that staff read.
    pub const fn status(&self) -> Status {
        match &self.stage {
            Stage::Void { .. } => Status::Void,
            Stage::Confirmed { .. } => Status::Confirmed,
            Stage::Filed { .. } => Status::Filed,
            Stage::Accepted { .. } => Status::ToFile,
            Stage::Received { .. } => Status::Received,
            Stage::ToSend { .. } | Stage::Out { .. } | Stage::Undeliverable { .. }
                if self.lapsed =>
            {
                Status::Lapsed
            }
            Stage::ToSend { .. } | Stage::Out { .. } | Stage::Undeliverable { .. }
                if self.due_passed =>
            {
                Status::PostCount
            }
            Stage::ToSend { defect: Some(_) } | Stage::Undeliverable { .. } => Status::Resend,
            Stage::ToSend { defect: None } => Status::ToSend,
            Stage::Out { .. } => Status::Out,
        }
    }

    /// The character for which the sheet cannot go out, to the customer or with its covering letter to the federation, while it
    /// is to.
    pub const fn stuck_for(&self) -> Option<&MissingGlyph> {
        match &self.stage {
            Stage::ToSend { .. } | Stage::Undeliverable { .. } | Stage::Accepted { .. } => {
                self.unprintable.as_ref()
            }
            Stage::Out { .. }
            | Stage::Received { .. }
            | Stage::Filed { .. }
            | Stage::Confirmed { .. }
            | Stage::Void { .. } => None,
        }
    }

    /// The day the sheet that is here arrived.
    pub const fn arrived_on(&self) -> Option<NaiveDate> {
        match &self.stage {
            Stage::Received { arrived_on, .. }
            | Stage::Accepted { arrived_on }
            | Stage::Filed { arrived_on, .. } => Some(*arrived_on),
            Stage::ToSend { .. }
            | Stage::Out { .. }
            | Stage::Undeliverable { .. }
            | Stage::Confirmed { .. }
            | Stage::Void { .. } => None,
        }
    }

    /// The day on which the customer has to be asked for it before its due date, while that is to come.
    pub fn to_remind(&self) -> Option<NaiveDate> {
        let out = matches!(self.stage, Stage::Out { .. });
        let open =
            out && !self.due_passed && !self.lapsed && self.reminded != Some(self.dates.due.on);
        self.remind_on.as_ref().filter(|_| open).map(|day| day.on)
    }

    /// Whether it would miss its due date if the post of that day were closed now: it is not here, or
    /// came late, and is not filed.
    pub fn misses_due(&self) -> bool {
        match &self.stage {
            Stage::ToSend { .. } | Stage::Out { .. } | Stage::Undeliverable { .. } => true,
            Stage::Received { arrived_on, .. } | Stage::Accepted { arrived_on } => {
                *arrived_on > self.dates.due.on && self.excused != Some(self.dates.due.on)
            }
            Stage::Filed { .. } | Stage::Confirmed { .. } | Stage::Void { .. } => false,
        }
    }
}
