//! Sends what falls due, by (date, noun, stream), as the deadline view lists it.
//!
//! A view that is behind only wastes a command: it names the date it was set for, and the decision yields
//! nothing when that date no longer stands.

use crate::outcome::{Outcomes, Worker};
use chrono::NaiveDate;
use daicho_domain::nouns::Event;
use daicho_domain::stream::Stream;
use daicho_eventlog::{Caused, Decoded, Engine, ExecuteError, Failed, LogError, of_cause};
use daicho_projections::deadlines::{DeadlineRow, due};
use daicho_projections::{Snapshot, Views, ViewsError, case_history};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// How many events are looked through at once.
const PAGE_EVENTS: u64 = 256;

/// Why the deadlines could not be sent.
#[derive(Debug, thiserror::Error)]
pub enum DeadlinesError {
    /// The log failed.
    #[error(transparent)]
    Log(#[from] Failed),
    /// The deadline view failed.
    #[error(transparent)]
    Views(#[from] ViewsError),
}

/// The worker behind the deadlines.
#[derive(Debug, Default)]
pub(crate) struct Sender {
    /// What was due was being sent when the process ended: the number of the first event that gave. The rest
    /// is sent before those events are answered, as it would have been.
    unfinished: Option<u64>,
    /// What was sent on this day and gave nothing, by stream: not sent again before the stream or the day
    /// moves on.
    tried: HashMap<Stream, HashSet<Uuid>>,
    day: Option<NaiveDate>,
}

impl Sender {
    /// Goes on where the log shows that a process ended.
    pub(crate) async fn resume(engine: &Engine) -> Result<Self, LogError> {
        let log = engine.log();
        let mut above = log.head().await?.map_or(0, |head| head.number + 1);
        let mut unfinished = None;
        'back: while above > 0 {
            let below = above.saturating_sub(PAGE_EVENTS);
            let after = match below.checked_sub(1) {
                None => None,
                Some(before) => log.position_of(before).await?,
            };
            let length = usize::try_from(above - below).expect("a page");
            for recorded in log.read_all(after, length).await?.iter().rev() {
                if &*recorded.actor != Worker::Deadlines.name() {
                    break 'back;
                }
                unfinished = Some(recorded.number);
            }
            above = below;
        }
        Ok(Self {
            unfinished,
            ..Self::default()
        })
    }

    /// Sends the rest of what was being sent when the process ended.
    pub(crate) async fn finish(
        &mut self,
        today: NaiveDate,
        engine: &Engine,
        views: &Views,
        outcomes: &Outcomes,
    ) -> Result<(), DeadlinesError> {
        let Some(first) = self.unfinished else {
            return Ok(());
        };
        views.catch_up().await?;
        let snapshot = views.snapshot()?;
        for row in due(&snapshot, today)? {
            let set_by = case_history::event(&snapshot, row.set_by)?;
            if set_by.is_some_and(|set_by| set_by.number < first) {
                let id = of_cause(row.set_by, &[&row.name]);
                let by = caused(&snapshot, &row, id)?;
                send(row, by, engine, outcomes).await?;
            }
        }
        self.unfinished = None;
        Ok(())
    }

    /// A stream that moved on may answer otherwise.
    pub(crate) fn hear(&mut self, decoded: &Decoded) {
        match &decoded.event {
            Event::OfficeDay(_) => self.tried.clear(),
            Event::Corporation(_)
            | Event::Enrolment(_)
            | Event::Transmission(_)
            | Event::Poa(_)
            | Event::Credential(_)
            | Event::Licence(_)
            | Event::Billing(_)
            | Event::DebitBatch(_)
            | Event::Termination(_)
            | Event::Schedule(_)
            | Event::Staff(_)
            | Event::Rulebook(_)
            | Event::Installation(_)
            | Event::Dispatch(_)
            | Event::Mail(_)
            | Event::Attachment(_)
            | Event::Agent(_) => {
                self.tried.remove(&decoded.stream);
            }
        }
    }

    /// Sends what is due on the open day, once; returns how many commands were sent.
    pub(crate) async fn send(
        &mut self,
        today: NaiveDate,
        engine: &Engine,
        views: &Views,
        outcomes: &Outcomes,
    ) -> Result<u64, DeadlinesError> {
        if self.day != Some(today) {
            self.tried.clear();
            self.day = Some(today);
        }
        views.catch_up().await?;
        let snapshot = views.snapshot()?;
        let rows = due(&snapshot, today)?;
        let mut sent = 0;
        for row in rows {
            let id = of_cause(row.set_by, &[&row.name]);
            let tried = self.tried.entry(row.stream.clone()).or_default();
            if !tried.insert(id) {
                continue;
            }
            let by = caused(&snapshot, &row, id)?;
            send(row, by, engine, outcomes).await?;
            sent += 1;
        }
        Ok(sent)
    }
}

fn caused(snapshot: &Snapshot, row: &DeadlineRow, id: Uuid) -> Result<Caused, ViewsError> {
    let cause = case_history::event(snapshot, row.set_by)?;
    Ok(Caused {
        command_id: id,
        actor: Worker::Deadlines.name().into(),
        correlation: cause.map_or(id, |cause| cause.correlation),
        causation: Some(row.set_by),
        occurred_on: None,
    })
}

#[tracing::instrument(name = "deadline", skip_all, fields(deadline = row.name, due = %row.due))]
async fn send(
    row: DeadlineRow,
    by: Caused,
    engine: &Engine,
    outcomes: &Outcomes,
) -> Result<(), Failed> {
    match engine.execute(row.command.0, by).await {
        Ok(_) => outcomes.sent(Worker::Deadlines),
        Err(ExecuteError::Refused(refusal)) => {
            let (name, stream) = (row.name, row.stream.to_string());
            tracing::warn!(deadline = name, stream, code = refusal.code(), "refused");
            outcomes.refused(Worker::Deadlines, &name, &stream, &refusal);
        }
        Err(ExecuteError::Failed(failed)) => return Err(failed),
    }
    Ok(())
}
