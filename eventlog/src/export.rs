//! `log export`: every event as one line of JSON, in the log's order, personal data still sealed.
//!
//! The body stands last and byte for byte as it was recorded, so that whoever has the lines can compute the
//! running digest again.

use std::io::{self, Write};

use serde::Serialize;

use crate::envelope::{Position, Recorded};
use crate::port::{EventLog, LogError};

/// How many events are read at once.
const PAGE_EVENTS: usize = 1024;

/// Why an export ended early.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The log could not be read.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The lines could not be written.
    #[error("the export cannot be written: {0}")]
    Out(#[from] io::Error),
}

/// How the events are put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// One event a line.
    Lines,
    /// One JSON document, an array.
    Array,
}

/// Writes the events after a position and says how many they were.
///
/// # Errors
/// An event that cannot be read ends it, as does a reader of `out` that goes away.
pub async fn export(
    log: &dyn EventLog,
    mut after: Option<Position>,
    form: Form,
    out: &mut (dyn Write + Send),
) -> Result<u64, ExportError> {
    let (begin, between, end) = match form {
        Form::Lines => ("", "\n", "\n"),
        Form::Array => ("[\n", ",\n", "\n]\n"),
    };
    let mut count = 0;
    out.write_all(begin.as_bytes())?;
    loop {
        let page = log.read_all(after, PAGE_EVENTS).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.position);
        for recorded in &page {
            if count > 0 {
                out.write_all(between.as_bytes())?;
            }
            out.write_all(line(recorded).as_bytes())?;
            count += 1;
        }
    }
    if count > 0 || form == Form::Array {
        out.write_all(end.as_bytes())?;
    }
    out.flush()?;
    Ok(count)
}

/// One event as JSON on one line.
pub fn line(recorded: &Recorded) -> String {
    #[derive(Serialize)]
    struct Envelope<'a> {
        number: u64,
        stream: &'a str,
        version: u64,
        event_id: uuid::Uuid,
        command_id: uuid::Uuid,
        r#type: &'a str,
        occurred_on: chrono::NaiveDate,
        recorded_at: String,
        actor: &'a str,
        correlation: uuid::Uuid,
        causation: Option<uuid::Uuid>,
        rulebook: Option<&'a str>,
        digest: Option<crate::Chain>,
    }
    let envelope = Envelope {
        number: recorded.number,
        stream: recorded.stream.as_str(),
        version: recorded.version,
        event_id: recorded.event_id,
        command_id: recorded.command_id,
        r#type: &recorded.kind,
        occurred_on: recorded.occurred_on,
        recorded_at: recorded
            .recorded_at
            .to_rfc3339_opts(chrono::SecondsFormat::Micros, true),
        actor: &recorded.actor,
        correlation: recorded.correlation,
        causation: recorded.causation,
        rulebook: recorded.rulebook.as_deref(),
        digest: recorded.chain,
    };
    let mut line = serde_json::to_string(&envelope).expect("text and numbers are JSON");
    line.truncate(line.len() - 1);
    line.push_str(",\"body\":");
    line.push_str(recorded.body.as_str());
    line.push('}');
    line
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::contract::event;
    use crate::{Expected, MemoryLog, SimulatedClock};

    #[tokio::test]
    async fn an_event_is_one_line_with_its_body_as_recorded() {
        let noon = "2026-11-20T03:00:00Z".parse().expect("an instant");
        let log = MemoryLog::new(Arc::new(SimulatedClock::at(noon)));
        for index in 0..2 {
            log.append(&"poa-1".into(), Expected::Any, vec![event(index)])
                .await
                .expect("the append is taken");
        }
        let mut out = Vec::new();
        let count = export(&log, None, Form::Lines, &mut out)
            .await
            .expect("it is written");
        let text = String::from_utf8(out).expect("it is UTF-8");
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!((count, lines.len()), (2, 2));
        let first: serde_json::Value = serde_json::from_str(lines[0]).expect("it is JSON");
        assert_eq!(first["type"], "poa.received.v1");
        assert_eq!(first["recorded_at"], "2026-11-20T03:00:00.000000Z");
        assert_eq!(first["body"]["note"], "返送 済み");
        assert!(lines[1].ends_with(r#","body":{"index":1,"note":"返送 済み"}}"#));

        let mut out = Vec::new();
        export(&log, None, Form::Array, &mut out)
            .await
            .expect("it is written");
        let array: Vec<serde_json::Value> = serde_json::from_slice(&out).expect("it is JSON");
        assert_eq!((array.len(), &array[0]), (2, &first));
    }
}
