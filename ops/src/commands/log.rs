//! `daicho log verify | export | stats | copy`: the log's integrity, its export, its counts, its way to another
//! place (`log_copy.rs`). The first three read beside a running server and change nothing.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use daicho_eventlog::export::{ExportError, Form, export};
use daicho_eventlog::open::{self, Log, OpenError, Place};
use daicho_eventlog::sealing::SealError;
use daicho_eventlog::stats::stats;
use daicho_eventlog::verify::{Finding, Verified, verify};
use daicho_eventlog::{Codec, DataDir, LogError};
use serde_json::json;

use super::{Failure, log_copy, print, print_json};
use crate::Global;

/// What `log` takes.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// Reads the whole log and says everything that is not as it must be
    Verify {
        /// The master key, if it does not lie beside the data directory
        #[arg(long, value_name = "FILE")]
        master_key: Option<PathBuf>,
    },
    /// Every event as a line of JSON, personal data still sealed
    Export {
        /// Write to this file instead of standard output
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Only the events after this number
        #[arg(long, value_name = "NUMBER")]
        after: Option<u64>,
    },
    /// Counts that depend on the recorded events alone
    Stats,
    /// Copies a log, event by event as it is recorded, to a directory or a cluster
    Copy(log_copy::Args),
}

/// Runs one of them.
pub fn run(global: &Global, args: Args) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let place = global.place()?;
    let dir = DataDir::at(global.data());
    match args.what {
        What::Copy(args) => runtime.block_on(log_copy::run(global, &args)),
        What::Verify { master_key } => {
            let checked = runtime.block_on(check(&place, &dir, master_key.as_deref()))?;
            tell(global, &checked)
        }
        What::Export { out, after } => {
            let form = match global.json {
                true => Form::Array,
                false => Form::Lines,
            };
            runtime.block_on(write(&place, &dir, out.as_deref(), after, form))
        }
        What::Stats => {
            let counted = runtime.block_on(async {
                let log = Log::for_reading(&place, &dir).await?;
                stats(&*log.port()).await
            });
            let counted = counted.map_err(log_failed)?;
            if global.json {
                return print_json(&counted);
            }
            let mut text = String::new();
            let mut row = |name: &str, count: u64| writeln!(text, "{count:>12}  {name}");
            row("イベント", counted.events)
                .and_then(|()| row("ストリーム", counted.streams))
                .expect("text takes lines");
            for (title, counts) in [
                ("ストリームの種類", &counted.streams_by_noun),
                ("イベントの種類", &counted.events_by_type),
                ("発生月", &counted.events_by_month),
            ] {
                let _ = writeln!(text, "\n{title}");
                for (name, count) in counts {
                    let _ = writeln!(text, "{count:>12}  {name}");
                }
            }
            print(&text)
        }
    }
}

fn log_failed(error: LogError) -> Failure {
    Failure::refused(error.sentence())
}

/// What `verify` found.
struct Checked {
    verified: Verified,
    /// Whether personal texts were opened; without the master key their shape alone was checked.
    opened: bool,
    /// What SQLite finds wrong with the file, where there is one.
    file: Vec<String>,
}

async fn check(
    place: &Place,
    dir: &DataDir,
    master_key: Option<&Path>,
) -> Result<Checked, Failure> {
    let (log, codec, opened) = match open::reading_at(place, dir, master_key).await {
        Ok(opened) => (opened.log, Codec::new(opened.keys), true),
        Err(OpenError::Keys(SealError::MasterKeyMissing { .. })) if master_key.is_none() => {
            let log = Log::for_reading(place, dir).await.map_err(log_failed)?;
            (log, Codec::without_keys(), false)
        }
        Err(error) => return Err(Failure::refused(error.sentence())),
    };
    let file = match log.file() {
        Some(file) => file.check_file().map_err(log_failed)?,
        None => Vec::new(),
    };
    let decode = |recorded: &_| match codec.decode(Clone::clone(recorded)) {
        Ok(_) => Ok(()),
        Err(LogError::Unreadable { why, .. }) => Err(why),
        Err(error) => Err(error.to_string()),
    };
    let verified = verify(&*log.port(), decode).await.map_err(log_failed)?;
    Ok(Checked {
        verified,
        opened,
        file,
    })
}

fn tell(global: &Global, checked: &Checked) -> Result<(), Failure> {
    let Checked {
        verified,
        opened,
        file,
    } = checked;
    let sound = verified.findings_count == 0 && file.is_empty();
    if global.json {
        print_json(&json!({
            "sound": sound,
            "events": verified.events,
            "digest": verified.digest,
            "personal_texts_opened": opened,
            "findings_count": verified.findings_count,
            "findings": verified.findings,
            "file": file,
        }))?;
    } else {
        let mut text = format!(
            "{} 件のイベント\n最終ダイジェスト {}\n",
            verified.events, verified.digest
        );
        if !opened {
            text.push_str("マスターキーがないため、個人情報は形式だけを確認しました。\n");
        }
        let findings = verified.findings.iter().map(Finding::to_string);
        for finding in findings.chain(file.iter().cloned()) {
            let _ = writeln!(text, "- {finding}");
        }
        print(&text)?;
    }
    match sound {
        true if global.json => Ok(()),
        true => print("異常はありません。\n"),
        false => Err(Failure::refused(format!(
            "ログに {} 件の異常があります。バックアップと照合してください。",
            verified.findings_count + file.len() as u64
        ))),
    }
}

async fn write(
    place: &Place,
    dir: &DataDir,
    out: Option<&Path>,
    after: Option<u64>,
    form: Form,
) -> Result<(), Failure> {
    let log = Log::for_reading(place, dir).await.map_err(log_failed)?;
    let log = log.port();
    let after = match after {
        None => None,
        Some(number) => {
            let position = log.position_of(number).await.map_err(log_failed)?;
            Some(position.ok_or_else(|| {
                Failure::refused(format!("番号 {number} のイベントはまだありません。"))
            })?)
        }
    };
    let mut out: Box<dyn Write + Send> = match out {
        Some(path) => Box::new(BufWriter::new(File::create(path)?)),
        None => Box::new(BufWriter::new(io::stdout())),
    };
    match export(&*log, after, form, &mut *out).await {
        Ok(_) => Ok(()),
        // A reader that has seen enough (`| head`) is no failure.
        Err(ExportError::Out(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(Failure::refused(error.sentence())),
    }
}
