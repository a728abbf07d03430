//! What a person decides about the running of the installation.

use crate::kit::{Desk, billed, day, staff};
use daicho_domain::billing::{Command as Billing, Event as Billed, Method, Posting};
use daicho_domain::dates::Month;
use daicho_domain::installation::Command;
use daicho_domain::nouns::{Command as Any, Event};
use daicho_domain::stream::Stream;

fn running() -> Desk {
    Desk::default().on("2026-11-20")
}

fn confirm(until: &str) -> Any {
    let until = day(until);
    Any::installation(&Stream::Installation, Command::ConfirmDays { until })
}

fn release(since: &str, until: &str) -> Any {
    let (since, until) = (day(since), day(until));
    Any::installation(
        &Stream::Installation,
        Command::ReleaseSending { since, until },
    )
}

#[test]
fn a_person_confirms_the_days_that_a_clock_jumped_over() {
    let desk = running();
    desk.when(confirm("2026-11-20"))
        .then_refused("installation.nothing_to_open");
    desk.when(confirm("2027-11-20")).then(&["days_confirmed"]);
    let confirmed = desk.after(confirm("2027-11-20"));
    confirmed.when(confirm("2027-11-20")).then_nothing();
    confirmed.when(confirm("2027-11-19")).then_nothing();
    confirmed
        .when(confirm("2027-11-21"))
        .then(&["days_confirmed"]);
}

#[test]
fn a_person_releases_what_rested_after_an_outage() {
    let desk = running();
    desk.when(release("2026-11-10", "2026-11-21"))
        .then_refused("installation.hold_ahead");
    desk.when(release("2026-11-10", "2026-11-20"))
        .then(&["sending_released"]);
    let released = desk.after(release("2026-11-10", "2026-11-20"));
    released
        .when(release("2026-11-10", "2026-11-20"))
        .then_nothing();
}

fn month(text: &str) -> Month {
    text.parse().expect("a month")
}

fn of(command: Command) -> Any {
    Any::installation(&Stream::Installation, command)
}

fn asks(of_month: &str, who: &str) -> Any {
    let (month, by) = (month(of_month), staff(who));
    of(Command::AskClosing { month, by })
}

fn closes(of_month: &str, who: &str) -> Any {
    let (month, by) = (month(of_month), staff(who));
    of(Command::CloseMonth { month, by })
}

fn declines(of_month: &str, who: &str) -> Any {
    let (month, by) = (month(of_month), staff(who));
    of(Command::DeclineClosing { month, by })
}

#[test]
fn a_month_is_closed_by_a_second_person_one_after_the_other() {
    let desk = Desk::default().on("2026-09-30");
    desk.when(asks("2026-09", "a"))
        .then_refused("installation.month_not_over");
    let over = desk.on("2026-10-01");
    over.when(closes("2026-09", "b"))
        .then_refused("installation.closing_not_asked");
    let asked = over.after(asks("2026-09", "a"));
    asked.when(asks("2026-09", "b")).then_nothing();
    asked
        .when(closes("2026-09", "a"))
        .then_refused("installation.same_person");
    let declined = asked.clone().after(declines("2026-09", "b"));
    declined.when(declines("2026-09", "b")).then_nothing();
    declined
        .when(closes("2026-09", "b"))
        .then_refused("installation.closing_not_asked");
    let closed = asked.after(closes("2026-09", "b"));
    closed.when(closes("2026-09", "b")).then_nothing();
    closed.when(asks("2026-08", "a")).then_nothing();
    closed
        .when(asks("2026-11", "a"))
        .then_refused("installation.months_in_order");
    closed
        .on("2026-11-01")
        .when(asks("2026-10", "a"))
        .then(&["closing_asked"]);
}

#[test]
fn nothing_is_dated_into_a_closed_month_and_what_is_late_says_so() {
    let pays = Any::billing(
        &crate::kit::ledger(),
        Billing::RecordPayment {
            amount: 900,
            received_on: day("2026-09-30"),
            method: Method::Transfer,
            note: None,
            reference: None,
        },
    );
    let open = billed().charged("2026-08").on("2026-10-02");
    let posting = |desk: &Desk| {
        let events = desk.when(pays.clone()).then(&["paid"]);
        let [Event::Billing(Billed::Paid { posting, .. })] = &events[..] else {
            panic!("{events:?}");
        };
        posting.clone()
    };
    let own = Posting {
        month: month("2026-09"),
        late_for: None,
    };
    assert_eq!(posting(&open), own);
    let closed = open
        .after(asks("2026-09", "a"))
        .after(closes("2026-09", "b"));
    let late = Posting {
        month: month("2026-10"),
        late_for: Some(month("2026-09")),
    };
    assert_eq!(posting(&closed), late);
}
