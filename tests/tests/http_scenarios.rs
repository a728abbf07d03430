//! What the office does, through the JSON API of the running application: in this process, over TCP, with a clock that
//! the test moves.

use daicho_tests::in_process::{CLERK, Server};
use daicho_tests::office::{Office, number, office_id};
use reqwest::Method;
use serde_json::{Value, json};

const CORPORATION: &str = "00000000000000000000000000000101";

fn of_corporation(action: &str) -> String {
    format!("/api/v1/corporations/{CORPORATION}/{action}")
}

fn received(on: &str) -> Value {
    json!({ "received_on": on, "channel": "form" })
}

fn with(mut body: Value, name: &str, value: Value) -> Value {
    body[name] = value;
    body
}

/// A corporation with three offices becomes known.
async fn registers_three_offices(server: &Server) {
    server
        .must(
            &of_corporation("register"),
            json!({ "number": "7000012050002", "name": "社会福祉法人あおぞら会" }),
        )
        .await;
    let offices: Vec<Value> = (0..3)
        .map(|nth| {
            let name = format!("あおぞら第{}事業所", nth + 1);
            json!({ "number": number(nth).as_str(), "entries": [{ "kind": "訪問介護", "name": name }] })
        })
        .collect();
    server
        .must(
            &of_corporation("add_offices"),
            json!({ "offices": offices }),
        )
        .await;
}

fn application(on: &str, offices: &[usize]) -> Value {
    let offices: Vec<Value> = offices
        .iter()
        .map(|nth| json!({ "number": number(*nth).as_str(), "kj_id": format!("KJ01{}", number(*nth)) }))
        .collect();
    with(received(on), "offices", json!(offices))
}

/// The 委任状 of the offices, in their order.
pub async fn papers(server: &Server) -> Vec<Value> {
    let found = server.finds("/api/v1/poas?limit=1000").await;
    let mut rows = found["rows"].as_array().cloned().unwrap_or_default();
    rows.sort_by_key(|row| row["office_number"].to_string());
    rows
}

pub fn act(paper: &Value, action: &str) -> String {
    let id = paper["id"].as_str().expect("a paper has an id");
    format!("/api/v1/poas/{id}/{action}")
}

async fn posts_all(server: &Server, on: &str) {
    for paper in papers(server).await {
        let sent = json!({ "method": "post", "sent_on": on });
        server.must(&act(&paper, "dispatch"), sent).await;
    }
}

pub async fn comes_back_in_order(server: &Server, nth: usize, on: &str) {
    let paper = &papers(server).await[nth];
    let arrived = json!({ "arrived_on": on, "channel": "post" });
    server.must(&act(paper, "receive"), arrived).await;
    server.must(&act(paper, "accept"), json!({})).await;
}

/// Three offices on one messenger form on Wednesday 2026-06-24, all three papers posted the next day: due back on
/// Friday 2026-07-10, for August.
pub async fn three_offices_applied() -> Server {
    let server = Server::opens_on("2026-06-24").await;
    registers_three_offices(&server).await;
    server
        .must(
            &of_corporation("transmissions/care-net-messenger/apply"),
            application("2026-06-24", &[0, 1, 2]),
        )
        .await;
    server.office.goes_on_closing_days_to("2026-06-25").await;
    posts_all(&server, "2026-06-25").await;
    server
}

async fn start_months(server: &Server) -> Vec<Value> {
    let months = |row: &Value| row["start_month"].clone();
    papers(server).await.iter().map(months).collect()
}

pub async fn closes_the_post(server: &Server, day: &str, sheets: u32) {
    let path = format!("/api/v1/office_days/{day}");
    let counted = json!({ "channel": "post", "sheets": sheets });
    server.must(&format!("{path}/count_post"), counted).await;
    let entered = json!({ "entered": { "post": sheets } });
    server.must(&format!("{path}/close"), entered).await;
}

