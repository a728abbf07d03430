//! The rules of options: who may order, from which month 返戻管理くん is charged, what is charged of work that was done.
//!
//! A month's options are one document, made when the month is charged; tax is rounded once in it. What is entered after its
//! month was charged makes a document of its own at once.

use super::charge::using;
use super::decide::{Billing, debit_dates, of, posting, turn_of};
use super::event::OptionLine;
use super::order::{IdKind, OptionKind, Order, OrderNumber, Ordered, Stage, Wish};
use super::payment::apply_credit;
use super::state::{EntryKey, State};
use super::{Event, Refusal};
use crate::Service;
use crate::corporation::Registered;
use crate::dates::Month;
use crate::decider::{Context, Decider as _};
use crate::personal::Typed;
use crate::rules::{Ask, Dated, Question, reckoned};
use crate::stream::{OfficeId, Stream};
use crate::transmission::Standing;
use chrono::NaiveDate;
use std::collections::BTreeSet;
use std::num::NonZeroU32;

/// The service that has options: its book has their prices.
pub(super) const OPTIONS_OF: Service = Service::CareNetMessenger;

/// What deciding on an order must know.
pub(super) fn needs(stream: &Stream) -> Vec<Stream> {
    let corporation = of(stream);
    vec![
        Stream::Corporation(corporation),
        Stream::Transmission(corporation, OPTIONS_OF),
        Stream::Installation,
    ]
}

/// An order comes in.
pub(super) fn order(
    context: &Context<'_>,
    state: &State,
    office: OfficeId,
    wish: Wish,
    received_on: NaiveDate,
) -> Result<Vec<Event>, Refusal> {
    not_later(context, received_on)?;
    let number = registered(context)?
        .office(office)
        .map(|office| office.number)
        .ok_or(Refusal::UnknownOffice { office })?;
    let ordered = match wish {
        Wish::ReturnManager => {
            let mut orders = state.orders.values();
            if orders.any(|order| order.office == office && order.runs()) {
                return Ok(vec![]);
            }
            let from = not_charged_yet(context, "return_manager_from", received_on)?;
            if !will_use(context, state, office, from.on) {
                return Err(Refusal::OptionForUsersOnly { number });
            }
            Ordered::ReturnManager { from }
        }
        Wish::RestoreNotice { files } => {
            used(context, state, office, context.today)?;
            Ordered::RestoreNotice { files }
        }
        Wish::PasswordReissue { whose, ids } => {
            used(context, state, office, context.today)?;
            Ordered::PasswordReissue { whose, ids }
        }
    };
    Ok(vec![Event::OptionOrdered {
        order: OrderNumber::after(state.orders.len()),
        office,
        number,
        ordered,
        received_on,
    }])
}

/// Somebody did what was ordered, all of it or a part.
pub(super) fn finish(
    context: &Context<'_>,
    state: &State,
    number: OrderNumber,
    quantity: NonZeroU32,
    on: NaiveDate,
) -> Result<Vec<Event>, Refusal> {
    let order = known(state, number)?;
    let Some(most) = order.ordered.quantity() else {
        return Err(Refusal::OptionIsMonthly { order: number });
    };
    match order.stage {
        Stage::Open => {}
        Stage::Done {
            on: was,
            quantity: done,
            ..
        } if (was, done) == (on, quantity) => return Ok(vec![]),
        Stage::Done { .. } | Stage::Ended { .. } | Stage::Withdrawn => {
            return Err(Refusal::OrderNotOpen { order: number });
        }
    }
    not_later(context, on)?;
    if on < order.received_on {
        let received_on = order.received_on;
        return Err(Refusal::DoneBeforeOrdered { received_on });
    }
    if quantity > most {
        return Err(Refusal::MoreThanOrdered { ordered: most });
    }
    used(context, state, order.office, on)?;
    let done = Event::OptionDone {
        order: number,
        quantity,
        on,
    };
    let month = Month::of(on);
    let charged_before = state
        .services
        .get(&OPTIONS_OF)
        .is_none_or(|next| *next > month);
    if !charged_before {
        return Ok(vec![done]);
    }
    let after = Billing::evolve(state.clone(), &done);
    let key = EntryKey::of_late_option(month, OPTIONS_OF, number);
    let lines = vec![line_of_work(context, number, order, quantity, on)?];
    let charged = document(context, key, month, lines)?;
    let credit = apply_credit(context, &Billing::evolve(after, &charged))?;
    Ok([done, charged].into_iter().chain(credit).collect())
}

