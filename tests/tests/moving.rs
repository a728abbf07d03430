//! An office that kept its books in spreadsheets moves in: the sheets are checked, asked for by one person with the totals
//! of the books, approved by another, and go on as if they had begun here.

use daicho_domain::identifiers::KjId;
use daicho_tests::in_process::{Answer, CLERK, Server};
use daicho_tests::office::number;
use reqwest::Method;
use serde_json::{Value, json};

pub const CORPORATION: &str = "00000000000000000000000000000101";
pub const SECOND: &str = "00000000000000000000000000000010";

/// A fresh installation on the morning of a day, its corporation with three offices taken from the published files.
pub async fn office_opens_on(date: &str) -> Server {
    let server = Server::opens_on(date).await;
    server
        .must(
            &format!("/api/v1/staff/{SECOND}/name"),
            json!({ "name": "鈴木" }),
        )
        .await;
    let of_corporation = |action: &str| format!("/api/v1/corporations/{CORPORATION}/{action}");
    let name = json!({ "number": "7000012050002", "name": "社会福祉法人あおぞら会" });
    server.must(&of_corporation("register"), name).await;
    let offices: Vec<Value> = (0..3)
        .map(|nth| {
            let name = format!("あおぞら第{}事業所", nth + 1);
            json!({ "number": number(nth).as_str(), "entries": [{ "kind": "訪問介護", "name": name }] })
        })
        .collect();
    let offices = json!({ "offices": offices });
    server.must(&of_corporation("add_offices"), offices).await;
    server
}

pub fn sheet(name: &str, lines: &[&str]) -> Value {
    json!({ "name": name, "csv": lines.join("\r\n") + "\r\n" })
}

pub fn enrolments() -> Value {
    let offices = [number(0), number(1), number(2)].map(|number| number.to_string());
    let line = format!(
        "7000012050002,2026-04-10,2026-05-20,{},2026-04",
        offices.join(" ")
    );
    sheet(
        "登録.csv",
        &["法人番号,仮登録日,本登録日,事業所番号,規約の版", &line],
    )
}

const HEADER: &str = "事業所番号,申込番号,サービス,受付日,KJ ID,開始月,委任状の返送期日,委任状の状態,委任状の発送日,委任状の到着日,委任状の提出日,委任状の確認日,ID発行日";

/// The first office transmits, the paper of the second is out, that of the third is filed.
pub fn transmissions() -> Value {
    let kj = |nth: usize| KjId::compose(number(nth)).to_string();
    let lines = [
        format!(
            "{},T-1,ほのぼのmini2,2026/5/20,{},2026-08,,確認済み,,,,,2026-07-31",
            number(0),
            kj(0)
        ),
        format!(
            "{},T-2,ほのぼのmini2,2026/9/10,{},2026-11,2026/10/15,返送待ち,2026/9/11,,,,",
            number(1),
            kj(1)
        ),
        format!(
            "{},T-3,ほのぼのmini2,2026/9/10,{},2026-11,,提出済み,2026/9/11,2026/9/18,2026/9/25,,",
            number(2),
            kj(2)
        ),
    ];
    let lines: Vec<_> = [HEADER]
        .into_iter()
        .chain(lines.iter().map(String::as_str))
        .collect();
    sheet("伝送.csv", &lines)
}

pub fn run(files: Vec<Value>, totals: Value) -> Value {
    json!({ "files": files, "switched_on": "2026-10-01", "charged_from": "2026-10", "totals": totals })
}

fn totals() -> Value {
    json!({ "registrations": 1, "transmissions": 3, "open_poas": 2, "ids": 1 })
}

pub async fn asks_as(server: &Server, staff: &str, path: &str, body: &Value) -> Answer {
    let request = server
        .request(Method::POST, path)
        .header("content-type", "application/json")
        .header("daicho-staff", staff)
        .body(body.to_string());
    let answer = server.answer(request).await;
    server.office.wakes().await;
    answer
}

async fn events(server: &Server) -> u64 {
    let feed = server.finds("/api/v1/events?limit=1000").await;
    feed["events"]
        .as_array()
        .map_or(0, |events| events.len() as u64)
}

pub async fn statuses(server: &Server, kind: &str) -> Vec<String> {
    let found = server
        .finds(&format!("/api/v1/cases?state=all&kind={kind}"))
        .await;
    let rows = found["rows"].as_array().cloned().unwrap_or_default();
    let mut statuses: Vec<_> = rows
        .iter()
        .map(|row| row["status"].as_str().unwrap_or_default().to_owned())
        .collect();
    statuses.sort();
    statuses
}

