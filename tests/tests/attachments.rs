//! Files on cases: taken by page and program, sealed, opened again, gone with the corporation's texts; and a scan that must
//! stay before the original goes.

use daicho_domain::document::FileDigest;
use daicho_tests::in_process::{Answer, CLERK, Server};
use daicho_tests::office::{self, Office};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const PDF: &[u8] = b"%PDF-1.7\n% \xe6\x9e\xb6\xe7\xa9\xba\xe8\x8a\xb1\xe5\xad\x90 \xe5\xb1\x8a\xe5\x87\xba\xe5\x8d\xb0\n%%EOF\n";
const MAIL: &[u8] =
    b"From: hanako@example.jp\r\nDate: Mon, 6 Jul 2026 09:00:00 +0900\r\nSubject: FYI\r\n\r\n\
    <script>alert('mail')</script>\r\n";

/// One office applied and its 委任状 was posted.
async fn applied() -> Server {
    let office = Office::opens_on("2026-06-24").await;
    office.takes_an_application("summer", &[0]).await;
    office.posts("summer", 0).await;
    let server = Server::of(office).await;
    server.clerk_gives_her_name().await;
    server
}

async fn case(server: &Server, kind: &str) -> Value {
    let found = server
        .finds(&format!("/api/v1/cases?state=all&kind={kind}"))
        .await;
    found["rows"][0].clone()
}

fn address(case: &Value) -> String {
    let no = case["no"].as_str().expect("a case has a number");
    format!("/api/v1/cases/{no}/attachments")
}

/// A program sends a file.
async fn sends(server: &Server, path: &str, content: &[u8]) -> Answer {
    let request = server
        .request(Method::POST, path)
        .header("content-type", "application/octet-stream")
        .header("daicho-staff", CLERK)
        .body(content.to_vec());
    let answer = server.answer(request).await;
    server.office.wakes().await;
    answer
}

/// The clerk's browser sends the form of the page.
async fn drops(server: &Server, no: &str, files: &[(&str, &[u8])], fields: &str) -> Answer {
    let mut body = Vec::new();
    for (name, content) in files {
        body.extend(format!("--x\r\ncontent-disposition: form-data; name=\"files\"; filename=\"{name}\"\r\ncontent-type: text/html\r\n\r\n").into_bytes());
        body.extend(*content);
        body.extend(b"\r\n");
    }
    for (name, value) in fields.split('&').filter_map(|field| field.split_once('=')) {
        body.extend(
            format!("--x\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
                .into_bytes(),
        );
    }
    body.extend(b"--x--\r\n");
    let request = server
        .request(Method::POST, &format!("/cases/{no}/attachments?form=1"))
        .header("content-type", "multipart/form-data; boundary=x")
        .header("origin", server.url(""))
        .header("cookie", format!("daicho_staff={CLERK}"))
        .body(body);
    let answer = server.answer(request).await;
    server.office.wakes().await;
    answer
}

async fn listed(server: &Server, case: &Value) -> Vec<Value> {
    let found = server.finds(&address(case)).await;
    found["rows"].as_array().cloned().unwrap_or_default()
}

fn kept(server: &Server) -> BTreeSet<String> {
    let files = std::fs::read_dir(server.office.data().files()).expect("a folder of files");
    let name = |file: std::io::Result<std::fs::DirEntry>| {
        file.expect("it is there")
            .file_name()
            .to_string_lossy()
            .into_owned()
    };
    files.map(name).collect()
}

#[tokio::test]
async fn a_file_on_any_case_is_sealed_listed_and_opened_again() {
    let server = applied().await;
    for kind in ["poa", "transmission"] {
        let case = case(&server, kind).await;
        let path = format!(
            "{}?name=%E5%A7%94%E4%BB%BB%E7%8A%B6.pdf&arrived_on=2026-06-24",
            address(&case)
        );
        let answer = sends(&server, &path, PDF).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let events = answer.json()["events"].clone();
        assert_eq!(events[0]["type"], "attachment.attached.v1");
        let again = sends(&server, &path, PDF).await;
        assert_eq!(again.json()["events"], json!([]), "once is enough");

        let files = listed(&server, &case).await;
        assert_eq!(files.len(), 1);
        let file = &files[0];
        assert_eq!(file["name"], "委任状.pdf");
        assert_eq!(file["kind"], "pdf");
        assert_eq!(file["bytes"], PDF.len());
        assert_eq!(file["actor"], CLERK);
        assert_eq!(file["arrived_on"], "2026-06-24");
        assert_eq!(file["matter"], if kind == "poa" { "scan" } else { "other" });
        let digest = file["digest"].as_str().expect("a digest");
        let opened = server.request(Method::GET, &format!("{}/{digest}", address(&case)));
        let opened = opened.send().await.expect("the server answers");
        assert_eq!(opened.bytes().await.expect("a body"), PDF);
    }
    // One corporation, one key, one content: it lies there once, and nobody reads it there.
    let names = kept(&server);
    assert_eq!(names.len(), 1);
    let name: FileDigest = names.first().expect("one").parse().expect("a digest");
    let lies = server
        .office
        .data()
        .kept(name)
        .expect("it is read")
        .expect("it is there");
    assert!(!lies.windows(5).any(|part| part == b"%PDF-"));
    let answer = server.reads("/api/v1/events?limit=1000").await;
    assert!(!answer.body.contains("架空花子"));
}

#[tokio::test]
async fn what_came_is_found_in_the_electronic_transactions_and_stays_when_its_case_was_wrong() {
    let server = applied().await;
    let case = case(&server, "poa").await;
    for (what, content) in [("fax", PDF), ("mail", MAIL)] {
        let amount = if what == "fax" { "9900" } else { "" };
        let path = format!(
            "{}?matter={what}&arrived_on=2026-06-24&amount={amount}",
            address(&case)
        );
        assert_eq!(sends(&server, &path, content).await.status, 200);
    }
    let asked = "/api/v1/documents?direction=received&q=7000012050002&from=2026-06-24&verify=yes";
    let found = server.finds(asked).await;
    let rows = found["rows"].as_array().expect("rows");
    let mut kinds: Vec<_> = rows.iter().filter_map(|row| row["kind"].as_str()).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["fax", "mail"]);
    for row in rows {
        assert_eq!(
            (&row["check"], &row["standing"]),
            (&json!("whole"), &json!("received"))
        );
        assert_eq!(row["counterparty"], "社会福祉法人あおぞら会");
        let opened = server.reads(row["href"].as_str().expect("it opens")).await;
        assert_eq!(opened.status, 200);
    }
    let page = server.reads("/documents?direction=received").await.body;
    assert!(
        page.contains("受け取った") && page.contains("FAX"),
        "{page}"
    );

    let fax = server
        .finds(&format!("{asked}&amount_min=9900&amount_max=9900"))
        .await["rows"][0]
        .clone();
    let (_, digest) = fax["href"]
        .as_str()
        .and_then(|href| href.rsplit_once('/'))
        .expect("one");
    let withdraw = format!("{}/{digest}/withdraw", address(&case));
    server
        .must(&withdraw, json!({ "reason": "別の法人のFAX" }))
        .await;
    let found = server
        .finds(&format!("{asked}&kind=fax&standing=withdrawn"))
        .await;
    assert_eq!(found["total"], 1, "it was received all the same");
    let opened = server
        .reads(found["rows"][0]["href"].as_str().expect("it opens"))
        .await;
    assert_eq!(opened.status, 200);
}

