//! What the tests of dates and rules share: days from text, tables from CSV, arbitrary days.

use chrono::{Days, NaiveDate};
use proptest::strategy::Strategy;

/// The day of this text.
pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap_or_else(|_| panic!("{text} is no day"))
}

/// The rows of a CSV table, without comments and header.
pub fn rows(text: &str) -> Vec<Vec<String>> {
    let rows: Vec<Vec<String>> = csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .from_reader(text.as_bytes())
        .records()
        .map(|row| row.expect("a CSV row").iter().map(str::to_owned).collect())
        .collect();
    assert!(!rows.is_empty(), "an empty table tests nothing");
    rows
}

/// Any day well inside the holiday table.
pub fn any_day() -> impl Strategy<Value = NaiveDate> {
    (0u64..6_900).prop_map(|n| day("2015-02-01") + Days::new(n))
}
