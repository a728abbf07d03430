//! Who asks to be forgotten is; the bank account stays as long as something needs it, and then goes by itself.

use crate::arrears::answered;
use crate::kit::{
    Desk, account, bill, billed, corporation_id, day, enrol, mandate, registered_corporation,
    registered_for_mini2,
};
use daicho_domain::corporation::{Command, Event, KeptWhy, MandateCommand, State};
use daicho_domain::nouns::{Command as Any, Event as AnyEvent, State as AnyState};
use daicho_domain::stream::Stream;
use daicho_domain::termination::Scope;
use daicho_domain::zengin::ResultCode;
use daicho_domain::{Service, billing, enrolment};

fn stream() -> Stream {
    Stream::Corporation(corporation_id())
}

fn of(command: Command) -> Any {
    Any::corporation(&stream(), command)
}

fn erase() -> Any {
    let reason = "本人の申し出".into();
    of(Command::EraseTexts { reason })
}

fn review(until: Option<&str>) -> Any {
    let until = until.map(day);
    of(Command::ReviewAccount { until })
}

fn account_key(erasures: u32) -> String {
    daicho_domain::corporation::BankAccount::subject(corporation_id(), erasures)
}

fn known(desk: &Desk) -> daicho_domain::corporation::Registered {
    let AnyState::Corporation(state) = desk.state(&stream()) else {
        panic!("a corporation");
    };
    state.registered().expect("it is registered").clone()
}

fn kept(events: &[AnyEvent]) -> (KeptWhy, Option<chrono::NaiveDate>) {
    match events.last() {
        Some(AnyEvent::Corporation(Event::AccountKept { why, until })) => {
            (*why, until.as_ref().map(|until| until.on))
        }
        other => panic!("the account is kept: {other:?}"),
    }
}

fn subjects(events: &[AnyEvent]) -> Vec<String> {
    match events.first() {
        Some(AnyEvent::Corporation(Event::TextsErased { subjects, .. })) => subjects.clone(),
        other => panic!("texts are erased: {other:?}"),
    }
}

/// Debited on 2026-09-28 and collected; the use ended with September, everything is paid.
fn left_and_paid() -> Desk {
    let code = ResultCode::Collected;
    let book = bill(billing::Command::BookResult {
        batch: "2026-09".parse().expect("a month"),
        code,
    });
    let end = bill(billing::Command::EndCharging {
        service: Service::HonobonoMini2,
        end: 1,
        scope: Scope::Whole,
        last_month: "2026-08".parse().expect("a month"),
    });
    let pass = bill(billing::Command::PassDebitDay {
        batch: "2026-09".parse().expect("a month"),
    });
    let close = enrol(enrolment::Command::Close {
        last_day: day("2026-08-31"),
    });
    crate::debit_batch::sent()
        .on("2026-09-28")
        .after(pass)
        .on("2026-10-01")
        .after(crate::arrears::result(code))
        .after(book)
        .after(close)
        .after(end)
}

#[test]
fn the_account_is_kept_while_the_service_is_used() {
    let desk = billed().with_mandate("2026-08-20");
    let events = desk.when(erase()).then(&["texts_erased", "account_kept"]);
    assert_eq!(kept(&events), (KeptWhy::InUse, None));
    assert!(!subjects(&events).contains(&account_key(0)));
    let desk = desk.after(erase());
    desk.when(erase()).then(&["texts_erased"]);
    desk.when(review(None)).then_nothing();
    let mandate = known(&desk).mandate.expect("it stays in force");
    assert!(mandate.in_force().is_some());
}

#[test]
fn what_is_owed_keeps_the_account_too() {
    let desk = answered(ResultCode::InsufficientFunds);
    let events = desk.when(erase()).then(&["texts_erased", "account_kept"]);
    assert_eq!(kept(&events), (KeptWhy::InUse, None));
}

#[test]
fn a_file_that_went_to_the_bank_is_kept_for_its_years_and_the_account_with_it() {
    let desk = left_and_paid();
    let events = desk.when(erase()).then(&["texts_erased", "account_kept"]);
    let until = day("2033-09-28");
    assert_eq!(kept(&events), (KeptWhy::Retention, Some(until)));
    let desk = desk.after(erase());
    let state = State::Registered(Box::new(known(&desk)));
    let [deadline] = &state.deadlines(&stream())[..] else {
        panic!("it is looked at again by itself");
    };
    assert_eq!(deadline.on, day("2033-09-29"));
    desk.clone()
        .on("2033-09-28")
        .when(review(Some("2033-09-28")))
        .then_nothing();
    let over = desk.on("2033-09-29");
    over.when(review(Some("2033-09-27"))).then_nothing();
    let events = over.when(deadline.command.clone()).then(&["texts_erased"]);
    assert_eq!(subjects(&events), [account_key(0)]);
    let erased = over.after(deadline.command.clone());
    erased.when(review(None)).then_nothing();
    let known = known(&erased);
    assert_eq!((known.erasures, known.account_erasures), (1, 1));
    let mandate = known.mandate.expect("its history stays");
    assert_eq!((mandate.account, mandate.customer.is_some()), (None, true));
}

#[test]
fn an_account_kept_for_use_goes_when_the_use_is_over_and_no_file_ever_held_it() {
    let desk = registered_for_mini2()
        .with_mandate("2026-06-02")
        .after(erase());
    assert_eq!(known(&desk).kept.expect("it is kept").why, KeptWhy::InUse);
    let close = enrol(enrolment::Command::Close {
        last_day: day("2026-06-30"),
    });
    let over = desk.on("2026-07-01").after(close);
    over.when(review(None)).then(&["texts_erased"]);
}

#[test]
fn an_account_that_comes_after_an_erasure_has_a_key_of_its_own() {
    use MandateCommand as Step;
    let need = of(Command::NeedMandate {
        service: Service::HonobonoMini2,
        charged: "2026-08".parse().expect("a month"),
    });
    let returned = |on: &str| {
        mandate(Step::Return {
            returned_on: day(on),
            account: account("フク）アオゾラカイ"),
        })
    };
    let desk = registered_corporation()
        .on("2026-06-01")
        .after(need.clone())
        .after(mandate(Step::Send {
            sent_on: day("2026-06-01"),
        }))
        .after(returned("2026-06-01"));
    let events = desk.when(erase()).then(&["texts_erased"]);
    assert!(
        subjects(&events).contains(&account_key(0)),
        "nothing needs it: {events:?}"
    );
    let again = desk
        .after(erase())
        .after(need)
        .after(mandate(Step::Send {
            sent_on: day("2026-06-01"),
        }))
        .after(returned("2026-06-01"));
    let account = known(&again).mandate.and_then(|mandate| mandate.account);
    let account = account.expect("another account");
    assert_eq!(account.number.subject(), account_key(1));
    assert_eq!(account.number.disclose(), Some("0000001"));
}
