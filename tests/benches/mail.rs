//! Mails from the log to a mail server on this machine, against a bare loop that gives the same server the same number of mails
//! over one connection.
//!
//! What is measured is everything that a mail costs: its claim and its outcome in a durable log, its text out of the states of
//! then, the conversation, the read models that follow. What counts is the ratio.
//!
//! `cargo bench -p daicho-tests --bench mail`

use daicho_domain::corporation::{self, Contact};
use daicho_domain::nouns::{Command as Any, State};
use daicho_domain::personal::Personal;
use daicho_domain::stream::{LetterId, Stream};
use daicho_domain::{Service, dispatch};
use daicho_post::{Security, Server, Smtp};
use daicho_tests::office::{Office, corporation};
use daicho_tests::postoffice::{Manner, PostOffice};
use daicho_workers::letters::Sender;
use daicho_workers::mail::{Draft, Letterhead, Message, Post};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How many mails are sent.
const MAILS: usize = 1_000;

/// How often; the median is printed.
const ROUNDS: usize = 3;

fn main() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let mut rounds: Vec<(Duration, Duration)> = (0..ROUNDS)
        .map(|_| (runtime.block_on(office()), runtime.block_on(bare())))
        .collect();
    rounds.sort_by_key(|(sent, _)| *sent);
    let (sent, bare) = rounds[ROUNDS / 2];
    let rate = |took: Duration| MAILS as f64 / took.as_secs_f64();
    println!("mails/s  bare loop/s  ratio");
    println!(
        "{:7.0} {:12.0} {:5.0}%",
        rate(sent),
        rate(bare),
        100.0 * rate(sent) / rate(bare)
    );
}

fn smtp(post: &PostOffice) -> Smtp {
    let server = Server {
        host: post.address().ip().to_string(),
        port: post.address().port(),
        security: Security::None,
        user: None,
        password_file: None,
        trust: None,
        timeout_seconds: 60,
    };
    let from = "台帳 <id@example.jp>".parse().expect("an address");
    Smtp::new(server, from).expect("a server on this machine")
}

/// An office with so many acknowledgements to send, until the last is noted.
async fn office() -> Duration {
    let post = PostOffice::opens(Manner::Takes);
    let letterhead = Letterhead {
        sender: Sender::invented(),
        links: None,
    };
    let folder = tempfile::tempdir().expect("a directory");
    let log = folder.path().join("log.db");
    let carried = (Arc::new(smtp(&post)) as Arc<dyn Post>, letterhead);
    let office = Office::opens_on_disk_with_post_on("2026-04-10", &log, carried).await;
    let contact = Contact {
        name: Personal::new("contact-1", "山田花子"),
        phone: None,
        mail: Some(Personal::new("contact-1", "hanako@example.jp")),
    };
    let set = corporation::Command::SetContact { contact };
    let set = Any::corporation(&Stream::Corporation(corporation()), set);
    office.sends(set).await.expect("it is set");
    office
        .is_registered_since_today(Service::HonobonoMini2)
        .await;
    office.wakes().await;
    while office.workers().send_mails().await.expect("they are sent") > 0 {}
    let before = post.received().len();
    let about = [
        corporation().to_string(),
        "honobono-mini2".into(),
        "2026-04-10".into(),
    ];
    let first = Stream::Dispatch(LetterId::of("trial-received", &about));
    let State::Dispatch(dispatch::State::Known(first)) = office.state(&first).await else {
        panic!("the trial was acknowledged");
    };
    for nth in 0..MAILS {
        let request = dispatch::Command::Request {
            corporation: corporation(),
            service: Service::HonobonoMini2,
            promise: dispatch::Promise::Told(first.says.clone()),
        };
        let letter = LetterId::of("bench", &[nth.to_string()]);
        let request = Any::dispatch(&Stream::Dispatch(letter), request);
        // The mail is asked for by what follows.
        office.sends(request).await.expect("it is promised");
    }
    let begun = Instant::now();
    while post.received().len() < before + MAILS {
        office.workers().send_mails().await.expect("they are sent");
    }
    begun.elapsed()
}

/// The same number of mails of about the same size, one after the other.
async fn bare() -> Duration {
    let post = PostOffice::opens(Manner::Takes);
    let smtp = smtp(&post);
    let begun = Instant::now();
    for nth in 0..MAILS {
        let message = Message {
            id: nth.to_string(),
            to: "hanako@example.jp".to_owned(),
            draft: Draft {
                subject: "仮登録のお申し込みを受け付けました".to_owned(),
                text: "お申し込みを受け付けました。\n".repeat(20),
                html: "<p>お申し込みを受け付けました。</p>\n".repeat(20),
            },
            attached: None,
        };
        smtp.send(&message).await;
    }
    begun.elapsed()
}
