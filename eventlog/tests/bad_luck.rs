//! What the log says when the machine refuses: a read-only directory, a disk without room.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use daicho_eventlog::contract::{event, index_of};
use daicho_eventlog::{
    Body, Durability, EventLog, Expected, LogError, NewEvent, SqliteLog, SystemClock,
};

fn open(path: &Path) -> Result<SqliteLog, LogError> {
    SqliteLog::open(path, Arc::new(SystemClock), Durability::Acknowledged)
}

/// A small disk, when this process may mount one: gone when dropped.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(at: &Path) -> Option<Self> {
        std::fs::create_dir(at).expect("a directory");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=400k", "daicho-test"])
            .arg(at)
            .output();
        mounted
            .is_ok_and(|mount| mount.status.success())
            .then(|| Self(at.to_owned()))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let gone = Command::new("umount").arg(&self.0).status();
        assert!(
            gone.is_ok_and(|status| status.success()),
            "the small disk is unmounted"
        );
    }
}

fn large(index: u64) -> NewEvent {
    NewEvent {
        body: Body::from_text(format!(
            r#"{{"index":{index},"pad":"{}"}}"#,
            "x".repeat(9000)
        )),
        ..event(index)
    }
}

#[tokio::test]
async fn without_room_the_append_is_refused_whole_and_what_was_acknowledged_stays() {
    let directory = tempfile::tempdir().expect("a directory");
    let Some(disk) = SmallDisk::mount(&directory.path().join("disk")) else {
        eprintln!("only root mounts a small disk; the page limit is tested beside the adapter");
        return;
    };
    let path = disk.0.join("log.db");
    let log = open(&path).expect("the log opens");
    let mut taken = 0;
    let refused = loop {
        let events = vec![large(2 * taken), large(2 * taken + 1)];
        match log.append(&"poa-1".into(), Expected::Any, events).await {
            Ok(_) => taken += 1,
            Err(refused) => break refused,
        }
    };
    assert_eq!(refused, LogError::DiskFull { path: path.clone() });
    assert!(taken > 0, "some were taken before");
    drop(log);
    let log = SqliteLog::open_for_reading(&path).expect("the log opens");
    let read = log.read_all(None, usize::MAX).await.expect("it is read");
    assert!(
        read.iter().map(index_of).eq(0..2 * taken),
        "nothing is half written"
    );
    drop(log);
}

#[tokio::test]
async fn a_read_only_directory_takes_no_events_and_is_read_all_the_same() {
    if is_root() {
        // Root writes everywhere: the test runs again as nobody.
        return as_nobody("a_read_only_directory_takes_no_events_and_is_read_all_the_same");
    }
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("log.db");
    let log = open(&path).expect("the log opens");
    log.append(&"poa-1".into(), Expected::NoStream, vec![event(0)])
        .await
        .expect("the append is taken");
    drop(log);
    let allow = |path: &Path, mode| {
        let mode = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(path, mode).expect("a mode");
    };
    allow(directory.path(), 0o555);
    allow(&path, 0o444);
    let refused = open(&path).expect_err("the file takes nothing");
    assert!(matches!(refused, LogError::NotWritable { .. }), "{refused}");
    let reader = SqliteLog::open_for_reading(&path).expect("it opens");
    assert_eq!(
        reader.read_all(None, 10).await.expect("it is read").len(),
        1
    );
    let elsewhere = directory.path().join("other.db");
    let refused = open(&elsewhere).expect_err("the directory takes nothing");
    assert!(matches!(refused, LogError::NotWritable { .. }), "{refused}");
    allow(directory.path(), 0o700);
    assert!(!elsewhere.exists(), "nothing was begun");
}

fn is_root() -> bool {
    let id = Command::new("id")
        .arg("-u")
        .output()
        .expect("the user is known");
    id.stdout.starts_with(b"0\n")
}

/// Runs one test of this file as the user nobody, from a copy that nobody may run.
fn as_nobody(test: &str) {
    let directory = tempfile::tempdir().expect("a directory");
    let everybody = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(directory.path(), everybody).expect("a mode");
    let copy = directory.path().join("copy");
    let this = std::env::current_exe().expect("this test's own program");
    std::fs::copy(this, &copy).expect("a copy");
    let nobody = Command::new("setpriv")
        .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
        .arg(&copy)
        .args(["--exact", test])
        .output()
        .expect("setpriv is there (util-linux)");
    assert!(
        nobody.status.success(),
        "{}",
        String::from_utf8_lossy(&nobody.stdout)
    );
}
