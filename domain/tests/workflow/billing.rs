//! The ledger: what a month costs, when it is charged, what is paid and reversed.

use crate::kit::{self, bill, billed, day, staff};
use chrono::NaiveTime;
use daicho_domain::billing::{Command, EntryKey, Event, Method, State, Status};
use daicho_domain::dates::Month;
use daicho_domain::stream::{OfficeId, Stream};
use daicho_domain::termination::{self, Scope};
use daicho_domain::{Service, enrolment, nouns};

const MINI2: Service = Service::HonobonoMini2;

fn month(text: &str) -> Month {
    text.parse().expect("a month")
}

fn key(text: &str) -> EntryKey {
    text.parse().expect("any text is a key")
}

fn charge(of: &str) -> nouns::Command {
    bill(Command::Charge {
        service: MINI2,
        month: month(of),
    })
}

fn paid(amount: u64, on: &str) -> nouns::Command {
    bill(Command::RecordPayment {
        amount,
        received_on: day(on),
        method: Method::Transfer,
        note: None,
        reference: None,
    })
}

fn of(events: &[nouns::Event]) -> Event {
    match events {
        [nouns::Event::Billing(event)] => event.clone(),
        other => panic!("one event of a ledger: {other:?}"),
    }
}

#[test]
fn a_month_is_charged_once_it_is_over_and_taxed_once_per_document() {
    let desk = billed();
    desk.clone()
        .on("2026-08-31")
        .when(charge("2026-08"))
        .then_nothing();
    let events = desk
        .on("2026-09-01")
        .when(charge("2026-08"))
        .then(&["charged"]);
    let Event::Charged {
        key,
        lines,
        net,
        tax,
        tax_percent,
        debit_on,
        turn,
        ..
    } = of(&events)
    else {
        panic!("{events:?}");
    };
    assert_eq!(key.to_string(), "2026-08.honobono-mini2");
    assert_eq!((lines.len(), net, tax, tax_percent), (3, 9_000, 900, 10));
    assert_eq!(debit_on.on, day("2026-09-28"));
    assert_eq!(
        (turn.batch, turn.on.on),
        (month("2026-09"), day("2026-09-01"))
    );
}

#[test]
fn the_free_months_cost_nothing_and_no_month_is_charged_twice_or_skipped() {
    let desk = billed().on("2026-09-01");
    desk.when(charge("2026-07")).then_nothing();
    let desk = desk.after(charge("2026-08"));
    desk.when(charge("2026-08")).then_nothing();
    desk.clone()
        .on("2026-10-01")
        .when(charge("2026-10"))
        .then_nothing();
    desk.on("2026-12-01")
        .when(charge("2026-09"))
        .then(&["charged"]);
}

#[test]
fn charging_begins_once() {
    let begin = Command::BeginCharging {
        service: MINI2,
        from: month("2026-08"),
    };
    billed().when(bill(begin)).then_nothing();
}

#[test]
fn an_office_entered_later_pays_from_the_next_month() {
    let [first, second, third] = kit::office_numbers().map(kit::office_id);
    let enter = |office, on: &str| {
        kit::enrol(daicho_domain::enrolment::Command::EnterOffices {
            offices: [office].into(),
            received_on: day(on),
        })
    };
    let desk = kit::registered_corporation()
        .on("2026-04-10")
        .after(kit::enrol(daicho_domain::enrolment::Command::StartTrial {
            receipt: kit::form("2026-04-10"),
        }))
        .after(enter(first, "2026-04-10"))
        .on("2026-05-20")
        .after(kit::enrol(daicho_domain::enrolment::Command::Register {
            receipt: kit::form("2026-05-20"),
            terms_version: "2026-04".into(),
        }))
        .on("2026-07-31")
        .after(enter(second, "2026-07-31"))
        .on("2026-08-01")
        .after(kit::enrol(
            daicho_domain::enrolment::Command::StartBilling {
                on: day("2026-08-01"),
            },
        ))
        .after(enter(third, "2026-08-01"))
        .after(bill(Command::BeginCharging {
            service: MINI2,
            from: month("2026-08"),
        }));
    let desk = desk.on("2026-09-01");
    assert_eq!(lines(&desk.when(charge("2026-08")).then(&["charged"])), 2);
    let desk = desk.after(charge("2026-08")).on("2026-10-01");
    assert_eq!(lines(&desk.when(charge("2026-09")).then(&["charged"])), 3);
}

