//! Old logs keep reading back: the exports in `logs/`, recorded again line by line, give what they gave then.

use chrono::{DateTime, Utc};
use daicho_eventlog::sealing::{Keys, MasterKey, seal};
use daicho_eventlog::verify::verify;
use daicho_eventlog::{
    Body, Codec, Durability, EventLog, Expected, NewEvent, SimulatedClock, SqliteLog, StreamName,
    Training,
};
use daicho_projections::cases::{self, Filter, Page, Sort};
use daicho_projections::{Digest, Snapshot, Source, replay};
use daicho_tests::office::catalogue;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use uuid::Uuid;

fn logs() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("logs");
    let entries = std::fs::read_dir(folder).expect("the folder of logs");
    let mut logs: Vec<_> = entries
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "jsonl")
        })
        .collect();
    logs.sort();
    logs
}

/// The seed in a name such as `a-year.seed-7.jsonl`.
fn seed(path: &Path) -> u64 {
    let name = path
        .file_name()
        .and_then(|name| name.to_str())
        .expect("a name");
    let seed = name
        .split_once("seed-")
        .and_then(|(_, rest)| rest.split('.').next());
    seed.and_then(|seed| seed.parse().ok())
        .expect("the seed stands in the name")
}

/// One exported line: its members, and its body byte for byte.
struct Line<'a> {
    members: Value,
    body: &'a str,
}

impl<'a> Line<'a> {
    fn read(line: &'a str) -> Self {
        let (_, rest) = line.split_once(",\"body\":").expect("the body stands last");
        Self {
            members: serde_json::from_str(line).expect("a line is JSON"),
            body: rest.strip_suffix('}').expect("the line ends with the body"),
        }
    }

    fn text(&self, member: &str) -> &str {
        self.members[member]
            .as_str()
            .unwrap_or_else(|| panic!("{member} is text"))
    }

    fn id(&self, member: &str) -> Uuid {
        self.text(member).parse().expect("an id")
    }

    fn recorded_at(&self) -> DateTime<Utc> {
        self.text("recorded_at").parse().expect("an instant")
    }

    fn version(&self) -> u64 {
        self.members["version"].as_u64().expect("a version")
    }

    fn event(&self) -> NewEvent {
        NewEvent {
            event_id: self.id("event_id"),
            command_id: self.id("command_id"),
            kind: self.text("type").into(),
            body: Body::from_text(self.body),
            occurred_on: self.text("occurred_on").parse().expect("a date"),
            actor: self.text("actor").into(),
            correlation: self.id("correlation"),
            causation: self.members["causation"]
                .as_str()
                .map(|id| id.parse().expect("an id")),
            rulebook: self.members["rulebook"].as_str().map(Into::into),
        }
    }

    /// The persons whose texts are sealed in it.
    fn subjects(&self) -> Vec<String> {
        let mut subjects = Vec::new();
        find_subjects(&self.members["body"], &mut subjects);
        subjects
    }
}

