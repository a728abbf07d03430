//! The real binary killed with SIGKILL at any moment: nothing acknowledged is missing, nothing is half done.
//!
//! A rebuild and an import that are killed are in `views_binary.rs` and `import.rs`. Nothing here waits on a clock:
//! a kill follows an acknowledgement that was read, or an event seen beside.

use daicho_domain::document::FileDigest;
use daicho_domain::identifiers::KjId;
use daicho_eventlog::open::for_reading;
use daicho_eventlog::{DataDir, EventLog as _};
use daicho_tests::office::number;
use daicho_tests::practice::{Practice, today};
use daicho_tests::server::{Caller, Server};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::mpsc;
use uuid::Uuid;

const CALLERS: usize = 4;

/// After how many acknowledgements the server is killed, round by round.
const KILLED_AFTER: [usize; 5] = [1, 7, 23, 40, 64];

/// A caller's next requests: a corporation, its office, the office's application.
fn requests(round: usize, caller: usize, nth: usize) -> [(String, Value); 3] {
    let place = (round * CALLERS + caller) * 400 + nth;
    let corporation = Uuid::from_u128(1_000_000 + place as u128)
        .simple()
        .to_string();
    let office = number(place);
    let at = |action: &str| format!("/api/v1/corporations/{corporation}/{action}");
    [
        (at("register"), json!({ "name": format!("法人{place}") })),
        (
            at("add_offices"),
            json!({ "offices": [{ "number": office.as_str(), "entries": [{ "kind": "訪問介護", "name": "事業所" }] }] }),
        ),
        (
            at("transmissions/care-net-messenger/apply"),
            json!({
                "received_on": today(),
                "channel": "form",
                "offices": [{ "number": office.as_str(), "kj_id": KjId::compose(office).to_string() }],
            }),
        ),
    ]
}

/// Sends until the server is gone; says the numbers of the events that were acknowledged.
fn works(caller: &Caller, round: usize, nth: usize, acknowledged: &mpsc::Sender<(u64, String)>) {
    for turn in 0..400 {
        for (path, body) in requests(round, nth, turn) {
            let Ok(answer) = caller.posts(&path, &body) else {
                return;
            };
            assert_eq!(answer.status, 200, "{path}: {}", answer.body);
            let recorded = answer.json();
            for event in recorded["events"].as_array().expect("events") {
                let number = event["number"].as_u64().expect("a number");
                let kind = event["type"].as_str().expect("a type").to_owned();
                if acknowledged.send((number, kind)).is_err() {
                    return;
                }
            }
        }
    }
}

#[test]
fn a_server_killed_in_a_loop_under_load_has_everything_it_acknowledged() {
    let practice = Practice::of(4, 2, 1);
    let clerk = practice.clerk();
    let mut everything: BTreeSet<(u64, String)> = BTreeSet::new();
    for (round, kill_after) in KILLED_AFTER.into_iter().enumerate() {
        let server = Server::on(&practice.data());
        let (acknowledged, heard) = mpsc::channel();
        std::thread::scope(|scope| {
            for nth in 0..CALLERS {
                let (caller, acknowledged) = (server.caller(&clerk), acknowledged.clone());
                scope.spawn(move || works(&caller, round, nth, &acknowledged));
            }
            drop(acknowledged);
            everything.extend(heard.iter().take(kill_after));
            server.is_killed();
            // What was acknowledged before it died counts too.
            everything.extend(heard.iter());
        });
        practice.is_sound();
        let recorded: BTreeSet<(u64, String)> = practice
            .events()
            .iter()
            .map(|event| {
                let number = event["number"].as_u64().expect("a number");
                (number, event["type"].as_str().expect("a type").to_owned())
            })
            .collect();
        let missing: Vec<_> = everything.difference(&recorded).collect();
        assert!(missing.is_empty(), "acknowledged and gone: {missing:?}");
    }
    // What was recorded and not answered by a reaction when it died is answered after the next start.
    let requested = |events: &[Value], kind: &str| {
        let of_kind = events.iter().filter(|event| event["type"] == kind);
        of_kind.count()
    };
    let server = Server::on(&practice.data());
    let head_of = |caller: &Caller| caller.gets("/readyz").expect("it answers").status;
    assert_eq!(head_of(&server.caller(&clerk)), 200);
    assert!(server.stops().success());
    let events = practice.events();
    let started = requested(&events, "transmission.start_set.v1");
    assert!(started > 0, "applications were taken");
    assert!(requested(&events, "poa.requested.v1") >= started);
    practice.is_sound();
}

