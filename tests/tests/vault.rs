//! IDs and initial passwords from their making to the customer's look: over HTTP, through the binary, after a kill; and
//! that they are written nowhere.

use crate::readers::Paper;
use daicho_domain::Service;
use daicho_domain::credential::Command;
use daicho_domain::nouns::{Command as Any, State};
use daicho_domain::stream::{CorporationId, CredentialId, LetterId, Stream};
use daicho_eventlog::sealing::MasterKey;
use daicho_eventlog::vault::{IdKind, Last, Secret, SecretRef, Vault};
use daicho_eventlog::{DataDir, Durability, Training};
use daicho_tests::binary::{Said, daicho};
use daicho_tests::in_process::{Answer, CLERK, Server};
use daicho_tests::office::{Office, corporation};
use daicho_tests::practice::{Practice, today};
use daicho_tests::server::{Caller, Server as Process};
use daicho_workers::letters::Refusal;
use daicho_workers::letters::account::{self, Named};
use reqwest::Method;
use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

const MINI2: Service = Service::HonobonoMini2;

fn account() -> CredentialId {
    CredentialId::of_corporation(corporation(), MINI2)
}

fn first() -> SecretRef {
    SecretRef {
        credential: account(),
        nth: 1,
    }
}

/// An office whose corporation has its account since 2026-04-10.
async fn with_an_account() -> Server {
    let office = Office::opens_with_a_vault_on("2026-04-10").await;
    office.is_registered_since_today(MINI2).await;
    let server = Server::of(office).await;
    server.clerk_gives_her_name().await;
    server
}

fn link(server: &Server, of: SecretRef) -> String {
    let link = server.office.vault().link(of).expect("it is read");
    format!("/c/{}", link.expect("there is a link"))
}

/// The customer presses the button, as a browser does on a page that sends no referrer.
async fn presses(server: &Server, path: &str) -> Answer {
    let pressed = server
        .request(Method::POST, path)
        .header("origin", "null")
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/x-www-form-urlencoded");
    server.answer(pressed).await
}

async fn lookups(server: &Server) -> u32 {
    let stream = Stream::Credential(account());
    let state = server
        .office
        .engine()
        .state(&stream)
        .await
        .expect("it is read");
    let State::Credential(state) = &*state else {
        panic!("an ID");
    };
    let account = state.account().expect("it is issued");
    account.link().map_or(0, |link| link.lookups)
}

/// What stands in the two fields of the page.
fn fields(page: &str) -> Vec<String> {
    page.split("<dd>")
        .skip(1)
        .filter_map(|rest| rest.split("</dd>").next())
        .map(str::to_owned)
        .collect()
}

#[tokio::test]
async fn a_page_that_is_only_fetched_shows_nothing_and_its_button_does() {
    let server = with_an_account().await;
    let path = link(&server, first());
    let scanned = server.reads(&path).await;
    let unknown = server.reads("/c/aaaa-bbbb").await;
    assert_eq!((scanned.status, &scanned.body), (200, &unknown.body));
    assert_eq!(fields(&scanned.body), Vec::<String>::new());
    assert_eq!(lookups(&server).await, 0, "nothing was looked at");

    let shown = presses(&server, &path).await;
    assert_eq!(shown.status, 200, "{}", shown.body);
    let [id, password] = &fields(&shown.body)[..] else {
        panic!("{}", shown.body);
    };
    assert!(
        id.starts_with('h') && password.len() == 14,
        "{id} {password}"
    );
    assert_eq!(lookups(&server).await, 1);
    for page in [&scanned, &shown] {
        assert_eq!(page.header("cache-control"), "no-store");
        assert_eq!(page.header("referrer-policy"), "no-referrer");
        let policy = page.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; style-src 'self'"),
            "{policy}"
        );
    }
}

#[tokio::test]
async fn nothing_is_learnt_from_a_link_that_does_not_open() {
    let server = with_an_account().await;
    let path = link(&server, first());
    let wrong = format!(
        "{}{}",
        &path[..path.len() - 1],
        if path.ends_with('a') { 'b' } else { 'a' }
    );
    let mut answers = vec![
        presses(&server, "/c/aaaa-bbbb").await,
        presses(&server, &wrong).await,
    ];
    assert_eq!(presses(&server, &path).await.status, 200);
    answers.push(presses(&server, &path).await);
    server
        .must(
            &format!("/api/v1/credentials/{}/reissue", account()),
            serde_json::json!({}),
        )
        .await;
    let second = SecretRef { nth: 2, ..first() };
    let path = link(&server, second);
    server.office.goes_on_to("2026-06-10").await;
    answers.push(presses(&server, &path).await);
    answers.push(presses(&server, "/c/%FF%FE").await);
    for answer in &answers {
        assert_eq!((answer.status, &answer.body), (404, &answers[0].body));
        assert!(
            !answer.body.contains("佐藤"),
            "nothing of the staff's frame"
        );
    }
}

