//! The log served over KurrentDB's protocol against UmaDB's server, and the KurrentDB adapter against its own client,
//! over gRPC on loopback.
//!
//! Both servers run in processes of their own, on the same disk, turn by turn; the same client – HTTP/2 by hand, so
//! that no library stands between – sends each what its protocol asks for the same thing: one event with 500 bytes and
//! one name to find it by, acknowledged when it is durable.
//!
//! `cargo bench -p daicho-grpc --bench served`

#[path = "../tests/support/raw.rs"]
#[expect(dead_code, reason = "the tests use the rest of it")]
mod raw;

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use daicho_eventlog::contract::event;
use daicho_eventlog::kurrentdb::Address;
use daicho_eventlog::{
    Body, Durability, EventLog as _, Expected, KurrentLog, NewEvent, SqliteLog, StreamName,
    SystemClock,
};
use daicho_grpc::{ForeignStreams, Options};
use futures::StreamExt as _;
use raw::{Last, Raw, field, number};
use uuid::Uuid;

/// Writers at once, and appends altogether in one round.
const LOADS: &[(usize, usize)] = &[(64, 12_000), (256, 16_000)];

/// How often each thing is measured; the median is printed.
const ROUNDS: usize = 5;

/// How many connections the writers share.
const CONNECTIONS: usize = 8;

/// What an event brings.
const BODY_BYTES: usize = 500;

fn main() {
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() == Some("serve") {
        return serve(Path::new(&arguments.next().expect("a directory")));
    }
    let directory = tempfile::tempdir().expect("a directory");
    let umadb = installed();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    println!("median of {ROUNDS} rounds, turn by turn; load {}", load());
    runtime.block_on(async {
        for &(writers, appends) in LOADS {
            against_umadb(directory.path(), &umadb, writers, appends).await;
        }
        for (per_second, together) in [(1_000, 1), (10_000, 10)] {
            to_a_subscriber(directory.path(), per_second, together).await;
        }
        the_adapter(directory.path()).await;
    });
    println!("load {}", load());
}

fn load() -> String {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split(' ').take(3).collect::<Vec<_>>().join(" ")
}

/// Where UmaDB's server is.
fn installed() -> PathBuf {
    let into = Path::new(env!("CARGO_TARGET_TMPDIR")).join("umadb");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/install-umadb");
    let installed = Command::new(script).arg(&into).status();
    assert!(installed.expect("it runs").success(), "UmaDB is installed");
    into.join("bin/umadb")
}

/// This program as a server of the protocol, until it is killed.
fn serve(directory: &Path) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let clock = Arc::new(SystemClock);
        let path = directory.join("log.db");
        let log = SqliteLog::open(&path, clock.clone(), Durability::Acknowledged);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("a port");
        println!("{}", listener.local_addr().expect("an address"));
        std::io::stdout().flush().expect("it is said");
        let options = Options {
            credentials: None,
            foreign_streams: ForeignStreams::All,
            append_bytes_max: Options::APPEND_BYTES_MAX,
            connections_max: Options::CONNECTIONS_MAX,
            tls: None,
        };
        let log = Arc::new(log.expect("the log opens"));
        let served = daicho_grpc::serve(listener, log, clock, options, std::future::pending());
        served.await.expect("it serves");
    });
}

/// A server in a process of its own.
struct Server {
    process: Child,
    address: SocketAddr,
    protocol: Protocol,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Protocol {
    KurrentDb,
    UmaDb,
}

impl Server {
    fn daicho(directory: &Path) -> Self {
        std::fs::create_dir_all(directory).expect("a directory");
        let mut process = Command::new(std::env::current_exe().expect("this program"))
            .arg("serve")
            .arg(directory)
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut said = String::new();
        let mut out = BufReader::new(process.stdout.take().expect("it says something"));
        out.read_line(&mut said).expect("it says its address");
        Self {
            process,
            address: said.trim().parse().expect("an address"),
            protocol: Protocol::KurrentDb,
        }
    }

