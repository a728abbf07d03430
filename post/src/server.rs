//! A mail server as it is configured.

use std::net::IpAddr;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// A mail server.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// Its name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is kept private.
    pub security: Security,
    /// The name under which we sign in, if it asks.
    pub user: Option<String>,
    /// The file with the password. The password itself stands nowhere here.
    pub password_file: Option<PathBuf>,
    /// A certificate (PEM) that is trusted beside the machine's own.
    pub trust: Option<PathBuf>,
    /// How long an answer is waited for, in seconds.
    #[serde(default = "timeout_seconds")]
    pub timeout_seconds: u64,
}

const fn timeout_seconds() -> u64 {
    60
}

/// How the connection to a mail server is kept private.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Security {
    /// TLS from the beginning (port 465).
    Tls,
    /// Asked for after the greeting, and without it nothing is sent (port 587).
    Starttls,
    /// None: to this machine alone.
    None,
}

/// Why a mail server cannot be used as it is configured.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    /// The connection would not be private.
    #[error("security none is for a mail server on this machine alone")]
    Open,
    /// A name without a password, or the other way round.
    #[error("user and password_file go together")]
    HalfSignedIn,
    /// The file with the password.
    #[error("the password file {} cannot be used: {why}", path.display())]
    Password {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The certificate.
    #[error("the certificates for {host} cannot be used: {why}")]
    Certificate {
        /// The server.
        host: String,
        /// What is wrong with them.
        why: String,
    },
}

impl Unusable {
    /// The same as a sentence for people.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::Open => "[mail.server] security = \"none\" は、この機械のメールサーバーにだけ使えます。starttls か tls を指定してください。".to_owned(),
            Self::HalfSignedIn => {
                "[mail.server] の user と password_file は両方指定してください。".to_owned()
            }
            Self::Password { path, why } => format!(
                "メールサーバーのパスワードのファイル {} を使えません（{why}）。",
                path.display()
            ),
            Self::Certificate { host, why } => {
                format!("メールサーバー {host} の証明書の設定を使えません（{why}）。")
            }
        }
    }
}

impl Server {
    /// Whether it is on this machine.
    pub(crate) fn is_here(&self) -> bool {
        let address: Result<IpAddr, _> = self.host.parse();
        self.host == "localhost" || address.is_ok_and(|address| address.is_loopback())
    }
}
