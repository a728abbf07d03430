//! An SMTP server: STARTTLS or TLS, with a name and password where it asks for them. What was not reached is told from what may
//! have been taken: until the last line of a mail is given, nothing was handed over.

use std::future::Future;
use std::time::Duration;

use async_trait::async_trait;
use daicho_domain::mail::{Carrier, Failure as Failed};
use daicho_workers::mail::{Ended, Message, Post};
use lettre::message::Mailbox;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use tokio::net::TcpStream;
use tokio::sync::Mutex;

use crate::message::put_together;
use crate::server::{Security, Server, Unusable};

/// The server.
pub struct Smtp {
    server: Server,
    from: Mailbox,
    credentials: Option<Credentials>,
    tls: Option<TlsParameters>,
    timeout: Duration,
    /// The connection of the mail before, which may be used once more.
    kept: Mutex<Option<AsyncSmtpConnection>>,
}

/// Why a step of the conversation failed.
enum Missed {
    /// Nobody is there.
    Away,
    /// The server said no, or the connection ended.
    Failed(Error),
    /// The server said nothing for too long.
    Silent,
}

impl From<Error> for Missed {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<std::io::Error> for Missed {
    fn from(_: std::io::Error) -> Self {
        Self::Away
    }
}

impl Smtp {
    /// The server as configured: its password read, its certificate known.
    ///
    /// # Errors
    /// [`Unusable`]: nothing is tried before it is mended.
    pub fn new(server: Server, from: Mailbox) -> Result<Self, Unusable> {
        let tls = match server.security {
            Security::None if server.is_here() => None,
            Security::None => return Err(Unusable::Open),
            Security::Tls | Security::Starttls => Some(tls(&server)?),
        };
        let credentials = credentials(&server)?;
        let timeout = Duration::from_secs(server.timeout_seconds);
        Ok(Self {
            server,
            from,
            credentials,
            tls,
            timeout,
            kept: Mutex::default(),
        })
    }

    /// One step, which ends by itself.
    async fn step<T, E: Into<Missed>>(
        &self,
        asked: impl Future<Output = Result<T, E>>,
    ) -> Result<T, Missed> {
        match tokio::time::timeout(self.timeout, asked).await {
            Ok(answered) => answered.map_err(Into::into),
            Err(_) => Err(Missed::Silent),
        }
    }

    /// A connection that was opened, and is private from its beginning where that is asked for.
    async fn opened(&self, hello: &ClientId) -> Result<AsyncSmtpConnection, Missed> {
        let at = (self.server.host.as_str(), self.server.port);
        if let (Security::Tls, Some(tls)) = (self.server.security, &self.tls) {
            let timeout = Some(self.timeout);
            let tls = Some(tls.clone());
            let connecting = AsyncSmtpConnection::connect_tokio1(at, timeout, hello, tls, None);
            return self.step(connecting).await;
        }
        let stream = self.step(TcpStream::connect(at)).await?;
        // A mail ends with a few bytes of their own. Held back until the server acknowledges what went before, as a connection
        // does unless told otherwise, they cost every mail the 40 ms that servers take for that.
        stream.set_nodelay(true)?;
        let stream = Box::new(stream);
        let greeting = AsyncSmtpConnection::connect_with_transport(stream, hello);
        self.step(greeting).await
    }

    /// A connection that is private and signed in.
    async fn connected(&self) -> Result<AsyncSmtpConnection, Missed> {
        let hello = ClientId::Domain(self.from.email.domain().to_owned());
        let mut connection = self.opened(&hello).await?;
        if let (Security::Starttls, Some(tls)) = (self.server.security, &self.tls) {
            self.step(connection.starttls(tls.clone(), &hello)).await?;
        }
        if let Some(credentials) = &self.credentials {
            let signing_in = connection.auth(DEFAULT_MECHANISMS, credentials);
            self.step(signing_in).await?;
        }
        Ok(connection)
    }

    /// A connection on which a mail has begun: the one before, or a new one where that has ended meanwhile.
    async fn begun(&self, mail: &Mail) -> Result<AsyncSmtpConnection, Missed> {
        if let Some(mut kept) = self.kept.lock().await.take()
            && self.step(kept.command(mail.clone())).await.is_ok()
        {
            return Ok(kept);
        }
        let mut connection = self.connected().await?;
        self.step(connection.command(mail.clone())).await?;
        Ok(connection)
    }

