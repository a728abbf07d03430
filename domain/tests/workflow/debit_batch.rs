//! 口座振替: the batch opens, ledgers answer, two people release, the result is held against what was sent.

use crate::kit::{
    Desk, account, batch, bill, billed, consignor, corporation_id, day, mandate, staff,
};
use daicho_domain::billing::{self, Answer, Obstacle, Status};
use daicho_domain::corporation::MandateCommand as Step;
use daicho_domain::debit_batch::{self, Command, Refusal, check};
use daicho_domain::nouns::{self, Event, State};
use daicho_domain::stream::{CorporationId, Stream};
use daicho_domain::zengin::{CustomerNumber, Debit, Digits, Request, ResultCode, Text, Totals};
use std::collections::BTreeMap;

const MONTH: &str = "2026-09";

fn open() -> nouns::Command {
    batch(MONTH, Command::Open {})
}

fn ask() -> nouns::Command {
    bill(billing::Command::AnswerDebit {
        batch: MONTH.parse().expect("a month"),
    })
}

/// Charged for August, the September batch open.
fn gathering() -> Desk {
    billed().charged("2026-08").after(open())
}

fn totals() -> Totals {
    Totals {
        count: 1,
        amount: 9_900,
    }
}

fn freeze(sha256: &str) -> nouns::Command {
    batch(
        MONTH,
        Command::Freeze {
            through: 10,
            totals: totals(),
            sha256: sha256.into(),
            consignor: consignor(),
            by: staff("a"),
        },
    )
}

fn approve(by: &str) -> nouns::Command {
    approve_file("f", by)
}

fn release(by: &str) -> nouns::Command {
    release_file("f", by)
}

/// The ledgers' answers make this file now.
fn approve_file(sha256: &str, by: &str) -> nouns::Command {
    let (sha256, by) = (sha256.into(), staff(by));
    batch(MONTH, Command::Approve { sha256, by })
}

fn release_file(sha256: &str, by: &str) -> nouns::Command {
    let (sha256, by) = (sha256.into(), staff(by));
    batch(MONTH, Command::Release { sha256, by })
}

#[test]
fn what_changed_in_the_moment_of_the_freeze_is_neither_approved_nor_released() {
    let frozen = gathering().after(ask()).after(freeze("f"));
    frozen
        .when(approve_file("other", "b"))
        .then_refused("debit_batch.changed_since_frozen");
    let approved = frozen.after(approve("b"));
    approved
        .when(release_file("other", "c"))
        .then_refused("debit_batch.changed_since_frozen");
    approved.when(release("c")).then(&["sent"]);
}

/// With the bank, the ledger in it.
pub fn sent() -> Desk {
    billed()
        .with_mandate("2026-08-20")
        .charged("2026-08")
        .after(open())
        .after(ask())
        .after(freeze("f"))
        .after(approve("b"))
        .after(release("a"))
}

fn answer(desk: &Desk) -> Answer {
    let events = desk.when(ask()).then(&["debit_answered"]);
    let [Event::Billing(billing::Event::DebitAnswered { answer, .. })] = &events[..] else {
        panic!("{events:?}");
    };
    answer.clone()
}

#[test]
fn it_opens_by_itself_after_the_last_result_and_early_enough() {
    let desk = billed();
    desk.clone().on("2026-08-31").when(open()).then_nothing();
    let events = desk.clone().on("2026-09-01").when(open()).then(&["opened"]);
    let [
        Event::DebitBatch(debit_batch::Event::Opened {
            debit_on,
            request_by,
            result_by,
            ..
        }),
    ] = &events[..]
    else {
        panic!("{events:?}");
    };
    assert_eq!(debit_on.on, day("2026-09-28"));
    assert_eq!(
        (request_by.on, result_by.on),
        (day("2026-09-14"), day("2026-10-01"))
    );
    desk.clone().on("2026-09-28").when(open()).then_nothing();
    desk.on("2026-09-01")
        .after(open())
        .when(open())
        .then_nothing();
}

