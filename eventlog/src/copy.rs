//! `log copy`: a log moved to another adapter, every event as it is recorded.
//!
//! Numbers, versions, ids, bodies, days, instants and the running digest are the same afterwards; only positions,
//! which are the adapters' own, differ. The target is written through the port like any other log. What makes its
//! events the source's is the clock it is opened with: it stands at the instant the source recorded the event, and
//! numbers follow from the order. So no adapter has a second way in.

use chrono::{DateTime, Utc};

use crate::chain::Chain;
use crate::clock::SimulatedClock;
use crate::envelope::{NewEvent, Position, Recorded, StreamName};
use crate::port::{EventLog, Expected, LogError};

/// How many events are read at once.
const PAGE_EVENTS: usize = 1024;

/// How many events one append holds at most.
const APPEND_EVENTS_MAX: usize = 256;

/// What a copy came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copied {
    /// How many events stood in the target before: what an earlier run copied.
    pub before: u64,
    /// How many events stand in both logs now.
    pub events: u64,
    /// The running digest of both, [`Chain::START`] when there is no event.
    pub digest: Chain,
}

/// Why a log was not copied, or not to its end. What was copied stays, and a next run goes on from there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CopyError {
    /// The source cannot be read.
    #[error("the log to be copied cannot be read: {0}")]
    Source(LogError),
    /// The target cannot be read or written.
    #[error("the log that is copied to: {0}")]
    Target(LogError),
    /// The source is not what its own running digest says.
    #[error(
        "the log to be copied is not sound at number {number}; look at it with log verify first"
    )]
    Unsound {
        /// Where it shows.
        number: u64,
    },
    /// The target holds another log.
    #[error(
        "the log that is copied to holds other events, as number {number} shows; it must be empty or begun by an earlier copy of the same log"
    )]
    OtherLog {
        /// A number up to which both logs are not the same.
        number: u64,
    },
    /// The target goes on where the source ends.
    #[error(
        "the log that is copied to has {target} events, the other one only {events}; nothing was copied"
    )]
    Longer {
        /// How many events the source has.
        events: u64,
        /// How many the target has.
        target: u64,
    },
    /// The target took an event otherwise than it was recorded: somebody else writes to it, or it keeps no clock.
    #[error("event number {number} was not taken as it is recorded; something else writes there")]
    Differs {
        /// The source's number of the event.
        number: u64,
    },
}

/// Copies what the target does not have yet. `clock` is the one the target was opened with.
///
/// The source's running digest is computed anew from what is read, and compared with what the source says and with
/// what the target answers, event by event.
///
/// # Errors
/// [`CopyError`]; what was copied by then stays.
pub async fn copy(
    from: &dyn EventLog,
    to: &dyn EventLog,
    clock: &SimulatedClock,
    mut progress: impl FnMut(u64),
) -> Result<Copied, CopyError> {
    let head = to.head().await.map_err(CopyError::Target)?;
    let mut copying = Copying::after(from, head.as_ref()).await?;
    let before = copying.next;
    loop {
        let page = from.read_all(copying.after, PAGE_EVENTS).await;
        let page = page.map_err(CopyError::Source)?;
        let Some(last) = page.last() else {
            return Ok(Copied {
                before,
                events: copying.next,
                digest: copying.chain,
            });
        };
        copying.after = Some(last.position);
        for run in runs(&page) {
            for event in run {
                copying.check(event)?;
            }
            write(to, clock, run).await?;
        }
        progress(copying.next);
    }
}

/// How far a copy has come.
struct Copying {
    after: Option<Position>,
    next: u64,
    chain: Chain,
}

impl Copying {
    /// Behind what the target holds, once it is known that the source holds the same.
    async fn after(from: &dyn EventLog, head: Option<&Recorded>) -> Result<Self, CopyError> {
        let Some(there) = head else {
            return Ok(Self {
                after: None,
                next: 0,
                chain: Chain::START,
            });
        };
        let number = there.number;
        let same = event(from, number).await.map_err(CopyError::Source)?;
        let Some(same) = same else {
            let head = from.head().await.map_err(CopyError::Source)?;
            return Err(CopyError::Longer {
                events: head.map_or(0, |head| head.number + 1),
                target: number + 1,
            });
        };
        match (same.chain, there.chain) {
            (Some(here), Some(there)) if here == there => Ok(Self {
                after: Some(same.position),
                next: number + 1,
                chain: here,
            }),
            (Some(_) | None, Some(_) | None) => Err(CopyError::OtherLog { number }),
        }
    }

    /// Whether the source's next event is the one its running digest speaks of.
    fn check(&mut self, event: &Recorded) -> Result<(), CopyError> {
        let chain = self.chain.then_recorded(event);
        if event.number != self.next || event.chain != Some(chain) {
            return Err(CopyError::Unsound { number: self.next });
        }
        self.next += 1;
        self.chain = chain;
        Ok(())
    }
}

/// The event with this number.
async fn event(log: &dyn EventLog, number: u64) -> Result<Option<Recorded>, LogError> {
    let before = match number.checked_sub(1) {
        None => None,
        Some(before) => match log.position_of(before).await? {
            None => return Ok(None),
            known => known,
        },
    };
    Ok(log.read_all(before, 1).await?.pop())
}

/// The events that one append can take: neighbours of one stream, recorded at one instant.
fn runs(page: &[Recorded]) -> impl Iterator<Item = &[Recorded]> {
    fn together(recorded: &Recorded) -> (&StreamName, DateTime<Utc>) {
        (&recorded.stream, recorded.recorded_at)
    }
    page.chunk_by(|one, next| together(one) == together(next))
        .flat_map(|run| run.chunks(APPEND_EVENTS_MAX))
}

