//! 先送り: the corporation misses its month, gets it back, or a person decides.
//!
//! Which offices are held and how often is data in the rule book; which papers caused it is kept, so
//! that the postponement falls away with its last cause and not before.

use super::decide::{moved, subject};
use super::event::{Cause, CauseKind, OfficeRef, PersonReason, PlannedOffice};
use super::state::{Entry, Paper, Postponement, State};
use super::{Decision, Event, Refusal};
use crate::dates::Month;
use crate::decider::Context;
use crate::personal::Typed;
use crate::stream::{ApplicationId, PoaId};

/// The postponement that `cause` brings about for offices that should start in `month`.
pub(super) fn postpone(
    context: &Context<'_>,
    state: &State,
    cause: Cause,
    month: Month,
) -> Result<Vec<Event>, Refusal> {
    let Some(entry) = state.entry(OfficeRef {
        application: cause.application,
        office: cause.office,
    }) else {
        return Err(Refusal::UnknownEntry {
            application: cause.application,
            office: cause.office,
        });
    };
    let Some(plan) = entry.preparing_for(month) else {
        // Moved away already: by another paper, of whose postponement this one is a further cause.
        let further = state
            .standing_postponement(month, |postponement| postponement.holds(entry.reference()))
            .filter(|postponement| !postponement.is_caused_by(cause.poa));
        return Ok(further
            .map(|_| Event::PostponementCauseAdded { from: month, cause })
            .into_iter()
            .collect());
    };
    let (_, service) = subject(context.stream);
    let book = context.policy.book(service, context.today)?;
    if plan.postponements >= book.count("postponement.max")? {
        let asked = state.asks_about(entry);
        return Ok((!asked)
            .then_some(Event::PersonAsked {
                application: cause.application,
                office: cause.office,
                why: PersonReason::PostponedTooOften,
            })
            .into_iter()
            .collect());
    }
    let to = next_month(context, month)?;
    let whole_corporation = book.choice("postponement.scope")? == "corporation";
    let across_applications = book.flag("postponement.across_applications")?;
    let held = |other: &Entry| {
        other.reference() == entry.reference()
            || (whole_corporation
                && (across_applications || other.application == entry.application))
    };
    let offices = state
        .entries
        .iter()
        .filter(|other| held(other))
        .filter_map(|other| Some((other, other.preparing_for(month)?)))
        .map(|(other, plan)| moved(context, other, plan, to, plan.postponements + 1))
        .collect::<Result<_, _>>()?;
    Ok(vec![Event::Postponed {
        cause,
        from: month,
        to,
        offices,
    }])
}

/// An application that is entered when its 委任状 cannot be back in time any more – what goes out on its due date is not back on
/// it – begins with the first month for which all of them can. No paper is at fault, so whoever applied on another form keeps
/// the month.
pub(super) fn at_entry(
    context: &Context<'_>,
    entries: &[&Entry],
    planned: &[PlannedOffice],
) -> Result<Option<Event>, Refusal> {
    let missed = |office: &&PlannedOffice| office.plan.poa_due.on <= context.today;
    let Some(late) = planned.iter().find(missed) else {
        return Ok(None);
    };
    let from = late.plan.month();
    let mut to = from;
    loop {
        // A book that moves by no month at all would never come to an end.
        to = next_month(context, to)?.max(to.next());
        let moved = entries.iter().zip(planned).map(|(entry, office)| {
            moved(
                context,
                entry,
                &office.plan,
                to,
                office.plan.postponements + 1,
            )
        });
        let offices = moved.collect::<Result<Vec<_>, _>>()?;
        if !offices.iter().any(|office| missed(&office)) {
            return Ok(Some(Event::Postponed {
                cause: Cause {
                    application: late.application,
                    office: late.office,
                    poa: PoaId::of(late.application, late.office),
                    why: CauseKind::EnteredLate,
                },
                from,
                to,
                offices,
            }));
        }
    }
}

