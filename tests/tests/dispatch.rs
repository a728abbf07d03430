//! 委任状 leave the house and come back: the 発送簿 printed as one file, marked as posted together, and what comes back received
//! by a scanner's keystrokes alone. Through the pages of the running application, read back by programs of others.

use crate::readers::Paper;
use daicho_domain::Service;
use daicho_domain::document::FileDigest;
use daicho_domain::poa::Code;
use daicho_tests::in_process::{Answer, CLERK, Server};
use daicho_tests::office::{corporation, number};
use reqwest::Method;
use serde_json::{Value, json};

const CORPORATION: &str = "00000000000000000000000000000101";

fn of_corporation(action: &str) -> String {
    format!("/api/v1/corporations/{CORPORATION}/{action}")
}

/// Three offices of a corporation apply on one form on Wednesday 2026-06-24. The second one's name has a character that no
/// font has, when `name` says so.
async fn three_offices_applied(second: &str) -> Server {
    let server = Server::opens_on("2026-06-24").await;
    apply_three(&server, second).await;
    server
}

async fn apply_three(server: &Server, second: &str) {
    let name = json!({ "number": "7000012050002", "name": "社会福祉法人あおぞら会" });
    server.must(&of_corporation("register"), name).await;
    let names = ["あおぞら第1事業所", second, "あおぞら第3事業所"];
    let offices: Vec<Value> = names
        .iter()
        .enumerate()
        .map(|(nth, name)| {
            json!({ "number": number(nth).as_str(), "entries": [{
                "kind": "訪問介護", "name": name, "address": "北海道札幌市中央区架空条1丁目2-3" }] })
        })
        .collect();
    let offices = json!({ "offices": offices });
    server.must(&of_corporation("add_offices"), offices).await;
    let applying: Vec<Value> = (0..3)
        .map(|nth| json!({ "number": number(nth).as_str(), "kj_id": format!("KJ01{}", number(nth)) }))
        .collect();
    let form = json!({ "received_on": "2026-06-24", "channel": "form", "offices": applying });
    let apply = of_corporation("transmissions/care-net-messenger/apply");
    server.must(&apply, form).await;
}

