//! What is recorded of a licence.

use super::checklist::{Checklist, Gap};
use super::contract::{FeeStatus, Payment, Price, Term};
use crate::corporation::Source;
use crate::identifiers::OfficeNumber;
use crate::intake::Receipt;
use crate::personal::Personal;
use crate::rules::Dated;
use crate::stream::{CorporationId, OfficeId};
use crate::waiting::worded;
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The person to talk to about a licence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Person {
    /// The name.
    pub name: Personal,
    /// The telephone number, digits alone.
    pub phone: Personal,
    /// The mail address.
    pub mail: Personal,
}

/// Who applies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Applicant {
    /// The office's name on the form.
    pub office_name: String,
    /// Who represents it.
    pub representative: Personal,
    /// The person to talk to.
    pub contact: Person,
}

worded! {
    /// How something became known.
    How {
        /// Entered by a person.
        Hand = "hand", "手入力";
        /// Read from a list.
        List = "list", "一覧の取り込み";
    }
}

worded! {
    /// Why an office no longer renews.
    CloseReason {
        /// It no longer belongs to the corporation: it closed or went to another one.
        Removed = "removed", "事業所の廃止・移管";
        /// It has a new 事業所番号, to which the licence does not move.
        Renumbered = "renumbered", "事業所番号の変更";
    }
}

/// What happened to a licence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", content = "body", rename_all = "snake_case")]
pub enum Event {
    /// The office was checked before applying.
    Checked {
        /// The corporation.
        corporation: CorporationId,
        /// The office.
        office: OfficeId,
        /// Its 事業所番号.
        number: OfficeNumber,
        /// What it said.
        checklist: Checklist,
        /// What is missing; nothing when it can apply.
        gaps: Vec<Gap>,
        /// The day by which the federation's letter with the KJ ID is expected, when it is missing.
        id_expected_by: Option<Dated>,
        /// The last day on which an application may rest on this checklist.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        holds_until: Option<Dated>,
    },
    /// The office does not apply: the checklist is dropped.
    CheckDropped {
        /// Why.
        reason: Personal,
    },
    /// The download of the client was asked for.
    DownloadRequested {
        /// The organisation's name on the request.
        organisation: String,
        /// The day of receipt.
        received_on: NaiveDate,
    },
    /// The licence was applied for: its year runs from that day.
    Applied {
        /// How and when the form came in.
        receipt: Receipt,
        /// Who applies.
        applicant: Applicant,
        /// The version of the terms that was accepted.
        terms_version: String,
        /// The dates.
        term: Term,
        /// How it is paid.
        payment: Payment,
        /// What it costs.
        price: Price,
        /// The day by which the notice that it is done is sent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        notice_by: Option<Dated>,
    },
    /// The licence was granted.
    Granted {
        /// The day of the notice.
        on: NaiveDate,
    },
    /// A licence that exists already was taken over from a list.
    TakenOver {
        /// The corporation.
        corporation: CorporationId,
        /// The office.
        office: OfficeId,
        /// Its 事業所番号.
        number: OfficeNumber,
        /// The dates, counted from the first day in the list.
        term: Term,
        /// How it is paid.
        payment: Payment,
        /// What it costs.
        price: Price,
        /// The month in which it was paid, as its first day, if the list says so.
        paid_in: Option<NaiveDate>,
        /// Where the fee stands, where the list says nothing and its month was over already: `unlisted`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fee: Option<FeeStatus>,
        /// The list.
        source: Source,
    },
    /// The fee was confirmed.
    FeePaid {
        /// The first day of the year it is for.
        first_day: NaiveDate,
        /// The month in which it was paid, as its first day.
        month: NaiveDate,
        /// How that became known.
        how: How,
    },
    /// The confirmation of a fee was taken back: it had been another year's, month's or office's.
    FeeReversed {
        /// The first day of the year it was for.
        first_day: NaiveDate,
        /// The month that had been confirmed, as its first day.
        month: NaiveDate,
        /// Why.
        reason: Personal,
    },
    /// The latest month of the fee is over and nobody has confirmed it.
    FeeOverdue {
        /// The first day of the year it is for.
        first_day: NaiveDate,
    },
    /// 60 days or fewer remain, or as many as the rule says: the next year can be asked for.
    RenewalOpened {
        /// The day.
        on: NaiveDate,
    },
    /// The next year was asked for (事前申請受付済み).
    RenewalFiled {
        /// How and when the form came in.
        receipt: Receipt,
        /// The person to talk to, entered again.
        contact: Person,
        /// The version of the terms that was accepted again.
        terms_version: String,
        /// The dates of the next year.
        term: Term,
        /// How it is paid.
        payment: Payment,
        /// What it costs.
        price: Price,
        /// The day by which the notice that it is done is sent.
        notice_by: Dated,
    },
    /// The office was told that the renewal is done.
    Renewed {
        /// The day of the notice.
        on: NaiveDate,
    },
    /// The next year began.
    YearBegun {
        /// Its first day.
        on: NaiveDate,
    },
    /// The last day is over and no renewal was filed.
    Expired {
        /// The last day.
        last_day: NaiveDate,
    },
    /// The number is another corporation's now, or the same one's again: the licence stays with it.
    OfficeMoved {
        /// The corporation.
        corporation: CorporationId,
        /// The office.
        office: OfficeId,
    },
    /// The office no longer renews: the licence runs out, nothing is refunded, nobody is reminded.
    OfficeClosed {
        /// Why.
        why: CloseReason,
    },
}
