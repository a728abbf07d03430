//! The letters about 委任状 and start months: 先送り, its correction, and 委任状 that are missed.

use super::Happening;
use super::dispatch::{ask, call_off};
use daicho_domain::Service;
use daicho_domain::corporation::SendTo;
use daicho_domain::dates::Month;
use daicho_domain::dispatch::{
    Awaited, CallOffReason, Command as Dispatch, Event as Told, Instead, Listed, Overdue,
    PostponedBy, Promise, Says,
};
use daicho_domain::nouns::{Command, Event, State};
use daicho_domain::poa::{Event as Poa, Method, Purpose, Sheet, Stage};
use daicho_domain::stream::{ApplicationId, CorporationId, LetterId, PoaId, Stream};
use daicho_domain::transmission::{
    self, CauseKind, Entry, Event as Transmission, Plan, PlannedOffice, Postponement,
};

pub(super) fn of_postponement(happening: Happening<'_>) -> Vec<Command> {
    let (
        Stream::Transmission(corporation, service),
        Event::Transmission(event),
        State::Transmission(after),
    ) = (happening.stream, happening.event, happening.after)
    else {
        return vec![];
    };
    let whose = (*corporation, *service);
    let promised = |of: (Month, Option<ApplicationId>)| {
        let (to, told) = postponed(after, of)?;
        let about = moved_by(whose, of, to);
        Some(ask("postponed", &about, whose, Promise::Told(told)))
    };
    let command = match event {
        Transmission::Postponed { from, cause, .. } => {
            let late = cause.why == CauseKind::EnteredLate;
            promised((*from, late.then_some(cause.application)))
        }
        // Neither is of what was entered late: no paper caused it.
        Transmission::PostponementCauseAdded { from, .. }
        | Transmission::PostponementCauseRemoved { from, .. } => promised((*from, None)),
        Transmission::PostponementReversed {
            from,
            to,
            poa,
            offices,
        } => {
            let about = moved_by(whose, (*from, None), *to);
            let instead = instead(after, *poa, offices);
            Some(call_off(
                "postponed",
                &about,
                CallOffReason::Reversed,
                instead,
            ))
        }
        Transmission::Applied { .. }
        | Transmission::CarriedOver { .. }
        | Transmission::OfficeCompleted { .. }
        | Transmission::StartSet { .. }
        | Transmission::OfficeReady { .. }
        | Transmission::OfficeUnready { .. }
        | Transmission::OfficeDuePassed { .. }
        | Transmission::OfficePaperArrived { .. }
        | Transmission::PapersFiled { .. }
        | Transmission::FederationConfirmed { .. }
        | Transmission::FederationRejected { .. }
        | Transmission::OfficeWithdrawn { .. }
        | Transmission::AgentReleased { .. }
        | Transmission::NumberReplaced { .. }
        | Transmission::PapersOutdated { .. }
        | Transmission::PersonAsked { .. }
        | Transmission::PersonDecided { .. }
        | Transmission::IdsDue { .. }
        | Transmission::IdIssued { .. }
        | Transmission::OfficeTransferred { .. }
        | Transmission::Started { .. } => None,
    };
    command.into_iter().collect()
}

/// What the letter about a moved start month is named by. What was entered too late moves by itself, so it has a letter of its own.
fn moved_by(
    (corporation, service): (CorporationId, Service),
    (from, entered): (Month, Option<ApplicationId>),
    to: Month,
) -> Vec<String> {
    let together = [
        corporation.to_string(),
        service.code().to_owned(),
        from.to_string(),
        to.to_string(),
    ];
    let own = entered.map(|application| application.to_string());
    together.into_iter().chain(own).collect()
}

