//! What only the SQLite log can do or fail at.

mod foreign_streams;

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use futures::StreamExt;
use tempfile::TempDir;

use self::foreign_streams::foreign;
use super::*;
use crate::contract::{self, Bench, event, index_of};
use crate::foreign::{Place, Room, Way};
use crate::{SimulatedClock, SystemClock};

/// Logs in directories of their own, which go when the bench goes.
#[derive(Default)]
struct OnDisk {
    directories: std::sync::Mutex<Vec<TempDir>>,
}

fn opened(path: &Path) -> Result<SqliteLog, LogError> {
    SqliteLog::open(path, Arc::new(SystemClock), Durability::Acknowledged)
}

fn somewhere() -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("log.db");
    (directory, path)
}

async fn append(log: &SqliteLog, index: u64) -> Result<Vec<Recorded>, LogError> {
    log.append(&"poa-1".into(), Expected::Any, vec![event(index)])
        .await
}

#[async_trait]
impl Bench for OnDisk {
    async fn fresh(&self) -> Arc<dyn EventLog> {
        let (directory, path) = somewhere();
        self.directories
            .lock()
            .expect("no test panicked")
            .push(directory);
        Arc::new(opened(&path).expect("the log opens"))
    }

    async fn reopened(&self, log: Arc<dyn EventLog>) -> Arc<dyn EventLog> {
        drop(log);
        let path = {
            let directories = self.directories.lock().expect("no test panicked");
            directories
                .last()
                .expect("a log was opened")
                .path()
                .join("log.db")
        };
        Arc::new(opened(&path).expect("the log opens again"))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sqlite_log_keeps_the_contract() {
    contract::every_case(&OnDisk::default()).await;
}

#[tokio::test]
async fn a_second_writer_is_refused_and_told_who_writes() {
    let (_directory, path) = somewhere();
    let first = opened(&path).expect("the log opens");
    let refused = opened(&path).expect_err("one log has one writer");
    assert_eq!(
        refused,
        LogError::SecondWriter {
            path: path.with_extension("lock"),
            holder: Some(std::process::id())
        }
    );
    drop(first);
    opened(&path).expect("the lock went with its holder");
}

#[tokio::test]
async fn the_files_are_their_owners_alone() {
    let (directory, path) = somewhere();
    let log = opened(&path).expect("the log opens");
    append(&log, 0).await.expect("the append is taken");
    let files = std::fs::read_dir(directory.path()).expect("the directory is read");
    for file in files {
        let file = file.expect("the directory is read");
        let mode = file.metadata().expect("a file").permissions().mode();
        assert_eq!(mode & 0o077, 0, "{}", file.path().display());
    }
}

#[tokio::test]
async fn nothing_updates_and_nothing_deletes() {
    let (_directory, path) = somewhere();
    let log = opened(&path).expect("the log opens");
    append(&log, 0).await.expect("the append is taken");
    foreign(&log, "orders-1", 1).await.expect("it is taken");
    drop(log);
    let connection = Connection::open(&path).expect("a plain connection");
    for (statement, why) in [
        ("UPDATE event SET body = '{}'", "an event is never updated"),
        ("DELETE FROM event", "an event is never deleted"),
        (
            "UPDATE foreign_event SET data = x''",
            "an event is never updated",
        ),
        ("DELETE FROM foreign_event", "an event is never deleted"),
    ] {
        let refused = connection
            .execute(statement, [])
            .expect_err("it is refused");
        assert!(refused.to_string().contains(why), "{refused}");
    }
}

#[tokio::test]
async fn a_full_disk_refuses_the_append_whole_and_takes_the_next_when_there_is_room() {
    let (_directory, path) = somewhere();
    let pages = |count: u32| {
        let connection = open_for_writing(&path, Durability::Acknowledged).expect("it opens");
        connection
            .pragma_update(None, "max_page_count", count)
            .expect("the limit is set");
        connection
    };
    let started = |connection| {
        let (ring, bell) = watch::channel(());
        let clock = Arc::new(SystemClock);
        let durability = Durability::Acknowledged;
        let writer =
            Writer::start(connection, durability, &path, clock, ring).expect("the writer starts");
        (writer, bell)
    };
    let stream = StreamName::from("poa-1");
    let (writer, _bell) = started(pages(12));
    let mut taken = 0;
    let refused = loop {
        let events = (0..5).map(|index| event(taken * 5 + index)).collect();
        match writer.append(&stream, Expected::Any, events).await {
            Ok(_) => taken += 1,
            Err(refused) => break refused,
        }
    };
    assert_eq!(refused, LogError::DiskFull { path: path.clone() });
    assert!(taken > 0, "some were taken before the disk was full");
    let appends = (0..20).map(|index| NewAppend {
        stream: StreamName::from(format!("poa-{index}-in-turn").as_str()),
        expected: Expected::NoStream,
        events: (0..5).map(event).collect(),
    });
    let in_turn = writer.append_in_turn(appends.collect()).await;
    assert_eq!(
        in_turn,
        InTurn {
            recorded: vec![],
            stopped: Some(LogError::DiskFull { path: path.clone() }),
        }
    );
    drop(writer);
    let (writer, _bell) = started(pages(1000));
    let next = writer.append(
        &stream,
        Expected::Version(taken * 5 - 1),
        vec![event(taken * 5)],
    );
    next.await.expect("with room it goes on where it ended");
    let log = SqliteLog::open_for_reading(&path).expect("it opens");
    let all = log.read_all(None, usize::MAX).await.expect("it is read");
    assert!(
        all.iter().map(index_of).eq(0..=taken * 5),
        "nothing is half written"
    );
}

#[tokio::test]
async fn where_nothing_stands_is_an_empty_log() {
    let (_directory, path) = somewhere();
    let reader = SqliteLog::open_for_reading(&path).expect("it opens");
    assert_eq!(reader.head().await, Ok(None));
    std::fs::write(&path, "").expect("a file whose creation was interrupted");
    assert_eq!(reader.read_all(None, 10).await, Ok(Vec::new()));
    Connection::open(&path)
        .and_then(|half| half.pragma_update(None, "journal_mode", "WAL"))
        .expect("a file whose creation was interrupted later");
    assert_eq!(reader.read_all(None, 10).await, Ok(Vec::new()));
    let writer = opened(&path).expect("an empty file becomes a log");
    append(&writer, 0).await.expect("the append is taken");
    assert_eq!(
        reader.read_all(None, 10).await.expect("it is read").len(),
        1
    );
}

#[tokio::test]
async fn another_programs_file_is_refused() {
    let (_directory, path) = somewhere();
    Connection::open(&path)
        .and_then(|other| other.execute_batch("CREATE TABLE patient (name TEXT)"))
        .expect("another program's file");
    for refused in [opened(&path), SqliteLog::open_for_reading(&path)] {
        let refused = refused.expect_err("it is not ours");
        assert!(matches!(refused, LogError::NotALog { .. }), "{refused}");
    }
    std::fs::write(&path, "事業所番号,事業所名\n".repeat(100)).expect("a text file");
    let refused = opened(&path).expect_err("it is no database");
    assert!(matches!(refused, LogError::NotALog { .. }), "{refused}");
}

#[tokio::test]
async fn a_newer_layout_is_refused() {
    let (_directory, path) = somewhere();
    drop(opened(&path).expect("the log opens"));
    Connection::open(&path)
        .and_then(|newer| newer.pragma_update(None, "user_version", 3))
        .expect("a newer daicho was here");
    let refused = opened(&path).expect_err("it may mean anything");
    let newer = LogError::NewerLayout {
        path,
        found: 3,
        known: 2,
    };
    assert_eq!(refused, newer);
}

#[tokio::test]
async fn a_log_of_the_first_layout_is_read_as_it_is_and_raised_by_who_writes() {
    let (_directory, path) = somewhere();
    let log = opened(&path).expect("the log opens");
    append(&log, 0).await.expect("the append is taken");
    drop(log);
    let former = "DROP TABLE foreign_event; PRAGMA user_version = 1";
    Connection::open(&path)
        .and_then(|former_log| former_log.execute_batch(former))
        .expect("a log of a former daicho");
    let reading = SqliteLog::open_for_reading(&path).expect("it is read");
    let events = reading.read_all(None, 9).await.expect("it is read");
    let log = opened(&path).expect("it is raised");
    assert_eq!(log.read_all(None, 9).await, Ok(events.clone()));
    foreign(&log, "orders-1", 1).await.expect("it is taken");
    let room = Room {
        events: 9,
        bytes: 1 << 20,
    };
    let whole = log.whole(Place::START, Way::Forwards, room).await;
    let whole = whole.expect("it is read");
    assert_eq!(whole[0].place, Place::of_number(0));
    assert_eq!(whole[1].stream, StreamName::from("orders-1"));
    assert_eq!(reading.read_all(None, 9).await, Ok(events), "ours alone");
}

#[tokio::test]
async fn an_event_that_cannot_be_read_is_named_and_never_skipped() {
    let (_directory, path) = somewhere();
    let log = opened(&path).expect("the log opens");
    for index in 0..3 {
        append(&log, index).await.expect("the append is taken");
    }
    drop(log);
    Connection::open(&path)
        .and_then(|tampering| {
            tampering.execute_batch(
                "DROP TRIGGER event_is_never_updated;
                 UPDATE event SET occurred_on = '2026-02-30' WHERE number = 1;",
            )
        })
        .expect("somebody changes the file by hand");
    let log = SqliteLog::open_for_reading(&path).expect("the log opens");
    let unreadable = LogError::Unreadable {
        number: 1,
        why: "occurred_on is \"2026-02-30\"".to_owned(),
    };
    assert_eq!(log.read_all(None, 10).await, Err(unreadable.clone()));
    let first = log
        .read_all(None, 1)
        .await
        .expect("what stands before it is read");
    let mut pages = log
        .subscribe(Some(first[0].position))
        .await
        .expect("it is followed");
    assert_eq!(pages.next().await, Some(Err(unreadable)));
    assert!(pages.next().await.is_none(), "the reader has stopped");
}

#[tokio::test]
async fn recorded_at_never_decreases_though_the_clock_does() {
    let (_directory, path) = somewhere();
    let noon = "2026-11-20T03:00:00Z".parse().expect("an instant");
    let clock = Arc::new(SimulatedClock::at(noon));
    let log = SqliteLog::open(&path, clock.clone(), Durability::Closed).expect("the log opens");
    append(&log, 0).await.expect("the append is taken");
    clock.advance(chrono::TimeDelta::hours(-5));
    let second = append(&log, 1).await.expect("the append is taken");
    assert_eq!(second[0].recorded_at, noon);
    drop(log);
    let log = SqliteLog::open(&path, clock, Durability::Closed).expect("the log opens");
    let third = append(&log, 2).await.expect("the append is taken");
    assert_eq!(third[0].recorded_at, noon);
}

#[tokio::test]
async fn a_reader_beside_the_writer_follows_it_and_may_not_append() {
    let (_directory, path) = somewhere();
    let reader = SqliteLog::open_for_reading(&path).expect("it opens");
    let mut pages = reader.subscribe(None).await.expect("it is followed");
    let writer = opened(&path).expect("the log opens");
    for index in 0..3 {
        append(&writer, index).await.expect("the append is taken");
        let page = pages.next().await.expect("it goes on").expect("it is read");
        assert_eq!(page.iter().map(index_of).collect::<Vec<_>>(), [index]);
    }
    assert_eq!(append(&reader, 3).await, Err(LogError::OpenedForReading));
}

#[tokio::test]
async fn a_subscription_ends_when_its_log_is_closed() {
    let (_directory, path) = somewhere();
    let log = opened(&path).expect("the log opens");
    append(&log, 0).await.expect("the append is taken");
    let mut pages = log.subscribe(None).await.expect("it is followed");
    assert!(pages.next().await.is_some_and(|page| page.is_ok()));
    drop(log);
    assert!(pages.next().await.is_none());
}
