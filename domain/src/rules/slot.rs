//! A slot: one value of a book that a rule reads, what it may be, and where it comes from.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};

use super::{Case, Source};
use crate::Prefecture;
use crate::dates::{self, Month, Moves};

/// What values a slot takes. Its code stands as `unit` in the book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A day of a month: 1 to 31, or `"last"`.
    DayOfMonth,
    /// A number of calendar months.
    Months,
    /// A number of calendar years.
    Years,
    /// A number of calendar days.
    Days,
    /// A number of days of a business calendar, which the rule names.
    BusinessDays,
    /// An hour of the day or a number of hours.
    Hours,
    /// A number of times, papers, terminals.
    Count,
    /// Yen.
    Yen,
    /// Yes or no.
    Flag,
    /// One of these codes, each with what people read.
    Choice(&'static [(&'static str, &'static str)]),
    /// Words, in order.
    Words,
    /// Per cent, each from a day on.
    Rates,
}

/// A slot's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SlotValue {
    /// A day of a month.
    Day(DayOfMonth),
    /// Months, years, days, hours, times.
    Number(u32),
    /// Yen.
    Yen(i64),
    /// Yes or no.
    Flag(bool),
    /// The code of a choice.
    Choice(String),
    /// Words, in order.
    Words(Vec<String>),
    /// Per cent from a day on, in order.
    Rates(Vec<(NaiveDate, u32)>),
}

/// A day of any month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayOfMonth {
    /// The day with this number, or the last where a month has none.
    Number(u32),
    /// The last day, whatever its number.
    Last,
}

/// One slot of a book.
#[derive(Clone, Debug, PartialEq)]
pub struct Slot {
    /// Its id, `transmission.cutoff_day`.
    pub id: &'static str,
    /// What people call it.
    pub label: String,
    /// What values it takes.
    pub kind: Kind,
    /// The value; of an undecided slot, its default.
    pub value: SlotValue,
    /// Where the value comes from.
    pub source: Source,
    /// Has anybody decided it?
    pub decided: bool,
    /// What it could be instead.
    pub alternatives: Vec<SlotValue>,
    /// Other values for papers that go to these prefectures' federations.
    pub by_prefecture: BTreeMap<Prefecture, Local>,
    /// The cases that run when the book is read.
    pub cases: Vec<Case>,
    /// The line of the book it begins on.
    pub line: usize,
}

/// A prefecture's own value of a slot.
#[derive(Clone, Debug, PartialEq)]
pub struct Local {
    /// The value.
    pub value: SlotValue,
    /// Where it comes from.
    pub source: Source,
    /// Has anybody decided it?
    pub decided: bool,
}

