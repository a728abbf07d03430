//! Days opened one by one, late, or by a server that is killed again and again: the same log.

use crate::kit::{Installation, day};
use chrono::{Days, NaiveDate};
use daicho_domain::intake::Channel;
use daicho_domain::nouns::Command;
use daicho_domain::stream::{Stream, derived_id};
use daicho_domain::{installation, office_day};
use daicho_eventlog::contract::Dying;
use daicho_eventlog::{Caused, ExecuteError};
use daicho_workers::day::{JUMP_DAYS_MAX, WorkError};
use daicho_workers::simulation::{Plan, offices, run};
use std::collections::BTreeMap;
use std::sync::Arc;

/// An office in the middle of its work, on this day: the first one after a weekend of three days, before
/// which the papers for February were due.
const TODAY: &str = "2026-01-13";

/// The day on which they were due, whose post has not been closed.
const DUE: &str = "2026-01-09";

async fn office() -> Installation {
    let plan = Plan {
        book: offices::invent(40, 7),
        from: day("2025-09-20"),
        to: day(TODAY),
        seed: 7,
        scans: None,
    };
    let office = Installation::begin(plan.from).await;
    let report = run(&office.workers, &office.clock, plan, |_| ()).await;
    report.expect("the office works");
    office
}

/// Somebody closes the days that are open, and the workers have not heard of it.
async fn close_post(office: &Installation) {
    for date in day("2025-12-20")
        .iter_days()
        .take_while(|date| *date <= day(DUE))
    {
        let stream = Stream::OfficeDay(date);
        let channel = Channel::Post;
        for command in [
            office_day::Command::CountPost { channel, sheets: 0 },
            office_day::Command::Close {
                entered: BTreeMap::new(),
                difference: Some("数え直し".into()),
            },
        ] {
            let id = derived_id(&["closes", &date.to_string(), &format!("{command:?}")]);
            let command = Command::office_day(&stream, command);
            let by = Caused::by_request("staff", id);
            match office.engine.execute(command, by).await {
                // Closed already, or no business day.
                Ok(_) | Err(ExecuteError::Refused(_)) => {}
                Err(ExecuteError::Failed(failed)) => panic!("the log takes it: {failed}"),
            }
        }
    }
}

