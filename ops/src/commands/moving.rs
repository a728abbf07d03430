//! `daicho import` of cases in mid-life (移行): looked at by anybody, asked for with totals by one person, approved and
//! carried out by another.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::NaiveDate;
use daicho_api::moving::{Agreed, EveryLine, Kind, Moving, MovingReport, Table};
use daicho_domain::dates::Month;
use daicho_domain::moving::{Settings, Totals};
use daicho_domain::nouns::{Command, Event};
use daicho_domain::personal::Personal;
use daicho_domain::staff;
use daicho_domain::stream::{Noun, StaffId, Stream};
use daicho_eventlog::{Caused, Engine, books};
use uuid::Uuid;

use super::import::engine;
use super::{Failure, print, print_json};
use crate::Global;
use daicho_api::import::Mode;

/// How many events are read at once.
const PAGE_EVENTS: usize = 4096;

/// What moving in takes beside the files.
#[derive(clap::Args)]
#[command(next_help_heading = "Cases in mid-life (移行)")]
#[group(skip)]
pub struct Args {
    /// The switching day: from it on daicho keeps the books
    #[arg(long, value_name = "DATE")]
    switching_day: Option<NaiveDate>,
    /// The first month that daicho charges for
    #[arg(long, value_name = "YYYY-MM")]
    charged_from: Option<Month>,
    /// The totals of the books kept before (TOML); asks that the files be taken
    #[arg(long, value_name = "FILE", requires = "by", conflicts_with = "approve")]
    totals: Option<PathBuf>,
    /// Approve what another person asked for, and take the files
    #[arg(long, requires = "by")]
    approve: bool,
    /// Who asks or approves: the name colleagues read
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
}

/// Whether these files are sheets of cases; files of both sorts are not taken together.
pub fn are_cases(files: &[PathBuf]) -> Result<bool, Failure> {
    let mut cases = 0;
    for file in files {
        if let Ok(Some(_)) = Table::kind_of(file) {
            cases += 1;
        }
    }
    match cases {
        0 => Ok(false),
        all if all == files.len() => Ok(true),
        _some => Err(Failure::Usage(
            "法人・事業所のファイルと移行の表は、別々に取り込んでください。先に法人・事業所です。"
                .to_owned(),
        )),
    }
}

/// A template of this name, if there is one.
pub fn template(name: &str) -> Option<String> {
    match name {
        "totals" => Some(totals_template()),
        name => Kind::named(name).map(Kind::template),
    }
}

/// The same as an Excel workbook; the totals are no sheet.
pub fn template_workbook(name: &str) -> Option<Vec<u8>> {
    Kind::named(name).map(Kind::template_workbook)
}

/// Whether a file of this name is an Excel workbook.
pub fn is_workbook(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("xlsx"))
}

/// The names of all templates.
pub fn templates() -> String {
    let names: Vec<_> = Kind::ALL.iter().map(|kind| kind.code()).collect();
    format!("offices, {}, totals", names.join(", "))
}

fn totals_template() -> String {
    let lines = daicho_domain::moving::Measure::ALL
        .iter()
        .map(|measure| format!("{} = 0 # {}\n", measure.code(), measure.label()));
    let mut text = "# 移行元の台帳で数えた合計\n".to_owned();
    text.extend(lines);
    text
}

