//! What every adapter of the log must hold to, as tests that each of them runs.
//!
//! An adapter's own test implements [`Bench`] and calls [`every_case`]; what only it can do (durability, a
//! second process) it tests beside that.

mod appending;
mod dying;
mod reading;

pub use dying::Dying;

use std::sync::Arc;

use async_trait::async_trait;
use chrono::NaiveDate;
use futures::FutureExt;
use futures::future::BoxFuture;
use uuid::Uuid;

use crate::{Body, EventLog, Expected, NewEvent, Recorded, StreamName};

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
        reading::an_empty_log_reads_as_nothing(b).boxed()
    }),
    ("what was appended comes back as it was", |b| {
        appending::comes_back_as_it_was(b).boxed()
    }),
    ("an append of several events is one step", |b| {
        appending::several_events_are_one_step(b).boxed()
    }),
    ("an append of nothing records nothing", |b| {
        appending::nothing_records_nothing(b).boxed()
    }),
    ("a stream that is not as expected is a conflict", |b| {
        appending::not_as_expected_is_a_conflict(b).boxed()
    }),
    ("of many who expect the same version one succeeds", |b| {
        appending::one_of_many_succeeds(b).boxed()
    }),
    ("appends in turn are recorded in their order", |b| {
        appending::in_turn_is_in_order(b).boxed()
    }),
    ("appends in turn end at the first that is refused", |b| {
        appending::in_turn_ends_at_a_refusal(b).boxed()
    }),
    ("streams are read by pages", |b| {
        reading::streams_are_read_by_pages(b).boxed()
    }),
    ("the whole log is read by pages in order", |b| {
        reading::all_is_read_by_pages_in_order(b).boxed()
    }),
    ("a foreign position is refused", |b| {
        reading::a_foreign_position_is_refused(b).boxed()
    }),
    ("numbers lead to positions", |b| {
        reading::numbers_lead_to_positions(b).boxed()
    }),
    ("a subscription gives past and future without a seam", |b| {
        reading::no_seam(b).boxed()
    }),
    ("a subscription from a position begins after it", |b| {
        reading::begins_after_its_position(b).boxed()
    }),
    ("the largest body is taken, a larger one refused", |b| {
        appending::the_largest_body(b).boxed()
    }),
    ("the running digest follows from the events", |b| {
        reading::the_digest_follows(b).boxed()
    }),
    ("a reopened log goes on where it ended", |b| {
        appending::reopened_goes_on(b).boxed()
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
