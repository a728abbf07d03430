//! The rules of transmission: which question goes where, and the dates of a month.

use super::event::{OfficeRef, Plan, PlannedOffice};
use super::state::{Entry, State};
use super::{Command, Event, Refusal, apply, carry_over, ids, papers, postpone, transfer};
use crate::Service;
use crate::dates::Month;
use crate::decider::{Context, Decider, Known};
use crate::identifiers::OfficeNumber;
use crate::rules::{Ask, Dated, Question as RuleQuestion, reckoned};
use crate::stream::{CorporationId, Stream};

/// The decider of transmission applications.
#[derive(Debug)]
pub enum Transmission {}

impl Decider for Transmission {
    type State = State;
    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;

    fn needs(stream: &Stream, _: &State, command: &Command, _: &Known) -> Vec<Stream> {
        let (corporation, service) = subject(stream);
        let around = || {
            let other = other_channel(service);
            [
                Stream::Corporation(corporation),
                Stream::Enrolment(corporation, service),
            ]
            .into_iter()
            .chain(other.map(|other| Stream::Transmission(corporation, other)))
        };
        match command {
            Command::Apply { .. } | Command::Complete { .. } => around().collect(),
            Command::CarryOver { .. } => around().chain([Stream::Installation]).collect(),
            Command::NotePaper { .. } | Command::DetermineIds { .. } | Command::CatchUpIds {} => {
                vec![Stream::Enrolment(corporation, service)]
            }
            Command::Withdraw { .. }
            | Command::Leave { .. }
            | Command::LeaveAfter { .. }
            | Command::Decide { .. } => vec![Stream::Corporation(corporation)],
            Command::NoteReleased { .. }
            | Command::HandOver { .. }
            | Command::ReleaseTransferred { .. }
            | Command::OutdatePapers { .. }
            | Command::Postpone { .. }
            | Command::ReversePostponement { .. }
            | Command::NoteIdIssued { .. }
            | Command::Start { .. } => vec![],
        }
    }

    fn decide(
        context: &Context<'_>,
        state: &State,
        command: Command,
    ) -> Result<Vec<Event>, Refusal> {
        match command {
            Command::Apply {
                application,
                receipt,
                offices,
            } => apply::apply(context, state, application, receipt, offices),
            Command::Complete {
                application,
                office,
                kj_id,
                kj_id_confirmed,
                receipt,
            } => {
                let about = OfficeRef {
                    application,
                    office,
                };
                apply::complete(context, state, about, kj_id, kj_id_confirmed, receipt)
            }
            Command::Withdraw {
                application,
                office,
                reason,
            } => apply::withdraw(context, state, application, office, reason),
            Command::Leave { office, why } => apply::leave(context, state, office, why),
            Command::LeaveAfter { office, end_month } => {
                apply::leave_after(context, state, office, end_month)
            }
            Command::NoteReleased {
                application,
                office,
            } => Ok(apply::released(
                context,
                state,
                OfficeRef {
                    application,
                    office,
                },
            )),
            Command::HandOver { office, to, on } => {
                transfer::hand_over(context, state, office, to, on)
            }
            Command::ReleaseTransferred { office } => Ok(transfer::release(context, state, office)),
            Command::OutdatePapers { office } => Ok(papers::outdate(state, office)),
            Command::NotePaper {
                application,
                office,
                poa,
                step,
            } => papers::note(
                context,
                state,
                OfficeRef {
                    application,
                    office,
                },
                poa,
                step,
            ),
            Command::Postpone {
                application,
                office,
                poa,
                month,
                why,
            } => {
                let cause = super::Cause {
                    application,
                    office,
                    poa,
                    why,
                };
                postpone::postpone(context, state, cause, month)
            }
            Command::ReversePostponement { poa, month } => {
                postpone::reverse(context, state, poa, month)
            }
            Command::Decide {
                application,
                office,
                decision,
                reason,
            } => postpone::decide(
                context,
                state,
                OfficeRef {
                    application,
                    office,
                },
                decision,
                reason,
            ),
            Command::DetermineIds { on } => ids::determine(context, state, on),
            Command::CatchUpIds {} => ids::catch_up(context, state),
            Command::NoteIdIssued {
                application,
                office,
                credential,
            } => Ok(ids::note_issued(
                state,
                OfficeRef {
                    application,
                    office,
                },
                credential,
            )),
            Command::Start { month } => ids::start(context, state, month),
            Command::CarryOver { applications } => {
                carry_over::carry_over(context, state, applications)
            }
        }
    }

    fn evolve(mut state: State, event: &Event) -> State {
        state.note(event);
        state
    }
}

/// The corporation and service that the stream is about.
pub(super) fn subject(stream: &Stream) -> (CorporationId, Service) {
    let Stream::Transmission(corporation, service) = stream else {
        panic!("transmission is decided on its own stream, not on {stream}");
    };
    (*corporation, *service)
}

/// The other service that transmits for offices.
pub(super) const fn other_channel(service: Service) -> Option<Service> {
    match service {
        Service::HonobonoMini2 => Some(Service::CareNetMessenger),
        Service::CareNetMessenger => Some(Service::HonobonoMini2),
        Service::CareplanRenkei => None,
    }
}

/// The dates of a start month for an office, by the rules of the open day. `start` is the month with
/// the basis it was first derived on.
pub(super) fn plan(
    context: &Context<'_>,
    number: OfficeNumber,
    start: Dated,
    postponements: u32,
) -> Result<Plan, Refusal> {
    let (_, service) = subject(context.stream);
    let ask = Ask::new(service, RuleQuestion::TransmissionMonth, start.on)
        .in_prefecture(number.prefecture())
        .decided_on(context.today);
    let dates = reckoned(context.policy, &ask)?;
    Ok(Plan {
        start,
        poa_due: dates.dated("poa_due")?,
        federation_date: dates.dated("federation_date")?,
        credentials_on: dates.dated("credentials_on")?,
        postponements,
    })
}

/// The office with the dates of another month.
pub(super) fn moved(
    context: &Context<'_>,
    entry: &Entry,
    plan_now: &Plan,
    to: Month,
    postponements: u32,
) -> Result<PlannedOffice, Refusal> {
    let start = Dated {
        on: to.first_day(),
        basis: plan_now.start.basis.clone(),
    };
    let plan = plan(context, entry.number, start, postponements)?;
    Ok(entry.planned(plan))
}
