//! `daicho rulebooks`: the books there are, and whether a file would be taken as one.

use std::fs;
use std::path::PathBuf;

use daicho_domain::dates::{Calendars, in_japanese};
use daicho_domain::rules::{Book, Policy};
use serde_json::json;

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
}

/// Runs one of the subcommands.
pub fn run(global: &Global, args: Args) -> Result<(), Failure> {
    match args.what {
        What::List => list(global),
        What::Check { file } => check(global, &file),
    }
}

fn list(global: &Global) -> Result<(), Failure> {
    let policy = Policy::seeded();
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

fn check(global: &Global, file: &PathBuf) -> Result<(), Failure> {
    let name = file.display();
    let text = fs::read_to_string(file)
        .map_err(|error| Failure::refused(format!("{name} を読めませんでした: {error}")))?;
    let book =
        Book::read(&name.to_string(), &text, &Calendars::seeded()).map_err(Failure::refused)?;
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
