//! Every event that promises a letter leads to one, whatever happens in between; it is printed, kept and posted from the same
//! list as the 委任状; what proves wrong is called off or corrected.

use crate::readers::Paper;
use chrono::{NaiveDate, NaiveTime};
use daicho_domain::dispatch::{Command as Letter, Event as Told, Promise};
use daicho_domain::nouns::{Action, Command, Event, State};
use daicho_domain::poa;
use daicho_domain::stream::Stream;
use daicho_domain::{Service, enrolment, intake};
use daicho_eventlog::sealing::{Keys, MasterKey};
use daicho_eventlog::{
    Caused, Decoded, Engine, EventLog, MemoryLog, SimulatedClock, Training, books,
};
use daicho_letters::{Templates, Typesetter};
use daicho_projections::{Source, Views};
use daicho_tests::in_process::{Answer, CLERK, Server};
use daicho_tests::office::{Office, catalogue, corporation, day, number, office_id, seeded};
use daicho_workers::day::Workers;
use daicho_workers::letters::dispatch::{content, reference};
use daicho_workers::letters::{Press as _, Sender};
use daicho_workers::position::Positions;
use daicho_workers::reactions::{Happening, follow_from};
use daicho_workers::schedules::Job;
use daicho_workers::simulation::{Plan, offices, run};
use reqwest::Method;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use uuid::Uuid;

/// The clerk sends a form of a page; what follows from it happens.
async fn fills_in(server: &Server, path: &str, fields: &[(&str, &str)]) -> Answer {
    let body: Vec<_> = fields
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let request = server
        .request(Method::POST, path)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("origin", server.url(""))
        .header("cookie", format!("daicho_staff={CLERK}"))
        .body(body.join("&"));
    let answer = server.answer(request).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    server.office.wakes().await;
    answer
}

/// The letters with this status, by name.
async fn letters(server: &Server, status: &str) -> Vec<Value> {
    let found = server
        .finds(&format!("/api/v1/letters?limit=1000&status={status}"))
        .await;
    found["rows"].as_array().cloned().unwrap_or_default()
}

fn names(letters: &[Value]) -> Vec<&str> {
    letters
        .iter()
        .filter_map(|letter| letter["letter"].as_str())
        .collect()
}

fn id(letter: &Value) -> &str {
    letter["id"].as_str().expect("a letter has an id")
}

/// What a document says that was kept.
fn text(server: &Server, letter: &Value) -> String {
    let digest = letter["printed"].as_str().expect("it was printed");
    let data = server.office.data();
    let file = data.kept(digest.parse().expect("a digest"));
    Paper::new(&file.expect("files can be read").expect("it was kept")).text()
}

/// Two offices of a corporation apply on 2026-06-24 and are sent their 委任状; nothing comes back until its due date,
/// 2026-07-10, is counted on the following Monday.
async fn two_offices_are_postponed() -> Server {
    let server = Server::registered_since("2026-04-01", Service::HonobonoMini2).await;
    let office = &server.office;
    office.goes_on_closing_days_to("2026-06-24").await;
    for letter in letters(&server, "to_send").await {
        let fields = [
            ("letter", id(&letter)),
            ("on", "2026-06-24"),
            ("method", "post"),
        ];
        fills_in(&server, "/dispatch/send", &fields).await;
    }
    office.takes_an_application("one", &[0, 1]).await;
    office.posts("one", 0).await;
    office.posts("one", 1).await;
    office.goes_on_closing_days_to("2026-07-13").await;
    server
}