async fn opens_through(office: &Installation, civil: NaiveDate) {
    let opened = office.workers.open_through(civil, &mut |_| ()).await;
    opened.expect("the days open");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_year_opened_day_by_day_equals_the_same_year_opened_late() {
    let end = day(TODAY) + Days::new(365);
    let daily = office().await;
    let before = daily.digest().await;
    for civil in day(TODAY).iter_days().take(366) {
        opens_through(&daily, civil).await;
    }
    let late = office().await;
    assert_eq!(late.digest().await, before, "they begin alike");
    late.workers.confirm_days_until(end).await;
    opens_through(&late, end).await;
    assert_ne!(late.digest().await, before, "a year does something");
    assert_eq!(daily.digest().await, late.digest().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_killed_at_every_moment_comes_to_the_same_log() {
    // The papers of February lapse, the IDs of February are issued, February begins.
    let end = day("2026-02-02");
    let steady = office().await;
    close_post(&steady).await;
    opens_through(&steady, end).await;
    let killed = office().await;
    close_post(&killed).await;
    let (log, keys, clock) = (
        killed.log.clone(),
        killed.keys.clone(),
        killed.clock.clone(),
    );
    let mut kills = 0;
    loop {
        // Each process lives for one append.
        let dying = Arc::new(Dying::after(1, log.clone()));
        let process = Installation::over(dying, keys.clone(), clock.clone()).await;
        match process.workers.open_through(end, &mut |_| ()).await {
            Ok(()) => break,
            Err(WorkError::Log(_)) => kills += 1,
            Err(other) => panic!("it dies of the log alone: {other}"),
        }
    }
    assert!(kills > 40, "it died {kills} times");
    assert_eq!(killed.digest().await, steady.digest().await);
    for kind in [
        "poa.lapsed.v1",
        "transmission.postponed.v1",
        "transmission.id_issued.v1",
        "transmission.started.v1",
    ] {
        let after = killed.kinds_after(day(TODAY)).await;
        assert!(after.iter().any(|known| known == kind), "no {kind}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_without_positions_or_read_models_changes_nothing() {
    let office = office().await;
    let before = office.digest().await;
    let (log, keys, clock) = (
        office.log.clone(),
        office.keys.clone(),
        office.clock.clone(),
    );
    let again = Installation::over(log, keys, clock).await;
    opens_through(&again, day(TODAY)).await;
    assert_eq!(again.digest().await, before);
    assert_eq!(again.engine.today().await, Some(day(TODAY)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_jumps_by_a_year_waits_for_a_person_and_one_that_goes_back_changes_nothing() {
    let office = office().await;
    let before = office.digest().await;
    let ahead = day(TODAY) + Days::new(366);
    match office.workers.open_through(ahead, &mut |_| ()).await {
        Err(WorkError::JumpTooFar { days: 366, .. }) => {}
        other => panic!("a person is asked: {other:?}"),
    }
    opens_through(&office, day(TODAY) - Days::new(30)).await;
    assert_eq!(office.digest().await, before);
    assert_eq!(office.workers.sending_holds().expect("they are read"), []);
    let most = Days::new(JUMP_DAYS_MAX.unsigned_abs());
    opens_through(&office, day(TODAY) + most).await;
    let held = office.workers.sending_holds().expect("they are read");
    let first = day(TODAY) + Days::new(1);
    assert_eq!(held, [(first, day(TODAY) + most)], "送信保留");
}

#[tokio::test(flavor = "multi_thread")]
async fn days_that_a_person_confirmed_in_the_log_are_opened_and_no_more() {
    let office = office().await;
    let until = day(TODAY) + Days::new(60);
    let confirm = installation::Command::ConfirmDays { until };
    let confirm = Command::installation(&Stream::Installation, confirm);
    let by = Caused::by_request("clerk", derived_id(&["confirm"]));
    let confirmed = office.engine.execute(confirm, by).await;
    confirmed.expect("a person confirms");
    match office
        .workers
        .open_through(until + Days::new(1), &mut |_| ())
        .await
    {
        Err(WorkError::JumpTooFar { days: 61, .. }) => {}
        other => panic!("that day was not confirmed: {other:?}"),
    }
    opens_through(&office, until).await;
    assert_eq!(office.engine.today().await, Some(until));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_that_was_copied_or_restored_sends_nothing_by_itself() {
    let office = office().await;
    let folder = tempfile::tempdir().expect("a folder");
    let (here, copy) = (
        folder.path().join("state.db"),
        folder.path().join("copy.db"),
    );
    let held = |office: &Installation| office.workers.sending_holds().expect("they are read");
    // A log without its positions: it came out of a backup.
    let restored = office.again_with(&here).await;
    assert_eq!(held(&restored), [(day(TODAY), day(TODAY))]);
    let released = restored.workers.release_sending(day(TODAY), day(TODAY));
    released.expect("it is forgotten");
    drop(restored);
    let again = office.again_with(&here).await;
    assert_eq!(held(&again), [], "it is where it was");
    drop(again);
    std::fs::copy(&here, &copy).expect("it is copied");
    assert_eq!(held(&office.again_with(&copy).await).len(), 1, "a copy");
    let moved = folder.path().join("moved.db");
    std::fs::rename(&here, &moved).expect("it is renamed");
    assert_eq!(held(&office.again_with(&moved).await), [], "the same file");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_directory_is_no_copy() {
    let folder = tempfile::tempdir().expect("a folder");
    let begun = Installation::begin(day(TODAY)).await;
    let begun = begun.again_with(&folder.path().join("state.db")).await;
    assert_eq!(begun.workers.sending_holds().expect("they are read"), []);
}
