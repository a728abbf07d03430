//! What waits, for whom, until when and why, where the answer stands in the streams of two things: an application and its
//! 委任状.

use crate::http_scenarios::{
    act, closes_the_post, comes_back_in_order, papers, three_offices_applied,
};
use daicho_tests::in_process::Server;
use daicho_tests::office::number;
use serde_json::{Value, json};

/// For whom and for what the case of the office's application waits, or of its sheet, and until when.
async fn waits(server: &Server, kind: &str, nth: usize) -> [String; 3] {
    let case = case(server, kind, nth).await;
    ["party", "what", "due"].map(|name| case[name].as_str().unwrap_or_default().to_owned())
}

async fn case(server: &Server, kind: &str, nth: usize) -> Value {
    let found = server.finds("/api/v1/cases?state=all&limit=1000").await;
    let rows = found["rows"].as_array().expect("rows").clone();
    let of = |row: &Value| row["kind"] == kind && row["office_number"] == number(nth).as_str();
    rows.into_iter().find(of).expect("a case of the office")
}

/// 案件詳細 of a case.
async fn page(server: &Server, kind: &str, nth: usize) -> String {
    let case = case(server, kind, nth).await;
    let no = case["no"].as_str().expect("a number");
    server.reads(&format!("/cases/{no}")).await.body
}

async fn arrives(server: &Server, nth: usize, on: &str) {
    let paper = &papers(server).await[nth];
    let arrived = json!({ "arrived_on": on, "channel": "post" });
    server.must(&act(paper, "receive"), arrived).await;
}

async fn proves_defective(server: &Server, nth: usize) {
    let paper = &papers(server).await[nth];
    let defective = json!({ "defect": "seal_missing" });
    server.must(&act(paper, "find_defective"), defective).await;
}

const DUE: &str = "2026-07-10";

#[tokio::test]
async fn an_application_waits_for_whoever_has_its_paper() {
    let server = three_offices_applied().await;
    let customer = ["customer", "papers", DUE];
    assert_eq!(waits(&server, "transmission", 0).await, customer);

    server.office.goes_on_closing_days_to("2026-07-03").await;
    arrives(&server, 0, "2026-07-03").await;
    let checks = ["us", "poa_check", "2026-07-17"];
    assert_eq!(
        waits(&server, "transmission", 0).await,
        checks,
        "it is here: we check it"
    );
    assert_eq!(waits(&server, "poa", 0).await, checks);
    assert_eq!(waits(&server, "transmission", 1).await, customer);
    let shown = page(&server, "transmission", 0).await;
    assert!(shown.contains("受領した委任状の確認待ち。"), "{shown}");
    assert!(
        !shown.contains("確認済みです"),
        "it is not checked: {shown}"
    );

    proves_defective(&server, 0).await;
    let sends = ["us", "poa_resend", DUE];
    assert_eq!(
        waits(&server, "transmission", 0).await,
        sends,
        "we send it again"
    );
    let again = json!({ "method": "express", "sent_on": "2026-07-03" });
    server
        .must(&act(&papers(&server).await[0], "dispatch"), again)
        .await;
    assert_eq!(
        waits(&server, "transmission", 0).await,
        customer,
        "the customer has it again"
    );

    server.office.goes_on_closing_days_to("2026-07-06").await;
    let back = json!({ "returned_on": "2026-07-06" });
    server
        .must(
            &act(&papers(&server).await[0], "record_undeliverable"),
            back,
        )
        .await;
    let looks = ["us", "poa_address", DUE];
    assert_eq!(waits(&server, "transmission", 0).await, looks);
}

#[tokio::test]
async fn a_paper_that_is_to_be_sent_is_waited_for_by_us() {
    let server = Server::opens_on("2026-06-24").await;
    let corporation = "/api/v1/corporations/00000000000000000000000000000101";
    let name = json!({ "number": "7000012050002", "name": "社会福祉法人あおぞら会" });
    server.must(&format!("{corporation}/register"), name).await;
    let office = json!({ "offices": [{ "number": number(0).as_str(), "entries": [{ "kind": "訪問介護", "name": "あおぞら" }] }] });
    server
        .must(&format!("{corporation}/add_offices"), office)
        .await;
    let kj_id = format!("KJ01{}", number(0));
    let applied = json!({ "received_on": "2026-06-24", "channel": "form",
        "offices": [{ "number": number(0).as_str(), "kj_id": kj_id }] });
    server
        .must(
            &format!("{corporation}/transmissions/care-net-messenger/apply"),
            applied,
        )
        .await;
    let sends = ["us", "poa_dispatch", "2026-06-24"];
    assert_eq!(waits(&server, "transmission", 0).await, sends);
}

