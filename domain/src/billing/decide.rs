//! The rules of a ledger: which command goes where, and what its events make of it.

use super::ending::{self, Left};
use super::event::{Answer, Part};
use super::payment::Came;
use super::state::{Arrears, Charge, EntryKey, InFlight, Payment, Reversal, State, Turn};
use super::{Command, Event, Posting, Refusal, answer, carry_over, charge, outcome, payment};
use crate::dates::Month;
use crate::decider::{Context, Decider, Known};
use crate::rules::{Ask, Question, reckoned};
use crate::stream::{CorporationId, Stream};
use crate::{Service, rules};
use chrono::NaiveDate;

/// The decider of ledgers.
#[derive(Debug)]
pub enum Billing {}

impl Decider for Billing {
    type State = State;
    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;

    fn needs(stream: &Stream, state: &State, command: &Command, _: &Known) -> Vec<Stream> {
        let corporation = of(stream);
        match command {
            Command::BeginCharging { .. }
            | Command::EndCharging { .. }
            | Command::PassSuspensionDay { .. }
            | Command::DecideFailed { .. }
            | Command::AskReversal { .. }
            | Command::DeclineReversal { .. } => vec![],
            Command::ApproveReversal { .. } => vec![Stream::Installation],
            Command::RefundCredit { .. } => {
                vec![Stream::Corporation(corporation), Stream::Installation]
            }
            Command::Charge { service, .. } => vec![
                Stream::Corporation(corporation),
                match service {
                    Service::HonobonoMini2 | Service::CareplanRenkei => {
                        Stream::Enrolment(corporation, *service)
                    }
                    Service::CareNetMessenger => Stream::Transmission(corporation, *service),
                },
                Stream::Installation,
            ],
            Command::RecordPayment { .. } => {
                let batches = state.debits.keys().copied().map(Stream::DebitBatch);
                [Stream::Corporation(corporation), Stream::Installation]
                    .into_iter()
                    .chain(batches)
                    .collect()
            }
            Command::AnswerDebit { batch } => {
                vec![Stream::Corporation(corporation), Stream::DebitBatch(*batch)]
            }
            Command::AnswerAgain {} => {
                let batch = state.carried_over.map(Stream::DebitBatch);
                [Stream::Corporation(corporation)]
                    .into_iter()
                    .chain(batch)
                    .collect()
            }
            Command::CarryOver(_) => carry_over::needs(stream),
            Command::PassDebitDay { batch } => vec![Stream::DebitBatch(*batch)],
            Command::BookResult { batch, .. } => {
                vec![Stream::DebitBatch(*batch), Stream::Installation]
            }
        }
    }

    fn decide(
        context: &Context<'_>,
        state: &State,
        command: Command,
    ) -> Result<Vec<Event>, Refusal> {
        match command {
            Command::BeginCharging { service, from } => {
                Ok((!state.services.contains_key(&service))
                    .then_some(Event::ChargingBegan { service, from })
                    .into_iter()
                    .collect())
            }
            Command::EndCharging {
                service,
                end,
                scope,
                last_month,
            } => {
                let left = Left {
                    service,
                    end,
                    scope,
                    last_month,
                };
                Ok(ending::end_charging(state, left))
            }
            Command::CarryOver(carried) => carry_over::carry_over(context, state, carried),
            Command::Charge { service, month } => charge::charge(context, state, service, month),
            Command::AnswerDebit { batch } => answer::answer(context, state, batch),
            Command::AnswerAgain {} => answer::again(context, state),
            Command::PassDebitDay { batch } => answer::pass_debit_day(context, state, batch),
            Command::BookResult { batch, code } => outcome::book(context, state, batch, code),
            Command::PassSuspensionDay { batch, on } => {
                Ok(outcome::pass_suspension_day(context, state, batch, on))
            }
            Command::DecideFailed { choice, reason } => {
                outcome::decide_failed(context, state, choice, reason)
            }
            Command::RecordPayment {
                amount,
                received_on,
                method,
                note,
                reference,
            } => {
                let came = Came {
                    amount,
                    received_on,
                    method,
                    reference,
                };
                payment::record(context, state, came, note)
            }
            Command::RefundCredit {
                amount,
                refunded_on,
                note,
            } => payment::refund(context, state, amount, refunded_on, note),
            Command::AskReversal { entry, reason, by } => {
                payment::ask_reversal(state, entry, reason, by)
            }
            Command::ApproveReversal { entry, by } => {
                payment::approve_reversal(context, state, entry, by)
            }
            Command::DeclineReversal { entry, by } => Ok(state
                .asked
                .contains_key(&entry)
                .then_some(Event::ReversalDeclined { entry, by })
                .into_iter()
                .collect()),
        }
    }

