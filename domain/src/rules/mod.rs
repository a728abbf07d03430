//! The rules: every date and amount of the office comes from here, with its derivation. A *book* holds the rules of
//! one service in force from a day (`rulebooks/<service>/*.toml`); a *question* is what the office asks of them; an
//! *answer* carries the values, why they are so, and what would change them. Workflows store what they took from an
//! answer ([`Dated`]) in their events and never ask again for what was decided.

mod answer;
mod ask;
mod error;
mod policy;
mod text;

pub use answer::{
    Answer, Basis, Certainty, Change, Dated, Direction, Milestone, Notice, OpenPoint, RuleUsed,
    Source, Value,
};
pub use ask::{Ask, Question, UnknownQuestion};
pub use error::RuleError;
pub use policy::{Policy, answer};
pub use text::Lang;
