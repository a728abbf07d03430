//! The calendars against their tables, and what must hold on every calendar and day.

use chrono::{Datelike, Days, NaiveDate, Weekday};
use proptest::prelude::*;

use super::testing::{any_day, day, rows};
use super::{BeyondTable, CalendarName, Calendars, DueBadge, HolidayStatus, Month, Moves, Sight};

const CLOSINGS: &str = include_str!("../../calendars/calendars.toml");
const HOLIDAYS: &str = include_str!("../../calendars/holidays.csv");

/// The calendars in the binary with one more national holiday.
fn with_holiday(line: &str) -> Calendars {
    let mut lines: Vec<&str> = HOLIDAYS
        .lines()
        .filter(|line| !line.starts_with(['#', 'd']))
        .collect();
    lines.push(line);
    lines.sort_unstable();
    let text = lines.join("\n");
    Calendars::read(("calendars.toml", CLOSINGS), ("holidays.csv", &text)).expect("calendars")
}

#[test]
fn business_days_are_as_the_table_says() {
    let calendars = Calendars::seeded();
    for row in rows(include_str!("../../vectors/business_days.csv")) {
        let on = day(&row[0]);
        assert_eq!(
            calendars.bank().is_open(on).value,
            row[1] == "1",
            "bank {row:?}"
        );
        assert_eq!(
            calendars.vendor().is_open(on).value,
            row[2] == "1",
            "vendor {row:?}"
        );
        let helpdesk = calendars.get(CalendarName::Helpdesk);
        assert_eq!(
            helpdesk.is_open(on).value,
            row[2] == "1",
            "helpdesk {row:?}"
        );
    }
}

#[test]
fn the_26th_is_debited_on_the_days_of_the_table() {
    let calendars = Calendars::seeded();
    for row in rows(include_str!("../../vectors/debit_dates.csv")) {
        let month: Month = row[0].parse().expect("a month");
        let debited = calendars.bank().day_of_month(month, 26, Moves::Next);
        assert_eq!(debited.within_table(), Ok(day(&row[1])), "{row:?}");
    }
}

#[test]
fn a_made_up_holiday_on_the_26th_moves_the_debit_on() {
    let month: Month = "2026-11".parse().expect("a month");
    let debit = |calendars: &Calendars| calendars.bank().day_of_month(month, 26, Moves::Next).value;
    assert_eq!(debit(&Calendars::seeded()), day("2026-11-26"));
    assert_eq!(
        debit(&with_holiday("2026-11-26,架空の祝日,確定")),
        day("2026-11-27")
    );
    assert_eq!(
        debit(&with_holiday("2026-11-27,架空の祝日,確定")),
        day("2026-11-26")
    );
}

#[test]
fn an_own_closing_day_closes_the_vendor_alone() {
    let closings = CLOSINGS.replacen(
        "closed_on = []\ndecided = false",
        "closed_on = [\"2026-08-13\"]\ndecided = false",
        1,
    );
    let calendars = Calendars::read(("calendars.toml", &closings), ("holidays.csv", HOLIDAYS))
        .expect("calendars");
    assert!(!calendars.vendor().is_open(day("2026-08-13")).value);
    assert!(calendars.bank().is_open(day("2026-08-13")).value);
    assert_ne!(calendars.digest(), Calendars::seeded().digest());
}

#[test]
fn the_horizon_is_said_not_guessed() {
    let calendars = Calendars::seeded();
    let bank = calendars.bank();
    let beyond = bank.on_or_after(day("2036-01-26"));
    assert_eq!(
        (beyond.sight, beyond.within_table()),
        (Sight::Beyond, Err(BeyondTable))
    );
    assert_eq!(
        bank.on_or_before(day("2014-12-26")).within_table(),
        Err(BeyondTable)
    );
    assert_eq!(bank.subtract(day("2036-01-04"), 3).sight, Sight::Settled);
    assert_eq!(bank.add(day("2035-12-28"), 5).sight, Sight::Beyond);
    assert_eq!(
        bank.count(day("2035-12-28"), day("2036-01-31")).sight,
        Sight::Beyond
    );
}

#[test]
fn a_day_next_to_an_unannounced_equinox_is_expected() {
    let calendars = Calendars::seeded();
    let sight = |text| calendars.bank().is_open(day(text)).sight;
    assert_eq!(sight("2027-03-22"), Sight::Settled);
    assert_eq!(sight("2028-03-21"), Sight::Unannounced);
    assert_eq!(sight("2028-03-27"), Sight::Settled);
    let fixed = calendars
        .holidays()
        .all()
        .filter(|(_, h)| h.status == HolidayStatus::Fixed)
        .count();
    assert!(fixed > 300, "{fixed}");
}

