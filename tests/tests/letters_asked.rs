//! Letters that are sent before anything is late, and those that somebody asks for: 返送のお願い before the due date, the invoice
//! of a licence, 領収書 and 支払証明書; each printed by the page and read back by another program.

use crate::readers::Paper;
use daicho_domain::Service;
use daicho_domain::poa;
use daicho_tests::in_process::Server;
use daicho_tests::office::{Office, corporation, number};
use reqwest::Method;
use serde_json::{Value, json};

const SECOND: &str = "00000000000000000000000000000010";

/// An address of the corporation that the office begins with.
fn of_corporation(action: &str) -> String {
    format!("/api/v1/corporations/{}/{action}", corporation())
}

/// The letters of this name with this status.
async fn letters(server: &Server, letter: &str, status: &str) -> Vec<Value> {
    let found = server
        .finds(&format!("/api/v1/letters?limit=1000&status={status}"))
        .await;
    let rows = found["rows"].as_array().cloned().unwrap_or_default();
    rows.into_iter()
        .filter(|row| row["letter"] == letter)
        .collect()
}

/// What the one letter of this name that waits to be sent says, as it is printed now.
async fn says(server: &Server, letter: &str) -> String {
    let here = letters(server, letter, "to_send").await;
    assert_eq!(here.len(), 1, "{letter}: {here:?}");
    let id = here[0]["id"].as_str().expect("a letter has an id");
    let printed = server.fills_in("/dispatch/print", &[("letter", id)]).await;
    assert!(printed.body.contains("1 通中 1 通を"), "{}", printed.body);
    let here = letters(server, letter, "to_send").await;
    let digest = here[0]["printed"].as_str().expect("it was printed");
    let data = server.office.data();
    let file = data.kept(digest.parse().expect("a digest"));
    Paper::new(&file.expect("files can be read").expect("it was kept")).text()
}

fn said(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part}: {text}");
    }
}

async fn sends_all(server: &Server, letter: &str, on: &str) {
    for row in letters(server, letter, "to_send").await {
        let id = row["id"].as_str().expect("a letter has an id");
        let sent = json!({ "method": "post", "sent_on": on });
        server
            .must(&format!("/api/v1/letters/{id}/send"), sent)
            .await;
    }
}

#[tokio::test]
async fn what_is_not_back_five_business_days_before_the_due_date_is_asked_for_once() {
    let server = Server::registered_since("2026-04-01", Service::HonobonoMini2).await;
    let office = &server.office;
    office.goes_on_closing_days_to("2026-06-24").await;
    office.takes_an_application("one", &[0, 1, 2]).await;
    for nth in 0..3 {
        office.posts("one", nth).await;
    }
    office.goes_on_closing_days_to("2026-07-02").await;
    office.enters_arrival("one", 2, "2026-07-02").await;
    assert!(letters(&server, "poa-reminder", "to_send").await.is_empty());

    office.goes_on_closing_days_to("2026-07-03").await;
    let text = says(&server, "poa-reminder").await;
    let (first, second, third) = (number(0), number(1), number(2));
    said(
        &text,
        &[
            "委任状ご返送のお願い",
            "2026年6月24日にお送りした",
            "2026年7月10日（金）必着",
            "2026年7月8日（水）までにご投函",
            "2026年8月",
            "北海道国民健康保険団体連合会",
            "返送期日は開始月の1か月前の10日",
            first.as_str(),
            second.as_str(),
        ],
    );
    assert!(!text.contains(third.as_str()), "it is here: {text}");

    // One comes with the next post: the letter asks for the other one alone, and what was printed is not it.
    office.goes_on_closing_days_to("2026-07-06").await;
    office.enters_arrival("one", 0, "2026-07-06").await;
    let text = says(&server, "poa-reminder").await;
    assert!(!text.contains(first.as_str()), "it is here: {text}");
    said(&text, &[second.as_str()]);

    // It goes out, and nobody is asked a second time; once the date is over, another letter says so.
    sends_all(&server, "poa-reminder", "2026-07-06").await;
    office.goes_on_closing_days_to("2026-07-10").await;
    office.goes_on_to("2026-07-11").await;
    assert!(letters(&server, "poa-reminder", "to_send").await.is_empty());
    assert_eq!(letters(&server, "poa-overdue", "to_send").await.len(), 1);
}

