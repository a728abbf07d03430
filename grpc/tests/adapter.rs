//! The log on a cluster: the port's contract, the same numbers and digests as in a file, and bad luck on the way.
//!
//! What serves is this crate with an open policy, reached over TCP by the official client.

#[path = "../../tests/src/cluster.rs"]
mod cluster;

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use daicho_eventlog::contract::{self, Bench, event};
use daicho_eventlog::kurrentdb::Address;
use daicho_eventlog::{
    Advice, EventLog, Expected, KurrentLog, LogError, NewEvent, Recorded, StreamName, SystemClock,
};
use futures::StreamExt as _;
use serde_json::json;

use crate::cluster::{Cluster, Way, log, open_to, open_to_all};

/// Each log on a server of its own.
#[derive(Default)]
struct OnACluster {
    servers: Mutex<Vec<Cluster>>,
}

#[async_trait]
impl Bench for OnACluster {
    async fn fresh(&self) -> Arc<dyn EventLog> {
        let server = Cluster::start().await;
        let log = server.log().await;
        self.servers.lock().expect("nobody panics").push(server);
        Arc::new(log)
    }

    async fn reopened(&self, before: Arc<dyn EventLog>) -> Arc<dyn EventLog> {
        drop(before);
        let connection = {
            let servers = self.servers.lock().expect("nobody panics");
            servers.last().expect("a log was opened").connection()
        };
        Arc::new(log(&connection).await)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_on_a_cluster_keeps_the_contract() {
    contract::every_case(&OnACluster::default()).await;
}

async fn everything(log: &dyn EventLog) -> Vec<Recorded> {
    let all = log.read_all(None, usize::MAX).await;
    all.expect("the log is read")
}

#[tokio::test(flavor = "multi_thread")]
async fn two_readers_count_alike_and_streams_of_others_are_not_counted() {
    let server = Cluster::start().await;
    let (one, other) = (server.log().await, server.log().await);
    let client = bare(&server.connection());
    for index in 0..30 {
        let log = if index % 2 == 0 { &one } else { &other };
        let stream: StreamName = format!("poa-{}", index % 3).as_str().into();
        let taken = log.append(&stream, Expected::Any, vec![event(index)]).await;
        assert_eq!(taken.expect("it is taken")[0].number, index);
        foreign(&client, "orders-1", "order-placed").await;
        foreign(&client, "poacher-1", "hare-caught").await;
    }
    let (seen, by_other) = (everything(&one).await, everything(&other).await);
    assert_eq!(seen, by_other);
    assert!(seen.iter().map(|event| event.number).eq(0..30));
    let later = server.log().await;
    assert_eq!(everything(&later).await, seen);
    assert_eq!(
        later.head().await.expect("it is read"),
        seen.last().cloned()
    );
}

fn bare(connection: &str) -> kurrentdb::Client {
    let settings = connection.parse().expect("it is read");
    kurrentdb::Client::new(settings).expect("a client")
}

async fn foreign(client: &kurrentdb::Client, stream: &str, kind: &str) {
    let event = kurrentdb::EventData::json(kind, &json!({})).expect("it is JSON");
    let options = kurrentdb::AppendToStreamOptions::default();
    let appended = client.append_to_stream(stream, &options, event);
    appended.await.expect("it is taken");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_of_others_inside_our_names_stops_the_reader_with_its_number() {
    let server = Cluster::start().await;
    let log = server.log().await;
    let name: StreamName = "poa-1".into();
    let taken = log.append(&name, Expected::NoStream, vec![event(0), event(1)]);
    taken.await.expect("it is taken");
    let mut pages = log.subscribe(None).await.expect("it is followed");
    let first = pages.next().await.expect("a page").expect("it is read");
    assert_eq!(first.len(), 2);
    foreign(&bare(&server.connection()), "poa-2", "order-placed").await;
    let stopped = pages.next().await.expect("an answer");
    let stopped = stopped.expect_err("it stops");
    let LogError::Unreadable { number: 2, why } = &stopped else {
        panic!("{stopped}");
    };
    assert!(
        why.contains("order-placed") && why.contains("poa-2"),
        "{why}"
    );
    assert!(why.contains("position"), "{why}");
    assert_eq!(everything_before(&log).await, first);
    assert_eq!(log.head().await, Err(stopped.clone()));
    let refused = log
        .append(&name, Expected::Version(1), vec![event(2)])
        .await;
    assert_eq!(refused, Err(stopped.clone()));
    let address = Address::parse(&server.connection()).expect("it is read");
    let reopened = KurrentLog::open(address, Arc::new(SystemClock)).await;
    assert_eq!(reopened.expect_err("it does not open"), stopped);
}

async fn everything_before(log: &dyn EventLog) -> Vec<Recorded> {
    log.read_all(None, 2).await.expect("it is read")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_somebody_cuts_stops_the_reader_and_is_named() {
    let server = Cluster::start().await;
    let log = server.log().await;
    let name: StreamName = "poa-1".into();
    let taken = log.append(&name, Expected::NoStream, (0..4).map(event).collect());
    let taken = taken.await.expect("it is taken");
    let last = taken.last().map(|last| last.position);
    let mut pages = log.subscribe(last).await.expect("it is followed");
    let limit = kurrentdb::EventData::json("$metadata", &json!({ "$tb": 2 }));
    let limit = limit.expect("it is JSON");
    let client = bare(&server.connection());
    let options = kurrentdb::AppendToStreamOptions::default();
    let set = client.append_to_stream("$$poa-1", &options, limit);
    set.await.expect("it is taken");
    let stopped = pages.next().await.expect("an answer");
    let stopped = stopped.expect_err("it stops");
    assert!(
        matches!(&stopped, LogError::Cut { stream, .. } if *stream == name),
        "{stopped}"
    );
    assert_eq!(stopped.advice(), Advice::GiveUp);
    assert!(stopped.sentence().contains("poa-1 が欠けています"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_restarts_is_gone_on_with() {
    let mut server = Cluster::start().await;
    let log = Arc::new(server.log().await);
    let mut pages = log.subscribe(None).await.expect("it is followed");
    let mut seen = Vec::new();
    for round in 0..3 {
        for index in 0..20 {
            let index = round * 20 + index;
            appended(&*log, &format!("poa-{}", index % 4), vec![event(index)]).await;
        }
        server.restart().await;
    }
    appended(&*log, "poa-9", vec![event(60)]).await;
    while seen.len() < 61 {
        seen.extend(pages.next().await.expect("it goes on").expect("it is read"));
    }
    assert!(seen.iter().map(|event| event.number).eq(0..61));
    assert_eq!(everything(&*log).await, seen);
}

/// Appends as `execute` does: when no answer came, the stream says whether it was recorded.
async fn appended(log: &dyn EventLog, stream: &str, events: Vec<NewEvent>) -> Vec<Recorded> {
    let stream: StreamName = stream.into();
    loop {
        let there = log.read_stream(&stream, 0, usize::MAX).await;
        let there = match there {
            Ok(there) => there,
            Err(error) if error.advice() == Advice::Retry => continue,
            Err(error) => panic!("{error}"),
        };
        let ours: Vec<_> = there
            .iter()
            .filter(|there| there.command_id == events[0].command_id)
            .cloned()
            .collect();
        if !ours.is_empty() {
            assert_eq!(ours.len(), events.len(), "an append is one step");
            return ours;
        }
        let expected = Expected::after(there.last().map(|last| last.version));
        match log.append(&stream, expected, events.clone()).await {
            Ok(recorded) => return recorded,
            Err(error) if error.advice() == Advice::Retry => {}
            Err(error) => panic!("{error}"),
        }
    }
}

/// How many events pass over the breaking connections. A million with `DAICHO_CUTS_EVENTS=1000000`.
fn cuts_events() -> u64 {
    let said = std::env::var("DAICHO_CUTS_EVENTS").ok();
    said.and_then(|said| said.parse().ok()).unwrap_or(20_000)
}

#[tokio::test(flavor = "multi_thread")]
async fn over_connections_that_break_at_any_byte_nothing_is_skipped_doubled_or_out_of_order() {
    const WRITERS: u64 = 8;
    const TOGETHER: u64 = 50;
    let server = Cluster::start().await;
    let rounds = cuts_events() / (WRITERS * TOGETHER);
    let events = rounds * WRITERS * TOGETHER;
    let written_over = Way::to(server.listens(), 1, 3_000_000).await;
    let read_over = Way::to(server.listens(), 2, 1_500_000).await;
    let writing = Arc::new(log(&written_over.connection()).await);
    let reading = log(&read_over.connection()).await;
    let mut pages = reading.subscribe(None).await.expect("it is followed");
    let writers = (0..WRITERS).map(|writer| {
        let log = writing.clone();
        tokio::spawn(async move {
            for round in 0..rounds {
                let first = (round * WRITERS + writer) * TOGETHER;
                // One command's events: one id tells whether they are there.
                let command_id = event(first).command_id;
                let together = (first..first + TOGETHER).map(|index| NewEvent {
                    command_id,
                    ..event(index)
                });
                // Streams stay short: each append asks for the whole of its own.
                let stream = format!("poa-{writer}.{}", round / 8);
                appended(&*log, &stream, together.collect()).await;
            }
        })
    });
    let writers: Vec<_> = writers.collect();
    let mut seen = Vec::new();
    while (seen.len() as u64) < events {
        let page = pages.next().await.expect("it goes on");
        seen.extend(page.expect("it is read"));
    }
    for writer in writers {
        writer.await.expect("it writes");
    }
    assert_eq!(seen.len() as u64, events);
    assert!(seen.iter().map(|event| event.number).eq(0..events));
    let ids: HashSet<_> = seen.iter().map(|event| event.event_id).collect();
    assert_eq!(ids.len() as u64, events, "no event twice");
    assert!(
        written_over.cuts() > 0 && read_over.cuts() > 0,
        "the connections broke"
    );
    println!(
        "{events} events, cut {} times writing, {} times reading",
        written_over.cuts(),
        read_over.cuts()
    );
    let whole = server.log().await;
    assert_eq!(
        whole
            .head()
            .await
            .expect("it is read")
            .and_then(|head| head.chain),
        seen.last().and_then(|last| last.chain),
        "over whole connections the digest is the same"
    );
}

/// Why a log does not open.
async fn refused(connection: &str) -> LogError {
    let address = Address::parse(connection).expect("it is read");
    let opened = KurrentLog::open(address, Arc::new(SystemClock)).await;
    opened.expect_err("it does not open")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_away_at_the_start_is_one_sentence() {
    let mut server = Cluster::start().await;
    server.stop().await;
    let away = refused(&server.connection()).await;
    assert!(matches!(away, LogError::Away { .. }), "{away}");
    assert_eq!(away.advice(), Advice::Retry);
    assert!(
        away.sentence().contains("応答しません"),
        "{}",
        away.sentence()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_one_sentence_without_the_password() {
    let server = Cluster::start_with(open_to("daicho", "s3cr3t")).await;
    let with = |user: &str| format!("kurrentdb://{user}{}?tls=false", server.listens());
    for wrong in ["", "daicho:wr0ng@", "other:s3cr3t@"] {
        let denied = refused(&with(wrong)).await;
        assert!(matches!(denied, LogError::Denied { .. }), "{denied}");
        assert_eq!(denied.advice(), Advice::GiveUp);
        for said in [denied.to_string(), denied.sentence()] {
            assert!(
                !said.contains("wr0ng") && !said.contains("s3cr3t"),
                "{said}"
            );
        }
    }
    let log = log(&with("daicho:s3cr3t@")).await;
    assert_eq!(log.head().await, Ok(None));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_append_larger_than_the_server_takes_is_refused_whole() {
    let small = daicho_grpc::Options {
        append_bytes_max: 10_000,
        ..open_to_all()
    };
    let server = Cluster::start_with(small).await;
    let log = server.log().await;
    let name: StreamName = "poa-1".into();
    let many = log.append(&name, Expected::NoStream, (0..200).map(event).collect());
    let refused = many.await.expect_err("it is too much");
    assert!(
        matches!(refused, LogError::MessageTooLarge { .. }),
        "{refused}"
    );
    assert_eq!(refused.advice(), Advice::GiveUp);
    assert_eq!(everything(&log).await, []);
    appended(&log, "poa-1", vec![event(0)]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_hosts_one_that_answers_is_enough() {
    let server = Cluster::start().await;
    let (mut gone, other) = (Cluster::start().await, server.listens());
    gone.stop().await;
    let several = format!("kurrentdb://{},{other}?tls=false", gone.listens());
    let log = log(&several).await;
    appended(&log, "poa-1", vec![event(0)]).await;
    assert_eq!(everything(&log).await.len(), 1);
}
