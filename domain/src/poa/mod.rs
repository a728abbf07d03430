//! One 委任状 (power of attorney): one office number, one original, out by post and back, or not.

mod agent;
mod carry_over;
mod code;
mod command;
mod decide;
mod event;
mod evolve;
mod refusal;
mod state;
mod steps;
mod waiting;
mod way;

pub use agent::NamedAgent;
pub use carry_over::{CarryOver, CarryStage};
pub use code::{Code, NotACode};
pub use command::{Assignment, Command, Filing};
pub use decide::Poa;
pub use event::{Defect, DueOf, Event, Method, Purpose, ReversalReason, VoidReason};
pub use refusal::Refusal;
pub use state::{Sheet, Stage, State, Status};
