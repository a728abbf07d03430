//! After a failed debit: notice, suspension, payment, resumption – none without a result, none in the quiet days.

use crate::debit_batch::sent;
use crate::kit::{Desk, batch, bill, corporation_id, day, enrol, staff};
use daicho_domain::Service;
use daicho_domain::billing::{Command, Delivery, Event, Method, PersonChoice};
use daicho_domain::debit_batch::{self, Outcome};
use daicho_domain::enrolment;
use daicho_domain::nouns;
use daicho_domain::termination::Scope;
use daicho_domain::waiting::{Next, Party, What};
use daicho_domain::zengin::{ResultCode, Totals};

const MONTH: &str = "2026-09";

fn month() -> daicho_domain::dates::Month {
    MONTH.parse().expect("a month")
}

pub fn result(code: ResultCode) -> nouns::Command {
    let totals = Totals {
        count: 1,
        amount: 9_900,
    };
    let none = Totals::default();
    let collected = if code == ResultCode::Collected {
        totals
    } else {
        none
    };
    let failed = if code == ResultCode::Collected {
        none
    } else {
        totals
    };
    batch(
        MONTH,
        debit_batch::Command::ReceiveResult {
            checked: debit_batch::Checked {
                sha256: "r".into(),
                collected,
                failed,
                outcomes: vec![Outcome {
                    corporation: corporation_id(),
                    code,
                }],
            },
            by: staff("a"),
        },
    )
}

pub fn book(code: ResultCode) -> nouns::Command {
    bill(Command::BookResult {
        batch: month(),
        code,
    })
}

/// With the bank since September, the result there on 2026-10-01.
pub fn answered(code: ResultCode) -> Desk {
    sent().on("2026-10-01").after(result(code))
}

/// What is in arrears is paid by a transfer that came on 2026-10-20.
pub fn paid(desk: Desk) -> Desk {
    desk.after(bill(Command::RecordPayment {
        amount: 9_900,
        received_on: day("2026-10-20"),
        method: Method::Transfer,
        note: None,
        reference: None,
    }))
}

fn suspend() -> nouns::Command {
    enrol(enrolment::Command::Suspend { batch: month() })
}

/// The same corporation from 2026-10-15 on, the day of its suspension.
pub fn suspended() -> Desk {
    suspends(answered(ResultCode::InsufficientFunds).after(book(ResultCode::InsufficientFunds)))
}

fn suspends(desk: Desk) -> Desk {
    let pass = Command::PassSuspensionDay {
        batch: month(),
        on: day("2026-10-15"),
    };
    desk.on("2026-10-15").after(bill(pass)).after(suspend())
}

#[test]
fn a_collected_debit_settles_its_charges() {
    let desk = answered(ResultCode::Collected);
    desk.when(book(ResultCode::Collected)).then(&["collected"]);
    let desk = desk.after(book(ResultCode::Collected));
    assert_eq!(desk.ledger().open(), 0);
    desk.when(book(ResultCode::Collected)).then_nothing();
    desk.when(book(ResultCode::InsufficientFunds))
        .then_nothing();
}

#[test]
fn nothing_is_booked_and_nobody_suspended_without_a_result() {
    let desk = sent().on("2026-10-20");
    desk.when(book(ResultCode::InsufficientFunds))
        .then_nothing();
    desk.when(suspend()).then_nothing();
}

#[test]
fn missing_money_is_noticed_on_the_result_day_and_suspends_on_the_fifteenth() {
    let desk = answered(ResultCode::InsufficientFunds);
    let events = desk
        .when(book(ResultCode::InsufficientFunds))
        .then(&["failed", "noticed"]);
    let [
        _,
        nouns::Event::Billing(Event::Noticed {
            on,
            suspension_on,
            amount,
            ..
        }),
    ] = &events[..]
    else {
        panic!("{events:?}");
    };
    assert_eq!(
        (*on, suspension_on.on, *amount),
        (day("2026-10-01"), day("2026-10-15"), 9_900)
    );
    let desk = desk.after(book(ResultCode::InsufficientFunds));
    let reason = desk.ledger().waiting().remove(0);
    assert_eq!(
        (reason.party, reason.what),
        (Party::Customer, What::Arrears)
    );
    let turn = desk.ledger().turn.expect("it is debited again");
    assert_eq!(turn.batch, "2026-10".parse().expect("a month"));
}