#[tokio::test]
async fn a_reminder_that_has_not_gone_out_is_called_off_when_everything_is_here() {
    let office = Office::opens_on("2026-04-01").await;
    office
        .is_registered_since_today(Service::HonobonoMini2)
        .await;
    let server = Server::of(office).await;
    let office = &server.office;
    office.goes_on_closing_days_to("2026-06-24").await;
    office.takes_an_application("one", &[0]).await;
    office.posts("one", 0).await;
    office.goes_on_closing_days_to("2026-07-03").await;
    office.enters_arrival("one", 0, "2026-07-03").await;
    assert_eq!(
        letters(&server, "poa-reminder", "called_off").await.len(),
        1
    );
    office.does("one", 0, poa::Command::Accept {}).await;
    office.goes_on_closing_days_to("2026-07-13").await;
    assert!(letters(&server, "poa-overdue", "to_send").await.is_empty());
}

/// A customer of mini2 since April, three offices, charged for August and September 2026.
async fn charged() -> Server {
    let server = Server::registered_since("2026-04-10", Service::HonobonoMini2).await;
    let named = json!({ "name": "鈴木" });
    let second = format!("/api/v1/staff/{SECOND}/name");
    server.must(&second, named).await;
    server.office.goes_on_closing_days_to("2026-10-01").await;
    server
}

async fn pays(server: &Server, amount: u64, on: &str) {
    let paid = json!({ "amount": amount, "received_on": on, "method": "transfer" });
    let path = of_corporation("ledger/record_payment");
    server.must(&path, paid).await;
}

#[tokio::test]
async fn a_receipt_says_what_was_received_for_what_and_the_second_one_that_it_is_a_copy() {
    let server = charged().await;
    pays(&server, 9_900 + 3_300, "2026-10-01").await;
    let ask = of_corporation("ledger/ask_receipt");
    let entry = json!({ "entry": "paid.1" });
    server.must(&ask, entry.clone()).await;
    let text = says(&server, "receipt").await;
    said(
        &text,
        &[
            "領収書",
            "金13,200円也",
            "社会福祉法人あおぞら会",
            "2026年10月1日（木）",
            "振込",
            "2026年8月、2026年9月分",
            "ほのぼのmini22026年8月分ご利用料金10%対象9,900円",
            "ほのぼのmini22026年9月分ご利用料金10%対象3,300円",
            "うち10%対象13,200円の消費税1,200円",
            "T7123456789012",
        ],
    );
    assert!(!text.contains("再発行"), "{text}");
    let number = |text: &str| {
        let (_, rest) = text.split_once("領収書番号").expect("a number");
        rest.chars().take(14).collect::<String>()
    };
    let first = number(&text);

    sends_all(&server, "receipt", "2026-10-01").await;
    let ledger = format!("/cases/of/billing-{}", corporation());
    let page = server.reads(&ledger).await.body;
    said(
        &page,
        &[
            "領収書を発行する",
            "paid.1（再発行）",
            "支払証明書を発行する",
        ],
    );
    let form = format!(
        "/corporations/{}/ledger/ask_receipt?form=f1&return_to={ledger}",
        corporation()
    );
    server.fills_in(&form, &[("entry", "paid.1")]).await;
    server.fills_in(&form, &[("entry", "paid.1")]).await;
    let text = says(&server, "receipt").await;
    said(&text, &["（再発行）", "本書は再発行です", "金13,200円也"]);
    assert_eq!(number(&text), first, "it is the same receipt");

    let refused = server
        .is_refused(&ask, json!({ "entry": "2026-08.honobono-mini2" }))
        .await;
    assert_eq!(refused, (409, "billing.not_collected".to_owned()));
}

