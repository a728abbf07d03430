//! Making all read models anew against a bare loop over the same rows, and the case list over many open cases.
//!
//! The yardstick runs in the same process, turn by turn with what it measures: a plain SQLite loop that writes the
//! rows a rebuild leaves (current, former, states, texts) into the same tables and indexes with the same settings,
//! a commit for every few thousand events, and sees the file to the disk at the end, as a rebuild does. It decodes,
//! folds and decides nothing. What counts is the ratio. Beside it stands what that loop takes when it makes its
//! indexes last, as a rebuild does.
//!
//! Memory is measured in a process of its own that only rebuilds, from a log of many histories one after the other.
//!
//! `cargo bench -p daicho-tests --bench views [-- rebuild | memory | list]`; `DAICHO_BENCH_EVENTS=10000000` for a
//! longer log (hours to write, tens of gigabytes).

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use daicho_domain::waiting::{Party, What};
use daicho_eventlog::sealing::{Keys, MasterKey};
use daicho_eventlog::{Durability, SqliteLog, SystemClock, Training};
use daicho_projections::cases::{self, Filter, Page, Sort, Status};
use daicho_projections::{ALL, Catalogue, Snapshot, Source, live_in, rebuild_in};
use daicho_tests::histories::{self, Shape, history};
use daicho_tests::load::peak_memory_mib;
use rusqlite::Connection;
use rusqlite::types::Value;

/// Corporations in the smaller and the larger log. A corporation makes some fifty events.
const CORPORATIONS: &[u64] = &[500, 4_000];
/// Corporations whose papers are all out at once: some hundred thousand open cases.
const CORPORATIONS_OPEN: u64 = 17_500;
/// How often each is measured; the median is printed.
const ROUNDS: usize = 3;
/// Events in one commit of a rebuild.
const COMMIT: usize = 4_096;

fn main() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let only = std::env::args()
        .skip(1)
        .find(|argument| !argument.starts_with('-'));
    let wanted = |name: &str| only.as_deref().is_none_or(|only| name.contains(only));
    if let Some(place) = std::env::var_os(REBUILD_ONLY) {
        return rebuild_only(Path::new(&place));
    }
    if wanted("rebuild") {
        println!("   events  rebuilt/s  rows/event   bare rows/s  ratio  ratio, indexes last");
        for &corporations in CORPORATIONS {
            let shape = Shape {
                corporations,
                days: 400,
                last_day: 420,
                seed: 1,
            };
            runtime.block_on(rebuild(shape));
        }
    }
    if wanted("memory") {
        runtime.block_on(memory());
    }
    if wanted("list") {
        runtime.block_on(list());
    }
}

/// A log of this shape, with the directory it lies in.
async fn recorded(place: &Path, shape: Shape) -> (Source, usize) {
    let clock = Arc::new(SystemClock);
    let log = SqliteLog::open(&place.join("log.db"), clock, Durability::Closed).expect("opens");
    let keys = histories::keys();
    let events = history(shape);
    histories::record(&log, &keys, &events).await;
    (Source::new(Arc::new(log), keys), events.len())
}

async fn rebuild(shape: Shape) {
    let place = tempfile::tempdir().expect("a directory");
    let (source, events) = recorded(place.path(), shape).await;
    let catalogue = Arc::new(Catalogue::new(ALL));
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        let rebuilt = rebuild_in(place.path().join("views"), &catalogue, &source, |_| {}).await;
        let took = begun.elapsed();
        let rows = Rows::of(&rebuilt.expect("rebuilds").file);
        let (file, commits) = (place.path().join("bare.db"), events.div_ceil(COMMIT));
        let bare = rows.write(&file, commits, Indexes::First);
        let last = rows.write(&file, commits, Indexes::Last);
        rounds.push((took, bare, last, rows.count));
    }
    rounds.sort_by_key(|(took, bare, ..)| took.as_nanos() * 1_000 / bare.as_nanos());
    let (took, bare, last, rows) = rounds[ROUNDS / 2];
    println!(
        "{events:9} {:10.0} {:11.2} {:13.0} {:5.0}% {:5.0}%",
        events as f64 / took.as_secs_f64(),
        rows as f64 / events as f64,
        rows as f64 / bare.as_secs_f64(),
        100.0 * bare.as_secs_f64() / took.as_secs_f64(),
        100.0 * last.as_secs_f64() / took.as_secs_f64(),
    );
}

/// Where a process that only rebuilds finds its log.
const REBUILD_ONLY: &str = "DAICHO_BENCH_REBUILD_ONLY";
/// How many events the shorter log holds at least, and the longer one unless told otherwise.
const EVENTS: [u64; 2] = [100_000, 1_000_000];

