//! The day: opened once, its post counted and closed in order.

use crate::kit::{Desk, day};
use daicho_domain::intake::Channel;
use daicho_domain::nouns::Command as Any;
use daicho_domain::office_day::Command;
use daicho_domain::stream::Stream;
use std::collections::BTreeMap;

fn on(date: &str, command: Command) -> Any {
    Any::office_day(&Stream::OfficeDay(day(date)), command)
}

fn open(date: &str) -> Any {
    on(date, Command::Open {})
}

fn count(date: &str, sheets: u32) -> Any {
    on(
        date,
        Command::CountPost {
            channel: Channel::Post,
            sheets,
        },
    )
}

fn close(date: &str, entered: u32, difference: Option<&str>) -> Any {
    on(
        date,
        Command::Close {
            entered: BTreeMap::from([(Channel::Post, entered)]),
            difference: difference.map(Into::into),
        },
    )
}

#[test]
fn a_day_is_opened_once() {
    let desk = Desk::default().on("2026-11-20").after(open("2026-11-20"));
    desk.when(open("2026-11-20")).then_nothing();
}

#[test]
fn only_days_on_which_the_vendor_works_are_counted_and_closed() {
    let saturday = Desk::default().on("2026-11-21").after(open("2026-11-21"));
    saturday
        .when(count("2026-11-21", 3))
        .then_refused("office_day.not_business_day");
    saturday
        .when(close("2026-11-21", 0, None))
        .then_refused("office_day.not_business_day");
    saturday
        .when(count("2026-11-22", 3))
        .then_refused("office_day.not_opened");
}

#[test]
fn a_day_is_closed_when_its_post_is_counted_and_what_differs_is_explained() {
    let desk = Desk::default().on("2026-11-20").after(open("2026-11-20"));
    desk.when(close("2026-11-20", 0, None))
        .then_refused("office_day.not_counted");
    let desk = desk.after(count("2026-11-20", 5));
    desk.when(count("2026-11-20", 5)).then_nothing();
    desk.when(close("2026-11-20", 4, None))
        .then_refused("office_day.difference_unexplained");
    desk.when(close("2026-11-20", 4, Some("別部署宛て1通")))
        .then(&["closed"]);
    let closed = desk.after(close("2026-11-20", 5, None));
    closed.when(close("2026-11-20", 5, None)).then_nothing();
    closed
        .when(count("2026-11-20", 6))
        .then_refused("office_day.closed");
}

#[test]
fn days_are_closed_in_order_past_weekends() {
    let desk = [
        "2026-11-20",
        "2026-11-21",
        "2026-11-22",
        "2026-11-23",
        "2026-11-24",
    ]
    .into_iter()
    .fold(Desk::default(), |desk, date| {
        desk.on(date).after(open(date))
    })
    .after(count("2026-11-20", 0))
    .after(count("2026-11-24", 0));
    // 2026-11-23 is a holiday: the business day before the 24th is Friday the 20th.
    desk.when(close("2026-11-24", 0, None))
        .then_refused("office_day.earlier_day_open");
    desk.after(close("2026-11-20", 0, None))
        .when(close("2026-11-24", 0, None))
        .then(&["closed"]);
}
