//! Letters: which there are, who sends them, and the port to the press that makes a PDF of one.
//!
//! The press itself is the crate `daicho-letters`, at the edge of the house: nothing that decides, projects or
//! answers requests waits for its typesetter to compile. The binary puts it behind [`Press`].

pub mod account;
pub mod dispatch;
pub mod filing;
pub mod glyph;
mod letter;
mod money;
pub mod poa;
mod refusal;
mod sender;
mod values;

pub use letter::{Letter, UnknownLetter};
pub use refusal::Refusal;
pub use sender::Sender;

use daicho_domain::document::FileDigest;
use serde_json::{Map, Value};

/// What stands in one letter, besides its sender: JSON of the shape of the letter's sample.
#[derive(Clone, Debug)]
pub struct Content {
    /// Which letter.
    pub letter: Letter,
    /// Its values. Texts are set as they are, never read as markup. `date` is the day it bears.
    pub values: Map<String, Value>,
}

impl Content {
    /// The same letter with the 法人ID of its customer, where one is to stand in it.
    #[must_use]
    pub fn naming(mut self, account: Option<&str>) -> Self {
        if let Some(id) = account {
            self.values.insert("account_id".to_owned(), id.into());
        }
        self
    }

    /// Whether it names what its customer alone is to know: the 法人ID. It is kept sealed.
    #[must_use]
    pub fn is_confidential(&self) -> bool {
        self.values.contains_key("account_id")
    }
}

/// A finished letter, or several in one file.
#[derive(Clone)]
pub struct Printed {
    /// The file: PDF/A-2b. The same contents give the same bytes.
    pub pdf: Vec<u8>,
    /// How many pages it has.
    pub pages: usize,
    /// The template of each letter, in their order.
    pub templates: Vec<Template>,
}

/// The template that a letter was made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// The letter.
    pub letter: Letter,
    /// The version: the number that names its file.
    pub version: u32,
    /// SHA-256 over the template and what it shares with others.
    pub digest: FileDigest,
}

/// What makes a PDF of letters.
pub trait Press: Send + Sync {
    /// One file of all these letters in their order, each beginning on a page of its own.
    ///
    /// # Errors
    /// [`Refusal`]: a character that no font has, or a template that does not fit what it is given. Nothing is made then.
    fn print(&self, letters: &[Content]) -> Result<Printed, Refusal>;
}

/// Where nothing is printed: every letter is refused for want of a sender.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoPress;

impl Press for NoPress {
    fn print(&self, _: &[Content]) -> Result<Printed, Refusal> {
        Err(Refusal::NoSender)
    }
}
