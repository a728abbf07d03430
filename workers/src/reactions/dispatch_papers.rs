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
use daicho_domain::stream::{ApplicationId, CorporationId, LetterId, OfficeId, PoaId, Stream};
use daicho_domain::transmission::{
    self, CauseKind, Entry, Event as Transmission, Plan, Postponement,
};
use std::collections::BTreeSet;

pub(super) fn of_postponement(happening: Happening<'_>) -> Vec<Command> {
    let (
        Stream::Transmission(corporation, service),
        Event::Transmission(event),
        State::Transmission(before),
        State::Transmission(after),
    ) = (
        happening.stream,
        happening.event,
        happening.before,
        happening.after,
    )
    else {
        return vec![];
    };
    let whose = (*corporation, *service);
    match event {
        Transmission::Postponed { from, cause, .. } => {
            let late = cause.why == CauseKind::EnteredLate;
            promised(after, whose, (*from, late.then_some(cause.application)))
        }
        // Neither is of what was entered late: no paper caused it.
        Transmission::PostponementCauseAdded { from, .. }
        | Transmission::PostponementCauseRemoved { from, .. } => {
            promised(after, whose, (*from, None))
        }
        Transmission::PostponementReversed {
            from,
            to,
            poa,
            offices,
        } => {
            let standing = before.standing_postponement(*from, |held| held.is_caused_by(*poa));
            let held = standing.map_or(&[][..], |standing| &standing.offices);
            let told = |office: Option<OfficeId>| {
                let about = moved_by(whose, (*from, None), *to, office);
                let planned = offices
                    .iter()
                    .find(|planned| office.is_none_or(|office| planned.office == office));
                let instead = planned.and_then(|planned| instead(after, *poa, &planned.plan));
                call_off("postponed", &about, CallOffReason::Reversed, instead)
            };
            let held: BTreeSet<_> = held.iter().map(|(about, _)| Some(about.office)).collect();
            std::iter::once(None).chain(held).map(told).collect()
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
        | Transmission::Started { .. } => vec![],
    }
}

/// The letter about a moved start month, and what it says of each office by itself: one of the two goes out, as the corporation
/// wishes its post.
fn promised(
    after: &transmission::State,
    whose: (CorporationId, Service),
    of: (Month, Option<ApplicationId>),
) -> Vec<Command> {
    let Some((to, whole)) = postponed(after, of, None) else {
        return vec![];
    };
    let offices: BTreeSet<_> = whole.offices().iter().map(|listed| listed.office).collect();
    let parts = offices.into_iter().filter_map(|office| {
        let office = Some(office);
        let (_, told) = postponed(after, of, office)?;
        Some((office, Promise::Part(told)))
    });
    let letters = std::iter::once((None, Promise::Whole(whole.clone()))).chain(parts);
    letters
        .map(|(office, promise)| {
            let about = moved_by(whose, of, to, office);
            ask("postponed", &about, whose, promise)
        })
        .collect()
}

/// What the letter about a moved start month is named by. What was entered too late moves by itself, so it has a letter of its
/// own; so has an office that is told by itself.
fn moved_by(
    (corporation, service): (CorporationId, Service),
    (from, entered): (Month, Option<ApplicationId>),
    to: Month,
    office: Option<OfficeId>,
) -> Vec<String> {
    let together = [
        corporation.to_string(),
        service.code().to_owned(),
        from.to_string(),
        to.to_string(),
    ];
    let entered = entered.map(|application| application.to_string());
    let office = office.map(|office| office.to_string());
    together.into_iter().chain(entered).chain(office).collect()
}

/// What the letter about the postponements from this month says as they stand, and the month they moved to: of this
/// application, entered too late, or of all that papers caused; of all their offices, or of one by itself.
fn postponed(
    state: &transmission::State,
    (from, entered): (Month, Option<ApplicationId>),
    office: Option<OfficeId>,
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
        .filter(|(about, _)| office.is_none_or(|office| about.office == office))
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
        to: match office {
            None => SendTo::HeadOffice,
            Some(_) => SendTo::EachOffice,
        },
    };
    Some((to, told))
}

/// What holds after a postponement was taken back for the sake of this paper.
fn instead(state: &transmission::State, poa: PoaId, plan: &Plan) -> Option<Instead> {
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

/// What the letters about one paper are named by: papers of one application with the same dates stand in one letter, or each in
/// one of its own.
fn about(sheet: &Sheet) -> [Vec<String>; 2] {
    let together = vec![
        sheet.assignment.application.to_string(),
        sheet.dates.due.on.to_string(),
        sheet.dates.federation_date.on.to_string(),
    ];
    let mut own = together.clone();
    own.push(sheet.assignment.office.to_string());
    [together, own]
}

/// The letter that asks for a paper with the others of its application, and the one that asks for it alone: one of the two goes
/// out, as the corporation wishes its post.
fn asks(letter: &str, sheet: &Sheet, told: Says) -> [Command; 2] {
    let [together, own] = about(sheet);
    let to = (sheet.assignment.corporation, sheet.assignment.service);
    [
        ask(letter, &together, to, Promise::Whole(told.clone())),
        ask(letter, &own, to, Promise::Part(told)),
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
    let commands = match event {
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
            asks("poa-reminder", sheet, told)
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
    commands.into_iter().flatten().collect()
}

/// A paper is missed on the morning after its due date, as long as the post of that day has not been counted. Once it is
/// here, or the count has decided, nobody needs to be asked for it.
pub(super) fn of_overdue_paper(happening: Happening<'_>) -> Vec<Command> {
    let Some((event, sheet)) = start_paper(&happening) else {
        return vec![];
    };
    let passed = sheet.due_passed;
    let left_out = |why| passed.then(|| left_out("poa-overdue", sheet, why));
    let commands = match event {
        Poa::DuePassed { .. } => missed(sheet).map(|paper| {
            let told = Says::PoaOverdue {
                start: sheet.dates.start.clone(),
                due: sheet.dates.due.clone(),
                federation_date: sheet.dates.federation_date.clone(),
                papers: vec![paper],
            };
            asks("poa-overdue", sheet, told)
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
    commands.into_iter().flatten().collect()
}

fn left_out(letter: &str, sheet: &Sheet, why: CallOffReason) -> [Command; 2] {
    let office = sheet.assignment.office;
    about(sheet).map(|about| {
        let stream = Stream::Dispatch(LetterId::of(letter, &about));
        Command::dispatch(&stream, Dispatch::LeaveOut { office, why })
    })
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
            offices,
            to,
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
        office: match to {
            SendTo::HeadOffice => None,
            SendTo::EachOffice => offices.first().copied(),
        },
    };
    let whose = (letter.corporation, letter.service);
    let about = [id.to_string(), sent_on.to_string()];
    vec![ask("correction", &about, whose, Promise::Told(told))]
}
