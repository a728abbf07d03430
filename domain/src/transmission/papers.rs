//! What the 委任状 of an office means for its transmission.

use super::event::{Cause, CauseKind, OfficeRef, PersonReason};
use super::ids::{hindrance, waits_for_confirmation};
use super::state::{Entry, Overdue, Paper, Standing, State};
use super::{Event, PaperStep, Refusal, ids, postpone};
use crate::decider::Context;
use crate::stream::{OfficeId, PoaId};

pub(super) fn note(
    context: &Context<'_>,
    state: &State,
    about: OfficeRef,
    poa: PoaId,
    step: PaperStep,
) -> Result<Vec<Event>, Refusal> {
    let OfficeRef {
        application,
        office,
    } = about;
    let Some(entry) = state.entry(about) else {
        return Err(Refusal::UnknownEntry {
            application,
            office,
        });
    };
    let Some(paper) = entry.paper() else {
        return Ok(vec![]);
    };
    match (step, paper) {
        (PaperStep::DuePassed, Paper::Awaited | Paper::Rejected) => Ok(entry
            .overdue
            .is_none()
            .then_some(Event::OfficeDuePassed {
                application,
                office,
                poa,
            })
            .into_iter()
            .collect()),
        (PaperStep::Arrived, Paper::Awaited | Paper::Rejected) => Ok((entry.overdue
            == Some(Overdue::Uncounted))
        .then_some(Event::OfficePaperArrived {
            application,
            office,
            poa,
        })
        .into_iter()
        .collect()),
        (
            PaperStep::DuePassed | PaperStep::Arrived,
            Paper::Ready | Paper::Filed | Paper::Confirmed,
        ) => Ok(vec![]),

        (PaperStep::Accepted, Paper::Awaited | Paper::Rejected) => Ok(vec![Event::OfficeReady {
            application,
            office,
            poa,
        }]),
        (PaperStep::Accepted, Paper::Ready | Paper::Filed | Paper::Confirmed) => Ok(vec![]),

        (PaperStep::Unaccepted, Paper::Ready) => Ok(vec![Event::OfficeUnready {
            application,
            office,
            poa,
        }]),
        // What arrived is of no use: the paper is to come again, and the post of the due date decides.
        (PaperStep::Unaccepted, Paper::Awaited | Paper::Rejected) => Ok((entry.overdue
            == Some(Overdue::Arrived))
        .then_some(Event::OfficeDuePassed {
            application,
            office,
            poa,
        })
        .into_iter()
        .collect()),
        (PaperStep::Unaccepted, Paper::Filed | Paper::Confirmed) => Ok(vec![]),

        (PaperStep::Filed, Paper::Awaited | Paper::Ready | Paper::Rejected) => {
            let mut events = vec![Event::PapersFiled {
                application,
                office,
                poa,
            }];
            events.extend(late_ids(context, &entry.standing, about, Paper::Filed)?);
            Ok(events)
        }
        (PaperStep::Filed, Paper::Filed | Paper::Confirmed) => Ok(vec![]),

        (PaperStep::Confirmed, Paper::Confirmed) => Ok(vec![]),
        (PaperStep::Confirmed, Paper::Awaited | Paper::Ready | Paper::Filed | Paper::Rejected) => {
            let mut events = vec![Event::FederationConfirmed {
                application,
                office,
                poa,
            }];
            events.extend(late_ids(context, &entry.standing, about, Paper::Confirmed)?);
            Ok(events)
        }

        (PaperStep::Rejected, Paper::Rejected) => Ok(vec![]),
        (PaperStep::Rejected, Paper::Awaited | Paper::Ready | Paper::Filed | Paper::Confirmed) => {
            rejected(context, state, about, poa)
        }
    }
}

/// The offices whose papers are out or to go out, so that they are printed again.
pub(super) fn outdate(state: &State, office: Option<OfficeId>) -> Vec<Event> {
    let offices: Vec<_> = state
        .entries
        .iter()
        .filter(|entry| office.is_none_or(|office| office == entry.office))
        .filter(|entry| entry.plan().is_some() && entry.waits_for_paper())
        .map(Entry::reference)
        .collect();
    (!offices.is_empty())
        .then_some(Event::PapersOutdated { offices })
        .into_iter()
        .collect()
}

/// Filed, or confirmed, after the day on which IDs are set: the office gets its ID at once, while its
/// month has not begun.
fn late_ids(
    context: &Context<'_>,
    standing: &Standing,
    about: OfficeRef,
    paper: Paper,
) -> Result<Option<Event>, Refusal> {
    let Standing::Preparing {
        plan,
        held: Some(_),
        ..
    } = standing
    else {
        return Ok(None);
    };
    let hindered = hindrance(paper, waits_for_confirmation(context)?).is_some();
    if context.today >= plan.start.on || hindered {
        return Ok(None);
    }
    let (offices, suspended) = match ids::suspended(context)? {
        true => (vec![], vec![about]),
        false => (vec![about], vec![]),
    };
    Ok(Some(Event::IdsDue {
        on: context.today,
        offices,
        held: vec![],
        suspended,
    }))
}

/// A rejection is a defect that is found late: it postpones, unless the IDs are out.
fn rejected(
    context: &Context<'_>,
    state: &State,
    about: OfficeRef,
    poa: PoaId,
) -> Result<Vec<Event>, Refusal> {
    let OfficeRef {
        application,
        office,
    } = about;
    let entry = state.entry(about).expect("the caller found the entry");
    let mut events = vec![Event::FederationRejected {
        application,
        office,
        poa,
    }];
    match &entry.standing {
        Standing::Preparing { plan, .. } => {
            let cause = Cause {
                application,
                office,
                poa,
                why: CauseKind::Rejected,
            };
            events.extend(postpone::postpone(context, state, cause, plan.month())?);
        }
        Standing::IdsDue { .. } | Standing::Issued { .. } | Standing::Started { .. } => {
            events.push(Event::PersonAsked {
                application,
                office,
                why: PersonReason::RejectedAfterIssue,
            });
        }
        Standing::Incomplete(_) | Standing::Complete | Standing::Withdrawn { .. } => {}
    }
    Ok(events)
}
