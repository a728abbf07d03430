//! 締め・予定カレンダー: what waits for a day stands on it, each with its なぜ?.

use super::money::{
    a_customer_since_april, answered, asks_as, of_corporation, registers_its_mandate,
    sends_the_file,
};
use daicho_tests::in_process::{CLERK, Server};
use serde_json::json;

/// The rows of a day that was opened.
async fn opened(server: &Server, day: &str) -> Vec<String> {
    let month = &day[..7];
    let page = server
        .reads(&format!("/calendar?month={month}&day={day}"))
        .await;
    assert_eq!(page.status, 200, "{}", page.body);
    let (_, opened) = page.body.split_once("id=\"opened\"").expect("it is opened");
    let (opened, _) = opened.split_once("</section>").expect("it is closed");
    let rows = opened.split("<tr>").skip(2);
    rows.map(str::to_owned).collect()
}

/// The address of a row's なぜ?.
fn why(row: &str) -> String {
    let (_, address) = row.split_once("class=\"why\" href=\"").expect("a なぜ?");
    let (address, _) = address.split_once('"').expect("an address");
    address.replace("&#38;", "&").replace("&amp;", "&")
}

#[tokio::test]
async fn the_day_by_which_an_account_must_be_registered_is_in_the_calendar_until_it_is() {
    const DAY: &str = "2026-09-14";
    let server = a_customer_since_april().await;
    let rows = opened(&server, DAY).await;
    let [row] = &rows[..] else {
        panic!("{rows:#?}");
    };
    assert!(row.contains("口座登録の期限"), "{row}");
    assert!(row.contains("社会福祉法人あおぞら会"), "{row}");
    let derived = server.reads(&why(row)).await;
    assert_eq!(derived.status, 200, "{}", derived.body);
    assert!(
        derived.body.contains("2026/09/14（月）"),
        "{}",
        derived.body
    );
    let month = server.reads("/calendar?month=2026-09").await.body;
    assert!(
        month.contains("口座登録の期限 <strong>1</strong>"),
        "{month}"
    );

    // The corporation is called otherwise by now, and so is its row.
    let renamed = json!({ "name": "社会福祉法人あおぞら福祉会" });
    let path = of_corporation("change_name");
    server.must(&path, renamed).await;
    let rows = opened(&server, DAY).await;
    assert!(rows[0].contains("社会福祉法人あおぞら福祉会"), "{rows:#?}");
    let check = server.office.checks_its_views().await;
    assert_eq!(check.differing(), Vec::<&str>::new());

    registers_its_mandate(&server).await;
    assert_eq!(opened(&server, DAY).await, Vec::<String>::new());
    // The debit itself stands there once it was asked for, with its own reason.
    server.office.goes_on_to("2026-09-10").await;
    let rows = opened(&server, "2026-09-28").await;
    assert!(rows[0].contains("口座振替"), "{rows:#?}");
    let derived = server.reads(&why(&rows[0])).await;
    assert_eq!(derived.status, 200, "{}", derived.body);
}

#[tokio::test]
async fn after_a_broken_mandate_another_one_is_needed_by_the_next_debit() {
    let server = a_customer_since_april().await;
    registers_its_mandate(&server).await;
    let sent = sends_the_file(&server).await;
    server.office.goes_on_to("2026-10-01").await;
    let path = "/api/v1/debits/2026-09/result";
    let kind = "application/octet-stream";
    let taken = asks_as(&server, CLERK, path, answered(sent, b'2'), kind).await;
    assert_eq!(taken.status, 200, "{}", taken.body);
    let rows = opened(&server, "2026-10-15").await;
    let row = rows.iter().find(|row| row.contains("口座登録の期限"));
    let derived = server
        .reads(&why(row.expect("it is in the calendar")))
        .await;
    assert!(
        derived.body.contains("2026/10/15（木）"),
        "{}",
        derived.body
    );
    let cases = server.finds("/api/v1/cases?kind=mandate").await;
    assert_eq!(cases["rows"][0]["due"], "2026-10-15", "{cases}");
}
