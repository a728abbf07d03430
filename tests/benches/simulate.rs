//! A simulated book of business: events per second through the real workers, peak memory, bytes of log and read
//! models per event.
//!
//! `cargo bench -p daicho-tests --bench simulate -- 20000` for 20,000 offices over 12 months; 1,000 unless said.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{Months, NaiveDate, NaiveTime};
use daicho_domain::rules::Policy;
use daicho_eventlog::open::{Opened, for_writing};
use daicho_eventlog::{DataDir, Durability, Engine, SimulatedClock, Training, books};
use daicho_projections::{Catalogue, Source, Views};
use daicho_workers::day::Workers;
use daicho_workers::position::Positions;
use daicho_workers::schedules::Job;
use daicho_workers::simulation::{Plan, Report, offices, run};

/// Offices unless the command line says otherwise.
const OFFICES: usize = 1_000;

/// The last day.
const TO: &str = "2026-11-21";

#[tokio::main]
async fn main() {
    let offices = std::env::args().filter_map(|word| word.parse().ok()).next();
    let offices = offices.unwrap_or(OFFICES);
    let parent = tempfile::tempdir().expect("a directory");
    let dir = DataDir::at(parent.path().join("simulated"));
    let to: NaiveDate = TO.parse().expect("a day");
    let plan = Plan {
        book: offices::invent(offices, 1),
        from: to
            .checked_sub_months(Months::new(12))
            .expect("a year before"),
        to,
        seed: 1,
    };
    let (report, took) = simulated(&dir, plan).await;
    let events = report.events as f64;
    let per_event = |path: &Path| bytes(path) as f64 / events;
    println!(
        "{offices} offices: {} events in {took:.1?}, {:.0} events/s, peak {} MiB, log {:.0} B/event, views {:.0} B/event",
        report.events,
        events / took.as_secs_f64(),
        peak_kib() / 1024,
        per_event(&dir.log()),
        per_event(&dir.views()),
    );
}

async fn simulated(dir: &DataDir, plan: Plan) -> (Report, Duration) {
    dir.mark_training(Training { seed: plan.seed })
        .expect("it is marked");
    let midnight = plan.from.and_time(NaiveTime::MIN).and_utc();
    let clock = Arc::new(SimulatedClock::at(midnight));
    let opened = for_writing(dir, None, clock.clone(), Durability::Closed);
    let Opened { log, keys, .. } = opened.expect("it opens");
    let nothing = Arc::new(Policy::without_books());
    let engine = Engine::start(log.clone(), keys.clone(), clock.clone(), nothing).await;
    let engine = Arc::new(engine.expect("the engine starts"));
    books::seed(&engine, None).await.expect("it has books");
    let catalogue = Arc::new(Catalogue::new(daicho_projections::ALL));
    let views = Views::open(dir.views(), catalogue, Source::new(log, keys)).await;
    let views = Arc::new(views.expect("the read models open"));
    let positions = Positions::open(&dir.state()).expect("state.db opens");
    let workers = Workers::resume(engine, views.clone(), Job::seeded(), positions).await;
    let workers = workers.expect("the workers start");
    let began = Instant::now();
    let report = run(&workers, &clock, plan, |_| ()).await;
    views.catch_up().await.expect("the read models follow");
    (report.expect("it is simulated"), began.elapsed())
}

/// The most memory this process has had, in KiB.
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux says it");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let words = line.and_then(|line| line.split_whitespace().next());
    words.and_then(|kib| kib.parse().ok()).unwrap_or(0)
}

/// The bytes of a file, or of the files in a directory.
fn bytes(path: &Path) -> u64 {
    match std::fs::read_dir(path) {
        Ok(entries) => entries.flatten().map(|entry| bytes(&entry.path())).sum(),
        Err(_) => std::fs::metadata(path).map_or(0, |file| file.len()),
    }
}