/// We set a new password that a customer asked for: who uses the service pays for it, without anybody ordering it. One that
/// was ordered is what was ordered: an order of one ID is done by it, an order of several is finished by whoever counts them.
pub(super) fn note_reissue(
    context: &Context<'_>,
    state: &State,
    office: Option<OfficeId>,
    whose: IdKind,
    on: NaiveDate,
) -> Result<Vec<Event>, Refusal> {
    let one = NonZeroU32::MIN;
    let month = Month::of(on);
    let paying = using(context, OPTIONS_OF, month).into_iter().find(|used| {
        office.is_none_or(|office| office == used.office) && state.pays(OPTIONS_OF, *used, month)
    });
    // Before its first month nobody is a user: what was lost on its way is set anew for nothing.
    let Some(office) = paying.map(|used| used.office) else {
        return Ok(vec![]);
    };
    let ordered = state.orders.iter().find(|(_, order)| {
        let kind = OptionKind::PasswordReissue;
        order.office == office && order.to_do() && order.ordered.kind() == kind
    });
    if let Some((number, order)) = ordered {
        return match order.ordered.quantity() == Some(one) {
            true => finish(context, state, *number, one, on),
            false => Ok(vec![]),
        };
    }
    let number = registered(context)?
        .office(office)
        .map(|office| office.number)
        .ok_or(Refusal::UnknownOffice { office })?;
    let order = OrderNumber::after(state.orders.len());
    let wanted = Event::OptionOrdered {
        order,
        office,
        number,
        ordered: Ordered::PasswordReissue { whose, ids: one },
        received_on: on,
    };
    let after = Billing::evolve(state.clone(), &wanted);
    let done = finish(context, &after, order, one, on)?;
    Ok([wanted].into_iter().chain(done).collect())
}

/// The customer no longer wants what is charged month by month.
pub(super) fn end(
    context: &Context<'_>,
    state: &State,
    number: OrderNumber,
    received_on: NaiveDate,
) -> Result<Vec<Event>, Refusal> {
    let order = known(state, number)?;
    if order.ordered.quantity().is_some() {
        return Err(Refusal::OptionIsNotMonthly { order: number });
    }
    match order.stage {
        Stage::Open => {}
        Stage::Ended { .. } => return Ok(vec![]),
        Stage::Done { .. } | Stage::Withdrawn => {
            return Err(Refusal::OrderNotOpen { order: number });
        }
    }
    not_later(context, received_on)?;
    let last_month = not_charged_yet(context, "return_manager_last", received_on)?;
    Ok(vec![Event::OptionEnded {
        order: number,
        received_on,
        last_month,
    }])
}

/// The customer takes an order back of which nothing was done, or nothing could be done.
pub(super) fn withdraw(
    context: &Context<'_>,
    state: &State,
    number: OrderNumber,
    reason: Typed,
) -> Result<Vec<Event>, Refusal> {
    if reason.is_blank() {
        return Err(Refusal::ReasonMissing);
    }
    let order = known(state, number)?;
    let begun = match &order.ordered {
        Ordered::ReturnManager { from } => from.on <= context.today,
        Ordered::RestoreNotice { .. } | Ordered::PasswordReissue { .. } => false,
    };
    match order.stage {
        Stage::Withdrawn => Ok(vec![]),
        Stage::Open if !begun => Ok(vec![Event::OptionWithdrawn {
            order: number,
            reason: context.remark(of(context.stream), reason),
        }]),
        Stage::Open | Stage::Done { .. } | Stage::Ended { .. } => {
            Err(Refusal::OrderNotOpen { order: number })
        }
    }
}

/// The options of a month in which these offices pay, as one document.
pub(super) fn of_month(
    context: &Context<'_>,
    state: &State,
    month: Month,
    paying: &BTreeSet<OfficeId>,
) -> Result<Option<Event>, Refusal> {
    let mut lines = Vec::new();
    for (number, order) in &state.orders {
        match order.stage {
            Stage::Done {
                on,
                quantity,
                charged: false,
            } if Month::of(on) <= month => {
                lines.push(line_of_work(context, *number, order, quantity, on)?);
            }
            Stage::Open | Stage::Ended { .. } => {
                if order.is_charged_for(month) && paying.contains(&order.office) {
                    let (one, on) = (NonZeroU32::MIN, month.last_day());
                    lines.push(line_of_work(context, *number, order, one, on)?);
                }
            }
            Stage::Done { .. } | Stage::Withdrawn => {}
        }
    }
    if lines.is_empty() {
        return Ok(None);
    }
    let key = EntryKey::of_options(month, OPTIONS_OF);
    document(context, key, month, lines).map(Some)
}

