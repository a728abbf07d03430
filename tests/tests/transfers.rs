//! 事業譲渡: an office goes from one corporation to another in one step – through the JSON API of the running application.

use daicho_tests::in_process::Server;
use daicho_tests::office::{number, office_id};
use serde_json::{Value, json};

const GIVER: &str = "00000000000000000000000000000101";
const TAKER: &str = "00000000000000000000000000000102";

fn of(corporation: &str, action: &str) -> String {
    format!("/api/v1/corporations/{corporation}/{action}")
}

fn act(paper: &Value, action: &str) -> String {
    let id = paper["id"].as_str().expect("a paper has an id");
    format!("/api/v1/poas/{id}/{action}")
}

async fn registers(server: &Server, corporation: &str, number: &str, name: &str) {
    let named = json!({ "number": number, "name": name });
    server.must(&of(corporation, "register"), named).await;
}

async fn has_offices(server: &Server, corporation: &str, offices: &[usize]) {
    let office = |nth: &usize| json!({ "number": number(*nth).as_str(), "entries": [{ "kind": "訪問介護", "name": "あおぞら" }] });
    let offices = json!({ "offices": offices.iter().map(office).collect::<Vec<_>>() });
    server.must(&of(corporation, "add_offices"), offices).await;
}

/// Both corporations, the first of them with two offices.
async fn two_corporations(on: &str) -> Server {
    let server = Server::opens_on(on).await;
    registers(&server, GIVER, "7000012050002", "社会福祉法人あおぞら会").await;
    registers(&server, TAKER, "6000012050003", "医療法人みどり会").await;
    has_offices(&server, GIVER, &[0, 1]).await;
    server
}

/// An office applies for the messenger; its papers come back and are filed within a week.
async fn applies(server: &Server, corporation: &str, offices: &[usize], on: &str, back: &str) {
    let applying = |nth: &usize| json!({ "number": number(*nth).as_str(), "kj_id": format!("KJ01{}", number(*nth)) });
    let offices: Vec<_> = offices.iter().map(applying).collect();
    let application = json!({ "received_on": on, "channel": "form", "offices": offices });
    let path = of(corporation, "transmissions/care-net-messenger/apply");
    server.must(&path, application).await;
    let sheets = async |status: &str| {
        let found = server.finds(&format!("/api/v1/poas?status={status}")).await;
        found["rows"].as_array().cloned().unwrap_or_default()
    };
    for sheet in sheets("to_send").await {
        let sent = json!({ "method": "post", "sent_on": on });
        server.must(&act(&sheet, "dispatch"), sent).await;
    }
    server.office.goes_on_closing_days_to(back).await;
    for sheet in sheets("out").await {
        let arrived = json!({ "arrived_on": back, "channel": "post" });
        server.must(&act(&sheet, "receive"), arrived).await;
        server.must(&act(&sheet, "accept"), json!({})).await;
    }
    for sheet in sheets("to_file").await {
        let filed = json!({ "filed_on": back, "without_scan": "写しは紙で保管" });
        server.must(&act(&sheet, "file"), filed).await;
    }
}

fn transfers(nth: usize, on: &str) -> Value {
    json!({ "office": office_id(nth), "to": TAKER, "on": on, "reason": "事業譲渡契約" })
}

/// The charges of a corporation, by month: yen with tax.
async fn charges(server: &Server, corporation: &str) -> Vec<(String, u64)> {
    let path = format!("/api/v1/ledger?kind=charge&corporation={corporation}");
    let found = server.finds(&path).await;
    let rows = found["rows"].as_array().cloned().unwrap_or_default();
    let charge = |row: &Value| {
        let month = row["month"].as_str().expect("a charge has a month");
        (month.to_owned(), row["amount"].as_u64().expect("yen"))
    };
    let mut charges: Vec<_> = rows.iter().map(charge).collect();
    charges.sort();
    charges
}

/// The status of each application of an office, by its corporation's name.
async fn standing(server: &Server, nth: usize) -> Vec<(String, String)> {
    let path = format!(
        "/api/v1/cases?state=all&kind=transmission&q={}",
        number(nth)
    );
    let found = server.finds(&path).await;
    let text = |row: &Value, field: &str| row[field].as_str().unwrap_or_default().to_owned();
    let rows = found["rows"].as_array().cloned().unwrap_or_default();
    let mut standing: Vec<_> = rows
        .iter()
        .map(|row| (text(row, "corporation_name"), text(row, "status")))
        .collect();
    standing.sort();
    standing
}

