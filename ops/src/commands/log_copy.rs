//! `daicho log copy FROM TO`: a log moved to another place, in either direction, event by event as it is recorded.
//! A run that was interrupted is simply run again.
//!
//! It copies the log and the mark of a training directory, nothing else. Keys of personal data are kept in one place,
//! so that erasing a person's key erases it: they stay with the directory they are in, and it is said so.

use std::io::IsTerminal;
use std::sync::Arc;

use chrono::DateTime;
use daicho_domain::rules::Lang;
use daicho_eventlog::copy::{Copied, CopyError, copy};
use daicho_eventlog::open::{Log, Place};
use daicho_eventlog::{
    DataDir, DataDirError, Durability, EventLog, KurrentLog, LogError, SimulatedClock, SqliteLog,
};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use super::{Failure, print, print_json};
use crate::Global;

/// What `log copy` takes.
#[derive(clap::Args)]
pub struct Args {
    /// The log to be copied: a data directory (DIR or sqlite:DIR), or kurrentdb://…
    #[arg(value_name = "FROM")]
    from: String,
    /// Where to: a data directory, or kurrentdb://…; empty, or begun by an earlier copy of the same log
    #[arg(value_name = "TO")]
    to: String,
}

/// One end of a copy.
#[derive(Debug)]
enum End {
    Directory(DataDir),
    Cluster(Place),
}

impl End {
    fn read(text: &str) -> Result<Self, LogError> {
        if text.contains("://") {
            return Place::parse(text).map(Self::Cluster);
        }
        let directory = text.strip_prefix("sqlite:").unwrap_or(text);
        Ok(Self::Directory(DataDir::at(directory)))
    }

    async fn for_reading(&self) -> Result<Arc<dyn EventLog>, LogError> {
        let nowhere = DataDir::at("");
        let log = match self {
            Self::Directory(dir) if !dir.log().exists() => {
                return Err(LogError::NotALog {
                    path: dir.log(),
                    why: "there is nothing".to_owned(),
                });
            }
            Self::Directory(dir) => Log::for_reading(&Place::Directory, dir).await?,
            Self::Cluster(place) => Log::for_reading(place, &nowhere).await?,
        };
        Ok(log.port())
    }

    /// Open for a copy, which dates every event itself.
    async fn for_writing(&self, clock: Arc<SimulatedClock>) -> Result<Arc<dyn EventLog>, LogError> {
        Ok(match self {
            Self::Directory(dir) => {
                Arc::new(SqliteLog::open(&dir.log(), clock, Durability::Closed)?)
            }
            Self::Cluster(Place::Cluster(address)) => {
                Arc::new(KurrentLog::open(address.clone(), clock).await?)
            }
            Self::Cluster(Place::Directory) => return Err(LogError::OpenedForReading),
        })
    }
}

/// Copies.
pub async fn run(global: &Global, args: &Args) -> Result<(), Failure> {
    let read = |text| End::read(text).map_err(|error| Failure::Usage(say(global, &error)));
    let (from, to) = (read(&args.from)?, read(&args.to)?);
    let source = from.for_reading().await;
    let source =
        source.map_err(|error| Failure::refused(say_copy(global, CopyError::Source(error))))?;
    mark(&from, &to).map_err(|error| match global.lang() {
        Lang::Ja => Failure::refused(error.sentence()),
        Lang::En => Failure::refused(error),
    })?;
    let clock = Arc::new(SimulatedClock::at(DateTime::UNIX_EPOCH));
    let target = to.for_writing(clock.clone()).await;
    let target =
        target.map_err(|error| Failure::refused(say_copy(global, CopyError::Target(error))))?;
    let bar = bar();
    let copied = copy(&*source, &*target, &clock, |events| {
        bar.set_position(events)
    })
    .await;
    bar.finish_and_clear();
    let copied = copied.map_err(|error| Failure::refused(say_copy(global, error)))?;
    // What a directory was given is on the disk once its log is closed.
    drop(target);
    tell(global, &copied)
}

/// The target of a training log is one for training as well, before the first event is in it; and work that is not
/// invented does not get into a training directory.
fn mark(from: &End, to: &End) -> Result<(), DataDirError> {
    let End::Directory(to) = to else {
        return Ok(());
    };
    to.create()?;
    let (theirs, there) = match from {
        End::Directory(from) => (from.training()?, to.training()?),
        // A cluster has no mark: what its log is, the directory says that belongs to it.
        End::Cluster(_) => return Ok(()),
    };
    match (theirs, there) {
        (Some(training), _) => to.mark_training(training),
        (None, None) => Ok(()),
        (None, Some(there)) => Err(DataDirError::ForTraining {
            root: to.root().to_owned(),
            seed: there.seed,
        }),
    }
}

fn tell(global: &Global, copied: &Copied) -> Result<(), Failure> {
    let Copied {
        before,
        events,
        digest,
    } = copied;
    let new = events - before;
    if global.json {
        return print_json(&json!({
            "events": events,
            "copied": new,
            "before": before,
            "digest": digest,
        }));
    }
    print(&match (global.lang(), new) {
        (Lang::Ja, 0) => {
            format!("複写は済んでいます（{events} 件のイベント）。\n最終ダイジェスト {digest}\n")
        }
        (Lang::Ja, _) => format!(
            "{new} 件を複写し、{events} 件のイベントが元と一致しました。\n最終ダイジェスト {digest}\n個人情報の鍵（keys.db）とマスターキーは複写していません。元のディレクトリのものを使ってください。\n"
        ),
        (Lang::En, 0) => {
            format!("The copy is complete ({events} events).\nLast digest {digest}\n")
        }
        (Lang::En, _) => format!(
            "Copied {new}; all {events} events are the same as in the original.\nLast digest {digest}\nThe keys of personal data (keys.db) and the master key were not copied; use those of the original directory.\n"
        ),
    })
}

fn say(global: &Global, error: &LogError) -> String {
    match global.lang() {
        Lang::Ja => error.sentence(),
        Lang::En => error.to_string(),
    }
}

fn say_copy(global: &Global, error: CopyError) -> String {
    match global.lang() {
        Lang::Ja => error.sentence(),
        Lang::En => error.to_string(),
    }
}

fn bar() -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{spinner} {human_pos} {per_sec}");
    ProgressBar::no_length().with_style(style.expect("our own template"))
}
