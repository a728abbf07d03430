//! Whether it is a server's certificate that keeps the client away. The client says no more than that it could not
//! connect; so the connection is made once more by hand, as far as the certificate, and what is wrong with it is named.

use std::sync::Arc;
use std::time::Duration;

use kurrentdb::ClientSettings;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{self, ClientConfig, RootCertStore, crypto};

use super::address::Address;

/// How long one server may take to show its certificate.
const SHOWN_WITHIN: Duration = Duration::from_secs(5);

/// Why the certificate of a server at this address is refused, if one is.
pub(super) async fn refused(address: &Address) -> Option<String> {
    let settings = address.settings();
    if !settings.is_secure_mode_enabled() || !settings.is_tls_certificate_verification_enabled() {
        return None;
    }
    let connector = TlsConnector::from(Arc::new(trusting(settings)?));
    for host in settings.hosts() {
        let (Ok(name), Ok(port)) = (
            ServerName::try_from(host.host.clone()),
            u16::try_from(host.port),
        ) else {
            continue;
        };
        let shown = async {
            let stream = TcpStream::connect((host.host.as_str(), port)).await?;
            connector.connect(name, stream).await
        };
        if let Ok(Err(error)) = tokio::time::timeout(SHOWN_WITHIN, shown).await
            && let Some(error) = error.get_ref()
            && let Some(rustls::Error::InvalidCertificate(_)) = error.downcast_ref()
        {
            return Some(error.to_string());
        }
    }
    None
}

/// What trusts whom the client trusts: the authorities of the connection string, or those of this machine.
fn trusting(settings: &ClientSettings) -> Option<ClientConfig> {
    let mut roots = RootCertStore::empty();
    match settings.tls_ca_file() {
        Some(file) => {
            let authorities = CertificateDer::pem_file_iter(file).ok()?;
            roots.add_parsable_certificates(authorities.filter_map(Result::ok));
        }
        None => {
            let native = rustls_native_certs::load_native_certs();
            roots.add_parsable_certificates(native.certs);
        }
    }
    let provider = Arc::new(crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .ok()?;
    Some(builder.with_root_certificates(roots).with_no_client_auth())
}