/// What the letter about the postponements from this month says as they stand, and the month they moved to: of this
/// application, entered too late, or of all that papers caused.
fn postponed(
    state: &transmission::State,
    (from, entered): (Month, Option<ApplicationId>),
) -> Option<(Month, Says)> {
    let of_these = |postponement: &Postponement| postponement.entered_late() == entered;
    let to = state.standing_postponement(from, of_these)?.to;
    let standing: Vec<_> = state
        .postponements
        .iter()
        .filter(|held| held.from == from && held.to == to && !held.reversed && of_these(held))
        .collect();
    let held: Vec<(&Entry, &Plan)> = standing
        .iter()
        .flat_map(|postponement| &postponement.offices)
        .filter_map(|(about, _)| {
            let entry = state.entry(*about)?;
            Some((entry, entry.plan()?))
        })
        .filter(|(_, plan)| plan.month() == to)
        .collect();
    let (_, earliest) = held.iter().min_by_key(|(_, plan)| plan.poa_due.on)?;
    let causes = standing
        .iter()
        .flat_map(|postponement| &postponement.causes);
    let causes = causes.filter_map(|cause| {
        let about = transmission::OfficeRef {
            application: cause.application,
            office: cause.office,
        };
        Some(PostponedBy {
            office: cause.office,
            number: state.entry(about)?.number,
            why: cause.why,
        })
    });
    let told = Says::Postponed {
        from,
        start: earliest.start.clone(),
        due: earliest.poa_due.clone(),
        credentials_on: earliest.credentials_on.clone(),
        causes: causes.collect(),
        offices: held.iter().map(|(entry, _)| listed(entry)).collect(),
    };
    Some((to, told))
}

/// What holds after a postponement was taken back for the sake of this paper.
fn instead(state: &transmission::State, poa: PoaId, offices: &[PlannedOffice]) -> Option<Instead> {
    let plan = &offices.first()?.plan;
    let whose = state.entries.iter().find(|entry| entry.poa() == poa)?;
    Some(Instead {
        start: plan.start.clone(),
        credentials_on: plan.credentials_on.clone(),
        because_of: listed(whose),
    })
}

fn listed(entry: &Entry) -> Listed {
    Listed {
        office: entry.office,
        number: entry.number,
    }
}

/// What a letter about one paper is named by: papers of one application with the same dates stand in one letter.
fn about(sheet: &Sheet) -> [String; 3] {
    [
        sheet.assignment.application.to_string(),
        sheet.dates.due.on.to_string(),
        sheet.dates.federation_date.on.to_string(),
    ]
}

/// The paper as a letter asks for it, if it ever went out.
fn missed(sheet: &Sheet) -> Option<Overdue> {
    Some(Overdue {
        office: sheet.assignment.office,
        number: sheet.assignment.number,
        sent_on: sheet.first_sent_on?,
    })
}

/// A start 委任状 before this event: an end one that is late postpones nothing, and nobody is asked for it.
fn start_paper<'a>(happening: &Happening<'a>) -> Option<(&'a Poa, &'a Sheet)> {
    let (Event::Poa(event), State::Poa(before)) = (happening.event, happening.before) else {
        return None;
    };
    let sheet = before.sheet()?;
    (sheet.assignment.purpose == Purpose::Start).then_some((event, sheet))
}

/// A form that went as PDF comes back as paper: the envelope for it goes by post, one for all that went to a corporation on one
/// day, or to each office, as the corporation wished on that day; what went after that one was posted has a letter of its own, so
/// that each can come back. Nobody needs it once the paper is here or void, or goes out anew.
pub(super) fn of_return_envelope(happening: Happening<'_>) -> Vec<Command> {
    let (Event::Poa(event), State::Poa(before), State::Poa(after)) =
        (happening.event, happening.before, happening.after)
    else {
        return vec![];
    };
    let left_out = |why| {
        let sheet = before.sheet()?;
        let office = sheet.assignment.office;
        let leave_out = |letter| {
            let left = Dispatch::LeaveOut { office, why };
            Command::dispatch(&Stream::Dispatch(letter), left)
        };
        Some(with_envelope(sheet)?.map(leave_out))
    };
    let commands = match event {
        Poa::Dispatched { .. } | Poa::DueMoved { .. } => after.sheet().and_then(envelope),
        Poa::Received { .. } => left_out(CallOffReason::Arrived),
        Poa::ReprintRequested { .. } | Poa::Undeliverable { .. } => {
            left_out(CallOffReason::Overtaken)
        }
        Poa::Voided { .. } => left_out(CallOffReason::Reversed),
        Poa::Requested { .. }
        | Poa::AgentNamed { .. }
        | Poa::AgentMissing { .. }
        | Poa::Printed { .. }
        | Poa::Unprintable { .. }
        | Poa::ReminderDue { .. }
        | Poa::DuePassed { .. }
        | Poa::Accepted {}
        | Poa::FoundDefective { .. }
        | Poa::Filed { .. }
        | Poa::Confirmed { .. }
        | Poa::Rejected { .. }
        | Poa::Lapsed { .. }
        | Poa::LapseReversed { .. }
        | Poa::CarriedOver { .. } => None,
    };
    commands.into_iter().flatten().collect()
}

