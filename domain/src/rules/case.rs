//! The cases of a slot: small examples beside the rule that run when the book is read. They must hold with the slot's
//! value, and at least one must fail with each value next to it; so every boundary has a case on both sides.

use chrono::NaiveDate;
use serde::Deserialize;

use super::desk::{Desk, reckon};
use super::{Book, Kind, Question, Slot, SlotValue, Value};
use crate::Prefecture;
use crate::dates::{Calendars, in_japanese};

/// One case of a slot.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// What it tries.
    pub tries: Tries,
    /// The line of the book it stands on.
    pub line: usize,
}

/// What a case tries.
#[derive(Clone, Debug, PartialEq)]
pub enum Tries {
    /// A question for a day, and what some of its milestones must be.
    Asked {
        /// What is asked.
        question: Question,
        /// For which day.
        on: NaiveDate,
        /// For which prefecture's federation.
        prefecture: Option<Prefecture>,
        /// Milestone and value as text (`2026-08-01`, `2026-08`, `3300`).
        want: Vec<(String, String)>,
    },
    /// So many are within the limit, or beyond it.
    Limit {
        /// How many.
        given: u32,
        /// Are they within?
        within: bool,
    },
    /// The value itself, said a second time.
    Holds(SlotValue),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCase {
    ask: Option<String>,
    on: Option<String>,
    prefecture: Option<String>,
    given: Option<u32>,
    want: toml::Value,
}

impl RawCase {
    pub(super) fn read(&self, line: usize, kind: Kind) -> Result<Case, String> {
        let tries = match (&self.ask, &self.on, self.given) {
            (Some(ask), Some(on), None) => Tries::Asked {
                question: ask.parse().map_err(|error| format!("{error}"))?,
                on: on
                    .parse()
                    .map_err(|_| format!("「{on}」は日付ではありません。"))?,
                prefecture: self
                    .prefecture
                    .as_ref()
                    .map(|text| text.parse())
                    .transpose()
                    .map_err(|error| format!("{error}"))?,
                want: wanted(&self.want)?,
            },
            (None, None, Some(given)) => Tries::Limit {
                given,
                within: self.want.as_bool().ok_or("want は true か false です。")?,
            },
            (None, None, None) => Tries::Holds(kind.read(&self.want)?),
            (Some(_) | None, Some(_) | None, Some(_) | None) => {
                let why = "事例は { ask, on, want }、{ given, want }、{ want } のどれかの形です。";
                return Err(why.to_owned());
            }
        };
        Ok(Case { tries, line })
    }
}

fn wanted(want: &toml::Value) -> Result<Vec<(String, String)>, String> {
    let table = want.as_table().ok_or("want は { 名前 = 値 } の形です。")?;
    let entry = |(name, value): (&String, &toml::Value)| {
        let text = value.as_str().map(str::to_owned);
        text.or_else(|| value.as_integer().map(|number| number.to_string()))
            .map(|text| (name.clone(), text))
            .ok_or_else(|| format!("{name} の値 {value} は日付・年月・数ではありません。"))
    };
    table.iter().map(entry).collect()
}

/// Runs every case of a book; returns line and sentence of what is wrong.
pub(super) fn run(book: &Book, calendars: &Calendars) -> Vec<(usize, String)> {
    let mut wrong = Vec::new();
    for slot in book.slots() {
        let failed = slot.cases.iter().filter_map(|case| {
            let why = fails(book, calendars, slot, None, case)?;
            Some((case.line, format!("{} の事例が合いません: {why}", slot.id)))
        });
        let before = wrong.len();
        wrong.extend(failed);
        if wrong.len() == before {
            wrong.extend(unnoticed(book, calendars, slot).map(|why| (slot.line, why)));
        }
    }
    wrong.sort();
    wrong
}

/// A value next to the slot's own that no case tells from it.
fn unnoticed(book: &Book, calendars: &Calendars, slot: &Slot) -> Option<String> {
    let locals = slot
        .by_prefecture
        .iter()
        .map(|(prefecture, local)| (Some(*prefecture), &local.value));
    [(None, &slot.value)]
        .into_iter()
        .chain(locals)
        .find_map(|(prefecture, value)| {
            let missed = value.neighbours(slot.kind).into_iter().find(|other| {
                let instead = Instead {
                    slot: slot.id,
                    prefecture,
                    value: other,
                };
                slot.cases
                    .iter()
                    .all(|case| fails(book, calendars, slot, Some(&instead), case).is_none())
            })?;
            let of = prefecture.map_or_else(String::new, |prefecture| {
                format!("（{}）", prefecture.name())
            });
            Some(format!(
                "{}{of} に、{} と {} を見分ける事例がありません。",
                slot.id,
                value.text(slot.kind),
                missed.text(slot.kind)
            ))
        })
}

/// Another value in the place of a slot's own.
#[derive(Clone, Copy)]
pub(super) struct Instead<'a> {
    pub slot: &'a str,
    /// In place of the prefecture's own value; nothing: of the common one.
    pub prefecture: Option<Prefecture>,
    pub value: &'a SlotValue,
}

/// Why a case does not hold.
fn fails(
    book: &Book,
    calendars: &Calendars,
    slot: &Slot,
    instead: Option<&Instead>,
    case: &Case,
) -> Option<String> {
    let value = instead.map_or(&slot.value, |instead| instead.value);
    match &case.tries {
        Tries::Holds(wanted) => (value != wanted).then(|| {
            format!(
                "{} のはずが {}",
                wanted.text(slot.kind),
                value.text(slot.kind)
            )
        }),
        Tries::Limit { given, within } => match value.number() {
            Some(limit) => ((*given <= limit) != *within).then(|| {
                format!(
                    "{given} は上限 {limit} の{}",
                    if *within { "外です" } else { "内です" }
                )
            }),
            None => Some("上限の事例は数の項目にだけ書けます".to_owned()),
        },
        Tries::Asked {
            question,
            on,
            prefecture,
            want,
        } => {
            if *on < book.in_force_from {
                return Some(format!(
                    "{} は施行日 {} より前です",
                    in_japanese(*on),
                    in_japanese(book.in_force_from)
                ));
            }
            let mut desk = Desk::silent(book, calendars, *on, *prefecture, instead.copied());
            if let Err(error) = reckon(&mut desk, *question) {
                return Some(error.to_string());
            }
            want.iter()
                .find_map(|(name, wanted)| match desk.value(name) {
                    None => Some(format!("{} の答えに {name} はありません", question.code())),
                    Some(found) => {
                        let found = plain(found);
                        (found != *wanted)
                            .then(|| format!("{on} の {name} は {wanted} のはずが {found}"))
                    }
                })
        }
    }
}

/// A value as a case writes it.
fn plain(value: Value) -> String {
    match value {
        Value::Date(day) => day.to_string(),
        Value::Month(month) => month.to_string(),
        Value::Amount(number) | Value::Days(number) => number.to_string(),
    }
}
