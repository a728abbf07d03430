//! What a server is configured with: flags before environment before one TOML file before the defaults.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use daicho_api::guard::PublicUrl;
use daicho_domain::zengin::Consignor;
use daicho_eventlog::open::Place;
use daicho_projections::journal::Accounts;
use daicho_workers::letters::Sender;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::commands::Failure;
use crate::installation::hex;
use crate::mail::Mail;

/// Where a server listens unless it is said otherwise.
const LISTEN: &str = "127.0.0.1:8080";

/// The name that clients of KurrentDB's protocol give unless it is said otherwise: the one they are used to.
const KURRENTDB_USER: &str = "admin";

/// What is traced unless it is said otherwise.
const TRACE: &str = "info";

/// The flags of whatever serves, each with its variable of the environment.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct Flags {
    /// Address and port to listen on; loopback only, until there is a sign-in [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS", env = "DAICHO_LISTEN")]
    pub listen: Option<SocketAddr>,
    /// Offer the log over KurrentDB's protocol on this address; loopback only, until there are API tokens
    #[arg(long, value_name = "ADDRESS", env = "DAICHO_KURRENTDB_LISTEN")]
    pub kurrentdb_listen: Option<SocketAddr>,
    /// The name its clients give with their password
    #[arg(long, value_name = "NAME", env = "DAICHO_KURRENTDB_USER")]
    pub kurrentdb_user: Option<String>,
    /// The file with the password of its clients; without one everybody on this machine is let in
    #[arg(long, value_name = "FILE", env = "DAICHO_KURRENTDB_PASSWORD_FILE")]
    pub kurrentdb_password_file: Option<PathBuf>,
    /// The certificate shown to its clients (PEM, with those it rests on); without one there is no TLS
    #[arg(long, value_name = "FILE", env = "DAICHO_KURRENTDB_CERT")]
    pub kurrentdb_cert: Option<PathBuf>,
    /// The private key of that certificate (PEM)
    #[arg(long, value_name = "FILE", env = "DAICHO_KURRENTDB_KEY")]
    pub kurrentdb_key: Option<PathBuf>,
    /// Let its clients append to streams whose names begin so, though streams of the business could be named so [may be repeated]
    #[arg(
        long,
        value_name = "BEGINNING",
        env = "DAICHO_KURRENTDB_OPEN",
        value_delimiter = ','
    )]
    pub kurrentdb_open: Option<Vec<String>>,
    /// The master key, if it does not lie beside the data directory
    #[arg(long, value_name = "FILE", env = "DAICHO_MASTER_KEY")]
    pub master_key: Option<PathBuf>,
    /// The address under which a reverse proxy publishes the customers' pages (/c/ alone), `https://id.example.jp`
    #[arg(long, value_name = "URL", env = "DAICHO_PUBLIC_URL")]
    pub public_url: Option<String>,
    /// Send traces to this OpenTelemetry collector (OTLP over HTTP)
    #[arg(long, value_name = "URL", env = "DAICHO_OTLP")]
    pub otlp: Option<String>,
    /// What to trace, `info` or `daicho_workers=debug,info`
    #[arg(long, value_name = "FILTER", env = "DAICHO_TRACE")]
    pub trace: Option<String>,
    /// The configuration file (TOML) [default: daicho.toml in the data directory, if it is there]
    #[arg(long, value_name = "FILE", env = "DAICHO_CONFIG")]
    pub config: Option<PathBuf>,
}

/// The file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    log: Option<String>,
    listen: Option<SocketAddr>,
    kurrentdb_listen: Option<SocketAddr>,
    kurrentdb_user: Option<String>,
    kurrentdb_password_file: Option<PathBuf>,
    kurrentdb_cert: Option<PathBuf>,
    kurrentdb_key: Option<PathBuf>,
    kurrentdb_open: Option<Vec<String>>,
    master_key: Option<PathBuf>,
    public_url: Option<String>,
    otlp: Option<String>,
    trace: Option<String>,
    consignor: Option<Consignor>,
    accounts: Option<Accounts>,
    letters: Option<Letters>,
    mail: Option<Mail>,
}

