//! The rules of the end of a service.

use super::event::Event;
use super::request;
use super::state::{End, Fees, PaperStage, Stage, State};
use super::{Command, Refusal, carry_over};
use crate::Service;
use crate::decider::{Context, Decider, Known};
use crate::stream::{CorporationId, PoaId, Stream};
use crate::transmission::PaperStep;
use chrono::NaiveDate;

/// The decider of ends.
#[derive(Debug)]
pub enum Termination {}

impl Decider for Termination {
    type State = State;
    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;

    fn needs(stream: &Stream, _: &State, command: &Command, _: &Known) -> Vec<Stream> {
        let (corporation, service) = subject(stream);
        let moving = matches!(command, Command::CarryOver { .. });
        let approved = moving.then_some(Stream::Installation);
        match command.looks_around() {
            true => [
                Stream::Corporation(corporation),
                Stream::Enrolment(corporation, service),
                Stream::Transmission(corporation, service),
            ]
            .into_iter()
            .chain(approved)
            .collect(),
            false => vec![],
        }
    }

    fn decide(
        context: &Context<'_>,
        state: &State,
        command: Command,
    ) -> Result<Vec<Event>, Refusal> {
        let only = |holds: bool, event: Event| Ok(holds.then_some(event).into_iter().collect());
        let end = |no: u32| state.end(no).ok_or(Refusal::Unknown { no });
        match command {
            Command::Request {
                scope,
                request,
                end_month,
                open_returns,
            } => request::request(context, state, scope, request, end_month, open_returns),
            Command::Withdraw { no, request } => request::withdraw(context, end(no)?, request),
            Command::CountReturns { no, open } => match end(no)?.stage {
                Stage::Filed => only(
                    end(no)?.open_returns != open,
                    Event::ReturnsCounted { no, open },
                ),
                Stage::Withdrawn | Stage::Ended => Err(Refusal::NotOpen),
            },
            Command::EndUse { no, last_day } => match state.end(no) {
                Some(end)
                    if end.stage == Stage::Filed
                        && end.dates.last_day.on == last_day
                        && last_day < context.today =>
                {
                    end_use(context, end)
                }
                Some(_) | None => Ok(vec![]),
            },
            Command::PassLastDebit { no, on } => {
                let passes = state.end(no).is_some_and(|end| {
                    end.stage == Stage::Ended
                        && end.fees == Fees::Due
                        && !end.debited
                        && end.dates.last_debit_on.on == on
                        && on < context.today
                });
                only(passes, Event::LastDebitPassed { no, on })
            }
            Command::NoteFees { settled, failed } => Ok(note_fees(state, &settled, &failed)),
            Command::ReleaseDue { no, on } => {
                let due = state.end(no).filter(|end| {
                    end.stage == Stage::Ended
                        && !end.release_due
                        && end.dates.release_from.on == on
                        && on <= context.today
                });
                Ok(due.map_or_else(Vec::new, |end| release_due(end, on)))
            }
            Command::CarryOver { ends } => carry_over::carry_over(context, state, ends),
            Command::NotePaper { poa, step } => Ok(note_paper(state, poa, step)),
        }
    }

    fn evolve(mut state: State, event: &Event) -> State {
        state.note(event);
        state
    }
}

/// The corporation and service that the stream is about.
pub(super) fn subject(stream: &Stream) -> (CorporationId, Service) {
    let Stream::Termination(corporation, service) = stream else {
        panic!("an end is decided on its own stream, not on {stream}");
    };
    (*corporation, *service)
}

/// The day of the release came. Where no end 委任状 is asked for, nothing else is waited for.
fn release_due(end: &End, on: NaiveDate) -> Vec<Event> {
    let no = end.no;
    let without = end.without_paper.iter();
    let released = without
        .filter(|one| one.stage != PaperStage::Released)
        .map(|one| Event::AgentReleased {
            no,
            office: one.about.office,
            application: one.about.application,
        });
    let due = Event::AgentReleaseDue { no, on };
    [due].into_iter().chain(released).collect()
}

/// The month is over; what began to transmit since the form came in needs its paper too.
fn end_use(context: &Context<'_>, end: &End) -> Result<Vec<Event>, Refusal> {
    let known: Vec<_> = end.papers.iter().map(|paper| paper.about.poa).collect();
    Ok(vec![Event::Ended {
        no: end.no,
        scope: end.scope,
        last_day: end.dates.last_day.on,
        papers: request::papers(context, end.scope, &end.dates, &known)?,
        without_paper: request::without_paper(context, end.scope, &end.dates, &known)?,
    }])
}

fn note_fees(state: &State, settled: &[u32], failed: &[u32]) -> Vec<Event> {
    let ended = |no: &&u32| state.end(**no).filter(|end| end.stage == Stage::Ended);
    let paid = settled
        .iter()
        .filter(|no| ended(no).is_some_and(|end| end.fees != Fees::Settled))
        .map(|no| Event::FeesSettled { no: *no });
    let owed = failed
        .iter()
        .filter(|no| ended(no).is_some_and(|end| end.fees == Fees::Due))
        .map(|no| Event::LastDebitFailed { no: *no });
    paid.chain(owed).collect()
}

fn note_paper(state: &State, poa: PoaId, step: PaperStep) -> Vec<Event> {
    let Some((end, paper)) = state.paper(poa) else {
        return vec![];
    };
    let (no, office) = (end.no, paper.about.office);
    if end.stage == Stage::Withdrawn {
        return vec![];
    }
    match (step, paper.stage) {
        (PaperStep::Accepted, PaperStage::Awaited) => vec![Event::PaperReturned { no, office }],
        (PaperStep::Unaccepted | PaperStep::Rejected, PaperStage::Returned) => {
            vec![Event::PaperSentBack { no, office }]
        }
        (PaperStep::Confirmed, PaperStage::Awaited | PaperStage::Returned) => {
            vec![Event::AgentReleased {
                no,
                office,
                application: paper.about.application,
            }]
        }
        (PaperStep::Accepted, PaperStage::Returned | PaperStage::Released)
        | (
            PaperStep::Unaccepted | PaperStep::Rejected,
            PaperStage::Awaited | PaperStage::Released,
        )
        | (PaperStep::Confirmed, PaperStage::Released)
        | (PaperStep::Filed | PaperStep::DuePassed | PaperStep::Arrived, _) => vec![],
    }
}
