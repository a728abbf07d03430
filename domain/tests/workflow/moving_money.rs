//! Moving in with money: mandates under way or in force, what was owed, arrears and suspensions. Nothing is charged or
//! debited twice, and what was announced comes on its day.

use super::kit::*;
use super::moving::{carry, from, month, registered, says, switched};
use daicho_domain::billing::{self, CarryArrears, CarryCharge, Status};
use daicho_domain::corporation::{self, CarryMandate, Debited, MandateCommand, MandateStage};
use daicho_domain::enrolment;
use daicho_domain::moving::promised_by;
use daicho_domain::nouns::{Command, Event, State};
use daicho_domain::stream::Stream;
use daicho_domain::waiting::What;
use daicho_domain::zengin::{NewCode, ResultCode};
use daicho_domain::{Service, debit_batch};

pub fn charge(of: &str, open: u64, failed: Option<&str>) -> CarryCharge {
    CarryCharge {
        from: from(2),
        service: Service::HonobonoMini2,
        month: month(of),
        gross: 3_300,
        tax: None,
        open,
        failed: failed.map(month),
        at_bank: None,
    }
}

fn balance(charges: Vec<CarryCharge>, arrears: Option<CarryArrears>, credit: u64) -> Command {
    bill(billing::Command::CarryOver(billing::CarryOver {
        from: from(2),
        charges,
        arrears,
        credit,
        debits: vec![],
    }))
}

fn arrears(suspended_on: Option<&str>) -> CarryArrears {
    CarryArrears {
        batch: month("2026-08"),
        code: ResultCode::InsufficientFunds,
        noticed_on: Some(day("2026-08-31")),
        suspension_on: None,
        suspended_on: suspended_on.map(day),
    }
}

fn stage_of(stage: MandateStage) -> CarryMandate {
    CarryMandate {
        from: from(2),
        stage,
        needed_by: None,
        account: Some(account("フク）アオゾラカイ")),
        customer: Some("12345".parse().expect("a number")),
        debited: Debited::Before,
    }
}

fn carry_mandate(carried: CarryMandate) -> Command {
    Command::corporation(
        &Stream::Corporation(corporation_id()),
        corporation::Command::CarryOverMandate(carried),
    )
}

fn moved_in(switched_on: &str, charged_from: &str) -> Desk {
    switched(registered_corporation(), switched_on, charged_from)
}

#[test]
fn what_was_owed_is_asked_of_the_bank_once_and_not_charged_again() {
    let desk = moved_in("2026-10-01", "2026-10")
        .after(carry_mandate(stage_of(MandateStage::Registered {
            on: day("2026-07-01"),
        })))
        .after(balance(vec![charge("2026-09", 3_300, None)], None, 0))
        .after(carry(registered()))
        .after(bill(billing::Command::BeginCharging {
            service: Service::HonobonoMini2,
            from: month("2026-10"),
        }));
    let ledger = desk.ledger();
    assert_eq!(ledger.open(), 3_300);
    assert_eq!(ledger.waiting()[0].what, What::NextDebit);
    let turn = ledger.turn.clone().expect("the next batch asks");
    assert_eq!(turn.batch, month("2026-10"));
    assert!(turn.on.on >= day("2026-10-01"), "{}", turn.on.on);
    // September was charged elsewhere.
    desk.clone()
        .on("2026-11-01")
        .when(bill(billing::Command::Charge {
            service: Service::HonobonoMini2,
            month: month("2026-09"),
        }))
        .then_nothing();
    let opened = desk
        .clone()
        .on(&turn.on.on.to_string())
        .after(batch("2026-10", debit_batch::Command::Open {}));
    let events = opened
        .when(bill(billing::Command::AnswerDebit {
            batch: month("2026-10"),
        }))
        .then(&["debit_answered"]);
    let Event::Billing(billing::Event::DebitAnswered {
        answer:
            billing::Answer::Asked {
                amount,
                customer,
                new_code,
                ..
            },
        ..
    }) = &events[0]
    else {
        panic!("it asks: {events:?}");
    };
    assert_eq!(
        (*amount, customer.to_string().trim_start_matches('0')),
        (3_300, "12345")
    );
    assert_eq!(*new_code, NewCode::Unchanged, "it was debited before");
    desk.on("2026-11-01")
        .when(bill(billing::Command::Charge {
            service: Service::HonobonoMini2,
            month: month("2026-10"),
        }))
        .then(&["charged"]);
}

