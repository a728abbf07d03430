//! 仮登録, 本登録, the free period and its silent end.

use crate::kit;
use crate::kit::{day, enrol, form, mini2, registered_corporation, registered_for_mini2};
use daicho_domain::enrolment::Command;
use daicho_domain::nouns::State;
use daicho_domain::stream::OfficeId;
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
    let form_of_september = || Command::StartTrial {
        receipt: form("2026-09-01"),
    };
    desk.clone()
        .on("2026-05-01")
        .when(enrol(Command::StartTrial {
            receipt: form("2026-05-01"),
        }))
        .then_refused("enrolment.in_use");
    let over = desk.on("2026-06-11").after(enrol(Command::EndTrial {
        last_free_day: day("2026-06-10"),
    }));
    let over = over.on("2026-09-01");
    over.when(enrol(form_of_september()))
        .then_refused("enrolment.second_trial");
    let again = |received_on: &str, reason: &str| {
        enrol(Command::StartTrialAgain {
            receipt: form(received_on),
            reason: reason.into(),
        })
    };
    over.when(again("2026-09-01", " "))
        .then_refused("enrolment.reason_missing");
    over.when(again("2026-06-10", "担当替え"))
        .then_refused("enrolment.trial_before_end");
    over.when(again("2026-09-01", "担当替え"))
        .then(&["second_trial_granted", "trial_started"]);
    let begun = over.after(again("2026-09-01", "担当替え"));
    let state = folded(&begun);
    let trial = state.trial().expect("a trial runs");
    assert_eq!(trial.last_free_day.on, day("2026-11-01"));
    assert!(trial.offices.is_empty(), "they are entered anew");
    begun.when(again("2026-09-01", "担当替え")).then_nothing();
    begun.when(enrol(form_of_september())).then_nothing();
}

#[test]
fn who_has_not_tried_begins_with_a_first_trial_whatever_the_form_says() {
    let again = enrol(Command::StartTrialAgain {
        receipt: form("2026-04-10"),
        reason: "担当替え".into(),
    });
    registered_corporation()
        .on("2026-04-10")
        .when(again)
        .then(&["trial_started"]);
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

#[test]
fn what_a_form_lacks_or_says_of_the_wrong_day_is_refused_by_its_name() {
    let nobody = kit::Desk::default().on("2026-04-10");
    nobody
        .when(enrol(trial()))
        .then_refused("enrolment.unknown_corporation");
    let desk = registered_corporation().on("2026-04-10");
    desk.when(enrol(full_registration("2026-04-10")))
        .then_refused("enrolment.not_tried");
    let tomorrow = Command::StartTrial {
        receipt: form("2026-04-11"),
    };
    desk.when(enrol(tomorrow))
        .then_refused("enrolment.received_later");
    let tried = desk.after(enrol(trial()));
    let enters = |offices: Vec<OfficeId>| {
        enrol(Command::EnterOffices {
            offices: offices.into_iter().collect(),
            received_on: day("2026-04-10"),
        })
    };
    let stranger = OfficeId::of_number("1113302015");
    tried
        .when(enters(vec![stranger]))
        .then_refused("enrolment.unknown_office");
    let own = kit::office_numbers().map(kit::office_id);
    let entered = tried.after(enters(own.to_vec()));
    let without_terms = Command::Register {
        receipt: form("2026-04-10"),
        terms_version: " ".into(),
    };
    entered
        .when(enrol(without_terms))
        .then_refused("enrolment.terms_missing");
    entered
        .when(enrol(full_registration("2026-04-09")))
        .then_refused("enrolment.received_before_trial");
}
