//! What comes from a list: licences that existed before, year by year, and fees that were paid.

use super::contract::{FeeStatus, Payment};
use super::decide::{known_office, not_to_come};
use super::event::{Event, How};
use super::files::{price, term};
use super::state::Record;
use super::{Fee, Refusal, State};
use crate::Service;
use crate::corporation::Source;
use crate::dates::Month;
use crate::decider::Context;
use crate::identifiers::OfficeNumber;
use crate::personal::Typed;
use crate::rules::{Ask, Question, reckoned};
use crate::stream::CorporationId;
use chrono::{Days, NaiveDate};

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

impl Record {
    /// Whether a year that begins on this day would be the one after the running one.
    pub(super) fn follows(&self, first_day: NaiveDate) -> bool {
        let runs = self.expired.is_none() && self.next.is_none();
        let last = self.year().filter(|_| runs);
        last.is_some_and(|year| year.term.last_day.on + Days::new(1) == first_day)
    }
}

/// Several years are several contracts: each is a line of its own, the oldest first. The one after the running year
/// may lie ahead; it was filed elsewhere.
pub(super) fn take_over(
    context: &Context<'_>,
    state: &State,
    listed: Listed,
) -> Result<Vec<Event>, Refusal> {
    let first_day = listed.first_day;
    let known = state.known();
    if known.is_some_and(|known| known.beginning_on(first_day).is_some()) {
        return Ok(vec![]);
    }
    let follows = known.is_some_and(|known| known.follows(first_day));
    if !follows {
        let last = known.and_then(|known| known.contracts().next_back());
        if let Some(last_day) = last.map(|year| year.term.last_day.on)
            && (first_day <= last_day || known.is_some_and(|known| known.next.is_some()))
        {
            return Err(Refusal::Overlaps {
                first_day,
                last_day,
            });
        }
        not_to_come(context, first_day)?;
    }
    let office = known_office(context, listed.corporation, listed.number)?;
    let ask = Ask::new(Service::CareplanRenkei, Question::Licence, first_day);
    let term = term(&reckoned(context.policy, &ask)?, listed.payment)?;
    let counted = term.last_day.on;
    if let Some(last_day) = listed.last_day.filter(|last_day| *last_day != counted) {
        return Err(Refusal::LastDayDiffers {
            listed: last_day,
            counted,
        });
    }
    if let Some(month) = listed.paid_in {
        paid_when(context, month, first_day)?;
    }
    // The list is not asked for what nobody can do anything about any more.
    let silent = listed.paid_in.is_none() && term.fee_by.on < context.today;
    let begins = follows && first_day <= context.today;
    let taken = Event::TakenOver {
        corporation: listed.corporation,
        office,
        number: listed.number,
        price: price(context, first_day, first_day)?,
        term,
        payment: listed.payment,
        paid_in: listed.paid_in.map(Month::first_day),
        fee: silent.then_some(FeeStatus::Unlisted),
        source: listed.source,
    };
    let begun = begins.then_some(Event::YearBegun { on: first_day });
    Ok([taken].into_iter().chain(begun).collect())
}

pub(super) fn confirm_fee(
    context: &Context<'_>,
    known: &Record,
    first_day: NaiveDate,
    month: Month,
    how: How,
) -> Result<Vec<Event>, Refusal> {
    let year = known
        .beginning_on(first_day)
        .ok_or(Refusal::NoSuchYear { first_day })?;
    paid_when(context, month, first_day)?;
    match year.fee {
        Fee::Paid { month: before } if Month::of(before) == month => Ok(vec![]),
        Fee::Paid { month: before } => Err(Refusal::FeePaid {
            month: Month::of(before),
        }),
        Fee::Expected | Fee::Overdue | Fee::Unlisted => Ok(vec![Event::FeePaid {
            first_day,
            month: month.first_day(),
            how,
        }]),
    }
}

/// Nothing is changed: the confirmation stays in the log, and what takes it back says why.
pub(super) fn reverse_fee(
    context: &Context<'_>,
    known: &Record,
    first_day: NaiveDate,
    reason: Typed,
) -> Result<Vec<Event>, Refusal> {
    let year = known
        .beginning_on(first_day)
        .ok_or(Refusal::NoSuchYear { first_day })?;
    if reason.is_blank() {
        return Err(Refusal::Empty { field: "理由" });
    }
    let Fee::Paid { month } = year.fee else {
        return Err(Refusal::FeeNotPaid { first_day });
    };
    let reversed = Event::FeeReversed {
        first_day,
        month,
        reason: context.remark(known.corporation, reason),
    };
    // Its day was over before: nobody is told of it again.
    let over = year.term.fee_by.on < context.today;
    let overdue = over.then_some(Event::FeeOverdue { first_day });
    Ok([reversed].into_iter().chain(overdue).collect())
}

fn paid_when(context: &Context<'_>, month: Month, first_day: NaiveDate) -> Result<(), Refusal> {
    if month < Month::of(first_day) {
        return Err(Refusal::FeeTooEarly { month, first_day });
    }
    if month > Month::of(context.today) {
        return Err(Refusal::FeeMonthNotCome {
            month,
            today: context.today,
        });
    }
    Ok(())
}