    fn umadb(program: &Path, directory: &Path) -> Self {
        std::fs::create_dir_all(directory).expect("a directory");
        let free = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = free.local_addr().expect("an address");
        drop(free);
        let process = Command::new(program)
            .arg("--listen")
            .arg(address.to_string())
            .arg("--db-path")
            .arg(directory.join("uma.db"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        let begun = Instant::now();
        while TcpStream::connect(address).is_err() {
            assert!(begun.elapsed() < Duration::from_secs(30), "it listens");
            std::thread::yield_now();
        }
        Self {
            process,
            address,
            protocol: Protocol::UmaDb,
        }
    }

    async fn connections(&self) -> Vec<Raw> {
        let mut connections = Vec::new();
        for _ in 0..CONNECTIONS {
            connections.push(Raw::taking(4 << 20, self.address).await);
        }
        connections
    }

    /// Appends a second by so many writers, each waiting for its answer.
    async fn appends_per_second(&self, writers: usize, appends: usize) -> f64 {
        let connections = self.connections().await;
        let begun = Instant::now();
        let writers: Vec<_> = (0..writers)
            .map(|writer| {
                let mut connection = connections[writer % CONNECTIONS].clone();
                let protocol = self.protocol;
                tokio::spawn(async move {
                    for index in (writer..appends).step_by(writers) {
                        protocol.append(&mut connection, writer, index, 1).await;
                    }
                })
            })
            .collect();
        for writer in writers {
            writer.await.expect("it writes");
        }
        appends as f64 / begun.elapsed().as_secs_f64()
    }

    /// Events a second of reading everything from its start.
    async fn read_per_second(&self, events: usize) -> f64 {
        let mut connection = Raw::taking(4 << 20, self.address).await;
        let begun = Instant::now();
        let mut read = self.protocol.read_all(&mut connection, Until::TheEnd).await;
        let mut counted = 0;
        while let Some(message) = read.next().await {
            counted += self.protocol.events_in(&message);
        }
        assert_eq!(counted, events, "all of them are read");
        events as f64 / begun.elapsed().as_secs_f64()
    }
}

/// How long is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Until {
    TheEnd,
    Stopped,
}

/// An id that says which event it is.
fn id(index: usize) -> Uuid {
    Uuid::from_u64_pair(0xb, index as u64)
}

fn body(index: usize) -> Vec<u8> {
    let mut body = format!("{{\"index\":{index:010},\"text\":\"");
    body.push_str(&"x".repeat(BODY_BYTES - body.len() - 2));
    body.push_str("\"}");
    body.into_bytes()
}

impl Protocol {
    async fn append(self, connection: &mut Raw, writer: usize, index: usize, together: usize) {
        let name = format!("bench-{writer}");
        let events = index..index + together;
        let mut call = match self {
            Self::KurrentDb => {
                let mut call = connection.call("Append").await;
                call.send(&raw::append_options(&name), Last::No);
                for index in events {
                    let properties = [
                        ("type", "order-placed"),
                        ("content-type", "application/json"),
                    ];
                    let properties = properties.map(|(key, value)| {
                        let entry = [field(1, key.as_bytes()), field(2, value.as_bytes())];
                        field(2, &entry.concat())
                    });
                    let event = [
                        field(1, &field(2, id(index).to_string().as_bytes())),
                        properties.concat(),
                        field(4, &body(index)),
                    ];
                    call.send(&field(2, &event.concat()), Last::No);
                }
                call
            }
            Self::UmaDb => {
                let mut call = connection.call_of("umadb.v1.DCB/Append").await;
                let events = events.flat_map(|index| {
                    let event = [
                        field(1, b"order-placed"),
                        field(2, name.as_bytes()),
                        field(3, &body(index)),
                        field(4, id(index).to_string().as_bytes()),
                    ];
                    field(1, &event.concat())
                });
                call.send(&events.collect::<Vec<_>>(), Last::No);
                call
            }
        };
        let ended = call.sends.send_data(bytes::Bytes::new(), true);
        ended.expect("it is sent");
        let (_, status) = call.whole_answer().await;
        assert_eq!(status, "0", "{self:?} takes it");
    }

    async fn read_all(self, connection: &mut Raw, until: Until) -> raw::Messages {
        let (path, message) = match (self, until) {
            (Self::KurrentDb, Until::TheEnd) => {
                // At most so many as a varint of nine full bytes says.
                let count = [&[5 << 3][..], &[0xff; 8], &[0x7f]].concat();
                let options = [
                    field(2, &field(2, &[])),
                    count,
                    field(8, &[]),
                    field(9, &field(2, &[])),
                    field(10, &number(1, 1)),
                ];
                (
                    "event_store.client.streams.Streams/Read",
                    field(1, &options.concat()),
                )
            }
            (Self::KurrentDb, Until::Stopped) => {
                ("event_store.client.streams.Streams/Read", raw::follow_all())
            }
            (Self::UmaDb, Until::TheEnd) => ("umadb.v1.DCB/Read", Vec::new()),
            (Self::UmaDb, Until::Stopped) => ("umadb.v1.DCB/Read", number(5, 1)),
        };
        let mut call = connection.call_of(path).await;
        call.send(&message, Last::Yes);
        call.messages().await
    }

