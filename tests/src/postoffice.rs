//! A mail server on a socket: it speaks SMTP as far as a client needs it, with or without TLS and a password, and behaves as
//! real ones do on bad days.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::io::{BufRead as _, BufReader, Read, Result, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{ServerConfig, ServerConnection, StreamOwned, crypto};

/// How it behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// It takes every mail.
    Takes,
    /// It refuses every recipient for good.
    Refuses,
    /// It greylists: it asks the next so many mails to come again, then takes them.
    PutsOff(u32),
    /// It takes the next so many mails and ends the connection without saying so.
    BreaksOff(u32),
    /// It ends the next so many conversations before it has heard of a mail.
    HangsUp(u32),
    /// It takes the mail and never says so.
    TakesInSilence,
    /// It accepts connections and says nothing.
    IsSilent,
    /// It ends the conversation after each mail, so that no connection serves twice.
    ClosesAfterEach,
}

/// Who is let in, and how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Doors {
    /// How the connection is kept private.
    pub tls: Tls,
    /// The name and the password that it asks for.
    pub password: Option<(&'static str, &'static str)>,
}

/// How a connection is kept private.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tls {
    /// Not at all.
    #[default]
    No,
    /// From the beginning.
    First,
    /// After it is asked for.
    Asked,
}

/// A mail as it came.
#[derive(Clone, Debug)]
pub struct Received {
    /// The address it was for.
    pub to: String,
    /// Headers and body.
    pub data: String,
}

impl Received {
    /// A header, empty when it is not there.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        let mut lines = self.data.lines().take_while(|line| !line.is_empty());
        let found = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        found.unwrap_or_default()
    }

    /// Its parts of a type, decoded: `text/plain`, `text/html`, `application/pdf`.
    ///
    /// # Panics
    /// When a part is encoded otherwise than in base64, or not at all.
    #[must_use]
    pub fn parts(&self, kind: &str) -> Vec<Vec<u8>> {
        let mut found = Vec::new();
        for part in self.data.split("\n--") {
            let Some((headers, body)) = part.split_once("\n\n") else {
                continue;
            };
            let headers = headers.to_lowercase();
            if !headers.contains(&format!("content-type: {kind}")) {
                continue;
            }
            let base64 = headers.contains("content-transfer-encoding: base64");
            found.push(match base64 {
                true => {
                    let text: String = body.split_whitespace().collect();
                    STANDARD.decode(text).expect("a part is base64")
                }
                false => body.as_bytes().to_vec(),
            });
        }
        found
    }

    /// What it says in plain text.
    ///
    /// # Panics
    /// When it has no such part.
    #[must_use]
    pub fn text(&self) -> String {
        let part = self.parts("text/plain").into_iter().next();
        String::from_utf8(part.expect("it has a text")).expect("the text is UTF-8")
    }
}

/// The server. Dropped, it goes with the process.
pub struct PostOffice {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

struct State {
    manner: Manner,
    doors: Doors,
    received: Vec<Received>,
    conversations: usize,
}

impl PostOffice {
    /// Opens on a free port, to everybody on this machine.
    #[must_use]
    pub fn opens(manner: Manner) -> Self {
        Self::opens_behind(Doors::default(), manner)
    }

    /// Opens on a free port.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn opens_behind(doors: Doors, manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let state = Arc::new(Mutex::new(State {
            manner,
            doors,
            received: Vec::new(),
            conversations: 0,
        }));
        let shared = state.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(stream) = stream else { return };
                let shared = shared.clone();
                lock(&shared).conversations += 1;
                // A client that goes away ends its conversation.
                std::thread::spawn(move || drop(converse(stream, &shared)));
            }
        });
        Self { address, state }
    }

    /// The authority that its certificate rests on.
    #[must_use]
    pub fn authority() -> PathBuf {
        certificate("authority.pem")
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// From now on it behaves so.
    pub fn behaves(&self, manner: Manner) {
        lock(&self.state).manner = manner;
    }

    /// What it took so far.
    #[must_use]
    pub fn received(&self) -> Vec<Received> {
        lock(&self.state).received.clone()
    }

    /// How many connections were made to it.
    #[must_use]
    pub fn conversations(&self) -> usize {
        lock(&self.state).conversations
    }
}

/// The certificates of the tests lie with the other server that shows one.
fn certificate(name: &str) -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.join("../grpc/tests/certificates").join(name)
}

fn lock(state: &Mutex<State>) -> std::sync::MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A connection, private or not.
trait Wire: Read + Write + Send {}

impl<T: Read + Write + Send> Wire for T {}

fn private(wire: Box<dyn Wire>) -> Box<dyn Wire> {
    let chain = CertificateDer::pem_file_iter(certificate("here.pem"));
    let chain = chain
        .expect("a certificate")
        .map(|one| one.expect("a certificate"));
    let key = PrivateKeyDer::from_pem_file(certificate("here-key.pem")).expect("its key");
    let provider = Arc::new(crypto::aws_lc_rs::default_provider());
    let configuration = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions of TLS")
        .with_no_client_auth()
        .with_single_cert(chain.collect(), key)
        .expect("they belong together");
    let connection = ServerConnection::new(Arc::new(configuration)).expect("a connection");
    Box::new(StreamOwned::new(connection, wire))
}

