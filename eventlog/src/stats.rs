//! `log stats`: counts that depend on the recorded events alone. The same work gives the same counts, whenever and
//! wherever it was done.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::port::{EventLog, LogError};

/// How many events are read at once.
const PAGE_EVENTS: usize = 1024;

/// What stands in a log, counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Stats {
    /// All events.
    pub events: u64,
    /// All streams.
    pub streams: u64,
    /// Streams of each noun.
    pub streams_by_noun: BTreeMap<String, u64>,
    /// Events of each type.
    pub events_by_type: BTreeMap<String, u64>,
    /// Events by the month of the business day on which they were decided.
    pub events_by_month: BTreeMap<String, u64>,
}

/// Counts the whole log.
///
/// # Errors
/// An event that cannot be read, and failures of the world.
pub async fn stats(log: &dyn EventLog) -> Result<Stats, LogError> {
    let mut stats = Stats::default();
    let mut after = None;
    loop {
        let page = log.read_all(after, PAGE_EVENTS).await?;
        let Some(last) = page.last() else {
            return Ok(stats);
        };
        after = Some(last.position);
        for recorded in &page {
            stats.events += 1;
            count(&mut stats.events_by_type, &recorded.kind);
            count(
                &mut stats.events_by_month,
                &recorded.occurred_on.format("%Y-%m").to_string(),
            );
            if recorded.version == 0 {
                stats.streams += 1;
                count(&mut stats.streams_by_noun, recorded.stream.noun());
            }
        }
    }
}

fn count(counts: &mut BTreeMap<String, u64>, name: &str) {
    match counts.get_mut(name) {
        Some(count) => *count += 1,
        None => {
            counts.insert(name.to_owned(), 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::contract::event;
    use crate::{Expected, MemoryLog, SystemClock};

    #[tokio::test]
    async fn events_streams_and_types_are_counted() {
        let log = MemoryLog::new(Arc::new(SystemClock));
        for (index, stream) in ["poa-1", "poa-2", "poa-1", "office_day-2026-11-20"]
            .into_iter()
            .enumerate()
        {
            log.append(&stream.into(), Expected::Any, vec![event(index as u64)])
                .await
                .expect("the append is taken");
        }
        let stats = stats(&log).await.expect("the log is read");
        assert_eq!((stats.events, stats.streams), (4, 3));
        let nouns = [("office_day".to_owned(), 1), ("poa".to_owned(), 2)];
        assert_eq!(stats.streams_by_noun, BTreeMap::from(nouns));
        assert_eq!(stats.events_by_type["poa.received.v1"], 4);
        assert_eq!(stats.events_by_month["2026-11"], 4);
    }
}
