//! Why something is not carried over. One list for all nouns: each says it as its own refusal, `<noun>.not_carried`.

use crate::identifiers::OfficeNumber;
use crate::nouns::Refusal;
use crate::rules::RuleError;
use chrono::NaiveDate;

/// Why something is not carried over: the field of the line, what is wrong, what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// No second person approved the run.
    #[error("この移行は承認されていません。別の担当者が承認してから取り込んでください。")]
    NotApproved,
    /// daicho knows it already.
    #[error("daichoにすでに記録があります。移行の行を外し、続きは画面から入力してください。")]
    Lives,
    /// The corporation is not registered, or was merged.
    #[error(
        "法人が登録されていないか、別の法人に統合済みです。先に法人・事業所を取り込んでください。"
    )]
    UnknownCorporation,
    /// The corporation has no such office.
    #[error(
        "事業所番号「{number}」はこの法人にありません。先に事業所を取り込むか、番号を直してください。"
    )]
    UnknownOffice {
        /// The office number.
        number: OfficeNumber,
    },
    /// Something is missing.
    #[error("「{field}」がありません。入力してください。")]
    Missing {
        /// The field.
        field: &'static str,
    },
    /// What the field says does not go with the rest of the line.
    #[error("「{field}」が他の欄と合いません。{remedy}")]
    Contradicts {
        /// The field.
        field: &'static str,
        /// What to do.
        remedy: &'static str,
    },
    /// A day that has not come, of something that is said to be done.
    #[error(
        "「{field}」の {on} は本日（{today}）より後です。済んだ日を入れるか、空欄にしてください。"
    )]
    NotCome {
        /// The field.
        field: &'static str,
        /// What it says.
        on: NaiveDate,
        /// The open day.
        today: NaiveDate,
    },
    /// Days in the wrong order.
    #[error("「{field}」の {on} が「{earlier}」の {day} より前です。どちらかを直してください。")]
    Order {
        /// The later field.
        field: &'static str,
        /// What it says.
        on: NaiveDate,
        /// The earlier field.
        earlier: &'static str,
        /// What that one says.
        day: NaiveDate,
    },
    /// A day before the switching day, of something that is not done.
    #[error(
        "「{field}」の {on} は切替日（{switched_on}）より前です。その日に何が決まったかを入れるか、いま有効な日付に直してください。"
    )]
    Before {
        /// The field.
        field: &'static str,
        /// What it says.
        on: NaiveDate,
        /// The switching day.
        switched_on: NaiveDate,
    },
    /// The rule books give no date to hold it against.
    #[error("規程から日付を決められません。{0}")]
    NoRule(#[from] RuleError),
}

impl Fault {
    /// Every code there is.
    pub const CODES: &'static [&'static str] = &[
        "not_approved",
        "known_already",
        "unknown_corporation",
        "unknown_office",
        "missing",
        "contradicts",
        "day_not_come",
        "days_out_of_order",
        "before_switching_day",
        "no_rule",
    ];

    /// The stable code that stands in a report, one of [`Self::CODES`].
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotApproved => "not_approved",
            Self::Lives => "known_already",
            Self::UnknownCorporation => "unknown_corporation",
            Self::UnknownOffice { .. } => "unknown_office",
            Self::Missing { .. } => "missing",
            Self::Contradicts { .. } => "contradicts",
            Self::NotCome { .. } => "day_not_come",
            Self::Order { .. } => "days_out_of_order",
            Self::Before { .. } => "before_switching_day",
            Self::NoRule(_) => "no_rule",
        }
    }

    /// The field it is about, where it is about one.
    pub const fn field(&self) -> Option<&'static str> {
        match self {
            Self::NotApproved | Self::Lives | Self::NoRule(_) => None,
            Self::UnknownCorporation => Some("法人番号"),
            Self::UnknownOffice { .. } => Some("事業所番号"),
            Self::Missing { field }
            | Self::Contradicts { field, .. }
            | Self::NotCome { field, .. }
            | Self::Order { field, .. }
            | Self::Before { field, .. } => Some(field),
        }
    }

    /// What stands in that field, where it is a day or a number.
    pub fn value(&self) -> Option<String> {
        match self {
            Self::NotApproved
            | Self::Lives
            | Self::UnknownCorporation
            | Self::Missing { .. }
            | Self::Contradicts { .. }
            | Self::NoRule(_) => None,
            Self::UnknownOffice { number } => Some(number.to_string()),
            Self::NotCome { on, .. } | Self::Order { on, .. } | Self::Before { on, .. } => {
                Some(on.to_string())
            }
        }
    }
}

/// Why a noun did not carry something over, if that is what it refused.
pub const fn why_not(refusal: &Refusal) -> Option<&Fault> {
    use crate::{
        billing, corporation, credential, debit_batch, enrolment, poa, termination, transmission,
    };
    match refusal {
        Refusal::Corporation(corporation::Refusal::NotCarried { why })
        | Refusal::Enrolment(enrolment::Refusal::NotCarried { why })
        | Refusal::Transmission(transmission::Refusal::NotCarried { why })
        | Refusal::Poa(poa::Refusal::NotCarried { why })
        | Refusal::Credential(credential::Refusal::NotCarried { why })
        | Refusal::Billing(billing::Refusal::NotCarried { why })
        | Refusal::DebitBatch(debit_batch::Refusal::NotCarried { why })
        | Refusal::Termination(termination::Refusal::NotCarried { why }) => Some(why),
        Refusal::Corporation(_)
        | Refusal::Enrolment(_)
        | Refusal::Transmission(_)
        | Refusal::Poa(_)
        | Refusal::Credential(_)
        | Refusal::Licence(_)
        | Refusal::Billing(_)
        | Refusal::DebitBatch(_)
        | Refusal::Termination(_)
        | Refusal::OfficeDay(_)
        | Refusal::Schedule(_)
        | Refusal::Staff(_)
        | Refusal::Rulebook(_)
        | Refusal::Installation(_)
        | Refusal::Dispatch(_)
        | Refusal::Mail(_)
        | Refusal::Attachment(_)
        | Refusal::Agent(_) => None,
    }
}
