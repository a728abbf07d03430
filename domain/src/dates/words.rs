//! Days as people read them on screens and in letters: `2026/10/09（金）`.

use super::Month;
use chrono::{Datelike, NaiveDate};

/// The day as it stands on every screen: `2026/10/09（金）`.
#[must_use]
pub fn in_japanese(day: NaiveDate) -> String {
    format!("{}（{}）", day.format("%Y/%m/%d"), weekday_in_japanese(day))
}

/// The one-character weekday: 月 to 日.
#[must_use]
pub fn weekday_in_japanese(day: NaiveDate) -> &'static str {
    ["月", "火", "水", "木", "金", "土", "日"][day.weekday().num_days_from_monday() as usize]
}

/// The same text with every day and month in it as it stands on every screen; what is quoted in 「」 was typed by
/// somebody and stays as it is.
#[must_use]
pub fn dates_in_japanese(text: &str) -> String {
    let mut said = String::with_capacity(text.len());
    let (mut rest, mut quoted, mut before) = (text, false, ' ');
    while let Some(next) = rest.chars().next() {
        quoted = (quoted || next == '「') && next != '」';
        let begins = !quoted && next.is_ascii_digit() && !joins(before);
        let (length, word) = match begins.then(|| dated(rest)).flatten() {
            Some((length, word)) => (length, word),
            None => (next.len_utf8(), next.to_string()),
        };
        said.push_str(&word);
        before = next;
        rest = &rest[length..];
    }
    said
}

/// A day or a month at the beginning of a text: how long it is, and its words.
fn dated(text: &str) -> Option<(usize, String)> {
    let alone = |length: usize| {
        let part = text.get(..length)?;
        let joined = text[length..].chars().next().is_some_and(joins);
        (!joined).then_some(part)
    };
    let day = alone(10).and_then(|part| part.parse::<NaiveDate>().ok());
    let day = day.map(|day| (10, in_japanese(day)));
    let month = || Some((7, alone(7)?.parse::<Month>().ok()?.in_japanese()));
    day.or_else(month)
}

/// Whether a character before or after makes digits part of something longer.
const fn joins(held: char) -> bool {
    held.is_ascii_alphanumeric() || held == '-'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_says_its_days_and_months_as_the_screens_do() {
        for (text, said) in [
            (
                "受領日 2026-11-30 は本日（2026-11-23）より後です。",
                "受領日 2026/11/30（月） は本日（2026/11/23（月））より後です。",
            ),
            ("開始月は 2027-01 です。", "開始月は 2027年1月 です。"),
            ("照会番号「2026-11-30」は", "照会番号「2026-11-30」は"),
            (
                "R2026-11 と 12026-11-30 と 2026-13",
                "R2026-11 と 12026-11-30 と 2026-13",
            ),
        ] {
            assert_eq!(dates_in_japanese(text), said);
        }
    }

    #[test]
    fn a_day_carries_its_weekday() {
        let day = NaiveDate::from_ymd_opt(2026, 10, 9).expect("a day");
        assert_eq!(in_japanese(day), "2026/10/09（金）");
        assert_eq!(weekday_in_japanese(day.succ_opt().expect("a day")), "土");
    }
}
