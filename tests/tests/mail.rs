//! Mails from what happened to a mail server on a socket that takes them, refuses them, puts them off, breaks off, or says
//! nothing; and through a stop at each point.

use crate::readers::Paper;
use chrono::NaiveTime;
use daicho_domain::Service;
use daicho_domain::corporation::{self, Contact};
use daicho_domain::dispatch::Stage as LetterStage;
use daicho_domain::mail::{Carrier, Command, Failure, Kind, Stage};
use daicho_domain::nouns::{Command as Any, State};
use daicho_domain::personal::Personal;
use daicho_domain::poa::{self, Method, Status as PaperStatus};
use daicho_domain::stream::{CredentialId, LetterId, MailId, Stream};
use daicho_domain::waiting::What;
use daicho_post::{Folder, Security, Server as MailServer, Smtp};
use daicho_projections::mails::{self, MailRow, Status};
use daicho_tests::in_process::Server;
use daicho_tests::office::{Office, corporation, number};
use daicho_tests::postoffice::{Doors, Manner, PostOffice, Received, Tls};
use daicho_workers::letters::Sender;
use daicho_workers::mail::{Ended, Letterhead, Message, Post};
use std::sync::Arc;

const MINI2: Service = Service::HonobonoMini2;

/// What hands mails to this server.
fn smtp(post: &PostOffice) -> Arc<dyn Post> {
    let server = MailServer {
        host: post.address().ip().to_string(),
        port: post.address().port(),
        security: Security::None,
        user: None,
        password_file: None,
        trust: None,
        timeout_seconds: 1,
    };
    let from = "台帳 <id@example.jp>".parse().expect("an address");
    Arc::new(Smtp::new(server, from).expect("a server on this machine"))
}

/// An office whose mails go so, since Friday 2026-04-10; its corporation has an address.
async fn office(post: Arc<dyn Post>) -> Office {
    let office = Office::opens_with_post_on("2026-04-10", post, letterhead()).await;
    gives_an_address(&office).await;
    office
}

fn letterhead() -> Letterhead {
    Letterhead {
        sender: Sender::invented(),
        links: Some("https://id.example.jp/c/".to_owned()),
    }
}

async fn gives_an_address(office: &Office) {
    let contact = Contact {
        name: Personal::new("contact-1", "山田花子"),
        phone: None,
        mail: Some(Personal::new("contact-1", "hanako@example.jp")),
    };
    let set = corporation::Command::SetContact { contact };
    let set = Any::corporation(&Stream::Corporation(corporation()), set);
    office.sends(set).await.expect("it is set");
}

/// Its corporation begins a trial and registers.
async fn registered(post: &PostOffice) -> Office {
    let office = office(smtp(post)).await;
    office.is_registered_since_today(MINI2).await;
    office.wakes().await;
    office
}

async fn sends(office: &Office) {
    let sent = office.workers().send_mails().await;
    sent.expect("the postman works");
    office.wakes().await;
}

async fn rows(office: &Office) -> Vec<MailRow> {
    let snapshot = office.views().await.snapshot().expect("rows");
    let listed = mails::list(&snapshot, &mails::Filter::default(), 0, 100);
    listed.expect("they are read").rows
}

async fn mail(office: &Office, kind: Kind) -> MailRow {
    let mut of_kind = rows(office)
        .await
        .into_iter()
        .filter(|row| row.kind == kind);
    of_kind.next().expect("it was asked for")
}

/// The mails of a kind that the server took.
fn came(post: &PostOffice, row: &MailRow) -> Vec<Received> {
    let id = format!("<{}@example.jp>", row.mail);
    let received = post.received().into_iter();
    received
        .filter(|mail| mail.header("Message-ID") == id)
        .collect()
}

fn receipt() -> LetterId {
    let corporation = corporation().to_string();
    LetterId::of(
        "trial-received",
        &[corporation.as_str(), MINI2.code(), "2026-04-10"],
    )
}

async fn letter(office: &Office, id: LetterId) -> LetterStage {
    let state = office.state(&Stream::Dispatch(id)).await;
    let State::Dispatch(state) = state else {
        panic!("a letter");
    };
    state.letter().expect("it was promised").stage.clone()
}

#[tokio::test]
async fn a_trial_is_acknowledged_at_once_in_text_and_html_and_its_letter_is_not_posted_too() {
    let post = PostOffice::opens(Manner::Takes);
    let office = registered(&post).await;
    sends(&office).await;
    let row = mail(&office, Kind::TrialReceived).await;
    assert_eq!((row.status, row.mailing.0.attempts), (Status::Sent, 1));
    let [received] = &came(&post, &row)[..] else {
        panic!("it came once");
    };
    assert_eq!(received.to, "hanako@example.jp");
    let text = received.text();
    assert!(
        text.contains("山田花子 様") && text.contains("2026/06/10（水）"),
        "{text}"
    );
    let html = received.parts("text/html");
    let html = String::from_utf8(html[0].clone()).expect("text");
    assert!(
        html.contains("<strong>無料でお試しいただける最終日</strong>"),
        "{html}"
    );
    let stage = letter(&office, receipt()).await;
    let method = Method::Mail;
    let sent_on = office.today().await;
    assert_eq!(
        stage,
        LetterStage::Sent {
            method,
            sent_on,
            tracking: None
        }
    );
    sends(&office).await;
    assert_eq!(came(&post, &row).len(), 1, "it is sent once");
}

#[tokio::test]
async fn what_the_documents_send_as_pdf_comes_as_pdf_and_is_kept() {
    let post = PostOffice::opens(Manner::Takes);
    let office = registered(&post).await;
    sends(&office).await;
    let row = mail(&office, Kind::Registered).await;
    let received = came(&post, &row);
    let pdfs = received[0].parts("application/pdf");
    assert!(pdfs[0].starts_with(b"%PDF-1.7"));
    let letter = row.letter.expect("it tells a letter");
    let state = office.state(&Stream::Dispatch(letter)).await;
    let State::Dispatch(state) = state else {
        panic!("a letter");
    };
    let printed = state.letter().and_then(|letter| letter.printed.as_ref());
    let file = printed.expect("it was printed").file;
    let kept = office.data().kept(file).expect("it is read");
    assert_eq!(kept.as_deref(), Some(&pdfs[0][..]));
}

