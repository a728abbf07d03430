//! One ID with its password: scheduled, issued, looked at, revoked. The secret itself never enters the log: it lies in
//! the vault, and the log knows that it was issued, how its link opens and who looked when.

mod carry_over;
mod command;
mod decide;
mod event;
mod link;
mod refusal;
mod state;

pub use carry_over::CarryOver;
pub use command::Command;
pub use decide::Credential;
pub use event::{CarriedId, Event, LinkRules, Owner, ReissueReason, RevokeReason};
pub use link::{Closed, Link, Secrets};
pub use refusal::Refusal;
pub use state::{Account, Stage, State};
