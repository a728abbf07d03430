//! The rules of a 委任状.

use super::command::Assignment;
use super::event::DueOf;
use super::state::{Sheet, Stage, State};
use super::{Command, Event, Refusal, carry_over, steps};
use crate::decider::{Context, Decider, Known};
use crate::office_day;
use crate::stream::Stream;
use chrono::NaiveDate;

/// The decider of 委任状.
#[derive(Debug)]
pub enum Poa {}

impl Decider for Poa {
    type State = State;
    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;

    fn needs(_: &Stream, state: &State, command: &Command, known: &Known) -> Vec<Stream> {
        if let Command::CarryOver(carried) = command {
            return carried.needs();
        }
        let Some(sheet) = state.sheet() else {
            return vec![];
        };
        match command {
            Command::FindDefective { .. } | Command::PassDue { .. } | Command::Lapse { .. } => {
                office_day::counting(sheet.dates.due.on, known)
                    .map(Stream::OfficeDay)
                    .collect()
            }
            Command::File { .. } => vec![Stream::Transmission(
                sheet.assignment.corporation,
                sheet.assignment.service,
            )],
            Command::Request { .. }
            | Command::Dispatch { .. }
            | Command::RecordUndeliverable { .. }
            | Command::Reprint { .. }
            | Command::Receive { .. }
            | Command::Accept {}
            | Command::ApproveLate {}
            | Command::Confirm { .. }
            | Command::Reject { .. }
            | Command::MoveDue { .. }
            | Command::Void { .. }
            | Command::CarryOver(_) => vec![],
        }
    }

    fn decide(
        context: &Context<'_>,
        state: &State,
        command: Command,
    ) -> Result<Vec<Event>, Refusal> {
        match (command, state) {
            (
                Command::Request {
                    assignment,
                    dates,
                    dispatch_by,
                },
                State::Unknown,
            ) => Ok(vec![requested(assignment, dates, dispatch_by)]),
            (Command::Request { .. }, State::Known(_)) => Ok(vec![]),
            (Command::CarryOver(carried), state) => carry_over::carry_over(context, state, carried),
            (_, State::Unknown) => Err(Refusal::Unknown),
            (command, State::Known(sheet)) => on_sheet(context, sheet, command),
        }
    }

    fn evolve(state: State, event: &Event) -> State {
        match (state, event) {
            (
                State::Unknown,
                Event::Requested {
                    corporation,
                    service,
                    application,
                    office,
                    number,
                    kj_id,
                    purpose,
                    dates,
                    dispatch_by,
                },
            ) => State::Known(Box::new(Sheet {
                assignment: Assignment {
                    corporation: *corporation,
                    service: *service,
                    application: *application,
                    office: *office,
                    number: *number,
                    kj_id: *kj_id,
                    purpose: *purpose,
                },
                dates: dates.clone(),
                dispatch_by: dispatch_by.clone(),
                stage: Stage::ToSend { defect: None },
                first_sent_on: None,
                due_passed: false,
                lapsed: false,
                missed: vec![],
                excused: None,
                carried: None,
            })),
            (State::Unknown, event) => Sheet::carried_over(event)
                .map_or(State::Unknown, |sheet| State::Known(Box::new(sheet))),
            (State::Known(mut sheet), event) => {
                sheet.note(event);
                State::Known(sheet)
            }
        }
    }
}

fn requested(assignment: Assignment, dates: DueOf, dispatch_by: crate::rules::Dated) -> Event {
    Event::Requested {
        corporation: assignment.corporation,
        service: assignment.service,
        application: assignment.application,
        office: assignment.office,
        number: assignment.number,
        kj_id: assignment.kj_id,
        purpose: assignment.purpose,
        dates,
        dispatch_by,
    }
}

