//! `daicho log copy` through the real binary: what an operator does to move a log, also when it is interrupted, from
//! directory to directory and to a cluster and back.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use daicho_eventlog::{DataDir, EventLog, SqliteLog};
use daicho_tests::binary::{Said, daicho};
use daicho_tests::cluster::Cluster;
use serde_json::json;
use tempfile::TempDir;

struct Place {
    parent: TempDir,
}

impl Place {
    fn new() -> Self {
        Self {
            parent: tempfile::tempdir().expect("a directory"),
        }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.parent.path().join(name)
    }

    /// A training directory with some weeks of work in it.
    fn worked(&self, name: &str) -> PathBuf {
        let data = self.at(name);
        let said = Said::by(daicho(&data).args([
            "simulate",
            "--offices",
            "12",
            "--from",
            "2026-04-01",
            "--to",
            "2026-06-30",
        ]));
        assert_eq!(said.code, Some(0), "{}", said.err);
        data
    }

    fn copies(&self, from: &Path, to: &Path, more: &[&str]) -> Said {
        let mut command = daicho(&self.at("nowhere"));
        Said::by(command.args(["log", "copy"]).arg(from).arg(to).args(more))
    }
}

/// What a log verifies as: events, last digest, findings.
fn verified(data: &Path) -> serde_json::Value {
    let said = Said::by(daicho(data).args(["log", "verify", "--json"]));
    assert_eq!(said.code, Some(0), "{}", said.err);
    let said = said.json();
    json!([said["events"], said["digest"], said["findings"]])
}

/// What the runbook leaves to a person: without its keys a log's personal texts cannot be verified.
fn brings_the_keys(from: &Path, to: &Path) {
    std::fs::copy(DataDir::at(from).keys(), DataDir::at(to).keys()).expect("the keys are copied");
}

fn exported(data: &Path) -> String {
    let said = Said::by(daicho(data).args(["log", "export"]));
    assert_eq!(said.code, Some(0), "{}", said.err);
    said.out
}

#[test]
fn a_copied_log_is_the_same_in_every_event_and_stays_for_training() {
    let place = Place::new();
    let (from, to) = (place.worked("from"), place.at("to"));
    let copied = place.copies(&from, &to, &["--json"]);
    assert_eq!(copied.code, Some(0), "{}", copied.err);
    let copied = copied.json();
    assert_eq!(copied["before"], json!(0));
    assert_eq!(copied["copied"], copied["events"]);
    assert_eq!(exported(&to), exported(&from));
    let mark = |dir: &Path| DataDir::at(dir).training().expect("it is read");
    assert_eq!(mark(&to), mark(&from));
    assert!(mark(&to).is_some());
    assert!(!DataDir::at(&to).keys().exists(), "keys stay in one place");
    brings_the_keys(&from, &to);
    assert_eq!(verified(&to)[1], copied["digest"]);

    let again = place.copies(&from, &to, &["--json"]).json();
    assert_eq!(again["copied"], json!(0));
    assert_eq!(again["digest"], copied["digest"]);
    let in_words = place.copies(&from, &to, &[]);
    assert!(
        in_words.out.starts_with("複写は済んでいます"),
        "{}",
        in_words.out
    );
    let in_english = place.copies(&from, &to, &["--lang", "en"]);
    assert!(
        in_english.out.starts_with("The copy is complete"),
        "{}",
        in_english.out
    );
}

#[tokio::test]
async fn a_copy_that_is_killed_is_simply_run_again() {
    let place = Place::new();
    let (from, to) = (place.worked("from"), place.at("to"));
    let mut killed = 0;
    for killed_after in [1, 400, 900] {
        let mut child = daicho(&place.at("nowhere"))
            .args(["log", "copy"])
            .arg(&from)
            .arg(&to)
            .stdout(Stdio::null())
            .spawn()
            .expect("the binary starts");
        while child.try_wait().expect("a child").is_none() {
            let Ok(log) = SqliteLog::open_for_reading(&DataDir::at(&to).log()) else {
                continue;
            };
            let head = log.head().await.ok().flatten();
            if head.is_some_and(|head| head.number >= killed_after) {
                child.kill().expect("it is killed");
                killed += usize::from(!child.wait().expect("it ends").success());
            }
        }
    }
    assert!(killed > 0, "at least one copy was killed under way");
    let again = place.copies(&from, &to, &["--json"]);
    assert_eq!(again.code, Some(0), "{}", again.err);
    brings_the_keys(&from, &to);
    assert_eq!(verified(&to), verified(&from));
    assert_eq!(exported(&to), exported(&from));
}

