//! TLS on both sides: a certificate that is trusted and matches lets in, any other is named, and wrong credentials are
//! refused over TLS as without.

mod support;

use std::path::PathBuf;
use std::sync::Arc;

use daicho_eventlog::contract::event;
use daicho_eventlog::kurrentdb::Address;
use daicho_eventlog::{
    Advice, EventLog as _, Expected, KurrentLog, LogError, StreamName, SystemClock,
};
use daicho_grpc::{Credentials, ForeignStreams, Options, Tls};
use kurrentdb::{Client, Error};
use support::{Server, options, own, record};

fn file(name: &str) -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.join("tests/certificates").join(name)
}

fn shown(name: &str) -> Option<Tls> {
    let key = file(&format!("{name}-key.pem"));
    let tls = Tls::from_files(&file(&format!("{name}.pem")), &key);
    Some(tls.expect("they belong together"))
}

/// What a client connects with that trusts this authority.
fn trusting(authority: &str, who: &str, port: u16) -> String {
    let authority = file(authority);
    format!(
        "kurrentdb://{who}localhost:{port}?tls=true&tlsCaFile={}",
        authority.display()
    )
}

async fn read(connection: &str) -> Result<u32, Error> {
    let client = Client::new(connection.parse().expect("an address")).expect("a client");
    let mut all = client.read_all(&Default::default()).await?;
    let mut count = 0;
    while all.next().await?.is_some() {
        count += 1;
    }
    Ok(count)
}

#[tokio::test(flavor = "multi_thread")]
async fn who_trusts_the_certificate_reads_and_who_does_not_is_not_connected() {
    let dir = tempfile::tempdir().expect("a directory");
    let with_tls = Options {
        tls: shown("here"),
        credentials: Some(Credentials::new("admin", "changeit")),
        ..options()
    };
    let server = Server::on(dir.path(), with_tls).await;
    record(&server.log, "poa-1", vec![own(0), own(1)]).await;
    let port = server.address.port();
    let good = trusting("authority.pem", "admin:changeit@", port);
    assert_eq!(read(&good).await.expect("it reads"), 2);
    for denied in ["", "admin:wrong@"] {
        let refused = read(&trusting("authority.pem", denied, port)).await;
        assert!(matches!(refused, Err(Error::AccessDenied)), "{refused:?}");
    }
    let unknown = read(&trusting("unknown.pem", "admin:changeit@", port)).await;
    assert!(
        matches!(unknown, Err(Error::GrpcConnectionError(_))),
        "{unknown:?}"
    );
    let plain = server.connection();
    assert!(read(&plain).await.is_err(), "without TLS nobody is let in");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_adapter_names_a_certificate_that_does_not_match_and_wrong_credentials() {
    let open = |certificate: &str| Options {
        tls: shown(certificate),
        credentials: Some(Credentials::new("daicho", "s3cr3t")),
        foreign_streams: ForeignStreams::All,
        ..options()
    };
    let opened = |connection: String| async move {
        let address = Address::parse(&connection).expect("it is read");
        KurrentLog::open(address, Arc::new(SystemClock)).await
    };
    let dirs = [(); 2].map(|()| tempfile::tempdir().expect("a directory"));
    let server = Server::on(dirs[0].path(), open("here")).await;
    let port = server.address.port();
    let log = opened(trusting("authority.pem", "daicho:s3cr3t@", port)).await;
    let log = log.expect("it opens");
    let name = StreamName::from("poa-1");
    let taken = log.append(&name, Expected::NoStream, vec![event(0)]).await;
    assert_eq!(taken.expect("it is taken")[0].number, 0);
    let denied = opened(trusting("authority.pem", "daicho:wr0ng@", port)).await;
    let denied = denied.expect_err("it does not open");
    assert!(matches!(denied, LogError::Denied { .. }), "{denied}");

    let elsewhere = Server::on(dirs[1].path(), open("elsewhere")).await;
    for (authority, port) in [
        ("unknown.pem", port),
        ("authority.pem", elsewhere.address.port()),
    ] {
        let refused = opened(trusting(authority, "daicho:s3cr3t@", port)).await;
        let refused = refused.expect_err("it does not open");
        assert!(matches!(refused, LogError::Certificate { .. }), "{refused}");
        assert_eq!(refused.advice(), Advice::GiveUp);
        assert!(
            refused.sentence().contains("証明書"),
            "{}",
            refused.sentence()
        );
        assert!(!refused.to_string().contains("s3cr3t"), "{refused}");
    }
}

#[test]
fn a_key_that_does_not_belong_to_its_certificate_is_refused_with_its_file() {
    let refused = Tls::from_files(&file("here.pem"), &file("elsewhere-key.pem"));
    let refused = refused.expect_err("they do not belong together");
    assert_eq!(refused.path, file("elsewhere-key.pem"));
    let refused = Tls::from_files(&file("nothing.pem"), &file("here-key.pem"));
    assert_eq!(
        refused.expect_err("it is not there").path,
        file("nothing.pem")
    );
    let refused = Tls::from_files(&file("here-key.pem"), &file("here-key.pem"));
    assert!(refused.expect_err("it is none").why.contains("certificate"));
}