#[tokio::test]
async fn mails_of_one_round_go_over_one_connection_and_a_server_that_closes_it_gets_them_too() {
    let post = PostOffice::opens(Manner::Takes);
    let office = registered(&post).await;
    sends(&office).await;
    let mails = post.received().len();
    assert!(mails > 2 && post.conversations() == 1, "{mails} mails");
    let post = PostOffice::opens(Manner::ClosesAfterEach);
    let office = registered(&post).await;
    sends(&office).await;
    assert_eq!(post.received().len(), mails);
    assert_eq!(post.conversations(), mails);
    assert!(
        rows(&office)
            .await
            .iter()
            .all(|row| row.mailing.0.unknown == 0)
    );
}

#[tokio::test]
async fn who_is_put_off_comes_again_after_a_pause_with_the_same_mail() {
    let post = PostOffice::opens(Manner::PutsOff(9));
    let office = registered(&post).await;
    sends(&office).await;
    let row = mail(&office, Kind::TrialReceived).await;
    assert_eq!((row.status, row.mailing.0.attempts), (Status::Waiting, 1));
    sends(&office).await;
    let row = mail(&office, Kind::TrialReceived).await;
    assert_eq!(row.mailing.0.attempts, 1, "not before its pause is over");
    post.behaves(Manner::Takes);
    office.goes_on_to("2026-04-11").await;
    sends(&office).await;
    let row = mail(&office, Kind::TrialReceived).await;
    assert_eq!((row.status, row.mailing.0.attempts), (Status::Sent, 2));
    assert!(
        !row.mailing.0.maybe_twice(),
        "the first was not handed over"
    );
}

#[tokio::test]
async fn what_is_refused_is_given_up_and_shown_and_a_person_sends_it_again() {
    let post = PostOffice::opens(Manner::Refuses);
    let server = Server::of(registered(&post).await).await;
    server.clerk_gives_her_name().await;
    sends(&server.office).await;
    let row = mail(&server.office, Kind::TrialReceived).await;
    assert_eq!(row.status, Status::GaveUp);
    let stage = letter(&server.office, receipt()).await;
    assert_eq!(stage, LetterStage::ToSend, "its letter is to be posted");
    let page = server.reads("/mails?status=gave_up").await.body;
    assert!(
        page.contains("不達") && page.contains("受信側の拒否"),
        "{page}"
    );
    assert!(
        !page.contains("hanako@example.jp"),
        "no address on the page"
    );
    let cases = server.reads("/cases?kind=mail").await.body;
    assert!(
        cases.contains("不達（メール）"),
        "a case for a person: {cases}"
    );
    let case = server.reads(&format!("/cases/of/mail-{}", row.mail)).await;
    assert!(case.body.contains("メールを送信する"), "{}", case.body);
    post.behaves(Manner::Takes);
    let release = format!("/api/v1/mails/{}/release", row.mail);
    server.must(&release, serde_json::json!({})).await;
    sends(&server.office).await;
    let row = mail(&server.office, Kind::TrialReceived).await;
    assert_eq!(row.status, Status::Sent);
}

#[tokio::test]
async fn a_mail_whose_letter_cannot_be_printed_names_the_character_on_a_case_and_goes_once_it_is_mended()
 {
    let post = PostOffice::opens(Manner::Takes);
    let server = Server::of(registered(&post).await).await;
    server.clerk_gives_her_name().await;
    let renamed = async |name: &str| {
        let name = corporation::Command::ChangeName {
            name: name.to_owned(),
        };
        let stream = Stream::Corporation(corporation());
        let sent = server.office.sends(Any::corporation(&stream, name)).await;
        sent.expect("it is changed");
        server.office.wakes().await;
    };
    renamed("社会福祉法人김").await;
    sends(&server.office).await;
    let row = mail(&server.office, Kind::Registered).await;
    assert_eq!(row.status, Status::GaveUp);
    let id = row.letter.expect("it tells a letter");
    let waiting = async || {
        let state = server.office.state(&Stream::Dispatch(id)).await;
        let State::Dispatch(state) = state else {
            panic!("a letter");
        };
        state.waiting()
    };
    let [waits] = &waiting().await[..] else {
        panic!("it waits for a person");
    };
    assert_eq!(waits.what, What::LetterGlyph);
    let case = server.reads(&format!("/cases/of/dispatch-{id}")).await.body;
    assert!(case.contains("「김」（U+AE40、宛名の法人名）"), "{case}");

    renamed("社会福祉法人金").await;
    let release = format!("/api/v1/mails/{}/release", row.mail);
    server.must(&release, serde_json::json!({})).await;
    sends(&server.office).await;
    let row = mail(&server.office, Kind::Registered).await;
    assert_eq!(row.status, Status::Sent);
    assert!(waiting().await.is_empty());
}

#[tokio::test]
async fn a_connection_that_breaks_after_the_mail_leaves_it_perhaps_twice_under_one_identity() {
    for manner in [Manner::BreaksOff(9), Manner::TakesInSilence] {
        let post = PostOffice::opens(manner);
        let server = Server::of(registered(&post).await).await;
        sends(&server.office).await;
        let row = mail(&server.office, Kind::TrialReceived).await;
        let mailing = &row.mailing.0;
        assert_eq!(
            (row.status, mailing.unknown),
            (Status::Waiting, 1),
            "{manner:?}"
        );
        post.behaves(Manner::Takes);
        server.office.goes_on_to("2026-04-11").await;
        sends(&server.office).await;
        assert_eq!(came(&post, &row).len(), 2, "under one identity");
        let page = server.reads("/mails").await.body;
        assert!(page.contains("二重の可能性"));
    }
}

