//! The rules of a 委任状.

use super::command::Assignment;
use super::event::{DueOf, ReversalReason};
use super::state::{Sheet, Stage, State};
use super::{Command, Defect, Event, Method, Refusal};
use crate::decider::{Context, Decider, Known};
use crate::intake::Channel;
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

    fn needs(_: &Stream, state: &State, command: &Command, _: &Known) -> Vec<Stream> {
        let Some(sheet) = state.sheet() else {
            return vec![];
        };
        match command {
            Command::FindDefective { .. } | Command::PassDue { .. } | Command::Lapse { .. } => {
                vec![Stream::OfficeDay(sheet.dates.due.on)]
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
            | Command::Void { .. } => vec![],
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
            })),
            (State::Unknown, _) => State::Unknown,
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
        Command::Request { .. } => Ok(vec![]),
        Command::Dispatch { method, sent_on } => dispatch(context, sheet, method, sent_on),
        Command::RecordUndeliverable { returned_on, note } => {
            undeliverable(context, sheet, returned_on, note)
        }
        Command::Reprint { reason } => reprint(sheet, reason),
        Command::Receive {
            arrived_on,
            channel,
        } => receive(context, sheet, arrived_on, channel),
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
        Command::ApproveLate {} => approve_late(context, sheet),
        Command::File { filed_on } => file(context, sheet, filed_on),
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
            | Self::Void { .. } => true,
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

fn dispatch(
    context: &Context<'_>,
    sheet: &Sheet,
    method: Method,
    sent_on: NaiveDate,
) -> Result<Vec<Event>, Refusal> {
    not_to_come(context, sent_on)?;
    match &sheet.stage {
        Stage::ToSend { .. } | Stage::Undeliverable { .. } => {}
        Stage::Out {
            method: before,
            sent_on: when,
            ..
        } if *before == method && *when == sent_on => return Ok(vec![]),
        // Sent once more while the first is out: an express copy, say.
        Stage::Out { .. } => {}
        Stage::Received { arrived_on, .. } | Stage::Accepted { arrived_on } => {
            return Err(Refusal::AlreadyReceived {
                arrived_on: *arrived_on,
            });
        }
        Stage::Filed { .. } | Stage::Confirmed { .. } | Stage::Void { .. } => {
            return Err(Refusal::Filed);
        }
    }
    let way = super::way::way(context, sheet, method, sent_on)?;
    Ok(vec![Event::Dispatched {
        method,
        sent_on,
        delivered_on: way.delivered_on,
        post_back_by: way.post_back_by,
    }])
}

fn undeliverable(
    context: &Context<'_>,
    sheet: &Sheet,
    returned_on: NaiveDate,
    note: Option<crate::personal::Personal>,
) -> Result<Vec<Event>, Refusal> {
    not_to_come(context, returned_on)?;
    match &sheet.stage {
        Stage::Out { sent_on, .. } => {
            not_before(returned_on, *sent_on)?;
            Ok(vec![Event::Undeliverable { returned_on, note }])
        }
        Stage::Undeliverable { .. } => Ok(vec![]),
        Stage::ToSend { .. } => Err(Refusal::NotSent),
        Stage::Received { arrived_on, .. }
        | Stage::Accepted { arrived_on }
        | Stage::Filed { arrived_on, .. } => Err(Refusal::AlreadyReceived {
            arrived_on: *arrived_on,
        }),
        Stage::Confirmed { .. } | Stage::Void { .. } => Err(Refusal::Filed),
    }
}

fn reprint(sheet: &Sheet, reason: String) -> Result<Vec<Event>, Refusal> {
    if reason.trim().is_empty() {
        return Err(Refusal::ReasonMissing);
    }
    match &sheet.stage {
        Stage::ToSend { .. } => Ok(vec![]),
        Stage::Out { .. } | Stage::Undeliverable { .. } | Stage::Received { .. } => {
            Ok(vec![Event::ReprintRequested { reason }])
        }
        Stage::Accepted { arrived_on } | Stage::Filed { arrived_on, .. } => {
            Err(Refusal::AlreadyReceived {
                arrived_on: *arrived_on,
            })
        }
        Stage::Confirmed { .. } | Stage::Void { .. } => Err(Refusal::Filed),
    }
}

