//! What keeps a bank file from being made or sent: nobody collects, two debtors under one number, read models that are not
//! what was frozen. What keeps its result from being called compared: a record that differs.

use super::money::{
    SECOND, THIRD, answered, asks_as, becomes_a_customer, downloads, must_as, registers_its_mandate,
};
use super::moving::{enrolments, office_opens_on, run, sheet};
use daicho_domain::zengin::Consignor;
use daicho_tests::in_process::{CLERK, Server};
use daicho_tests::office::Office;
use rusqlite::Connection;
use serde_json::{Value, json};

const OTHER: &str = "00000000000000000000000000000303";

fn step(month: &str, name: &str) -> String {
    format!("/api/v1/debits/{month}/{name}")
}

/// A customer with its mandate on the day its first file can be made, of an office whose debits are collected for somebody or
/// for nobody.
async fn gathers_for(consignor: Option<Consignor>) -> Server {
    let office = Office::opens_empty_on("2026-04-10").await;
    let server = Server::collecting_for(office, consignor).await;
    server.clerk_gives_her_name().await;
    becomes_a_customer(&server).await;
    registers_its_mandate(&server).await;
    server.office.goes_on_to("2026-09-10").await;
    server
}

#[tokio::test]
async fn without_a_consignor_whose_names_can_be_written_there_is_no_file() {
    let nobody = gathers_for(None).await;
    let (_, code) = nobody
        .is_refused(&step("2026-09", "freeze"), json!({}))
        .await;
    assert_eq!(code, "debit_batch.no_consignor");
    let unwritable = Consignor {
        name: "台帳株式会社".to_owned(),
        ..Consignor::invented()
    };
    let kanji = gathers_for(Some(unwritable)).await;
    let (_, code) = kanji
        .is_refused(&step("2026-09", "freeze"), json!({}))
        .await;
    assert_eq!(code, "debit_batch.consignor_unwritable");
}

/// Changes the rows of the live read models behind their back.
fn meddles(server: &Server, sql: &str) {
    let folder = server.office.views_folder();
    let files = std::fs::read_dir(folder).expect("the folder of the read models");
    let files = files.map(|file| file.expect("a file").path());
    let is_one = |path: &std::path::PathBuf| path.extension().is_some_and(|kind| kind == "db");
    let mut changed = 0;
    for file in files.filter(is_one) {
        let conn = Connection::open(file).expect("it opens");
        changed += conn.execute(sql, []).expect("it is changed");
    }
    assert_eq!(changed, 1, "{sql}");
}

#[tokio::test]
async fn a_file_that_is_not_what_was_frozen_neither_goes_out_nor_is_compared() {
    let server = gathers_for(Some(Consignor::invented())).await;
    for (staff, name) in [(CLERK, "freeze"), (SECOND, "approve"), (THIRD, "release")] {
        must_as(&server, staff, &step("2026-09", name), json!({})).await;
    }
    let file = "/debits/2026-09/request.txt";
    assert_eq!(server.reads(file).await.status, 200);
    meddles(&server, "UPDATE debit_lines SET amount = amount + 1");
    let differs = server.reads(file).await;
    assert_eq!(differs.status, 409, "{}", differs.body);
    let result = step("2026-09", "result");
    let refused = asks_as(&server, CLERK, &result, vec![], "application/octet-stream").await;
    assert_eq!(refused.refusal(), "debit_batch.file_differs");
    meddles(&server, "UPDATE debit_lines SET bank_name = '銀行'");
    let refused = asks_as(&server, CLERK, &result, vec![], "application/octet-stream").await;
    assert_eq!(refused.refusal(), "debit_batch.line_unwritable");
}