fn on_sheet(context: &Context<'_>, sheet: &Sheet, command: Command) -> Result<Vec<Event>, Refusal> {
    if let (Stage::Void { why }, false) = (&sheet.stage, command.is_for_the_record()) {
        return Err(Refusal::Voided {
            why: why.label().to_owned(),
        });
    }
    match command {
        Command::Request { .. } | Command::CarryOver(_) => Ok(vec![]),
        Command::Dispatch { method, sent_on } => steps::dispatch(context, sheet, method, sent_on),
        Command::RecordUndeliverable { returned_on, note } => {
            steps::undeliverable(context, sheet, returned_on, note)
        }
        Command::Reprint { reason } => steps::reprint(sheet, reason),
        Command::Receive {
            arrived_on,
            channel,
        } => steps::receive(context, sheet, arrived_on, channel),
        Command::Accept {} => match &sheet.stage {
            Stage::Received { .. } => Ok(vec![Event::Accepted {}]),
            Stage::Accepted { .. } | Stage::Filed { .. } | Stage::Confirmed { .. } => Ok(vec![]),
            Stage::ToSend { .. }
            | Stage::Out { .. }
            | Stage::Undeliverable { .. }
            | Stage::Void { .. } => Err(Refusal::NotReceived),
        },
        Command::FindDefective { defect, note } => match &sheet.stage {
            Stage::Received { .. } | Stage::Accepted { .. } => Ok(vec![Event::FoundDefective {
                defect,
                note,
                misses_month: !sheet.lapsed && due_is_closed(context, sheet),
            }]),
            Stage::Filed { .. } | Stage::Confirmed { .. } => Err(Refusal::Filed),
            Stage::ToSend { .. }
            | Stage::Out { .. }
            | Stage::Undeliverable { .. }
            | Stage::Void { .. } => Err(Refusal::NotReceived),
        },
        Command::ApproveLate {} => steps::approve_late(context, sheet),
        Command::File { filed_on } => steps::file(context, sheet, filed_on),
        Command::Confirm { on } => {
            not_to_come(context, on)?;
            match &sheet.stage {
                Stage::Filed { .. } => Ok(vec![Event::Confirmed { on }]),
                Stage::Confirmed { .. } => Ok(vec![]),
                Stage::ToSend { .. }
                | Stage::Out { .. }
                | Stage::Undeliverable { .. }
                | Stage::Received { .. }
                | Stage::Accepted { .. }
                | Stage::Void { .. } => Err(Refusal::NotFiled),
            }
        }
        Command::Reject { on, reason } => {
            not_to_come(context, on)?;
            if reason.trim().is_empty() {
                return Err(Refusal::ReasonMissing);
            }
            match &sheet.stage {
                Stage::Filed { .. } | Stage::Confirmed { .. } => {
                    Ok(vec![Event::Rejected { on, reason }])
                }
                Stage::ToSend { .. }
                | Stage::Out { .. }
                | Stage::Undeliverable { .. }
                | Stage::Received { .. }
                | Stage::Accepted { .. }
                | Stage::Void { .. } => Err(Refusal::NotFiled),
            }
        }
        Command::PassDue { due } => {
            let passes = due == sheet.dates.due.on
                && due < context.today
                && !sheet.due_passed
                && !sheet.lapsed
                && sheet.misses_due()
                && !due_is_closed(context, sheet);
            Ok(passes
                .then_some(Event::DuePassed { due })
                .into_iter()
                .collect())
        }
        Command::Lapse { due } => {
            let lapses = due == sheet.dates.due.on
                && !sheet.lapsed
                && sheet.misses_due()
                && due_is_closed(context, sheet);
            Ok(lapses
                .then_some(Event::Lapsed { due })
                .into_iter()
                .collect())
        }
        Command::MoveDue { dates } => {
            let moves = sheet.dates != dates && !matches!(sheet.stage, Stage::Void { .. });
            Ok(moves
                .then_some(Event::DueMoved { dates })
                .into_iter()
                .collect())
        }
        Command::Void { why } => Ok((!matches!(sheet.stage, Stage::Void { .. }))
            .then_some(Event::Voided { why })
            .into_iter()
            .collect()),
    }
}

impl Command {
    /// Whether it is a note of the workers that a void sheet passes over in silence.
    const fn is_for_the_record(&self) -> bool {
        match self {
            Self::Request { .. }
            | Self::PassDue { .. }
            | Self::Lapse { .. }
            | Self::MoveDue { .. }
            | Self::Void { .. }
            | Self::CarryOver(_) => true,
            Self::Dispatch { .. }
            | Self::RecordUndeliverable { .. }
            | Self::Reprint { .. }
            | Self::Receive { .. }
            | Self::Accept {}
            | Self::FindDefective { .. }
            | Self::ApproveLate {}
            | Self::File { .. }
            | Self::Confirm { .. }
            | Self::Reject { .. } => false,
        }
    }
}

/// Whether the post of the due date is counted: on the day itself, or on the next one whose post is.
fn due_is_closed(context: &Context<'_>, sheet: &Sheet) -> bool {
    office_day::counting(sheet.dates.due.on, context.known)
        .last()
        .and_then(|day| context.known.office_day(day))
        .is_some_and(office_day::State::is_closed)
}

pub(super) fn not_to_come(context: &Context<'_>, on: NaiveDate) -> Result<(), Refusal> {
    if on > context.today {
        return Err(Refusal::DayNotCome {
            on,
            today: context.today,
        });
    }
    Ok(())
}

pub(super) fn not_before(on: NaiveDate, sent_on: NaiveDate) -> Result<(), Refusal> {
    if on < sent_on {
        return Err(Refusal::BeforeDispatch { on, sent_on });
    }
    Ok(())
}