/// The day of arrival counts, not the day of entry: a sheet that arrived before a due date which has
/// been decided against it takes that decision back.
fn receive(
    context: &Context<'_>,
    sheet: &Sheet,
    arrived_on: NaiveDate,
    channel: Channel,
) -> Result<Vec<Event>, Refusal> {
    match channel {
        Channel::Post | Channel::Hand => {}
        Channel::Form | Channel::Fax | Channel::Mail => {
            return Err(Refusal::OriginalNeeded {
                channel: channel.label(),
            });
        }
    }
    not_to_come(context, arrived_on)?;
    match &sheet.stage {
        Stage::Out { .. } | Stage::Undeliverable { .. } | Stage::ToSend { .. } => {}
        Stage::Received { arrived_on, .. }
        | Stage::Accepted { arrived_on }
        | Stage::Filed { arrived_on, .. } => {
            return Err(Refusal::AlreadyReceived {
                arrived_on: *arrived_on,
            });
        }
        Stage::Confirmed { .. } | Stage::Void { .. } => return Err(Refusal::Filed),
    }
    let sent_on = sheet.first_sent_on.ok_or(Refusal::NotSent)?;
    not_before(arrived_on, sent_on)?;
    let mut events = vec![Event::Received {
        arrived_on,
        channel,
    }];
    // A sheet that had come in before and proved defective does not undo what that cost.
    let had_come_before = matches!(sheet.stage, Stage::ToSend { defect: Some(_) });
    let in_time = sheet
        .missed
        .iter()
        .find(|missed| arrived_on <= missed.due.on)
        .filter(|_| !had_come_before);
    events.extend(in_time.map(|missed| Event::LapseReversed {
        why: ReversalReason::ArrivedInTime,
        due: missed.due.on,
        start: missed.start.on,
    }));
    Ok(events)
}

fn approve_late(context: &Context<'_>, sheet: &Sheet) -> Result<Vec<Event>, Refusal> {
    let (arrived_on, accepted) = match &sheet.stage {
        Stage::Received { arrived_on, .. } => (*arrived_on, false),
        Stage::Accepted { arrived_on } => (*arrived_on, true),
        Stage::ToSend { .. } | Stage::Out { .. } | Stage::Undeliverable { .. } => {
            return Err(Refusal::NotReceived);
        }
        Stage::Filed { .. } | Stage::Confirmed { .. } | Stage::Void { .. } => {
            return Err(Refusal::Filed);
        }
    };
    let missed = sheet
        .missed
        .last()
        .filter(|missed| arrived_on > missed.due.on)
        .ok_or(Refusal::NotLate)?;
    if context.today > missed.federation_date.on {
        return Err(Refusal::FilingClosed {
            federation_date: missed.federation_date.on,
        });
    }
    let mut events = Vec::new();
    if !accepted {
        events.push(Event::Accepted {});
    }
    events.push(Event::LapseReversed {
        why: ReversalReason::LateApproved,
        due: missed.due.on,
        start: missed.start.on,
    });
    Ok(events)
}