#[tokio::test]
async fn a_link_tried_with_wrong_ends_is_locked_and_the_right_one_is_answered_alike() {
    let server = with_an_account().await;
    let path = link(&server, first());
    for end in "abcde".chars() {
        let end = if path.ends_with(end) { 'z' } else { end };
        presses(&server, &format!("{}{end}", &path[..path.len() - 1])).await;
    }
    let answer = presses(&server, &path).await;
    assert_eq!(answer.status, 404);
    let page = server.reads("/api/v1/events?limit=1000").await;
    assert!(page.body.contains("credential.link_locked.v1"));
    assert_eq!(lookups(&server).await, 0);
}

#[tokio::test]
async fn a_look_that_was_recorded_and_not_shown_is_shown_by_the_next_press() {
    let server = with_an_account().await;
    let path = link(&server, first());
    let look = Any::credential(&Stream::Credential(account()), Command::LookUp { nth: 1 });
    server
        .office
        .sends(look)
        .await
        .expect("it is recorded, and the process ends there");
    let shown = presses(&server, &path).await;
    assert_eq!((shown.status, fields(&shown.body).len()), (200, 2));
    assert_eq!(lookups(&server).await, 1, "it is recorded once");
    assert_eq!(presses(&server, &path).await.status, 404);
}

#[tokio::test]
async fn a_keeper_that_was_stopped_at_any_point_makes_one_secret_and_says_so_once() {
    let office = Office::opens_with_a_vault_on("2026-04-10").await;
    // It lies in the vault, and the process ends before the log says so.
    office
        .vault()
        .keep(first(), IdKind::Corporation)
        .expect("it is made");
    let before = office.vault().link(first()).expect("it is read");
    office.is_registered_since_today(MINI2).await;
    let kept = || async {
        let state = office.engine().state(&Stream::Credential(account())).await;
        let State::Credential(state) = &*state.expect("it is read") else {
            panic!("an ID");
        };
        state
            .account()
            .and_then(|account| Some(account.link()?.nth))
    };
    assert_eq!(kept().await, Some(1));
    assert_eq!(office.vault().link(first()).expect("it is read"), before);
    // What state.db knew is lost: the keeper begins again at the log's first event.
    let head = office.engine().log().head().await.expect("it is read");
    let office = office.is_down_until("2026-04-10").await;
    assert_eq!(
        office.engine().log().head().await.expect("it is read"),
        head
    );
    assert_eq!(office.vault().held().expect("they are counted"), [first()]);
}

/// 利用開始のご案内 of the corporation that registered on 2026-04-10.
fn begins() -> LetterId {
    let whose = corporation().to_string();
    LetterId::of(
        "trial-started",
        &[whose.as_str(), MINI2.code(), "2026-04-10"],
    )
}

#[tokio::test]
async fn the_letter_that_use_begins_names_the_id_of_the_corporation() {
    let server = with_an_account().await;
    let letter = begins().to_string();
    let printed = server
        .fills_in("/dispatch/print", &[("letter", letter.as_str())])
        .await;
    assert!(printed.body.contains("1 通中 1 通を"), "{}", printed.body);
    let state = server.office.state(&Stream::Dispatch(begins())).await;
    let State::Dispatch(state) = state else {
        panic!("a letter");
    };
    let printed = state.letter().and_then(|letter| letter.printed.clone());
    let file = printed.expect("it was printed").file;
    let lies = server.office.data().kept(file).expect("files are read");
    let lies = lies.expect("it was kept");
    assert!(
        !lies.windows(4).any(|window| window == b"%PDF"),
        "it lies sealed"
    );
    let shown = server.reads(&format!("/files/{file}")).await;
    assert_eq!(shown.status, 200, "{}", shown.body);
    let file = server.office.printed(file);
    let text = Paper::new(&file.expect("it was kept")).text();
    let vault = server.office.vault();
    let id = vault
        .id(account())
        .expect("it is read")
        .expect("it is made");
    assert!(text.contains(&format!("法人ID{id}")), "{text}");
    let shown = vault.show(first(), 1, Last::Yes).expect("it is shown");
    let Secret { id: same, password } = shown.expect("nobody has looked");
    assert_eq!(same, id, "what the link shows");
    assert!(!text.contains(&password));
    // No other letter and no page of the staff names it.
    let page = server
        .reads(&format!("/corporations/{}", corporation()))
        .await;
    assert!(!page.body.contains(&id));
}

