//! Money, through the JSON API of the running application: from 本登録 to the collected debit, and from the failed one
//! to suspension and back.

use daicho_domain::zengin::{Records, Totals};
use daicho_tests::in_process::{Answer, CLERK, Server};
use daicho_tests::office::number;
use reqwest::Method;
use serde_json::{Value, json};

pub const CORPORATION: &str = "00000000000000000000000000000101";
pub const SECOND: &str = "00000000000000000000000000000010";
pub const THIRD: &str = "00000000000000000000000000000011";

pub fn of_corporation(action: &str) -> String {
    format!("/api/v1/corporations/{CORPORATION}/{action}")
}

/// Somebody of the staff asks; what follows from it happens.
pub async fn asks_as(
    server: &Server,
    staff: &str,
    path: &str,
    body: Vec<u8>,
    kind: &str,
) -> Answer {
    let request = server
        .request(Method::POST, path)
        .header("content-type", kind)
        .header("daicho-staff", staff)
        .body(body);
    let answer = server.answer(request).await;
    server.office.wakes().await;
    answer
}

pub async fn must_as(server: &Server, staff: &str, path: &str, body: Value) {
    let json = "application/json";
    let answer = asks_as(server, staff, path, body.to_string().into_bytes(), json).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
}

async fn gives_in(server: &Server, file: Vec<u8>) -> Answer {
    let path = "/api/v1/debits/2026-09/result";
    asks_as(server, CLERK, path, file, "application/octet-stream").await
}

/// 仮登録 2026-04-10, 本登録 2026-05-20, one office: charged from August on.
pub async fn a_customer_since_april() -> Server {
    let server = Server::opens_on("2026-04-10").await;
    becomes_a_customer(&server).await;
    server
}

/// The same on a server that opened on that day.
pub async fn becomes_a_customer(server: &Server) {
    for (staff, name) in [(SECOND, "鈴木"), (THIRD, "高橋")] {
        server
            .must(
                &format!("/api/v1/staff/{staff}/name"),
                json!({ "name": name }),
            )
            .await;
    }
    let received = json!({ "received_on": "2026-04-10", "channel": "form" });
    let office = json!({ "number": number(0).as_str(), "entries": [{ "kind": "訪問介護", "name": "あおぞら" }] });
    let enrolment = |action: &str| of_corporation(&format!("enrolments/honobono-mini2/{action}"));
    let registered = json!({ "number": "7000012050002", "name": "社会福祉法人あおぞら会" });
    server.must(&of_corporation("register"), registered).await;
    server
        .must(
            &of_corporation("add_offices"),
            json!({ "offices": [office] }),
        )
        .await;
    server.must(&enrolment("start_trial"), received).await;
    let offices = server
        .finds(&of_corporation("")[..of_corporation("").len() - 1])
        .await;
    let id = offices["offices"][0]["id"].clone();
    let entered = json!({ "offices": [id], "received_on": "2026-04-10" });
    server.must(&enrolment("enter_offices"), entered).await;
    server.office.goes_on_to("2026-05-20").await;
    let full =
        json!({ "received_on": "2026-05-20", "channel": "form", "terms_version": "2026-04" });
    server.must(&enrolment("register"), full).await;
}

/// Its mandate is registered in June.
pub async fn registers_its_mandate(server: &Server) {
    let mandate = |step: &str| of_corporation(&format!("mandate/{step}"));
    server
        .must(&mandate("send"), json!({ "sent_on": "2026-05-20" }))
        .await;
    server.office.goes_on_to("2026-06-02").await;
    let account = |holder: &str| {
        json!({
            "returned_on": "2026-06-02", "bank": "9999", "bank_name": "テスト", "branch": "20", "branch_name": "シテン",
            "kind": "ordinary", "number": "1", "holder": holder,
        })
    };
    let (status, code) = server
        .is_refused(&mandate("return"), account("青空会"))
        .await;
    assert_eq!(
        (status, code.as_str()),
        (409, "corporation.account_unwritable")
    );
    server
        .must(&mandate("return"), account("社会福祉法人アオゾラカイ"))
        .await;
    server
        .must(&mandate("hand_to_bank"), json!({ "on": "2026-06-02" }))
        .await;
    server
        .must(&mandate("register"), json!({ "on": "2026-06-02" }))
        .await;
}

