//! Lines into commands: the driver of an import. It reads, holds each line against those before it,
//! reports it, and sends what is taken to the corporations, many at a time.
//!
//! Running it again adds nothing: a corporation's stream follows from its number, a command's id from
//! the files and what is asked, and what a corporation knows already gives no event. So an import that
//! was interrupted is simply run again.

use std::io::{self, Write};

use daicho_domain::corporation::{self, Event};
use daicho_domain::decider::{Context, Known};
use daicho_domain::nouns;
use daicho_domain::stream::{Stream, derived_id};
use daicho_eventlog::{Caused, Engine, ExecuteError, Executed, LogError};
use futures::{StreamExt, TryStreamExt};

use super::batch::{Batch, Registration};
use super::fault::FileFault;
use super::register;
use super::report::{Gained, Mode, Report};
use super::run::Run;
use super::source::SourceFile;

/// How many lines are gathered before they are sent: what bounds the memory of an import.
const BATCH_LINES: usize = 20_000;

/// How many corporations are asked at once, so that the log commits them together.
const ASKED_AT_ONCE: usize = 128;

/// Why an import stopped. What was taken until then stays taken, and running it again takes the rest.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// A file changed or broke after it was looked through.
    #[error(transparent)]
    File(#[from] FileFault),
    /// The log cannot be read.
    #[error("台帳を読めません。{}原因を除いて、もう一度実行してください。", .0.sentence())]
    Log(#[from] LogError),
    /// A corporation did not take its offices.
    #[error("取り込みが途中で止まりました。{}取り込んだ分は残っています。原因を除いて、もう一度実行してください。", .0.sentence())]
    Execute(#[from] ExecuteError),
    /// The report cannot be written.
    #[error("報告を出力できません（{0}）。取り込みを止めました。もう一度実行してください。")]
    Report(#[from] io::Error),
}

/// An import into one log.
#[derive(Clone, Copy, Debug)]
pub struct Intake<'a> {
    /// Where commands go.
    pub engine: &'a Engine,
    /// Whether they do.
    pub mode: Mode,
    /// Who imports.
    pub actor: &'a str,
}

impl Intake<'_> {
    /// Takes the lines of all files in order, telling `progress` how many are done. `gained` counts what the
    /// log gained also when the import stops.
    ///
    /// # Errors
    /// [`IntakeError`].
    pub async fn run<W: Write>(
        &self,
        sources: &mut [SourceFile],
        report: &mut Report<W>,
        gained: &mut Gained,
        progress: impl FnMut(u64),
    ) -> Result<(), IntakeError> {
        let mut run = Run::new();
        register::recall(self.engine, &mut run).await?;
        sources.iter_mut().for_each(|source| run.expect(source));
        let cause: Vec<&str> = sources.iter().map(SourceFile::sha256).collect();
        let cause = cause.join(" ");
        let mut course = Course {
            cause: &cause,
            gained,
            done: 0,
            progress,
        };
        let mut batch = Batch::default();
        for source in &*sources {
            let name = source.path().to_string_lossy();
            let file = source
                .path()
                .file_name()
                .unwrap_or_default()
                .to_string_lossy();
            run.begin_file(&name);
            report.file(&name, source.line_count())?;
            for line in source.lines()? {
                let mut line = line?;
                match run.hold(&mut line) {
                    Some(home) => batch.add(home, &line, &file),
                    None => course.done(1),
                }
                report.line(&line)?;
                if batch.len() >= BATCH_LINES {
                    self.send(batch.take(), &mut course).await?;
                }
            }
            report.file_end()?;
        }
        self.send(batch.take(), &mut course).await
    }

    /// Sends what was gathered, each corporation's commands in order, corporations side by side.
    async fn send<P: FnMut(u64)>(
        &self,
        registrations: Vec<Registration>,
        course: &mut Course<'_, P>,
    ) -> Result<(), IntakeError> {
        let cause = course.cause;
        let asked = registrations
            .into_iter()
            .map(|mut registration| async move {
                let lines = registration.lines();
                let stream = Stream::Corporation(registration.id);
                let state = self.engine.state(&stream).await?;
                if let nouns::State::Corporation(corporation::State::Registered(known)) = &*state {
                    registration.keep_from(known);
                }
                let gained = match self.mode {
                    Mode::Take => self.take(&stream, registration, cause).await?,
                    Mode::DryRun => self.foresee(&stream, registration, &state).await?,
                };
                Ok::<_, IntakeError>((gained, lines))
            });
        let mut answers = futures::stream::iter(asked).buffer_unordered(ASKED_AT_ONCE);
        while let Some((gained, lines)) = answers.try_next().await? {
            course.gained.add(gained);
            course.done(lines);
        }
        Ok(())
    }

    async fn take(
        &self,
        stream: &Stream,
        registration: Registration,
        cause: &str,
    ) -> Result<Gained, IntakeError> {
        let mut gained = Gained::default();
        for command in registration.commands() {
            let content = serde_json::to_string(&command).expect("a command is plain data");
            let id = derived_id(&["import", cause, &stream.to_string(), &content]);
            let by = Caused::by_request(self.actor, id);
            let command = nouns::Command::corporation(stream, command);
            let Executed { events, repeated } = self.engine.execute(command, by).await?;
            if !repeated {
                events
                    .iter()
                    .for_each(|decoded| gained.count(&decoded.event));
            }
        }
        Ok(gained)
    }

    /// What the same commands would give, decided on the present state and not recorded.
    async fn foresee(
        &self,
        stream: &Stream,
        registration: Registration,
        state: &nouns::State,
    ) -> Result<Gained, IntakeError> {
        let (policy, known) = (self.engine.policy(), Known::default());
        let today = self.engine.today().await;
        let today = today.unwrap_or_else(|| self.engine.clock().date_in_japan());
        let context = Context {
            stream,
            today,
            policy: &policy,
            known: &known,
        };
        let (mut state, mut gained) = (state.clone(), Gained::default());
        for command in registration.commands() {
            let command = nouns::Command::corporation(stream, command);
            for event in command
                .decide(&context, &state)
                .map_err(ExecuteError::Refused)?
            {
                gained.count(&event);
                state = state.evolve(&event);
            }
        }
        Ok(gained)
    }
}

/// How far an import is.
struct Course<'a, P> {
    /// What all its commands follow from: the digests of its files.
    cause: &'a str,
    gained: &'a mut Gained,
    done: u64,
    progress: P,
}

