//! `daicho journal`: the journal (仕訳) of a closed month, for the accounting software.

use daicho_domain::dates::Month;
use daicho_projections::current;
use daicho_projections::journal::Export;

use super::views::Office;
use super::{Failure, print, print_json};
use crate::Global;
use crate::configuration::{Configuration, Flags};

/// What `journal` takes.
#[derive(clap::Args)]
pub struct Args {
    /// The closed month, 2026-09
    #[arg(long, value_name = "YYYY-MM")]
    month: Month,
    /// The lines as CSV
    #[arg(long, conflicts_with = "json")]
    csv: bool,
    #[command(flatten)]
    flags: Flags,
}

/// Prints it.
pub fn run(global: &Global, args: &Args) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    runtime.block_on(export(global, args))
}

async fn export(global: &Global, args: &Args) -> Result<(), Failure> {
    let office = Office::open(global, args.flags.master_key.as_deref()).await?;
    let accounts = Configuration::read(&args.flags, global.data())?.accounts;
    let views = office.directory().views();
    let said = |error: daicho_projections::store::ViewsError| Failure::refused(error.sentence());
    let snapshot = current(views, &office.catalogue, &office.source, |_| {})
        .await
        .map_err(said)?;
    let found = Export::of(&snapshot, args.month, &accounts).map_err(said)?;
    let refused = |refusal: daicho_domain::installation::Refusal| {
        Failure::refused(format!("{}（{}）", refusal.sentence(), refusal.code()))
    };
    let journal = found.map_err(refused)?;
    if global.json {
        return print_json(&serde_json::to_value(&journal).expect("a journal is JSON"));
    }
    if args.csv {
        return print(&journal.csv());
    }
    print(&format!(
        "{} の仕訳　{}行、借方 {}円、貸方 {}円。--csv か --json で出力できます。\n",
        journal.month,
        journal.lines.len(),
        journal.debit,
        journal.credit
    ))
}
