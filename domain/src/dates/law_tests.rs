//! The holiday table against the law: what the Act on National Holidays and the equinoxes' mean motion give for every
//! year of the table, worked out independently of it.

use std::collections::BTreeSet;

use chrono::{Datelike, Days, NaiveDate, Weekday};

use super::{Calendars, Month};

fn on(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a day")
}

/// The n-th Monday of a month.
fn monday(year: i32, month: u32, n: u8) -> NaiveDate {
    NaiveDate::from_weekday_of_month_opt(year, month, Weekday::Mon, n).expect("a Monday")
}

/// The day of March or September on which the sun crosses the equator, good until 2099.
fn equinox(year: i32, first: f64) -> u32 {
    let years = f64::from(year - 1980);
    let leaps = (f64::from(year - 1980) / 4.0).floor();
    (first + 0.242_194 * years - leaps).floor() as u32
}

/// The holidays the law names, before substitutes and days between.
fn named(year: i32) -> Vec<NaiveDate> {
    // The games of 2020, held in 2021, and the succession of 2019 had acts of their own.
    let (sea, mountain, sport) = match year {
        2020 => (on(2020, 7, 23), on(2020, 8, 10), on(2020, 7, 24)),
        2021 => (on(2021, 7, 22), on(2021, 8, 8), on(2021, 7, 23)),
        year => (monday(year, 7, 3), on(year, 8, 11), monday(year, 10, 2)),
    };
    let mut days = vec![
        on(year, 1, 1),
        monday(year, 1, 2),
        on(year, 2, 11),
        on(year, 3, equinox(year, 20.8431)),
        on(year, 4, 29),
        on(year, 5, 3),
        on(year, 5, 4),
        on(year, 5, 5),
        sea,
        monday(year, 9, 3),
        on(year, 9, equinox(year, 23.2488)),
        sport,
        on(year, 11, 3),
        on(year, 11, 23),
    ];
    match year {
        ..2019 => days.push(on(year, 12, 23)),
        2019 => days.extend([on(2019, 5, 1), on(2019, 10, 22)]),
        2020.. => days.push(on(year, 2, 23)),
    }
    if year >= 2016 {
        days.push(mountain);
    }
    days
}

/// With the day after a holiday's Sunday that is none itself, and the days between two holidays.
fn holidays(year: i32) -> BTreeSet<NaiveDate> {
    let named: BTreeSet<NaiveDate> = named(year).into_iter().collect();
    let mut all = named.clone();
    for day in named.iter().filter(|day| day.weekday() == Weekday::Sun) {
        let free = |day: &NaiveDate| !named.contains(day);
        all.extend(day.iter_days().find(free));
    }
    for day in &named {
        let between = *day + Days::new(1);
        let ordinary = !all.contains(&between) && between.weekday() != Weekday::Sun;
        if ordinary && named.contains(&(between + Days::new(1))) {
            all.insert(between);
        }
    }
    all
}

#[test]
fn the_table_is_what_the_law_gives_for_every_year() {
    let calendars = Calendars::seeded();
    let (from, to) = calendars.holidays().covers();
    assert_eq!(Month::of(from).first_day(), from);
    for year in from.year()..=to.year() {
        let table: BTreeSet<NaiveDate> = calendars
            .holidays()
            .all()
            .map(|(day, _)| day)
            .filter(|day| day.year() == year)
            .collect();
        assert_eq!(table, holidays(year), "{year}");
    }
}
