//! The binary makes a book of business and serves it: the same seed, real directories, a server that is killed.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;

use chrono::{Days, NaiveDate};
use daicho_eventlog::{Clock as _, DataDir, EventLog as _, Recorded, SqliteLog, SystemClock};
use daicho_tests::binary::{Said, daicho};
use daicho_tests::server::{Process, Server};
use futures::StreamExt as _;

fn simulate(data: &Path, offices: u32, from: NaiveDate, to: NaiveDate) -> Said {
    let mut command = daicho(data);
    command.args(["simulate", "--json", "--seed", "3"]);
    command.args(["--offices", &offices.to_string()]);
    command.args(["--from", &from.to_string(), "--to", &to.to_string()]);
    Said::by(&mut command)
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

#[test]
fn the_same_seed_gives_the_same_directory() {
    let parent = tempfile::tempdir().expect("a directory");
    let exports = ["one", "other"].map(|name| {
        let data = parent.path().join(name);
        let said = simulate(&data, 20, day("2026-01-10"), day("2026-04-10"));
        assert_eq!(said.code, Some(0), "{}", said.err);
        let export = Said::by(daicho(&data).args(["log", "export"]));
        let digest = Said::by(daicho(&data).args(["views", "digest"]));
        assert!(export.out.lines().count() > 300, "{}", export.err);
        let again = simulate(&data, 20, day("2026-01-10"), day("2026-04-10"));
        assert_eq!(again.code, Some(1), "it is not empty any more");
        (export.out, digest.out)
    });
    assert!(exports[0] == exports[1], "the logs differ");
}

#[test]
fn a_demo_is_made_once_and_served_again_and_a_real_directory_is_refused() {
    let parent = tempfile::tempdir().expect("a directory");
    let real = parent.path().join("real");
    std::fs::create_dir(&real).expect("a directory");
    std::fs::write(real.join("log.db"), "").expect("somebody's log");
    let refused = Said::by(daicho(&real).args(["demo", "--fresh"]));
    assert_eq!(refused.code, Some(1), "{}", refused.out);
    assert!(refused.err.contains("練習用"), "{}", refused.err);

    let data = parent.path().join("demo");
    let demo = || {
        let mut command = daicho(&data);
        command.args(["demo", "--offices", "12", "--months", "2"]);
        Server::start(command.stderr(Stdio::null()))
    };
    let server = demo();
    let home = server.caller("kimura").gets("/").expect("it answers");
    assert_eq!(home.status, 200, "{}", home.body);
    assert!(home.body.contains("練習用"), "{}", home.body);
    assert!(server.stops().success());
    let made = std::fs::metadata(data.join("training.json")).expect("it is marked");
    assert!(demo().stops().success());
    let again = std::fs::metadata(data.join("training.json")).expect("it is marked");
    assert_eq!(
        made.modified().expect("a time"),
        again.modified().expect("a time"),
        "it was made anew"
    );
}

#[tokio::test]
async fn a_server_killed_while_it_opens_days_goes_on_where_it_was() {
    let parent = tempfile::tempdir().expect("a directory");
    let today = SystemClock.date_in_japan();
    let (steady, killed) = (parent.path().join("steady"), parent.path().join("killed"));
    let to = today - Days::new(40);
    let said = simulate(&steady, 30, to - Days::new(100), to);
    assert_eq!(said.code, Some(0), "{}", said.err);
    copy(&steady, &killed);

    let server = Server::on(&steady);
    assert!(is_opened(&events(&steady).await, today));
    assert!(server.stops().success());

    let mut kills = 0;
    loop {
        let before = events(&killed).await.len();
        if is_opened(&events(&killed).await, today) {
            break;
        }
        // A server says where it listens when today is open; this one is not to come so far.
        let server = Process::on(&killed);
        until(&killed, |events| {
            events.len() > before + 5 || is_opened(events, today)
        })
        .await;
        server.is_killed();
        kills += 1;
    }
    assert!(kills > 3, "it was killed {kills} times");
    assert!(Server::on(&killed).stops().success());
    let (killed_said, steady_said) = (streams(&killed).await, streams(&steady).await);
    for (stream, steady) in &steady_said {
        assert_eq!(killed_said.get(stream), Some(steady), "{stream}");
    }
    assert_eq!(killed_said.len(), steady_said.len());
    let checked = Said::by(daicho(&killed).args(["views", "check"]));
    assert_eq!(checked.code, Some(0), "{}{}", checked.out, checked.err);
}

/// What each stream says, but for the mails: they go out by the hour of this machine, and what is asked of them by whoever looks
/// first. Nor is it told what one stream says before another: a server that starts again answers the secrets that are made before
/// it makes the others.
async fn streams(data: &Path) -> BTreeMap<String, Vec<String>> {
    let mut said: BTreeMap<_, Vec<_>> = BTreeMap::new();
    let recorded = events(data).await;
    for event in recorded.iter().filter(|event| &*event.actor != "mail") {
        let told = format!("{} {} {}", event.event_id, event.kind, event.body.as_str());
        said.entry(event.stream.to_string()).or_default().push(told);
    }
    said
}

fn is_opened(events: &[Recorded], day: NaiveDate) -> bool {
    let stream = format!("office_day-{day}");
    events.iter().any(|event| event.stream.as_str() == stream)
}

async fn events(data: &Path) -> Vec<Recorded> {
    let log = SqliteLog::open_for_reading(&DataDir::at(data).log()).expect("the log opens");
    log.read_all(None, usize::MAX).await.expect("it is read")
}

/// Waits until what has been recorded is as it should be.
async fn until(data: &Path, done: impl Fn(&[Recorded]) -> bool) {
    let log = SqliteLog::open_for_reading(&DataDir::at(data).log()).expect("the log opens");
    let mut recorded = log.subscribe(None).await.expect("it is followed");
    let mut events = Vec::new();
    while !done(&events) {
        let page = recorded.next().await.expect("it goes on");
        events.extend(page.expect("it is read"));
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir(to).expect("a directory");
    for entry in std::fs::read_dir(from).expect("it is read") {
        let entry = entry.expect("an entry").path();
        let name = entry.file_name().expect("it has a name");
        match entry.is_dir() {
            true => copy(&entry, &to.join(name)),
            false => {
                std::fs::copy(&entry, to.join(name)).expect("it is copied");
            }
        }
    }
}
