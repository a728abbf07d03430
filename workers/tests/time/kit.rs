//! An installation in memory: log, keys, read models in a directory that goes with the test.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use daicho_domain::rules::Policy;
use daicho_eventlog::sealing::{Keys, MasterKey};
use daicho_eventlog::{Engine, EventLog, MemoryLog, SimulatedClock, Training};
use daicho_projections::{Catalogue, Source, Views};
use daicho_workers::day::Workers;
use daicho_workers::position::Positions;
use daicho_workers::schedules::Job;
use sha2::{Digest as _, Sha256};
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;

/// An installation.
pub struct Installation {
    pub log: Arc<dyn EventLog>,
    pub keys: Arc<Keys>,
    pub clock: Arc<SimulatedClock>,
    pub engine: Arc<Engine>,
    pub workers: Workers,
    _views: TempDir,
}

/// A day of the calendar.
pub fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

/// Nine in the morning of a day in Japan.
pub fn morning(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc()
}

impl Installation {
    /// An empty one.
    pub async fn begin(today: NaiveDate) -> Self {
        let clock = Arc::new(SimulatedClock::at(morning(today)));
        let log: Arc<dyn EventLog> = Arc::new(MemoryLog::new(clock.clone()));
        let master = MasterKey::for_training(Training { seed: 1 });
        let keys = Arc::new(Keys::in_memory(master).expect("keys in memory"));
        Self::over(log, keys, clock).await
    }

    /// A start over what there is: read models, positions and memory are lost.
    pub async fn over(log: Arc<dyn EventLog>, keys: Arc<Keys>, clock: Arc<SimulatedClock>) -> Self {
        let positions = Positions::in_memory().expect("positions in memory");
        Self::with(log, keys, clock, positions).await
    }

    /// The same installation, whose positions are kept in this file.
    pub async fn again_with(&self, state: &Path) -> Self {
        let positions = Positions::open(state).expect("positions in a file");
        let (log, keys) = (self.log.clone(), self.keys.clone());
        Self::with(log, keys, self.clock.clone(), positions).await
    }

    async fn with(
        log: Arc<dyn EventLog>,
        keys: Arc<Keys>,
        clock: Arc<SimulatedClock>,
        positions: Positions,
    ) -> Self {
        let views_dir = tempfile::tempdir().expect("a directory");
        let policy = Arc::new(Policy::seeded());
        let engine = Engine::start(log.clone(), keys.clone(), clock.clone(), policy).await;
        let engine = Arc::new(engine.expect("the engine starts"));
        let catalogue = Arc::new(Catalogue::new(daicho_projections::ALL));
        let source = Source::new(log.clone(), keys.clone());
        let views = Views::open(views_dir.path().to_owned(), catalogue, source).await;
        let views = Arc::new(views.expect("the read models open"));
        let workers = Workers::resume(engine.clone(), views, Job::seeded(), positions).await;
        Self {
            log,
            keys,
            clock,
            engine,
            workers: workers.expect("the workers go on"),
            _views: views_dir,
        }
    }

    /// The types of the events decided on this day and later.
    pub async fn kinds_after(&self, day: NaiveDate) -> Vec<String> {
        let events = self.log.read_all(None, usize::MAX).await;
        let events = events.expect("the log is read").into_iter();
        events
            .filter(|event| event.occurred_on >= day)
            .map(|event| event.kind.to_string())
            .collect()
    }

    /// What was decided, in order, without when it was recorded.
    pub async fn digest(&self) -> String {
        let mut hash = Sha256::new();
        let events = self.log.read_all(None, usize::MAX).await;
        for event in events.expect("the log is read") {
            hash.update(format!(
                "{} {} {} {} {} {} {}\n",
                event.number,
                event.stream,
                event.event_id,
                event.kind,
                event.occurred_on,
                event.actor,
                event.body.as_str(),
            ));
        }
        hash.finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}
