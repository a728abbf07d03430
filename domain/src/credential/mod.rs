//! One ID with its password: scheduled, issued, revoked. The secret itself never enters the log: the
//! log only knows that it was issued.

mod carry_over;
mod command;
mod decide;
mod event;
mod refusal;
mod state;

pub use carry_over::CarryOver;
pub use command::Command;
pub use decide::Credential;
pub use event::{CarriedId, Event, Owner, RevokeReason};
pub use refusal::Refusal;
pub use state::{Account, Stage, State};