impl Kind {
    /// The code that stands as `unit` in the book.
    #[must_use]
    pub const fn unit(self) -> &'static str {
        match self {
            Kind::DayOfMonth => "day_of_month",
            Kind::Months => "months",
            Kind::Years => "years",
            Kind::Days => "days",
            Kind::BusinessDays => "business_days",
            Kind::Hours => "hours",
            Kind::Count => "count",
            Kind::Yen => "yen",
            Kind::Flag => "flag",
            Kind::Choice(_) => "choice",
            Kind::Words => "words",
            Kind::Rates => "rates",
        }
    }

    /// Reads a value as this kind; otherwise says what it should have been.
    pub(super) fn read(self, value: &toml::Value) -> Result<SlotValue, String> {
        let number = |most: i64| match value.as_integer() {
            Some(n) if (0..=most).contains(&n) => Ok(n as u32),
            Some(n) => Err(format!("{n} は0から{most}の範囲にありません。")),
            None => Err(format!("{value} は数ではありません。")),
        };
        match self {
            Kind::DayOfMonth => {
                let number = value.as_integer().and_then(|n| u32::try_from(n).ok());
                let number = number
                    .filter(|n| (1..=31).contains(n))
                    .map(DayOfMonth::Number);
                let last = (value.as_str() == Some("last")).then_some(DayOfMonth::Last);
                number
                    .or(last)
                    .map(SlotValue::Day)
                    .ok_or_else(|| format!("{value} は1から31の日でも \"last\" でもありません。"))
            }
            Kind::Months | Kind::Years => number(1_200).map(SlotValue::Number),
            Kind::Days | Kind::BusinessDays => number(3_660).map(SlotValue::Number),
            Kind::Hours | Kind::Count => number(1_000_000).map(SlotValue::Number),
            Kind::Yen => value
                .as_integer()
                .filter(|yen| (0..=1_000_000_000).contains(yen))
                .map(SlotValue::Yen)
                .ok_or_else(|| format!("{value} は金額（円、整数）ではありません。")),
            Kind::Flag => value
                .as_bool()
                .map(SlotValue::Flag)
                .ok_or_else(|| format!("{value} は true でも false でもありません。")),
            Kind::Choice(choices) => {
                let known = value
                    .as_str()
                    .filter(|code| choices.iter().any(|(c, _)| c == code));
                let codes: Vec<&str> = choices.iter().map(|(code, _)| *code).collect();
                known
                    .map(|code| SlotValue::Choice(code.to_owned()))
                    .ok_or_else(|| {
                        format!("{value} は {} のどれでもありません。", codes.join("、"))
                    })
            }
            Kind::Words => value
                .as_array()
                .and_then(|words| {
                    words
                        .iter()
                        .map(|w| w.as_str().map(str::to_owned))
                        .collect()
                })
                .map(SlotValue::Words)
                .ok_or_else(|| format!("{value} は語の並びではありません。")),
            Kind::Rates => rates(value),
        }
    }
}

fn rates(value: &toml::Value) -> Result<SlotValue, String> {
    let wrong = || format!("{value} は {{ from = \"日付\", percent = 数 }} の並びではありません。");
    let rate = |entry: &toml::Value| -> Option<(NaiveDate, u32)> {
        let from = entry.get("from")?.as_str()?.parse().ok()?;
        let percent = u32::try_from(entry.get("percent")?.as_integer()?).ok()?;
        Some((from, percent))
    };
    let rates: Option<Vec<_>> = value
        .as_array()
        .ok_or_else(wrong)?
        .iter()
        .map(rate)
        .collect();
    let rates = rates.ok_or_else(wrong)?;
    if rates.is_empty() || !rates.is_sorted_by(|a, b| a.0 < b.0) {
        return Err("税率は from の日付の順に1つ以上並べてください。".to_owned());
    }
    Ok(SlotValue::Rates(rates))
}

impl SlotValue {
    /// The value as people read it.
    #[must_use]
    pub fn text(&self, kind: Kind) -> String {
        match (self, kind) {
            (SlotValue::Day(DayOfMonth::Number(n)), _) => format!("{n}日"),
            (SlotValue::Day(DayOfMonth::Last), _) => "末日".to_owned(),
            (SlotValue::Number(n), Kind::Months) => format!("{n}か月"),
            (SlotValue::Number(n), Kind::Years) => format!("{n}年"),
            (SlotValue::Number(n), Kind::BusinessDays) => format!("{n}営業日"),
            (SlotValue::Number(n), Kind::Days) => format!("{n}日"),
            (SlotValue::Number(n), Kind::Hours) => format!("{n}時"),
            (SlotValue::Number(n), _) => n.to_string(),
            (SlotValue::Yen(yen), _) => super::Value::Amount(*yen).text(super::Lang::Ja),
            (SlotValue::Flag(true), _) => "はい".to_owned(),
            (SlotValue::Flag(false), _) => "いいえ".to_owned(),
            (SlotValue::Choice(code), Kind::Choice(choices)) => choices
                .iter()
                .find(|(c, _)| c == code)
                .map_or_else(|| code.clone(), |(_, label)| (*label).to_owned()),
            (SlotValue::Choice(code), _) => code.clone(),
            (SlotValue::Words(words), _) => words.join("・"),
            (SlotValue::Rates(rates), _) => {
                let rate = |(from, percent): &(NaiveDate, u32)| {
                    format!("{}から{percent}%", dates::in_japanese(*from))
                };
                rates.iter().map(rate).collect::<Vec<_>>().join("、")
            }
        }
    }