#[test]
fn a_result_that_comes_late_leaves_the_customer_the_days_of_the_notice() {
    let desk = sent()
        .on("2026-10-13")
        .after(result(ResultCode::InsufficientFunds));
    let events = desk
        .when(book(ResultCode::InsufficientFunds))
        .then(&["failed", "noticed"]);
    let [
        _,
        nouns::Event::Billing(Event::Noticed { suspension_on, .. }),
    ] = &events[..]
    else {
        panic!("{events:?}");
    };
    assert_eq!(suspension_on.on, day("2026-10-20"));
}

#[test]
fn the_suspension_comes_on_its_day_and_ends_on_the_day_of_payment() {
    let desk = answered(ResultCode::InsufficientFunds).after(book(ResultCode::InsufficientFunds));
    let pass = |on: &str| {
        bill(Command::PassSuspensionDay {
            batch: month(),
            on: day(on),
        })
    };
    desk.when(suspend()).then_nothing();
    desk.clone()
        .on("2026-10-14")
        .when(pass("2026-10-15"))
        .then_nothing();
    let desk = desk.on("2026-10-15");
    desk.when(pass("2026-10-14")).then_nothing();
    desk.when(pass("2026-10-15")).then(&["suspension_due"]);
    let due = desk.after(pass("2026-10-15"));
    due.when(suspend()).then(&["suspended"]);
    let suspended = due.after(suspend()).on("2026-10-20");
    suspended.when(suspend()).then_nothing();
    let resume = || enrol(enrolment::Command::Resume {});
    suspended.when(resume()).then_nothing();
    let paid = paid(suspended);
    paid.when(resume()).then(&["resumed"]);
    paid.after(resume()).when(resume()).then_nothing();
}

#[test]
fn who_pays_before_the_day_is_not_suspended() {
    let desk = answered(ResultCode::InsufficientFunds).after(book(ResultCode::InsufficientFunds));
    let desk = paid(desk.on("2026-10-20"));
    desk.when(bill(Command::PassSuspensionDay {
        batch: month(),
        on: day("2026-10-15"),
    }))
    .then_nothing();
    desk.when(suspend()).then_nothing();
}

fn end(last_month: &str) -> nouns::Command {
    bill(Command::EndCharging {
        service: Service::HonobonoMini2,
        end: 1,
        scope: Scope::Whole,
        last_month: last_month.parse().expect("a month"),
    })
}

#[test]
fn a_last_debit_that_fails_is_for_a_person_and_suspends_nobody() {
    let code = ResultCode::InsufficientFunds;
    let desk = sent().after(end("2026-08")).on("2026-10-01");
    let desk = desk.after(result(code));
    desk.when(book(code)).then(&["failed"]);
    let desk = desk.after(book(code));
    assert!(
        desk.ledger()
            .last_debit_failed(&desk.ledger().left[0], month())
    );
    let reason = desk.ledger().waiting().remove(0);
    assert_eq!((reason.party, reason.what), (Party::Us, What::Person));
    let decide = bill(Command::DecideFailed {
        choice: PersonChoice::Dun,
        reason: "振込を依頼".into(),
    });
    desk.when(decide.clone()).then(&["person_decided"]);
    let decided = desk.after(decide);
    let reason = decided.ledger().waiting().remove(0);
    assert_eq!(
        (reason.party, reason.what),
        (Party::Customer, What::Arrears)
    );
    decided.when(suspend()).then_nothing();
    assert_eq!(paid(decided.on("2026-10-20")).ledger().open(), 0);
}

