//! Applying for transmission, completing what was missing, withdrawing.

use super::decide::{other_channel, plan, subject};
use super::event::{AppliedOffice, LeaveReason, Missing, OfficeRef};
use super::state::{Entry, Standing, State};
use super::{ApplyingOffice, Event, Refusal, postpone};
use crate::Service;
use crate::corporation::Registered;
use crate::dates::Month;
use crate::decider::Context;
use crate::identifiers::{KjId, KjIdCheck, OfficeNumber};
use crate::intake::Receipt;
use crate::personal::Typed;
use crate::rules::{Answer, Ask, Question, reckoned};
use crate::stream::{ApplicationId, OfficeId};
use chrono::NaiveDate;

pub(super) fn apply(
    context: &Context<'_>,
    state: &State,
    application: ApplicationId,
    receipt: Receipt,
    offices: Vec<ApplyingOffice>,
) -> Result<Vec<Event>, Refusal> {
    if state.receipt(application).is_some() {
        return Ok(vec![]);
    }
    let (_, service) = subject(context.stream);
    if service == Service::CareplanRenkei {
        return Err(Refusal::NoTransmission { service });
    }
    let corporation = known_corporation(context)?;
    if offices.is_empty() {
        return Err(Refusal::NoOffices);
    }
    received(context, &receipt)?;
    registered(context)?;
    let mut applied: Vec<AppliedOffice> = Vec::new();
    for office in offices {
        if applied.iter().any(|other| other.number == office.number) {
            return Err(Refusal::OfficeTwice {
                number: office.number,
            });
        }
        applied.push(check(context, state, corporation, office)?);
    }
    let entries: Vec<_> = applied
        .iter()
        .map(|office| Entry::of(application, office))
        .collect();
    let complete_on = receipt.on;
    let mut events = vec![Event::Applied {
        application,
        receipt,
        offices: applied,
    }];
    events.extend(set_start(context, entries.iter(), complete_on)?);
    Ok(events)
}

pub(super) fn complete(
    context: &Context<'_>,
    state: &State,
    about: OfficeRef,
    kj_id: Option<KjId>,
    kj_id_confirmed: bool,
    receipt: Receipt,
) -> Result<Vec<Event>, Refusal> {
    let entry = find(state, about)?;
    let number = entry.number;
    if !matches!(entry.standing, Standing::Incomplete(_)) {
        return Err(Refusal::NothingMissing { number });
    }
    received(context, &receipt)?;
    let kj_id = kj_id
        .or(entry.kj_id)
        .ok_or(Refusal::KjIdMissing { number })?;
    check_kj_id(context, kj_id, number, kj_id_confirmed)?;
    let mut completed = entry.clone();
    completed.kj_id = Some(kj_id);
    completed.standing = Standing::Complete;
    let complete_on = receipt.on;
    let mut events = vec![Event::OfficeCompleted {
        application: about.application,
        office: about.office,
        kj_id,
        kj_id_confirmed,
        receipt,
    }];
    let others = state
        .of_application(about.application)
        .filter(|other| other.office != about.office);
    events.extend(set_start(
        context,
        std::iter::once(&completed).chain(others),
        complete_on,
    )?);
    Ok(events)
}

pub(super) fn withdraw(
    context: &Context<'_>,
    state: &State,
    application: ApplicationId,
    office: Option<OfficeId>,
    reason: Typed,
) -> Result<Vec<Event>, Refusal> {
    if state.receipt(application).is_none() {
        return Err(Refusal::UnknownApplication { application });
    }
    if reason.is_blank() {
        return Err(Refusal::ReasonMissing);
    }
    let leaving: Vec<&Entry> = match office {
        None => state.of_application(application).collect(),
        Some(office) => {
            let entry = find(
                state,
                OfficeRef {
                    application,
                    office,
                },
            )?;
            (!entry.is_withdrawn())
                .then_some(entry)
                .into_iter()
                .collect()
        }
    };
    if let Some((number, month)) = leaving.iter().find_map(|entry| match &entry.standing {
        Standing::Started { plan, .. } => Some((entry.number, plan.month())),
        Standing::Incomplete(_)
        | Standing::Complete
        | Standing::Preparing { .. }
        | Standing::IdsDue { .. }
        | Standing::Issued { .. }
        | Standing::Withdrawn { .. } => None,
    }) {
        return Err(Refusal::Started { number, month });
    }
    withdrawn(context, state, application, &leaving, reason)
}