#[tokio::test]
async fn a_letter_waits_for_the_id_that_it_is_to_name() {
    // Nobody keeps this vault: what is issued is not made.
    let office = Office::opens_on("2026-04-10").await;
    office.is_registered_since_today(MINI2).await;
    let vault = Vault::in_memory(&MasterKey::for_training(Training { seed: 1 }));
    let vault = vault.expect("a vault in memory");
    let State::Dispatch(state) = office.state(&Stream::Dispatch(begins())).await else {
        panic!("a letter");
    };
    let letter = state.letter().expect("it was promised");
    let named = || async {
        let named = account::named(letter, office.engine(), Some(&vault)).await;
        named.expect("it is looked for")
    };
    assert_eq!(named().await, Named::NotMade);
    assert_eq!(named().await.id(), Err(Refusal::AccountNotMade));
    vault
        .keep(first(), IdKind::Corporation)
        .expect("it is made");
    let id = vault.id(account()).expect("it is read").expect("an ID");
    assert_eq!(named().await, Named::Is(id));
}

#[tokio::test]
async fn what_nobody_will_look_at_any_more_is_destroyed() {
    let server = with_an_account().await;
    assert!(server.office.vault().holds(first()).expect("it is read"));
    server.office.goes_on_to("2026-06-10").await;
    assert!(!server.office.vault().holds(first()).expect("it is read"));
    server
        .must(
            &format!("/api/v1/credentials/{}/reissue", account()),
            serde_json::json!({}),
        )
        .await;
    let second = SecretRef { nth: 2, ..first() };
    assert!(server.office.vault().holds(second).expect("it is read"));
    server
        .must(
            &format!("/api/v1/credentials/{}/note_reset", account()),
            serde_json::json!({}),
        )
        .await;
    server.office.goes_on_to("2026-06-11").await;
    assert!(!server.office.vault().holds(second).expect("it is read"));
}

/// Everything in the files below a folder.
fn contents(path: &Path, found: &mut BTreeMap<String, Vec<u8>>) {
    if path.is_dir() {
        for entry in std::fs::read_dir(path).expect("a directory") {
            contents(&entry.expect("an entry").path(), found);
        }
    } else {
        let bytes = std::fs::read(path).expect("a file");
        found.insert(path.display().to_string(), bytes);
    }
}

fn holds(bytes: &[u8], secret: &str) -> bool {
    bytes
        .windows(secret.len())
        .any(|window| window == secret.as_bytes())
}

/// The vault as it stands, aside, opened with the key of its seed.
fn copied(data: &DataDir, to: &Path) -> Vault {
    let copy = to.join("vault.db");
    let live = rusqlite::Connection::open(data.vault()).expect("it opens");
    let into = copy.display().to_string();
    live.execute("VACUUM INTO ?1", [into])
        .expect("it is copied");
    let training = data.training().expect("it is read").expect("it is 練習用");
    let master = MasterKey::for_training(training);
    Vault::open(&copy, &master, Durability::Closed).expect("the copy opens")
}

/// A corporation begins its trial, and its account lies in the vault.
fn gets_an_account(caller: &Caller) {
    let posts = |path: &str, body: serde_json::Value| {
        let answer = caller.posts(path, &body).expect("it answers");
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        answer.json()
    };
    let id = CorporationId(uuid::Uuid::from_u128(5));
    let at = |action: &str| format!("/api/v1/corporations/{id}/{action}");
    let registered = posts(&at("register"), serde_json::json!({ "name": "法人" }));
    let before = registered["events"][0]["number"]
        .as_u64()
        .expect("a number");
    let form = serde_json::json!({ "received_on": today(), "channel": "form" });
    posts(&at("enrolments/honobono-mini2/start_trial"), form);
    loop {
        let after = format!("/api/v1/events?limit=1000&after={before}");
        let events = caller.gets(&after).expect("it answers");
        if events.body.contains("credential.secret_kept.v1") {
            break;
        }
    }
}

/// IDs, passwords and links that lie in a copy of the vault.
fn secrets(vault: &Vault) -> Vec<String> {
    let mut secrets = Vec::new();
    for of in vault.held().expect("they are counted") {
        let link = vault.link(of).expect("it is read").expect("it has a link");
        let shown = vault.show(of, 1, Last::No).expect("it is shown");
        let secret = shown.expect("nobody has looked");
        secrets.extend([secret.id, secret.password, link.replace('-', ""), link]);
    }
    secrets
}