#[tokio::test]
async fn an_accepted_paper_says_which_offices_keep_it_here() {
    let server = three_offices_applied().await;
    server.office.goes_on_closing_days_to("2026-07-03").await;
    comes_back_in_order(&server, 0, "2026-07-03").await;
    let others = ["customer", "other_offices", DUE];
    for kind in ["transmission", "poa"] {
        assert_eq!(waits(&server, kind, 0).await, others, "{kind}");
        let shown = page(&server, kind, 0).await;
        for nth in [1, 2] {
            assert!(shown.contains(number(nth).as_str()), "{kind}: {shown}");
        }
        let both = format!("{}、{}", number(1), number(2));
        assert!(shown.contains(&both), "both offices are named: {shown}");
        assert!(
            shown.contains("取り下げになると、国保連へ提出できます"),
            "{shown}"
        );
    }

    // One of the two arrives: it is for us to look at, the other still for the customer.
    arrives(&server, 1, "2026-07-03").await;
    let checks = ["us", "poa_check", "2026-07-17"];
    for kind in ["transmission", "poa"] {
        assert_eq!(waits(&server, kind, 0).await, checks, "{kind}");
        assert_eq!(case(&server, kind, 0).await["reasons"], 2, "{kind}");
    }
    server
        .must(&act(&papers(&server).await[1], "accept"), json!({}))
        .await;
    for kind in ["transmission", "poa"] {
        assert_eq!(waits(&server, kind, 0).await, others, "{kind}");
        assert_eq!(waits(&server, kind, 1).await, others, "{kind}");
    }

    // The office that is left leaves the application: nothing keeps the papers here any more.
    let about = case(&server, "transmission", 2).await;
    let leaves =
        json!({ "application": about["application"], "office": about["office"], "reason": "廃止" });
    let path = format!(
        "/api/v1/corporations/{}/transmissions/care-net-messenger/withdraw",
        about["corporation"].as_str().expect("a corporation")
    );
    server.must(&path, leaves).await;
    for nth in [0, 1] {
        for kind in ["transmission", "poa"] {
            let files = ["us", "poa_filing", "2026-07-17"];
            assert_eq!(waits(&server, kind, nth).await, files, "{kind} {nth}");
        }
    }
}

#[tokio::test]
async fn a_postponement_says_that_the_late_paper_is_here() {
    let server = three_offices_applied().await;
    server.office.goes_on_closing_days_to("2026-07-08").await;
    for nth in [0, 1] {
        comes_back_in_order(&server, nth, "2026-07-08").await;
    }
    server.office.goes_on_closing_days_to(DUE).await;
    server.office.goes_on_to("2026-07-13").await;
    let counts = ["us", "post_count", DUE];
    for kind in ["transmission", "poa"] {
        assert_eq!(waits(&server, kind, 0).await, counts, "{kind}");
    }
    closes_the_post(&server, DUE, 0).await;
    let held = server.reads("/postponements").await.body;
    assert!(held.contains("原因の委任状が期日までに届く"), "{held}");

    arrives(&server, 2, "2026-07-13").await;
    let held = server.reads("/postponements").await.body;
    assert!(!held.contains("期日までに届く"), "{held}");
    assert!(
        held.contains("原因の委任状は届いています。自社の確認待ちです"),
        "{held}"
    );

    proves_defective(&server, 2).await;
    let held = server.reads("/postponements").await.body;
    assert!(
        held.contains("自社が原因の委任状を送り、期日までに届く"),
        "{held}"
    );
}

#[tokio::test]
async fn a_refused_form_of_a_case_comes_back_with_what_was_typed() {
    let server = three_offices_applied().await;
    server.clerk_gives_her_name().await;
    let case = case(&server, "poa", 0).await;
    let no = case["no"].as_str().expect("a number");
    let receive = act(&papers(&server).await[0], "receive")
        .replace("/api/v1", "")
        .replace('-', "");
    let form = format!("{receive}?return_to=/cases/{no}&form=1");

    let ahead = [("arrived_on", "2026-12-24"), ("channel", "hand")];
    let answer = server.fills_in(&form, &ahead).await;
    assert_eq!(answer.status, 409, "{}", answer.body);
    let shown = &answer.body;
    assert!(
        shown.contains("id=\"receive\" open"),
        "the form is open: {shown}"
    );
    assert!(
        shown.contains("value=\"2026-12-24\""),
        "what was typed stands: {shown}"
    );
    assert!(shown.contains("value=\"hand\" selected"), "{shown}");
    assert!(
        shown.contains("id=\"receive-arrived_on-error\""),
        "beside its field: {shown}"
    );
    assert!(
        shown.contains(&format!("data-address=\"/cases/{no}\"")),
        "{shown}"
    );

    let empty = [("arrived_on", ""), ("channel", "post")];
    let shown = server.fills_in(&form, &empty).await.body;
    assert!(shown.contains("が入力されていません"), "{shown}");
    assert_eq!(
        papers(&server).await[0]["status"],
        "out",
        "nothing was recorded"
    );

    // The same number again: nothing stands in its way, since nothing was carried out under it.
    let today = [("arrived_on", "2026-06-25"), ("channel", "post")];
    let taken = server.fills_in(&form, &today).await;
    assert_eq!(taken.status, 200, "{}", taken.body);
    assert_eq!(papers(&server).await[0]["status"], "received");
}
