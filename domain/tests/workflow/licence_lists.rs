//! Licences and fees from lists: several years of one number, fees nobody knows of, confirmations taken back.

use crate::kit::{Desk, corporation_id, day, registered_corporation};
use crate::licence::{ask, licensed, record, through, waits};
use daicho_domain::corporation::Source;
use daicho_domain::licence::{Command, FeeStatus, How, Payment, Status};
use daicho_domain::nouns;
use daicho_domain::waiting::{Party, What};

pub fn listed(first: &str, paid_in: Option<&str>) -> nouns::Command {
    ask(Command::TakeOver {
        corporation: corporation_id(),
        first_day: day(first),
        last_day: None,
        payment: Payment::Deduction,
        paid_in: paid_in.map(|month| month.parse().expect("a month")),
        source: Source {
            file: "licences.csv".into(),
            line: 2,
        },
    })
}

fn fee(first: &str, month: &str) -> nouns::Command {
    ask(Command::ConfirmFee {
        first_day: day(first),
        month: month.parse().expect("a month"),
        how: How::Hand,
    })
}

fn reverse(first: &str, reason: &str) -> nouns::Command {
    ask(Command::ReverseFee {
        first_day: day(first),
        reason: reason.into(),
    })
}

fn fees(desk: &Desk) -> Vec<FeeStatus> {
    let known = record(desk);
    known.contracts().map(|year| year.fee_status()).collect()
}

#[test]
fn two_years_of_a_list_are_two_contracts_and_the_present_one_runs() {
    let desk = registered_corporation().on("2024-06-03");
    let first = desk.after(listed("2023-04-15", Some("2023-05")));
    let second = first.after(listed("2024-04-15", Some("2024-05")));
    let known = record(&second);
    assert_eq!(known.years.len(), 2);
    assert_eq!(known.status(), Status::Valid);
    second.when(listed("2023-04-15", None)).then_nothing();
    second.when(listed("2024-04-15", None)).then_nothing();
    second
        .when(listed("2022-04-15", None))
        .then_refused("licence.overlaps");
    // The next year, filed elsewhere before the list was written.
    let filed = second.clone().after(listed("2025-04-15", None));
    assert_eq!(record(&filed).status(), Status::Filed);
    let begun = through(filed, "2025-04-15");
    assert_eq!(record(&begun).years.len(), 3);
    second
        .when(listed("2026-04-15", None))
        .then_refused("licence.day_not_come");
}

#[test]
fn an_expired_year_of_a_list_does_not_keep_the_present_one_out() {
    let over = through(
        registered_corporation()
            .on("2024-06-03")
            .after(listed("2022-05-01", Some("2022-06"))),
        "2024-06-03",
    );
    assert_eq!(record(&over).status(), Status::Expired);
    let now = over.after(listed("2024-04-15", Some("2024-05")));
    assert_eq!(record(&now).status(), Status::Valid);
}

#[test]
fn a_list_that_says_nothing_of_old_fees_asks_nobody() {
    let desk = registered_corporation().on("2025-01-15");
    let old = desk.clone().after(listed("2024-04-15", None));
    assert_eq!(fees(&old), [FeeStatus::Unlisted]);
    assert_eq!(waits(&old), []);
    let later = through(old, "2025-02-12");
    assert_eq!(fees(&later), [FeeStatus::Unlisted]);
    assert_eq!(
        fees(&later.after(fee("2024-04-15", "2024-05"))),
        [FeeStatus::Paid]
    );
    let young = desk.after(listed("2024-12-20", None));
    assert_eq!(waits(&young), [(Party::Federation, What::LicenceFee)]);
}

#[test]
fn a_fee_confirmed_by_mistake_is_taken_back_and_confirmed_again() {
    let desk = licensed("2024-04-15").on("2024-06-03");
    desk.when(fee("2024-04-15", "2042-05"))
        .then_refused("licence.fee_month_not_come");
    desk.when(reverse("2024-04-15", "取り違え"))
        .then_refused("licence.fee_not_paid");
    let paid = desk.after(fee("2024-04-15", "2024-06"));
    paid.when(reverse("2024-04-15", " "))
        .then_refused("licence.empty");
    paid.when(reverse("2025-04-15", "取り違え"))
        .then_refused("licence.no_such_year");
    let back = paid.clone().after(reverse("2024-04-15", "取り違え"));
    assert_eq!(waits(&back), [(Party::Federation, What::LicenceFee)]);
    back.when(fee("2024-04-15", "2024-05")).then(&["fee_paid"]);
    // Once its day is over, the fee is overdue again at once.
    paid.on("2024-08-01")
        .when(reverse("2024-04-15", "取り違え"))
        .then(&["fee_reversed", "fee_overdue"]);
}

#[test]
fn an_overdue_fee_keeps_its_day_and_stands_before_everything_else() {
    let late = through(licensed("2024-04-15"), "2024-07-01");
    let nouns::State::Licence(state) = late.state(&crate::licence::stream()) else {
        panic!("a licence stream");
    };
    let first = &state.waiting()[0];
    assert_eq!(first.what, What::LicenceFeeOverdue);
    assert_eq!(
        first.until.as_ref().map(|until| until.on),
        Some(day("2024-06-30"))
    );
}