/// The month that offices are moved to.
pub(super) fn next_month(context: &Context<'_>, month: Month) -> Result<Month, Refusal> {
    let (_, service) = subject(context.stream);
    let book = context.policy.book(service, context.today)?;
    Ok(month.plus(book.months("postponement.months")?))
}

/// A paper no longer counts as missed. The postponement it caused is reversed when it was the last
/// cause, nothing has been filed or issued on the new dates, and the federation's date is not over;
/// else a person decides.
pub(super) fn reverse(
    context: &Context<'_>,
    state: &State,
    poa: PoaId,
    month: Month,
) -> Result<Vec<Event>, Refusal> {
    let caused = state.standing_postponement(month, |postponement| postponement.is_caused_by(poa));
    let Some(postponement) = caused else {
        return Ok(vec![]);
    };
    if postponement.causes.len() > 1 {
        return Ok(vec![Event::PostponementCauseRemoved { from: month, poa }]);
    }
    let (_, service) = subject(context.stream);
    let book = context.policy.book(service, context.today)?;
    let reversible = book.choice("postponement.reversible_until")? != "never";
    let held: Vec<_> = postponement
        .offices
        .iter()
        .filter_map(|(about, former)| Some((state.entry(*about)?, former)))
        .filter(|(entry, _)| !entry.is_withdrawn())
        .collect();
    let can_go_back = reversible
        && held.iter().all(|(entry, former)| {
            entry.preparing_for(postponement.to).is_some()
                && matches!(entry.paper(), Some(Paper::Awaited | Paper::Ready))
                && context.today <= former.federation_date.on
        });
    if !can_go_back {
        let cause = postponement.causes[0];
        return Ok(vec![Event::PersonAsked {
            application: cause.application,
            office: cause.office,
            why: PersonReason::ReversalTooLate,
        }]);
    }
    Ok(vec![Event::PostponementReversed {
        from: month,
        to: postponement.to,
        poa,
        offices: held
            .into_iter()
            .map(|(entry, former)| entry.planned(former.clone()))
            .collect(),
    }])
}

/// What a person decided where the rules ended.
pub(super) fn decide(
    context: &Context<'_>,
    state: &State,
    about: OfficeRef,
    decision: Decision,
    reason: Typed,
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
    let Some(question) = state.questions.iter().find(|asked| asked.about == about) else {
        return Err(Refusal::NothingToDecide { office });
    };
    if reason.is_blank() {
        return Err(Refusal::ReasonMissing);
    }
    let planned: Option<PlannedOffice> = match (decision, entry.plan()) {
        (Decision::Keep, _) | (Decision::StartIn(_), None) => None,
        (Decision::StartIn(month), Some(plan)) => {
            if month <= Month::of(context.today) {
                return Err(Refusal::MonthNotAhead { month });
            }
            Some(moved(context, entry, plan, month, plan.postponements)?)
        }
    };
    Ok(vec![Event::PersonDecided {
        application,
        office,
        why: question.why,
        reason: context.remark(subject(context.stream).0, reason),
        planned,
    }])
}

impl Postponement {
    /// Whether the paper is one of its causes.
    pub fn is_caused_by(&self, poa: PoaId) -> bool {
        self.causes.iter().any(|cause| cause.poa == poa)
    }

    /// The application that was entered too late for its month, if that is why.
    pub fn entered_late(&self) -> Option<ApplicationId> {
        let cause = self.causes.first();
        let late = cause.filter(|cause| cause.why == CauseKind::EnteredLate);
        late.map(|cause| cause.application)
    }

    /// Whether the office is held by it.
    pub fn holds(&self, about: OfficeRef) -> bool {
        self.offices.iter().any(|(held, _)| *held == about)
    }
}

impl State {
    /// The last postponement away from this month that still stands and is of this kind.
    pub fn standing_postponement(
        &self,
        from: Month,
        of_this_kind: impl Fn(&Postponement) -> bool,
    ) -> Option<&Postponement> {
        self.postponements.iter().rev().find(|postponement| {
            postponement.from == from && !postponement.reversed && of_this_kind(postponement)
        })
    }
}