/// A copy that is killed once the log it writes has come so far. Whether it was killed under way.
async fn killed_after(
    place: &Place,
    from: &Path,
    to: &Path,
    number: u64,
    log: &dyn EventLog,
) -> bool {
    let mut child = daicho(&place.at("nowhere"))
        .args(["log", "copy"])
        .arg(from)
        .arg(to)
        .stdout(Stdio::null())
        .spawn()
        .expect("the binary starts");
    while child.try_wait().expect("a child").is_none() {
        let head = log.head().await.ok().flatten();
        if head.is_some_and(|head| head.number >= number) {
            child.kill().expect("it is killed");
            return !child.wait().expect("it ends").success();
        }
    }
    false
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_is_copied_to_a_cluster_and_back_also_when_the_copy_is_killed() {
    let place = Place::new();
    let (from, back) = (place.worked("from"), place.at("back"));
    let server = Cluster::start().await;
    let cluster = PathBuf::from(server.connection());
    let there = server.log().await;
    assert!(killed_after(&place, &from, &cluster, 200, &there).await);
    let copied = place.copies(&from, &cluster, &["--json"]);
    assert_eq!(copied.code, Some(0), "{}", copied.err);
    let copied = copied.json();
    assert!(copied["before"].as_u64() >= Some(200), "{copied}");
    let again = place.copies(&from, &cluster, &["--json"]).json();
    assert_eq!(again["copied"], json!(0));
    assert_eq!(again["digest"], copied["digest"]);

    std::fs::create_dir_all(&back).expect("a directory");
    let here = SqliteLog::open_for_reading(&DataDir::at(&back).log()).expect("nothing is there");
    assert!(killed_after(&place, &cluster, &back, 200, &here).await);
    let returned = place.copies(&cluster, &back, &["--json"]);
    assert_eq!(returned.code, Some(0), "{}", returned.err);
    assert_eq!(returned.json()["digest"], copied["digest"]);
    assert_eq!(exported(&back), exported(&from));
}

#[test]
fn a_copy_refuses_what_it_must_not_write_to() {
    let place = Place::new();
    let (from, to) = (place.worked("from"), place.at("to"));
    let nothing = place.copies(&place.at("nothing"), &to, &[]);
    assert_eq!(nothing.code, Some(1));
    assert!(nothing.err.contains("複写元"), "{}", nothing.err);

    let other = place.at("other");
    let said = Said::by(daicho(&other).args([
        "simulate",
        "--offices",
        "3",
        "--from",
        "2026-04-01",
        "--to",
        "2026-04-30",
    ]));
    assert_eq!(said.code, Some(0), "{}", said.err);
    let before = verified(&other);
    let refused = place.copies(&from, &other, &[]);
    assert_eq!(refused.code, Some(1));
    assert!(
        refused.err.contains("別のイベント") || refused.err.contains("多いため"),
        "{}",
        refused.err
    );
    assert_eq!(verified(&other), before);

    let real = place.at("real");
    std::fs::create_dir_all(&real).expect("a directory");
    std::fs::copy(DataDir::at(&from).log(), DataDir::at(&real).log()).expect("copied");
    let refused = place.copies(&real, &from, &[]);
    assert_eq!(refused.code, Some(1));
    assert!(
        refused.err.contains("練習用のデータです"),
        "{}",
        refused.err
    );

    let wrong = place.copies(&from, Path::new("kurrentdb://admin:s3cr3t@x:y"), &[]);
    assert_eq!(wrong.code, Some(2));
    assert!(!wrong.err.contains("s3cr3t"), "{}", wrong.err);
}
