//! Moving in: what was in mid-life elsewhere goes on here as if it had begun here, and nothing before the switching day
//! is decided here.

use super::kit::*;
use daicho_domain::dates::Month;
use daicho_domain::enrolment::{self, CarryRegistration};
use daicho_domain::installation::{self, AskMoving};
use daicho_domain::moving::{CarriedFrom, Fault, Measure, Settings, Totals, promised_by, why_not};
use daicho_domain::nouns::{Command, State};
use daicho_domain::stream::{ApplicationId, RunId, Stream};
use daicho_domain::transmission::{CarryApplication, CarryOffice, CarryPlan, Paper};
use daicho_domain::waiting::What;
use daicho_domain::{Service, corporation, transmission};

pub const SERVICE: Service = Service::HonobonoMini2;

fn run() -> RunId {
    RunId::of(&["test"])
}

pub fn from(line: u64) -> CarriedFrom {
    CarriedFrom {
        run: run(),
        source: corporation::Source {
            file: "台帳.csv".into(),
            line,
        },
    }
}

pub fn month(text: &str) -> Month {
    text.parse().expect("a month in a test is written YYYY-MM")
}

fn totals(trials: u64) -> Totals {
    [(Measure::Trials, trials)].into_iter().collect()
}

fn installation(command: installation::Command) -> Command {
    Command::installation(&Stream::Installation, command)
}

fn ask(switched_on: &str, charged_from: &str, entered: Totals) -> Command {
    installation(installation::Command::AskMoving(AskMoving {
        run: run(),
        settings: Settings {
            switched_on: day(switched_on),
            charged_from: month(charged_from),
        },
        files: vec![],
        entered,
        counted: totals(1),
        by: staff("田中"),
    }))
}

fn approve(by: &str) -> Command {
    installation(installation::Command::ApproveMoving {
        run: run(),
        counted: totals(1),
        by: staff(by),
    })
}

/// The desk on the switching day, the run approved by two.
pub fn switched(desk: Desk, switched_on: &str, charged_from: &str) -> Desk {
    desk.on(switched_on)
        .after(ask(switched_on, charged_from, totals(1)))
        .after(approve("鈴木"))
}

fn trial(applied_on: &str, last_free_day: Option<&str>) -> enrolment::CarryOver {
    enrolment::CarryOver {
        from: from(2),
        receipt: form(applied_on),
        offices: office_numbers().into_iter().collect(),
        entered_on: None,
        last_free_day: last_free_day.map(day),
        registration: None,
    }
}

fn registration(on: &str) -> CarryRegistration {
    CarryRegistration {
        receipt: form(on),
        terms_version: "2026-04".into(),
        last_free_day: None,
        billing_start: None,
    }
}

/// 仮登録 2026-04-10, 本登録 2026-05-20: fees since 2026-08-01.
pub fn registered() -> enrolment::CarryOver {
    enrolment::CarryOver {
        registration: Some(registration("2026-05-20")),
        ..trial("2026-04-10", None)
    }
}

pub fn carry(carried: enrolment::CarryOver) -> Command {
    enrol(enrolment::Command::CarryOver(carried))
}

#[track_caller]
pub fn says(refusal: &daicho_domain::nouns::Refusal, code: &str, field: Option<&str>) {
    let fault = why_not(refusal).unwrap_or_else(|| panic!("{} is no fault", refusal.code()));
    assert_eq!((fault.code(), fault.field()), (code, field), "{fault}");
}

