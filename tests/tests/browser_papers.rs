//! The paper's whole way with mouse, keyboard and scanner, in a headless Chromium: a batch is posted, twenty come back with two
//! defects, the rest goes to three federations, the IDs are set at the month's end, and a customer looks, and looks again.

use crate::attachments::{papers, twenty_offices};
use crate::browser::clerk_at;
use daicho_domain::poa::Code;
use daicho_domain::stream::{ApplicationId, CredentialId, OfficeId};
use daicho_eventlog::vault::SecretRef;
use daicho_tests::browser::Browser;
use daicho_tests::in_process::Server;
use daicho_tests::office::Office;
use serde_json::Value;
use std::str::FromStr;

/// The two whose seal is missing.
const DEFECTIVE: [usize; 2] = [3, 17];

fn part<T: FromStr<Err: std::fmt::Debug>>(paper: &Value, name: &str) -> T {
    let text = paper[name].as_str().expect("it is a text");
    text.parse().expect("it is one")
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_papers_go_out_and_come_back_and_a_customer_looks_twice() {
    let office = Office::opens_with_a_vault_on("2026-06-24").await;
    let server = Server::of(office).await;
    server.clerk_gives_her_name().await;
    twenty_offices(&server).await;
    let browser = clerk_at(&server).await;

    browser.opens("/dispatch").await;
    browser.sees("main", "封筒 20 通").await;
    browser.sends("発送済みにする").await;
    server.office.wakes().await;
    assert_eq!(papers(&server, "out").await.len(), 20);

    server.office.goes_on_closing_days_to("2026-07-06").await;
    let out = papers(&server, "out").await;
    browser.opens("/poa_tracker/receive").await;
    for (nth, paper) in out.iter().enumerate() {
        let code = Code::of(part(paper, "id")).to_string();
        let key = if DEFECTIVE.contains(&nth) { "1" } else { "0" };
        for keys in [code.as_str(), key] {
            browser.presses(keys).await;
            browser.presses_enter_and_waits().await;
            browser.waits_for("[role=status]").await;
        }
        server.office.wakes().await;
    }
    browser.sees("main", "本日の受領 20 通").await;
    browser.picture("papers-received").await;
    assert_eq!(papers(&server, "resend").await.len(), DEFECTIVE.len());

    browser.opens("/filing").await;
    browser.sees("main", "提出先 3 か所").await;
    browser.types("写しがない理由", "複合機の点検中").await;
    browser.sends("提出済みにする").await;
    browser.sees("main", "18 枚の提出を記録しました").await;
    browser.picture("papers-filed").await;
    server.office.wakes().await;
    browser.closes_without_complaint().await;

    server.office.goes_on_closing_days_to("2026-07-31").await;
    let filed = papers(&server, "filed").await;
    assert_eq!(filed.len(), 18);
    let (application, office): (ApplicationId, OfficeId) =
        (part(&filed[0], "application"), part(&filed[0], "office"));
    let credential = CredentialId::of_office(application, office);
    let vault = server.office.vault();
    let link = vault.link(SecretRef { credential, nth: 1 });
    let link = link.expect("the vault is read").expect("it was made");
    let id = vault.id(credential).expect("the vault is read");
    let id = id.expect("it was made");

    let customer = Browser::on(&server.url("")).await;
    let page = format!("/c/{link}");
    customer.opens(&page).await;
    customer.sees("main", "ボタンを押すと").await;
    assert!(!customer.shows(&id).await);
    customer.sends("IDと初期パスワードを表示する").await;
    customer.sees("main", &id).await;
    customer.sees("main", "もう表示できません").await;
    customer.picture("customer-looks").await;
    assert_eq!(customer.complaints().await, Vec::<String>::new());
    // Once: the same link shows nothing the second time, and does not say why.
    customer.opens(&page).await;
    customer.sends("IDと初期パスワードを表示する").await;
    customer.sees("main", "このリンクは使えません").await;
    assert!(!customer.shows(&id).await);
    let said = customer.complaints().await;
    assert!(said.iter().all(|line| line.contains("404")), "{said:?}");
    customer.closes_without_complaint().await;
}
