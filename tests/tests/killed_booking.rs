//! The real binary killed with SIGKILL while the bank's result is booked, and the workers killed between any two appends of it:
//! every ledger is booked once, and ledger, request and result agree to the yen and the record.
//!
//! Nothing here waits on a clock: a kill of the binary follows bookings that were read beside it. Where the store commits the
//! bookings of many ledgers together, the binary cannot be killed between them; the workers can.

use super::money::answered_by;
use chrono::{Datelike as _, Days, NaiveDate};
use daicho_domain::dates::Month;
use daicho_domain::debit_batch::Command as Batch;
use daicho_domain::nouns::Command;
use daicho_domain::stream::{StaffId, Stream};
use daicho_domain::zengin::Records;
use daicho_eventlog::contract::Dying;
use daicho_eventlog::open::{Opened, for_writing};
use daicho_eventlog::{
    Caused, DataDir, Durability, Engine, EventLog as _, ExecuteError, SqliteLog, SystemClock, books,
};
use daicho_projections::{Catalogue, Source, Views, debit_file};
use daicho_tests::practice::{Practice, today};
use daicho_tests::server::{Process, Server};
use daicho_workers::day::{WorkError, Workers};
use daicho_workers::position::Positions;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use uuid::Uuid;

const OFFICES: usize = 200;

/// How long they have been customers, in days, when the file is with the bank.
const CUSTOMERS_FOR: u64 = 240;

/// How many ledgers more are booked before the next kill.
const FURTHER: usize = 2;

/// The last 20th of a month whose debit day is over: its file is with the bank, and nobody has given in its result.
fn with_the_bank_on() -> NaiveDate {
    let today = today();
    let month = match today.day() {
        29.. => Month::of(today),
        _before => Month::of(today).previous(),
    };
    month.first_day() + Days::new(19)
}

/// The file of the month as the bank returns it: most are collected, some fail in every way there is.
fn returned(practice: &Practice, month: Month) -> Vec<u8> {
    let place = tempfile::tempdir().expect("a directory");
    let out = place.path().join("request.txt");
    let path = out.to_str().expect("a path in UTF-8");
    practice.says(&[
        "bank",
        "request",
        "--month",
        &month.to_string(),
        "--out",
        path,
    ]);
    let sent = std::fs::read(&out).expect("it was written");
    answered_by(sent, |nth| match nth % 8 {
        1 => b'1',
        4 => b"2348"[nth / 8 % 4],
        _others => b'0',
    })
}

/// How many ledgers have booked a result of the month, read beside whoever writes.
struct Beside {
    log: SqliteLog,
    month: String,
    after: Option<daicho_eventlog::Position>,
    booked: usize,
}

impl Beside {
    async fn of(practice: &Practice, month: Month) -> Self {
        let log = DataDir::at(practice.data()).log();
        let mut beside = Self {
            log: SqliteLog::open_for_reading(&log).expect("the log opens"),
            month: format!("\"batch\":\"{month}\""),
            after: None,
            booked: 0,
        };
        while beside.reads_on().await {}
        beside
    }

    /// Reads what has been recorded since; whether there was anything.
    async fn reads_on(&mut self) -> bool {
        let page = self.log.read_all(self.after, 1000).await;
        let page = page.expect("it is read");
        let booked = page.iter().filter(|event| {
            let outcome = ["billing.collected.v1", "billing.failed.v1"];
            outcome.contains(&event.kind.as_ref()) && event.body.as_str().contains(&self.month)
        });
        self.booked += booked.count();
        match page.last() {
            Some(last) => self.after = Some(last.position),
            None => return false,
        }
        true
    }

    async fn until(&mut self, booked: usize) {
        while self.booked < booked {
            if !self.reads_on().await {
                std::thread::yield_now();
            }
        }
    }
}

