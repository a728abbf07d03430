//! The machine refuses, somebody asks for what is not there, the clock jumps: a clear sentence each time, and
//! nothing half done. Corrupt files are in `import_files.rs`, wrong rule books beside the rules, a log's own
//! refusals beside the log.

use daicho_tests::binary::{self, Said, daicho};
use daicho_tests::practice::{Practice, today};
use daicho_tests::server::Server;
use daicho_workers::simulation::offices::invent;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A small disk, where this process may mount one. It is unmounted when the value goes.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mounted(at: &Path, size: &str) -> Option<Self> {
        std::fs::create_dir(at).expect("a directory");
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size}"), "daicho-test"])
            .arg(at)
            .output();
        mounted(mount).then(|| Self(at.to_owned()))
    }

    fn grows_to(&self, size: &str) {
        let options = format!("remount,size={size}");
        let mut mount = Command::new("mount");
        mount.args(["-o", &options]).arg(&self.0);
        assert!(mounted(mount.output()), "the disk grows");
    }
}

fn mounted(mount: std::io::Result<std::process::Output>) -> bool {
    mount.is_ok_and(|mount| mount.status.success())
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let gone = Command::new("umount").arg(&self.0).status();
        assert!(gone.is_ok_and(|gone| gone.success()), "it is unmounted");
    }
}

/// Our own CSV with so many invented offices.
fn invented(at: &Path, offices: usize) -> PathBuf {
    let mut text = "法人番号,法人の名称,事業所番号,事業所名,サービスの種類\n".to_owned();
    for corporation in invent(offices, 1) {
        let number = corporation.number.expect("invented ones have a number");
        for office in &corporation.offices {
            let (name, kind) = (&office.name, &office.kind);
            writeln!(
                text,
                "{number},{},{},{name},{kind}",
                corporation.name, office.number
            )
            .expect("text takes lines");
        }
    }
    let file = at.join("invented.csv");
    std::fs::write(&file, text).expect("a file");
    file
}

#[test]
fn a_full_disk_ends_an_import_with_a_sentence_and_room_lets_it_go_on() {
    let place = tempfile::tempdir().expect("a directory");
    let Some(disk) = SmallDisk::mounted(&place.path().join("disk"), "3m") else {
        eprintln!("only root mounts a small disk; the page limit is tested beside the log");
        return;
    };
    let file = invented(place.path(), 3_000);
    let data = disk.0.join("data");
    let import = || Said::by(daicho(&data).arg("import").arg(&file).arg("--json"));
    let said = import();
    assert_eq!(said.code, Some(1), "{}{}", said.out, said.err);
    assert!(said.err.contains("空き容量がない"), "{}", said.err);
    assert_eq!(said.err.lines().count(), 1, "{}", said.err);

    disk.grows_to("200m");
    let verify = || Said::by(daicho(&data).args(["log", "verify", "--json"]));
    assert_eq!(verify().json()["sound"], true, "nothing is half written");
    let said = import();
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert_eq!(verify().json()["sound"], true);
    let again = import();
    assert_eq!(
        again.json()["gained"]["offices"],
        json!(0),
        "all 3,000 are in"
    );
    let stats = Said::by(daicho(&data).args(["log", "stats", "--json"])).json();
    let added = &stats["events_by_type"]["corporation.office_added.v1"];
    assert_eq!(added, &json!(3_000));
}

/// The binary run as nobody, from a copy that nobody may run; `None` when we may not become nobody.
fn as_nobody(place: &Path, data: &Path, arguments: &[&str]) -> Option<Said> {
    let copy = place.join("daicho");
    if !copy.exists() {
        std::fs::copy(binary::path(), &copy).expect("a copy");
    }
    let mut command = Command::new("setpriv");
    command
        .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
        .arg(&copy)
        .arg("--data")
        .arg(data)
        .args(arguments);
    let id = Command::new("id").arg("-u").output().expect("id is there");
    (id.stdout == b"0\n").then(|| Said::by(&mut command))
}

#[test]
fn a_directory_that_cannot_be_written_is_refused_and_read_all_the_same() {
    let practice = Practice::of(3, 3, 1);
    let data = practice.data();
    let place = data.parent().expect("it lies in a directory");
    let opened = |path: &Path, mode| {
        let mode = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(path, mode).expect("a mode");
    };
    opened(place, 0o755);
    opened(&data, 0o555);
    for entry in std::fs::read_dir(&data).expect("a directory") {
        let path = entry.expect("an entry").path();
        opened(&path, if path.is_dir() { 0o555 } else { 0o444 });
    }
    let Some(refused) = as_nobody(place, &data, &["serve", "--listen", "127.0.0.1:0"]) else {
        eprintln!("only root can become nobody; the adapter tests this as whoever runs it");
        return;
    };
    assert_eq!(refused.code, Some(1), "{}", refused.out);
    assert!(refused.err.contains("書き込めません"), "{}", refused.err);
    assert_eq!(refused.out, "", "it never listened");
    let stats = as_nobody(place, &data, &["log", "stats", "--json"]).expect("we are root");
    assert_eq!(stats.code, Some(0), "{}", stats.err);
    assert_eq!(stats.json(), practice.says_json(&["log", "stats"]));
    practice.is_sound();
}

