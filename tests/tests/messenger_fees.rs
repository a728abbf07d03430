//! ケアネットメッセンジャー: fees begin with the month in which an office transmits first, run through its end month, and an
//! end is not over before they are paid – through the JSON API of the running application.

use daicho_tests::in_process::Server;
use daicho_tests::office::{number, office_id};
use serde_json::{Value, json};

const CORPORATION: &str = "00000000000000000000000000000101";

fn of_corporation(action: &str) -> String {
    format!("/api/v1/corporations/{CORPORATION}/{action}")
}

fn of_messenger(action: &str) -> String {
    of_corporation(&format!("terminations/care-net-messenger/{action}"))
}

fn act(paper: &Value, action: &str) -> String {
    let id = paper["id"].as_str().expect("a paper has an id");
    format!("/api/v1/poas/{id}/{action}")
}

async fn papers(server: &Server) -> Vec<Value> {
    let found = server.finds("/api/v1/poas?limit=1000").await;
    found["rows"].as_array().cloned().unwrap_or_default()
}

/// The charges, by month: yen with tax.
async fn charges(server: &Server) -> Vec<(String, u64)> {
    let found = server.finds("/api/v1/ledger?kind=charge").await;
    let rows = found["rows"].as_array().cloned().unwrap_or_default();
    let charge = |row: &Value| {
        let month = row["month"].as_str().expect("a charge has a month");
        (month.to_owned(), row["amount"].as_u64().expect("yen"))
    };
    let mut charges: Vec<_> = rows.iter().map(charge).collect();
    charges.sort();
    charges
}

/// Two offices applied in June and transmit from August on.
async fn two_offices_transmit() -> Server {
    let server = Server::opens_on("2026-06-24").await;
    let name = json!({ "number": "7000012050002", "name": "社会福祉法人あおぞら会" });
    server.must(&of_corporation("register"), name).await;
    let office = |nth: usize| json!({ "number": number(nth).as_str(), "entries": [{ "kind": "訪問介護", "name": "あおぞら" }] });
    let offices = json!({ "offices": [office(0), office(1)] });
    server.must(&of_corporation("add_offices"), offices).await;
    let applying = |nth: usize| json!({ "number": number(nth).as_str(), "kj_id": format!("KJ01{}", number(nth)) });
    let application = json!({ "received_on": "2026-06-24", "channel": "form", "offices": [applying(0), applying(1)] });
    let path = of_corporation("transmissions/care-net-messenger/apply");
    server.must(&path, application).await;
    server.office.goes_on_closing_days_to("2026-06-25").await;
    for sheet in papers(&server).await {
        let sent = json!({ "method": "post", "sent_on": "2026-06-25" });
        server.must(&act(&sheet, "dispatch"), sent).await;
    }
    server.office.goes_on_closing_days_to("2026-06-30").await;
    let sheets = papers(&server).await;
    for sheet in &sheets {
        let arrived = json!({ "arrived_on": "2026-06-30", "channel": "post" });
        server.must(&act(sheet, "receive"), arrived).await;
        server.must(&act(sheet, "accept"), json!({})).await;
    }
    for sheet in &sheets {
        let filed = json!({ "filed_on": "2026-06-30" });
        server.must(&act(sheet, "file"), filed).await;
    }
    server.office.goes_on_closing_days_to("2026-08-20").await;
    server
}

#[tokio::test]
async fn the_messenger_charges_from_the_first_transmission_to_the_end_month() {
    let server = two_offices_transmit().await;
    assert_eq!(charges(&server).await, []);
    server.office.goes_on_closing_days_to("2026-09-10").await;
    assert_eq!(charges(&server).await, [("2026-08".to_owned(), 4_400)]);
    let form = json!({
        "way": "form", "received_on": "2026-09-10", "received_at": "10:15", "end_month": "2026-09", "open_returns": 0,
        "office": office_id(1),
    });
    server.must(&of_messenger("request"), form).await;
    server.office.goes_on_closing_days_to("2026-10-01").await;
    let ends = server.finds("/api/v1/terminations").await;
    assert_eq!(ends["rows"][0]["status"], "last_debit", "{ends}");
    let paid = json!({ "amount": 8_800, "received_on": "2026-10-01", "method": "transfer" });
    server
        .must(&of_corporation("ledger/record_payment"), paid)
        .await;
    let ends = server.finds("/api/v1/terminations").await;
    assert_eq!(ends["rows"][0]["status"], "release", "{ends}");
    server.office.goes_on_closing_days_to("2026-11-01").await;
    let charged = charges(&server).await;
    let of = |month: &str, yen| (month.to_owned(), yen);
    let expected = [
        of("2026-08", 4_400),
        of("2026-09", 4_400),
        of("2026-10", 2_200),
    ];
    assert_eq!(charged, expected, "the office that goes on pays alone");
}
