//! One service for one corporation: the trial (仮登録), the full registration (本登録), the free
//! period and its silent end, the start of billing.

mod command;
mod decide;
mod event;
mod refusal;
mod state;
mod suspension;
mod waiting;

pub use command::Command;
pub use decide::Enrolment;
pub use event::{EndReason, Event};
pub use refusal::Refusal;
pub use state::{Registration, State, Trial};
