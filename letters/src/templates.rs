//! The templates: what is embedded, or a folder that the office edits. A letter's present version is its highest number.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use daicho_domain::document::FileDigest;
use daicho_workers::letters::{Letter, Template};
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

/// Why a folder of templates is not taken.
#[derive(Debug, thiserror::Error)]
pub enum BadFolder {
    /// Something in it cannot be read.
    #[error("{path} を読めません: {why}")]
    Unreadable {
        /// The file or folder.
        path: String,
        /// Why.
        why: std::io::Error,
    },
    /// A template that no letter would ever be made from: whoever edited it would wait for it in vain.
    #[error(
        "{path} はどの書面のひな形でもありません。ひな形は「書面の名前/版の番号.typ」に置いてください（書面の名前は daicho letters list で分かります）"
    )]
    Stray {
        /// The file.
        path: String,
    },
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
    /// [`BadFolder`] names the file that cannot be read, is not UTF-8, or belongs to no letter.
    pub fn of_folder(folder: &Path) -> Result<Self, BadFolder> {
        let mut templates = Self::embedded();
        let say = |path: &Path, why| BadFolder::Unreadable {
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

    fn take(&mut self, folder: &Path, path: &Path) -> Result<(), BadFolder> {
        if path.extension().is_none_or(|ending| ending != "typ") {
            return Ok(());
        }
        let name = path.strip_prefix(folder).expect("it was found in there");
        let name = name.to_string_lossy().replace('\\', "/");
        if name.contains('/') && version(&name).is_none() {
            let path = path.display().to_string();
            return Err(BadFolder::Stray { path });
        }
        let text = fs::read_to_string(path).map_err(|why| BadFolder::Unreadable {
            path: path.display().to_string(),
            why,
        })?;
        self.sources.insert(name, text);
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
    /// # Panics
    /// When the binary has none for it: a test renders every one.
    #[must_use]
    pub fn present(&self, letter: Letter) -> Template {
        let versions = self.sources.keys().filter_map(|path| version(path));
        let own = versions.filter(|(of, _)| *of == letter);
        let version = own.map(|(_, version)| version).max();
        let version = version.expect("every letter has a template in the binary");
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
        Template {
            letter,
            version,
            digest: FileDigest::new(digest.finalize().into()),
        }
    }
}

/// The letter and the version that a path names, if it names one: `poa-start/1.typ`.
fn version(path: &str) -> Option<(Letter, u32)> {
    let (letter, version) = path.split_once('/')?;
    let version = version.strip_suffix(".typ")?;
    Some((letter.parse().ok()?, version.parse().ok()?))
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
