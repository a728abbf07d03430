//! `daicho views rebuild | digest | check`: the read models made anew, their digest, and whether they are what the
//! log gives. Each works beside a running server, which moves to what was rebuilt.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use daicho_eventlog::{DataDir, open};
use daicho_projections::{Catalogue, Check, Digest, Source, check, current, rebuild_in};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use super::{Failure, print, print_json};
use crate::Global;
use crate::installation::catalogue;

/// What `views` takes.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
    /// The master key, if it does not lie beside the data directory
    #[arg(long, global = true, value_name = "FILE")]
    master_key: Option<PathBuf>,
}

#[derive(clap::Subcommand)]
enum What {
    /// Fills the next generation from nothing beside the live one, then moves to it
    Rebuild,
    /// One digest of rows alone: the same log gives the same digest
    Digest,
    /// Makes the read models anew aside and compares them with the live ones, row by row
    Check,
}

/// Runs one of them.
pub fn run(global: &Global, args: &Args) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let office = Office::open(global, args.master_key.as_deref()).await?;
        match args.what {
            What::Rebuild => rebuild(global, &office).await,
            What::Digest => digest(global, &office).await,
            What::Check => compare(global, &office).await,
        }
    })
}

/// A data directory as its read models are made from it.
pub(super) struct Office {
    directory: DataDir,
    pub(super) catalogue: Arc<Catalogue>,
    pub(super) source: Source,
    events: u64,
}

impl Office {
    /// Opens log and keys beside whoever writes them.
    pub(super) async fn open(
        global: &Global,
        master_key: Option<&std::path::Path>,
    ) -> Result<Self, Failure> {
        let directory = DataDir::at(global.data());
        let opened = open::reading_at(&global.place()?, &directory, master_key)
            .await
            .map_err(|error| Failure::refused(error.sentence()))?;
        let log = opened.log.port();
        let head = log.head().await.map_err(Failure::refused)?;
        Ok(Self {
            directory,
            catalogue: Arc::new(catalogue()),
            source: Source::new(log, opened.keys),
            events: head.map_or(0, |last| last.number + 1),
        })
    }

    /// The directory.
    pub(super) const fn directory(&self) -> &DataDir {
        &self.directory
    }

    /// A bar that fills with the numbers reached; nothing where no terminal looks on.
    pub(super) fn progress(&self, what: &'static str) -> (ProgressBar, impl FnMut(u64) + use<>) {
        let style = ProgressStyle::with_template("{msg} {wide_bar} {human_pos}/{human_len}");
        let style = style.expect("the template is written correctly");
        let bar = ProgressBar::new(self.events).with_style(style);
        bar.set_message(what);
        let moving = bar.clone();
        (bar, move |number| moving.set_position(number + 1))
    }
}

async fn rebuild(global: &Global, office: &Office) -> Result<(), Failure> {
    if office.events == 0 && !office.directory.root().exists() {
        return print(&format!(
            "{} にデータがないため、作り直すものはありません。\n",
            office.directory.root().display()
        ));
    }
    let begun = Instant::now();
    let (bar, progress) = office.progress("作り直し");
    let rebuilt = rebuild_in(
        office.directory.views(),
        &office.catalogue,
        &office.source,
        progress,
    )
    .await;
    bar.finish_and_clear();
    let rebuilt = rebuilt.map_err(|error| Failure::refused(error.sentence()))?;
    let generation = rebuilt
        .file
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy();
    let events = rebuilt.number.map_or(0, |last| last + 1);
    if global.json {
        return print_json(&json!({ "generation": generation, "events": events }));
    }
    let seconds = begun.elapsed().as_secs_f64();
    print(&format!(
        "{events}件のイベントから作り直しました（{seconds:.1}秒）。世代: {generation}\n"
    ))
}

async fn digest(global: &Global, office: &Office) -> Result<(), Failure> {
    let (bar, progress) = office.progress("読み込み");
    let views = office.directory.views();
    let snapshot = current(views, &office.catalogue, &office.source, progress).await;
    bar.finish_and_clear();
    let digest = snapshot.and_then(|snapshot| Digest::of(&snapshot));
    let digest = digest.map_err(|error| Failure::refused(error.sentence()))?;
    if global.json {
        return print_json(&digest);
    }
    print(&in_words(&digest))
}

fn in_words(digest: &Digest) -> String {
    let mut text = String::new();
    for table in &digest.tables {
        let _ = writeln!(text, "{}  {:>9}  {}", table.sha256, table.rows, table.table);
    }
    let events = digest.number.map_or(0, |last| last + 1);
    let _ = writeln!(text, "{}  全体（{events}件のイベントまで）", digest.total);
    text
}

async fn compare(global: &Global, office: &Office) -> Result<(), Failure> {
    let (bar, progress) = office.progress("照合");
    let checked = checked(office, progress).await;
    bar.finish_and_clear();
    let checked = checked.map_err(|error| Failure::refused(error.sentence()))?;
    let differing = checked.differing();
    if global.json {
        print_json(&json!({
            "number": checked.live.number,
            "live": checked.live.total,
            "anew": checked.anew.total,
            "differing": differing,
        }))?;
    }
    if !differing.is_empty() {
        return Err(Failure::refused(format!(
            "一覧のデータがログと一致しません（{}）。「daicho views rebuild」で作り直してください。",
            differing.join("、")
        )));
    }
    if global.json {
        return Ok(());
    }
    print(&format!(
        "一致しました。{}\n",
        in_words(&checked.live).lines().last().unwrap_or_default()
    ))
}

async fn checked(
    office: &Office,
    progress: impl FnMut(u64),
) -> daicho_projections::store::Result<Check> {
    let views = office.directory.views();
    let live = current(views, &office.catalogue, &office.source, |_| {}).await?;
    check(&live, &office.catalogue, &office.source, progress).await
}
