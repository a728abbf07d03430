//! 請求・債権台帳: searches over millions of entries, against the bare SQL.
//!
//! The yardstick is the same statements, their rows stepped over and one value of each looked at, turn by turn in the same
//! process. The entries are written straight into the table of a fresh generation, as a rebuild leaves them: ten years of
//! fees and debits of 20,000 corporations. To fold so many events would take the quarter of an hour and measure nothing of
//! the search.
//!
//! `cargo bench -p daicho-tests --bench ledger`; `DAICHO_BENCH_ENTRIES=200000` for fewer than 5,000,000.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use daicho_domain::billing::Status;
use daicho_domain::dates::Month;
use daicho_domain::stream::{CorporationId, derived_id};
use daicho_eventlog::{Durability, SqliteLog, SystemClock};
use daicho_projections::ledger::{self, Filter, Kind};
use daicho_projections::store::Cell;
use daicho_projections::{ALL, Catalogue, Snapshot, Source, live_in, rebuild_in};
use daicho_tests::histories::{self, Shape, history};
use rusqlite::Connection;

/// Entries unless the environment says otherwise.
const ENTRIES: u64 = 5_000_000;
/// Corporations that they are of.
const CORPORATIONS: u64 = 20_000;
/// How often each question is asked.
const ASKED: usize = 100;
/// How often, where an answer takes longer than [`LONG`].
const ASKED_LONG: usize = 10;
/// An answer that nobody waits for a hundred times.
const LONG: Duration = Duration::from_millis(500);
/// Rows on a page.
const PAGE: u64 = 50;

fn main() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let told = std::env::var("DAICHO_BENCH_ENTRIES").ok();
    let entries = told.and_then(|entries| entries.parse().ok());
    let entries = entries.unwrap_or(ENTRIES);
    let place = tempfile::tempdir().expect("a directory");
    let catalogue = Arc::new(Catalogue::new(ALL));
    let views = place.path().join("views");
    let file = runtime.block_on(fresh(place.path(), &views, &catalogue));
    fill(&file, entries);
    println!("{entries} entries");
    println!("                              question      hits   p50 ms   p99 ms  bare p99  ratio");
    for (name, filter) in questions(entries) {
        let snapshot = live_in(views.clone(), &catalogue).expect("opens");
        ask(&snapshot, name, &filter);
    }
}

/// Read models of a short log, and the file they lie in.
async fn fresh(place: &Path, views: &Path, catalogue: &Arc<Catalogue>) -> std::path::PathBuf {
    let clock = Arc::new(SystemClock);
    let log = SqliteLog::open(&place.join("log.db"), clock, Durability::Closed).expect("opens");
    let keys = histories::keys();
    let shape = Shape {
        corporations: 1,
        days: 1,
        last_day: 2,
        seed: 1,
    };
    histories::record(&log, &keys, &history(shape)).await;
    let source = Source::new(Arc::new(log), keys);
    let rebuilt = rebuild_in(views.to_owned(), catalogue, &source, |_| {}).await;
    rebuilt.expect("rebuilds").file
}

fn corporation(nth: u64) -> CorporationId {
    CorporationId(derived_id(&["bench", &nth.to_string()]))
}

/// The first month that is charged.
fn first() -> Month {
    "2016-01".parse().expect("a month")
}

/// How many months the entries go over: a charge and its debit for each corporation and month.
fn months(entries: u64) -> u64 {
    entries.div_ceil(2 * CORPORATIONS).max(1)
}

