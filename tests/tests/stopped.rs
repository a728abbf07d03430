//! What happens by itself has stopped, or waits for a person: it is said to operators and on every page, nothing that
//! people do is lost, and it goes on when it can.

use daicho_projections::rebuild_in;
use daicho_tests::in_process::Server;
use daicho_tests::office::{catalogue, day, number};
use serde_json::{Value, json};

const CORPORATION: &str = "00000000000000000000000000000101";

async fn server() -> Server {
    let server = Server::opens_on("2026-11-20").await;
    let register = format!("/api/v1/corporations/{CORPORATION}/register");
    server
        .must(&register, json!({ "name": "社会福祉法人あおぞら会" }))
        .await;
    server
}

/// Something changed over HTTP under a key; what follows from it is not waited for.
async fn sends(server: &Server, path: &str, body: &Value, key: &str) -> Value {
    let request = server.post(path, body).header("idempotency-key", key);
    let answer = server.answer(request).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()
}

async fn number_of_the_last_event(server: &Server) -> u64 {
    let head = server.office.engine().log().head().await;
    head.expect("the log is read")
        .expect("it has events")
        .number
}

#[tokio::test]
async fn an_event_nobody_can_read_is_said_everywhere_and_what_people_do_is_recorded() {
    let server = server().await;
    assert_eq!(server.reads("/readyz").await.status, 200);
    server.office.records_what_nobody_can_read().await;
    let stuck = number_of_the_last_event(&server).await;
    let woken = server.office.workers().wake().await;
    woken.expect_err("nobody skips an event");

    let ready = server.reads("/readyz").await;
    assert_eq!(ready.status, 503);
    assert!(ready.body.contains("stopped day since"), "{}", ready.body);
    assert!(
        ready.body.contains(&format!("event number {stuck} ")),
        "{}",
        ready.body
    );
    let metrics = server.reads("/metrics").await.body;
    assert!(metrics.contains("daicho_views_events"), "{metrics}");
    for page in ["/", "/cases", "/intake/new", "/health", "/nowhere"] {
        let page = server.reads(page).await.body;
        assert!(page.contains("自動処理が止まっています"), "{page}");
        let shown = format!("画面は記録 #{} までの内容です", stuck - 1);
        assert!(page.contains(&shown), "{page}");
    }

    let rename = format!("/api/v1/corporations/{CORPORATION}/change_name");
    let name = json!({ "name": "社会福祉法人あおぞら福祉会" });
    let done = sends(&server, &rename, &name, "once").await;
    assert_eq!(done["shown"], false, "{done}");
    assert_eq!(done["events"][0]["number"], stuck + 1);
    let again = sends(&server, &rename, &name, "once").await;
    assert_eq!(
        (&again["repeated"], &again["events"]),
        (&json!(true), &done["events"])
    );
    let page = server.reads(&format!("/?done={}", stuck + 1)).await.body;
    assert!(page.contains("もう一度送信する必要はありません"), "{page}");
    assert_eq!(
        number_of_the_last_event(&server).await,
        stuck + 1,
        "recorded once"
    );
}

#[tokio::test]
async fn read_models_that_stop_are_said_and_go_on_once_they_were_rebuilt() {
    let server = server().await;
    let views = server.office.views_folder();
    let file = views.join(format!("{}.db", server.office.views().await.generation()));
    let broken = rusqlite::Connection::open(&file).expect("the file opens");
    broken
        .execute_batch("DROP TABLE post_counts")
        .expect("somebody drops a table");
    drop(broken);
    let count = json!({ "channel": "post", "sheets": 3 });
    let count_post = "/api/v1/office_days/2026-11-20/count_post";
    let done = sends(&server, count_post, &count, "three").await;
    assert_eq!(done["shown"], false, "{done}");
    let woken = server.office.workers().wake().await;
    woken.expect_err("the deadlines need their rows");
    let ready = server.reads("/readyz").await;
    assert_eq!(ready.status, 503);
    assert!(ready.body.contains("views rebuild"), "{}", ready.body);

    let (catalogue, source) = (catalogue(), server.office.source());
    let rebuilt = rebuild_in(views.to_owned(), &catalogue, &source, |_| {}).await;
    rebuilt.expect("the log has everything");
    server.office.wakes().await;
    assert_eq!(server.reads("/readyz").await.status, 200);
    let page = server.reads("/").await.body;
    assert!(!page.contains("自動処理が止まっています"), "{page}");
    let day = server.finds("/api/v1/office_days/2026-11-20").await;
    assert!(day.to_string().contains("3"), "{day}");
}

