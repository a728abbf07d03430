//! Money told with mouse and keyboard: three people debit a month, the bank's file comes back, two people close the books;
//! the pages of money, ends and licences with something on them put no barrier before anybody.

use super::browser::{clerk_at, sits_down};
use super::money::{
    CORPORATION, a_customer_since_april, answered, downloads, of_corporation,
    registers_its_mandate, sends_the_file,
};
use daicho_tests::browser::Browser;
use daicho_tests::in_process::Server;
use daicho_tests::office::number;
use serde_json::json;

const BATCH: &str = "/debits/2026-09";

/// An action of the page: its form is opened and sent.
async fn does(browser: &Browser, page: &str, action: &str) {
    browser.opens(page).await;
    browser.clicks(&format!("#{action} > summary")).await;
    let button = format!("#{action} button[type=submit]");
    browser.leaves_the_page_by(browser.clicks(&button)).await;
}

async fn has_no_barriers(browser: &Browser, name: &str) {
    browser.picture(name).await;
    let barriers = browser.barriers().await;
    assert!(barriers.is_empty(), "{name}: {barriers:#?}");
}

/// The file that came back is chosen on the page of its month, and sent.
async fn gives_in(server: &Server, browser: &Browser, file: &[u8]) {
    let place = tempfile::tempdir().expect("a directory");
    let path = place.path().join("result.txt");
    std::fs::write(&path, file).expect("the file is written");
    browser.opens(BATCH).await;
    browser.attaches("振替結果のファイル", &[&path]).await;
    browser.sends("結果を取り込む").await;
    server.office.wakes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn three_people_debit_a_month_and_two_close_it() {
    let server = a_customer_since_april().await;
    registers_its_mandate(&server).await;
    server.office.goes_on_to("2026-09-10").await;
    let browser = clerk_at(&server).await;

    // One fixes what was gathered; the same person may not approve it; three are needed.
    browser.opens("/debits").await;
    browser
        .leaves_the_page_by(browser.clicks("#debits tbody a"))
        .await;
    browser.sees("main", "集計中").await;
    browser.sees("main", "前月の依頼").await;
    does(&browser, BATCH, "freeze").await;
    browser.sees("main", "承認待ち").await;
    does(&browser, BATCH, "approve").await;
    browser
        .sees("main", "直前の手続きと同じ担当者は進められません")
        .await;
    browser.opens(BATCH).await;
    sits_down(&browser, "山田").await;
    does(&browser, BATCH, "approve").await;
    browser.sees("main", "送付待ち").await;
    sits_down(&browser, "田中").await;
    does(&browser, BATCH, "release").await;
    browser.sees("main", "振替結果待ち").await;
    has_no_barriers(&browser, "debit-sent").await;

    // What was sent is no result; what came back is compared, booked and confirmed.
    let sent = downloads(&server).await;
    server.office.goes_on_to("2026-10-01").await;
    gives_in(&server, &browser, &sent).await;
    browser.sees("main", "依頼ファイルが指定されています").await;
    gives_in(&server, &browser, &answered(sent, b'1')).await;
    browser.opens(BATCH).await;
    browser.sees("main", "一致しています").await;
    browser.sees("main", "資金不足").await;
    has_no_barriers(&browser, "debit-answered").await;
    does(&browser, BATCH, "reconcile").await;
    browser.sees("main", "照合済み").await;
    browser.opens("/debits").await;
    browser.sees(".rates", "振替結果").await;
    has_no_barriers(&browser, "debits").await;
    browser.opens("/arrears").await;
    browser.sees("#arrears", "2026/10/15").await;

    // The books of August are asked for by one and closed by another.
    does(&browser, "/closing", "ask").await;
    browser.sees("#closing", "申請中").await;
    does(&browser, "/closing", "close").await;
    browser.sees("main", "別の担当者").await;
    browser.opens("/closing").await;
    sits_down(&browser, "伊藤").await;
    does(&browser, "/closing", "close").await;
    browser.sees("#closing", "締め済み").await;
    has_no_barriers(&browser, "closing-closed").await;
    // Who may not approve, what is no result, who may not close.
    browser.closes_after_refusals(3).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_of_money_ends_and_licences_put_no_barrier_before_anybody() {
    let server = a_customer_since_april().await;
    registers_its_mandate(&server).await;
    sends_the_file(&server).await;
    let licence = json!({
        "file": "ライセンス.csv",
        "csv": format!("事業所番号,開始日,満了日\r\n{},2026-04-15,2027-04-14\r\n", number(0)),
    });
    server.must("/api/v1/licences/take_over", licence).await;
    let form = json!({
        "way": "form", "received_on": "2026-09-10", "received_at": "10:15", "end_month": "2026-10", "open_returns": 0,
    });
    let path = of_corporation("terminations/honobono-mini2/request");
    server.must(&path, form).await;
    let browser = clerk_at(&server).await;
    let cases = server.finds("/api/v1/cases?state=all&limit=1000").await;
    let cases = cases["rows"].as_array().cloned().unwrap_or_default();
    let cases = cases
        .iter()
        .map(|row| format!("/cases/{}", row["no"].as_str().unwrap_or_default()));
    let pages = [
        "/",
        "/ledger",
        "/debits",
        BATCH,
        "/arrears",
        "/closing",
        "/terminations",
        "/licences",
        "/options",
        "/calendar?month=2026-09",
        "/calendar?month=2026-09&day=2026-09-28",
    ];
    let corporation = format!("/corporations/{CORPORATION}");
    let pages = pages.map(str::to_owned).into_iter().chain([corporation]);
    let mut barriers = Vec::new();
    for page in pages.chain(cases) {
        browser.opens(&page).await;
        let found = browser.barriers().await.into_iter();
        barriers.extend(found.map(|barrier| format!("{page}: {barrier}")));
    }
    assert!(barriers.is_empty(), "{barriers:#?}");
    browser.opens("/calendar?month=2026-09").await;
    browser.sees("main", "振替依頼の期限").await;
    browser.picture("calendar-debit").await;
    browser.closes_without_complaint().await;
}
