//! A process that appends is killed at any moment: what it acknowledged is there, and nothing is half done.
//!
//! The test starts itself as the process to be killed, with the log's path in its environment.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use daicho_eventlog::contract::{event, index_of};
use daicho_eventlog::verify::verify;
use daicho_eventlog::{Durability, EventLog, Expected, SqliteLog, StreamName, SystemClock};

const LOG: &str = "DAICHO_TEST_LOG_TO_APPEND_TO";
const CALLERS: u64 = 16;
const EVENTS_EACH: u64 = 3;

/// How often the process is killed.
const KILLS: u64 = 12;

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_moment_the_log_has_what_it_acknowledged_and_nothing_half_done() {
    if let Some(path) = std::env::var_os(LOG) {
        return append_until_killed(Path::new(&path)).await;
    }
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("log.db");
    let mut acknowledged: HashMap<String, u64> = HashMap::new();
    for kill in 0..KILLS {
        for (stream, version) in killed_after(&path, 1 + kill * 37) {
            acknowledged.insert(stream, version);
        }
        let log = open(&path);
        for (stream, version) in &acknowledged {
            let stream = StreamName::from(stream.as_str());
            let read = log
                .read_stream(&stream, 0, usize::MAX)
                .await
                .expect("it is read");
            assert!(
                read.last().is_some_and(|last| last.version >= *version),
                "{stream} was acknowledged up to version {version}"
            );
            assert!(
                read.len().is_multiple_of(EVENTS_EACH as usize),
                "no append is half done"
            );
            assert!(
                read.iter().map(index_of).eq(0..read.len() as u64),
                "in its order"
            );
        }
        let verified = verify(&log, |_| Ok(())).await.expect("the log is read");
        assert_eq!(verified.findings, []);
    }
    assert_eq!(
        acknowledged.len() as u64,
        CALLERS,
        "every caller was acknowledged"
    );
}

fn open(path: &Path) -> SqliteLog {
    SqliteLog::open(path, Arc::new(SystemClock), Durability::Acknowledged).expect("the log opens")
}

/// Lets the process append until it has acknowledged so many times, kills it, and says what it acknowledged.
fn killed_after(path: &Path, acknowledgements: u64) -> Vec<(String, u64)> {
    let mut child = Command::new(std::env::current_exe().expect("this test's own program"))
        .args(["--exact", "--nocapture"])
        .arg("killed_at_any_moment_the_log_has_what_it_acknowledged_and_nothing_half_done")
        .env(LOG, path)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the process starts");
    let out = BufReader::new(child.stdout.take().expect("its output"));
    let mut said = Vec::new();
    let mut lines = out.lines();
    let mut acknowledged = |line: String| {
        let words: Vec<&str> = line.split(' ').collect();
        if let ["acknowledged", stream, version] = words[..] {
            said.push((stream.to_owned(), version.parse().expect("a version")));
        }
        said.len() as u64
    };
    for line in lines.by_ref() {
        if acknowledged(line.expect("a line")) >= acknowledgements {
            break;
        }
    }
    child.kill().expect("the process is killed");
    // What it said before it died counts too.
    for line in lines {
        acknowledged(line.expect("a line"));
    }
    child.wait().expect("the process is gone");
    said
}

async fn append_until_killed(path: &Path) {
    let log = Arc::new(open(path));
    let callers = (0..CALLERS).map(|caller| {
        let log = log.clone();
        tokio::spawn(async move {
            let stream = StreamName::new(format!("poa-{caller}"));
            let read = log
                .read_stream(&stream, 0, usize::MAX)
                .await
                .expect("it is read");
            let mut next = read.len() as u64;
            loop {
                let expected = Expected::after(next.checked_sub(1));
                let events = (next..next + EVENTS_EACH).map(event).collect();
                log.append(&stream, expected, events)
                    .await
                    .expect("the append is taken");
                next += EVENTS_EACH;
                let line = format!("acknowledged {stream} {}\n", next - 1);
                let mut out = std::io::stdout().lock();
                out.write_all(line.as_bytes()).expect("somebody listens");
                out.flush().expect("somebody listens");
            }
        })
    });
    futures::future::join_all(callers.collect::<Vec<_>>()).await;
}
