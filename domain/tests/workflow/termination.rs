//! The end of a service: the form and its window, the papers that release the agent, the last debit.

use crate::kit::{
    self, Desk, application_id, apply, applying, corporation_id, day, enrol, office_id,
    office_numbers, registered_corporation, registered_for_mini2, transmission_of,
};
use chrono::NaiveTime;
use daicho_domain::dates::Month;
use daicho_domain::nouns::{Command as Any, State as AnyState};
use daicho_domain::stream::{CredentialId, OfficeId, Stream};
use daicho_domain::termination::{Command, Request, Scope, State, Status, Way};
use daicho_domain::transmission::{self, PaperStep};
use daicho_domain::waiting::{Party, What};
use daicho_domain::{Service, enrolment};

pub const MINI2: Service = Service::HonobonoMini2;
pub const MESSENGER: Service = Service::CareNetMessenger;

pub fn month(text: &str) -> Month {
    text.parse().expect("a month")
}

pub fn office(index: usize) -> OfficeId {
    office_id(office_numbers()[index])
}

pub fn stream(service: Service) -> Stream {
    Stream::Termination(corporation_id(), service)
}

pub fn by(way: Way, on: &str) -> Request {
    Request {
        way,
        on: day(on),
        at: NaiveTime::from_hms_opt(10, 15, 0),
        number: Some("E-0001".into()),
    }
}

pub fn ask(service: Service, command: Command) -> Any {
    Any::termination(&stream(service), command)
}

pub fn end(service: Service, scope: Scope, on: &str, end_month: &str) -> Any {
    ask(
        service,
        Command::Request {
            scope,
            request: by(Way::Form, on),
            end_month: month(end_month),
            open_returns: 0,
        },
    )
}

pub fn whole(on: &str, end_month: &str) -> Any {
    end(MINI2, Scope::Whole, on, end_month)
}

/// A corporation with 本登録 since May whose fees run since August.
pub fn billing(on: &str) -> Desk {
    registered_for_mini2()
        .on("2026-08-01")
        .after(enrol(enrolment::Command::StartBilling {
            on: day("2026-08-01"),
        }))
        .on(on)
}

/// The same corporation, whose first office transmits since August.
pub fn transmitting(service: Service) -> Desk {
    let stream = transmission_of(service);
    let transmit = |command| Any::transmission(&stream, command);
    let paper = |step| transmission::Command::NotePaper {
        application: application_id("one"),
        office: office(0),
        poa: daicho_domain::stream::PoaId::of(application_id("one"), office(0)),
        step,
    };
    let desk = registered_for_mini2()
        .on("2026-06-24")
        .after(apply(
            service,
            "one",
            "2026-06-24",
            [applying(office_numbers()[0])],
        ))
        .on("2026-07-10")
        .after(transmit(paper(PaperStep::Accepted)))
        .after(transmit(paper(PaperStep::Filed)));
    desk.on("2026-07-31")
        .after(transmit(transmission::Command::DetermineIds {
            on: day("2026-07-31"),
        }))
        .after(transmit(transmission::Command::NoteIdIssued {
            application: application_id("one"),
            office: office(0),
            credential: CredentialId::of_office(application_id("one"), office(0)),
        }))
        .on("2026-08-01")
        .after(transmit(transmission::Command::Start {
            month: month("2026-08"),
        }))
}

pub fn folded(desk: &Desk, service: Service) -> State {
    let AnyState::Termination(state) = desk.state(&stream(service)) else {
        panic!("an end stream");
    };
    state
}

pub fn status(desk: &Desk, service: Service) -> Status {
    folded(desk, service).end(1).expect("an end").status()
}

pub fn waits(desk: &Desk, service: Service) -> Vec<(Party, What)> {
    let state = folded(desk, service);
    let waiting = state.end(1).expect("an end").waiting();
    waiting
        .into_iter()
        .map(|one| (one.party, one.what))
        .collect()
}

/// The desk on a day, with every deadline of the ends sent that is due by then.
pub fn through(mut desk: Desk, service: Service, to: &str) -> Desk {
    desk = desk.on(to);
    loop {
        let due = desk
            .state(&stream(service))
            .deadlines(&stream(service))
            .into_iter()
            .find(|deadline| deadline.on <= day(to));
        match due {
            Some(deadline) => desk = desk.after(deadline.command),
            None => return desk,
        }
    }
}

