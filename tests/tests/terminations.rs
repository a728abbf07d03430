//! A customer leaves: the form, its withdrawal, the last day, the end 委任状 out and back, the release of the agent, through
//! the JSON API of the running application.

use crate::readers::Paper;
use daicho_tests::in_process::Server;
use daicho_tests::office::{number, office_id};
use serde_json::{Value, json};

const CORPORATION: &str = "00000000000000000000000000000101";

fn of_corporation(action: &str) -> String {
    format!("/api/v1/corporations/{CORPORATION}/{action}")
}

fn of_mini2(action: &str) -> String {
    of_corporation(&format!("terminations/honobono-mini2/{action}"))
}

fn received(on: &str) -> Value {
    json!({ "received_on": on, "channel": "form" })
}

fn end_form(on: &str, end_month: &str) -> Value {
    json!({ "way": "form", "received_on": on, "received_at": "10:15", "end_month": end_month, "open_returns": 0 })
}

fn act(paper: &Value, action: &str) -> String {
    let id = paper["id"].as_str().expect("a paper has an id");
    format!("/api/v1/poas/{id}/{action}")
}

async fn paper(server: &Server, purpose_month: &str) -> Value {
    let found = server.finds("/api/v1/poas?limit=1000").await;
    let rows = found["rows"].as_array().cloned().unwrap_or_default();
    let of_month = |row: &&Value| row["start_month"] == purpose_month;
    rows.iter().find(of_month).cloned().expect("a paper")
}

/// A corporation of two offices that uses nothing yet.
async fn has_two_offices() -> Server {
    let server = Server::opens_on("2026-05-20").await;
    let name = json!({ "number": "7000012050002", "name": "社会福祉法人あおぞら会" });
    server.must(&of_corporation("register"), name).await;
    let offices: Vec<Value> = (0..2)
        .map(|nth| {
            let name = format!("あおぞら第{}事業所", nth + 1);
            json!({ "number": number(nth).as_str(), "entries": [{ "kind": "訪問介護", "name": name }] })
        })
        .collect();
    let offices = json!({ "offices": offices });
    server.must(&of_corporation("add_offices"), offices).await;
    server
}

/// A mini2 customer of two offices, 本登録 in May, that transmits nothing.
async fn uses_mini2() -> Server {
    let server = has_two_offices().await;
    let mini2 = of_corporation("enrolments/honobono-mini2");
    let trial = received("2026-05-20");
    server.must(&format!("{mini2}/start_trial"), trial).await;
    let entered = json!({ "offices": [office_id(0), office_id(1)], "received_on": "2026-05-20" });
    server
        .must(&format!("{mini2}/enter_offices"), entered)
        .await;
    let mut terms = received("2026-05-20");
    terms["terms_version"] = json!("2026-04");
    server.must(&format!("{mini2}/register"), terms).await;
    server
}

/// A mini2 customer of two offices, 本登録 in May, whose first office transmits since August.
pub async fn transmits() -> Server {
    let server = uses_mini2().await;
    server.office.goes_on_closing_days_to("2026-06-24").await;
    let mut application = received("2026-06-24");
    application["offices"] =
        json!([{ "number": number(0).as_str(), "kj_id": format!("KJ01{}", number(0)) }]);
    server
        .must(
            &of_corporation("transmissions/honobono-mini2/apply"),
            application,
        )
        .await;
    server.office.goes_on_closing_days_to("2026-06-25").await;
    goes_out_and_comes_back(&server, "2026-08", "2026-06-25", "2026-06-30").await;
    server.office.goes_on_closing_days_to("2026-08-20").await;
    server
}

async fn goes_out_and_comes_back(server: &Server, month: &str, out: &str, back: &str) {
    let sent = json!({ "method": "post", "sent_on": out });
    let sheet = paper(server, month).await;
    server.must(&act(&sheet, "dispatch"), sent).await;
    server.office.goes_on_closing_days_to(back).await;
    let arrived = json!({ "arrived_on": back, "channel": "post" });
    server.must(&act(&sheet, "receive"), arrived).await;
    server.must(&act(&sheet, "accept"), json!({})).await;
    if month == "2026-08" {
        let filed = json!({ "filed_on": back, "without_scan": "写しは紙で保管" });
        server.must(&act(&sheet, "file"), filed).await;
        let confirmed = json!({ "on": back });
        server.must(&act(&sheet, "confirm"), confirmed).await;
    }
}

