//! Transmission (伝送) of one corporation for one service: **all** its applications, since "already
//! applied for" and "one bad office holds the rest" must hold together. It alone says IDs are due.

mod apply;
mod carry_over;
mod command;
mod decide;
mod event;
mod evolve;
mod ids;
mod papers;
mod postpone;
mod refusal;
mod sheets;
mod state;
mod transfer;
mod waiting;

pub(crate) use carry_over::carried_days;
pub use carry_over::{CarryApplication, CarryOffice, CarryPlan};
pub use command::{ApplyingOffice, Command, Decision, PaperStep};
pub use decide::Transmission;
pub use event::{
    AppliedOffice, CarriedOffice, CarriedStanding, Cause, CauseKind, Event, HeldOffice, HeldReason,
    LeaveReason, Missing, OfficeRef, PersonReason, Plan, PlannedOffice,
};
pub use refusal::Refusal;
pub use sheets::Holding;
pub use state::{Entry, Held, Paper, Postponement, Question, Standing, State};
