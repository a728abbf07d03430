//! Money that comes in outside the debit, and entries that are reversed. Nothing is changed: a reversal is an entry of its
//! own, with a reason and a second person.

use super::decide::{Billing, DEBITED_BY, of, posting};
use super::event::{Method, Part, TransferNumber};
use super::state::{EntryKey, Payment, State};
use super::{Event, Refusal, answer};
use crate::corporation::payment_subject;
use crate::decider::{Context, Decider as _};
use crate::personal::{Personal, Typed};
use crate::stream::StaffId;
use chrono::NaiveDate;

/// Money that came in outside the debit.
pub(super) struct Came {
    pub(super) amount: u64,
    pub(super) received_on: NaiveDate,
    pub(super) method: Method,
    pub(super) reference: Option<TransferNumber>,
}

pub(super) fn record(
    context: &Context<'_>,
    state: &State,
    came: Came,
    note: Option<Personal>,
) -> Result<Vec<Event>, Refusal> {
    let Came {
        amount,
        received_on,
        method,
        reference,
    } = came;
    if let Some(before) = before(state, reference.as_ref()) {
        let same = (before.amount, before.received_on) == (amount, received_on);
        return match (same, reference) {
            (false, Some(reference)) => Err(Refusal::TransferTaken {
                reference,
                on: before.received_on,
                amount: before.amount,
            }),
            (true, _) | (false, None) => Ok(vec![]),
        };
    }
    if received_on > context.today {
        return Err(Refusal::DayNotCome {
            on: received_on,
            today: context.today,
        });
    }
    if amount == 0 {
        return Err(Refusal::NothingPaid);
    }
    let open = state.open();
    if amount > open {
        return Err(Refusal::PaidTooMuch { open });
    }
    let paid = Event::Paid {
        key: EntryKey::of_payment(state.payments.len() + 1),
        amount,
        received_on,
        method,
        parts: oldest_first(state.payable(), amount),
        note: sealed(context, note),
        reference,
        posting: posting(context, received_on),
    };
    let after = Billing::evolve(state.clone(), &paid);
    let mut events = vec![paid];
    events.extend(answer::less(context, &after)?);
    Ok(events)
}

/// The payment that was recorded under the bank's number before.
fn before<'a>(state: &'a State, reference: Option<&TransferNumber>) -> Option<&'a Payment> {
    let reference = reference?;
    state
        .payments
        .values()
        .find(|payment| payment.reference.as_ref() == Some(reference))
}

/// What money that came twice settles by itself, when the rule book says so.
pub(super) fn apply_credit(context: &Context<'_>, state: &State) -> Result<Option<Event>, Refusal> {
    if state.credit == 0 {
        return Ok(None);
    }
    let book = context.policy.book(DEBITED_BY, context.today)?;
    if book.choice("payment.overpaid_goes")? != "next_charge" {
        return Ok(None);
    }
    let parts = oldest_first(state.debitable(), state.credit);
    let amount = parts.iter().map(|part| part.amount).sum();
    Ok((amount > 0).then(|| Event::CreditApplied {
        key: EntryKey::of_credit(state.credits + 1),
        amount,
        parts,
        posting: posting(context, context.today),
    }))
}

pub(super) fn refund(
    context: &Context<'_>,
    state: &State,
    amount: u64,
    refunded_on: NaiveDate,
    note: Option<Personal>,
) -> Result<Vec<Event>, Refusal> {
    if refunded_on > context.today {
        return Err(Refusal::DayNotCome {
            on: refunded_on,
            today: context.today,
        });
    }
    if amount == 0 {
        return Err(Refusal::NothingPaid);
    }
    if amount > state.credit {
        let credit = state.credit;
        return Err(Refusal::RefundedTooMuch { credit });
    }
    Ok(vec![Event::Refunded {
        key: EntryKey::of_refund(state.refunds + 1),
        amount,
        refunded_on,
        note: sealed(context, note),
        posting: posting(context, refunded_on),
    }])
}

/// A note that comes after others were erased has a key of its own.
fn sealed(context: &Context<'_>, note: Option<Personal>) -> Option<Personal> {
    let id = of(context.stream);
    let known = context.known.corporation(id);
    let erasures = known.and_then(|state| state.registered());
    match erasures.map_or(0, |known| known.erasures) {
        0 => note,
        erasures => note.map(|note| note.sealed_under(&payment_subject(id, erasures))),
    }
}

/// Keys begin with the month, so that their order is the charges'.
fn oldest_first(payable: Vec<Part>, amount: u64) -> Vec<Part> {
    let mut left = amount;
    let parts = payable.into_iter().map(|part| {
        let amount = part.amount.min(left);
        left -= amount;
        Part { amount, ..part }
    });
    parts.filter(|part| part.amount > 0).collect()
}

pub(super) fn ask_reversal(
    context: &Context<'_>,
    state: &State,
    entry: EntryKey,
    reason: Typed,
    by: StaffId,
) -> Result<Vec<Event>, Refusal> {
    if reason.is_blank() {
        return Err(Refusal::ReasonMissing);
    }
    if state.asked.contains_key(&entry) {
        return Ok(vec![]);
    }
    reversible(state, &entry)?;
    let reason = context.remark(of(context.stream), reason);
    Ok(vec![Event::ReversalAsked { entry, reason, by }])
}

pub(super) fn approve_reversal(
    context: &Context<'_>,
    state: &State,
    entry: EntryKey,
    by: StaffId,
) -> Result<Vec<Event>, Refusal> {
    let asked = state.asked.get(&entry).ok_or(Refusal::NotAsked)?;
    if asked.by == by {
        return Err(Refusal::SamePerson);
    }
    let amount = reversible(state, &entry)?;
    Ok(vec![Event::Reversed {
        key: EntryKey::of_reversal(&entry, state.reversals + 1),
        amount,
        reason: asked.reason.clone(),
        asked_by: asked.by,
        approved_by: by,
        posting: posting(context, context.today),
        entry,
    }])
}

/// The yen of an entry that can be reversed: a charge of which nothing is paid or debited, or a payment.
fn reversible(state: &State, entry: &EntryKey) -> Result<u64, Refusal> {
    if let Some(charge) = state.charges.get(entry) {
        if charge.reversed {
            return Err(Refusal::AlreadyReversed);
        }
        if charge.debit.is_some() {
            return Err(Refusal::WithBank);
        }
        if charge.open < charge.gross {
            return Err(Refusal::PaidAlready);
        }
        return Ok(charge.gross);
    }
    let payment = state.payments.get(entry).ok_or(Refusal::UnknownEntry)?;
    match payment.reversed {
        true => Err(Refusal::AlreadyReversed),
        false => Ok(payment.amount),
    }
}