#[test]
fn a_second_writing_process_is_refused_and_everything_else_works_beside_the_first() {
    let practice = Practice::of(3, 3, 1);
    let server = Server::on(&practice.data());
    let second = Said::by(daicho(&practice.data()).args(["serve", "--listen", "127.0.0.1:0"]));
    assert_eq!((second.code, second.out.as_str()), (Some(1), ""));
    assert!(second.err.contains("別の daicho"), "{}", second.err);
    let file = invented(practice.data().parent().expect("a directory"), 3);
    let import = Said::by(daicho(&practice.data()).arg("import").arg(file));
    assert_eq!(import.code, Some(1));
    assert!(import.err.contains("別の daicho"), "{}", import.err);
    practice.is_sound();
    practice.says(&["views", "rebuild"]);
    practice.is_sound();
    let page = server.caller("").gets("/cases").expect("it answers");
    assert_eq!(page.status, 200);
    assert!(server.stops().success());
}

/// The days that are open, the last one last.
fn open_days(practice: &Practice) -> Vec<String> {
    let events = practice.events();
    let opened = events
        .iter()
        .filter(|event| event["type"] == "office_day.opened.v1");
    let stream = |event: &Value| event["stream"].as_str().map(str::to_owned);
    opened.filter_map(stream).collect()
}

#[test]
fn a_clock_that_jumps_by_a_year_opens_no_day_until_a_person_says_so() {
    let practice = Practice::of(2, 370, 366);
    let before = open_days(&practice);
    let errors = tempfile::NamedTempFile::new().expect("a file");
    let server = Server::start(
        daicho(&practice.data())
            .arg("serve")
            .stderr(errors.reopen().expect("the same file")),
    );
    let metrics = server.caller("").gets("/metrics").expect("it answers");
    assert_eq!(metrics.status, 200);
    assert!(server.stops().success());
    assert_eq!(open_days(&practice), before, "no day was opened");
    let said = std::fs::read_to_string(errors.path()).expect("it is read");
    assert!(said.contains("a person must confirm"), "{said}");

    // A confirmation for less than the gap is none.
    let confirm = |until: String| {
        let mut serve = daicho(&practice.data());
        serve.args(["serve", "--confirm-days-until", &until]);
        let server = Server::start(serve.stderr(std::process::Stdio::null()));
        assert!(server.stops().success());
    };
    confirm((today() - chrono::Days::new(200)).to_string());
    assert_eq!(open_days(&practice), before, "that day is not the clock's");
    confirm(today().to_string());
    let opened = open_days(&practice);
    assert_eq!(opened.last(), Some(&format!("office_day-{}", today())));
    assert_eq!(
        opened.len(),
        before.len() + 366,
        "every day of the year, in its order"
    );
    assert!(opened.is_sorted());
    practice.is_sound();
}

#[test]
fn a_day_beyond_the_holiday_table_is_answered_as_expected_and_never_as_fixed() {
    let nowhere = tempfile::tempdir().expect("a directory");
    let explain = |on: &str| {
        let arguments = ["explain", "care-net-messenger", "transmission", "--on", on];
        let said = Said::by(daicho(nowhere.path()).args(arguments));
        assert_eq!(said.code, Some(0), "{}", said.err);
        said.out
    };
    let within = explain("2026-05-11");
    assert!(within.contains("確定"), "{within}");
    let beyond = explain("2040-05-10");
    assert!(beyond.contains("見込み"), "{beyond}");
}

#[test]
fn what_is_not_there_is_named_and_nothing_is_recorded() {
    let practice = Practice::of(3, 3, 0);
    let clerk = practice.clerk();
    let server = Server::on(&practice.data());
    let caller = server.caller(&clerk);
    let events = practice.events().len();
    let unknown = "0000000000000000000000000000dead";
    let receive = json!({ "arrived_on": today(), "channel": "post" });
    let office = json!({ "offices": [{ "number": "0170210231" }], "received_on": today(), "channel": "form" });
    let corporation = format!("/api/v1/corporations/{unknown}");
    for (path, body, status, code) in [
        (
            format!("/api/v1/poas/{unknown}/receive"),
            &receive,
            404,
            "poa.unknown",
        ),
        (
            format!("{corporation}/transmissions/care-net-messenger/apply"),
            &office,
            404,
            "transmission.unknown_corporation",
        ),
        (
            format!("{corporation}/transmissions/honobono-mini3/apply"),
            &office,
            400,
            "http.unreadable",
        ),
        (
            format!("{corporation}/change_name"),
            &json!({ "name": "新しい名前" }),
            404,
            "corporation.unknown",
        ),
    ] {
        let answer = caller.posts(&path, body).expect("it answers");
        let problem = answer.json();
        assert_eq!(
            (answer.status, problem["code"].as_str()),
            (status, Some(code)),
            "{path}: {}",
            answer.body
        );
        assert_eq!(
            answer.header("content-type"),
            Some("application/problem+json")
        );
    }
    for path in [
        "/cases/999999",
        "/corporations/000",
        "/nothing",
        "/cases/of/poa-x",
    ] {
        let page = caller.gets(path).expect("it answers");
        assert_eq!(page.status, 404, "{path}");
        assert!(page.body.contains("<html lang=\"ja\">"), "{path}");
    }
    assert_eq!(practice.events().len(), events, "nothing was recorded");
    let replay = Said::by(daicho(&practice.data()).args(["replay", "--case", "999999"]));
    assert_eq!(replay.code, Some(1), "{}", replay.out);
    assert_eq!(replay.err.lines().count(), 1, "{}", replay.err);
}
