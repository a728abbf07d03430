//! The letters about moved start months and 委任状 that are not back: none asks for, or complains of, a sheet that nobody has, and
//! each goes where its corporation wishes. Through the pages of the running application.

use crate::readers::{Paper, without_space};
use daicho_domain::document::FileDigest;
use daicho_tests::in_process::Server;
use daicho_tests::office::number;
use reqwest::Method;
use serde_json::{Value, json};

const CORPORATION: &str = "00000000000000000000000000000101";

fn of_corporation(action: &str) -> String {
    format!("/api/v1/corporations/{CORPORATION}/{action}")
}

/// A corporation with two offices on this day.
async fn two_offices(today: &str) -> Server {
    let server = Server::opens_on(today).await;
    let name = json!({ "number": "7000012050002", "name": "社会福祉法人あおぞら会" });
    server.must(&of_corporation("register"), name).await;
    let office = |nth: usize| {
        json!({ "number": number(nth).as_str(), "entries": [{
            "kind": "訪問介護", "name": format!("あおぞら第{nth}事業所"),
            "address": format!("北海道札幌市中央区架空条{}丁目2-3", nth + 1) }] })
    };
    let offices = json!({ "offices": [office(0), office(1)] });
    server.must(&of_corporation("add_offices"), offices).await;
    server
}

/// An office's form is entered, received on this day as its postmark says.
async fn enters(server: &Server, nth: usize, received_on: &str) {
    let form = json!({ "received_on": received_on, "channel": "mail", "proof": "消印",
        "offices": [{ "number": number(nth).as_str(), "kj_id": format!("KJ01{}", number(nth)) }] });
    let apply = of_corporation("transmissions/care-net-messenger/apply");
    server.must(&apply, form).await;
    server.office.wakes().await;
}

async fn letters(server: &Server, letter: &str) -> Vec<Value> {
    let found = server.finds("/api/v1/letters?limit=1000").await;
    let rows = found["rows"].as_array().cloned().unwrap_or_default();
    let of_kind = rows.into_iter().filter(|row| row["letter"] == letter);
    of_kind.collect()
}

/// The clerk prints this letter: what stands in it, without spaces.
async fn printed(server: &Server, letter: &Value) -> String {
    let id = letter["id"].as_str().expect("a letter has an id");
    let body = format!("form=printing&letter={id}");
    let request = server
        .request(Method::POST, "/dispatch/print")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("origin", server.url(""))
        .header(
            "cookie",
            format!("daicho_staff={}", daicho_tests::in_process::CLERK),
        )
        .body(body);
    let page = server.answer(request).await.body;
    let digest = page.split("href=\"/files/").nth(1);
    let digest = digest.and_then(|rest| rest.get(..64));
    let digest: FileDigest = digest.expect(&page).parse().expect("a digest");
    let file = server.office.data().kept(digest).expect("files are read");
    without_space(&Paper::new(&file.expect("it was kept")).text())
}

