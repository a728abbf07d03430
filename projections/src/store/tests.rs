//! What the store promises, with rows made up for the purpose.

use super::*;
use crate::projection::{Catalogue, Projection};
use proptest::prelude::*;
use rusqlite::Connection;
use std::path::Path;
use std::sync::Arc;

row! {
    /// A jar of beans.
    pub struct Jar in "jars" indexed ["(beans)"] {
        key: String,
        beans: i64,
        label: Option<String>,
    }
}

row! {
    /// A day's visitors.
    pub struct Visit in "visits" indexed [] {
        number: u64,
        jar: String,
    }
}

const JARS: &[Projection] = &[Projection {
    name: "jars",
    revision: 1,
    tables: &[Jar::TABLE, Visit::TABLE],
    apply: |_, _| Ok(()),
}];

/// What one made-up event does.
#[derive(Clone, Debug)]
enum Act {
    Put(u8, i64),
    Remove(u8),
    AddToAll(i64),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        4 => (0..6_u8, 0..4_i64).prop_map(|(jar, beans)| Act::Put(jar, beans)),
        1 => (0..6_u8).prop_map(Act::Remove),
        1 => (1..3_i64).prop_map(Act::AddToAll),
    ];
    prop::collection::vec(act, 0..60)
}

fn jar(jar: u8, beans: i64) -> Jar {
    let label = (beans % 2 == 0).then(|| format!("{beans}粒"));
    let key = format!("jar-{jar}");
    Jar { key, beans, label }
}

fn perform(writer: &mut Writer<'_>, act: &Act) -> Result<()> {
    match act {
        Act::Put(which, beans) => {
            writer.put(&jar(*which, *beans))?;
            let number = writer.number();
            let jar = format!("jar-{which}");
            writer.put(&Visit { number, jar })
        }
        Act::Remove(which) => writer.remove::<Jar>(&format!("jar-{which}")),
        Act::AddToAll(more) => {
            for which in 0..6_u8 {
                if let Some(mut jar) = writer.get::<Jar>(&format!("jar-{which}"))? {
                    jar.beans += more;
                    writer.put(&jar)?;
                }
            }
            Ok(())
        }
    }
}

/// A file being filled, what is held in front of it and where batches go.
struct Store {
    shelf: Arc<Shelf>,
    held: Held,
    sink: Sink,
    tables: Vec<&'static Table>,
}

impl Store {
    /// Filled aside: written late, by another thread.
    fn aside() -> Self {
        let tables = Catalogue::new(JARS).tables;
        let conn = create(Path::new(""), &tables).expect("creates");
        let shelf = Arc::new(Shelf::new(conn));
        Self {
            held: Held::aside(shelf.clone(), &tables),
            sink: Sink::behind(shelf.clone()).expect("begins"),
            shelf,
            tables,
        }
    }

    /// Kept up: each batch is a commit.
    fn live() -> Self {
        let tables = Catalogue::new(JARS).tables;
        let conn = create(Path::new(""), &tables).expect("creates");
        conn.execute_batch("COMMIT").expect("commits");
        let shelf = Arc::new(Shelf::new(conn));
        Self {
            held: Held::live(shelf.clone(), &tables),
            sink: Sink::AtOnce(shelf.clone()),
            shelf,
            tables,
        }
    }

    fn commit(&mut self, some: &[(u64, &Act)]) {
        for (number, act) in some {
            perform(&mut Writer::new(&mut self.held, *number), act).expect("writes");
        }
        let batch = self.held.batch(None);
        let written = self.sink.take(batch).expect("writes");
        self.held.written(written);
    }

    fn finish(mut self) -> Connection {
        let filled = matches!(self.sink, Sink::Behind(_));
        self.sink.take(self.held.last_rows()).expect("writes");
        let states = self.held.last_states(None).expect("writes out");
        self.sink.take(states).expect("writes");
        self.sink.finish().expect("writes");
        drop(self.held);
        let shelf = Arc::into_inner(self.shelf).expect("nobody else has it");
        let conn = shelf.into_connection();
        if filled {
            end_filling(&conn, &self.tables).expect("ends");
        }
        conn
    }

    /// A store in which these acts were performed, `batch` of them at a time.
    fn of(mut self, acts: &[Act], batch: usize) -> Snapshot {
        let numbered: Vec<_> = (0..).zip(acts).collect();
        for some in numbered.chunks(batch) {
            self.commit(some);
        }
        let catalogue = Arc::new(Catalogue::new(JARS));
        Snapshot::over(self.finish(), catalogue).expect("reads")
    }
}

fn store(acts: &[Act], batch: usize) -> Snapshot {
    Store::aside().of(acts, batch)
}

fn jars(snapshot: &Snapshot) -> Vec<Jar> {
    let sql = "SELECT * FROM {jars j} WHERE j.beans >= ? ORDER BY j.key";
    snapshot.rows(sql, &[Cell::Int(0)]).expect("selects")
}