#[tokio::test]
async fn no_script_of_a_customer_s_file_runs_in_our_name() {
    let server = applied().await;
    let case = case(&server, "poa").await;
    let no = case["no"].as_str().expect("a number");
    let dropped = drops(
        &server,
        no,
        &[
            ("見て.html", PDF),
            ("mail.eml", MAIL),
            ("seal.png", b"\x89PNG\r\n\x1a\n<script>"),
        ],
        "matter=&arrived_on=2026-06-24",
    )
    .await;
    assert_eq!(dropped.status, 200, "{}", dropped.body);
    assert!(dropped.body.contains("ファイルを添付"), "{}", dropped.body);
    let files = listed(&server, &case).await;
    assert_eq!(files.len(), 3);
    for file in files {
        let digest = file["digest"].as_str().expect("a digest");
        let opened = server
            .reads(&format!("/cases/{no}/attachments/{digest}"))
            .await;
        assert_eq!(opened.status, 200);
        let policy = opened.header("content-security-policy").to_owned();
        assert!(policy.starts_with("default-src 'none'"), "{policy}");
        assert_eq!(opened.header("x-content-type-options"), "nosniff");
        assert_eq!(opened.header("cache-control"), "no-store");
        let shown = (
            opened.header("content-type"),
            opened.header("content-disposition").split(';').next(),
        );
        let expected = match file["kind"].as_str() {
            Some("pdf") => ("application/pdf", Some("inline")),
            Some("png") => ("image/png", Some("inline")),
            _mail => ("application/octet-stream", Some("attachment")),
        };
        assert_eq!(shown, expected);
        let apart = file["kind"] != "pdf";
        assert_eq!(policy.contains("sandbox"), apart, "{policy}");
        assert!(!policy.contains("script-src") || !apart, "{policy}");
    }
}