/// Looks at the files, asks for them or approves them.
pub fn run(
    global: &Global,
    args: &Args,
    files: &[PathBuf],
    dry_run: bool,
    every_line: EveryLine,
    master_key: Option<&Path>,
) -> Result<(), Failure> {
    let needed = |flag: &str| {
        Failure::Usage(format!(
            "移行には {flag} が必要です。例: --switching-day 2026-10-01 --charged-from 2026-10"
        ))
    };
    let settings = Settings {
        switched_on: args
            .switching_day
            .ok_or_else(|| needed("--switching-day"))?,
        charged_from: args.charged_from.ok_or_else(|| needed("--charged-from"))?,
    };
    let tables = files.iter().map(|file| Table::open(file));
    let tables = tables.collect::<Result<Vec<_>, _>>();
    let agreed = Agreed::new(tables.map_err(Failure::refused)?, settings);
    let entered = match &args.totals {
        None => None,
        Some(file) => Some(read_totals(file)?),
    };
    let mode = match dry_run || args.by.is_none() {
        true => Mode::DryRun,
        false => Mode::Take,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let report = runtime.block_on(async {
        let engine = engine(global, master_key, mode).await?;
        let policy = books::policy(&**engine.log()).await;
        engine.replace_policy(Arc::new(
            policy.map_err(|error| Failure::refused(error.sentence()))?,
        ));
        go(&engine, args, mode, &agreed, entered).await
    })?;
    match global.json {
        true => print_json(&report),
        false => print(&report.text(every_line)),
    }
}

async fn go(
    engine: &Engine,
    args: &Args,
    mode: Mode,
    agreed: &Agreed,
    entered: Option<Totals>,
) -> Result<MovingReport, Failure> {
    let moving = Moving { engine };
    let report = match (mode, &args.by, entered) {
        (Mode::Take, Some(name), Some(entered)) => {
            let by = member(engine, name).await?;
            moving.ask(agreed, entered, by).await
        }
        (Mode::Take, Some(name), None) if args.approve => {
            let by = member(engine, name).await?;
            moving.approve(agreed, by).await
        }
        (Mode::Take, Some(_), None) => {
            return Err(Failure::Usage(
                "--by には --totals（申請）か --approve（承認）が必要です。".to_owned(),
            ));
        }
        (Mode::Take | Mode::DryRun, _, entered) => moving.look(agreed, entered).await,
    };
    report.map_err(Failure::refused)
}

fn read_totals(file: &Path) -> Result<Totals, Failure> {
    let shown = file.display();
    let text = std::fs::read_to_string(file)
        .map_err(|error| Failure::refused(format!("{shown} を読めません: {error}")))?;
    toml::from_str(&text).map_err(|error| {
        Failure::refused(format!(
            "{shown} は合計の表ではありません（{}）。daicho import --template totals のひな形を使ってください。",
            error.message()
        ))
    })
}

/// The member of the staff of this name; who is not on the list yet enters it.
async fn member(engine: &Engine, name: &str) -> Result<StaffId, Failure> {
    let said = |error: daicho_eventlog::LogError| Failure::refused(error.sentence());
    let mut after = None;
    let mut found = None;
    loop {
        let page = engine.log().read_all(after, PAGE_EVENTS).await;
        let page = page.map_err(said)?;
        let Some(last) = page.last() else { break };
        after = Some(last.position);
        for recorded in page {
            if recorded.stream.noun() != Noun::Staff.code() {
                continue;
            }
            let decoded = engine.codec().decode(recorded).map_err(said)?;
            let Stream::Staff(id) = decoded.stream else {
                continue;
            };
            if let Event::Staff(event) = decoded.event {
                match event {
                    staff::Event::Named { name: known } if known.disclose() == Some(name) => {
                        found = Some(id);
                    }
                    staff::Event::Named { .. } | staff::Event::Left {} if found == Some(id) => {
                        found = None;
                    }
                    staff::Event::Named { .. } | staff::Event::Left {} => {}
                }
            }
        }
    }
    if let Some(id) = found {
        return Ok(id);
    }
    let id = StaffId(Uuid::now_v7());
    let name = Personal::new(format!("staff-{id}"), name);
    let command = Command::staff(&Stream::Staff(id), staff::Command::Name { name });
    let caused = Caused::by_request(id.to_string(), Uuid::now_v7());
    engine
        .execute(command, caused)
        .await
        .map_err(|error| Failure::refused(error.sentence()))?;
    Ok(id)
}
