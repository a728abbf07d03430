//! Secrets that are made once, shown as often as was recorded, and then gone.

use super::*;
use crate::Training;
use crate::sqlite::Durability;
use std::collections::BTreeSet;
use uuid::Uuid;

fn master(seed: u64) -> MasterKey {
    MasterKey::for_training(Training { seed })
}

fn vault() -> Vault {
    Vault::in_memory(&master(1)).expect("a vault in memory")
}

fn secret(id: u128, nth: u32) -> SecretRef {
    SecretRef {
        credential: CredentialId(Uuid::from_u128(id)),
        nth,
    }
}

fn kept(vault: &Vault, of: SecretRef) -> String {
    vault.keep(of, IdKind::Office).expect("it is made");
    let link = vault.link(of).expect("it is read");
    link.expect("it has a link")
}

#[test]
fn a_secret_is_made_once_however_often_it_is_asked_for() {
    let vault = vault();
    let link = kept(&vault, secret(1, 1));
    assert_eq!(kept(&vault, secret(1, 1)), link);
    assert_eq!(vault.held().expect("they are counted"), [secret(1, 1)]);
}

#[test]
fn a_person_can_type_it_and_takes_no_character_for_another() {
    let vault = vault();
    let (mut ids, mut passwords) = (BTreeSet::new(), BTreeSet::new());
    for id in 0..200 {
        let kind = [IdKind::Corporation, IdKind::Office][usize::from(id % 2 == 1)];
        vault.keep(secret(id, 1), kind).expect("it is made");
        let shown = vault
            .show(secret(id, 1), 1, Last::Yes)
            .expect("it is shown");
        let Secret { id, password } = shown.expect("it is there");
        for confused in ['i', 'l', 'o', '0', '1'] {
            assert!(
                !password.contains(confused) && !id.contains(confused),
                "{confused}"
            );
        }
        assert_eq!(
            password.split('-').map(str::len).collect::<Vec<_>>(),
            [4, 4, 4]
        );
        assert_eq!(id.len(), 10);
        ids.insert(id);
        passwords.insert(password);
    }
    assert_eq!((ids.len(), passwords.len()), (200, 200));
}

#[test]
fn each_look_is_shown_once_and_the_last_one_destroys() {
    let vault = vault();
    let of = secret(1, 1);
    let link = kept(&vault, of);
    let first = vault.show(of, 1, Last::No).expect("it is shown");
    let first = first.expect("it is there");
    let again = vault.show(of, 1, Last::No).expect("it is asked");
    assert_eq!(again, None, "a look is shown once");
    assert_eq!(
        vault.follow(&link).expect("it is followed"),
        Led::To { of, shown: 1 }
    );
    let second = vault.show(of, 2, Last::Yes).expect("it is shown");
    assert_eq!(second, Some(first));
    assert_eq!(vault.show(of, 3, Last::Yes).expect("it is asked"), None);
    assert_eq!(vault.link(of).expect("it is asked"), None);
    assert_eq!(vault.follow(&link).expect("it is followed"), Led::Nowhere);
    assert!(!vault.holds(of).expect("it is asked"));
}

#[test]
fn a_reissue_keeps_the_id_and_changes_password_and_link() {
    let vault = vault();
    let link = kept(&vault, secret(1, 1));
    let first = vault.show(secret(1, 1), 1, Last::Yes).expect("it is shown");
    let first = first.expect("it is there");
    let other = kept(&vault, secret(1, 2));
    let second = vault.show(secret(1, 2), 1, Last::Yes).expect("it is shown");
    let second = second.expect("it is there");
    assert_eq!(second.id, first.id);
    assert_ne!(second.password, first.password);
    assert_ne!(other, link);
}

#[test]
fn an_id_is_read_by_itself_before_and_after_its_password_is_gone() {
    let vault = vault();
    let of = secret(1, 1);
    let id = || vault.id(of.credential).expect("the vault is read");
    assert_eq!(id(), None);
    kept(&vault, of);
    let read = id();
    let shown = vault.show(of, 1, Last::Yes).expect("it is shown");
    assert_eq!(read, shown.map(|shown| shown.id));
    assert_eq!(id(), read);
}

#[test]
fn a_link_is_read_however_it_is_typed_and_a_wrong_end_is_counted() {
    let vault = vault();
    let of = secret(1, 1);
    let link = kept(&vault, of);
    let typed = link.to_uppercase().replace('-', " ");
    assert_eq!(
        vault.follow(&typed).expect("it is followed"),
        Led::To { of, shown: 0 }
    );
    let last = link.chars().next_back().expect("it has an end");
    let other = if last == 'a' { 'b' } else { 'a' };
    let wrong = format!("{}{other}", &link[..link.len() - 1]);
    for attempts in 1..=3 {
        assert_eq!(
            vault.follow(&wrong).expect("it is followed"),
            Led::Wrong { of, attempts }
        );
    }
    for nothing in [
        "",
        "abc",
        &link[..link.len() - 1],
        &"a".repeat(10_000),
        "../../etc/passwd",
    ] {
        assert_eq!(
            vault.follow(nothing).expect("it is followed"),
            Led::Nowhere,
            "{nothing:.40}"
        );
    }
}

#[test]
fn a_copy_without_its_key_shows_nothing_and_another_key_is_refused() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("vault.db");
    let open = |seed| Vault::open(&path, &master(seed), Durability::Closed);
    let vault = open(1).expect("it is made");
    let of = secret(1, 1);
    let link = kept(&vault, of);
    let shown = vault.show(of, 1, Last::No).expect("it is shown");
    let Secret { id, password } = shown.expect("it is there");
    drop(vault);
    let mut written = std::fs::read(&path).expect("the file is there");
    let journal = path.with_extension("db-wal");
    written.extend(std::fs::read(journal).unwrap_or_default());
    for text in [&id, &password, &link, &link.replace('-', "")] {
        let found = written
            .windows(text.len())
            .any(|part| part == text.as_bytes());
        assert!(!found, "a secret lies open in the file");
    }
    let refused = open(2).expect_err("another key opens nothing");
    assert!(
        matches!(refused, SealError::WrongMasterKey { .. }),
        "{refused}"
    );
}

#[test]
fn another_master_key_seals_everything_anew_and_links_go_on() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("vault.db");
    let open = |seed| Vault::open(&path, &master(seed), Durability::Closed);
    let vault = open(1).expect("it is made");
    let of = secret(1, 1);
    let link = kept(&vault, of);
    let before = vault.show(of, 1, Last::No).expect("it is shown");
    let vault = vault.seal_anew(&master(2)).expect("it is sealed anew");
    assert_eq!(vault.link(of).expect("it is read"), Some(link.clone()));
    drop(vault);
    assert!(open(1).is_err(), "the former key opens nothing");
    let vault = open(2).expect("the new one does");
    assert_eq!(
        vault.follow(&link).expect("it is followed"),
        Led::To { of, shown: 1 }
    );
    let after = vault.show(of, 2, Last::Yes).expect("it is shown");
    assert_eq!(after, before);
    vault
        .keep(secret(1, 2), IdKind::Office)
        .expect("the ID keeps its name");
}
