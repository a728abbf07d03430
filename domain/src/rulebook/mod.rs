//! The published rule books of one service. The binary only seeds them: from the first start on,
//! every node and every replay reads them here, content and hash.

use crate::decider::{Context, Decider, Known};
use crate::refusals::refusals;
use crate::stream::Stream;
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What happened to the rule books of a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", content = "body", rename_all = "snake_case")]
pub enum Event {
    /// A book, or a new revision of one, was published.
    Published {
        /// From when it is in force.
        in_force_from: NaiveDate,
        /// Its revision; a correction is a new one.
        revision: u32,
        /// The SHA-256 of the content, in hexadecimal.
        sha256: String,
        /// The book itself, as the file that was published.
        content: String,
    },
}

/// A request to the rule books of a service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Publishes a book that was read and whose cases passed.
    Publish {
        /// From when it is in force.
        in_force_from: NaiveDate,
        /// Its revision.
        revision: u32,
        /// The SHA-256 of the content, in hexadecimal.
        sha256: String,
        /// The book itself.
        content: String,
    },
}

refusals! {
    /// Why a book is not published.
    Refusal {
        /// That revision was published with another content.
        RevisionTaken { /// From when the book is in force.
            in_force_from: NaiveDate, /// The revision.
            revision: u32 } = "rulebook.revision_taken",
            "{in_force_from} 施行の第{revision}版は別の内容で公開済みです。revision を増やしてください。",
            "Revision {revision} of the book in force from {in_force_from} was published with another content. Raise its revision.";
        /// A later revision was published.
        RevisionOld { /// From when the book is in force.
            in_force_from: NaiveDate, /// The revision.
            revision: u32, /// The newest.
            newest: u32 } = "rulebook.revision_old",
            "{in_force_from} 施行の規程は第{newest}版まで公開済みです。第{revision}版は公開できません。revision を {newest} より大きくしてください。",
            "The book in force from {in_force_from} is at revision {newest}; revision {revision} cannot follow. Raise it above {newest}.";
    }
}

/// A published book.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// From when it is in force.
    pub in_force_from: NaiveDate,
    /// Its revision.
    pub revision: u32,
    /// The SHA-256 of its content.
    pub sha256: String,
}

/// The published books of a service, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// The books.
    pub books: Vec<Published>,
}

/// The decider of rule books.
#[derive(Debug)]
pub enum Rulebook {}

impl Decider for Rulebook {
    type State = State;
    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;

    fn needs(_: &Stream, _: &State, _: &Command, _: &Known) -> Vec<Stream> {
        vec![]
    }

    fn decide(_: &Context<'_>, state: &State, command: Command) -> Result<Vec<Event>, Refusal> {
        let Command::Publish {
            in_force_from,
            revision,
            sha256,
            content,
        } = command;
        let of_that_day = || {
            state
                .books
                .iter()
                .filter(|book| book.in_force_from == in_force_from)
        };
        match of_that_day().find(|book| book.revision == revision) {
            Some(book) if book.sha256 == sha256 => return Ok(vec![]),
            Some(_) => {
                return Err(Refusal::RevisionTaken {
                    in_force_from,
                    revision,
                });
            }
            None => {}
        }
        match of_that_day().map(|book| book.revision).max() {
            Some(newest) if newest > revision => Err(Refusal::RevisionOld {
                in_force_from,
                revision,
                newest,
            }),
            Some(_) | None => Ok(vec![Event::Published {
                in_force_from,
                revision,
                sha256,
                content,
            }]),
        }
    }

    fn evolve(mut state: State, event: &Event) -> State {
        let Event::Published {
            in_force_from,
            revision,
            sha256,
            ..
        } = event;
        state.books.push(Published {
            in_force_from: *in_force_from,
            revision: *revision,
            sha256: sha256.clone(),
        });
        state
    }
}
