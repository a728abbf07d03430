//! A month of the civil calendar: what fees, start months and end months are counted in. Written `2026-08`.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, Days, Months, NaiveDate};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// A month, kept as its first day. Ordered by time; `2026-08` in JSON, in rule books and on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Month(NaiveDate);

/// The text is not a month.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("「{0}」は年月ではありません。2026-08 の形（年4桁-月2桁）で指定してください。")]
pub struct UnreadableMonth(pub String);

impl Month {
    /// The month of this year and number (1 to 12).
    #[must_use]
    pub fn new(year: i32, month: u32) -> Option<Month> {
        NaiveDate::from_ymd_opt(year, month, 1).map(Month)
    }

    /// The month this day lies in.
    #[must_use]
    pub fn of(day: NaiveDate) -> Month {
        Month(day.with_day(1).expect("every month has a first day"))
    }

    /// The year.
    #[must_use]
    pub fn year(self) -> i32 {
        self.0.year()
    }

    /// The number within the year, 1 to 12.
    #[must_use]
    pub fn number(self) -> u32 {
        self.0.month()
    }

    /// The 1st.
    #[must_use]
    pub fn first_day(self) -> NaiveDate {
        self.0
    }

    /// The 28th to the 31st, by the calendar.
    #[must_use]
    pub fn last_day(self) -> NaiveDate {
        self.next()
            .0
            .pred_opt()
            .expect("a day before the first of a month")
    }

    /// The day with this number, or nothing where the month has none (the 31st of June).
    #[must_use]
    pub fn day(self, number: u32) -> Option<NaiveDate> {
        self.0.with_day(number)
    }

    /// The day with this number, or the month's last day where it has none.
    #[must_use]
    pub fn day_or_last(self, number: u32) -> NaiveDate {
        self.day(number.max(1)).unwrap_or_else(|| self.last_day())
    }

    /// The month after.
    #[must_use]
    pub fn next(self) -> Month {
        self.plus(1)
    }

    /// The month before.
    #[must_use]
    pub fn previous(self) -> Month {
        self.minus(1)
    }

    /// This many months later.
    ///
    /// # Panics
    /// Beyond the years chrono can count (some 260,000), which no rule reaches.
    #[must_use]
    pub fn plus(self, months: u32) -> Month {
        Month(self.0 + Months::new(months))
    }

    /// This many months earlier.
    ///
    /// # Panics
    /// Beyond the years chrono can count (some 260,000), which no rule reaches.
    #[must_use]
    pub fn minus(self, months: u32) -> Month {
        Month(self.0 - Months::new(months))
    }

    /// How many months from `earlier` to this one; negative when this one is the earlier.
    #[must_use]
    pub fn months_since(self, earlier: Month) -> i32 {
        (self.year() - earlier.year()) * 12 + self.number() as i32 - earlier.number() as i32
    }

    /// Does the day lie in this month?
    #[must_use]
    pub fn contains(self, day: NaiveDate) -> bool {
        Month::of(day) == self
    }

    /// Its days, first to last.
    pub fn days(self) -> impl Iterator<Item = NaiveDate> {
        let first = self.0;
        (0..u64::from(self.last_day().day())).map(move |n| first + Days::new(n))
    }

    /// As people read it: 2026年8月.
    #[must_use]
    pub fn in_japanese(self) -> String {
        format!("{}年{}月", self.year(), self.number())
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year(), self.number())
    }
}

impl FromStr for Month {
    type Err = UnreadableMonth;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unreadable = || UnreadableMonth(text.to_owned());
        let (year, month) = text.split_once('-').ok_or_else(unreadable)?;
        let digits =
            |part: &str, len| part.len() == len && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(year, 4) || !digits(month, 2) {
            return Err(unreadable());
        }
        let number = |part: &str| part.parse().map_err(|_| unreadable());
        Month::new(number(year)? as i32, number(month)?).ok_or_else(unreadable)
    }
}

impl TryFrom<String> for Month {
    type Error = UnreadableMonth;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Month> for String {
    fn from(month: Month) -> Self {
        month.to_string()
    }
}

impl JsonSchema for Month {
    fn schema_name() -> Cow<'static, str> {
        "Month".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn month(text: &str) -> Month {
        text.parse().expect("a month")
    }

    #[test]
    fn a_month_is_written_year_and_number() {
        let august = month("2026-08");
        assert_eq!(august.to_string(), "2026-08");
        assert_eq!(august.in_japanese(), "2026年8月");
        assert_eq!(
            serde_json::to_string(&august).expect("a string"),
            "\"2026-08\""
        );
        assert_eq!(
            serde_json::from_str::<Month>("\"2026-08\"").expect("a month"),
            august
        );
    }

    #[test]
    fn what_is_no_month_is_refused_by_its_text() {
        for text in [
            "2026-13",
            "2026-00",
            "2026-8",
            "202608",
            "+2026-08",
            "2026-08-01",
            "",
        ] {
            assert_eq!(text.parse::<Month>(), Err(UnreadableMonth(text.into())));
        }
    }

    #[test]
    fn days_that_do_not_exist_are_said_not_guessed() {
        assert_eq!(month("2026-06").day(31), None);
        assert_eq!(month("2026-06").day(0), None);
        assert_eq!(
            month("2026-06").day_or_last(31),
            month("2026-06").last_day()
        );
        assert_eq!(month("2024-02").last_day().to_string(), "2024-02-29");
    }

    #[test]
    fn months_count_over_the_year() {
        assert_eq!(month("2026-11").plus(2), month("2027-01"));
        assert_eq!(month("2027-01").minus(2), month("2026-11"));
        assert_eq!(month("2027-01").months_since(month("2026-11")), 2);
        assert_eq!(month("2026-11").months_since(month("2027-01")), -2);
        assert_eq!(month("2026-02").days().count(), 28);
    }
}
