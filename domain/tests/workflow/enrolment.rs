//! 仮登録, 本登録, the free period and its silent end.

use crate::kit;
use crate::kit::{day, enrol, form, mini2, registered_corporation, registered_for_mini2};
use daicho_domain::enrolment::Command;
use daicho_domain::nouns::State;
use daicho_domain::{Service, enrolment};

fn trial() -> Command {
    Command::StartTrial {
        receipt: form("2026-04-10"),
    }
}

fn full_registration(on: &str) -> Command {
    Command::Register {
        receipt: form(on),
        terms_version: "2026-04".into(),
    }
}

fn folded(desk: &kit::Desk) -> enrolment::State {
    let State::Enrolment(state) = desk.state(&mini2()) else {
        panic!("an enrolment stream");
    };
    state
}

#[test]
fn a_trial_runs_two_months_and_three_with_the_full_registration() {
    let desk = registered_corporation()
        .on("2026-04-10")
        .after(enrol(trial()));
    let state = folded(&desk);
    let trial = state.trial().expect("a trial runs");
    assert_eq!(trial.last_free_day.on, day("2026-06-10"));
    assert_eq!(trial.registered_last_free_day.on, day("2026-07-10"));
}

#[test]
fn billing_starts_on_the_first_after_the_last_free_day_whenever_it_is_registered() {
    let state = folded(&registered_for_mini2());
    let registration = state.registration().expect("it is registered");
    assert_eq!(registration.last_free_day.on, day("2026-07-10"));
    assert_eq!(registration.billing_start.on, day("2026-08-01"));
}

#[test]
fn a_second_trial_is_for_a_person_to_decide() {
    let desk = registered_corporation()
        .on("2026-04-10")
        .after(enrol(trial()));
    desk.when(enrol(trial())).then_nothing();
    desk.on("2026-09-01")
        .when(enrol(Command::StartTrial {
            receipt: form("2026-09-01"),
        }))
        .then_refused("enrolment.second_trial");
}

#[test]
fn only_mini2_is_tried_out() {
    let stream =
        daicho_domain::stream::Stream::Enrolment(kit::corporation_id(), Service::CareNetMessenger);
    registered_corporation()
        .on("2026-04-10")
        .when(daicho_domain::nouns::Command::enrolment(&stream, trial()))
        .then_refused("enrolment.no_trial");
}

#[test]
fn the_full_registration_counts_by_its_day_of_receipt() {
    let desk = registered_corporation()
        .on("2026-04-10")
        .after(enrol(trial()))
        .after(enrol(Command::EnterOffices {
            offices: [kit::office_id(kit::office_numbers()[0])].into(),
            received_on: day("2026-04-10"),
        }));
    desk.clone()
        .on("2026-06-10")
        .when(enrol(full_registration("2026-06-10")))
        .then(&["registered"]);
    let ended = desk.on("2026-06-11").after(enrol(Command::EndTrial {
        last_free_day: day("2026-06-10"),
    }));
    ended
        .when(enrol(full_registration("2026-06-11")))
        .then_refused("enrolment.trial_over");
    // The form lay unopened over the weekend: the day of receipt counts.
    ended
        .on("2026-06-15")
        .when(enrol(full_registration("2026-06-10")))
        .then(&["registered"]);
}

#[test]
fn a_trial_ends_by_itself_the_day_after_its_last_free_day_and_not_before() {
    let desk = registered_corporation()
        .on("2026-04-10")
        .after(enrol(trial()));
    let end = || {
        enrol(Command::EndTrial {
            last_free_day: day("2026-06-10"),
        })
    };
    desk.clone().on("2026-06-10").when(end()).then_nothing();
    desk.on("2026-06-11").when(end()).then(&["ended"]);
}

#[test]
fn a_deadline_whose_date_no_longer_stands_does_nothing() {
    let desk = registered_for_mini2().on("2026-08-01");
    desk.when(enrol(Command::EndTrial {
        last_free_day: day("2026-06-10"),
    }))
    .then_nothing();
    desk.when(enrol(Command::StartBilling {
        on: day("2026-07-01"),
    }))
    .then_nothing();
    desk.when(enrol(Command::StartBilling {
        on: day("2026-08-01"),
    }))
    .then(&["billing_started"]);
}

#[test]
fn what_is_missing_is_named() {
    let desk = registered_corporation()
        .on("2026-04-10")
        .after(enrol(trial()));
    desk.when(enrol(full_registration("2026-04-10")))
        .then_refused("enrolment.no_offices");
    desk.when(enrol(Command::EnterOffices {
        offices: [].into(),
        received_on: day("2026-04-10"),
    }))
    .then_refused("enrolment.no_offices");
    registered_for_mini2()
        .when(enrol(full_registration("2026-05-20")))
        .then_nothing();
}