/// Rebuilds a shorter and a longer log, each in a process of its own.
async fn memory() {
    let told = std::env::var("DAICHO_BENCH_EVENTS").ok();
    let longer = told.and_then(|events| events.parse().ok());
    let place = tempfile::tempdir().expect("a directory");
    let (log, keys) = opened(place.path());
    let shape = Shape {
        corporations: 4_000,
        days: 400,
        last_day: 420,
        seed: 1,
    };
    println!("   events  rebuilt/s  peak MiB   log bytes/event  views bytes/event");
    let (mut blocks, mut events) = (0, 0);
    for wanted in [EVENTS[0], longer.unwrap_or(EVENTS[1])] {
        while events < wanted {
            let history = histories::block(shape, blocks);
            histories::record_after(&log, &keys, events, &history).await;
            events += history.len() as u64;
            blocks += 1;
        }
        let binary = std::env::current_exe().expect("this binary");
        let mut alone = std::process::Command::new(binary);
        let said = alone.env(REBUILD_ONLY, place.path()).output();
        let said = said.expect("it runs");
        assert!(said.status.success(), "{said:?}");
        print!("{}", String::from_utf8_lossy(&said.stdout));
    }
}

/// The log and the keys in a directory, opened to write.
fn opened(place: &Path) -> (SqliteLog, Keys) {
    let clock = Arc::new(SystemClock);
    let log = SqliteLog::open(&place.join("log.db"), clock, Durability::Closed).expect("opens");
    let master = MasterKey::for_training(Training { seed: 1 });
    let keys = Keys::open(&place.join("keys.db"), master, Durability::Closed).expect("opens");
    (log, keys)
}

fn rebuild_only(place: &Path) {
    let log = SqliteLog::open_for_reading(&place.join("log.db")).expect("opens");
    let master = MasterKey::for_training(Training { seed: 1 });
    let keys = Keys::open_for_reading(&place.join("keys.db"), master).expect("opens");
    let source = Source::new(Arc::new(log), Arc::new(keys));
    let catalogue = Arc::new(Catalogue::new(ALL));
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let begun = Instant::now();
    let rebuilt = rebuild_in(place.join("views"), &catalogue, &source, |_| {});
    let rebuilt = runtime.block_on(rebuilt).expect("rebuilds");
    let took = begun.elapsed();
    let events = rebuilt.number.map_or(0, |last| last + 1);
    let size = |file: &Path| std::fs::metadata(file).map_or(0, |found| found.len());
    println!(
        "{events:9} {:10.0} {:9} {:17} {:18}",
        events as f64 / took.as_secs_f64(),
        peak_memory_mib(),
        size(&place.join("log.db")) / events,
        size(&rebuilt.file) / events,
    );
}

/// When the bare loop makes its indexes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Indexes {
    First,
    Last,
}

/// All rows of a file, with the statements that made its tables.
struct Rows {
    tables_sql: Vec<String>,
    indexes_sql: Vec<String>,
    tables: Vec<(String, Vec<Vec<Value>>)>,
    count: usize,
}

impl Rows {
    fn of(file: &Path) -> Self {
        let conn = Connection::open(file).expect("opens");
        let texts = |sql: &str| -> Vec<String> {
            let mut statement = conn.prepare(sql).expect("prepares");
            let found = statement.query_map([], |row| row.get(0)).expect("selects");
            found.collect::<Result<_, _>>().expect("reads")
        };
        let ours = "FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'";
        let tables_sql = texts(&format!("SELECT sql {ours} AND type = 'table'"));
        let indexes_sql = texts(&format!("SELECT sql {ours} AND type = 'index'"));
        let names = texts(&format!("SELECT name {ours} AND type = 'table'"));
        let tables: Vec<_> = names
            .into_iter()
            .map(|name| {
                let rows = read(&conn, &name);
                (name, rows)
            })
            .collect();
        let count = tables.iter().map(|(_, rows)| rows.len()).sum();
        Self {
            tables_sql,
            indexes_sql,
            tables,
            count,
        }
    }

    /// Writes them into a new file in this many commits.
    fn write(&self, file: &Path, commits: usize, indexes: Indexes) -> Duration {
        if file.exists() {
            std::fs::remove_file(file).expect("removes");
        }
        let conn = Connection::open(file).expect("opens");
        let begun = Instant::now();
        conn.execute_batch(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536;
             PRAGMA temp_store = MEMORY;",
        )
        .expect("sets");
        let create = |statements: &[String]| {
            for statement in statements {
                conn.execute_batch(statement).expect("creates");
            }
        };
        create(&self.tables_sql);
        if indexes == Indexes::First {
            create(&self.indexes_sql);
        }
        for commit in 0..commits {
            conn.execute_batch("BEGIN").expect("begins");
            for (name, rows) in &self.tables {
                let part = |of: usize| rows.len() * of / commits;
                let some = &rows[part(commit)..part(commit + 1)];
                let Some(first) = some.first() else { continue };
                let marks = vec!["?"; first.len()].join(", ");
                let sql = format!("INSERT INTO {name} VALUES ({marks})");
                let mut insert = conn.prepare_cached(&sql).expect("prepares");
                for row in some {
                    insert
                        .execute(rusqlite::params_from_iter(row))
                        .expect("inserts");
                }
            }
            conn.execute_batch("COMMIT").expect("commits");
        }
        if indexes == Indexes::Last {
            create(&self.indexes_sql);
        }
        conn.close().expect("closes");
        let written = std::fs::File::open(file).expect("opens");
        written.sync_all().expect("reaches the disk");
        begun.elapsed()
    }
}

