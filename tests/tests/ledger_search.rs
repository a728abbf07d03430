//! 請求・債権台帳: what was charged and paid is found by date, amount and counterparty; months without use cost what the rule
//! book says.

use super::money::{
    a_customer_since_april, answered, asks_as, registers_its_mandate, sends_the_file,
};
use daicho_tests::in_process::{CLERK, Server};
use serde_json::{Value, json};

/// August was charged and collected on 28 September, September was charged; 1 October.
async fn two_months_later() -> Server {
    let server = a_customer_since_april().await;
    registers_its_mandate(&server).await;
    let file = sends_the_file(&server).await;
    server.office.goes_on_to("2026-10-01").await;
    let path = "/api/v1/debits/2026-09/result";
    let kind = "application/octet-stream";
    let taken = asks_as(&server, CLERK, path, answered(file, b'0'), kind).await;
    assert_eq!(taken.status, 200, "{}", taken.body);
    server
}

/// The entries that a search finds, the latest first, with the sums of all that fit.
async fn found(server: &Server, asked: &str) -> (Vec<String>, Value, Value) {
    let found = server.finds(&format!("/api/v1/ledger?{asked}")).await;
    let rows = found["rows"].as_array().expect("rows").iter();
    let entries = rows.map(|row| row["entry"].as_str().expect("a key").to_owned());
    (
        entries.collect(),
        found["amount"].clone(),
        found["open"].clone(),
    )
}

#[tokio::test]
async fn what_was_charged_and_paid_is_found_by_date_amount_and_counterparty_in_any_combination() {
    let server = two_months_later().await;
    let [august, september, debit] = [
        "2026-08.honobono-mini2",
        "2026-09.honobono-mini2",
        "debit.2026-09",
    ];
    for (asked, expected) in [
        ("", vec![september, debit, august]),
        ("from=2026-09-28&to=2026-09-28", vec![debit]),
        ("from=2026-09-01", vec![september, debit]),
        ("to=2026-09-28", vec![debit, august]),
        ("kind=charge", vec![september, august]),
        ("kind=charge&kind=debit&to=2026-08-31", vec![august]),
        ("status=paid", vec![august]),
        ("status=charged", vec![september]),
        (
            "amount_min=3300&amount_max=3300",
            vec![september, debit, august],
        ),
        ("amount_min=3301", vec![]),
        ("amount_max=3299", vec![]),
        ("q=あおぞら", vec![september, debit, august]),
        ("q=7000012050002&kind=debit", vec![debit]),
        ("q=みどり", vec![]),
        (
            "q=あおぞら&kind=charge&from=2026-08-01&to=2026-08-31&amount_min=1&amount_max=9999&status=paid",
            vec![august],
        ),
    ] {
        let (entries, ..) = found(&server, asked).await;
        assert_eq!(entries, expected, "{asked}");
    }
    let (_, amount, open) = found(&server, "kind=charge").await;
    assert_eq!((amount, open), (json!(6_600), json!(3_300)));

    // The page and its CSV find the same.
    let asked = "kind=charge&from=2026-08-01&to=2026-08-31&amount_min=1&amount_max=9999&q=あおぞら";
    let page = server.reads(&format!("/ledger?{asked}")).await.body;
    assert!(page.contains(august) && !page.contains(september), "{page}");
    let csv = server.reads(&format!("/ledger.csv?{asked}")).await.body;
    let lines: Vec<_> = csv.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(lines.len(), 2, "a header and August: {csv}");
    assert!(lines[1].contains("3300"), "{csv}");
    let wrong = server.reads("/ledger?amount_min=x").await;
    assert_eq!(wrong.status, 422, "{}", wrong.body);
}

#[tokio::test]
async fn a_book_that_charges_nothing_while_use_is_suspended_is_followed() {
    let server = a_customer_since_april().await;
    registers_its_mandate(&server).await;
    let file = sends_the_file(&server).await;
    let path = "/api/v1/debits/2026-09/result";
    let kind = "application/octet-stream";
    server.office.goes_on_to("2026-10-01").await;
    let taken = asks_as(&server, CLERK, path, answered(file, b'1'), kind).await;
    assert_eq!(taken.status, 200, "{}", taken.body);
    let seeded = include_str!("../../domain/rulebooks/honobono-mini2/2015-01-01.toml");
    let other = without_fees_while_suspended(seeded);
    server.office.publishes(&other).await.expect("it is a book");

    // Suspended since 15 October: October was used, November was not.
    server.office.goes_on_to("2026-12-02").await;
    let (charges, ..) = found(&server, "kind=charge").await;
    assert_eq!(
        charges.first().map(String::as_str),
        Some("2026-10.honobono-mini2")
    );
    let log = server.finds("/api/v1/events?limit=1000").await;
    let not_charged = log["events"]
        .as_array()
        .expect("events")
        .iter()
        .find(|event| event["type"] == "billing.not_charged.v1");
    let body = &not_charged.expect("November was looked at")["body"];
    assert_eq!(
        (&body["month"], &body["why"]),
        (&json!("2026-11"), &json!("suspended"))
    );
}

/// A revision of the book in which `suspension.fees_continue` says no.
fn without_fees_while_suspended(book: &str) -> String {
    let at = book
        .find("id = \"suspension.fees_continue\"")
        .expect("the book has the slot");
    let (before, slot) = book.split_at(at);
    let end = slot.find("[[slot]]").unwrap_or(slot.len());
    let (slot, after) = slot.split_at(end);
    let slot = slot
        .replace("value = true", "value = false")
        .replace("alternatives = [false]", "alternatives = [true]")
        .replace("want = true", "want = false");
    let before = before.replacen("revision = 1", "revision = 2", 1);
    before + &slot + after
}
