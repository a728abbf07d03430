//! What every adapter of the log must hold to, as tests that each of them runs.
//!
//! An adapter's own test implements [`Bench`] and calls [`every_case`]; what only it can do (durability, a
//! second process) it tests beside that.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::NaiveDate;
use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt};
use uuid::Uuid;

use crate::{Body, Chain, EventLog, Expected, LogError, NewEvent, Position, Recorded, StreamName};

/// An adapter under test.
#[async_trait]
pub trait Bench: Send + Sync {
    /// An empty log.
    async fn fresh(&self) -> Arc<dyn EventLog>;

    /// The same log after its process ended and began again; the log itself where it does not outlive one.
    async fn reopened(&self, log: Arc<dyn EventLog>) -> Arc<dyn EventLog>;
}

/// Runs every case, each on a log of its own.
pub async fn every_case(bench: &dyn Bench) {
    for (name, case) in CASES {
        println!("{name}");
        case(bench).await;
    }
}

type Case = for<'a> fn(&'a dyn Bench) -> BoxFuture<'a, ()>;

const CASES: &[(&str, Case)] = &[
    ("an empty log reads as nothing", |b| {
        an_empty_log_reads_as_nothing(b).boxed()
    }),
    ("what was appended comes back as it was", |b| {
        comes_back_as_it_was(b).boxed()
    }),
    ("an append of several events is one step", |b| {
        several_events_are_one_step(b).boxed()
    }),
    ("an append of nothing records nothing", |b| {
        nothing_records_nothing(b).boxed()
    }),
    ("a stream that is not as expected is a conflict", |b| {
        not_as_expected_is_a_conflict(b).boxed()
    }),
    ("of many who expect the same version one succeeds", |b| {
        one_of_many_succeeds(b).boxed()
    }),
    ("streams are read by pages", |b| {
        streams_are_read_by_pages(b).boxed()
    }),
    ("the whole log is read by pages in order", |b| {
        all_is_read_by_pages_in_order(b).boxed()
    }),
    ("a foreign position is refused", |b| {
        a_foreign_position_is_refused(b).boxed()
    }),
    ("numbers lead to positions", |b| {
        numbers_lead_to_positions(b).boxed()
    }),
    ("a subscription gives past and future without a seam", |b| {
        no_seam(b).boxed()
    }),
    ("a subscription from a position begins after it", |b| {
        begins_after_its_position(b).boxed()
    }),
    ("the largest body is taken, a larger one refused", |b| {
        the_largest_body(b).boxed()
    }),
    ("the running digest follows from the events", |b| {
        the_digest_follows(b).boxed()
    }),
    ("a reopened log goes on where it ended", |b| {
        reopened_goes_on(b).boxed()
    }),
];