#[test]
fn one_debit_per_corporation_goes_over_everything_open() {
    let desk = billed()
        .with_mandate("2026-08-20")
        .charged("2026-08")
        .after(open());
    let Answer::Asked {
        amount,
        customer,
        parts,
        ..
    } = answer(&desk)
    else {
        panic!("it is asked");
    };
    assert_eq!((amount, parts.len()), (9_900, 1));
    assert_eq!(customer.to_string(), "00000007000012050002");
    let asked = desk.after(ask());
    asked.when(ask()).then_nothing();
    let charge = asked
        .ledger()
        .charges
        .values()
        .next()
        .cloned()
        .expect("a charge");
    assert_eq!(asked.ledger().status(&charge), Status::Gathered);
}

#[test]
fn without_a_mandate_it_is_carried_over_and_not_failed() {
    let desk = gathering();
    let Answer::CarriedOver { obstacle, next, .. } = answer(&desk) else {
        panic!("it is carried over");
    };
    assert_eq!(obstacle, Obstacle::NoMandate {});
    assert_eq!(next.batch, "2026-10".parse().expect("a month"));
    assert!(desk.after(ask()).ledger().arrears.is_none());
}

#[test]
fn a_mandate_that_comes_while_it_gathers_is_asked_again() {
    let carried = gathering().after(ask());
    carried
        .when(bill(billing::Command::AnswerAgain {}))
        .then_nothing();
    let late = carried.with_mandate("2026-09-03");
    late.when(bill(billing::Command::AnswerAgain {}))
        .then(&["debit_answered"]);
}

#[test]
fn a_ledger_that_is_asked_too_late_goes_into_the_next_batch() {
    let desk = billed()
        .with_mandate("2026-08-20")
        .charged("2026-08")
        .after(open());
    let frozen = desk.after(freeze("f"));
    let Answer::CarriedOver { obstacle, .. } = answer(&frozen) else {
        panic!("it is carried over");
    };
    assert_eq!(obstacle, Obstacle::Closed {});
}

#[test]
fn two_people_release_it_and_it_is_released_once() {
    let desk = gathering();
    desk.when(approve("b"))
        .then_refused("debit_batch.not_frozen");
    let none = batch(
        MONTH,
        Command::Freeze {
            through: 1,
            totals: Totals::default(),
            sha256: "f".into(),
            consignor: consignor(),
            by: staff("a"),
        },
    );
    desk.when(none).then_refused("debit_batch.empty");
    let frozen = desk.after(freeze("f"));
    frozen.when(freeze("f")).then_nothing();
    frozen
        .when(freeze("g"))
        .then_refused("debit_batch.already_frozen");
    frozen
        .when(approve("a"))
        .then_refused("debit_batch.same_person");
    frozen
        .when(release("a"))
        .then_refused("debit_batch.not_approved");
    let approved = frozen.after(approve("b"));
    approved
        .when(release("b"))
        .then_refused("debit_batch.same_person");
    approved
        .clone()
        .on("2026-09-28")
        .when(release("a"))
        .then_refused("debit_batch.debit_day_over");
    let sent = approved.clone().after(release("a"));
    sent.when(release("a")).then_nothing();
    let reopen = |reason: &str| {
        batch(
            MONTH,
            Command::Reopen {
                reason: reason.into(),
                by: staff("c"),
            },
        )
    };
    sent.when(reopen("口座の誤り"))
        .then_refused("debit_batch.sent");
    approved
        .when(reopen(""))
        .then_refused("debit_batch.reason_missing");
    approved.when(reopen("口座の誤り")).then(&["reopened"]);
    billed()
        .on("2026-08-02")
        .when(approve("b"))
        .then_refused("debit_batch.unknown");
}

#[test]
fn on_the_day_of_the_debit_the_ledger_waits_for_the_bank_or_for_the_next_batch() {
    let pass = bill(billing::Command::PassDebitDay {
        batch: MONTH.parse().expect("a month"),
    });
    sent()
        .on("2026-09-28")
        .when(pass.clone())
        .then(&["debit_requested"]);
    let unsent = billed()
        .with_mandate("2026-08-20")
        .charged("2026-08")
        .after(open())
        .after(ask());
    let missed = unsent.on("2026-09-28");
    missed.when(pass.clone()).then(&["debit_missed"]);
    let missed = missed.after(pass);
    let turn = missed.ledger().turn.expect("it is asked again");
    assert_eq!(turn.batch, "2026-10".parse().expect("a month"));
}

