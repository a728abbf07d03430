//! The log offered over KurrentDB's protocol while `daicho serve` runs (`docs/kurrentdb-served.md`).

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use daicho_domain::stream::Noun;
use daicho_eventlog::{SqliteLog, SystemClock};
use daicho_grpc::{Credentials, ForeignStreams, Options, Tls};
use tokio::net::TcpListener;

use super::Failure;
use crate::configuration::Configuration;

/// A listener that is bound, and what is served on it.
pub struct Offered {
    listener: TcpListener,
    log: Arc<SqliteLog>,
    options: Options,
}

impl Offered {
    /// Binds the listener, if one is configured.
    pub async fn bind(
        configuration: &Configuration,
        log: Option<Arc<SqliteLog>>,
    ) -> Result<Option<Self>, Failure> {
        let Some(listen) = configuration.kurrentdb_listen else {
            return Ok(None);
        };
        let Some(log) = log else {
            return Err(Failure::refused(
                "KurrentDB のプロトコルで提供できるのは、このデータディレクトリにあるログだけです。--kurrentdb-listen を外してください。",
            ));
        };
        if !listen.ip().is_loopback() {
            return Err(Failure::refused(format!(
                "{listen} では待ち受けできません。API トークンができるまで、--kurrentdb-listen は 127.0.0.1 だけです。"
            )));
        }
        let credentials = credentials(configuration)?;
        let listener = TcpListener::bind(listen)
            .await
            .map_err(|error| Failure::refused(format!("{listen} で待ち受けできません: {error}")))?;
        let nouns = Noun::ALL.iter().map(|noun| noun.code());
        let open = configuration.kurrentdb_open.clone();
        let foreign_streams =
            ForeignStreams::beside_the_business(nouns, open).map_err(|reserved| {
                Failure::refused(format!(
                    "「{}」で始まる名前は業務のストリーム（{}-…）のものです。--kurrentdb-open から外してください。",
                    reserved.open, reserved.noun
                ))
            })?;
        let options = Options {
            credentials,
            foreign_streams,
            append_bytes_max: Options::APPEND_BYTES_MAX,
            connections_max: Options::CONNECTIONS_MAX,
            tls: tls(configuration)?,
        };
        Ok(Some(Self {
            listener,
            log,
            options,
        }))
    }

    /// What a client connects to.
    pub fn connection(&self) -> Result<String, Failure> {
        let tls = self.options.tls.is_some();
        Ok(format!("kurrentdb://{}?tls={tls}", self.address()?))
    }

    /// Where it listens.
    fn address(&self) -> Result<SocketAddr, Failure> {
        Ok(self.listener.local_addr()?)
    }

    /// Serves until it is told to stop.
    pub async fn serve(self, stop: impl Future<Output = ()> + Send) -> Result<(), Failure> {
        let clock = Arc::new(SystemClock);
        let serving = daicho_grpc::serve(self.listener, self.log, clock, self.options, stop);
        Ok(serving.await?)
    }
}

/// The certificate and its key, which are given both or not at all.
fn tls(configuration: &Configuration) -> Result<Option<Tls>, Failure> {
    match (&configuration.kurrentdb_cert, &configuration.kurrentdb_key) {
        (None, None) => Ok(None),
        (Some(certificate), Some(key)) => {
            let tls = Tls::from_files(certificate, key).map_err(|error| {
                Failure::refused(format!(
                    "証明書または鍵 {} を使えません: {}",
                    error.path.display(),
                    error.why
                ))
            })?;
            Ok(Some(tls))
        }
        (Some(_), None) | (None, Some(_)) => Err(Failure::refused(
            "--kurrentdb-cert と --kurrentdb-key は両方指定してください。",
        )),
    }
}

/// The name and the password that is in its file, without the line's end.
fn credentials(configuration: &Configuration) -> Result<Option<Credentials>, Failure> {
    let Some(path) = &configuration.kurrentdb_password_file else {
        return Ok(None);
    };
    let refused = |why: &dyn std::fmt::Display| {
        let path = path.display();
        Failure::refused(format!("パスワードのファイル {path} を使えません: {why}"))
    };
    let text = std::fs::read_to_string(path).map_err(|error| refused(&error))?;
    match text.trim_end_matches(['\r', '\n']) {
        "" => Err(refused(&"空です")),
        password => {
            let user = &configuration.kurrentdb_user;
            Ok(Some(Credentials::new(user, password)))
        }
    }
}
