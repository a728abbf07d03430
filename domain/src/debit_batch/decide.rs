//! The rules of a debit batch.

use super::event::Outcome;
use super::result::Checked;
use super::state::{Days, Frozen, Received, State};
use super::{Command, Event, Refusal, carry_over};
use crate::Service;
use crate::dates::Month;
use crate::decider::{Context, Decider, Known};
use crate::rules::{Ask, Question, reckoned};
use crate::stream::{StaffId, Stream};
use crate::zengin::Totals;

/// The service whose book says when a corporation's one debit takes place, whatever it is for.
pub(super) const DEBITED_BY: Service = Service::HonobonoMini2;

/// How many outcomes one event holds: some 100 bytes each, well below the largest event.
const OUTCOMES_PER_EVENT: usize = 1000;

/// The decider of debit batches.
#[derive(Debug)]
pub enum DebitBatch {}

impl Decider for DebitBatch {
    type State = State;
    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;

    fn needs(_: &Stream, _: &State, command: &Command, _: &Known) -> Vec<Stream> {
        match command {
            Command::CarryOver(_) => vec![Stream::Installation],
            Command::Open {}
            | Command::Freeze { .. }
            | Command::Reopen { .. }
            | Command::Approve { .. }
            | Command::Release { .. }
            | Command::ReceiveResult { .. }
            | Command::Reconcile { .. } => vec![],
        }
    }

    fn decide(
        context: &Context<'_>,
        state: &State,
        command: Command,
    ) -> Result<Vec<Event>, Refusal> {
        match (command, state) {
            (Command::CarryOver(file), state) => carry_over::carry_over(context, state, file),
            (Command::Open {}, State::Unknown) => open(context),
            (Command::Open {}, State::Opened { .. }) => Ok(vec![]),
            (
                Command::Freeze { .. }
                | Command::Reopen { .. }
                | Command::Approve { .. }
                | Command::Release { .. }
                | Command::ReceiveResult { .. }
                | Command::Reconcile { .. },
                State::Unknown,
            ) => Err(Refusal::NotOpened),
            (
                Command::Freeze {
                    through,
                    totals,
                    sha256,
                    consignor,
                    by,
                },
                State::Opened { frozen: None, .. },
            ) => match totals.count {
                0 => Err(Refusal::Empty),
                _ => Ok(vec![Event::Frozen {
                    through,
                    totals,
                    sha256,
                    consignor,
                    by,
                }]),
            },
            (
                Command::Freeze { sha256, .. },
                State::Opened {
                    frozen: Some(frozen),
                    ..
                },
            ) => match frozen.sha256 == sha256 {
                true => Ok(vec![]),
                false => Err(Refusal::AlreadyFrozen),
            },
            (Command::Reopen { .. }, State::Opened { frozen: None, .. }) => Ok(vec![]),
            (
                Command::Reopen { reason, by },
                State::Opened {
                    frozen: Some(frozen),
                    ..
                },
            ) => {
                unsent(frozen)?;
                match reason.is_blank() {
                    true => Err(Refusal::ReasonMissing),
                    false => {
                        let reason = context.own_remark(reason);
                        Ok(vec![Event::Reopened { reason, by }])
                    }
                }
            }
            (
                Command::Approve { .. }
                | Command::Release { .. }
                | Command::ReceiveResult { .. }
                | Command::Reconcile { .. },
                State::Opened { frozen: None, .. },
            ) => Err(Refusal::NotFrozen),
            (
                Command::Approve { sha256, by },
                State::Opened {
                    frozen: Some(frozen),
                    ..
                },
            ) => approve(frozen, &sha256, by),
            (
                Command::Release { sha256, by },
                State::Opened {
                    days,
                    frozen: Some(frozen),
                },
            ) => release(context, days, frozen, &sha256, by),
            (
                Command::ReceiveResult { checked, by },
                State::Opened {
                    frozen: Some(frozen),
                    ..
                },
            ) => receive(frozen, checked, by),
            (
                Command::Reconcile {
                    collected,
                    failed,
                    by,
                },
                State::Opened {
                    frozen: Some(frozen),
                    ..
                },
            ) => reconcile(frozen, collected, failed, by),
        }
    }

    fn evolve(mut state: State, event: &Event) -> State {
        if let Some(carried) = State::carried_over(event) {
            return carried;
        }
        if let Event::Opened {
            charged,
            debit_on,
            request_by,
            result_by,
        } = event
        {
            let days = Days {
                charged: *charged,
                debit_on: debit_on.clone(),
                request_by: request_by.clone(),
                result_by: result_by.clone(),
            };
            return State::Opened { days, frozen: None };
        }
        if let State::Opened { frozen, .. } = &mut state {
            note(frozen, event);
        }
        state
    }
}

