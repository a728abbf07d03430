//! `daicho simulate`: a synthetic book of business through the real workers with a simulated clock, into an empty
//! directory.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use chrono::{NaiveDate, NaiveTime, TimeDelta};
use daicho_api::import::book_of;
use daicho_eventlog::open::{Log, Place};
use daicho_eventlog::{DataDir, Durability, SimulatedClock, Training};
use daicho_workers::simulation::{self, Plan, Report, offices};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use super::{Failure, print, print_json};
use crate::Global;
use crate::installation::{Installation, Start};

/// What `simulate` takes.
#[derive(clap::Args)]
pub struct Args {
    /// How many offices there are
    #[arg(long, value_name = "N")]
    offices: usize,
    /// The first day
    #[arg(long, value_name = "DATE")]
    from: NaiveDate,
    /// The last day; its work lies on the desks
    #[arg(long, value_name = "DATE")]
    to: NaiveDate,
    /// What everything is drawn from
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Take the offices from published files instead of inventing them
    #[arg(long, value_name = "FILE", num_args = 1..)]
    offices_from: Vec<PathBuf>,
}

/// Simulates into the data directory.
pub fn run(global: &Global, args: Args) -> Result<(), Failure> {
    let place = global.place()?;
    if args.to < args.from {
        let (from, to) = (args.from, args.to);
        return Err(Failure::Usage(format!(
            "--to {to} は --from {from} より前です。"
        )));
    }
    if args.offices == 0 {
        return Err(Failure::Usage(
            "--offices は1以上にしてください。".to_owned(),
        ));
    }
    let dir = DataDir::at(global.data());
    must_be_empty(&dir)?;
    let plan = Plan {
        book: book(args.offices, args.seed, &args.offices_from)?,
        from: args.from,
        to: args.to,
        seed: args.seed,
        scans: None,
    };
    let began = Instant::now();
    let report = simulate(&dir, &place, plan)?;
    let seconds = began.elapsed().as_secs_f64();
    let rate = report.events as f64 / seconds.max(f64::EPSILON);
    if global.json {
        return print_json(&json!({
            "report": report,
            "seconds": seconds,
            "events_per_second": rate,
            "log_bytes": bytes(&dir.log()),
            "views_bytes": bytes(&dir.views()),
        }));
    }
    print(&format!(
        "{} 件のイベントを {seconds:.1} 秒で記録しました（毎秒 {rate:.0} 件）。操作 {} 件、うち断り {} 件。\n",
        report.events,
        report.commands,
        report.refused.values().sum::<u64>(),
    ))
}

/// The corporations with so many offices in all.
pub fn book(
    offices: usize,
    seed: u64,
    files: &[PathBuf],
) -> Result<Vec<offices::Corporation>, Failure> {
    if files.is_empty() {
        return Ok(offices::invent(offices, seed));
    }
    let mut left = offices;
    let mut book = book_of(files).map_err(Failure::refused)?;
    for corporation in &mut book {
        corporation.offices.truncate(left);
        left -= corporation.offices.len();
    }
    book.retain(|corporation| !corporation.offices.is_empty());
    match book.is_empty() {
        true => Err(Failure::refused("ファイルに取り込める事業所がありません。")),
        false => Ok(book),
    }
}

/// Runs a plan into a directory without a log, which is 練習用 from then on; the read models are at the log's head
/// at the end.
pub fn simulate(dir: &DataDir, place: &Place, plan: Plan) -> Result<Report, Failure> {
    let seed = plan.seed;
    let midnight = plan.from.and_time(NaiveTime::MIN).and_utc();
    // Nine in the evening of the day before, in Japan: the office is set up before its first day.
    let clock = Arc::new(SimulatedClock::at(midnight - TimeDelta::hours(12)));
    let bar = bar();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let report = runtime.block_on(async {
        must_be_empty_there(place, dir).await?;
        dir.mark_training(Training { seed })
            .map_err(Failure::refused)?;
        let installation = Installation::start(Start {
            dir,
            place,
            master_key: None,
            clock: clock.clone(),
            durability: Durability::Closed,
            outgoing: None,
            configuration: "simulated".to_owned(),
        })
        .await?;
        let report = simulation::run(&installation.workers, &clock, plan, |progress| {
            bar.set_length(progress.days);
            bar.set_position(progress.days_done);
            bar.set_message(format!("{} {}件", progress.day, progress.events));
        })
        .await
        .map_err(Failure::refused)?;
        installation
            .views
            .catch_up()
            .await
            .map_err(Failure::refused)?;
        Ok::<_, Failure>(report)
    })?;
    bar.finish_and_clear();
    Ok(report)
}

fn bar() -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::no_length();
    bar.set_style(
        ProgressStyle::with_template("{bar:40} {pos}/{len}日 {msg} 残り{eta}")
            .expect("our own template"),
    );
    bar
}

fn must_be_empty(dir: &DataDir) -> Result<(), Failure> {
    let shown = dir.root().display();
    match std::fs::read_dir(dir.root()) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(Failure::refused(format!("{shown} を読めません: {error}"))),
        Ok(mut entries) => match entries.next() {
            None => Ok(()),
            Some(_) => Err(Failure::refused(format!(
                "{shown} は空ではありません。空のディレクトリを --data で指定してください。"
            ))),
        },
    }
}

/// Work of a simulation is not mixed with other work on a cluster. What a directory holds was looked at before.
async fn must_be_empty_there(place: &Place, dir: &DataDir) -> Result<(), Failure> {
    match place {
        Place::Directory => return Ok(()),
        Place::Cluster(_) => {}
    }
    let say = |error: daicho_eventlog::LogError| Failure::refused(error.sentence());
    let log = Log::for_reading(place, dir).await.map_err(say)?;
    match log.port().head().await.map_err(say)? {
        None => Ok(()),
        Some(_) => Err(Failure::refused(format!(
            "{place} には既に記録があります。空のログを --log で指定してください。"
        ))),
    }
}

/// The bytes of a file, or of the files in a directory.
fn bytes(path: &std::path::Path) -> u64 {
    match std::fs::read_dir(path) {
        Ok(entries) => entries.flatten().map(|entry| bytes(&entry.path())).sum(),
        Err(_) => std::fs::metadata(path).map_or(0, |file| file.len()),
    }
}
