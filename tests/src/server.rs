//! A running `daicho serve`, and somebody who speaks HTTP with it.

use serde_json::Value;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};

use crate::binary::daicho;

/// A process of the binary that serves, or is about to. Dropped, it is killed.
pub struct Process(Child);

impl Process {
    /// Starts to serve a data directory on a free port; what it says and traces goes nowhere.
    ///
    /// # Panics
    /// When it does not start.
    #[must_use]
    pub fn on(data: &Path) -> Self {
        let mut command = daicho(data);
        command.args(["serve", "--listen", "127.0.0.1:0"]);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        Self(command.spawn().expect("the server starts"))
    }

    /// Kills it as a power cut would.
    ///
    /// # Panics
    /// When it is not there any more.
    pub fn is_killed(mut self) {
        self.0.kill().expect("it is killed");
        self.0.wait().expect("it is gone");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may be gone already; what matters is that nothing is left over.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A server that was started as a user starts it, and listens.
pub struct Server {
    process: Process,
    address: SocketAddr,
}

impl Server {
    /// Serves a data directory on a free port; what it traces goes nowhere.
    ///
    /// # Panics
    /// When it does not say where it listens.
    #[must_use]
    pub fn on(data: &Path) -> Self {
        Self::start(daicho(data).arg("serve").stderr(Stdio::null()))
    }

    /// Starts a command line that serves in the end, on a free port.
    ///
    /// # Panics
    /// When it does not say where it listens.
    #[must_use]
    pub fn start(command: &mut Command) -> Self {
        let mut child = command
            .args(["--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let out = BufReader::new(child.stdout.take().expect("its output"));
        let mut process = Process(child);
        let address = out.lines().map_while(Result::ok).find_map(|line| {
            line.strip_prefix("http://")?
                .strip_suffix('/')?
                .parse()
                .ok()
        });
        let Some(address) = address else {
            let ended = process.0.wait().expect("it is a child");
            panic!("the server ended before it listened: {ended}");
        };
        Self { process, address }
    }

    /// Somebody who asks it.
    #[must_use]
    pub fn caller(&self, staff: &str) -> Caller {
        Caller {
            address: self.address,
            staff: staff.to_owned(),
        }
    }

    /// Kills it as a power cut would.
    ///
    /// # Panics
    /// When it is not there any more.
    pub fn is_killed(self) {
        self.process.is_killed();
    }

    /// Tells it to stop and waits until it has.
    ///
    /// # Panics
    /// When it cannot be told.
    pub fn stops(mut self) -> ExitStatus {
        let child = &mut self.process.0;
        let told = Command::new("kill")
            .args(["-TERM", &child.id().to_string()])
            .status();
        assert!(told.expect("kill is there").success(), "it is told to stop");
        child.wait().expect("it is gone")
    }
}

/// Somebody who asks a server, under a member of the staff's id.
#[derive(Clone, Debug)]
pub struct Caller {
    address: SocketAddr,
    staff: String,
}

/// What a server answered.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The status line and the headers as they came.
    pub head: String,
    /// The body.
    pub body: String,
}

impl Answer {
    /// The value of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines
            .filter(|(header, _)| header.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
            .next()
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// When it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.body))
    }
}

impl Caller {
    /// Reads a page or a document.
    ///
    /// # Errors
    /// When the server is not there, or goes away meanwhile.
    pub fn gets(&self, path: &str) -> std::io::Result<Answer> {
        self.asks("GET", path, "", "")
    }

    /// Sends JSON to the API.
    ///
    /// # Errors
    /// When the server is not there, or goes away meanwhile.
    pub fn posts(&self, path: &str, body: &Value) -> std::io::Result<Answer> {
        self.asks("POST", path, "application/json", body.to_string())
    }

    /// Sends a form as a browser sends it from our own page. The values must need no encoding.
    ///
    /// # Errors
    /// When the server is not there, or goes away meanwhile.
    pub fn submits(&self, path: &str, fields: &str) -> std::io::Result<Answer> {
        self.asks("POST", path, "application/x-www-form-urlencoded", fields)
    }

    /// Sends a file to the API.
    ///
    /// # Errors
    /// When the server is not there, or goes away meanwhile.
    pub fn sends_file(&self, path: &str, content: impl AsRef<[u8]>) -> std::io::Result<Answer> {
        self.asks("POST", path, "application/octet-stream", content)
    }

    fn asks(
        &self,
        method: &str,
        path: &str,
        kind: &str,
        body: impl AsRef<[u8]>,
    ) -> std::io::Result<Answer> {
        let Self { address, staff } = self;
        let body = body.as_ref();
        let mut stream = TcpStream::connect(address)?;
        let kind = match kind {
            "" => String::new(),
            kind => format!("content-type: {kind}\r\n"),
        };
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {address}\r\norigin: http://{address}\r\n\
             daicho-staff: {staff}\r\ncookie: daicho_staff={staff}\r\n{kind}\
             content-length: {}\r\nconnection: close\r\n\r\n",
            body.len()
        );
        stream.write_all(request.as_bytes())?;
        stream.write_all(body)?;
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes)?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let cut = || std::io::Error::from(std::io::ErrorKind::UnexpectedEof);
        let (head, body) = text.split_once("\r\n\r\n").ok_or_else(cut)?;
        let status = head
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok());
        let answer = Answer {
            status: status.ok_or_else(cut)?,
            head: head.to_owned(),
            body: body.to_owned(),
        };
        let length = answer.header("content-length").map(str::parse);
        match length {
            Some(Ok(length)) if body.len() < length => Err(cut()),
            _whole => Ok(answer),
        }
    }
}
