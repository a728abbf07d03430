//! What the bank's result does to a ledger: paid, dunned, another mandate, or a person.

use super::decide::{Billing, DEBITED_BY, next_turn, of, posting};
use super::event::PersonChoice;
use super::payment::apply_credit;
use super::state::State;
use super::{Event, Refusal};
use crate::dates::Month;
use crate::decider::{Context, Decider as _};
use crate::personal::Typed;
use crate::rules::{Ask, Question, reckoned};
use crate::zengin::ResultCode;
use chrono::NaiveDate;

/// Whether only a person can say what this result means.
pub(super) const fn asks_person(code: ResultCode) -> bool {
    match code {
        ResultCode::StoppedByCollector | ResultCode::Other => true,
        ResultCode::Collected
        | ResultCode::InsufficientFunds
        | ResultCode::NoAccount
        | ResultCode::StoppedByDepositor
        | ResultCode::NoMandate => false,
    }
}

/// Whether this result means that the account or its mandate is no good.
pub const fn breaks_mandate(code: ResultCode) -> bool {
    match code {
        ResultCode::NoAccount | ResultCode::StoppedByDepositor | ResultCode::NoMandate => true,
        ResultCode::Collected
        | ResultCode::InsufficientFunds
        | ResultCode::StoppedByCollector
        | ResultCode::Other => false,
    }
}

/// Books one record of a result. Only the debit that the batch's own result names is booked, once.
pub(super) fn book(
    context: &Context<'_>,
    state: &State,
    batch: Month,
    code: ResultCode,
) -> Result<Vec<Event>, Refusal> {
    let received = context
        .known
        .debit_batch(batch)
        .is_some_and(|known| known.has_result());
    let Some(debit) = state.debits.get(&batch).filter(|_| received) else {
        return Ok(vec![]);
    };
    let (amount, on) = (debit.amount, debit.debit_on.on);
    let owed: u64 = state.still_owed(debit).iter().map(|part| part.amount).sum();
    if code == ResultCode::Collected {
        let collected = Event::Collected {
            batch,
            amount,
            collected_on: on,
            posting: posting(context, on),
            overpaid: amount - owed,
        };
        let after = Billing::evolve(state.clone(), &collected);
        let applied = apply_credit(context, &after)?;
        return Ok([collected].into_iter().chain(applied).collect());
    }
    let book = context.policy.book(DEBITED_BY, context.today)?;
    let next = match book.choice("suspension.redebit")? {
        "transfer" => None,
        _ if owed == 0 => None,
        _ => Some(next_turn(context, batch)?),
    };
    let mut events = vec![Event::Failed {
        batch,
        amount,
        code,
        tried_on: on,
        next,
    }];
    let first = state.arrears.is_none();
    let dunned = first && owed > 0 && !state.use_is_over();
    if dunned && code == ResultCode::InsufficientFunds {
        events.push(notice(context, batch, owed)?);
    }
    Ok(events)
}

/// The notice, on the day the rule book says, with the day of suspension.
fn notice(context: &Context<'_>, batch: Month, amount: u64) -> Result<Event, Refusal> {
    let book = context.policy.book(DEBITED_BY, context.today)?;
    let on = match book.choice("suspension.notice_on")? {
        "next_business_day" => {
            context
                .policy
                .calendars
                .vendor()
                .add(context.today, 1)
                .value
        }
        _ => context.today,
    };
    let ask = Ask::new(DEBITED_BY, Question::Suspension, on).decided_on(context.today);
    Ok(Event::Noticed {
        batch,
        amount,
        on,
        suspension_on: reckoned(context.policy, &ask)?.dated("suspension_on")?,
    })
}

pub(super) fn pass_suspension_day(
    context: &Context<'_>,
    state: &State,
    batch: Month,
    on: NaiveDate,
) -> Vec<Event> {
    let due = state.arrears.as_ref().is_some_and(|arrears| {
        let stands = |(_, suspension): &(NaiveDate, crate::rules::Dated)| suspension.on == on;
        arrears.batch == batch
            && arrears.suspended_on.is_none()
            && !state.use_is_over()
            && on <= context.today
            && arrears.notice.as_ref().is_some_and(stands)
    });
    due.then_some(Event::SuspensionDue { batch, on })
        .into_iter()
        .collect()
}

pub(super) fn decide_failed(
    context: &Context<'_>,
    state: &State,
    choice: PersonChoice,
    reason: Typed,
) -> Result<Vec<Event>, Refusal> {
    let asked = state.arrears.as_ref().filter(|arrears| arrears.asks_person);
    let batch = asked.ok_or(Refusal::NothingToDecide)?.batch;
    if reason.is_blank() {
        return Err(Refusal::ReasonMissing);
    }
    let mut events = vec![Event::PersonDecided {
        batch,
        choice,
        reason: context.remark(of(context.stream), reason),
    }];
    match choice {
        // Who has left is dunned too, but there is nothing to suspend.
        PersonChoice::Dun if !state.use_is_over() => {
            events.push(notice(context, batch, state.in_arrears())?);
        }
        PersonChoice::Dun | PersonChoice::Redebit => {}
    }
    Ok(events)
}
