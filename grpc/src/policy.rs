//! Which streams a client may append to.
//!
//! The business's own streams are named `noun-key`, and a later release may have more nouns. So what is closed to
//! others is not a list of today's nouns but every name that could be one: lower-case letters and underscores before
//! the first hyphen. Another program puts something in front that no noun has – `crm.orders-1`, `Orders-1`, `crm/1` –
//! or whoever runs the server opens a beginning for it.

use daicho_eventlog::StreamName;
use tonic::Status;

use crate::failure;

/// Which streams are open to the clients of this protocol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ForeignStreams {
    /// All but those whose names could be the business's own, now or later, and those of the system. What a server
    /// of an installation is started with.
    BesideTheBusiness {
        /// Beginnings of names that are open all the same.
        open: Vec<String>,
    },
    /// All but those of the system: this log holds no business, it is a store for others.
    All,
}

/// A beginning that cannot be opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("names that begin with {open:?} would be those of the business's own streams {noun}-…")]
pub struct Reserved {
    /// What was to be opened.
    pub open: String,
    /// The noun that has it.
    pub noun: String,
}

impl ForeignStreams {
    /// Beside the streams of the business, those with these beginnings included.
    ///
    /// # Errors
    /// When a beginning is that of one of the business's own `nouns`.
    pub fn beside_the_business<'a>(
        nouns: impl IntoIterator<Item = &'a str>,
        open: Vec<String>,
    ) -> Result<Self, Reserved> {
        for noun in nouns {
            let own = format!("{noun}-");
            let taken = open
                .iter()
                .find(|open| own.starts_with(*open) || open.starts_with(&own));
            if let Some(open) = taken {
                return Err(Reserved {
                    open: open.clone(),
                    noun: noun.to_owned(),
                });
            }
        }
        Ok(Self::BesideTheBusiness { open })
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
            Self::BesideTheBusiness { open } => {
                let is_open = open.iter().any(|open| base.starts_with(open.as_str()));
                match is_open || !is_named_as_ours(base) {
                    true => Ok(()),
                    false => Err(failure::access_denied(format!(
                        "{name} is named as the streams of the business are, whose events are written by its commands alone; \
                         put a name of your own with a dot in front, as in crm.{base}"
                    ))),
                }
            }
        }
    }
}

/// Whether this is, or may one day be, a noun of the business with a key behind it.
fn is_named_as_ours(name: &str) -> bool {
    let is_noun = |noun: &str| {
        let mut letters = noun.chars();
        letters.all(|letter| letter.is_ascii_lowercase() || letter == '_')
    };
    name.split_once('-').is_some_and(|(noun, _)| is_noun(noun))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOUNS: &[&str] = &["poa", "office_day"];

    fn opened(open: &[&str]) -> Result<ForeignStreams, Reserved> {
        let open = open.iter().map(|open| (*open).to_owned()).collect();
        ForeignStreams::beside_the_business(NOUNS.iter().copied(), open)
    }

    fn may(policy: &ForeignStreams, name: &str) -> bool {
        policy.check(&StreamName::from(name)).is_ok()
    }

    #[test]
    fn what_could_be_a_noun_of_the_business_is_closed_and_other_names_are_open() {
        let policy = opened(&[]).expect("nothing is opened");
        for open in [
            "crm.orders-1",
            "Orders-1",
            "crm/poa-1",
            "poa",
            "2026-01-01",
            "$$crm.orders-1",
        ] {
            assert!(may(&policy, open), "{open}");
        }
        for closed in [
            "poa-1",
            "$$poa-1",
            "office_day-2026-01-01",
            "endpoint-1",
            "-1",
            "$settings",
            "$$$settings",
        ] {
            assert!(!may(&policy, closed), "{closed}");
        }
        assert!(may(&ForeignStreams::All, "poa-1"));
        assert!(!may(&ForeignStreams::All, "$stats"));
    }

    #[test]
    fn a_beginning_is_opened_unless_the_business_has_it() {
        let policy = opened(&["orders-"]).expect("nobody has it");
        assert!(may(&policy, "orders-1") && may(&policy, "$$orders-1"));
        assert!(!may(&policy, "orderly-1"));
        for taken in ["", "poa-", "po", "poa-x", "office_"] {
            let refused = opened(&[taken]).expect_err("the business has it");
            assert_eq!(refused.open, taken);
        }
    }
}
