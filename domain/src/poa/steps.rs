//! The steps of a sheet: out, back as undeliverable, printed again, received, approved late, filed.

use super::command::{Assignment, Filing};
use super::decide::{not_before, not_to_come};
use super::event::{DueOf, Method, Purpose, ReversalReason};
use super::state::{Sheet, Stage};
use super::{Event, Refusal};
use crate::attachment::Part;
use crate::corporation::SendTo;
use crate::decider::Context;
use crate::document::{Document, FileDigest, MissingGlyph};
use crate::identifiers::TrackingNumber;
use crate::intake::Channel;
use crate::personal::{Personal, Typed};
use crate::stream::Stream;
use crate::transmission::OfficeRef;
use chrono::NaiveDate;

/// A sheet without the ID of the agent, or with a wrong one, would come back stamped and be rejected weeks later.
fn names_an_agent(sheet: &Sheet) -> Result<(), Refusal> {
    match sheet.agent.lacks() {
        Some(why) => Err(Refusal::AgentMissing { why }),
        None => Ok(()),
    }
}

/// A sheet may be printed again before it goes out, and once more while it is out; the last one counts.
pub(super) fn printed(
    sheet: &Sheet,
    document: Document,
    batch: FileDigest,
) -> Result<Vec<Event>, Refusal> {
    names_an_agent(sheet)?;
    match &sheet.stage {
        Stage::ToSend { .. } | Stage::Undeliverable { .. } | Stage::Out { .. } => {
            let anew = sheet.printed.as_ref() != Some(&document);
            Ok(anew
                .then_some(Event::Printed { document, batch })
                .into_iter()
                .collect())
        }
        Stage::Received { arrived_on, .. } | Stage::Accepted { arrived_on } => {
            Err(Refusal::AlreadyReceived {
                arrived_on: *arrived_on,
            })
        }
        Stage::Filed { .. } | Stage::Confirmed { .. } | Stage::Void { .. } => Err(Refusal::Filed),
    }
}

/// A sheet that is to go out and cannot be printed waits for a person; so does one that is to go to its federation under a
/// covering letter that cannot. Of one that is with somebody else nobody needs another.
pub(super) fn unprintable(sheet: &Sheet, glyph: MissingGlyph) -> Vec<Event> {
    let to_print = match &sheet.stage {
        Stage::ToSend { .. } | Stage::Undeliverable { .. } | Stage::Accepted { .. } => true,
        Stage::Out { .. }
        | Stage::Received { .. }
        | Stage::Filed { .. }
        | Stage::Confirmed { .. }
        | Stage::Void { .. } => false,
    };
    let anew = to_print && sheet.unprintable.as_ref() != Some(&glyph);
    anew.then_some(Event::Unprintable { glyph })
        .into_iter()
        .collect()
}