    fn evolve(mut state: State, event: &Event) -> State {
        match event {
            Event::ChargingBegan { service, from } => state.begin(*service, *from),
            Event::CarriedOver { .. } => state.note_carried(event),
            Event::ChargingEnded {
                service,
                end,
                scope,
                last_month,
            } => state.leave(Left {
                service: *service,
                end: *end,
                scope: *scope,
                last_month: *last_month,
            }),
            Event::Charged {
                key,
                service,
                month,
                net,
                tax,
                turn,
                ..
            } => {
                let gross = net + tax;
                let charge = Charge {
                    service: *service,
                    month: *month,
                    gross,
                    open: gross,
                    debit: None,
                    failed: None,
                    reversed: false,
                };
                state.entries.push(key.clone());
                state.charges.insert(key.clone(), charge);
                state.charge_next(*service, month.next());
                state.take_turn(turn);
            }
            Event::NotCharged {
                service,
                month,
                why,
            } => match why {
                super::NoCharge::Ended => {
                    state.services.remove(service);
                }
                super::NoCharge::NoOffices | super::NoCharge::Suspended => {
                    state.charge_next(*service, month.next());
                }
            },
            Event::DebitAnswered { batch, answer } => state.note_answer(*batch, answer),
            Event::DebitRequested { batch, .. } => {
                if let Some(debit) = state.debits.get_mut(batch) {
                    debit.requested = true;
                    state.last_debit_on = Some(debit.debit_on.on);
                }
            }
            Event::DebitMissed { batch, next, .. } => {
                state.release(*batch, |_| {});
                if !state.debitable().is_empty() {
                    state.take_turn(next);
                }
            }
            Event::Collected {
                batch, overpaid, ..
            } => {
                state.entries.push(EntryKey::of_debit(*batch));
                let parts = state.release(*batch, |_| {});
                state.credit += overpaid;
                state.settle(&parts);
            }
            Event::Failed {
                batch, code, next, ..
            } => {
                // What was paid in another way meanwhile is not owed, whatever the bank says.
                state.release(*batch, |charge| {
                    charge.failed = Some(*batch).filter(|_| charge.open > 0);
                });
                if let Some(next) = next {
                    state.take_turn(next);
                }
                let last = state.was_the_last(*batch);
                let arrears = state.arrears.get_or_insert_with(|| Arrears {
                    batch: *batch,
                    code: *code,
                    asks_person: outcome::asks_person(*code),
                    notice: None,
                    suspended_on: None,
                });
                arrears.asks_person |= last;
                state.forget_arrears();
            }
            Event::Noticed {
                on, suspension_on, ..
            } => {
                if let Some(arrears) = &mut state.arrears {
                    arrears.notice = Some((*on, suspension_on.clone()));
                }
            }
            Event::SuspensionDue { on, .. } => {
                if let Some(arrears) = &mut state.arrears {
                    arrears.suspended_on = Some(*on);
                }
            }
            Event::PersonDecided { .. } => {
                if let Some(arrears) = &mut state.arrears {
                    arrears.asks_person = false;
                }
            }
            Event::Paid {
                key,
                amount,
                received_on,
                parts,
                reference,
                ..
            } => {
                let payment = Payment {
                    amount: *amount,
                    received_on: *received_on,
                    parts: parts.clone(),
                    reference: reference.clone(),
                    reversed: false,
                };
                state.entries.push(key.clone());
                state.payments.insert(key.clone(), payment);
                state.settle(parts);
            }
            Event::CreditApplied {
                key, amount, parts, ..
            } => {
                state.entries.push(key.clone());
                state.credits += 1;
                state.credit = state.credit.saturating_sub(*amount);
                state.settle(parts);
            }
            Event::Refunded { key, amount, .. } => {
                state.entries.push(key.clone());
                state.refunds += 1;
                state.credit = state.credit.saturating_sub(*amount);
            }
            Event::ReversalAsked { entry, reason, by } => {
                let asked = Reversal {
                    reason: reason.clone(),
                    by: *by,
                };
                state.asked.insert(entry.clone(), asked);
            }
            Event::ReversalDeclined { entry, .. } => {
                state.asked.remove(entry);
            }
            Event::Reversed { key, entry, .. } => {
                state.entries.push(key.clone());
                state.asked.remove(entry);
                state.reversals += 1;
                state.reverse(entry);
            }
        }
        state
    }
}

impl State {
    /// The earliest batch asks.
    fn take_turn(&mut self, turn: &Turn) {
        if self
            .turn
            .as_ref()
            .is_none_or(|present| turn.batch < present.batch)
        {
            self.turn = Some(turn.clone());
        }
    }

