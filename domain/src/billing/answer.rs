//! What a ledger answers when a debit batch asks: one debit per corporation over everything open, or why not.

use super::decide::{next_turn, of};
use super::event::{Answer, Obstacle, Part};
use super::state::State;
use super::{Event, Refusal};
use crate::corporation::Mandate;
use crate::dates::Month;
use crate::debit_batch;
use crate::decider::Context;
use crate::zengin::{AMOUNT_MAX, NewCode};

pub(super) fn answer(
    context: &Context<'_>,
    state: &State,
    batch: Month,
) -> Result<Vec<Event>, Refusal> {
    let stands = state.turn.as_ref().is_some_and(|turn| turn.batch == batch);
    let known = context.known.debit_batch(batch);
    match known {
        // Asked on the day it opens: it has opened by then, or the day has not come.
        None | Some(debit_batch::State::Unknown) if stands => Ok(vec![]),
        Some(opened) if stands => said(context, state, batch, opened),
        None | Some(_) => Ok(vec![]),
    }
}

/// A mandate came into force while the batch that was told to carry over still gathers.
pub(super) fn again(context: &Context<'_>, state: &State) -> Result<Vec<Event>, Refusal> {
    let Some(batch) = state.carried_over else {
        return Ok(vec![]);
    };
    match context.known.debit_batch(batch) {
        Some(opened) if opened.gathers() => {
            let events = said(context, state, batch, opened)?;
            let asked = |event: &Event| {
                matches!(
                    event,
                    Event::DebitAnswered {
                        answer: Answer::Asked { .. },
                        ..
                    }
                )
            };
            Ok(events.into_iter().filter(asked).collect())
        }
        Some(_) | None => Ok(vec![]),
    }
}

/// Something was paid while batches ask: one that still gathers asks for what is left, and for nothing when all is
/// paid. What is frozen stays as it is; its result then finds part of it paid.
pub(super) fn less(context: &Context<'_>, after: &State) -> Result<Vec<Event>, Refusal> {
    let mut events = vec![];
    for (batch, debit) in &after.debits {
        let known = context.known.debit_batch(*batch);
        let owed: u64 = after.still_owed(debit).iter().map(|part| part.amount).sum();
        if owed == debit.amount {
            continue;
        }
        let Some(opened) = known.filter(|opened| opened.gathers()) else {
            continue;
        };
        let mut without = after.clone();
        without.release(*batch, |_| {});
        let mut answered = said(context, &without, *batch, opened)?;
        for event in &mut answered {
            if let Event::DebitAnswered {
                answer: Answer::Asked { new_code, .. },
                ..
            } = event
            {
                // Nothing has gone to the collector since the first answer.
                *new_code = debit.new_code;
            }
        }
        events.extend(answered);
    }
    Ok(events)
}

fn said(
    context: &Context<'_>,
    state: &State,
    batch: Month,
    opened: &debit_batch::State,
) -> Result<Vec<Event>, Refusal> {
    let parts = state.debitable();
    let amount: u64 = parts.iter().map(|part| part.amount).sum();
    if amount == 0 {
        return Ok(vec![Event::DebitAnswered {
            batch,
            answer: Answer::NothingDue {},
        }]);
    }
    let answer = match asked(context, state, opened, amount, parts) {
        Ok(asked) => asked,
        Err(obstacle) => Answer::CarriedOver {
            amount,
            obstacle,
            next: next_turn(context, batch)?,
        },
    };
    Ok(vec![Event::DebitAnswered { batch, answer }])
}

fn asked(
    context: &Context<'_>,
    state: &State,
    opened: &debit_batch::State,
    amount: u64,
    parts: Vec<Part>,
) -> Result<Answer, Obstacle> {
    let days = opened
        .days()
        .filter(|_| opened.gathers())
        .ok_or(Obstacle::Closed {})?;
    let mandate = mandate(context).ok_or(Obstacle::NoMandate {})?;
    let (account, customer) = mandate.in_force().ok_or(Obstacle::NoMandate {})?;
    if amount > AMOUNT_MAX {
        return Err(Obstacle::TooMuch {});
    }
    if let Err((field, why)) = account.written() {
        let field = field.to_owned();
        return Err(Obstacle::Unwritable { field, why });
    }
    // Before daicho's first debit, the one of the books kept before counts.
    let debited = state.debited.as_ref().or(mandate.debited.as_ref());
    let new_code = match debited {
        None => NewCode::First,
        Some(before) if before.is_the_same(account) => NewCode::Unchanged,
        Some(_) => NewCode::Changed,
    };
    Ok(Answer::Asked {
        amount,
        parts,
        customer,
        account: account.clone(),
        new_code,
        debit_on: days.debit_on.clone(),
        result_by: days.result_by.clone(),
    })
}

fn mandate<'a>(context: &Context<'a>) -> Option<&'a Mandate> {
    let corporation = context
        .known
        .corporation(of(context.stream))?
        .registered()?;
    corporation.mandate.as_ref()
}

/// The day of the debit: the file is with the bank, or nothing was asked of it.
pub(super) fn pass_debit_day(
    context: &Context<'_>,
    state: &State,
    batch: Month,
) -> Result<Vec<Event>, Refusal> {
    let Some(debit) = state.debits.get(&batch).filter(|debit| !debit.requested) else {
        return Ok(vec![]);
    };
    let amount = debit.amount;
    let known = context.known.debit_batch(batch);
    if known.is_some_and(debit_batch::State::is_released) {
        return Ok(vec![Event::DebitRequested { batch, amount }]);
    }
    let next = next_turn(context, batch)?;
    Ok(vec![Event::DebitMissed {
        batch,
        amount,
        next,
    }])
}