#[tokio::test]
async fn a_postponement_is_told_in_one_letter_with_all_its_causes() {
    let server = two_offices_are_postponed().await;
    let here = letters(&server, "to_send").await;
    assert_eq!(names(&here), ["postponed"]);
    let list = server.reads("/dispatch").await.body;
    assert!(list.contains("先送りのお知らせ"), "{list}");

    let fields = [("letter", id(&here[0])), ("form", "printing")];
    let printed = fills_in(&server, "/dispatch/print", &fields).await.body;
    assert!(printed.contains("1 通中 1 通を、封筒 1 通分"), "{printed}");
    let here = letters(&server, "to_send").await;
    let said = text(&server, &here[0]);
    for part in [
        "伝送開始月の変更",
        "社会福祉法人あおぞら会",
        "2026年8月",
        "2026年9月",
        "2026年8月10日（月）必着",
        "返送期日までに届きませんでした",
        number(0).as_str(),
        number(1).as_str(),
        "あおぞら第2事業所",
        "返送期日は開始月の1か月前の10日",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let fields = [
        ("letter", id(&here[0])),
        ("on", "2026-07-13"),
        ("method", "post"),
    ];
    let posted = fills_in(&server, "/dispatch/send", &fields).await.body;
    assert!(posted.contains("1 通中 1 通を記録しました"), "{posted}");
    assert!(letters(&server, "to_send").await.is_empty());
    let kept = server.reads("/letters?status=sent").await.body;
    assert!(kept.contains("先送りのお知らせ"), "{kept}");
}

/// Both papers turn out to have lain in the letter box in time.
async fn both_had_arrived(server: &Server) {
    for nth in [0, 1] {
        server.office.enters_arrival("one", nth, "2026-07-10").await;
        server
            .office
            .does("one", nth, poa::Command::Accept {})
            .await;
    }
}

#[tokio::test]
async fn a_postponement_that_is_taken_back_in_time_is_told_to_nobody() {
    let server = two_offices_are_postponed().await;
    both_had_arrived(&server).await;
    assert!(letters(&server, "to_send").await.is_empty());
    // Nobody had posted the 返送のお願い either, and its due date is over.
    let off = letters(&server, "called_off").await;
    assert_eq!(names(&off), ["poa-reminder", "postponed"]);
    let page = server.reads("/letters?status=called_off").await.body;
    assert!(page.contains("お知らせする内容がなくなった"), "{page}");
}

#[tokio::test]
async fn a_letter_that_proves_wrong_is_corrected() {
    let server = two_offices_are_postponed().await;
    let sent = letters(&server, "to_send").await;
    let fields = [
        ("letter", id(&sent[0])),
        ("on", "2026-07-13"),
        ("method", "express"),
    ];
    fills_in(&server, "/dispatch/send", &fields).await;
    both_had_arrived(&server).await;
    assert_eq!(names(&letters(&server, "wrong").await), ["postponed"]);
    let here = letters(&server, "to_send").await;
    assert_eq!(names(&here), ["correction"]);
    fills_in(&server, "/dispatch/print", &[("letter", id(&here[0]))]).await;
    let here = letters(&server, "to_send").await;
    let said = text(&server, &here[0]);
    for part in [
        "お知らせの訂正とお詫び",
        "2026年7月13日付",
        "2026年9月",
        "2026年8月",
        "2026年7月31日",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

#[tokio::test]
async fn what_comes_back_is_posted_again() {
    let server = two_offices_are_postponed().await;
    let sent = letters(&server, "to_send").await;
    let id = id(&sent[0]).to_owned();
    let fields = [
        ("letter", id.as_str()),
        ("on", "2026-07-13"),
        ("method", "post"),
    ];
    fills_in(&server, "/dispatch/send", &fields).await;
    let back = format!("/letters/{id}/record_undeliverable?return_to=/letters&form=back");
    fills_in(&server, &back, &[("returned_on", "2026-07-13")]).await;
    assert_eq!(
        names(&letters(&server, "undeliverable").await),
        ["postponed"]
    );
    let list = server.reads("/dispatch").await.body;
    assert!(list.contains("に不達で戻り"), "{list}");
    let send = format!("/api/v1/letters/{id}/send");
    let body = serde_json::json!({ "method": "post", "sent_on": "2026-07-13" });
    server.must(&send, body.clone()).await;
    assert_eq!(names(&letters(&server, "sent").await).len(), 4);
    let early = serde_json::json!({ "method": "post", "sent_on": "2026-07-12" });
    let refused = server.is_refused(&send, early).await;
    assert_eq!(refused.1, "dispatch.already_sent");
}

#[tokio::test]
async fn a_trial_and_its_registration_are_told_with_their_days_and_amounts() {
    let server = Server::registered_since("2026-04-10", Service::HonobonoMini2).await;
    let mut here = letters(&server, "to_send").await;
    here.sort_by_key(|letter| letter["letter"].to_string());
    assert_eq!(
        names(&here),
        ["registered", "trial-received", "trial-started"]
    );
    let fields: Vec<_> = here.iter().map(|letter| ("letter", id(letter))).collect();
    fills_in(&server, "/dispatch/print", &fields).await;
    let mut here = letters(&server, "to_send").await;
    here.sort_by_key(|letter| letter["letter"].to_string());
    let said = [
        (
            "本登録完了のご案内",
            "2026年8月1日（土）",
            "2026年9月28日（月）",
            "9,900円",
        ),
        (
            "仮登録お申し込み受付のお知らせ",
            "2026年6月10日（水）",
            "2026年7月10日（金）",
            "お試しの最終日",
        ),
        (
            "利用開始のご案内",
            "2026年6月10日（水）",
            "2026年8月1日（土）",
            "9,900円",
        ),
    ];
    for (letter, (title, one, other, third)) in here.iter().zip(said) {
        let text = text(&server, letter);
        for part in [title, one, other, third] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }
}

#[tokio::test]
async fn whatever_dies_between_an_event_and_its_letter_there_is_one_letter() {
    let office = Office::opens_on("2026-04-10").await;
    let stream = Stream::Enrolment(corporation(), Service::HonobonoMini2);
    let receipt = intake::Receipt {
        on: day("2026-04-10"),
        at: None,
        channel: intake::Channel::Form,
        number: None,
        proof: None,
    };
    // The events are recorded and nothing follows: the process is gone.
    let commands = [
        enrolment::Command::StartTrial {
            receipt: receipt.clone(),
        },
        enrolment::Command::EnterOffices {
            offices: (0..3).map(office_id).collect(),
            received_on: receipt.on,
        },
    ];
    for (nth, command) in (1..).zip(commands) {
        let by = Caused::by_request("clerk", Uuid::from_u128(0xdead_0000 + nth));
        let done = office
            .engine()
            .execute(Command::enrolment(&stream, command), by)
            .await;
        done.expect("it is recorded");
    }
    assert!(told(&office).await.is_empty());
    let office = office.is_down_until("2026-04-10").await;
    let once = told(&office).await;
    assert_eq!(once.values().copied().collect::<Vec<_>>(), [1, 1]);
    // Dead again after the letters, before anything remembered that they were answered.
    let office = office.is_down_until("2026-04-10").await;
    assert_eq!(told(&office).await, once);
    let office = office.is_down_until("2026-04-13").await;
    assert_eq!(told(&office).await, once);
}

async fn whole_log(engine: &Engine) -> Vec<Decoded> {
    let mut events = Vec::new();
    let mut after = None;
    loop {
        let page = engine.log().read_all(after, 1_000).await;
        let page = page.expect("the log is read");
        let Some(last) = page.last() else {
            return events;
        };
        after = Some(last.position);
        let decoded = page.into_iter().map(|recorded| {
            let decoded = engine.codec().decode(recorded);
            decoded.expect("it can be read")
        });
        events.extend(decoded);
    }
}

/// How often each letter was asked for.
async fn told(office: &Office) -> BTreeMap<String, usize> {
    let mut told = BTreeMap::new();
    for decoded in whole_log(office.engine()).await {
        if let Event::Dispatch(Told::Requested { .. }) = decoded.event {
            *told.entry(decoded.stream.to_string()).or_default() += 1;
        }
    }
    told
}

/// A year of a synthetic book of business.
async fn simulated() -> Vec<Decoded> {
    let (from, to): (NaiveDate, NaiveDate) = (day("2026-01-05"), day("2026-12-28"));
    let midnight = from.and_time(NaiveTime::MIN).and_utc();
    let clock = Arc::new(SimulatedClock::at(midnight));
    let log: Arc<dyn EventLog> = Arc::new(MemoryLog::new(clock.clone()));
    let master = MasterKey::for_training(Training { seed: 7 });
    let keys = Arc::new(Keys::in_memory(master).expect("keys in memory"));
    let policy = Arc::new(daicho_domain::rules::Policy::without_books());
    let engine = Engine::start(log.clone(), keys.clone(), clock.clone(), policy).await;
    let engine = Arc::new(engine.expect("the engine starts"));
    books::seed(&engine, None).await.expect("it has books");
    let folder = tempfile::tempdir().expect("a directory");
    let views = Views::open(
        folder.path().to_owned(),
        catalogue(),
        Source::new(log, keys),
    )
    .await;
    let views = Arc::new(views.expect("the read models open"));
    let positions = Positions::in_memory().expect("positions in memory");
    let workers = Workers::resume(engine.clone(), views, Job::seeded(), positions).await;
    let workers = workers.expect("the workers start");
    let plan = Plan {
        book: offices::invent(60, 7),
        from,
        to,
        seed: 7,
        scans: None,
    };
    run(&workers, &clock, plan, |_| ())
        .await
        .expect("it is simulated");
    whole_log(&engine).await
}

/// One letter of each kind, set as it stands: the kinds that were.
fn printed(states: &BTreeMap<Stream, State>) -> BTreeSet<&'static str> {
    let press = Typesetter::new(Templates::embedded(), Some(Sender::invented()));
    let mut printed = BTreeSet::new();
    for (stream, state) in states {
        let (Stream::Dispatch(id), State::Dispatch(state)) = (stream, state) else {
            continue;
        };
        let letter = state.letter().expect("it was asked for");
        if !printed.insert(letter.says.letter()) {
            continue;
        }
        let whose = &states[&Stream::Corporation(letter.corporation)];
        let State::Corporation(whose) = whose else {
            panic!("a corporation");
        };
        let whose = whose.registered().expect("it is registered");
        let content = content(*id, letter, whose, day("2026-12-28"), seeded());
        let set = press.print(&[content]).unwrap_or_else(|refusal| {
            panic!("{}: {refusal}", letter.says.letter());
        });
        let text = Paper::new(&set.pdf).text();
        assert!(text.contains(&reference(*id)), "{text}");
    }
    printed
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_year_every_promise_is_a_letter_that_can_be_printed_and_every_letter_was_promised() {
    let mut states: BTreeMap<Stream, State> = BTreeMap::new();
    let (mut promised, mut asked) = (BTreeSet::new(), BTreeSet::new());
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    let mut waiting: BTreeSet<Stream> = BTreeSet::new();
    for decoded in simulated().await {
        let stream = &decoded.stream;
        let before = states
            .remove(stream)
            .unwrap_or_else(|| State::initial(stream.noun()));
        let after = before.clone().evolve(&decoded.event);
        let happening = Happening {
            stream,
            event: &decoded.event,
            before: &before,
            after: &after,
        };
        for (_, command) in follow_from(happening) {
            // Nobody wishes its post apart here, and no form goes as PDF: those promises are for whoever does.
            if let Action::Dispatch(Letter::Request { promise, .. }) = command.action
                && !matches!(promise, Promise::Part(_) | Promise::OwnEnvelope { .. })
            {
                promised.insert(command.stream);
            }
        }
        if let Event::Dispatch(event) = &decoded.event {
            match event {
                Told::Requested { says, .. } => {
                    asked.insert(stream.clone());
                    waiting.insert(stream.clone());
                    *kinds.entry(says.letter()).or_default() += 1;
                }
                Told::Sent { .. } | Told::CalledOff { .. } => {
                    waiting.remove(stream);
                }
                Told::Amended { .. }
                | Told::Printed { .. }
                | Told::Unprintable { .. }
                | Told::Undeliverable { .. }
                | Told::ProvedWrong { .. } => {}
            }
        }
        states.insert(decoded.stream, after);
    }
    assert_eq!(promised, asked);
    for kind in [
        "trial-received",
        "trial-started",
        "registered",
        "postponed",
        "suspension-notice",
        "suspended",
        "resumed",
        "licence-renewal",
        "licence-renewed",
    ] {
        assert!(kinds.contains_key(kind), "{kind}: {kinds:?}");
    }
    assert_eq!(printed(&states), kinds.keys().copied().collect());
    assert!(
        waiting.len() < asked.len() / 4,
        "{} of {} were never posted",
        waiting.len(),
        asked.len()
    );
}
