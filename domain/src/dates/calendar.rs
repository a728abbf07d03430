//! A business calendar: which days are open, and how to count and move on them. Every result says how sure it is:
//! a day decided by a holiday not yet in the gazette is 見込み, a day beyond the holiday table is said to be.

use chrono::{Days, NaiveDate};

use super::Month;

/// How sure the days are that a result rests on. The later, the less sure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sight {
    /// Every day looked at is settled.
    Settled,
    /// A day looked at rests on a holiday that the gazette has not announced.
    Unannounced,
    /// A day looked at lies outside the holiday table: only weekdays and yearly closings were known.
    Beyond,
}

/// A result on a calendar and how sure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted<T> {
    /// The result.
    pub value: T,
    /// How sure it is.
    pub sight: Sight,
}

impl<T> Counted<T> {
    /// The result, if every day looked at lies in the holiday table.
    ///
    /// # Errors
    /// [`BeyondTable`] otherwise.
    pub fn within_table(self) -> Result<T, BeyondTable> {
        match self.sight {
            Sight::Settled | Sight::Unannounced => Ok(self.value),
            Sight::Beyond => Err(BeyondTable),
        }
    }
}

/// The result rests on days outside the holiday table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("祝日表の範囲の外の日が関わるため、営業日を確定できません。")]
pub struct BeyondTable;

/// Which way a date moves off a closed day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moves {
    /// It stays, closed or not.
    Stays,
    /// To the next open day.
    Next,
    /// To the open day before.
    Previous,
}

/// How much is left until a due day, as the badge says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DueBadge {
    /// 期限超過: so many business days ago, at least one.
    Overdue(u32),
    /// 本日.
    Today,
    /// あと○営業日: business days after today, the due day itself counted.
    Left(u32),
}

impl DueBadge {
    /// The words of the badge.
    #[must_use]
    pub fn text(self) -> String {
        match self {
            DueBadge::Overdue(days) => format!("期限超過 {days}日"),
            DueBadge::Today => "本日".to_owned(),
            DueBadge::Left(days) => format!("あと{days}営業日"),
        }
    }
}

/// One day of a calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Day {
    open: bool,
    sight: Sight,
}

/// A business calendar, worked out once for every day of the holiday table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BusinessCalendar {
    label: String,
    first: NaiveDate,
    /// Every day of the table, from `first`.
    days: Vec<Day>,
    /// Open days before that day of the table.
    open_before: Vec<u32>,
    rules: ClosingRules,
}

/// When a calendar is closed apart from national holidays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ClosingRules {
    pub weekdays: Vec<chrono::Weekday>,
    pub on_holidays: bool,
    /// (month, day) closed every year.
    pub yearly: Vec<(u32, u32)>,
    pub own: Vec<NaiveDate>,
}

impl ClosingRules {
    /// Closed for another reason than a national holiday?
    fn closed(&self, day: NaiveDate) -> bool {
        use chrono::Datelike;
        self.weekdays.contains(&day.weekday())
            || self.yearly.contains(&(day.month(), day.day()))
            || self.own.contains(&day)
    }
}

impl BusinessCalendar {
    pub(super) fn new(
        label: String,
        rules: ClosingRules,
        holidays: &super::HolidayTable,
    ) -> BusinessCalendar {
        let (first, last) = holidays.covers();
        let mut open_before = vec![0];
        let days: Vec<Day> = first
            .iter_days()
            .take_while(|day| *day <= last)
            .map(|day| {
                let closed = rules.closed(day);
                let holiday = rules.on_holidays && holidays.on(day).is_some();
                let unsure = !closed && rules.on_holidays && holidays.unsure(day);
                let open = !closed && !holiday;
                let sofar = open_before.last().copied().unwrap_or(0);
                open_before.push(sofar + u32::from(open));
                Day {
                    open,
                    sight: if unsure {
                        Sight::Unannounced
                    } else {
                        Sight::Settled
                    },
                }
            })
            .collect();
        BusinessCalendar {
            label,
            first,
            days,
            open_before,
            rules,
        }
    }