#[tokio::test]
async fn a_server_that_says_nothing_or_hangs_up_is_left_alone_and_nothing_is_doubled() {
    for manner in [Manner::IsSilent, Manner::HangsUp(99)] {
        let post = PostOffice::opens(manner);
        let office = registered(&post).await;
        sends(&office).await;
        let tried: u32 = rows(&office)
            .await
            .iter()
            .map(|row| row.mailing.0.attempts)
            .sum();
        assert_eq!(
            tried, 1,
            "the mails behind the first wait without an attempt"
        );
        assert!(
            rows(&office)
                .await
                .iter()
                .all(|row| row.mailing.0.unknown == 0)
        );
        post.behaves(Manner::Takes);
        office.goes_on_to("2026-04-13").await;
        sends(&office).await;
        let all = rows(&office).await;
        assert!(
            all.iter().all(|row| row.status == Status::Sent),
            "{manner:?}"
        );
        assert_eq!(post.received().len(), all.len(), "each once");
    }
}

/// The first attempt at the acknowledgement is claimed, and the process ends there.
async fn claimed(office: &Office) -> MailRow {
    let row = mail(office, Kind::TrialReceived).await;
    let at = NaiveTime::from_hms_opt(10, 0, 0).expect("a time");
    let claim = Command::Claim { attempt: 1, at };
    let claim = Any::mail(&Stream::Mail(row.mail), claim);
    office.sends(claim).await.expect("it is claimed");
    row
}

#[tokio::test]
async fn killed_before_an_attempt_nothing_is_lost_and_nothing_doubled() {
    let post = PostOffice::opens(Manner::Takes);
    let office = registered(&post).await.is_down_until("2026-04-11").await;
    sends(&office).await;
    let row = mail(&office, Kind::TrialReceived).await;
    assert_eq!((row.status, row.mailing.0.attempts), (Status::Sent, 1));
    assert!(!row.mailing.0.maybe_twice());
}

#[tokio::test]
async fn killed_after_the_claim_it_is_sent_again_and_said_to_be_perhaps_the_second() {
    let post = PostOffice::opens(Manner::Takes);
    let office = registered(&post).await;
    let row = claimed(&office).await;
    let office = office.is_down_until("2026-04-11").await;
    sends(&office).await;
    assert_eq!(came(&post, &row).len(), 1);
    let row = mail(&office, Kind::TrialReceived).await;
    assert_eq!((row.status, row.mailing.0.attempts), (Status::Sent, 2));
    assert!(row.mailing.0.maybe_twice());
}

#[tokio::test]
async fn killed_after_the_server_took_it_the_second_has_the_same_identity() {
    let post = PostOffice::opens(Manner::BreaksOff(1));
    let office = registered(&post).await;
    // It was taken, and the process ends before it is noted: as when the answer never came.
    let row = claimed(&office).await;
    let draft = office.workers().mail_draft(row.mail).await;
    let message = Message {
        id: row.mail.to_string(),
        to: "hanako@example.jp".to_owned(),
        draft: draft.expect("it is read").expect("it can be written"),
        attached: None,
    };
    smtp(&post).send(&message).await;
    let office = office.is_down_until("2026-04-11").await;
    sends(&office).await;
    assert_eq!(came(&post, &row).len(), 2, "under one identity");
    let row = mail(&office, Kind::TrialReceived).await;
    assert!(row.mailing.0.maybe_twice() && row.status == Status::Sent);
}

#[tokio::test]
async fn killed_after_it_was_noted_its_letter_is_told_all_the_same() {
    let post = PostOffice::opens(Manner::Takes);
    let office = registered(&post).await;
    let row = claimed(&office).await;
    let carrier = Carrier::Server;
    let sent = Command::NoteSent {
        attempt: 1,
        carrier,
        kept: None,
    };
    let sent = Any::mail(&Stream::Mail(row.mail), sent);
    office.sends(sent).await.expect("it is noted");
    let office = office.is_down_until("2026-04-11").await;
    sends(&office).await;
    assert_eq!(came(&post, &row).len(), 0, "it is not sent again");
    let stage = letter(&office, receipt()).await;
    assert!(matches!(
        stage,
        LetterStage::Sent {
            method: Method::Mail,
            ..
        }
    ));
}

#[tokio::test]
async fn after_an_outage_everything_rests_until_a_person_released_or_dropped_it() {
    let post = PostOffice::opens(Manner::Takes);
    let office = registered(&post).await.is_down_until("2026-04-14").await;
    let server = Server::of(office).await;
    server.clerk_gives_her_name().await;
    sends(&server.office).await;
    assert_eq!(post.received().len(), 0, "nothing left");
    let page = server.reads("/mails").await.body;
    assert!(page.contains("送信を保留しています") && page.contains("送信保留"));
    let dropped = mail(&server.office, Kind::TrialReceived).await;
    let drop = format!("/api/v1/mails/{}/drop", dropped.mail);
    server.must(&drop, serde_json::json!({})).await;
    let released = mail(&server.office, Kind::TrialStarted).await;
    let release = format!("/api/v1/mails/{}/release", released.mail);
    server.must(&release, serde_json::json!({})).await;
    sends(&server.office).await;
    let taken = post.received().len();
    assert_eq!(
        (taken, came(&post, &released).len()),
        (1, 1),
        "one is let go"
    );
    let holds = server
        .office
        .workers()
        .sending_holds()
        .expect("they are read");
    let (since, until) = holds[0];
    let release = serde_json::json!({ "since": since, "until": until });
    let path = "/api/v1/installation/release_sending";
    server.must(path, release).await;
    sends(&server.office).await;
    assert_eq!(came(&post, &dropped).len(), 0, "what was dropped stays");
    let row = mail(&server.office, Kind::CredentialNotice).await;
    assert_eq!(row.status, Status::Sent);
}