#[test]
fn arrears_of_who_leaves_join_the_last_debit_without_a_suspension() {
    let code = ResultCode::InsufficientFunds;
    let noticed = answered(code).after(book(code)).after(end("2026-09"));
    let reason = noticed.ledger().waiting().remove(0);
    assert_eq!(
        (reason.party, reason.what, reason.then),
        (Party::Customer, What::Arrears, Next::DebitGathered)
    );
    noticed
        .on("2026-10-15")
        .when(bill(Command::PassSuspensionDay {
            batch: month(),
            on: day("2026-10-15"),
        }))
        .then_nothing();
    let ended = sent().after(end("2026-09")).on("2026-10-01");
    let ended = ended.after(result(code));
    ended.when(book(code)).then(&["failed"]);
    let turn = ended.after(book(code)).ledger().turn.expect("a turn");
    assert_eq!(turn.batch, "2026-10".parse().expect("a month"));
}

#[test]
fn a_broken_mandate_is_no_reason_to_suspend() {
    for code in [
        ResultCode::NoAccount,
        ResultCode::StoppedByDepositor,
        ResultCode::NoMandate,
    ] {
        answered(code).when(book(code)).then(&["failed"]);
    }
}

#[test]
fn what_only_a_person_can_judge_waits_for_one() {
    let decide = |choice, reason: &str| {
        bill(Command::DecideFailed {
            choice,
            reason: reason.into(),
        })
    };
    for code in [ResultCode::StoppedByCollector, ResultCode::Other] {
        let desk = answered(code);
        desk.when(decide(PersonChoice::Dun, "確認済み"))
            .then_refused("billing.nothing_to_decide");
        desk.when(book(code)).then(&["failed"]);
        let desk = desk.after(book(code));
        assert_eq!(desk.ledger().waiting()[0].what, What::Person);
        desk.when(decide(PersonChoice::Dun, ""))
            .then_refused("billing.reason_missing");
        desk.when(decide(PersonChoice::Dun, "残高不足と確認"))
            .then(&["person_decided", "noticed"]);
        desk.when(decide(PersonChoice::Redebit, "当社の依頼誤り"))
            .then(&["person_decided"]);
    }
}

#[test]
fn a_charge_with_the_bank_is_not_reversed() {
    let desk = sent();
    desk.when(bill(Command::AskReversal {
        entry: "2026-08.honobono-mini2".parse().expect("a key"),
        reason: "誤り".into(),
        by: staff("a"),
    }))
    .then_refused("billing.with_bank");
}

#[test]
fn what_is_paid_while_the_bank_is_asked_is_not_owed_when_it_fails() {
    let desk = paid(sent().on("2026-10-20"));
    assert_eq!(desk.ledger().open(), 0);
    let answered = desk.after(result(ResultCode::InsufficientFunds));
    answered
        .when(book(ResultCode::InsufficientFunds))
        .then(&["failed"]);
    let ledger = answered.after(book(ResultCode::InsufficientFunds)).ledger();
    assert_eq!((ledger.open(), ledger.credit), (0, 0));
    assert_eq!(ledger.arrears, None);
    assert_eq!(ledger.turn, None);
    assert_eq!(ledger.waiting(), []);
}

#[test]
fn what_is_paid_while_the_bank_is_asked_and_collected_as_well_is_credit() {
    let desk = paid(sent().on("2026-10-20"));
    let collected = desk
        .after(result(ResultCode::Collected))
        .after(book(ResultCode::Collected));
    let ledger = collected.ledger();
    assert_eq!((ledger.open(), ledger.credit), (0, 9_900));
    let reason = ledger.waiting().remove(0);
    assert_eq!((reason.party, reason.what), (Party::Us, What::Overpaid));
    let refund = |amount, on: &str| {
        bill(Command::RefundCredit {
            amount,
            refunded_on: day(on),
            note: None,
        })
    };
    collected
        .when(refund(9_901, "2026-10-20"))
        .then_refused("billing.refunded_too_much");
    collected
        .when(refund(0, "2026-10-20"))
        .then_refused("billing.nothing_paid");
    collected
        .when(refund(100, "2026-10-21"))
        .then_refused("billing.day_not_come");
    let back = collected.clone().after(refund(9_900, "2026-10-20"));
    assert_eq!(back.ledger().credit, 0);
    assert_eq!(back.ledger().waiting(), []);
    // Or the next charge takes it.
    let charged = collected.charged("2026-09").ledger();
    assert_eq!((charged.open(), charged.credit), (0, 0));
}

