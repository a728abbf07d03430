//! The pool of billing agents' IDs (`HD…`): which there are, which office number each stands for, who waits for one.
//!
//! One stream for all of them: an ID serves only so many offices, and an office number has one ID, whatever services it
//! transmits through. The first in the order in which they came that has room is taken; where none has, the paper waits, a
//! person is asked, and the next room serves whoever waits first. A place is held from the 委任状 for the start until that is
//! void or the agent was released. Without any ID no pool is kept: papers name the one of the configuration.

mod command;
mod decide;
mod event;
mod refusal;
mod state;

pub use command::Command;
pub use decide::Agent;
pub use event::{Event, Kept, Want, WantReason};
pub use refusal::Refusal;
pub use state::{Giving, Held, State};
