//! The steps of a sheet: out, back as undeliverable, printed again, received, approved late, filed.

use super::command::Assignment;
use super::decide::{not_before, not_to_come};
use super::event::{Method, Purpose, ReversalReason};
use super::state::{Sheet, Stage};
use super::{Event, Refusal};
use crate::decider::Context;
use crate::intake::Channel;
use chrono::NaiveDate;

pub(super) fn dispatch(
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

pub(super) fn undeliverable(
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

pub(super) fn reprint(sheet: &Sheet, reason: String) -> Result<Vec<Event>, Refusal> {
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
pub(super) fn receive(
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

pub(super) fn approve_late(context: &Context<'_>, sheet: &Sheet) -> Result<Vec<Event>, Refusal> {
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

pub(super) fn file(
    context: &Context<'_>,
    sheet: &Sheet,
    filed_on: NaiveDate,
) -> Result<Vec<Event>, Refusal> {
    not_to_come(context, filed_on)?;
    match &sheet.stage {
        Stage::Accepted { arrived_on } if filed_on < *arrived_on => {
            return Err(Refusal::BeforeArrival {
                on: filed_on,
                arrived_on: *arrived_on,
            });
        }
        Stage::Accepted { .. } => {}
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
    match sheet.assignment.purpose {
        Purpose::Start => {}
        Purpose::End if filed_on < sheet.dates.start.on => {
            return Err(Refusal::ReleaseTooEarly {
                from: sheet.dates.start.on,
            });
        }
        Purpose::End => return Ok(vec![Event::Filed { filed_on }]),
    }
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
