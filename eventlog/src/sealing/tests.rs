//! Sealed text opens where it was sealed, with its person's key, and nowhere else.

use std::os::unix::fs::PermissionsExt;

use serde_json::json;

use super::*;
use crate::data_dir::Training;
use crate::sqlite::Durability;

const EVENT: Uuid = Uuid::from_u128(7);

fn stream() -> StreamName {
    StreamName::from("corporation-1")
}

fn body() -> Value {
    json!({
        "corporation": "医療法人こもれび会",
        "contacts": [
            {"name": {"$personal": {"subject": "person-1", "text": "山田 花子"}}},
            {"name": {"$personal": {"subject": "person-2", "text": "佐藤 一郎"}}},
        ],
        "note/1": {"$personal": {"subject": "person-1", "text": "折り返し 03-0000-0000"}},
    })
}

fn keys() -> Keys {
    Keys::in_memory(MasterKey::for_training(Training { seed: 1 })).expect("keys in memory")
}

fn sealed(keys: &Keys) -> Value {
    let mut sealed = body();
    seal(keys, &stream(), EVENT, &mut sealed).expect("it is sealed");
    sealed
}

#[test]
fn what_is_sealed_cannot_be_read_and_opens_as_it_was() {
    let keys = keys();
    let mut sealed = sealed(&keys);
    let text = sealed.to_string();
    for secret in ["山田", "佐藤", "0000", "$personal"] {
        assert!(!text.contains(secret), "{secret} stands in {text}");
    }
    assert!(
        text.contains("医療法人こもれび会"),
        "published data stays readable"
    );
    assert!(holds_sealed(&Body::from(&sealed)));
    open(&keys, &stream(), EVENT, &mut sealed).expect("it opens");
    assert_eq!(sealed, body());
}

#[test]
fn an_erased_person_is_null_and_the_others_stay() {
    let keys = keys();
    let mut sealed = sealed(&keys);
    keys.erase("person-1").expect("the key is erased");
    open(&keys, &stream(), EVENT, &mut sealed).expect("it opens");
    let erased = json!({"$personal": {"subject": "person-1", "text": null}});
    assert_eq!(sealed["contacts"][0]["name"], erased);
    assert_eq!(sealed["note/1"], erased);
    assert_eq!(sealed["contacts"][1], body()["contacts"][1]);

    let again = seal(&keys, &stream(), EVENT, &mut body());
    assert!(matches!(again, Err(SealError::Erased { subject }) if subject == "person-1"));
    let mut known_to_be_erased = json!({"name": erased});
    let given = known_to_be_erased.clone();
    seal(&keys, &stream(), EVENT, &mut known_to_be_erased).expect("null needs no key");
    open(&keys, &stream(), EVENT, &mut known_to_be_erased).expect("null needs no key");
    assert_eq!(known_to_be_erased, given);
}

#[test]
fn sealed_text_that_was_moved_or_changed_does_not_open() {
    let keys = keys();
    let broken = |mut body: Value, stream: &str, event: Uuid| {
        let opened = open(&keys, &stream.into(), event, &mut body);
        assert!(
            matches!(opened, Err(SealError::Broken { .. })),
            "{opened:?}"
        );
    };
    broken(sealed(&keys), "corporation-2", EVENT);
    broken(sealed(&keys), "corporation-1", Uuid::from_u128(8));
    let mut swapped = json!({});
    swapped["contacts"] = json!([sealed(&keys)["note/1"]]);
    broken(swapped, "corporation-1", EVENT);
    let mut changed = sealed(&keys);
    changed["note/1"]["$sealed"]["ct"] = json!("AAAAAAAAAAAAAAAAAAAAAAAA");
    broken(changed, "corporation-1", EVENT);
}

#[test]
fn the_same_seed_seals_to_the_same_bytes_and_another_to_others() {
    assert_eq!(sealed(&keys()), sealed(&keys()));
    let other = MasterKey::for_training(Training { seed: 2 });
    let other = Keys::in_memory(other).expect("keys in memory");
    assert_ne!(sealed(&keys()), sealed(&other));
}

#[test]
fn a_mark_that_does_not_hold_what_it_must_is_refused_with_its_place() {
    let mut body = json!({"contact": {"$personal": {"subject": 7, "text": "x"}}});
    let refused = seal(&keys(), &stream(), EVENT, &mut body).expect_err("no subject");
    assert_eq!(
        refused.to_string(),
        "personal data at /contact is malformed: subject is not text"
    );
}

#[test]
fn keys_outlive_the_process_and_answer_to_their_master_alone() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("keys.db");
    let master = MasterKey::create(&directory.path().join("data.key")).expect("a master key");
    let mode = std::fs::metadata(directory.path().join("data.key")).expect("its file");
    assert_eq!(mode.permissions().mode() & 0o777, 0o400);

    let keys = Keys::open(&path, master.clone(), Durability::Acknowledged).expect("it opens");
    let mut sealed = sealed(&keys);
    drop(keys);
    let reader = Keys::open_for_reading(&path, master.clone()).expect("it opens");
    open(&reader, &stream(), EVENT, &mut sealed).expect("the keys are there");
    assert_eq!(sealed, body());

    let other = MasterKey::create(&directory.path().join("other.key")).expect("a master key");
    let refused = Keys::open(&path, other, Durability::Acknowledged);
    assert!(matches!(refused, Err(SealError::WrongMasterKey { .. })));
    let twice = MasterKey::create(&directory.path().join("data.key"));
    assert!(
        matches!(twice, Err(SealError::Failed { .. })),
        "a key is never replaced"
    );
    MasterKey::load(&directory.path().join("data.key")).expect("the first key is there");
}

#[test]
fn an_erased_key_is_in_no_file_any_more() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("keys.db");
    let master = MasterKey::for_training(Training { seed: 1 });
    let keys = Keys::open(&path, master, Durability::Acknowledged).expect("it opens");
    sealed(&keys);
    let row = "SELECT wrapped FROM key WHERE subject = 'person-1'";
    let wrapped: Vec<u8> = rusqlite::Connection::open(&path)
        .and_then(|beside| beside.query_row(row, [], |row| row.get(0)))
        .expect("the wrapped key");
    let found = || {
        let files = std::fs::read_dir(directory.path()).expect("the directory is read");
        files
            .map(|file| std::fs::read(file.expect("a file").path()).expect("its bytes"))
            .any(|bytes| bytes.windows(wrapped.len()).any(|window| window == wrapped))
    };
    assert!(found(), "the search finds a key that is there");
    keys.erase("person-1").expect("the key is erased");
    assert!(!found());
}

#[test]
fn a_key_that_was_never_here_is_not_taken_for_an_erased_one() {
    let mut sealed = sealed(&keys());
    let opened = open(&keys(), &stream(), EVENT, &mut sealed);
    assert!(matches!(opened, Err(SealError::KeyMissing { .. })));
}