/// The September file goes to the bank; its bytes.
pub async fn sends_the_file(server: &Server) -> Vec<u8> {
    server.office.goes_on_to("2026-09-10").await;
    let step = |name: &str| format!("/api/v1/debits/2026-09/{name}");
    must_as(server, CLERK, &step("freeze"), json!({})).await;
    let (_, code) = server.is_refused(&step("approve"), json!({})).await;
    assert_eq!(code, "debit_batch.same_person");
    must_as(server, SECOND, &step("approve"), json!({})).await;
    must_as(server, THIRD, &step("release"), json!({})).await;
    let first = downloads(server).await;
    assert_eq!(
        first,
        downloads(server).await,
        "released twice, it is the same file"
    );
    first
}

pub async fn downloads(server: &Server) -> Vec<u8> {
    let request = server.request(Method::GET, "/debits/2026-09/request.txt");
    let response = request.send().await.expect("the server answers");
    assert_eq!(response.status().as_u16(), 200);
    response.bytes().await.expect("a file").to_vec()
}

/// The file as the bank returns it: every record with this code.
pub fn answered(file: Vec<u8>, code: u8) -> Vec<u8> {
    answered_by(file, |_| code)
}

/// The file as the bank returns it: each record, counted from 0, with its own code.
pub fn answered_by(mut file: Vec<u8>, code: impl Fn(usize) -> u8) -> Vec<u8> {
    let read = Records::read(&file).expect("it is a file");
    let [mut collected, mut failed] = [Totals::default(); 2];
    for (nth, line) in read.lines.iter().enumerate() {
        let code = code(nth);
        file[(line.number - 1) * 122 + 111] = code;
        let side = match code {
            b'0' => &mut collected,
            _other => &mut failed,
        };
        *side = side.with(line.debit.amount);
    }
    let sums = [collected, failed].map(|sum| format!("{:06}{:012}", sum.count, sum.amount));
    let trailer = (read.lines.len() + 1) * 122 + 19;
    file[trailer..trailer + 36].copy_from_slice(sums.concat().as_bytes());
    file
}

pub async fn entries(server: &Server, kind: &str) -> Vec<Value> {
    let found = server.finds(&format!("/api/v1/ledger?kind={kind}")).await;
    found["rows"].as_array().cloned().unwrap_or_default()
}

async fn status_of_the_ledger(server: &Server) -> Value {
    let found = server.finds("/api/v1/cases?state=all&kind=ledger").await;
    found["rows"][0]["status"].clone()
}

/// What the pages read is what the log says.
async fn the_read_models_agree(server: &Server) {
    let check = server.office.checks_its_views().await;
    assert!(check.differing().is_empty(), "{:?}", check.differing());
}

#[tokio::test]
async fn a_month_is_charged_debited_collected_and_reconciled() {
    let server = a_customer_since_april().await;
    registers_its_mandate(&server).await;
    server.office.goes_on_to("2026-08-31").await;
    assert!(
        entries(&server, "charge").await.is_empty(),
        "the free months cost nothing"
    );
    server.office.goes_on_to("2026-09-01").await;
    let charges = entries(&server, "charge").await;
    assert_eq!(charges.len(), 1);
    assert_eq!(
        (&charges[0]["amount"], &charges[0]["debit_on"]),
        (&json!(3_300), &json!("2026-09-28"))
    );
    let file = sends_the_file(&server).await;
    assert_eq!(file.len(), 122 * 4);

    let fed_back = gives_in(&server, file.clone()).await;
    assert_eq!(fed_back.refusal(), "debit_batch.result_is_request");
    let cut = gives_in(&server, file[..122 * 3].to_vec()).await;
    assert_eq!(cut.refusal(), "debit_batch.result_format");
    server.office.goes_on_to("2026-10-01").await;
    assert_eq!(
        status_of_the_ledger(&server).await,
        json!("debit_requested")
    );
    let taken = gives_in(&server, answered(file, b'0')).await;
    assert_eq!(taken.status, 200, "{}", taken.body);
    let charges = entries(&server, "charge").await;
    let august = charges
        .iter()
        .find(|row| row["month"] == "2026-08")
        .expect("August was charged");
    assert_eq!(
        (&august["status"], &august["open"]),
        (&json!("paid"), &json!(0))
    );
    assert_eq!(entries(&server, "debit").await[0]["amount"], json!(3_300));
    server
        .must("/api/v1/debits/2026-09/reconcile", json!({}))
        .await;
    let debit = server.finds("/api/v1/debits/2026-09").await;
    assert_eq!(debit["batch"]["stage"], json!("reconciled"));
    assert_eq!(debit["sums"]["collected"], debit["sums"]["asked"]);
    let page = server.reads("/debits/2026-09").await;
    assert!(page.body.contains("一致しています"), "{}", page.body);
    the_read_models_agree(&server).await;
}

