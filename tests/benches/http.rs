//! Commands through HTTP against appends of the same events through the port, and against `execute` alone.
//!
//! The server is the whole router on a loopback socket over a durable log with its read models: a request is answered
//! when its caller can see what came of it. Connections are kept open. Both run turn by turn; what counts is the ratio.
//!
//! `cargo bench -p daicho-tests --bench http`

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use daicho_api::{App, Parts, guard, observe};
use daicho_domain::nouns::Command;
use daicho_domain::personal::Personal;
use daicho_domain::stream::{StaffId, Stream};
use daicho_domain::{office_day, staff};
use daicho_eventlog::{
    Caused, Durability, Engine, EventLog, Expected, NewEvent, Recorded, SqliteLog, SystemClock,
};
use daicho_projections::{Source, Views};
use daicho_tests::histories;
use daicho_tests::office::{catalogue, seeded};
use daicho_tests::practice::today;
use daicho_workers::day::Workers;
use daicho_workers::position::Positions;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use uuid::Uuid;

/// Callers at once, and requests altogether in one round.
const LOADS: &[(u64, u64)] = &[(1, 400), (16, 2_000), (64, 4_000)];

/// How often each load is measured; the median is printed.
const ROUNDS: usize = 3;

const CLERK: Uuid = Uuid::from_u128(9);

fn main() {
    let directory = tempfile::tempdir().expect("a directory");
    println!("callers  ratio  requests/s  p50 µs  p99 µs  appends/s");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    for &(callers, requests) in LOADS {
        let mut rounds: Vec<Round> = (0..ROUNDS)
            .map(|round| {
                let place = directory.path().join(format!("{callers}-{round}"));
                std::fs::create_dir(&place).expect("a directory");
                runtime.block_on(Round::run(&place, callers, requests))
            })
            .collect();
        rounds.sort_by(|a, b| a.ratio().total_cmp(&b.ratio()));
        let middle = &rounds[ROUNDS / 2];
        println!(
            "{callers:7} {:5.0}% {:11.0} {:7.0} {:7.0} {:10.0}",
            100.0 * middle.ratio(),
            middle.requests,
            middle.p50.as_secs_f64() * 1e6,
            middle.p99.as_secs_f64() * 1e6,
            middle.appends,
        );
    }
}

/// One measurement, in requests and appends per second.
struct Round {
    requests: f64,
    p50: Duration,
    p99: Duration,
    appends: f64,
}

impl Round {
    fn ratio(&self) -> f64 {
        self.requests / self.appends
    }

    async fn run(place: &Path, callers: u64, requests: u64) -> Self {
        let served = place.join("served.db");
        let (mut times, asked) = ask(place, &served, callers, requests).await;
        let log = SqliteLog::open_for_reading(&served).expect("the log opens");
        let mut recorded = log.read_all(None, usize::MAX).await.expect("it is read");
        recorded.retain(|event| &*event.kind == "corporation.registered.v1");
        let begun = Instant::now();
        append(&place.join("appended.db"), callers, &recorded).await;
        let appended = begun.elapsed();
        times.sort_unstable();
        Self {
            requests: times.len() as f64 / asked.as_secs_f64(),
            p50: times[times.len() / 2],
            p99: times[times.len() * 99 / 100],
            appends: recorded.len() as f64 / appended.as_secs_f64(),
        }
    }
}

fn log(path: &Path) -> Arc<SqliteLog> {
    let log = SqliteLog::open(path, Arc::new(SystemClock), Durability::Acknowledged);
    Arc::new(log.expect("the log opens"))
}

