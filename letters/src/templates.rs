//! The templates: what is embedded, or a folder that the office edits. A letter's present version is its highest number.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use daicho_domain::document::FileDigest;
use daicho_workers::letters::{Letter, Refusal, Template};
use rust_embed::RustEmbed;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

/// The folder of this crate.
#[derive(RustEmbed)]
#[folder = "templates"]
struct Embedded;

/// Templates by their path, `poa-start/1.typ`; what they share lies beside the letters' folders.
#[derive(Clone, Debug)]
pub struct Templates {
    sources: BTreeMap<String, String>,
}

/// A folder of templates that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {why}")]
pub struct Unreadable {
    /// The file or folder.
    pub path: String,
    /// Why.
    pub why: std::io::Error,
}

impl Templates {
    /// The templates of this binary.
    #[must_use]
    pub fn embedded() -> Self {
        let sources = Embedded::iter()
            .filter(|path| path.ends_with(".typ"))
            .map(|path| (path.to_string(), text(&path)))
            .collect();
        Self { sources }
    }

    /// The templates of a folder, instead of those of the binary. What the folder does not have is taken from the binary.
    ///
    /// # Errors
    /// [`Unreadable`] names the file that cannot be read, or is not UTF-8.
    pub fn of_folder(folder: &Path) -> Result<Self, Unreadable> {
        let mut templates = Self::embedded();
        let say = |path: &Path, why| Unreadable {
            path: path.display().to_string(),
            why,
        };
        for entry in fs::read_dir(folder).map_err(|why| say(folder, why))? {
            let path = entry.map_err(|why| say(folder, why))?.path();
            if !path.is_dir() {
                templates.take(folder, &path)?;
                continue;
            }
            for entry in fs::read_dir(&path).map_err(|why| say(&path, why))? {
                templates.take(folder, &entry.map_err(|why| say(&path, why))?.path())?;
            }
        }
        Ok(templates)
    }

    fn take(&mut self, folder: &Path, path: &Path) -> Result<(), Unreadable> {
        if path.extension().is_none_or(|ending| ending != "typ") {
            return Ok(());
        }
        let text = fs::read_to_string(path).map_err(|why| Unreadable {
            path: path.display().to_string(),
            why,
        })?;
        let name = path.strip_prefix(folder).expect("it was found in there");
        self.sources
            .insert(name.to_string_lossy().replace('\\', "/"), text);
        Ok(())
    }

    /// Every template by its path, with its text.
    pub(crate) fn sources(&self) -> impl Iterator<Item = (&str, &str)> {
        self.sources
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// The present template of a letter.
    ///
    /// # Errors
    /// [`Refusal::NoTemplate`] when there is none.
    pub fn present(&self, letter: Letter) -> Result<Template, Refusal> {
        let version = self
            .sources
            .keys()
            .filter_map(|path| {
                let version = path.strip_prefix(letter.code())?.strip_prefix('/')?;
                version.strip_suffix(".typ")?.parse::<u32>().ok()
            })
            .max();
        let version = version.ok_or_else(|| Refusal::NoTemplate {
            file: format!("{letter}/1.typ"),
        })?;
        let mut digest = Sha256::new();
        let own = format!("{letter}/{version}.typ");
        for (path, text) in &self.sources {
            if *path == own || !path.contains('/') {
                digest.update(path.as_bytes());
                digest.update([0]);
                digest.update(text.as_bytes());
                digest.update([0]);
            }
        }
        Ok(Template {
            letter,
            version,
            digest: FileDigest::new(digest.finalize().into()),
        })
    }
}

/// The file of a template, below the folder of templates.
pub(crate) fn file(template: &Template) -> String {
    format!("{}/{}.typ", template.letter, template.version)
}

/// A letter's sample: the values that its template is shown and tested with, without the sender.
///
/// # Panics
/// When the letter has none: a test renders every one.
#[must_use]
pub fn sample(letter: Letter) -> Map<String, Value> {
    let sample = text(&format!("{letter}/sample.json"));
    serde_json::from_str(&sample).expect("a sample is a JSON object")
}

fn text(path: &str) -> String {
    let file = Embedded::get(path).expect("the file is embedded");
    String::from_utf8(file.data.into_owned()).expect("templates and samples are UTF-8")
}
