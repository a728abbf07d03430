//! What comes after the first month, with mouse and keyboard: a customer who leaves, changes its mind and leaves all the same; a
//! licence from its checklist to its second year; options ordered, done and charged.

use super::browser::clerk_at;
use super::{licences, messenger_fees, terminations};
use daicho_tests::browser::Browser;
use daicho_tests::in_process::Server;
use daicho_tests::office::number;

/// Opens the form of an action.
async fn opens_form(browser: &Browser, action: &str) {
    browser.clicks(&format!("#{action} > summary")).await;
}

/// Sends the form of an action that is open; what follows from it happens.
async fn sends_form(server: &Server, browser: &Browser, action: &str) {
    let button = format!("#{action} button[type=submit]");
    browser.leaves_the_page_by(browser.clicks(&button)).await;
    server.office.wakes().await;
}

/// Opens the case of the only row of a list.
async fn opens_the_case_in(browser: &Browser, list: &str) {
    let link = format!("{list} tbody a");
    browser.leaves_the_page_by(browser.clicks(&link)).await;
}

/// Looks at the page: a picture for people, and nothing in anybody's way.
async fn is_shown(browser: &Browser, name: &str) {
    browser.picture(name).await;
    let barriers = browser.barriers().await;
    assert!(barriers.is_empty(), "{name}: {barriers:#?}");
}

