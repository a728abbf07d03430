//! Commands through `execute` (load, decide, append) against appends of the same events through the port.
//!
//! The command is the shortest there is, a run of a recurring job, so that what is measured is `execute` and not
//! a rule. Both are durable and run turn by turn; what counts is the ratio.
//!
//! `cargo bench -p daicho-tests --bench execute`

use std::path::Path;
use std::time::{Duration, Instant};

use daicho_eventlog::{EventLog, Expected, NewEvent, Recorded, SqliteLog};
use daicho_tests::load::{execute, log};

/// Callers at once, and commands altogether in one round.
const LOADS: &[(u64, u64)] = &[(1, 3_000), (16, 10_000), (64, 20_000)];

/// How often each load is measured; the median is printed.
const ROUNDS: usize = 5;

fn main() {
    let directory = tempfile::tempdir().expect("a directory");
    println!("callers  commands/s  p50 µs  p99 µs  appends/s  ratio");
    for &(callers, commands) in LOADS {
        let mut rounds: Vec<Round> = (0..ROUNDS)
            .map(|round| {
                let name = format!("{callers}-{round}");
                Round::run(&directory.path().join(name), callers, commands)
            })
            .collect();
        rounds.sort_by(|a, b| a.ratio().total_cmp(&b.ratio()));
        let middle = &rounds[ROUNDS / 2];
        println!(
            "{callers:7} {:11.0} {:7.0} {:7.0} {:10.0} {:5.0}%",
            middle.commands,
            middle.p50.as_secs_f64() * 1e6,
            middle.p99.as_secs_f64() * 1e6,
            middle.appends,
            100.0 * middle.ratio(),
        );
    }
}

/// One measurement, in commands and appends per second.
struct Round {
    commands: f64,
    p50: Duration,
    p99: Duration,
    appends: f64,
}

impl Round {
    fn run(path: &Path, callers: u64, commands: u64) -> Self {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let begun = Instant::now();
        let mut times =
            runtime.block_on(execute(&path.with_extension("execute"), callers, commands));
        let executed = begun.elapsed();
        let recorded = runtime.block_on(everything(&path.with_extension("execute")));
        let begun = Instant::now();
        runtime.block_on(append(&path.with_extension("append"), callers, &recorded));
        let appended = begun.elapsed();
        times.sort_unstable();
        Self {
            commands: commands as f64 / executed.as_secs_f64(),
            p50: times[times.len() / 2],
            p99: times[times.len() * 99 / 100],
            appends: recorded.len() as f64 / appended.as_secs_f64(),
        }
    }

    fn ratio(&self) -> f64 {
        self.commands / self.appends
    }
}

async fn everything(path: &Path) -> Vec<Recorded> {
    let log = SqliteLog::open_for_reading(path).expect("the log opens");
    log.read_all(None, usize::MAX).await.expect("it is read")
}

/// Appends the same events to the same streams by as many callers.
async fn append(path: &Path, callers: u64, recorded: &[Recorded]) {
    let log = log(path);
    let mut work: Vec<Vec<(Recorded, NewEvent)>> = vec![Vec::new(); callers as usize];
    for event in recorded {
        let caller = event.command_id.as_u64_pair().0;
        work[caller as usize].push((event.clone(), event.to_new()));
    }
    let callers: Vec<_> = work
        .into_iter()
        .map(|events| {
            let log = log.clone();
            tokio::spawn(async move {
                for (recorded, event) in events {
                    let expected = Expected::after(recorded.version.checked_sub(1));
                    let answer = log.append(&recorded.stream, expected, vec![event]).await;
                    answer.expect("the append is taken");
                }
            })
        })
        .collect();
    for caller in callers {
        caller.await.expect("the caller ends");
    }
}
