//! The rules of the pool.

use super::event::{Event, Kept, Want, WantReason};
use super::state::{Giving, Held, State};
use super::{Command, Refusal};
use crate::decider::{Context, Decider, Known};
use crate::identifiers::AgentId;
use crate::poa::Purpose;
use crate::stream::{PoaId, Stream};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How many papers one `taken_up` names at most: an event is read whole.
const PAPERS_TAKEN_UP_MAX: usize = 500;

/// The decider of the pool.
#[derive(Debug)]
pub enum Agent {}

impl Decider for Agent {
    type State = State;
    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;

    fn needs(_: &Stream, _: &State, _: &Command, _: &Known) -> Vec<Stream> {
        vec![]
    }

    fn decide(
        context: &Context<'_>,
        state: &State,
        command: Command,
    ) -> Result<Vec<Event>, Refusal> {
        match command {
            Command::Add { agent, elsewhere } => {
                let known = state.agent(agent);
                let holds = known
                    .is_some_and(|held| held.elsewhere == elsewhere && held.giving == Giving::Open);
                Ok(match holds {
                    true => vec![],
                    false => then_served(context, state, vec![Event::Added { agent, elsewhere }]),
                })
            }
            Command::Retire { agent } => {
                let held = state.agent(agent).ok_or(Refusal::UnknownAgent { agent })?;
                Ok(match held.giving {
                    Giving::Open => vec![Event::Retired { agent }],
                    Giving::Retired => vec![],
                })
            }
            Command::TakeUp { papers } => Ok(take_up(state, papers)),
            Command::Assign { want } => {
                let asked =
                    state.wants(want.poa).is_some() || state.named_by(want.kept()).is_some();
                match asked {
                    true => Ok(vec![]),
                    false => Ok(vec![assigned(context, state, want)?]),
                }
            }
            Command::Choose { poa, agent } => choose(context, state, poa, agent),
            Command::GiveBack { poa, number } => {
                if state.wants(poa).is_some() {
                    return Ok(vec![Event::Dropped { poa }]);
                }
                let Some(held) = state.named_by(Kept { poa, number }) else {
                    return Ok(vec![]);
                };
                let agent = held.agent;
                let released = Event::Released { agent, poa, number };
                Ok(then_served(context, state, vec![released]))
            }
        }
    }

    fn evolve(mut state: State, event: &Event) -> State {
        match event {
            Event::Added { agent, elsewhere } => match state.agent_mut(*agent) {
                Some(held) => {
                    held.elsewhere = *elsewhere;
                    held.giving = Giving::Open;
                }
                None => state.agents.push(Arc::new(Held::new(*agent, *elsewhere))),
            },
            Event::Retired { agent } => {
                if let Some(held) = state.agent_mut(*agent) {
                    held.giving = Giving::Retired;
                }
            }
            Event::TakenUp { agent, papers } => {
                if let Some(held) = state.agent_mut(*agent) {
                    papers.iter().for_each(|kept| held.take(*kept));
                }
            }
            Event::Assigned { agent, want, .. } => {
                state.wanting.retain(|(waiting, _)| waiting.poa != want.poa);
                // An end names the ID of its start and needs no place of its own.
                if want.purpose == Purpose::Start
                    && let Some(held) = state.agent_mut(*agent)
                {
                    held.take(want.kept());
                }
            }
            Event::Wanting { want, why } => state.wanting.push((want.clone(), *why)),
            Event::Dropped { poa } => state.wanting.retain(|(want, _)| want.poa != *poa),
            Event::Released { agent, poa, number } => {
                if let Some(held) = state.agent_mut(*agent) {
                    let (poa, number) = (*poa, *number);
                    held.give_back(Kept { poa, number });
                }
            }
        }
        state
    }
}

impl Want {
    const fn kept(&self) -> Kept {
        Kept {
            poa: self.poa,
            number: self.number,
        }
    }
}

