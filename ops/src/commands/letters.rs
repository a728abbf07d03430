//! `daicho letters list | render`: the letters there are, and one of them as a PDF made from its sample.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use daicho_letters::{Templates, Typesetter, sample};
use daicho_workers::letters::{Content, Letter, Press, Refusal, Sender};
use serde_json::json;

use super::{Failure, print, print_json};
use crate::Global;
use crate::configuration::{Configuration, Flags};

/// What `letters` takes.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// The names of the letters, one a line
    List,
    /// One letter as a PDF, from the sample beside its template; needs no data directory
    Render(Render),
}

#[derive(clap::Args)]
struct Render {
    /// The letter's name, as `letters list` prints it
    #[arg(value_name = "LETTER")]
    letter: String,
    /// From its sample: the only source a letter is rendered from here
    #[arg(long, required = true)]
    sample: bool,
    /// Where the PDF goes
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Templates of this folder instead of those of the binary, or of the configuration
    #[arg(long, value_name = "DIR")]
    templates: Option<PathBuf>,
    /// The configuration file (TOML), for the sender [default: daicho.toml in the data directory, if it is there]
    #[arg(long, value_name = "FILE", env = "DAICHO_CONFIG")]
    config: Option<PathBuf>,
}

/// Lists or renders.
pub fn run(global: &Global, args: Args) -> Result<(), Failure> {
    match args.action {
        Action::List => list(global),
        Action::Render(render) => self::render(global, render),
    }
}

fn list(global: &Global) -> Result<(), Failure> {
    if global.json {
        let templates = Templates::embedded();
        let letters = Letter::ALL.iter().map(|letter| {
            let template = templates.present(*letter);
            json!({
                "name": letter.code(),
                "label": letter.label(),
                "version": template.version,
                "digest": template.digest.to_string(),
            })
        });
        let letters: Vec<_> = letters.collect();
        return print_json(&json!({ "letters": letters }));
    }
    let names = Letter::ALL.iter().map(|letter| format!("{letter}\n"));
    print(&names.collect::<String>())
}

fn render(global: &Global, render: Render) -> Result<(), Failure> {
    let letter: Letter = render.letter.parse().map_err(|_| {
        let name = &render.letter;
        Failure::Usage(format!(
            "「{name}」という書面はありません。daicho letters list で名前を確かめてください。"
        ))
    })?;
    let flags = Flags {
        config: render.config,
        ..Flags::default()
    };
    let configured = Configuration::read(&flags, global.data())?.letters;
    let folder = render.templates.or(configured.templates);
    let sender = configured.sender.unwrap_or_else(Sender::invented);
    let press = Typesetter::new(templates(folder.as_deref())?, Some(sender));
    let content = Content {
        letter,
        values: sample(letter),
    };
    let printed = press.print(&[content]).map_err(refused)?;
    std::fs::write(&render.out, &printed.pdf).map_err(|error| {
        let out = render.out.display();
        Failure::refused(format!("{out} に書けません: {error}"))
    })?;
    if global.json {
        let used = printed.templates.first();
        return print_json(&json!({
            "letter": letter.code(),
            "file": render.out,
            "pages": printed.pages,
            "bytes": printed.pdf.len(),
            "version": used.map(|template| template.version),
            "digest": used.map(|template| template.digest.to_string()),
        }));
    }
    let out = render.out.display();
    print(&format!(
        "{}　{out}　{}ページ\n",
        letter.label(),
        printed.pages
    ))
}

/// The templates of this folder, or those of the binary.
pub fn templates(folder: Option<&Path>) -> Result<Templates, Failure> {
    match folder {
        None => Ok(Templates::embedded()),
        Some(folder) => Templates::of_folder(folder)
            .map_err(|error| Failure::refused(format!("書面のひな形を使えません。{error}"))),
    }
}

/// A refusal as the person at the terminal reads it, with its code.
pub fn refused(refusal: Refusal) -> Failure {
    Failure::refused(format!("{}［{}］", refusal.sentence(), refusal.code()))
}
