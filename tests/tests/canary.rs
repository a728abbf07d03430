//! Marked personal data goes in through forms and JSON, and is looked for everywhere it must not be: log lines at
//! their finest, exported spans, metrics, addresses, problem documents, and the files of the log.

use daicho_tests::binary::daicho;
use daicho_tests::practice::{Practice, today};
use daicho_tests::server::{Answer, Caller, Server};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::{Arc, Mutex};

/// What no text but these may hold.
const CANARIES: [&str; 10] = [
    "Kanaria-Contact-Yamada",
    "09055501234",
    "kanaria.mail@example.jp",
    "Kanaria-Form-Suzuki",
    "Kanaria-Note-Returned",
    "Kanaria-Note-Defect",
    "Kanaria-Staff-Tanaka",
    "Kanaria-Refused-Sato",
    "Kanaria-Reason-Reprint",
    "Kanaria-Reason-Removed",
];

/// A collector of traces that keeps every byte it is sent.
struct Collector {
    address: SocketAddr,
    received: Arc<Mutex<Vec<u8>>>,
}

impl Collector {
    fn listening() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let received = Arc::new(Mutex::new(Vec::new()));
        let kept = received.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { return };
                let kept = kept.clone();
                std::thread::spawn(move || keep_and_thank(&mut stream, &kept));
            }
        });
        Self { address, received }
    }

    fn bytes(&self) -> Vec<u8> {
        self.received.lock().expect("nobody panicked").clone()
    }
}

/// Answers each request of a connection when its body is whole.
fn keep_and_thank(stream: &mut std::net::TcpStream, kept: &Mutex<Vec<u8>>) {
    let mut pending = Vec::new();
    let mut buffer = [0; 16 * 1024];
    while let Ok(read) = stream.read(&mut buffer) {
        if read == 0 {
            return;
        }
        kept.lock()
            .expect("nobody panicked")
            .extend(&buffer[..read]);
        pending.extend(&buffer[..read]);
        while let Some(length) = whole(&pending) {
            pending.drain(..length);
            let thanks = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
            if stream.write_all(thanks).is_err() {
                return;
            }
        }
    }
}

/// The length of the first whole request.
fn whole(bytes: &[u8]) -> Option<usize> {
    let head = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let text = String::from_utf8_lossy(&bytes[..head]).to_lowercase();
    let length = text
        .lines()
        .find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
    let end = head + length.unwrap_or(0);
    (bytes.len() >= end).then_some(end)
}

fn holds(bytes: &[u8], canary: &str) -> bool {
    bytes
        .windows(canary.len())
        .any(|window| window == canary.as_bytes())
}

/// Everything in a file or, below it, in a directory.
fn contents(path: &Path, found: &mut BTreeMap<String, Vec<u8>>) {
    match path.is_dir() {
        true => {
            for entry in std::fs::read_dir(path).expect("a directory") {
                contents(&entry.expect("an entry").path(), found);
            }
        }
        false => {
            let bytes = std::fs::read(path).expect("a file");
            found.insert(path.display().to_string(), bytes);
        }
    }
}

fn taken(answer: std::io::Result<Answer>) -> Answer {
    let answer = answer.expect("it answers");
    assert!(
        [200, 303].contains(&answer.status),
        "{}\n{}",
        answer.head,
        answer.body
    );
    answer
}