    /// Hands a mail over, or says why not.
    async fn hand_over(&self, mime: &lettre::Message) -> Ended {
        let envelope = mime.envelope();
        let mail = Mail::new(envelope.from().cloned(), vec![]);
        let mut connection = match self.begun(&mail).await {
            Ok(connection) => connection,
            // Its word before it heard of this mail says nothing of this mail: a wrong password gives nothing up.
            Err(missed) => return failed(Failed::Unreachable, &missed),
        };
        for address in envelope.to() {
            let to = Rcpt::new(address.clone(), vec![]);
            if let Err(missed) = self.step(connection.command(to)).await {
                return self.said_no(connection, missed).await;
            }
        }
        if let Err(missed) = self.step(connection.command(Data)).await {
            return self.said_no(connection, missed).await;
        }
        match self.step(connection.message(&mime.formatted())).await {
            Ok(_) => {
                *self.kept.lock().await = Some(connection);
                Ended::Taken
            }
            Err(missed) => answered(&missed).unwrap_or(Ended::Unknown),
        }
    }

    /// What the server said before it had the mail. The conversation is ended politely: a server that puts mails off may
    /// remember who was rude.
    async fn said_no(&self, mut connection: AsyncSmtpConnection, missed: Missed) -> Ended {
        let ended = answered(&missed);
        if ended.is_some() {
            // It is over, however the server says goodbye.
            let _ = self.step(connection.quit()).await;
        }
        ended.unwrap_or_else(|| failed(Failed::Unreachable, &missed))
    }
}

#[async_trait]
impl Post for Smtp {
    fn carrier(&self) -> Carrier {
        Carrier::Server
    }

    async fn send(&self, message: &Message) -> Ended {
        match put_together(message, &self.from) {
            Ok(mime) => self.hand_over(&mime).await,
            Err(error) => {
                tracing::error!(%error, mail = message.id, "a mail cannot be made");
                Ended::Failed {
                    why: Failed::NotMade,
                    code: None,
                }
            }
        }
    }

    async fn rest(&self) {
        if let Some(mut kept) = self.kept.lock().await.take() {
            // Nothing depends on how the server says goodbye.
            let _ = self.step(kept.quit()).await;
        }
    }
}

/// The server's words may name an address: the code alone is noted.
fn failed(why: Failed, missed: &Missed) -> Ended {
    let code = match missed {
        Missed::Failed(error) => error.status().map(u16::from),
        Missed::Away | Missed::Silent => None,
    };
    Ended::Failed { why, code }
}

/// What the server said of the mail, if it said something.
fn answered(missed: &Missed) -> Option<Ended> {
    let Missed::Failed(error) = missed else {
        return None;
    };
    let why = match (error.is_permanent(), error.is_transient()) {
        (true, _) => Failed::Refused,
        (false, true) => Failed::Deferred,
        (false, false) => return None,
    };
    Some(failed(why, missed))
}
fn tls(server: &Server) -> Result<TlsParameters, Unusable> {
    let refused = |why: &dyn std::fmt::Display| Unusable::Certificate {
        host: server.host.clone(),
        why: why.to_string(),
    };
    let mut parameters = TlsParameters::builder(server.host.clone());
    if let Some(path) = &server.trust {
        let pem = std::fs::read(path).map_err(|error| refused(&error))?;
        let certificate = Certificate::from_pem(&pem).map_err(|error| refused(&error))?;
        parameters = parameters.add_root_certificate(certificate);
    }
    parameters.build_rustls().map_err(|error| refused(&error))
}

/// The name and the password that is in its file, without the line's end.
fn credentials(server: &Server) -> Result<Option<Credentials>, Unusable> {
    let (user, path) = match (&server.user, &server.password_file) {
        (None, None) => return Ok(None),
        (Some(user), Some(path)) => (user, path),
        (Some(_), None) | (None, Some(_)) => return Err(Unusable::HalfSignedIn),
    };
    let refused = |why: &dyn std::fmt::Display| Unusable::Password {
        path: path.clone(),
        why: why.to_string(),
    };
    let text = std::fs::read_to_string(path).map_err(|error| refused(&error))?;
    match text.trim_end_matches(['\r', '\n']) {
        "" => Err(refused(&"空です")),
        password => Ok(Some(Credentials::new(user.clone(), password.to_owned()))),
    }
}
