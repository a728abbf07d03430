//! One service for one corporation: the trial (仮登録), the full registration (本登録), the free
//! period and its silent end, the start of billing.

mod carry_over;
mod command;
mod decide;
mod event;
mod refusal;
mod state;
mod suspension;
mod waiting;

pub(crate) use carry_over::carried_days;
pub use carry_over::{CarryOver, CarryRegistration};
pub use command::Command;
pub use decide::Enrolment;
pub use event::{CarriedRegistration, EndReason, Event};
pub use refusal::Refusal;
pub use state::{Registration, State, Trial};
