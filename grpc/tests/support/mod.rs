//! A server of the protocol on a log of its own, and official clients that know its address.

use std::path::Path;
use std::sync::Arc;

use chrono::NaiveDate;
use daicho_eventlog::{
    Body, Durability, EventLog, Expected, NewEvent, SqliteLog, StreamName, SystemClock,
};
use daicho_grpc::{ForeignStreams, Options};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use uuid::Uuid;

/// What the business's own streams begin with in these tests.
pub const NOUNS: &[&str] = &["poa", "corporation"];

/// A server that runs until it is told to stop.
pub struct Server {
    pub log: Arc<SqliteLog>,
    pub address: std::net::SocketAddr,
    stop: oneshot::Sender<()>,
    running: JoinHandle<std::io::Result<()>>,
}

/// A server as an installation has it.
pub fn options() -> Options {
    Options {
        credentials: None,
        foreign_streams: ForeignStreams::beside_the_business(
            NOUNS.iter().copied(),
            vec!["orders-".to_owned(), "bills-".to_owned()],
        )
        .expect("the business has no such names"),
        append_bytes_max: Options::APPEND_BYTES_MAX,
        connections_max: Options::CONNECTIONS_MAX,
        tls: None,
    }
}

impl Server {
    /// On the log in this directory.
    pub async fn on(dir: &Path, options: Options) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        Self::at(listener, dir, options)
    }

    /// On this listener.
    pub fn at(listener: TcpListener, dir: &Path, options: Options) -> Self {
        let address = listener.local_addr().expect("its address");
        let clock = Arc::new(SystemClock);
        let path = dir.join("log.db");
        let log = SqliteLog::open(&path, clock.clone(), Durability::Acknowledged);
        let log = Arc::new(log.expect("the log opens"));
        let (stop, stopped) = oneshot::channel();
        let serving = daicho_grpc::serve(listener, log.clone(), clock, options, async {
            // A sender that is gone stops the server too.
            let _ = stopped.await;
        });
        Self {
            log,
            address,
            stop,
            running: tokio::spawn(serving),
        }
    }

    /// The address as a client takes it.
    pub fn connection(&self) -> String {
        format!("kurrentdb://{}?tls=false", self.address)
    }

    /// Ends the server, and gives back nothing but a closed log.
    pub async fn stop(self) {
        let Self {
            log, stop, running, ..
        } = self;
        stop.send(()).expect("it runs");
        let ended = running.await.expect("it does not panic");
        ended.expect("it ends well");
        drop(log);
    }
}

/// An event of the business.
pub fn own(index: u32) -> NewEvent {
    NewEvent {
        event_id: Uuid::from_u64_pair(0xe, index.into()),
        command_id: Uuid::from_u64_pair(0xc, index.into()),
        kind: "poa.received.v1".into(),
        body: Body::from_text(format!(r#"{{"index":{index}}}"#)),
        occurred_on: NaiveDate::from_ymd_opt(2026, 11, 20).expect("a date"),
        actor: "staff-7".into(),
        correlation: Uuid::from_u64_pair(0xcc, 0),
        causation: None,
        rulebook: None,
    }
}

/// Records an event of the business, as a command does.
pub async fn record(log: &SqliteLog, stream: &str, events: Vec<NewEvent>) {
    let stream = StreamName::from(stream);
    let recorded = log.append(&stream, Expected::Any, events).await;
    recorded.expect("it is recorded");
}
