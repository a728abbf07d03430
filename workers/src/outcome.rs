//! What the workers last did, for 稼働状況 and `/metrics`: a refusal or failure nobody waits for is seen here.

use chrono::{DateTime, NaiveDate, Utc};
use daicho_domain::nouns::Refusal;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use tokio::sync::watch;

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
    /// Keeps the read models up.
    ReadModels,
    /// Makes and destroys what lies in the vault.
    Vault,
    /// Sends mails.
    Mail,
}

impl Worker {
    /// Every worker.
    pub const ALL: [Self; 7] = [
        Self::Day,
        Self::Reactions,
        Self::Deadlines,
        Self::Schedules,
        Self::ReadModels,
        Self::Vault,
        Self::Mail,
    ];

    /// Its name: in metrics, and as the actor of what it brings about.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Reactions => crate::reactions::ACTOR,
            Self::Deadlines => "deadlines",
            Self::Schedules => "schedules",
            Self::ReadModels => "read_models",
            Self::Vault => "vault",
            Self::Mail => "mail",
        }
    }

    /// The name that staff read.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Day => "日付の開始",
            Self::Reactions => "連動処理",
            Self::Deadlines => "期日処理",
            Self::Schedules => "定期処理",
            Self::ReadModels => "一覧の更新",
            Self::Vault => "ID/PWの保管庫",
            Self::Mail => "メールの送信",
        }
    }

    const fn index(self) -> usize {
        match self {
            Self::Day => 0,
            Self::Reactions => 1,
            Self::Deadlines => 2,
            Self::Schedules => 3,
            Self::ReadModels => 4,
            Self::Vault => 5,
            Self::Mail => 6,
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
    /// The clock jumped: a person must confirm that so many days are to be opened.
    WaitsForPerson(Jump),
    /// The world failed. It is tried again with every run; what cannot mend itself fails again.
    Failed(Failure),
}

/// A jump of the clock that waits for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Jump {
    /// The open day.
    pub today: NaiveDate,
    /// What the clock says.
    pub civil: NaiveDate,
    /// How many days would be opened.
    pub days: i64,
}

/// Why a worker stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What failed, for operators and log lines.
    pub why: String,
    /// The same as a sentence for the staff.
    pub sentence: String,
    /// When it failed first; it has failed ever since.
    pub since: DateTime<Utc>,
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
    workers: [Option<Outcome>; 7],
    refusals: VecDeque<Refused>,
}

/// What all workers last did.
#[derive(Debug, Default)]
pub struct Outcomes {
    seen: Mutex<Seen>,
    commands: Family<Of, Counter>,
    refusals: Family<RefusedAs, Counter>,
    failures: Family<Of, Counter>,
    numbers: Family<Of, Gauge>,
    stopped: Family<Of, Gauge>,
    last_runs: Family<Of, Gauge>,
    changed: watch::Sender<()>,
}

impl Outcomes {
    /// Adds the workers' counters to a registry.
    pub fn register(&self, registry: &mut Registry) {
        // What is known from the start is said from the start, so that a rate begins at zero.
        for worker in Worker::ALL {
            drop(self.commands.get_or_create(&of(worker)));
            drop(self.failures.get_or_create(&of(worker)));
            drop(self.stopped.get_or_create(&of(worker)));
        }
        let (commands, refusals) = (self.commands.clone(), self.refusals.clone());
        registry.register(
            "worker_commands",
            "Commands that workers sent since the start",
            commands,
        );
        registry.register(
            "worker_refusals",
            "Commands of workers that were refused since the start, by the refusal's code",
            refusals,
        );
        let (failures, stopped) = (self.failures.clone(), self.stopped.clone());
        registry.register(
            "worker_failures",
            "Runs of workers that failed since the start",
            failures,
        );
        registry.register(
            "worker_stopped",
            "1 while the last run of a worker failed or waits for a person, else 0",
            stopped,
        );
        registry.register(
            "worker_event_number",
            "Number of the last event a worker dealt with",
            self.numbers.clone(),
        );
        registry.register_with_unit(
            "worker_last_run_timestamp",
            "When a worker last ran, in seconds since 1970",
            Unit::Seconds,
            self.last_runs.clone(),
        );
    }

    /// Says whenever a worker stops or goes on again.
    pub fn changed(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    /// The workers that stopped, those with the same cause once.
    pub fn stopped(&self) -> Vec<(Worker, Failure)> {
        let mut stopped: Vec<(Worker, Failure)> = Vec::new();
        for outcome in self.all() {
            if let Ran::Failed(failure) = outcome.result
                && !stopped.iter().any(|(_, known)| known.why == failure.why)
            {
                stopped.push((outcome.worker, failure));
            }
        }
        stopped
    }

    /// Whether this worker's last run failed for this reason.
    pub(crate) fn stopped_by(&self, worker: Worker, why: &str) -> bool {
        let seen = self.seen();
        let outcome = seen.workers[worker.index()].as_ref();
        outcome.is_some_and(|outcome| match &outcome.result {
            Ran::Failed(failure) => failure.why == why,
            Ran::NotRun | Ran::Done | Ran::WaitsForPerson(_) => false,
        })
    }

    /// The jump of the clock that waits for a person.
    pub fn jump(&self) -> Option<Jump> {
        self.all()
            .into_iter()
            .find_map(|outcome| match outcome.result {
                Ran::WaitsForPerson(jump) => Some(jump),
                Ran::NotRun | Ran::Done | Ran::Failed(_) => None,
            })
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
        let stopped = match &result {
            Ran::Failed(_) => {
                self.failures.get_or_create(&of(worker)).inc();
                1
            }
            Ran::WaitsForPerson(_) => 1,
            Ran::NotRun | Ran::Done => 0,
        };
        self.stopped.get_or_create(&of(worker)).set(stopped);
        self.last_runs
            .get_or_create(&of(worker))
            .set(at.timestamp());
        if let Some(number) = number {
            let number = i64::try_from(number).unwrap_or(i64::MAX);
            self.numbers.get_or_create(&of(worker)).set(number);
        }
        let mut moved = false;
        self.change(worker, |outcome| {
            let result = result.after(&outcome.result);
            moved = result.is_more_than_done() || outcome.result.is_more_than_done();
            moved &= result != outcome.result;
            outcome.last_run = Some(at);
            outcome.result = result;
            outcome.number = number.or(outcome.number);
        });
        if moved {
            self.changed.send_replace(());
        }
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

impl Ran {
    /// A failure that lasts has its first instant.
    fn after(self, before: &Self) -> Self {
        match (self, before) {
            (Self::Failed(failure), Self::Failed(first)) => Self::Failed(Failure {
                since: first.since,
                ..failure
            }),
            (ran, _) => ran,
        }
    }

    const fn is_more_than_done(&self) -> bool {
        match self {
            Self::NotRun | Self::Done => false,
            Self::WaitsForPerson(_) | Self::Failed(_) => true,
        }
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
