//! Reads a book from its TOML text. A book is taken whole or refused with file and line for everything wrong in it:
//! slots unknown, missing, twice, of another kind, without a default; cases missing or failing.

use std::collections::BTreeMap;

use serde::Deserialize;
use sha2::{Digest, Sha256};
use toml::Spanned;

use super::book::BookNotice;
use super::case::{Case, RawCase};
use super::slots::{self, Spec};
use super::{Book, Local, Slot, SlotValue, Source};
use crate::dates::Calendars;
use crate::{Prefecture, Service};

/// One thing wrong in a book.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {why}")]
pub struct BookError {
    /// The file's name.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong, in a sentence.
    pub why: String,
}

/// Everything wrong in a book, by line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct BookErrors(pub Vec<BookError>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawBook {
    service: Spanned<String>,
    title: String,
    in_force_from: Spanned<String>,
    revision: Spanned<u32>,
    changes: String,
    #[serde(default)]
    documents: BTreeMap<String, String>,
    #[serde(default)]
    notice: Vec<Spanned<RawNotice>>,
    slot: Vec<Spanned<RawSlot>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawNotice {
    code: String,
    ask: Vec<String>,
    prefecture: Option<String>,
    text: String,
    #[serde(rename = "source")]
    _source: Source,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSlot {
    id: Spanned<String>,
    label: String,
    value: Option<Spanned<toml::Value>>,
    unit: Spanned<String>,
    decided: bool,
    #[serde(default)]
    alternatives: Vec<Spanned<toml::Value>>,
    source: Spanned<Source>,
    #[serde(default)]
    by_prefecture: Vec<Spanned<RawLocal>>,
    #[serde(default)]
    cases: Vec<Spanned<RawCase>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLocal {
    prefecture: String,
    value: Spanned<toml::Value>,
    decided: bool,
    source: Spanned<Source>,
}

/// Collects what is wrong.
struct Reading<'a> {
    file: &'a str,
    /// The byte at which each line begins.
    lines: Vec<usize>,
    documents: BTreeMap<String, String>,
    errors: Vec<BookError>,
}

impl Reading<'_> {
    fn line(&self, span: &std::ops::Range<usize>) -> usize {
        self.lines.partition_point(|begins| *begins <= span.start)
    }

    fn wrong(&mut self, span: &std::ops::Range<usize>, why: impl Into<String>) {
        let line = self.line(span);
        self.wrong_at(line, why);
    }

    fn wrong_at(&mut self, line: usize, why: impl Into<String>) {
        self.errors.push(BookError {
            file: self.file.to_owned(),
            line,
            why: why.into(),
        });
    }

    fn value(&mut self, spec: &Spec, raw: &Spanned<toml::Value>) -> Option<SlotValue> {
        match spec.kind.read(raw.get_ref()) {
            Ok(value) => Some(value),
            Err(why) => {
                self.wrong(&raw.span(), format!("{} の値が違います: {why}", spec.id));
                None
            }
        }
    }

    /// A source names a document by its key in `[documents]`, so that a title is written once.
    fn source(&mut self, raw: &Spanned<Source>) -> Source {
        let mut source = raw.get_ref().clone();
        match self.documents.get(&source.document) {
            Some(title) => source.document.clone_from(title),
            None => self.wrong(
                &raw.span(),
                format!("文書「{}」が [documents] にありません。", source.document),
            ),
        }
        if source.section.is_empty() || source.rule.is_empty() {
            self.wrong(
                &raw.span(),
                "出典には文書の箇所（section）と規則（rule）が要ります。",
            );
        }
        source
    }
}

impl Book {
    /// Reads a book and runs its cases.
    ///
    /// # Errors
    /// [`BookErrors`] with the file's name and the line of everything wrong in it.
    pub fn read(file: &str, text: &str, calendars: &Calendars) -> Result<Book, BookErrors> {
        let book = parse(file, text, Slots::Exactly)?;
        let errors: Vec<BookError> = super::case::run(&book, calendars)
            .into_iter()
            .chain(super::carried_out::unfollowed(&book))
            .map(|(line, why)| BookError {
                file: file.to_owned(),
                line,
                why,
            })
            .collect();
        if errors.is_empty() {
            Ok(book)
        } else {
            Err(BookErrors(errors))
        }
    }

    /// Reads a book that the log has. It was whole and its cases held for the binary that published it; slots that
    /// have come since are missing, and a rule that asks for one says so.
    ///
    /// # Errors
    /// [`BookErrors`] when the text is not a book.
    pub fn published(name: &str, text: &str) -> Result<Book, BookErrors> {
        parse(name, text, Slots::AsPublished)
    }
}

/// Which slots a book must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slots {
    /// All there are and no other: a book that is to be published.
    Exactly,
    /// Those there were: a book that an earlier binary published.
    AsPublished,
}

/// The byte at which each line begins.
fn line_starts(text: &str) -> Vec<usize> {
    let after = text.match_indices('\n').map(|(at, _)| at + 1);
    [0].into_iter().chain(after).collect()
}