/// What the 終了受付のお知らせ that waits to be sent says, as the page prints it.
async fn told(server: &Server) -> String {
    let waiting = async || {
        let found = server.finds("/api/v1/letters?limit=1000&status=to_send");
        let rows = found.await["rows"].as_array().cloned().unwrap_or_default();
        let mut ends = rows
            .into_iter()
            .filter(|row| row["letter"] == "termination-received");
        let one = ends.next().expect("a letter about the end");
        assert_eq!(ends.next(), None);
        one
    };
    let letter = waiting().await;
    let id = letter["id"].as_str().expect("a letter has an id");
    let printed = server.fills_in("/dispatch/print", &[("letter", id)]).await;
    assert!(printed.body.contains("1 通中 1 通を"), "{}", printed.body);
    let letter = waiting().await;
    let digest = letter["printed"].as_str().expect("it was printed");
    let data = server.office.data();
    let file = data.kept(digest.parse().expect("a digest"));
    let paper = Paper::new(&file.expect("files can be read").expect("it was kept"));
    assert!(
        paper.info().contains("Pages:           1"),
        "{}",
        paper.info()
    );
    paper.text()
}

#[track_caller]
fn says(text: &str, said: &[&str], unsaid: &[&str]) {
    for part in said {
        assert!(text.contains(part), "{part}: {text}");
    }
    for part in unsaid {
        assert!(!text.contains(part), "not {part}: {text}");
    }
}

async fn ended(server: &Server) -> Value {
    server.finds("/api/v1/terminations").await["rows"][0].clone()
}

#[tokio::test]
async fn a_customer_leaves_and_the_case_stays_until_the_agent_is_released() {
    let server = transmits().await;
    let mut by_phone = end_form("2026-08-20", "2026-09");
    by_phone["way"] = json!("phone");
    let refused = server.is_refused(&of_mini2("request"), by_phone).await;
    assert_eq!(refused, (409, "termination.form_only".to_owned()));
    let early = server
        .is_refused(&of_mini2("request"), end_form("2026-08-20", "2026-12"))
        .await;
    assert_eq!(early, (409, "termination.too_early".to_owned()));

    server
        .must(&of_mini2("request"), end_form("2026-08-20", "2026-09"))
        .await;
    let withdrawal =
        json!({ "way": "form", "received_on": "2026-08-20", "received_at": "11:00", "no": 1 });
    server.must(&of_mini2("withdraw"), withdrawal).await;
    assert_eq!(ended(&server).await["status"], "withdrawn");
    let voided = paper(&server, "2026-10").await;
    assert_eq!(voided["status"], "void");

    server
        .must(&of_mini2("request"), end_form("2026-08-20", "2026-08"))
        .await;
    says(
        &told(&server).await,
        &[
            "ご利用終了の受付のお知らせ",
            "「ほのぼのmini2」のご利用終了",
            "最後にご利用いただける月2026年8月",
            "受付日2026年8月20日（木）",
            "取り下げの期限2026年8月25日（火）",
            "ログインできる最終日2026年8月31日（月）",
            "最後の口座振替日2026年9月28日（月）",
            "2026年9月11日（金）以降に国保連合会へ届け出ます",
            "別便の委任状を、2026年9月10日（木）までに",
            "終了月の翌月からはログインできません",
            "未処理の返戻がないこと",
            number(0).as_str(),
            number(1).as_str(),
        ],
        &["旧事業所番号", "ほかの事業所は"],
    );
    let rows = server.finds("/api/v1/terminations?status=filed").await;
    let row = &rows["rows"][0];
    assert_eq!(row["cutoff"], "2026-08-25");
    assert_eq!(row["last_debit_on"], "2026-09-28");
    assert_eq!(row["release_from"], "2026-09-11");
    let page = server.reads("/terminations").await.body;
    assert!(page.contains("終了受付済み"), "{page}");

    server.office.goes_on_closing_days_to("2026-08-21").await;
    goes_out_and_comes_back(&server, "2026-09", "2026-08-21", "2026-09-01").await;
    let cases = server.finds("/api/v1/cases?kind=enrolment&state=all").await;
    assert_eq!(cases["rows"][0]["status"], "ended");
    let sheet = paper(&server, "2026-09").await;
    let soon = server
        .is_refused(&act(&sheet, "file"), json!({ "filed_on": "2026-09-01" }))
        .await;
    assert_eq!(soon, (409, "poa.release_too_early".to_owned()));

    server.office.goes_on_closing_days_to("2026-09-29").await;
    let rows = server.finds("/api/v1/terminations?status=release").await;
    assert_eq!(rows["total"], 1, "{rows}");
    let page = server.reads("/terminations").await.body;
    assert!(
        !page.contains("期限超過"),
        "a last debit that is paid is not overdue: {page}"
    );
    let open = server
        .finds("/api/v1/cases?kind=termination&state=open")
        .await;
    assert_eq!(open["rows"][0]["what"], "agent_release");
    let day = json!({ "filed_on": "2026-09-29", "without_scan": "写しは紙で保管" });
    server.must(&act(&sheet, "file"), day).await;
    let day = json!({ "on": "2026-09-29" });
    server.must(&act(&sheet, "confirm"), day).await;
    let rows = server.finds("/api/v1/terminations?status=done").await;
    assert_eq!(rows["total"], 1, "{rows}");
    let transmission = server
        .finds("/api/v1/cases?kind=transmission&state=all")
        .await;
    assert_eq!(transmission["rows"][0]["status"], "ended");
    let open = server.finds("/api/v1/cases?state=open").await;
    assert_eq!(open["total"], 0, "{open}");
}

