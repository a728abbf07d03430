//! A synthetic book of business: invented offices, and people who answer in time, late or not at all.
//!
//! One driver opens the days and sends commands in sequence. Reactions, deadlines and days are the workers'
//! own; only people are made up here, and they know what people know: what was recorded, and what lies in
//! the letter box. Everything is drawn from the seed, so that the same seed gives the same log.

mod acts;
mod chance;
mod customers;
mod diary;
mod forms;
mod hears;
mod leaving;
mod letters;
mod licences;
mod mailbox;
mod mails;
mod money;
pub mod offices;
mod options;
mod papers;
mod scans;
mod staff;
mod words;
mod world;

use crate::day::{WorkError, Workers};
use chrono::{NaiveDate, NaiveTime, TimeDelta};
use daicho_eventlog::{DataDir, SimulatedClock};
use offices::Corporation;
use std::collections::BTreeMap;
use std::sync::Arc;
use world::World;

/// What is to be simulated.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The corporations and offices that exist.
    pub book: Vec<Corporation>,
    /// The first day.
    pub from: NaiveDate,
    /// The last day: it is opened, and its work lies on the desks.
    pub to: NaiveDate,
    /// What everything is drawn from.
    pub seed: u64,
    /// Where the simulated clerk keeps copies of what leaves the house; without it she keeps them on paper.
    pub scans: Option<DataDir>,
}

/// How far a simulation has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The day that is done.
    pub day: NaiveDate,
    /// How many days are done.
    pub days_done: u64,
    /// How many there are.
    pub days: u64,
    /// How many events have been recorded.
    pub events: u64,
}

/// What a simulation did.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Report {
    /// How many events there are.
    pub events: u64,
    /// How many commands people sent.
    pub commands: u64,
    /// The refusals people met, by code: forms that come too late and the like.
    pub refused: BTreeMap<&'static str, u64>,
}

/// The hour at which a simulation stops on its last day: the post is in, the day's work has begun.
const LAST_HOUR: TimeDelta = TimeDelta::hours(10);

/// Runs the plan over an empty log whose rule books are published. The clock is the one the engine has.
///
/// # Errors
/// Failures of the world.
pub async fn run(
    workers: &Workers,
    clock: &Arc<SimulatedClock>,
    plan: Plan,
    mut progress: impl FnMut(Progress),
) -> Result<Report, WorkError> {
    let (from, to) = (plan.from, plan.to);
    let days = u64::try_from((to - from).num_days() + 1).unwrap_or(0);
    let mut world = World::new(workers, clock, plan);
    for (day, days_done) in from.iter_days().take_while(|day| *day <= to).zip(1..) {
        world.begin(day).await?;
        let end = if day == to {
            day.and_time(NaiveTime::MIN) + LAST_HOUR
        } else {
            day.and_time(NaiveTime::MIN) + TimeDelta::days(1)
        };
        while let Some((at, act)) = world.diary.next_before(end) {
            world.set_clock(at);
            world.perform(act).await?;
        }
        world.settle().await?;
        progress(Progress {
            day,
            days_done,
            days,
            events: world.report.events,
        });
    }
    Ok(world.report)
}
