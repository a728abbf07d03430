//! The connections: how many there may be, how long one may take to say what it wants, and that none outlives the
//! server.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};
use tokio_rustls::TlsAcceptor;
use tonic::transport::server::Connected;

/// How every connection of the protocol begins.
const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// How long a connection may take to say it.
const PREFACE_WITHIN: Duration = Duration::from_secs(5);

/// How long no connection is accepted after one could not be, for want of descriptors or the like.
const ACCEPTED_AGAIN_AFTER: Duration = Duration::from_millis(100);

/// A connection that has said that it speaks the protocol.
pub(crate) struct Connection {
    io: Box<dyn Duplex>,
    /// What was read already and is read again.
    said: &'static [u8],
    cut: Pin<Box<dyn Future<Output = ()> + Send>>,
    is_cut: bool,
    _one_of: OwnedSemaphorePermit,
}

trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

/// What all connections have in common.
#[derive(Clone)]
pub(crate) struct Entrance {
    pub(crate) tls: Option<TlsAcceptor>,
    /// As many permits as there may be connections.
    pub(crate) room: Arc<Semaphore>,
    /// Turns true when no connection may go on.
    pub(crate) cut: watch::Receiver<bool>,
}

/// Accepts connections until `stop` turns true or nobody takes them any more; then the listener is closed.
pub(crate) async fn accept(
    listener: TcpListener,
    entrance: Entrance,
    mut stop: watch::Receiver<bool>,
    to: mpsc::Sender<io::Result<Connection>>,
) {
    let mut refuses = false;
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|stop| *stop) => return,
            () = to.closed() => return,
        };
        let (stream, from) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                if !std::mem::replace(&mut refuses, true) {
                    tracing::warn!(%error, "no connection can be accepted at the moment");
                }
                tokio::time::sleep(ACCEPTED_AGAIN_AFTER).await;
                continue;
            }
        };
        let Ok(one_of) = entrance.room.clone().try_acquire_owned() else {
            if !std::mem::replace(&mut refuses, true) {
                tracing::warn!(%from, "there are as many connections as there may be");
            }
            continue;
        };
        refuses = false;
        let (entrance, to) = (entrance.clone(), to.clone());
        tokio::spawn(async move {
            let greeted = tokio::time::timeout(PREFACE_WITHIN, greeted(stream, &entrance));
            match greeted.await {
                Ok(Ok(io)) => {
                    let connection = Connection::over(io, entrance.cut, one_of);
                    // A server that ends takes none any more.
                    let _ = to.send(Ok(connection)).await;
                }
                Ok(Err(error)) => tracing::debug!(%from, %error, "a connection was not accepted"),
                Err(_) => tracing::debug!(%from, "a connection said nothing, and was cut"),
            }
        });
    }
}

/// Lets the client say that it speaks the protocol.
async fn greeted(stream: TcpStream, entrance: &Entrance) -> io::Result<Box<dyn Duplex>> {
    // Without it every small answer waits for the other side's acknowledgement.
    stream.set_nodelay(true)?;
    let mut io: Box<dyn Duplex> = match &entrance.tls {
        None => Box::new(stream),
        Some(tls) => Box::new(tls.accept(stream).await?),
    };
    let mut said = [0; PREFACE.len()];
    io.read_exact(&mut said).await?;
    match said == *PREFACE {
        true => Ok(io),
        false => Err(io::Error::other("it does not speak HTTP/2")),
    }
}

impl Connection {
    fn over(
        io: Box<dyn Duplex>,
        mut cut: watch::Receiver<bool>,
        one_of: OwnedSemaphorePermit,
    ) -> Self {
        Self {
            io,
            said: PREFACE,
            cut: Box::pin(async move {
                // Whoever could cut it is gone: it may end by itself.
                if cut.wait_for(|cut| *cut).await.is_err() {
                    std::future::pending::<()>().await;
                }
            }),
            is_cut: false,
            _one_of: one_of,
        }
    }

    /// Fails once the connection is cut; until then whoever reads is woken by it.
    fn goes_on(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        if !self.is_cut && self.cut.as_mut().poll(context).is_ready() {
            self.is_cut = true;
        }
        match self.is_cut {
            false => Ok(()),
            true => Err(io::Error::new(
                io::ErrorKind::ConnectionAborted,
                "the server ends",
            )),
        }
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.goes_on(context)?;
        if !self.said.is_empty() {
            let (now, later) = self.said.split_at(into.remaining().min(self.said.len()));
            into.put_slice(now);
            self.said = later;
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.io).poll_read(context, into)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.is_cut {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        Pin::new(&mut self.io).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if self.is_cut {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        Pin::new(&mut self.io).poll_write_vectored(context, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.is_cut {
            true => Poll::Ready(Ok(())),
            false => Pin::new(&mut self.io).poll_shutdown(context),
        }
    }
}

/// Nobody asks who is at the other end: everything is on this machine.
impl Connected for Connection {
    type ConnectInfo = ();

    fn connect_info(&self) {}
}