#[test]
fn a_server_killed_while_files_come_in_opens_every_one_it_acknowledged() {
    let practice = Practice::of(4, 2, 1);
    let clerk = practice.clerk();
    let cases = practice.says_json(&["replay"]);
    let no = cases["cases"][0]["no"].as_str().expect("a case").to_owned();
    let path = format!("/api/v1/cases/{no}/attachments");
    // Long enough that a kill meets one that is being written.
    let content = |nth: usize| format!("%PDF-1.7 {nth}\n{}", "0123456789abcdef".repeat(40_000));
    let mut acknowledged: BTreeMap<String, usize> = BTreeMap::new();
    for kill_after in [1, 4, 9] {
        let server = Server::on(&practice.data());
        let (taken, heard) = mpsc::channel();
        std::thread::scope(|scope| {
            for caller_nth in 0..CALLERS {
                let (caller, taken, path) = (server.caller(&clerk), taken.clone(), path.clone());
                scope.spawn(move || {
                    for turn in 0..100 {
                        let nth = (kill_after * 100 + turn) * CALLERS + caller_nth;
                        let Ok(answer) = caller.sends_file(&path, content(nth)) else {
                            return;
                        };
                        assert_eq!(answer.status, 200, "{}", answer.body);
                        if taken.send(nth).is_err() {
                            return;
                        }
                    }
                });
            }
            drop(taken);
            let digest =
                |nth: usize| FileDigest::new(Sha256::digest(content(nth)).into()).to_string();
            let counted = heard.iter().take(kill_after).collect::<Vec<_>>();
            server.is_killed();
            let all = counted.into_iter().chain(heard.iter());
            acknowledged.extend(all.map(|nth| (digest(nth), nth)));
        });
        practice.is_sound();
    }
    let server = Server::on(&practice.data());
    let caller = server.caller(&clerk);
    for (digest, nth) in &acknowledged {
        let opened = caller
            .gets(&format!("{path}/{digest}"))
            .expect("it answers");
        assert_eq!((opened.status, &opened.body), (200, &content(*nth)));
    }
    let data = DataDir::at(practice.data());
    for file in std::fs::read_dir(data.files()).expect("a folder of files") {
        let name = file.expect("it is there").file_name();
        let name = name.to_string_lossy();
        let digest: FileDigest = name.parse().expect("no half file is left");
        let lies = data.kept(digest).expect("it is read").expect("it is there");
        assert_eq!(FileDigest::new(Sha256::digest(&lies).into()), digest);
    }
    assert!(server.stops().success());
}

/// Waits, reading beside it, until the log holds an event with this number, or one that is asked for.
async fn has_recorded(practice: &Practice, mut enough: impl FnMut(u64, &str) -> bool) {
    let dir = DataDir::at(practice.data());
    let opened = for_reading(&dir, None).expect("the log is read beside");
    let mut after = None;
    loop {
        let page = opened.log.read_all(after, 500).await.expect("it is read");
        for recorded in &page {
            if enough(recorded.number, recorded.stream.as_str()) {
                return;
            }
        }
        match page.last() {
            Some(last) => after = Some(last.position),
            None => std::thread::yield_now(),
        }
    }
}

/// Serves until today is open and everything has followed from it.
async fn opens_today(practice: &Practice) {
    let server = Server::on(&practice.data());
    let opened = format!("office_day-{}", today());
    has_recorded(practice, |_, stream| stream == opened).await;
    // A wake that has begun is finished before it stops.
    assert!(server.stops().success());
}

/// What the log counts and every open case, without the instants and numbers of one run.
fn held(practice: &Practice) -> (Value, BTreeMap<String, Value>) {
    let replayed = practice.says_json(&["replay"]);
    let cases = replayed["cases"].as_array().expect("cases");
    let of_one_run = ["no", "place", "updated_at", "updated_number"];
    let cases = cases.iter().map(|case| {
        let mut case = case.as_object().expect("a case").clone();
        case.retain(|field, _| !of_one_run.contains(&field.as_str()));
        let key = case["key"].as_str().expect("a key").to_owned();
        (key, Value::Object(case))
    });
    let stats = practice.says_json(&["log", "stats"]);
    (stats["events_by_type"].clone(), cases.collect())
}

#[tokio::test]
async fn a_server_killed_while_it_opens_days_ends_where_one_that_was_not_killed_ends() {
    let asleep = Practice::of(30, 70, 30);
    let events = asleep.events().len() as u64;
    let whole = asleep.copied();
    opens_today(&whole).await;
    let killed = asleep.copied();
    for further in [1, 2, 5, 12, 30] {
        let server = Server::on(&killed.data());
        has_recorded(&killed, |number, _| number >= events + further).await;
        server.is_killed();
        killed.is_sound();
    }
    opens_today(&killed).await;
    killed.is_sound();
    assert_eq!(held(&killed), held(&whole));
}
