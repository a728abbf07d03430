//! The office's stories told with mouse and keyboard: the real pages in a headless Chromium, before an office whose
//! clock the test moves. Pictures of what was on the screen lie in `target/screenshots/`.

use daicho_api::routes::{Kind, ROUTES};
use daicho_domain::Service;
use daicho_domain::poa::Command;
use daicho_tests::browser::Browser;
use daicho_tests::in_process::Server;
use daicho_tests::office::{Office, number};
use fantoccini::key::Key;
use serde_json::json;
use std::path::Path;

/// The corporation that moves in.
const MOVED: &str = "00000000000000000000000000000101";

/// Three offices on one messenger form on 2026-06-24, the papers posted the next day: due back on Friday 2026-07-10,
/// for August.
async fn three_offices_applied() -> Office {
    let office = Office::opens_on("2026-06-24").await;
    office.takes_an_application("summer", &[0, 1, 2]).await;
    office.goes_on_closing_days_to("2026-06-25").await;
    for nth in 0..3 {
        office.posts("summer", nth).await;
    }
    office
}

/// A browser before the office, in which a clerk has given her name.
pub async fn clerk_at(server: &Server) -> Browser {
    let browser = Browser::on(&server.url("")).await;
    browser.opens("/").await;
    sits_down(&browser, "佐藤").await;
    browser
}

/// A member of the staff who is not on the list yet gives her name on the page that is open.
pub async fn sits_down(browser: &Browser, name: &str) {
    browser.clicks(".staff > summary").await;
    browser.types("一覧にない名前を加える", name).await;
    browser.sends("加えて選ぶ").await;
    browser.sees(".staff > summary", name).await;
}