fn find_subjects(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            let sealed = members
                .get("$sealed")
                .and_then(|sealed| sealed["key"].as_str());
            found.extend(sealed.map(str::to_owned));
            members
                .values()
                .for_each(|value| find_subjects(value, found));
        }
        Value::Array(values) => values.iter().for_each(|value| find_subjects(value, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// A training directory's keys follow from its seed; they are there once something was sealed with them.
fn make_keys(keys: &Keys, line: &Line<'_>) {
    for subject in line.subjects() {
        let mut marked = json!({ "$personal": { "subject": subject, "text": "" } });
        seal(keys, &StreamName::new("keys"), Uuid::nil(), &mut marked).expect("it is sealed");
    }
}

fn open_cases(snapshot: &Snapshot) -> Value {
    let open = Filter {
        open: Some(true),
        ..Filter::default()
    };
    let page = Page {
        sort: Sort::Due,
        descending: false,
        offset: 0,
        limit: 10_000,
    };
    let listed = cases::list(snapshot, &open, page).expect("it is read");
    let cases = listed.rows.iter().map(|case| {
        let case = serde_json::to_value(case).expect("a row is JSON");
        json!({ "key": case["key"], "status": case["status"], "due": case["due"] })
    });
    cases.collect()
}

/// What a log gives today.
async fn read_back(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).expect("the log is read");
    let lines: Vec<_> = text.lines().map(Line::read).collect();
    let place = tempfile::tempdir().expect("a directory");
    let clock = Arc::new(SimulatedClock::at(lines[0].recorded_at()));
    let file = place.path().join("log.db");
    let log = SqliteLog::open(&file, clock.clone(), Durability::Closed).expect("it opens");
    let master = MasterKey::for_training(Training { seed: seed(path) });
    let keys = Arc::new(Keys::in_memory(master).expect("keys in memory"));
    for line in &lines {
        make_keys(&keys, line);
        clock.set(line.recorded_at());
        let expected = Expected::after(line.version().checked_sub(1));
        log.append(
            &StreamName::new(line.text("stream")),
            expected,
            vec![line.event()],
        )
        .await
        .expect("it is recorded");
    }
    let codec = Codec::new(keys.clone());
    let decode = |recorded: &_| {
        let decoded = codec.decode(Clone::clone(recorded));
        decoded.map(drop).map_err(|error| error.to_string())
    };
    let verified = verify(&log, decode).await.expect("it is read");
    assert_eq!(verified.findings, [], "{}", path.display());
    let last = lines.last().expect("there are lines");
    assert_eq!(
        verified.digest.to_string(),
        last.text("digest"),
        "recorded again, the log is the same to the byte"
    );
    let source = Source::new(Arc::new(log), keys);
    let whole = replay(&catalogue(), &source, None, |_| {})
        .await
        .expect("it replays");
    let digest = Digest::of(&whole).expect("it is read");
    let middle = lines.len() as u64 / 2;
    let then = replay(&catalogue(), &source, Some(middle), |_| {})
        .await
        .expect("it replays");
    let tables = digest.tables.iter().map(|table| {
        (
            table.table.clone(),
            json!(format!("{} {}", table.rows, table.sha256)),
        )
    });
    json!({
        "events": verified.events,
        "log_digest": verified.digest,
        "tables": tables.collect::<serde_json::Map<_, _>>(),
        "replay": { "number": middle, "open_cases": open_cases(&then) },
    })
}

#[tokio::test]
async fn every_golden_log_reads_back_as_it_did() {
    let logs = logs();
    assert!(logs.len() >= 2, "there are golden logs");
    for path in logs {
        let found = read_back(&path).await;
        let beside = path.with_extension("expected.json");
        if std::env::var_os("DAICHO_BLESS").is_some() {
            let text = serde_json::to_string_pretty(&found).expect("JSON is written");
            std::fs::write(&beside, text + "\n").expect("it is written");
        }
        let expected = std::fs::read_to_string(&beside).expect("what is expected stands beside");
        let expected: Value = serde_json::from_str(&expected).expect("it is JSON");
        assert_eq!(found, expected, "{}", path.display());
    }
}

#[test]
fn among_the_golden_logs_are_former_versions_in_plain_and_the_present_ones_sealed() {
    let texts = logs().into_iter().map(std::fs::read_to_string);
    let texts: Vec<_> = texts.map(|text| text.expect("the log is read")).collect();
    let lines: Vec<_> = texts
        .iter()
        .flat_map(|text| text.lines().map(Line::read))
        .collect();
    let differs = |kind: &str, how: fn(&Value) -> bool| {
        let closed = lines.iter().filter(|line| line.text("type") == kind);
        closed
            .filter(|line| how(&line.members["body"]["difference"]))
            .count()
    };
    assert!(differs("office_day.closed.v1", Value::is_string) > 0);
    assert!(differs("office_day.closed.v2", |why| why["$sealed"].is_object()) > 0);
    assert_eq!(differs("office_day.closed.v2", Value::is_string), 0);
}