    fn note_answer(&mut self, batch: Month, answer: &Answer) {
        self.turn = None;
        // It may answer once more while the batch gathers: the last answer counts.
        self.release(batch, |_| {});
        match answer {
            Answer::Asked {
                amount,
                parts,
                customer,
                account,
                new_code,
                debit_on,
                result_by,
            } => {
                for part in parts {
                    if let Some(charge) = self.charges.get_mut(&part.charge) {
                        charge.debit = Some(batch);
                    }
                }
                let debit = InFlight {
                    amount: *amount,
                    parts: parts.clone(),
                    customer: *customer,
                    account: account.clone(),
                    new_code: *new_code,
                    debit_on: debit_on.clone(),
                    result_by: result_by.clone(),
                    requested: false,
                };
                self.debits.insert(batch, debit);
                self.debited = Some(account.clone());
                self.carried_over = None;
            }
            Answer::CarriedOver { next, .. } => {
                self.carried_over = Some(batch);
                self.turn = Some(next.clone());
            }
            Answer::NothingDue {} => self.carried_over = None,
        }
    }

    /// Ends a debit; gives what it was to settle.
    pub(super) fn release(&mut self, batch: Month, mut each: impl FnMut(&mut Charge)) -> Vec<Part> {
        let Some(debit) = self.debits.remove(&batch) else {
            return vec![];
        };
        for part in &debit.parts {
            if let Some(charge) = self.charges.get_mut(&part.charge) {
                charge.debit = None;
                each(charge);
            }
        }
        debit.parts
    }

    fn settle(&mut self, parts: &[Part]) {
        for part in parts {
            if let Some(charge) = self.charges.get_mut(&part.charge) {
                charge.open = charge.open.saturating_sub(part.amount);
                if charge.open == 0 {
                    charge.failed = None;
                }
            }
        }
        self.forget_arrears();
        if self.debitable().is_empty() {
            self.turn = None;
        }
    }

    fn forget_arrears(&mut self) {
        if self.in_arrears() == 0 {
            self.arrears = None;
        }
    }

    fn reverse(&mut self, entry: &EntryKey) {
        if let Some(charge) = self.charges.get_mut(entry) {
            charge.open = 0;
            charge.failed = None;
            charge.reversed = true;
        } else if let Some(payment) = self.payments.get_mut(entry) {
            payment.reversed = true;
            for part in payment.parts.clone() {
                if let Some(charge) = self.charges.get_mut(&part.charge) {
                    charge.open += part.amount;
                }
            }
        }
        self.forget_arrears();
        if self.debitable().is_empty() {
            self.turn = None;
        }
    }
}

/// The corporation whose ledger it is.
pub(super) fn of(stream: &Stream) -> CorporationId {
    let Stream::Billing(corporation) = stream else {
        panic!("a ledger is decided on its own stream, not on {stream}");
    };
    *corporation
}

/// The debit of a month's fee: its day, its request and result days, the day its batch opens.
pub(super) fn debit_dates(
    context: &Context<'_>,
    service: Service,
    charged: Month,
) -> Result<rules::Answer, Refusal> {
    let ask = Ask::new(service, Question::Debit, charged.first_day()).decided_on(context.today);
    Ok(reckoned(context.policy, &ask)?)
}

/// The batch that debits a month's fee, and when it asks.
pub(super) fn turn_of(dates: &rules::Answer) -> Result<Turn, Refusal> {
    let debit_on = dates.date("debit_on")?;
    Ok(Turn {
        batch: Month::of(debit_on),
        on: dates.dated("batch_opens_on")?,
    })
}

/// The turn of the first batch after this one.
pub(super) fn next_turn(context: &Context<'_>, batch: Month) -> Result<Turn, Refusal> {
    let book = context.policy.book(DEBITED_BY, context.today)?;
    let charged = batch.next().minus(book.months("debit.months_after")?);
    turn_of(&debit_dates(context, DEBITED_BY, charged)?)
}

/// The service whose book says when a corporation's one debit takes place, whatever it is for.
pub(super) const DEBITED_BY: Service = Service::HonobonoMini2;

/// The books in which a fact of this day stands: those of its month, or the open ones when that month is closed
/// (通常の処理期間後の入力).
pub(super) fn posting(context: &Context<'_>, on: NaiveDate) -> Posting {
    let own = Month::of(on);
    let books = context.known.installation();
    let month = books.map_or(own, |books| books.books_of(own));
    Posting {
        month,
        late_for: (month != own).then_some(own),
    }
}