#[test]
fn nothing_is_carried_over_before_a_second_person_approved() {
    let desk = registered_corporation().on("2026-10-01");
    let refused = desk
        .when(carry(trial("2026-09-10", None)))
        .then_refused("enrolment.not_carried");
    says(&refused, Fault::NotApproved.code(), None);
    desk.when(approve("鈴木"))
        .then_refused("installation.moving_not_asked");
    desk.when(ask("2026-10-01", "2026-10", totals(2)))
        .then_refused("installation.moving_totals");
    desk.when(ask("2026-10-01", "2026-08", totals(1)))
        .then_refused("installation.moving_charged_before");
    let asked = desk.after(ask("2026-10-01", "2026-10", totals(1)));
    asked
        .when(ask("2026-10-01", "2026-10", totals(1)))
        .then_nothing();
    asked
        .when(approve("田中"))
        .then_refused("installation.moving_same_person");
    asked
        .when(carry(trial("2026-09-10", None)))
        .then_refused("enrolment.not_carried");
    let other = installation(installation::Command::ApproveMoving {
        run: run(),
        counted: totals(2),
        by: staff("鈴木"),
    });
    asked.when(other).then_refused("installation.moving_totals");
    let decline = installation(installation::Command::DeclineMoving {
        run: run(),
        by: staff("鈴木"),
    });
    let declined = asked.clone().after(decline.clone());
    declined.when(decline).then_nothing();
    declined
        .when(approve("鈴木"))
        .then_refused("installation.moving_not_asked");
    asked.when(approve("鈴木")).then(&["moving_approved"]);
    let approved = asked.after(approve("鈴木"));
    approved.when(approve("高橋")).then_nothing();
    approved
        .when(carry(trial("2026-09-10", None)))
        .then(&["carried_over"]);
}

#[test]
fn a_run_without_lines_is_not_asked_for() {
    let nothing = installation(installation::Command::AskMoving(AskMoving {
        run: run(),
        settings: Settings {
            switched_on: day("2026-10-01"),
            charged_from: month("2026-10"),
        },
        files: vec![],
        entered: Totals::default(),
        counted: Totals::default(),
        by: staff("田中"),
    }));
    registered_corporation()
        .on("2026-10-01")
        .when(nothing)
        .then_refused("installation.moving_nothing");
}

#[test]
fn a_run_is_approved_on_its_switching_day_or_later_if_that_day_was_kept_here() {
    let asked =
        registered_corporation()
            .on("2026-09-30")
            .after(ask("2026-10-01", "2026-10", totals(1)));
    asked
        .when(approve("鈴木"))
        .then_refused("installation.moving_ahead");
    asked
        .clone()
        .on("2026-10-02")
        .when(approve("鈴木"))
        .then_refused("installation.moving_day_not_kept");
    registered_corporation()
        .on("2026-10-02")
        .when(ask("2026-10-01", "2026-10", totals(1)))
        .then_refused("installation.moving_day_not_kept");
    asked
        .closed_through("2026-10-01", "2026-10-01")
        .on("2026-10-02")
        .when(approve("鈴木"))
        .then(&["moving_approved"]);
}

#[test]
fn a_trial_in_mid_life_ends_on_the_day_that_was_promised() {
    let desk = switched(registered_corporation(), "2026-10-01", "2026-10");
    let events = desk
        .when(carry(trial("2026-09-10", Some("2026-11-30"))))
        .then(&["carried_over"]);
    let promises = promised_by(&events[0]);
    let promised: Vec<_> = promises
        .iter()
        .map(|one| (one.label, one.dated.on, one.promised.counted))
        .collect();
    assert_eq!(
        promised,
        [("お試し最終日", day("2026-11-30"), day("2026-11-10"))]
    );
    let desk = desk.after(carry(trial("2026-09-10", Some("2026-11-30"))));
    let end = |on: &str| {
        enrol(enrolment::Command::EndTrial {
            last_free_day: day(on),
        })
    };
    let lives = desk.clone().on("2026-11-11");
    lives.when(end("2026-11-10")).then_nothing();
    let State::Enrolment(state) = lives.state(&mini2()) else {
        panic!("an enrolment");
    };
    assert_eq!(state.waiting()[0].what, What::Registration);
    desk.clone()
        .on("2026-12-01")
        .when(end("2026-11-30"))
        .then(&["ended"]);
    // 本登録 within the promised days is taken, and billing starts by the rules.
    desk.on("2026-11-29")
        .when(enrol(enrolment::Command::Register {
            receipt: form("2026-11-29"),
            terms_version: "2026-04".into(),
        }))
        .then(&["registered"]);
}