/// Sealed texts differ each time they are sealed.
fn without_sealed(body: &mut Value) {
    match body {
        Value::Object(fields) => {
            fields.remove("$sealed");
            fields.values_mut().for_each(without_sealed);
        }
        Value::Array(values) => values.iter_mut().for_each(without_sealed),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// What stands in the streams of money, mandates and use: each event once, without when and by which number.
fn of_the_business(practice: &Practice) -> BTreeMap<String, usize> {
    let mut events = BTreeMap::new();
    for mut event in practice.events() {
        without_sealed(&mut event["body"]);
        let stream = event["stream"].as_str().expect("a stream");
        let nouns = ["billing-", "debit_batch-", "corporation-", "enrolment-"];
        if nouns.iter().any(|noun| stream.starts_with(noun)) {
            let said = format!("{stream} {} {}", event["type"], event["body"]);
            *events.entry(said).or_default() += 1;
        }
    }
    events
}

/// The ledgers that have booked a result of the month, each as often as it did, with the yen that were collected.
fn booked(practice: &Practice, month: Month) -> (BTreeMap<String, usize>, u64) {
    let mut ledgers = BTreeMap::new();
    let mut collected = 0;
    for event in practice.events() {
        let outcome = ["billing.collected.v1", "billing.failed.v1"];
        let kind = event["type"].as_str().expect("a type");
        if outcome.contains(&kind) && event["body"]["batch"] == json!(month) {
            let stream = event["stream"].as_str().expect("a stream").to_owned();
            *ledgers.entry(stream).or_default() += 1;
            if kind == "billing.collected.v1" {
                collected += event["body"]["amount"].as_u64().expect("yen");
            }
        }
    }
    (ledgers, collected)
}

/// Gives in the result and lets everything follow from it; the ledgers, the request and the result are compared.
async fn is_compared(practice: &Practice, clerk: &str, month: Month, result: &[u8]) -> Value {
    let server = Server::on(&practice.data());
    let caller = server.caller(clerk);
    let at = |action: &str| format!("/api/v1/debits/{month}/{action}");
    let taken = caller.sends_file(&at("result"), result).expect("an answer");
    assert_eq!(taken.status, 200, "{}", taken.body);
    let records = Records::read(result).expect("it is a file").lines.len();
    Beside::of(practice, month).await.until(records).await;
    let compared = caller
        .posts(&at("reconcile"), &json!({}))
        .expect("an answer");
    assert_eq!(compared.status, 200, "{}", compared.body);
    let page = caller.gets(&format!("/debits/{month}")).expect("a page");
    assert!(page.body.contains("一致しています"), "{}", page.body);
    let csv = caller.gets(&format!("/debits/{month}/reconciliation.csv"));
    let csv = csv.expect("the records").body;
    assert_eq!(csv.lines().count(), records + 1, "{csv}");
    let debit = caller.gets(&format!("/api/v1/debits/{month}"));
    let debit = debit.expect("an answer").json();
    // A wake that has begun is finished before it stops.
    assert!(server.stops().success());
    debit
}

#[tokio::test]
async fn a_server_killed_while_a_result_is_booked_books_every_ledger_once() {
    let day = with_the_bank_on();
    let month = Month::of(day);
    let practice = Practice::between(OFFICES, day - Days::new(CUSTOMERS_FOR), day);
    let clerk = practice.clerk();
    let result = returned(&practice, month);
    let asked = Records::read(&result).expect("it is a file");
    let records = asked.lines.len();
    let whole = practice.copied();
    let compared = is_compared(&whole, &clerk, month, &result).await;
    let sums = &compared["sums"];
    assert_eq!(compared["batch"]["stage"], "reconciled", "{compared}");
    assert_eq!(sums["asked"], json!(asked.trailer.asked));
    assert_eq!(sums["collected"], json!(asked.trailer.collected));
    assert_eq!(sums["failed"], json!(asked.trailer.failed));

    // The first server dies over the booking, and every one after it, until nothing is left to book.
    let killed = practice.copied();
    let server = Server::on(&killed.data());
    let caller = server.caller(&clerk);
    let mut beside = Beside::of(&killed, month).await;
    let (path, file) = (format!("/api/v1/debits/{month}/result"), result.clone());
    let giving = std::thread::spawn(move || caller.sends_file(&path, file));
    beside.until(1).await;
    server.is_killed();
    // It was answered, or broken off after it was recorded.
    let _answered_or_not = giving.join().expect("whoever gave it in is back");
    loop {
        let mut beside = Beside::of(&killed, month).await;
        if beside.booked == records {
            break;
        }
        let server = Process::on(&killed.data());
        beside.until((beside.booked + FURTHER).min(records)).await;
        server.is_killed();
    }
    killed.is_sound();

    // The clerk, who got no answer, gives it in once more; it is the same result.
    assert_eq!(
        is_compared(&killed, &clerk, month, &result).await["sums"],
        *sums
    );
    let (ledgers, collected) = booked(&killed, month);
    assert_eq!(ledgers.len(), records);
    let once: BTreeSet<_> = ledgers.values().copied().collect();
    assert_eq!(once, BTreeSet::from([1]), "{ledgers:#?}");
    assert_eq!(collected, asked.trailer.collected.amount);
    assert_eq!(of_the_business(&killed), of_the_business(&whole));
    killed.is_sound();
}

/// The result given in and booked by processes that live for so many appends each; how many of them died.
async fn given_in(practice: &Practice, month: Month, result: &[u8], appends: u64) -> usize {
    let dir = DataDir::at(practice.data());
    let mut deaths = 0;
    loop {
        let clock = Arc::new(SystemClock);
        let opened = for_writing(&dir, None, clock.clone(), Durability::Closed);
        let Opened { log, keys, .. } = opened.expect("it opens");
        let dying = Arc::new(Dying::after(appends, log.clone()));
        let policy = books::policy(&*log).await.expect("the books are read");
        let engine = Engine::start(dying, keys.clone(), clock, Arc::new(policy)).await;
        let engine = Arc::new(engine.expect("the engine starts"));
        let catalogue = Arc::new(Catalogue::new(daicho_projections::ALL));
        let views = Views::open(dir.views(), catalogue, Source::new(log, keys)).await;
        let views = Arc::new(views.expect("the read models open"));
        views.catch_up().await.expect("they follow");
        let positions = Positions::open(&dir.state()).expect("state.db opens");
        let workers = Workers::resume(engine.clone(), views.clone(), vec![], positions).await;
        let workers = workers.expect("the workers go on");
        let sent = debit_file::released(&views, month).expect("the read models are read");
        let checked = sent.expect("it was released").check(result);
        let give_in = Batch::ReceiveResult {
            checked: checked.expect("it is the result"),
            by: StaffId(Uuid::from_u128(1)),
        };
        let give_in = Command::debit_batch(&Stream::DebitBatch(month), give_in);
        let by = Caused::by_request("clerk", Uuid::from_u128(1));
        let given = engine.execute(give_in, by).await;
        let settled = match given {
            Ok(_) => workers.settle(&mut |_| ()).await,
            Err(ExecuteError::Failed(failed)) => Err(failed.into()),
            Err(ExecuteError::Refused(refusal)) => panic!("the result is refused: {refusal}"),
        };
        match settled {
            Ok(()) => return deaths,
            Err(WorkError::Log(_)) => deaths += 1,
            Err(other) => panic!("it dies of the log alone: {other}"),
        }
    }
}

/// What was recorded from the result on, in the log's order.
fn in_order(practice: &Practice) -> Vec<String> {
    let events = practice.events().into_iter();
    let after = events.skip_while(|event| event["type"] != "debit_batch.result_received.v1");
    let said = after.map(|mut event| {
        without_sealed(&mut event["body"]);
        format!("{} {} {}", event["stream"], event["type"], event["body"])
    });
    said.collect()
}

#[tokio::test]
async fn workers_that_die_after_every_append_of_a_booking_leave_the_log_of_those_that_do_not() {
    let day = with_the_bank_on();
    let month = Month::of(day);
    let practice = Practice::between(OFFICES, day - Days::new(CUSTOMERS_FOR), day);
    let result = returned(&practice, month);
    let steady = practice.copied();
    assert_eq!(given_in(&steady, month, &result, u64::MAX).await, 0);
    let killed = practice.copied();
    let deaths = given_in(&killed, month, &result, 1).await;
    let records = Records::read(&result).expect("it is a file").lines.len();
    assert!(deaths > records, "they died {deaths} times");
    assert_eq!(in_order(&killed), in_order(&steady));
    let (ledgers, _) = booked(&killed, month);
    assert!(ledgers.len() == records && ledgers.values().all(|once| *once == 1));
    killed.is_sound();
}