#[tokio::test]
async fn what_is_no_paper_or_too_long_is_refused_before_anything_is_kept() {
    let server = applied().await;
    let case = case(&server, "poa").await;
    let path = address(&case);
    let code = |answer: Answer| (answer.status, answer.refusal());
    let html = sends(&server, &path, b"<html><script>alert(1)</script>").await;
    assert_eq!(code(html), (409, "attachment.kind_not_taken".into()));
    assert_eq!(
        code(sends(&server, &path, b"").await),
        (409, "attachment.empty".into())
    );
    let mut long = PDF.to_vec();
    long.resize(21 * 1024 * 1024, 0);
    assert_eq!(
        code(sends(&server, &path, &long).await),
        (409, "attachment.too_large".into())
    );
    let late = format!("{path}?arrived_on=2026-06-25");
    assert_eq!(
        code(sends(&server, &late, PDF).await),
        (409, "attachment.day_not_come".into())
    );
    let unknown = sends(&server, "/api/v1/cases/P999999/attachments", PDF).await;
    assert_eq!(unknown.status, 404);
    let nobody = server
        .request(Method::POST, &path)
        .header("content-type", "application/octet-stream")
        .body(PDF);
    assert_eq!(server.answer(nobody).await.refusal(), "http.no_staff");
    // Of several, all are looked at before one is kept.
    let no = case["no"].as_str().expect("a number");
    let mixed = drops(
        &server,
        no,
        &[("a.pdf", PDF), ("b.pdf", b"MZ")],
        "matter=scan",
    )
    .await;
    assert_eq!(mixed.status, 409);
    assert!(
        mixed
            .body
            .contains("添付できる種類のファイルではありません"),
        "{}",
        mixed.body
    );
    let none = drops(&server, no, &[("", b"")], "matter=scan").await;
    assert_eq!(none.status, 422);
    assert!(listed(&server, &case).await.is_empty());
    // What was refused for its day alone lies there sealed, and no event names it.
    assert!(kept(&server).len() <= 1);
}

#[tokio::test]
async fn a_file_of_another_case_is_taken_back_and_the_history_says_so() {
    let server = applied().await;
    let case = case(&server, "transmission").await;
    sends(&server, &format!("{}?name=x.pdf", address(&case)), PDF).await;
    let file = listed(&server, &case).await.remove(0);
    let path = format!(
        "{}/{}/withdraw",
        address(&case),
        file["digest"].as_str().expect("a digest")
    );
    let refused = server.is_refused(&path, json!({ "reason": " " })).await;
    assert_eq!(refused, (409, "attachment.reason_missing".into()));
    server
        .must(&path, json!({ "reason": "別の法人の書類" }))
        .await;
    assert!(listed(&server, &case).await.is_empty());
    let page = server
        .reads(&format!(
            "/cases/{}",
            case["no"].as_str().expect("a number")
        ))
        .await
        .body;
    assert!(
        page.contains("添付ファイルを取り下げ") && page.contains("別の法人の書類"),
        "{page}"
    );
}

#[tokio::test]
async fn an_erasure_destroys_the_files_of_its_corporation() {
    let server = applied().await;
    let case = case(&server, "poa").await;
    sends(&server, &format!("{}?name=hanako.pdf", address(&case)), PDF).await;
    let file = listed(&server, &case).await.remove(0);
    let opened = format!(
        "{}/{}",
        address(&case),
        file["digest"].as_str().expect("a digest")
    );
    assert_eq!(server.reads(&opened).await.status, 200);
    let corporation = office::corporation();
    let erase = format!("/api/v1/corporations/{corporation}/erase_texts");
    server
        .must(
            &erase,
            json!({ "reason": "本人の申し出", "confirmed": "yes" }),
        )
        .await;
    let gone = server.reads(&opened).await;
    assert_eq!(
        (gone.status, gone.refusal()),
        (410, "http.erased_file".into())
    );
    let file = listed(&server, &case).await.remove(0);
    assert_eq!(file["name"], Value::Null);
    // What comes later has a key of its own.
    let again = sends(&server, &format!("{}?name=new.pdf", address(&case)), PDF).await;
    assert_eq!(again.status, 200, "{}", again.body);
    assert_eq!(server.reads(&opened).await.status, 200);
}