#[test]
fn badges_count_business_days() {
    let calendars = Calendars::seeded();
    for (today, due, badge, text) in [
        ("2026-10-01", "2026-10-09", DueBadge::Left(6), "あと6営業日"),
        ("2026-10-09", "2026-10-09", DueBadge::Today, "本日"),
        (
            "2026-10-10",
            "2026-10-09",
            DueBadge::Overdue(1),
            "期限超過 1日",
        ),
        (
            "2026-10-15",
            "2026-10-09",
            DueBadge::Overdue(3),
            "期限超過 3日",
        ),
        ("2026-10-09", "2026-10-11", DueBadge::Left(0), "あと0営業日"),
    ] {
        let found = calendars.vendor().due_badge(day(today), day(due));
        assert_eq!(
            (found, found.text().as_str()),
            (badge, text),
            "{today} {due}"
        );
    }
}

#[test]
fn holidays_named_by_a_weekday_fall_on_it() {
    let calendars = Calendars::seeded();
    for (on, holiday) in calendars.holidays().all() {
        let weekday = on.weekday();
        match holiday.name.as_str() {
            "成人の日" | "敬老の日" | "体育の日" => {
                assert_eq!(weekday, Weekday::Mon, "{on}")
            }
            "元日" => assert_eq!((on.month(), on.day()), (1, 1)),
            "こどもの日" => assert_eq!((on.month(), on.day()), (5, 5)),
            name if name.ends_with("振替休日") => assert_ne!(weekday, Weekday::Sun, "{on}"),
            _ => (),
        }
        assert!(
            holiday.name.ends_with("振替休日") || weekday != Weekday::Sun || {
                let later = (1..=3).map(|n| on + Days::new(n));
                later.clone().any(|day| {
                    calendars
                        .holidays()
                        .on(day)
                        .is_some_and(|h| h.name.ends_with("振替休日"))
                })
            },
            "{on} is a Sunday without its substitute"
        );
    }
}

#[test]
fn no_holiday_of_the_table_falls_on_a_26th_to_28th() {
    let calendars = Calendars::seeded();
    assert!(
        calendars
            .holidays()
            .all()
            .all(|(on, _)| !(26..=28).contains(&on.day()))
    );
}

#[test]
fn a_closing_file_that_cannot_be_read_is_refused_with_its_line() {
    for (from, to, word) in [
        ("[\"土\", \"日\"]", "[\"土\", \"曜\"]", "曜日"),
        ("\"12-31\"", "\"12-32\"", "月-日"),
        ("label = \"銀行営業日\"", "lable = \"銀行営業日\"", "lable"),
    ] {
        let text = CLOSINGS.replacen(from, to, 1);
        let error =
            Calendars::read(("calendars.toml", &text), ("holidays.csv", HOLIDAYS)).expect_err(to);
        let at = text
            .lines()
            .position(|line| line.contains(to))
            .expect("the changed line")
            + 1;
        assert_eq!(
            (error.file.as_str(), error.line),
            ("calendars.toml", at),
            "{error}"
        );
        assert!(error.why.contains(word), "{error}");
    }
}

fn any_calendar() -> impl Strategy<Value = CalendarName> {
    prop_oneof![
        Just(CalendarName::Bank),
        Just(CalendarName::Vendor),
        Just(CalendarName::Helpdesk)
    ]
}

thread_local! {
    static SEEDED: Calendars = Calendars::seeded();
}

fn seeded() -> Calendars {
    SEEDED.with(Clone::clone)
}

proptest! {
    #[test]
    fn moving_reaches_the_nearest_open_day(on in any_day(), name in any_calendar()) {
        let calendars = seeded();
        let calendar = calendars.get(name);
        let (after, before) = (calendar.on_or_after(on).value, calendar.on_or_before(on).value);
        prop_assert!(before <= on && on <= after);
        prop_assert!(calendar.is_open(after).value && calendar.is_open(before).value);
        let between = |from: NaiveDate, to: NaiveDate| from.iter_days().take_while(move |day| *day < to);
        prop_assert!(between(on, after).all(|day| !calendar.is_open(day).value));
        prop_assert!(between(before, on).skip(1).all(|day| !calendar.is_open(day).value));
    }

    #[test]
    fn adding_and_taking_away_meet(on in any_day(), n in 1u32..40, name in any_calendar()) {
        let calendars = seeded();
        let calendar = calendars.get(name);
        let later = calendar.add(on, n).value;
        prop_assert_eq!(calendar.count(on, later).value, i64::from(n));
        prop_assert_eq!(calendar.count(later, on).value, -i64::from(n));
        let start = calendar.on_or_after(on).value;
        prop_assert_eq!(calendar.subtract(calendar.add(start, n).value, n).value, start);
    }

    #[test]
    fn counts_add_up(a in any_day(), b in any_day(), c in any_day(), name in any_calendar()) {
        let calendars = seeded();
        let calendar = calendars.get(name);
        let count = |from, to| calendar.count(from, to).value;
        prop_assert_eq!(count(a, b) + count(b, c), count(a, c));
    }

    #[test]
    fn a_vendor_day_is_always_a_bank_day(on in any_day()) {
        let calendars = seeded();
        prop_assert!(!calendars.vendor().is_open(on).value || calendars.bank().is_open(on).value);
    }
}