#[tokio::test]
async fn a_jump_of_the_clock_is_confirmed_and_a_hold_released_by_a_person() {
    let server = server().await;
    server.office.clock_leaps_to("2027-03-05");
    let woken = server.office.workers().wake().await;
    woken.expect_err("a person is asked");
    assert_eq!(
        server.reads("/readyz").await.status,
        200,
        "nothing has stopped"
    );
    let page = server.reads("/cases").await.body;
    assert!(
        page.contains("105日分の開始には担当者の確認が必要です"),
        "{page}"
    );
    let page = server.reads("/health").await.body;
    assert!(page.contains("105 日分をまとめて開始する"), "{page}");

    let confirm = "/api/v1/installation/confirm_days";
    let until = |day: &str| json!({ "until": day, "confirmed": "yes" });
    let answer = server
        .answer(server.post(confirm, &until("2027-03-06")))
        .await;
    assert_eq!(
        (answer.status, answer.refusal().as_str()),
        (422, "http.unreadable")
    );
    let answer = server
        .answer(server.post(confirm, &until("2026-11-20")))
        .await;
    assert_eq!(answer.refusal(), "installation.nothing_to_open");
    let unconfirmed = server.post(confirm, &json!({ "until": "2027-03-05" }));
    assert_eq!(server.answer(unconfirmed).await.status, 422);
    assert_eq!(server.office.today().await, day("2026-11-20"));
    let done = server.must(confirm, until("2027-03-05")).await;
    assert_eq!(done["events"][0]["type"], "installation.days_confirmed.v1");
    assert_eq!(server.office.today().await, day("2027-03-05"));

    let page = server.reads("/health").await.body;
    assert!(page.contains("送信保留を解除する"), "{page}");
    assert!(
        page.contains("後から実行"),
        "the month ends were made up for: {page}"
    );
    let release = "/installation/release_sending?return_to=/health&form=1";
    let form = server
        .request(reqwest::Method::POST, release)
        .header("content-type", "application/x-www-form-urlencoded")
        .header(
            "cookie",
            format!("daicho_staff={}", daicho_tests::in_process::CLERK),
        )
        .header("origin", server.url(""))
        .body("since=2026-11-21&until=2027-03-05");
    let page = server.answer(form).await;
    assert_eq!(page.status, 200, "{}", page.body);
    assert!(
        page.body.contains("「送信保留を解除」を記録しました"),
        "{}",
        page.body
    );
    assert!(page.body.contains("保留はありません"), "{}", page.body);
}

#[tokio::test]
async fn who_asks_to_be_forgotten_is_gone_from_pages_and_read_models_and_the_log_reads_on() {
    let server = server().await;
    let of = |action: &str| format!("/api/v1/corporations/{CORPORATION}/{action}");
    let office =
        json!({ "number": number(0).as_str(), "entries": [{ "kind": "訪問介護", "name": "第1" }] });
    server
        .must(&of("add_offices"), json!({ "offices": [office] }))
        .await;
    let contact = json!({ "name": "山田花子", "phone": "03-0000-1234" });
    server.must(&of("set_contact"), contact).await;
    let named = number_of_the_last_event(&server).await;
    let page = format!("/corporations/{CORPORATION}");
    assert!(server.reads(&page).await.body.contains("山＊＊子"));

    let erase = of("erase_texts");
    let without_reason = json!({ "reason": " ", "confirmed": "yes" });
    let refused = server.is_refused(&erase, without_reason).await;
    assert_eq!(refused, (409, "corporation.reason_missing".into()));
    let unconfirmed = server.post(&of("erase_texts"), &json!({ "reason": "本人の申し出" }));
    assert_eq!(server.answer(unconfirmed).await.status, 422);
    let reason = json!({ "reason": "本人の申し出", "confirmed": "yes" });
    let done = server.must(&of("erase_texts"), reason).await;
    assert_eq!(done["events"][0]["type"], "corporation.texts_erased.v2");

    for address in [page.clone(), format!("{page}?as_of={named}")] {
        let shown = server.reads(&address).await;
        assert_eq!(shown.status, 200, "{}", shown.body);
        assert!(!shown.body.contains("山＊＊子"), "{address}");
    }
    let feed = server
        .finds("/api/v1/events?after=0&limit=1000")
        .await
        .to_string();
    assert!(
        !feed.contains("山田") && !feed.contains("0000-1234"),
        "{feed}"
    );
    assert!(
        feed.contains("corporation.contact_set.v1"),
        "the events stay"
    );

    // The read models are made anew, so that no file holds what was forgotten, and are what the log gives.
    let views = server.office.workers().views();
    let before = views.generation();
    views.renew_if_outlived().await.expect("they are made anew");
    assert_ne!(views.generation(), before);
    assert_eq!(
        server.office.checks_its_views().await.differing(),
        Vec::<&str>::new()
    );
    views
        .renew_if_outlived()
        .await
        .expect("there is nothing to do");
    // The documents that were kept lie below.
    let mut places = vec![server.office.views_folder().to_owned()];
    while let Some(file) = places.pop() {
        if file.is_dir() {
            let inside = std::fs::read_dir(&file).expect("it is listed");
            places.extend(inside.map(|entry| entry.expect("an entry").path()));
            continue;
        }
        let bytes = std::fs::read(&file).expect("it is read");
        let name = "山田花子".as_bytes();
        let found = bytes.windows(name.len()).any(|window| window == name);
        assert!(!found, "{}", file.display());
    }

    let next = json!({ "name": "佐藤一郎" });
    server.must(&of("set_contact"), next).await;
    assert!(server.reads(&page).await.body.contains("佐＊＊郎"));
}
