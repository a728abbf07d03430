//! A member of the staff: an opaque id that stands in every event, and a name that can be erased.

use crate::decider::{Context, Decider, Known};
use crate::personal::Personal;
use crate::refusals::refusals;
use crate::stream::Stream;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What happened to a member of the staff.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", content = "body", rename_all = "snake_case")]
pub enum Event {
    /// They joined, or their name changed.
    Named {
        /// The name that colleagues read.
        name: Personal,
    },
    /// They left.
    Left {},
}

/// A request about a member of the staff.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Names them.
    Name {
        /// The name that colleagues read.
        name: Personal,
    },
    /// Notes that they left.
    Leave {},
}

refusals! {
    /// Why a request about a member of the staff is refused.
    Refusal {
        /// Nobody has that id.
        Unknown = "staff.unknown",
            "この担当者は登録されていません。担当者を選び直してください。",
            "There is no such member of the staff. Choose another one.";
        /// The name is empty.
        NameMissing = "staff.name_missing",
            "担当者の名前が空です。名前を入力してください。",
            "The name is empty. Enter one.";
    }
}

/// A member of the staff, folded.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Nobody.
    #[default]
    Unknown,
    /// Somebody.
    Known {
        /// The name that colleagues read.
        name: Personal,
        /// Whether they left.
        left: bool,
    },
}

/// The decider of members of the staff.
#[derive(Debug)]
pub enum Staff {}

impl Decider for Staff {
    type State = State;
    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;

    fn needs(_: &Stream, _: &State, _: &Command, _: &Known) -> Vec<Stream> {
        vec![]
    }

    fn decide(_: &Context<'_>, state: &State, command: Command) -> Result<Vec<Event>, Refusal> {
        match (command, state) {
            (Command::Name { name }, _)
                if name.disclose().is_none_or(|text| text.trim().is_empty()) =>
            {
                Err(Refusal::NameMissing)
            }
            (
                Command::Name { name },
                State::Known {
                    name: before,
                    left: false,
                },
            ) if name == *before => Ok(vec![]),
            (Command::Name { name }, State::Unknown | State::Known { .. }) => {
                Ok(vec![Event::Named { name }])
            }
            (Command::Leave {}, State::Unknown) => Err(Refusal::Unknown),
            (Command::Leave {}, State::Known { left: true, .. }) => Ok(vec![]),
            (Command::Leave {}, State::Known { left: false, .. }) => Ok(vec![Event::Left {}]),
        }
    }

    fn evolve(state: State, event: &Event) -> State {
        match (event, state) {
            (Event::Named { name }, _) => State::Known {
                name: name.clone(),
                left: false,
            },
            (Event::Left {}, State::Known { name, .. }) => State::Known { name, left: true },
            (Event::Left {}, State::Unknown) => State::Unknown,
        }
    }
}