    /// How many events a message of an answer holds.
    fn events_in(self, message: &[u8]) -> usize {
        fields(message).filter(|(number, _)| *number == 1).count()
    }
}

/// The fields of a message that hold bytes: number and content. Others are passed over.
fn fields(mut message: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    std::iter::from_fn(move || {
        loop {
            let tag = varint(&mut message)?;
            let held = varint(&mut message)?;
            if tag & 7 == 2 {
                let (content, rest) = message.split_at(usize::try_from(held).ok()?);
                message = rest;
                return Some(((tag >> 3) as u8, content));
            }
        }
    })
}

fn varint(message: &mut &[u8]) -> Option<u64> {
    let (mut value, mut shift) = (0, 0);
    loop {
        let (byte, rest) = message.split_first()?;
        *message = rest;
        value |= u64::from(byte & 0x7f) << shift;
        shift += 7;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
}

fn median(mut of: Vec<f64>) -> f64 {
    of.sort_by(f64::total_cmp);
    of[of.len() / 2]
}

fn compared(what: &str, ours: &[f64], theirs: &[f64]) {
    let ratios: Vec<_> = ours
        .iter()
        .zip(theirs)
        .map(|(a, b)| 100.0 * a / b)
        .collect();
    let rounds: Vec<_> = ratios.iter().map(|ratio| ratio.round()).collect();
    println!(
        "{what:32} {:9.0}/s {:9.0}/s {:5.0}%   rounds {rounds:?}",
        median(ours.to_vec()),
        median(theirs.to_vec()),
        median(ratios),
    );
}

async fn against_umadb(directory: &Path, umadb: &Path, writers: usize, appends: usize) {
    let (mut written, mut read) = ([vec![], vec![]], [vec![], vec![]]);
    for round in 0..ROUNDS {
        let place = directory.join(format!("{writers}-{round}"));
        let servers = [
            Server::daicho(&place.join("daicho")),
            Server::umadb(umadb, &place.join("umadb")),
        ];
        for (server, written) in servers.iter().zip(&mut written) {
            written.push(server.appends_per_second(writers, appends).await);
        }
        for (server, read) in servers.iter().zip(&mut read) {
            read.push(server.read_per_second(appends).await);
        }
    }
    let what = format!("single appends, {writers} writers");
    compared(&what, &written[0], &written[1]);
    compared(&format!("reading all {appends}"), &read[0], &read[1]);
}

/// When an event was sent, was acknowledged and was seen by the subscriber.
#[derive(Clone, Copy)]
struct Seen {
    sent: Instant,
    answered: Option<Instant>,
    seen: Option<Instant>,
}

/// From the acknowledgement of an append to the subscriber, at so many events a second, so many to an append.
async fn to_a_subscriber(directory: &Path, per_second: usize, together: usize) {
    let server = Server::daicho(&directory.join(format!("subscriber-{per_second}")));
    let events = per_second * 10;
    let none = Seen {
        sent: Instant::now(),
        answered: None,
        seen: None,
    };
    let all = Arc::new(Mutex::new(vec![none; events]));
    let mut following = Raw::taking(4 << 20, server.address).await;
    let mut following = server
        .protocol
        .read_all(&mut following, Until::Stopped)
        .await;
    let heard = all.clone();
    let hearing = tokio::spawn(async move {
        let mut next = 0;
        while next < events {
            let message = following.next().await.expect("it goes on");
            if Protocol::KurrentDb.events_in(&message) == 0 {
                continue;
            }
            let needle = b"{\"index\":";
            let at = message
                .windows(needle.len())
                .position(|window| window == needle);
            let at = at.expect("its body") + needle.len();
            let index = std::str::from_utf8(&message[at..at + 10]).expect("digits");
            let index: usize = index.parse().expect("a number");
            heard.lock().expect("nobody panics")[index].seen = Some(Instant::now());
            next += 1;
        }
    });
    let connections = server.connections().await;
    let every = Duration::from_secs_f64(together as f64 / per_second as f64);
    let begun = Instant::now();
    let mut writing = Vec::new();
    for (turn, index) in (0..events).step_by(together).enumerate() {
        let due = begun + every * u32::try_from(turn).expect("a small number");
        tokio::time::sleep_until(due.into()).await;
        let (mut connection, all) = (connections[turn % CONNECTIONS].clone(), all.clone());
        writing.push(tokio::spawn(async move {
            let mark = |set: &dyn Fn(&mut Seen)| {
                let mut all = all.lock().expect("nobody panics");
                all[index..index + together].iter_mut().for_each(set);
            };
            let now = Instant::now();
            mark(&|seen| seen.sent = now);
            let protocol = Protocol::KurrentDb;
            protocol
                .append(&mut connection, turn % 64, index, together)
                .await;
            let now = Instant::now();
            mark(&|seen| seen.answered = Some(now));
        }));
    }
    for write in writing {
        write.await.expect("it writes");
    }
    let took = begun.elapsed().as_secs_f64();
    hearing.await.expect("it hears");
    let all = all.lock().expect("nobody panics");
    let since = |from: &dyn Fn(&Seen) -> Instant| {
        let mut micros: Vec<f64> = all
            .iter()
            .map(|seen| {
                let until = seen.seen.expect("it was seen");
                until.saturating_duration_since(from(seen)).as_secs_f64() * 1e6
            })
            .collect();
        micros.sort_by(f64::total_cmp);
        let at = |part: usize| micros[micros.len() * part / 100] / 1000.0;
        format!("p50 {:.2} ms, p99 {:.2} ms", at(50), at(99))
    };
    println!(
        "subscriber at {per_second}/s ({:.0}/s): acknowledged to seen {}; sent to seen {}",
        events as f64 / took,
        since(&|seen| seen.answered.expect("it was answered")),
        since(&|seen| seen.sent),
    );
}

fn usual(index: u64) -> NewEvent {
    let body = String::from_utf8(body(index as usize)).expect("text");
    NewEvent {
        body: Body::from_text(body),
        ..event(index)
    }
}

/// The adapter and the client it rests on, both against the served protocol.
async fn the_adapter(directory: &Path) {
    const WRITERS: u64 = 64;
    const APPENDS: u64 = 4_000;
    let (mut written, mut caught_up) = ([vec![], vec![]], [vec![], vec![]]);
    for round in 0..ROUNDS {
        let servers = ["adapter", "client"]
            .map(|what| Server::daicho(&directory.join(format!("{what}-{round}"))));
        let connections = servers
            .each_ref()
            .map(|server| format!("kurrentdb://{}?tls=false", server.address));
        let address = Address::parse(&connections[0]).expect("it is read");
        let log = KurrentLog::open(address, Arc::new(SystemClock)).await;
        let log = Arc::new(log.expect("it opens"));
        let begun = Instant::now();
        let writers = (0..WRITERS).map(|writer| {
            let log = log.clone();
            tokio::spawn(async move {
                let stream = StreamName::from(format!("poa-{writer}").as_str());
                for (version, index) in (writer..APPENDS).step_by(WRITERS as usize).enumerate() {
                    let expected = Expected::after((version as u64).checked_sub(1));
                    let appended = log.append(&stream, expected, vec![usual(index)]).await;
                    appended.expect("it is taken");
                }
            })
        });
        futures::future::join_all(writers.collect::<Vec<_>>()).await;
        written[0].push(APPENDS as f64 / begun.elapsed().as_secs_f64());

        let client = kurrentdb::Client::new(connections[1].parse().expect("an address"));
        let client = client.expect("a client");
        let begun = Instant::now();
        let writers = (0..WRITERS).map(|writer| {
            let client = client.clone();
            tokio::spawn(async move {
                let options = kurrentdb::AppendToStreamOptions::default();
                for index in (writer..APPENDS).step_by(WRITERS as usize) {
                    let body = body(index as usize).into();
                    let event = kurrentdb::EventData::binary("order-placed", body);
                    let appended =
                        client.append_to_stream(format!("poa-{writer}"), &options, event);
                    appended.await.expect("it is taken");
                }
            })
        });
        futures::future::join_all(writers.collect::<Vec<_>>()).await;
        written[1].push(APPENDS as f64 / begun.elapsed().as_secs_f64());

        let begun = Instant::now();
        let address = Address::parse(&connections[0]).expect("it is read");
        let again = KurrentLog::open(address, Arc::new(SystemClock)).await;
        let again = again.expect("it opens");
        let mut pages = again.subscribe(None).await.expect("it is followed");
        let mut seen = 0;
        while seen < APPENDS {
            let page = pages.next().await.expect("a page").expect("it is read");
            seen += page.len() as u64;
        }
        caught_up[0].push(APPENDS as f64 / begun.elapsed().as_secs_f64());

        let begun = Instant::now();
        let options =
            kurrentdb::SubscribeToAllOptions::default().position(kurrentdb::StreamPosition::Start);
        let mut following = client.subscribe_to_all(&options).await;
        for _ in 0..APPENDS {
            following.next().await.expect("an event");
        }
        caught_up[1].push(APPENDS as f64 / begun.elapsed().as_secs_f64());
    }
    compared("adapter / client, 64 writers", &written[0], &written[1]);
    compared(
        "adapter / client, catching up",
        &caught_up[0],
        &caught_up[1],
    );
}
