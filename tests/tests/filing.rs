//! 国保連提出: the accepted 委任状 by federation, a covering letter for each, and all of them filed together or none.

use crate::readers::Paper;
use daicho_domain::Prefecture;
use daicho_domain::identifiers::OfficeNumber;
use daicho_tests::in_process::{Answer, CLERK, Server};
use reqwest::Method;
use serde_json::{Value, json};

const CORPORATION: &str = "00000000000000000000000000000101";

/// 北海道, 東京都, 愛知県.
const FEDERATIONS: [u8; 3] = [1, 13, 23];

fn of_corporation(action: &str) -> String {
    format!("/api/v1/corporations/{CORPORATION}/{action}")
}

fn number(prefecture: u8) -> OfficeNumber {
    let prefecture = Prefecture::from_code(prefecture).expect("there is one");
    OfficeNumber::compose(prefecture, '7', 2, 1).expect("a number can be composed")
}

/// Three offices of three prefectures apply on one form; their 委任状 go out and come back, and are checked so far.
async fn three_federations(checked: usize) -> Server {
    let server = Server::opens_on("2026-06-24").await;
    let name = json!({ "number": "7000012050002", "name": "社会福祉法人あおぞら会" });
    server.must(&of_corporation("register"), name).await;
    let offices: Vec<Value> = FEDERATIONS
        .iter()
        .map(|code| {
            json!({ "number": number(*code).as_str(), "entries": [{
                "kind": "訪問介護", "name": format!("あおぞら事業所{code}"), "address": "架空町1丁目" }] })
        })
        .collect();
    let offices = json!({ "offices": offices });
    server.must(&of_corporation("add_offices"), offices).await;
    let applying: Vec<Value> = FEDERATIONS
        .iter()
        .map(|code| {
            let number = number(*code);
            json!({ "number": number.as_str(), "kj_id": format!("KJ{code:02}{number}") })
        })
        .collect();
    let form = json!({ "received_on": "2026-06-24", "channel": "form", "offices": applying });
    let apply = of_corporation("transmissions/care-net-messenger/apply");
    server.must(&apply, form).await;
    let papers = papers(&server).await;
    for paper in &papers {
        let sent = json!({ "method": "post", "sent_on": "2026-06-24" });
        server.must(&act(paper, "dispatch"), sent).await;
    }
    server.office.goes_on_closing_days_to("2026-07-06").await;
    for paper in papers.iter().take(checked) {
        let arrived = json!({ "arrived_on": "2026-07-06", "channel": "post" });
        server.must(&act(paper, "receive"), arrived).await;
        server.must(&act(paper, "accept"), json!({})).await;
    }
    server
}

async fn papers(server: &Server) -> Vec<Value> {
    let found = server.finds("/api/v1/poas?limit=1000").await;
    let mut rows = found["rows"].as_array().cloned().unwrap_or_default();
    rows.sort_by_key(|row| row["office_number"].to_string());
    rows
}

fn id(paper: &Value) -> &str {
    paper["id"].as_str().expect("a paper has an id")
}

fn act(paper: &Value, action: &str) -> String {
    format!("/api/v1/poas/{}/{action}", id(paper))
}

/// The clerk sends the form of 国保連提出 for all papers that are here.
async fn sends(server: &Server, path: &str, on: &str) -> Answer {
    let papers = papers(server).await;
    let chosen: Vec<_> = papers
        .iter()
        .filter(|paper| paper["status"] == "to_file")
        .map(|paper| format!("poa={}", id(paper)))
        .collect();
    let request = server
        .request(Method::POST, path)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("origin", server.url(""))
        .header("cookie", format!("daicho_staff={CLERK}"))
        .body(format!(
            "form=filing&on={on}&without_scan=%E7%B4%99%E3%81%A7%E4%BF%9D%E7%AE%A1&{}",
            chosen.join("&")
        ));
    let answer = server.answer(request).await;
    server.office.wakes().await;
    answer
}

async fn statuses(server: &Server) -> Vec<Value> {
    let papers = papers(server).await;
    papers.iter().map(|paper| paper["status"].clone()).collect()
}