#[test]
fn the_messenger_is_charged_from_the_month_it_starts() {
    let begin = Command::BeginCharging {
        service: Service::CareNetMessenger,
        from: month("2026-08"),
    };
    let desk = kit::registered_corporation()
        .on("2026-09-01")
        .after(bill(begin));
    let events = desk
        .when(bill(Command::Charge {
            service: Service::CareNetMessenger,
            month: month("2026-08"),
        }))
        .then(&["not_charged"]);
    assert!(matches!(of(&events), Event::NotCharged { .. }));
}

fn end(scope: Scope, last_month: &str) -> nouns::Command {
    bill(Command::EndCharging {
        service: MINI2,
        end: 1,
        scope,
        last_month: month(last_month),
    })
}

#[test]
fn fees_run_through_the_end_month_and_no_further() {
    let close = kit::enrol(daicho_domain::enrolment::Command::Close {
        last_day: day("2026-09-30"),
    });
    let desk = billed()
        .charged("2026-08")
        .on("2026-10-01")
        .after(close)
        .after(end(Scope::Whole, "2026-09"));
    desk.when(end(Scope::Whole, "2026-09")).then_nothing();
    let left = &desk.ledger().left[0];
    assert!(!desk.ledger().settled(left));
    desk.when(charge("2026-09")).then(&["charged"]);
    let desk = desk.charged("2026-09").on("2026-11-01");
    assert!(desk.ledger().services.is_empty());
    desk.when(charge("2026-10")).then_nothing();
    let paid = desk.after(paid(19_800, "2026-10-30"));
    assert!(paid.ledger().settled(left));
}

#[test]
fn an_office_that_ended_pays_through_its_end_month_and_the_others_go_on() {
    let one = Scope::Office(kit::office_id(kit::office_numbers()[0]));
    let desk = billed().on("2026-09-01").after(end(one, "2026-08"));
    assert_eq!(lines(&desk.when(charge("2026-08")).then(&["charged"])), 3);
    let desk = desk.charged("2026-08").on("2026-10-01");
    assert_eq!(lines(&desk.when(charge("2026-09")).then(&["charged"])), 2);
}

#[test]
fn a_service_that_is_used_again_is_charged_again() {
    let desk = billed()
        .charged("2026-08")
        .after(end(Scope::Whole, "2026-08"));
    assert!(desk.ledger().use_is_over());
    let begin = bill(Command::BeginCharging {
        service: MINI2,
        from: month("2027-02"),
    });
    let again = desk.after(begin);
    assert!(!again.ledger().use_is_over());
    assert_eq!(again.ledger().services[&MINI2], month("2027-02"));
    // The last fees of the end before it are still owed.
    let left = &again.ledger().left[0];
    assert!(!again.ledger().settled(left));
    let paid = again.on("2026-09-10").after(paid(9_900, "2026-09-10"));
    assert!(paid.ledger().settled(left));
}

/// The lines of the charge that follows.
fn lines(events: &[nouns::Event]) -> usize {
    let Event::Charged { lines, .. } = of(events) else {
        panic!("{events:?}");
    };
    lines.len()
}

fn first_office() -> OfficeId {
    kit::office_id(kit::office_numbers()[0])
}

/// The first office is entered with a form received on this day.
fn enter(received_on: &str) -> nouns::Command {
    kit::enrol(enrolment::Command::EnterOffices {
        offices: [first_office()].into(),
        received_on: day(received_on),
    })
}

/// The first office ends with the month of this form.
fn end_form(on: &str) -> nouns::Command {
    let request = termination::Request {
        way: termination::Way::Form,
        on: day(on),
        at: NaiveTime::from_hms_opt(10, 0, 0),
        number: None,
    };
    let request = termination::Command::Request {
        scope: Scope::Office(first_office()),
        request,
        end_month: Month::of(day(on)),
        open_returns: 0,
    };
    let stream = Stream::Termination(kit::corporation_id(), MINI2);
    nouns::Command::termination(&stream, request)
}