proptest! {
    #[test]
    fn the_size_of_the_commits_leaves_no_trace(acts in acts(), batch in 2..40_usize) {
        let one_by_one = Digest::of(&store(&acts, 1)).expect("digests");
        let in_batches = Digest::of(&store(&acts, batch)).expect("digests");
        prop_assert_eq!(&one_by_one, &in_batches);
        let kept_up = Digest::of(&Store::live().of(&acts, batch)).expect("digests");
        prop_assert_eq!(one_by_one, kept_up);
    }

    #[test]
    fn the_rows_as_of_a_number_are_those_of_a_store_built_only_so_far(acts in acts(), number in 0..60_usize) {
        prop_assume!(number < acts.len());
        let then = store(&acts[..=number], 7);
        let now = store(&acts, 7).at(number as u64);
        prop_assert_eq!(jars(&now), jars(&then));
        let count = "SELECT count(*) FROM {visits}";
        prop_assert_eq!(
            now.count(count, &[]).expect("counts"),
            then.count(count, &[]).expect("counts")
        );
    }
}

#[test]
fn a_row_put_again_unchanged_is_no_change() {
    let acts = [Act::Put(1, 3), Act::Put(1, 3)];
    let snapshot = store(&acts, 1);
    let former = "SELECT count(*) FROM jars_former";
    assert_eq!(snapshot.count(former, &[]).expect("counts"), 0);
}

#[test]
fn a_disk_that_fills_up_while_a_file_is_filled_is_named_as_what_it_is() {
    let mut store = Store::aside();
    let no_more = |conn: &Connection| Ok(conn.execute_batch("PRAGMA max_page_count = 40")?);
    store.shelf.write(no_more).expect("the file may not grow");
    let mut round = 0;
    let failed = loop {
        round += 1;
        assert!(round < 10_000, "the file is full long before");
        for which in 0..100 {
            let visit = Visit {
                number: round * 100 + which,
                jar: "a jar with a name that takes some room".to_owned(),
            };
            let mut writer = Writer::new(&mut store.held, visit.number);
            writer.put(&visit).expect("it is held in memory");
        }
        if let Err(failed) = store.sink.take(store.held.last_rows()) {
            break failed;
        }
    };
    let ViewsError::Sqlite(error) = &failed else {
        panic!("{failed}");
    };
    let code = error.sqlite_error_code();
    assert_eq!(code, Some(rusqlite::ErrorCode::DiskFull), "{failed}");
}

#[test]
fn each_change_of_a_row_is_noticed_once_with_its_number() {
    let mut store = Store::live();
    let mut writer = Writer::new(&mut store.held, 41);
    writer.put(&jar(1, 5)).expect("puts");
    writer.put(&jar(1, 5)).expect("puts");
    let notice = Notice {
        table: "jars",
        key: "jar-1".into(),
        number: 41,
    };
    assert_eq!(store.held.take_notices(), [notice]);
}

#[test]
fn an_erased_text_is_gone_from_the_one_table_that_held_it() {
    let catalogue = Arc::new(Catalogue::new(JARS));
    let mut store = Store::aside();
    let name = daicho_domain::personal::Personal::new("contact-1", "山田花子");
    let mut state = serde_json::json!({ "contact": name });
    let mut writer = Writer::new(&mut store.held, 3);
    writer.keep_texts(&state).expect("keeps");
    let text = writer.text(&name).expect("finds").expect("is known");
    let conn = store.finish();
    texts::take_out(&conn, &mut state).expect("takes out");
    assert_eq!(state["contact"]["$personal"]["text"], "3.0");

    conn.execute("DELETE FROM personal_texts WHERE subject = 'contact-1'", [])
        .expect("erases");
    texts::put_back(&conn, &mut state).expect("puts back");
    assert_eq!(
        state["contact"]["$personal"]["text"],
        serde_json::Value::Null
    );
    let snapshot = Snapshot::over(conn, catalogue).expect("reads");
    assert_eq!(snapshot.text(&text).expect("reads"), None);
}

#[test]
fn what_an_unfinished_rebuild_left_is_swept_away_and_the_live_file_stays() {
    let place = tempfile::tempdir().expect("a directory");
    let directory = Directory::open(place.path().join("views"), "abc".into()).expect("opens");
    let live = directory.next().expect("names");
    std::fs::write(&live, "").expect("writes");
    directory.point_at(&live).expect("points");
    let begun = directory.next().expect("names");
    std::fs::write(&begun, "").expect("writes");
    std::fs::write(place.path().join("views/other-9.db"), "").expect("writes");

    directory.sweep_unfinished().expect("sweeps");
    assert!(live.exists() && !begun.exists());
    directory.sweep_superseded().expect("sweeps");
    assert!(live.exists() && !place.path().join("views/other-9.db").exists());
    assert_eq!(directory.live().expect("reads"), Some(live));
}

#[test]
fn only_one_process_keeps_and_one_rebuilds() {
    let place = tempfile::tempdir().expect("a directory");
    let directory = Directory::open(place.path().to_owned(), "abc".into()).expect("opens");
    let keeper = directory.lock_keeper().expect("is free");
    assert!(matches!(directory.lock_keeper(), Err(ViewsError::Kept(_))));
    directory.lock_rebuild().expect("is another lock");
    drop(keeper);
    directory.lock_keeper().expect("is free again");
}