#[tokio::test]
async fn an_office_that_transmits_goes_on_until_its_new_corporation_does() {
    let server = two_corporations("2026-06-24").await;
    applies(&server, GIVER, &[0, 1], "2026-06-24", "2026-06-30").await;
    server.office.goes_on_closing_days_to("2026-09-03").await;
    let path = of(GIVER, "transfer_office");
    let refused = async |body: Value, code: &str| {
        let (_, said) = server.is_refused(&path, body).await;
        assert_eq!(said, code);
    };
    let with = |field: &str, value: Value| {
        let mut body = transfers(1, "2026-09-01");
        body[field] = value;
        body
    };
    refused(with("to", json!(GIVER)), "corporation.transfer_to_itself").await;
    refused(
        with("to", json!("00000000000000000000000000000199")),
        "corporation.transferee_unregistered",
    )
    .await;
    refused(with("on", json!("2026-09-04")), "corporation.day_not_come").await;
    refused(with("reason", json!(" ")), "corporation.reason_missing").await;
    server.must(&path, transfers(1, "2026-09-01")).await;
    let again = server.must(&path, transfers(1, "2026-09-01")).await;
    assert_eq!(again["events"], json!([]), "it is gone already");
    has_offices(&server, GIVER, &[1]).await;
    server.is_refused(&path, transfers(1, "2026-09-02")).await;

    let giver = (
        "社会福祉法人あおぞら会".to_owned(),
        "transferred".to_owned(),
    );
    assert_eq!(standing(&server, 1).await, [giver]);
    applies(&server, TAKER, &[1], "2026-09-03", "2026-09-10").await;
    server.office.goes_on_closing_days_to("2026-12-01").await;
    let ended = ("社会福祉法人あおぞら会".to_owned(), "ended".to_owned());
    let begun = ("医療法人みどり会".to_owned(), "transmitting".to_owned());
    assert_eq!(standing(&server, 1).await, [begun, ended]);
    let month = |month: &str, yen| (month.to_owned(), yen);
    let given = [
        month("2026-08", 4_400),
        month("2026-09", 4_400),
        month("2026-10", 4_400),
        month("2026-11", 2_200),
    ];
    assert_eq!(charges(&server, GIVER).await, given);
    assert_eq!(charges(&server, TAKER).await, [month("2026-11", 2_200)]);
    for (corporation, word, other) in [
        (GIVER, "譲渡　", "医療法人みどり会"),
        (TAKER, "譲受　", "社会福祉法人あおぞら会"),
    ] {
        let page = server.reads(&format!("/corporations/{corporation}")).await;
        assert!(page.body.contains("事業所の譲渡・譲受"), "{}", page.body);
        assert!(page.body.contains(word) && page.body.contains(other));
    }
}

/// 本登録 of a corporation with these offices, charged from August on.
async fn uses_mini2(server: &Server, corporation: &str, offices: &[usize]) {
    let mini2 = |action: &str| of(corporation, &format!("enrolments/honobono-mini2/{action}"));
    let received = json!({ "received_on": "2026-04-10", "channel": "form" });
    server.must(&mini2("start_trial"), received.clone()).await;
    let ids: Vec<_> = offices.iter().map(|nth| office_id(*nth)).collect();
    let entered = json!({ "offices": ids, "received_on": "2026-04-10" });
    server.must(&mini2("enter_offices"), entered).await;
    let mut full = received;
    full["terms_version"] = json!("2026-04");
    server.must(&mini2("register"), full).await;
}

#[tokio::test]
async fn the_former_corporation_pays_through_the_month_before_and_the_new_one_from_then_on() {
    let server = two_corporations("2026-04-10").await;
    has_offices(&server, TAKER, &[2]).await;
    uses_mini2(&server, GIVER, &[0, 1]).await;
    uses_mini2(&server, TAKER, &[2]).await;
    server.office.goes_on_closing_days_to("2026-09-15").await;
    // In the middle of a month: the former corporation pays for all of it.
    let mut by_number = transfers(1, "2026-09-15");
    by_number["to"] = json!("");
    by_number["to_number"] = json!("6000012050003");
    server.must(&of(GIVER, "transfer_office"), by_number).await;
    server.office.goes_on_closing_days_to("2026-11-01").await;
    let month = |month: &str, yen| (month.to_owned(), yen);
    let given = [
        month("2026-08", 6_600),
        month("2026-09", 6_600),
        month("2026-10", 3_300),
    ];
    assert_eq!(charges(&server, GIVER).await, given);
    let taken = [
        month("2026-08", 3_300),
        month("2026-09", 3_300),
        month("2026-10", 6_600),
    ];
    assert_eq!(charges(&server, TAKER).await, taken);
    // It comes back, on the first day of a month.
    let mut back = transfers(1, "2026-11-01");
    back["to"] = json!(GIVER);
    server.must(&of(TAKER, "transfer_office"), back).await;
    server.office.goes_on_closing_days_to("2026-12-01").await;
    let last = |charges: Vec<(String, u64)>| charges.last().cloned();
    let november = |yen| Some(("2026-11".to_owned(), yen));
    assert_eq!(last(charges(&server, GIVER).await), november(6_600));
    assert_eq!(last(charges(&server, TAKER).await), november(3_300));
    let check = server.office.checks_its_views().await;
    assert_eq!(check.differing(), Vec::<&str>::new());
}

