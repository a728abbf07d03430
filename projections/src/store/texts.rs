//! The one place where the plaintext of sealed fields lies: `personal_texts`.
//!
//! Rows and folded states hold a reference (`TextRef`) instead of the text, and pages join the table
//! to show or search it, so that erasing a person is one `DELETE`. The reference is made of the event
//! that first said the text, never of the text, so that what remains elsewhere tells nothing.

use super::cache::{Cache, Writing};
use super::seen::Seen;
use super::shelf::Shelf;
use super::{Cell, Column, Packer, Result, Writer, WrongCell};
use daicho_domain::personal::{MARK, Personal};
use rusqlite::{Connection, OptionalExtension as _};
use serde_json::Value;
use std::fmt;
use std::str::FromStr;

/// The table's statements. It keeps no former versions: what is erased must be gone.
pub const CREATE: &str = "\
CREATE TABLE personal_texts (key TEXT NOT NULL UNIQUE, subject TEXT NOT NULL, text TEXT NOT NULL);
CREATE INDEX personal_texts_subject ON personal_texts (subject);
";

/// Where the text of a row lies in `personal_texts`.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(transparent)]
pub struct TextRef(String);

impl fmt::Display for TextRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for TextRef {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}

impl Column for TextRef {
    const DECLARATION: &'static str = String::DECLARATION;

    fn to_cell(&self) -> Cell {
        Cell::Text(self.0.clone())
    }

    fn pack(&self, to: &mut Packer) {
        to.text(&self.0);
    }

    fn from_cell(cell: Cell) -> Result<Self, WrongCell> {
        String::from_cell(cell).map(Self)
    }
}

/// Texts held in each of two generations of use: more than all batches on their way to the file say.
const TEXTS_KEPT: usize = 1 << 16;

/// A text as it is written.
pub(super) struct Text {
    key: String,
    subject: String,
    text: String,
}

/// Whose texts are forgotten with a batch.
#[derive(Default)]
pub(super) struct Forgotten {
    subjects: Vec<String>,
    /// Something in memory may refer to one of their texts.
    referred: bool,
}

/// Where the texts said lately lie, by subject and text.
pub(super) struct Texts(Cache<(String, String), String>, Forgotten);

impl Texts {
    /// Nothing in memory yet. A text goes to the file with its batch: states that refer to it may go
    /// any time later.
    pub fn new() -> Self {
        Self(
            Cache::new(Writing::WithItsBatch, TEXTS_KEPT),
            Forgotten::default(),
        )
    }

    pub fn give(&mut self, batch: u64) -> Vec<Text> {
        let mut given = Vec::new();
        self.0.give(batch, |(subject, text), key| {
            given.push(Text {
                key: key.clone(),
                subject: subject.clone(),
                text: text.clone(),
            });
        });
        given
    }

    /// Whose texts are to be removed before those of the batch are written.
    pub fn give_forgotten(&mut self) -> Forgotten {
        std::mem::take(&mut self.1)
    }

    pub fn written(&mut self, batch: u64) {
        self.0.written(batch);
    }

    pub fn forget(&mut self) {
        self.0.forget();
        self.1 = Forgotten::default();
    }

    fn find(
        &mut self,
        shelf: &Shelf,
        seen: &Seen,
        subject: &str,
        text: &str,
    ) -> Result<Option<String>> {
        let said = (subject.to_owned(), text.to_owned());
        if let Some(key) = self.0.get(&said) {
            return Ok(Some(key.clone()));
        }
        if !seen.maybe("personal_texts", &said) {
            return Ok(None);
        }
        let found = shelf.read(|conn| find(conn, subject, text))?;
        if let Some(key) = &found {
            self.0.hold(said, key.clone());
        }
        Ok(found)
    }
}

impl Writer<'_> {
    /// The reference to a personal text that an event has said; `None` when its key was erased.
    pub fn text(&mut self, personal: &Personal) -> Result<Option<TextRef>> {
        let Some(text) = personal.disclose() else {
            return Ok(None);
        };
        let (shelf, _, texts, seen) = self.held().parts();
        let key = texts.find(shelf, seen, personal.subject(), text)?;
        Ok(key.map(TextRef))
    }

    /// As [`Self::text`], of what an event may have said.
    pub fn text_of(&mut self, personal: Option<&Personal>) -> Result<Option<TextRef>> {
        match personal {
            Some(personal) => self.text(personal),
            None => Ok(None),
        }
    }

    /// Forgets every text of these persons, now and as of any earlier number.
    pub(crate) fn forget_texts(&mut self, subjects: &[String]) {
        let (_, _, Texts(held, forgotten), _) = self.held().parts();
        for subject in subjects {
            forgotten.referred |= held.drop_where(|(whose, _)| whose == subject);
            forgotten.subjects.push(subject.clone());
        }
    }

    /// Keeps every personal text of an event's body, before any row or state refers to it.
    pub(crate) fn keep_texts(&mut self, body: &Value) -> Result<()> {
        let number = self.number();
        let (shelf, _, texts, seen) = self.held().parts();
        let mut ordinal = 0;
        each_marked(body, &mut |subject, text| {
            if texts.find(shelf, seen, subject, text)?.is_none() {
                let key = format!("{number}.{ordinal}");
                ordinal += 1;
                let said = (subject.to_owned(), text.to_owned());
                seen.note("personal_texts", &said);
                texts.0.put(said, key);
            }
            Ok(())
        })
    }
}