#[tokio::test]
async fn a_payment_that_is_reversed_is_no_receipt_and_stands_in_no_certificate() {
    let server = charged().await;
    pays(&server, 9_900, "2026-09-30").await;
    pays(&server, 9_900, "2026-10-01").await;
    let receipt = of_corporation("ledger/ask_receipt");
    let certificate = of_corporation("ledger/ask_certificate");
    let year = json!({ "from": "2026-01-01", "to": "2026-10-01" });
    server.must(&receipt, json!({ "entry": "paid.2" })).await;
    server.must(&certificate, year.clone()).await;
    let text = says(&server, "payment-certificate").await;
    said(
        &text,
        &[
            "支払証明書",
            "2026年1月1日〜2026年10月1日",
            "19,800円",
            "2026年9月30日",
            "2026年10月1日",
            "ほのぼのmini22026年8月分ご利用料金",
            "振込",
        ],
    );
    let reverse = json!({ "entry": "paid.2", "reason": "別の法人の入金" });
    server
        .must(&of_corporation("ledger/ask_reversal"), reverse)
        .await;
    let approved = server
        .request(Method::POST, &of_corporation("ledger/approve_reversal"))
        .header("content-type", "application/json")
        .header("daicho-staff", SECOND)
        .body(json!({ "entry": "paid.2" }).to_string());
    let approved = server.answer(approved).await;
    assert_eq!(approved.status, 200, "{}", approved.body);
    server.office.wakes().await;

    // Neither goes out: one confirms money that was not received, the other lists it.
    for letter in ["receipt", "payment-certificate"] {
        assert!(letters(&server, letter, "to_send").await.is_empty());
        assert_eq!(letters(&server, letter, "called_off").await.len(), 1);
    }
    let refused = server
        .is_refused(&receipt, json!({ "entry": "paid.2" }))
        .await;
    assert_eq!(refused, (409, "billing.already_reversed".to_owned()));
    server.must(&certificate, year).await;
    let text = says(&server, "payment-certificate").await;
    said(&text, &["9,900円", "2026年9月30日", "再発行"]);
    assert!(!text.contains("19,800円"), "{text}");
    let none = json!({ "from": "2026-10-01", "to": "2026-10-01" });
    let refused = server.is_refused(&certificate, none).await;
    assert_eq!(refused, (409, "billing.nothing_collected".to_owned()));
}

fn licence(action: &str) -> String {
    format!("/api/v1/licences/{}/{action}", number(0))
}

#[tokio::test]
async fn a_licence_that_is_paid_by_invoice_is_invoiced_once_it_is_granted() {
    let server = Server::opens_on("2026-04-15").await;
    let name = json!({ "number": "7000012050002", "name": "社会福祉法人あおぞら会" });
    server.must(&of_corporation("register"), name).await;
    let office = json!({ "number": number(0).as_str(), "entries": [{ "kind": "居宅介護支援", "name": "あおぞら第1事業所" }] });
    let offices = json!({ "offices": [office] });
    server.must(&of_corporation("add_offices"), offices).await;
    let checklist = json!({
        "corporation": corporation(), "system": "windows11", "gregorian_calendar": "yes", "browser": "edge",
        "pdf_viewer": "yes", "software": "あおぞらケアソフト", "plan_1_2": "yes", "plan_6_7": "yes", "actuals_6": "yes",
        "kj_id": format!("KJ01{}", number(0)), "password_changed": "yes",
        "certificate_issuer": "e-seikyu CA", "certificate_subject": "KaigoJigyousho",
        "certificate_kind": "care_insurance", "certificate_from": "2025-04-01", "certificate_to": "2028-03-31"
    });
    server.must(&licence("check"), checklist).await;
    let application = json!({
        "received_on": "2026-04-15", "channel": "form", "contact": "山田花子", "phone": "0312345678",
        "mail": "care@example.jp", "mail_again": "care@example.jp", "terms_version": "2026-01",
        "office_name": "あおぞら第1事業所", "representative": "青空太郎", "payment": "invoice"
    });
    server.must(&licence("apply"), application).await;
    assert!(
        letters(&server, "licence-invoice", "to_send")
            .await
            .is_empty()
    );
    server
        .must(&licence("grant"), json!({ "on": "2026-04-15" }))
        .await;
    let text = says(&server, "licence-invoice").await;
    said(
        &text,
        &[
            "御請求書",
            "21,000円",
            "消費税1,909円",
            "小計（税抜）19,091円",
            "消費税（10%対象）",
            "2026年4月15日〜2027年4月14日",
            "2026年6月30日（火）",
            "開始日の月の2か月後の末日",
            "あおぞら第1事業所",
            "T7123456789012",
            "架空銀行",
            &format!("請求番号{}-20260415", number(0)),
        ],
    );
    let here = letters(&server, "licence-invoice", "to_send").await;
    assert_eq!(here[0]["act_by"], "2026-06-30");

    // Paid before it went out: there is nothing to invoice.
    server.office.goes_on_closing_days_to("2026-05-07").await;
    let paid =
        json!({ "csv": format!("事業所番号,開始日,支払月\n{},2026-04-15,2026-05\n", number(0)) });
    server.must("/api/v1/licences/confirm_fees", paid).await;
    let called_off = letters(&server, "licence-invoice", "called_off").await;
    assert_eq!(called_off.len(), 1);
}
