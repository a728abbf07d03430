//! `daicho views` and `daicho replay` with the real binary: beside each other, killed, on a directory with nothing
//! but a log.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;

use daicho_eventlog::{DataDir, Durability, SystemClock, Training, open};
use daicho_tests::binary::{Said, daicho};
use daicho_tests::histories::{self, Shape, history};
use serde_json::json;
use tempfile::TempDir;

/// A training directory that holds the log of a made-up history and nothing else.
async fn recorded(corporations: u64) -> (TempDir, u64) {
    let place = tempfile::tempdir().expect("a directory");
    let dir = DataDir::at(place.path());
    dir.mark_training(Training { seed: 1 }).expect("is marked");
    let clock = Arc::new(SystemClock);
    let opened = open::for_writing(&dir, None, clock, Durability::Closed).expect("opens");
    let events = history(Shape {
        corporations,
        days: 60,
        last_day: 200,
        seed: 21,
    });
    histories::record(&*opened.log, &opened.keys, &events).await;
    (place, events.len() as u64)
}

fn views(data: &Path, what: &str) -> serde_json::Value {
    let said = Said::by(daicho(data).args(["views", what, "--json"]));
    assert!(said.code == Some(0), "{}", said.err);
    said.json()
}

/// The files of read models in a data directory.
fn generations(data: &Path) -> Vec<String> {
    let entries = fs::read_dir(data.join("views")).expect("lists");
    let names = entries.filter_map(|entry| entry.expect("lists").file_name().into_string().ok());
    names.filter(|name| name.ends_with(".db")).collect()
}

#[tokio::test]
async fn rebuilt_read_models_have_the_digest_that_the_log_gives_and_pass_the_check() {
    let (place, events) = recorded(20).await;
    let given = views(place.path(), "digest");
    assert_eq!(given["number"], events - 1);
    let rebuilt = views(place.path(), "rebuild");
    assert_eq!(rebuilt["events"], events);
    assert_eq!(views(place.path(), "digest"), given);
    let check = views(place.path(), "check");
    assert_eq!(check["differing"], json!([]));
}

#[tokio::test]
async fn a_row_that_no_event_explains_is_found_by_the_check_and_gone_with_a_rebuild() {
    let (place, _) = recorded(5).await;
    views(place.path(), "rebuild");
    let [file] = &generations(place.path())[..] else {
        panic!("one generation stands");
    };
    let conn = rusqlite::Connection::open(place.path().join("views").join(file)).expect("opens");
    conn.execute("UPDATE offices SET name = 'ねつ造'", [])
        .expect("updates");
    drop(conn);
    let found = Said::by(daicho(place.path()).args(["views", "check"]));
    assert!(
        found.code == Some(1) && found.err.contains("offices"),
        "{}",
        found.err
    );
    views(place.path(), "rebuild");
    assert_eq!(views(place.path(), "check")["differing"], json!([]));
}

#[tokio::test]
async fn a_rebuild_killed_in_the_middle_leaves_what_was_live_and_is_run_again() {
    let (place, _) = recorded(110).await;
    views(place.path(), "rebuild");
    let before = views(place.path(), "digest");
    let live = generations(place.path());
    let mut rebuild = daicho(place.path());
    let mut rebuild = rebuild
        .args(["views", "rebuild"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("starts");
    // Killed as soon as the next generation is there and before it can be full.
    while generations(place.path()).len() == live.len() {
        assert!(
            rebuild.try_wait().expect("is watched").is_none(),
            "it was too quick"
        );
        tokio::task::yield_now().await;
    }
    rebuild.kill().expect("is killed");
    rebuild.wait().expect("ends");
    assert_eq!(
        generations(place.path()).len(),
        live.len() + 1,
        "half a generation lies there"
    );

    assert_eq!(views(place.path(), "digest"), before);
    views(place.path(), "rebuild");
    assert_eq!(views(place.path(), "digest"), before);
    assert_eq!(generations(place.path()).len(), 1);
}

#[tokio::test]
async fn a_replay_needs_the_log_alone_and_leaves_no_trace() {
    let (place, events) = recorded(10).await;
    let replay = |arguments: &[&str]| {
        let said = Said::by(
            daicho(place.path())
                .arg("replay")
                .args(arguments)
                .arg("--json"),
        );
        assert!(said.code == Some(0), "{}", said.err);
        said.json()
    };
    let now = replay(&[]);
    assert_eq!(now["number"], events - 1);
    let case = now["cases"][0].clone();
    let no = case["no"].as_str().expect("a 案件番号");
    let one = replay(&["--case", no]);
    assert_eq!(one["case"], case);
    let opened = one["history"][0]["number"].as_u64().expect("a number");
    let opened = opened.to_string();
    let then = replay(&["--number", &opened, "--case", no]);
    assert_eq!(then["history"].as_array().map(Vec::len), Some(1));
    assert_eq!(replay(&["--as-of", "2020-01-01"])["number"], json!(null));
    assert_eq!(generations(place.path()), Vec::<String>::new());
}

#[test]
fn an_empty_directory_is_an_empty_log() {
    let place = tempfile::tempdir().expect("a directory");
    let nowhere = place.path().join("data");
    assert_eq!(views(&nowhere, "digest")["number"], json!(null));
    assert_eq!(views(&nowhere, "check")["differing"], json!([]));
    let replayed = Said::by(daicho(&nowhere).args(["replay", "--json"]));
    assert_eq!(replayed.json()["cases"], json!([]));
    assert!(!nowhere.exists(), "looking makes nothing");
}
