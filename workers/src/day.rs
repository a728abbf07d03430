//! Opening days: the business day is an event, every calendar day is opened in its order, and a day is done
//! only when nothing changes any more.
//!
//! A server that was down for two weeks opens the fourteen days one after the other and comes to the same
//! state as one that was not. A jump of more than [`JUMP_DAYS_MAX`] days waits for a person.

use crate::deadlines::{DeadlinesError, Sender};
use crate::keeper::{Keeper, KeeperError};
use crate::mail::{Draft, Outgoing, Postman, PostmanError, Round};
use crate::outcome::{Failure, Jump, Outcomes, Ran, Worker};
use crate::position::Positions;
use crate::reactions::{Follower, Heard};
use crate::schedules::{self, Job};
use chrono::{DateTime, NaiveDate, Utc};
use daicho_domain::nouns::{Command, State};
use daicho_domain::office_day;
use daicho_domain::stream::{MailId, Stream, derived_id};
use daicho_eventlog::vault::Vault;
use daicho_eventlog::{Advice, Caused, Engine, ExecuteError, Failed, KeepError, LogError};
use daicho_projections::{Views, ViewsError};
use std::sync::Arc;
use tokio::sync::Mutex;

/// The most days that are opened one after the other without asking a person: a clock that jumped by a year
/// must not end every case there is.
pub const JUMP_DAYS_MAX: i64 = 45;

