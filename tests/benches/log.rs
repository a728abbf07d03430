//! Durable appends through the log port against a bare loop over the same rows, and reading beside them.
//!
//! The yardstick runs in the same process, on the same disk, turn by turn with what it measures: a plain SQLite
//! loop with the same table, index, triggers and bytes, committing in the batch sizes that the log's writer was
//! observed to form. What counts is the ratio; the disk's fdatasync stands beside it.
//!
//! `cargo bench -p daicho-tests --bench log`

use std::collections::HashMap;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use daicho_domain::nouns::State;
use daicho_domain::stream::Stream;
use daicho_eventlog::contract::event;
use daicho_eventlog::{
    Body, Codec, Durability, EventLog, Expected, NewEvent, Recorded, SqliteLog, StreamName,
    SystemClock,
};
use daicho_tests::histories::{self, Shape, history};
use rusqlite::Connection;

/// Callers at once, and appends altogether in one round.
const LOADS: &[(u64, u64)] = &[(1, 3_000), (16, 20_000), (64, 40_000), (256, 60_000)];

/// How often each load is measured; the median is printed.
const ROUNDS: usize = 5;

fn main() {
    let directory = tempfile::tempdir().expect("a directory");
    println!(
        "fdatasync p50 {:.0} µs",
        fdatasync_p50_micros(directory.path())
    );
    println!("callers  appends/s   bare/s  ratio  batch p50  batch max");
    for &(callers, appends) in LOADS {
        let mut rounds: Vec<Round> = (0..ROUNDS)
            .map(|round| {
                let path = directory.path().join(format!("{callers}-{round}.db"));
                Round::run(&path, callers, appends)
            })
            .collect();
        rounds.sort_by(|a, b| a.ratio().total_cmp(&b.ratio()));
        let middle = &rounds[ROUNDS / 2];
        println!(
            "{callers:7} {:10.0} {:8.0} {:5.0}% {:10} {:10}   rounds {:?}",
            middle.log,
            middle.bare,
            100.0 * middle.ratio(),
            middle.batch_p50,
            middle.batch_max,
            rounds
                .iter()
                .map(|round| (100.0 * round.ratio()).round())
                .collect::<Vec<_>>(),
        );
    }
    read(directory.path());
}