#[tokio::test]
async fn papers_are_filed_with_three_federations_in_one_go() {
    let server = three_federations(3).await;
    let page = server.reads("/filing").await.body;
    for said in [
        "提出先 3 か所",
        "北海道国民健康保険団体連合会",
        "東京都国民健康保険団体連合会",
        "愛知県国民健康保険団体連合会",
        "2026/07/17（金）",
        "提出期日に届くには2営業日前の 2026/07/15（水） までに発送する",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    let filed = sends(&server, "/filing/file", "2026-07-06").await;
    assert_eq!(filed.status, 200, "{}", filed.body);
    assert!(
        filed.body.contains("3 枚の提出を記録しました"),
        "{}",
        filed.body
    );
    assert_eq!(statuses(&server).await, ["filed", "filed", "filed"]);

    // Each federation has a covering letter of its own, kept as it was sent.
    let covers: Vec<_> = filed.body.split("href=\"/files/").skip(1).collect();
    assert_eq!(covers.len(), 3);
    for (cover, code) in covers.iter().zip(FEDERATIONS) {
        let digest = cover[..64].parse().expect("a digest");
        let kept = server
            .office
            .data()
            .kept(digest)
            .expect("files can be read");
        let text = Paper::new(&kept.expect("it was kept")).text();
        let own = number(code);
        for said in [
            "委任状の提出について",
            "1枚",
            own.as_str(),
            "2026年7月17日（金）必着",
        ] {
            assert!(text.contains(said), "{said}: {text}");
        }
    }
    let page = server.reads("/filing").await.body;
    assert!(page.contains("提出を待つ委任状はありません。"), "{page}");
}

#[tokio::test]
async fn what_one_paper_refuses_keeps_all_of_them_here() {
    let server = three_federations(2).await;
    let page = server.reads("/filing").await.body;
    for said in ["委任状 0 枚", "ほかの事業所の書類を待つもの 2 枚"] {
        assert!(page.contains(said), "{said}: {page}");
    }
    assert!(!page.contains("name=\"poa\""), "none is offered: {page}");
    // Sent all the same, as from a page that is out of date.
    let refused = sends(&server, "/filing/file", "2026-07-06").await;
    assert_eq!(refused.status, 200, "{}", refused.body);
    assert!(
        refused.body.contains("1枚も記録していません"),
        "{}",
        refused.body
    );
    assert!(
        refused.body.contains("同じ申込の他の事業所"),
        "{}",
        refused.body
    );
    assert_eq!(statuses(&server).await, ["to_file", "to_file", "out"]);
}

#[tokio::test]
async fn a_day_that_has_not_come_is_refused_for_each() {
    let server = three_federations(3).await;
    let refused = sends(&server, "/filing/file", "2026-07-07").await;
    assert!(
        refused.body.contains("1枚も記録していません"),
        "{}",
        refused.body
    );
    assert_eq!(statuses(&server).await, ["to_file", "to_file", "to_file"]);
}

#[tokio::test]
async fn a_covering_letter_that_cannot_be_printed_is_a_case_of_the_sheet_until_it_is_filed() {
    let server = three_federations(3).await;
    let office = |name: &str| {
        json!({ "offices": [{ "number": number(13).as_str(), "entries": [{
            "kind": "訪問介護", "name": name, "address": "架空町1丁目" }] }] })
    };
    let named = async |name: &str| {
        server
            .must(&of_corporation("add_offices"), office(name))
            .await;
    };
    let stuck = async || {
        let found = "/api/v1/cases?kind=poa&state=open&status=poa_unprintable";
        let rows = server.finds(found).await["rows"].clone();
        rows.as_array().cloned().unwrap_or_default()
    };
    named("김事業所").await;
    assert!(stuck().await.is_empty());
    for path in ["/filing/print", "/filing/file"] {
        let refused = sends(&server, path, "2026-07-06").await;
        assert_eq!(refused.status, 409, "{path}: {}", refused.body);
        let waiting = stuck().await;
        assert_eq!(waiting.len(), 1, "{path}: one sheet of three: {waiting:?}");
        assert_eq!(waiting[0]["office_number"], number(13).as_str());
    }
    assert_eq!(statuses(&server).await, ["to_file", "to_file", "to_file"]);
    let key = id(&papers(&server).await[1]).replace('-', "");
    let case = server.reads(&format!("/cases/of/poa-{key}")).await.body;
    for said in [
        "「김」（U+AE40、委任状の事業所名）",
        "国保連提出でもう一度印刷",
    ] {
        assert!(case.contains(said), "{said}: {case}");
    }

    // It was a slip.
    named("金事業所").await;
    sends(&server, "/filing/file", "2026-07-06").await;
    assert_eq!(statuses(&server).await, ["filed", "filed", "filed"]);
    assert!(stuck().await.is_empty());
}
