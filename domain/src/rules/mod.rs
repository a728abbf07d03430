//! The rules: every date and amount of the office comes from here, with its derivation. A *book* holds the rules of
//! one service in force from a day (`rulebooks/<service>/*.toml`); a *question* is what the office asks of them; an
//! *answer* carries the values, why they are so, and what would change them. Workflows store what they took from an
//! answer ([`Dated`]) in their events and never ask again for what was decided.

mod answer;
#[cfg(test)]
mod answer_tests;
mod ask;
mod book;
#[cfg(test)]
mod book_tests;
mod books;
mod carried_out;
mod case;
mod desk;
mod error;
mod explain;
mod policy;
mod price;
mod questions;
mod reading;
mod slot;
mod slots;
mod text;

pub use answer::{
    Answer, Basis, Certainty, Change, Dated, Direction, Milestone, Notice, OpenPoint, RuleUsed,
    Source, Value,
};
pub use ask::{Ask, Question, UnknownQuestion};
pub use book::{Book, BookNotice};
pub use books::{RuleBooks, SEEDED};
pub use case::{Case, Tries};
pub use error::RuleError;
pub use explain::{Explainer, Row, Values, days_in_hand, posted_by};
pub use policy::{Policy, answer, reckoned};
pub use price::Price;
pub use reading::{BookError, BookErrors};
pub use slot::{DayOfMonth, Kind, Local, Slot, SlotValue};
pub use slots::{SLOTS, Spec};
pub use text::Lang;
