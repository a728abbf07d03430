//! `log verify`: reads the whole log and says everything that is not as it must be.
//!
//! Numbers and versions without gap or repetition, times that never go back, bodies that can be decoded, and the
//! running digest, whose last value, noted elsewhere, proves later that nothing before it was changed.

use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use crate::chain::Chain;
use crate::envelope::{Position, Recorded, StreamName};
use crate::port::{EventLog, LogError};

/// How many events are read at once.
const PAGE_EVENTS: usize = 1024;

/// How many findings are listed; further ones are counted.
const FINDINGS_LISTED_MAX: usize = 100;

/// The outcome of a verification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// How many events were read.
    pub events: u64,
    /// The running digest after the last of them.
    pub digest: Chain,
    /// What was found wrong, in the log's order; at most the first hundred.
    pub findings: Vec<Finding>,
    /// How many things were found wrong.
    pub findings_count: u64,
}

/// One thing that is not as it must be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The number of the event at which it shows.
    pub number: u64,
    /// What is wrong, as a sentence.
    pub what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "event {}: {}", self.number, self.what)
    }
}

/// Reads the whole log. `decode` says why a body cannot be decoded; whoever has no keys checks its shape alone.
///
/// An event that cannot be read ends the verification and is its last finding.
///
/// # Errors
/// Failures of the world.
pub async fn verify(
    log: &dyn EventLog,
    mut decode: impl FnMut(&Recorded) -> Result<(), String>,
) -> Result<Verified, LogError> {
    let mut check = Check::default();
    let mut after: Option<Position> = None;
    loop {
        let page = match log.read_all(after, PAGE_EVENTS).await {
            Ok(page) => page,
            Err(LogError::Unreadable { number, why }) => {
                // What stands on this page before it is still checked.
                let readable = usize::try_from(number.saturating_sub(check.verified.events));
                for recorded in log.read_all(after, readable.unwrap_or(0)).await? {
                    check.event(&recorded, &mut decode);
                }
                check.finding(number, format!("it cannot be read: {why}"));
                return Ok(check.verified);
            }
            Err(error) => return Err(error),
        };
        let Some(last) = page.last() else {
            return Ok(check.verified);
        };
        after = Some(last.position);
        for recorded in &page {
            check.event(recorded, &mut decode);
        }
    }
}

struct Check {
    verified: Verified,
    /// The next version of each stream, by the digest of its name: ten million streams fit into memory.
    versions: HashMap<u64, u64>,
    hashes: BuildHasherDefault<DefaultHasher>,
    recorded_at: DateTime<Utc>,
    occurred_on: NaiveDate,
}

impl Default for Check {
    fn default() -> Self {
        Self {
            verified: Verified {
                events: 0,
                digest: Chain::START,
                findings: Vec::new(),
                findings_count: 0,
            },
            versions: HashMap::new(),
            hashes: BuildHasherDefault::default(),
            recorded_at: DateTime::UNIX_EPOCH,
            occurred_on: NaiveDate::MIN,
        }
    }
}

impl Check {
    fn finding(&mut self, number: u64, what: String) {
        self.verified.findings_count += 1;
        if self.verified.findings.len() < FINDINGS_LISTED_MAX {
            self.verified.findings.push(Finding { number, what });
        }
    }

    fn event(
        &mut self,
        recorded: &Recorded,
        decode: &mut impl FnMut(&Recorded) -> Result<(), String>,
    ) {
        let number = recorded.number;
        if number != self.verified.events {
            let expected = self.verified.events;
            self.finding(number, format!("number {expected} was expected here"));
        }
        let version = self.next_version(&recorded.stream, recorded.version);
        if recorded.version != version {
            let (stream, found) = (&recorded.stream, recorded.version);
            let what = format!("{stream} has version {found} where {version} was expected");
            self.finding(number, what);
        }
        if recorded.recorded_at < self.recorded_at {
            self.finding(number, "recorded_at goes back".to_owned());
        }
        if recorded.occurred_on < self.occurred_on {
            self.finding(number, "occurred_on goes back".to_owned());
        }
        self.digest(recorded);
        if let Err(why) = recorded.body.value() {
            self.finding(number, format!("the body is not JSON: {why}"));
        } else if let Err(why) = decode(recorded) {
            self.finding(number, format!("it cannot be decoded: {why}"));
        }
        self.recorded_at = recorded.recorded_at;
        self.occurred_on = recorded.occurred_on;
        self.verified.events = number + 1;
    }

