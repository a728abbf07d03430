//! Clients that break off, flood, say nothing or take nothing: each is told so or cut, nothing of theirs is half
//! recorded, and others do not notice.

#[path = "support/raw.rs"]
#[expect(dead_code, reason = "the benchmark uses the rest of it")]
mod raw;
mod support;

use std::future::poll_fn;
use std::time::Duration;

use daicho_eventlog::{Durability, SqliteLog, StreamName, SystemClock};
use kurrentdb::{AppendToStreamOptions, Client, Error, EventData, ReadAllOptions};
use raw::{Call, Last, Raw, append_event, append_options, batch_append, field, follow_all};
use support::{Server, options, own, record};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const JSON: &str = "application/json";

async fn soon<T>(answer: impl Future<Output = T>) -> T {
    let answer = tokio::time::timeout(Duration::from_secs(30), answer);
    answer.await.expect("it is answered")
}

async fn last_of(log: &SqliteLog, stream: &str) -> Option<u64> {
    let last = log.last_revision(&StreamName::from(stream)).await;
    last.expect("it is read")
}

/// An append of one event, answered: everything sent before it on this connection was heard.
async fn appended(raw: &mut Raw, stream: &str, index: u128) {
    let mut call = raw.call("Append").await;
    call.send(&append_options(stream), Last::No);
    call.send(&append_event(index, "ordered", JSON), Last::Yes);
    assert_eq!(soon(call.whole_answer()).await.1, "0");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_append_that_is_broken_off_records_nothing_of_what_had_come() {
    let dir = tempfile::tempdir().expect("a directory");
    let server = Server::on(dir.path(), options()).await;
    let mut raw = Raw::taking(1 << 16, server.address).await;
    for round in 0..50 {
        let mut call = raw.call("Append").await;
        call.send(&append_options("orders-1"), Last::No);
        call.send(&append_event(1, "ordered", JSON), Last::No);
        call.send(&append_event(2, "ordered", JSON), Last::No);
        // Once with everything at once, once after the server has begun to take it.
        if round % 2 == 0 {
            appended(&mut raw, "orders-2", 1000 + round).await;
        }
        call.give_up();
    }
    appended(&mut raw, "orders-2", 2000).await;
    assert_eq!(last_of(&server.log, "orders-1").await, None);
    let mut again = raw.call("Append").await;
    again.send(&append_options("orders-1"), Last::No);
    for id in 1..=3 {
        again.send(&append_event(id, "ordered", JSON), Last::No);
    }
    again
        .sends
        .send_data(bytes::Bytes::new(), true)
        .expect("it ends");
    assert_eq!(soon(again.whole_answer()).await.1, "0");
    assert_eq!(last_of(&server.log, "orders-1").await, Some(2));
    drop(raw);
    server.stop().await;
}

/// The status of an append of these messages.
async fn append_of(raw: &mut Raw, messages: impl IntoIterator<Item = Vec<u8>>) -> String {
    let mut call = raw.call("Append").await;
    for message in messages {
        call.send(&message, Last::No);
    }
    // The server may have refused it already.
    let _ = call.sends.send_data(bytes::Bytes::new(), true);
    soon(call.whole_answer()).await.1
}

#[tokio::test(flavor = "multi_thread")]
async fn names_have_a_measure_and_an_event_has_a_type() {
    let dir = tempfile::tempdir().expect("a directory");
    let server = Server::on(dir.path(), options()).await;
    let mut raw = Raw::taking(1 << 16, server.address).await;
    let invalid = "3";
    let long = "x".repeat(1025);
    let just = &long[1..];
    for (kind, content_type, status) in [
        ("", JSON, invalid),
        (long.as_str(), JSON, invalid),
        ("ordered", long.as_str(), invalid),
        (just, just, "0"),
    ] {
        let event = append_event(1, kind, content_type);
        let said = append_of(&mut raw, [append_options("orders-1"), event]).await;
        assert_eq!(said, status, "{} {}", kind.len(), content_type.len());
    }
    let name = format!("orders-{long}");
    let event = append_event(2, "ordered", JSON);
    let said = append_of(&mut raw, [append_options(&name), event]).await;
    assert_eq!(said, invalid);
    drop(raw);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_batch_is_said_after_the_answers_that_are_due() {
    let dir = tempfile::tempdir().expect("a directory");
    let server = Server::on(dir.path(), options()).await;
    let mut raw = Raw::taking(1 << 16, server.address).await;
    let mut call = raw.call("BatchAppend").await;
    for index in 1..=20 {
        call.send(&batch_append(index, "orders-1"), Last::No);
    }
    // An append that does not say what it expects is refused by itself.
    let mut without = batch_append(21, "orders-1");
    let options = field(2, &field(1, &field(3, b"orders-1")));
    let correlation = field(
        1,
        &field(2, uuid::Uuid::from_u128(21).to_string().as_bytes()),
    );
    without = [correlation, options, without.split_off(without.len() - 2)].concat();
    call.send(&without, Last::No);
    call.send(&batch_append(22, "orders-1"), Last::No);
    // A message without a correlation id belongs to no append: the call ends.
    call.send(&raw::number(4, 1), Last::No);
    let (answers, status) = soon(call.whole_answer()).await;
    assert_eq!(answers.len(), 22, "each append is answered");
    assert_eq!(status, "3", "and then what was wrong is said");
    assert_eq!(last_of(&server.log, "orders-1").await, Some(20));
    drop(raw);
    server.stop().await;
}

/// How many bytes come before the connection ends.
async fn heard_until_the_end(stream: &mut TcpStream) -> usize {
    let mut heard = Vec::new();
    // Broken off or ended: it is over.
    let _ = soon(stream.read_to_end(&mut heard)).await;
    heard.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_does_not_speak_the_protocol_is_cut() {
    let dir = tempfile::tempdir().expect("a directory");
    let server = Server::on(dir.path(), options()).await;
    let mut silent = TcpStream::connect(server.address)
        .await
        .expect("it connects");
    let mut other = TcpStream::connect(server.address)
        .await
        .expect("it connects");
    let asks = b"GET /index.html HTTP/1.1\r\nhost: daicho\r\n\r\n";
    other.write_all(asks).await.expect("it is sent");
    assert_eq!(heard_until_the_end(&mut other).await, 0);
    assert_eq!(heard_until_the_end(&mut silent).await, 0);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_connection_too_many_is_cut_and_the_others_go_on() {
    let dir = tempfile::tempdir().expect("a directory");
    let one = daicho_grpc::Options {
        connections_max: 1,
        ..options()
    };
    let server = Server::on(dir.path(), one).await;
    let mut raw = Raw::taking(1 << 16, server.address).await;
    appended(&mut raw, "orders-1", 1).await;
    let mut second = TcpStream::connect(server.address)
        .await
        .expect("it connects");
    assert_eq!(heard_until_the_end(&mut second).await, 0);
    appended(&mut raw, "orders-1", 2).await;
    drop(raw);
    server.stop().await;
}

/// Follows everything and takes a little of the first large event.
async fn stalled(raw: &mut Raw) -> h2::RecvStream {
    let mut call = raw.call("Read").await;
    call.send(&follow_all(), Last::Yes);
    let mut answer = soon(call.answer()).await;
    let mut taken = 0;
    while taken < 1 << 14 {
        let data = soon(poll_fn(|context| answer.poll_data(context))).await;
        taken += data.expect("it goes on").expect("it is answered").len();
    }
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_that_take_nothing_hold_a_bounded_part_of_memory() {
    let dir = tempfile::tempdir().expect("a directory");
    let server = Server::on(dir.path(), options()).await;
    let client = Client::new(server.connection().parse().expect("an address")).expect("a client");
    let options = AppendToStreamOptions::default();
    let large = EventData::binary("large", vec![0; 1 << 20].into());
    let large = client.append_to_stream("orders-1", &options, large);
    assert!(large.await.is_err(), "the type counts as well");
    let large = EventData::binary("large", vec![0; (1 << 20) - 100].into());
    let large = client.append_to_stream("orders-1", &options, large);
    large.await.expect("it is taken");
    let mut raw = Raw::taking(1 << 14, server.address).await;
    let mut stalling = Vec::new();
    for _ in 0..60 {
        stalling.push(stalled(&mut raw).await);
    }
    // Some hold all there is room for: who comes then is told so and not served from where there is none.
    let mut crowded = None;
    for _ in 0..10 {
        let mut reading = client
            .read_all(&ReadAllOptions::default())
            .await
            .expect("it is asked");
        match soon(reading.next()).await {
            Ok(_) => stalling.push(stalled(&mut raw).await),
            Err(error) => {
                crowded = Some(error);
                break;
            }
        }
    }
    let Some(Error::Grpc { code, .. }) = &crowded else {
        panic!("{crowded:?}");
    };
    assert_eq!(*code as i32, 8, "resource exhausted");
    // They go, and there is room.
    drop((stalling, raw));
    let mut reading = client
        .read_all(&ReadAllOptions::default())
        .await
        .expect("it is asked");
    soon(reading.next()).await.expect("it is read");
    server.stop().await;
}

/// The most memory that this process ever held, in bytes.
fn memory_peak() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").expect("it is a process");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB"));
    let kib: usize = kib.expect("a size").parse().expect("a number");
    kib << 10
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_followers_of_one_client_hear_each_event_once_and_in_order() {
    const FOLLOWERS: usize = 10_000;
    let dir = tempfile::tempdir().expect("a directory");
    let server = Server::on(dir.path(), options()).await;
    let before = memory_peak();
    let mut followers = Vec::with_capacity(FOLLOWERS);
    let mut raw = Raw::taking(1 << 16, server.address).await;
    for _ in 0..FOLLOWERS {
        let mut call = raw.call("Read").await;
        call.send(&follow_all(), Last::Yes);
        followers.push(soon(call.messages()).await);
    }
    for follower in &mut followers {
        // That it follows, and that it has seen what there is.
        for _ in 0..2 {
            soon(follower.next()).await.expect("it follows");
        }
    }
    for index in 1..=3 {
        appended(&mut raw, "orders-1", index).await;
    }
    for (place, follower) in followers.iter_mut().enumerate() {
        for index in 1..=3 {
            let heard = soon(follower.next()).await.expect("it goes on");
            let id = uuid::Uuid::from_u128(index).to_string();
            let told = heard.windows(id.len()).any(|part| part == id.as_bytes());
            assert!(told, "follower {place} misses event {index}");
        }
    }
    // Both ends of all of them lie in this process.
    let grown = memory_peak() - before;
    assert!(grown < FOLLOWERS * (64 << 10), "they took {grown} bytes");
    drop((followers, raw));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_server_has_ended_nobody_holds_the_log_any_more() {
    let dir = tempfile::tempdir().expect("a directory");
    let server = Server::on(dir.path(), options()).await;
    let client = Client::new(server.connection().parse().expect("an address")).expect("a client");
    let options = AppendToStreamOptions::default();
    let large = EventData::binary("large", vec![0; 1 << 16].into());
    let large = client.append_to_stream("orders-1", &options, large);
    large.await.expect("it is taken");
    record(&server.log, "poa-1", vec![own(0)]).await;
    let mut raw = Raw::taking(1 << 14, server.address).await;
    let _stalled = stalled(&mut raw).await;
    // A batch that was begun, and an append that never ends.
    let mut batch = raw.call("BatchAppend").await;
    batch.send(&batch_append(77, "orders-2"), Last::No);
    let mut append: Call = raw.call("Append").await;
    append.send(&append_options("orders-3"), Last::No);
    append.send(&append_event(78, "ordered", JSON), Last::No);
    let mut silent = TcpStream::connect(server.address)
        .await
        .expect("it connects");
    soon(server.stop()).await;
    let path = dir.path().join("log.db");
    let again = SqliteLog::open(
        &path,
        std::sync::Arc::new(SystemClock),
        Durability::Acknowledged,
    );
    let again = again.expect("nobody writes it any more");
    assert_eq!(last_of(&again, "orders-3").await, None);
    assert_eq!(heard_until_the_end(&mut silent).await, 0);
}
