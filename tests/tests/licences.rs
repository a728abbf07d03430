//! A licence of the care-plan exchange from the checklist to the renewal, and a list of those that exist already,
//! through the JSON API of the running application.

use daicho_tests::in_process::Server;
use daicho_tests::office::number;
use serde_json::{Value, json};

const CORPORATION: &str = "00000000000000000000000000000101";

pub async fn office_opens_on(date: &str) -> Server {
    let server = Server::opens_on(date).await;
    let of_corporation = |action: &str| format!("/api/v1/corporations/{CORPORATION}/{action}");
    let name = json!({ "number": "7000012050002", "name": "社会福祉法人あおぞら会" });
    server.must(&of_corporation("register"), name).await;
    let offices: Vec<Value> = (0..3)
        .map(|nth| {
            let name = format!("あおぞら第{}事業所", nth + 1);
            json!({ "number": number(nth).as_str(), "entries": [{ "kind": "居宅介護支援", "name": name }] })
        })
        .collect();
    let offices = json!({ "offices": offices });
    server.must(&of_corporation("add_offices"), offices).await;
    server
}

fn act(action: &str) -> String {
    format!("/api/v1/licences/{}/{action}", number(0))
}

fn checklist() -> Value {
    json!({
        "corporation": CORPORATION, "system": "windows11", "gregorian_calendar": "yes", "browser": "edge",
        "pdf_viewer": "yes", "software": "あおぞらケアソフト", "plan_1_2": "yes", "plan_6_7": "yes", "actuals_6": "yes",
        "kj_id": format!("KJ01{}", number(0)), "password_changed": "yes",
        "certificate_issuer": "e-seikyu CA", "certificate_subject": "KaigoJigyousho",
        "certificate_kind": "care_insurance", "certificate_from": "2025-04-01", "certificate_to": "2028-03-31"
    })
}

fn form(on: &str) -> Value {
    json!({
        "received_on": on, "channel": "form", "contact": "山田花子", "phone": "0312345678",
        "mail": "care@example.jp", "mail_again": "care@example.jp", "terms_version": "2026-01"
    })
}

fn application(on: &str) -> Value {
    let mut application = form(on);
    application["office_name"] = json!("あおぞら第1事業所");
    application["representative"] = json!("青空太郎");
    application
}

async fn licence(server: &Server) -> Value {
    server
        .finds(&format!("/api/v1/licences/{}", number(0)))
        .await
}

