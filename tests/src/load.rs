//! Commands under load: so many callers at once through `execute`, each durable. The yardstick of benchmarks.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::histories;
use chrono::{Days, NaiveDate};
use daicho_domain::nouns::Command;
use daicho_domain::schedule;
use daicho_domain::stream::Stream;
use daicho_eventlog::{Caused, Durability, Engine, SqliteLog, SystemClock};
use uuid::Uuid;

/// Commands on one stream before a caller turns to the next.
const COMMANDS_EACH: u64 = 8;

/// A log in a file, acknowledged once it is durable.
///
/// # Panics
/// When it cannot be opened.
pub fn log(path: &Path) -> Arc<SqliteLog> {
    let log = SqliteLog::open(path, Arc::new(SystemClock), Durability::Acknowledged);
    Arc::new(log.expect("the log opens"))
}

/// So many commands altogether from so many callers at once, into a new log; how long each took. The command is the
/// shortest there is, a run of a recurring job: one event, and hardly a rule.
///
/// # Panics
/// When one of them is not carried out.
pub async fn execute(path: &Path, callers: u64, commands: u64) -> Vec<Duration> {
    let clock = Arc::new(SystemClock);
    let engine = Engine::start(log(path), histories::keys(), clock, Arc::default()).await;
    let engine = Arc::new(engine.expect("the engine starts"));
    let callers: Vec<_> = (0..callers)
        .map(|caller| {
            let engine = engine.clone();
            tokio::spawn(async move {
                let mut times = Vec::new();
                for index in 0..commands / callers {
                    let (command, by) = command(caller, index);
                    let begun = Instant::now();
                    let done = engine.execute(command, by).await.expect("it is decided");
                    times.push(begun.elapsed());
                    assert_eq!(done.events.len(), 1);
                }
                times
            })
        })
        .collect();
    let mut times = Vec::new();
    for caller in callers {
        times.extend(caller.await.expect("the caller ends"));
    }
    times
}

/// A caller's next command: eight runs of one job, then the next job.
fn command(caller: u64, index: u64) -> (Command, Caused) {
    let first = NaiveDate::from_ymd_opt(2026, 1, 5).expect("a real day");
    let stream = Stream::Schedule(format!("{caller}-{}", index / COMMANDS_EACH));
    let due_on = first + Days::new(index % COMMANDS_EACH);
    let command = Command::schedule(&stream, schedule::Command::Run { due_on });
    let by = Caused::by_request("bench", Uuid::from_u64_pair(caller, index));
    (command, by)
}

/// The most memory this process has held so far, in MiB.
pub fn peak_memory_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
    kib.unwrap_or_default() / 1_024
}