/// The cases of offices that came to a corporation: status, and what each waits for.
async fn taken_over(server: &Server) -> Vec<(String, Option<String>)> {
    let found = server.finds("/api/v1/cases?state=all&kind=transfer").await;
    let rows = found["rows"].as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let case = |row: &Value| {
        let status = text(&row["status"]).expect("a case has a status");
        (status, text(&row["what"]))
    };
    rows.iter().map(case).collect()
}

#[tokio::test]
async fn an_office_whose_new_corporation_does_not_use_mini2_waits_for_its_application_there() {
    let server = two_corporations("2026-04-10").await;
    uses_mini2(&server, GIVER, &[0, 1]).await;
    server.office.goes_on_closing_days_to("2026-09-15").await;
    let path = of(GIVER, "transfer_office");
    server.must(&path, transfers(1, "2026-09-15")).await;
    let waits = (
        "transferee_use".to_owned(),
        Some("transferee_use".to_owned()),
    );
    assert_eq!(taken_over(&server).await, [waits]);
    let case = server.finds("/api/v1/cases?kind=transfer").await;
    let no = case["rows"][0]["no"].as_str().expect("a case has a number");
    let page = server.reads(&format!("/cases/{no}")).await;
    for shown in [
        "譲受先の法人のほのぼのmini2の申込待ち",
        "譲渡元",
        "この法人では使わないと記録する",
    ] {
        assert!(page.body.contains(shown), "{shown}: {}", page.body);
    }
    assert_eq!(server.reads("/").await.status, 200);

    // The corporation says no; the same again is nothing new.
    let decline = of(TAKER, "decline_use");
    let said = |reason: &str| json!({ "office": office_id(1), "reason": reason });
    let (_, code) = server.is_refused(&decline, said(" ")).await;
    assert_eq!(code, "corporation.reason_missing");
    server.must(&decline, said("別のソフトを使う")).await;
    let again = server.must(&decline, said("別のソフトを使う")).await;
    assert_eq!(again["events"], json!([]));
    assert_eq!(
        taken_over(&server).await,
        [("transferee_declined".to_owned(), None)]
    );

    // It thinks better of it: the application takes the use up.
    let mini2 = |action: &str| of(TAKER, &format!("enrolments/honobono-mini2/{action}"));
    let received = json!({ "received_on": "2026-09-15", "channel": "form" });
    server.must(&mini2("start_trial"), received).await;
    let entered = json!({ "offices": [office_id(1)], "received_on": "2026-09-15" });
    server.must(&mini2("enter_offices"), entered).await;
    assert_eq!(
        taken_over(&server).await,
        [("transferee_uses".to_owned(), None)]
    );
    let (_, code) = server.is_refused(&decline, said("別のソフトを使う")).await;
    assert_eq!(code, "corporation.no_use_to_decline");
    let check = server.office.checks_its_views().await;
    assert_eq!(check.differing(), Vec::<&str>::new());
}

#[tokio::test]
async fn an_office_that_leaves_again_waits_for_nothing_where_it_was() {
    let server = two_corporations("2026-04-10").await;
    uses_mini2(&server, GIVER, &[0, 1]).await;
    server.office.goes_on_closing_days_to("2026-09-15").await;
    let path = of(GIVER, "transfer_office");
    server.must(&path, transfers(1, "2026-09-15")).await;
    let removed = json!({ "office": office_id(1), "reason": "廃止" });
    server.must(&of(TAKER, "remove_office"), removed).await;
    assert_eq!(
        taken_over(&server).await,
        [("transferee_left".to_owned(), None)]
    );
    let open = server.finds("/api/v1/cases?kind=transfer").await;
    assert_eq!(open["rows"], json!([]));
    let check = server.office.checks_its_views().await;
    assert_eq!(check.differing(), Vec::<&str>::new());
}

#[tokio::test]
async fn the_offices_of_a_merged_corporation_go_to_the_one_that_stays() {
    let server = two_corporations("2026-04-10").await;
    let into = json!({ "corporation": TAKER });
    server.must(&of(GIVER, "merge_into"), into).await;
    let path = of(GIVER, "transfer_office");
    server.must(&path, transfers(0, "2026-04-10")).await;
    server.must(&path, transfers(1, "2026-04-10")).await;
    let found = server.finds(&format!("/api/v1/corporations/{TAKER}")).await;
    let offices = found["offices"].as_array().map_or(0, Vec::len);
    assert_eq!(offices, 2, "{found}");
    has_offices(&server, TAKER, &[3]).await;
    let back = json!({ "office": office_id(3), "to": GIVER, "on": "2026-04-10", "reason": "誤り" });
    let (_, code) = server.is_refused(&of(TAKER, "transfer_office"), back).await;
    assert_eq!(code, "corporation.transferee_unregistered");
}
