//! The simulated office: the same seed gives the same log.

use crate::kit::{Installation, day};
use daicho_workers::simulation::{Plan, Report, offices, run};

async fn simulated(seed: u64, offices: usize, to: &str) -> (Installation, Report) {
    let plan = Plan {
        book: offices::invent(offices, seed),
        from: day("2025-11-21"),
        to: day(to),
        seed,
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
}
