//! ケアネットメッセンジャー: fees begin with the month in which an office transmits first, run through its end month, and an
//! end is not over before they are paid – through the JSON API of the running application.

use daicho_domain::poa::{self, Filing};
use daicho_tests::in_process::Server;
use daicho_tests::office::{Office, day, number, office_id};
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
pub async fn two_offices_transmit() -> Server {
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
        let filed = json!({ "filed_on": "2026-06-30", "without_scan": "写しは紙で保管" });
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

async fn option(server: &Server, action: &str, body: Value) {
    server
        .must(&of_corporation(&format!("options/{action}")), body)
        .await;
}

#[tokio::test]
async fn what_is_ordered_and_done_is_charged_with_its_month_and_says_why() {
    let server = two_offices_transmit().await;
    let office = office_id(0);
    let order = |option: &str, quantity: u32| json!({ "office": office, "option": option, "quantity": quantity, "received_on": "2026-08-20" });
    option(&server, "order", order("restore_notice", 2)).await;
    option(&server, "order", order("return_manager", 1)).await;
    let mut passwords = order("password_reissue", 1);
    passwords["whose"] = json!("office");
    option(&server, "order", passwords).await;
    let waiting = server.finds("/api/v1/cases?kind=ledger").await;
    assert_eq!(waiting["rows"][0]["status"], "option_work", "{waiting}");
    let done = |order: u32, quantity: u32| json!({ "order": order, "quantity": quantity, "on": "2026-08-20" });
    option(&server, "finish", done(1, 2)).await;
    option(&server, "finish", done(3, 1)).await;
    server.office.goes_on_closing_days_to("2026-10-01").await;
    let charged = charges(&server).await;
    let of = |month: &str, yen| (month.to_owned(), yen);
    let expected = [
        of("2026-08", 4_400),
        // Two files at 10,000 yen, one ID at 5,000 yen, before tax.
        of("2026-08", 27_500),
        // 返戻管理くん from the month after its order.
        of("2026-09", 1_100),
        of("2026-09", 4_400),
    ];
    assert_eq!(charged, expected);
    let listed = server.finds("/api/v1/options?status=charged").await;
    assert_eq!(listed["total"], 2, "{listed}");
    let running = server.finds("/api/v1/options?option=return_manager").await;
    assert_eq!(running["rows"][0]["charged"], 1_000, "{running}");
    assert_eq!(
        running["rows"][0]["bases"]["price"]["milestone"],
        "return_manager_net"
    );
    let page = server.reads("/options").await.body;
    for said in [
        "返戻管理くん",
        "削除した通知書の復旧",
        "事業所ID 1 ID",
        "2 ファイル",
        "20,000",
        "11,000",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    assert!(page.contains("milestone=restore_notice_net"), "{page}");
    assert!(page.contains("milestone=return_manager_from"), "{page}");
}

#[tokio::test]
async fn a_reissue_that_a_customer_asked_for_is_charged_by_itself_and_a_reset_is_not() {
    let office = Office::opens_with_a_vault_on("2026-06-24").await;
    office.takes_an_application("summer", &[0, 1]).await;
    for nth in 0..2 {
        office.posts("summer", nth).await;
    }
    office.goes_on_closing_days_to("2026-06-30").await;
    for nth in 0..2 {
        office.enters_arrival("summer", nth, "2026-06-30").await;
        office.does("summer", nth, poa::Command::Accept {}).await;
    }
    for nth in 0..2 {
        let filing = Filing::on(day("2026-06-30")).without_scan(Some("写しは紙で保管".into()));
        office.does("summer", nth, poa::Command::File(filing)).await;
    }
    office.goes_on_closing_days_to("2026-08-20").await;
    let server = Server::of(office).await;
    server.clerk_gives_her_name().await;
    let events = server.finds("/api/v1/events?limit=1000").await;
    let events = events["events"].as_array().cloned().unwrap_or_default();
    let ids: Vec<_> = events
        .iter()
        .filter(|event| event["type"] == "credential.issued.v1")
        .filter_map(|event| event["stream"].as_str()?.strip_prefix("credential-"))
        .map(str::to_owned)
        .collect();
    assert_eq!(ids.len(), 2, "one for each office");
    let act = |id: &str, action: &str| format!("/api/v1/credentials/{id}/{action}");
    server
        .must(&act(&ids[0], "reissue"), json!({ "why": "customer" }))
        .await;
    server
        .must(&act(&ids[1], "reissue"), json!({ "why": "ours" }))
        .await;
    server.must(&act(&ids[1], "note_reset"), json!({})).await;
    let done = server.finds("/api/v1/options?status=done").await;
    assert_eq!(done["total"], 1, "{done}");
    server.office.goes_on_closing_days_to("2026-09-01").await;
    let of = |month: &str, yen| (month.to_owned(), yen);
    let expected = [of("2026-08", 4_400), of("2026-08", 5_500)];
    assert_eq!(
        charges(&server).await,
        expected,
        "5,000 yen before tax, once"
    );
}
