//! What is recorded of the end of a service.

use crate::identifiers::{KjId, OfficeNumber};
use crate::intake::Receipt;
use crate::moving::CarriedFrom;
use crate::poa::{CarryStage, DueOf};
use crate::rules::Dated;
use crate::stream::{ApplicationId, CredentialId, OfficeId, PoaId};
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// The corporation's use of the service.
    Whole,
    /// One office's.
    Office(OfficeId),
    /// A former number's of an office that has another one now: the office stays, its agent under that number is released.
    Number {
        /// The office.
        office: OfficeId,
        /// The former 事業所番号.
        number: OfficeNumber,
    },
}

impl Scope {
    /// The office, unless the whole use ends.
    pub const fn office(self) -> Option<OfficeId> {
        match self {
            Self::Whole => None,
            Self::Office(office) | Self::Number { office, .. } => Some(office),
        }
    }

    /// Whether something is charged no longer: a number that was replaced ends without an end of its fees.
    pub const fn ends_fees(self) -> bool {
        match self {
            Self::Whole | Self::Office(_) => true,
            Self::Number { .. } => false,
        }
    }
}

/// The dates of an end month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Dates {
    /// The last day of use: the end month's last day.
    pub last_day: Dated,
    /// The cut-off of the form, until which it can be withdrawn.
    pub cutoff: Dated,
    /// The day on which the end month's fee is debited, the last one.
    pub last_debit_on: Dated,
    /// The day from which the billing agent can be released.
    pub release_from: Dated,
}

/// An end 委任状 of an office that transmits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EndPaper {
    /// The office.
    pub office: OfficeId,
    /// Its 事業所番号.
    pub number: OfficeNumber,
    /// Its KJ ID.
    pub kj_id: KjId,
    /// The application it transmits by.
    pub application: ApplicationId,
    /// Its ID for transmission.
    pub credential: CredentialId,
    /// The 委任状.
    pub poa: PoaId,
    /// The dates it has to meet.
    pub dates: DueOf,
    /// The day by which it is sent.
    pub dispatch_by: Dated,
}

/// An office that transmits and whose agent is released without an end 委任状: the rules ask for none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EndOffice {
    /// The office.
    pub office: OfficeId,
    /// Its 事業所番号.
    pub number: OfficeNumber,
    /// The application it transmits by.
    pub application: ApplicationId,
    /// Its ID for transmission.
    pub credential: CredentialId,
}

/// An end 委任状 as it stood when daicho took over the books.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CarriedPaper {
    /// Whose it is, and its dates.
    pub about: EndPaper,
    /// The day it was sent, if it was.
    pub sent_on: Option<NaiveDate>,
    /// Where it was.
    pub stage: CarryStage,
}

/// What happened to the ends of a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", content = "body", rename_all = "snake_case")]
pub enum Event {
    /// The customer filed an end by the form.
    Requested {
        /// Which end of this stream it is, counted from 1.
        no: u32,
        /// What ends.
        scope: Scope,
        /// When the form came in; its channel is always the form.
        receipt: Receipt,
        /// The dates of the end month.
        dates: Dates,
        /// How many returned claims (返戻) were open when it was filed.
        open_returns: u32,
        /// The end 委任状 of the offices that transmit.
        papers: Vec<EndPaper>,
    },
    /// An end that had been filed was carried over from the books kept before.
    CarriedOver {
        /// Which end of this stream it is, counted from 1.
        no: u32,
        /// Where it stood.
        from: CarriedFrom,
        /// What ends.
        scope: Scope,
        /// When the form came in.
        receipt: Receipt,
        /// The dates of the end month.
        dates: Dates,
        /// How many returned claims (返戻) are open.
        open_returns: u32,
        /// The end 委任状 of the offices that transmit.
        papers: Vec<CarriedPaper>,
    },
    /// The customer withdrew it in time.
    Withdrawn {
        /// Which end.
        no: u32,
        /// When the withdrawal came in.
        receipt: Receipt,
    },
    /// How many returned claims are open now.
    ReturnsCounted {
        /// Which end.
        no: u32,
        /// How many.
        open: u32,
    },
    /// The end month is over: nobody logs in any more.
    Ended {
        /// Which end.
        no: u32,
        /// What ended.
        scope: Scope,
        /// The last day of use.
        last_day: NaiveDate,
        /// The end 委任状 of offices that began to transmit after the end was filed.
        papers: Vec<EndPaper>,
        /// The offices whose agent is released on its day without an end 委任状.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        without_paper: Vec<EndOffice>,
    },
    /// The day of the last debit is over.
    LastDebitPassed {
        /// Which end.
        no: u32,
        /// The day.
        on: NaiveDate,
    },
    /// The last debit failed: what is owed is for a person, or paid by transfer.
    LastDebitFailed {
        /// Which end.
        no: u32,
    },
    /// Everything that was charged for the use is paid.
    FeesSettled {
        /// Which end.
        no: u32,
    },
    /// An end 委任状 is back in order.
    PaperReturned {
        /// Which end.
        no: u32,
        /// The office.
        office: OfficeId,
    },
    /// An end 委任状 that was back proved defective, or the federation rejected it.
    PaperSentBack {
        /// Which end.
        no: u32,
        /// The office.
        office: OfficeId,
    },
    /// From this day on the billing agent can be released.
    AgentReleaseDue {
        /// Which end.
        no: u32,
        /// The day.
        on: NaiveDate,
    },
    /// The federation confirmed, or the day came and no end 委任状 is asked for: the vendor is no longer the office's billing
    /// agent.
    AgentReleased {
        /// Which end.
        no: u32,
        /// The office.
        office: OfficeId,
        /// The application it transmitted by.
        application: ApplicationId,
    },
}
