//! Days as people read them on screens and in letters: `2026/10/09（金）`.

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_carries_its_weekday() {
        let day = NaiveDate::from_ymd_opt(2026, 10, 9).expect("a day");
        assert_eq!(in_japanese(day), "2026/10/09（金）");
        assert_eq!(weekday_in_japanese(day.succ_opt().expect("a day")), "土");
    }
}