/// A revision of the book in which `termination.poa_required` says no.
fn without_end_papers(book: &str) -> String {
    let at = book
        .find("id = \"termination.poa_required\"")
        .expect("the book has the slot");
    let (before, slot) = book.split_at(at);
    let end = slot.find("[[slot]]").unwrap_or(slot.len());
    let (slot, after) = slot.split_at(end);
    let slot = slot
        .replace("value = true", "value = false")
        .replace("alternatives = [false]", "alternatives = [true]")
        .replace("want = true", "want = false");
    let before = before.replacen("revision = 1", "revision = 2", 1);
    before + &slot + after
}

#[tokio::test]
async fn where_no_end_paper_is_asked_for_the_agent_is_released_on_its_day_and_its_place_is_free() {
    let server = transmits().await;
    let seeded = include_str!("../../domain/rulebooks/honobono-mini2/2015-01-01.toml");
    let other = without_end_papers(seeded);
    server.office.publishes(&other).await.expect("it is a book");
    let serves = async || server.finds("/api/v1/agents/HD239900000001").await["serves"].clone();
    assert_eq!(serves().await, 1);
    server
        .must(&of_mini2("request"), end_form("2026-08-20", "2026-08"))
        .await;
    let papers = server.finds("/api/v1/poas?limit=1000").await;
    assert_eq!(papers["total"], 1, "the one for the start: {papers}");

    // The month is over: nobody logs in, the agent stays until its day.
    server.office.goes_on_closing_days_to("2026-09-10").await;
    let feed = server.finds("/api/v1/events?limit=1000").await;
    let events = feed["events"].as_array().expect("events").iter();
    let expired = events.filter(|event| event["type"] == "credential.expired.v1");
    assert_eq!(expired.count(), 2, "法人ID and 事業所ID");
    let open = server
        .finds("/api/v1/cases?kind=termination&state=open")
        .await;
    assert_eq!(open["rows"][0]["what"], "release_day", "{open}");
    assert_eq!(serves().await, 1);

    server.office.goes_on_closing_days_to("2026-09-11").await;
    assert_eq!(serves().await, 0, "its place is free");
    let transmission = server
        .finds("/api/v1/cases?kind=transmission&state=all")
        .await;
    assert_eq!(transmission["rows"][0]["status"], "ended");
    server.office.goes_on_closing_days_to("2026-09-29").await;
    let open = server.finds("/api/v1/cases?state=open").await;
    assert_eq!(open["total"], 0, "{open}");
}

