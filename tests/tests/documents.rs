//! 電子取引・書類: everything that was printed and posted is found by date, amount and counterparty, opened as it was sent, and
//! a file that is gone or changed is named; envelopes are followed by their 追跡番号.

use daicho_domain::Service;
use daicho_tests::in_process::Server;
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt as _;

/// 追跡番号 that fit, and one that does not.
const REGISTERED: &str = "131-12-38385-2";
const LETTER_PACK: &str = "4055-4842-4886";
const MISREAD: &str = "131-12-38385-3";

async fn letters(server: &Server, status: &str) -> Vec<Value> {
    let found = server
        .finds(&format!("/api/v1/letters?limit=1000&status={status}"))
        .await;
    let mut rows = found["rows"].as_array().cloned().unwrap_or_default();
    rows.sort_by_key(|row| row["letter"].to_string());
    rows
}

fn id(row: &Value) -> &str {
    row["id"].as_str().expect("it has an id")
}

/// Its id as pages write it.
fn short(row: &Value) -> String {
    id(row).replace('-', "")
}

async fn found(server: &Server, asked: &str) -> Vec<Value> {
    let found = server.finds(&format!("/api/v1/documents?{asked}")).await;
    found["rows"].as_array().cloned().expect("rows")
}

fn names(rows: &[Value]) -> Vec<&str> {
    rows.iter()
        .filter_map(|row| row["letter"].as_str())
        .collect()
}

/// A new customer of mini2 whose three letters of the first day were printed on 2026-04-10.
async fn printed() -> Server {
    let server = Server::registered_since("2026-04-10", Service::HonobonoMini2).await;
    let here = letters(&server, "to_send").await;
    let fields: Vec<_> = here.iter().map(|row| ("letter", id(row))).collect();
    server.fills_in("/dispatch/print", &fields).await;
    server
}

