//! A month's debit in processes of their own: corporations that owe a month's fee are moved in, then all of them are debited.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command as Process;
use std::sync::Arc;
use std::time::Instant;

use chrono::{NaiveDate, NaiveTime};
use daicho_domain::Service;
use daicho_domain::billing::{self, CarryCharge};
use daicho_domain::corporation::{self, BankAccount, CarryMandate, Debited, MandateStage, Source};
use daicho_domain::dates::Month;
use daicho_domain::debit_batch::Command as Batch;
use daicho_domain::installation::{AskMoving, Command as Installation};
use daicho_domain::moving::{CarriedFrom, Measure, Settings, Totals};
use daicho_domain::nouns::Command;
use daicho_domain::personal::Personal;
use daicho_domain::rules::Policy;
use daicho_domain::stream::{CorporationId, RunId, StaffId, Stream, derived_id};
use daicho_domain::zengin::{Consignor, Digits, ResultCode};
use daicho_eventlog::open::{Opened, for_writing};
use daicho_eventlog::{Caused, DataDir, Durability, Engine, SimulatedClock, Training, books};
use daicho_projections::{Catalogue, Source as Rows, Views, debit_file, debits};
use daicho_tests::load::peak_memory_mib;
use daicho_workers::day::Workers;
use daicho_workers::position::Positions;
use daicho_workers::schedules::Job;
use uuid::Uuid;

/// Which step a process of its own does, and where, for how many debits.
const STEP: &str = "DAICHO_BENCH_DEBITS_STEP";
const PLACE: &str = "DAICHO_BENCH_DEBITS_PLACE";
const COUNT: &str = "DAICHO_BENCH_DEBITS_COUNT";

/// The day on which the books are taken over, and the one on which the next batch asks.
const MOVED_IN: &str = "2026-10-01";
const ASKED: &str = "2026-10-02";
const DEBITED: &str = "2026-10";
/// Commands under way at once while corporations move in.
const AT_ONCE: u64 = 64;

/// What a month's debit came to.
pub struct Debit {
    /// Events a second while the ledgers were asked.
    pub gathered: f64,
    /// Events a second while the result was booked.
    pub booked: f64,
    /// Milliseconds to make the file of what was gathered.
    pub file_ms: f64,
    /// The most memory the process held.
    pub peak_mib: f64,
}

/// Moves so many corporations in and debits them, each in a process of its own.
pub fn debited(dir: &Path, count: u64) -> Debit {
    let binary = std::env::current_exe().expect("this binary");
    let does = |step: &str| {
        let mut alone = Process::new(&binary);
        alone
            .env(STEP, step)
            .env(PLACE, dir)
            .env(COUNT, count.to_string());
        let said = alone.output().expect("it runs");
        assert!(said.status.success(), "{said:?}");
        String::from_utf8(said.stdout).expect("it says numbers")
    };
    does("move-in");
    let said = does("debit");
    let numbers: Vec<f64> = said
        .split_whitespace()
        .map(|number| number.parse().expect("a number"))
        .collect();
    let [gathered, booked, file_ms, peak_mib] = numbers[..] else {
        panic!("four numbers: {said}");
    };
    Debit {
        gathered,
        booked,
        file_ms,
        peak_mib,
    }
}