fn ask_receipt(entry: &str) -> nouns::Command {
    let entry = entry.parse().expect("a key");
    let by = Delivery::Post;
    bill(Command::AskReceipt { entry, by })
}

fn ask_certificate(from: &str, to: &str) -> nouns::Command {
    let (from, to) = (day(from), day(to));
    let by = Delivery::Post;
    bill(Command::AskCertificate { from, to, by })
}

/// Which copy of a receipt or certificate was asked for.
fn copy(events: &[nouns::Event]) -> u32 {
    let [
        nouns::Event::Billing(
            Event::ReceiptAsked { copy, .. } | Event::CertificateAsked { copy, .. },
        ),
    ] = events
    else {
        panic!("{events:?}");
    };
    *copy
}

#[test]
fn a_receipt_is_given_for_what_was_collected_and_for_nothing_else() {
    let asked = sent().on("2026-09-29");
    asked
        .when(ask_receipt("debit.2026-09"))
        .then_refused("billing.not_collected");
    let failed = answered(ResultCode::InsufficientFunds).after(book(ResultCode::InsufficientFunds));
    failed
        .when(ask_receipt("debit.2026-09"))
        .then_refused("billing.not_collected");
    failed
        .when(ask_receipt("2026-08.honobono-mini2"))
        .then_refused("billing.not_collected");
    let collected = answered(ResultCode::Collected).after(book(ResultCode::Collected));
    let first = collected
        .when(ask_receipt("debit.2026-09"))
        .then(&["receipt_asked"]);
    assert_eq!(copy(&first), 1);
    let again = collected.after(ask_receipt("debit.2026-09"));
    let second = again
        .when(ask_receipt("debit.2026-09"))
        .then(&["receipt_asked"]);
    assert_eq!(copy(&second), 2);
}

#[test]
fn a_payment_that_was_reversed_is_no_receipt() {
    let failed = answered(ResultCode::InsufficientFunds).after(book(ResultCode::InsufficientFunds));
    let desk = paid(failed.on("2026-10-20"));
    desk.when(ask_receipt("paid.1")).then(&["receipt_asked"]);
    let entry = || "paid.1".parse().expect("a key");
    let reversed = desk
        .after(bill(Command::AskReversal {
            entry: entry(),
            reason: "別の法人の入金".into(),
            by: staff("a"),
        }))
        .after(bill(Command::ApproveReversal {
            entry: entry(),
            by: staff("b"),
        }));
    reversed
        .when(ask_receipt("paid.1"))
        .then_refused("billing.already_reversed");
    reversed
        .when(ask_certificate("2026-10-01", "2026-10-20"))
        .then_refused("billing.nothing_collected");
}

#[test]
fn a_certificate_is_given_for_a_period_in_which_something_came() {
    let desk = answered(ResultCode::Collected).after(book(ResultCode::Collected));
    desk.when(ask_certificate("2026-09-01", "2026-10-02"))
        .then_refused("billing.day_not_come");
    desk.when(ask_certificate("2026-09-29", "2026-10-01"))
        .then_refused("billing.nothing_collected");
    desk.when(ask_certificate("2026-09-28", "2026-09-01"))
        .then_refused("billing.nothing_collected");
    let year = || ask_certificate("2026-09-01", "2026-09-30");
    assert_eq!(copy(&desk.when(year()).then(&["certificate_asked"])), 1);
    let desk = desk.after(year());
    assert_eq!(copy(&desk.when(year()).then(&["certificate_asked"])), 2);
    let other = desk.when(ask_certificate("2026-09-02", "2026-09-30"));
    assert_eq!(copy(&other.then(&["certificate_asked"])), 1);
}