#[tokio::test]
async fn the_notice_of_an_id_carries_the_link_that_opens_and_the_log_does_not() {
    let post = PostOffice::opens(Manner::Takes);
    let server = Server::of(registered(&post).await).await;
    sends(&server.office).await;
    let row = mail(&server.office, Kind::CredentialNotice).await;
    assert_eq!(row.status, Status::Sent, "within the office's hours");
    let text = came(&post, &row)[0].text();
    let link = text.lines().find(|line| line.starts_with("https://"));
    let end = link
        .and_then(|link| link.rsplit('/').next())
        .expect("a link");
    let opened = server
        .request(reqwest::Method::POST, &format!("/c/{end}"))
        .header("origin", "null")
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/x-www-form-urlencoded");
    assert_eq!(server.answer(opened).await.status, 200);
    let page = server.reads(&format!("/mails/{}", row.mail)).await.body;
    assert!(
        page.contains("IDと初期パスワード") && !page.contains(end),
        "{page}"
    );
    let engine = server.office.engine();
    let events = engine
        .log()
        .read_all(None, 10_000)
        .await
        .expect("it is read");
    let (_, secret) = end.split_at(8);
    for event in events {
        let body = event.body.as_str();
        assert!(
            !body.contains(end) && !body.contains(secret),
            "{}",
            event.kind
        );
    }
}

async fn of_kind(office: &Office, kind: Kind) -> Vec<MailRow> {
    let all = rows(office).await.into_iter();
    all.filter(|row| row.kind == kind).collect()
}

/// A customer whose 委任状 went out with the automatic mail on Friday 2026-04-10, to be back on 2026-05-08.
async fn applied(post: &PostOffice) -> Server {
    let office = registered(post).await;
    office.takes_an_application("A", &[0]).await;
    sends(&office).await;
    Server::of(office).await
}

/// The letters of this name with this status.
async fn letters(server: &Server, letter: &str, status: &str) -> Vec<serde_json::Value> {
    let found = server
        .finds(&format!("/api/v1/letters?limit=1000&status={status}"))
        .await;
    let rows = found["rows"].as_array().cloned().unwrap_or_default();
    let named = rows.into_iter().filter(|row| row["letter"] == letter);
    named.collect()
}

#[tokio::test]
async fn the_form_of_an_application_comes_as_pdf() {
    let post = PostOffice::opens(Manner::Takes);
    let server = applied(&post).await;
    let forms = mail(&server.office, Kind::PoaForms).await;
    assert_eq!(
        forms.status,
        Status::Sent,
        "it goes with the automatic mail"
    );
    let pdf = &came(&post, &forms)[0].parts("application/pdf")[0];
    assert!(pdf.starts_with(b"%PDF-1.7"));
    assert_eq!(server.office.status("A", 0).await, PaperStatus::Out);
}

#[tokio::test]
async fn the_return_envelope_of_a_form_that_went_as_pdf_goes_by_post() {
    let post = PostOffice::opens(Manner::Takes);
    let server = applied(&post).await;
    server.clerk_gives_her_name().await;
    server.office.wakes().await;
    let here = letters(&server, "return-envelope", "to_send").await;
    assert_eq!(here.len(), 1);
    assert_eq!(here[0]["act_by"], "2026-05-08");
    let listed = server.reads("/dispatch").await.body;
    assert!(listed.contains("返信用封筒のお届け"), "{listed}");
    let id = here[0]["id"].as_str().expect("an id");
    let printed = server.fills_in("/dispatch/print", &[("letter", id)]).await;
    assert_eq!(printed.status, 200, "{}", printed.body);
    assert!(printed.body.contains("href=\"/files/"), "{}", printed.body);
    // Whoever found an envelope of its own needs none of ours.
    server.office.enters_arrival("A", 0, "2026-04-10").await;
    server.office.wakes().await;
    for (status, expected) in [("to_send", 0), ("called_off", 1)] {
        let now = letters(&server, "return-envelope", status).await;
        assert_eq!(now.len(), expected, "{status}");
    }
}

#[tokio::test]
async fn a_second_form_mailed_after_the_day_s_return_envelope_was_posted_gets_its_own() {
    let post = PostOffice::opens(Manner::Takes);
    let server = applied(&post).await;
    server.clerk_gives_her_name().await;
    server.office.wakes().await;
    let posted = async || {
        let here = letters(&server, "return-envelope", "to_send").await;
        let id = here[0]["id"].as_str().expect("an id");
        let send = format!("/api/v1/letters/{id}/send");
        let sent = serde_json::json!({ "method": "post", "sent_on": "2026-04-10" });
        server.must(&send, sent).await;
    };
    posted().await;
    server.office.takes_an_application("B", &[1]).await;
    sends(&server.office).await;
    let here = letters(&server, "return-envelope", "to_send").await;
    assert_eq!(here.len(), 1, "for the second form");
    let id = here[0]["id"].as_str().expect("an id");
    let printed = server.fills_in("/dispatch/print", &[("letter", id)]).await;
    assert_eq!(printed.status, 200, "{}", printed.body);
    let State::Dispatch(state) = server
        .office
        .state(&Stream::Dispatch(id.parse().expect("an id")))
        .await
    else {
        panic!("a letter");
    };
    let printed = state.letter().and_then(|letter| letter.printed.clone());
    let file = printed.expect("it was printed").file;
    let file = server.office.data().kept(file).expect("files are read");
    let text = Paper::new(&file.expect("it was kept")).text();
    assert!(text.contains(number(1).as_str()), "{text}");
    assert!(!text.contains(number(0).as_str()), "{text}");
    // Meanwhile the first comes back: each has its own fate.
    let first = letters(&server, "return-envelope", "sent").await;
    assert_eq!(first.len(), 1);
    let first = first[0]["id"].as_str().expect("an id");
    assert_ne!(first, id);
    let back = serde_json::json!({ "returned_on": "2026-04-10" });
    let back_came = format!("/api/v1/letters/{first}/record_undeliverable");
    server.must(&back_came, back).await;
    posted().await;
    let fates = async |status| letters(&server, "return-envelope", status).await.len();
    for (status, expected) in [("to_send", 0), ("sent", 1), ("undeliverable", 1)] {
        assert_eq!(fates(status).await, expected, "{status}");
    }
    // The second's paper is here: nothing of its letter is awaited, and the first's is to be posted again.
    server.office.enters_arrival("B", 1, "2026-04-10").await;
    server.office.wakes().await;
    assert_eq!(fates("undeliverable").await, 1);
}

