//! A simulated book of business: events per second through the real workers, peak memory, bytes of log and read
//! models per event.
//!
//! Whole lives against the main job: in the first three months everybody is on trial, applies and is made ready to transmit –
//! nothing is charged before the free months are over –, in the last three months there are fees, debits, results, arrears,
//! ends and licences beside it. Both are stretches of the same run; events per second of processor time are compared.
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
use daicho_workers::simulation::{Plan, Progress, Report, offices, run};

/// Offices unless the command line says otherwise.
const OFFICES: usize = 1_000;

/// Days of the two stretches that are compared: before anything is charged, and at the end.
const STRETCH: u64 = 90;

/// Clock ticks in a second, as Linux counts a process's time.
const TICKS: f64 = 100.0;

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
        scans: None,
    };
    let (report, took, days) = simulated(&dir, plan).await;
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
    let last = days.len() as u64;
    let main_job = rate(&days, 1, STRETCH);
    let lives = rate(&days, last.saturating_sub(STRETCH).max(1), last);
    println!(
        "main job (first {STRETCH} days) {main_job:.0} events/s of processor time, whole lives (last {STRETCH} days) {lives:.0}: {:.0}%",
        100.0 * lives / main_job,
    );
}

/// A day that was done: events and seconds of processor time until then.
type Done = (u64, f64);

/// Events per second of processor time between two days, counted from 1.
fn rate(days: &[Done], from: u64, to: u64) -> f64 {
    let at = |day: u64| days[usize::try_from(day - 1).expect("a year of days")];
    let ((before, began), (after, ended)) = (at(from), at(to));
    (after - before) as f64 / (ended - began)
}

/// Seconds of processor time that this process has had.
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("Linux says it");
    let (_, fields) = stat.rsplit_once(')').expect("the name stands in brackets");
    let ticks = fields.split_whitespace().skip(11).take(2);
    let ticks = ticks.map(|field| field.parse::<u64>().expect("a count of ticks"));
    ticks.sum::<u64>() as f64 / TICKS
}

async fn simulated(dir: &DataDir, plan: Plan) -> (Report, Duration, Vec<Done>) {
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
    let mut days = Vec::new();
    let note = |progress: Progress| days.push((progress.events, processor_seconds()));
    let report = run(&workers, &clock, plan, note).await;
    views.catch_up().await.expect("the read models follow");
    (report.expect("it is simulated"), began.elapsed(), days)
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