#[tokio::test]
async fn a_licence_is_checked_applied_for_paid_and_renewed_without_a_gap() {
    let server = office_opens_on("2026-04-15").await;
    let mut lacking = checklist();
    lacking["password_changed"] = json!("no");
    server.must(&act("check"), lacking).await;
    let refused = server
        .is_refused(&act("apply"), application("2026-04-15"))
        .await;
    assert_eq!(refused, (409, "licence.not_ready".to_owned()));
    let mut agent = checklist();
    agent["kj_id"] = json!("HD010000000001");
    let refused = server.is_refused(&act("check"), agent).await;
    assert_eq!(refused, (422, "kj_id_agent".to_owned()));
    server.must(&act("check"), checklist()).await;
    server.must(&act("apply"), application("2026-04-15")).await;
    server
        .must(&act("grant"), json!({ "on": "2026-04-15" }))
        .await;
    let held = licence(&server).await;
    assert_eq!(held["last_day"], "2027-04-14");
    assert_eq!(held["fee_month"], "2026-05");
    assert_eq!(held["fee_month_latest"], "2026-06");
    assert_eq!(held["status"], "valid");
    assert_eq!(held["fee"], "expected");
    let cancelled = server.is_refused(&act("cancel"), json!({})).await;
    assert_eq!(cancelled, (409, "licence.not_cancellable".to_owned()));

    server.office.goes_on_closing_days_to("2026-05-25").await;
    let paid = json!({ "csv": format!("事業所番号,開始日,支払月\n{},2026-04-15,2026-05\n{},2026-04-15,2026-05\n", number(0), number(1)) });
    let report = server.must("/api/v1/licences/confirm_fees", paid).await;
    assert_eq!(
        (&report["taken"], &report["refused"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(report["lines"][1]["code"], "licence.unknown");
    assert_eq!(licence(&server).await["paid_in"], "2026-05");

    server.office.goes_on_closing_days_to("2027-02-12").await;
    let early = server
        .is_refused(&act("file_renewal"), form("2027-02-12"))
        .await;
    assert_eq!(early, (409, "licence.not_renewable".to_owned()));
    server.office.goes_on_closing_days_to("2027-02-13").await;
    assert_eq!(licence(&server).await["status"], "renewable");
    let open = server.finds("/api/v1/cases?kind=licence&state=open").await;
    assert_eq!(open["rows"][0]["what"], "licence_renewal");
    assert_eq!(open["rows"][0]["due"], "2027-04-14");
    server.must(&act("file_renewal"), form("2027-02-13")).await;
    server
        .must(&act("renew"), json!({ "on": "2027-02-13" }))
        .await;
    assert_eq!(licence(&server).await["status"], "filed");
    server.office.goes_on_closing_days_to("2027-04-15").await;
    let next = licence(&server).await;
    assert_eq!(next["first_day"], "2027-04-15");
    assert_eq!(next["last_day"], "2028-04-14");
    assert_eq!(next["years"], 2);
    let years = next["contracts"].as_array().expect("every year");
    let told: Vec<_> = years
        .iter()
        .map(|year| [&year["first_day"], &year["origin"], &year["fee"]])
        .collect();
    let expected = [
        [json!("2026-04-15"), json!("application"), json!("paid")],
        [json!("2027-04-15"), json!("renewal"), json!("expected")],
    ];
    assert_eq!(json!(told), json!(expected));

    let page = server.reads("/licences").await.body;
    assert!(page.contains("あと365日"), "{page}");
    assert!(page.contains("社会福祉法人あおぞら会"));
    let begin = server
        .reads(&format!("/licences?number={}", number(1)))
        .await;
    assert!(begin.body.contains("あおぞら第2事業所"), "{}", begin.body);
}

#[tokio::test]
async fn a_list_of_licences_is_taken_line_by_line_and_an_expired_one_is_over() {
    let server = office_opens_on("2026-04-10").await;
    let csv = format!(
        "事業所番号,開始日,満了日,支払方法,支払月\n{0},2025-04-15,2026-04-14,差引,2025-05\n{1},2025/05/01,2026/05/01,,\n{2},いつか,,,\n9999999999,2025-05-01,,,\n{0},2025-04-15,,,\n",
        number(0),
        number(1),
        number(2)
    );
    let list = json!({ "file": "licences.csv", "csv": csv });
    let mut dry = list.clone();
    dry["dry_run"] = json!("yes");
    let looked = server.must("/api/v1/licences/take_over", dry).await;
    assert_eq!(looked["refused"], 3);
    assert_eq!(
        server.finds("/api/v1/licences").await["total"],
        0,
        "a dry run records nothing"
    );
    let report = server.must("/api/v1/licences/take_over", list).await;
    let outcomes: Vec<_> = report["lines"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|line| (line["outcome"].clone(), line["code"].clone()))
        .collect();
    assert_eq!(outcomes[0].0, "taken");
    assert_eq!(outcomes[1].1, "licence.last_day_differs");
    assert_eq!(outcomes[2].1, "http.unreadable");
    assert_eq!(outcomes[3].1, "office_number_prefecture");
    assert_eq!(outcomes[4].0, "known");

    server.office.goes_on_closing_days_to("2026-04-15").await;
    assert_eq!(licence(&server).await["status"], "expired");
    let page = server.reads("/licences?status=expired").await.body;
    assert!(page.contains("期限切れ"), "{page}");

    // What somebody has to do something about stands before what is over, however long it holds.
    let running = format!(
        "事業所番号,開始日,満了日,支払方法,支払月\n{},2025-05-01,,差引,2025-06\n",
        number(1)
    );
    let list = json!({ "file": "licences.csv", "csv": running });
    server.must("/api/v1/licences/take_over", list).await;
    server.office.wakes().await;
    let listed = server.finds("/api/v1/licences").await;
    let statuses: Vec<_> = listed["rows"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|row| row["status"].clone())
        .collect();
    assert_eq!(statuses, ["renewable", "expired"]);
}

#[tokio::test]
async fn a_licence_goes_with_its_office_to_another_corporation() {
    const OTHER: &str = "00000000000000000000000000000102";
    let server = office_opens_on("2026-04-15").await;
    server.must(&act("check"), checklist()).await;
    server.must(&act("apply"), application("2026-04-15")).await;
    let corporation = format!("/api/v1/corporations/{CORPORATION}");
    let offices = server.finds(&corporation).await["offices"].clone();
    let first = offices
        .as_array()
        .into_iter()
        .flatten()
        .find(|office| office["number"] == number(0).as_str())
        .expect("the office is there")["id"]
        .clone();
    let gone = json!({ "office": first, "reason": "事業の移管" });
    server
        .must(&format!("{corporation}/remove_office"), gone)
        .await;
    server.office.wakes().await;
    assert_eq!(licence(&server).await["status"], "runs_out");
    let other = |action: &str| format!("/api/v1/corporations/{OTHER}/{action}");
    let name = json!({ "number": "6000012050003", "name": "医療法人みどり会" });
    server.must(&other("register"), name).await;
    let entry = json!([{ "kind": "居宅介護支援", "name": "みどり第1事業所" }]);
    let offices = json!({ "offices": [{ "number": number(0).as_str(), "entries": entry }] });
    server.must(&other("add_offices"), offices).await;
    server.office.wakes().await;
    let held = licence(&server).await;
    assert_eq!(held["status"], "applied");
    assert_eq!(held["corporation_name"], "医療法人みどり会");
    let cases = server.finds("/api/v1/cases?kind=licence&q=みどり会").await;
    assert_eq!(cases["total"], 1);
    let page = server
        .reads(&format!("/cases/of/licence-{}", number(0)))
        .await;
    assert!(page.body.contains("03＊"), "the contact is shown masked");
}

#[tokio::test]
async fn what_a_list_says_is_taken_under_its_own_key_and_an_invoice_has_no_month_of_deduction() {
    let server = office_opens_on("2026-05-10").await;
    let post = |path: &str, csv: String| {
        server
            .post(path, &json!({ "csv": csv }))
            .header("idempotency-key", "the-same")
    };
    let listed = format!(
        "事業所番号,開始日,支払方法,支払月\n\n{0},2026/4/15,請求書,\n{0},2025-04-15,,2025/5\n",
        number(0)
    );
    let taken = server
        .answer(post("/api/v1/licences/take_over", listed))
        .await
        .json();
    assert_eq!(taken["taken"], 2, "{taken}");
    assert_eq!(taken["lines"][0]["line"], 3, "a blank line is counted");
    assert_eq!(licence(&server).await["years"], 2);
    let fees = format!(
        "事業所番号,開始日,支払月\n\n{},2026-04-15,2026-05\n",
        number(0)
    );
    let paid = server
        .answer(post("/api/v1/licences/confirm_fees", fees))
        .await
        .json();
    assert_eq!(paid["taken"], 1, "{paid}");
    let page = server
        .reads(&format!("/cases/of/licence-{}", number(0)))
        .await;
    assert!(page.body.contains("請求書払い"));
    let reversed = json!({ "first_day": "2026-04-15", "reason": "別の事業所の入金" });
    server.must(&act("reverse_fee"), reversed).await;
    assert_eq!(licence(&server).await["fee"], "expected");
    let list = server.reads("/licences").await.body;
    assert!(!list.contains("2026年5月（遅い場合"), "{list}");
}