#[tokio::test]
async fn a_batch_is_posted_two_of_twenty_come_back_defective_and_the_rest_leaves_copies_here() {
    let office = Office::opens_empty_on("2026-06-24").await;
    let server = Server::of(office).await;
    server.clerk_gives_her_name().await;
    let corporations = twenty_offices(&server).await;
    let posted = json!({ "method": "post", "sent_on": "2026-06-24" });
    for paper in papers(&server, "to_send").await {
        server.must(&act(&paper, "dispatch"), posted.clone()).await;
    }
    server.office.goes_on_closing_days_to("2026-07-06").await;
    let out = papers(&server, "out").await;
    assert_eq!((out.len(), corporations), (20, 20));
    for (nth, paper) in out.iter().enumerate() {
        let arrived = json!({ "arrived_on": "2026-07-06", "channel": "post" });
        server.must(&act(paper, "receive"), arrived).await;
        match nth {
            3 | 17 => {
                let defect = json!({ "defect": "seal_missing" });
                server.must(&act(paper, "find_defective"), defect).await
            }
            _well => server.must(&act(paper, "accept"), json!({})).await,
        };
    }
    let ready = papers(&server, "to_file").await;
    assert_eq!(ready.len(), 18);
    let prefectures: BTreeSet<_> = ready
        .iter()
        .map(|paper| paper["office_number"].as_str().expect("a number")[..2].to_owned())
        .collect();
    assert_eq!(prefectures.len(), 3, "three federations");
    // All but one are scanned.
    let cases = server
        .finds("/api/v1/cases?kind=poa&state=all&limit=1000")
        .await;
    let cases = cases["rows"].as_array().cloned().unwrap_or_default();
    for paper in &ready[1..] {
        let id = paper["id"].as_str().expect("an id").replace('-', "");
        let key = format!("poa-{id}");
        let case = cases.iter().find(|case| case["key"] == key.as_str());
        let path = format!("{}?name=scan.pdf", address(case.expect("a case")));
        let answer = sends(&server, &path, PDF).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
    }
    let page = server.reads("/filing").await.body;
    assert!(page.contains("写しがない 1 枚の理由"), "{page}");
    let ids: Vec<_> = ready.iter().map(|paper| paper["id"].clone()).collect();
    let body = json!({ "poas": ids, "filed_on": "2026-07-06" });
    let refused = server.must("/api/v1/poas/file", body.clone()).await;
    assert_eq!(refused["recorded"], false);
    let codes: Vec<_> = refused["sheets"]
        .as_array()
        .expect("sheets")
        .iter()
        .filter_map(|sheet| sheet["code"].as_str())
        .collect();
    assert_eq!(codes, ["poa.scan_missing"]);
    assert_eq!(papers(&server, "to_file").await.len(), 18, "all or none");
    let mut body = body;
    body["without_scan"] = json!("複合機の点検中");
    let filed = server.must("/api/v1/poas/file", body).await;
    assert_eq!(filed["recorded"], true);
    assert_eq!(filed["covers"].as_array().map(Vec::len), Some(3));
    assert_eq!(papers(&server, "filed").await.len(), 18);
    let without: Vec<_> = server.finds("/api/v1/events?limit=1000").await["events"]
        .as_array()
        .expect("events")
        .iter()
        .filter(|event| event["type"] == "poa.filed.v2")
        .filter_map(|event| event["body"].get("without_scan").cloned())
        .collect();
    assert_eq!(
        without.len(),
        1,
        "the one without a copy says why: {without:?}"
    );
    assert!(
        without[0]["$sealed"].is_object(),
        "what was typed is sealed"
    );
}

/// Twenty corporations of three prefectures with one office each, all on forms of their own.
pub async fn twenty_offices(server: &Server) -> usize {
    for nth in 0..20_u16 {
        let prefecture = [1, 13, 23][usize::from(nth) % 3];
        let prefecture = daicho_domain::Prefecture::from_code(prefecture).expect("there is one");
        let number = daicho_domain::identifiers::OfficeNumber::compose(prefecture, '7', 2, nth + 1);
        let number = number.expect("a number can be composed");
        let corporation = format!("{:032x}", 0x1000 + nth);
        let of = |action: &str| format!("/api/v1/corporations/{corporation}/{action}");
        let name = json!({ "name": format!("社会福祉法人あおぞら{nth}") });
        server.must(&of("register"), name).await;
        let offices = json!({ "offices": [{ "number": number.as_str(), "entries": [
            { "kind": "訪問介護", "name": format!("あおぞら{nth}"), "address": "架空町1丁目" }] }] });
        server.must(&of("add_offices"), offices).await;
        let kj_id = format!("KJ{:02}{number}", prefecture.code());
        let form = json!({ "received_on": "2026-06-24", "channel": "form",
            "offices": [{ "number": number.as_str(), "kj_id": kj_id }] });
        server
            .must(&of("transmissions/care-net-messenger/apply"), form)
            .await;
    }
    20
}

pub async fn papers(server: &Server, status: &str) -> Vec<Value> {
    let found = server
        .finds(&format!("/api/v1/poas?limit=1000&status={status}"))
        .await;
    found["rows"].as_array().cloned().unwrap_or_default()
}

fn act(paper: &Value, action: &str) -> String {
    format!(
        "/api/v1/poas/{}/{action}",
        paper["id"].as_str().expect("an id")
    )
}