/// What has not started leaves its applications; what transmits is ended by other means.
pub(super) fn leave(
    context: &Context<'_>,
    state: &State,
    office: Option<OfficeId>,
    why: LeaveReason,
) -> Result<Vec<Event>, Refusal> {
    let mut events = Vec::new();
    for (application, _) in &state.applications {
        let leaving: Vec<_> = state
            .of_application(*application)
            .filter(|entry| office.is_none_or(|office| office == entry.office))
            .filter(|entry| !matches!(entry.standing, Standing::Started { .. }))
            .collect();
        let left = withdrawn(context, state, *application, &leaving, why.label().into())?;
        events.extend(left);
    }
    if why == LeaveReason::Renumbered {
        events.extend(replaced(context, state, office));
    }
    Ok(events)
}

/// What transmits under a number that the office no longer has: its end and the application under the new one are due.
fn replaced(
    context: &Context<'_>,
    state: &State,
    office: Option<OfficeId>,
) -> impl Iterator<Item = Event> {
    let today = context.today;
    let transmits = move |entry: &&Entry| {
        Some(entry.office) == office
            && matches!(entry.standing, Standing::Started { .. })
            && entry.released_on.is_none()
            && entry.replaced_on.is_none()
    };
    let entries = state.entries.iter().filter(transmits);
    entries.map(move |entry| Event::NumberReplaced {
        application: entry.application,
        office: entry.office,
        on: today,
    })
}

/// An end was filed: what would start later than the end month leaves, what starts by then goes on. What has no start month
/// yet cannot start by then.
pub(super) fn leave_after(
    context: &Context<'_>,
    state: &State,
    office: Option<OfficeId>,
    end_month: Month,
) -> Result<Vec<Event>, Refusal> {
    let mut events = Vec::new();
    let reason = Typed::from(format!("利用終了の申込（{}まで）", end_month.in_japanese()));
    for (application, _) in &state.applications {
        let leaving: Vec<_> = state
            .of_application(*application)
            .filter(|entry| office.is_none_or(|office| office == entry.office))
            .filter(|entry| !matches!(entry.standing, Standing::Started { .. }))
            .filter(|entry| entry.plan().is_none_or(|plan| plan.month() > end_month))
            .collect();
        let left = withdrawn(context, state, *application, &leaving, reason.clone())?;
        events.extend(left);
    }
    Ok(events)
}

/// The agent of an office that transmitted was released.
pub(super) fn released(context: &Context<'_>, state: &State, about: OfficeRef) -> Vec<Event> {
    let stands = state.entry(about).is_some_and(|entry| {
        matches!(entry.standing, Standing::Started { .. }) && entry.released_on.is_none()
    });
    let event = Event::AgentReleased {
        application: about.application,
        office: about.office,
        on: context.today,
    };
    stands.then_some(event).into_iter().collect()
}

/// The offices leave; when the last gap of the application goes with them, the others' dates are set.
fn withdrawn(
    context: &Context<'_>,
    state: &State,
    application: ApplicationId,
    leaving: &[&Entry],
    reason: Typed,
) -> Result<Vec<Event>, Refusal> {
    let reason = context.remark(subject(context.stream).0, reason);
    let mut events: Vec<_> = leaving
        .iter()
        .map(|entry| Event::OfficeWithdrawn {
            application,
            office: entry.office,
            reason: reason.clone(),
        })
        .collect();
    if !events.is_empty() {
        let staying = state
            .of_application(application)
            .filter(|entry| !leaving.iter().any(|left| left.office == entry.office));
        events.extend(set_start(context, staying, context.today)?);
    }
    Ok(events)
}

/// The start of an application whose last gap was just closed: every office that stays is complete,
/// and none has dates yet. Where its papers cannot be back in time any more, a later month follows at once.
fn set_start<'a>(
    context: &Context<'_>,
    entries: impl Iterator<Item = &'a Entry>,
    complete_on: NaiveDate,
) -> Result<Vec<Event>, Refusal> {
    let entries: Vec<_> = entries.collect();
    if entries.is_empty()
        || !entries
            .iter()
            .all(|entry| entry.standing == Standing::Complete)
    {
        return Ok(vec![]);
    }
    let (_, service) = subject(context.stream);
    let month = dates(context, Question::Transmission, complete_on)?;
    // The paper goes out from the day on which the vendor knows: the day of entry, not of receipt.
    let dispatch = reckoned(
        context.policy,
        &Ask::new(service, Question::Dispatch, context.today),
    )?;
    let start = month.dated("transmission_start")?;
    let offices = entries
        .iter()
        .map(|entry| Ok(entry.planned(plan(context, entry.number, start.clone(), 0)?)))
        .collect::<Result<Vec<_>, Refusal>>()?;
    let postponed = postpone::at_entry(context, &entries, &offices)?;
    let set = Event::StartSet {
        complete_on,
        cutoff: month.dated("cutoff_on")?,
        dispatch_by: dispatch.dated("dispatch_by")?,
        offices,
    };
    Ok(std::iter::once(set).chain(postponed).collect())
}

