//! The simulated office: the same seed gives the same log.

use crate::kit::{Installation, day};
use daicho_projections::journal::{self, Account};
use daicho_projections::ledger;
use daicho_workers::simulation::{Plan, Report, offices, run};
use std::collections::{BTreeMap, BTreeSet};

async fn simulated(seed: u64, offices: usize, to: &str) -> (Installation, Report) {
    let plan = Plan {
        book: offices::invent(offices, seed),
        from: day("2025-11-21"),
        to: day(to),
        seed,
        scans: None,
    };
    let installation = Installation::begin(plan.from).await;
    let report = run(&installation.workers, &installation.clock, plan, |_| ()).await;
    (installation, report.expect("the world goes on"))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_seed_gives_the_same_log() {
    let (one, report) = simulated(1, 60, "2026-11-21").await;
    let (other, again) = simulated(1, 60, "2026-11-21").await;
    assert_eq!(report, again);
    assert_eq!(one.digest().await, other.digest().await);
    let refusals = one.workers.outcomes().refusals();
    assert_eq!(refusals, [], "no worker is refused");
    println!("{report:?}");
    journal_balances(&one);
}

/// Every entry balances, every month does, and what customers owe in the books is what their ledgers say.
fn journal_balances(installation: &Installation) {
    let snapshot = installation.workers.views().snapshot().expect("a snapshot");
    let months = journal::months(&snapshot).expect("the read models are read");
    assert!(!months.is_empty(), "a year of charges has a journal");
    let mut entries: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    let mut keys = BTreeSet::new();
    let mut owed = 0_i64;
    for sums in months {
        assert_eq!(sums.debit, sums.credit, "{}", sums.month);
        for line in journal::lines(&snapshot, sums.month).expect("the read models are read") {
            assert!(keys.insert(line.key.clone()), "{} twice", line.key);
            let entry = entries
                .entry(format!("{}/{}", line.corporation, line.entry))
                .or_default();
            entry.0 += line.debit;
            entry.1 += line.credit;
            if line.account == Account::Receivable {
                owed += line.debit.cast_signed() - line.credit.cast_signed();
            }
        }
    }
    for (entry, (debit, credit)) in entries {
        assert_eq!(debit, credit, "{entry}");
    }
    let all = ledger::list(&snapshot, &ledger::Filter::default(), 0, 1).expect("they are read");
    assert_eq!(
        owed, all.open,
        "what is owed in the books and in the ledgers"
    );
}
