//! The end of the month before the start: who gets an ID/PW, who does not and why; and the start. Nobody gets one while the
//! use is suspended for arrears: what is resumed by the day on which IDs are set is caught up, the rest goes on a month later.

use super::decide::{moved, subject};
use super::event::{Cause, CauseKind, HeldOffice, HeldReason, OfficeRef, PersonReason};
use super::state::{Entry, Paper, Standing, State};
use super::{Event, Refusal};
use crate::dates::Month;
use crate::decider::Context;
use crate::stream::CredentialId;
use chrono::NaiveDate;

/// The IDs that are due on the day that was set, never for an office whose papers are not accepted
/// and filed. Whether a missing confirmation blocks stands in the book.
pub(super) fn determine(
    context: &Context<'_>,
    state: &State,
    on: NaiveDate,
) -> Result<Vec<Event>, Refusal> {
    if on > context.today {
        return Ok(vec![]);
    }
    let confirmed_only = waits_for_confirmation(context)?;
    let is_suspended = suspended(context)?;
    let mut offices = Vec::new();
    let mut held = Vec::new();
    let mut suspended = Vec::new();
    for entry in &state.entries {
        let Standing::Preparing {
            plan,
            paper,
            held: None,
        } = &entry.standing
        else {
            continue;
        };
        if plan.credentials_on.on != on {
            continue;
        }
        match hindrance(*paper, confirmed_only) {
            None if is_suspended => suspended.push(entry.reference()),
            None => offices.push(entry.reference()),
            Some(why) => held.push(HeldOffice {
                application: entry.application,
                office: entry.office,
                why,
            }),
        }
    }
    if offices.is_empty() && held.is_empty() && suspended.is_empty() {
        return Ok(vec![]);
    }
    Ok(vec![Event::IdsDue {
        on,
        offices,
        held,
        suspended,
    }])
}

/// The use goes on: who was held up on the day on which IDs are set gets one still on that day.
pub(super) fn catch_up(context: &Context<'_>, state: &State) -> Result<Vec<Event>, Refusal> {
    let confirmed_only = waits_for_confirmation(context)?;
    if suspended(context)? {
        return Ok(vec![]);
    }
    let can_have_one = |entry: &&Entry| match &entry.standing {
        Standing::Preparing {
            plan,
            paper,
            held: Some(_),
        } => context.today <= plan.credentials_on.on && hindrance(*paper, confirmed_only).is_none(),
        Standing::Preparing { held: None, .. }
        | Standing::Incomplete(_)
        | Standing::Complete
        | Standing::IdsDue { .. }
        | Standing::Issued { .. }
        | Standing::Started { .. }
        | Standing::Withdrawn { .. } => false,
    };
    let caught_up = state.entries.iter().filter(can_have_one);
    let offices: Vec<_> = caught_up.map(Entry::reference).collect();
    Ok((!offices.is_empty())
        .then_some(Event::IdsDue {
            on: context.today,
            offices,
            held: vec![],
            suspended: vec![],
        })
        .into_iter()
        .collect())
}

/// Whether the use is suspended, and the rule book sets no IDs then.
pub(super) fn suspended(context: &Context<'_>) -> Result<bool, Refusal> {
    let (corporation, service) = subject(context.stream);
    let since = context
        .known
        .enrolment(corporation, service)
        .and_then(|state| state.registration())
        .and_then(|registration| registration.suspended_on);
    if since.is_none() {
        return Ok(false);
    }
    let book = context.policy.book(service, context.today)?;
    Ok(book.choice("situation.credentials_while_suspended")? == "postponed")
}

/// Whether IDs are set only once the federation has confirmed.
pub(super) fn waits_for_confirmation(context: &Context<'_>) -> Result<bool, Refusal> {
    let (_, service) = subject(context.stream);
    let book = context.policy.book(service, context.today)?;
    Ok(book.flag("credentials.wait_for_confirmation")?)
}

/// Why an office with its paper at this step gets no ID.
pub(super) const fn hindrance(paper: Paper, confirmed_only: bool) -> Option<HeldReason> {
    match paper {
        Paper::Awaited => Some(HeldReason::PapersMissing),
        Paper::Ready => Some(HeldReason::NotFiled),
        Paper::Rejected => Some(HeldReason::Rejected),
        Paper::Filed if confirmed_only => Some(HeldReason::NotConfirmed),
        Paper::Filed | Paper::Confirmed => None,
    }
}

pub(super) fn note_issued(state: &State, about: OfficeRef, credential: CredentialId) -> Vec<Event> {
    match state.entry(about).map(|entry| &entry.standing) {
        Some(Standing::IdsDue { .. }) => vec![Event::IdIssued {
            application: about.application,
            office: about.office,
            credential,
        }],
        Some(
            Standing::Incomplete(_)
            | Standing::Complete
            | Standing::Preparing { .. }
            | Standing::Issued { .. }
            | Standing::Started { .. }
            | Standing::Withdrawn { .. },
        )
        | None => vec![],
    }
}

/// The month begins: offices with IDs start; one without an ID goes on to the next month.
pub(super) fn start(
    context: &Context<'_>,
    state: &State,
    month: Month,
) -> Result<Vec<Event>, Refusal> {
    if month.first_day() > context.today {
        return Ok(vec![]);
    }
    let offices: Vec<_> = state
        .entries
        .iter()
        .filter(|entry| {
            matches!(&entry.standing, Standing::Issued { plan, .. } if plan.month() == month)
        })
        .map(Entry::reference)
        .collect();
    let mut events = Vec::new();
    if !offices.is_empty() {
        events.push(Event::Started { month, offices });
    }
    let (_, service) = subject(context.stream);
    let postponements_max = context
        .policy
        .book(service, context.today)?
        .count("postponement.max")?;
    for entry in &state.entries {
        if let Some(plan) = entry
            .preparing_for(month)
            .filter(|_| !state.asks_about(entry))
        {
            if plan.postponements >= postponements_max {
                events.push(Event::PersonAsked {
                    application: entry.application,
                    office: entry.office,
                    why: PersonReason::PostponedTooOften,
                });
                continue;
            }
            let to = super::postpone::next_month(context, month)?;
            events.push(Event::Postponed {
                cause: Cause {
                    application: entry.application,
                    office: entry.office,
                    poa: entry.poa(),
                    why: CauseKind::NotIssued,
                },
                from: month,
                to,
                offices: vec![moved(context, entry, plan, to, plan.postponements + 1)?],
            });
        }
    }
    Ok(events)
}

impl State {
    /// Whether a person has been asked about the office.
    pub fn asks_about(&self, entry: &Entry) -> bool {
        self.questions
            .iter()
            .any(|question| question.about == entry.reference())
    }
}

impl Entry {
    pub(super) fn ids_due(&mut self) {
        if let Standing::Preparing { plan, paper, .. } = &self.standing {
            self.standing = Standing::IdsDue {
                plan: plan.clone(),
                paper: *paper,
            };
        }
    }

    pub(super) fn issued(&mut self, credential: CredentialId) {
        if let Standing::IdsDue { plan, paper } = &self.standing {
            self.standing = Standing::Issued {
                plan: plan.clone(),
                paper: *paper,
                credential,
            };
        }
    }

    pub(super) fn started(&mut self) {
        if let Standing::Issued {
            plan,
            paper,
            credential,
        } = &self.standing
        {
            self.standing = Standing::Started {
                plan: plan.clone(),
                paper: *paper,
                credential: *credential,
            };
        }
    }
}