fn customer() -> CustomerNumber {
    "7000012050002".parse().expect("a number")
}

fn request() -> (Request, BTreeMap<CustomerNumber, CorporationId>) {
    let account = account("フク）アオゾラカイ");
    let (account_number, holder, [bank_name, branch_name]) = account.written().expect("writable");
    let debit = |customer, amount| Debit {
        bank: account.bank,
        bank_name: bank_name.clone(),
        branch: account.branch,
        branch_name: branch_name.clone(),
        account_kind: account.kind,
        account_number,
        holder: holder.clone(),
        amount,
        new_code: daicho_domain::zengin::NewCode::First,
        customer,
    };
    let other: CustomerNumber = Digits::of(2);
    let debits = vec![debit(customer(), 9_900), debit(other, 3_300)];
    let request = Request::new(&consignor(), day("2026-09-28"), debits).expect("writable");
    let debtors = [
        (customer(), corporation_id()),
        (other, CorporationId::of_number("5080001018392")),
    ];
    (request, debtors.into())
}

/// The request as the bank returns it: the codes of its records, its totals filled in.
fn returned(request: &Request, codes: &[u8]) -> Vec<u8> {
    let mut file = request.bytes();
    let mut sums = [(0_u64, 0_u64); 2];
    for (at, code) in codes.iter().enumerate() {
        file[122 * (at + 1) + 111] = *code;
        let side = usize::from(*code != b'0');
        sums[side].0 += 1;
        sums[side].1 += request.debits()[at].amount;
    }
    let trailer = 122 * (codes.len() + 1);
    let [(ok, paid), (failed, unpaid)] = sums;
    let filled = format!("{ok:06}{paid:012}{failed:06}{unpaid:012}");
    file[trailer + 19..trailer + 55].copy_from_slice(filled.as_bytes());
    file
}

fn held(file: &[u8]) -> Result<debit_batch::Checked, Refusal> {
    let (request, debtors) = request();
    check(
        &request,
        consignor().code,
        day("2026-09-28"),
        &debtors,
        file,
    )
}

#[test]
fn a_result_is_held_against_the_request_record_by_record() {
    let (request, _) = request();
    let checked = held(&returned(&request, b"01")).expect("it is the result");
    assert_eq!(
        checked.collected,
        Totals {
            count: 1,
            amount: 9_900
        }
    );
    assert_eq!(
        checked.failed,
        Totals {
            count: 1,
            amount: 3_300
        }
    );
    let codes: Vec<_> = checked
        .outcomes
        .iter()
        .map(|outcome| outcome.code)
        .collect();
    assert_eq!(
        codes,
        [ResultCode::Collected, ResultCode::InsufficientFunds]
    );
}

#[test]
fn what_is_not_the_result_is_refused_by_its_name() {
    let (request, _) = request();
    let good = returned(&request, b"01");
    let code = |file: &[u8]| held(file).expect_err("it is not the result").code();
    assert_eq!(code(&request.bytes()), "debit_batch.result_is_request");
    assert_eq!(code(&good[..122 * 3]), "debit_batch.result_format");
    assert_eq!(
        code(&[&good[..], &good[..]].concat()),
        "debit_batch.result_format"
    );
    let changed = |at: usize, bytes: &[u8]| {
        let mut file = good.clone();
        file[at..at + bytes.len()].copy_from_slice(bytes);
        file
    };
    assert_eq!(code(&changed(54, b"1026")), "debit_batch.result_day");
    assert_eq!(
        code(&changed(4, b"0000000001")),
        "debit_batch.result_consignor"
    );
    assert_eq!(
        code(&changed(122 + 110, b"3")),
        "debit_batch.result_stranger"
    );
    let mut twice = good.clone();
    let second = good[122..244].to_vec();
    twice[244..366].copy_from_slice(&second);
    assert_eq!(code(&twice), "debit_batch.result_twice");
    let part = [&good[..244], &good[366..]].concat();
    assert_eq!(code(&part), "debit_batch.result_part");
    assert_eq!(code(&changed(122 + 111, b"1")), "debit_batch.result_totals");
    assert_eq!(
        code(&changed(366 + 19, b"000000")),
        "debit_batch.result_totals"
    );
}