#[tokio::test]
async fn the_return_envelopes_of_forms_that_went_as_pdf_go_to_each_office_where_it_is_wished() {
    let post = PostOffice::opens(Manner::Takes);
    let office = registered(&post).await;
    let wish = corporation::Command::SetDestination {
        destination: corporation::Destination {
            to: corporation::SendTo::EachOffice,
            head_office: None,
        },
    };
    let wish = Any::corporation(&Stream::Corporation(corporation()), wish);
    office.sends(wish).await.expect("it is set");
    office.takes_an_application("A", &[0, 1]).await;
    sends(&office).await;
    let server = Server::of(office).await;
    server.clerk_gives_her_name().await;
    server.office.wakes().await;
    let here = letters(&server, "return-envelope", "to_send").await;
    assert_eq!(here.len(), 2, "one for each office");
    let mut fields = vec![("form", "printing")];
    let ids = here.iter().filter_map(|letter| letter["id"].as_str());
    fields.extend(ids.map(|id| ("letter", id)));
    let printed = server.fills_in("/dispatch/print", &fields).await;
    assert!(
        printed.body.contains("2 通中 2 通を、封筒 2 通分"),
        "{}",
        printed.body
    );
    // What one of them sent back in an envelope of its own calls off its own alone.
    server.office.enters_arrival("A", 0, "2026-04-10").await;
    server.office.wakes().await;
    let here = letters(&server, "return-envelope", "to_send").await;
    assert_eq!(here.len(), 1);
}