#[tokio::test]
async fn from_the_trial_to_the_first_transmission() {
    let server = Server::opens_on("2026-04-10").await;
    registers_three_offices(&server).await;
    let mini2 = of_corporation("enrolments/honobono-mini2");
    server
        .must(&format!("{mini2}/start_trial"), received("2026-04-10"))
        .await;
    let offices: Vec<_> = (0..3).map(office_id).collect();
    let entered = json!({ "offices": offices, "received_on": "2026-04-10" });
    server
        .must(&format!("{mini2}/enter_offices"), entered)
        .await;

    server.office.goes_on_closing_days_to("2026-05-20").await;
    let terms = with(received("2026-05-20"), "terms_version", json!("2026-04"));
    server.must(&format!("{mini2}/register"), terms).await;

    server.office.goes_on_closing_days_to("2026-06-25").await;
    let apply = of_corporation("transmissions/honobono-mini2/apply");
    server
        .must(&apply, application("2026-06-25", &[0, 1, 2]))
        .await;
    let asked = papers(&server).await;
    assert_eq!(asked.len(), 3);
    for paper in &asked {
        assert_eq!(paper["start_month"], "2026-08");
        assert_eq!(paper["due"], "2026-07-10");
        assert_eq!(paper["status"], "to_send");
    }

    server.office.goes_on_closing_days_to("2026-06-26").await;
    posts_all(&server, "2026-06-26").await;
    server.office.goes_on_closing_days_to("2026-07-08").await;
    for nth in 0..3 {
        comes_back_in_order(&server, nth, "2026-07-08").await;
    }
    for paper in papers(&server).await {
        let filed = json!({ "filed_on": "2026-07-08", "without_scan": "写しは紙で保管" });
        server.must(&act(&paper, "file"), filed).await;
        server
            .must(&act(&paper, "confirm"), json!({ "on": "2026-07-08" }))
            .await;
    }

    // The account of the 仮登録 is there since the beginning; the IDs for transmission come on the last day of the
    // month before it starts.
    server.office.goes_on_closing_days_to("2026-07-31").await;
    let kinds = kinds_since_the_beginning(&server).await;
    assert_eq!(count(&kinds, "credential.issued.v1"), 1 + 3);
    assert_eq!(count(&kinds, "transmission.started.v1"), 0);
    server.office.goes_on_closing_days_to("2026-08-01").await;
    let kinds = kinds_since_the_beginning(&server).await;
    assert!(count(&kinds, "transmission.started.v1") > 0);
    assert_eq!(count(&kinds, "enrolment.billing_started.v1"), 1);
    let open = server.finds("/api/v1/cases?state=open").await;
    let waiting = |row: &&Value| row["kind"] == "transmission" && row["open"] == true;
    let rows = open["rows"].as_array().expect("rows");
    assert_eq!(rows.iter().filter(waiting).count(), 0, "{open}");
}

async fn kinds_since_the_beginning(server: &Server) -> Vec<String> {
    let mut kinds = Vec::new();
    let mut path = "/api/v1/events?limit=1000".to_owned();
    loop {
        let page = server.finds(&path).await;
        for event in page["events"].as_array().expect("events") {
            kinds.push(event["type"].as_str().expect("a kind").to_owned());
        }
        if page["more"] != true {
            return kinds;
        }
        path = format!("/api/v1/events?limit=1000&after={}", page["next_after"]);
    }
}

fn count(kinds: &[String], kind: &str) -> usize {
    kinds.iter().filter(|held| *held == kind).count()
}

#[tokio::test]
async fn one_of_three_offices_returns_late() {
    let server = three_offices_applied().await;
    server.office.goes_on_closing_days_to("2026-07-08").await;
    for nth in [0, 1] {
        comes_back_in_order(&server, nth, "2026-07-08").await;
    }
    server.office.goes_on_closing_days_to("2026-07-10").await;
    server.office.goes_on_to("2026-07-13").await;
    assert_eq!(papers(&server).await[2]["status"], "post_count");
    assert_eq!(start_months(&server).await, ["2026-08"; 3]);

    closes_the_post(&server, "2026-07-10", 0).await;
    assert_eq!(start_months(&server).await, ["2026-09"; 3]);
    let held = server.finds("/api/v1/postponements").await;
    assert_eq!(held["total"], 1);
    assert_eq!(held["rows"][0]["missed_month"], "2026-08");
    assert_eq!(held["rows"][0]["present_month"], "2026-09");
    assert_eq!(held["rows"][0]["released_by"], "2026-08-10");
    assert_eq!(held["rows"][0]["offices"].as_array().map(Vec::len), Some(3));
}

