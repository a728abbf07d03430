//! What is filed: the application and the renewal, the list of licences that exist, and what both forms must say.

use super::command::{Command, Filing};
use super::contract::{Payment, Price, Term};
use super::decide::{known_office, not_to_come};
use super::event::{Applicant, Event, Person};
use super::state::Record;
use super::{Refusal, State};
use crate::Service;
use crate::corporation::Source;
use crate::dates::Month;
use crate::decider::Context;
use crate::identifiers::OfficeNumber;
use crate::personal::Personal;
use crate::rules::{Answer, Ask, Question, reckoned};
use crate::stream::CorporationId;
use chrono::NaiveDate;

const SERVICE: Service = Service::CareplanRenkei;

/// A form checked: its person, with the terms accepted.
fn checked(context: &Context<'_>, filing: &Filing) -> Result<Person, Refusal> {
    not_to_come(context, filing.receipt.on)?;
    said("担当者", filing.contact.disclose())?;
    if filing.terms_version.trim().is_empty() {
        return Err(Refusal::Empty {
            field: "同意した利用規約の版",
        });
    }
    let phone = filing.phone.disclose().unwrap_or_default();
    if !matches!(phone.len(), 10 | 11) || !phone.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Refusal::PhoneHyphens);
    }
    said("メールアドレス", filing.mails.mail.disclose())?;
    if filing.mails.mail.disclose() != filing.mails.again.disclose() {
        return Err(Refusal::MailDiffers);
    }
    Ok(Person {
        name: filing.contact.clone(),
        phone: filing.phone.clone(),
        mail: filing.mails.mail.clone(),
    })
}

fn said(field: &'static str, text: Option<&str>) -> Result<(), Refusal> {
    match text.map(str::trim) {
        None | Some("") => Err(Refusal::Empty { field }),
        Some(_) => Ok(()),
    }
}

fn term(answer: &Answer) -> Result<Term, Refusal> {
    Ok(Term {
        first_day: answer.dated("licence_first_day")?,
        last_day: answer.dated("licence_last_day")?,
        renewal_opens: answer.dated("renewal_opens")?,
        fee_month: answer.dated("fee_deducted_month")?,
        fee_month_latest: answer.dated("fee_deducted_month_latest")?,
        fee_by: answer.dated("fee_by")?,
    })
}

/// The price of a year: that of its first day, by the book of the day it was filed.
fn price(
    context: &Context<'_>,
    first_day: NaiveDate,
    filed_on: NaiveDate,
) -> Result<Price, Refusal> {
    let ask = Ask::new(SERVICE, Question::Fee, first_day).decided_on(filed_on);
    let answer = reckoned(context.policy, &ask)?;
    Ok(Price {
        gross_yen: answer.amount("licence_gross")?,
        tax_yen: answer.amount("licence_tax")?,
        basis: answer.basis("licence_gross")?,
    })
}

pub(super) fn apply(
    context: &Context<'_>,
    known: &Record,
    office_name: String,
    representative: Personal,
    filing: Filing,
) -> Result<Vec<Event>, Refusal> {
    if let Some(year) = known.year().filter(|_| known.expired.is_none()) {
        let again = year.filed_on == Some(filing.receipt.on) && known.years.len() == 1;
        return match again {
            true => Ok(vec![]),
            false => Err(Refusal::Active {
                last_day: year.term.last_day.on,
            }),
        };
    }
    if let Some(why) = known.closed {
        return Err(Refusal::Closed { why: why.label() });
    }
    let gaps = known.checked.as_ref().map(|checked| &checked.gaps);
    match gaps {
        Some(gaps) if gaps.is_empty() => {}
        Some(gaps) => {
            let words: Vec<_> = gaps.iter().map(|gap| gap.label()).collect();
            return Err(Refusal::NotReady {
                gaps: words.join("、"),
            });
        }
        None => return Err(Refusal::Unknown),
    }
    known_office(context, known.corporation, known.number)?;
    said("事業所名", Some(&office_name))?;
    said("代表者", representative.disclose())?;
    let contact = checked(context, &filing)?;
    let applied_on = filing.receipt.on;
    if let Some(last_day) = known.expired.filter(|last_day| applied_on <= *last_day) {
        return Err(Refusal::TooEarly {
            on: applied_on,
            after: last_day,
        });
    }
    let answer = reckoned(
        context.policy,
        &Ask::new(SERVICE, Question::Licence, applied_on),
    )?;
    let term = term(&answer)?;
    Ok(vec![Event::Applied {
        price: price(context, term.first_day.on, applied_on)?,
        applicant: Applicant {
            office_name,
            representative,
            contact,
        },
        receipt: filing.receipt,
        terms_version: filing.terms_version,
        term,
        payment: filing.payment,
    }])
}

