//! An import after people have worked with what the first one brought: what they decided stays.

use std::path::Path;
use std::sync::Arc;

use daicho_api::import::{Gained, Intake, Mode, Report, SourceFile, Style};
use daicho_domain::corporation::Command;
use daicho_domain::nouns;
use daicho_domain::rules::Policy;
use daicho_domain::stream::{CorporationId, OfficeId, Stream};
use daicho_eventlog::sealing::{Keys, MasterKey};
use daicho_eventlog::{Caused, Engine, MemoryLog, SystemClock, Training};
use uuid::Uuid;

async fn engine() -> Engine {
    let log = Arc::new(MemoryLog::new(Arc::new(SystemClock)));
    let keys =
        Keys::in_memory(MasterKey::for_training(Training { seed: 1 })).expect("keys in memory");
    let policy = Arc::new(Policy::seeded());
    Engine::start(log, Arc::new(keys), Arc::new(SystemClock), policy)
        .await
        .expect("the engine starts")
}

/// Imports the sample; what the log gained, and the report.
async fn import(engine: &Engine) -> (Gained, serde_json::Value) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/import/published_sample.csv");
    let source = SourceFile::open(&path).expect("the file can be taken");
    let (mut out, mut gained) = (Vec::new(), Gained::default());
    let mut report = Report::begin(&mut out, Style::Json, Mode::Take).expect("memory takes bytes");
    let intake = Intake {
        engine,
        mode: Mode::Take,
        actor: "import",
    };
    intake
        .run(&mut [source], &mut report, &mut gained, |_| {})
        .await
        .expect("it is taken");
    report.end(gained).expect("memory takes bytes");
    (
        gained,
        serde_json::from_slice(&out).expect("one JSON document"),
    )
}

async fn execute(engine: &Engine, id: u128, corporation: CorporationId, command: Command) {
    let command = nouns::Command::corporation(&Stream::Corporation(corporation), command);
    let executed = engine
        .execute(command, Caused::by_request("staff-1", Uuid::from_u128(id)))
        .await;
    assert_eq!(executed.expect("it is taken").events.len(), 1);
}

/// The codes said of an office's lines.
fn said(report: &serde_json::Value, office: &str) -> Vec<String> {
    let lines = report["files"][0]["lines"]
        .as_array()
        .expect("lines")
        .iter();
    let own = lines.filter(|line| line["office_number"] == office);
    let remarks = own.flat_map(|line| line["remarks"].as_array().expect("remarks"));
    remarks
        .map(|remark| remark["code"].as_str().expect("a code").to_owned())
        .collect()
}

#[tokio::test]
async fn an_office_that_a_person_took_out_stays_out() {
    let engine = engine().await;
    import(&engine).await;
    let corporation = CorporationId::of_number("8999900000001");
    let reason = "廃止".into();
    let command = Command::RemoveOffice {
        office: OfficeId::of_number("1379900010"),
        reason,
    };
    execute(&engine, 1, corporation, command).await;
    let (gained, report) = import(&engine).await;
    assert_eq!(gained, Gained::default());
    assert_eq!(
        said(&report, "1379900010"),
        [
            "office_removed",
            "key_twice",
            "office_removed",
            "office_removed"
        ]
    );
}

#[tokio::test]
async fn a_provisional_corporation_that_was_merged_stays_merged() {
    let engine = engine().await;
    import(&engine).await;
    let provisional = CorporationId::provisional("1479900043");
    let into = CorporationId::of_number("8999900000001");
    execute(
        &engine,
        1,
        provisional,
        Command::MergeInto { corporation: into },
    )
    .await;
    let (gained, report) = import(&engine).await;
    assert_eq!(gained, Gained::default());
    assert_eq!(
        said(&report, "1479900043"),
        ["corporate_number_missing", "corporation_merged"]
    );
}

#[tokio::test]
async fn an_entry_that_changed_in_the_file_changes_in_the_register() {
    let engine = engine().await;
    import(&engine).await;
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("changed.csv");
    let text = "事業所番号,事業所名,サービスの種類,法人番号,電話番号\n\
        1379900010,見本訪問入浴,訪問入浴介護,8999900000001,03-0000-9999\n";
    std::fs::write(&path, text).expect("written");
    let source = SourceFile::open(&path).expect("the file can be taken");
    let mut gained = Gained::default();
    let mut report =
        Report::begin(Vec::new(), Style::Summary, Mode::Take).expect("memory takes bytes");
    let intake = Intake {
        engine: &engine,
        mode: Mode::Take,
        actor: "import",
    };
    intake
        .run(&mut [source], &mut report, &mut gained, |_| {})
        .await
        .expect("it is taken");
    assert_eq!(
        gained,
        Gained {
            changed: 1,
            ..Gained::default()
        }
    );
}

#[tokio::test]
async fn a_column_that_a_file_lacks_erases_nothing() {
    let engine = engine().await;
    import(&engine).await;
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("few_columns.csv");
    let text = "事業所番号,事業所名,サービスの種類,法人番号\n2779900030,新しい名前,通所リハビリテーション,6999900000003\n";
    std::fs::write(&path, text).expect("written");
    let source = SourceFile::open(&path).expect("the file can be taken");
    let mut report =
        Report::begin(Vec::new(), Style::Summary, Mode::Take).expect("memory takes bytes");
    let intake = Intake {
        engine: &engine,
        mode: Mode::Take,
        actor: "import",
    };
    intake
        .run(&mut [source], &mut report, &mut Gained::default(), |_| {})
        .await
        .expect("it is taken");

    let stream = Stream::Corporation(CorporationId::of_number("6999900000003"));
    let state = engine.state(&stream).await.expect("the log can be read");
    let nouns::State::Corporation(corporation) = &*state else {
        panic!("a corporation's stream")
    };
    let office = corporation
        .registered()
        .expect("it is registered")
        .office(OfficeId::of_number("2779900030"));
    let entry = office
        .expect("the office is there")
        .entry("通所リハビリテーション")
        .expect("the entry is there");
    assert_eq!(
        (entry.name.as_str(), entry.phone.as_deref()),
        ("新しい名前", Some("（06）0000‐0003"))
    );
    let normalised: Vec<&str> = entry.normalised.keys().map(String::as_str).collect();
    assert_eq!(normalised, ["address", "kana", "phone"]);
}