impl<P: FnMut(u64)> Course<'_, P> {
    fn done(&mut self, lines: u64) {
        self.done += lines;
        (self.progress)(self.done);
    }
}

impl Gained {
    fn add(&mut self, more: Gained) {
        self.corporations += more.corporations;
        self.offices += more.offices;
        self.entries += more.entries;
        self.changed += more.changed;
    }

    fn count(&mut self, event: &nouns::Event) {
        let nouns::Event::Corporation(event) = event else {
            return;
        };
        match event {
            Event::Registered { .. } => self.corporations += 1,
            Event::OfficeAdded { .. } => self.offices += 1,
            Event::EntryAdded { .. } => self.entries += 1,
            Event::EntryChanged { .. } => self.changed += 1,
            Event::NumberAssigned { .. }
            | Event::MergedInto { .. }
            | Event::Unmerged {}
            | Event::NameChanged { .. }
            | Event::ContactSet { .. }
            | Event::DestinationSet { .. }
            | Event::TextsErased { .. }
            | Event::AccountKept { .. }
            | Event::OfficeRenumbered { .. }
            | Event::OfficeRemoved { .. }
            | Event::OfficeTransferred { .. }
            | Event::OfficeReceived { .. }
            | Event::OfficeContinued { .. }
            | Event::OfficeUseDeclined { .. }
            | Event::MandateNeeded { .. }
            | Event::MandateSent { .. }
            | Event::MandateReturned { .. }
            | Event::MandateHandedToBank { .. }
            | Event::MandateRegistered { .. }
            | Event::MandateDefective { .. }
            | Event::MandateBroken { .. }
            | Event::MandateCarriedOver { .. }
            | Event::MandateCalledOff {} => {}
        }
    }
}