#[tokio::test]
async fn a_failed_debit_suspends_and_what_the_bank_is_asked_again_is_not_taken_twice() {
    let server = a_customer_since_april().await;
    registers_its_mandate(&server).await;
    let file = sends_the_file(&server).await;
    server.office.goes_on_to("2026-10-01").await;
    let taken = gives_in(&server, answered(file, b'1')).await;
    assert_eq!(taken.status, 200, "{}", taken.body);
    assert_eq!(status_of_the_ledger(&server).await, json!("suspension_set"));
    let page = server.reads("/arrears").await;
    assert!(page.body.contains("2026/10/15"), "{}", page.body);
    server.office.goes_on_to("2026-10-14").await;
    assert_eq!(status_of_the_ledger(&server).await, json!("suspension_set"));
    server.office.goes_on_to("2026-10-15").await;
    assert_eq!(status_of_the_ledger(&server).await, json!("suspended"));
    let enrolment = server.finds("/api/v1/cases?state=all&kind=enrolment").await;
    assert_eq!(enrolment["rows"][0]["status"], json!("suspended"));

    server.office.goes_on_to("2026-10-20").await;
    let paid = |amount: u64| json!({ "amount": amount, "received_on": "2026-10-20", "method": "transfer" });
    let (_, code) = server
        .is_refused(&of_corporation("ledger/record_payment"), paid(99_999))
        .await;
    assert_eq!(code, "billing.paid_too_much");
    // Since the 15th the next debit gathers August and September; August is paid by transfer.
    let gathered = server.finds("/api/v1/debits/2026-10").await;
    assert_eq!(gathered["sums"]["asked"]["amount"], json!(6_600));
    server
        .must(&of_corporation("ledger/record_payment"), paid(3_300))
        .await;
    let enrolment = server.finds("/api/v1/cases?state=all&kind=enrolment").await;
    assert_eq!(
        enrolment["rows"][0]["status"],
        json!("billing"),
        "use is resumed on the day of payment"
    );
    let gathered = server.finds("/api/v1/debits/2026-10").await;
    assert_eq!(
        gathered["sums"]["asked"]["amount"],
        json!(3_300),
        "what is paid is not asked of the bank"
    );

    // September goes to the bank, and is paid by transfer as well before the bank answers.
    let step = |name: &str| format!("/api/v1/debits/2026-10/{name}");
    must_as(&server, CLERK, &step("freeze"), json!({})).await;
    must_as(&server, SECOND, &step("approve"), json!({})).await;
    must_as(&server, THIRD, &step("release"), json!({})).await;
    let request = server.request(Method::GET, "/debits/2026-10/request.txt");
    let response = request.send().await.expect("the server answers");
    let file = response.bytes().await.expect("a file").to_vec();
    server
        .must(&of_corporation("ledger/record_payment"), paid(3_300))
        .await;
    server.office.goes_on_to("2026-10-30").await;
    let path = "/api/v1/debits/2026-10/result";
    let kind = "application/octet-stream";
    let taken = asks_as(&server, CLERK, path, answered(file, b'0'), kind).await;
    assert_eq!(taken.status, 200, "{}", taken.body);
    assert_eq!(status_of_the_ledger(&server).await, json!("overpaid"));
    let page = server.reads("/cases?kind=ledger").await;
    assert!(page.body.contains("過入金"), "{}", page.body);

    // The month charged next takes it: nothing is asked of anybody.
    server.office.goes_on_to("2026-11-01").await;
    assert_eq!(status_of_the_ledger(&server).await, json!("settled"));
    assert_eq!(entries(&server, "credit").await[0]["amount"], json!(3_300));
    let check = server.office.checks_its_views().await;
    assert_eq!(check.differing(), Vec::<&str>::new());
}

#[tokio::test]
async fn without_a_mandate_the_debit_is_carried_over_and_nobody_is_suspended() {
    let server = a_customer_since_april().await;
    server.office.goes_on_to("2026-09-10").await;
    let debit = server.finds("/api/v1/debits/2026-09").await;
    assert_eq!(
        debit["obstacles"][0]["obstacle"]["kind"],
        json!("no_mandate")
    );
    let (_, code) = server
        .is_refused("/api/v1/debits/2026-09/freeze", json!({}))
        .await;
    assert_eq!(code, "debit_batch.empty");
    server.office.goes_on_to("2026-11-20").await;
    let enrolment = server.finds("/api/v1/cases?state=all&kind=enrolment").await;
    assert_eq!(enrolment["rows"][0]["status"], json!("billing"));
    let mandate = server.finds("/api/v1/cases?kind=mandate").await;
    assert_eq!(mandate["rows"][0]["what"], json!("mandate_dispatch"));
}

