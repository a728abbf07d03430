//! `daicho demo`: a simulated year of real work that ends today, marked 練習用, then served.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use chrono::{Days, Months, NaiveDate};
use daicho_eventlog::open::Place;
use daicho_eventlog::{Clock, DataDir, SystemClock};
use daicho_workers::simulation::Plan;
use serde::{Deserialize, Serialize};

use super::serve::serve;
use super::simulate::{book, simulate};
use super::{Failure, print};
use crate::Global;
use crate::configuration::{Confirmation, Flags};

/// What `demo` takes.
#[derive(clap::Args)]
pub struct Args {
    /// How many offices there are
    #[arg(long, value_name = "N", default_value_t = 200)]
    offices: usize,
    /// How many months of work lie behind today
    #[arg(long, value_name = "N", default_value_t = 12)]
    months: u32,
    /// What everything is drawn from
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Build it again although there is one
    #[arg(long)]
    fresh: bool,
    /// Take the offices from published files instead of inventing them
    #[arg(long, value_name = "FILE", num_args = 1..)]
    offices_from: Vec<PathBuf>,
    /// Address and port to listen on [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS", env = "DAICHO_LISTEN")]
    listen: Option<SocketAddr>,
}

/// What a finished demo was made of. Without it the directory is half built and is built again.
#[derive(Debug, Serialize, Deserialize)]
struct Made {
    offices: usize,
    seed: u64,
    from: NaiveDate,
    to: NaiveDate,
}

/// Builds a demo where there is none, and serves it.
pub fn run(global: &Global, args: Args) -> Result<(), Failure> {
    let dir = DataDir::at(global.data_or("./demo"));
    let place = global.place_beside(dir.root())?;
    refuse_real(&dir)?;
    match made(&dir) {
        Some(made) if !args.fresh => print(&format!(
            "{} の練習用データ（{}〜{}）を開きます。作り直すには --fresh を付けてください。\n",
            dir.root().display(),
            made.from,
            made.to,
        ))?,
        Some(_) | None => build(&dir, &place, &args)?,
    }
    let flags = Flags {
        listen: args.listen,
        ..Flags::default()
    };
    serve(&dir, &place, &flags, Confirmation::default())
}

fn build(dir: &DataDir, place: &Place, args: &Args) -> Result<(), Failure> {
    let to = SystemClock.date_in_japan();
    let from = to
        .checked_sub_months(Months::new(args.months))
        .filter(|_| args.offices > 0 && args.months > 0)
        .map(|day| day + Days::new(1))
        .ok_or_else(|| {
            Failure::Usage("--offices と --months は1以上にしてください。".to_owned())
        })?;
    let plan = Plan {
        book: book(args.offices, args.seed, &args.offices_from)?,
        from,
        to,
        seed: args.seed,
        scans: Some(dir.clone()),
    };
    clear(dir.root())?;
    let shown = dir.root().display();
    print(&format!(
        "練習用のデータを {shown} に作っています（{from}〜{to}）。\n"
    ))?;
    let report = simulate(dir, place, plan)?;
    let made = Made {
        offices: args.offices,
        seed: args.seed,
        from,
        to,
    };
    let text = serde_json::to_string_pretty(&made).expect("our own document");
    std::fs::write(mark(dir), text)?;
    print(&format!("{} 件のイベントを記録しました。\n", report.events))
}

/// A directory with a log that was not begun as training is somebody's real work.
fn refuse_real(dir: &DataDir) -> Result<(), Failure> {
    let training = dir.training().map_err(Failure::refused)?;
    let holds_something =
        std::fs::read_dir(dir.root()).is_ok_and(|mut found| found.next().is_some());
    if training.is_none() && holds_something {
        return Err(Failure::refused(format!(
            "{} は練習用のディレクトリではありません。demo は別のディレクトリを --data で指定してください。",
            dir.root().display()
        )));
    }
    Ok(())
}

fn made(dir: &DataDir) -> Option<Made> {
    serde_json::from_slice(&std::fs::read(mark(dir)).ok()?).ok()
}

fn mark(dir: &DataDir) -> PathBuf {
    dir.root().join("demo.json")
}

/// Removes a training directory, its mark last, so that a half-removed one is still known for what it is. A server
/// that still serves it holds its lock.
fn clear(root: &Path) -> Result<(), Failure> {
    let entries = match std::fs::read_dir(root) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        other => other?,
    };
    let training = root.join("training.json");
    for entry in entries {
        let path = entry?.path();
        if path == training {
            continue;
        }
        if path.is_dir() {
            std::fs::remove_dir_all(path)?;
        } else {
            std::fs::remove_file(path)?;
        }
    }
    match std::fs::remove_file(training) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        Ok(()) | Err(_) => Ok(()),
    }
}