/// The rows of a table in the order in which they were first written.
fn read(conn: &Connection, table: &str) -> Vec<Vec<Value>> {
    let order = if table == "states" { "stream" } else { "rowid" };
    let sql = format!("SELECT * FROM {table} ORDER BY {order}");
    let mut statement = conn.prepare(&sql).expect("prepares");
    let width = statement.column_count();
    let rows = statement.query_map([], |row| (0..width).map(|column| row.get(column)).collect());
    rows.expect("selects")
        .collect::<Result<_, _>>()
        .expect("reads")
}

/// What staff ask of the list.
fn questions() -> Vec<(&'static str, Filter, Page)> {
    let page = |sort, descending, offset| Page {
        sort,
        descending,
        offset,
        limit: 50,
    };
    let open = Filter {
        open: Some(true),
        ..Filter::default()
    };
    let status = Filter {
        statuses: vec![Status::PoaOut, Status::Papers],
        ..open.clone()
    };
    let several = Filter {
        parties: vec![Party::Customer],
        whats: vec![What::PoaReturn],
        due_to: histories::first_day().checked_add_days(chrono::Days::new(45)),
        ..open.clone()
    };
    let search = Filter {
        search: Some("第123".to_owned()),
        ..open.clone()
    };
    vec![
        ("open, by due date", open.clone(), page(Sort::Due, false, 0)),
        (
            "open, by due date, page 1000",
            open.clone(),
            page(Sort::Due, false, 50_000),
        ),
        (
            "open, by corporation",
            open.clone(),
            page(Sort::Corporation, false, 0),
        ),
        ("open, by last change", open, page(Sort::Updated, true, 0)),
        (
            "two statuses, by due date",
            status.clone(),
            page(Sort::Due, false, 0),
        ),
        (
            "two statuses, by office number",
            status,
            page(Sort::OfficeNumber, true, 0),
        ),
        (
            "three fields, by start month",
            several,
            page(Sort::StartMonth, false, 0),
        ),
        (
            "part of a name, by due date",
            search,
            page(Sort::Due, false, 0),
        ),
    ]
}

async fn list() {
    let place = tempfile::tempdir().expect("a directory");
    let shape = Shape {
        corporations: CORPORATIONS_OPEN,
        days: 20,
        last_day: 62,
        seed: 2,
    };
    let (source, _) = recorded(place.path(), shape).await;
    let catalogue = Arc::new(Catalogue::new(ALL));
    let views = place.path().join("views");
    rebuild_in(views.clone(), &catalogue, &source, |_| {})
        .await
        .expect("rebuilds");
    let open = Filter {
        open: Some(true),
        ..Filter::default()
    };
    let snapshot = || live_in(views.clone(), &catalogue).expect("opens");
    println!(
        "{} open cases",
        cases::count(&snapshot(), &open).expect("counts")
    );
    println!("                            question  hits    p50 ms  p99 ms  bare p99  ratio");
    for (name, filter, page) in questions() {
        let snapshot = snapshot();
        let (count, select, values) = cases::statements(&snapshot, &filter, page);
        let mut ours = Vec::new();
        let mut bare = Vec::new();
        let mut hits = 0;
        for _ in 0..100 {
            let begun = Instant::now();
            hits = cases::list(&snapshot, &filter, page).expect("lists").total;
            ours.push(begun.elapsed());
            let begun = Instant::now();
            bare_list(&snapshot, &count, &select, &values);
            bare.push(begun.elapsed());
        }
        let (p50, p99) = (percentile(&mut ours, 50), percentile(&mut ours, 99));
        let bare = percentile(&mut bare, 99);
        println!(
            "{name:>36} {hits:6} {:8.2} {:7.2} {:9.2} {:5.2}",
            millis(p50),
            millis(p99),
            millis(bare),
            p99.as_secs_f64() / bare.as_secs_f64()
        );
    }
}

/// The same SQL, its rows stepped over and each value looked at once.
fn bare_list(
    snapshot: &Snapshot,
    count: &str,
    select: &str,
    values: &[daicho_projections::store::Cell],
) {
    snapshot.count(count, values).expect("counts");
    let rows = snapshot.map(select, values, |row| {
        Ok(row.get_ref(0)?.as_str().map(str::len).ok())
    });
    assert!(rows.expect("selects").len() <= 50);
}

fn percentile(times: &mut [Duration], percent: usize) -> Duration {
    times.sort_unstable();
    times[(times.len() * percent / 100).min(times.len() - 1)]
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