#[tokio::test]
async fn an_office_moves_in_and_its_cases_go_on_as_if_they_had_begun_here() {
    let server = office_opens_on("2026-10-01").await;
    let files = || vec![enrolments(), transmissions()];
    let before = events(&server).await;

    // Looked at by anybody: every line with its word, nothing recorded.
    let checked = server
        .must("/api/v1/moving/check", run(files(), Value::Null))
        .await;
    assert_eq!(checked["counts"]["refused"], json!(0), "{checked:#}");
    assert_eq!(checked["counted"], totals());
    let promised = &checked["files"][1]["lines"][1]["remarks"][0];
    assert_eq!(
        (&promised["code"], &promised["field"], &promised["value"]),
        (
            &json!("differs_from_rules"),
            &json!("委任状の返送期日"),
            &json!("2026-10-15")
        )
    );
    assert_eq!(events(&server).await, before);

    // Asked for with the totals of the books kept before.
    let wrong = json!({ "registrations": 1, "transmissions": 4, "open_poas": 2, "ids": 1 });
    let refused = server.asks("/api/v1/moving/ask", run(files(), wrong)).await;
    assert_eq!(refused.refusal(), "installation.moving_totals");
    assert!(
        refused.body.contains("伝送の事業所（件）: 入力 4／表 3"),
        "{}",
        refused.body
    );
    let asked = server
        .must("/api/v1/moving/ask", run(files(), totals()))
        .await;
    assert_eq!(asked["stage"], json!("asked"));
    assert!(statuses(&server, "transmission").await.is_empty());

    // Approved by another person, with the same files.
    let approve = "/api/v1/moving/approve";
    let (_, code) = server.is_refused(approve, run(files(), Value::Null)).await;
    assert_eq!(code, "installation.moving_same_person");
    let other = asks_as(
        &server,
        SECOND,
        approve,
        &run(vec![enrolments()], Value::Null),
    )
    .await;
    assert_eq!(other.refusal(), "installation.moving_not_asked");
    let done = asks_as(&server, SECOND, approve, &run(files(), Value::Null)).await;
    assert_eq!(done.status, 200, "{}", done.body);
    assert_eq!(done.json()["stage"], json!("carried_over"));

    // A second time it gives nothing new.
    let after = events(&server).await;
    let again = asks_as(&server, SECOND, approve, &run(files(), Value::Null)).await;
    assert_eq!(again.json()["recorded"], json!(0), "{}", again.body);
    assert_eq!(events(&server).await, after);

    assert_eq!(statuses(&server, "enrolment").await, ["billing"]);
    assert_eq!(
        statuses(&server, "transmission").await,
        ["federation", "papers", "transmitting"]
    );
    assert_eq!(statuses(&server, "poa").await, ["poa_filed", "poa_out"]);
    // Nothing went out for what was sent before.
    let feed = server.finds("/api/v1/events?limit=1000").await;
    let kinds: Vec<_> = feed["events"]
        .as_array()
        .expect("events")
        .iter()
        .filter_map(|event| event["type"].as_str())
        .collect();
    for quiet in [
        "poa.requested.v1",
        "credential.issued.v1",
        "billing.charged.v1",
        "billing.noticed.v1",
    ] {
        assert!(!kinds.contains(&quiet), "{quiet}");
    }
    // No mandate came with it: one is asked for, so that it is not missing at the first debit.
    assert_eq!(statuses(&server, "mandate").await, ["mandate_to_send"]);

    // From here on it is like any other: a paper that is not back postpones, October is charged on 1 November.
    server.office.goes_on_closing_days_to("2026-10-17").await;
    assert_eq!(
        statuses(&server, "transmission").await,
        ["federation", "postponed", "transmitting"]
    );
    server.office.goes_on_closing_days_to("2026-11-01").await;
    let charges = server.finds("/api/v1/ledger?kind=charge").await;
    let months: Vec<_> = charges["rows"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| row["month"].clone())
        .collect();
    assert_eq!(months, [json!("2026-10")]);
    assert!(
        server
            .office
            .checks_its_views()
            .await
            .differing()
            .is_empty()
    );
}