/// One conversation.
struct Talk {
    lines: BufReader<Box<dyn Wire>>,
}

impl Talk {
    /// The next line; nothing when the client is gone.
    fn hears(&mut self) -> Result<Option<String>> {
        let mut line = String::new();
        let read = self.lines.read_line(&mut line)?;
        Ok((read > 0).then(|| line.trim_end_matches(['\r', '\n']).to_owned()))
    }

    fn says(&mut self, text: &str) -> Result<()> {
        let wire = self.lines.get_mut();
        wire.write_all(format!("{text}\r\n").as_bytes())?;
        wire.flush()
    }

    /// Until the client gives up.
    fn is_silent(&mut self) -> Result<()> {
        while self.hears()?.is_some() {}
        Ok(())
    }
}

fn converse(stream: TcpStream, state: &Mutex<State>) -> Result<()> {
    stream.set_nodelay(true)?;
    let doors = lock(state).doors;
    let wire: Box<dyn Wire> = Box::new(stream);
    let wire = match doors.tls {
        Tls::First => private(wire),
        Tls::No | Tls::Asked => wire,
    };
    let mut is_private = doors.tls == Tls::First;
    let lines = BufReader::new(wire);
    let mut talk = Talk { lines };
    if lock(state).manner == Manner::IsSilent {
        return talk.is_silent();
    }
    if next(state, Manner::HangsUp) {
        return Ok(());
    }
    talk.says("220 post.example ESMTP")?;
    let mut to = String::new();
    while let Some(line) = talk.hears()? {
        let word = line.split([' ', ':']).next().unwrap_or_default();
        match word.to_uppercase().as_str() {
            "EHLO" => {
                if doors.tls == Tls::Asked && !is_private {
                    talk.says("250-STARTTLS")?;
                }
                if doors.password.is_some() {
                    talk.says("250-AUTH PLAIN")?;
                }
                talk.says("250 8BITMIME")?;
            }
            "STARTTLS" if doors.tls == Tls::Asked => {
                talk.says("220 go ahead")?;
                talk = Talk {
                    lines: BufReader::new(private(talk.lines.into_inner())),
                };
                is_private = true;
            }
            "AUTH" => {
                let given = line.rsplit(' ').next().unwrap_or_default();
                let given = STANDARD.decode(given).unwrap_or_default();
                let (user, password) = doors.password.unwrap_or_default();
                let right = given == format!("\0{user}\0{password}").as_bytes();
                talk.says(match right {
                    true => "235 welcome",
                    false => "535 5.7.8 who are you",
                })?;
            }
            "MAIL" | "RSET" | "NOOP" => talk.says("250 fine")?,
            "RCPT" if lock(state).manner == Manner::Refuses => {
                talk.says("550 5.1.1 no such mailbox")?;
            }
            "RCPT" if next(state, Manner::PutsOff) => {
                talk.says("451 4.7.1 greylisted, come again")?;
            }
            "RCPT" => {
                let address = line.trim_end_matches('>').rsplit('<').next();
                to = address.unwrap_or_default().to_owned();
                talk.says("250 fine")?;
            }
            "DATA" => {
                talk.says("354 go on")?;
                let data = taken(&mut talk)?;
                let to = to.clone();
                lock(state).received.push(Received { to, data });
                if next(state, Manner::BreaksOff) {
                    return Ok(());
                }
                let manner = lock(state).manner;
                if manner == Manner::TakesInSilence {
                    return talk.is_silent();
                }
                talk.says("250 taken")?;
                if manner == Manner::ClosesAfterEach {
                    return Ok(());
                }
            }
            "QUIT" => return talk.says("221 goodbye"),
            _other => talk.says("502 not here")?,
        }
    }
    Ok(())
}

/// A mail to its last line.
fn taken(talk: &mut Talk) -> Result<String> {
    let mut data = String::new();
    while let Some(line) = talk.hears()? {
        if line == "." {
            break;
        }
        data.push_str(line.strip_prefix('.').unwrap_or(&line));
        data.push('\n');
    }
    Ok(data)
}

impl Manner {
    /// How many times it still behaves so, where it does not for ever.
    const fn times(self) -> Option<u32> {
        match self {
            Self::PutsOff(times) | Self::BreaksOff(times) | Self::HangsUp(times) => Some(times),
            Self::Takes
            | Self::Refuses
            | Self::TakesInSilence
            | Self::IsSilent
            | Self::ClosesAfterEach => None,
        }
    }
}

/// Whether it is one of the times that it behaves so; after the last it takes mails again.
fn next(state: &Mutex<State>, so: fn(u32) -> Manner) -> bool {
    let mut state = lock(state);
    let times = state.manner.times();
    let Some(times) = times.filter(|times| state.manner == so(*times)) else {
        return false;
    };
    state.manner = match times {
        0 | 1 => Manner::Takes,
        more => so(more - 1),
    };
    times > 0
}
