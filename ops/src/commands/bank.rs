//! `daicho bank request | result`: the file that goes to the bank, as it was released; a result that came back, held
//! against it and booked.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use daicho_domain::dates::Month;
use daicho_domain::debit_batch::{Checked, Command as Batch, Refusal, Stage};
use daicho_domain::nouns::Command;
use daicho_domain::stream::{StaffId, Stream, derived_id};
use daicho_domain::zengin::{Records, ResultCode};
use daicho_eventlog::{Caused, DataDir, Durability, SystemClock};
use daicho_projections::debit_file::Sent;
use daicho_projections::store::ViewsError;
use daicho_projections::{Snapshot, current, debit_file, debits};
use serde_json::json;

use super::views::Office;
use super::{Failure, print, print_json};
use crate::Global;
use crate::configuration::{self, Configuration, Flags};
use crate::installation::{Installation, Start};

/// What `bank` takes.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
    #[command(flatten)]
    flags: Flags,
}

#[derive(clap::Subcommand)]
enum What {
    /// Writes the file, as released, of the debit day in a month
    Request {
        /// The month of the debit day, 2026-09
        #[arg(long, value_name = "YYYY-MM")]
        month: Month,
        /// Where to; an existing file is not overwritten
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Holds a result against the file that was sent, and books it
    Result {
        /// The file as it came from the bank
        file: PathBuf,
        /// Only say whether it would be taken
        #[arg(long)]
        dry_run: bool,
    },
}

/// Runs one of them.
pub fn run(global: &Global, args: &Args) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    runtime.block_on(async {
        match &args.what {
            What::Request { month, out } => request(global, &args.flags, *month, out).await,
            What::Result { file, dry_run } => result(global, &args.flags, file, *dry_run).await,
        }
    })
}

fn said(error: ViewsError) -> Failure {
    Failure::refused(error.sentence())
}

fn refused(refusal: Refusal) -> Failure {
    Failure::refused(format!("{}（{}）", refusal.sentence(), refusal.code()))
}

async fn snapshot(office: &Office) -> Result<Snapshot, Failure> {
    let views = office.directory().views();
    current(views, &office.catalogue, &office.source, |_| {})
        .await
        .map_err(said)
}

/// The file of a month as it went to the bank.
async fn sent(office: &Office, month: Month) -> Result<Sent, Failure> {
    let now = snapshot(office).await?;
    let then = snapshot(office).await?;
    let sent = debit_file::sent(&now, |through| Ok(then.at(through)), month);
    sent.map_err(said)?.map_err(refused)
}

async fn request(global: &Global, flags: &Flags, month: Month, out: &Path) -> Result<(), Failure> {
    let office = Office::open(global, flags.master_key.as_deref()).await?;
    let sent = sent(&office, month).await?;
    if out.exists() {
        let out = out.display();
        return Err(Failure::refused(format!(
            "{out} はすでにあります。別の名前を指定してください。"
        )));
    }
    std::fs::write(out, sent.made.request.bytes())?;
    let totals = sent.frozen.totals;
    if global.json {
        return print_json(&json!({
            "month": month,
            "debit_on": sent.row.debit_on,
            "count": totals.count,
            "amount": totals.amount,
            "sha256": sent.frozen.sha256,
            "out": out,
        }));
    }
    print(&format!(
        "{} に書きました。引落日 {}、{}件、{}円、SHA-256 {}\n",
        out.display(),
        sent.row.debit_on,
        totals.count,
        totals.amount,
        sent.frozen.sha256
    ))
}

/// The batch a result is for: the one that was sent for the day in its header, else the last one that waits.
fn month_of(snapshot: &Snapshot, file: &[u8]) -> Result<Month, Failure> {
    const LOOKED_AT: u64 = 120;
    let header = Records::read(file).map_err(|fault| {
        let fault = fault.to_string();
        refused(Refusal::ResultFormat { fault })
    })?;
    let header = header.header;
    let rows = debits::list(snapshot, LOOKED_AT).map_err(said)?;
    let day = format!("{:02}-{:02}", header.month, header.day);
    let of_day = rows
        .iter()
        .find(|row| row.debit_on.format("%m-%d").to_string() == day);
    let waiting = rows.iter().find(|row| row.stage == Stage::Sent);
    let row = of_day
        .or(waiting)
        .ok_or_else(|| refused(Refusal::NotSent))?;
    Ok(row.month)
}

async fn result(global: &Global, flags: &Flags, file: &Path, dry_run: bool) -> Result<(), Failure> {
    let bytes = std::fs::read(file).map_err(|error| {
        let file = file.display();
        Failure::refused(format!("{file} を読めません: {error}"))
    })?;
    let office = Office::open(global, flags.master_key.as_deref()).await?;
    let month = month_of(&snapshot(&office).await?, &bytes)?;
    let checked = sent(&office, month).await?.check(&bytes).map_err(refused)?;
    let report = report(month, &checked, dry_run);
    if !dry_run {
        take(global, flags, month, checked).await?;
    }
    match global.json {
        true => print_json(&report),
        false => print(&format!(
            "{month} の振替結果: 入金 {}件 {}円、不能 {}件 {}円{}\n",
            report["collected"]["count"],
            report["collected"]["amount"],
            report["failed"]["count"],
            report["failed"]["amount"],
            if dry_run {
                "（確認のみ。記録していません）"
            } else {
                ""
            }
        )),
    }
}

fn report(month: Month, checked: &Checked, dry_run: bool) -> serde_json::Value {
    let count = |code| {
        checked
            .outcomes
            .iter()
            .filter(|outcome| outcome.code == code)
            .count()
    };
    let codes: serde_json::Map<_, _> = ResultCode::ALL
        .iter()
        .map(|code| (code.code().to_owned(), json!(count(*code))))
        .collect();
    json!({
        "month": month,
        "dry_run": dry_run,
        "collected": checked.collected,
        "failed": checked.failed,
        "codes": codes,
    })
}

/// Records the result and lets the workers book it.
async fn take(
    global: &Global,
    flags: &Flags,
    month: Month,
    checked: Checked,
) -> Result<(), Failure> {
    let dir = DataDir::at(global.data());
    let configuration = Configuration::read(flags, dir.root())?;
    let place = configuration::place(global.log.as_deref(), flags.config.as_deref(), dir.root())?;
    let installation = Installation::start(Start {
        dir: &dir,
        place: &place,
        master_key: configuration.master_key.as_deref(),
        clock: Arc::new(SystemClock),
        durability: Durability::Acknowledged,
        outgoing: None,
        configuration: configuration.digest(),
    })
    .await?;
    let by = StaffId(derived_id(&["command-line"]));
    let id = derived_id(&["bank-result", &month.to_string(), &checked.sha256]);
    let receive = Batch::ReceiveResult { checked, by };
    let command = Command::debit_batch(&Stream::DebitBatch(month), receive);
    let caused = Caused::by_request(by.to_string(), id);
    installation
        .engine
        .execute(command, caused)
        .await
        .map_err(Failure::refused)?;
    installation
        .workers
        .settle(&mut |_| ())
        .await
        .map_err(Failure::refused)
}