fn file(context: &Context<'_>, sheet: &Sheet, filed_on: NaiveDate) -> Result<Vec<Event>, Refusal> {
    not_to_come(context, filed_on)?;
    match &sheet.stage {
        Stage::Accepted { arrived_on } => not_before(filed_on, *arrived_on)?,
        Stage::Filed { .. } | Stage::Confirmed { .. } => return Ok(vec![]),
        Stage::ToSend { .. }
        | Stage::Out { .. }
        | Stage::Undeliverable { .. }
        | Stage::Received { .. }
        | Stage::Void { .. } => return Err(Refusal::NotAccepted),
    }
    let Assignment {
        corporation,
        service,
        application,
        office,
        ..
    } = sheet.assignment;
    let book = context.policy.book(service, context.today)?;
    if book.choice("poa.file_when")? == "each_office" {
        return Ok(vec![Event::Filed { filed_on }]);
    }
    let waiting: Vec<_> = context
        .known
        .transmission(corporation, service)
        .into_iter()
        .flat_map(|state| state.of_application(application))
        .filter(|entry| entry.office != office && entry.waits_for_paper())
        .map(|entry| entry.number.to_string())
        .collect();
    if !waiting.is_empty() {
        return Err(Refusal::OthersNotReady {
            numbers: waiting.join("、"),
        });
    }
    Ok(vec![Event::Filed { filed_on }])
}

fn due_is_closed(context: &Context<'_>, sheet: &Sheet) -> bool {
    context
        .known
        .office_day(sheet.dates.due.on)
        .is_some_and(|day| day.is_closed())
}

fn not_to_come(context: &Context<'_>, on: NaiveDate) -> Result<(), Refusal> {
    if on > context.today {
        return Err(Refusal::DayNotCome {
            on,
            today: context.today,
        });
    }
    Ok(())
}

fn not_before(on: NaiveDate, sent_on: NaiveDate) -> Result<(), Refusal> {
    if on < sent_on {
        return Err(Refusal::BeforeDispatch { on, sent_on });
    }
    Ok(())
}

impl Sheet {
    fn note(&mut self, event: &Event) {
        match event {
            Event::Requested { .. } => {}
            Event::Dispatched {
                method,
                sent_on,
                delivered_on,
                post_back_by,
            } => {
                self.first_sent_on.get_or_insert(*sent_on);
                self.stage = Stage::Out {
                    method: *method,
                    sent_on: *sent_on,
                    delivered_on: delivered_on.clone(),
                    post_back_by: post_back_by.clone(),
                };
            }
            Event::Undeliverable { returned_on, .. } => {
                self.stage = Stage::Undeliverable {
                    returned_on: *returned_on,
                };
            }
            Event::ReprintRequested { .. } => self.stage = Stage::ToSend { defect: None },
            Event::DuePassed { .. } => self.due_passed = true,
            Event::Received {
                arrived_on,
                channel,
            } => {
                self.stage = Stage::Received {
                    arrived_on: *arrived_on,
                    channel: *channel,
                };
            }
            Event::Accepted {} => {
                if let Some(arrived_on) = self.arrived_on() {
                    self.stage = Stage::Accepted { arrived_on };
                }
            }
            Event::FoundDefective { defect, .. } => {
                self.excused = None;
                self.stage = Stage::ToSend {
                    defect: Some(*defect),
                };
            }
            Event::Filed { filed_on } => {
                if let Some(arrived_on) = self.arrived_on() {
                    self.stage = Stage::Filed {
                        arrived_on,
                        filed_on: *filed_on,
                    };
                }
            }
            Event::Confirmed { on } => {
                if let Stage::Filed { filed_on, .. } = self.stage {
                    self.stage = Stage::Confirmed { filed_on, on: *on };
                }
            }
            Event::Rejected { .. } => {
                self.stage = Stage::ToSend {
                    defect: Some(Defect::Rejected),
                };
            }
            Event::Lapsed { .. } => {
                self.lapsed = true;
                self.missed.push(self.dates.clone());
            }
            Event::LapseReversed { why, due, .. } => {
                self.excused = match why {
                    ReversalReason::ArrivedInTime => None,
                    ReversalReason::LateApproved => Some(*due),
                };
                self.lapsed = false;
                self.missed.retain(|missed| missed.due.on != *due);
            }
            Event::DueMoved { dates } => {
                self.dates = dates.clone();
                self.due_passed = false;
                self.lapsed = false;
            }
            Event::Voided { why } => self.stage = Stage::Void { why: *why },
        }
    }
}
