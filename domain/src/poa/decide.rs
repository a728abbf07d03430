//! The rules of a 委任状.

use super::agent::NamedAgent;
use super::command::Assignment;
use super::event::DueOf;
use super::state::{Sheet, Stage, State};
use super::{Command, Event, Refusal, carry_over, steps};
use crate::decider::{Context, Decider, Known};
use crate::office_day;
use crate::personal::{Personal, Typed};
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

    fn needs(stream: &Stream, state: &State, command: &Command, known: &Known) -> Vec<Stream> {
        if let Command::CarryOver(carried) = command {
            return carried.needs();
        }
        let Some(sheet) = state.sheet() else {
            return match matches!(command, Command::Request { .. }) {
                true => vec![Stream::Agents],
                false => vec![],
            };
        };
        match command {
            Command::FindDefective { .. } => {
                let whose = Stream::Corporation(sheet.assignment.corporation);
                counting(sheet, known).chain([whose]).collect()
            }
            Command::PassDue { .. } | Command::Lapse { .. } => counting(sheet, known).collect(),
            Command::File(_) => {
                let applications =
                    Stream::Transmission(sheet.assignment.corporation, sheet.assignment.service);
                vec![
                    Stream::attached_to(stream),
                    Stream::attached_to(&applications),
                    applications,
                    Stream::Corporation(sheet.assignment.corporation),
                ]
            }
            Command::Dispatch { .. }
            | Command::RecordUndeliverable { .. }
            | Command::Reprint { .. }
            | Command::Reject { .. } => {
                vec![Stream::Corporation(sheet.assignment.corporation)]
            }
            Command::Request { .. }
            | Command::NotePrinted { .. }
            | Command::NoteUnprintable { .. }
            | Command::NameAgent { .. }
            | Command::NoteAgentMissing { .. }
            | Command::Receive { .. }
            | Command::Accept {}
            | Command::ApproveLate {}
            | Command::Confirm { .. }
            | Command::Remind { .. }
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
            ) => {
                let agent = NamedAgent::to_begin_with(context.known);
                Ok(vec![requested(assignment, dates, dispatch_by, agent)])
            }
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
                    agent,
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
                printed: None,
                unprintable: None,
                agent: *agent,
                first_sent_on: None,
                remind_on: None,
                reminded: None,
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

fn requested(
    assignment: Assignment,
    dates: DueOf,
    dispatch_by: crate::rules::Dated,
    agent: NamedAgent,
) -> Event {
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
        agent,
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
        Command::NotePrinted { document, batch } => steps::printed(sheet, document, batch),
        Command::NoteUnprintable { glyph } => Ok(steps::unprintable(sheet, glyph)),
        Command::NameAgent { agent } => {
            let lacks = sheet.agent.lacks().is_some() && !matches!(sheet.stage, Stage::Void { .. });
            Ok(lacks
                .then_some(Event::AgentNamed { agent })
                .into_iter()
                .collect())
        }
        Command::NoteAgentMissing { why } => {
            let awaited =
                sheet.agent == NamedAgent::Awaited && !matches!(sheet.stage, Stage::Void { .. });
            Ok(awaited
                .then_some(Event::AgentMissing { why })
                .into_iter()
                .collect())
        }
        Command::Dispatch {
            method,
            sent_on,
            tracking,
        } => steps::dispatch(context, sheet, (method, sent_on), tracking),
        Command::RecordUndeliverable { returned_on, note } => {
            steps::undeliverable(context, sheet, returned_on, note)
        }
        Command::Reprint { reason } => steps::reprint(context, sheet, reason),
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
                note: note.map(|note| sheet.remark(context, note)),
                misses_month: !sheet.lapsed && due_is_closed(context, sheet),
            }]),
            Stage::Filed { .. } | Stage::Confirmed { .. } => Err(Refusal::Filed),
            Stage::ToSend { .. }
            | Stage::Out { .. }
            | Stage::Undeliverable { .. }
            | Stage::Void { .. } => Err(Refusal::NotReceived),
        },
        Command::ApproveLate {} => steps::approve_late(context, sheet),
        Command::File(filing) => steps::file(context, sheet, filing),
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
            if reason.is_blank() {
                return Err(Refusal::ReasonMissing);
            }
            match &sheet.stage {
                Stage::Filed { .. } | Stage::Confirmed { .. } => {
                    let reason = sheet.remark(context, reason);
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
        Command::Remind { due } => {
            let reminds = due == sheet.dates.due.on
                && due >= context.today
                && sheet.to_remind().is_some_and(|on| on <= context.today);
            Ok(reminds
                .then_some(Event::ReminderDue { due })
                .into_iter()
                .collect())
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
            match moves {
                true => steps::move_due(context, sheet, dates),
                false => Ok(vec![]),
            }
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
            | Self::Remind { .. }
            | Self::NameAgent { .. }
            | Self::NoteAgentMissing { .. }
            | Self::NoteUnprintable { .. }
            | Self::PassDue { .. }
            | Self::Lapse { .. }
            | Self::MoveDue { .. }
            | Self::Void { .. }
            | Self::CarryOver(_) => true,
            Self::NotePrinted { .. }
            | Self::Dispatch { .. }
            | Self::RecordUndeliverable { .. }
            | Self::Reprint { .. }
            | Self::Receive { .. }
            | Self::Accept {}
            | Self::FindDefective { .. }
            | Self::ApproveLate {}
            | Self::File(_)
            | Self::Confirm { .. }
            | Self::Reject { .. } => false,
        }
    }
}

/// The days on which the post of the due date is counted.
fn counting(sheet: &Sheet, known: &Known) -> impl Iterator<Item = Stream> {
    office_day::counting(sheet.dates.due.on, known).map(Stream::OfficeDay)
}

impl Sheet {
    /// What a person typed about it, as it is recorded.
    pub(super) fn remark(&self, context: &Context<'_>, typed: Typed) -> Personal {
        context.remark(self.assignment.corporation, typed)
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
