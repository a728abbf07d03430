//! A server of KurrentDB's protocol for the adapter's tests, and a way to it that can be cut.
//!
//! What answers is daicho's own server with a policy that lets everybody append everywhere: to the adapter it is a
//! store like any other. No KurrentDB runs in these tests; `docs/kurrentdb.md` says what that leaves open.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use daicho_eventlog::kurrentdb::Address;
use daicho_eventlog::{Durability, KurrentLog, SqliteLog, SystemClock};
use daicho_grpc::{Credentials, ForeignStreams, Options, serve};
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A store that serves the protocol, in this process.
#[derive(Debug)]
pub struct Cluster {
    parent: TempDir,
    address: SocketAddr,
    options: Options,
    running: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
}

/// Lets everybody in, everywhere.
#[must_use]
pub fn open_to_all() -> Options {
    Options {
        credentials: None,
        foreign_streams: ForeignStreams::All,
        append_bytes_max: Options::APPEND_BYTES_MAX,
        connections_max: Options::CONNECTIONS_MAX,
        tls: None,
    }
}

/// Lets one user in.
#[must_use]
pub fn open_to(user: &str, password: &str) -> Options {
    Options {
        credentials: Some(Credentials::new(user, password)),
        ..open_to_all()
    }
}

impl Cluster {
    /// Starts one that holds nothing and lets everybody in.
    pub async fn start() -> Self {
        Self::start_with(open_to_all()).await
    }

    /// Starts one that holds nothing.
    ///
    /// # Panics
    /// When it cannot be started.
    pub async fn start_with(options: Options) -> Self {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut cluster = Self {
            parent: tempfile::tempdir().expect("a directory"),
            address: any,
            options,
            running: None,
        };
        cluster.begin(any).await;
        cluster
    }

    async fn begin(&mut self, address: SocketAddr) {
        let listener = TcpListener::bind(address).await.expect("it listens");
        self.address = listener.local_addr().expect("it has an address");
        let clock = Arc::new(SystemClock);
        let path = self.parent.path().join("log.db");
        let log = SqliteLog::open(&path, clock.clone(), Durability::Closed).expect("it opens");
        let (stop, stopped) = oneshot::channel::<()>();
        let options = self.options.clone();
        let serving = tokio::spawn(async move {
            let stopped = async move {
                // Dropped or told: it ends.
                let _ = stopped.await;
            };
            let served = serve(listener, Arc::new(log), clock, options, stopped).await;
            served.expect("it serves");
        });
        self.running = Some((stop, serving));
    }

    /// Ends it, as a server ends that is told to.
    ///
    /// # Panics
    /// When it panicked.
    pub async fn stop(&mut self) {
        if let Some((stop, serving)) = self.running.take() {
            // It may have ended already.
            let _ = stop.send(());
            serving.await.expect("it ends");
        }
    }

    /// Ends it and begins anew at the same address with what it held.
    pub async fn restart(&mut self) {
        self.stop().await;
        self.begin(self.address).await;
    }

    /// Where it listens.
    #[must_use]
    pub fn listens(&self) -> SocketAddr {
        self.address
    }

    /// Its connection string.
    #[must_use]
    pub fn connection(&self) -> String {
        connection(self.address)
    }

    /// The adapter on it.
    ///
    /// # Panics
    /// When it does not open.
    pub async fn log(&self) -> KurrentLog {
        log(&self.connection()).await
    }
}

/// The connection string of a server without TLS.
#[must_use]
pub fn connection(address: SocketAddr) -> String {
    format!("kurrentdb://{address}?tls=false")
}

/// The adapter behind a connection string.
///
/// # Panics
/// When it does not open.
pub async fn log(connection: &str) -> KurrentLog {
    let address = Address::parse(connection).expect("it is read");
    let opened = KurrentLog::open(address, Arc::new(SystemClock)).await;
    opened.expect("it opens")
}

/// A way to a server on which connections break.
#[derive(Debug)]
pub struct Way {
    address: SocketAddr,
    cuts: Arc<AtomicU64>,
    listening: JoinHandle<()>,
}

impl Drop for Way {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

impl Way {
    /// To this server. Each connection breaks after some bytes, up to `bytes_max`, drawn from `seed`.
    ///
    /// # Panics
    /// When it cannot listen.
    pub async fn to(server: SocketAddr, seed: u64, bytes_max: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("it listens");
        let address = listener.local_addr().expect("it has an address");
        let cuts = Arc::new(AtomicU64::new(0));
        let counted = cuts.clone();
        let listening = tokio::spawn(async move {
            let mut random = ChaCha8Rng::seed_from_u64(seed);
            while let Ok((client, _)) = listener.accept().await {
                let Ok(to_server) = TcpStream::connect(server).await else {
                    continue;
                };
                let breaks_after = random.random_range(1..=bytes_max);
                let counted = counted.clone();
                tokio::spawn(async move {
                    if carry(client, to_server, breaks_after).await {
                        counted.fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
        });
        Self {
            address,
            cuts,
            listening,
        }
    }

    /// The connection string over this way.
    #[must_use]
    pub fn connection(&self) -> String {
        connection(self.address)
    }

    /// How often it broke.
    #[must_use]
    pub fn cuts(&self) -> u64 {
        self.cuts.load(Ordering::Relaxed)
    }
}

/// Carries bytes both ways until either side ends, or so many were carried. Whether it broke.
async fn carry(client: TcpStream, server: TcpStream, breaks_after: u64) -> bool {
    // Small answers must not wait for one another.
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let (mut up, mut down) = ([0; 4096], [0; 4096]);
    let mut left = breaks_after;
    loop {
        let room = usize::try_from(left).unwrap_or(usize::MAX).clamp(1, 4096);
        let carried = tokio::select! {
            read = from_client.read(&mut up[..room]) => match read {
                Ok(0) | Err(_) => return false,
                Ok(read) => to_server.write_all(&up[..read]).await.map(|()| read),
            },
            read = from_server.read(&mut down[..room]) => match read {
                Ok(0) | Err(_) => return false,
                Ok(read) => to_client.write_all(&down[..read]).await.map(|()| read),
            },
        };
        let Ok(carried) = carried else { return false };
        left = left.saturating_sub(carried as u64);
        if left == 0 {
            return true;
        }
    }
}