/// The clerk sends a form of a page; what follows from it happens.
async fn fills_in(server: &Server, path: &str, fields: &[(&str, &str)]) -> Answer {
    let body = fields
        .iter()
        .map(|(name, value)| format!("{name}={}", value.replace(' ', "+")))
        .collect::<Vec<_>>()
        .join("&");
    let request = server
        .request(Method::POST, path)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("origin", server.url(""))
        .header("cookie", format!("daicho_staff={CLERK}"))
        .body(body);
    let answer = server.answer(request).await;
    server.office.wakes().await;
    answer
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

fn code(paper: &Value) -> String {
    Code::of(id(paper).parse().expect("an id")).to_string()
}

/// The clerk prints all papers: what the page says.
async fn prints_all(server: &Server) -> Answer {
    prints_again(server, "printing").await
}

/// The clerk prints all papers, from a page that was opened anew.
async fn prints_again(server: &Server, form: &str) -> Answer {
    let papers = papers(server).await;
    let mut fields = vec![("form", form)];
    fields.extend(papers.iter().map(|paper| ("poa", id(paper))));
    let printed = fills_in(server, "/dispatch/print", &fields).await;
    assert_eq!(printed.status, 200, "{}", printed.body);
    printed
}

/// The file that a page offers.
fn offered(server: &Server, page: &str) -> Paper {
    let digest = page
        .split("href=\"/files/")
        .nth(1)
        .and_then(|rest| rest.get(..64))
        .expect("a file is offered");
    kept(server, digest)
}

/// A document as it was kept.
fn kept(server: &Server, digest: &str) -> Paper {
    let digest: FileDigest = digest.parse().expect("a digest");
    let data = server.office.data();
    let file = data.kept(digest).expect("files can be read");
    Paper::new(&file.expect("it was kept"))
}

async fn posts_all(server: &Server, on: &str) {
    let papers = papers(server).await;
    let mut fields = vec![("form", "posting"), ("on", on), ("method", "post")];
    fields.extend(papers.iter().map(|paper| ("poa", id(paper))));
    let posted = fills_in(server, "/poa_tracker/dispatch", &fields).await;
    assert_eq!(posted.status, 200, "{}", posted.body);
}

#[tokio::test]
async fn the_day_s_papers_are_printed_in_one_file_kept_and_posted_together() {
    let server = three_offices_applied("𠮷野事業所").await;
    let list = server.reads("/dispatch").await.body;
    assert!(list.contains("封筒 1 通"), "{list}");
    assert!(list.contains("委任状 3 枚（うち印刷済み 0 枚）"), "{list}");

    let printed = prints_all(&server).await;
    assert!(
        printed
            .body
            .contains("3 通中 3 通を、封筒 1 通分（送付状つき"),
        "{}",
        printed.body
    );
    let text = offered(&server, &printed.body).text();
    for said in [
        "委任状ご提出のお願い",
        "社会福祉法人あおぞら会",
        "𠮷野事業所",
        "北海道札幌市中央区架空条1丁目2-3",
        "北海道国民健康保険団体連合会",
        "2026年7月10日（金）必着",
        "2026年8月",
        "返送期日は開始月の1か月前の10日",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }

    // Each sheet is kept as it was sent, and says in its code whose it is.
    for (nth, paper) in papers(&server).await.iter().enumerate() {
        let sheet = kept(&server, paper["printed"].as_str().expect("it was printed"));
        assert_eq!(sheet.codes(), [code(paper)]);
        assert!(sheet.text().contains(number(nth).as_str()));
    }
    let list = server.reads("/dispatch").await.body;
    assert!(list.contains("委任状 3 枚（うち印刷済み 3 枚）"), "{list}");

    posts_all(&server, "2026-06-24").await;
    assert!(
        papers(&server)
            .await
            .iter()
            .all(|paper| paper["status"] == "out")
    );
    let list = server.reads("/dispatch").await.body;
    assert!(list.contains("本日発送する委任状はありません。"), "{list}");
}

#[tokio::test]
async fn a_sheet_that_cannot_be_printed_is_named_and_the_rest_of_the_envelope_goes() {
    let server = three_offices_applied("김事業所").await;
    let printed = prints_all(&server).await;
    assert!(
        printed
            .body
            .contains("3 通中 2 通を、封筒 1 通分（送付状つき 3 ページ）"),
        "{}",
        printed.body
    );
    assert!(
        printed.body.contains("「김」（U+AE40、事業所名）"),
        "{}",
        printed.body
    );
    let printed: Vec<bool> = papers(&server)
        .await
        .iter()
        .map(|paper| paper["printed"].is_string())
        .collect();
    assert_eq!(printed, [true, false, true]);
}

/// The open cases of a kind that wait for a character which no font has.
async fn stuck(server: &Server, kind: &str) -> Vec<Value> {
    let found = server
        .finds(&format!("/api/v1/cases?kind={kind}&state=open"))
        .await;
    let rows = found["rows"].as_array().cloned().unwrap_or_default();
    let waits = |row: &Value| row["what"] == format!("{kind}_glyph");
    rows.into_iter().filter(waits).collect()
}

#[tokio::test]
async fn a_character_that_no_font_has_opens_a_case_that_closes_once_the_sheet_is_printed() {
    let server = three_offices_applied("김事業所").await;
    assert!(stuck(&server, "poa").await.is_empty());
    prints_all(&server).await;
    let waiting = stuck(&server, "poa").await;
    assert_eq!(waiting.len(), 1, "one sheet of three: {waiting:?}");
    assert_eq!(waiting[0]["party"], "us");
    assert_eq!(waiting[0]["office_number"], number(1).as_str());
    assert_eq!(waiting[0]["status"], "poa_unprintable");

    let home = server.reads("/").await.body;
    assert!(
        home.contains("印字できない文字の対応待ち（委任状）"),
        "{home}"
    );
    let list = server.reads("/cases?status=poa_unprintable").await.body;
    assert!(list.contains(number(1).as_str()), "{list}");
    let key = format!(
        "/cases/of/poa-{}",
        id(&papers(&server).await[1]).replace('-', "")
    );
    let case = server.reads(&key).await.body;
    for said in [
        "「김」（U+AE40、事業所名）",
        "手書きの書面を用意し、投函したら発送済みにしてください",
        "印字できない文字があり委任状を印刷できない",
    ] {
        assert!(case.contains(said), "{said}: {case}");
    }
    let list = server.reads("/dispatch").await.body;
    assert!(list.contains("「김」（U+AE40、事業所名）"), "{list}");

    // It was a slip: the office's name is mended, and the sheet is printed.
    let mended = json!({ "offices": [{ "number": number(1).as_str(), "entries": [{
        "kind": "訪問介護", "name": "金事業所", "address": "北海道札幌市中央区架空条1丁目2-3" }] }] });
    server.must(&of_corporation("add_offices"), mended).await;
    assert_eq!(stuck(&server, "poa").await.len(), 1, "not printed yet");
    let sheets = papers(&server).await;
    let again = [("form", "again"), ("poa", id(&sheets[1]))];
    fills_in(&server, "/dispatch/print", &again).await;
    assert!(stuck(&server, "poa").await.is_empty());
    let list = server.reads("/dispatch").await.body;
    assert!(!list.contains("U+AE40"), "{list}");
}

#[tokio::test]
async fn a_letter_with_a_character_that_no_font_has_is_a_case_until_it_is_printed_or_written_by_hand()
 {
    let server = Server::registered_since("2026-04-10", Service::HonobonoMini2).await;
    server.office.wakes().await;
    let letters = server.finds("/api/v1/letters?status=to_send").await;
    let letters: Vec<&str> = letters["rows"]
        .as_array()
        .expect("rows")
        .iter()
        .filter_map(|row| row["id"].as_str())
        .collect();
    assert!(letters.len() > 1, "the registration promised letters");
    let whose = format!("/api/v1/corporations/{}", corporation());
    let name = json!({ "name": "社会福祉法人김" });
    server.must(&format!("{whose}/change_name"), name).await;
    let print = async |form: &str| {
        let mut fields = vec![("form", form)];
        fields.extend(letters.iter().map(|id| ("letter", *id)));
        let printed = fills_in(&server, "/dispatch/print", &fields).await;
        assert_eq!(printed.status, 200, "{}", printed.body);
    };
    print("first").await;
    assert_eq!(stuck(&server, "letter").await.len(), letters.len());
    let key = format!("/cases/of/dispatch-{}", letters[0].replace('-', ""));
    let case = server.reads(&key).await.body;
    assert!(case.contains("「김」（U+AE40、宛名の法人名）"), "{case}");
    let home = server.reads("/").await.body;
    assert!(home.contains("印字できない文字（書面）"), "{home}");

    // One is written by hand, the others are printed once the name is mended.
    let sent = format!("/letters/{}/send?return_to=%2F", letters[0]);
    let on = [("method", "post"), ("sent_on", "2026-04-10")];
    let sent = fills_in(&server, &sent, &on).await;
    assert_eq!(sent.status, 200, "{}", sent.body);
    assert_eq!(stuck(&server, "letter").await.len(), letters.len() - 1);
    let name = json!({ "name": "社会福祉法人金" });
    server.must(&format!("{whose}/change_name"), name).await;
    print("second").await;
    assert!(stuck(&server, "letter").await.is_empty());
}

#[tokio::test]
async fn a_letter_that_came_back_is_a_case_until_it_goes_out_again() {
    let server = Server::registered_since("2026-04-10", Service::HonobonoMini2).await;
    server.office.wakes().await;
    let letters = server.finds("/api/v1/letters?status=to_send").await;
    let letter = letters["rows"][0]["id"].as_str().expect("a letter");
    let act = |action: &str| format!("/api/v1/letters/{letter}/{action}");
    let sent = json!({ "method": "post", "sent_on": "2026-04-10" });
    server.must(&act("send"), sent.clone()).await;
    let open = async || {
        let found = server.finds("/api/v1/cases?kind=letter&state=open").await;
        found["rows"].as_array().map_or(0, Vec::len)
    };
    assert_eq!(open().await, 0);
    let back = json!({ "returned_on": "2026-04-10" });
    server.must(&act("record_undeliverable"), back).await;
    assert_eq!(open().await, 1);
    let key = letter.replace('-', "");
    let case = server.reads(&format!("/cases/of/dispatch-{key}")).await;
    assert!(
        case.body.contains("不達で戻った書面の送付先の確認待ち"),
        "{}",
        case.body
    );
    server.must(&act("send"), sent).await;
    assert_eq!(open().await, 0);
}

/// The three offices lie in streets of their own.
async fn lie_apart(server: &Server) {
    let offices: Vec<Value> = (0..3)
        .map(|nth| {
            json!({ "number": number(nth).as_str(), "entries": [{
                "kind": "訪問介護", "name": format!("あおぞら{}号館", nth + 1),
                "address": format!("北海道札幌市架空区{}条", nth + 1) }] })
        })
        .collect();
    let offices = json!({ "offices": offices });
    server.must(&of_corporation("add_offices"), offices).await;
}

/// What stands above the title of the covering letter on a page of a printed file: its window.
fn window(file: &Paper, page: usize) -> String {
    let text = file.text_of_page(page);
    let above = text.split_once("委任状ご提出のお願い");
    above.expect("a covering letter").0.to_owned()
}

#[tokio::test]
async fn the_envelopes_go_to_head_office_together_or_to_each_office_as_the_corporation_wishes() {
    let server = three_offices_applied("あおぞら第2事業所").await;
    lie_apart(&server).await;
    let wish = of_corporation("set_destination");

    // Nothing is wished: one envelope, to the first office.
    let printed = prints_all(&server).await;
    let one = window(&offered(&server, &printed.body), 1);
    assert!(one.contains("北海道札幌市架空区1条"), "{one}");
    assert!(!one.contains("あおぞら1号館"), "{one}");

    let each = json!({ "to": "each_office" });
    server.must(&wish, each).await;
    let list = server.reads("/dispatch").await.body;
    assert!(list.contains("封筒 3 通"), "{list}");
    assert!(list.contains("事業所ごとに"), "{list}");
    let printed = prints_again(&server, "each").await;
    assert!(
        printed
            .body
            .contains("3 通中 3 通を、封筒 3 通分（送付状つき 6 ページ）"),
        "{}",
        printed.body
    );
    let file = offered(&server, &printed.body);
    for nth in 0..3 {
        let window = window(&file, 1 + 2 * nth);
        let street = format!("北海道札幌市架空区{}条", nth + 1);
        let name = format!("あおぞら{}号館", nth + 1);
        assert!(window.contains(&street), "{street}: {window}");
        assert!(window.contains(&name), "{name}: {window}");
    }

    let together = json!({ "to": "head_office", "head_office": "北海道札幌市架空区本部通9" });
    server.must(&wish, together).await;
    let printed = prints_again(&server, "together").await;
    assert!(printed.body.contains("封筒 1 通分"), "{}", printed.body);
    let one = window(&offered(&server, &printed.body), 1);
    assert!(one.contains("北海道札幌市架空区本部通9"), "{one}");

    let page = format!("/corporations/{CORPORATION}");
    let page = server.reads(&page).await.body;
    assert!(page.contains("本部にまとめて") && page.contains("本部通9"));
    let path = format!("/corporations/{CORPORATION}/set_destination?return_to=%2F");
    let filled = fills_in(
        &server,
        &path,
        &[("to", "each_office"), ("head_office", "")],
    )
    .await;
    assert_eq!(filled.status, 200, "{}", filled.body);
    let list = server.reads("/dispatch").await.body;
    assert!(list.contains("封筒 3 通"), "{list}");
    let wrong = json!({ "to": "elsewhere" });
    let (status, _) = server.is_refused(&wish, wrong).await;
    assert_eq!(status, 422);
}

#[tokio::test]
async fn a_defective_sheet_goes_out_again_with_a_letter_about_what_was_wrong() {
    let server = three_offices_applied("あおぞら第2事業所").await;
    posts_all(&server, "2026-06-24").await;
    server.office.goes_on_closing_days_to("2026-06-30").await;
    let paper = &papers(&server).await[1];
    let act = |action: &str| format!("/api/v1/poas/{}/{action}", id(paper));
    let arrived = json!({ "arrived_on": "2026-06-30", "channel": "post" });
    server.must(&act("receive"), arrived).await;
    let wrong = json!({ "defect": "seal_differs" });
    server.must(&act("find_defective"), wrong).await;
    let printed = fills_in(&server, "/dispatch/print", &[("poa", id(paper))]).await;
    assert!(
        printed.body.contains("（送付状つき 2 ページ）"),
        "{}",
        printed.body
    );
    let text = offered(&server, &printed.body).text();
    for said in [
        "委任状の不備のお知らせ",
        "届出印と相違",
        "2026年6月30日（火）",
        "2026年7月10日（金）必着",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
}

#[tokio::test]
async fn a_sheet_names_the_agent_it_was_given_and_none_is_printed_without_one() {
    let server = Server::opens_on("2026-06-24").await;
    let pool = server.finds("/api/v1/agents").await;
    assert_eq!(
        pool["agents"][0]["agent"], "HD239900000001",
        "the configured one"
    );
    // It serves 98 offices that these books do not know: there is room for two.
    let add = |agent: &str, elsewhere: u32| json!({ "agent": agent, "elsewhere": elsewhere });
    server
        .must("/api/v1/agents", add("HD239900000001", 98))
        .await;
    let wrong = server
        .is_refused("/api/v1/agents", add("KJ239900000001", 0))
        .await;
    assert_eq!(wrong, (422, "http.unreadable".into()));
    apply_three(&server, "あおぞら第2事業所").await;
    let agents = async || -> Vec<Value> {
        let papers = papers(&server).await;
        papers.iter().map(|paper| paper["agent"].clone()).collect()
    };
    let (first, second) = (json!("HD239900000001"), json!("HD239900000002"));
    assert_eq!(agents().await, [first.clone(), first.clone(), Value::Null]);
    let waiting = server.finds("/api/v1/cases?kind=poa&state=open").await;
    let whats: Vec<_> = waiting["rows"]
        .as_array()
        .expect("rows")
        .iter()
        .filter(|row| row["what"] == "poa_agent")
        .collect();
    assert_eq!(whats.len(), 1, "a case for a person: {waiting}");
    assert_eq!(whats[0]["party"], "us");

    let printed = prints_all(&server).await;
    assert!(
        printed
            .body
            .contains("3 通中 2 通を、封筒 1 通分（送付状つき 3 ページ）"),
        "{}",
        printed.body
    );
    assert!(
        printed
            .body
            .contains("請求代理人のID（HD）が決まっていません"),
        "{}",
        printed.body
    );
    let sheets = papers(&server).await;
    let sheet = kept(
        &server,
        sheets[0]["printed"].as_str().expect("it was printed"),
    );
    let letters = |text: String| text.split_whitespace().collect::<String>();
    assert!(letters(sheet.text()).contains("HD239900000001"));
    let before = sheets[0]["printed"].clone();

    let page = server.reads("/agents").await.body;
    assert!(
        page.contains("割り当て待ちの委任状") && page.contains("空きなし"),
        "{page}"
    );
    let id = id(&sheets[2]).to_owned();
    let choose = format!("/api/v1/poas/{id}/choose_agent");
    let full = server
        .is_refused(&choose, json!({ "agent": "HD239900000001" }))
        .await;
    assert_eq!(full, (409, "agent.full".into()));
    server
        .must("/api/v1/agents", add("HD239900000002", 0))
        .await;
    assert_eq!(agents().await, [first.clone(), first, second]);
    let again = prints_all(&server).await;
    assert!(again.body.contains("3 通中 3 通を"), "{}", again.body);
    let sheets = papers(&server).await;
    assert_eq!(
        sheets[0]["printed"], before,
        "what was printed says what it said"
    );
    let sheet = kept(
        &server,
        sheets[2]["printed"].as_str().expect("it was printed"),
    );
    assert!(letters(sheet.text()).contains("HD239900000002"));
    let page = server
        .reads(&format!("/corporations/{CORPORATION}"))
        .await
        .body;
    assert!(page.contains("HD239900000002"), "{page}");
    let one = server.finds("/api/v1/agents/HD239900000001").await;
    assert_eq!(one["serves"], 100);
    let numbers: Vec<_> = one["offices"].as_array().into_iter().flatten().collect();
    assert_eq!(numbers.len(), 2, "{one}");
    assert_eq!(numbers[0]["number"], number(0).as_str());
    let page = server.reads("/agents/HD239900000001").await.body;
    assert!(page.contains(number(1).as_str()), "{page}");

    let retire = |agent: &str| format!("/api/v1/agents/{agent}/retire");
    server.must(&retire("HD239900000002"), json!({})).await;
    let retired = server.finds("/api/v1/agents/HD239900000002").await;
    assert_eq!(retired["giving"], "retired");
    let unknown = server
        .is_refused(&retire("HD239900000009"), json!({}))
        .await;
    assert_eq!(unknown, (404, "agent.unknown_id".into()));
    let page = server.reads("/agents").await.body;
    assert!(page.contains("割り当て停止済み"), "{page}");
}

#[tokio::test]
async fn printing_twice_the_same_day_gives_the_same_file() {
    let server = three_offices_applied("あおぞら第2事業所").await;
    let first = prints_all(&server).await;
    let files = |papers: Vec<Value>| -> Vec<Value> {
        papers
            .iter()
            .map(|paper| paper["printed"].clone())
            .collect()
    };
    let before = files(papers(&server).await);
    let second = prints_all(&server).await;
    assert_eq!(before, files(papers(&server).await));
    let link = |page: &str| {
        page.split("href=\"/files/")
            .nth(1)
            .map(|rest| rest[..64].to_owned())
    };
    assert_eq!(link(&first.body), link(&second.body));
}

#[tokio::test]
async fn a_scanner_s_keystrokes_receive_one_sheet_after_the_other() {
    let server = three_offices_applied("あおぞら第2事業所").await;
    posts_all(&server, "2026-06-24").await;
    server.office.goes_on_closing_days_to("2026-07-06").await;
    let all = papers(&server).await;
    let scan = async |typed: &str, last: &str| {
        let fields = [
            ("number", typed),
            ("last", last),
            ("arrived_on", "2026-07-06"),
            ("channel", "post"),
        ];
        let fields: Vec<_> = fields
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .collect();
        fills_in(&server, "/poa_tracker/receive", &fields)
            .await
            .body
    };
    let said = scan(&code(&all[0]), "").await;
    assert!(said.contains("受領しました。期限内です。"), "{said}");
    assert!(said.contains("data-sound=\"good\""), "{said}");
    let said = scan("0", id(&all[0])).await;
    assert!(said.contains("不備なしとして受理しました。"), "{said}");

    let said = scan(&code(&all[0]), id(&all[0])).await;
    assert!(said.contains("受領済みです"), "{said}");
    assert!(said.contains("data-sound=\"bad\""), "{said}");

    // In lower case, in groups, as a person types what she reads.
    let typed = Code::of(id(&all[1]).parse().expect("an id")).grouped();
    scan(&typed.to_lowercase(), id(&all[0])).await;
    let said = scan("2", id(&all[1])).await;
    assert!(
        said.contains("不備を記録しました：届出印と相違。"),
        "{said}"
    );
    assert!(said.contains("data-sound=\"care\""), "{said}");

    let mut misread = code(&all[2]);
    misread.replace_range(9..10, if &misread[9..10] == "0" { "1" } else { "0" });
    let said = scan(&misread, "").await;
    assert!(said.contains("コードを読み取れませんでした"), "{said}");
    let unknown = Code::of("0000000000000000000000000000abcd".parse().expect("an id"));
    let said = scan(&unknown.to_string(), "").await;
    assert!(
        said.contains("このコードの委任状は登録されていません"),
        "{said}"
    );

    let statuses: Vec<Value> = papers(&server)
        .await
        .iter()
        .map(|paper| paper["status"].clone())
        .collect();
    assert_eq!(statuses, ["to_file", "resend", "out"]);
}

#[tokio::test]
async fn a_sheet_of_a_lapsed_month_says_so_as_it_is_scanned() {
    let server = three_offices_applied("あおぞら第2事業所").await;
    posts_all(&server, "2026-06-24").await;
    server.office.goes_on_closing_days_to("2026-07-14").await;
    let code = code(&papers(&server).await[0]);
    let fields = [
        ("number", code.as_str()),
        ("arrived_on", "2026-07-13"),
        ("channel", "post"),
    ];
    let said = fills_in(&server, "/poa_tracker/receive", &fields)
        .await
        .body;
    assert!(
        said.contains("開始月は 2026年9月 に先送りされています"),
        "{said}"
    );
    assert!(said.contains("data-sound=\"care\""), "{said}");
}
