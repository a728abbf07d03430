//! The dated holiday table: which days are national holidays, and whether the gazette has said so yet.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};

use super::CalendarError;

/// Has a holiday been announced?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HolidayStatus {
    /// 確定: by law, or announced in the gazette.
    Fixed,
    /// 見込み: an equinox (or what follows from one) that the gazette of the year before will fix.
    Expected,
}

/// One national holiday.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holiday {
    /// Its name in Japanese.
    pub name: String,
    /// Has it been announced?
    pub status: HolidayStatus,
}

/// The holidays from one day to another. Outside it nothing is known, and nothing is guessed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HolidayTable {
    from: NaiveDate,
    to: NaiveDate,
    holidays: BTreeMap<NaiveDate, Holiday>,
}

/// An equinox can come this many days off its expected day, counting the day that follows from it.
const UNSURE_DAYS: u64 = 2;

impl HolidayTable {
    /// Reads `date,name,status` lines; `#` begins a comment.
    ///
    /// # Errors
    /// [`CalendarError`] with the file's name and the line that cannot be read, lies outside, or stands out of order.
    pub fn read(
        file: &str,
        text: &str,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<HolidayTable, CalendarError> {
        let mut holidays = BTreeMap::<NaiveDate, Holiday>::new();
        for (n, line) in text.lines().enumerate() {
            let wrong = |why: String| CalendarError::new(file, n + 1, why);
            if line.starts_with('#') || line.trim().is_empty() || line == "date,name,status" {
                continue;
            }
            let cells: Vec<&str> = line.split(',').collect();
            let [date, name, status] = cells.as_slice() else {
                return Err(wrong(
                    "「日付,名称,確定または見込み」の3列ではありません。".into(),
                ));
            };
            let day: NaiveDate = date
                .parse()
                .map_err(|_| wrong(format!("「{date}」は日付ではありません。")))?;
            let status = match *status {
                "確定" => HolidayStatus::Fixed,
                "見込み" => HolidayStatus::Expected,
                other => {
                    return Err(wrong(format!(
                        "「{other}」は確定でも見込みでもありません。"
                    )));
                }
            };
            if day < from || to < day {
                return Err(wrong(format!("{day} は表の範囲 {from}〜{to} の外です。")));
            }
            if holidays
                .last_key_value()
                .is_some_and(|(last, _)| day <= *last)
            {
                return Err(wrong(format!("{day} が日付の順に並んでいません。")));
            }
            let name = (*name).to_owned();
            holidays.insert(day, Holiday { name, status });
        }
        Ok(HolidayTable { from, to, holidays })
    }

    /// The holiday on that day.
    #[must_use]
    pub fn on(&self, day: NaiveDate) -> Option<&Holiday> {
        self.holidays.get(&day)
    }

    /// All holidays, in order.
    pub fn all(&self) -> impl Iterator<Item = (NaiveDate, &Holiday)> {
        self.holidays.iter().map(|(day, holiday)| (*day, holiday))
    }

    /// The first and the last day the table covers.
    #[must_use]
    pub fn covers(&self) -> (NaiveDate, NaiveDate) {
        (self.from, self.to)
    }

    /// Can the day still become a holiday, or cease to be one?
    #[must_use]
    pub fn unsure(&self, day: NaiveDate) -> bool {
        self.holidays
            .range(day - Days::new(UNSURE_DAYS)..=day + Days::new(UNSURE_DAYS))
            .any(|(_, holiday)| holiday.status == HolidayStatus::Expected)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dates::testing::day;

    fn read(text: &str) -> Result<HolidayTable, CalendarError> {
        HolidayTable::read("祝日.csv", text, day("2026-01-01"), day("2027-12-31"))
    }

    #[test]
    fn what_cannot_be_read_is_refused_with_file_and_line() {
        for (text, line, word) in [
            ("2026-01-01,元日", 1, "3列"),
            ("# 表\n2026-02-30,建国,確定", 2, "日付では"),
            ("2026-01-01,元日,たぶん", 1, "たぶん"),
            ("2025-01-01,元日,確定", 1, "範囲"),
            ("2026-01-12,成人の日,確定\n2026-01-01,元日,確定", 2, "順"),
            ("2026-01-01,元日,確定\n2026-01-01,元日,確定", 2, "順"),
        ] {
            let error = read(text).expect_err(text);
            assert_eq!(
                (error.file.as_str(), error.line),
                ("祝日.csv", line),
                "{text}"
            );
            assert!(error.why.contains(word), "{error}");
        }
    }

    #[test]
    fn days_near_an_unannounced_equinox_are_unsure() {
        let table = read("2027-09-20,敬老の日,確定\n2027-09-23,秋分の日,見込み").expect("a table");
        let unsure = |text| table.unsure(day(text));
        assert!(unsure("2027-09-23") && unsure("2027-09-24") && unsure("2027-09-21"));
        assert!(!unsure("2027-09-20") && !unsure("2027-09-26"));
    }
}