#[test]
fn a_suspension_that_was_announced_comes_on_its_day_and_one_that_holds_ends_with_the_payment() {
    let announced = moved_in("2026-09-01", "2026-09")
        .after(balance(
            vec![charge("2026-07", 3_300, Some("2026-08"))],
            Some(arrears(None)),
            0,
        ))
        .after(carry(registered()));
    let ledger = announced.ledger();
    assert_eq!(
        ledger.status(ledger.charges.values().next().expect("a charge")),
        Status::Arrears
    );
    let on = ledger
        .arrears
        .as_ref()
        .and_then(|arrears| arrears.notice.clone());
    let on = on.expect("the customer was told").1.on;
    assert_eq!(ledger.waiting()[0].what, What::Arrears);
    announced
        .on(&on.to_string())
        .when(bill(billing::Command::PassSuspensionDay {
            batch: month("2026-08"),
            on,
        }))
        .then(&["suspension_due"]);

    let held = moved_in("2026-10-01", "2026-10")
        .after(balance(
            vec![charge("2026-07", 3_300, Some("2026-08"))],
            Some(arrears(Some("2026-09-15"))),
            0,
        ))
        .after(carry(registered()));
    let State::Enrolment(enrolment::State::Billing(registration)) = held.state(&mini2()) else {
        panic!("fees run");
    };
    assert_eq!(registration.suspended_on, Some(day("2026-09-15")));
    assert_eq!(held.ledger().waiting()[0].what, What::ArrearsSuspended);
    let paid = held.after(bill(billing::Command::RecordPayment {
        amount: 3_300,
        received_on: day("2026-10-01"),
        method: billing::Method::Transfer,
        reference: None,
        note: None,
    }));
    assert!(paid.ledger().arrears.is_none());
    paid.when(enrol(enrolment::Command::Resume {}))
        .then(&["resumed"]);
}

#[test]
fn a_suspension_day_that_was_promised_stays_and_one_that_is_over_is_refused() {
    let desk = moved_in("2026-09-01", "2026-09");
    let promised = CarryArrears {
        suspension_on: Some(day("2026-09-30")),
        ..arrears(None)
    };
    let failed = || vec![charge("2026-07", 3_300, Some("2026-08"))];
    let events = desk
        .when(balance(failed(), Some(promised), 0))
        .then(&["carried_over"]);
    let said: Vec<_> = promised_by(&events[0])
        .iter()
        .map(|one| (one.label, one.dated.on))
        .collect();
    assert_eq!(said, [("停止予定日", day("2026-09-30"))]);
    let over = CarryArrears {
        suspension_on: Some(day("2026-08-31")),
        ..arrears(None)
    };
    let refused = desk
        .when(balance(failed(), Some(over), 0))
        .then_refused("billing.not_carried");
    says(&refused, "before_switching_day", Some("停止予定日"));
}

#[test]
fn a_balance_that_does_not_add_up_is_refused_with_its_field() {
    let desk = moved_in("2026-10-01", "2026-10");
    let refused = |command: Command, code: &str, field: Option<&str>| {
        let refusal = desk.when(command).then_refused("billing.not_carried");
        says(&refusal, code, field);
    };
    let one = |charge| balance(vec![charge], None, 0);
    refused(
        one(charge("2026-10", 3_300, None)),
        "contradicts",
        Some("対象月"),
    );
    refused(
        one(charge("2026-09", 0, None)),
        "contradicts",
        Some("未入金額"),
    );
    refused(
        one(charge("2026-09", 3_301, None)),
        "contradicts",
        Some("未入金額"),
    );
    let twice = charge("2026-09", 3_300, None);
    refused(
        balance(vec![twice.clone(), twice], None, 0),
        "contradicts",
        Some("対象月"),
    );
    refused(
        one(charge("2026-07", 3_300, Some("2026-08"))),
        "contradicts",
        Some("振替不能の振替月"),
    );
    let failed = || vec![charge("2026-07", 3_300, Some("2026-08"))];
    let collected = CarryArrears {
        code: ResultCode::Collected,
        ..arrears(None)
    };
    refused(
        balance(failed(), Some(collected), 0),
        "contradicts",
        Some("結果コード"),
    );
    let unnoticed = CarryArrears {
        noticed_on: None,
        ..arrears(Some("2026-09-15"))
    };
    refused(
        balance(failed(), Some(unnoticed), 0),
        "missing",
        Some("通知日"),
    );
    let later = desk.clone().after(carry(registered()));
    let refusal = later
        .when(balance(failed(), Some(arrears(Some("2026-09-15"))), 0))
        .then_refused("billing.not_carried");
    says(&refusal, "contradicts", Some("停止日"));
    let lived =
        desk.after(balance(vec![], None, 500))
            .after(bill(billing::Command::RefundCredit {
                amount: 500,
                refunded_on: day("2026-10-01"),
                note: None,
            }));
    lived.when(balance(vec![], None, 500)).then_nothing();
}

