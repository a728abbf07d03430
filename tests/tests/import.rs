//! `daicho import` as a user runs it: what it prints, how it ends, and that it can be interrupted and
//! repeated at will.

use std::fmt::Write as _;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;

use daicho_eventlog::open::{for_reading, for_writing};
use daicho_eventlog::{DataDir, Durability, EventLog, SystemClock};
use daicho_tests::binary::{Said, daicho};
use daicho_workers::simulation::offices::invent;
use serde_json::{Value, json};
use tempfile::TempDir;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/import")
        .join(name)
}

/// A directory whose `data` is the data directory, its master key beside it.
fn parent() -> TempDir {
    tempfile::tempdir().expect("a directory")
}

fn data(parent: &TempDir) -> PathBuf {
    parent.path().join("data")
}

fn import(parent: &TempDir, files: &[PathBuf], flags: &[&str]) -> Said {
    Said::by(daicho(&data(parent)).arg("import").args(files).args(flags))
}

fn stats(parent: &TempDir) -> Value {
    Said::by(daicho(&data(parent)).args(["log", "stats", "--json"])).json()
}

fn verify(parent: &TempDir) {
    let verified = Said::by(daicho(&data(parent)).args(["log", "verify"]));
    assert_eq!(
        (verified.code, verified.err.as_str()),
        (Some(0), ""),
        "{}",
        verified.out
    );
}

const SAMPLE_GAIN: [(&str, u64); 4] = [
    ("corporations", 5),
    ("offices", 8),
    ("entries", 2),
    ("changed", 0),
];

