//! Where a cluster is: a KurrentDB connection string, whose user name and password are shown to nobody.
//!
//! What it may say (TLS, certificates, several hosts, discovery by DNS, preferences) is the client's; here it is
//! read once, so that a mistake in it is a sentence before anything is opened.

use std::fmt;
use std::net::SocketAddr;

use kurrentdb::ClientSettings;

use crate::port::LogError;

/// The schemes a connection string begins with.
const SCHEMES: [&str; 8] = [
    "kurrentdb",
    "kurrentdb+discover",
    "kurrent",
    "kurrent+discover",
    "kdb",
    "kdb+discover",
    "esdb",
    "esdb+discover",
];

/// A connection string that could be read.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    settings: ClientSettings,
    shown: String,
    /// As it was given: it is printed nowhere.
    text: String,
}

impl Address {
    /// Whether this text means to be a connection string.
    pub fn is_meant_by(text: &str) -> bool {
        let scheme = text.split_once("://").map(|(scheme, _)| scheme);
        scheme.is_some_and(|scheme| SCHEMES.contains(&scheme.to_lowercase().as_str()))
    }

    /// Reads a connection string, `kurrentdb://user:password@host:2113?tls=true`.
    ///
    /// # Errors
    /// [`LogError::Address`], which does not say the string itself: a password may stand in it.
    pub fn parse(text: &str) -> Result<Self, LogError> {
        let shown = masked(text);
        match text.parse::<ClientSettings>() {
            Ok(settings) => Ok(Self {
                settings,
                shown,
                text: text.to_owned(),
            }),
            Err(error) => Err(LogError::Address {
                why: match error.error() {
                    Some(why) => why.to_string(),
                    // The client repeats here what stands in the parameters, never user or password.
                    None => error.message().to_owned(),
                },
                address: shown,
            }),
        }
    }

    pub(super) fn settings(&self) -> &ClientSettings {
        &self.settings
    }

    /// The one server it names, where there is nothing to find out and nothing is encrypted.
    pub(super) fn one_plain_server(&self) -> Option<(&str, u32)> {
        let settings = &self.settings;
        let plain = !settings.is_secure_mode_enabled() && !settings.is_dns_discovery_enabled();
        match settings.hosts().as_slice() {
            [host] if plain => Some((&host.host, host.port)),
            _ => None,
        }
    }

    /// What the client is told instead, to connect to this place on its way to the same server.
    pub(super) fn settings_over(&self, way: SocketAddr) -> Option<ClientSettings> {
        let (scheme, rest) = self.text.split_once("://")?;
        let (before, query) = rest.split_once('?').unwrap_or((rest, ""));
        let user = before.rsplit_once('@').map(|(user, _)| user);
        let user = user.map(|user| format!("{user}@")).unwrap_or_default();
        format!("{scheme}://{user}{way}?{query}").parse().ok()
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({})", self.shown)
    }
}

/// The string without what stands before its last `@`.
fn masked(text: &str) -> String {
    match text.split_once("://") {
        None => "***".to_owned(),
        Some((scheme, rest)) => match rest.rsplit_once('@') {
            None => text.to_owned(),
            Some((_, rest)) => format!("{scheme}://***@{rest}"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_and_password_are_shown_nowhere() {
        let text = "kurrentdb://admin:s3cr3t@node1:2113,node2:2113?tls=true";
        let address = Address::parse(text).expect("it is read");
        assert_eq!(
            address.to_string(),
            "kurrentdb://***@node1:2113,node2:2113?tls=true"
        );
        assert!(!format!("{address:?}").contains("s3cr3t"));
        assert_eq!(address.settings().hosts().len(), 2);
    }

    #[test]
    fn over_another_way_everything_else_stays_as_it_was_said() {
        let text = "kurrentdb://admin:s3cr3t@node1:2113?tls=false&connectionName=daicho";
        let address = Address::parse(text).expect("it is read");
        assert_eq!(address.one_plain_server(), Some(("node1", 2113)));
        let way = SocketAddr::from(([127, 0, 0, 1], 4));
        let over = address.settings_over(way).expect("it is read");
        assert_eq!(
            (&*over.hosts()[0].host, over.hosts()[0].port),
            ("127.0.0.1", 4)
        );
        assert_eq!(
            over.default_authenticated_user(),
            address.settings().default_authenticated_user()
        );
        assert!(!over.is_secure_mode_enabled());
        for other in [
            "kurrentdb://a:1,b:2?tls=false",
            "kurrentdb://a:1",
            "kdb+discover://a",
        ] {
            let address = Address::parse(other).expect("it is read");
            assert_eq!(address.one_plain_server(), None, "{other}");
        }
    }

    #[test]
    fn a_mistake_is_said_without_the_password() {
        for wrong in [
            "kurrentdb://admin:s3cr3t@node1:port",
            "kurrentdb://admin:s3cr3t@node1:2113?tls=perhaps",
            "kurrentdb://admin:s3@cr3t@:2113",
            "postgres://admin:s3cr3t@node1",
        ] {
            let refused = Address::parse(wrong).expect_err("it is refused");
            let LogError::Address { address, why } = &refused else {
                panic!("{refused}");
            };
            assert!(
                !address.contains("s3") && !why.contains("s3cr3t"),
                "{refused}"
            );
            assert!(!refused.sentence().contains("s3cr3t"));
        }
    }

    #[test]
    fn a_directory_is_no_connection_string() {
        assert!(Address::is_meant_by("esdb+discover://cluster.example:2113"));
        assert!(!Address::is_meant_by("./data"));
        assert!(!Address::is_meant_by("sqlite:./data"));
    }
}
