//! A fresh directory: nobody works there yet, and the first one can begin.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use daicho_tests::binary::daicho;
use daicho_tests::practice::today;
use daicho_tests::server::Server;
use serde_json::json;

const FIRST: &str = "00000000000000000000000000000001";
const SECOND: &str = "00000000000000000000000000000002";

#[test]
fn the_first_member_of_the_staff_names_herself_and_nobody_after_her_does() {
    let place = tempfile::tempdir().expect("a directory");
    let server = Server::on(&place.path().join("data"));
    let nobody = server.caller("");
    let named = |id: &str| format!("/api/v1/staff/{id}/name");
    let body = json!({ "name": "佐藤" });
    let register = json!({ "name": "社会福祉法人あおぞら会", "number": "7000012050002" });
    let corporation = "/api/v1/corporations/000000000000000000000000000000cc";
    let refused = nobody
        .posts(&format!("{corporation}/register"), &register)
        .expect("it answers");
    assert_eq!(refused.json()["code"], "http.no_staff");
    let first = nobody.posts(&named(FIRST), &body).expect("it answers");
    assert_eq!(first.status, 200, "{}", first.body);
    let refused = nobody.posts(&named(SECOND), &body).expect("it answers");
    assert_eq!(
        (refused.status, refused.json()["code"].as_str()),
        (403, Some("http.no_staff"))
    );

    let clerk = server.caller(FIRST);
    let taken = clerk.posts(&named(SECOND), &body).expect("it answers");
    assert_eq!(taken.status, 200, "{}", taken.body);
    let registered = clerk
        .posts(&format!("{corporation}/register"), &register)
        .expect("it answers");
    assert_eq!(registered.status, 200, "{}", registered.body);
    assert_eq!(
        registered.json()["events"][0]["occurred_on"],
        json!(today())
    );
    let page = clerk.gets("/corporations").expect("it answers");
    assert!(page.body.contains("社会福祉法人あおぞら会"));
    assert!(server.stops().success());
}

#[test]
fn what_it_makes_is_its_owners_alone() {
    let place = tempfile::tempdir().expect("a directory");
    let data = place.path().join("data");
    assert!(Server::on(&data).stops().success());
    let made = everything_in(&data);
    assert!(made.iter().any(|path| path.ends_with("log.db")), "{made:?}");
    for path in made {
        let mode = path.metadata().expect("it is there").permissions().mode();
        assert_eq!(mode & 0o077, 0, "{} has mode {mode:o}", path.display());
    }
}

#[test]
fn a_faulty_template_of_the_office_is_refused_at_the_start_with_file_line_and_what_is_wrong() {
    let place = tempfile::tempdir().expect("a directory");
    let letter = place.path().join("templates/resumed");
    std::fs::create_dir_all(&letter).expect("a folder");
    let config = place.path().join("daicho.toml");
    let templates = place.path().join("templates");
    let said = format!("[letters]\ntemplates = {templates:?}\n");
    std::fs::write(&config, said).expect("it is written");
    let edited = |text: &str| std::fs::write(letter.join("2.typ"), text).expect("it is written");
    let data = place.path().join("data");

    edited("// 再開\n#let letter(data) = [#data.resumd_on]\n");
    let mut command = daicho(&data);
    command.args(["serve", "--listen", "127.0.0.1:0", "--config"]);
    let refused = command.arg(&config).output().expect("it runs");
    assert_eq!(refused.status.code(), Some(1));
    let said = String::from_utf8(refused.stderr).expect("it is text");
    for part in [
        "ひな形 resumed/2.typ の 2 行目",
        "resumd_on",
        "letter.template_faulty",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(!data.join("log.db").exists(), "nothing was begun");

    edited("// 再開\n#let letter(data) = [#data.resumed_on]\n");
    let server = Server::start(daicho(&data).args(["serve", "--config"]).arg(&config));
    assert!(server.stops().success());
}

/// The directory itself and whatever lies in it, at any depth.
fn everything_in(directory: &Path) -> Vec<PathBuf> {
    let inside = std::fs::read_dir(directory)
        .expect("a directory")
        .flat_map(|entry| {
            let path = entry.expect("an entry").path();
            match path.is_dir() {
                true => everything_in(&path),
                false => vec![path],
            }
        });
    std::iter::once(directory.to_owned())
        .chain(inside)
        .collect()
}
