//! What must hold of the read models after any history.

use daicho_domain::nouns::Event;
use daicho_domain::stream::Stream;
use daicho_eventlog::{Body, EventLog, Expected, MemoryLog, NewEvent, StreamName, SystemClock};
use daicho_projections::store::ViewsError;
use daicho_projections::{
    ALL, Catalogue, Digest, Snapshot, Source, Views, case_history, cases, check, deadlines, intake,
    issuance, live_in, open_slots, poa_tracker, post_days, postponements, rebuild_in, replay,
};
use daicho_tests::histories::{self, Happening, Shape, history};
use proptest::prelude::*;
use std::path::PathBuf;
use std::sync::Arc;
use tempfile::TempDir;
use uuid::Uuid;

/// An office with a log, its keys and a directory for the read models.
struct House {
    log: Arc<MemoryLog>,
    keys: Arc<daicho_eventlog::sealing::Keys>,
    catalogue: Arc<Catalogue>,
    place: TempDir,
}

impl House {
    fn new() -> Self {
        Self {
            log: Arc::new(MemoryLog::new(Arc::new(SystemClock))),
            keys: histories::keys(),
            catalogue: Arc::new(Catalogue::new(ALL)),
            place: tempfile::tempdir().expect("a directory"),
        }
    }

    fn source(&self) -> Source {
        Source::new(self.log.clone(), self.keys.clone())
    }

    fn directory(&self) -> PathBuf {
        self.place.path().join("views")
    }

    async fn views(&self) -> Views {
        Views::open(self.directory(), self.catalogue.clone(), self.source())
            .await
            .expect("opens")
    }

    async fn record(&self, happenings: &[Happening]) {
        histories::record(&*self.log, &self.keys, happenings).await;
    }

    async fn rebuild(&self) {
        rebuild_in(self.directory(), &self.catalogue, &self.source(), |_| {})
            .await
            .expect("rebuilds");
    }

    /// An event of a type that nobody knows.
    async fn record_nonsense(&self) {
        let event = NewEvent {
            event_id: Uuid::new_v4(),
            command_id: Uuid::new_v4(),
            kind: "poa.eaten_by_a_goat.v1".into(),
            body: Body::from_text("{}"),
            occurred_on: histories::first_day(),
            actor: "test".into(),
            correlation: Uuid::new_v4(),
            causation: None,
            rulebook: None,
        };
        let stream = StreamName::new(format!("poa-{}", Uuid::new_v4().simple()));
        self.log
            .append(&stream, Expected::Any, vec![event])
            .await
            .expect("appends");
    }
}

fn shape(seed: u64) -> Shape {
    Shape {
        corporations: 12,
        days: 40,
        last_day: 160,
        seed,
    }
}

fn digest(snapshot: &Snapshot) -> Digest {
    Digest::of(snapshot).expect("digests")
}

