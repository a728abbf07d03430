//! What happens without anybody asking: the day, deadlines, reactions, schedules.
//!
//! No decision is made here: dates and events become commands, and `execute` answers them. [`day`] has the
//! order in which that happens, [`live`] wakes it in a running server, [`simulation`] drives the same code
//! through a year with people made of a seed.

pub mod agents;
pub mod day;
mod deadlines;
mod keeper;
pub mod letters;
pub mod live;
pub mod mail;
pub mod outcome;
pub mod position;
pub mod reactions;
pub mod schedules;
pub mod simulation;
