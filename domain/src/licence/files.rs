//! What is filed: the application and the renewal, and what both forms must say.

use super::Refusal;
use super::command::{Command, Filing};
use super::contract::{Contract, Payment, Price, Said, Term};
use super::decide::{known_office, not_to_come};
use super::event::{Applicant, Event, Person};
use super::state::Record;
use crate::Service;
use crate::decider::Context;
use crate::identifiers::name;
use crate::personal::Personal;
use crate::rules::{Answer, Ask, Question, reckoned};
use crate::stream::CorporationId;
use chrono::NaiveDate;

const SERVICE: Service = Service::CareplanRenkei;

/// The milestone of an invoice's due day.
const INVOICE_DUE: &str = "invoice_due";

/// A form checked: its person, with the terms accepted.
fn checked(context: &Context<'_>, filing: &Filing) -> Result<Person, Refusal> {
    not_to_come(context, filing.receipt.on)?;
    said("担当者", filing.contact.disclose())?;
    if filing.terms_version.trim().is_empty() {
        return Err(Refusal::Empty {
            field: "同意した利用規約の版",
        });
    }
    let phone = half_width(&filing.phone);
    let digits = phone.disclose().unwrap_or_default();
    if !matches!(digits.len(), 10 | 11) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Refusal::PhoneHyphens);
    }
    let mail = half_width(&filing.mails.mail);
    said("メールアドレス", mail.disclose())?;
    if mail != half_width(&filing.mails.again) {
        return Err(Refusal::MailDiffers);
    }
    Ok(Person {
        name: filing.contact.clone(),
        phone,
        mail,
    })
}

/// A text in half width, without the spaces around it: what is typed in full width says the same.
fn half_width(text: &Personal) -> Personal {
    match text.disclose() {
        Some(said) => Personal::new(text.subject(), name(said).normalised),
        None => text.clone(),
    }
}

fn said(field: &'static str, text: Option<&str>) -> Result<(), Refusal> {
    match text.map(str::trim) {
        None | Some("") => Err(Refusal::Empty { field }),
        Some(_) => Ok(()),
    }
}

/// The dates of a year. An invoice is confirmed by the day it is due, where the book has one.
pub(super) fn term(answer: &Answer, payment: Payment) -> Result<Term, Refusal> {
    let fee_by = match payment {
        Payment::Invoice if answer.milestone(INVOICE_DUE).is_ok() => INVOICE_DUE,
        Payment::Invoice | Payment::Deduction => "fee_by",
    };
    Ok(Term {
        first_day: answer.dated("licence_first_day")?,
        last_day: answer.dated("licence_last_day")?,
        renewal_opens: answer.dated("renewal_opens")?,
        fee_month: answer.dated("fee_deducted_month")?,
        fee_month_latest: answer.dated("fee_deducted_month_latest")?,
        fee_by: answer.dated(fee_by)?,
    })
}

/// The price of a year: that of its first day, by the book of the day it was filed.
pub(super) fn price(
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
    let applied_on = filing.receipt.on;
    let active = known.year().filter(|_| known.expired.is_none());
    if let Some(year) = active.filter(|year| year.filed_on != Some(applied_on)) {
        return Err(Refusal::Active {
            last_day: year.term.last_day.on,
        });
    }
    said("事業所名", Some(&office_name))?;
    said("代表者", representative.disclose())?;
    let contact = checked(context, &filing)?;
    let applicant = Applicant {
        office_name,
        representative,
        contact,
    };
    if let Some(year) = active {
        let form = form(&applicant.contact, Some(&applicant), &filing);
        return taken_before(year, &form, &filing);
    }
    if let Some(why) = known.closed {
        return Err(Refusal::Closed { why: why.label() });
    }
    ready(context, known, applied_on)?;
    known_office(context, known.corporation, known.number)?;
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
    let term = term(&answer, filing.payment)?;
    Ok(vec![Event::Applied {
        price: price(context, term.first_day.on, applied_on)?,
        notice_by: Some(answer.dated("notice_by")?),
        applicant,
        receipt: filing.receipt,
        terms_version: filing.terms_version,
        term,
        payment: filing.payment,
    }])
}

/// Whether the checklist carries an application of this day: what matters is the day of the application, not the day on
/// which the office was asked.
fn ready(context: &Context<'_>, known: &Record, applied_on: NaiveDate) -> Result<(), Refusal> {
    let checked = known.checked.as_ref().ok_or(Refusal::Unknown)?;
    if let Some(until) = checked
        .holds_until
        .as_ref()
        .filter(|until| until.on < applied_on)
    {
        return Err(Refusal::CheckTooOld { until: until.on });
    }
    let book = context.policy.book(SERVICE, applied_on)?;
    let gaps = checked.checklist.gaps(book, applied_on)?;
    if gaps.is_empty() {
        return Ok(());
    }
    let words: Vec<_> = gaps.iter().map(|gap| gap.label()).collect();
    Err(Refusal::NotReady {
        gaps: words.join("、"),
    })
}

fn form(contact: &Person, applicant: Option<&Applicant>, filing: &Filing) -> Said {
    Said {
        contact: contact.clone(),
        applicant: applicant.cloned(),
        terms_version: filing.terms_version.clone(),
    }
}

/// The same form once more gives nothing; another one for the same year would be lost without a word.
fn taken_before(year: &Contract, form: &Said, filing: &Filing) -> Result<Vec<Event>, Refusal> {
    let on = year.filed_on.unwrap_or(year.term.first_day.on);
    let same = year.said.as_ref() == Some(form)
        && year.payment == filing.payment
        && on == filing.receipt.on;
    match same {
        true => Ok(vec![]),
        false => Err(Refusal::FiledOtherwise { on }),
    }
}

/// A renewal received by the last day counts even when it is entered after it.
pub(super) fn file_renewal(
    context: &Context<'_>,
    known: &Record,
    filing: Filing,
) -> Result<Vec<Event>, Refusal> {
    let year = known.year().ok_or(Refusal::NotApplied)?;
    let contact = checked(context, &filing)?;
    if let Some(next) = &known.next {
        return taken_before(next, &form(&contact, None, &filing), &filing);
    }
    if let Some(why) = known.closed {
        return Err(Refusal::Closed { why: why.label() });
    }
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
    let term = term(&reckoned(context.policy, &ask)?, filing.payment)?;
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

impl Command {
    /// The corporation the command is about, where it says so itself.
    pub(super) const fn corporation(&self) -> Option<CorporationId> {
        match self {
            Self::Check { corporation, .. }
            | Self::TakeOver { corporation, .. }
            | Self::MoveOffice { corporation }
            | Self::FollowOffice { corporation } => Some(*corporation),
            Self::DropCheck { .. }
            | Self::RequestDownload { .. }
            | Self::Apply { .. }
            | Self::Grant { .. }
            | Self::ConfirmFee { .. }
            | Self::ReverseFee { .. }
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
