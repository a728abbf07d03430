//! The end of a service for a corporation or for single offices of it: the form and its window, the end month, the papers
//! that release the billing agent, the last debit.
//!
//! One stream is one service of one corporation, like its transmission: what is left after an end, and whether an office is
//! the last one, must hold together over all of them. It lasts longer than the use: until the agent is released.

mod carry_over;
mod command;
mod decide;
mod event;
mod evolve;
mod refusal;
mod request;
mod state;
mod waiting;

pub use carry_over::CarryEnd;
pub(crate) use carry_over::carried_days;
pub use command::{Command, Request, Way};
pub use decide::Termination;
pub use event::{CarriedPaper, Dates, EndOffice, EndPaper, Event, Scope};
pub use refusal::Refusal;
pub use state::{End, Fees, Paper, PaperStage, Stage, State, Status, WithoutPaper};