#[tokio::test]
async fn a_broken_mandate_opens_its_case_and_a_charge_is_reversed_by_two() {
    let server = a_customer_since_april().await;
    registers_its_mandate(&server).await;
    let file = sends_the_file(&server).await;
    server.office.goes_on_to("2026-10-01").await;
    gives_in(&server, answered(file, b'2')).await;
    let mandate = server.finds("/api/v1/cases?kind=mandate").await;
    assert_eq!(mandate["rows"][0]["status"], json!("mandate_broken"));
    assert_eq!(status_of_the_ledger(&server).await, json!("arrears"));
    let entry = json!({ "entry": "2026-08.honobono-mini2" });
    let asked = json!({ "entry": "2026-08.honobono-mini2", "reason": "二重の契約" });
    server
        .must(&of_corporation("ledger/ask_reversal"), asked)
        .await;
    let approve = of_corporation("ledger/approve_reversal");
    let (_, code) = server.is_refused(&approve, entry.clone()).await;
    assert_eq!(code, "billing.same_person");
    must_as(&server, SECOND, &approve, entry).await;
    let reversal = &entries(&server, "reversal").await[0];
    assert_eq!(reversal["amount"], json!(-3_300));
    for path in [
        "/ledger",
        "/debits",
        "/arrears",
        "/ledger.csv",
        "/debits/2026-09/reconciliation.csv",
    ] {
        assert_eq!(server.reads(path).await.status, 200, "{path}");
    }
}

/// Its form for the end of the month of this day comes on this day.
async fn files_its_end(server: &Server, on: &str) {
    let form = json!({
        "way": "form", "received_on": on, "received_at": "10:15", "end_month": &on[..7], "open_returns": 0,
    });
    let path = of_corporation("terminations/honobono-mini2/request");
    server.must(&path, form).await;
}

/// ステータス and first waiting reason of the end.
async fn stands_the_end(server: &Server) -> (Value, Value) {
    let path = "/api/v1/cases?state=all&kind=termination";
    let row = server.finds(path).await["rows"][0].clone();
    (row["status"].clone(), row["what"].clone())
}

async fn status_of_the_enrolment(server: &Server) -> Value {
    let found = server.finds("/api/v1/cases?state=all&kind=enrolment").await;
    found["rows"][0]["status"].clone()
}

#[tokio::test]
async fn a_customer_leaves_and_its_last_debit_settles_the_end() {
    let server = a_customer_since_april().await;
    registers_its_mandate(&server).await;
    server.office.goes_on_to("2026-08-20").await;
    files_its_end(&server, "2026-08-20").await;
    server.office.goes_on_to("2026-09-01").await;
    assert_eq!(status_of_the_enrolment(&server).await, json!("ended"));
    assert_eq!(entries(&server, "charge").await.len(), 1);
    let waits = (json!("end_last_debit"), json!("last_debit"));
    assert_eq!(stands_the_end(&server).await, waits);
    let file = sends_the_file(&server).await;
    server.office.goes_on_to("2026-10-01").await;
    let waits = (json!("end_last_debit"), json!("last_fees"));
    assert_eq!(stands_the_end(&server).await, waits);
    let taken = gives_in(&server, answered(file, b'0')).await;
    assert_eq!(taken.status, 200, "{}", taken.body);
    assert_eq!(stands_the_end(&server).await, (json!("ended"), json!(null)));
    server.office.goes_on_to("2026-11-02").await;
    assert_eq!(
        entries(&server, "charge").await.len(),
        1,
        "nothing is charged after the end month"
    );
    let open = server.finds("/api/v1/cases?state=open").await;
    assert_eq!(open["total"], 0, "{open}");
}

#[tokio::test]
async fn a_last_debit_that_fails_suspends_nobody_and_is_for_a_person() {
    let server = a_customer_since_april().await;
    registers_its_mandate(&server).await;
    server.office.goes_on_to("2026-08-20").await;
    files_its_end(&server, "2026-08-20").await;
    let file = sends_the_file(&server).await;
    server.office.goes_on_to("2026-10-01").await;
    gives_in(&server, answered(file, b'1')).await;
    assert_eq!(status_of_the_ledger(&server).await, json!("person"));
    let waits = (json!("end_last_debit"), json!("arrears"));
    assert_eq!(stands_the_end(&server).await, waits);
    let decided = json!({ "choice": "dun", "reason": "振込を依頼" });
    let decide = of_corporation("ledger/decide_failed");
    server.must(&decide, decided).await;
    assert_eq!(status_of_the_ledger(&server).await, json!("arrears"));
    server.office.goes_on_to("2026-10-20").await;
    assert_eq!(status_of_the_enrolment(&server).await, json!("ended"));
    assert_eq!(status_of_the_ledger(&server).await, json!("arrears"));
}

