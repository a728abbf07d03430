//! What staff type as a reason names people: it is shown to staff, is sealed in the log, and is gone with the texts of the
//! corporation it is about, also where it was typed before it was sealed.

use daicho_domain::stream::Stream;
use daicho_tests::in_process::Server;
use daicho_tests::office::{self, Office, corporation, office_id};
use serde_json::json;
use std::path::Path;

const NAMED: &str = "山田花子";

/// One office applied, and its 委任状 was posted.
async fn server() -> Server {
    let office = Office::opens_on("2026-06-24").await;
    office.takes_an_application("summer", &[0]).await;
    office.posts("summer", 0).await;
    let server = Server::of(office).await;
    server.clerk_gives_her_name().await;
    server
}

async fn last_number(server: &Server) -> u64 {
    let head = server.office.engine().log().head().await;
    let head = head.expect("the log is read");
    head.expect("it has events").number
}

fn pages() -> [String; 2] {
    let paper = office::poa_stream("summer", 0);
    [
        format!("/corporations/{}", corporation()),
        format!("/cases/of/{paper}"),
    ]
}

async fn shown(server: &Server, address: &str) -> bool {
    let page = server.reads(address).await;
    assert_eq!(page.status, 200, "{address}: {}", page.body);
    page.body.contains(NAMED)
}

async fn erases(server: &Server) {
    let erase = format!("/api/v1/corporations/{}/erase_texts", corporation());
    let reason = json!({ "reason": "本人の申し出", "confirmed": "yes" });
    server.must(&erase, reason).await;
}

/// The read models made anew have no trace of it in any file, and are what the log gives.
async fn is_in_no_read_model(server: &Server) {
    let views = server.office.workers().views();
    views.renew_if_outlived().await.expect("they are made anew");
    let checked = server.office.checks_its_views().await;
    assert_eq!(checked.differing(), Vec::<&str>::new());
    is_in_no_file_of(server.office.views_folder());
}

fn is_in_no_file_of(folder: &Path) {
    for entry in std::fs::read_dir(folder).expect("it is listed") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            is_in_no_file_of(&path);
            continue;
        }
        let bytes = std::fs::read(&path).expect("it is read");
        let name = NAMED.as_bytes();
        let found = bytes.windows(name.len()).any(|window| window == name);
        assert!(!found, "{}", path.display());
    }
}

#[tokio::test]
async fn a_reason_that_names_a_person_is_shown_and_after_the_erasure_found_nowhere() {
    let server = server().await;
    let reason = format!("{NAMED}様より電話");
    let paper = daicho_domain::stream::PoaId::of(office::application("summer"), office_id(0));
    let reprint = format!("/api/v1/poas/{paper}/reprint");
    server.must(&reprint, json!({ "reason": reason })).await;
    let remove = format!("/api/v1/corporations/{}/remove_office", corporation());
    let gone = |nth: usize| json!({ "office": office_id(nth), "reason": reason });
    server.must(&remove, gone(1)).await;
    let typed = last_number(&server).await;
    for page in pages() {
        assert!(shown(&server, &page).await, "{page}");
    }

    let feed = || async {
        let feed = server.finds("/api/v1/events?after=0&limit=1000").await;
        feed.to_string()
    };
    let before = feed().await;
    assert!(!before.contains(NAMED), "the log never held it in plain");
    for kind in ["poa.reprint_requested.v2", "corporation.office_removed.v2"] {
        assert!(before.contains(kind), "{kind} is in the feed");
    }

    erases(&server).await;
    for page in pages() {
        for address in [page.clone(), format!("{page}?as_of={typed}")] {
            assert!(!shown(&server, &address).await, "{address}");
        }
    }
    let page = server.reads(&pages()[1]).await.body;
    assert!(page.contains("（消去済み）"), "that there was one: {page}");
    let page = server.reads(&pages()[0]).await.body;
    assert!(page.contains("除外"), "the office stays out: {page}");
    assert!(feed().await.contains("poa.reprint_requested.v2"));
    is_in_no_read_model(&server).await;

    // What is typed afterwards has a key of its own, and goes the next time.
    server.must(&remove, gone(2)).await;
    assert!(shown(&server, &pages()[0]).await);
    erases(&server).await;
    assert!(!shown(&server, &pages()[0]).await);
    is_in_no_read_model(&server).await;
}

#[tokio::test]
async fn a_reason_that_an_earlier_version_recorded_in_plain_is_read_and_withheld_after_an_erasure()
{
    let server = server().await;
    let reason = format!("{NAMED}様より電話");
    let removed = json!({ "office": office_id(1), "reason": reason });
    let stream = Stream::Corporation(corporation());
    server
        .office
        .records(&stream, "corporation.office_removed.v1", removed)
        .await;
    let paper = office::poa_stream("summer", 0);
    let reprint = json!({ "reason": reason });
    server
        .office
        .records(&paper, "poa.reprint_requested.v1", reprint)
        .await;
    server.office.wakes().await;
    for page in pages() {
        assert!(shown(&server, &page).await, "{page}");
    }

    erases(&server).await;
    for page in pages() {
        assert!(!shown(&server, &page).await, "{page}");
    }
    is_in_no_read_model(&server).await;
    // The log is never rewritten: what stands in it in plain, stands there.
    let feed = server.finds("/api/v1/events?after=0&limit=1000").await;
    assert!(feed.to_string().contains(NAMED));
}