#[tokio::test]
async fn the_envelope_arrived_on_friday_and_was_entered_on_monday() {
    let server = three_offices_applied().await;
    server.office.goes_on_closing_days_to("2026-07-10").await;
    for nth in [0, 1] {
        comes_back_in_order(&server, nth, "2026-07-10").await;
    }
    server.office.goes_on_closing_days_to("2026-07-13").await;
    assert_eq!(start_months(&server).await, ["2026-09"; 3]);

    comes_back_in_order(&server, 2, "2026-07-10").await;
    assert_eq!(start_months(&server).await, ["2026-08"; 3]);
    let paper = &papers(&server).await[2];
    assert_eq!(paper["arrived_on"], "2026-07-10");
    assert_eq!(paper["due"], "2026-07-10");
    assert_eq!(server.finds("/api/v1/postponements").await["total"], 0);
    let all = server.finds("/api/v1/postponements?state=all").await;
    assert_eq!(all["total"], 1, "what was reversed stays to be read");
}

#[tokio::test]
async fn a_refusal_says_its_code_and_changes_nothing() {
    let server = three_offices_applied().await;
    let head = kinds_since_the_beginning(&server).await.len();
    let paper = papers(&server).await[0].clone();
    let apply = of_corporation("transmissions/care-net-messenger/apply");
    let unknown = "/api/v1/poas/00000000000000000000000000000404/accept";
    let hd_id = json!([{ "number": number(0).as_str(), "kj_id": format!("HD01{}", number(0)) }]);
    let foreign = "transmissions/honobono-mini2/apply";
    let no_office = with(received("2026-06-25"), "offices", json!([]));
    let later = json!({ "arrived_on": "2026-06-26", "channel": "post" });
    let by_fax = json!({ "arrived_on": "2026-06-25", "channel": "fax" });
    let lost_zero = json!([{ "number": "170210231", "kj_id": "KJ010170210231" }]);
    for (path, body, status, code) in [
        (unknown.to_owned(), json!({}), 404, "poa.unknown"),
        (act(&paper, "accept"), json!({}), 409, "poa.not_received"),
        (
            act(&paper, "confirm"),
            json!({ "on": "2026-06-25" }),
            409,
            "poa.not_filed",
        ),
        (act(&paper, "receive"), later, 409, "poa.day_not_come"),
        (act(&paper, "receive"), by_fax, 409, "poa.original_needed"),
        (
            apply.clone(),
            application("2026-06-25", &[0]),
            409,
            "transmission.already_applied",
        ),
        (apply.clone(), no_office, 409, "transmission.no_offices"),
        (
            of_corporation(foreign),
            application("2026-06-25", &[0]),
            409,
            "transmission.not_registered",
        ),
        (
            apply.clone(),
            with(received("2026-06-25"), "offices", hd_id),
            422,
            "kj_id_agent",
        ),
        (
            apply.clone(),
            with(received("2026-06-25"), "offices", lost_zero),
            422,
            "office_number_lost_zero",
        ),
        (
            apply,
            json!({ "received_on": "yesterday" }),
            422,
            "http.unreadable",
        ),
        (
            "/api/v1/nowhere".to_owned(),
            json!({}),
            404,
            "http.not_found",
        ),
    ] {
        assert_eq!(
            server.is_refused(&path, body).await,
            (status, code.to_owned()),
            "{path}"
        );
    }
    assert_eq!(kinds_since_the_beginning(&server).await.len(), head);
}

#[tokio::test]
async fn a_paper_that_was_never_sent_or_came_twice_is_refused() {
    let server = Server::opens_on("2026-06-24").await;
    registers_three_offices(&server).await;
    let apply = of_corporation("transmissions/care-net-messenger/apply");
    server.must(&apply, application("2026-06-24", &[0])).await;
    let paper = papers(&server).await[0].clone();
    let arrived = json!({ "arrived_on": "2026-06-24", "channel": "post" });
    let refused = server
        .is_refused(&act(&paper, "receive"), arrived.clone())
        .await;
    assert_eq!(refused, (409, "poa.not_sent".into()));

    posts_all(&server, "2026-06-24").await;
    server.office.goes_on_closing_days_to("2026-06-29").await;
    let arrived = json!({ "arrived_on": "2026-06-29", "channel": "post" });
    server.must(&act(&paper, "receive"), arrived).await;
    let again = json!({ "arrived_on": "2026-06-26", "channel": "post" });
    let refused = server.is_refused(&act(&paper, "receive"), again).await;
    assert_eq!(refused, (409, "poa.already_received".into()));
}