fn check(
    context: &Context<'_>,
    state: &State,
    corporation: &Registered,
    office: ApplyingOffice,
) -> Result<AppliedOffice, Refusal> {
    let ApplyingOffice {
        number,
        kj_id,
        kj_id_confirmed,
        missing,
    } = office;
    let (id, _) = corporation
        .office_numbered(&number)
        .ok_or(Refusal::UnknownOffice { number })?;
    if state.standing_application(id).is_some() {
        return Err(Refusal::AlreadyApplied { number });
    }
    if let Some(kj_id) = kj_id {
        check_kj_id(context, kj_id, number, kj_id_confirmed)?;
    }
    Ok(AppliedOffice {
        office: id,
        number,
        kj_id,
        kj_id_confirmed: kj_id_confirmed && kj_id.is_some(),
        missing: missing.or_else(|| kj_id.is_none().then_some(Missing::KjId)),
    })
}

pub(super) fn check_kj_id(
    context: &Context<'_>,
    kj_id: KjId,
    number: OfficeNumber,
    confirmed: bool,
) -> Result<(), Refusal> {
    let differs = kj_id.check(number) != KjIdCheck::Matches;
    if differs && !confirmed {
        return Err(Refusal::KjIdDiffers { kj_id, number });
    }
    let (corporation, service) = subject(context.stream);
    let elsewhere = other_channel(service).filter(|other| {
        context
            .known
            .transmission(corporation, *other)
            .is_some_and(|state| {
                state
                    .entries
                    .iter()
                    .any(|entry| entry.kj_id == Some(kj_id) && !entry.has_left())
            })
    });
    match elsewhere {
        Some(service) => Err(Refusal::KjIdElsewhere { kj_id, service }),
        None => Ok(()),
    }
}

/// mini2 transmits for corporations with 本登録 alone; the messenger has no registration of its own.
pub(super) fn registered(context: &Context<'_>) -> Result<(), Refusal> {
    let (corporation, service) = subject(context.stream);
    match service {
        Service::CareNetMessenger | Service::CareplanRenkei => return Ok(()),
        Service::HonobonoMini2 => {}
    }
    let book = context.policy.book(service, context.today)?;
    if !book.flag("transmission.requires_registration")? {
        return Ok(());
    }
    let holds = context
        .known
        .enrolment(corporation, service)
        .is_some_and(|state| state.registration().is_some());
    if holds {
        return Ok(());
    }
    let start =
        dates(context, Question::Transmission, context.today)?.month("transmission_start")?;
    Err(Refusal::NotRegistered {
        start_if_today: start.in_japanese(),
    })
}

/// Received by now, and proved when a cut-off lies between receipt and entry.
fn received(context: &Context<'_>, receipt: &Receipt) -> Result<(), Refusal> {
    if receipt.on > context.today {
        return Err(Refusal::ReceivedLater {
            received_on: receipt.on,
            today: context.today,
        });
    }
    let cutoff_on = dates(context, Question::Transmission, receipt.on)?.date("cutoff_on")?;
    let proved = receipt
        .proof
        .as_deref()
        .is_some_and(|proof| !proof.trim().is_empty());
    if cutoff_on < context.today && !proved {
        return Err(Refusal::ProofMissing {
            received_on: receipt.on,
            cutoff_on,
        });
    }
    Ok(())
}

pub(super) fn dates(
    context: &Context<'_>,
    question: Question,
    on: NaiveDate,
) -> Result<Answer, Refusal> {
    let (_, service) = subject(context.stream);
    Ok(reckoned(context.policy, &Ask::new(service, question, on))?)
}

pub(super) fn known_corporation<'a>(context: &Context<'a>) -> Result<&'a Registered, Refusal> {
    let (corporation, _) = subject(context.stream);
    context
        .known
        .corporation(corporation)
        .and_then(|state| state.registered())
        .filter(|corporation| corporation.merged_into.is_none())
        .ok_or(Refusal::UnknownCorporation)
}

fn find(state: &State, about: OfficeRef) -> Result<&Entry, Refusal> {
    state.entry(about).ok_or(Refusal::UnknownEntry {
        application: about.application,
        office: about.office,
    })
}
