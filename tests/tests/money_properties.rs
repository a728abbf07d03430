//! What must hold of money whatever people, customers and the bank do, and in whatever order: ledgers, requests and results
//! agree to the yen, nothing is charged twice or after its end, nobody is suspended without a result, the journal balances,
//! and a server that woke once after weeks recorded what one recorded that woke every day.

use chrono::NaiveDate;
use daicho_domain::billing::EntryKey;
use daicho_domain::nouns::Event;
use daicho_domain::stream::{CorporationId, Stream};
use daicho_eventlog::Decoded;
use daicho_projections::journal::{self, Account};
use daicho_projections::ledger;
use daicho_tests::money_audit::{Audit, yen};
use daicho_tests::money_deeds::{BOTH, deeds};
use daicho_tests::money_world::{Wakes, World};
use daicho_tests::office::Office;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use std::collections::{BTreeMap, BTreeSet};

/// Every entry of the journal balances, and what it says is owed the ledgers say too.
async fn journal_balances(world: &World) {
    let snapshot = world.office.views().await.snapshot().expect("a snapshot");
    let mut owed: BTreeMap<Account, i64> = BTreeMap::new();
    for sums in journal::months(&snapshot).expect("they are read") {
        assert_eq!(sums.debit, sums.credit, "{}", sums.month);
        let mut entries: BTreeMap<(CorporationId, EntryKey), i64> = BTreeMap::new();
        for line in journal::lines(&snapshot, sums.month).expect("they are read") {
            let side = yen(line.debit) - yen(line.credit);
            *entries.entry((line.corporation, line.entry)).or_default() += side;
            *owed.entry(line.account).or_default() += side;
        }
        assert!(entries.values().all(|side| *side == 0), "{entries:?}");
    }
    let all = ledger::list(&snapshot, &ledger::Filter::default(), 0, 1).expect("they are read");
    let of = |account| owed.get(&account).copied().unwrap_or_default();
    assert_eq!(of(Account::Receivable), all.open);
    let mut credit = 0;
    for whose in BOTH {
        credit += yen(world.ledger(whose).await.credit);
    }
    assert_eq!(-of(Account::Credit), credit);
}

async fn recorded(office: &Office) -> Vec<Decoded> {
    let engine = office.engine();
    let all = engine.log().read_all(None, usize::MAX).await;
    let all = all.expect("the log is read");
    let decoded = all.into_iter().map(|event| engine.codec().decode(event));
    decoded.collect::<Result<_, _>>().expect("the log is read")
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime")
}

/// What happened, on which day, to what.
fn history(log: &[Decoded]) -> Vec<(NaiveDate, &Stream, &Event)> {
    let told = log.iter();
    told.map(|told| (told.recorded.occurred_on, &told.stream, &told.event))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, max_shrink_iters: 40, ..ProptestConfig::default() })]

    #[test]
    fn ledger_request_and_result_agree_after_any_history(deeds in deeds()) {
        runtime().block_on(async {
            let daily = World::begins(Wakes::Daily).await;
            let late = World::begins(Wakes::Late).await;
            for deed in &deeds {
                daily.happens(deed).await;
                late.happens(deed).await;
            }
            let log = recorded(&daily.office).await;
            assert!(history(&log) == history(&recorded(&late.office).await), "woken late it is another history");
            let mut audit = Audit::default();
            for told in &log {
                audit.hear(told);
            }
            audit.agrees();
            for whose in BOTH {
                let ledger = daily.ledger(whose).await;
                let balance = audit.balance.get(&whose.id()).copied().unwrap_or_default();
                assert_eq!(balance, yen(ledger.open()) - yen(ledger.credit));
            }
            journal_balances(&daily).await;
            let check = daily.office.checks_its_views().await;
            assert_eq!(check.differing(), Vec::<&str>::new());
        });
    }
}

/// What must come about in some history, or the property above says nothing of it.
const MATTERS: [&str; 11] = [
    "billing.charged",
    "billing.collected",
    "billing.debit_missed",
    "billing.failed",
    "billing.noticed",
    "billing.paid",
    "billing.reversed",
    "corporation.mandate_broken",
    "debit_batch.reconciled",
    "enrolment.resumed",
    "enrolment.suspended",
];

#[test]
fn the_histories_that_chance_gives_get_to_everything_that_matters() {
    let mut runner = TestRunner::deterministic();
    let mut seen = BTreeSet::new();
    runtime().block_on(async {
        for _ in 0..16 {
            let deeds = deeds().new_tree(&mut runner).expect("a history").current();
            let world = World::begins(Wakes::Late).await;
            for deed in &deeds {
                world.happens(deed).await;
            }
            for told in recorded(&world.office).await {
                let kind = told.recorded.kind.rsplit_once(".v");
                seen.insert(kind.expect("a type and its version").0.to_owned());
            }
        }
    });
    let missing: Vec<_> = MATTERS
        .iter()
        .filter(|kind| !seen.contains(**kind))
        .collect();
    assert!(missing.is_empty(), "no history came to {missing:?}");
}
