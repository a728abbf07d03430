//! The rules of attachments.

use super::command::Paper;
use super::event::{Event, Part};
use super::state::{Held, State, sealed_under};
use super::{Command, Refusal};
use crate::decider::{Context, Decider, Known};
use crate::nouns;
use crate::stream::{CorporationId, Stream};

/// The decider of attachments.
#[derive(Debug)]
pub enum Attachment {}

impl Decider for Attachment {
    type State = State;
    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;

    fn needs(stream: &Stream, state: &State, command: &Command, known: &Known) -> Vec<Stream> {
        let part = match command {
            Command::Attach { part, .. } => *part,
            Command::Withdraw { part, digest, .. } => {
                let held = state.find(*part, *digest).into_iter();
                return held
                    .map(|held| Stream::Corporation(held.corporation))
                    .collect();
            }
        };
        let of = of(stream);
        let whose = whose(of, part, known).map(Stream::Corporation);
        [of.clone()].into_iter().chain(whose).collect()
    }

    fn decide(
        context: &Context<'_>,
        state: &State,
        command: Command,
    ) -> Result<Vec<Event>, Refusal> {
        match command {
            Command::Attach { part, paper } => attach(context, state, part, paper),
            Command::Withdraw {
                part,
                digest,
                reason,
            } => {
                if reason.is_blank() {
                    return Err(Refusal::ReasonMissing);
                }
                let held = state.find(part, digest).ok_or(Refusal::Unknown)?;
                let withdrawn = Event::Withdrawn {
                    part,
                    digest,
                    reason: context.remark(held.corporation, reason),
                };
                let anew = held.withdrawn.is_none();
                Ok(anew.then_some(withdrawn).into_iter().collect())
            }
        }
    }

    fn evolve(mut state: State, event: &Event) -> State {
        match event {
            Event::Attached {
                part,
                corporation,
                matter,
                kind,
                bytes,
                digest,
                file,
                name,
                arrived_on,
                amount,
            } => {
                // Said again – of another day, as something else, after an erasure – the last word holds.
                state
                    .files
                    .retain(|held| held.part != *part || held.paper.digest != *digest);
                state.files.push(Held {
                    part: *part,
                    corporation: *corporation,
                    paper: Paper {
                        matter: *matter,
                        kind: *kind,
                        bytes: *bytes,
                        digest: *digest,
                        file: *file,
                        name: name.clone(),
                        arrived_on: *arrived_on,
                        amount: *amount,
                    },
                    withdrawn: None,
                });
            }
            Event::Withdrawn {
                part,
                digest,
                reason,
            } => {
                let mut files = state.files.iter_mut();
                let held = files.find(|held| held.part == *part && held.paper.digest == *digest);
                if let Some(held) = held {
                    held.withdrawn = Some(reason.clone());
                }
            }
        }
        state
    }
}

fn attach(
    context: &Context<'_>,
    state: &State,
    part: Part,
    paper: Paper,
) -> Result<Vec<Event>, Refusal> {
    let corporation = whose(of(context.stream), part, context.known).ok_or(Refusal::UnknownCase)?;
    let known = context.known.corporation(corporation);
    let known = known.and_then(|state| state.registered());
    let erasures = known.ok_or(Refusal::UnknownCase)?.erasures;
    if paper.name.subject() != sealed_under(corporation, erasures) {
        return Err(Refusal::ErasedMeanwhile);
    }
    if paper.arrived_on > context.today {
        return Err(Refusal::DayNotCome {
            on: paper.arrived_on,
            today: context.today,
        });
    }
    let held = state.find(part, paper.digest);
    let same = held.is_some_and(|held| {
        held.withdrawn.is_none()
            && held.paper.file == paper.file
            && held.paper.matter == paper.matter
            && held.paper.arrived_on == paper.arrived_on
            && held.paper.amount == paper.amount
    });
    if same {
        return Ok(vec![]);
    }
    let Paper {
        matter,
        kind,
        bytes,
        digest,
        file,
        name,
        arrived_on,
        amount,
    } = paper;
    Ok(vec![Event::Attached {
        part,
        corporation,
        matter,
        kind,
        bytes,
        digest,
        file,
        name,
        arrived_on,
        amount,
    }])
}

/// The stream whose cases these are.
fn of(stream: &Stream) -> &Stream {
    let Stream::Attachment(of) = stream else {
        panic!("attachments are decided on their own stream, not on {stream}");
    };
    of
}

/// Whose case it is; nothing where there is no such case.
pub(crate) fn whose(of: &Stream, part: Part, known: &Known) -> Option<CorporationId> {
    use nouns::State as Any;
    match (of, known.state(of)?, part) {
        (Stream::Poa(_), Any::Poa(state), Part::Whole) => {
            Some(state.sheet()?.assignment.corporation)
        }
        (Stream::Licence(_), Any::Licence(state), Part::Whole) => Some(state.known()?.corporation),
        (Stream::Mail(_), Any::Mail(state), Part::Whole) => Some(state.known()?.corporation),
        (Stream::Dispatch(_), Any::Dispatch(state), Part::Whole) => {
            Some(state.letter()?.corporation)
        }
        (Stream::Enrolment(id, _), Any::Enrolment(state), Part::Whole) => {
            state.trial().map(|_| *id)
        }
        (Stream::Billing(id), Any::Billing(state), Part::Whole) => {
            (*state != Default::default()).then_some(*id)
        }
        (Stream::Transmission(id, _), Any::Transmission(state), Part::Office(about)) => {
            state.entry(about).map(|_| *id)
        }
        (Stream::Termination(id, _), Any::Termination(state), Part::End(no)) => {
            state.end(no).map(|_| *id)
        }
        (Stream::Corporation(id), Any::Corporation(state), Part::Mandate) => {
            state.registered()?.mandate.as_ref().map(|_| *id)
        }
        (Stream::Corporation(id), Any::Corporation(state), Part::Received(office)) => {
            state.registered()?.received.get(&office).map(|_| *id)
        }
        (_, _, _) => None,
    }
}