#[test]
fn an_office_that_ended_and_comes_back_pays_again_and_not_for_the_months_between() {
    let desk = billed().on("2026-08-20").after(end_form("2026-08-20"));
    desk.when(enter("2026-08-20"))
        .then_refused("enrolment.office_ending");
    let desk = desk
        .charged("2026-08")
        .after(end(Scope::Office(first_office()), "2026-08"))
        .charged("2026-09");
    desk.when(end_form("2026-10-01"))
        .then_refused("termination.already_ending");
    let back = desk.on("2026-10-05").after(enter("2026-10-05"));
    back.when(enter("2026-10-05")).then_nothing();
    let back = back.on("2026-11-01");
    assert_eq!(lines(&back.when(charge("2026-10")).then(&["charged"])), 2);
    let back = back.charged("2026-10").on("2026-12-01");
    assert_eq!(lines(&back.when(charge("2026-11")).then(&["charged"])), 3);
    // What is used now can be ended again, once.
    let ends = back.on("2026-12-10").after(end_form("2026-12-10"));
    ends.on("2026-12-11")
        .when(end_form("2026-12-11"))
        .then_refused("termination.already_ending");
}

#[test]
fn a_payment_settles_the_oldest_charge_first() {
    let desk = billed()
        .charged("2026-08")
        .charged("2026-09")
        .on("2026-10-05");
    let desk = desk.after(paid(12_000, "2026-10-04"));
    let ledger = desk.ledger();
    let open = |of: &str| ledger.charges[&key(of)].open;
    assert_eq!(
        (
            open("2026-08.honobono-mini2"),
            open("2026-09.honobono-mini2")
        ),
        (0, 7_800)
    );
    let charge = &ledger.charges[&key("2026-08.honobono-mini2")];
    assert_eq!(ledger.status(charge), Status::Paid);
}

#[test]
fn what_is_not_owed_is_not_paid() {
    let desk = billed().charged("2026-08");
    desk.when(paid(9_901, "2026-09-01"))
        .then_refused("billing.paid_too_much");
    desk.when(paid(0, "2026-09-01"))
        .then_refused("billing.nothing_paid");
    desk.when(paid(9_900, "2026-09-02"))
        .then_refused("billing.day_not_come");
}

#[test]
fn an_entry_is_reversed_by_a_second_person_and_never_changed() {
    let desk = billed().charged("2026-08");
    let entry = key("2026-08.honobono-mini2");
    let ask = |entry: &EntryKey, reason: &str| {
        bill(Command::AskReversal {
            entry: entry.clone(),
            reason: reason.into(),
            by: staff("a"),
        })
    };
    let approve = |entry: &EntryKey, by: &str| {
        bill(Command::ApproveReversal {
            entry: entry.clone(),
            by: staff(by),
        })
    };
    desk.when(approve(&entry, "b"))
        .then_refused("billing.not_asked");
    desk.when(ask(&entry, " "))
        .then_refused("billing.reason_missing");
    desk.when(ask(&key("2020-01.x"), "誤り"))
        .then_refused("billing.unknown_entry");
    let asked = desk.clone().after(ask(&entry, "二重の契約"));
    asked.when(ask(&entry, "二重の契約")).then_nothing();
    asked
        .when(approve(&entry, "a"))
        .then_refused("billing.same_person");
    let decline = bill(Command::DeclineReversal {
        entry: entry.clone(),
        by: staff("b"),
    });
    asked.when(decline.clone()).then(&["reversal_declined"]);
    desk.when(decline).then_nothing();
    let reversed = asked.after(approve(&entry, "b"));
    assert_eq!(reversed.ledger().open(), 0);
    reversed
        .when(ask(&entry, "再度"))
        .then_refused("billing.already_reversed");
    // A paid charge: the payment goes first, and its reversal opens the charge again.
    let paid_desk = desk.after(paid(9_900, "2026-09-01"));
    paid_desk
        .when(ask(&entry, "誤り"))
        .then_refused("billing.paid_already");
    let payment = key("paid.1");
    let undone = paid_desk
        .after(ask(&payment, "別の法人の入金"))
        .after(approve(&payment, "b"));
    assert_eq!(undone.ledger().open(), 9_900);
}

#[test]
fn every_open_ledger_says_what_it_waits_for() {
    let desk = billed();
    assert_eq!(
        desk.ledger(),
        State {
            services: [(MINI2, month("2026-08"))].into(),
            began: [(MINI2, month("2026-08"))].into(),
            ..State::default()
        }
    );
    assert!(desk.ledger().waiting().is_empty());
    let desk = desk.charged("2026-08");
    assert_eq!(desk.ledger().waiting().len(), 1);
    assert!(desk.ledger().deadlines(&kit::ledger()).len() == 2);
}
