//! Periods by the calendar, after the Civil Code (articles 138 to 143): months and years are never turned into days.

use chrono::{Days, Months, NaiveDate};

use super::Month;

/// How long a period is. Months and years run by the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// Calendar months.
    Months(u32),
    /// Calendar years.
    Years(u32),
}

impl Length {
    /// The length in months.
    #[must_use]
    pub const fn months(self) -> u32 {
        match self {
            Length::Months(months) => months,
            Length::Years(years) => years * 12,
        }
    }
}

/// The first counted day of a period that begins with something on `day`: the day after (article 140), unless the
/// period starts at 0:00 or its rule counts the day itself (「起算して」).
#[must_use]
pub fn first_counted(day: NaiveDate, counts_itself: bool) -> NaiveDate {
    if counts_itself {
        day
    } else {
        day + Days::new(1)
    }
}

/// The last day of a period (article 143): the day before the day that corresponds to the first counted one, or the
/// month's last day where no day corresponds. It is not moved off a closed day; the rule that wants that says so.
#[must_use]
pub fn last_day(first_counted: NaiveDate, length: Length) -> NaiveDate {
    use chrono::Datelike;
    let month = Month::of(first_counted).plus(length.months());
    match month.day(first_counted.day()) {
        Some(corresponding) => corresponding - Days::new(1),
        None => month.last_day(),
    }
}

/// What to do where the month reached has no such day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// Take the month's last day.
    LastDay,
    /// Take the first day of the month after.
    FirstOfNext,
    /// Say that there is none.
    Refuse,
}

/// The month reached has no such day, and the rule names no rounding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{from} の{months}か月後に同じ日はありません。端数の扱いを規程で定めてください。")]
pub struct NoSuchDay {
    /// Counted from here.
    pub from: NaiveDate,
    /// This many months.
    pub months: u32,
}

/// The same day so many months later.
///
/// # Errors
/// [`NoSuchDay`] where that month has no such day and the rounding is [`Rounding::Refuse`].
pub fn months_later(
    from: NaiveDate,
    months: u32,
    rounding: Rounding,
) -> Result<NaiveDate, NoSuchDay> {
    use chrono::Datelike;
    let month = Month::of(from).plus(months);
    match (month.day(from.day()), rounding) {
        (Some(day), _) => Ok(day),
        (None, Rounding::LastDay) => Ok(from + Months::new(months)),
        (None, Rounding::FirstOfNext) => Ok(month.next().first_day()),
        (None, Rounding::Refuse) => Err(NoSuchDay { from, months }),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::dates::testing::{any_day, day, rows};

    #[test]
    fn periods_end_as_the_table_says() {
        for row in rows(include_str!("../../vectors/periods.csv")) {
            let (number, unit) = row[1].split_at(row[1].len() - 1);
            let number = number.parse().expect("a number");
            let length = match unit {
                "m" => Length::Months(number),
                "y" => Length::Years(number),
                other => panic!("{other} is neither m nor y"),
            };
            assert_eq!(last_day(day(&row[0]), length), day(&row[2]), "{row:?}");
        }
    }

    #[test]
    fn a_day_that_does_not_exist_is_refused_unless_the_rule_names_its_rounding() {
        let from = day("2026-01-31");
        assert_eq!(
            months_later(from, 1, Rounding::Refuse),
            Err(NoSuchDay { from, months: 1 })
        );
        assert_eq!(
            months_later(from, 1, Rounding::LastDay),
            Ok(day("2026-02-28"))
        );
        assert_eq!(
            months_later(from, 1, Rounding::FirstOfNext),
            Ok(day("2026-03-01"))
        );
        assert_eq!(
            months_later(from, 2, Rounding::Refuse),
            Ok(day("2026-03-31"))
        );
    }

    #[test]
    fn the_day_of_the_event_counts_only_where_the_rule_says_so() {
        assert_eq!(first_counted(day("2026-04-10"), false), day("2026-04-11"));
        assert_eq!(first_counted(day("2024-04-15"), true), day("2024-04-15"));
    }

    proptest! {
        #[test]
        fn a_longer_period_never_ends_earlier(from in any_day(), months in 1u32..60) {
            prop_assert!(last_day(from, Length::Months(months)) < last_day(from, Length::Months(months + 1)));
        }

        #[test]
        fn a_period_that_begins_later_never_ends_earlier(from in any_day(), months in 1u32..60) {
            let length = Length::Months(months);
            prop_assert!(last_day(from, length) <= last_day(from + Days::new(1), length));
        }

        #[test]
        fn a_year_is_twelve_months(from in any_day(), years in 1u32..10) {
            prop_assert_eq!(
                last_day(from, Length::Years(years)),
                last_day(from, Length::Months(12 * years))
            );
        }

        #[test]
        fn a_period_of_months_starting_on_the_first_ends_on_a_last_day(from in any_day(), months in 1u32..60) {
            let first = Month::of(from).first_day();
            let last = last_day(first, Length::Months(months));
            prop_assert_eq!(last, Month::of(last).last_day());
        }
    }
}