    fn next_version(&mut self, stream: &StreamName, found: u64) -> u64 {
        let name = self.hashes.hash_one(stream);
        self.versions.insert(name, found + 1).unwrap_or(0)
    }

    /// After a break the digest goes on from what is kept: one change is one finding.
    fn digest(&mut self, recorded: &Recorded) {
        let computed = self.verified.digest.then_recorded(recorded);
        self.verified.digest = recorded.chain.unwrap_or(computed);
        if self.verified.digest != computed {
            let what = "its digest does not follow from its content and the events before it";
            self.finding(recorded.number, what.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::contract::event;
    use crate::sqlite::{Durability, SqliteLog};
    use crate::{Expected, SystemClock};

    /// A log of twelve events in four streams, changed by hand.
    async fn after(tampering: &str) -> Verified {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("log.db");
        let clock = Arc::new(SystemClock);
        let log = SqliteLog::open(&path, clock, Durability::Closed).expect("the log opens");
        for index in 0..12 {
            let stream = format!("poa-{}", index % 4);
            log.append(&stream.as_str().into(), Expected::Any, vec![event(index)])
                .await
                .expect("the append is taken");
        }
        drop(log);
        rusqlite::Connection::open(&path)
            .and_then(|file| {
                file.execute_batch(
                    "DROP TRIGGER event_is_never_updated; DROP TRIGGER event_is_never_deleted;",
                )?;
                file.execute_batch(tampering)
            })
            .expect("the file is changed");
        let log = SqliteLog::open_for_reading(&path).expect("the log opens");
        verify(&log, |_| Ok(())).await.expect("the log is read")
    }

    fn said(verified: &Verified) -> Vec<String> {
        verified.findings.iter().map(Finding::to_string).collect()
    }

    #[tokio::test]
    async fn an_untouched_log_has_no_findings() {
        let verified = after("").await;
        assert_eq!((verified.events, said(&verified)), (12, vec![]));
        assert_ne!(verified.digest, Chain::START);
    }

    #[tokio::test]
    async fn a_changed_event_shows_at_its_number() {
        let what = "its digest does not follow from its content and the events before it";
        for change in [
            "UPDATE event SET body = '{}' WHERE number = 5",
            "UPDATE event SET actor = 'staff-8' WHERE number = 5",
            "UPDATE event SET rulebook = 'honobono-mini2@2015-01-01 r2' WHERE number = 5",
            "UPDATE event SET causation = x'00000000000000000000000000000000' WHERE number = 5",
            "UPDATE event SET recorded_at = recorded_at + 1 WHERE number = 5",
        ] {
            let found = said(&after(change).await);
            assert!(
                found.contains(&format!("event 5: {what}")),
                "{change}: {found:?}"
            );
        }
    }

    #[tokio::test]
    async fn a_removed_event_shows() {
        let found = said(&after("DELETE FROM event WHERE number = 5").await);
        assert_eq!(
            found[..2],
            [
                "event 6: number 5 was expected here",
                "event 6: its digest does not follow from its content and the events before it"
            ]
        );
        assert_eq!(
            found[2],
            "event 9: poa-1 has version 2 where 1 was expected"
        );
    }

    #[tokio::test]
    async fn an_event_that_cannot_be_read_ends_the_verification() {
        let broken = "UPDATE event SET body = '{' WHERE number = 2;
                      UPDATE event SET occurred_on = 'heute' WHERE number = 5";
        let verified = after(broken).await;
        let found = said(&verified);
        assert_eq!(verified.events, 5);
        assert!(
            found[1].starts_with("event 2: the body is not JSON"),
            "{found:?}"
        );
        assert_eq!(
            found[2],
            "event 5: it cannot be read: occurred_on is \"heute\""
        );
    }
}