/// Everything a page could show, as text: what two moments are compared by.
fn everything(snapshot: &Snapshot) -> String {
    let page = cases::Page {
        sort: cases::Sort::Due,
        descending: false,
        offset: 0,
        limit: 10_000,
    };
    let all = cases::Filter::default();
    let open = cases::Filter {
        open: Some(true),
        search: Some("第1".to_owned()),
        ..cases::Filter::default()
    };
    let today = post_days::today(snapshot).expect("reads");
    let month = today.map(daicho_domain::dates::Month::of);
    let due = today.map(|today| {
        let keys = deadlines::due(snapshot, today).expect("reads").into_iter();
        let row = |key: String| snapshot.row::<deadlines::DeadlineRow>(&key).expect("reads");
        keys.map(row).collect::<Vec<_>>()
    });
    let issued = month.map(|month| issuance::months(snapshot, month.minus(6)).expect("reads"));
    format!(
        "{:#?}",
        (
            cases::list(snapshot, &all, page).expect("reads"),
            cases::list(snapshot, &open, page).expect("reads"),
            cases::count_by_status(snapshot, &all).expect("reads"),
            poa_tracker::list(snapshot, &Default::default(), 0, 1_000).expect("reads"),
            postponements::list(snapshot, false, 0, 1_000).expect("reads"),
            intake::list(snapshot, &Default::default(), 0, 1_000).expect("reads"),
            open_slots::touched(snapshot).expect("reads"),
            due,
            issued,
        )
    )
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn read_models_made_anew_equal_those_kept_up_live(seed in any::<u64>(), step in 1..400_usize) {
        runtime().block_on(async {
            let house = House::new();
            let views = house.views().await;
            for some in history(shape(seed)).chunks(step) {
                house.record(some).await;
                views.catch_up().await.expect("catches up");
            }
            let live = views.snapshot().expect("reads");
            let check = check(&live, &house.catalogue, &house.source(), |_| {}).await.expect("checks");
            assert_eq!(check.differing(), Vec::<&str>::new());
            assert_eq!(check.live, check.anew);
        });
    }

    #[test]
    fn what_is_shown_as_of_a_number_is_what_was_known_then(seed in any::<u64>(), part in 0.0..1.0_f64) {
        runtime().block_on(async {
            let house = House::new();
            let all = history(shape(seed));
            house.record(&all).await;
            let views = house.views().await;
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss,
                reason = "a part of a small length")]
            let number = (all.len() as f64 * part) as u64;
            let then = replay(&house.catalogue, &house.source(), Some(number), |_| {})
                .await
                .expect("replays");
            let shown = views.snapshot().expect("reads").at(number);
            let (shown, then) = (everything(&shown), everything(&then));
            let differing = shown.lines().zip(then.lines()).find(|(one, other)| one != other);
            assert!(shown == then, "{differing:?}");
        });
    }
}

#[tokio::test]
async fn a_reader_finishes_on_the_generation_it_began_with() {
    let house = House::new();
    house.record(&history(shape(3))).await;
    let views = house.views().await;
    let first = views.generation();
    let reader = views.snapshot().expect("reads");
    let before = digest(&reader);

    house.rebuild().await;
    assert_eq!(views.generation(), first, "nobody has looked yet");
    views.catch_up().await.expect("catches up");
    assert_ne!(views.generation(), first);

    assert_eq!(digest(&reader), before);
    let old = house.directory().join(format!("{first}.db"));
    assert!(old.exists(), "a reader holds it");
    drop(reader);
    assert!(!old.exists(), "the last reader is gone");
    assert_eq!(digest(&views.snapshot().expect("reads")), before);
}

#[tokio::test]
async fn a_server_goes_on_writing_in_the_generation_somebody_else_rebuilt() {
    let house = House::new();
    let all = history(shape(4));
    let (early, late) = all.split_at(all.len() / 2);
    house.record(early).await;
    let views = house.views().await;
    house.rebuild().await;
    house.record(late).await;
    let last = all.len() as u64 - 1;
    views.wait_for(last).await.expect("sees it");
    let live = live_in(house.directory(), &house.catalogue).expect("opens");
    assert_eq!(live.number().expect("reads"), Some(last));
}

#[tokio::test]
async fn a_rebuild_that_was_cut_off_leaves_the_live_one_and_is_simply_run_again() {
    let house = House::new();
    house
        .record(&history(Shape {
            corporations: 300,
            ..shape(5)
        }))
        .await;
    let views = house.views().await;
    let before = digest(&views.snapshot().expect("reads"));
    let generation = views.generation();

    let (source, catalogue) = (house.source(), house.catalogue.clone());
    let (begun, mut first_commit) = tokio::sync::mpsc::unbounded_channel();
    let tell = move |number| begun.send(number).expect("somebody listens");
    let directory = house.directory();
    let cut_off = async {
        tokio::select! {
            biased;
            number = first_commit.recv() => number,
            done = rebuild_in(directory, &catalogue, &source, tell) => panic!("not cut off: {done:?}"),
        }
    };
    assert!(cut_off.await.is_some());
    views.catch_up().await.expect("catches up");
    assert_eq!(views.generation(), generation);

    house.rebuild().await;
    views.catch_up().await.expect("catches up");
    assert_eq!(digest(&views.snapshot().expect("reads")), before);
    drop(views);
    let files = std::fs::read_dir(house.directory()).expect("lists");
    let names = files.filter_map(|file| file.expect("lists").file_name().into_string().ok());
    let databases: Vec<_> = names.filter(|name| name.ends_with(".db")).collect();
    assert_eq!(databases.len(), 1, "{databases:?}");
}