#[tokio::test]
async fn the_same_key_is_carried_out_once_and_never_means_something_else() {
    let server = three_offices_applied().await;
    let paper = papers(&server).await[0].clone();
    let path = act(&paper, "receive");
    let sent = |body: &Value| {
        server
            .post(&path, body)
            .header("idempotency-key", "envelope-17")
    };
    let arrived = json!({ "arrived_on": "2026-06-25", "channel": "post" });
    let first = server.answer(sent(&arrived)).await;
    assert_eq!(first.status, 200, "{}", first.body);
    let head = kinds_since_the_beginning(&server).await.len();
    let second = server.answer(sent(&arrived)).await;
    assert_eq!(second.json()["repeated"], true);
    assert_eq!(second.json()["events"], first.json()["events"]);

    let other = json!({ "arrived_on": "2026-06-25", "channel": "hand" });
    let refused = server.answer(sent(&other)).await;
    assert_eq!(
        (refused.status, refused.refusal()),
        (422, "http.key_reused".into())
    );
    assert_eq!(kinds_since_the_beginning(&server).await.len(), head);
}

#[tokio::test]
async fn a_caller_sees_what_it_did_before_any_worker_ran() {
    let server = three_offices_applied().await;
    let paper = papers(&server).await[0].clone();
    let arrived = json!({ "arrived_on": "2026-06-25", "channel": "post" });
    let answer = server
        .answer(server.post(&act(&paper, "receive"), &arrived))
        .await;
    assert_eq!(answer.status, 200);
    assert_eq!(papers(&server).await[0]["status"], "received");
}

#[tokio::test]
async fn the_feed_gives_every_event_once_and_in_order() {
    let server = three_offices_applied().await;
    let all = server.finds("/api/v1/events?limit=1000").await;
    let all = all["events"].as_array().expect("events").clone();
    for (place, event) in all.iter().enumerate() {
        assert_eq!(event["number"], place as u64);
    }
    let mut paged = Vec::new();
    let mut path = "/api/v1/events?limit=7".to_owned();
    loop {
        let page = server.finds(&path).await;
        paged.extend(page["events"].as_array().expect("events").iter().cloned());
        if page["more"] != true {
            break;
        }
        path = format!("/api/v1/events?limit=7&after={}", page["next_after"]);
    }
    assert_eq!(paged, all);

    let name = server.finds("/api/v1/events?limit=1000").await.to_string();
    assert!(!name.contains("佐藤"), "personal text leaves sealed");
}

#[tokio::test]
async fn who_follows_the_stream_hears_what_was_and_what_happens() {
    let server = three_offices_applied().await;
    let head = kinds_since_the_beginning(&server).await.len() as u64 - 1;
    let path = format!("/api/v1/events/stream?after={}", head - 1);
    let following = server.request(Method::GET, &path).send().await;
    let mut following = following.expect("the stream begins");
    assert_eq!(following.status(), 200);
    let paper = papers(&server).await[0].clone();
    let arrived = json!({ "arrived_on": "2026-06-25", "channel": "post" });
    server.must(&act(&paper, "receive"), arrived).await;

    let mut heard = String::new();
    while !heard.contains("event: poa.received.v1") {
        let chunk = following.chunk().await.expect("the stream goes on");
        heard += &String::from_utf8_lossy(&chunk.expect("the stream has no end"));
    }
    let ids: Vec<u64> = heard
        .lines()
        .filter_map(|line| line.strip_prefix("id: ")?.parse().ok())
        .collect();
    assert_eq!(ids, (head..head + ids.len() as u64).collect::<Vec<_>>());
    assert!(ids.len() >= 2, "the last event known to us and the new one");
}

