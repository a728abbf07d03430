//! Servers in processes of their own, and how fast they take and give.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use daicho_eventlog::{Durability, SqliteLog, SystemClock};
use daicho_grpc::{ForeignStreams, Options};

use crate::CONNECTIONS;
use crate::kept::Kept;
use crate::protocol::{Protocol, Until};
use crate::raw::Raw;

/// Where UmaDB's server is.
pub fn installed() -> PathBuf {
    let into = Path::new(env!("CARGO_TARGET_TMPDIR")).join("umadb");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/install-umadb");
    let installed = Command::new(script).arg(&into).status();
    assert!(installed.expect("it runs").success(), "UmaDB is installed");
    into.join("bin/umadb")
}

/// This program as a server of the protocol, until it is killed.
pub fn serve(directory: &Path) {
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
pub struct Server {
    process: Child,
    pub address: SocketAddr,
    pub protocol: Protocol,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Server {
    pub fn daicho(directory: &Path) -> Self {
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

    pub fn umadb(program: &Path, directory: &Path) -> Self {
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

    pub async fn connections(&self) -> Vec<Raw> {
        let mut connections = Vec::new();
        for _ in 0..CONNECTIONS {
            connections.push(Raw::taking(4 << 20, self.address).await);
        }
        connections
    }

    /// Appends a second by so many writers, each waiting for its answer.
    pub async fn appends_per_second(&self, writers: usize, appends: usize) -> f64 {
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

    /// The same on calls that are kept: one for the writers of a connection.
    pub async fn kept_appends_per_second(&self, writers: usize, appends: usize) -> f64 {
        let mut calls = Vec::new();
        for connection in self.connections().await {
            calls.push(Arc::new(Kept::on(connection).await));
        }
        let begun = Instant::now();
        let writers: Vec<_> = (0..writers)
            .map(|writer| {
                let call = calls[writer % CONNECTIONS].clone();
                tokio::spawn(async move {
                    for index in (writer..appends).step_by(writers) {
                        call.append(writer, index).await;
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
    pub async fn read_per_second(&self, events: usize) -> f64 {
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