/// What is said about letters.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Letters {
    /// Who sends them.
    pub sender: Option<Sender>,
    /// A folder of templates instead of those of the binary.
    pub templates: Option<PathBuf>,
}

/// The configuration that holds.
#[derive(Clone, Debug, Serialize)]
pub struct Configuration {
    /// The file that was read, if one was.
    pub file: Option<PathBuf>,
    /// Where the server listens.
    pub listen: SocketAddr,
    /// Where the log is offered over KurrentDB's protocol, if it is.
    pub kurrentdb_listen: Option<SocketAddr>,
    /// The name its clients give.
    pub kurrentdb_user: String,
    /// The file with their password. The password itself stands nowhere here.
    pub kurrentdb_password_file: Option<PathBuf>,
    /// The certificate its clients are shown, if they are shown one.
    pub kurrentdb_cert: Option<PathBuf>,
    /// The file with the certificate's key. The key itself stands nowhere here.
    pub kurrentdb_key: Option<PathBuf>,
    /// Beginnings of names that its clients may append to though the business could have them.
    pub kurrentdb_open: Vec<String>,
    /// Where the master key lies, if not beside the directory. The key itself stands nowhere here.
    pub master_key: Option<PathBuf>,
    /// Where customers reach their pages, if they do.
    #[serde(serialize_with = "as_text")]
    pub public_url: Option<PublicUrl>,
    /// Where traces go. What it holds of a password is not shown.
    #[serde(serialize_with = "without_password")]
    pub otlp: Option<String>,
    /// What is traced.
    pub trace: String,
    /// Who collects by debit (委託者), as the header of the bank's file names it.
    pub consignor: Option<Consignor>,
    /// What the accounts of the journal (仕訳) are called.
    pub accounts: Accounts,
    /// Who sends letters, from which templates.
    pub letters: Letters,
    /// Who sends mails, through which server.
    pub mail: Option<Mail>,
}

impl Configuration {
    /// The configuration that these flags and their file give.
    pub fn read(flags: &Flags, data: &Path) -> Result<Self, Failure> {
        let file = file(flags.config.as_deref(), data);
        let from_file = match &file {
            None => File::default(),
            Some(path) => read_file(path)?,
        };
        let listen = flags.listen.or(from_file.listen);
        let trace = flags.trace.clone().or(from_file.trace);
        Ok(Self {
            file,
            listen: listen.unwrap_or_else(|| LISTEN.parse().expect("our own address")),
            kurrentdb_listen: flags.kurrentdb_listen.or(from_file.kurrentdb_listen),
            kurrentdb_user: flags
                .kurrentdb_user
                .clone()
                .or(from_file.kurrentdb_user)
                .unwrap_or_else(|| KURRENTDB_USER.to_owned()),
            kurrentdb_password_file: flags
                .kurrentdb_password_file
                .clone()
                .or(from_file.kurrentdb_password_file),
            kurrentdb_cert: flags.kurrentdb_cert.clone().or(from_file.kurrentdb_cert),
            kurrentdb_key: flags.kurrentdb_key.clone().or(from_file.kurrentdb_key),
            kurrentdb_open: flags
                .kurrentdb_open
                .clone()
                .or(from_file.kurrentdb_open)
                .unwrap_or_default(),
            master_key: flags.master_key.clone().or(from_file.master_key),
            public_url: public_url(flags.public_url.clone().or(from_file.public_url))?,
            otlp: flags.otlp.clone().or(from_file.otlp),
            trace: trace.unwrap_or_else(|| TRACE.to_owned()),
            consignor: from_file.consignor,
            accounts: from_file.accounts.unwrap_or_default(),
            letters: from_file.letters.unwrap_or_default(),
            mail: from_file.mail,
        })
    }

    /// The digest of what changes what is done, not of where it is shown.
    pub fn digest(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(format!("{:?}\n", self.master_key.is_some()));
        if let Some(consignor) = &self.consignor {
            hash.update(format!("{consignor:?}\n"));
        }
        if self.accounts != Accounts::default() {
            hash.update(format!("{:?}\n", self.accounts));
        }
        if let Some(url) = &self.public_url {
            hash.update(format!("{url}\n"));
        }
        if let Some(sender) = &self.letters.sender {
            hash.update(format!("{sender:?}\n"));
        }
        if let Some(mail) = &self.mail {
            hash.update(format!("{mail:?}\n"));
        }
        hex(hash)
    }
}