#[tokio::test]
async fn totals_that_agree_are_not_enough_every_record_must() {
    let server = gathers_for(Some(Consignor::invented())).await;
    for (staff, name) in [(CLERK, "freeze"), (SECOND, "approve"), (THIRD, "release")] {
        must_as(&server, staff, &step("2026-09", name), json!({})).await;
    }
    let sent = downloads(&server).await;
    server.office.goes_on_to("2026-10-01").await;
    let (result, kind) = (step("2026-09", "result"), "application/octet-stream");
    let taken = asks_as(&server, CLERK, &result, answered(sent, b'0'), kind).await;
    assert_eq!(taken.status, 200, "{}", taken.body);
    let page = || async { server.reads("/debits/2026-09").await.body };
    let csv = || async {
        server
            .reads("/debits/2026-09/reconciliation.csv")
            .await
            .body
    };
    let says = async |returned: &str, booked: &str, verdict: &str| {
        let cells = ["3300", returned, "振替済", booked, verdict].map(|cell| format!("\"{cell}\""));
        let (csv, line) = (csv().await, cells.join(","));
        assert!(csv.contains(&line), "{line}: {csv}");
    };
    says("振替済", "3300", "一致").await;
    assert!(page().await.contains("一致しています"), "{}", page().await);
    // The ledger booked another code than the file says, or other yen than were asked for.
    for (apart, back, returned, booked) in [
        (
            "returned = 'insufficient_funds'",
            "returned = 'collected'",
            "資金不足",
            "3300",
        ),
        ("returned = NULL", "returned = 'collected'", "", "3300"),
        (
            "booked = booked - 1",
            "booked = booked + 1",
            "振替済",
            "3299",
        ),
    ] {
        meddles(&server, &format!("UPDATE debit_lines SET {apart}"));
        says(returned, booked, "不一致").await;
        assert!(page().await.contains("一致していない明細"), "{apart}");
        let reconcile = step("2026-09", "reconcile");
        let (_, code) = server.is_refused(&reconcile, json!({})).await;
        assert_eq!(code, "debit_batch.differs", "{apart}");
        meddles(&server, &format!("UPDATE debit_lines SET {back}"));
    }
    server.must(&step("2026-09", "reconcile"), json!({})).await;
}

/// Two corporations that owe September, the second one's form still with the bank.
async fn two_corporations() -> Server {
    let server = office_opens_on("2026-10-01").await;
    let other = json!({ "number": "6000012050003", "name": "社会福祉法人みどり会" });
    let path = format!("/api/v1/corporations/{OTHER}/register");
    server.must(&path, other).await;
    server
}

fn balances() -> Value {
    sheet(
        "残高.csv",
        &[
            "法人番号,サービス,対象月,請求額,未入金額",
            "7000012050002,ほのぼのmini2,2026-09,9900,9900",
            "6000012050003,ほのぼのmini2,2026-09,3300,3300",
        ],
    )
}

fn mandates(second: &str) -> Value {
    sheet(
        "口座振替依頼書.csv",
        &[
            "法人番号,依頼書の状態,顧客番号,口座登録日,依頼書の提出日,金融機関コード,銀行名,支店コード,支店名,口座番号,口座名義",
            "7000012050002,登録済み,12345,2026/7/1,,9999,テスト,1,ホンテン,1,フク）アオゾラカイ",
            second,
        ],
    )
}

#[tokio::test]
async fn two_corporations_under_one_number_are_told_apart_before_a_file_is_made() {
    let server = two_corporations().await;
    let twice = mandates(
        "6000012050003,登録済み,12345,2026/7/1,,9999,テスト,1,ホンテン,2,フク）ミドリカイ",
    );
    let checked = server
        .must(
            "/api/v1/moving/check",
            run(vec![enrolments(), balances(), twice], Value::Null),
        )
        .await;
    let remark = &checked["files"][2]["lines"][1]["remarks"][0];
    assert_eq!(
        (&remark["code"], &remark["field"]),
        (&json!("customer_twice"), &json!("顧客番号")),
        "{checked:#}"
    );

    // The collector gives the second one the same number later.
    let files = || {
        let with_bank = mandates(
            "6000012050003,銀行提出済み,,,2026/9/20,9999,テスト,1,ホンテン,2,フク）ミドリカイ",
        );
        vec![enrolments(), balances(), with_bank]
    };
    let totals = json!({ "registrations": 1, "mandates": 2, "charges": 2, "open_yen": 13_200 });
    let asked = server
        .must("/api/v1/moving/ask", run(files(), totals))
        .await;
    assert_eq!(asked["counts"]["refused"], json!(0), "{asked:#}");
    must_as(
        &server,
        SECOND,
        "/api/v1/moving/approve",
        run(files(), Value::Null),
    )
    .await;
    let register = format!("/api/v1/corporations/{OTHER}/mandate/register");
    let registered = json!({ "on": "2026-10-01", "customer": "12345" });
    server.must(&register, registered).await;
    server.office.goes_on_closing_days_to("2026-10-14").await;
    let (_, code) = server
        .is_refused(&step("2026-10", "freeze"), json!({}))
        .await;
    assert_eq!(code, "debit_batch.customer_twice");
}
