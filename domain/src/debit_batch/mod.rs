//! 口座振替: one month's bank file. It opens by itself, every ledger answers what is to be debited
//! ([`crate::billing`]), a person freezes what was gathered, one approves and another releases. The batch holds no
//! lines: it freezes the number of the log up to which they stand there, and how many, how much and which bytes they
//! make. Released twice, it is the same file.

mod carry_over;
mod command;
mod decide;
mod event;
mod refusal;
mod result;
mod state;

pub(crate) use carry_over::carried_days;
pub use command::{CarryFile, Command};
pub use decide::DebitBatch;
pub use event::{Event, Outcome};
pub use refusal::Refusal;
pub use result::{Checked, check};
pub use state::{Days, Frozen, Received, Stage, State};