async fn write(
    to: &dyn EventLog,
    clock: &SimulatedClock,
    run: &[Recorded],
) -> Result<(), CopyError> {
    let Some(first) = run.first() else {
        return Ok(());
    };
    clock.set(first.recorded_at);
    let expected = Expected::after(first.version.checked_sub(1));
    let events: Vec<NewEvent> = run.iter().map(Recorded::to_new).collect();
    let taken = match to.append(&first.stream, expected, events).await {
        Ok(taken) => taken,
        Err(LogError::Conflict { .. }) => {
            return Err(CopyError::Differs {
                number: first.number,
            });
        }
        Err(error) => return Err(CopyError::Target(error)),
    };
    for (given, taken) in run.iter().zip(&taken) {
        if (given.number, given.chain) != (taken.number, taken.chain) {
            return Err(CopyError::Differs {
                number: given.number,
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use chrono::TimeDelta;

    use super::*;
    use crate::contract::event as invented;
    use crate::memory::MemoryLog;
    use crate::sqlite::{Durability, SqliteLog};

    fn noon() -> DateTime<Utc> {
        "2026-11-20T03:00:00Z".parse().expect("an instant")
    }

    /// A log of some streams whose events come singly and several at once, some in the same instant.
    async fn log(events: u64) -> MemoryLog {
        let clock = Arc::new(SimulatedClock::at(noon()));
        let log = MemoryLog::new(clock.clone());
        let mut index = 0;
        while index < events {
            let stream: StreamName = format!("poa-{}", index % 7).as_str().into();
            let several = (index..events.min(index + 1 + index % 3)).map(invented);
            let several: Vec<_> = several.collect();
            index += several.len() as u64;
            let taken = log.append(&stream, Expected::Any, several).await;
            taken.expect("the append is taken");
            if index.is_multiple_of(2) {
                clock.advance(TimeDelta::microseconds(1500));
            }
        }
        log
    }

    fn target() -> (Arc<SimulatedClock>, MemoryLog) {
        let clock = Arc::new(SimulatedClock::at(DateTime::UNIX_EPOCH));
        (clock.clone(), MemoryLog::new(clock))
    }

    #[tokio::test]
    async fn a_copy_has_the_same_events_in_all_but_their_positions() {
        let from = log(3000).await;
        let parent = tempfile::tempdir().expect("a directory");
        let clock = Arc::new(SimulatedClock::at(DateTime::UNIX_EPOCH));
        let path = parent.path().join("log.db");
        let to = SqliteLog::open(&path, clock.clone(), Durability::Closed).expect("it opens");
        let copied = copy(&from, &to, &clock, |_| {}).await.expect("it copies");
        assert_eq!((copied.before, copied.events), (0, 3000));
        let given = from.read_all(None, usize::MAX).await.expect("it is read");
        let taken = to.read_all(None, usize::MAX).await.expect("it is read");
        assert_eq!(taken, given);
        assert_eq!(
            given.last().and_then(|last| last.chain),
            Some(copied.digest)
        );

        let again = copy(&from, &to, &clock, |_| {}).await.expect("it looks");
        assert_eq!((again.before, again.events), (3000, 3000));
        assert_eq!(again.digest, copied.digest);
    }

    #[tokio::test]
    async fn a_copy_goes_on_where_an_earlier_one_ended() {
        let from = log(500).await;
        for there in [1, 2, 250, 499] {
            let (clock, to) = target();
            let page = from.read_all(None, there).await.expect("it is read");
            for run in runs(&page) {
                write(&to, &clock, run).await.expect("an earlier run");
            }
            let copied = copy(&from, &to, &clock, |_| {}).await.expect("it goes on");
            assert_eq!((copied.before, copied.events), (there as u64, 500));
            let all = to.read_all(None, usize::MAX).await.expect("it is read");
            let given = from.read_all(None, usize::MAX).await.expect("it is read");
            assert_eq!(all, given);
        }
    }

    #[tokio::test]
    async fn another_log_is_not_written_to() {
        let from = log(20).await;
        let (clock, to) = target();
        let stream: StreamName = "poa-9".into();
        let other = to.append(&stream, Expected::Any, vec![invented(99)]);
        other.await.expect("the append is taken");
        let refused = copy(&from, &to, &clock, |_| {}).await;
        assert_eq!(refused, Err(CopyError::OtherLog { number: 0 }));
        assert_eq!(
            to.head().await.expect("it is read").map(|h| h.number),
            Some(0)
        );

        let (clock, to) = target();
        copy(&from, &to, &clock, |_| {}).await.expect("it copies");
        let more = to.append(&stream, Expected::Any, vec![invented(99)]);
        more.await.expect("the append is taken");
        let refused = copy(&from, &to, &clock, |_| {}).await;
        let longer = CopyError::Longer {
            events: 20,
            target: 21,
        };
        assert_eq!(refused, Err(longer));
    }

    #[tokio::test]
    async fn a_target_that_keeps_its_own_time_is_noticed() {
        let from = log(20).await;
        let (clock, _) = target();
        let to = MemoryLog::new(Arc::new(crate::SystemClock));
        let refused = copy(&from, &to, &clock, |_| {}).await;
        assert_eq!(refused, Err(CopyError::Differs { number: 0 }));
    }
}