/// Puts every canary in and gives back what was answered.
fn puts_canaries_in(caller: &Caller, practice: &Practice) -> Vec<Answer> {
    let events = practice.events();
    let corporation = events
        .iter()
        .find_map(|event| event["stream"].as_str()?.strip_prefix("corporation-"))
        .expect("there is a corporation")
        .to_owned();
    // A new corporation whose papers are ours to send and find wanting.
    let new = "00000000000000000000000000c0ffee";
    let at = |path: &str| format!("/api/v1/corporations/{new}/{path}");
    let offices: Vec<_> = [9_001, 9_002].map(daicho_tests::office::number).to_vec();
    let added: Vec<_> = offices
        .iter()
        .map(|number| json!({ "number": number.as_str(), "entries": [{ "kind": "訪問介護", "name": "事業所" }] }))
        .collect();
    let applying: Vec<_> = offices
        .iter()
        .map(|number| {
            let kj_id = daicho_domain::identifiers::KjId::compose(*number).to_string();
            json!({ "number": number.as_str(), "kj_id": kj_id })
        })
        .collect();
    let application = uuid::Uuid::from_u128(7);
    let mut answers = vec![
        taken(caller.posts(&at("register"), &json!({ "name": "法人" }))),
        taken(caller.posts(&at("add_offices"), &json!({ "offices": added }))),
        taken(caller.posts(
            &at("transmissions/care-net-messenger/apply"),
            &json!({ "application": application, "received_on": today(), "channel": "form", "offices": applying }),
        )),
        taken(caller.posts(
            &at("set_contact"),
            &json!({ "name": CANARIES[0], "phone": CANARIES[1], "mail": CANARIES[2] }),
        )),
        taken(caller.submits(
            &format!("/corporations/{corporation}/set_contact?return_to=/corporations/{corporation}&form=1"),
            &format!("name={}&phone=&mail=", CANARIES[3]),
        )),
        taken(caller.posts("/api/v1/staff/000000000000000000000000000000aa/name", &json!({ "name": CANARIES[6] }))),
    ];
    let mut papers = offices.iter().map(|number| {
        let office = daicho_domain::stream::OfficeId::of_number(number.as_str());
        let application = daicho_domain::stream::ApplicationId(application);
        daicho_domain::stream::PoaId::of(application, office)
    });
    // The reactions that ask for the papers, and for the agent's ID that each names, follow the application; its caller waits
    // for nobody.
    let [first, second] =
        [papers.next(), papers.next()].map(|paper| paper.expect("two papers").to_string());
    let dispatch = json!({ "method": "post", "sent_on": today() });
    for paper in [&first, &second] {
        let path = format!("/api/v1/poas/{paper}/dispatch");
        let mut answer = caller.posts(&path, &dispatch).expect("it answers");
        while ["poa.unknown", "poa.agent_missing"]
            .map(Value::from)
            .contains(&answer.json()["code"])
        {
            answer = caller.posts(&path, &dispatch).expect("it answers");
        }
        answers.push(taken(Ok(answer)));
    }
    answers.push(taken(caller.submits(
        &format!("/poas/{first}/record_undeliverable?return_to=/poa_tracker&form=2"),
        &format!("returned_on={}&note={}", today(), CANARIES[4]),
    )));
    answers.push(taken(caller.posts(
        &format!("/api/v1/poas/{second}/receive"),
        &json!({ "arrived_on": today(), "channel": "post" }),
    )));
    answers.push(taken(caller.posts(
        &format!("/api/v1/poas/{second}/find_defective"),
        &json!({ "defect": daicho_domain::poa::Defect::ALL[0], "note": CANARIES[5] }),
    )));
    answers.push(taken(caller.submits(
        &format!("/poas/{first}/reprint?return_to=/poa_tracker&form=4"),
        &format!("reason={}", CANARIES[8]),
    )));
    answers.push(taken(caller.posts(
        &at("remove_office"),
        &json!({
            "office": daicho_domain::stream::OfficeId::of_number(offices[1].as_str()),
            "reason": CANARIES[9],
        }),
    )));
    // What is refused or cannot be read is not said back.
    let refused = [
        caller.posts(
            "/api/v1/corporations/0000000000000000000000000000dead/set_contact",
            &json!({ "name": CANARIES[7] }),
        ),
        caller.posts(&at("set_contact"), &json!({ "name": [CANARIES[7]] })),
        caller.posts(&at("set_contact"), &json!(CANARIES[7])),
        caller.posts(
            &format!("/api/v1/poas/{second}/find_defective"),
            &json!({ "defect": CANARIES[7], "note": CANARIES[7] }),
        ),
        caller.posts(
            &format!("/api/v1/poas/{first}/file"),
            &json!({ "filed_on": today(), "without_scan": CANARIES[7] }),
        ),
        caller.submits(
            &format!("/poas/{first}/record_undeliverable?form=3"),
            &format!("returned_on={}&note=x", CANARIES[7]),
        ),
    ];
    for answer in refused {
        let answer = answer.expect("it answers");
        assert!(
            (400..500).contains(&answer.status),
            "{}\n{}",
            answer.head,
            answer.body
        );
        answers.push(answer);
    }
    answers
}

