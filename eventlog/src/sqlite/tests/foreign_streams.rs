//! Streams of other programs in the SQLite log: beside ours, never among them.

use std::time::Duration;

use bytes::Bytes;
use uuid::Uuid;

use super::*;
use crate::foreign::{
    Appended, Entry, ForeignError, ForeignEvent, ForeignExpected, Place, Room, Way,
};

/// Appends events of another program.
pub(super) async fn foreign(
    log: &SqliteLog,
    stream: &str,
    count: u128,
) -> Result<Appended, ForeignError> {
    let events = (0..count).map(|id| bytes(id, 1)).collect();
    log.append_foreign(&StreamName::from(stream), ForeignExpected::NoStream, events)
        .await
}

/// An event of another program with a body of so many bytes.
fn bytes(id: u128, count: usize) -> ForeignEvent {
    ForeignEvent {
        id: Uuid::from_u128(id),
        kind: "ordered".into(),
        content_type: "application/octet-stream".into(),
        data: vec![0xff; count].into(),
        metadata: Bytes::new(),
    }
}

#[tokio::test]
async fn foreign_events_stand_in_one_order_with_ours_and_no_number_shifts() {
    let (_directory, path) = somewhere();
    let log = opened(&path).expect("the log opens");
    let before = foreign(&log, "orders-0", 1).await.expect("it is taken");
    append(&log, 0).await.expect("the append is taken");
    let after = foreign(&log, "orders-1", 2).await.expect("it is taken");
    append(&log, 1).await.expect("the append is taken");
    assert_eq!(before.place.map(Place::position), Some(1));
    assert_eq!(after.place.map(Place::position), Some((1 << 32) + 2));
    let room = Room {
        events: 3,
        bytes: 1 << 20,
    };
    for way in [Way::Forwards, Way::Backwards] {
        let mut places = Vec::new();
        let mut from = match way {
            Way::Forwards => Some(Place::START),
            Way::Backwards => Some(Place::END),
        };
        while let Some(at) = from {
            let page = log.whole(at, way, room).await.expect("it is read");
            places.extend(page.iter().map(|entry| entry.place.position()));
            from = page.last().and_then(|last| match way {
                Way::Forwards => Some(last.place.after()),
                Way::Backwards => last.place.before(),
            });
        }
        if way == Way::Backwards {
            places.reverse();
        }
        assert_eq!(
            places,
            [1, 1 << 32, (1 << 32) + 1, (1 << 32) + 2, 2 << 32],
            "{way:?}"
        );
    }
    let numbers = log.read_all(None, 9).await.expect("it is read");
    assert!(numbers.iter().map(|event| event.number).eq(0..2));
}

#[tokio::test]
async fn no_foreign_event_is_put_into_a_stream_of_ours() {
    let (_directory, path) = somewhere();
    let log = opened(&path).expect("the log opens");
    let ours = append(&log, 0).await.expect("the append is taken");
    let refused = foreign(&log, ours[0].stream.as_str(), 1).await;
    let stream = ours[0].stream.clone();
    assert_eq!(refused, Err(ForeignError::OwnStream { stream }));
    let reading = SqliteLog::open_for_reading(&path).expect("it is read");
    let refused = foreign(&reading, "orders-1", 1).await;
    assert_eq!(refused, Err(LogError::OpenedForReading.into()));
}

/// Holds up the writer of a log as long as it lives: it begins no commit.
fn held_up(path: &Path) -> Connection {
    let beside = Connection::open(path).expect("the file opens");
    beside
        .execute_batch("BEGIN IMMEDIATE")
        .expect("nobody writes at the moment");
    beside
}

fn soon<T>(answer: impl Future<Output = T>) -> impl Future<Output = T> {
    let answer = tokio::time::timeout(Duration::from_secs(20), answer);
    async { answer.await.expect("it is answered") }
}

#[tokio::test]
async fn nobody_waits_for_a_caller_that_does_not_look_at_its_answer() {
    let (_directory, path) = somewhere();
    let log = opened(&path).expect("the log opens");
    let holding = held_up(&path);
    let unheard = log.append_foreign(
        &"orders-1".into(),
        ForeignExpected::NoStream,
        vec![bytes(0, 1)],
    );
    let heard = append(&log, 0);
    let held_no_more = async { drop(holding) };
    let (heard, ()) = soon(async { tokio::join!(heard, held_no_more) }).await;
    heard.expect("it is taken");
    let appended = soon(unheard).await.expect("it was taken");
    assert_eq!(appended.revision, Some(0));
}

#[tokio::test]
async fn nothing_of_ours_is_put_under_a_name_that_another_program_uses() {
    let (_directory, path) = somewhere();
    for opening in 0..2 {
        let log = opened(&path).expect("the log opens");
        if opening == 0 {
            foreign(&log, "poa-1", 2).await.expect("it is taken");
        }
        let stream = StreamName::from("poa-1");
        assert_eq!(append(&log, 0).await, Err(LogError::Taken { stream }));
        let page = whole(&log, Place::START, Way::Forwards).await;
        assert_eq!(page.expect("it is read").len(), 2);
    }
}

async fn whole(log: &SqliteLog, from: Place, way: Way) -> Result<Vec<Entry>, LogError> {
    let room = Room {
        events: 99,
        bytes: 1 << 20,
    };
    log.whole(from, way, room).await
}

#[tokio::test]
async fn everything_before_an_event_that_cannot_be_read_is_given_first() {
    let (_directory, path) = somewhere();
    let log = opened(&path).expect("the log opens");
    append(&log, 0).await.expect("it is taken");
    foreign(&log, "orders-1", 3).await.expect("it is taken");
    append(&log, 1).await.expect("it is taken");
    foreign(&log, "orders-2", 1).await.expect("it is taken");
    Connection::open(&path)
        .and_then(|tampering| {
            tampering.execute_batch(
                "DROP TRIGGER event_is_never_updated;
                 DROP TRIGGER foreign_event_is_never_updated;
                 UPDATE event SET occurred_on = '2026-02-30' WHERE number = 1;
                 UPDATE foreign_event SET event_id = x'00' WHERE revision = 2;",
            )
        })
        .expect("somebody changes the file by hand");
    let before = whole(&log, Place::START, Way::Forwards).await;
    let before = before.expect("what stands before them is read");
    assert_eq!(before.len(), 3);
    let next = before[2].place.after();
    assert!(whole(&log, next, Way::Forwards).await.is_err());
    let behind = whole(&log, next.after(), Way::Forwards).await;
    let named = behind.expect_err("nothing stands before it");
    assert_eq!(named.number(), Some(1));
    let back = whole(&log, Place::END, Way::Backwards).await;
    assert_eq!(back.expect("the last one is read").len(), 1);
    let room = Room {
        events: 99,
        bytes: 1 << 20,
    };
    let one = StreamName::from("orders-1");
    let of_one = log.whole_stream(&one, 0, Way::Forwards, room);
    assert_eq!(of_one.await.expect("the first two are read").len(), 2);
}