/// Writes the entries in the order of their months, the indexes last, as a rebuild does.
fn fill(file: &Path, entries: u64) {
    let conn = Connection::open(file).expect("opens");
    let indexes = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'ledger' AND sql IS NOT NULL";
    let indexes: Vec<(String, String)> = {
        let mut select = conn.prepare(indexes).expect("prepares");
        let found = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
        found
            .expect("selects")
            .collect::<Result<_, _>>()
            .expect("reads")
    };
    for (name, _) in &indexes {
        conn.execute_batch(&format!("DROP INDEX {name}"))
            .expect("drops");
    }
    conn.execute_batch("BEGIN").expect("begins");
    let mut insert = conn
        .prepare(
            "INSERT INTO ledger (key, place, entry, kind, corporation, corporation_name, service, month, booked_on, \
             posting_month, amount, tax, open, status, debit_on, search, from_number) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, 1)",
        )
        .expect("prepares");
    let months = months(entries);
    let entries = entries.cast_signed();
    let mut place = 0_i64;
    for nth in 0..months {
        let month = first().plus(u32::try_from(nth).expect("some hundred months"));
        let debited = month.next();
        for of in 0..CORPORATIONS {
            if place >= entries {
                break;
            }
            let id = corporation(of).to_string();
            let name = format!("社会福祉法人あおぞら第{of}会");
            let offices = 1 + i64::try_from(of % 7).expect("a small number");
            let net = 3_000 * offices;
            let amount = net + net / 10;
            // One in three hundred is still owed.
            let owed = (of + nth) % 300 == 0;
            let (open, status) = if owed {
                (amount, "arrears")
            } else {
                (0, "paid")
            };
            let entry = format!("{month}.honobono-mini2");
            let debit_on = debited.day_or_last(26);
            let row = (
                format!("{id}/{entry}"),
                place,
                entry,
                "charge",
                &id,
                &name,
                "honobono-mini2",
                month.to_string(),
                month.last_day().to_string(),
                month.to_string(),
                amount,
                net / 10,
                open,
                status,
                debit_on.to_string(),
                &name,
            );
            insert.execute(row).expect("inserts");
            place += 1;
            if owed || place >= entries {
                continue;
            }
            let entry = format!("debit.{debited}");
            let row = (
                format!("{id}/{entry}"),
                place,
                entry,
                "debit",
                &id,
                &name,
                None::<String>,
                None::<String>,
                debit_on.to_string(),
                debited.to_string(),
                amount,
                0,
                0,
                None::<String>,
                None::<String>,
                &name,
            );
            insert.execute(row).expect("inserts");
            place += 1;
        }
    }
    drop(insert);
    for (_, sql) in &indexes {
        conn.execute_batch(sql).expect("indexes");
    }
    conn.execute_batch("COMMIT; PRAGMA analysis_limit = 1000; ANALYZE;")
        .expect("commits");
}

/// What staff ask of the ledger: dates, amounts, counterparties, alone and together.
fn questions(entries: u64) -> Vec<(&'static str, Filter)> {
    let middle = first().plus(u32::try_from(months(entries) / 2).expect("some hundred months"));
    let days = |from: NaiveDate, to: NaiveDate| Filter {
        from: Some(from),
        to: Some(to),
        ..Filter::default()
    };
    let in_month = days(middle.first_day(), middle.last_day());
    let year = days(middle.first_day(), middle.plus(11).last_day());
    let yen = |min, max| (Some(min), Some(max));
    let exact = |filter: &Filter, (amount_min, amount_max)| Filter {
        amount_min,
        amount_max,
        ..filter.clone()
    };
    let search = |filter: Filter| Filter {
        search: Some("第12345会".to_owned()),
        ..filter
    };
    vec![
        ("everything, the latest first", Filter::default()),
        ("a month", in_month.clone()),
        (
            "the charges of a month",
            Filter {
                kinds: vec![Kind::Charge],
                ..in_month.clone()
            },
        ),
        ("an amount in a month", exact(&in_month, yen(9_900, 9_900))),
        ("amounts from to in a year", exact(&year, yen(6_600, 9_900))),
        (
            "what is in arrears",
            Filter {
                statuses: vec![Status::Arrears],
                ..Filter::default()
            },
        ),
        (
            "one corporation, a year",
            Filter {
                corporation: Some(corporation(12_345)),
                ..year.clone()
            },
        ),
        ("part of a name", search(Filter::default())),
        (
            "part of a name, an amount, a year",
            search(exact(&year, yen(1, 99_999))),
        ),
    ]
}

fn ask(snapshot: &Snapshot, name: &str, filter: &Filter) {
    let (sums, select, values) = ledger::statements(filter, 0, PAGE);
    let (mut ours, mut bare) = (vec![], vec![]);
    let mut hits = 0;
    for asked in 0..ASKED {
        if asked >= ASKED_LONG && ours.first().is_some_and(|took| *took > LONG) {
            break;
        }
        let begun = Instant::now();
        hits = ledger::list(snapshot, filter, 0, PAGE)
            .expect("lists")
            .listed
            .total;
        ours.push(begun.elapsed());
        let begun = Instant::now();
        bare_list(snapshot, &sums, &select, &values);
        bare.push(begun.elapsed());
    }
    let (p50, p99) = (percentile(&mut ours, 50), percentile(&mut ours, 99));
    let bare = percentile(&mut bare, 99);
    println!(
        "{name:>38} {hits:9} {:8.2} {:8.2} {:9.2} {:6.2}",
        millis(p50),
        millis(p99),
        millis(bare),
        p99.as_secs_f64() / bare.as_secs_f64()
    );
}

/// The same SQL, its rows stepped over and a value of each looked at once.
fn bare_list(snapshot: &Snapshot, sums: &str, select: &str, values: &[Cell]) {
    snapshot.count(sums, values).expect("counts");
    let rows = snapshot.map(select, values, |row| {
        Ok(row.get_ref(0)?.as_str().map(str::len).ok())
    });
    assert!(rows.expect("selects").len() as u64 <= PAGE);
}

fn percentile(times: &mut [Duration], percent: usize) -> Duration {
    times.sort_unstable();
    times[(times.len() * percent / 100).min(times.len() - 1)]
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
