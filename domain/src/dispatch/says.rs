//! What a letter says, beside its address: days and amounts as they were decided, with what they rest on.

use crate::billing::{Collection, Quotation};
use crate::corporation::SendTo;
use crate::dates::Month;
use crate::identifiers::OfficeNumber;
use crate::licence;
use crate::rules::Dated;
use crate::stream::OfficeId;
use crate::termination::{Dates, Scope};
use crate::transmission::CauseKind;
use crate::waiting::worded;
use crate::zengin::ResultCode;
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// An office that a letter names, under the number it had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Listed {
    /// The office.
    pub office: OfficeId,
    /// Its 事業所番号.
    pub number: OfficeNumber,
}

/// An office whose paper moved the start month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PostponedBy {
    /// The office.
    pub office: OfficeId,
    /// Its 事業所番号.
    pub number: OfficeNumber,
    /// Why.
    pub why: CauseKind,
}

/// A 委任状 that is not back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Overdue {
    /// Its office.
    pub office: OfficeId,
    /// Its 事業所番号.
    pub number: OfficeNumber,
    /// The day it went out first.
    pub sent_on: NaiveDate,
}

/// A 委任状 that went as PDF and comes back as paper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Awaited {
    /// Its office.
    pub office: OfficeId,
    /// Its 事業所番号.
    pub number: OfficeNumber,
    /// The day by which it must be back.
    pub due: Dated,
    /// The day by which the customer must post it.
    pub post_back_by: Option<Dated>,
}

worded! {
    /// What was completed.
    Completed {
        /// The 本登録.
        Registration = "registration", "本登録";
        /// A change of what is registered.
        Change = "change", "変更";
    }
}

worded! {
    /// Why the link to an ID and its initial password did not reach the customer by mail.
    Unreached {
        /// The corporation has no mail address.
        NoAddress = "no_address", "メールアドレスの登録がない";
        /// The mail did not arrive.
        Undelivered = "undelivered", "メールが届かなかった";
    }
}

