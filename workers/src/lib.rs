//! What happens without anybody asking: the day, deadlines, reactions, schedules.

pub mod simulation;
