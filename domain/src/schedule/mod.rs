//! A recurring job (month end, notices). Its runs are events, so that a job is neither forgotten nor
//! done twice however late the worker wakes.

use crate::decider::{Context, Decider, Known};
use crate::stream::Stream;
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What happened to a recurring job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", content = "body", rename_all = "snake_case")]
pub enum Event {
    /// It ran for a day on which it was due.
    Ran {
        /// The day it was due.
        due_on: NaiveDate,
    },
}

/// A request to a recurring job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Runs it for a day on which it is due.
    Run {
        /// The day.
        due_on: NaiveDate,
    },
}

/// A recurring job says no to nothing: a run for a day that is done already yields nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {}

/// A recurring job, folded.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// The last day for which it ran.
    pub last_due_on: Option<NaiveDate>,
}

/// The decider of recurring jobs.
#[derive(Debug)]
pub enum Schedule {}

impl Decider for Schedule {
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
        let Command::Run { due_on } = command;
        let runs = due_on <= context.today && state.last_due_on.is_none_or(|last| last < due_on);
        Ok(runs.then_some(Event::Ran { due_on }).into_iter().collect())
    }

    fn evolve(_: State, event: &Event) -> State {
        let Event::Ran { due_on } = event;
        State {
            last_due_on: Some(*due_on),
        }
    }
}
