//! Sends what falls due, by (date, noun, stream), as the deadline view lists it.
//!
//! A view that is behind only wastes a command: it names the date it was set for, and the decision yields
//! nothing when that date no longer stands.

use crate::outcome::{Outcomes, Worker};
use chrono::NaiveDate;
use daicho_domain::nouns::Event;
use daicho_domain::stream::Stream;
use daicho_eventlog::{Caused, Decoded, Engine, Failed, LogError, of_cause};
use daicho_projections::case_history::{self, HistoryRow};
use daicho_projections::deadlines::{DeadlineRow, due};
use daicho_projections::{Snapshot, Views, ViewsError};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// How many events are looked through at once.
const PAGE_EVENTS: u64 = 256;

/// How many deadlines are sent in one turn: what is held of their answers is bounded, however much is due.
const TURN_ROWS: usize = 512;

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
        for keys in due(&snapshot, today)?.chunks(TURN_ROWS) {
            let mut rows = rows(&snapshot, keys)?;
            rows.retain(|(_, set_by)| set_by.as_ref().is_some_and(|by| by.number < first));
            send(&rows, engine, outcomes, |_| ()).await?;
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
        let mut sent = 0;
        for keys in due(&snapshot, today)?.chunks(TURN_ROWS) {
            let mut rows = rows(&snapshot, keys)?;
            rows.retain(|(row, _)| {
                let tried = self.tried.get(&row.stream);
                !tried.is_some_and(|tried| tried.contains(&command_id(row)))
            });
            let tried = &mut self.tried;
            let answered = |row: &DeadlineRow| {
                let tried = tried.entry(row.stream.clone()).or_default();
                tried.insert(command_id(row));
                sent += 1;
            };
            send(&rows, engine, outcomes, answered).await?;
        }
        Ok(sent)
    }
}

/// What falls due, with the event that set it.
type Due = (DeadlineRow, Option<HistoryRow>);

fn rows(snapshot: &Snapshot, keys: &[String]) -> Result<Vec<Due>, ViewsError> {
    let mut rows = Vec::with_capacity(keys.len());
    for key in keys {
        if let Some(row) = snapshot.row::<DeadlineRow>(key.as_str())? {
            let set_by = case_history::event(snapshot, row.set_by)?;
            rows.push((row, set_by));
        }
    }
    Ok(rows)
}

fn command_id(row: &DeadlineRow) -> Uuid {
    of_cause(row.set_by, &[&row.name])
}

fn caused((row, set_by): &Due) -> Caused {
    let id = command_id(row);
    Caused {
        command_id: id,
        actor: Worker::Deadlines.name().into(),
        correlation: set_by.as_ref().map_or(id, |event| event.correlation),
        causation: Some(row.set_by),
        occurred_on: None,
    }
}

/// Sends what is due in its order, and tells of each that was answered.
#[tracing::instrument(name = "deadlines", skip_all, fields(rows = rows.len()))]
async fn send(
    rows: &[Due],
    engine: &Engine,
    outcomes: &Outcomes,
    mut answered: impl FnMut(&DeadlineRow),
) -> Result<(), Failed> {
    let asked = rows
        .iter()
        .map(|due| (due.0.command.0.clone(), caused(due)));
    let turns = engine.execute_in_turn(&asked.collect::<Vec<_>>()).await;
    for ((row, _), answer) in rows.iter().zip(turns.answers) {
        answered(row);
        match answer {
            Ok(_) => outcomes.sent(Worker::Deadlines),
            Err(refusal) => {
                let (name, stream) = (&row.name, row.stream.to_string());
                tracing::warn!(deadline = name, stream, code = refusal.code(), "refused");
                outcomes.refused(Worker::Deadlines, name, &stream, &refusal);
            }
        }
    }
    turns.stopped.map_or(Ok(()), Err)
}