/// One line, at the price of its day.
fn line_of_work(
    context: &Context<'_>,
    number: OrderNumber,
    order: &Order,
    quantity: NonZeroU32,
    on: NaiveDate,
) -> Result<OptionLine, Refusal> {
    let kind = order.ordered.kind();
    let book = context.policy.book(OPTIONS_OF, on)?;
    let price = book.yen(kind.fee())?;
    let ask = Ask::new(OPTIONS_OF, Question::Fee, on);
    let present = registered(context)?
        .office(order.office)
        .map_or(order.number, |office| office.number);
    Ok(OptionLine {
        order: number,
        office: order.office,
        number: present,
        fee: kind.fee().to_owned(),
        quantity: quantity.get(),
        amount: price * u64::from(quantity.get()),
        basis: reckoned(context.policy, &ask)?.basis(kind.milestone())?,
    })
}

/// The document of these lines.
fn document(
    context: &Context<'_>,
    key: EntryKey,
    month: Month,
    lines: Vec<OptionLine>,
) -> Result<Event, Refusal> {
    let book = context.policy.book(OPTIONS_OF, month.last_day())?;
    let total = lines.iter().map(|line| line.amount).sum();
    let price = book.priced(total, "fee.options_tax", month.last_day())?;
    let dates = debit_dates(context, OPTIONS_OF, month)?;
    Ok(Event::OptionsCharged {
        key,
        service: OPTIONS_OF,
        month,
        lines,
        net: price.net,
        tax: price.tax,
        tax_percent: price.percent,
        debit_on: dates.dated("debit_on")?,
        turn: turn_of(&dates)?,
        posting: posting(context, month.last_day()),
    })
}

/// A month that follows from the day of receipt; from today where that month is over, since what was charged stays charged
/// and nobody used what was not switched on.
fn not_charged_yet(
    context: &Context<'_>,
    milestone: &str,
    received_on: NaiveDate,
) -> Result<Dated, Refusal> {
    let asked = |on| -> Result<Dated, Refusal> {
        let ask = Ask::new(OPTIONS_OF, Question::Fee, on).decided_on(context.today);
        Ok(reckoned(context.policy, &ask)?.dated(milestone)?)
    };
    let month = asked(received_on)?;
    if Month::of(month.on) < Month::of(context.today) {
        return asked(context.today);
    }
    Ok(month)
}

fn known(state: &State, order: OrderNumber) -> Result<&Order, Refusal> {
    let known = state.orders.get(&order);
    known.ok_or(Refusal::UnknownOrder { order })
}

fn registered<'a>(context: &Context<'a>) -> Result<&'a Registered, Refusal> {
    let known = context.known.corporation(of(context.stream));
    known
        .and_then(|known| known.registered())
        .ok_or(Refusal::UnknownCorporation)
}

fn not_later(context: &Context<'_>, on: NaiveDate) -> Result<(), Refusal> {
    let today = context.today;
    match on > today {
        true => Err(Refusal::DayNotCome { on, today }),
        false => Ok(()),
    }
}

/// Refuses who does not use the service on that day: deleted notices and passwords are those of users.
fn used(
    context: &Context<'_>,
    state: &State,
    office: OfficeId,
    on: NaiveDate,
) -> Result<(), Refusal> {
    let month = Month::of(on);
    let transmits = using(context, OPTIONS_OF, month)
        .into_iter()
        .any(|used| used.office == office && state.pays(OPTIONS_OF, used, month));
    if transmits {
        return Ok(());
    }
    let number = registered(context)?
        .office(office)
        .map(|office| office.number)
        .ok_or(Refusal::UnknownOffice { office })?;
    Err(Refusal::OptionForUsersOnly { number })
}

/// Whether the office has applied for the service or uses it in that month: 返戻管理くん is ordered with the application or
/// later.
fn will_use(context: &Context<'_>, state: &State, office: OfficeId, month: NaiveDate) -> bool {
    let corporation = of(context.stream);
    let transmission = context.known.transmission(corporation, OPTIONS_OF);
    let applied = transmission
        .and_then(|state| state.standing_application(office))
        .is_some_and(|entry| !matches!(entry.standing, Standing::Started { .. }));
    applied || used(context, state, office, month).is_ok()
}