/// The clerk types a number and presses Enter, and the workers do what follows.
async fn clerk_enters(server: &Server, browser: &Browser, nth: usize) {
    browser.presses(number(nth).as_str()).await;
    browser.presses_enter_and_waits().await;
    browser.sees("#taken", number(nth).as_str()).await;
    server.office.wakes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn apply_on_the_25th_return_on_time() {
    let office = Office::opens_on("2026-06-25").await;
    office
        .is_registered_since_today(Service::HonobonoMini2)
        .await;
    let server = Server::of(office).await;
    let browser = clerk_at(&server).await;

    browser
        .leaves_the_page_by(browser.clicks_on("申込受付"))
        .await;
    browser.sends("申込を受け付ける").await;
    browser.types("法人を探す", "あおぞら").await;
    browser.sends("探す").await;
    browser.sends("社会福祉法人あおぞら会").await;
    browser.clicks("[data-kind=transmission]").await;
    browser.chooses("サービス", "ほのぼのmini2").await;
    for nth in 0..3 {
        let office = format!("あおぞら第{}事業所", nth + 1);
        browser.clicks_label(&office).await;
        let kj_id = format!("KJ01{}", number(nth));
        browser.types(&format!("{office}のKJ ID"), &kj_id).await;
    }
    browser.sends("確かめる").await;
    browser.sees("#preview", "2026年8月").await;
    browser.picture("intake-before-saving").await;
    browser.sends("受け付ける").await;
    browser.sees("main", "あおぞら会").await;
    browser.picture("intake-taken").await;

    server.office.goes_on_closing_days_to("2026-06-26").await;
    moves_all(&server, &browser, "to_send", "発送済みにする").await;
    server.office.goes_on_closing_days_to("2026-07-08").await;
    browser.opens("/poa_tracker/receive").await;
    for nth in 0..3 {
        clerk_enters(&server, &browser, nth).await;
    }
    browser.picture("poa-received").await;
    moves_all(&server, &browser, "received", "不備なしとして受理する").await;
    moves_all(&server, &browser, "to_file", "国保連へ提出済みにする").await;
    moves_all(&server, &browser, "filed", "国保連の確認を記録する").await;

    server.office.goes_on_closing_days_to("2026-07-31").await;
    browser.opens("/credentials?month=2026-08").await;
    browser.picture("credentials-issued").await;
    server.office.goes_on_closing_days_to("2026-08-01").await;
    browser.opens("/cases?state=all&kind=transmission").await;
    browser.sees("#cases", "利用中").await;
    browser.picture("cases-started").await;
    browser.closes_without_complaint().await;
}

/// All sheets of one ステータス are moved on at once.
async fn moves_all(server: &Server, browser: &Browser, status: &str, word: &str) {
    browser
        .opens(&format!("/poa_tracker?status={status}"))
        .await;
    browser.clicks("[data-choose-all]").await;
    browser.sees("[data-chosen]", "3").await;
    if status == "to_file" {
        browser.types("写しがない理由", "複写を紙で保管").await;
    }
    browser.picture(&format!("poa-{status}")).await;
    browser.sends(word).await;
    browser.sees("main", "3 通中 3 通を記録しました。").await;
    server.office.wakes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_three_offices_returns_late() {
    let office = three_offices_applied().await;
    office.goes_on_closing_days_to("2026-07-10").await;
    let server = Server::of(office).await;
    let browser = clerk_at(&server).await;
    browser.opens("/poa_tracker/receive").await;
    for nth in [0, 1] {
        clerk_enters(&server, &browser, nth).await;
    }
    server.office.goes_on_to("2026-07-13").await;

    // Nobody has counted Friday's post: the sheet waits for us, not for the customer.
    browser.opens("/").await;
    browser.sees("#tiles", "到着確認待ち").await;
    browser.picture("home-after-the-due-date").await;
    browser.opens("/office_day?day=2026-07-10").await;
    browser.sees("#waiting", number(2).as_str()).await;
    browser.types("郵送の通数", "2").await;
    browser.picture("office-day-counted").await;
    browser.sends("通数を記録する").await;
    browser
        .leaves_the_page_by(browser.clicks("form[action$='/close'] button"))
        .await;
    browser.sees("main", "締め済み").await;
    browser.picture("office-day-closed").await;
    server.office.wakes().await;

    browser.opens("/postponements").await;
    browser.sees("#postponements", "2026年9月").await;
    browser.sees("#postponements", number(2).as_str()).await;
    browser.picture("postponements").await;
    browser.opens("/cases?kind=transmission").await;
    browser.sees("#cases", "先送り中").await;
    browser.presses("j").await;
    browser
        .leaves_the_page_by(browser.presses(&Key::Enter.to_string()))
        .await;
    browser.sees("#case-now", "委任状").await;
    browser.picture("case-postponed").await;
    browser.closes_without_complaint().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_envelope_arrived_on_friday_and_was_entered_on_monday() {
    let office = three_offices_applied().await;
    office.goes_on_closing_days_to("2026-07-10").await;
    for nth in [0, 1] {
        office.enters_arrival("summer", nth, "2026-07-10").await;
        office.does("summer", nth, Command::Accept {}).await;
    }
    office.goes_on_closing_days_to("2026-07-13").await;
    let server = Server::of(office).await;
    let browser = clerk_at(&server).await;
    browser.opens("/postponements").await;
    browser.sees("#postponements", "2026年9月").await;

    browser.opens("/poa_tracker/receive").await;
    browser.picks_day("届いた日", "2026-07-10").await;
    browser.types("委任状のコード", number(2).as_str()).await;
    browser.presses_enter_and_waits().await;
    server.office.wakes().await;
    browser.sees("#taken", "2026/07/10（金） 期限内").await;
    browser.picture("poa-entered-on-monday").await;
    browser.sends("不備なし").await;
    server.office.wakes().await;

    browser.opens("/postponements").await;
    browser
        .sees("#postponements", "先送り中の法人はありません。")
        .await;
    browser.opens("/cases?kind=transmission").await;
    browser.sees("#cases", "2026年8月").await;
    browser.picture("cases-back-in-august").await;
    browser.closes_without_complaint().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_sheets_are_received_with_the_keyboard_alone() {
    let office = three_offices_applied().await;
    office.goes_on_closing_days_to("2026-07-08").await;
    let server = Server::of(office).await;
    let browser = clerk_at(&server).await;
    browser.presses("g").await;
    browser.leaves_the_page_by(browser.presses("p")).await;
    assert_eq!(browser.address().await, "/poa_tracker");
    browser.opens("/poa_tracker/receive").await;
    for nth in 0..3 {
        // The field is ready for the next number: nothing else is pressed between.
        clerk_enters(&server, &browser, nth).await;
    }
    browser.sees("main", "本日の受領 3 通").await;
    browser.presses("170210231").await;
    browser.presses_enter_and_waits().await;
    browser.sees("[role=alert]", "0170210231").await;
    browser.picture("poa-lost-zero").await;
    browser.closes_without_complaint().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_shows_by_itself_what_happens_elsewhere() {
    let office = three_offices_applied().await;
    office.goes_on_closing_days_to("2026-07-08").await;
    let server = Server::of(office).await;
    let browser = clerk_at(&server).await;
    browser.opens("/poa_tracker").await;
    browser.runs("window.untouched = true").await;
    browser.sees("#sheets", "返送待ち").await;
    server
        .office
        .enters_arrival("summer", 1, "2026-07-08")
        .await;
    browser.sees("#sheets", "受領済み").await;
    assert_eq!(
        browser.runs("return window.untouched").await,
        true,
        "the page was not loaded again"
    );
    browser.closes_without_complaint().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_walk_the_list_search_explain_and_go() {
    let office = three_offices_applied().await;
    let server = Server::of(office).await;
    let browser = clerk_at(&server).await;
    browser.opens("/cases").await;
    browser.presses("j").await;
    browser.waits_for("tr.is-at").await;
    browser.presses("e").await;
    browser.waits_for("#why-dialog[open] .why-rules").await;
    browser.picture("why").await;
    browser
        .sees("#why-dialog", "何が変わると結果が変わるか")
        .await;
    browser.presses(&Key::Escape.to_string()).await;
    browser.waits_for("#why-dialog:not([open])").await;
    browser.presses("?").await;
    browser.waits_for("#keys[open]").await;
    browser.picture("keys").await;
    browser.presses(&Key::Escape.to_string()).await;
    browser.presses("/").await;
    browser.waits_for("#search:focus").await;
    browser.presses("jあおぞら").await;
    browser.presses_enter_and_waits().await;
    browser.sees("#cases", "該当する案件はありません。").await;
    browser.opens("/cases").await;
    browser.presses_control("k").await;
    browser.waits_for("#palette[open]").await;
    browser.presses("先送り").await;
    browser.picture("palette").await;
    browser
        .leaves_the_page_by(browser.presses(&Key::Enter.to_string()))
        .await;
    assert_eq!(browser.address().await, "/postponements");
    browser.closes_without_complaint().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_puts_a_barrier_before_anybody() {
    let office = three_offices_applied().await;
    office.goes_on_closing_days_to("2026-07-10").await;
    for nth in [0, 1] {
        office.enters_arrival("summer", nth, "2026-07-10").await;
    }
    office.goes_on_closing_days_to("2026-07-13").await;
    let server = Server::of(office).await;
    let browser = clerk_at(&server).await;
    let cases = server.finds("/api/v1/cases?state=all").await;
    let cases = cases["rows"].as_array().cloned().unwrap_or_default();
    let parts = cases
        .iter()
        .map(|row| format!("/cases/{}", row["no"].as_str().unwrap_or_default()));
    let corporation = cases.iter().map(|row| {
        format!(
            "/corporations/{}",
            row["corporation"].as_str().unwrap_or_default()
        )
    });
    let pages = ROUTES
        .iter()
        .filter(|route| route.kind == Kind::Page)
        .map(|route| route.path.to_owned());
    let pages: Vec<String> = pages
        .chain(parts.take(4))
        .chain(corporation.take(1))
        .collect();
    let mut barriers = Vec::new();
    for page in pages {
        browser.opens(&page).await;
        let name = page.trim_start_matches('/').replace('/', "-");
        browser
            .picture(&format!(
                "page-{}",
                if name.is_empty() { "home" } else { &name }
            ))
            .await;
        barriers.extend(
            browser
                .barriers()
                .await
                .into_iter()
                .map(|barrier| format!("{page}: {barrier}")),
        );
    }
    assert!(barriers.is_empty(), "{barriers:#?}");
    browser.closes_without_complaint().await;
}

/// The form of 移行, filled in and sent.
async fn moves_in(browser: &Browser, sheet: &Path, registrations: &str, word: &str) {
    browser.opens("/moving").await;
    browser.attaches("移行の表", &[sheet]).await;
    browser.picks_day("切替日", "2026-10-01").await;
    browser.picks_day("最初に請求する月", "2026-10").await;
    browser.types("本登録の法人（件）", registrations).await;
    browser.sends(word).await;
    browser.sees("main", "移行の結果").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_move_an_office_in_and_every_line_says_what_became_of_it() {
    let server = Server::opens_on("2026-10-01").await;
    let of = |action: &str| format!("/api/v1/corporations/{MOVED}/{action}");
    let name = json!({ "number": "7000012050002", "name": "社会福祉法人あおぞら会" });
    server.must(&of("register"), name).await;
    let office = json!({ "number": number(0).as_str(), "entries": [{ "kind": "訪問介護", "name": "あおぞら" }] });
    server
        .must(&of("add_offices"), json!({ "offices": [office] }))
        .await;
    let place = tempfile::tempdir().expect("a directory");
    let sheet = place.path().join("登録.csv");
    let header = "法人番号,仮登録日,本登録日,事業所番号,規約の版";
    let line = format!("7000012050002,2026-04-10,2026-05-20,{},2026-04", number(0));
    let wrong = "7000012050002,4月10日,2026-05-20,,2026-04";
    let both = format!("{header}\r\n{line}\r\n{wrong}\r\n");
    std::fs::write(&sheet, both).expect("the sheet is written");

    // Looked at: the bad line says what is wrong with it, nothing is recorded.
    let browser = clerk_at(&server).await;
    moves_in(&browser, &sheet, "1", "確かめる（記録しない）").await;
    browser.sees("main", "確認のみ").await;
    browser.sees("main", "仮登録日").await;
    browser.picture("moving-checked").await;
    let barriers = browser.barriers().await;
    assert!(barriers.is_empty(), "{barriers:#?}");
    std::fs::write(&sheet, format!("{header}\r\n{line}\r\n")).expect("the sheet is put right");

    // A total that is not what the lines come to is refused, and says both.
    moves_in(&browser, &sheet, "2", "承認を申請する").await;
    browser.sees("main", "入力 2／表 1").await;
    moves_in(&browser, &sheet, "1", "承認を申請する").await;
    browser.sees("main", "申請済み").await;

    // Who asked may not approve; somebody else may, with the same sheet.
    let approves = async || {
        browser.opens("/moving").await;
        browser.sees("#runs", "承認待ち").await;
        browser.attaches("申請したときと同じ表", &[&sheet]).await;
        browser.sends("承認して取り込む").await;
    };
    approves().await;
    browser.sees("main", "申請者は承認できません").await;
    sits_down(&browser, "鈴木").await;
    approves().await;
    browser.sees("main", "案件を移行しました").await;
    browser.picture("moving-done").await;
    server.office.wakes().await;
    browser.opens("/moving").await;
    browser.sees("#runs", "承認済み").await;
    browser.picture("moving-runs").await;
    let barriers = browser.barriers().await;
    assert!(barriers.is_empty(), "{barriers:#?}");
    browser.opens("/cases?state=all&kind=enrolment").await;
    browser.sees("#cases", "利用中").await;
    browser.closes_without_complaint().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scan_dropped_on_a_case_is_attached() {
    let office = three_offices_applied().await;
    let server = Server::of(office).await;
    let browser = clerk_at(&server).await;
    browser.opens("/cases?kind=poa").await;
    browser
        .leaves_the_page_by(browser.clicks("#cases a.code"))
        .await;
    browser
        .sees("#attached", "添付ファイルはありません。")
        .await;
    let drop = "const carried = new DataTransfer(); \
         carried.items.add(new File(['%PDF-1.7\\n%%EOF'], '委任状.pdf', { type: 'application/pdf' })); \
         for (const kind of ['dragover', 'drop']) document.querySelector('main') \
         .dispatchEvent(new DragEvent(kind, { dataTransfer: carried, bubbles: true, cancelable: true }));";
    browser
        .leaves_the_page_by(async {
            browser.runs(drop).await;
        })
        .await;
    browser.sees("#attached", "委任状.pdf").await;
    browser.sees("#attached", "原本の写し").await;
    browser.sees("#history", "ファイルを添付").await;
    browser.picture("case-attached").await;
    let barriers = browser.barriers().await;
    assert!(barriers.is_empty(), "{barriers:?}");
    browser.closes_without_complaint().await;
}