/// The promise of the envelope that a sheet comes back in, if it went as PDF: with those of its day, or by itself.
fn envelope(sheet: &Sheet) -> Option<[Command; 2]> {
    let [day, own] = with_envelope(sheet)?;
    let Stage::Out {
        sent_on,
        post_back_by,
        ..
    } = &sheet.stage
    else {
        return None;
    };
    let assignment = &sheet.assignment;
    let told = Says::ReturnEnvelope {
        sent_on: *sent_on,
        papers: vec![Awaited {
            office: assignment.office,
            number: assignment.number,
            due: sheet.dates.due.clone(),
            post_back_by: post_back_by.clone(),
        }],
    };
    let asked = |letter, promise| {
        let request = Dispatch::Request {
            corporation: assignment.corporation,
            service: assignment.service,
            promise,
        };
        Command::dispatch(&Stream::Dispatch(letter), request)
    };
    let of_day = Promise::DayEnvelope {
        told: told.clone(),
        own,
    };
    let by_itself = Promise::OwnEnvelope { told, day };
    Some([asked(day, of_day), asked(own, by_itself)])
}

/// The letters in which the envelope of a sheet can go, that of its day before its own, if the sheet is with the customer as PDF.
fn with_envelope(sheet: &Sheet) -> Option<[LetterId; 2]> {
    let whose = &sheet.assignment;
    match &sheet.stage {
        Stage::Out {
            method: Method::Mail,
            sent_on,
            to,
            ..
        } => {
            let office = match to {
                SendTo::HeadOffice => None,
                SendTo::EachOffice => Some(whose.office.to_string()),
            };
            let together = [
                whose.corporation.to_string(),
                whose.service.code().to_owned(),
                sent_on.to_string(),
            ];
            let about: Vec<_> = together.into_iter().chain(office).collect();
            let day = LetterId::of("return-envelope", &about);
            let own = [day.to_string(), whose.office.to_string()];
            Some([day, LetterId::of("return-envelope", &own)])
        }
        Stage::Out { .. }
        | Stage::ToSend { .. }
        | Stage::Undeliverable { .. }
        | Stage::Received { .. }
        | Stage::Accepted { .. }
        | Stage::Filed { .. }
        | Stage::Confirmed { .. }
        | Stage::Void { .. } => None,
    }
}

/// A paper that is not back is asked for some days before its due date. Once it is here, or nobody can have it, or the due
/// date is over, the letter has nothing to say of it.
pub(super) fn of_reminder(happening: Happening<'_>) -> Vec<Command> {
    let Some((event, sheet)) = start_paper(&happening) else {
        return vec![];
    };
    let asked = sheet.reminded == Some(sheet.dates.due.on);
    let left_out = |why| asked.then(|| left_out("poa-reminder", sheet, why));
    let command = match event {
        Poa::ReminderDue { .. } => missed(sheet).map(|paper| {
            let post_back_by = match &sheet.stage {
                Stage::Out { post_back_by, .. } => post_back_by.clone(),
                Stage::ToSend { .. }
                | Stage::Undeliverable { .. }
                | Stage::Received { .. }
                | Stage::Accepted { .. }
                | Stage::Filed { .. }
                | Stage::Confirmed { .. }
                | Stage::Void { .. } => None,
            };
            let told = Says::PoaReminder {
                start: sheet.dates.start.clone(),
                due: sheet.dates.due.clone(),
                post_back_by,
                papers: vec![paper],
            };
            let to = (sheet.assignment.corporation, sheet.assignment.service);
            ask("poa-reminder", &about(sheet), to, Promise::Told(told))
        }),
        Poa::Received { .. } => left_out(CallOffReason::Arrived),
        Poa::DuePassed { .. } | Poa::Lapsed { .. } | Poa::DueMoved { .. } => {
            left_out(CallOffReason::Overtaken)
        }
        Poa::Undeliverable { .. } | Poa::Voided { .. } => left_out(CallOffReason::Reversed),
        Poa::Requested { .. }
        | Poa::AgentNamed { .. }
        | Poa::AgentMissing { .. }
        | Poa::Printed { .. }
        | Poa::Unprintable { .. }
        | Poa::Dispatched { .. }
        | Poa::ReprintRequested { .. }
        | Poa::Accepted {}
        | Poa::FoundDefective { .. }
        | Poa::Filed { .. }
        | Poa::Confirmed { .. }
        | Poa::Rejected { .. }
        | Poa::LapseReversed { .. }
        | Poa::CarriedOver { .. } => None,
    };
    command.into_iter().collect()
}

