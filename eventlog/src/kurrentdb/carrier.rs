//! A loopback way between the official client and one server, because the client never sets TCP_NODELAY.
//!
//! Without it the second small write of a call waits until the server's system acknowledges the first, which that
//! delays by some 40 ms. The port's contract tests took 57 s so, and 23 s over this way. Here the acknowledgement comes at once, from the same machine, and
//! what goes on to the server waits for nothing. It sees bytes and no more, so a connection with TLS cannot be carried
//! (the certificate is the server's, the name would be ours), nor a cluster, whose members the client asks for itself.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

use super::counter::Task;

/// How many bytes are carried at once.
const BYTES_MAX: usize = 64 << 10;

/// Carries as long as it lives.
#[derive(Debug)]
pub(super) struct Carrier {
    address: SocketAddr,
    unreachable: Arc<Mutex<Option<String>>>,
    _carrying: Task,
}

impl Carrier {
    /// To a server, whether it is there or not.
    pub(super) fn to(host: &str, port: u32) -> io::Result<Self> {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let listener = TcpListener::from_std(listener)?;
        let server = format!("{host}:{port}");
        let unreachable = Arc::new(Mutex::new(None));
        let say = unreachable.clone();
        let carrying = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(carry(client, server.clone(), say.clone()));
            }
        });
        Ok(Self {
            address,
            unreachable,
            _carrying: Task::of(&carrying),
        })
    }

    /// Where the client connects to.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Why the server could not be reached when it was last tried; `None` when it could.
    pub(super) fn unreachable(&self) -> Option<String> {
        let unreachable = self.unreachable.lock();
        unreachable.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn carry(client: TcpStream, server: String, unreachable: Arc<Mutex<Option<String>>>) {
    let connected = TcpStream::connect(&server).await;
    {
        let mut unreachable = unreachable.lock().unwrap_or_else(PoisonError::into_inner);
        *unreachable = connected.as_ref().err().map(io::Error::to_string);
    }
    let Ok(server) = connected else { return };
    // Without the option it is slower, not wrong.
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    // When one direction ends, so does the connection: nothing is said on half a one.
    tokio::select! {
        _ = pass(from_client, to_server) => {}
        _ = pass(from_server, to_client) => {}
    }
}

async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf) -> io::Result<()> {
    let mut bytes = vec![0; BYTES_MAX];
    loop {
        acknowledge_at_once(from.as_ref());
        let read = from.read(&mut bytes).await?;
        if read == 0 {
            return to.shutdown().await;
        }
        to.write_all(&bytes[..read]).await?;
    }
}

/// The system forgets it with every answer, so it is said before every read.
#[cfg(target_os = "linux")]
fn acknowledge_at_once(stream: &TcpStream) {
    let _ = stream.set_quickack(true);
}

#[cfg(not(target_os = "linux"))]
fn acknowledge_at_once(_: &TcpStream) {}