/// What a letter says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "letter", rename_all = "kebab-case")]
pub enum Says {
    /// The 仮登録 was taken.
    TrialReceived {
        /// The day it came in.
        applied_on: NaiveDate,
        /// The last day of use without 本登録.
        trial_last_day: Dated,
        /// The last free day with 本登録.
        registered_last_free_day: Dated,
    },
    /// The offices were entered: use begins.
    TrialStarted {
        /// The last day of use without 本登録.
        trial_last_day: Dated,
        /// The last free day with 本登録.
        registered_last_free_day: Dated,
        /// The first day that is charged then.
        billing_start: Dated,
        /// What the first charged month costs then.
        quotation: Quotation,
        /// The offices.
        offices: Vec<Listed>,
    },
    /// The 本登録, or a change of what is registered, is complete.
    Registered {
        /// Which.
        what: Completed,
        /// The day it came in.
        completed_on: NaiveDate,
        /// The version of the 利用者規約 that was accepted.
        terms_version: String,
        /// The last free day.
        last_free_day: Dated,
        /// The first day that is charged.
        billing_start: Dated,
        /// The day its fee is debited.
        first_debit_on: Dated,
        /// What the first charged month costs.
        quotation: Quotation,
        /// The offices.
        offices: Vec<Listed>,
    },
    /// 委任状 went as PDF; the envelope that they come back in goes by post.
    ReturnEnvelope {
        /// The day they went.
        sent_on: NaiveDate,
        /// Those that went on this day.
        papers: Vec<Awaited>,
    },
    /// The due date of 委任状 is near.
    PoaReminder {
        /// The first day of the month they are for.
        start: Dated,
        /// The day by which they must be back.
        due: Dated,
        /// The day by which the customer must post them.
        post_back_by: Option<Dated>,
        /// Those that are not back.
        papers: Vec<Overdue>,
    },
    /// The due date of 委任状 is over.
    PoaOverdue {
        /// The first day of the month they are for.
        start: Dated,
        /// The day by which they had to be back.
        due: Dated,
        /// The day by which the federation must have them.
        federation_date: Dated,
        /// Those that are not back.
        papers: Vec<Overdue>,
    },
    /// An ID and its initial password are set, and the link to them, which no letter bears, did not reach the customer by mail.
    CredentialNotice {
        /// The office whose ID it is; none for the corporation's own.
        office: Option<Listed>,
        /// The first day of the month from which the office transmits.
        start: Option<Dated>,
        /// The day on which it was set.
        set_on: NaiveDate,
        /// The day from which the link opens; none: at once.
        opens: Option<Dated>,
        /// The last day on which it opens.
        until: NaiveDate,
        /// How often the customer may look.
        looks: u32,
        /// Why it did not reach the customer.
        why: Unreached,
    },
    /// The start month moved.
    Postponed {
        /// The month missed.
        from: Month,
        /// The first day of the month it is now.
        start: Dated,
        /// The day by which papers that are not accepted must be back: the earliest, where offices differ.
        due: Dated,
        /// The day on which the ID/PW are set.
        credentials_on: Dated,
        /// Whose papers caused it.
        causes: Vec<PostponedBy>,
        /// The offices that begin later.
        offices: Vec<Listed>,
        /// To the head office with all of them, or to each of them of itself alone.
        #[serde(default, skip_serializing_if = "SendTo::is_head_office")]
        to: SendTo,
    },
    /// A letter about a moved start month proved wrong.
    Correction {
        /// The day the wrong one was sent.
        sent_on: NaiveDate,
        /// The first day of the month it named.
        start_was: Dated,
        /// The first day of the month that holds.
        start: Dated,
        /// The day on which it said the ID/PW are set.
        credentials_on_was: Dated,
        /// The day on which they are.
        credentials_on: Dated,
        /// The office whose paper had been there.
        because_of: Listed,
        /// The office that had the wrong one, where each had one of its own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        office: Option<Listed>,
    },
    /// A debit failed: use will be suspended.
    SuspensionNotice {
        /// The debit month that failed.
        batch: Month,
        /// The day of the debit.
        debit_on: Dated,
        /// Yen in arrears.
        amount: u64,
        /// The months they are for.
        months: Vec<Month>,
        /// What the bank said.
        code: ResultCode,
        /// The day use is suspended unless they are paid.
        suspension_on: Dated,
        /// The next debit.
        next_debit_on: Dated,
    },
    /// Use is suspended.
    Suspended {
        /// The debit month that failed.
        batch: Month,
        /// The day of that debit.
        debit_on: Dated,
        /// The day of the notice.
        noticed_on: NaiveDate,
        /// The day since which it is.
        suspended_on: NaiveDate,
        /// Why on that day.
        suspension_on: Dated,
        /// Yen in arrears.
        amount: u64,
        /// The months they are for.
        months: Vec<Month>,
        /// The next debit.
        next_debit_on: Dated,
    },
    /// Use goes on.
    Resumed {
        /// The day since which it was suspended.
        suspended_on: NaiveDate,
        /// The day from which it goes on.
        resumed_on: NaiveDate,
        /// The next debit.
        next_debit_on: Dated,
    },
    /// An end was filed.
    TerminationReceived {
        /// The day the form came in.
        received_on: NaiveDate,
        /// The dates of the end month.
        dates: Dates,
        /// What ends.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        scope: Option<Scope>,
        /// The day by which the end 委任状 must be back: the earliest; none where no office transmits.
        poa_due: Option<Dated>,
        /// The offices.
        offices: Vec<Listed>,
    },
    /// A licence can be renewed.
    LicenceRenewal {
        /// The office.
        office: Listed,
        /// The dates of the present year.
        term: licence::Term,
        /// The first day of the next one.
        next_first_day: Dated,
        /// Its last day.
        next_last_day: Dated,
        /// How the present one is paid.
        payment: licence::Payment,
        /// What the next one costs, yen with tax.
        gross_yen: i64,
    },
    /// A licence was renewed.
    LicenceRenewed {
        /// The office.
        office: Listed,
        /// The dates of the next year.
        term: licence::Term,
        /// The day the renewal was asked for; nobody knows of one that a list brought.
        filed_on: Option<NaiveDate>,
        /// How it is paid.
        payment: licence::Payment,
        /// What it costs.
        price: licence::Price,
    },
    /// The fee of a licence that is not deducted.
    LicenceInvoice {
        /// The office.
        office: Listed,
        /// The dates of the year; `fee_by` is the day by which it is to be paid.
        term: licence::Term,
        /// What it costs.
        price: licence::Price,
        /// The rate of the tax in it, percent.
        tax_percent: u32,
    },
    /// Money that was received.
    Receipt {
        /// What was received, and for what.
        received: Collection,
        /// The how manieth of it: from the second on it is a 再発行.
        copy: u32,
    },
    /// The money that was received in a period.
    PaymentCertificate {
        /// Its first day.
        from: NaiveDate,
        /// Its last day.
        to: NaiveDate,
        /// What was received, oldest first.
        received: Vec<Collection>,
        /// The how manieth of the period: from the second on it is a 再発行.
        copy: u32,
    },
}