#[test]
fn no_field_of_a_record_may_differ_from_what_was_sent() {
    let (request, _) = request();
    let good = returned(&request, b"01");
    // Every position of a data record but the result code and what is blank: the change shows, under some name.
    for position in (2..=38).chain(43..=111) {
        let at = 122 + position - 1;
        let mut file = good.clone();
        file[at] = match good[at] {
            b'9' => b'8',
            b'0'..=b'8' => good[at] + 1,
            b' ' => b'A',
            _other => b' ',
        };
        let refused = held(&file).expect_err("it was changed");
        let named = [
            "debit_batch.result_record",
            "debit_batch.result_stranger",
            "debit_batch.result_format",
        ];
        assert!(named.contains(&refused.code()), "{position}: {refused}");
    }
}

#[test]
fn no_field_of_the_header_may_differ_from_what_was_sent() {
    let (request, _) = request();
    let good = returned(&request, b"01");
    for position in 1..=103 {
        let mut file = good.clone();
        let byte = &mut file[position - 1];
        *byte = match *byte {
            b'9' => b'8',
            b'0'..=b'8' => *byte + 1,
            b' ' => b'A',
            _other => b'Z',
        };
        let refused = held(&file).expect_err("it was changed");
        let named = [
            "debit_batch.result_header",
            "debit_batch.result_consignor",
            "debit_batch.result_day",
            "debit_batch.result_format",
        ];
        assert!(named.contains(&refused.code()), "{position}: {refused}");
    }
}

/// The place of a record, a field of it by position and length, what the bank fills it with, and as what it is refused.
const RETURNED: &[(usize, usize, usize, u8, Option<&str>)] = &[
    // What says again what the 委託者コード says may be blank: texts as spaces, numbers as spaces or zeros.
    (0, 15, 40, b' ', None),
    (0, 59, 4, b' ', None),
    (0, 59, 4, b'0', None),
    (0, 63, 15, b' ', None),
    (0, 78, 3, b' ', None),
    (0, 78, 3, b'0', None),
    (0, 81, 15, b' ', None),
    (0, 96, 1, b' ', None),
    (0, 96, 1, b'0', None),
    (0, 97, 7, b' ', None),
    (0, 97, 7, b'0', None),
    // Filled in, it is what was sent.
    (0, 15, 40, b'A', Some("debit_batch.result_header")),
    (0, 59, 4, b'1', Some("debit_batch.result_header")),
    (0, 63, 15, b'A', Some("debit_batch.result_header")),
    (0, 78, 3, b'7', Some("debit_batch.result_header")),
    (0, 81, 15, b'A', Some("debit_batch.result_header")),
    (0, 96, 1, b'2', Some("debit_batch.result_header")),
    (0, 97, 7, b'1', Some("debit_batch.result_header")),
    // By these the file is told from another one.
    (0, 2, 3, b' ', Some("debit_batch.result_format")),
    (0, 5, 10, b' ', Some("debit_batch.result_format")),
    (0, 5, 10, b'0', Some("debit_batch.result_consignor")),
    (0, 55, 4, b' ', Some("debit_batch.result_format")),
    (0, 55, 4, b'0', Some("debit_batch.result_day")),
    // The names of bank and branch, whose numbers say the same.
    (1, 6, 15, b' ', None),
    (1, 24, 15, b' ', None),
    (1, 6, 15, b'A', Some("debit_batch.result_record")),
    (1, 24, 15, b'A', Some("debit_batch.result_record")),
    // From whom how much was asked for is said in full.
    (1, 2, 4, b' ', Some("debit_batch.result_format")),
    (1, 2, 4, b'0', Some("debit_batch.result_record")),
    (1, 21, 3, b' ', Some("debit_batch.result_format")),
    (1, 21, 3, b'0', Some("debit_batch.result_record")),
    (1, 43, 1, b' ', Some("debit_batch.result_format")),
    (1, 44, 7, b' ', Some("debit_batch.result_format")),
    (1, 44, 7, b'0', Some("debit_batch.result_record")),
    (1, 51, 30, b' ', Some("debit_batch.result_record")),
    (1, 81, 10, b' ', Some("debit_batch.result_format")),
    (1, 81, 10, b'0', Some("debit_batch.result_record")),
    (1, 91, 1, b' ', Some("debit_batch.result_format")),
    (1, 92, 20, b' ', Some("debit_batch.result_format")),
    (1, 92, 20, b'0', Some("debit_batch.result_stranger")),
    (1, 112, 1, b' ', Some("debit_batch.result_format")),
];

