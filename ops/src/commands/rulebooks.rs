//! `daicho rulebooks`: the books there are, whether a file would be taken as one, and publishing it into the log.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use daicho_domain::dates::{Calendars, in_japanese};
use daicho_domain::rules::{Book, Policy};
use daicho_eventlog::books::{self, PublishError};
use daicho_eventlog::open::{self, Log, Place};
use daicho_eventlog::{Caused, Clock, DataDir, Durability, Engine, ExecuteError, SystemClock};
use serde_json::json;
use uuid::Uuid;

use super::{Failure, print, print_json};
use crate::Global;

/// What `rulebooks` takes.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// The books, their first day in force, and how many of their slots nobody has decided
    List,
    /// Reads a file as a book and runs its cases; says file and line of everything wrong
    Check {
        /// The book's TOML file
        file: PathBuf,
    },
    /// Publishes a book into the log: from then on it holds from its first day
    Publish {
        /// The book's TOML file
        file: PathBuf,
        /// The master key, if it does not lie beside the data directory
        #[arg(long, value_name = "FILE")]
        master_key: Option<PathBuf>,
        /// Who publishes it
        #[arg(long, value_name = "NAME", default_value = "cli")]
        actor: String,
    },
}

/// Runs one of the subcommands.
pub fn run(global: &Global, args: Args) -> Result<(), Failure> {
    match args.what {
        What::List => list(global),
        What::Check { file } => check(global, &file),
        What::Publish {
            file,
            master_key,
            actor,
        } => {
            let runtime = tokio::runtime::Runtime::new()?;
            runtime.block_on(publish(global, &file, master_key.as_deref(), actor))
        }
    }
}

/// The books that hold: those of the data directory's log, or the binary's own where no log has any.
pub fn policy(global: &Global) -> Result<Policy, Failure> {
    let place = global.place()?;
    let dir = DataDir::at(global.data());
    if place == Place::Directory && !dir.log().exists() {
        return Ok(Policy::seeded());
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let policy = runtime.block_on(async {
        let log = Log::for_reading(&place, &dir).await?;
        books::policy(&*log.port()).await
    });
    policy.map_err(|error| Failure::refused(error.sentence()))
}

async fn publish(
    global: &Global,
    file: &Path,
    master_key: Option<&Path>,
    actor: String,
) -> Result<(), Failure> {
    let place = global.place()?;
    let text = read(file)?;
    let name = file.display().to_string();
    let book = Book::read(&name, &text, &Calendars::seeded()).map_err(Failure::refused)?;
    let dir = DataDir::at(global.data());
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let durability = Durability::Acknowledged;
    let opened = open::writing_at(&place, &dir, master_key, clock.clone(), durability)
        .await
        .map_err(|error| Failure::refused(error.sentence()))?;
    let engine = Engine::start(
        opened.log.port(),
        opened.keys,
        clock,
        Arc::new(Policy::seeded()),
    )
    .await
    .map_err(|error| Failure::refused(error.sentence()))?;
    books::seed(&engine, None).await.map_err(refused)?;
    let by = Caused::by_request(actor, Uuid::now_v7());
    let executed = books::publish(&engine, &name, &text, by)
        .await
        .map_err(refused)?;
    let number = executed.events.first().map(|event| event.recorded.number);
    match (global.json, number) {
        (true, _) => print_json(&summary(&book, number)),
        (false, Some(number)) => print(&format!(
            "{} を公開しました（番号 {number}）。\n",
            book.name()
        )),
        (false, None) => print(&format!("{} は同じ内容で公開済みです。\n", book.name())),
    }
}

fn refused(error: PublishError) -> Failure {
    match error {
        PublishError::Execute(ExecuteError::Refused(refusal)) => {
            Failure::refused(refusal.sentence())
        }
        PublishError::Execute(ExecuteError::Failed(failed)) => Failure::refused(failed),
        PublishError::Wrong(errors) => Failure::refused(errors),
    }
}

fn read(file: &Path) -> Result<String, Failure> {
    let said = |error| Failure::refused(format!("{} を読めませんでした: {error}", file.display()));
    fs::read_to_string(file).map_err(said)
}

fn list(global: &Global) -> Result<(), Failure> {
    let policy = policy(global)?;
    if global.json {
        let books: Vec<_> = policy
            .books
            .all()
            .map(|(from, book)| summary(book, Some(from)))
            .collect();
        return print_json(&json!({ "books": books, "calendars": policy.calendars.digest() }));
    }
    let mut out = String::new();
    for (_, book) in policy.books.all() {
        out.push_str(&line(book));
    }
    print(&out)
}

fn check(global: &Global, file: &Path) -> Result<(), Failure> {
    let name = file.display().to_string();
    let book = Book::read(&name, &read(file)?, &Calendars::seeded()).map_err(Failure::refused)?;
    match global.json {
        true => print_json(&summary(&book, None)),
        false => print(&line(&book)),
    }
}

/// A book as JSON, with the log number it is known from.
fn summary(book: &Book, known_from: Option<u64>) -> serde_json::Value {
    json!({
        "book": book.name(),
        "service": book.service,
        "title": book.title,
        "in_force_from": book.in_force_from,
        "revision": book.revision,
        "changes": book.changes,
        "sha256": book.sha256,
        "known_from": known_from,
        "slots": book.slots().count(),
        "undecided": book.open_slots().map(|slot| slot.id).collect::<Vec<_>>(),
        "cases": book.cases(),
    })
}

/// A book as a line.
fn line(book: &Book) -> String {
    format!(
        "{}\t{}\t{} から\t{}項目（未決定 {}）\t事例 {}\tsha256 {}\n",
        book.name(),
        book.title,
        in_japanese(book.in_force_from),
        book.slots().count(),
        book.open_slots().count(),
        book.cases(),
        &book.sha256[..12],
    )
}
