//! The calendars of an installation, read from `calendars/`: banks, the vendor, the helpdesk.

use std::sync::Arc;

use chrono::{NaiveDate, Weekday};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::calendar::ClosingRules;
use super::{BusinessCalendar, HolidayTable};

/// Which calendar a rule counts on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CalendarName {
    /// Banks: debits.
    Bank,
    /// The vendor: papers, letters, suspensions.
    Vendor,
    /// The care-plan exchange's helpdesk.
    Helpdesk,
}

/// A calendar file cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {why}")]
pub struct CalendarError {
    /// The file's name.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong, in a sentence.
    pub why: String,
}

impl CalendarError {
    pub(super) fn new(file: &str, line: usize, why: impl Into<String>) -> CalendarError {
        CalendarError {
            file: file.to_owned(),
            line,
            why: why.into(),
        }
    }
}

/// The calendars and the holiday table they rest on. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Calendars(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    holidays: HolidayTable,
    bank: BusinessCalendar,
    vendor: BusinessCalendar,
    helpdesk: BusinessCalendar,
    digest: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    holidays: Covers,
    bank: toml::Spanned<Closings>,
    vendor: toml::Spanned<Closings>,
    helpdesk: toml::Spanned<Closings>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Covers {
    covers_from: NaiveDate,
    covers_to: NaiveDate,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Closings {
    label: String,
    closed_weekdays: Vec<toml::Spanned<String>>,
    closed_on_holidays: bool,
    closed_yearly: Vec<toml::Spanned<String>>,
    closed_on: Vec<NaiveDate>,
    #[serde(rename = "decided")]
    _decided: bool,
    #[serde(rename = "source")]
    _source: crate::rules::Source,
}

impl Calendars {
    /// The calendars that come with the binary.
    ///
    /// # Panics
    /// Never: a test reads the same files.
    #[must_use]
    pub fn seeded() -> Calendars {
        Calendars::read(
            (
                "calendars.toml",
                include_str!("../../calendars/calendars.toml"),
            ),
            ("holidays.csv", include_str!("../../calendars/holidays.csv")),
        )
        .expect("the calendars in the binary are read by its tests")
    }

    /// Reads calendars from (name, text) of the closings and of the holiday table.
    ///
    /// # Errors
    /// [`CalendarError`] with the file and line that cannot be read.
    pub fn read(
        closings: (&str, &str),
        holidays: (&str, &str),
    ) -> Result<Calendars, CalendarError> {
        let (name, text) = closings;
        let file: File = toml::from_str(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            CalendarError::new(name, line_at(text, at), error.message())
        })?;
        let Covers {
            covers_from,
            covers_to,
        } = file.holidays;
        if covers_to < covers_from {
            return Err(CalendarError::new(name, 1, "祝日表の範囲が逆です。"));
        }
        let table = HolidayTable::read(holidays.0, holidays.1, covers_from, covers_to)?;
        let calendar = |closings: toml::Spanned<Closings>| -> Result<_, CalendarError> {
            let closings = closings.into_inner();
            let wrong = |cell: &toml::Spanned<String>, why: &str| {
                let why = format!("「{}」は{why}ではありません。", cell.get_ref());
                CalendarError::new(name, line_at(text, cell.span().start), why)
            };
            let weekdays = closings.closed_weekdays.iter();
            let yearly = closings.closed_yearly.iter();
            let rules = ClosingRules {
                weekdays: weekdays
                    .map(|cell| weekday(cell.get_ref()).ok_or_else(|| wrong(cell, "曜日")))
                    .collect::<Result<_, _>>()?,
                on_holidays: closings.closed_on_holidays,
                yearly: yearly
                    .map(|cell| month_day(cell.get_ref()).ok_or_else(|| wrong(cell, "月-日")))
                    .collect::<Result<_, _>>()?,
                own: closings.closed_on,
            };
            if rules.weekdays.len() >= 7 {
                let why = "開いている曜日がありません。";
                return Err(CalendarError::new(name, 1, why));
            }
            Ok(BusinessCalendar::new(closings.label, rules, &table))
        };
        let (bank, vendor, helpdesk) = (
            calendar(file.bank)?,
            calendar(file.vendor)?,
            calendar(file.helpdesk)?,
        );
        let mut sha = Sha256::new();
        sha.update(text.as_bytes());
        sha.update([0]);
        sha.update(holidays.1.as_bytes());
        let digest = sha
            .finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Ok(Calendars(Arc::new(Inner {
            holidays: table,
            bank,
            vendor,
            helpdesk,
            digest,
        })))
    }

    /// The calendar of that name.
    #[must_use]
    pub fn get(&self, name: CalendarName) -> &BusinessCalendar {
        match name {
            CalendarName::Bank => &self.0.bank,
            CalendarName::Vendor => &self.0.vendor,
            CalendarName::Helpdesk => &self.0.helpdesk,
        }
    }

    /// Banks.
    #[must_use]
    pub fn bank(&self) -> &BusinessCalendar {
        &self.0.bank
    }

    /// The vendor.
    #[must_use]
    pub fn vendor(&self) -> &BusinessCalendar {
        &self.0.vendor
    }

    /// The national holidays.
    #[must_use]
    pub fn holidays(&self) -> &HolidayTable {
        &self.0.holidays
    }

    /// SHA-256 of the files, in hex: tells one set of calendars from another.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.0.digest
    }
}

/// The line, from 1, of a byte of the text.
fn line_at(text: &str, byte: usize) -> usize {
    let before = text.as_bytes().get(..byte).unwrap_or(text.as_bytes());
    before.split(|b| *b == b'\n').count()
}

fn weekday(text: &str) -> Option<Weekday> {
    let n = ["月", "火", "水", "木", "金", "土", "日"]
        .iter()
        .position(|day| *day == text)?;
    Weekday::try_from(u8::try_from(n).ok()?).ok()
}

fn month_day(text: &str) -> Option<(u32, u32)> {
    let (month, day) = text.split_once('-')?;
    let (month, day) = (month.parse().ok()?, day.parse().ok()?);
    // A leap year has every day a year can have.
    NaiveDate::from_ymd_opt(2024, month, day).map(|_| (month, day))
}
