//! The recurring jobs: cron schedules over the opened days, whose runs are events.

use crate::outcome::{Outcomes, Worker};
use chrono::{NaiveDate, NaiveTime, TimeDelta};
use cron::Schedule;
use daicho_domain::nouns::Command;
use daicho_domain::schedule;
use daicho_domain::stream::{Stream, derived_id};
use daicho_eventlog::{Caused, Engine, ExecuteError, Failed};
use serde::Deserialize;
use std::str::FromStr as _;

/// The jobs that the binary comes with.
const SEEDED: &str = include_str!("../schedules.toml");

/// A recurring job.
#[derive(Clone, Debug)]
pub struct Job {
    /// Its name, the key of its stream.
    pub name: String,
    /// What the staff read.
    pub label: String,
    /// The days on which it is due.
    cron: Schedule,
}

/// What is wrong with a list of jobs.
#[derive(Debug, thiserror::Error)]
pub enum JobsError {
    /// It is not the format.
    #[error("the recurring jobs cannot be read: {0}")]
    Format(#[from] toml::de::Error),
    /// A schedule is none.
    #[error("the job {name} has no cron schedule: {source}")]
    Cron {
        /// The job.
        name: String,
        /// What is wrong.
        source: cron::error::Error,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    #[serde(default)]
    job: Vec<Line>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    name: String,
    label: String,
    cron: String,
}

impl Job {
    /// The jobs the binary comes with.
    ///
    /// # Panics
    /// Never: a test reads the same list.
    pub fn seeded() -> Vec<Self> {
        Self::read(SEEDED).expect("the list in the binary is read by its tests")
    }

    /// The jobs of a list.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(list: &str) -> Result<Vec<Self>, JobsError> {
        let list: List = toml::from_str(list)?;
        let job = |Line { name, label, cron }| match Schedule::from_str(&cron) {
            Ok(cron) => Ok(Self { name, label, cron }),
            Err(source) => Err(JobsError::Cron { name, source }),
        };
        list.job.into_iter().map(job).collect()
    }

    /// Whether the job is due on this day.
    pub fn is_due_on(&self, day: NaiveDate) -> bool {
        let midnight = day.and_time(NaiveTime::MIN).and_utc();
        let before = midnight - TimeDelta::seconds(1);
        let next = self.cron.after(&before).next();
        next.is_some_and(|next| next.date_naive() == day)
    }

    /// The next day on which it is due, after this one.
    pub fn next_after(&self, day: NaiveDate) -> Option<NaiveDate> {
        let end = day.succ_opt()?.and_time(NaiveTime::MIN).and_utc() - TimeDelta::seconds(1);
        Some(self.cron.after(&end).next()?.date_naive())
    }

    /// The last day on which it was due, up to this one.
    pub fn last_until(&self, day: NaiveDate) -> Option<NaiveDate> {
        let begin = day.succ_opt()?.and_time(NaiveTime::MIN).and_utc();
        Some(self.cron.after(&begin).next_back()?.date_naive())
    }
}

/// Runs the jobs that are due on the open day; a job that ran already does nothing. Returns how many ran.
pub(crate) async fn run(
    jobs: &[Job],
    today: NaiveDate,
    engine: &Engine,
    outcomes: &Outcomes,
) -> Result<u64, Failed> {
    let mut ran = 0;
    for job in jobs.iter().filter(|job| job.is_due_on(today)) {
        let stream = Stream::Schedule(job.name.clone());
        let id = derived_id(&["schedule", &job.name, &today.to_string()]);
        let by = Caused::by_request(Worker::Schedules.name(), id);
        let run = Command::schedule(&stream, schedule::Command::Run { due_on: today });
        match engine.execute(run, by).await {
            Ok(executed) => ran += u64::from(!executed.repeated && !executed.events.is_empty()),
            Err(ExecuteError::Refused(refusal)) => {
                let stream = stream.to_string();
                tracing::warn!(job = job.name, code = refusal.code(), "refused");
                outcomes.refused(Worker::Schedules, &job.name, &stream, &refusal);
                continue;
            }
            Err(ExecuteError::Failed(failed)) => return Err(failed),
        }
        outcomes.sent(Worker::Schedules);
    }
    Ok(ran)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_month_end_is_due_on_the_first_of_each_month() {
        let jobs = Job::seeded();
        let job = jobs.iter().find(|job| job.name == "month_end");
        let job = job.expect("the month ends");
        let year = NaiveDate::from_ymd_opt(2026, 1, 1).expect("a day");
        let due: Vec<_> = year
            .iter_days()
            .take(365)
            .filter(|day| job.is_due_on(*day))
            .map(|day| day.format("%m-%d").to_string())
            .collect();
        assert_eq!(due.len(), 12);
        assert!(due.iter().all(|day| day.ends_with("-01")), "{due:?}");
    }

    #[test]
    fn a_job_knows_when_it_was_due_and_when_it_is_again() {
        let jobs = Job::seeded();
        let job = jobs.iter().find(|job| job.name == "month_end");
        let job = job.expect("the month ends");
        let day = |month, day| NaiveDate::from_ymd_opt(2026, month, day).expect("a day");
        assert_eq!(job.last_until(day(11, 20)), Some(day(11, 1)));
        assert_eq!(job.last_until(day(11, 1)), Some(day(11, 1)));
        assert_eq!(job.next_after(day(11, 20)), Some(day(12, 1)));
        assert_eq!(job.next_after(day(11, 1)), Some(day(12, 1)));
    }

    #[test]
    fn a_list_with_a_schedule_that_is_none_is_not_taken() {
        let list = "[[job]]\nname = \"x\"\nlabel = \"x\"\ncron = \"each morning\"\n";
        match Job::read(list) {
            Err(JobsError::Cron { name, .. }) => assert_eq!(name, "x"),
            other => panic!("\"each morning\" is no cron schedule: {other:?}"),
        }
    }
}