/// A paper is missed on the morning after its due date, as long as the post of that day has not been counted. Once it is
/// here, or the count has decided, nobody needs to be asked for it.
pub(super) fn of_overdue_paper(happening: Happening<'_>) -> Vec<Command> {
    let Some((event, sheet)) = start_paper(&happening) else {
        return vec![];
    };
    let passed = sheet.due_passed;
    let left_out = |why| passed.then(|| left_out("poa-overdue", sheet, why));
    let command = match event {
        Poa::DuePassed { .. } => missed(sheet).map(|paper| {
            let told = Says::PoaOverdue {
                start: sheet.dates.start.clone(),
                due: sheet.dates.due.clone(),
                federation_date: sheet.dates.federation_date.clone(),
                papers: vec![paper],
            };
            let to = (sheet.assignment.corporation, sheet.assignment.service);
            ask("poa-overdue", &about(sheet), to, Promise::Told(told))
        }),
        Poa::Received { .. } => left_out(CallOffReason::Arrived),
        Poa::Lapsed { .. } | Poa::DueMoved { .. } => left_out(CallOffReason::Overtaken),
        Poa::Voided { .. } => left_out(CallOffReason::Reversed),
        Poa::Requested { .. }
        | Poa::Printed { .. }
        | Poa::Unprintable { .. }
        | Poa::Dispatched { .. }
        | Poa::Undeliverable { .. }
        | Poa::ReprintRequested { .. }
        | Poa::AgentNamed { .. }
        | Poa::AgentMissing { .. }
        | Poa::ReminderDue { .. }
        | Poa::Accepted {}
        | Poa::FoundDefective { .. }
        | Poa::Filed { .. }
        | Poa::Confirmed { .. }
        | Poa::Rejected { .. }
        | Poa::LapseReversed { .. }
        | Poa::CarriedOver { .. } => None,
    };
    command.into_iter().collect()
}

fn left_out(letter: &str, sheet: &Sheet, why: CallOffReason) -> Command {
    let office = sheet.assignment.office;
    let stream = Stream::Dispatch(LetterId::of(letter, &about(sheet)));
    Command::dispatch(&stream, Dispatch::LeaveOut { office, why })
}

/// Whoever has a letter that proved wrong is told what holds.
pub(super) fn of_correction(happening: Happening<'_>) -> Vec<Command> {
    let (
        Stream::Dispatch(id),
        Event::Dispatch(Told::ProvedWrong { instead }),
        State::Dispatch(before),
    ) = (happening.stream, happening.event, happening.before)
    else {
        return vec![];
    };
    let Some(letter) = before.letter() else {
        return vec![];
    };
    let (
        Some(sent_on),
        Says::Postponed {
            start,
            credentials_on,
            ..
        },
    ) = (letter.sent_on(), &letter.says)
    else {
        return vec![];
    };
    let told = Says::Correction {
        sent_on,
        start_was: start.clone(),
        start: instead.start.clone(),
        credentials_on_was: credentials_on.clone(),
        credentials_on: instead.credentials_on.clone(),
        because_of: instead.because_of,
    };
    let whose = (letter.corporation, letter.service);
    let about = [id.to_string(), sent_on.to_string()];
    vec![ask("correction", &about, whose, Promise::Told(told))]
}