#[tokio::test]
async fn what_is_entered_after_its_return_date_is_told_its_true_month_and_why() {
    let server = two_offices("2026-07-13").await;
    enters(&server, 0, "2026-06-24").await;

    let papers = server.finds("/api/v1/poas?limit=10").await;
    assert_eq!(papers["rows"][0]["due"], "2026-08-10");
    let told = letters(&server, "postponed").await;
    assert_eq!(told.len(), 1);
    let text = printed(&server, &told[0]).await;
    for said in [
        "2026年8月",
        "2026年9月",
        "お申し込みを受け付けた時点で",
        "2026年8月10日",
        "この書面とは別にお送りします",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    for untrue in ["届きませんでした", "すでにお預かりした委任状"] {
        assert!(!text.contains(untrue), "{untrue}: {text}");
    }
    assert!(letters(&server, "poa-overdue").await.is_empty());
    let listed = server.reads("/postponements").await.body;
    for said in ["申込の受付が返送期日に間に合わなかった", "戻りません"] {
        assert!(listed.contains(said), "{said}: {listed}");
    }
}

#[tokio::test]
async fn two_forms_entered_late_for_one_month_are_told_each_in_a_letter_of_its_own() {
    let server = two_offices("2026-07-13").await;
    enters(&server, 0, "2026-06-24").await;
    enters(&server, 1, "2026-06-25").await;
    let told = letters(&server, "postponed").await;
    assert_eq!(told.len(), 2);
    for letter in &told {
        let text = printed(&server, letter).await;
        let named = [0, 1].map(|nth| text.contains(number(nth).as_str()));
        assert_eq!(named.iter().filter(|named| **named).count(), 1, "{text}");
    }
}

#[tokio::test]
async fn of_a_sheet_that_never_went_out_nobody_says_that_it_was_not_returned() {
    let server = two_offices("2026-06-24").await;
    enters(&server, 0, "2026-06-24").await;
    server.office.goes_on_closing_days_to("2026-07-13").await;
    let told = letters(&server, "postponed").await;
    assert_eq!(told.len(), 1);
    let text = printed(&server, &told[0]).await;
    assert!(
        text.contains("委任状の発送が、返送期日に間に合いませんでした"),
        "{text}"
    );
    assert!(!text.contains("届きませんでした"), "{text}");
    assert!(letters(&server, "poa-overdue").await.is_empty());
}

/// Two offices on one form of 2026-06-24, whose 委任状 went out the day after; each is to have its own post, if it is wished.
async fn applied_together(each: bool) -> Server {
    let server = two_offices("2026-06-24").await;
    if each {
        let wish = json!({ "to": "each_office", "head_office": "東京都千代田区架空町9-9" });
        server.must(&of_corporation("set_destination"), wish).await;
    }
    let applying = [0, 1].map(
        |nth| json!({ "number": number(nth).as_str(), "kj_id": format!("KJ01{}", number(nth)) }),
    );
    let form = json!({ "received_on": "2026-06-24", "channel": "form", "offices": applying });
    let apply = of_corporation("transmissions/care-net-messenger/apply");
    server.must(&apply, form).await;
    server.office.wakes().await;
    let papers = server.finds("/api/v1/poas?limit=10").await;
    for paper in papers["rows"].as_array().expect("rows") {
        let dispatch = format!(
            "/api/v1/poas/{}/dispatch",
            paper["id"].as_str().expect("an id")
        );
        let sent = json!({ "method": "post", "sent_on": "2026-06-24" });
        server.must(&dispatch, sent).await;
    }
    server
}

/// Which of the two offices each of these letters names, and whose street it goes to, in the order of the offices.
async fn named(server: &Server, letter: &str) -> Vec<(String, [bool; 2])> {
    let mut found = Vec::new();
    for letter in letters(server, letter).await {
        let text = printed(server, &letter).await;
        let named = [0, 1].map(|nth| text.contains(number(nth).as_str()));
        let streets = ["架空条1丁目", "架空条2丁目", "架空町9-9"];
        let street = streets.iter().find(|street| text.contains(**street));
        found.push((street.expect("an address").to_string(), named));
    }
    found.sort();
    found
}

#[tokio::test]
async fn what_names_several_offices_goes_to_each_of_itself_alone_where_the_corporation_wishes_so() {
    let server = applied_together(true).await;
    server.office.goes_on_closing_days_to("2026-07-07").await;
    let apart = [
        ("架空条1丁目".to_owned(), [true, false]),
        ("架空条2丁目".to_owned(), [false, true]),
    ];
    assert_eq!(named(&server, "poa-reminder").await, apart);
    // The first one's comes back; the second misses its month, and the first with it.
    let papers = server.finds("/api/v1/poas?limit=10").await;
    let rows = papers["rows"].as_array().expect("rows");
    let first = rows
        .iter()
        .find(|row| row["office_number"] == number(0).as_str());
    let first = first.expect("its paper")["id"].as_str().expect("an id");
    let arrived = json!({ "arrived_on": "2026-07-07", "channel": "post" });
    server
        .must(&format!("/api/v1/poas/{first}/receive"), arrived)
        .await;
    server
        .must(&format!("/api/v1/poas/{first}/accept"), json!({}))
        .await;
    server.office.goes_on_closing_days_to("2026-07-13").await;
    assert_eq!(named(&server, "postponed").await, apart);
    for letter in letters(&server, "postponed").await {
        let text = printed(&server, &letter).await;
        let others = text.contains(number(0).as_str());
        assert_eq!(text.contains("同じ法人の別の事業所"), others, "{text}");
    }
}

#[tokio::test]
async fn what_names_several_offices_goes_to_the_head_office_where_nothing_else_is_wished() {
    let server = applied_together(false).await;
    server.office.goes_on_closing_days_to("2026-07-07").await;
    let together = [("架空条1丁目".to_owned(), [true, true])];
    assert_eq!(named(&server, "poa-reminder").await, together);
    server.office.goes_on_closing_days_to("2026-07-13").await;
    assert_eq!(named(&server, "postponed").await, together);
}