#[tokio::test]
async fn the_last_office_leaves_by_the_form_for_all_and_the_page_opens_the_forms() {
    let server = transmits().await;
    let office = |nth: usize| {
        let mut form = end_form("2026-08-20", "2026-09");
        form["office"] = json!(office_id(nth));
        form
    };
    server.must(&of_mini2("request"), office(1)).await;
    says(
        &told(&server).await,
        &[
            "事業所のご利用終了の受付のお知らせ",
            "ほかの事業所は、これまでどおり",
            "最後にご利用いただける月2026年9月",
            "この事業所の最終日2026年9月30日（水）",
            "この事業所の最後の口座振替日2026年10月26日（月）",
            "この事業所のデータをご利用いただけません",
            number(1).as_str(),
        ],
        // It does not transmit: no agent is released, no 委任状 is sent, nothing is returned.
        &[
            number(0).as_str(),
            "ログインできません",
            "代理人",
            "別にお送りする委任状",
            "返戻",
        ],
    );
    let last = server.is_refused(&of_mini2("request"), office(0)).await;
    assert_eq!(last, (409, "termination.last_office".to_owned()));
    let page = server
        .reads(&format!("/terminations?number={}", number(0)))
        .await;
    assert!(page.body.contains("変更フォーム"), "{}", page.body);
    let form = |service: &str| format!("id=\"end-{service}\"");
    assert!(
        !page.body.contains(&form("honobono-mini2")),
        "the last office"
    );
    assert!(page.body.contains("最後の事業所"), "{}", page.body);

    // What is used has its form, the messenger says that there is nothing to end.
    let page = server.reads("/terminations?number=7000012050002").await;
    assert!(
        page.body.contains("全事業所の終了フォーム"),
        "{}",
        page.body
    );
    assert!(page.body.contains(&form("honobono-mini2")), "{}", page.body);
    assert!(
        !page.body.contains(&form("care-net-messenger")),
        "{}",
        page.body
    );
    let reason = "action-reason";
    assert_eq!(page.body.matches(reason).count(), 1, "{}", page.body);
    let case = server.reads("/cases?kind=termination").await;
    assert!(case.body.contains("終了月の満了待ち"), "{}", case.body);
}

#[tokio::test]
async fn an_office_that_changes_its_number_ends_the_old_one_and_applies_with_the_new_one() {
    let server = transmits().await;
    let change =
        json!({ "office": office_id(0), "number": number(7).as_str(), "on": "2026-08-01" });
    server
        .must(&of_corporation("renumber_office"), change)
        .await;
    let open = server
        .finds("/api/v1/cases?kind=transmission&state=open")
        .await;
    let old = &open["rows"][0];
    assert_eq!(old["status"], "old_number");
    assert_eq!(old["what"], "new_number_application");

    let mut application = received("2026-08-20");
    application["offices"] =
        json!([{ "number": number(7).as_str(), "kj_id": format!("KJ01{}", number(7)) }]);
    server
        .must(
            &of_corporation("transmissions/honobono-mini2/apply"),
            application,
        )
        .await;
    let page = server
        .reads(&format!("/terminations?number={}", number(0)))
        .await;
    assert!(page.body.contains("旧番号"), "{}", page.body);
    let mut form = end_form("2026-08-20", "2026-08");
    form["office"] = json!(office_id(0));
    form["number"] = json!(number(0).as_str());
    server.must(&of_mini2("request"), form).await;
    assert_eq!(ended(&server).await["office_number"], number(0).as_str());
    says(
        &told(&server).await,
        &[
            "旧事業所番号での伝送終了のお知らせ",
            "変更後の事業所番号での伝送は、別のお申し込み",
            "変更前の番号で伝送できる月2026年8月まで",
            "2026年9月11日（金）以降に国保連合会へ届け出ます",
            "ご利用料金とログインは、変更後の事業所番号で続きます",
            number(0).as_str(),
        ],
        &[number(7).as_str(), "最後の", "ログインできる"],
    );
    let (end, start) = (
        paper(&server, "2026-09").await,
        paper(&server, "2026-10").await,
    );
    assert_eq!(end["office_number"], number(0).as_str());
    assert_eq!(start["office_number"], number(7).as_str());
    let old = old["no"].as_str().expect("a case has a number");
    let page = server.reads(&format!("/cases/{old}")).await;
    assert!(page.body.contains("新番号の伝送"), "{}", page.body);

    server.office.goes_on_closing_days_to("2026-09-01").await;
    let cases = server.finds("/api/v1/cases?kind=enrolment&state=all").await;
    assert_eq!(
        cases["rows"][0]["status"], "billing",
        "the office goes on under its new number"
    );
    assert_eq!(ended(&server).await["status"], "release");
}