/// Serves, and lets so many callers register corporations: how long each request took, and all together.
async fn ask(place: &Path, path: &Path, callers: u64, requests: u64) -> (Vec<Duration>, Duration) {
    let (log, keys) = (log(path), histories::keys());
    let policy = Arc::new(seeded().clone());
    let engine = Engine::start(log.clone(), keys.clone(), Arc::new(SystemClock), policy).await;
    let engine = Arc::new(engine.expect("the engine starts"));
    let source = Source::new(log, keys);
    let views = Views::open(place.join("views"), catalogue(), source).await;
    let views = Arc::new(views.expect("the read models open"));
    let day = Stream::OfficeDay(today());
    let open = Command::office_day(&day, office_day::Command::Open {});
    let name = staff::Command::Name {
        name: Personal::new("staff-9", "佐藤"),
    };
    let name = Command::staff(&Stream::Staff(StaffId(CLERK)), name);
    for command in [open, name] {
        let by = Caused::by_request("bench", Uuid::now_v7());
        engine.execute(command, by).await.expect("it is taken");
    }
    let positions = Positions::in_memory().expect("positions in memory");
    let workers = Workers::resume(engine.clone(), views.clone(), vec![], positions).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let app = App::new(Parts {
        hosts: guard::Hosts::loopback(address),
        practice: true,
        consignor: Some(daicho_domain::zengin::Consignor::invented()),
        accounts: daicho_projections::journal::Accounts::default(),
        press: Arc::new(daicho_workers::letters::NoPress),
        engine,
        views: views.clone(),
        workers: Arc::new(workers.expect("the workers begin")),
        data: None,
        metrics: observe::Metrics::default(),
    });
    let (stop, told) = tokio::sync::oneshot::channel::<()>();
    let serving = tokio::spawn(daicho_api::serve(listener, app, async {
        let _ = told.await;
    }));
    // Who asks is looked up in the read models.
    views.catch_up().await.expect("the read models follow");
    let following = tokio::spawn(async move { views.follow().await });
    let begun = Instant::now();
    let asking: Vec<_> = (0..callers)
        .map(|caller| tokio::spawn(one_caller(address, caller, requests / callers)))
        .collect();
    let mut times = Vec::new();
    for caller in asking {
        times.extend(caller.await.expect("the caller ends"));
    }
    let asked = begun.elapsed();
    following.abort();
    stop.send(()).expect("it still serves");
    serving.await.expect("it ends").expect("it served");
    (times, asked)
}

async fn one_caller(address: std::net::SocketAddr, caller: u64, requests: u64) -> Vec<Duration> {
    let mut stream = TcpStream::connect(address).await.expect("it listens");
    stream.set_nodelay(true).expect("a socket");
    let mut times = Vec::new();
    let mut buffer = vec![0; 16 * 1024];
    for nth in 0..requests {
        let id = Uuid::from_u64_pair(caller + 1, nth).simple();
        let body = format!(r#"{{"name":"法人 {caller}-{nth}"}}"#);
        let request = format!(
            "POST /api/v1/corporations/{id}/register HTTP/1.1\r\nhost: {address}\r\ndaicho-staff: {}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            CLERK.simple(),
            body.len()
        );
        let begun = Instant::now();
        stream
            .write_all(request.as_bytes())
            .await
            .expect("it is sent");
        let mut read = 0;
        while !is_whole(&buffer[..read]) {
            let more = stream.read(&mut buffer[read..]).await.expect("it answers");
            assert!(more > 0, "it answers whole");
            read += more;
        }
        times.push(begun.elapsed());
        assert!(
            buffer.starts_with(b"HTTP/1.1 200"),
            "{}",
            String::from_utf8_lossy(&buffer[..read])
        );
    }
    times
}

fn is_whole(bytes: &[u8]) -> bool {
    let Some(head) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
        return false;
    };
    let text = String::from_utf8_lossy(&bytes[..head]).to_lowercase();
    let length = text
        .lines()
        .find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
    bytes.len() >= head + 4 + length.expect("an answer says its length")
}

/// Appends the same events to the same streams by as many callers.
async fn append(path: &Path, callers: u64, recorded: &[Recorded]) {
    let log = log(path);
    let mut work: Vec<Vec<(Recorded, NewEvent)>> = vec![Vec::new(); callers as usize];
    for (nth, event) in recorded.iter().enumerate() {
        work[nth % callers as usize].push((event.clone(), event.to_new()));
    }
    let callers: Vec<_> = work
        .into_iter()
        .map(|events| {
            let log = log.clone();
            tokio::spawn(async move {
                for (recorded, event) in events {
                    let answer = log
                        .append(&recorded.stream, Expected::NoStream, vec![event])
                        .await;
                    answer.expect("the append is taken");
                }
            })
        })
        .collect();
    for caller in callers {
        caller.await.expect("the caller ends");
    }
}