#[test]
fn credit_that_came_over_settles_the_first_charge_or_waits() {
    let desk = moved_in("2026-10-01", "2026-10").after(balance(vec![], None, 500));
    assert_eq!(desk.ledger().waiting()[0].what, What::Overpaid);
}

#[test]
fn every_stage_of_a_mandate_goes_on_and_waits_for_its_next_step() {
    let on = day("2026-09-20");
    let stages = [
        (
            MandateStage::ToSend { defect: None },
            Some(What::MandateDispatch),
        ),
        (MandateStage::Out { sent_on: on }, Some(What::MandateReturn)),
        (MandateStage::Returned, Some(What::MandateHandover)),
        (
            MandateStage::WithBank { handed_on: on },
            Some(What::MandateRegistration),
        ),
        (MandateStage::Registered { on }, None),
    ];
    for (stage, what) in stages {
        let desk = moved_in("2026-10-01", "2026-10").after(carry_mandate(stage_of(stage.clone())));
        let State::Corporation(state) = desk.state(&Stream::Corporation(corporation_id())) else {
            panic!("a corporation");
        };
        let mandate = state
            .registered()
            .and_then(|known| known.mandate.clone())
            .expect("a mandate");
        assert_eq!(
            mandate.waiting().first().map(|one| one.what),
            what,
            "{stage:?}"
        );
        // It is the one that a registration asks for: nothing is asked for twice.
        let need = corporation::Command::NeedMandate {
            service: Service::HonobonoMini2,
            charged: month("2026-10"),
        };
        desk.when(Command::corporation(
            &Stream::Corporation(corporation_id()),
            need,
        ))
        .then_nothing();
        desk.when(carry_mandate(stage_of(stage))).then_nothing();
    }
    let with_bank =
        moved_in("2026-10-01", "2026-10").after(carry_mandate(stage_of(MandateStage::WithBank {
            handed_on: on,
        })));
    with_bank
        .when(mandate(MandateCommand::Register {
            on: day("2026-10-01"),
            customer: None,
        }))
        .then(&["mandate_registered"]);
}

#[test]
fn a_mandate_that_cannot_be_right_is_refused_with_its_field() {
    let desk = moved_in("2026-10-01", "2026-10");
    let without = CarryMandate {
        account: None,
        ..stage_of(MandateStage::Registered {
            on: day("2026-07-01"),
        })
    };
    let refused = desk
        .when(carry_mandate(without))
        .then_refused("corporation.not_carried");
    says(&refused, "missing", Some("口座番号"));
    let ahead = stage_of(MandateStage::Out {
        sent_on: day("2026-10-02"),
    });
    let refused = desk
        .when(carry_mandate(ahead))
        .then_refused("corporation.not_carried");
    says(&refused, "day_not_come", Some("依頼書の発送日"));
    let refused = desk
        .when(carry_mandate(stage_of(MandateStage::CalledOff)))
        .then_refused("corporation.not_carried");
    says(&refused, "contradicts", Some("依頼書の状態"));
    let unwritable = CarryMandate {
        account: Some(account("青空会")),
        ..stage_of(MandateStage::Registered {
            on: day("2026-07-01"),
        })
    };
    desk.when(carry_mandate(unwritable))
        .then_refused("corporation.account_unwritable");
    let lived = switched(
        registered_corporation().with_mandate("2026-06-02"),
        "2026-10-01",
        "2026-10",
    );
    let refused = lived
        .when(carry_mandate(stage_of(MandateStage::Returned)))
        .then_refused("corporation.not_carried");
    says(&refused, "known_already", None);
}
