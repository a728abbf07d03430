//! `daicho import`: corporations and offices from published files or our own CSV, cases in mid-life from sheets, with a
//! report of every line.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use daicho_api::import::{Gained, Intake, Mode, Report, SourceFile, Style, TEMPLATE};
use daicho_api::moving::EveryLine;
use daicho_domain::rules::Policy;
use daicho_eventlog::books;
use daicho_eventlog::open::{self, Opened};
use daicho_eventlog::{Clock, DataDir, Durability, Engine, SystemClock};
use indicatif::{ProgressBar, ProgressStyle};

use super::{Failure, moving, print};
use crate::Global;

/// Who an import's events name as their actor.
const ACTOR: &str = "import";

/// What `import` takes.
#[derive(clap::Args)]
pub struct Args {
    /// Published files (介護サービス情報公表) or our own CSV
    #[arg(value_name = "FILE", required_unless_present = "template")]
    files: Vec<PathBuf>,
    /// Show what would be taken and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Print every line, also those taken as they stand
    #[arg(long, conflicts_with = "json")]
    every_line: bool,
    /// Print a sheet with one made-up line, to be filled in: offices, or what cases in mid-life are told by
    #[arg(
        long,
        value_name = "KIND",
        num_args = 0..=1,
        default_missing_value = "offices",
        conflicts_with = "files"
    )]
    template: Option<String>,
    /// Where the template goes; an existing file is not overwritten
    #[arg(long, value_name = "FILE", requires = "template")]
    out: Option<PathBuf>,
    /// The master key, if it does not lie beside the data directory
    #[arg(long, value_name = "FILE")]
    master_key: Option<PathBuf>,
    #[command(flatten)]
    moving: moving::Args,
}

/// Takes the files.
pub fn run(global: &Global, args: Args) -> Result<(), Failure> {
    if let Some(name) = &args.template {
        return template(name, args.out.as_deref());
    }
    if moving::are_cases(&args.files)? {
        let every_line = match args.every_line {
            true => EveryLine::Yes,
            false => EveryLine::No,
        };
        let key = args.master_key.as_deref();
        return moving::run(
            global,
            &args.moving,
            &args.files,
            args.dry_run,
            every_line,
            key,
        );
    }
    let mode = if args.dry_run {
        Mode::DryRun
    } else {
        Mode::Take
    };
    let style = match (global.json, args.every_line) {
        (true, _) => Style::Json,
        (false, true) => Style::EveryLine,
        (false, false) => Style::Summary,
    };
    let bar = ProgressBar::no_length();
    let mut report = Report::begin(BufWriter::new(Out { bar: bar.clone() }), style, mode)?;
    let (mut sources, faults) = look_through(&args.files, &mut report, &bar)?;
    let mut gained = Gained::default();
    let taken = if sources.is_empty() {
        Ok(())
    } else {
        take(
            global,
            &args,
            mode,
            &mut sources,
            &mut report,
            &mut gained,
            &bar,
        )
    };
    bar.finish_and_clear();
    report.end(gained)?;
    taken?;
    match faults.as_slice() {
        [] => Ok(()),
        faults => Err(Failure::refused(faults.join("\n"))),
    }
}

/// How the name of what is no sheet of moving in ends: it is taken in that form only, and has no workbook.
fn no_sheet(name: &str) -> Option<&'static str> {
    match name {
        "offices" => Some("csv"),
        "totals" => Some("toml"),
        _sheet => None,
    }
}

/// Prints a template, or writes it.
fn template(name: &str, out: Option<&Path>) -> Result<(), Failure> {
    let workbook = out.is_some_and(moving::is_workbook);
    let text = match name {
        "offices" => Some(TEMPLATE.as_bytes().to_vec()),
        name if workbook => moving::template_workbook(name),
        name => moving::template(name).map(String::into_bytes),
    };
    if let Some(ending) = no_sheet(name).filter(|_| workbook) {
        return Err(Failure::Usage(format!(
            "ひな形「{name}」にExcelブックはありません。取り込めるのは .{ending} だけです。--out の名前を .{ending} で終えてください。"
        )));
    }
    let names = moving::templates();
    let text = text.ok_or_else(|| {
        Failure::Usage(format!(
            "ひな形「{name}」はありません。{names} のどれかを指定してください。"
        ))
    })?;
    let Some(out) = out else {
        return print(&String::from_utf8_lossy(&text));
    };
    if out.exists() {
        let out = out.display();
        return Err(Failure::refused(format!(
            "{out} はすでにあります。別の名前を指定してください。"
        )));
    }
    Ok(std::fs::write(out, text)?)
}

/// Looks every file through before anything is taken from any.
fn look_through(
    files: &[PathBuf],
    report: &mut Report<impl Write>,
    bar: &ProgressBar,
) -> Result<(Vec<SourceFile>, Vec<String>), Failure> {
    bar.set_style(
        ProgressStyle::with_template("{spinner} ファイルを確かめています {msg}")
            .expect("our own template"),
    );
    let (mut sources, mut faults) = (Vec::new(), Vec::new());
    for path in files {
        bar.set_message(path.display().to_string());
        bar.tick();
        match SourceFile::open(path) {
            Ok(source) => sources.push(source),
            Err(fault) => {
                report.fault(&path.to_string_lossy(), &fault)?;
                faults.push(fault.to_string());
            }
        }
    }
    Ok((sources, faults))
}

fn take(
    global: &Global,
    args: &Args,
    mode: Mode,
    sources: &mut [SourceFile],
    report: &mut Report<impl Write>,
    gained: &mut Gained,
    bar: &ProgressBar,
) -> Result<(), Failure> {
    let lines: u64 = sources.iter().map(SourceFile::line_count).sum();
    bar.set_style(
        ProgressStyle::with_template("取り込み中 {bar:40} {human_pos}/{human_len}行 残り{eta}")
            .expect("our own template"),
    );
    bar.set_length(lines);
    bar.set_message("");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let engine = engine(global, args.master_key.as_deref(), mode).await?;
        let intake = Intake {
            engine: &engine,
            mode,
            actor: ACTOR,
        };
        let taken = intake
            .run(sources, report, gained, |done| bar.set_position(done))
            .await;
        taken.map_err(Failure::refused)
    })
}

pub(super) async fn engine(
    global: &Global,
    master_key: Option<&Path>,
    mode: Mode,
) -> Result<Engine, Failure> {
    let dir = DataDir::at(global.data());
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let place = global.place()?;
    let durability = Durability::Acknowledged;
    let opened = match mode {
        Mode::Take => open::writing_at(&place, &dir, master_key, clock.clone(), durability).await,
        Mode::DryRun => open::reading_at(&place, &dir, master_key).await,
    };
    let Opened { log, keys, .. } = opened.map_err(|error| Failure::refused(error.sentence()))?;
    let engine = Engine::start(log.port(), keys, clock, Arc::new(Policy::seeded()))
        .await
        .map_err(|error| Failure::refused(error.sentence()))?;
    if mode == Mode::Take {
        books::seed(&engine, None).await.map_err(Failure::refused)?;
    }
    Ok(engine)
}

/// Standard output beside a progress bar. A reader that has seen enough (`| head`) stops no import.
struct Out {
    bar: ProgressBar,
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.bar.suspend(|| io::stdout().lock().write(bytes)) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(bytes.len()),
            other => other,
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match io::stdout().lock().flush() {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            other => other,
        }
    }
}
