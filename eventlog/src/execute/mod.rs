//! `execute`: the one way into the log. Load, fold, decide, append; or refuse.
//!
//! A click, a date and an event all come here as a command with its cause. The stream it writes is guarded by
//! its version; the streams it needs to know are folded from the log, never taken from a read model. A command
//! that was decided before returns what was recorded then.

mod folds;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_turn;
mod today;
#[cfg(test)]
mod troubled;
mod turn;

use std::sync::{Arc, PoisonError, RwLock};

use chrono::NaiveDate;
use daicho_domain::decider::{Context, Known};
use daicho_domain::nouns::{Action, Command, Event, Refusal, State};
use daicho_domain::rules::Policy;
use daicho_domain::stream::Stream;
use daicho_domain::{corporation, office_day};

use self::folds::{Fold, Folds};
use self::turn::Ahead;
pub use self::turn::Turns;
use crate::caused::Caused;
use crate::clock::Clock;
use crate::codec::{Codec, Decoded, encode};
use crate::envelope::StreamName;
use crate::port::{Advice, EventLog, Expected, LogError};
use crate::sealing::{Keys, SealError};

/// How often a command is decided again when others write its stream in between.
const ATTEMPTS_MAX: u32 = 64;

/// How often a decision may name further streams it needs: a chain of that length is a mistake.
const NEEDS_ROUNDS_MAX: u32 = 1000;

/// What came of a command.
#[derive(Clone, Debug, PartialEq)]
pub struct Executed {
    /// The events it gave, none when what it asks for held already.
    pub events: Vec<Decoded>,
    /// Whether they had been recorded before, by the same command.
    pub repeated: bool,
}

/// Why a command gave nothing.
#[derive(Debug, thiserror::Error)]
pub enum ExecuteError {
    /// The office says no.
    #[error(transparent)]
    Refused(Refusal),
    /// The world failed; nothing is known to be recorded.
    #[error(transparent)]
    Failed(Failed),
}

/// How the world failed.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    /// The log did.
    #[error(transparent)]
    Log(#[from] LogError),
    /// Personal data could not be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// Others kept writing the stream.
    #[error("{stream} was written by others {attempts} times in between")]
    Contended {
        /// The stream.
        stream: Stream,
        /// How often it was tried.
        attempts: u32,
    },
}

impl Failed {
    /// Whether the same command may succeed when it is simply sent again.
    pub fn advice(&self) -> Advice {
        match self {
            Self::Log(error) => error.advice(),
            Self::Seal(_) => Advice::GiveUp,
            Self::Contended { .. } => Advice::Retry,
        }
    }
}

impl From<LogError> for ExecuteError {
    fn from(error: LogError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<SealError> for ExecuteError {
    fn from(error: SealError) -> Self {
        Self::Failed(error.into())
    }
}

/// Carries commands to the domain and its events to the log.
#[derive(Debug)]
pub struct Engine {
    log: Arc<dyn EventLog>,
    keys: Arc<Keys>,
    codec: Codec,
    clock: Arc<dyn Clock>,
    policy: RwLock<Arc<Policy>>,
    folds: Folds,
    /// The open day. Commands hold it while they are decided and recorded, opening a day waits for them: so no
    /// event of a day stands after the opening of the next.
    today: tokio::sync::RwLock<Option<NaiveDate>>,
}

impl Engine {
    /// An engine on a log, with the day that the log says is open.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub async fn start(
        log: Arc<dyn EventLog>,
        keys: Arc<Keys>,
        clock: Arc<dyn Clock>,
        policy: Arc<Policy>,
    ) -> Result<Self, LogError> {
        let today = today::last_opened(&*log, None).await?;
        Ok(Self {
            codec: Codec::new(keys.clone()),
            keys,
            clock,
            policy: RwLock::new(policy),
            folds: Folds::default(),
            today: tokio::sync::RwLock::new(today),
            log,
        })
    }

    /// The log it writes.
    pub fn log(&self) -> &Arc<dyn EventLog> {
        &self.log
    }

    /// The keys of its log's personal data.
    pub(crate) fn keys(&self) -> &Keys {
        &self.keys
    }

    /// What reads the events of its log.
    pub fn codec(&self) -> &Codec {
        &self.codec
    }

    /// The clock that dates its events.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// The open business day, `None` before the first was opened.
    pub async fn today(&self) -> Option<NaiveDate> {
        *self.today.read().await
    }

    /// The rule books and calendars that decisions are made by.
    pub fn policy(&self) -> Arc<Policy> {
        let policy = self.policy.read().unwrap_or_else(PoisonError::into_inner);
        policy.clone()
    }

    /// From now on decisions are made by these: after a book was published.
    pub fn replace_policy(&self, policy: Arc<Policy>) {
        let mut present = self.policy.write().unwrap_or_else(PoisonError::into_inner);
        *present = policy;
    }

    /// Forgets persons for ever, in the key file and in what this engine remembers, where an event says so. It
    /// follows the append at once; a process that ended in between does it when its reactions meet the event.
    ///
    /// # Errors
    /// When the key file cannot be written.
    pub fn erase_as_recorded(&self, event: &Event) -> Result<(), SealError> {
        let Event::Corporation(corporation::Event::TextsErased { subjects, .. }) = event else {
            return Ok(());
        };
        for subject in subjects {
            self.keys.erase(subject)?;
        }
        self.folds.forget();
        Ok(())
    }

    /// A thing as its events say now.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub async fn state(&self, stream: &Stream) -> Result<Arc<State>, LogError> {
        Ok(self.load(stream).await?.state)
    }