#[tokio::test]
async fn a_corporation_that_left_comes_back_when_a_person_lets_it_and_pays_from_its_new_start() {
    let server = transmits().await;
    server
        .must(&of_mini2("request"), end_form("2026-08-20", "2026-08"))
        .await;
    server.office.goes_on_closing_days_to("2026-10-05").await;
    let mini2 = |action: &str| of_corporation(&format!("enrolments/honobono-mini2/{action}"));
    let form = received("2026-10-05");
    let refused = server.is_refused(&mini2("start_trial"), form.clone()).await;
    assert_eq!(refused, (409, "enrolment.second_trial".to_owned()));
    let mut granted = form.clone();
    granted["again_because"] = json!("運営が替わった");
    server.must(&mini2("start_trial"), granted).await;
    let entered = json!({ "offices": [office_id(0)], "received_on": "2026-10-05" });
    server.must(&mini2("enter_offices"), entered).await;
    let mut terms = form;
    terms["terms_version"] = json!("2026-10");
    server.must(&mini2("register"), terms).await;

    // The 法人ID is issued once more, and what is open waits for somebody.
    let feed = server.finds("/api/v1/events?limit=1000").await;
    let of = |kind: &str| {
        let events = feed["events"].as_array().expect("events").iter();
        events.filter(|event| event["type"] == kind).count()
    };
    assert_eq!(of("enrolment.second_trial_granted.v2"), 1);
    assert_eq!(of("credential.issued.v1"), 3, "法人ID, 事業所ID, 法人ID");
    let cases = server.finds("/api/v1/cases?kind=enrolment&state=all").await;
    assert_eq!(cases["rows"][0]["status"], "registered");

    // 3 months free from the new form: February is the first that is charged, for the one office entered.
    server.office.goes_on_closing_days_to("2027-03-01").await;
    let charges = server.finds("/api/v1/ledger?kind=charge").await;
    let charged: Vec<_> = charges["rows"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| (row["month"].clone(), row["amount"].clone()))
        .collect();
    assert_eq!(charged, [(json!("2027-02"), json!(3_300))]);
    let check = server.office.checks_its_views().await;
    assert_eq!(check.differing(), Vec::<&str>::new());
}

#[tokio::test]
async fn who_transmits_nothing_is_told_of_no_agent_and_no_paper() {
    let server = uses_mini2().await;
    server.office.goes_on_closing_days_to("2026-09-24").await;
    let form = end_form("2026-09-24", "2026-09");
    server.must(&of_mini2("request"), form).await;
    says(
        &told(&server).await,
        &[
            "最後にご利用いただける月2026年9月",
            "取り下げの期限2026年9月25日（金）",
            "最後の口座振替日2026年10月26日（月）",
            "ログインできません",
        ],
        &["代理人", "別にお送りする委任状", "返戻"],
    );
}

#[tokio::test]
async fn an_end_of_the_messenger_names_its_own_cut_off_and_every_office_that_transmits() {
    let server = has_two_offices().await;
    server.office.goes_on_closing_days_to("2026-06-24").await;
    let mut application = received("2026-06-24");
    let applying = |nth: usize| json!({ "number": number(nth).as_str(), "kj_id": format!("KJ01{}", number(nth)) });
    application["offices"] = json!([applying(0), applying(1)]);
    let apply = of_corporation("transmissions/care-net-messenger/apply");
    server.must(&apply, application).await;
    let papers = server.finds("/api/v1/poas?limit=10").await;
    let papers = papers["rows"].as_array().cloned().expect("two papers");
    for sheet in &papers {
        let sent = json!({ "method": "post", "sent_on": "2026-06-24" });
        server.must(&act(sheet, "dispatch"), sent).await;
    }
    server.office.goes_on_closing_days_to("2026-06-30").await;
    for sheet in &papers {
        let arrived = json!({ "arrived_on": "2026-06-30", "channel": "post" });
        server.must(&act(sheet, "receive"), arrived).await;
        server.must(&act(sheet, "accept"), json!({})).await;
    }
    for sheet in &papers {
        let filed = json!({ "filed_on": "2026-06-30", "without_scan": "写しは紙で保管" });
        server.must(&act(sheet, "file"), filed).await;
        let confirmed = json!({ "on": "2026-06-30" });
        server.must(&act(sheet, "confirm"), confirmed).await;
    }
    server.office.goes_on_closing_days_to("2026-08-24").await;
    let request = of_corporation("terminations/care-net-messenger/request");
    let form = end_form("2026-08-24", "2026-08");
    server.must(&request, form).await;
    says(
        &told(&server).await,
        &[
            "「ケアネットメッセンジャー」のご利用終了",
            "最後にご利用いただける月2026年8月",
            "取り下げの期限2026年8月26日（水）",
            "最後の口座振替日2026年9月28日（月）",
            "2026年9月11日（金）以降に国保連合会へ届け出ます",
            "未処理の返戻がないこと",
            number(0).as_str(),
            number(1).as_str(),
        ],
        &["旧事業所番号"],
    );
}