#[tokio::test]
async fn what_was_sent_is_found_by_date_amount_and_counterparty_in_any_combination() {
    let server = printed().await;
    let all = found(&server, "").await;
    assert_eq!(all.len(), 4, "three letters and the file of all of them");
    server.office.goes_on_closing_days_to("2026-04-13").await;
    for row in letters(&server, "to_send").await {
        let sent = json!({ "method": "post", "sent_on": "2026-04-13" });
        let path = format!("/api/v1/letters/{}/send", id(&row));
        server.must(&path, sent).await;
    }

    let quoted = ["registered", "trial-started"];
    let mut by_amount = found(&server, "amount_min=9900&amount_max=9900").await;
    by_amount.sort_by_key(|row| row["letter"].to_string());
    assert_eq!(names(&by_amount), quoted);
    assert!(found(&server, "amount_min=9901").await.is_empty());
    assert_eq!(
        found(&server, "from=2026-04-13&to=2026-04-13").await.len(),
        3
    );
    assert_eq!(names(&found(&server, "to=2026-04-12").await), [""]);
    let with = found(&server, "q=%E3%81%82%E3%81%8A%E3%81%9E%E3%82%89").await;
    assert_eq!(with.len(), 3);
    assert_eq!(with[0]["counterparty"], "社会福祉法人あおぞら会");
    assert_eq!(found(&server, "q=7000012050002").await.len(), 3);
    let all_three =
        "q=7000012050002&from=2026-04-13&amount_min=1&amount_max=10000&kind=letter&standing=sent";
    assert_eq!(found(&server, all_three).await.len(), 2);
    assert!(
        found(&server, "q=7000012050002&to=2026-04-12")
            .await
            .is_empty()
    );

    let page = server
        .reads("/documents?from=2026-04-13&amount_min=9900")
        .await;
    for said in [
        "本登録／変更完了のご案内",
        "利用開始のご案内",
        "9,900",
        "一致",
        "2026/04/13（月）",
    ] {
        assert!(page.body.contains(said), "{said}: {}", page.body);
    }
    let table = server.reads("/documents.csv?kind=letter").await.body;
    assert_eq!(table.lines().count(), 4, "{table}");
    assert!(table.contains(r#","9900","送付済み","#), "{table}");
}

#[tokio::test]
async fn a_file_that_is_gone_or_changed_is_named_and_not_shown() {
    let server = printed().await;
    let rows = found(&server, "kind=letter&verify=yes").await;
    assert!(rows.iter().all(|row| row["check"] == "whole"), "{rows:?}");
    let file = |nth: usize| rows[nth]["file"].as_str().expect("a digest").to_owned();
    let path = |nth: usize| server.office.data().files().join(file(nth));
    let opened = server.reads(&format!("/files/{}", file(0))).await;
    assert_eq!(opened.status, 200);
    assert_eq!(opened.header("content-type"), "application/pdf");

    std::fs::set_permissions(path(0), std::fs::Permissions::from_mode(0o600)).expect("it is ours");
    std::fs::write(path(0), b"%PDF-1.7 something else").expect("it is written");
    std::fs::remove_file(path(1)).expect("it is removed");
    for (nth, code) in [(0, "http.file_altered"), (1, "http.file_missing")] {
        let opened = server.reads(&format!("/files/{}", file(nth))).await;
        assert_eq!(opened.status, 409, "{}", opened.body);
        assert!(opened.body.contains(code), "{}", opened.body);
        assert!(
            opened.body.contains("社会福祉法人あおぞら会"),
            "{}",
            opened.body
        );
    }
    let checks: Vec<Value> = found(&server, "kind=letter&verify=yes")
        .await
        .iter()
        .map(|row| row["check"].clone())
        .collect();
    assert_eq!(checks, ["altered", "missing", "whole"]);
    let page = server.reads("/documents?kind=letter").await.body;
    for said in [
        "内容が変わっている",
        "ファイルなし",
        file(0).as_str(),
        file(1).as_str(),
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    let nobody = server.reads(&format!("/files/{}", "0".repeat(64))).await;
    assert_eq!(nobody.status, 404);
}

#[tokio::test]
async fn envelopes_are_followed_by_the_numbers_they_were_posted_with() {
    let server = printed().await;
    let here = letters(&server, "to_send").await;
    let [first, second, third] = [0, 1, 2].map(|nth: usize| short(&here[nth]));
    let numbers = [
        (format!("tracking:{first}"), REGISTERED),
        (format!("tracking:{second}"), MISREAD),
        (format!("tracking:{third}"), ""),
    ];
    let mut fields = vec![
        ("on", "2026-04-10"),
        ("method", "post"),
        ("form", "posting"),
    ];
    fields.extend(here.iter().map(|row| ("letter", id(row))));
    fields.extend(
        numbers
            .iter()
            .map(|(name, number)| (name.as_str(), *number)),
    );
    let sent = server.fills_in("/dispatch/send", &fields).await.body;
    assert!(sent.contains("3 通中 2 通を記録しました"), "{sent}");
    assert!(
        sent.contains("追跡番号「131-12-38385-3」は検査数字が合いません"),
        "{sent}"
    );
    assert_eq!(letters(&server, "to_send").await.len(), 1);
    let rows = found(&server, "q=131-12-38385-2").await;
    assert_eq!(rows.len(), 1, "{rows:?}");
    assert_eq!(rows[0]["tracking"], "13112383852");
    let list = server.reads("/letters?status=sent").await.body;
    assert!(list.contains(REGISTERED), "{list}");

    // The number of the third is told later; the same again changes nothing.
    let send = format!("/api/v1/letters/{third}/send");
    let told = json!({ "method": "post", "sent_on": "2026-04-10", "tracking": LETTER_PACK });
    let done = server.must(&send, told.clone()).await;
    assert_eq!(done["events"][0]["type"], "dispatch.sent.v1");
    let done = server.must(&send, told).await;
    assert_eq!(done["events"], json!([]));
    assert_eq!(found(&server, "q=405548424886").await.len(), 1);
    let wrong = json!({ "method": "post", "sent_on": "2026-04-10", "tracking": "12345" });
    let refused = server.is_refused(&send, wrong).await;
    assert_eq!(refused, (422, "tracking_number_length".to_owned()));
}

#[tokio::test]
async fn a_paper_s_number_stands_in_its_list_and_its_case() {
    let server = Server::registered_since("2026-04-01", Service::HonobonoMini2).await;
    server.office.goes_on_closing_days_to("2026-06-24").await;
    server.office.takes_an_application("one", &[0, 1]).await;
    server.office.wakes().await;
    let papers = server.finds("/api/v1/poas?limit=10").await;
    let papers = papers["rows"].as_array().expect("two papers");
    let ids: Vec<&str> = papers.iter().map(id).collect();
    let list = server.reads("/dispatch").await.body;
    let envelope = list
        .split("name=\"tracking:")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("a field for the number");
    assert_eq!(envelope.split(',').count(), 2, "one envelope: {envelope}");
    let field = format!("tracking:{envelope}");
    let fields = [
        ("poa", ids[0]),
        ("poa", ids[1]),
        ("on", "2026-06-24"),
        ("method", "express"),
        (field.as_str(), REGISTERED),
    ];
    let sent = server.fills_in("/dispatch/send", &fields).await.body;
    assert!(sent.contains("2 通中 2 通を記録しました"), "{sent}");
    for paper in server.finds("/api/v1/poas?limit=10").await["rows"]
        .as_array()
        .expect("two papers")
    {
        assert_eq!(paper["tracking"], "13112383852");
    }
    let tracker = server.reads("/poa_tracker").await.body;
    assert!(tracker.contains(REGISTERED), "{tracker}");
    let case = server
        .reads(&format!("/cases/of/poa-{}", short(&papers[0])))
        .await;
    assert!(case.body.contains(REGISTERED), "{}", case.body);
}