    /// What people call the calendar: 銀行営業日.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.label
    }

    fn index(&self, day: NaiveDate) -> Option<usize> {
        usize::try_from((day - self.first).num_days())
            .ok()
            .filter(|n| *n < self.days.len())
    }

    fn day(&self, day: NaiveDate) -> Day {
        match self.index(day) {
            Some(n) => self.days[n],
            None => Day {
                open: !self.rules.closed(day),
                sight: if self.rules.on_holidays && !self.rules.closed(day) {
                    Sight::Beyond
                } else {
                    Sight::Settled
                },
            },
        }
    }

    /// Is the day open?
    #[must_use]
    pub fn is_open(&self, day: NaiveDate) -> Counted<bool> {
        let Day { open, sight } = self.day(day);
        Counted { value: open, sight }
    }

    /// The day itself if open, else the next open one.
    #[must_use]
    pub fn on_or_after(&self, day: NaiveDate) -> Counted<NaiveDate> {
        self.seek(day, |day| day + Days::new(1))
    }

    /// The day itself if open, else the open one before.
    #[must_use]
    pub fn on_or_before(&self, day: NaiveDate) -> Counted<NaiveDate> {
        self.seek(day, |day| day - Days::new(1))
    }

    /// The day moved off a closed day the way the rule says.
    #[must_use]
    pub fn moved(&self, day: NaiveDate, moves: Moves) -> Counted<NaiveDate> {
        match moves {
            Moves::Stays => Counted {
                value: day,
                sight: Sight::Settled,
            },
            Moves::Next => self.on_or_after(day),
            Moves::Previous => self.on_or_before(day),
        }
    }

    /// The day with this number in a month (the last where the month has none), moved as the rule says.
    #[must_use]
    pub fn day_of_month(&self, month: Month, number: u32, moves: Moves) -> Counted<NaiveDate> {
        self.moved(month.day_or_last(number), moves)
    }

    /// So many open days later; the day itself is not counted.
    #[must_use]
    pub fn add(&self, day: NaiveDate, business_days: u32) -> Counted<NaiveDate> {
        self.count_off(day, business_days, |day| day + Days::new(1))
    }

    /// So many open days earlier; the day itself is not counted.
    #[must_use]
    pub fn subtract(&self, day: NaiveDate, business_days: u32) -> Counted<NaiveDate> {
        self.count_off(day, business_days, |day| day - Days::new(1))
    }

    /// The open days after `from` up to and with `to`; negative when `to` comes first.
    #[must_use]
    pub fn count(&self, from: NaiveDate, to: NaiveDate) -> Counted<i64> {
        if to < from {
            let Counted { value, sight } = self.count(to, from);
            return Counted {
                value: -value,
                sight,
            };
        }
        let unsure = |sight: Sight, day| sight.max(self.day(day).sight);
        let days = || from.iter_days().skip(1).take_while(|day| *day <= to);
        match (self.index(from), self.index(to)) {
            (Some(after), Some(until)) => Counted {
                value: i64::from(self.open_before[until + 1] - self.open_before[after + 1]),
                sight: days().fold(Sight::Settled, unsure),
            },
            (None, _) | (_, None) => Counted {
                value: days().filter(|day| self.day(*day).open).count() as i64,
                sight: days().fold(Sight::Settled, unsure),
            },
        }
    }

    /// What the badge of a due day says on `today`.
    #[must_use]
    pub fn due_badge(&self, today: NaiveDate, due: NaiveDate) -> DueBadge {
        let days = u32::try_from(self.count(today, due).value.unsigned_abs()).unwrap_or(u32::MAX);
        match today.cmp(&due) {
            std::cmp::Ordering::Less => DueBadge::Left(days),
            std::cmp::Ordering::Equal => DueBadge::Today,
            std::cmp::Ordering::Greater => DueBadge::Overdue(days.max(1)),
        }
    }

    fn seek(&self, from: NaiveDate, step: fn(NaiveDate) -> NaiveDate) -> Counted<NaiveDate> {
        let mut sight = Sight::Settled;
        let mut day = from;
        loop {
            let at = self.day(day);
            sight = sight.max(at.sight);
            if at.open {
                return Counted { value: day, sight };
            }
            day = step(day);
        }
    }

    fn count_off(
        &self,
        from: NaiveDate,
        business_days: u32,
        step: fn(NaiveDate) -> NaiveDate,
    ) -> Counted<NaiveDate> {
        let start = Counted {
            value: from,
            sight: Sight::Settled,
        };
        (0..business_days).fold(start, |reached, _| {
            let next = self.seek(step(reached.value), step);
            Counted {
                value: next.value,
                sight: reached.sight.max(next.sight),
            }
        })
    }
}
