//! Transfers by list: every line is taken or refused by its name, and a list that is sent twice adds nothing – through the
//! JSON API and the page of the running application.

use daicho_tests::in_process::{CLERK, Server};
use daicho_tests::office::{number, office_id};
use reqwest::Method;
use serde_json::{Value, json};

/// A corporation by its place, with its 法人番号.
const CORPORATIONS: [(&str, &str, &str); 3] = [
    (
        "00000000000000000000000000000101",
        "7000012050002",
        "社会福祉法人あおぞら会",
    ),
    (
        "00000000000000000000000000000102",
        "7123456789012",
        "医療法人みどり会",
    ),
    (
        "00000000000000000000000000000103",
        "5080001018392",
        "医療法人みどり会",
    ),
];

/// Three corporations with an office each, charged 3,300 yen for September and for October.
async fn three_owe() -> Server {
    let server = Server::opens_on("2026-05-20").await;
    for (nth, (id, number_of, name)) in CORPORATIONS.into_iter().enumerate() {
        let of = |action: &str| format!("/api/v1/corporations/{id}/{action}");
        let received = json!({ "received_on": "2026-05-20", "channel": "form" });
        let mut terms = received.clone();
        terms["terms_version"] = json!("2026-04");
        let office = json!({ "number": number(nth).as_str(), "entries": [{ "kind": "訪問介護", "name": "あおぞら" }] });
        let entered = json!({ "offices": [office_id(nth)], "received_on": "2026-05-20" });
        let mini2 = |action: &str| of(&format!("enrolments/honobono-mini2/{action}"));
        server
            .must(
                &of("register"),
                json!({ "number": number_of, "name": name }),
            )
            .await;
        server
            .must(&of("add_offices"), json!({ "offices": [office] }))
            .await;
        server.must(&mini2("start_trial"), received).await;
        server.must(&mini2("enter_offices"), entered).await;
        server.must(&mini2("register"), terms).await;
    }
    server.office.goes_on_to("2026-11-01").await;
    server
}

async fn sends(server: &Server, list: &Value) -> Value {
    server
        .must("/api/v1/ledger/record_payments", list.clone())
        .await
}

fn outcomes(report: &Value) -> Vec<String> {
    let lines = report["lines"].as_array().expect("every line");
    let word = |line: &Value| match line["code"].as_str() {
        Some(code) => code.to_owned(),
        None => line["outcome"].as_str().expect("an outcome").to_owned(),
    };
    lines.iter().map(word).collect()
}

async fn payments(server: &Server) -> u64 {
    let found = server.finds("/api/v1/ledger?kind=payment").await;
    found["total"].as_u64().expect("a number")
}

#[tokio::test]
async fn a_list_of_transfers_is_taken_line_by_line_and_twice_adds_nothing() {
    let server = three_owe().await;
    let csv = "入金日,法人番号,振込人,金額,照会番号\n\
        2026/11/1,7000012050002,,\"3,300\",T-1\n\
        2026-11-01,,社会福祉法人あおぞら会,３３００円,T-2\n\
        2026-11-01,,医療法人みどり会,3300,T-3\n\
        2026-11-01,,どこかの会,3300,T-4\n\
        2026-11-01,7123456789012,,100000,T-5\n\
        2026-11-01,7123456789012,,3300,\n\
        2026-11-02,7123456789012,,3300,T-6\n\
        2026-11-01,7000012050002,,100,T-1\n";
    let mut list = json!({ "csv": csv, "dry_run": "yes" });
    let looked = sends(&server, &list).await;
    assert_eq!(payments(&server).await, 0);

    list["dry_run"] = json!("no");
    let taken = sends(&server, &list).await;
    assert_eq!(outcomes(&looked), outcomes(&taken), "a dry run adds up");
    let expected = [
        "taken",
        "taken",
        "billing.payer_ambiguous",
        "billing.payer_unknown",
        "billing.paid_too_much",
        "http.unreadable",
        "billing.day_not_come",
        "billing.transfer_taken",
    ];
    assert_eq!(outcomes(&taken), expected);
    assert_eq!(payments(&server).await, 2);

    let again = sends(&server, &list).await;
    assert_eq!((&again["taken"], &again["known"]), (&json!(0), &json!(2)));
    assert_eq!(payments(&server).await, 2);
}

#[tokio::test]
async fn the_page_says_what_became_of_every_line() {
    let server = three_owe().await;
    let ledger = server.reads("/ledger").await.body;
    assert!(ledger.contains("振込入金の取り込み"), "{ledger}");
    let csv =
        "入金日,法人番号,金額,照会番号\n2026-11-01,7123456789012,3300,T-1\n2026-11-01,1,3300,T-2\n";
    let body = format!("csv={}", urlencoded(csv));
    let request = server
        .request(Method::POST, "/ledger/payments")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("cookie", format!("daicho_staff={CLERK}"))
        .header("origin", server.url(""))
        .body(body);
    let page = server.answer(request).await;
    assert_eq!(page.status, 200, "{}", page.body);
    assert!(page.body.contains("取込 1 行"), "{}", page.body);
    assert!(
        page.body.contains("法人番号（13桁）ではありません"),
        "{}",
        page.body
    );
    let headless = json!({ "csv": "入金日,金額,照会番号\n2026-11-01,3300,T-9\n" });
    let refused = server
        .is_refused("/api/v1/ledger/record_payments", headless)
        .await;
    assert_eq!(refused.1, "http.unreadable");
}

fn urlencoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