/// What names an ID already is a fact, whether the ID has room or not.
fn take_up(state: &State, papers: Vec<(Kept, Option<AgentId>)>) -> Vec<Event> {
    let first = state.agents.first().map(|held| held.agent);
    let mut named: BTreeMap<AgentId, Vec<Kept>> = BTreeMap::new();
    for (kept, said) in papers {
        let own = || state.serving(kept.number).map(|held| held.agent);
        let Some(agent) = said.or_else(own).or(first) else {
            continue;
        };
        let papers = named.entry(agent).or_default();
        if state.named_by(kept).is_none() && !papers.contains(&kept) {
            papers.push(kept);
        }
    }
    let mut events = vec![];
    for (agent, papers) in named {
        let unknown = state.agent(agent).is_none();
        events.extend(unknown.then_some(Event::Added {
            agent,
            elsewhere: 0,
        }));
        events.extend(papers.chunks(PAPERS_TAKEN_UP_MAX).map(|papers| {
            let papers = papers.to_vec();
            Event::TakenUp { agent, papers }
        }));
    }
    events
}

/// A person says which ID a paper names that waits. One that releases its agent may name any: that ID serves it already.
fn choose(
    context: &Context<'_>,
    state: &State,
    poa: PoaId,
    agent: AgentId,
) -> Result<Vec<Event>, Refusal> {
    let (want, _) = state.wants(poa).ok_or(Refusal::NotWanting)?;
    let held = state.agent(agent).ok_or(Refusal::UnknownAgent { agent })?;
    let (offices_max, book) = rule(context, want)?;
    if want.purpose == Purpose::Start {
        match (state.serving(want.number), held.giving) {
            (Some(own), _) if own.agent == agent => {}
            (Some(own), _) => return Err(Refusal::ServedByOther { agent: own.agent }),
            (None, Giving::Retired) => return Err(Refusal::Retired { agent }),
            (None, Giving::Open) if held.room(offices_max) == 0 => {
                return Err(Refusal::Full { agent, offices_max });
            }
            (None, Giving::Open) => {}
        }
    }
    let chosen = Event::Assigned {
        agent,
        want: want.clone(),
        offices_max,
        book,
    };
    Ok(then_served(context, state, vec![chosen]))
}

/// What follows when there may be room: whoever waits for it is served, in the order in which they came.
fn then_served(context: &Context<'_>, state: &State, mut events: Vec<Event>) -> Vec<Event> {
    let mut state = events.iter().fold(state.clone(), Agent::evolve);
    let waiting: Vec<_> = state
        .wanting
        .iter()
        .filter(|(_, why)| *why == WantReason::Exhausted)
        .map(|(want, _)| want.clone())
        .collect();
    for want in waiting {
        // One without room, or without a rule, goes on waiting.
        if let Ok(event @ Event::Assigned { .. }) = assigned(context, &state, want) {
            state = Agent::evolve(state, &event);
            events.push(event);
        }
    }
    events
}

/// The ID that serves the number already; else the first with room; else a person is asked.
fn assigned(context: &Context<'_>, state: &State, want: Want) -> Result<Event, Refusal> {
    let (offices_max, book) = rule(context, &want)?;
    let own = state.serving(want.number);
    let mut agents = state.agents.iter().map(Arc::as_ref);
    let named = match want.purpose {
        Purpose::Start => own.or_else(|| agents.find(|held| held.room(offices_max) > 0)),
        Purpose::End => own,
    };
    let why = match want.purpose {
        Purpose::Start => WantReason::Exhausted,
        Purpose::End => WantReason::FormerUnknown,
    };
    Ok(match named {
        Some(held) => Event::Assigned {
            agent: held.agent,
            want,
            offices_max,
            book,
        },
        None => Event::Wanting { want, why },
    })
}

/// How many offices one ID serves at most, and the book that says so.
fn rule(context: &Context<'_>, want: &Want) -> Result<(u32, String), Refusal> {
    let book = context.policy.book(want.service, context.today)?;
    Ok((book.count("poa.agent_offices_max")?, book.name()))
}
