//! Which streams a client may append to.

use daicho_eventlog::StreamName;
use tonic::Status;

use crate::failure;

/// Which streams are open to the clients of this protocol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ForeignStreams {
    /// All but those whose names begin as the business's own streams do, and those of the system. What a
    /// server of an installation is started with.
    BesideTheBusiness {
        /// What the names of the business's own streams begin with, hyphen included.
        own: Vec<String>,
    },
    /// All but those of the system: this log holds no business, it is a store for others.
    All,
}

impl ForeignStreams {
    /// Beside the streams of these nouns.
    pub fn beside<'a>(nouns: impl IntoIterator<Item = &'a str>) -> Self {
        Self::BesideTheBusiness {
            own: nouns.into_iter().map(|noun| format!("{noun}-")).collect(),
        }
    }

    /// Whether a client may append to this stream. A stream's metadata goes with the stream.
    pub(crate) fn check(&self, stream: &StreamName) -> Result<(), Status> {
        let name = stream.as_str();
        let base = name.strip_prefix("$$").unwrap_or(name);
        if base.starts_with('$') {
            return Err(failure::access_denied(format!(
                "{name} is a stream of the system"
            )));
        }
        match self {
            Self::All => Ok(()),
            Self::BesideTheBusiness { own } => {
                match own.iter().any(|own| base.starts_with(own.as_str())) {
                    false => Ok(()),
                    true => Err(failure::access_denied(format!(
                        "{name} is a stream of the business: its events are written by its commands alone"
                    ))),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_business_s_streams_and_the_systems_are_closed_and_others_are_open() {
        let policy = ForeignStreams::beside(["poa", "office_day"]);
        let may = |name: &str| policy.check(&StreamName::from(name)).is_ok();
        assert!(may("orders-1") && may("poastcards-1") && may("poa") && may("$$orders-1"));
        assert!(!may("poa-1") && !may("$$poa-1") && !may("office_day-2026-01-01"));
        assert!(!may("$settings") && !may("$$$settings"));
        let all = ForeignStreams::All;
        assert!(all.check(&StreamName::from("poa-1")).is_ok());
        assert!(all.check(&StreamName::from("$stats")).is_err());
    }
}