    /// What a command would give if it were sent now: the start month before an application is saved, the reason
    /// beside a button. Nothing is recorded.
    ///
    /// # Errors
    /// The office's refusal, or the world's failure.
    pub async fn consider(&self, command: Command) -> Result<Vec<Event>, ExecuteError> {
        let today = self.decided_on(*self.today.read().await, None);
        let mut ahead = Ahead::default();
        let fold = self.fold(&command.stream, &mut ahead).await?;
        self.decide(command, &fold, today, &mut ahead).await
    }

    /// Decides a command and records what follows, or says why not.
    ///
    /// # Errors
    /// The office's refusal, or the world's failure.
    #[tracing::instrument(
        name = "execute",
        skip_all,
        fields(stream = %command.stream, command = %by.command_id, attempts, events)
    )]
    pub async fn execute(&self, command: Command, by: Caused) -> Result<Executed, ExecuteError> {
        match opened_day(&command) {
            None => {
                let today = self.today.read().await;
                let decided_on = self.decided_on(*today, by.occurred_on);
                self.attempts(command, by, decided_on).await
            }
            Some(day) => {
                let mut today = self.today.write().await;
                let executed = self.attempts(command, by, day).await?;
                *today = (*today).max(Some(day));
                Ok(executed)
            }
        }
    }

    /// The day a command is decided on. Days never go back: a cause of an earlier day is answered on the open one.
    fn decided_on(&self, today: Option<NaiveDate>, cause: Option<NaiveDate>) -> NaiveDate {
        today
            .max(cause)
            .unwrap_or_else(|| self.clock.date_in_japan())
    }

    async fn attempts(
        &self,
        command: Command,
        by: Caused,
        today: NaiveDate,
    ) -> Result<Executed, ExecuteError> {
        let span = tracing::Span::current();
        for attempt in 1..=ATTEMPTS_MAX {
            span.record("attempts", attempt);
            match self.attempt(command.clone(), &by, today).await {
                // Of an append whose answer was lost the next attempt finds the command, or decides again.
                Err(ExecuteError::Failed(Failed::Log(
                    error @ (LogError::Conflict { .. } | LogError::Unanswered { .. }),
                ))) => tracing::debug!(%error, "decided again"),
                Ok(executed) => {
                    span.record("events", executed.events.len());
                    return Ok(executed);
                }
                Err(error) => return Err(error),
            }
        }
        Err(ExecuteError::Failed(Failed::Contended {
            stream: command.stream,
            attempts: ATTEMPTS_MAX,
        }))
    }

    async fn attempt(
        &self,
        command: Command,
        by: &Caused,
        today: NaiveDate,
    ) -> Result<Executed, ExecuteError> {
        let mut ahead = Ahead::default();
        let fold = self.fold(&command.stream, &mut ahead).await?;
        if let Some(version) = fold.decided(by.command_id) {
            return Ok(self.recorded_before(&command.stream, version, by).await?);
        }
        let stream = command.stream.clone();
        let events = self.decide(command, &fold, today, &mut ahead).await?;
        self.record(stream, fold.version, events, by, today).await
    }

    async fn decide(
        &self,
        command: Command,
        fold: &Fold,
        today: NaiveDate,
        ahead: &mut Ahead,
    ) -> Result<Vec<Event>, ExecuteError> {
        let known = self.known(&command, fold, ahead).await?;
        let policy = self.policy();
        let stream = command.stream.clone();
        let context = Context {
            stream: &stream,
            today,
            policy: &policy,
            known: &known,
        };
        command
            .decide(&context, &fold.state)
            .map_err(ExecuteError::Refused)
    }

    /// Folds the streams the decision needs, until it names no new one.
    async fn known(
        &self,
        command: &Command,
        fold: &Fold,
        ahead: &mut Ahead,
    ) -> Result<Known, LogError> {
        let mut known = Known::default();
        for _ in 0..NEEDS_ROUNDS_MAX {
            let mut needs = command.needs(&fold.state, &known);
            needs.retain(|stream| !known.contains(stream));
            needs.sort_unstable();
            needs.dedup();
            if needs.is_empty() {
                return Ok(known);
            }
            let read = needs.iter().filter(|stream| ahead.fold(stream).is_none());
            let loaded = read.map(|stream| async move {
                let fold = self.load(stream).await?;
                Ok::<_, LogError>((stream.clone(), fold))
            });
            for (stream, fold) in futures::future::try_join_all(loaded).await? {
                ahead.read(stream, fold);
            }
            for stream in needs {
                let fold = ahead.fold(&stream).expect("it was read just now");
                let state = fold.state.clone();
                known.insert(stream, state);
            }
        }
        panic!("a command for {} needs ever more streams", command.stream)
    }

    async fn record(
        &self,
        stream: Stream,
        version: Option<u64>,
        events: Vec<Event>,
        by: &Caused,
        today: NaiveDate,
    ) -> Result<Executed, ExecuteError> {
        if events.is_empty() {
            return Ok(Executed::nothing());
        }
        let name = StreamName::from(&stream);
        let written = encode(&self.keys, &name, &events, by, today)?;
        let recorded = self
            .log
            .append(&name, Expected::after(version), written)
            .await?;
        self.erase_all(&events)?;
        Ok(Executed::now(stream, recorded, events))
    }

    fn erase_all(&self, events: &[Event]) -> Result<(), SealError> {
        let mut events = events.iter();
        events.try_for_each(|event| self.erase_as_recorded(event))
    }

    /// What this command gave when it was first decided.
    async fn recorded_before(
        &self,
        stream: &Stream,
        version: u64,
        by: &Caused,
    ) -> Result<Executed, LogError> {
        let name = StreamName::from(stream);
        let mut recorded = self.log.read_stream(&name, version, usize::MAX).await?;
        recorded.retain(|event| event.command_id == by.command_id);
        let events: Result<Vec<_>, _> = recorded
            .into_iter()
            .map(|event| self.codec.decode(event))
            .collect();
        Ok(Executed {
            events: events?,
            repeated: true,
        })
    }

    /// The stream as a decision knows it: with what was decided ahead of the log, and otherwise as the log holds it now.
    async fn fold(&self, stream: &Stream, ahead: &mut Ahead) -> Result<Fold, LogError> {
        if let Some(fold) = ahead.fold(stream) {
            return Ok(fold.clone());
        }
        let fold = self.load(stream).await?;
        ahead.read(stream.clone(), fold.clone());
        Ok(fold)
    }

    async fn load(&self, stream: &Stream) -> Result<Fold, LogError> {
        self.folds.load(&*self.log, &self.codec, stream).await
    }
}

/// The day that a command opens.
fn opened_day(command: &Command) -> Option<NaiveDate> {
    match (&command.action, &command.stream) {
        (Action::OfficeDay(office_day::Command::Open {}), Stream::OfficeDay(day)) => Some(*day),
        (_, _) => None,
    }
}

/// Whether persons are to be forgotten with this event.
fn erases(event: &Event) -> bool {
    matches!(
        event,
        Event::Corporation(corporation::Event::TextsErased { .. })
    )
}