#[tokio::test]
async fn a_suspended_customer_ends_and_its_arrears_join_the_last_debit() {
    let server = a_customer_since_april().await;
    registers_its_mandate(&server).await;
    let file = sends_the_file(&server).await;
    server.office.goes_on_to("2026-10-01").await;
    gives_in(&server, answered(file, b'1')).await;
    server.office.goes_on_to("2026-10-16").await;
    assert_eq!(status_of_the_enrolment(&server).await, json!("suspended"));
    files_its_end(&server, "2026-10-16").await;
    server.office.goes_on_to("2026-11-01").await;
    assert_eq!(status_of_the_enrolment(&server).await, json!("ended"));
    assert_eq!(status_of_the_ledger(&server).await, json!("arrears"));
    server.office.goes_on_to("2026-11-20").await;
    let debit = server.finds("/api/v1/debits/2026-11").await;
    assert_eq!(
        debit["sums"]["asked"]["amount"],
        json!(9_900),
        "August, September and October: {debit}"
    );
    the_read_models_agree(&server).await;
}

#[tokio::test]
async fn a_closed_month_s_journal_balances_and_is_the_same_whenever_it_is_exported() {
    let server = a_customer_since_april().await;
    registers_its_mandate(&server).await;
    let file = sends_the_file(&server).await;
    server.office.goes_on_to("2026-10-01").await;
    let step = |month: &str, name: &str| format!("/api/v1/closings/{month}/{name}");
    let open = server.reads("/api/v1/journal/2026-08").await;
    assert_eq!(open.refusal(), "installation.month_not_closed");
    let (_, code) = server.is_refused(&step("2026-10", "ask"), json!({})).await;
    assert_eq!(code, "installation.month_not_over");
    server.must(&step("2026-09", "ask"), json!({})).await;
    let (_, code) = server
        .is_refused(&step("2026-09", "close"), json!({}))
        .await;
    assert_eq!(code, "installation.same_person");
    let page = server.reads("/closing").await;
    assert!(page.body.contains("申請中"), "{}", page.body);
    must_as(&server, SECOND, &step("2026-09", "close"), json!({})).await;

    // August was charged; September has its charge. The debit of September is answered after the closing.
    let august = server.finds("/api/v1/journal/2026-08").await;
    assert_eq!(august["debit"], json!(3_300));
    assert_eq!(august["credit"], json!(3_300));
    let accounts: Vec<_> = august["lines"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|line| {
            (
                line["account_name"].clone(),
                line["debit"].clone(),
                line["credit"].clone(),
            )
        })
        .collect();
    assert_eq!(
        accounts,
        [
            (json!("売掛金"), json!(3_300), json!(0)),
            (json!("売上高"), json!(0), json!(3_000)),
            (json!("仮受消費税"), json!(0), json!(300)),
        ]
    );
    let csv = |month: &str| format!("/closing/{month}/journal.csv");
    let before = server.reads(&csv("2026-09")).await.body;
    gives_in(&server, answered(file, b'0')).await;
    let name = json!({ "name": "社会福祉法人あおぞら福祉会" });
    server.must(&of_corporation("change_name"), name).await;
    assert_eq!(server.reads(&csv("2026-09")).await.body, before);

    server.office.goes_on_to("2026-11-01").await;
    server.must(&step("2026-10", "ask"), json!({})).await;
    must_as(&server, SECOND, &step("2026-10", "close"), json!({})).await;
    let october = server.finds("/api/v1/journal/2026-10").await;
    let late: Vec<_> = october["lines"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|line| line["late_for"] == "2026-09")
        .collect();
    assert_eq!(late.len(), 2, "the money and what it settles");
    assert_eq!(late[1]["charge"], "2026-08.honobono-mini2");
    assert_eq!(late[1]["service_month"], "2026-08");
    assert_eq!(late[1]["debit_month"], "2026-09");
    let text = server.reads(&csv("2026-10")).await.body;
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let (mut debit, mut credit) = (0_u64, 0_u64);
    for record in reader.records() {
        let record = record.expect("a line of CSV");
        debit += record[5].parse::<u64>().unwrap_or(0);
        credit += record[7].parse::<u64>().unwrap_or(0);
    }
    assert_eq!((debit, credit), (6_600, 6_600));
    let check = server.office.checks_its_views().await;
    assert_eq!(check.differing(), Vec::<&str>::new());
}
