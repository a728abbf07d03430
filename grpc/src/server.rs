//! The server: one listener, the protocol's services on it, and the limits of every connection.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use daicho_eventlog::{Clock, SqliteLog};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, mpsc, watch};
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Server;
use tower::util::MapResponseLayer;
use uuid::Uuid;

use crate::connections::{self, Entrance};
use crate::credentials::{Asked, Credentials};
use crate::features::Features;
use crate::gossip::Alone;
use crate::latest;
use crate::persistent::{self, Store};
use crate::policy::ForeignStreams;
use crate::shared::Served;
use crate::slices::sliced;
use crate::streams::Desk;
use crate::tls::Tls;
use crate::wire::gossip::gossip_server::GossipServer;
use crate::wire::persistent::persistent_subscriptions_server::PersistentSubscriptionsServer;
use crate::wire::server_features::server_features_server::ServerFeaturesServer;
use crate::wire::streams::streams_server::StreamsServer;

/// How many calls one connection may have open. A client with more waits until one of them ends.
const CALLS_PER_CONNECTION_MAX: u32 = 16_384;

/// A connection is asked for a sign of life this often, and cut when none comes for as long again.
const SIGN_OF_LIFE_EVERY: Duration = Duration::from_secs(10);

/// What kept subscriptions must not forget lies beside the log.
const SUBSCRIPTIONS: &str = "subscriptions.db";

/// How long calls that are under way may take when the server ends.
const LEFT_TO_FINISH: Duration = Duration::from_secs(5);

/// What the server lets its clients do.
#[derive(Clone, Debug)]
pub struct Options {
    /// What every call has to bring; `None` lets everybody in who reaches the listener.
    pub credentials: Option<Credentials>,
    /// Which streams clients may append to.
    pub foreign_streams: ForeignStreams,
    /// How many bytes one append may bring: types, bodies and metadata together.
    pub append_bytes_max: usize,
    /// How many connections there may be; one more is cut at once.
    pub connections_max: usize,
    /// With what the server shows who it is; `None` serves without TLS.
    pub tls: Option<Tls>,
}

impl Options {
    /// The most that one append brings, where nothing else is said: as much as the protocol's own server takes.
    pub const APPEND_BYTES_MAX: usize = 1 << 20;

    /// How many connections there may be, where nothing else is said: each takes a descriptor from the dashboard too.
    pub const CONNECTIONS_MAX: usize = 256;
}

/// Serves the log on a listener until `stop` is done; then followers end, what is under way is finished, and what
/// does not end is cut. When this returns no call uses the log any more.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    listener: TcpListener,
    log: Arc<SqliteLog>,
    clock: Arc<dyn Clock>,
    options: Options,
    stop: impl Future<Output = ()> + Send,
) -> Result<(), std::io::Error> {
    let address = listener.local_addr()?;
    let (say, told) = watch::channel(false);
    let (say_cut, cut) = watch::channel(false);
    let asked = Asked(options.credentials.clone());
    // A message larger than an append may be is still read, to be refused in the protocol's words.
    let message_bytes_max = options
        .append_bytes_max
        .saturating_mul(4)
        .saturating_add(1 << 16);
    let entrance = Entrance {
        tls: options.tls.as_ref().map(|tls| tls.0.clone()),
        room: Arc::new(Semaphore::new(options.connections_max)),
        cut,
    };
    let subscriptions = log.path().with_file_name(SUBSCRIPTIONS);
    let (in_use, mut unused) = mpsc::channel(1);
    let served = Served::new(log, clock.clone(), options, told.clone(), in_use);
    let served = Arc::new(served);
    let streams = StreamsServer::new(Desk(served.clone()))
        .max_decoding_message_size(message_bytes_max)
        .max_encoding_message_size(usize::MAX);
    let store = Store::open(&subscriptions)?;
    let (at_work, mut all_done) = mpsc::channel(1);
    let kept = persistent::Desk::take_up(served.clone(), store, at_work);
    let kept = kept.map_err(|status| std::io::Error::other(status.message().to_owned()))?;
    let kept = PersistentSubscriptionsServer::new(kept).max_encoding_message_size(usize::MAX);
    let keeping = tokio::spawn(latest::keep(served));
    let alone = Alone {
        address,
        instance: Uuid::now_v7(),
        clock,
    };
    let (connected, mut connections) = mpsc::channel(1);
    let accepting = tokio::spawn(connections::accept(listener, entrance, told, connected));
    let incoming = futures::stream::poll_fn(move |context| connections.poll_recv(context));
    let (stopping, mut overdue) = (say.clone(), say.subscribe());
    let stopping = async move {
        stop.await;
        stopping.send_replace(true);
    };
    let serving = Server::builder()
        .layer(MapResponseLayer::new(sliced))
        .max_concurrent_streams(CALLS_PER_CONNECTION_MAX)
        .http2_keepalive_interval(Some(SIGN_OF_LIFE_EVERY))
        .http2_keepalive_timeout(Some(SIGN_OF_LIFE_EVERY))
        .add_service(InterceptedService::new(streams, asked.clone()))
        .add_service(InterceptedService::new(kept, asked))
        .add_service(ServerFeaturesServer::new(Features))
        .add_service(GossipServer::new(alone))
        .serve_with_incoming_shutdown(incoming, stopping);
    let ended = tokio::select! {
        served = serving => served.map_err(std::io::Error::other),
        // A client that takes nothing does not keep the server from ending.
        () = async {
            let _ = overdue.wait_for(|stop| *stop).await;
            tokio::time::sleep(LEFT_TO_FINISH).await;
        } => Ok(()),
    };
    // Kept subscriptions have heard it as well, and write down how far they came.
    say.send_replace(true);
    let _ = tokio::time::timeout(LEFT_TO_FINISH, all_done.recv()).await;
    say_cut.send_replace(true);
    let gone = async {
        let (_, _) = (accepting.await, keeping.await);
        unused.recv().await
    };
    if tokio::time::timeout(LEFT_TO_FINISH, gone).await.is_err() {
        tracing::warn!("a call of the protocol does not end");
    }
    ended
}