#[test]
fn the_worked_end_is_filed_by_the_25th_and_debited_last_in_january() {
    let filed = billing("2026-12-25").after(whole("2026-12-25", "2026-12"));
    let state = folded(&filed, MINI2);
    let dates = &state.whole().expect("an end").dates;
    assert_eq!(dates.last_day.on, day("2026-12-31"));
    assert_eq!(dates.cutoff.on, day("2026-12-25"));
    assert_eq!(dates.last_debit_on.on, day("2027-01-26"));
    assert_eq!(dates.release_from.on, day("2027-01-11"));
    assert_eq!(waits(&filed, MINI2), [(Party::Us, What::EndMonth)]);
    filed.when(whole("2026-12-25", "2026-12")).then_nothing();
}

#[test]
fn after_the_25th_the_next_month_is_offered() {
    let desk = billing("2026-12-26");
    let refusal = desk
        .when(whole("2026-12-26", "2026-12"))
        .then_refused("termination.cutoff_passed");
    assert!(refusal.sentence().contains("2027年1月"), "{refusal}");
    desk.when(whole("2026-12-26", "2027-01"))
        .then(&["requested"]);
    // The form came in time and is entered later.
    desk.when(whole("2026-12-25", "2026-12"))
        .then(&["requested"]);
}

#[test]
fn the_window_opens_three_months_before() {
    billing("2026-08-31")
        .when(whole("2026-08-31", "2026-12"))
        .then_refused("termination.too_early");
    billing("2026-09-01")
        .when(whole("2026-09-01", "2026-12"))
        .then(&["requested"]);
}

#[test]
fn the_messenger_takes_the_26th_of_the_end_month() {
    let desk = transmitting(MESSENGER).on("2026-12-26");
    let first = Scope::Office(office(0));
    desk.when(end(MESSENGER, first, "2026-12-26", "2026-12"))
        .then(&["requested"]);
    desk.on("2026-12-27")
        .when(end(MESSENGER, first, "2026-12-27", "2026-12"))
        .then_refused("termination.cutoff_passed");
}

#[test]
fn only_the_form_with_its_time_is_taken() {
    let desk = billing("2026-12-10");
    for way in [Way::Phone, Way::Mail, Way::Fax, Way::Post, Way::Hand] {
        let command = Command::Request {
            scope: Scope::Whole,
            request: by(way, "2026-12-10"),
            end_month: month("2026-12"),
            open_returns: 0,
        };
        desk.when(ask(MINI2, command))
            .then_refused("termination.form_only");
    }
    let command = Command::Request {
        scope: Scope::Whole,
        request: Request {
            at: None,
            ..by(Way::Form, "2026-12-10")
        },
        end_month: month("2026-12"),
        open_returns: 0,
    };
    desk.when(ask(MINI2, command))
        .then_refused("termination.time_missing");
    desk.when(whole("2026-12-11", "2026-12"))
        .then_refused("termination.wrong_day");
}

#[test]
fn the_last_office_ends_with_the_form_for_the_whole() {
    let one = |index| end(MINI2, Scope::Office(office(index)), "2026-12-10", "2026-12");
    let desk = billing("2026-12-10").after(one(0)).after(one(1));
    desk.when(one(0)).then_nothing();
    desk.when(one(2)).then_refused("termination.last_office");
    desk.when(whole("2026-12-10", "2026-12"))
        .then(&["requested"]);
}

#[test]
fn what_is_not_used_needs_no_end() {
    registered_corporation()
        .on("2026-12-10")
        .when(whole("2026-12-10", "2026-12"))
        .then_refused("termination.nothing_to_end");
    Desk::default()
        .on("2026-12-10")
        .when(whole("2026-12-10", "2026-12"))
        .then_refused("termination.unknown_corporation");
    let other = Scope::Office(OfficeId::of_number("0199999999"));
    billing("2026-12-10")
        .when(end(MINI2, other, "2026-12-10", "2026-12"))
        .then_refused("termination.nothing_to_end");
    billing("2026-12-10")
        .when(end(
            Service::CareplanRenkei,
            Scope::Whole,
            "2026-12-10",
            "2026-12",
        ))
        .then_refused("termination.licence_runs_out");
}

