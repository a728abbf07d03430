//! Moving in with money: mandates, what was owed, ends, licences; the file that is with the bank on the switching day, whose
//! result is booked here; the journal that opens with what was owed.

use super::moving::{
    CORPORATION, SECOND, asks_as, enrolments, office_opens_on, run, sheet, statuses, transmissions,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::NaiveDate;
use daicho_domain::zengin::{
    AccountKind, Consignor, Debit, Digits, NewCode, RECORD_BYTES, Records, Request, ResultCode,
    Text,
};
use daicho_tests::in_process::{Answer, CLERK, Server};
use daicho_tests::office::number;
use reqwest::Method;
use serde_json::{Value, json};

fn mandates() -> Value {
    sheet(
        "口座振替依頼書.csv",
        &[
            "法人番号,依頼書の状態,顧客番号,口座登録日,振替実績,金融機関コード,銀行名,支店コード,支店名,預金種目,口座番号,口座名義",
            "7000012050002,登録済み,12345,2026/7/1,あり,9999,テスト,1,ホンテン,普通,1,フク）アオゾラカイ",
        ],
    )
}

/// August failed and use is suspended; September waits for its debit.
fn balances() -> Value {
    sheet(
        "残高.csv",
        &[
            "法人番号,サービス,対象月,請求額,未入金額,振替不能の振替月,結果コード,通知日,停止日",
            "7000012050002,ほのぼのmini2,2026/8,\"9,900\",\"9,900\",2026-09,1,2026-09-29,2026-09-30",
            "7000012050002,ほのぼのmini2,2026-09,9900,9900,,,,",
        ],
    )
}

fn ends() -> Value {
    sheet(
        "終了.csv",
        &[
            "法人番号,サービス,終了の範囲,終了月,受付日,受付時刻,事業所番号,委任状の状態,委任状の発送日",
            &format!(
                "7000012050002,ほのぼのmini2,事業所,2026-11,2026-09-20,10:30,{},返送待ち,2026-09-24",
                number(0)
            ),
        ],
    )
}

fn licences() -> Value {
    sheet(
        "ライセンス.csv",
        &[
            "事業所番号,ライセンス開始日,ライセンス満了日,支払方法,支払月",
            &format!("{},2026-04-15,2027-04-14,差引,2026-05", number(0)),
        ],
    )
}

#[tokio::test]
async fn money_ends_and_licences_come_along_and_nothing_is_asked_twice() {
    let server = office_opens_on("2026-10-01").await;
    let files = || {
        vec![
            enrolments(),
            transmissions(),
            ends(),
            licences(),
            balances(),
            mandates(),
        ]
    };
    let totals = json!({
        "registrations": 1, "transmissions": 3, "open_poas": 2, "ids": 1, "mandates": 1, "charges": 2,
        "open_yen": 19_800, "arrears_yen": 9_900, "suspended": 1, "ends": 1, "licences": 1,
    });
    let asked = server
        .must("/api/v1/moving/ask", run(files(), totals.clone()))
        .await;
    assert_eq!(asked["counts"]["refused"], json!(0), "{asked:#}");
    let approve = "/api/v1/moving/approve";
    let done = asks_as(&server, SECOND, approve, &run(files(), Value::Null)).await;
    assert_eq!(done.status, 200, "{}", done.body);

    assert_eq!(statuses(&server, "mandate").await, ["mandate_registered"]);
    assert_eq!(statuses(&server, "enrolment").await, ["suspended"]);
    assert_eq!(statuses(&server, "ledger").await, ["suspended"]);
    assert_eq!(statuses(&server, "termination").await, ["end_filed"]);
    assert_eq!(statuses(&server, "licence").await, ["licence_valid"]);
    assert_eq!(
        statuses(&server, "poa").await,
        ["poa_filed", "poa_out", "poa_out"]
    );
    let ledger = server.finds("/api/v1/ledger?kind=charge").await;
    assert_eq!(ledger["open"], json!(19_800));

    // What is paid resumes use, though the debit had failed elsewhere.
    let paid = json!({ "amount": 9_900, "received_on": "2026-10-01", "method": "transfer" });
    let path = format!("/api/v1/corporations/{CORPORATION}/ledger/record_payment");
    server.must(&path, paid).await;
    assert_eq!(statuses(&server, "enrolment").await, ["billing"]);

    // The next file asks for what is left, under the former customer number, of an account that is not new.
    server.office.goes_on_closing_days_to("2026-10-21").await;
    let batch = server.finds("/api/v1/debits/2026-10").await;
    assert_eq!(batch["sums"]["asked"]["amount"], json!(9_900), "{batch:#}");

    // The page shows the run and what the rules would have set otherwise.
    let page = server.reads("/moving").await;
    assert_eq!(page.status, 200, "{}", page.body);
    for shown in [
        "承認済み",
        "計算との差",
        "委任状の返送期日",
        "伝送.csv",
        "鈴木",
    ] {
        assert!(page.body.contains(shown), "{shown}");
    }
    assert!(
        server
            .office
            .checks_its_views()
            .await
            .differing()
            .is_empty()
    );
}

/// August and September are not paid: August is in the file that is with the bank.
fn balances_at_bank() -> Value {
    sheet(
        "残高.csv",
        &[
            "法人番号,サービス,対象月,請求額,未入金額,振替中の振替月",
            "7000012050002,ほのぼのmini2,2026-08,9900,9900,2026-09",
            "7000012050002,ほのぼのmini2,2026-09,9900,9900,",
        ],
    )
}

/// The file that the former books sent for 28 September.
fn request(amount: u64, customer: &str) -> Request {
    let text = |text: &str| Text::of(text).expect("the file can carry it");
    let debit = Debit {
        bank: Digits::of(9999),
        bank_name: Text::of("テスト").expect("the file can carry it"),
        branch: Digits::of(1),
        branch_name: Text::optional("").expect("it may be empty"),
        account_kind: AccountKind::Ordinary,
        account_number: Digits::of(1),
        holder: text("フク）アオゾラカイ"),
        amount,
        new_code: NewCode::Unchanged,
        customer: customer.parse().expect("a number"),
    };
    let on = NaiveDate::from_ymd_opt(2026, 9, 28).expect("a day");
    Request::new(&Consignor::invented(), on, vec![debit]).expect("it can be written")
}

fn file(sent: &[u8]) -> Value {
    json!({ "name": "振替依頼.txt", "xlsx": STANDARD.encode(sent) })
}

/// Moved in with the file that is with the bank, by two people.
async fn moves_in_with(server: &Server, sent: &[u8]) {
    let files = || vec![enrolments(), balances_at_bank(), mandates(), file(sent)];
    let totals = json!({
        "registrations": 1, "mandates": 1, "charges": 2, "open_yen": 19_800, "at_bank": 1, "at_bank_yen": 9_900,
    });
    let asked = server
        .must("/api/v1/moving/ask", run(files(), totals))
        .await;
    assert_eq!(asked["counts"]["refused"], json!(0), "{asked:#}");
    let approve = "/api/v1/moving/approve";
    let done = asks_as(server, SECOND, approve, &run(files(), Value::Null)).await;
    assert_eq!(done.status, 200, "{}", done.body);
    let again = asks_as(server, SECOND, approve, &run(files(), Value::Null)).await;
    assert_eq!(again.json()["recorded"], json!(0), "{}", again.body);
}

/// The bank's answer to the September file is given in.
async fn gives_in(server: &Server, result: Vec<u8>) -> Answer {
    let request = server
        .request(Method::POST, "/api/v1/debits/2026-09/result")
        .header("content-type", "application/octet-stream")
        .header("daicho-staff", CLERK)
        .body(result);
    let answer = server.answer(request).await;
    server.office.wakes().await;
    answer
}

/// The file of a month as it went to the bank.
async fn downloads(server: &Server, month: &str) -> Vec<u8> {
    let path = format!("/debits/{month}/request.txt");
    let response = server.request(Method::GET, &path).send().await;
    let response = response.expect("the server answers");
    assert_eq!(response.status().as_u16(), 200);
    response.bytes().await.expect("a file").to_vec()
}

/// What follows the name of the holder in the only debit of a file: yen, 新規コード, 顧客番号.
fn asked_in(file: &[u8]) -> (u64, NewCode, String) {
    let read = Records::read(file).expect("it is a file");
    let debit = &read.lines[0].debit;
    let customer = debit.customer.to_string();
    (debit.amount, debit.new_code, customer)
}

#[tokio::test]
async fn the_result_of_a_file_that_was_with_the_bank_is_booked_here_to_the_yen() {
    let server = office_opens_on("2026-10-01").await;
    let sent = request(9_900, "12345");

    // A file that asks for other yen than the balances, or names an unknown 顧客番号, is left out whole, with what is in it.
    for (wrong, code) in [
        (request(9_899, "12345"), "contradicts"),
        (request(9_900, "99999"), "customer_unknown"),
    ] {
        let files = vec![
            enrolments(),
            balances_at_bank(),
            mandates(),
            file(&wrong.bytes()),
        ];
        let checked = server
            .must("/api/v1/moving/check", run(files, Value::Null))
            .await;
        assert_eq!(checked["counted"]["at_bank"], Value::Null, "{checked:#}");
        assert_eq!(checked["counted"]["charges"], json!(1));
        let remark = &checked["files"][3]["lines"][0]["remarks"][0];
        assert_eq!(remark["code"], json!(code), "{checked:#}");
    }

    moves_in_with(&server, &sent.bytes()).await;
    assert_eq!(statuses(&server, "ledger").await, ["debit_requested"]);
    let page = server.reads("/debits/2026-09").await;
    assert!(page.body.contains("移行した依頼"), "{}", page.body);
    let charges = server.finds("/api/v1/ledger?kind=charge").await;
    let debited: Vec<_> = charges["rows"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| (row["month"].clone(), row["debit_on"].clone()))
        .collect();
    assert_eq!(
        debited,
        [
            (json!("2026-09"), Value::Null),
            (json!("2026-08"), json!("2026-09-28"))
        ],
        "the day of September's debit is set with its file"
    );

    // The result is held against that file, record by record.
    let fed_back = gives_in(&server, sent.bytes()).await;
    assert_eq!(fed_back.refusal(), "debit_batch.result_is_request");
    let other = request(9_899, "12345").answered(&[ResultCode::Collected]);
    let other = gives_in(&server, other).await;
    assert_eq!(other.refusal(), "debit_batch.result_record");
    let taken = gives_in(&server, sent.answered(&[ResultCode::Collected])).await;
    assert_eq!(taken.status, 200, "{}", taken.body);
    let ledger = server.finds("/api/v1/ledger?kind=charge").await;
    assert_eq!(ledger["open"], json!(9_900), "September is left");
    server
        .must("/api/v1/debits/2026-09/reconcile", json!({}))
        .await;
    let batch = server.finds("/api/v1/debits/2026-09").await;
    assert_eq!(batch["batch"]["stage"], json!("reconciled"), "{batch:#}");

    // What is left goes into the next file, of an account that is the same however its names were spelled before.
    server.office.goes_on_closing_days_to("2026-10-14").await;
    let step = |name: &str| format!("/api/v1/debits/2026-10/{name}");
    let third = "00000000000000000000000000000011";
    let named = format!("/api/v1/staff/{third}/name");
    server.must(&named, json!({ "name": "高橋" })).await;
    for (staff, name) in [(CLERK, "freeze"), (SECOND, "approve"), (third, "release")] {
        let done = asks_as(&server, staff, &step(name), &json!({})).await;
        assert_eq!(done.status, 200, "{name}: {}", done.body);
    }
    let next = downloads(&server, "2026-10").await;
    let same = (9_900, NewCode::Unchanged, format!("{:0>20}", "12345"));
    assert_eq!(asked_in(&next), same);
    let check = server.office.checks_its_views().await;
    assert_eq!(check.differing(), Vec::<&str>::new());
}

/// The September file as another program writes it: small kana, a long-vowel mark, ヲ, lower case, marks that daicho never
/// writes; a name that begins with a space.
fn written_by_another_program() -> Vec<u8> {
    let mut file = request(9_900, "12345").bytes();
    let line = RECORD_BYTES + 2;
    // ﾃﾞｰﾀ/ｼｮｯﾌﾟ&co
    let consignor = [
        0xC3, 0xDE, 0xB0, 0xC0, b'/', 0xBC, 0xAE, 0xAF, 0xCC, 0xDF, b'&', b'c', b'o',
    ];
    file[14..14 + consignor.len()].copy_from_slice(&consignor);
    // ｽﾓｰﾙ, ｦ
    file[line + 5..line + 9].copy_from_slice(&[0xBD, 0xD3, 0xB0, 0xD9]);
    file[line + 23] = 0xA6;
    // " ｱｵｿﾞﾗ･ｶｨ"
    let holder = [b' ', 0xB1, 0xB5, 0xBF, 0xDE, 0xD7, 0xA5, 0xB6, 0xA8];
    file[line + 50..line + 80].fill(b' ');
    file[line + 50..line + 50 + holder.len()].copy_from_slice(&holder);
    file
}

/// The file as the bank returns it, all collected.
fn collected(mut sent: Vec<u8>) -> Vec<u8> {
    let trailer = 2 * (RECORD_BYTES + 2) + 19;
    sent[trailer..trailer + 18].copy_from_slice(b"000001000000009900");
    sent
}

#[tokio::test]
async fn a_file_that_another_program_wrote_is_taken_to_the_byte_and_its_result_matched() {
    let server = office_opens_on("2026-10-01").await;
    let sent = written_by_another_program();
    let files = vec![enrolments(), balances_at_bank(), mandates(), file(&sent)];
    let checked = server
        .must("/api/v1/moving/check", run(files, Value::Null))
        .await;
    let line = &checked["files"][3]["lines"][0];
    let remark = &line["remarks"][0];
    assert_eq!(
        (&line["outcome"], &remark["code"], &remark["field"]),
        (
            &json!("noted"),
            &json!("written_otherwise"),
            &json!("預金者名")
        ),
        "{checked:#}"
    );
    moves_in_with(&server, &sent).await;
    assert_eq!(
        downloads(&server, "2026-09").await,
        sent,
        "it is made again byte for byte"
    );

    // A bank that answers with other names than it was sent does not answer this file.
    let respelled = request(9_900, "12345").answered(&[ResultCode::Collected]);
    let refused = gives_in(&server, respelled).await;
    assert_eq!(refused.refusal(), "debit_batch.result_header");
    let taken = gives_in(&server, collected(sent)).await;
    assert_eq!(taken.status, 200, "{}", taken.body);
    let ledger = server.finds("/api/v1/ledger?kind=charge").await;
    assert_eq!(ledger["open"], json!(9_900), "September is left");
    server
        .must("/api/v1/debits/2026-09/reconcile", json!({}))
        .await;
    let check = server.office.checks_its_views().await;
    assert_eq!(check.differing(), Vec::<&str>::new());
}

/// The September file with a header that says of the collector its code, name and day alone.
fn with_a_blank_collector(kind: u8) -> Vec<u8> {
    let mut file = request(9_900, "12345").bytes();
    // Bank, branch and account, the names of both.
    file[58..103].fill(b' ');
    file[95] = kind;
    file
}

#[tokio::test]
async fn a_file_whose_header_leaves_the_collector_s_bank_blank_is_taken_to_the_byte() {
    for kind in [b' ', b'0'] {
        let server = office_opens_on("2026-10-01").await;
        let sent = with_a_blank_collector(kind);
        moves_in_with(&server, &sent).await;
        assert_eq!(downloads(&server, "2026-09").await, sent);

        // A result that names a bank where none was named does not answer this file.
        let named = request(9_900, "12345").answered(&[ResultCode::Collected]);
        let refused = gives_in(&server, named).await;
        assert_eq!(refused.refusal(), "debit_batch.result_header");
        let taken = gives_in(&server, collected(sent)).await;
        assert_eq!(taken.status, 200, "{}", taken.body);
        let ledger = server.finds("/api/v1/ledger?kind=charge").await;
        assert_eq!(ledger["open"], json!(9_900), "September is left");
        let check = server.office.checks_its_views().await;
        assert_eq!(check.differing(), Vec::<&str>::new());
    }
}

#[tokio::test]
async fn a_file_with_bytes_that_no_bank_takes_is_refused_with_its_place() {
    let server = office_opens_on("2026-10-01").await;
    let mut sent = request(9_900, "12345").bytes();
    // The first byte of a kanji in Shift_JIS.
    sent[RECORD_BYTES + 2 + 50] = 0x89;
    let files = vec![enrolments(), balances_at_bank(), mandates(), file(&sent)];
    let refused = server
        .asks("/api/v1/moving/check", run(files, Value::Null))
        .await;
    assert_eq!(refused.status, 422, "{}", refused.body);
    assert!(
        refused.body.contains("2行目の預金者名（51桁目から）"),
        "{}",
        refused.body
    );
}

/// August and September as they stand in the former books, a part of July, and 1,000 yen that came twice.
fn opening_balances() -> Value {
    sheet(
        "残高.csv",
        &[
            "法人番号,サービス,対象月,請求額,未入金額,過入金",
            "7000012050002,ほのぼのmini2,2026-07,9900,3300,",
            "7000012050002,ほのぼのmini2,2026-08,9900,9900,",
            "7000012050002,ほのぼのmini2,2026-09,9900,9900,",
            "7000012050002,,,,,1000",
        ],
    )
}

/// Moved in on 1 October with what was owed, and no file with the bank.
async fn moved_in_with_balances() -> Server {
    let server = office_opens_on("2026-10-01").await;
    let files = || vec![enrolments(), opening_balances(), mandates()];
    let totals = json!({
        "registrations": 1, "mandates": 1, "charges": 3, "open_yen": 23_100, "credit_yen": 1_000,
    });
    let asked = server
        .must("/api/v1/moving/ask", run(files(), totals))
        .await;
    assert_eq!(asked["counts"]["refused"], json!(0), "{asked:#}");
    let approve = "/api/v1/moving/approve";
    let done = asks_as(&server, SECOND, approve, &run(files(), Value::Null)).await;
    assert_eq!(done.status, 200, "{}", done.body);
    server
}

/// Two people close a month.
async fn closes(server: &Server, month: &str) {
    let step = |name: &str| format!("/api/v1/closings/{month}/{name}");
    server.must(&step("ask"), json!({})).await;
    let closed = asks_as(server, SECOND, &step("close"), &json!({})).await;
    assert_eq!(closed.status, 200, "{}", closed.body);
}

/// The lines of a closed month's journal that fit: account, yen on the left, yen on the right, charge.
async fn journal(server: &Server, month: &str, fits: impl Fn(&Value) -> bool) -> Vec<Value> {
    let export = server.finds(&format!("/api/v1/journal/{month}")).await;
    assert_eq!(export["debit"], export["credit"], "{export:#}");
    let lines = export["lines"].as_array().expect("lines").iter();
    let lines = lines.filter(|line| fits(line));
    lines
        .map(|line| {
            json!([
                line["account"],
                line["debit"],
                line["credit"],
                line["charge"]
            ])
        })
        .collect()
}

#[tokio::test]
async fn the_journal_opens_with_what_was_owed_and_is_the_same_whenever_it_is_exported() {
    let server = moved_in_with_balances().await;
    server.office.goes_on_closing_days_to("2026-11-01").await;
    closes(&server, "2026-10").await;
    let charge = |month: &str| format!("{month}.honobono-mini2");
    let owed = |month: &str, yen: u64| {
        [
            json!(["receivable", yen, 0, charge(month)]),
            json!(["opening", 0, yen, null]),
        ]
    };
    let mut expected = vec![];
    expected.extend(owed("2026-07", 3_300));
    expected.extend(owed("2026-08", 9_900));
    expected.extend(owed("2026-09", 9_900));
    expected.push(json!(["opening", 1_000, 0, null]));
    expected.push(json!(["credit", 0, 1_000, null]));
    let opening = journal(&server, "2026-10", |line| line["entry"] == "carried").await;
    assert_eq!(opening, expected);

    // What happens afterwards changes nothing of it: money that came in October is entered late, the corporation is renamed.
    let csv = "/closing/2026-10/journal.csv";
    let json = "/api/v1/journal/2026-10";
    let exported = async || (server.reads(csv).await.body, server.reads(json).await.body);
    let before = exported().await;
    assert!(before.0.contains("移行残高"), "{}", before.0);
    let paid = json!({ "amount": 3_300, "received_on": "2026-10-30", "method": "transfer" });
    let pay = format!("/api/v1/corporations/{CORPORATION}/ledger/record_payment");
    server.must(&pay, paid).await;
    let rename = format!("/api/v1/corporations/{CORPORATION}/change_name");
    let name = json!({ "name": "社会福祉法人あおぞら福祉会" });
    server.must(&rename, name).await;
    assert_eq!(exported().await, before);
    server.office.goes_on_closing_days_to("2026-12-01").await;
    assert_eq!(exported().await, before);

    // Made anew from the log it is the same again.
    let check = server.office.checks_its_views().await;
    assert_eq!(check.differing(), Vec::<&str>::new());
}

#[tokio::test]
async fn a_charge_of_the_books_kept_before_is_reversed_by_a_second_person() {
    let server = moved_in_with_balances().await;
    let ledger = |action: &str| format!("/api/v1/corporations/{CORPORATION}/ledger/{action}");
    let entry = |month: &str| json!({ "entry": format!("{month}.honobono-mini2") });
    let ask = |month: &str| {
        let mut asked = entry(month);
        asked["reason"] = json!("解約済みの月を請求していた");
        asked
    };
    // Of July a part was paid in the former books: its money would hang in the air.
    let (_, code) = server
        .is_refused(&ledger("ask_reversal"), ask("2026-07"))
        .await;
    assert_eq!(code, "billing.paid_already");
    server.must(&ledger("ask_reversal"), ask("2026-09")).await;
    let approve = ledger("approve_reversal");
    let (_, code) = server.is_refused(&approve, entry("2026-09")).await;
    assert_eq!(code, "billing.same_person");
    let done = asks_as(&server, SECOND, &approve, &entry("2026-09")).await;
    assert_eq!(done.status, 200, "{}", done.body);
    let charges = server.finds("/api/v1/ledger?kind=charge").await;
    assert_eq!(charges["open"], json!(13_200), "July's rest and August");
    let reversals = server.finds("/api/v1/ledger?kind=reversal").await;
    assert_eq!(reversals["rows"][0]["amount"], json!(-9_900));

    // The sale stands in the former books; what takes it back stands here, with the tax in it.
    server.office.goes_on_closing_days_to("2026-11-01").await;
    closes(&server, "2026-10").await;
    let reversed = "2026-09.honobono-mini2";
    let lines = journal(&server, "2026-10", |line| line["reverses"] == reversed).await;
    assert_eq!(
        lines,
        [
            json!(["receivable", 0, 9_900, reversed]),
            json!(["sales", 9_000, 0, reversed]),
            json!(["tax", 900, 0, reversed]),
        ]
    );
    // It is asked of no bank any more.
    let batch = server.finds("/api/v1/debits/2026-10").await;
    assert_eq!(batch["sums"]["asked"]["amount"], json!(13_200), "{batch:#}");
    let check = server.office.checks_its_views().await;
    assert_eq!(check.differing(), Vec::<&str>::new());
}