/// The end form of a corporation for all its offices, received today at a quarter past ten.
async fn fills_in_the_end(browser: &Browser, way: &str, end_month: &str, open_returns: &str) {
    browser.opens("/terminations").await;
    browser.types("法人番号", "7000012050002").await;
    browser.sends("フォームを開く").await;
    browser.sees("main", "社会福祉法人あおぞら会").await;
    opens_form(browser, "end-honobono-mini2").await;
    browser.chooses("申し出の方法", way).await;
    browser.picks_day("フォームの受付時刻", "10:15").await;
    browser.picks_day("終了月", end_month).await;
    browser.types("未処理の返戻の件数", open_returns).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_leaves_stays_and_leaves_all_the_same_until_its_paper_is_back() {
    let server = terminations::transmits().await;
    let browser = clerk_at(&server).await;

    // A telephone call is no end.
    fills_in_the_end(&browser, "電話", "2026-09", "0").await;
    is_shown(&browser, "end-form").await;
    sends_form(&server, &browser, "end-honobono-mini2").await;
    browser.sees("main", "フォーム").await;
    is_shown(&browser, "end-by-telephone").await;

    fills_in_the_end(&browser, "Webフォーム", "2026-09", "0").await;
    sends_form(&server, &browser, "end-honobono-mini2").await;
    browser.sees("#terminations", "終了受付済み").await;
    browser.sees("#terminations", "2026年9月").await;
    is_shown(&browser, "ends-filed").await;

    // Before the cut-off the customer takes it back.
    opens_the_case_in(&browser, "#terminations").await;
    browser.sees("#waits", "終了月の満了待ち").await;
    is_shown(&browser, "end-case").await;
    opens_form(&browser, "withdraw").await;
    browser.picks_day("フォームの受付時刻", "11:00").await;
    browser.picture("end-withdrawal").await;
    sends_form(&server, &browser, "withdraw").await;
    browser.sees("#history", "取り下げ").await;
    browser.opens("/poa_tracker?status=void").await;
    browser.sees("#sheets", number(0).as_str()).await;

    // It leaves all the same, a month sooner, with returned claims open.
    fills_in_the_end(&browser, "Webフォーム", "2026-08", "2").await;
    sends_form(&server, &browser, "end-honobono-mini2").await;
    browser.sees("#terminations", "2026年8月").await;
    browser.sees("#terminations", "未処理の返戻 2件").await;
    browser.sees("#terminations", "取り下げ").await;
    browser.sees("#terminations", "無効").await;
    is_shown(&browser, "ends-filed-again").await;

    // The end 委任状 goes out and comes back.
    server.office.goes_on_closing_days_to("2026-08-21").await;
    moves_on(&server, &browser, "to_send", "発送済みにする").await;
    server.office.goes_on_closing_days_to("2026-09-01").await;
    browser.opens("/poa_tracker/receive").await;
    browser.presses(number(0).as_str()).await;
    browser.presses_enter_and_waits().await;
    browser.sees("#taken", number(0).as_str()).await;
    server.office.wakes().await;
    moves_on(&server, &browser, "received", "不備なしとして受理する").await;
    browser.opens("/terminations?status=release").await;
    browser.sees("#terminations", "代理人解除待ち").await;
    browser.sees("#terminations", "受領済み").await;
    is_shown(&browser, "ends-paper-back").await;

    // The agent is released on its day, and the case is closed.
    server.office.goes_on_closing_days_to("2026-09-11").await;
    opens_the_case_in(&browser, "#terminations").await;
    is_shown(&browser, "end-case-release").await;
    moves_on(&server, &browser, "to_file", "国保連へ提出済みにする").await;
    moves_on(&server, &browser, "filed", "国保連の確認を記録する").await;
    browser.opens("/terminations?status=done").await;
    browser.sees("#terminations", "解除済み").await;
    is_shown(&browser, "ends-done").await;
    browser.opens("/cases").await;
    browser.sees("#cases", "案件はありません").await;
    browser.closes_after_refusals(1).await;
}

/// The only sheet of a ステータス is moved on.
async fn moves_on(server: &Server, browser: &Browser, status: &str, word: &str) {
    browser
        .opens(&format!("/poa_tracker?status={status}"))
        .await;
    browser.clicks("[data-choose-all]").await;
    browser.sees("[data-chosen]", "1").await;
    if status == "to_file" {
        browser.types("写しがない理由", "複写を紙で保管").await;
    }
    browser.picture(&format!("end-paper-{status}")).await;
    browser.sends(word).await;
    browser.sees("main", "1 通中 1 通を記録しました。").await;
    server.office.wakes().await;
}

/// What an office answers before it applies, but for its password.
async fn answers_the_checklist(browser: &Browser) {
    browser.chooses("OS", "Windows 11").await;
    browser.clicks_label("Windowsの暦が西暦になっている").await;
    browser.chooses("ブラウザ", "Microsoft Edge").await;
    browser.clicks_label("PDF閲覧ソフトがある").await;
    browser
        .types("介護ソフトの名称", "あおぞらケアソフト")
        .await;
    for tables in ["計画書1・2表", "6・7表（計画）", "6表（実績）"] {
        browser
            .clicks_label(&format!("介護ソフトが{tables}に対応"))
            .await;
    }
    browser.types("KJ ID", &format!("KJ01{}", number(0))).await;
    browser.types("電子証明書の発行者", "e-seikyu CA").await;
    browser.types("電子証明書の発行先", "KaigoJigyousho").await;
    browser.chooses("電子証明書の種類", "介護保険証明書").await;
    browser
        .picks_day("電子証明書の有効期間の開始日", "2025-04-01")
        .await;
    browser
        .picks_day("電子証明書の有効期間の満了日", "2028-03-31")
        .await;
}

/// Contact data and terms, of the application and of every renewal.
async fn gives_its_contact(browser: &Browser, phone: &str) {
    browser.types("担当者", "山田花子").await;
    browser.types("電話番号", phone).await;
    browser.types("メールアドレス", "care@example.jp").await;
    browser
        .types("メールアドレス（確認のためもう一度）", "care@example.jp")
        .await;
    browser.types("同意した利用規約の版", "2026-01").await;
}

/// The application on the case that is open.
async fn applies(server: &Server, browser: &Browser, phone: &str) {
    opens_form(browser, "apply").await;
    browser.types("事業所名", "あおぞら第1事業所").await;
    browser.types("代表者", "青空太郎").await;
    gives_its_contact(browser, phone).await;
    sends_form(server, browser, "apply").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_licence_is_checked_applied_for_granted_paid_and_renewed() {
    let server = licences::office_opens_on("2026-04-15").await;
    let browser = clerk_at(&server).await;

    // The password is not changed yet: the office cannot apply, and the case says why.
    browser.opens("/licences").await;
    browser.types("事業所番号", number(0).as_str()).await;
    browser.sends("確認を始める").await;
    browser.sees("main", "あおぞら第1事業所").await;
    answers_the_checklist(&browser).await;
    is_shown(&browser, "licence-checklist").await;
    sends_form(&server, &browser, "check").await;
    browser.sees("#licences", "準備中（不足あり）").await;
    opens_the_case_in(&browser, "#licences").await;
    browser.sees("main", "パスワード").await;
    is_shown(&browser, "licence-gaps").await;

    // What was answered stands in the form: only what was missing is said anew.
    opens_form(&browser, "check").await;
    browser.clicks_label("仮パスワードを変更済み").await;
    browser.picture("licence-checklist-again").await;
    sends_form(&server, &browser, "check").await;
    browser.sees("main", "申請前").await;

    applies(&server, &browser, "03-1234-5678").await;
    browser.sees("main", "ハイフン").await;
    browser.sees(".staff > summary", "佐藤").await;
    is_shown(&browser, "licence-phone-with-hyphens").await;
    // The form is back, open, with what was typed: only what is wrong is typed again.
    browser.types("電話番号", "0312345678").await;
    sends_form(&server, &browser, "apply").await;
    browser.sees("main", "申請受付済み").await;
    opens_form(&browser, "grant").await;
    sends_form(&server, &browser, "grant").await;
    browser.sees("main", "有効").await;
    browser.sees("#dates", "2027/04/14（水）").await;
    is_shown(&browser, "licence-granted").await;

    // The benefit of May pays for it.
    server.office.goes_on_closing_days_to("2026-05-25").await;
    browser.opens("/licences").await;
    opens_the_case_in(&browser, "#licences").await;
    opens_form(&browser, "confirm_fee").await;
    sends_form(&server, &browser, "confirm_fee").await;
    browser.sees("#history", "2026年5月").await;

    // Sixty days before its end the next year is filed; it follows without a gap.
    server.office.goes_on_closing_days_to("2027-02-13").await;
    browser.opens("/licences?status=renewable").await;
    browser.sees("#licences", "あと60日").await;
    is_shown(&browser, "licences-renewable").await;
    opens_the_case_in(&browser, "#licences").await;
    opens_form(&browser, "file_renewal").await;
    gives_its_contact(&browser, "0312345678").await;
    browser.picture("licence-renewal-form").await;
    sends_form(&server, &browser, "file_renewal").await;
    browser.sees("main", "事前申請受付済み").await;
    opens_form(&browser, "renew").await;
    sends_form(&server, &browser, "renew").await;
    browser.opens("/licences").await;
    browser.sees("#licences", "契約 2年分").await;
    is_shown(&browser, "licences-filed").await;
    server.office.goes_on_closing_days_to("2027-04-15").await;
    browser.opens("/licences").await;
    browser
        .sees("#licences", "2027/04/15（木）〜2028/04/14（金）")
        .await;
    browser.sees("#licences", "あと365日").await;
    is_shown(&browser, "licences-second-year").await;
    opens_the_case_in(&browser, "#licences").await;
    browser.sees("main", "有効").await;
    is_shown(&browser, "licence-second-year").await;
    browser.closes_after_refusals(1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn options_are_ordered_done_and_charged_with_their_month() {
    let server = messenger_fees::two_offices_transmit().await;
    let browser = clerk_at(&server).await;
    let orders = async |option: &str, quantity: &str, whose: Option<&str>| {
        browser.opens("/options").await;
        browser.types("事業所番号", number(0).as_str()).await;
        browser.sends("申込の画面を開く").await;
        browser.sees("main", "あおぞら").await;
        browser.chooses("オプション", option).await;
        browser.types("数量", quantity).await;
        if let Some(whose) = whose {
            browser.chooses("どのIDか", whose).await;
        }
        is_shown(&browser, &format!("option-form-{quantity}")).await;
        sends_form(&server, &browser, "order-option").await;
    };
    orders("削除した通知書の復旧", "3", None).await;
    browser.sees("#options", "作業待ち").await;
    orders("返戻管理くん", "1", None).await;
    browser.sees("#options", "利用中").await;
    orders("パスワード再発行", "2", Some("職員ID")).await;
    browser.sees("#options", "職員ID 2 ID").await;
    is_shown(&browser, "options-ordered").await;

    // One of the three files could not be restored: what was done is charged, no more.
    opens_the_case_in(&browser, "#options").await;
    let wide = "return document.documentElement.scrollWidth > document.documentElement.clientWidth";
    assert_eq!(browser.runs(wide).await, false, "the page is too wide");
    is_shown(&browser, "option-case").await;
    opens_form(&browser, "finish-option-1").await;
    browser.types("作業した数", "2").await;
    browser.picture("option-work").await;
    sends_form(&server, &browser, "finish-option-1").await;
    opens_form(&browser, "withdraw-option-3").await;
    browser.types("理由", "お客様がご自身で再設定").await;
    sends_form(&server, &browser, "withdraw-option-3").await;
    browser.opens("/options").await;
    browser.sees("#options", "作業済み（請求予定）").await;
    browser.sees("#options", "2 / 3 ファイル").await;
    browser.sees("#options", "取り下げ").await;

    // August is over: 20,000 yen before tax for two files; 返戻管理くん from September on.
    server.office.goes_on_closing_days_to("2026-10-01").await;
    browser.opens("/options").await;
    browser.sees("#options", "20,000").await;
    browser.sees("#options", "請求済み").await;
    browser.sees("#options", "2026年9月分まで").await;
    is_shown(&browser, "options-charged").await;
    browser.opens("/ledger").await;
    browser.sees("main", "22,000").await;
    browser
        .sees("main", "メッセンジャー オプション 2026年8月分")
        .await;
    is_shown(&browser, "options-ledger").await;
    browser.closes_without_complaint().await;
}