/// What the disk itself takes for the smallest durable write.
fn fdatasync_p50_micros(directory: &Path) -> f64 {
    let mut file = File::create(directory.join("probe")).expect("a file");
    let mut times: Vec<f64> = (0..500)
        .map(|_| {
            file.write_all(&[1; 4096]).expect("it is written");
            let begun = Instant::now();
            file.sync_data().expect("it is synced");
            begun.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// One measurement: appends per second through the port and by the bare loop.
struct Round {
    log: f64,
    bare: f64,
    batch_p50: usize,
    batch_max: usize,
}

impl Round {
    fn run(path: &Path, callers: u64, appends: u64) -> Self {
        let log = through_the_port(path, callers, appends);
        let rows = rows_of(path);
        assert_eq!(rows.len() as u64, appends);
        let batches = batches_of(&rows);
        let bare = by_a_bare_loop(path, &rows, &batches);
        let mut sizes = batches;
        sizes.sort_unstable();
        Self {
            log,
            bare,
            batch_p50: sizes[sizes.len() / 2],
            batch_max: sizes[sizes.len() - 1],
        }
    }

    fn ratio(&self) -> f64 {
        self.log / self.bare
    }
}

/// An event of the size our own have on the average.
fn usual(index: u64) -> NewEvent {
    NewEvent {
        body: Body::from_text(format!(
            r#"{{"index":{index},"office":"0170210231","start":"2026-12","basis":"{}"}}"#,
            "x".repeat(400)
        )),
        ..event(index)
    }
}

fn through_the_port(path: &Path, callers: u64, appends: u64) -> f64 {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let log = SqliteLog::open(path, Arc::new(SystemClock), Durability::Acknowledged);
        let log = Arc::new(log.expect("the log opens"));
        let begun = Instant::now();
        let callers: Vec<_> = (0..callers)
            .map(|caller| {
                let log = log.clone();
                tokio::spawn(async move {
                    let mut streams = Streams::of(caller);
                    for index in (caller..appends).step_by(callers as usize) {
                        let (stream, expected) = streams.next();
                        let answer = log.append(&stream, expected, vec![usual(index)]).await;
                        answer.expect("the append is taken");
                    }
                })
            })
            .collect();
        for caller in callers {
            caller.await.expect("the caller ends");
        }
        appends as f64 / begun.elapsed().as_secs_f64()
    })
}

/// A caller's work: streams of eight events, one after the other.
struct Streams {
    caller: u64,
    count: u64,
}

impl Streams {
    fn of(caller: u64) -> Self {
        Self { caller, count: 0 }
    }

    fn next(&mut self) -> (StreamName, Expected) {
        let (stream, version) = (self.count / 8, self.count % 8);
        self.count += 1;
        let id = uuid::Uuid::from_u64_pair(self.caller.wrapping_mul(0x9e37_79b9_7f4a_7c15), stream);
        (
            StreamName::new(format!("transmission-{id}")),
            Expected::after(version.checked_sub(1)),
        )
    }
}

fn rows_of(path: &Path) -> Vec<Recorded> {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let log = SqliteLog::open_for_reading(path).expect("the log opens");
    runtime
        .block_on(log.read_all(None, usize::MAX))
        .expect("the log is read")
}

/// All appends of one commit share their instant.
fn batches_of(rows: &[Recorded]) -> Vec<usize> {
    rows.chunk_by(|a, b| a.recorded_at == b.recorded_at)
        .map(<[Recorded]>::len)
        .collect()
}

/// The statements that made the log's own file: the same table, index and triggers.
fn layout_of(path: &Path) -> Vec<String> {
    let file = Connection::open(path).expect("the log's file");
    let mut statement = file
        .prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid")
        .expect("its layout");
    let rows = statement
        .query_map([], |row| row.get(0))
        .expect("its layout");
    rows.collect::<Result<_, _>>().expect("its layout")
}

fn by_a_bare_loop(path: &Path, rows: &[Recorded], batches: &[usize]) -> f64 {
    let layout = layout_of(path);
    let bare = Connection::open(path.with_extension("bare")).expect("a file");
    bare.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536;",
    )
    .expect("the same settings");
    for statement in layout {
        bare.execute_batch(&statement).expect("the same layout");
    }
    let mut insert = bare
        .prepare(
            "INSERT INTO event (number, stream, version, event_id, command_id, kind, body, occurred_on, \
             recorded_at, actor, correlation, causation, rulebook, chain) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        )
        .expect("the same columns");
    let days: Vec<String> = rows.iter().map(|row| row.occurred_on.to_string()).collect();
    let begun = Instant::now();
    let mut done = 0;
    for &batch in batches {
        bare.execute_batch("BEGIN IMMEDIATE").expect("it begins");
        for (row, day) in rows[done..done + batch].iter().zip(&days[done..]) {
            let chain = row.chain.expect("the log keeps a digest");
            insert
                .execute(rusqlite::params![
                    row.number as i64,
                    row.stream.as_str(),
                    row.version as i64,
                    row.event_id.as_bytes().as_slice(),
                    row.command_id.as_bytes().as_slice(),
                    &*row.kind,
                    row.body.as_str(),
                    day,
                    row.recorded_at.timestamp_micros(),
                    &*row.actor,
                    row.correlation.as_bytes().as_slice(),
                    row.causation.as_ref().map(|id| id.as_bytes().as_slice()),
                    row.rulebook.as_deref(),
                    chain.as_bytes().as_slice(),
                ])
                .expect("it is written");
        }
        bare.execute_batch("COMMIT").expect("it is committed");
        done += batch;
    }
    rows.len() as f64 / begun.elapsed().as_secs_f64()
}

/// Corporations of the log that is read; each makes some fifty events.
const CORPORATIONS: u64 = 2_000;

/// A page of a reader.
const PAGE_EVENTS: usize = 1024;

/// Reading the whole log through the port, and folding it typed, against stepping over the same rows.
fn read(directory: &Path) {
    let path = directory.join("history.db");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let keys = histories::keys();
    let shape = Shape {
        corporations: CORPORATIONS,
        days: 400,
        last_day: 420,
        seed: 1,
    };
    let log = SqliteLog::open(&path, Arc::new(SystemClock), Durability::Closed);
    let log = log.expect("the log opens");
    runtime.block_on(histories::record(&log, &keys, &history(shape)));
    let codec = Codec::new(keys);
    let file = Connection::open(&path).expect("the file");
    let mut rounds: Vec<[f64; 3]> = (0..ROUNDS)
        .map(|_| {
            let raw = rate(|| raw_rows(&file));
            let port = rate(|| runtime.block_on(pages(&log, |_| {})));
            let mut states: HashMap<Stream, State> = HashMap::new();
            let folded = rate(|| {
                runtime.block_on(pages(&log, |recorded| {
                    let decoded = codec.decode(recorded).expect("it is decoded");
                    let noun = decoded.stream.noun();
                    let state = states.remove(&decoded.stream);
                    let state = state.unwrap_or_else(|| State::initial(noun));
                    states.insert(decoded.stream, state.evolve(&decoded.event));
                }))
            });
            [raw, port, folded]
        })
        .collect();
    rounds.sort_by(|a, b| (a[2] / a[0]).total_cmp(&(b[2] / b[0])));
    let [raw, port, folded] = rounds[ROUNDS / 2];
    println!("reading: {raw:.0} rows/s raw");
    for (what, rate) in [("through the port", port), ("folded, typed", folded)] {
        println!(
            "{what:>18} {rate:10.0} events/s {:5.0}% of raw",
            100.0 * rate / raw
        );
    }
}

/// Events per second of what says how many it read.
fn rate(work: impl FnOnce() -> u64) -> f64 {
    let begun = Instant::now();
    let count = work();
    count as f64 / begun.elapsed().as_secs_f64()
}

async fn pages(log: &SqliteLog, mut each: impl FnMut(Recorded)) -> u64 {
    let (mut after, mut count) = (None, 0);
    loop {
        let page = log.read_all(after, PAGE_EVENTS).await.expect("it is read");
        let Some(last) = page.last() else {
            return count;
        };
        after = Some(last.position);
        count += page.len() as u64;
        page.into_iter().for_each(&mut each);
    }
}

fn raw_rows(file: &Connection) -> u64 {
    let mut statement = file
        .prepare_cached("SELECT * FROM event ORDER BY number")
        .expect("a query");
    let mut rows = statement.query([]).expect("a query");
    let (mut count, mut bytes) = (0, 0);
    while let Some(row) = rows.next().expect("a row") {
        count += 1;
        bytes += row
            .get_ref(6)
            .expect("a column")
            .as_str()
            .expect("text")
            .len();
    }
    assert!(bytes > 0, "the bodies were seen");
    count
}