/// Where the log is: what a flag or the environment says, before what the file says. User and password of a
/// connection string stand best in the file, which its owner alone may read.
pub fn place(said: Option<&str>, config: Option<&Path>, data: &Path) -> Result<Place, Failure> {
    let from_file = match (said, file(config, data)) {
        (None, Some(path)) => read_file(&path)?.log,
        (Some(_), _) | (None, None) => None,
    };
    match said.or(from_file.as_deref()) {
        None => Ok(Place::Directory),
        Some(text) => Place::parse(text).map_err(|error| Failure::Usage(error.sentence())),
    }
}

/// The configuration file: the one that was named, or that of the data directory.
fn file(named: Option<&Path>, data: &Path) -> Option<PathBuf> {
    let beside = data.join("daicho.toml");
    match named {
        Some(file) => Some(file.to_owned()),
        None => beside.exists().then_some(beside),
    }
}

fn read_file(path: &Path) -> Result<File, Failure> {
    let say = |why: &dyn std::fmt::Display| {
        let path = path.display();
        Failure::Usage(format!("設定ファイル {path} を読めません: {why}"))
    };
    let text = std::fs::read_to_string(path).map_err(|error| say(&error))?;
    // What is wrong and where, without the line itself: a password may stand in it.
    toml::from_str(&text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start));
        let line = before.map_or(0, |before| before.lines().count().max(1));
        say(&format!("{}（{line}行目）", error.message()))
    })
}

/// The address that customers know: nothing but a scheme and a host, and no way that others can listen to.
fn public_url(text: Option<String>) -> Result<Option<PublicUrl>, Failure> {
    let Some(text) = text else {
        return Ok(None);
    };
    PublicUrl::parse(&text).map(Some).ok_or_else(|| {
        Failure::Usage(format!(
            "お客様向けのアドレス（public_url）{} を使えません。https://id.example.jp のように、https とホスト名だけで指定してください。",
            masked(&text)
        ))
    })
}

fn as_text<S: serde::Serializer>(
    url: &Option<PublicUrl>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    url.as_ref().map(ToString::to_string).serialize(serializer)
}

fn without_password<S: serde::Serializer>(
    url: &Option<String>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let shown = url.as_deref().map(masked);
    shown.serialize(serializer)
}

/// The address without what stands before an `@`.
fn masked(url: &str) -> String {
    match url.split_once("://") {
        Some((scheme, rest)) => match rest.split_once('@') {
            Some((_, host)) => format!("{scheme}://***@{host}"),
            None => url.to_owned(),
        },
        None => "***".to_owned(),
    }
}

/// The day that a person confirms the days may be opened through.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct Confirmation {
    /// Open the days up to this one although they are more than 45: what a person confirms after a long outage
    #[arg(long, value_name = "DATE")]
    pub confirm_days_until: Option<NaiveDate>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_goes_before_the_file_and_the_file_before_the_default() {
        let dir = std::env::temp_dir().join(format!("daicho-config-{}", std::process::id()));
        std::fs::create_dir_all(&dir).expect("a directory");
        std::fs::write(
            dir.join("daicho.toml"),
            "listen = \"127.0.0.1:9\"\ntrace = \"warn\"\n",
        )
        .expect("a file");
        let flags = Flags {
            trace: Some("debug".to_owned()),
            ..Flags::default()
        };
        let read = Configuration::read(&flags, &dir);
        std::fs::remove_dir_all(&dir).expect("it goes");
        let read = read.expect("it is read");
        assert_eq!(read.listen.port(), 9);
        assert_eq!(read.trace, "debug");
        assert_eq!(read.otlp, None);
    }

    #[test]
    fn a_password_in_an_address_is_not_shown() {
        assert_eq!(
            masked("https://user:secret@collector:4318"),
            "https://***@collector:4318"
        );
        assert_eq!(masked("http://localhost:4318"), "http://localhost:4318");
        assert_eq!(masked("secret"), "***");
    }
}
