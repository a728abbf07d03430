//! What is published stays as it is: the schemas and examples in `events/` and `asyncapi.json` are
//! what the code says today, and every example reads back as the event it was written from.
//!
//! `DAICHO_BLESS=1 cargo test -p daicho-schemas` writes schemas and AsyncAPI anew. A published schema
//! never changes: a changed event is a new version with an upcaster. The schema and example of a former version stay, and
//! nothing writes them any more.

use daicho_domain::stream::Stream;
use daicho_schemas::{asyncapi, catalogue, decode, decode_text, encode, is_former, lift};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

fn here(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn read(path: &Path) -> Value {
    let text = fs::read_to_string(path)
        .unwrap_or_else(|error| panic!("{} cannot be read: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn is_published(path: &Path, now: &Value) {
    if std::env::var_os("DAICHO_BLESS").is_some() {
        let text = serde_json::to_string_pretty(now).expect("JSON is written") + "\n";
        fs::write(path, text).expect("the file can be written");
    }
    assert_eq!(
        &read(path),
        now,
        "{} is not what is published",
        path.display()
    );
}

#[test]
fn every_event_type_has_its_published_schema() {
    for known in catalogue::event_types() {
        let path = here(&format!("events/{}.schema.json", known.kind));
        is_published(&path, &known.schema);
    }
}

#[test]
fn the_feed_is_described() {
    is_published(&here("asyncapi.json"), &asyncapi::document());
}

fn fits(kind: &str, schema: &Value, example: &Value) {
    let validator = jsonschema::validator_for(schema).expect("a schema is valid");
    let faults = validator.iter_errors(example);
    let faults: Vec<_> = faults.map(|fault| fault.to_string()).collect();
    assert!(faults.is_empty(), "{kind}: {faults:?}");
}

#[test]
fn every_former_version_fits_its_schema_still_and_reads_as_the_present_one() {
    let schemas: BTreeMap<_, _> = catalogue::event_types()
        .into_iter()
        .map(|known| (known.kind, known.schema))
        .collect();
    for (former, present) in catalogue::former_types() {
        let schema = read(&here(&format!("events/{former}.schema.json")));
        let example = read(&here(&format!("events/{former}.example.json")));
        fits(&former, &schema, &example);
        assert!(is_former(&former) && !is_former(&present));
        decode(&former, example.clone()).expect_err("it is lifted first");
        let lifted = lift(&former, example.clone(), &Stream::Installation)
            .unwrap_or_else(|error| panic!("{former}: {error}"));
        assert_eq!(lifted.kind, present);
        fits(&present, &schemas[&present], &lifted.body);
        let event = decode(&lifted.kind, lifted.body.clone())
            .unwrap_or_else(|error| panic!("{former}: {error}"));
        assert_eq!(encode(&event), lifted, "nothing of it is lost");
        assert_ne!(lifted.body, example, "{former} differs from {present}");
    }
}

#[test]
fn every_event_type_has_an_example_that_fits_its_schema_and_reads_back() {
    for known in catalogue::event_types() {
        let example = read(&here(&format!("events/{}.example.json", known.kind)));
        fits(&known.kind, &known.schema, &example);
        let event = decode(&known.kind, example.clone())
            .unwrap_or_else(|error| panic!("{}: {error}", known.kind));
        let from_text = decode_text(&known.kind, &example.to_string());
        assert_eq!(from_text.expect("its text reads as well"), event);
        let written = encode(&event);
        assert_eq!((written.kind, written.body), (known.kind, example));
    }
}

#[test]
fn nothing_is_published_that_no_event_has() {
    let present = catalogue::event_types().into_iter().map(|known| known.kind);
    let former = catalogue::former_types().map(|(former, _)| former);
    let known: BTreeSet<_> = present
        .chain(former)
        .flat_map(|kind| ["schema", "example"].map(|part| format!("{kind}.{part}.json")))
        .collect();
    let published: BTreeSet<_> = fs::read_dir(here("events"))
        .expect("the folder can be listed")
        .map(|entry| entry.expect("an entry can be read").file_name())
        .map(|name| name.into_string().expect("names are ASCII"))
        .collect();
    assert_eq!(published, known);
}
