//! The binary `daicho`. Reads the command line, runs one command of `commands/`, says a failure in one sentence.
//! Exit codes: 0 done, 1 refused or failed, 2 wrong usage.

mod commands;
mod configuration;
mod installation;
mod mail;
mod tracing;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, ValueEnum};
use daicho_domain::rules;
use daicho_eventlog::open::Place;

/// Texts of rows are made by one thread and dropped by another, which the system's allocator is slow at.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// 台帳, the register: an event-sourced back-office workflow engine for care-service applications.
#[derive(Parser)]
#[command(
    name = "daicho",
    version,
    propagate_version = true,
    arg_required_else_help = true
)]
struct CommandLine {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: commands::Command,
}

/// What goes with every command, before or after its name.
#[derive(Args, Clone, Debug)]
struct Global {
    /// Data directory [default: ./data]
    #[arg(long, global = true, value_name = "DIR", env = "DAICHO_DATA")]
    data: Option<PathBuf>,
    /// Print one JSON document on standard output
    #[arg(long, global = true)]
    json: bool,
    /// Where the log is: sqlite, or kurrentdb://… [default: sqlite]
    #[arg(
        long,
        global = true,
        value_name = "LOG",
        env = "DAICHO_LOG",
        hide_env_values = true
    )]
    log: Option<String>,
    /// Language of what is printed for people
    #[arg(long, global = true, value_name = "LANG", default_value = "ja")]
    lang: Lang,
}

/// The language of what is printed for people.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Lang {
    /// Japanese
    Ja,
    /// English
    En,
}

impl Global {
    /// The data directory, or the command's own default.
    fn data_or<'a>(&'a self, default: &'a str) -> &'a Path {
        self.data.as_deref().unwrap_or(Path::new(default))
    }

    /// The data directory, `./data` unless named.
    fn data(&self) -> &Path {
        self.data_or("./data")
    }

    /// Where the log is: what was said, or what the configuration file in the data directory says.
    fn place(&self) -> Result<Place, commands::Failure> {
        self.place_beside(self.data())
    }

    /// As [`Self::place`], for a command with a data directory of its own.
    fn place_beside(&self, data: &Path) -> Result<Place, commands::Failure> {
        configuration::place(self.log.as_deref(), None, data)
    }

    /// The language for the texts of the rules.
    fn lang(&self) -> rules::Lang {
        match self.lang {
            Lang::Ja => rules::Lang::Ja,
            Lang::En => rules::Lang::En,
        }
    }
}

fn main() -> ExitCode {
    // What this program makes holds customers' papers: files and folders are their owner's alone.
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    let CommandLine { global, command } = CommandLine::parse();
    match command.run(&global) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("daicho: {failure}");
            ExitCode::from(failure.exit_code())
        }
    }
}