#[tokio::test]
async fn a_foreign_host_and_a_foreign_origin_are_refused() {
    let server = Server::opens_on("2026-06-24").await;
    let foreign_host = server
        .request(Method::GET, "/api/v1/cases")
        .header("host", "rebound.example");
    let answer = server.answer(foreign_host).await;
    assert_eq!(
        (answer.status, answer.refusal()),
        (403, "http.foreign_host".into())
    );
    let foreign_origin = server
        .post(&of_corporation("register"), &json!({ "name": "x" }))
        .header("origin", "http://evil.example");
    let answer = server.answer(foreign_origin).await;
    assert_eq!(
        (answer.status, answer.refusal()),
        (403, "http.foreign_origin".into())
    );
    let own = server
        .request(Method::GET, "/api/v1/cases")
        .header("origin", format!("http://{}", server.host()));
    assert_eq!(server.answer(own).await.status, 200);
}

#[tokio::test]
async fn nobody_acts_without_a_name_and_everybody_can_give_hers() {
    let server = Server::of(Office::opens_empty_on("2026-06-24").await).await;
    let path = of_corporation("register");
    let body = json!({ "name": "社会福祉法人あおぞら会" });
    assert_eq!(
        server.is_refused(&path, body.clone()).await,
        (403, "http.no_staff".into())
    );
    server.clerk_gives_her_name().await;
    server.must(&path, body).await;
    let somebody = "/api/v1/staff/00000000000000000000000000000077/name";
    server.must(somebody, json!({ "name": "鈴木" })).await;
    assert_ne!(CLERK, "00000000000000000000000000000077");
}

#[tokio::test]
async fn the_start_month_is_known_before_anything_is_saved() {
    let server = Server::opens_on("2026-06-24").await;
    let ask = "/api/v1/explain?service=honobono-mini2&question=transmission&on=";
    for (on, month) in [
        ("2026-06-25", "2026-08-01"),
        ("2026-06-26", "2026-09-01"),
        ("2026-11-25", "2027-01-01"),
        ("2026-12-26", "2027-03-01"),
    ] {
        let answer = server.finds(&format!("{ask}{on}")).await;
        let milestones = answer["milestones"].as_array().expect("milestones");
        let start = milestones
            .iter()
            .find(|one| one["name"] == "transmission_start");
        let start = start.expect("a start month").to_string();
        assert!(start.contains(&month[..7]), "{on}: {start}");
    }
    let unknown = server
        .reads("/api/v1/explain?service=fax&question=trial&on=2026-06-25")
        .await;
    assert_eq!(unknown.status, 422, "{}", unknown.body);
}

#[tokio::test]
async fn the_document_describes_what_is_served_and_nothing_else() {
    let server = Server::opens_on("2026-06-24").await;
    let document = server.finds("/api/openapi.json").await;
    let paths = document["paths"].as_object().expect("paths");
    assert!(paths.len() > 30);
    for (path, item) in paths {
        let path = path
            .replace("{service}", "honobono-mini2")
            .replace("{day}", "2026-06-24")
            .replace("{no}", "T1")
            .replace("{id}", CORPORATION)
            .replace("{corporation}", CORPORATION);
        if item.get("post").is_some() {
            let answer = server.asks(&path, json!({ "unknown": "field" })).await;
            assert!(
                ![404, 405].contains(&answer.status) || answer.refusal() != "http.not_found",
                "{path}"
            );
        }
        if item.get("get").is_some() && !path.ends_with("/stream") {
            let answer = server.reads(&path).await;
            assert_ne!(answer.status, 405, "{path}");
        }
    }
    let page = server.reads("/api/docs/").await;
    assert_eq!(page.status, 200);
    assert!(
        !page.body.contains("https://"),
        "the page loads nothing from outside"
    );
}

/// A form of a page, as the clerk's browser sends it: the page it comes back to, or what it was refused with.
async fn submits(server: &Server, path: &str, body: &str) -> (u16, String) {
    let back = format!("{path}?return_to=/corporations/{CORPORATION}");
    let form = server
        .request(Method::POST, &back)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("cookie", format!("daicho_staff={CLERK}"))
        .header("origin", server.url(""))
        .body(body.to_owned());
    let page = server.answer(form).await;
    server.office.wakes().await;
    (page.status, page.body)
}