/// Writes texts into the open transaction.
pub(super) fn insert(conn: &Connection, texts: &[Text]) -> Result<()> {
    let mut insert =
        conn.prepare_cached("INSERT INTO personal_texts (key, subject, text) VALUES (?, ?, ?)")?;
    for Text { key, subject, text } in texts {
        insert.execute([key, subject, text])?;
    }
    Ok(())
}

/// Removes every text of these persons in the open transaction, before newer ones are written. Rows and folded states
/// keep references that lead nowhere: the file is marked as outlived when there was anything to forget.
pub(super) fn remove(conn: &Connection, forgotten: &Forgotten) -> Result<()> {
    let mut remove = conn.prepare_cached("DELETE FROM personal_texts WHERE subject = ?")?;
    let mut removed = 0;
    for subject in &forgotten.subjects {
        removed += remove.execute([subject])?;
    }
    if removed > 0 || forgotten.referred {
        conn.execute_batch("PRAGMA user_version = 1")?;
    }
    Ok(())
}

/// Whether texts were forgotten in this file: one made anew does not have what only referred to them, and never
/// held them.
pub(crate) fn is_outlived(conn: &Connection) -> Result<bool> {
    Ok(conn.query_row("PRAGMA user_version", [], |row| row.get::<_, i64>(0))? != 0)
}

fn find(conn: &Connection, subject: &str, text: &str) -> Result<Option<String>> {
    let mut select =
        conn.prepare_cached("SELECT key FROM personal_texts WHERE subject = ? AND text = ?")?;
    Ok(select
        .query_row([subject, text], |row| row.get(0))
        .optional()?)
}

/// Calls `found` with subject and text of each personal text in `json`.
fn each_marked(json: &Value, found: &mut impl FnMut(&str, &str) -> Result<()>) -> Result<()> {
    match json {
        Value::Object(members) => {
            if let Some(marked) = members.get(MARK) {
                let part = |name| marked.get(name).and_then(Value::as_str);
                return match (part("subject"), part("text")) {
                    (Some(subject), Some(text)) => found(subject, text),
                    (_, _) => Ok(()),
                };
            }
            members
                .values()
                .try_for_each(|json| each_marked(json, found))
        }
        Value::Array(items) => items.iter().try_for_each(|json| each_marked(json, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
    }
}

/// Puts the reference in the place of each personal text in `json`.
pub(crate) fn take_out(conn: &Connection, json: &mut Value) -> Result<()> {
    each_text(json, &mut |subject, text| {
        let Some(plain) = text.as_str() else {
            return Ok(());
        };
        *text = find(conn, subject, plain)?.map_or(Value::Null, Value::String);
        Ok(())
    })
}

/// Puts each personal text back in the place of its reference; an erased one stays away.
pub(crate) fn put_back(conn: &Connection, json: &mut Value) -> Result<()> {
    each_text(json, &mut |_, text| {
        let Some(key) = text.as_str() else {
            return Ok(());
        };
        let mut select = conn.prepare_cached("SELECT text FROM personal_texts WHERE key = ?")?;
        let plain = select.query_row([key], |row| row.get(0)).optional()?;
        *text = plain.map_or(Value::Null, Value::String);
        Ok(())
    })
}

fn each_text(
    json: &mut Value,
    change: &mut impl FnMut(&str, &mut Value) -> Result<()>,
) -> Result<()> {
    match json {
        Value::Object(members) => {
            if let Some(Value::Object(marked)) = members.get_mut(MARK) {
                let subject = match marked.get("subject") {
                    Some(Value::String(subject)) => subject.clone(),
                    Some(_) | None => return Ok(()),
                };
                return match marked.get_mut("text") {
                    Some(text) => change(&subject, text),
                    None => Ok(()),
                };
            }
            members
                .values_mut()
                .try_for_each(|json| each_text(json, change))
        }
        Value::Array(items) => items
            .iter_mut()
            .try_for_each(|json| each_text(json, change)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
    }
}