/// Does a step, if this process is there for one.
pub fn is_one_step() -> bool {
    let Ok(step) = std::env::var(STEP) else {
        return false;
    };
    let place = std::env::var(PLACE).expect("it is said where");
    let count = std::env::var(COUNT).expect("it is said how many");
    let count = count.parse().expect("a number");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    match step.as_str() {
        "move-in" => runtime.block_on(move_in(Path::new(&place), count)),
        "debit" => runtime.block_on(debit(Path::new(&place), count)),
        other => panic!("no step is called {other}"),
    }
    true
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn debit_month() -> Month {
    DEBITED.parse().expect("a month")
}

fn member(nth: u128) -> StaffId {
    StaffId(Uuid::from_u128(nth))
}

fn id(nth: u64) -> CorporationId {
    CorporationId(derived_id(&["bench", &nth.to_string()]))
}

/// An installation on the morning of a day.
struct Office {
    engine: Arc<Engine>,
    views: Arc<Views>,
    workers: Workers,
}

impl Office {
    async fn on(dir: &Path, date: &str, durability: Durability) -> Self {
        let dir = DataDir::at(dir.to_owned());
        dir.mark_training(Training { seed: 1 })
            .expect("it is marked");
        let clock = Arc::new(SimulatedClock::at(
            day(date).and_time(NaiveTime::MIN).and_utc(),
        ));
        let opened = for_writing(&dir, None, clock.clone(), durability);
        let Opened { log, keys, .. } = opened.expect("it opens");
        let nothing = Arc::new(Policy::without_books());
        let engine = Engine::start(log.clone(), keys.clone(), clock, nothing).await;
        let engine = Arc::new(engine.expect("the engine starts"));
        books::seed(&engine, Some(day(MOVED_IN)))
            .await
            .expect("it has books");
        let catalogue = Arc::new(Catalogue::new(daicho_projections::ALL));
        let views = Views::open(dir.views(), catalogue, Rows::new(log, keys)).await;
        let views = Arc::new(views.expect("the read models open"));
        let positions = Positions::open(&dir.state()).expect("state.db opens");
        let workers =
            Workers::resume(engine.clone(), views.clone(), Job::seeded(), positions).await;
        Self {
            engine,
            views,
            workers: workers.expect("the workers start"),
        }
    }

    async fn opens(&self, date: &str) {
        let opened = self.workers.open_through(day(date), &mut |_| ()).await;
        opened.expect("the day opens");
        self.views.catch_up().await.expect("the read models follow");
    }

    async fn does(&self, command: Command, nth: u128) {
        let by = Caused::by_request("bench", Uuid::from_u128(nth));
        let done = self.engine.execute(command, by).await;
        done.expect("it is carried out");
    }

    async fn batch(&self, command: Batch, nth: u128) {
        let stream = Stream::DebitBatch(debit_month());
        self.does(Command::debit_batch(&stream, command), nth).await;
    }

    async fn events(&self) -> u64 {
        let head = self.engine.log().head().await.expect("the log is read");
        head.map_or(0, |head| head.number + 1)
    }

    /// Events a second while the day is opened as far as it goes.
    async fn events_a_second(&self, date: &str) -> f64 {
        let before = self.events().await;
        let begun = Instant::now();
        self.opens(date).await;
        let took = begun.elapsed();
        (self.events().await - before) as f64 / took.as_secs_f64()
    }
}

fn from() -> CarriedFrom {
    CarriedFrom {
        run: RunId::of(&["bench"]),
        source: Source {
            file: "bench.csv".to_owned(),
            line: 2,
        },
    }
}

fn agreed(count: u64) -> [Command; 2] {
    let counted: Totals = [(Measure::Charges, count)].into_iter().collect();
    let ask = AskMoving {
        run: from().run,
        settings: Settings {
            switched_on: day(MOVED_IN),
            charged_from: debit_month(),
        },
        files: vec![],
        entered: counted.clone(),
        counted: counted.clone(),
        by: member(1),
    };
    let approve = Installation::ApproveMoving {
        run: from().run,
        counted,
        by: member(2),
    };
    [Installation::AskMoving(ask), approve]
        .map(|command| Command::installation(&Stream::Installation, command))
}

/// A corporation that owes September, with its mandate.
fn corporation(nth: u64) -> [Command; 3] {
    let id = id(nth);
    let subject = BankAccount::subject(id, 0);
    let stream = Stream::Corporation(id);
    let register = corporation::Command::Register {
        number: None,
        name: format!("社会福祉法人あおぞら第{nth}会"),
        external_refs: BTreeMap::new(),
        source: None,
        warnings: vec![],
    };
    let account = BankAccount {
        bank: Digits::of(9999),
        bank_name: "レンシユウ".to_owned(),
        branch: Digits::of(u128::from(nth % 900)),
        branch_name: "シテン".to_owned(),
        kind: daicho_domain::zengin::AccountKind::Ordinary,
        number: Personal::new(subject.as_str(), format!("{:07}", nth % 10_000_000)),
        holder: Personal::new(subject.as_str(), "フク）アオゾラカイ"),
    };
    let mandate = CarryMandate {
        from: from(),
        stage: MandateStage::Registered {
            on: day("2026-07-01"),
        },
        needed_by: None,
        account: Some(account),
        customer: Some(Digits::of(u128::from(nth) + 1)),
        debited: Debited::Before,
    };
    let charge = CarryCharge {
        from: from(),
        service: Service::HonobonoMini2,
        month: debit_month().previous(),
        gross: 3_300,
        tax: None,
        open: 3_300,
        failed: None,
        at_bank: None,
    };
    let owed = billing::CarryOver {
        from: from(),
        charges: vec![charge],
        arrears: None,
        credit: 0,
        debits: vec![],
    };
    [
        Command::corporation(&stream, register),
        Command::corporation(&stream, corporation::Command::CarryOverMandate(mandate)),
        Command::billing(&Stream::Billing(id), billing::Command::CarryOver(owed)),
    ]
}

async fn move_in(dir: &Path, count: u64) {
    let office = Arc::new(Office::on(dir, MOVED_IN, Durability::Closed).await);
    office.opens(MOVED_IN).await;
    for (nth, command) in agreed(count).into_iter().enumerate() {
        office.does(command, 1 + nth as u128).await;
    }
    let callers: Vec<_> = (0..AT_ONCE)
        .map(|caller| {
            let office = office.clone();
            tokio::spawn(async move {
                for nth in (caller..count).step_by(AT_ONCE as usize) {
                    for (command, step) in corporation(nth).into_iter().zip(0_u128..) {
                        office
                            .does(command, 1_000 + u128::from(nth) * 3 + step)
                            .await;
                    }
                }
            })
        })
        .collect();
    for caller in callers {
        caller.await.expect("the caller ends");
    }
    office.opens(MOVED_IN).await;
}

async fn debit(dir: &Path, count: u64) {
    let office = Office::on(dir, ASKED, Durability::Acknowledged).await;
    let gathered = office.events_a_second(ASKED).await;
    let month = debit_month();
    let snapshot = office.views.snapshot().expect("a snapshot");
    let row = debits::of_month(&snapshot, month).expect("the read models are read");
    let row = row.expect("the batch opened");
    let through = snapshot
        .number()
        .expect("the read models are read")
        .unwrap_or_default();
    let consignor = Consignor::invented();
    let begun = Instant::now();
    let made = debit_file::gathered(&snapshot, month, &consignor, row.debit_on);
    let made = made
        .expect("the read models are read")
        .expect("it can be written");
    let sha256 = made.request.sha256();
    let file_ms = begun.elapsed().as_secs_f64() * 1e3;
    drop(snapshot);
    assert_eq!(made.request.totals().count, count, "every ledger asks");
    let freeze = Batch::Freeze {
        through,
        totals: made.request.totals(),
        sha256: sha256.clone(),
        consignor,
        by: member(1),
    };
    office.batch(freeze, 10).await;
    let (sha, by) = (sha256.clone(), member(2));
    office.batch(Batch::Approve { sha256: sha, by }, 11).await;
    let by = member(3);
    office.batch(Batch::Release { sha256, by }, 12).await;
    office
        .views
        .catch_up()
        .await
        .expect("the read models follow");
    let sent = debit_file::released(&office.views, month).expect("the read models are read");
    let sent = sent.expect("it was released");
    // Three in a hundred have not enough money.
    let codes: Vec<_> = (0..count)
        .map(|nth| match nth % 100 {
            0..3 => ResultCode::InsufficientFunds,
            _ => ResultCode::Collected,
        })
        .collect();
    let checked = sent.check(&sent.made.request.answered(&codes));
    let checked = checked.expect("it is the result");
    let by = member(1);
    office.batch(Batch::ReceiveResult { checked, by }, 13).await;
    let booked = office.events_a_second(ASKED).await;
    let sums = debits::sums(&office.views.snapshot().expect("a snapshot"), month);
    let sums = sums.expect("the read models are read");
    assert_eq!(
        sums.collected.count + sums.failed.count,
        count,
        "every ledger booked"
    );
    println!("{gathered} {booked} {file_ms} {}", peak_memory_mib());
}