    /// Values next to this one, each of which some case of the slot must notice.
    pub(super) fn neighbours(&self, kind: Kind) -> Vec<SlotValue> {
        match self {
            SlotValue::Day(DayOfMonth::Last) => {
                vec![
                    SlotValue::Day(DayOfMonth::Number(28)),
                    SlotValue::Day(DayOfMonth::Number(30)),
                ]
            }
            SlotValue::Day(DayOfMonth::Number(n)) => [n - 1, n + 1]
                .into_iter()
                .filter(|n| (1..=31).contains(n))
                .map(|n| SlotValue::Day(DayOfMonth::Number(n)))
                .collect(),
            SlotValue::Number(0) => vec![SlotValue::Number(1)],
            SlotValue::Number(n) => vec![SlotValue::Number(n - 1), SlotValue::Number(n + 1)],
            SlotValue::Yen(0) => vec![SlotValue::Yen(1)],
            SlotValue::Yen(yen) => vec![SlotValue::Yen(yen - 1), SlotValue::Yen(yen + 1)],
            SlotValue::Flag(flag) => vec![SlotValue::Flag(!flag)],
            SlotValue::Choice(code) => match kind {
                Kind::Choice(choices) => choices
                    .iter()
                    .filter(|(other, _)| other != code)
                    .map(|(other, _)| SlotValue::Choice((*other).to_owned()))
                    .collect(),
                Kind::DayOfMonth
                | Kind::Months
                | Kind::Years
                | Kind::Days
                | Kind::BusinessDays
                | Kind::Hours
                | Kind::Count
                | Kind::Yen
                | Kind::Flag
                | Kind::Words
                | Kind::Rates => Vec::new(),
            },
            SlotValue::Words(words) => {
                let fewer = words.iter().skip(1).cloned().collect();
                vec![SlotValue::Words(fewer)]
            }
            SlotValue::Rates(rates) => {
                let last = rates.len() - 1;
                let with = |change: &dyn Fn(&mut (NaiveDate, u32))| {
                    let mut rates = rates.clone();
                    change(&mut rates[last]);
                    SlotValue::Rates(rates)
                };
                vec![
                    with(&|rate| rate.0 = rate.0 - Days::new(1)),
                    with(&|rate| rate.0 = rate.0 + Days::new(1)),
                    with(&|rate| rate.1 += 1),
                ]
            }
        }
    }
}

impl DayOfMonth {
    /// The day in that month; where it has none, its last.
    #[must_use]
    pub fn of(self, month: Month) -> NaiveDate {
        match self {
            DayOfMonth::Number(n) => month.day_or_last(n),
            DayOfMonth::Last => month.last_day(),
        }
    }

    /// As people read it.
    #[must_use]
    pub fn text(self) -> String {
        SlotValue::Day(self).text(Kind::DayOfMonth)
    }
}

impl Slot {
    /// The value for papers that go to this prefecture's federation, its source, and whether it is decided.
    #[must_use]
    pub fn value_in(&self, prefecture: Option<Prefecture>) -> (&SlotValue, &Source, bool) {
        match prefecture.and_then(|prefecture| self.by_prefecture.get(&prefecture)) {
            Some(local) => (&local.value, &local.source, local.decided),
            None => (&self.value, &self.source, self.decided),
        }
    }
}

/// How a choice of `stays`, `previous` or `next` moves a day; the kind [`MOVES`] allows no other.
pub(super) fn moves(code: &str) -> Option<Moves> {
    match code {
        "stays" => Some(Moves::Stays),
        "previous" => Some(Moves::Previous),
        "next" => Some(Moves::Next),
        _ => None,
    }
}

/// The choice of how a date moves off a closed day.
pub(super) const MOVES: Kind = Kind::Choice(&[
    ("stays", "休業日でも動かさない"),
    ("previous", "前の営業日へ"),
    ("next", "次の営業日へ"),
]);
