//! The starts of an installation whose binary, rule books, templates, calendar or configuration
//! differ from the last recorded one: what an auditor asks for first.

use crate::decider::{Context, Decider, Known};
use crate::stream::Stream;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What happened to the installation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", content = "body", rename_all = "snake_case")]
pub enum Event {
    /// It started with something that differs from the last recorded start.
    Started {
        /// The binary's version.
        version: String,
        /// SHA-256 digests by what they are of (`rulebooks`, `templates`, `calendar`, `configuration`).
        digests: BTreeMap<String, String>,
    },
}

/// A request to the installation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Records a start.
    Start {
        /// The binary's version.
        version: String,
        /// The digests.
        digests: BTreeMap<String, String>,
    },
}

/// A start is never refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {}

/// The installation, folded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// The version of the last recorded start.
    pub version: Option<String>,
    /// The digests of the last recorded start.
    pub digests: BTreeMap<String, String>,
}

/// The decider of the installation.
#[derive(Debug)]
pub enum Installation {}

impl Decider for Installation {
    type State = State;
    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;

    fn needs(_: &Stream, _: &State, _: &Command, _: &Known) -> Vec<Stream> {
        vec![]
    }

    fn decide(_: &Context<'_>, state: &State, command: Command) -> Result<Vec<Event>, Refusal> {
        let Command::Start { version, digests } = command;
        let same = state.version.as_ref() == Some(&version) && state.digests == digests;
        Ok((!same)
            .then_some(Event::Started { version, digests })
            .into_iter()
            .collect())
    }

    fn evolve(_: State, event: &Event) -> State {
        let Event::Started { version, digests } = event;
        State {
            version: Some(version.clone()),
            digests: digests.clone(),
        }
    }
}
