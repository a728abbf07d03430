//! One ID with its password: scheduled, issued, revoked. The secret itself never enters the log: the
//! log only knows that it was issued.

mod command;
mod decide;
mod event;
mod refusal;
mod state;

pub use command::Command;
pub use decide::Credential;
pub use event::{Event, Owner, RevokeReason};
pub use refusal::Refusal;
pub use state::{Account, Stage, State};