#[tokio::test]
async fn an_event_that_cannot_be_read_stops_the_read_models_before_it() {
    let house = House::new();
    let all = history(shape(6));
    house.record(&all).await;
    house.record_nonsense().await;
    house
        .record(&history(Shape {
            corporations: 1,
            ..shape(7)
        }))
        .await;
    let nonsense = all.len() as u64;
    let failed = Views::open(house.directory(), house.catalogue.clone(), house.source()).await;
    let Err(ViewsError::Unreadable { number, why }) = failed else {
        panic!("it stops");
    };
    assert_eq!(number, nonsense);
    assert!(why.contains("poa.eaten_by_a_goat.v1"), "{why}");
}

#[tokio::test]
async fn live_read_models_keep_everything_before_an_event_that_cannot_be_read() {
    let house = House::new();
    let views = house.views().await;
    let all = history(shape(8));
    house.record(&all).await;
    house.record_nonsense().await;
    let stopped = views.catch_up().await;
    let nonsense = all.len() as u64;
    assert!(
        matches!(stopped, Err(ViewsError::Unreadable { number, .. }) if number == nonsense),
        "{stopped:?}"
    );
    assert_eq!(views.applied(), Some(nonsense - 1));
}

#[tokio::test]
async fn a_caller_sees_its_own_result_and_listeners_hear_what_changed() {
    let house = House::new();
    let views = house.views().await;
    let mut heard = views.notices();
    house
        .record(&history(Shape {
            corporations: 1,
            last_day: 0,
            ..shape(9)
        }))
        .await;
    let last = house
        .log
        .head()
        .await
        .expect("reads")
        .expect("is there")
        .number;
    views.wait_for(last).await.expect("sees it");
    let snapshot = views.snapshot().expect("reads");
    assert_eq!(snapshot.number().expect("reads"), Some(last));
    let notice = heard.try_recv().expect("heard something");
    assert!(notice.number <= last);

    let beyond = views.wait_for(last + 1).await;
    assert!(matches!(beyond, Err(ViewsError::Stopped(_))), "{beyond:?}");
}

#[tokio::test]
async fn read_models_ahead_of_a_log_that_was_set_back_are_made_anew() {
    let house = House::new();
    house.record(&history(shape(10))).await;
    drop(house.views().await);
    let earlier = House {
        place: house.place,
        ..House::new()
    };
    earlier
        .record(&history(Shape {
            corporations: 1,
            ..shape(10)
        }))
        .await;
    let views = earlier.views().await;
    let head = earlier
        .log
        .head()
        .await
        .expect("reads")
        .map(|last| last.number);
    assert_eq!(views.applied(), head);
}