/// An invented event whose body says which it is.
pub fn event(index: u64) -> NewEvent {
    let command_id = Uuid::from_u64_pair(0xC0, index);
    NewEvent {
        event_id: Uuid::new_v5(&command_id, b"0"),
        command_id,
        kind: "poa.received.v1".into(),
        body: Body::from_text(format!(r#"{{"index":{index},"note":"返送 済み"}}"#)),
        occurred_on: NaiveDate::from_ymd_opt(2026, 11, 20).expect("a date"),
        actor: "staff-7".into(),
        correlation: Uuid::from_u64_pair(0xC1, index),
        causation: index
            .is_multiple_of(2)
            .then(|| Uuid::from_u64_pair(0xC2, index)),
        rulebook: index
            .is_multiple_of(3)
            .then(|| "honobono-mini2@2015-01-01 r1".into()),
    }
}

/// The index that [`event`] wrote into the body.
pub fn index_of(recorded: &Recorded) -> u64 {
    let body = recorded.body.value().expect("the body is JSON");
    body["index"].as_u64().expect("the body has its index")
}

fn stream(name: &str) -> StreamName {
    StreamName::from(name)
}

async fn append(log: &Arc<dyn EventLog>, name: &str, indexes: std::ops::Range<u64>) {
    for index in indexes {
        log.append(&stream(name), Expected::Any, vec![event(index)])
            .await
            .expect("the append is taken");
    }
}

async fn everything(log: &Arc<dyn EventLog>) -> Vec<Recorded> {
    log.read_all(None, usize::MAX)
        .await
        .expect("the log is read")
}

fn indexes(events: &[Recorded]) -> Vec<u64> {
    events.iter().map(index_of).collect()
}

async fn an_empty_log_reads_as_nothing(bench: &dyn Bench) {
    let log = bench.fresh().await;
    assert_eq!(everything(&log).await, []);
    let poa = log.read_stream(&stream("poa-1"), 0, 10).await;
    assert_eq!(poa.expect("the stream is read"), []);
    assert_eq!(log.head().await.expect("the head is read"), None);
    assert_eq!(log.position_of(0).await.expect("the log is asked"), None);
}

async fn comes_back_as_it_was(bench: &dyn Bench) {
    let log = bench.fresh().await;
    for index in 0..7 {
        let name = stream(&format!("poa-{index}"));
        let given = event(index);
        let answer = log
            .append(&name, Expected::NoStream, vec![given.clone()])
            .await
            .expect("the append is taken");
        let read = log.read_stream(&name, 0, 10).await.expect("it is read");
        assert_eq!(answer, read, "the answer is what is read");
        assert_eq!(read[0].to_new(), given);
        assert_eq!((read[0].number, read[0].version), (index, 0));
        assert_eq!(read[0].stream, name);
        assert_eq!(
            log.head().await.expect("the head is read"),
            read.last().cloned()
        );
    }
}

async fn several_events_are_one_step(bench: &dyn Bench) {
    let log = bench.fresh().await;
    let name = stream("transmission-1");
    let answer = log
        .append(&name, Expected::NoStream, (0..3).map(event).collect())
        .await
        .expect("the append is taken");
    let counted: Vec<_> = answer.iter().map(|e| (e.number, e.version)).collect();
    assert_eq!(counted, [(0, 0), (1, 1), (2, 2)]);
    assert_eq!(answer[0].recorded_at, answer[2].recorded_at);
    assert_eq!(everything(&log).await, answer);
}

async fn nothing_records_nothing(bench: &dyn Bench) {
    let log = bench.fresh().await;
    let name = stream("poa-1");
    let answer = log.append(&name, Expected::NoStream, Vec::new()).await;
    assert_eq!(answer, Ok(Vec::new()));
    assert_eq!(everything(&log).await, []);
}

async fn not_as_expected_is_a_conflict(bench: &dyn Bench) {
    let log = bench.fresh().await;
    let name = stream("poa-1");
    append(&log, "poa-1", 0..2).await;
    for (wrong, there) in [
        (Expected::NoStream, "poa-1"),
        (Expected::Version(0), "poa-1"),
        (Expected::Version(2), "poa-1"),
        (Expected::Version(0), "poa-2"),
    ] {
        let there = stream(there);
        let refused = log.append(&there, wrong, vec![event(9)]).await;
        let actual = (there == name).then_some(1);
        assert_eq!(
            refused,
            Err(LogError::Conflict {
                stream: there,
                expected: wrong,
                actual
            })
        );
    }
    assert_eq!(indexes(&everything(&log).await), [0, 1]);
    let right = log
        .append(&name, Expected::Version(1), vec![event(2)])
        .await;
    assert_eq!(right.expect("the right version is taken")[0].version, 2);
}

async fn one_of_many_succeeds(bench: &dyn Bench) {
    let log = bench.fresh().await;
    for round in 0..20 {
        let name = stream(&format!("poa-{round}"));
        let callers = (0..8).map(|index| {
            let (log, name) = (log.clone(), name.clone());
            tokio::spawn(async move {
                log.append(&name, Expected::NoStream, vec![event(index)])
                    .await
            })
        });
        let answers = futures::future::join_all(callers).await;
        let taken = answers.iter().filter(|answer| matches!(answer, Ok(Ok(_))));
        assert_eq!(taken.count(), 1, "one caller succeeds");
        let refused = answers.iter().filter(|answer| {
            matches!(
                answer,
                Ok(Err(LogError::Conflict {
                    actual: Some(0),
                    ..
                }))
            )
        });
        assert_eq!(refused.count(), 7, "the others meet a conflict");
    }
    assert_eq!(everything(&log).await.len(), 20);
}

async fn streams_are_read_by_pages(bench: &dyn Bench) {
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

async fn all_is_read_by_pages_in_order(bench: &dyn Bench) {
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

async fn a_foreign_position_is_refused(bench: &dyn Bench) {
    let log = bench.fresh().await;
    append(&log, "poa-1", 0..1).await;
    let foreign = Position::from_bytes(b"elsewhere").expect("a short token");
    let refused = log.read_all(Some(foreign), 10).await;
    assert_eq!(refused, Err(LogError::ForeignPosition));
    assert!(log.subscribe(Some(foreign)).await.is_err());
}

async fn numbers_lead_to_positions(bench: &dyn Bench) {
    let log = bench.fresh().await;
    append(&log, "poa-1", 0..5).await;
    let position = log.position_of(2).await.expect("the log is asked");
    assert_eq!(position, Some(everything(&log).await[2].position));
    let rest = log.read_all(position, 10).await.expect("the rest is read");
    assert_eq!(indexes(&rest), [3, 4]);
    assert_eq!(log.position_of(5).await.expect("the log is asked"), None);
}

async fn no_seam(bench: &dyn Bench) {
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

async fn begins_after_its_position(bench: &dyn Bench) {
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

async fn the_largest_body(bench: &dyn Bench) {
    let log = bench.fresh().await;
    let name = stream("poa-1");
    let of_length = |length: usize| NewEvent {
        body: Body::from_text(format!("\"{}\"", "x".repeat(length - 2))),
        ..event(0)
    };
    let largest = of_length(Body::BYTES_MAX);
    let taken = log
        .append(&name, Expected::NoStream, vec![largest.clone()])
        .await
        .expect("the largest body is taken");
    assert_eq!(taken[0].to_new(), largest);
    let too_large = vec![event(1), of_length(Body::BYTES_MAX + 1)];
    let refused = log.append(&name, Expected::Version(0), too_large).await;
    assert_eq!(
        refused,
        Err(LogError::TooLarge {
            kind: "poa.received.v1".to_owned(),
            bytes: Body::BYTES_MAX + 1,
            max: Body::BYTES_MAX,
        })
    );
    assert_eq!(
        everything(&log).await,
        taken,
        "the append was refused whole"
    );
}

async fn the_digest_follows(bench: &dyn Bench) {
    let log = bench.fresh().await;
    append(&log, "poa-1", 0..10).await;
    let mut chain = Chain::START;
    for event in everything(&log).await {
        chain = chain.then_recorded(&event);
        assert!(event.chain.is_none_or(|kept| kept == chain));
    }
}

async fn reopened_goes_on(bench: &dyn Bench) {
    let log = bench.fresh().await;
    append(&log, "poa-1", 0..3).await;
    let before = everything(&log).await;
    let log = bench.reopened(log).await;
    assert_eq!(everything(&log).await, before);
    let conflict = log
        .append(&stream("poa-1"), Expected::NoStream, vec![event(9)])
        .await;
    assert!(matches!(
        conflict,
        Err(LogError::Conflict {
            actual: Some(2),
            ..
        })
    ));
    append(&log, "poa-1", 3..5).await;
    let after = everything(&log).await;
    assert_eq!(indexes(&after), [0, 1, 2, 3, 4]);
    assert!(after.iter().map(|event| event.number).eq(0..5));
    assert!(after.is_sorted_by_key(|event| event.recorded_at));
}
