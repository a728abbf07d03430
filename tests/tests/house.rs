//! The house rules: who may depend on whom, what every file says of itself, what every refusal has.

use cargo_metadata::{DependencyKind, MetadataCommand};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().expect("the workspace").to_path_buf()
}

/// What each crate of the house may use of the house.
const ARROWS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("schemas", &["domain"]),
    ("eventlog", &["domain", "schemas"]),
    ("grpc", &["eventlog"]),
    ("projections", &["domain", "schemas", "eventlog"]),
    ("workers", &["domain", "schemas", "eventlog", "projections"]),
    ("letters", &["domain", "workers"]),
    ("post", &["domain", "workers"]),
    (
        "api",
        &["domain", "schemas", "eventlog", "projections", "workers"],
    ),
    (
        "ops",
        &[
            "domain",
            "schemas",
            "eventlog",
            "grpc",
            "projections",
            "workers",
            "letters",
            "post",
            "api",
        ],
    ),
];

#[test]
fn the_crates_depend_on_each_other_along_the_datas_way_and_not_back() {
    let metadata = MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .no_deps()
        .exec()
        .expect("cargo describes the workspace");
    let arrows: BTreeMap<_, BTreeSet<_>> = ARROWS
        .iter()
        .map(|(name, may)| (*name, may.iter().copied().collect()))
        .collect();
    for package in &metadata.packages {
        let Some(name) = package.name.strip_prefix("daicho-") else {
            panic!("{} is not a crate of the house", package.name);
        };
        if name == "tests" {
            continue;
        }
        let may = arrows.get(name).unwrap_or_else(|| {
            panic!("an eleventh crate: {name}. It needs an argument and an arrow.")
        });
        for used in package
            .dependencies
            .iter()
            .filter(|dependency| dependency.kind == DependencyKind::Normal)
            .filter_map(|dependency| dependency.name.strip_prefix("daicho-"))
        {
            assert!(may.contains(used), "{name} uses {used}");
        }
    }
}

/// The files that git tracks, or would, with this ending.
fn files(ending: &str) -> Vec<PathBuf> {
    let listed = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .expect("git lists the files");
    String::from_utf8(listed.stdout)
        .expect("file names are UTF-8")
        .lines()
        .filter(|name| name.ends_with(ending))
        .map(|name| root().join(name))
        .filter(|path| path.exists())
        .collect()
}

#[test]
fn every_source_file_opens_by_saying_what_it_is() {
    let silent: Vec<_> = files(".rs")
        .into_iter()
        .filter(|path| {
            let text = fs::read_to_string(path).expect("a source file can be read");
            !text.starts_with("//!")
        })
        .collect();
    assert!(silent.is_empty(), "{silent:#?}");
}

/// Where one of the marks stands in one of the files.
fn found(marks: &[&str], files: impl IntoIterator<Item = PathBuf>) -> Vec<String> {
    let mut found = Vec::new();
    for path in files {
        let text = fs::read_to_string(&path).expect("a source file can be read");
        let marks = marks.iter().filter(|mark| text.contains(**mark));
        found.extend(marks.map(|mark| format!("{}: {mark}", path.display())));
    }
    found
}

#[test]
fn nothing_is_left_open_or_passed_over() {
    let marks = [
        concat!("#[", "ignore"),
        concat!("to", "do!("),
        concat!("unimpl", "emented!("),
        concat!("#[", "allow("),
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
    ];
    let found = found(&marks, files(".rs"));
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn no_test_waits_on_a_clock() {
    let marks = [concat!("thread::", "sleep("), concat!("time::", "sleep(")];
    let tests = files(".rs").into_iter().filter(|path| {
        let path = path.strip_prefix(root()).expect("a file of the workspace");
        path.to_string_lossy().contains("tests")
    });
    let found = found(&marks, tests);
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn every_refusal_has_its_page() {
    let folder = root().join("ops/runbooks/refusals");
    let pages: BTreeSet<_> = fs::read_dir(&folder)
        .expect("the folder of refusals can be listed")
        .map(|entry| entry.expect("an entry can be read").path())
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect();
    let letters = daicho_workers::letters::Refusal::CODES.iter().copied();
    let missing: Vec<_> = daicho_domain::nouns::Refusal::codes()
        .chain(letters)
        .filter(|code| !pages.contains(*code))
        .collect();
    assert!(missing.is_empty(), "no page for {missing:#?}");
}

#[test]
fn every_event_type_belongs_to_a_noun_with_a_folder_of_that_name() {
    for noun in daicho_domain::stream::Noun::ALL {
        let folder = root().join("domain/src").join(noun.code());
        assert!(folder.is_dir(), "{} has no folder", noun.code());
    }
}

#[test]
fn every_test_that_the_architecture_names_exists() {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).expect("it can be read");
    let sources: String = files(".rs")
        .into_iter()
        .map(|path| fs::read_to_string(path).expect("a source file can be read"))
        .collect();
    let is_sentence = |name: &&str| {
        name.matches('_').count() >= 3
            && name
                .chars()
                .all(|c| matches!(c, 'a'..='z' | '0'..='9' | '_'))
    };
    let gone: Vec<_> = text
        .split('`')
        .filter(is_sentence)
        .filter(|name| !sources.contains(&format!("fn {name}(")))
        .collect();
    assert!(gone.is_empty(), "{gone:#?}");
}

#[test]
fn every_file_of_tests_is_part_of_the_one_executable() {
    let folder = root().join("tests/tests");
    let all = fs::read_to_string(folder.join("all.rs")).expect("it can be read");
    let forgotten: Vec<_> = files(".rs")
        .into_iter()
        .filter(|path| path.parent() == Some(&folder))
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .filter(|name| name != "all" && !all.contains(&format!("mod {name};")))
        .collect();
    assert!(forgotten.is_empty(), "{forgotten:#?}");
}