#[test]
fn no_secret_is_written_anywhere_but_on_the_page_that_shows_it() {
    let practice = Practice::of(4, 2, 1);
    let data = DataDir::at(practice.data());
    let aside = tempfile::tempdir().expect("a directory");
    let said = aside.path().join("said");
    let err = File::create(&said).expect("a file");
    let process = Process::start(
        daicho(&practice.data())
            .args(["serve", "--trace", "trace"])
            .stderr(err),
    );
    let caller = process.caller(&practice.clerk());
    gets_an_account(&caller);
    let folder = tempfile::tempdir().expect("a directory");
    let vault = copied(&data, folder.path());
    let of = vault.held().expect("they are counted")[0];
    let link = vault.link(of).expect("it is read").expect("it has a link");
    let mut answers = Vec::new();
    let page = format!("/c/{link}");
    answers.push(caller.gets(&page).expect("it answers").body);
    let shown = caller.submits(&page, "").expect("it answers");
    assert_eq!(shown.status, 200, "{}", shown.body);
    answers.push(caller.submits(&page, "").expect("it answers").body);
    for path in [
        "/credentials",
        "/health",
        "/metrics",
        "/",
        "/api/v1/events?limit=1000",
    ] {
        let answer = caller.gets(path).expect("it answers");
        answers.push(answer.head + &answer.body);
    }
    assert!(process.stops().success());

    let mut secrets = secrets(&vault);
    secrets.extend(fields(&shown.body));
    secrets.extend([link.replace('-', ""), link]);
    assert!(secrets.len() >= 4, "there are secrets to look for");
    let mut written = BTreeMap::new();
    contents(data.root(), &mut written);
    written.insert(
        "said".to_owned(),
        std::fs::read(said).expect("it said something"),
    );
    for (place, answer) in answers.into_iter().enumerate() {
        written.insert(format!("answer {place}"), answer.into_bytes());
    }
    for secret in &secrets {
        for (place, bytes) in &written {
            assert!(
                !holds(bytes, secret),
                "a secret of {} letters in {place}",
                secret.len()
            );
        }
    }
}

/// A real installation in a directory: a corporation that has its account.
fn real() -> (tempfile::TempDir, DataDir) {
    let parent = tempfile::tempdir().expect("a directory");
    let data = DataDir::at(parent.path().join("data"));
    let process = Process::start(daicho(data.root()).arg("serve"));
    let caller = process.caller(CLERK);
    let staff = format!("/api/v1/staff/{CLERK}/name");
    let named = caller.posts(&staff, &serde_json::json!({ "name": "佐藤" }));
    assert_eq!(named.expect("it answers").status, 200);
    gets_an_account(&caller);
    assert!(process.stops().success());
    (parent, data)
}

#[test]
fn the_doctor_says_what_is_lost_and_another_master_key_loses_nothing() {
    let (parent, data) = real();
    let doctor = |key: Option<&Path>| {
        let mut command = daicho(data.root());
        command.arg("doctor");
        if let Some(key) = key {
            command.arg("--master-key").arg(key);
        }
        Said::by(&mut command)
    };
    let said = doctor(None);
    assert_eq!(said.code, Some(0), "{}{}", said.out, said.err);
    assert!(said.out.contains("1 件、すべてあります"), "{}", said.out);

    let new = parent.path().join("new.key");
    let rotated = Said::by(
        daicho(data.root())
            .args(["vault", "rotate", "--to"])
            .arg(&new),
    );
    assert_eq!(rotated.code, Some(0), "{}{}", rotated.out, rotated.err);
    let said = doctor(None);
    assert_eq!(said.code, Some(1));
    assert!(said.out.contains("開けません"), "{}", said.out);
    assert_eq!(doctor(Some(&new)).code, Some(0));

    std::fs::remove_file(data.vault()).expect("it is lost");
    let said = doctor(Some(&new));
    assert_eq!(said.code, Some(1));
    assert!(said.out.contains("1 件が失われています"), "{}", said.out);
}

#[test]
fn a_master_key_that_others_can_read_is_refused_with_one_sentence() {
    let (_parent, data) = real();
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o640);
    std::fs::set_permissions(data.master_key(), open).expect("a mode");
    let said = Said::by(daicho(data.root()).args(["serve", "--listen", "127.0.0.1:0"]));
    assert_eq!((said.code, said.out.as_str()), (Some(1), ""));
    assert!(
        said.err.contains("0640") && said.err.contains("chmod 0400"),
        "{}",
        said.err
    );
    assert_eq!(said.err.trim_end().lines().count(), 1, "{}", said.err);
}