fn note(present: &mut Option<Frozen>, event: &Event) {
    match (event, present) {
        (
            Event::Frozen {
                through,
                totals,
                sha256,
                consignor,
                by,
            },
            present,
        ) => {
            *present = Some(Frozen {
                through: Some(*through),
                totals: *totals,
                sha256: sha256.clone(),
                consignor: consignor.clone(),
                by: *by,
                approved_by: None,
                sent_by: None,
                received: None,
                carried: None,
            });
        }
        (Event::Reopened { .. }, present) => *present = None,
        (Event::Approved { by }, Some(frozen)) => frozen.approved_by = Some(*by),
        (Event::Sent { by }, Some(frozen)) => frozen.sent_by = Some(*by),
        (
            Event::ResultReceived {
                sha256,
                collected,
                failed,
                ..
            },
            Some(frozen),
        ) => {
            frozen.received = Some(Received {
                sha256: sha256.clone(),
                collected: *collected,
                failed: *failed,
                reconciled: false,
            });
        }
        (Event::Reconciled { .. }, Some(frozen)) => {
            if let Some(received) = &mut frozen.received {
                received.reconciled = true;
            }
        }
        (Event::OutcomesRecorded { .. } | Event::Opened { .. } | Event::CarriedOver { .. }, _)
        | (
            Event::Approved { .. }
            | Event::Sent { .. }
            | Event::ResultReceived { .. }
            | Event::Reconciled { .. },
            None,
        ) => {}
    }
}

/// The debit month whose batch it is.
pub(super) fn of(stream: &Stream) -> Month {
    let Stream::DebitBatch(month) = stream else {
        panic!("a debit batch is decided on its own stream, not on {stream}");
    };
    *month
}

fn open(context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let month = of(context.stream);
    let book = context.policy.book(DEBITED_BY, context.today)?;
    let charged = month.minus(book.months("debit.months_after")?);
    let ask = Ask::new(DEBITED_BY, Question::Debit, charged.first_day()).decided_on(context.today);
    let dates = reckoned(context.policy, &ask)?;
    let (opens, debit_on) = (dates.date("batch_opens_on")?, dates.dated("debit_on")?);
    if context.today < opens || debit_on.on <= context.today {
        return Ok(vec![]);
    }
    Ok(vec![Event::Opened {
        charged,
        debit_on,
        request_by: dates.dated("debit_request_by")?,
        result_by: dates.dated("debit_result_by")?,
    }])
}

fn unsent(frozen: &Frozen) -> Result<(), Refusal> {
    match frozen.is_sent() {
        true => Err(Refusal::Sent),
        false => Ok(()),
    }
}

/// What the ledgers say now is what was frozen: a payment recorded in the moment of the freeze would make them differ.
fn unchanged(frozen: &Frozen, sha256: &str) -> Result<(), Refusal> {
    match frozen.sha256 == sha256 {
        true => Ok(()),
        false => Err(Refusal::ChangedSince),
    }
}

fn approve(frozen: &Frozen, sha256: &str, by: StaffId) -> Result<Vec<Event>, Refusal> {
    if frozen.approved_by.is_some() {
        return Ok(vec![]);
    }
    unchanged(frozen, sha256)?;
    match frozen.by == by {
        true => Err(Refusal::SamePerson),
        false => Ok(vec![Event::Approved { by }]),
    }
}

fn release(
    context: &Context<'_>,
    days: &Days,
    frozen: &Frozen,
    sha256: &str,
    by: StaffId,
) -> Result<Vec<Event>, Refusal> {
    if frozen.is_sent() {
        return Ok(vec![]);
    }
    unchanged(frozen, sha256)?;
    let approved_by = frozen.approved_by.ok_or(Refusal::NotApproved)?;
    if approved_by == by {
        return Err(Refusal::SamePerson);
    }
    if days.debit_on.on <= context.today {
        return Err(Refusal::DebitDayOver {
            debit_on: days.debit_on.on,
        });
    }
    Ok(vec![Event::Sent { by }])
}

fn receive(frozen: &Frozen, checked: Checked, by: StaffId) -> Result<Vec<Event>, Refusal> {
    if !frozen.is_sent() {
        return Err(Refusal::NotSent);
    }
    if let Some(received) = &frozen.received {
        return match received.sha256 == checked.sha256 {
            true => Ok(vec![]),
            false => Err(Refusal::ResultTaken),
        };
    }
    let Checked {
        sha256,
        collected,
        failed,
        outcomes,
    } = checked;
    if collected.and(failed) != frozen.totals || outcomes.len() as u64 != frozen.totals.count {
        return Err(Refusal::ResultTotals);
    }
    let chunks: Vec<Vec<Outcome>> = outcomes
        .chunks(OUTCOMES_PER_EVENT)
        .map(<[Outcome]>::to_vec)
        .collect();
    let parts = u32::try_from(chunks.len()).expect("a file has at most 999,999 records");
    let mut events = vec![Event::ResultReceived {
        sha256,
        collected,
        failed,
        parts,
        by,
    }];
    let recorded = (1..).zip(chunks);
    events.extend(recorded.map(|(part, outcomes)| Event::OutcomesRecorded { part, outcomes }));
    Ok(events)
}

fn reconcile(
    frozen: &Frozen,
    collected: Totals,
    failed: Totals,
    by: StaffId,
) -> Result<Vec<Event>, Refusal> {
    let received = frozen.received.as_ref().ok_or(Refusal::NoResult)?;
    if received.reconciled {
        return Ok(vec![]);
    }
    if (received.collected, received.failed) != (collected, failed) {
        let booked = collected.and(failed);
        return Err(Refusal::Differs {
            booked: booked.count,
            asked: frozen.totals.count,
        });
    }
    Ok(vec![Event::Reconciled {
        collected,
        failed,
        by,
    }])
}
