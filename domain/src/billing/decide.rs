//! The rules of a ledger: which command goes where, and what its events make of it.

use super::ending::{self, Left};
use super::payment::Came;
use super::state::{State, Turn};
use super::{
    Command, Event, Posting, Refusal, answer, carry_over, charge, options, outcome, payment,
    receipt,
};
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
            | Command::AskReceipt { .. }
            | Command::AskCertificate { .. }
            | Command::DeclineReversal { .. } => vec![],
            Command::DecideFailed { .. } | Command::AskReversal { .. } => {
                vec![Stream::Corporation(corporation)]
            }
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
            Command::OrderOption { .. }
            | Command::FinishOption { .. }
            | Command::NoteReissue { .. }
            | Command::EndOption { .. }
            | Command::WithdrawOption { .. } => options::needs(stream),
            Command::CarryOver(carried) => carry_over::needs(stream, carried),
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
            Command::OrderOption {
                office,
                wish,
                received_on,
            } => options::order(context, state, office, wish, received_on),
            Command::FinishOption {
                order,
                quantity,
                on,
            } => options::finish(context, state, order, quantity, on),
            Command::NoteReissue {
                service,
                office,
                whose,
                on,
            } => match service == options::OPTIONS_OF {
                true => options::note_reissue(context, state, office, whose, on),
                // No other service's book has a price for it.
                false => Ok(vec![]),
            },
            Command::EndOption { order, received_on } => {
                options::end(context, state, order, received_on)
            }
            Command::WithdrawOption { order, reason } => {
                options::withdraw(context, state, order, reason)
            }
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
            Command::AskReceipt { entry, by } => receipt::ask_receipt(state, entry, by),
            Command::AskCertificate { from, to, by } => {
                receipt::ask_certificate(context, state, (from, to), by)
            }
            Command::AskReversal { entry, reason, by } => {
                payment::ask_reversal(context, state, entry, reason, by)
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
        state.note(event);
        state
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