#[tokio::test]
async fn every_line_says_what_is_wrong_and_a_bad_one_hinders_no_other() {
    let server = office_opens_on("2026-10-01").await;
    let kj = |nth: usize| KjId::compose(number(nth)).to_string();
    let lines = [
        format!(
            "{},T-1,ほのぼのmini2,2026-09-10,{},2026-11,,,2026-09-11,,,,",
            number(0),
            kj(0)
        ),
        format!(
            "{},T-2,ほのぼのmini2,2026-09-10,{},2026-09,,,2026-09-11,,,,",
            number(1),
            kj(1)
        ),
        format!("{},T-3,電話,2026-09-10,{},2026-11,,,,,,,", number(2), kj(2)),
        format!(
            "{},T-4,ほのぼのmini2,8月20日,{},2026-11,,,,,,,",
            number(2),
            kj(2)
        ),
        format!(
            "{},T-5,ほのぼのmini2,2026-09-10,HD010170210231,2026-11,,,,,,,",
            number(2)
        ),
        "170210231,T-6,ほのぼのmini2,2026-09-10,,2026-11,,,,,,,".to_owned(),
        "1113302015,T-7,ほのぼのmini2,2026-09-10,,2026-11,,,,,,,".to_owned(),
    ];
    let lines: Vec<_> = [HEADER]
        .into_iter()
        .chain(lines.iter().map(String::as_str))
        .collect();
    let files = vec![enrolments(), sheet("伝送.csv", &lines)];
    let checked = server
        .must("/api/v1/moving/check", run(files, Value::Null))
        .await;
    let said: Vec<_> = checked["files"][1]["lines"]
        .as_array()
        .expect("lines")
        .iter()
        .map(|line| {
            let remark = &line["remarks"][0];
            (
                line["outcome"].as_str().unwrap_or_default(),
                remark["code"].as_str().unwrap_or_default(),
                remark["field"].as_str().unwrap_or_default(),
            )
        })
        .collect();
    assert_eq!(
        said,
        [
            ("taken", "", ""),
            ("refused", "before_switching_day", "開始月"),
            ("refused", "cell_unread", "サービス"),
            ("refused", "cell_unread", "受付日"),
            ("refused", "kj_id_agent", "KJ ID"),
            ("refused", "office_number_lost_zero", "事業所番号"),
            ("refused", "corporation_unknown", "事業所番号"),
        ]
    );
    assert_eq!(
        checked["counted"],
        json!({ "registrations": 1, "transmissions": 1, "open_poas": 1 })
    );
}

#[tokio::test]
async fn a_run_that_was_declined_is_asked_for_again() {
    let server = office_opens_on("2026-10-01").await;
    let body = || run(vec![enrolments()], json!({ "registrations": 1 }));
    let asked = server.must("/api/v1/moving/ask", body()).await;
    let decline = json!({ "run": asked["run"] });
    server.must("/api/v1/moving/decline", decline).await;
    let approve = "/api/v1/moving/approve";
    let refused = asks_as(&server, SECOND, approve, &body()).await;
    assert_eq!(refused.refusal(), "installation.moving_not_asked");
    server.must("/api/v1/moving/ask", body()).await;
    let done = asks_as(&server, SECOND, approve, &body()).await;
    assert_eq!(done.status, 200, "{}", done.body);
    assert_ne!(CLERK, SECOND);
}

#[tokio::test]
async fn the_page_takes_the_files_asks_and_lets_another_person_approve() {
    let server = office_opens_on("2026-10-01").await;
    let csv = |sheet: &Value| sheet["csv"].as_str().expect("a text").to_owned();
    let sends = async |staff: &str, act: &str, totals: &[(&str, &str)]| {
        const BOUNDARY: &str = "zzz";
        let mut parts = vec![
            ("switched_on".to_owned(), "2026-10-01".to_owned()),
            ("charged_from".to_owned(), "2026-10".to_owned()),
            ("act".to_owned(), act.to_owned()),
        ];
        for (name, count) in totals {
            parts.push((format!("total-{name}"), (*count).to_owned()));
        }
        let mut body = String::new();
        for (name, value) in parts {
            body += &format!(
                "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            );
        }
        body += &format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"files\"; filename=\"登録.csv\"\r\nContent-Type: text/csv\r\n\r\n{}\r\n--{BOUNDARY}--\r\n",
            csv(&enrolments())
        );
        let request = server
            .request(Method::POST, "/moving/report")
            .header(
                "content-type",
                format!("multipart/form-data; boundary={BOUNDARY}"),
            )
            .header("cookie", format!("daicho_staff={staff}"))
            .header("origin", server.url(""))
            .header("sec-fetch-site", "same-origin")
            .body(body);
        let answer = server.answer(request).await;
        server.office.wakes().await;
        answer
    };
    let differs = sends(CLERK, "ask", &[("registrations", "2")]).await;
    assert!(differs.body.contains("不一致"), "{}", differs.body);
    assert!(differs.body.contains("入力 2／表 1"), "{}", differs.body);
    let asked = sends(CLERK, "ask", &[("registrations", "1")]).await;
    assert!(asked.body.contains("承認待ち"), "{}", asked.body);
    let same = sends(CLERK, "approve", &[]).await;
    assert!(
        same.body.contains("申請者は承認できません"),
        "{}",
        same.body
    );
    assert!(statuses(&server, "enrolment").await.is_empty());
    let done = sends(SECOND, "approve", &[]).await;
    assert!(done.body.contains("移行しました"), "{}", done.body);
    assert_eq!(statuses(&server, "enrolment").await, ["billing"]);
}