#[test]
fn personal_data_is_found_nowhere_but_where_it_is_shown() {
    let practice = Practice::of(4, 3, 0);
    let clerk = practice.clerk();
    let collector = Collector::listening();
    let lines = practice
        .data()
        .parent()
        .expect("a directory")
        .join("lines.txt");
    let server = Server::start(
        daicho(&practice.data())
            .args(["serve", "--trace", "trace", "--otlp"])
            .arg(format!("http://{}", collector.address))
            .stderr(File::create(&lines).expect("a file")),
    );
    let caller = server.caller(&clerk);
    let answers = puts_canaries_in(&caller, &practice);
    let new = "/corporations/00000000000000000000000000c0ffee";
    let page = caller.gets(new).expect("it answers");
    assert_eq!(page.status, 200);
    assert!(
        page.body.contains(CANARIES[9]),
        "a reason is shown to staff"
    );
    let feed = caller
        .gets("/api/v1/events?after=0&limit=1000")
        .expect("it answers");
    let metrics = caller.gets("/metrics").expect("it answers");
    assert_eq!(metrics.status, 200);
    assert!(server.stops().success());

    let mut places: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for file in [
        "log.db",
        "log.db-wal",
        "state.db",
        "state.db-wal",
        "keys.db",
        "keys.db-wal",
    ] {
        let path = practice.data().join(file);
        if path.exists() {
            contents(&path, &mut places);
        }
    }
    places.insert(
        "log lines".to_owned(),
        std::fs::read(&lines).expect("a file"),
    );
    places.insert("spans".to_owned(), collector.bytes());
    places.insert("metrics".to_owned(), metrics.body.into_bytes());
    places.insert("the feed".to_owned(), feed.body.into_bytes());
    for (nth, answer) in answers.iter().enumerate() {
        // A page has everybody's names to choose from; what it must not have is what was sent and refused.
        let is_page = answer.body.contains("<html");
        let body = match is_page {
            true => answer.body.replace(CANARIES[6], ""),
            false => answer.body.clone(),
        };
        places.insert(
            format!("answer {nth}"),
            format!("{}\n{body}", answer.head).into_bytes(),
        );
    }
    places.insert(
        "the export".to_owned(),
        practice.says(&["log", "export"]).into_bytes(),
    );
    let found: Vec<_> = places
        .iter()
        .flat_map(|(place, bytes)| {
            let held = CANARIES.into_iter().filter(|canary| holds(bytes, canary));
            held.map(move |canary| format!("{canary} in {place}"))
        })
        .collect();
    assert!(found.is_empty(), "{found:#?}");

    // The search looked where there was something, and the texts are where they are shown.
    assert!(holds(&places["log lines"], "refused"), "lines were written");
    assert!(holds(&places["spans"], "request"), "spans were exported");
    assert!(holds(&places["metrics"], "http_requests"));
    let mut views = BTreeMap::new();
    contents(&practice.data().join("views"), &mut views);
    for nth in [0, 4, 5, 6, 8, 9] {
        let canary = CANARIES[nth];
        assert!(
            views.values().any(|bytes| holds(bytes, canary)),
            "{canary} is shown"
        );
    }
}
