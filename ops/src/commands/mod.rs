//! The commands of the binary, one file each: its arguments, what it does, what it prints.

mod bank;
mod config;
mod demo;
mod doctor;
mod explain;
mod import;
mod journal;
mod letters;
mod log;
mod log_copy;
mod moving;
mod offered;
mod replay;
mod rulebooks;
mod serve;
mod simulate;
mod vault;
mod views;

use std::io::{self, Write};

use clap::Subcommand;

use crate::Global;

/// The commands, in the order of `daicho --help`.
#[derive(Subcommand)]
pub enum Command {
    /// API, dashboard and workers in one process
    Serve(serve::Args),
    /// A simulated year of real work that ends today, then served; marked 練習用
    Demo(demo::Args),
    /// Any derived date or amount with its derivation; a range gives a row per day
    Explain(explain::Args),
    /// The bank's debit file as released; a result checked and booked
    Bank(bank::Args),
    /// The journal of a closed month, for the accounting software
    Journal(journal::Args),
    /// The letters there are; one rendered from its sample
    Letters(letters::Args),
    /// The log's integrity, its export, its counts
    Log(log::Args),
    /// The rule books: list them, check a file
    Rulebooks(rulebooks::Args),
    /// Corporations, offices and cases in mid-life from files, with a report of every line
    Import(import::Args),
    /// What was known at a moment, from the log alone
    Replay(replay::Args),
    /// The read models made anew, their digest, and whether they are what the log gives
    Views(views::Args),
    /// A synthetic book of business through the real workers with a simulated clock, into an empty directory
    Simulate(simulate::Args),
    /// The configuration that holds, without secrets
    Config(config::Args),
    /// What is missing or wrong with the keys and the vault, and what to do
    Doctor(doctor::Args),
    /// The vault of IDs and initial passwords: another master key
    Vault(vault::Args),
}

impl Command {
    /// Runs the command.
    pub fn run(self, global: &Global) -> Result<(), Failure> {
        match self {
            Command::Explain(args) => explain::run(global, args),
            Command::Bank(args) => bank::run(global, &args),
            Command::Journal(args) => journal::run(global, &args),
            Command::Letters(args) => letters::run(global, args),
            Command::Log(args) => log::run(global, args),
            Command::Rulebooks(args) => rulebooks::run(global, args),
            Command::Import(args) => import::run(global, args),
            Command::Replay(args) => replay::run(global, &args),
            Command::Views(args) => views::run(global, &args),
            Command::Serve(args) => serve::run(global, args),
            Command::Demo(args) => demo::run(global, args),
            Command::Simulate(args) => simulate::run(global, args),
            Command::Config(args) => config::run(global, args),
            Command::Doctor(args) => doctor::run(global, &args),
            Command::Vault(args) => vault::run(global, &args),
        }
    }
}

/// Why a command did not do what it was asked: one sentence for the person at the terminal.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The office says no, or the world failed: exit code 1.
    #[error("{0}")]
    Refused(String),
    /// What was asked makes no sense as it was written: exit code 2.
    #[error("{0}")]
    Usage(String),
    /// Standard output could not be written.
    #[error("出力できませんでした: {0}")]
    Output(#[from] io::Error),
}

impl Failure {
    /// Anything that can be said in a sentence.
    pub fn refused(why: impl ToString) -> Failure {
        Failure::Refused(why.to_string())
    }

    /// The exit code the process ends with.
    pub fn exit_code(&self) -> u8 {
        match self {
            Failure::Refused(_) | Failure::Output(_) => 1,
            Failure::Usage(_) => 2,
        }
    }
}

/// Writes to standard output; a reader that has seen enough (`| head`) is no failure.
pub fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other?),
    }
}

/// Writes one JSON document to standard output.
pub fn print_json(document: &impl serde::Serialize) -> Result<(), Failure> {
    let mut text = serde_json::to_string_pretty(document).expect("our own documents serialise");
    text.push('\n');
    print(&text)
}