fn parse(file: &str, text: &str, which: Slots) -> Result<Book, BookErrors> {
    let mut reading = Reading {
        file,
        lines: line_starts(text),
        documents: BTreeMap::new(),
        errors: Vec::new(),
    };
    let raw: RawBook = match toml::from_str(text) {
        Ok(raw) => raw,
        Err(error) => {
            let at = error.span().unwrap_or(0..0);
            reading.wrong(&at, error.message());
            return Err(BookErrors(reading.errors));
        }
    };
    reading.documents = raw.documents;
    let service = match raw.service.get_ref().parse::<Service>() {
        Ok(service) => service,
        Err(error) => {
            reading.wrong(&raw.service.span(), error.to_string());
            return Err(BookErrors(reading.errors));
        }
    };
    let Ok(in_force_from) = raw.in_force_from.get_ref().parse() else {
        let why = format!("「{}」は日付ではありません。", raw.in_force_from.get_ref());
        reading.wrong(&raw.in_force_from.span(), why);
        return Err(BookErrors(reading.errors));
    };
    if *raw.revision.get_ref() == 0 {
        reading.wrong(&raw.revision.span(), "revision は1から数えます。");
    }
    let mut slots = BTreeMap::new();
    for raw in &raw.slot {
        let known = slots::find(service, raw.get_ref().id.get_ref()).is_some();
        if which == Slots::AsPublished && !known {
            continue;
        }
        if let Some(slot) = read_slot(&mut reading, service, raw) {
            if slots.contains_key(slot.id) {
                reading.wrong_at(slot.line, format!("{} が2つあります。", slot.id));
            }
            slots.insert(slot.id, slot);
        }
    }
    if reading.errors.is_empty() && which == Slots::Exactly {
        for spec in slots::of(service).filter(|spec| !slots.contains_key(spec.id)) {
            reading.wrong_at(1, format!("規程項目 {} がありません。", spec.id));
        }
    }
    let notices = raw
        .notice
        .iter()
        .filter_map(|raw| read_notice(&mut reading, raw))
        .collect();
    let book = Book {
        service,
        title: raw.title,
        in_force_from,
        revision: raw.revision.into_inner(),
        changes: raw.changes,
        sha256: Sha256::digest(text.as_bytes())
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect(),
        slots,
        notices,
    };
    if reading.errors.is_empty() {
        Ok(book)
    } else {
        Err(BookErrors(reading.errors))
    }
}

fn read_slot(reading: &mut Reading, service: Service, raw: &Spanned<RawSlot>) -> Option<Slot> {
    let line = reading.line(&raw.span());
    let raw = raw.get_ref();
    let id = raw.id.get_ref();
    let Some(spec) = slots::find(service, id) else {
        reading.wrong(
            &raw.id.span(),
            format!("{} の規程に項目 {id} はありません。", service.code()),
        );
        return None;
    };
    if raw.unit.get_ref() != spec.kind.unit() {
        let why = format!("{id} の単位は {} です。", spec.kind.unit());
        reading.wrong(&raw.unit.span(), why);
        return None;
    }
    let Some(value) = &raw.value else {
        let why = match raw.decided {
            true => format!("{id} に値がありません。"),
            false => format!("未決定の {id} に既定値（value）がありません。"),
        };
        reading.wrong(&raw.id.span(), why);
        return None;
    };
    let value = reading.value(spec, value)?;
    let alternatives: Vec<_> = raw
        .alternatives
        .iter()
        .filter_map(|raw| reading.value(spec, raw))
        .collect();
    if !raw.decided && raw.alternatives.is_empty() {
        reading.wrong(
            &raw.id.span(),
            format!("未決定の {id} にほかの案（alternatives）がありません。"),
        );
    }
    let by_prefecture = raw
        .by_prefecture
        .iter()
        .filter_map(|raw| {
            let span = raw.span();
            let raw = raw.get_ref();
            let prefecture = match raw.prefecture.parse::<Prefecture>() {
                Ok(prefecture) => prefecture,
                Err(error) => {
                    reading.wrong(&span, error.to_string());
                    return None;
                }
            };
            let value = reading.value(spec, &raw.value)?;
            let source = reading.source(&raw.source);
            Some((
                prefecture,
                Local {
                    value,
                    source,
                    decided: raw.decided,
                },
            ))
        })
        .collect();
    let cases = raw
        .cases
        .iter()
        .filter_map(|raw| {
            let line = reading.line(&raw.span());
            match raw.get_ref().read(line, spec.kind) {
                Ok(case) => Some(case),
                Err(why) => {
                    reading.wrong_at(line, why);
                    None
                }
            }
        })
        .collect::<Vec<Case>>();
    Some(Slot {
        id: spec.id,
        label: raw.label.clone(),
        kind: spec.kind,
        value,
        source: reading.source(&raw.source),
        decided: raw.decided,
        alternatives,
        by_prefecture,
        cases,
        line,
    })
}

fn read_notice(reading: &mut Reading, raw: &Spanned<RawNotice>) -> Option<BookNotice> {
    let span = raw.span();
    let raw = raw.get_ref();
    let questions: Result<_, _> = raw.ask.iter().map(|text| text.parse()).collect();
    let prefecture: Result<Option<Prefecture>, _> =
        raw.prefecture.as_ref().map(|text| text.parse()).transpose();
    match (questions, prefecture) {
        (Ok(questions), Ok(prefecture)) => Some(BookNotice {
            code: raw.code.clone(),
            questions,
            prefecture,
            text: raw.text.clone(),
        }),
        (Err(error), _) => {
            reading.wrong(&span, error.to_string());
            None
        }
        (_, Err(error)) => {
            reading.wrong(&span, error.to_string());
            None
        }
    }
}