#[tokio::test]
async fn what_is_wrong_about_a_corporation_is_corrected_on_its_page() {
    let server = three_offices_applied().await;
    let page = format!("/corporations/{CORPORATION}");
    let of = |action: &str| format!("{page}/{action}");
    let shown = server.reads(&page).await.body;
    for words in [
        "連絡先を登録する",
        "事業所番号を変更する",
        "事業所を除外する",
        "別の法人に統合する",
        "まだ始まっていない申込（この法人で 3 件）",
        "法人番号は 7000012050002 で登録済みです",
    ] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    let (status, shown) = submits(&server, &of("set_contact"), "name=Hanako&phone=&mail=").await;
    assert_eq!(status, 200, "{shown}");
    assert!(shown.contains("「連絡先を登録」を記録しました"), "{shown}");

    let (status, shown) = submits(&server, &of("merge_into"), "number=7000012050002").await;
    assert_eq!(status, 409);
    assert!(
        shown.contains("統合先に同じ法人が指定されています"),
        "{shown}"
    );
    let (status, shown) = submits(&server, &of("merge_into"), "number=123").await;
    assert_eq!(status, 422, "{shown}");

    let first = office_id(0);
    let remove = format!("office={first}&reason=closed");
    let (status, shown) = submits(&server, &of("remove_office"), &remove).await;
    assert_eq!(status, 200, "{shown}");
    assert!(shown.contains("除外：closed"), "{shown}");
    // Its application leaves with it, which the page says once that followed.
    let shown = server.reads(&page).await.body;
    assert!(
        shown.contains("まだ始まっていない申込（この法人で 2 件）"),
        "{shown}"
    );

    // Another corporation stays; the merger is found on its page and taken back there.
    let other = "00000000000000000000000000000202";
    let register = json!({ "number": "6000012050011", "name": "社会福祉法人みどり会" });
    let path = format!("/api/v1/corporations/{other}/register");
    let answer = server.asks(&path, register).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let (status, shown) = submits(&server, &of("merge_into"), "number=6000012050011").await;
    assert_eq!(status, 200, "{shown}");
    let stays = server.reads(&format!("/corporations/{other}")).await.body;
    assert!(
        stays.contains("「社会福祉法人あおぞら会」の統合を取り消す"),
        "{stays}"
    );
    let (status, shown) = submits(&server, &of("unmerge"), "").await;
    assert_eq!(status, 200, "{shown}");
    assert!(shown.contains("社会福祉法人あおぞら会"), "{shown}");
}

/// Every page there is, and every part with something in it.
async fn every_page_answers(server: &Server) {
    for route in daicho_api::routes::ROUTES {
        if route.kind == daicho_api::routes::Kind::Page {
            let answer = server.reads(route.path).await;
            assert_eq!(answer.status, 200, "{}: {}", route.path, answer.body);
            assert!(answer.body.contains("<h1"), "{}", route.path);
        }
    }
}

#[tokio::test]
async fn every_page_answers_on_an_empty_installation() {
    let server = Server::of(Office::opens_empty_on("2026-06-24").await).await;
    every_page_answers(&server).await;
}

#[tokio::test]
async fn every_tile_of_the_home_page_counts_what_its_link_shows() {
    let server = three_offices_applied().await;
    let mut counted = 0;
    // Before the due date, after it with its post uncounted, and after that.
    for date in ["2026-07-01", "2026-07-10", "2026-07-12", "2026-07-15"] {
        server.office.goes_on_to(date).await;
        let home = server.reads("/").await.body;
        for tile in home.split("<a class=\"tile").skip(1) {
            let href = tile.split("href=\"").nth(1).expect("a link");
            let href = href.split('"').next().expect("an address");
            let href = href.replace("&#38;", "&").replace("&amp;", "&");
            let text = tile.split("</a>").next().expect("a tile ends");
            let digits = text.split("tile-count").nth(1).unwrap_or(text);
            let number = digits.split('>').nth(1).expect("a count");
            let number = number.split('<').next().expect("it ends").trim().to_owned();
            let listed = server.reads(&href).await.body;
            let total = listed.split("paging-text\">").nth(1).expect("a list");
            let total = total.split('<').next().expect("it ends");
            let total = total.rsplit("/ ").next().expect("1-50 / 5,000");
            assert_eq!(total, number, "{date} {href}");
            counted += u32::from(number != "0");
        }
    }
    assert!(counted > 3, "some of them had something to count");
}