/// A renewal received by the last day counts even when it is entered after it.
pub(super) fn file_renewal(
    context: &Context<'_>,
    known: &Record,
    filing: Filing,
) -> Result<Vec<Event>, Refusal> {
    let year = known.year().ok_or(Refusal::NotApplied)?;
    if known.next.is_some() {
        return Ok(vec![]);
    }
    if let Some(why) = known.closed {
        return Err(Refusal::Closed { why: why.label() });
    }
    let contact = checked(context, &filing)?;
    let filed_on = filing.receipt.on;
    let opens = year.term.renewal_opens.on;
    if filed_on < opens {
        return Err(Refusal::NotRenewable { opens });
    }
    let last_day = year.term.last_day.on;
    if filed_on > last_day {
        return Err(Refusal::Expired { last_day });
    }
    let ask = Ask::new(SERVICE, Question::Renewal, last_day).decided_on(filed_on);
    let term = term(&reckoned(context.policy, &ask)?)?;
    let filed = Ask::new(SERVICE, Question::Licence, filed_on);
    Ok(vec![Event::RenewalFiled {
        price: price(context, term.first_day.on, filed_on)?,
        notice_by: reckoned(context.policy, &filed)?.dated("notice_by")?,
        receipt: filing.receipt,
        contact,
        terms_version: filing.terms_version,
        term,
        payment: filing.payment,
    }])
}

/// A line of a list of licences that exist already.
pub(super) struct Listed {
    pub(super) corporation: CorporationId,
    pub(super) number: OfficeNumber,
    pub(super) first_day: NaiveDate,
    pub(super) last_day: Option<NaiveDate>,
    pub(super) payment: Payment,
    pub(super) paid_in: Option<Month>,
    pub(super) source: Source,
}

pub(super) fn take_over(
    context: &Context<'_>,
    state: &State,
    listed: Listed,
) -> Result<Vec<Event>, Refusal> {
    if let Some(year) = state.known().and_then(Record::year) {
        return match year.term.first_day.on == listed.first_day {
            true => Ok(vec![]),
            false => Err(Refusal::Active {
                last_day: year.term.last_day.on,
            }),
        };
    }
    not_to_come(context, listed.first_day)?;
    let office = known_office(context, listed.corporation, listed.number)?;
    let answer = reckoned(
        context.policy,
        &Ask::new(SERVICE, Question::Licence, listed.first_day),
    )?;
    let term = term(&answer)?;
    let counted = term.last_day.on;
    if let Some(last_day) = listed.last_day.filter(|last_day| *last_day != counted) {
        return Err(Refusal::LastDayDiffers {
            listed: last_day,
            counted,
        });
    }
    if let Some(month) = listed.paid_in {
        not_before_year(month, term.first_day.on)?;
    }
    Ok(vec![Event::TakenOver {
        corporation: listed.corporation,
        office,
        number: listed.number,
        price: price(context, term.first_day.on, listed.first_day)?,
        term,
        payment: listed.payment,
        paid_in: listed.paid_in.map(Month::first_day),
        source: listed.source,
    }])
}

pub(super) fn confirm_fee(
    known: &Record,
    first_day: NaiveDate,
    month: Month,
    how: super::How,
) -> Result<Vec<Event>, Refusal> {
    let year = known
        .beginning_on(first_day)
        .ok_or(Refusal::NoSuchYear { first_day })?;
    not_before_year(month, first_day)?;
    match year.fee {
        super::Fee::Paid { month: before } if Month::of(before) == month => Ok(vec![]),
        super::Fee::Paid { month: before } => Err(Refusal::FeePaid {
            month: Month::of(before),
        }),
        super::Fee::Expected | super::Fee::Overdue => Ok(vec![Event::FeePaid {
            first_day,
            month: month.first_day(),
            how,
        }]),
    }
}

fn not_before_year(month: Month, first_day: NaiveDate) -> Result<(), Refusal> {
    match month < Month::of(first_day) {
        true => Err(Refusal::FeeTooEarly { month, first_day }),
        false => Ok(()),
    }
}

impl Command {
    /// The corporation the command is about, where it says so itself.
    pub(super) const fn corporation(&self) -> Option<CorporationId> {
        match self {
            Self::Check { corporation, .. } | Self::TakeOver { corporation, .. } => {
                Some(*corporation)
            }
            Self::RequestDownload { .. }
            | Self::Apply { .. }
            | Self::Grant { .. }
            | Self::ConfirmFee { .. }
            | Self::FileRenewal { .. }
            | Self::Renew { .. }
            | Self::Cancel {}
            | Self::CloseOffice { .. }
            | Self::OpenRenewal { .. }
            | Self::BeginYear { .. }
            | Self::Expire { .. }
            | Self::PassFee { .. } => None,
        }
    }
}