#[test]
fn a_registration_goes_on_free_or_with_its_fees() {
    let free = switched(registered_corporation(), "2026-07-01", "2026-07");
    let events = free.when(carry(registered())).then(&["carried_over"]);
    assert!(promised_by(&events[0]).is_empty(), "the rules say the same");
    let free = free.after(carry(registered()));
    free.on("2026-08-01")
        .when(enrol(enrolment::Command::StartBilling {
            on: day("2026-08-01"),
        }))
        .then(&["billing_started"]);
    let desk = switched(registered_corporation(), "2026-10-01", "2026-10");
    let desk = desk.after(carry(registered()));
    let State::Enrolment(enrolment::State::Billing(registration)) = desk.state(&mini2()) else {
        panic!("fees run");
    };
    assert_eq!(registration.billing_start.on, day("2026-08-01"));
    // Carried over again by the same run, it is the same; by another or by hand it is refused.
    desk.when(carry(registered())).then_nothing();
    desk.when(enrol(enrolment::Command::StartTrial {
        receipt: form("2026-10-01"),
    }))
    .then_refused("enrolment.in_use");
    let lived = registered_for_mini2();
    let refused = switched(lived, "2026-10-01", "2026-10")
        .when(carry(registered()))
        .then_refused("enrolment.not_carried");
    says(&refused, Fault::Lives.code(), None);
}

#[test]
fn a_line_that_leaves_something_before_the_switching_day_undecided_is_refused_with_its_field() {
    let desk = switched(registered_corporation(), "2026-10-01", "2026-10");
    let over = desk
        .when(carry(trial("2026-07-10", None)))
        .then_refused("enrolment.not_carried");
    says(&over, "before_switching_day", Some("お試し最終日"));
    let ahead = desk
        .when(carry(trial("2026-10-02", None)))
        .then_refused("enrolment.not_carried");
    says(&ahead, "day_not_come", Some("仮登録日"));
    let backwards = enrolment::CarryOver {
        registration: Some(registration("2026-04-09")),
        ..trial("2026-04-10", None)
    };
    let backwards = desk
        .when(carry(backwards))
        .then_refused("enrolment.not_carried");
    says(&backwards, "days_out_of_order", Some("本登録日"));
    let terms = enrolment::CarryOver {
        registration: Some(CarryRegistration {
            terms_version: " ".into(),
            ..registration("2026-05-20")
        }),
        ..trial("2026-04-10", None)
    };
    let terms = desk
        .when(carry(terms))
        .then_refused("enrolment.not_carried");
    says(&terms, "missing", Some("規約の版"));
    let unknown = enrolment::CarryOver {
        offices: ["1113302015".parse().expect("a number")].into(),
        ..trial("2026-09-10", None)
    };
    let unknown = desk
        .when(carry(unknown))
        .then_refused("enrolment.not_carried");
    says(&unknown, "unknown_office", Some("事業所番号"));
    let nobody = switched(Desk::default(), "2026-10-01", "2026-10")
        .when(carry(trial("2026-09-10", None)))
        .then_refused("enrolment.not_carried");
    says(&nobody, "unknown_corporation", Some("法人番号"));
}

pub fn application() -> ApplicationId {
    ApplicationId::carried_over(corporation_id(), SERVICE, "T-1")
}

/// An office of it at a place, its 委任状 at a stage.
pub fn office(place: usize, start: &str, paper: Paper, issued_on: Option<&str>) -> CarryOffice {
    let number = office_numbers()[place];
    CarryOffice {
        from: from(place as u64 + 2),
        number,
        kj_id: Some(daicho_domain::identifiers::KjId::compose(number)),
        plan: Some(CarryPlan {
            start: month(start),
            postponements: 0,
            poa_due: None,
            federation_date: None,
            credentials_on: None,
        }),
        paper,
        issued_on: issued_on.map(day),
        agent: None,
    }
}

pub fn carry_offices(applied_on: &str, offices: Vec<CarryOffice>) -> Command {
    let applications = vec![CarryApplication {
        application: application(),
        receipt: form(applied_on),
        offices,
    }];
    Command::transmission(
        &transmission_of(SERVICE),
        transmission::Command::CarryOver { applications },
    )
}