#[test]
fn an_end_is_filed_once() {
    let desk = billing("2026-12-10").after(whole("2026-12-10", "2026-12"));
    desk.when(whole("2026-12-10", "2027-01"))
        .then_refused("termination.already_ending");
    desk.when(end(
        MINI2,
        Scope::Office(office(0)),
        "2026-12-10",
        "2026-12",
    ))
    .then_refused("termination.already_ending");
}

#[test]
fn it_is_withdrawn_until_its_cutoff_and_not_after() {
    let withdraw = |way, on: &str| {
        ask(
            MINI2,
            Command::Withdraw {
                no: 1,
                request: by(way, on),
            },
        )
    };
    let desk = billing("2026-12-10").after(whole("2026-12-10", "2026-12"));
    desk.when(withdraw(Way::Phone, "2026-12-10"))
        .then_refused("termination.form_only");
    desk.when(withdraw(Way::Form, "2026-12-09"))
        .then_refused("termination.wrong_day");
    let desk = desk.on("2026-12-26");
    desk.when(withdraw(Way::Form, "2026-12-26"))
        .then_refused("termination.not_withdrawable");
    let withdrawn = desk.after(withdraw(Way::Form, "2026-12-25"));
    assert_eq!(status(&withdrawn, MINI2), Status::Withdrawn);
    assert_eq!(waits(&withdrawn, MINI2), []);
    withdrawn
        .when(withdraw(Way::Form, "2026-12-25"))
        .then_nothing();
    withdrawn
        .when(whole("2026-12-26", "2027-01"))
        .then(&["requested"]);
    let ended = through(
        billing("2026-12-10").after(whole("2026-12-10", "2026-12")),
        MINI2,
        "2027-01-01",
    );
    ended
        .when(withdraw(Way::Form, "2026-12-24"))
        .then_refused("termination.not_open");
    ended
        .when(ask(
            MINI2,
            Command::Withdraw {
                no: 7,
                request: by(Way::Form, "2026-12-24"),
            },
        ))
        .then_refused("termination.unknown");
}

#[test]
fn login_ends_after_the_last_day_and_the_last_debit_comes_after_it() {
    let filed = billing("2026-12-10").after(whole("2026-12-10", "2026-12"));
    let last = through(filed, MINI2, "2026-12-31");
    assert_eq!(status(&last, MINI2), Status::Filed);
    let ended = through(last, MINI2, "2027-01-01");
    assert_eq!(status(&ended, MINI2), Status::LastDebit);
    assert_eq!(waits(&ended, MINI2), [(Party::Bank, What::LastDebit)]);
    let closed = ended.clone().after(enrol(enrolment::Command::Close {
        last_day: day("2026-12-31"),
    }));
    let AnyState::Enrolment(state) = closed.state(&kit::mini2()) else {
        panic!("an enrolment");
    };
    assert!(matches!(
        state,
        enrolment::State::Closed { last_day, .. } if last_day == day("2026-12-31")
    ));
    closed
        .when(enrol(enrolment::Command::Register {
            receipt: kit::form("2026-05-20"),
            terms_version: "2026-04".into(),
        }))
        .then_refused("enrolment.ended");
    let debited = through(ended, MINI2, "2027-01-27");
    assert_eq!(status(&debited, MINI2), Status::LastDebit);
    assert_eq!(waits(&debited, MINI2), [(Party::Us, What::LastFees)]);
    let note = |settled: &[u32], failed: &[u32]| {
        let (settled, failed) = (settled.to_vec(), failed.to_vec());
        ask(MINI2, Command::NoteFees { settled, failed })
    };
    let failed = debited.clone().after(note(&[], &[1]));
    assert_eq!(waits(&failed, MINI2), [(Party::Customer, What::Arrears)]);
    failed.when(note(&[], &[1])).then_nothing();
    failed.when(note(&[1], &[])).then(&["fees_settled"]);
    let settled = debited.after(note(&[1], &[]));
    assert_eq!(status(&settled, MINI2), Status::Done);
    assert_eq!(waits(&settled, MINI2), []);
    settled.when(note(&[1], &[1])).then_nothing();
}

#[test]
fn the_fees_of_an_end_that_was_withdrawn_or_is_not_known_are_nobody_s_news() {
    let filed = billing("2026-12-10").after(whole("2026-12-10", "2026-12"));
    let (settled, failed) = (vec![1, 7], vec![1, 7]);
    filed
        .when(ask(MINI2, Command::NoteFees { settled, failed }))
        .then_nothing();
}