impl Says {
    /// The letter's name, which is that of its templates.
    pub const fn letter(&self) -> &'static str {
        match self {
            Self::TrialReceived { .. } => "trial-received",
            Self::TrialStarted { .. } => "trial-started",
            Self::Registered { .. } => "registered",
            Self::ReturnEnvelope { .. } => "return-envelope",
            Self::PoaReminder { .. } => "poa-reminder",
            Self::PoaOverdue { .. } => "poa-overdue",
            Self::CredentialNotice { .. } => "credential-notice",
            Self::Postponed { .. } => "postponed",
            Self::Correction { .. } => "correction",
            Self::SuspensionNotice { .. } => "suspension-notice",
            Self::Suspended { .. } => "suspended",
            Self::Resumed { .. } => "resumed",
            Self::TerminationReceived { .. } => "termination-received",
            Self::LicenceRenewal { .. } => "licence-renewal",
            Self::LicenceRenewed { .. } => "licence-renewed",
            Self::LicenceInvoice { .. } => "licence-invoice",
            Self::Receipt { .. } => "receipt",
            Self::PaymentCertificate { .. } => "payment-certificate",
        }
    }

    /// The day by which the customer must have done something about it, if there is one.
    pub fn act_by(&self) -> Option<NaiveDate> {
        match self {
            Self::TrialReceived { trial_last_day, .. }
            | Self::TrialStarted { trial_last_day, .. } => Some(trial_last_day.on),
            Self::PoaOverdue {
                federation_date, ..
            } => Some(federation_date.on),
            Self::ReturnEnvelope { papers, .. } => papers.iter().map(|paper| paper.due.on).min(),
            Self::CredentialNotice { until, .. } => Some(*until),
            Self::PoaReminder { due, .. } | Self::Postponed { due, .. } => Some(due.on),
            Self::SuspensionNotice { suspension_on, .. } => Some(suspension_on.on),
            Self::TerminationReceived { poa_due, .. } => poa_due.as_ref().map(|due| due.on),
            Self::LicenceRenewal { term, .. } => Some(term.last_day.on),
            Self::LicenceInvoice { term, .. } => Some(term.fee_by.on),
            Self::Registered { .. }
            | Self::Correction { .. }
            | Self::Suspended { .. }
            | Self::Resumed { .. }
            | Self::LicenceRenewed { .. }
            | Self::Receipt { .. }
            | Self::PaymentCertificate { .. } => None,
        }
    }

    /// The yen it is about: what is asked for, quoted or confirmed.
    pub fn amount(&self) -> Option<u64> {
        let yen = |yen: i64| u64::try_from(yen).ok();
        match self {
            Self::TrialStarted { quotation, .. } | Self::Registered { quotation, .. } => {
                Some(quotation.gross())
            }
            Self::SuspensionNotice { amount, .. } | Self::Suspended { amount, .. } => Some(*amount),
            Self::LicenceRenewal { gross_yen, .. } => yen(*gross_yen),
            Self::LicenceRenewed { price, .. } | Self::LicenceInvoice { price, .. } => {
                yen(price.gross_yen)
            }
            Self::Receipt { received, .. } => Some(received.amount),
            Self::PaymentCertificate { received, .. } => {
                Some(received.iter().map(|one| one.amount).sum())
            }
            Self::TrialReceived { .. }
            | Self::ReturnEnvelope { .. }
            | Self::PoaReminder { .. }
            | Self::PoaOverdue { .. }
            | Self::CredentialNotice { .. }
            | Self::Postponed { .. }
            | Self::Correction { .. }
            | Self::Resumed { .. }
            | Self::TerminationReceived { .. } => None,
        }
    }

    /// The offices it names, so that it is sent to one of them.
    pub fn offices(&self) -> Vec<Listed> {
        match self {
            Self::TrialStarted { offices, .. }
            | Self::Registered { offices, .. }
            | Self::Postponed { offices, .. }
            | Self::TerminationReceived { offices, .. } => offices.clone(),
            Self::PoaReminder { papers, .. } | Self::PoaOverdue { papers, .. } => {
                papers.iter().map(Overdue::listed).collect()
            }
            Self::ReturnEnvelope { papers, .. } => papers.iter().map(Awaited::listed).collect(),
            Self::CredentialNotice { office, .. } => office.iter().copied().collect(),
            Self::Correction {
                because_of, office, ..
            } => vec![office.unwrap_or(*because_of)],
            Self::LicenceRenewal { office, .. }
            | Self::LicenceRenewed { office, .. }
            | Self::LicenceInvoice { office, .. } => {
                vec![*office]
            }
            Self::TrialReceived { .. }
            | Self::SuspensionNotice { .. }
            | Self::Suspended { .. }
            | Self::Resumed { .. }
            | Self::Receipt { .. }
            | Self::PaymentCertificate { .. } => vec![],
        }
    }

    /// What it says once `said` is to be said too. Papers come together in one letter, each with the last word about it; of
    /// anything else the last word holds.
    pub(super) fn and(&self, mut said: Self) -> Self {
        if let (Self::ReturnEnvelope { papers: held, .. }, Self::ReturnEnvelope { papers, .. }) =
            (self, &mut said)
        {
            join(held, papers, Awaited::listed);
        } else if let (Self::PoaReminder { papers: held, .. }, Self::PoaReminder { papers, .. })
        | (Self::PoaOverdue { papers: held, .. }, Self::PoaOverdue { papers, .. }) =
            (self, &mut said)
        {
            join(held, papers, Overdue::listed);
        }
        said
    }

    /// What it says of the papers whose envelope has not gone; nothing when all have theirs. What encloses nothing says what it
    /// says.
    pub(super) fn beyond(mut self, enclosed: &BTreeSet<OfficeId>) -> Option<Self> {
        let Self::ReturnEnvelope { papers, .. } = &mut self else {
            return Some(self);
        };
        papers.retain(|paper| !enclosed.contains(&paper.office));
        let needed = !papers.is_empty();
        needed.then_some(self)
    }

    /// The papers for which it brings an envelope.
    pub(super) fn awaited(&self) -> &[Awaited] {
        let Self::ReturnEnvelope { papers, .. } = self else {
            return &[];
        };
        papers
    }

    /// What it says without an office; nothing when it has nothing left to say.
    pub(super) fn without(&self, office: OfficeId) -> Option<Self> {
        let mut left = self.clone();
        let empty = match &mut left {
            Self::ReturnEnvelope { papers, .. } => {
                papers.retain(|paper| paper.office != office);
                papers.is_empty()
            }
            Self::PoaReminder { papers, .. } | Self::PoaOverdue { papers, .. } => {
                papers.retain(|paper| paper.office != office);
                papers.is_empty()
            }
            Self::TrialReceived { .. }
            | Self::TrialStarted { .. }
            | Self::Registered { .. }
            | Self::CredentialNotice { .. }
            | Self::Postponed { .. }
            | Self::Correction { .. }
            | Self::SuspensionNotice { .. }
            | Self::Suspended { .. }
            | Self::Resumed { .. }
            | Self::TerminationReceived { .. }
            | Self::LicenceRenewal { .. }
            | Self::LicenceRenewed { .. }
            | Self::LicenceInvoice { .. }
            | Self::Receipt { .. }
            | Self::PaymentCertificate { .. } => false,
        };
        (!empty).then_some(left)
    }
}

/// Adds the papers that a letter holds to those it is to name as well, by their numbers.
fn join<T: Clone>(held: &[T], papers: &mut Vec<T>, listed: impl Fn(&T) -> Listed) {
    for one in held {
        let office = listed(one).office;
        if !papers.iter().any(|paper| listed(paper).office == office) {
            papers.push(one.clone());
        }
    }
    papers.sort_by_key(|paper| listed(paper).number);
}

impl Awaited {
    fn listed(&self) -> Listed {
        Listed {
            office: self.office,
            number: self.number,
        }
    }
}

impl Overdue {
    fn listed(&self) -> Listed {
        Listed {
            office: self.office,
            number: self.number,
        }
    }
}
