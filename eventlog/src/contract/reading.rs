//! What a log must hold to when it is read and followed.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::StreamExt;

use super::{Bench, append, everything, indexes, stream};
use crate::{Chain, EventLog, LogError, Position, Recorded, StreamName};

pub(super) async fn an_empty_log_reads_as_nothing(bench: &dyn Bench) {
    let log = bench.fresh().await;
    assert_eq!(everything(&log).await, []);
    let poa = log.read_stream(&stream("poa-1"), 0, 10).await;
    assert_eq!(poa.expect("the stream is read"), []);
    assert_eq!(log.head().await.expect("the head is read"), None);
    assert_eq!(log.position_of(0).await.expect("the log is asked"), None);
}

pub(super) async fn streams_are_read_by_pages(bench: &dyn Bench) {
    let log = bench.fresh().await;
    for index in 0..5 {
        append(&log, "poa-1", index..index + 1).await;
        append(&log, "poa-10", index + 100..index + 101).await;
    }
    let page = async |from, max| {
        let page = log.read_stream(&stream("poa-1"), from, max).await;
        indexes(&page.expect("the page is read"))
    };
    assert_eq!(page(0, 2).await, [0, 1]);
    assert_eq!(page(2, 2).await, [2, 3]);
    assert_eq!(page(4, 2).await, [4]);
    assert_eq!(page(5, 2).await, [0; 0]);
    assert_eq!(page(0, 0).await, [0; 0]);
}

pub(super) async fn all_is_read_by_pages_in_order(bench: &dyn Bench) {
    let log = bench.fresh().await;
    for index in 0..25 {
        append(&log, &format!("poa-{}", index % 4), index..index + 1).await;
    }
    let mut after = None;
    let mut read = Vec::new();
    loop {
        let page = log.read_all(after, 7).await.expect("the page is read");
        let Some(last) = page.last() else { break };
        assert!(page.len() <= 7);
        after = Some(last.position);
        read.extend(page);
    }
    assert_eq!(indexes(&read), (0..25).collect::<Vec<_>>());
    assert!(read.iter().map(|event| event.number).eq(0..25));
    assert!(read.is_sorted_by_key(|event| event.recorded_at));
}

pub(super) async fn a_foreign_position_is_refused(bench: &dyn Bench) {
    let log = bench.fresh().await;
    append(&log, "poa-1", 0..1).await;
    let foreign = Position::from_bytes(b"elsewhere").expect("a short token");
    let refused = log.read_all(Some(foreign), 10).await;
    assert_eq!(refused, Err(LogError::ForeignPosition));
    assert!(log.subscribe(Some(foreign)).await.is_err());
}

pub(super) async fn numbers_lead_to_positions(bench: &dyn Bench) {
    let log = bench.fresh().await;
    append(&log, "poa-1", 0..5).await;
    let position = log.position_of(2).await.expect("the log is asked");
    assert_eq!(position, Some(everything(&log).await[2].position));
    let rest = log.read_all(position, 10).await.expect("the rest is read");
    assert_eq!(indexes(&rest), [3, 4]);
    assert_eq!(log.position_of(5).await.expect("the log is asked"), None);
}

pub(super) async fn no_seam(bench: &dyn Bench) {
    const CALLERS: u64 = 8;
    const EACH: u64 = 150;
    let log = bench.fresh().await;
    append(&log, "poa-early", 0..600).await;
    let callers = (0..CALLERS).map(|caller| {
        let log = log.clone();
        tokio::spawn(async move {
            let from = 1000 * (caller + 1);
            append(&log, &format!("poa-{caller}"), from..from + EACH).await;
        })
    });
    let callers: Vec<_> = callers.collect();
    let readers = (0..3).map(|_| {
        let log = log.clone();
        tokio::spawn(async move { collect(&log, None, 600 + (CALLERS * EACH) as usize).await })
    });
    let readers: Vec<_> = readers.collect();
    for caller in callers {
        caller.await.expect("the caller appends");
    }
    for reader in readers {
        let seen = reader.await.expect("the reader reads");
        assert!(
            seen.iter()
                .map(|event| event.number)
                .eq(0..600 + CALLERS * EACH)
        );
        let mut streams: BTreeMap<&StreamName, u64> = BTreeMap::new();
        for event in &seen {
            let next = streams.entry(&event.stream).or_default();
            assert_eq!(event.version, *next, "streams are contiguous");
            *next += 1;
        }
    }
}

/// As many events as asked for, through a subscription.
async fn collect(log: &Arc<dyn EventLog>, after: Option<Position>, count: usize) -> Vec<Recorded> {
    let mut pages = log.subscribe(after).await.expect("the log is followed");
    let mut seen = Vec::new();
    while seen.len() < count {
        let page = pages.next().await.expect("the subscription goes on");
        let page = page.expect("the page is read");
        assert!(!page.is_empty(), "no page is empty");
        seen.extend(page);
    }
    seen
}

pub(super) async fn begins_after_its_position(bench: &dyn Bench) {
    let log = bench.fresh().await;
    append(&log, "poa-1", 0..5).await;
    let after = everything(&log).await[2].position;
    let later = tokio::spawn({
        let log = log.clone();
        async move { append(&log, "poa-1", 5..8).await }
    });
    let seen = collect(&log, Some(after), 5).await;
    later.await.expect("the caller appends");
    assert_eq!(indexes(&seen), [3, 4, 5, 6, 7]);
}

pub(super) async fn the_digest_follows(bench: &dyn Bench) {
    let log = bench.fresh().await;
    append(&log, "poa-1", 0..10).await;
    let mut chain = Chain::START;
    for event in everything(&log).await {
        chain = chain.then_recorded(&event);
        assert!(event.chain.is_none_or(|kept| kept == chain));
    }
}
