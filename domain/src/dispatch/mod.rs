//! One letter that was promised by an event: what it says, whether it was printed, posted, called off or proved wrong.
//!
//! A 委任状 keeps its own way out in its own stream; everything else that leaves the house on paper is a letter here.

mod command;
mod decide;
mod event;
mod promise;
mod refusal;
mod says;
mod state;

pub use command::Command;
pub use decide::Dispatch;
pub use event::{CallOffReason, Event, Instead};
pub use promise::Promise;
pub use refusal::Refusal;
pub use says::{Awaited, Completed, Listed, Overdue, PostponedBy, Says, Unreached};
pub use state::{Letter, Stage, State, Status};