/// Why the workers stopped.
#[derive(Debug, thiserror::Error)]
pub enum WorkError {
    /// The log failed.
    #[error(transparent)]
    Log(#[from] Failed),
    /// The read models failed.
    #[error(transparent)]
    Views(#[from] ViewsError),
    /// `state.db` failed.
    #[error("state.db cannot be used: {0}")]
    State(#[from] rusqlite::Error),
    /// A file could not be kept.
    #[error(transparent)]
    File(#[from] KeepError),
    /// The clock is too far ahead of the open day.
    #[error(
        "the clock says {civil}, {days} days after the open day {today}: a person must confirm that so many \
         days are to be opened"
    )]
    JumpTooFar {
        /// The open day.
        today: NaiveDate,
        /// What the clock says.
        civil: NaiveDate,
        /// How far apart they are.
        days: i64,
    },
    /// A day was not opened.
    #[error("{day} was not opened: {why}")]
    NotOpened {
        /// The day.
        day: NaiveDate,
        /// The refusal.
        why: String,
    },
}

impl WorkError {
    /// Whether the same may succeed at the next wake.
    pub fn advice(&self) -> Advice {
        match self {
            Self::Log(failed) => failed.advice(),
            Self::State(_) | Self::JumpTooFar { .. } => Advice::Retry,
            Self::Views(_) | Self::File(_) | Self::NotOpened { .. } => Advice::GiveUp,
        }
    }
}

impl WorkError {
    /// How it is shown.
    fn stopped(&self, since: DateTime<Utc>) -> Ran {
        Ran::Failed(Failure {
            why: self.to_string(),
            sentence: self.sentence(),
            since,
        })
    }

    /// The failure as a sentence for the staff. `Display` has it in English.
    pub fn sentence(&self) -> String {
        match self {
            Self::Log(failed) => failed.sentence(),
            Self::Views(error) => error.sentence(),
            Self::State(error) => format!("state.db を読み書きできません（{error}）。"),
            Self::File(error) => format!("ファイルを保管できません（{error}）。"),
            Self::JumpTooFar { today, civil, days } => format!(
                "時計が {civil} を指しています。営業日 {today} から {days} 日先のため、担当者の確認を待っています。"
            ),
            Self::NotOpened { day, why } => format!("{day} を開始できませんでした（{why}）。"),
        }
    }
}

impl From<LogError> for WorkError {
    fn from(error: LogError) -> Self {
        Self::Log(error.into())
    }
}

impl From<DeadlinesError> for WorkError {
    fn from(error: DeadlinesError) -> Self {
        match error {
            DeadlinesError::Log(failed) => Self::Log(failed),
            DeadlinesError::Views(error) => Self::Views(error),
        }
    }
}

impl From<KeeperError> for WorkError {
    fn from(error: KeeperError) -> Self {
        match error {
            KeeperError::Failed(failed) => Self::Log(failed),
            KeeperError::Views(error) => Self::Views(error),
            KeeperError::State(error) => Self::State(error),
        }
    }
}

impl From<PostmanError> for WorkError {
    fn from(error: PostmanError) -> Self {
        match error {
            PostmanError::Failed(failed) => Self::Log(failed),
            PostmanError::Views(error) => Self::Views(error),
        }
    }
}

/// A directory that lies elsewhere than where it was begun, or whose log is older than what was done with it, is a copy or was
/// restored: what its log has as waiting may have left already, or is not to leave from here.
async fn hold_copies(engine: &Engine, positions: &Positions) -> Result<(), WorkError> {
    if let Some(today) = engine.today().await {
        positions.hold_sending(today, today)?;
        tracing::warn!(%today, "sending rests: this directory was copied or restored");
    }
    Ok(())
}

/// All workers of one installation. Each wake does the same bounded thing, whatever woke them.
pub struct Workers {
    engine: Arc<Engine>,
    views: Arc<Views>,
    jobs: Vec<Job>,
    outcomes: Arc<Outcomes>,
    positions: Positions,
    state: Mutex<Progress>,
    vault: Option<(Arc<Vault>, Mutex<Keeper>)>,
    outgoing: Option<(Outgoing, Mutex<Postman>)>,
}

#[derive(Debug)]
struct Progress {
    follower: Follower,
    sender: Sender,
    confirmed_until: Option<NaiveDate>,
}

impl Workers {
    /// The workers over a log and its read models, going on where they stood.
    ///
    /// # Errors
    /// When the log or `state.db` cannot be read.
    pub async fn resume(
        engine: Arc<Engine>,
        views: Arc<Views>,
        jobs: Vec<Job>,
        positions: Positions,
    ) -> Result<Self, WorkError> {
        let kept = positions.reached(Worker::Reactions.name())?;
        let head = engine.log().head().await?.map(|head| head.number);
        let went_back = kept.is_some_and(|kept| head < Some(kept.number));
        if !positions.is_at_home()? || went_back {
            hold_copies(&engine, &positions).await?;
            positions.settle()?;
        }
        let follower = Follower::resume(&engine, kept).await?;
        let progress = Progress {
            follower,
            sender: Sender::resume(&engine).await?,
            confirmed_until: None,
        };
        Ok(Self {
            engine,
            views,
            jobs,
            outcomes: Arc::default(),
            positions,
            state: Mutex::new(progress),
            vault: None,
            outgoing: None,
        })
    }

    /// The same workers with a vault to keep: without one no secret is made.
    ///
    /// # Errors
    /// When `state.db` cannot be read.
    pub fn with_vault(mut self, vault: Arc<Vault>) -> Result<Self, WorkError> {
        let reached = self.positions.reached(Worker::Vault.name())?;
        let keeper = Keeper::after(vault.clone(), reached);
        self.vault = Some((vault, Mutex::new(keeper)));
        Ok(self)
    }

    /// The same workers with somebody who carries mails: without that nothing leaves.
    #[must_use]
    pub fn with_post(mut self, outgoing: Outgoing) -> Self {
        self.outgoing = Some((outgoing, Mutex::default()));
        self
    }

    /// What their mails need, if somebody carries them.
    pub fn outgoing(&self) -> Option<&Outgoing> {
        self.outgoing.as_ref().map(|(outgoing, _)| outgoing)
    }

    /// Makes the attempts at mails that are due, unless sending rests; says how many were made.
    ///
    /// # Errors
    /// Failures of the world; what was done is done.
    pub async fn send_mails(&self) -> Result<u64, WorkError> {
        let Some((outgoing, postman)) = &self.outgoing else {
            return Ok(0);
        };
        let mut postman = postman.lock().await;
        let done = match self.round(outgoing) {
            Ok(round) => postman.round(round).await.map_err(WorkError::from),
            Err(error) => Err(error),
        };
        let at = self.engine.clock().now();
        let ran = match &done {
            Ok(_) => Ran::Done,
            Err(error) => error.stopped(at),
        };
        self.outcomes.ran(Worker::Mail, at, ran, None);
        done
    }

    /// A mail as staff may read it, written from the states of now; `None` when there is none, or nobody carries mails.
    ///
    /// # Errors
    /// Failures of the world.
    pub async fn mail_draft(&self, id: MailId) -> Result<Option<Draft>, WorkError> {
        let Some((outgoing, _)) = &self.outgoing else {
            return Ok(None);
        };
        Ok(self.round(outgoing)?.preview(id).await?)
    }

    fn round<'a>(&'a self, outgoing: &'a Outgoing) -> Result<Round<'a>, WorkError> {
        let holds = self.sending_holds()?;
        Ok(Round {
            outgoing,
            engine: &self.engine,
            views: &self.views,
            vault: self.vault().map(|vault| &**vault),
            outcomes: &self.outcomes,
            held_until: holds.into_iter().map(|(_, until)| until).max(),
        })
    }

    /// The vault they keep, if they keep one.
    pub fn vault(&self) -> Option<&Arc<Vault>> {
        self.vault.as_ref().map(|(vault, _)| vault)
    }

    /// Makes what is to lie in the vault; says whether anything was recorded.
    async fn keep_vault(&self) -> Result<bool, WorkError> {
        let Some((_, keeper)) = &self.vault else {
            return Ok(false);
        };
        let mut keeper = keeper.lock().await;
        let done = keeper
            .catch_up(&self.engine, &self.views, &self.positions, &self.outcomes)
            .await
            .map_err(WorkError::from);
        let at = self.engine.clock().now();
        let ran = match &done {
            Ok(_) => Ran::Done,
            Err(error) => error.stopped(at),
        };
        let number = keeper.reached().map(|reached| reached.number);
        self.outcomes.ran(Worker::Vault, at, ran, number);
        done
    }

    /// What carries their commands.
    pub fn engine(&self) -> &Arc<Engine> {
        &self.engine
    }

    /// The read models they keep up.
    pub fn views(&self) -> &Arc<Views> {
        &self.views
    }

    /// What they last did.
    pub fn outcomes(&self) -> &Arc<Outcomes> {
        &self.outcomes
    }

    /// The recurring jobs.
    pub fn jobs(&self) -> &[Job] {
        &self.jobs
    }

    /// 送信保留 that nobody released: the first and the last day that were opened late, oldest first.
    ///
    /// # Errors
    /// When `state.db` cannot be read.
    pub fn sending_holds(&self) -> Result<Vec<(NaiveDate, NaiveDate)>, WorkError> {
        Ok(self.positions.sending_holds()?)
    }

    /// Forgets a 送信保留, after its release was recorded.
    ///
    /// # Errors
    /// When `state.db` cannot be written.
    pub fn release_sending(&self, since: NaiveDate, until: NaiveDate) -> Result<(), WorkError> {
        Ok(self.positions.release_sending(since, until)?)
    }

    /// Up to which day a person confirmed that days are opened: when this process was started, or in the log.
    async fn confirmed_until(&self) -> Result<Option<NaiveDate>, WorkError> {
        let at_start = self.state.lock().await.confirmed_until;
        let state = self.engine.state(&Stream::Installation).await?;
        let State::Installation(installation) = &*state else {
            panic!("the installation's stream holds a {}", state.noun().code());
        };
        Ok(at_start.max(installation.days_confirmed_until))
    }

    /// The process that starts the workers says that the days up to this one are to be opened, however many.
    pub async fn confirm_days_until(&self, day: NaiveDate) {
        self.state.lock().await.confirmed_until = Some(day);
    }

    /// Opens every day after the open one up to `civil`, each settled before the next. Without any day in the
    /// log, `civil` is the first. Days never go back: a clock behind the open day changes nothing.
    ///
    /// # Errors
    /// [`WorkError::JumpTooFar`]; failures of the world. Whatever was done is done.
    #[tracing::instrument(name = "day", skip(self, heard))]
    pub async fn open_through(&self, civil: NaiveDate, heard: Heard<'_>) -> Result<(), WorkError> {
        self.settle(heard).await?;
        let Some(today) = self.engine.today().await else {
            return self.open(civil, heard).await;
        };
        let days = (civil - today).num_days();
        if days > JUMP_DAYS_MAX && self.confirmed_until().await? < Some(civil) {
            return Err(WorkError::JumpTooFar { today, civil, days });
        }
        if days > 1 {
            let since = today.succ_opt().unwrap_or(today);
            self.positions.hold_sending(since, civil)?;
            tracing::info!(%since, until = %civil, "sending rests: these days are opened late");
        }
        for day in today.iter_days().skip(1).take_while(|day| *day <= civil) {
            self.open(day, heard).await?;
        }
        Ok(())
    }

    async fn open(&self, day: NaiveDate, heard: Heard<'_>) -> Result<(), WorkError> {
        let stream = Stream::OfficeDay(day);
        let id = derived_id(&["open", &day.to_string()]);
        let by = Caused::by_request(Worker::Day.name(), id);
        let open = Command::office_day(&stream, office_day::Command::Open {});
        match self.engine.execute(open, by).await {
            Ok(_) => self.outcomes.sent(Worker::Day),
            Err(ExecuteError::Refused(refusal)) => {
                let stream = stream.to_string();
                self.outcomes
                    .refused(Worker::Day, "open", &stream, &refusal);
                let why = refusal.to_string();
                return Err(WorkError::NotOpened { day, why });
            }
            Err(ExecuteError::Failed(failed)) => return Err(failed.into()),
        }
        self.settle(heard).await
    }

    /// Repeats until nothing changes: reactions to the log's head, jobs of the open day, what is due. `heard`
    /// hears every event since the last time, in order.
    ///
    /// # Errors
    /// Failures of the world; what was done is done, and the next time goes on from there.
    #[tracing::instrument(name = "settle", skip_all)]
    pub async fn settle(&self, heard: Heard<'_>) -> Result<(), WorkError> {
        let mut state = self.state.lock().await;
        let Progress {
            follower, sender, ..
        } = &mut *state;
        if let Some(today) = self.engine.today().await {
            sender
                .finish(today, &self.engine, &self.views, &self.outcomes)
                .await?;
        }
        loop {
            let mut heard = |decoded: &_| {
                sender.hear(decoded);
                heard(decoded);
            };
            follower
                .catch_up(&self.engine, &self.outcomes, &mut heard)
                .await?;
            let Some(today) = self.engine.today().await else {
                break;
            };
            let ran = schedules::run(&self.jobs, today, &self.engine, &self.outcomes).await?;
            let sent = sender
                .send(today, &self.engine, &self.views, &self.outcomes)
                .await?;
            if ran == 0 && sent == 0 {
                break;
            }
        }
        if let Some(reached) = follower.reached() {
            self.positions.keep(Worker::Reactions.name(), reached)?;
        }
        Ok(())
    }

    /// Answers what has been recorded, without looking for what is due: for a driver that sends many commands
    /// in sequence.
    ///
    /// # Errors
    /// Failures of the world.
    pub async fn react(&self, heard: Heard<'_>) -> Result<(), WorkError> {
        let mut state = self.state.lock().await;
        let Progress {
            follower, sender, ..
        } = &mut *state;
        let mut heard = |decoded: &_| {
            sender.hear(decoded);
            heard(decoded);
        };
        follower
            .catch_up(&self.engine, &self.outcomes, &mut heard)
            .await?;
        Ok(())
    }

    /// Notes how keeping up the read models went, a failure once.
    pub(crate) fn read_models(&self, kept: Result<(), ViewsError>) {
        let at = self.engine.clock().now();
        let ran = match kept {
            Ok(()) => Ran::Done,
            Err(error) => {
                let why = error.to_string();
                if !self.outcomes.stopped_by(Worker::ReadModels, &why) {
                    tracing::error!(%error, "the read models stopped");
                }
                Ran::Failed(Failure {
                    why,
                    sentence: error.sentence(),
                    since: at,
                })
            }
        };
        self.outcomes
            .ran(Worker::ReadModels, at, ran, self.views.applied());
    }

    /// One wake: opens the days that the clock has reached and settles, and notes what came of it.
    ///
    /// # Errors
    /// As [`Self::open_through`].
    pub async fn wake(&self) -> Result<(), WorkError> {
        let civil = self.engine.clock().date_in_japan();
        let done = self.open_through(civil, &mut |_| ()).await;
        let reached = self.state.lock().await.follower.reached();
        let number = reached.map(|reached| reached.number);
        let at = self.engine.clock().now();
        let ran = match &done {
            Ok(()) => Ran::Done,
            Err(WorkError::JumpTooFar { today, civil, days }) => Ran::WaitsForPerson(Jump {
                today: *today,
                civil: *civil,
                days: *days,
            }),
            Err(error) => error.stopped(at),
        };
        for worker in [
            Worker::Day,
            Worker::Reactions,
            Worker::Deadlines,
            Worker::Schedules,
        ] {
            let ran = match (worker, &ran) {
                // The open day itself is settled; only the next one waits.
                (
                    Worker::Reactions | Worker::Deadlines | Worker::Schedules,
                    Ran::WaitsForPerson(_),
                ) => Ran::Done,
                (_, ran) => ran.clone(),
            };
            self.outcomes.ran(worker, at, ran, number);
        }
        let kept = self.keep_vault().await;
        done?;
        if kept? {
            // Whoever waits for a wake finds nothing left to do: a server that is told to stop then has told of the secrets it
            // made.
            self.settle(&mut |_| ()).await?;
        }
        Ok(())
    }
}