fn gain(counts: [(&str, u64); 4]) -> Value {
    counts
        .into_iter()
        .map(|(name, count)| (name.to_owned(), Value::from(count)))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

#[test]
fn an_import_reports_its_lines_and_running_it_twice_adds_nothing() {
    let parent = parent();
    let first = import(&parent, &[fixture("published_sample.csv")], &["--json"]);
    assert_eq!((first.code, first.err.as_str()), (Some(0), ""));
    let report = first.json();
    assert_eq!(report["gained"], gain(SAMPLE_GAIN));
    let counts = &report["counts"];
    let outcomes =
        ["lines", "taken", "noted", "warned", "refused"].map(|name| counts[name].as_u64());
    assert_eq!(outcomes, [15, 3, 2, 6, 4].map(Some));
    let refused = &report["files"][0]["lines"][9];
    let expected = json!({ "level": "refusal", "code": "office_number_lost_zero", "field": "事業所番号",
        "value": "879900116", "offered": ["0879900116"],
        "message": "事業所番号「879900116」は9文字です。先頭の0が落ちています。0を補って入力してください（表計算ソフトでは列を文字列にします）。「0879900116」ではありませんか。" });
    assert_eq!(
        (&refused["line_no"], &refused["remarks"][0]),
        (&json!(11), &expected)
    );

    let before = stats(&parent);
    let again = import(&parent, &[fixture("published_sample.csv")], &["--json"]);
    assert_eq!(
        again.json()["gained"],
        gain([
            ("corporations", 0),
            ("offices", 0),
            ("entries", 0),
            ("changed", 0)
        ])
    );
    assert_eq!(again.json()["counts"], report["counts"]);
    assert_eq!(stats(&parent), before);
    verify(&parent);
}

#[test]
fn a_dry_run_shows_the_same_and_writes_nothing() {
    let parent = parent();
    let files = [fixture("published_sample.csv"), fixture("own_sample.csv")];
    let mut foreseen = import(&parent, &files, &["--dry-run", "--json"]).json();
    assert!(!data(&parent).exists());
    let taken = import(&parent, &files, &["--json"]).json();
    assert_eq!(foreseen["dry_run"].take(), json!(true));
    foreseen["dry_run"] = json!(false);
    assert_eq!(foreseen, taken);
    let before = stats(&parent);
    import(&parent, &files, &["--dry-run"]);
    assert_eq!(stats(&parent), before);
}

#[test]
fn a_person_reads_warnings_and_refusals_and_the_rest_is_counted() {
    let parent = parent();
    let said = import(&parent, &[fixture("published_sample.csv")], &[]);
    let lines: Vec<&str> = said.out.lines().collect();
    assert!(
        lines[0].ends_with("published_sample.csv（15行）"),
        "{}",
        lines[0]
    );
    assert_eq!(
        lines[1],
        "  5行目 要確認 1479900043 法人番号がありません。事業所番号ごとの仮の法人で取り込みます。後で正しい法人に統合してください。"
    );
    assert_eq!(lines.len(), 1 + 10 + 3);
    assert_eq!(
        lines[12],
        "合計 15行: そのまま 3 / 整形して 2 / 要確認 6 / 取り込めない 4"
    );
    assert_eq!(
        lines[13],
        "台帳に加わったもの: 法人 5 / 事業所 8 / サービス種別の追加 2 / 内容の変更 0"
    );
    let every = import(
        &parent,
        &[fixture("published_sample.csv")],
        &["--every-line"],
    );
    assert_eq!(every.out.lines().count(), 1 + 15 + 3);
}

#[test]
fn a_file_that_cannot_be_taken_ends_with_one_and_the_others_are_taken() {
    let parent = parent();
    let files = [
        "published_utf16.csv",
        "published_sample.csv",
        "published_shift_jis.csv",
    ]
    .map(fixture);
    let said = import(&parent, &files, &["--json"]);
    assert_eq!(said.code, Some(1));
    let report = said.json();
    let codes: Vec<&str> = report["files"]
        .as_array()
        .expect("files")
        .iter()
        .filter_map(|f| f["fault"]["code"].as_str())
        .collect();
    assert_eq!(codes, ["file_utf16", "file_shift_jis"]);
    assert_eq!(
        (&report["files_taken"], &report["files_not_taken"]),
        (&json!(1), &json!(2))
    );
    assert_eq!(report["gained"], gain(SAMPLE_GAIN));
    let sentences: Vec<&str> = said.err.lines().collect();
    assert!(
        sentences[0].starts_with("daicho: 「") && sentences[0].contains("文字コードがUTF-16です。"),
        "{}",
        said.err
    );
    assert!(
        sentences[1].contains("文字コードがShift_JISです。"),
        "{}",
        said.err
    );
}

#[test]
fn half_a_gigabyte_without_an_end_of_line_is_refused_at_once() {
    let parent = parent();
    let path = parent.path().join("large.csv");
    let header = "事業所番号,事業所名\n1379900010,\"";
    std::fs::write(&path, header).expect("written");
    let file = File::options().write(true).open(&path).expect("it opens");
    file.set_len(500 << 20).expect("it grows");
    let said = import(&parent, &[path], &[]);
    assert_eq!(said.code, Some(1));
    assert!(said.err.contains("の2行目が終わりません。"), "{}", said.err);
    assert!(!data(&parent).exists(), "nothing is begun for nothing");
}

#[test]
fn usage_is_told_apart_from_refusal() {
    let parent = parent();
    assert_eq!(import(&parent, &[], &[]).code, Some(2));
    assert_eq!(
        import(&parent, &[parent.path().join("missing.csv")], &[]).code,
        Some(1)
    );
}

#[test]
fn the_template_that_is_printed_can_be_filled_in_and_taken() {
    let parent = parent();
    let path = parent.path().join("template.csv");
    let printed = Said::by(daicho(&data(&parent)).args(["import", "--template"]));
    assert_eq!(printed.code, Some(0));
    std::fs::write(&path, printed.out).expect("written");
    let said = import(&parent, &[path], &["--json"]);
    assert_eq!(said.json()["counts"]["taken"], json!(1));
}

#[test]
fn each_sheet_of_moving_in_has_a_template_that_is_known_again() {
    let parent = parent();
    for kind in [
        "mandates",
        "balances",
        "enrolments",
        "transmissions",
        "ends",
        "licences",
    ] {
        let path = parent.path().join(format!("{kind}.csv"));
        let asked = ["import", "--template", kind, "--out"];
        let written = Said::by(daicho(&data(&parent)).args(asked).arg(&path));
        assert_eq!(written.code, Some(0), "{kind}: {}", written.err);
        let known = daicho_api::moving::Table::kind_of(&path).expect("it reads");
        assert!(known.is_some(), "{kind}");
    }
}

#[test]
fn a_template_that_has_no_workbook_says_how_it_is_taken_instead() {
    let parent = parent();
    for (name, ending) in [("offices", ".csv"), ("totals", ".toml")] {
        let path = parent.path().join("ひな形.xlsx");
        let asked = ["import", "--template", name, "--out"];
        let said = Said::by(daicho(&data(&parent)).args(asked).arg(&path));
        assert_eq!(said.code, Some(2), "{name}: {}", said.err);
        let expected = format!("ひな形「{name}」にExcelブックはありません");
        assert!(said.err.contains(&expected), "{}", said.err);
        assert!(said.err.contains(ending), "{}", said.err);
        assert!(!path.exists());
    }
}

#[test]
fn a_second_writing_process_is_refused() {
    let parent = parent();
    let dir = DataDir::at(data(&parent));
    let _writer =
        for_writing(&dir, None, Arc::new(SystemClock), Durability::Acknowledged).expect("it opens");
    let said = import(&parent, &[fixture("own_sample.csv")], &[]);
    assert_eq!(said.code, Some(1));
    assert!(said.err.contains("別の daicho"), "{}", said.err);
    let beside = import(&parent, &[fixture("own_sample.csv")], &["--dry-run"]);
    assert_eq!((beside.code, beside.err.as_str()), (Some(0), ""));
}

/// Our own CSV with so many invented offices.
fn invented(parent: &TempDir, offices: usize) -> PathBuf {
    let mut text =
        "法人番号,法人の名称,事業所番号,事業所名,サービスの種類,住所,電話番号\n".to_owned();
    for corporation in invent(offices, 1) {
        let number = corporation.number.expect("invented ones have a number");
        for office in corporation.offices {
            let (name, kind) = (&office.name, &office.kind);
            let row = format!(
                "{number},{},{},{name},{kind},{},{}",
                corporation.name, office.number, office.address, office.phone
            );
            writeln!(text, "{row}").expect("text takes lines");
        }
    }
    let path = parent.path().join("invented.csv");
    std::fs::write(&path, text).expect("written");
    path
}

#[tokio::test]
async fn an_import_that_is_killed_is_simply_run_again() {
    let (whole, killed) = (parent(), parent());
    let file = invented(&whole, 2_000);
    let uninterrupted = import(&whole, std::slice::from_ref(&file), &["--json"]);
    assert_eq!(uninterrupted.json()["gained"]["offices"], json!(2_000));
    let expected = stats(&whole);

    for killed_after in [1, 300, 1_500] {
        let mut child = daicho(&data(&killed))
            .arg("import")
            .arg(&file)
            .stdout(Stdio::null())
            .spawn()
            .expect("the binary starts");
        let dir = DataDir::at(data(&killed));
        // It is killed while it writes: as soon as the log, read beside it, has so many events.
        while child.try_wait().expect("a child").is_none() {
            let Ok(opened) = for_reading(&dir, None) else {
                continue;
            };
            if opened
                .log
                .head()
                .await
                .ok()
                .flatten()
                .is_some_and(|head| head.number >= killed_after)
            {
                child.kill().expect("it is killed");
            }
        }
    }
    verify(&killed);
    let again = import(&killed, std::slice::from_ref(&file), &["--json"]);
    assert_eq!(again.code, Some(0), "{}", again.err);
    assert_eq!(stats(&killed), expected);
    let third = import(&killed, &[file], &["--json"]);
    assert_eq!(third.json()["gained"]["offices"], json!(0));
    assert_eq!(stats(&killed), expected);
}