#[tokio::test]
async fn no_personal_text_lies_outside_its_one_table() {
    let house = House::new();
    house.record(&history(shape(11))).await;
    let views = house.views().await;
    let file = house.directory().join(format!("{}.db", views.generation()));
    let conn = rusqlite::Connection::open(file).expect("opens");
    let mut tables = conn
        .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'personal_texts'")
        .expect("prepares");
    let tables: Vec<String> = tables
        .query_map([], |row| row.get(0))
        .expect("lists")
        .collect::<Result<_, _>>()
        .expect("lists");
    let mut held = 0;
    for table in tables {
        let mut rows = conn
            .prepare(&format!("SELECT * FROM {table}"))
            .expect("prepares");
        let width = rows.column_count();
        let mut rows = rows.query([]).expect("selects");
        while let Some(row) = rows.next().expect("reads") {
            for column in 0..width {
                if let Ok(text) = row.get::<_, String>(column) {
                    let personal = [
                        "連絡 ",
                        "011-0000",
                        "代表者印がない",
                        "写しは紙で保管",
                        "担当 ",
                    ];
                    assert!(
                        !personal.iter().any(|name| text.contains(name)),
                        "{table}: {text}"
                    );
                }
            }
            held += 1;
        }
    }
    assert!(held > 0);
    let texts: i64 = conn
        .query_row("SELECT count(*) FROM personal_texts", [], |row| row.get(0))
        .expect("counts");
    assert!(texts > 12);
}

#[tokio::test]
async fn a_moment_is_found_by_its_instant() {
    let house = House::new();
    house.record(&history(shape(12))).await;
    let views = house.views().await;
    let snapshot = views.snapshot().expect("reads");
    let events = house.log.read_all(None, usize::MAX).await.expect("reads");
    let fifth = &events[5];
    let wanted = events
        .iter()
        .rev()
        .find(|event| event.recorded_at <= fifth.recorded_at);
    let found = case_history::number_at(&snapshot, fifth.recorded_at).expect("reads");
    assert_eq!(found, wanted.map(|event| event.number));
    let before = events[0].recorded_at - chrono::Duration::seconds(1);
    assert_eq!(
        case_history::number_at(&snapshot, before).expect("reads"),
        None
    );
}

#[tokio::test]
async fn the_history_of_a_case_has_the_events_that_concern_it() {
    let house = House::new();
    let all = history(shape(13));
    house.record(&all).await;
    let views = house.views().await;
    let snapshot = views.snapshot().expect("reads");
    let stream = all
        .iter()
        .find_map(|happening| match (&happening.stream, &happening.event) {
            (Stream::Poa(_), Event::Poa(_)) => Some(happening.stream.clone()),
            _ => None,
        })
        .expect("a paper is asked for");
    let rows = case_history::of_stream(&snapshot, &stream).expect("reads");
    let versions: Vec<_> = rows.iter().map(|row| row.version).collect();
    assert_eq!(versions, (0..rows.len() as u64).collect::<Vec<_>>());
    assert_eq!(rows[0].kind, "poa.requested.v1");
    assert_eq!(
        rows[0].rulebook.as_deref(),
        Some("honobono-mini2@2015-01-01 r1")
    );
}

#[tokio::test]
async fn a_corporations_new_name_shows_in_everything_that_names_it() {
    let house = House::new();
    house
        .record(&history(Shape {
            corporations: 60,
            last_day: 110,
            ..shape(14)
        }))
        .await;
    let views = house.views().await;
    let snapshot = views.snapshot().expect("reads");
    let count = |sql: &str| snapshot.count(sql, &[]).expect("counts");
    let of_table = |table: &str, condition: &str| {
        count(&format!(
            "SELECT count(*) FROM {{{table} r}} JOIN {{corporations c}} ON c.id = r.corporation WHERE {condition}"
        ))
    };
    for table in [
        "cases",
        "poas",
        "intake",
        "issuance",
        "agenda",
        "postponements",
    ] {
        assert!(of_table(table, "TRUE") > 0, "{table}");
        assert_eq!(
            of_table(table, "c.name <> r.corporation_name"),
            0,
            "{table}"
        );
    }
    for table in ["cases", "poas", "intake"] {
        assert!(of_table(table, "c.name LIKE '%新第%'") > 0, "{table}");
        let lost = "c.name LIKE '%新第%' AND r.search NOT LIKE '%新第%'";
        assert_eq!(of_table(table, lost), 0, "{table}");
    }
}