#[tokio::test]
async fn a_paper_is_asked_for_once_before_its_due_date_by_mail_with_the_letter() {
    let post = PostOffice::opens(Manner::Takes);
    let server = applied(&post).await;
    let office = &server.office;
    let due = office.sheet("A", 0).await.dates.due.on;
    assert_eq!(due.to_string(), "2026-05-08");
    for (day, expected) in [("2026-04-24", 0), ("2026-04-27", 1), ("2026-05-08", 1)] {
        office.goes_on_closing_days_to(day).await;
        sends(office).await;
        let reminders = of_kind(office, Kind::PoaReminder).await;
        assert_eq!(reminders.len(), expected, "on {day}");
        let here = letters(&server, "poa-reminder", "to_send").await;
        assert_eq!(here.len(), 0, "nothing is to be posted on {day}");
    }
    let reminder = mail(office, Kind::PoaReminder).await;
    let received = came(&post, &reminder);
    let text = received[0].text();
    for said in [
        "2026/05/08（金）",
        "2026年6月からの伝送",
        "先送り",
        "添付の書面",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    assert!(received[0].parts("application/pdf")[0].starts_with(b"%PDF-1.7"));
    let told = letters(&server, "poa-reminder", "sent").await;
    assert_eq!(told.len(), 1);
    assert_eq!(
        (&told[0]["method"], &told[0]["sent_on"]),
        (&"mail".into(), &"2026-04-27".into())
    );
    assert_eq!(received.len(), 1, "and nobody is asked twice");
}

#[tokio::test]
async fn a_reminder_that_mail_does_not_bring_is_on_the_list_of_what_is_to_be_posted() {
    let post = PostOffice::opens(Manner::Takes);
    let server = applied(&post).await;
    post.behaves(Manner::Refuses);
    server.office.goes_on_closing_days_to("2026-04-27").await;
    let listed = server.reads("/dispatch").await.body;
    assert!(
        !listed.contains("委任状ご返送のお願い"),
        "it goes by mail: {listed}"
    );
    sends(&server.office).await;
    let reminder = mail(&server.office, Kind::PoaReminder).await;
    assert_eq!(reminder.status, Status::GaveUp);
    let listed = server.reads("/dispatch").await.body;
    assert!(listed.contains("委任状ご返送のお願い"), "{listed}");

    // It goes by post: nobody has to see to its mail any more.
    let open = async || {
        let found = server.finds("/api/v1/cases?kind=mail&state=open").await;
        found["total"].as_u64().expect("a number")
    };
    assert_eq!(open().await, 1);
    let here = letters(&server, "poa-reminder", "to_send").await;
    let id = here[0]["id"].as_str().expect("an id");
    let sent = serde_json::json!({ "method": "post", "sent_on": "2026-04-27" });
    server.clerk_gives_her_name().await;
    server
        .must(&format!("/api/v1/letters/{id}/send"), sent)
        .await;
    server.office.wakes().await;
    assert_eq!(open().await, 0);
    let reminder = mail(&server.office, Kind::PoaReminder).await;
    assert_eq!(reminder.status, Status::CalledOff);
}

#[tokio::test]
async fn a_paper_whose_due_date_is_over_is_asked_for_by_mail_until_its_post_is_counted() {
    let post = PostOffice::opens(Manner::Takes);
    let server = applied(&post).await;
    let office = &server.office;
    office.goes_on_closing_days_to("2026-05-08").await;
    // Nobody counts the post of the 8th; the 9th is a Saturday.
    office.goes_on_to("2026-05-09").await;
    sends(office).await;
    let overdue = mail(office, Kind::PoaOverdue).await;
    assert_eq!(overdue.status, Status::Waiting, "until the office opens");
    office.goes_on_to("2026-05-11").await;
    sends(office).await;
    let text = came(&post, &overdue)[0].text();
    for said in ["返送期日を過ぎても", "2026/05/08（金）", "2026/05/20（水）"] {
        assert!(text.contains(said), "{said}: {text}");
    }
    assert_eq!(letters(&server, "poa-overdue", "sent").await.len(), 1);
}

/// A customer of mini2 with an address, charged for August 2026, who paid it on 2026-10-01.
async fn paid(post: &PostOffice) -> Server {
    let server = Server::of(registered(post).await).await;
    server.clerk_gives_her_name().await;
    sends(&server.office).await;
    server.office.goes_on_closing_days_to("2026-10-01").await;
    let paid =
        serde_json::json!({ "amount": 9_900, "received_on": "2026-10-01", "method": "transfer" });
    server.must(&ledger("record_payment"), paid).await;
    server
}

/// An address of the corporation's ledger.
fn ledger(action: &str) -> String {
    format!("/api/v1/corporations/{}/ledger/{action}", corporation())
}

#[tokio::test]
async fn what_a_customer_asked_for_comes_by_mail_where_it_wishes_so_and_on_paper_else() {
    let post = PostOffice::opens(Manner::Takes);
    let server = paid(&post).await;
    let receipt = ledger("ask_receipt");
    let entry = serde_json::json!({ "entry": "paid.1" });
    server.must(&receipt, entry).await;
    server.office.wakes().await;
    assert!(of_kind(&server.office, Kind::Receipt).await.is_empty());
    assert_eq!(letters(&server, "receipt", "to_send").await.len(), 1);

    let wished = serde_json::json!({ "entry": "paid.1", "by": "mail" });
    server.must(&receipt, wished).await;
    let year = serde_json::json!({ "from": "2026-01-01", "to": "2026-10-01", "by": "mail" });
    server.must(&ledger("ask_certificate"), year).await;
    server.office.wakes().await;
    sends(&server.office).await;
    for (kind, letter, said) in [
        (Kind::Receipt, "receipt", "領収書を、添付のPDFで"),
        (
            Kind::PaymentCertificate,
            "payment-certificate",
            "支払証明書を、添付のPDFで",
        ),
    ] {
        let row = mail(&server.office, kind).await;
        let received = came(&post, &row);
        assert_eq!(received.len(), 1, "{letter}");
        assert!(received[0].text().contains(said), "{}", received[0].text());
        let pdf = &received[0].parts("application/pdf")[0];
        assert!(pdf.starts_with(b"%PDF-1.7"));
        let sent = letters(&server, letter, "sent").await;
        assert_eq!(sent.len(), 1, "{letter}");
        assert_eq!(sent[0]["method"], "mail");
    }
}

#[tokio::test]
async fn what_is_asked_for_by_mail_is_posted_where_the_mail_does_not_arrive() {
    let post = PostOffice::opens(Manner::Takes);
    let server = paid(&post).await;
    post.behaves(Manner::Refuses);
    let wished = serde_json::json!({ "entry": "paid.1", "by": "mail" });
    server.must(&ledger("ask_receipt"), wished).await;
    server.office.wakes().await;
    sends(&server.office).await;
    let row = mail(&server.office, Kind::Receipt).await;
    assert_eq!(row.status, Status::GaveUp);
    assert_eq!(letters(&server, "receipt", "to_send").await.len(), 1);
    let listed = server.reads("/dispatch").await.body;
    assert!(listed.contains("領収書"), "{listed}");
}

#[tokio::test]
async fn what_left_by_mail_is_kept_sealed_and_found_with_its_file_by_date_amount_and_counterparty()
{
    let post = PostOffice::opens(Manner::Takes);
    let server = Server::of(registered(&post).await).await;
    server.clerk_gives_her_name().await;
    sends(&server.office).await;
    let asked = "/api/v1/documents?direction=sent&from=2026-04-10&to=2026-04-10&q=7000012050002";
    let found = server.finds(&format!("{asked}&kind=mail&verify=yes")).await;
    let rows = found["rows"].as_array().expect("rows");
    assert!(rows.iter().all(|row| row["check"] == "whole"), "{rows:?}");
    let of = |letter: &str| rows.iter().find(|row| row["letter"] == letter);
    let registered = of("registered").expect("it is found");
    assert_eq!(registered["amount"], 9_900);
    let quoted = server
        .finds(&format!("{asked}&amount_min=9900&amount_max=9900"))
        .await;
    let quoted = quoted["rows"].as_array().expect("rows");
    let kinds: Vec<_> = quoted.iter().map(|row| row["kind"].as_str()).collect();
    assert_eq!(
        kinds.iter().filter(|kind| **kind == Some("mail")).count(),
        2
    );
    assert_eq!(
        kinds.iter().filter(|kind| **kind == Some("letter")).count(),
        2,
        "the PDF"
    );

    // What is kept is the text as it went out, with the address and the digest of what lay beside it.
    let opens = registered["href"].as_str().expect("it opens");
    let kept = server.reads(opens).await;
    assert_eq!(kept.header("content-type"), "text/plain; charset=utf-8");
    let row = mail(&server.office, Kind::Registered).await;
    let pdf = quoted
        .iter()
        .find(|row| row["letter"] == "registered" && row["kind"] == "letter");
    let pdf = pdf.and_then(|row| row["file"].as_str()).expect("a digest");
    for said in [
        "宛先: hanako@example.jp",
        "山田花子 様",
        &row.mail.to_string(),
        pdf,
    ] {
        assert!(kept.body.contains(said), "{said}: {}", kept.body);
    }
    let lies = server.office.data().files();
    let lies = lies.join(registered["file"].as_str().expect("a digest"));
    let lies = std::fs::read(lies).expect("it lies there");
    let plain = "hanako@example.jp".as_bytes();
    assert!(
        !lies.windows(plain.len()).any(|part| part == plain),
        "it is sealed"
    );

    // The end of a link is its customer's alone.
    let notice = of("credential_notice").expect("it is found");
    let kept = server
        .reads(notice["href"].as_str().expect("it opens"))
        .await
        .body;
    assert!(
        kept.contains("お客様だけが開けるリンク") && !kept.contains("https://id"),
        "{kept}"
    );
    let page = server.reads("/documents?kind=mail").await.body;
    assert!(
        page.contains("送った") && page.contains("本登録／変更完了のご案内（メール）"),
        "{page}"
    );
    let table = server.reads("/documents.csv?kind=mail").await.body;
    assert!(table.contains(r#""送った","メール","#), "{table}");
}

#[tokio::test]
async fn mails_are_listed_by_the_filters_of_their_page_without_address_or_name() {
    let post = PostOffice::opens(Manner::Takes);
    let server = Server::of(registered(&post).await).await;
    sends(&server.office).await;
    let all = server.finds("/api/v1/mails").await;
    let total = all["total"].as_u64().expect("a number");
    assert_eq!(total as usize, rows(&server.office).await.len());
    let first = server.finds("/api/v1/mails?limit=1").await;
    let second = server.finds("/api/v1/mails?limit=1&offset=1").await;
    assert_eq!(first["total"], second["total"]);
    assert_ne!(first["rows"][0]["mail"], second["rows"][0]["mail"]);
    let listed = server
        .finds("/api/v1/mails?status=sent&kind=registered")
        .await;
    assert_eq!(listed["total"], 1);
    let row = &listed["rows"][0];
    assert_eq!(row["corporation_name"], "社会福祉法人あおぞら会");
    assert_eq!(
        server.finds("/api/v1/mails?status=gave_up").await["total"],
        0
    );
    let theirs = format!("/api/v1/mails?corporation={}", corporation());
    assert_eq!(server.finds(&theirs).await["total"], total);

    let one = format!("/api/v1/mails/{}", row["mail"].as_str().expect("an id"));
    let one = server.finds(&one).await;
    assert_eq!(one["mail"], *row);
    let text = one["draft"]["text"].as_str().expect("a text");
    assert!(text.contains("本登録が完了しました"), "{text}");
    let kinds: Vec<_> = one["events"].as_array().expect("events").iter().collect();
    assert_eq!(kinds.len(), 3, "asked, claimed, sent: {kinds:?}");
    for said in [all.to_string(), one.to_string()] {
        assert!(
            !said.contains("hanako@") && !said.contains("山田花子"),
            "{said}"
        );
    }
    let unknown = MailId::of("nothing", &["1"]);
    let missing = server.reads(&format!("/api/v1/mails/{unknown}")).await;
    assert_eq!(missing.status, 404);
}

#[tokio::test]
async fn an_offices_link_is_mailed_at_the_end_of_the_month_before_its_start() {
    let post = PostOffice::opens(Manner::Takes);
    let office = registered(&post).await;
    office.takes_an_application("A", &[0]).await;
    sends(&office).await;
    let arrived_on = office.today().await.to_string();
    office.enters_arrival("A", 0, &arrived_on).await;
    office.does("A", 0, poa::Command::Accept {}).await;
    let filed_on = office.today().await;
    let filing =
        poa::Command::File(poa::Filing::on(filed_on).without_scan(Some("写しは紙で保管".into())));
    office.does("A", 0, filing).await;
    let start = office.sheet("A", 0).await.dates.start.on;
    let end = start.pred_opt().expect("a day before");
    let eve = end.pred_opt().expect("a day before");
    office.goes_on_closing_days_to(&eve.to_string()).await;
    let before = of_kind(&office, Kind::CredentialNotice).await;
    assert_eq!(before.len(), 1, "the corporation's own alone");
    office.goes_on_closing_days_to(&end.to_string()).await;
    // The vault has made what it leads to; the mail follows.
    office.wakes().await;
    let notices = of_kind(&office, Kind::CredentialNotice).await;
    assert_eq!(notices.len(), 2);
    sends(&office).await;
    let own = notices.iter().find(|row| row.asked_on == end);
    let own = own.expect("it is asked for on the day itself");
    assert_eq!(came(&post, own).len(), 0, "{end} is a Sunday");
    office.goes_on_closing_days_to(&start.to_string()).await;
    sends(&office).await;
    assert_eq!(came(&post, own).len(), 1, "and {start} a Monday");
    let text = came(&post, own)[0].text();
    let last = "ほのぼのmini2の事業所情報に伝送のパスワードとして登録";
    assert!(
        !text.contains(last),
        "it transmits with the messenger itself: {text}"
    );
}

#[tokio::test]
async fn where_no_server_is_configured_mails_lie_in_a_folder_and_letters_are_still_posted() {
    let folder = tempfile::tempdir().expect("a folder");
    let from = "台帳 <id@example.jp>".parse().expect("an address");
    let kept = Folder::at(folder.path().to_owned(), from);
    let office = office(Arc::new(kept)).await;
    office.is_registered_since_today(MINI2).await;
    office.wakes().await;
    sends(&office).await;
    let row = mail(&office, Kind::TrialReceived).await;
    let carrier = Carrier::Folder;
    let on = office.today().await;
    assert_eq!(row.mailing.0.stage, Stage::Sent { carrier, on });
    let file = folder.path().join(format!("{}.eml", row.mail));
    let written = std::fs::read_to_string(file).expect("it lies there");
    assert!(written.contains(&format!("Message-ID: <{}@example.jp>", row.mail)));
    assert_eq!(letter(&office, receipt()).await, LetterStage::ToSend);
    let server = Server::of(office).await;
    let page = server.reads("/mails").await.body;
    assert!(page.contains("フォルダーに保存"), "{page}");
    let page = server.reads(&format!("/mails/{}", row.mail)).await.body;
    assert!(
        page.contains("仮登録のお申し込みを受け付けました"),
        "{page}"
    );
}

#[tokio::test]
async fn a_mail_that_does_not_exist_is_not_shown() {
    let post = PostOffice::opens(Manner::Takes);
    let server = Server::of(registered(&post).await).await;
    let unknown = MailId::of("nothing", &["1"]);
    assert_eq!(server.reads(&format!("/mails/{unknown}")).await.status, 404);
}

/// One mail to a server behind these doors, as it is configured.
async fn one_mail(
    doors: Doors,
    configured: impl FnOnce(MailServer) -> MailServer,
) -> (Ended, Vec<Received>) {
    let post = PostOffice::opens_behind(doors, Manner::Takes);
    let server = configured(MailServer {
        host: "localhost".to_owned(),
        port: post.address().port(),
        security: Security::None,
        user: None,
        password_file: None,
        trust: Some(PostOffice::authority()),
        timeout_seconds: 5,
    });
    let from = "台帳 <id@example.jp>".parse().expect("an address");
    let smtp = Smtp::new(server, from).expect("it can be used");
    let message = Message {
        id: "1".to_owned(),
        to: "hanako@example.jp".to_owned(),
        draft: daicho_workers::mail::Draft {
            subject: "件名".to_owned(),
            text: "本文".to_owned(),
            html: "<p>本文</p>".to_owned(),
        },
        attached: None,
    };
    let ended = smtp.send(&message).await;
    (ended, post.received())
}

const UNREACHABLE: Ended = Ended::Failed {
    why: Failure::Unreachable,
    code: None,
};

#[tokio::test]
async fn mails_go_over_tls_from_the_beginning_or_once_it_is_asked_for() {
    for (tls, security) in [
        (Tls::First, Security::Tls),
        (Tls::Asked, Security::Starttls),
    ] {
        let doors = Doors {
            tls,
            password: None,
        };
        let secured = |server| MailServer { security, ..server };
        let (ended, received) = one_mail(doors, secured).await;
        assert_eq!((ended, received.len()), (Ended::Taken, 1), "{tls:?}");
        let mistrusted = |server| MailServer {
            security,
            trust: None,
            ..server
        };
        let (ended, received) = one_mail(doors, mistrusted).await;
        assert_eq!((ended, received.len()), (UNREACHABLE, 0), "{tls:?}");
    }
}

#[tokio::test]
async fn a_server_without_tls_gets_nothing_where_tls_is_asked_for() {
    let security = Security::Starttls;
    let (ended, received) =
        one_mail(Doors::default(), |server| MailServer { security, ..server }).await;
    assert_eq!((ended, received.len()), (UNREACHABLE, 0));
}

#[tokio::test]
async fn a_password_comes_from_its_file_and_a_wrong_one_gives_nothing_up() {
    let folder = tempfile::tempdir().expect("a folder");
    let doors = Doors {
        tls: Tls::Asked,
        password: Some(("daicho", "秘密")),
    };
    for (password, expected) in [
        ("秘密\n", Ended::Taken),
        (
            "wrong\n",
            Ended::Failed {
                why: Failure::Unreachable,
                code: Some(535),
            },
        ),
    ] {
        let path = folder.path().join("password");
        std::fs::write(&path, password).expect("a file");
        let (ended, _) = one_mail(doors, |server| MailServer {
            security: Security::Starttls,
            user: Some("daicho".to_owned()),
            password_file: Some(path.clone()),
            ..server
        })
        .await;
        assert_eq!(ended, expected);
    }
}

#[test]
fn an_open_connection_to_another_machine_is_refused() {
    let server = MailServer {
        host: "mail.example.jp".to_owned(),
        port: 25,
        security: Security::None,
        user: None,
        password_file: None,
        trust: None,
        timeout_seconds: 1,
    };
    let from = "台帳 <id@example.jp>".parse().expect("an address");
    let refused = Smtp::new(server, from).err().map(|why| why.sentence());
    assert!(refused.is_some_and(|why| why.contains("security")));
}

#[tokio::test]
async fn an_id_whose_link_finds_no_address_is_told_on_paper_without_link_id_or_password() {
    let post = PostOffice::opens(Manner::Takes);
    let office = Office::opens_with_post_on("2026-04-10", smtp(&post), letterhead()).await;
    office.is_registered_since_today(MINI2).await;
    office.wakes().await;
    sends(&office).await;
    let server = Server::of(office).await;
    let notice = mail(&server.office, Kind::CredentialNotice).await;
    assert_eq!(notice.status, Status::Unaddressed);
    server.clerk_gives_her_name().await;
    server.office.wakes().await;
    let here = letters(&server, "credential-notice", "to_send").await;
    assert_eq!(here.len(), 1);
    let id = here[0]["id"].as_str().expect("an id");
    let printed = server.fills_in("/dispatch/print", &[("letter", id)]).await;
    let digest = printed
        .body
        .split("href=\"/files/")
        .nth(1)
        .and_then(|rest| rest.get(..64));
    let digest = digest.expect(&printed.body).parse().expect("a digest");
    let file = server.office.data().kept(digest).expect("files are read");
    let text = Paper::new(&file.expect("it was kept")).text();
    for said in ["法人ID", "メールアドレスのご登録がない", "1回"] {
        assert!(text.contains(said), "{said}: {text}");
    }
    let vault = server.office.vault();
    let credential = CredentialId::of_corporation(corporation(), MINI2);
    let own = vault.id(credential).expect("the vault is read");
    assert!(!text.contains(&own.expect("it was made")), "{text}");
    assert!(
        !text.contains("https://") && !text.contains("/c/"),
        "{text}"
    );

    // Its customer gives an address, and a person lets the link go there: the letter has nothing to tell any more.
    server.office.goes_on_closing_days_to("2026-04-13").await;
    gives_an_address(&server.office).await;
    let release = format!("/api/v1/mails/{}/release", notice.mail);
    server.must(&release, serde_json::json!({})).await;
    sends(&server.office).await;
    let notice = mail(&server.office, Kind::CredentialNotice).await;
    assert_eq!(notice.status, Status::Sent);
    let gone = letters(&server, "credential-notice", "called_off").await;
    assert_eq!(gone.len(), 1);
}