#[tokio::test]
async fn every_page_answers_on_an_installation_full_of_work() {
    let server = three_offices_applied().await;
    server.office.goes_on_closing_days_to("2026-07-13").await;
    every_page_answers(&server).await;
    let cases = server.finds("/api/v1/cases?state=all&limit=1000").await;
    let cases = cases["rows"].as_array().expect("rows").clone();
    assert!(!cases.is_empty());
    for case in cases {
        let page = format!("/cases/{}", case["no"].as_str().expect("a number"));
        let answer = server.reads(&page).await;
        assert_eq!(answer.status, 200, "{page}: {}", answer.body);
    }
    let page = server.reads(&format!("/corporations/{CORPORATION}")).await;
    assert_eq!(page.status, 200);
    let past = server.reads("/cases?as_of=20").await;
    assert_eq!(past.status, 200, "{}", past.body);
}

#[tokio::test]
async fn a_form_gone_back_to_and_changed_is_not_answered_as_the_first_was() {
    let server = three_offices_applied().await;
    let path = format!("/corporations/{CORPORATION}/set_contact");
    let submit = async |name: &str| {
        let back = format!("{path}?form=17&return_to=/corporations/{CORPORATION}");
        let form = server
            .request(Method::POST, &back)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("cookie", format!("daicho_staff={CLERK}"))
            .header("origin", server.url(""))
            .body(format!("name={name}&phone=&mail="));
        server.answer(form).await
    };
    let first = submit("Hanako").await;
    assert_eq!(first.status, 200, "{}", first.body);
    let head = kinds_since_the_beginning(&server).await.len();
    // A second click says the same: it is answered alike and records nothing.
    assert_eq!(submit("Hanako").await.status, 200);
    let changed = submit("Taro").await;
    assert_eq!(changed.status, 422, "{}", changed.body);
    assert!(
        changed.body.contains("http.form_reused"),
        "{}",
        changed.body
    );
    assert_eq!(kinds_since_the_beginning(&server).await.len(), head);
}

#[tokio::test]
async fn an_application_entered_late_is_told_before_saving_that_it_misses_its_return_date() {
    let server = Server::opens_on("2026-07-20").await;
    registers_three_offices(&server).await;
    let page = format!("/intake/new?corporation={CORPORATION}&kind=transmission");
    let shown = server.reads(&page).await.body;
    let office = shown
        .split("name=\"office-")
        .nth(1)
        .and_then(|rest| rest.get(..32))
        .expect("an office can be chosen");
    let number = shown
        .split("class=\"second code\">")
        .nth(1)
        .and_then(|rest| rest.get(..10))
        .expect("its number stands beside it");
    let preview = async |received_on: &str| {
        let form = server
            .request(Method::POST, "/intake/new")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("origin", server.url(""))
            .body(format!(
                "preview=1&corporation={CORPORATION}&kind=transmission&service=care-net-messenger&channel=form\
                 &received_on={received_on}&received_at=10%3A00&proof=postmark\
                 &office-{office}=yes&kj-{office}=KJ{}{number}",
                &number[..2]
            ));
        server.answer(form).await.body
    };
    let late = preview("2026-06-20").await;
    for said in [
        "この申込だと開始月は 2026年9月",
        "規程どおりなら開始月は 2026年8月",
        "先送りのお知らせ",
        "お客様の手元日数",
    ] {
        assert!(late.contains(said), "{said}: {late}");
    }
    let in_time = preview("2026-07-20").await;
    assert!(in_time.contains("お客様の手元日数"), "{in_time}");
    assert!(!in_time.contains("先送りのお知らせ"), "{in_time}");

    let unread = preview("soon").await;
    assert!(
        unread.contains("受領日「soon」を読み取れません。"),
        "{unread}"
    );
}
