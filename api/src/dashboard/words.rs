//! How the pages write dates, months, amounts and counts. One place, so that every page writes them alike.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, Utc};

const WEEKDAYS: [&str; 7] = ["月", "火", "水", "木", "金", "土", "日"];

/// `月` … `日`
pub fn weekday(date: NaiveDate) -> &'static str {
    WEEKDAYS[date.weekday().num_days_from_monday() as usize]
}

/// `2026/10/09（金）`
pub fn date(date: NaiveDate) -> String {
    format!("{}（{}）", date.format("%Y/%m/%d"), weekday(date))
}

/// `10/09（金）`, where the year is plain from the context.
pub fn short_date(date: NaiveDate) -> String {
    format!("{}（{}）", date.format("%m/%d"), weekday(date))
}

/// `2026年11月`, for the month a date lies in.
pub fn month(date: NaiveDate) -> String {
    format!("{}年{}月", date.year(), date.month())
}

/// `2026/10/09 14:05`, in Japan.
pub fn time(at: DateTime<Utc>) -> String {
    let japan = FixedOffset::east_opt(9 * 3600).expect("nine hours are a valid offset");
    at.with_timezone(&japan)
        .format("%Y/%m/%d %H:%M")
        .to_string()
}

/// `12,345`
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_carries_its_weekday() {
        let friday = NaiveDate::from_ymd_opt(2026, 10, 9).expect("a date");
        assert_eq!(date(friday), "2026/10/09（金）");
        assert_eq!(month(friday), "2026年10月");
    }

    #[test]
    fn counts_are_grouped_by_three() {
        assert_eq!(
            [0, 999, 1_000, 1_234_567].map(count),
            ["0", "999", "1,000", "1,234,567"]
        );
    }

    #[test]
    fn an_instant_is_shown_in_japan() {
        let at = DateTime::parse_from_rfc3339("2026-10-09T15:30:00Z").expect("an instant");
        assert_eq!(time(at.to_utc()), "2026/10/10 00:30");
    }
}