pub(super) fn dispatch(
    context: &Context<'_>,
    sheet: &Sheet,
    (method, sent_on): (Method, NaiveDate),
    tracking: Option<TrackingNumber>,
) -> Result<Vec<Event>, Refusal> {
    not_to_come(context, sent_on)?;
    match &sheet.stage {
        Stage::ToSend { .. } | Stage::Undeliverable { .. } => {}
        Stage::Out {
            method: before,
            sent_on: when,
            tracking: known,
            ..
        } if *before == method
            && *when == sent_on
            && (tracking.is_none() || *known == tracking) =>
        {
            return Ok(vec![]);
        }
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
    names_an_agent(sheet)?;
    let way = super::way::way(context, sheet, method, sent_on)?;
    Ok(vec![Event::Dispatched {
        method,
        sent_on,
        delivered_on: way.delivered_on,
        post_back_by: way.post_back_by,
        remind_on: way.remind_on,
        tracking,
        to: wished(context, sheet),
    }])
}

/// Where the corporation wishes what goes by post.
fn wished(context: &Context<'_>, sheet: &Sheet) -> SendTo {
    let whose = context.known.corporation(sheet.assignment.corporation);
    let registered = whose.and_then(|state| state.registered());
    registered.map_or_else(SendTo::default, |known| known.destination.to)
}

/// Other dates. Of a sheet that the customer has, the day of the reminder moves with the due date.
pub(super) fn move_due(
    context: &Context<'_>,
    sheet: &Sheet,
    dates: DueOf,
) -> Result<Vec<Event>, Refusal> {
    let moved = Sheet {
        dates,
        ..sheet.clone()
    };
    let remind_on = match &sheet.stage {
        Stage::Out { method, .. } => {
            super::way::way(context, &moved, *method, context.today)?.remind_on
        }
        Stage::ToSend { .. }
        | Stage::Undeliverable { .. }
        | Stage::Received { .. }
        | Stage::Accepted { .. }
        | Stage::Filed { .. }
        | Stage::Confirmed { .. }
        | Stage::Void { .. } => None,
    };
    Ok(vec![Event::DueMoved {
        dates: moved.dates,
        remind_on,
    }])
}

pub(super) fn undeliverable(
    context: &Context<'_>,
    sheet: &Sheet,
    returned_on: NaiveDate,
    note: Option<Typed>,
) -> Result<Vec<Event>, Refusal> {
    not_to_come(context, returned_on)?;
    match &sheet.stage {
        Stage::Out { sent_on, .. } => {
            not_before(returned_on, *sent_on)?;
            let note = note.map(|note| sheet.remark(context, note));
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

pub(super) fn reprint(
    context: &Context<'_>,
    sheet: &Sheet,
    reason: Typed,
) -> Result<Vec<Event>, Refusal> {
    if reason.is_blank() {
        return Err(Refusal::ReasonMissing);
    }
    match &sheet.stage {
        Stage::ToSend { .. } if sheet.printed.is_none() => Ok(vec![]),
        Stage::ToSend { .. }
        | Stage::Out { .. }
        | Stage::Undeliverable { .. }
        | Stage::Received { .. } => {
            let reason = sheet.remark(context, reason);
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
    filing: Filing,
) -> Result<Vec<Event>, Refusal> {
    let Filing {
        filed_on,
        cover,
        without_scan,
    } = filing;
    not_to_come(context, filed_on)?;
    let arrived = match &sheet.stage {
        Stage::Accepted { arrived_on } if filed_on < *arrived_on => {
            return Err(Refusal::BeforeArrival {
                on: filed_on,
                arrived_on: *arrived_on,
            });
        }
        Stage::Accepted { arrived_on } => *arrived_on,
        Stage::Filed { .. } | Stage::Confirmed { .. } => return Ok(vec![]),
        Stage::ToSend { .. }
        | Stage::Out { .. }
        | Stage::Undeliverable { .. }
        | Stage::Received { .. }
        | Stage::Void { .. } => return Err(Refusal::NotAccepted),
    };
    let Assignment {
        corporation,
        service,
        application,
        office,
        ..
    } = sheet.assignment;
    let filed = || -> Result<Vec<Event>, Refusal> {
        Ok(vec![Event::Filed {
            filed_on,
            cover,
            without_scan: reason_without_scan(context, sheet, arrived, without_scan)?,
        }])
    };
    match sheet.assignment.purpose {
        Purpose::Start => {}
        Purpose::End if filed_on < sheet.dates.start.on => {
            return Err(Refusal::ReleaseTooEarly {
                from: sheet.dates.start.on,
            });
        }
        Purpose::End => return filed(),
    }
    let book = context.policy.book(service, context.today)?;
    if book.choice("poa.file_when")? == "each_office" {
        return filed();
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
    filed()
}

/// The original leaves the house: a copy stays, or it is said why none does. The copy is one of this sheet, not of one that
/// had come before and proved defective: it arrived with it or later. It counts on the 委任状 and on its application alike.
fn reason_without_scan(
    context: &Context<'_>,
    sheet: &Sheet,
    arrived_on: NaiveDate,
    reason: Option<Typed>,
) -> Result<Option<Personal>, Refusal> {
    if is_scanned(context, sheet, arrived_on) {
        return Ok(None);
    }
    match reason.filter(|reason| !reason.is_blank()) {
        Some(reason) => Ok(Some(sheet.remark(context, reason))),
        None => Err(Refusal::ScanMissing),
    }
}

fn is_scanned(context: &Context<'_>, sheet: &Sheet, arrived_on: NaiveDate) -> bool {
    let whose = &sheet.assignment;
    let entry = Part::Office(OfficeRef {
        application: whose.application,
        office: whose.office,
    });
    let applications = Stream::Transmission(whose.corporation, whose.service);
    [(context.stream, Part::Whole), (&applications, entry)]
        .into_iter()
        .any(|(stream, part)| {
            let attached = context.known.attached_to(stream);
            attached.is_some_and(|state| state.has_scan(part, arrived_on))
        })
}
