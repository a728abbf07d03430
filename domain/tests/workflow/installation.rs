//! What a person decides about the running of the installation.

use crate::kit::{Desk, day};
use daicho_domain::installation::Command;
use daicho_domain::nouns::Command as Any;
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