#[test]
fn what_a_bank_may_leave_blank_is_taken_and_nothing_else() {
    let (request, _) = request();
    let good = returned(&request, b"01");
    let taken = held(&good).expect("it is the result");
    let filled = |mut file: Vec<u8>, (record, position, length): (usize, usize, usize), byte| {
        let from = record * 122 + position - 1;
        file[from..from + length].fill(byte);
        file
    };
    let mut all_blank = good.clone();
    for (record, position, length, byte, refused) in RETURNED.iter().copied() {
        let place = (record, position, length);
        let code = match held(&filled(good.clone(), place, byte)) {
            Ok(checked) => {
                assert_eq!(checked.outcomes, taken.outcomes);
                all_blank = filled(all_blank, place, b' ');
                None
            }
            Err(refusal) => Some(refusal.code()),
        };
        let byte = char::from(byte);
        assert_eq!(code, refused, "{place:?} filled with 「{byte}」");
    }
    assert_eq!(
        held(&all_blank).map(|checked| checked.outcomes),
        Ok(taken.outcomes)
    );
}

fn received(sha256: &str, code: ResultCode) -> nouns::Command {
    let none = Totals::default();
    let (collected, failed) = if code == ResultCode::Collected {
        (totals(), none)
    } else {
        (none, totals())
    };
    let checked = debit_batch::Checked {
        sha256: sha256.into(),
        collected,
        failed,
        outcomes: vec![debit_batch::Outcome {
            corporation: corporation_id(),
            code,
        }],
    };
    batch(
        MONTH,
        Command::ReceiveResult {
            checked,
            by: staff("a"),
        },
    )
}

#[test]
fn a_result_is_taken_once_and_only_for_a_file_that_was_sent() {
    let taken = received("r", ResultCode::Collected);
    gathering()
        .after(freeze("f"))
        .when(taken.clone())
        .then_refused("debit_batch.not_sent");
    let desk = sent().on("2026-10-01");
    let confirm = |collected, failed| {
        batch(
            MONTH,
            Command::Reconcile {
                collected,
                failed,
                by: staff("a"),
            },
        )
    };
    let none = Totals::default();
    desk.when(confirm(totals(), none))
        .then_refused("debit_batch.no_result");
    desk.when(taken.clone())
        .then(&["result_received", "outcomes_recorded"]);
    let desk = desk.after(taken.clone());
    desk.when(taken).then_nothing();
    desk.when(received("other", ResultCode::Collected))
        .then_refused("debit_batch.result_taken");
    desk.when(confirm(none, none))
        .then_refused("debit_batch.differs");
    desk.when(confirm(totals(), none)).then(&["reconciled"]);
    let desk = desk.after(confirm(totals(), none));
    desk.when(confirm(totals(), none)).then_nothing();
    let State::DebitBatch(state) = desk.state(&Stream::DebitBatch(MONTH.parse().expect("a month")))
    else {
        panic!("a batch");
    };
    assert!(state.waiting().is_empty());
}

#[test]
fn names_that_people_read_are_cut_to_their_fields() {
    let mut long = account("ア");
    long.bank_name = "アオゾラフクシカイギンコウホンテン".into();
    let (.., [bank, _]) = long.written().expect("writable");
    assert_eq!(
        bank,
        Text::cut("アオゾラフクシカイギンコウホンテン").expect("writable")
    );
    let _ = mandate(Step::HandToBank {
        on: day("2026-09-01"),
    });
}
