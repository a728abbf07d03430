//! What the workers last did, for 稼働状況 and `/metrics`: a refusal or failure nobody waits for is seen here.

use chrono::{DateTime, NaiveDate, Utc};
use daicho_domain::nouns::Refusal;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

/// How many refusals are kept to be shown.
const REFUSALS_KEPT: usize = 200;

/// The workers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Worker {
    /// Opens the days.
    Day,
    /// Answers events.
    Reactions,
    /// Sends what falls due.
    Deadlines,
    /// Runs the recurring jobs.
    Schedules,
}

impl Worker {
    /// Every worker.
    pub const ALL: [Self; 4] = [Self::Day, Self::Reactions, Self::Deadlines, Self::Schedules];

    /// Its name: in metrics, and as the actor of what it brings about.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Reactions => crate::reactions::ACTOR,
            Self::Deadlines => "deadlines",
            Self::Schedules => "schedules",
        }
    }

    /// The name that staff read.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Day => "日付の開始",
            Self::Reactions => "連動処理",
            Self::Deadlines => "期日処理",
            Self::Schedules => "定期処理",
        }
    }

    const fn index(self) -> usize {
        match self {
            Self::Day => 0,
            Self::Reactions => 1,
            Self::Deadlines => 2,
            Self::Schedules => 3,
        }
    }
}

/// What came of a worker's last run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Ran {
    /// It has not run in this process.
    #[default]
    NotRun,
    /// It did what there was to do.
    Done,
    /// It waits for a person, for this reason.
    WaitsForPerson(String),
    /// The world failed; it is tried again with the next run when `again` is true.
    Failed {
        /// What failed.
        why: String,
        /// Whether it is tried again.
        again: bool,
    },
}

/// Where a worker stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The worker.
    pub worker: Worker,
    /// When it last ran.
    pub last_run: Option<DateTime<Utc>>,
    /// What came of it.
    pub result: Ran,
    /// The last event it dealt with.
    pub number: Option<u64>,
    /// How many commands it sent since the start.
    pub sent: u64,
    /// How many of them were refused.
    pub refused: u64,
}

/// A command of a worker that was refused. A person has to look at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The worker.
    pub worker: Worker,
    /// The reaction, deadline or job.
    pub name: String,
    /// The stream that was asked.
    pub stream: String,
    /// The refusal's code.
    pub code: &'static str,
    /// The sentence for the staff.
    pub sentence: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Of {
    worker: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RefusedAs {
    worker: &'static str,
    name: String,
    code: &'static str,
}

#[derive(Debug, Default)]
struct Seen {
    workers: [Option<Outcome>; 4],
    refusals: VecDeque<Refused>,
    sending_held: Option<(NaiveDate, NaiveDate)>,
}

/// What all workers last did.
#[derive(Debug, Default)]
pub struct Outcomes {
    seen: Mutex<Seen>,
    commands: Family<Of, Counter>,
    refusals: Family<RefusedAs, Counter>,
    failures: Family<Of, Counter>,
    numbers: Family<Of, Gauge>,
}

impl Outcomes {
    /// Adds the workers' counters to a registry.
    pub fn register(&self, registry: &mut Registry) {
        let (commands, refusals) = (self.commands.clone(), self.refusals.clone());
        registry.register("worker_commands", "Commands sent by workers", commands);
        registry.register("worker_refusals", "Commands of workers refused", refusals);
        let (failures, numbers) = (self.failures.clone(), self.numbers.clone());
        registry.register("worker_failures", "Runs of workers that failed", failures);
        registry.register("worker_number", "Last event a worker dealt with", numbers);
    }

    /// Every worker.
    pub fn all(&self) -> Vec<Outcome> {
        let seen = self.seen();
        Worker::ALL
            .into_iter()
            .map(|worker| {
                let known = seen.workers[worker.index()].clone();
                known.unwrap_or_else(|| Outcome::of(worker))
            })
            .collect()
    }

    /// The last refusals, newest first.
    pub fn refusals(&self) -> Vec<Refused> {
        self.seen().refusals.iter().cloned().collect()
    }

    /// 送信保留: the days that were opened late after an outage, if there were any.
    pub fn sending_held(&self) -> Option<(NaiveDate, NaiveDate)> {
        self.seen().sending_held
    }

    pub(crate) fn hold_sending(&self, since: NaiveDate, until: NaiveDate) {
        self.seen().sending_held = Some((since, until));
    }

    pub(crate) fn sent(&self, worker: Worker) {
        self.change(worker, |outcome| outcome.sent += 1);
        self.commands.get_or_create(&of(worker)).inc();
    }

    pub(crate) fn refused(&self, worker: Worker, name: &str, stream: &str, refusal: &Refusal) {
        self.change(worker, |outcome| {
            outcome.sent += 1;
            outcome.refused += 1;
        });
        self.commands.get_or_create(&of(worker)).inc();
        let code = refusal.code();
        let refused_as = RefusedAs {
            worker: worker.name(),
            name: name.to_owned(),
            code,
        };
        self.refusals.get_or_create(&refused_as).inc();
        let mut seen = self.seen();
        seen.refusals.truncate(REFUSALS_KEPT - 1);
        seen.refusals.push_front(Refused {
            worker,
            name: name.to_owned(),
            stream: stream.to_owned(),
            code,
            sentence: refusal.sentence(),
        });
    }

    pub(crate) fn ran(&self, worker: Worker, at: DateTime<Utc>, result: Ran, number: Option<u64>) {
        if let Ran::Failed { .. } = result {
            self.failures.get_or_create(&of(worker)).inc();
        }
        if let Some(number) = number {
            let number = i64::try_from(number).unwrap_or(i64::MAX);
            self.numbers.get_or_create(&of(worker)).set(number);
        }
        self.change(worker, |outcome| {
            outcome.last_run = Some(at);
            outcome.result = result;
            outcome.number = number.or(outcome.number);
        });
    }

    fn change(&self, worker: Worker, change: impl FnOnce(&mut Outcome)) {
        let mut seen = self.seen();
        let outcome = &mut seen.workers[worker.index()];
        change(outcome.get_or_insert_with(|| Outcome::of(worker)));
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Outcome {
    fn of(worker: Worker) -> Self {
        Self {
            worker,
            last_run: None,
            result: Ran::NotRun,
            number: None,
            sent: 0,
            refused: 0,
        }
    }
}

fn of(worker: Worker) -> Of {
    Of {
        worker: worker.name(),
    }
}
