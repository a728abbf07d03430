//! What happens without anybody asking: the day, deadlines, reactions, schedules.

pub mod reactions;
pub mod simulation;
