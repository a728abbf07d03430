//! Moving in while a file is with the bank: its result is awaited here, and booked to the yen.

use super::kit::*;
use super::moving::{carry, from, month, registered, says, switched};
use super::moving_money::charge;
use daicho_domain::billing::{self, CarryCharge, CarryDebit, Status};
use daicho_domain::debit_batch::{self, CarryFile, Checked, Outcome, Stage};
use daicho_domain::nouns::{Command, State};
use daicho_domain::stream::Stream;
use daicho_domain::waiting::What;
use daicho_domain::zengin::{Consignor, NewCode, ResultCode, Totals};

const BATCH: &str = "2026-09";

fn sent() -> CarryFile {
    CarryFile {
        from: from(1),
        debit_on: day("2026-09-28"),
        consignor: Consignor::invented(),
        totals: totals(),
        sha256: "a".repeat(64),
    }
}

fn totals() -> Totals {
    Totals::default().with(3_300)
}

fn carry_file(file: CarryFile) -> Command {
    batch(BATCH, debit_batch::Command::CarryOver(file))
}

/// August is with the bank, September waits for the next file.
fn charges() -> Vec<CarryCharge> {
    let at_bank = CarryCharge {
        at_bank: Some(month(BATCH)),
        ..charge("2026-08", 3_300, None)
    };
    vec![at_bank, charge("2026-09", 3_300, None)]
}

fn debit(amount: u64) -> CarryDebit {
    CarryDebit {
        batch: month(BATCH),
        amount,
        customer: "12345".parse().expect("a number"),
        account: account("フク）アオゾラカイ"),
        new_code: NewCode::Unchanged,
    }
}

fn ledger_of(charges: Vec<CarryCharge>, debits: Vec<CarryDebit>) -> Command {
    bill(billing::Command::CarryOver(billing::CarryOver {
        from: from(2),
        charges,
        arrears: None,
        credit: 0,
        debits,
    }))
}

fn moved_in() -> Desk {
    switched(registered_corporation(), "2026-10-01", "2026-10")
        .after(carry_file(sent()))
        .after(ledger_of(charges(), vec![debit(3_300)]))
        .after(carry(registered()))
}

fn known(desk: &Desk) -> debit_batch::State {
    let State::DebitBatch(state) = desk.state(&Stream::DebitBatch(month(BATCH))) else {
        panic!("a batch");
    };
    state
}

fn answered(code: ResultCode) -> Desk {
    let none = Totals::default();
    let collected = code == ResultCode::Collected;
    let checked = Checked {
        sha256: "b".repeat(64),
        collected: if collected { totals() } else { none },
        failed: if collected { none } else { totals() },
        outcomes: vec![Outcome {
            corporation: corporation_id(),
            code,
        }],
    };
    let by = "00000000000000000000000000000001".parse().expect("an id");
    moved_in().after(batch(
        BATCH,
        debit_batch::Command::ReceiveResult { checked, by },
    ))
}

fn book(code: ResultCode) -> Command {
    let batch = month(BATCH);
    bill(billing::Command::BookResult { batch, code })
}

#[test]
fn a_debit_that_is_with_the_bank_waits_for_its_result_and_is_asked_of_no_other_file() {
    let desk = moved_in();
    assert_eq!(known(&desk).stage(), Some(Stage::Sent));
    assert_eq!(known(&desk).waiting()[0].what, What::DebitResult);
    let ledger = desk.ledger();
    let waits: Vec<_> = ledger.waiting().iter().map(|one| one.what).collect();
    assert_eq!(waits, [What::DebitResult, What::NextDebit]);
    let statuses: Vec<_> = ledger
        .charges
        .values()
        .map(|one| ledger.status(one))
        .collect();
    assert_eq!(statuses, [Status::Requested, Status::Charged]);
    let due: u64 = ledger.debitable().iter().map(|part| part.amount).sum();
    assert_eq!(due, 3_300, "August is not asked for again");
    // The same again is the same; nothing of the batch can be changed here.
    desk.when(carry_file(sent())).then_nothing();
    desk.when(batch(BATCH, debit_batch::Command::Open {}))
        .then_nothing();
}

#[test]
fn its_result_is_booked_like_that_of_any_other_file() {
    answered(ResultCode::Collected)
        .when(book(ResultCode::Collected))
        .then(&["collected"]);
    let paid = answered(ResultCode::Collected).after(book(ResultCode::Collected));
    assert_eq!(paid.ledger().open(), 3_300, "September is left");
    answered(ResultCode::InsufficientFunds)
        .when(book(ResultCode::InsufficientFunds))
        .then(&["failed", "noticed"]);
    let failed = answered(ResultCode::InsufficientFunds).after(book(ResultCode::InsufficientFunds));
    assert_eq!(failed.ledger().in_arrears(), 3_300);
    let turn = failed.ledger().turn.expect("it is debited again");
    assert_eq!(turn.batch, month("2026-10"));
}

#[test]
fn a_batch_that_opened_by_itself_gives_way_to_the_file_that_is_with_the_bank() {
    let desk = switched(registered_corporation(), "2026-09-24", "2026-09")
        .after(batch(BATCH, debit_batch::Command::Open {}));
    assert_eq!(known(&desk).stage(), Some(Stage::Gathering));
    let desk = desk.after(carry_file(sent()));
    assert_eq!(known(&desk).stage(), Some(Stage::Sent));
}

#[test]
fn what_the_file_asks_for_is_what_the_balances_say_to_the_yen() {
    let desk = switched(registered_corporation(), "2026-10-01", "2026-10");
    let refused = |desk: &Desk, command: Command, noun: &str, code: &str, field: &str| {
        let refusal = desk.when(command).then_refused(noun);
        says(&refusal, code, Some(field));
    };
    let file = "振替依頼のファイル";
    refused(
        &desk,
        ledger_of(charges(), vec![debit(3_300)]),
        "billing.not_carried",
        "missing",
        file,
    );
    let desk = desk.after(carry_file(sent()));
    refused(
        &desk,
        ledger_of(charges(), vec![]),
        "billing.not_carried",
        "contradicts",
        "振替中の振替月",
    );
    refused(
        &desk,
        ledger_of(charges(), vec![debit(3_299)]),
        "billing.not_carried",
        "contradicts",
        "引落金額",
    );
    let other_month = CarryFile {
        debit_on: day("2026-10-26"),
        ..sent()
    };
    let fresh = switched(registered_corporation(), "2026-10-01", "2026-10");
    refused(
        &fresh,
        carry_file(other_month),
        "debit_batch.not_carried",
        "contradicts",
        "引落日",
    );
    let nothing = CarryFile {
        totals: Totals::default(),
        ..sent()
    };
    refused(
        &fresh,
        carry_file(nothing),
        "debit_batch.not_carried",
        "contradicts",
        "件数",
    );
}
