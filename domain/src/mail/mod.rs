//! One mail: asked for by what happened, claimed before each attempt, reported by how the attempt ended. What it says is
//! made when it leaves, from the states of then; its identity (`Message-ID`) is that of its stream.

mod ask;
mod claim;
mod command;
mod decide;
mod event;
mod refusal;
mod state;

pub use command::Command;
pub use decide::Mail;
pub use event::{
    About, Attachment, CallOffReason, Carrier, Event, Failure, Kept, Kind, Rules, Timing,
};
pub use refusal::Refusal;
pub use state::{Mailing, Release, Stage, State};
