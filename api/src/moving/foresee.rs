//! What commands would give, one after the other, if a run were approved: decided on the log as it is and on what the
//! commands before would have given. Nothing is recorded.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use daicho_domain::decider::{Context, Known};
use daicho_domain::installation;
use daicho_domain::moving::{Settings, Totals};
use daicho_domain::nouns::{Command, Event, Refusal, State};
use daicho_domain::rules::Policy;
use daicho_domain::stream::{RunId, StaffId, Stream};
use daicho_eventlog::{Engine, LogError};

/// What streams were before.
type Before = BTreeMap<Stream, Option<State>>;

/// What commands gave, and what their streams were before.
type Given = (Result<Vec<Event>, Refusal>, Before);

/// The log with what would be added to it.
pub(crate) struct Foresight<'a> {
    engine: &'a Engine,
    policy: Arc<Policy>,
    today: NaiveDate,
    added: BTreeMap<Stream, State>,
}

impl<'a> Foresight<'a> {
    /// The log as it is.
    pub(crate) async fn now(engine: &'a Engine) -> Self {
        let today = engine.today().await;
        Self {
            engine,
            policy: engine.policy(),
            today: today.unwrap_or_else(|| engine.clock().date_in_japan()),
            added: BTreeMap::new(),
        }
    }

    /// The log as it is, the run approved.
    pub(super) async fn of(
        engine: &'a Engine,
        run: RunId,
        settings: Settings,
    ) -> Result<Self, LogError> {
        let mut foresight = Self::now(engine).await;
        let nobody = StaffId(uuid::Uuid::nil());
        let approved = [
            installation::Event::MovingAsked {
                run,
                settings,
                files: vec![],
                totals: Totals::default(),
                by: nobody,
            },
            installation::Event::MovingApproved {
                run,
                asked_by: nobody,
                approved_by: nobody,
            },
        ];
        let mut state = foresight.state(&Stream::Installation).await?;
        for event in approved {
            state = state.evolve(&Event::Installation(event));
        }
        foresight.added.insert(Stream::Installation, state);
        Ok(foresight)
    }

    async fn state(&self, stream: &Stream) -> Result<State, LogError> {
        match self.added.get(stream) {
            Some(state) => Ok(state.clone()),
            None => Ok(State::clone(&*self.engine.state(stream).await?)),
        }
    }

    /// What the commands give together: all of them, or nothing. Afterwards it is as if they had been carried out.
    pub(crate) async fn give(
        &mut self,
        commands: Vec<Command>,
    ) -> Result<Result<Vec<Event>, Refusal>, LogError> {
        let (given, _) = self.give_from(commands).await?;
        Ok(given)
    }

    /// What the commands would give. Afterwards it is as if they had not been asked.
    pub(super) async fn try_out(
        &mut self,
        commands: Vec<Command>,
    ) -> Result<Result<Vec<Event>, Refusal>, LogError> {
        let (given, before) = self.give_from(commands).await?;
        self.restore(before);
        Ok(given)
    }

    async fn give_from(&mut self, commands: Vec<Command>) -> Result<Given, LogError> {
        let mut before = Before::new();
        let mut given = vec![];
        for command in commands {
            let stream = command.stream.clone();
            let state = self.state(&stream).await?;
            match self.decide(command, &state).await? {
                Ok(events) => {
                    let former = self.added.get(&stream).cloned();
                    before.entry(stream.clone()).or_insert(former);
                    let after = events.iter().fold(state, State::evolve);
                    self.added.insert(stream, after);
                    given.extend(events);
                }
                Err(refusal) => {
                    self.restore(before);
                    return Ok((Err(refusal), Before::new()));
                }
            }
        }
        Ok((Ok(given), before))
    }

    fn restore(&mut self, before: Before) {
        for (stream, state) in before {
            match state {
                Some(state) => self.added.insert(stream, state),
                None => self.added.remove(&stream),
            };
        }
    }

    async fn decide(
        &self,
        command: Command,
        state: &State,
    ) -> Result<Result<Vec<Event>, Refusal>, LogError> {
        let mut known = Known::default();
        loop {
            let needs = command.needs(state, &known);
            let missing: Vec<_> = needs.iter().filter(|one| !known.contains(one)).collect();
            if missing.is_empty() {
                break;
            }
            for stream in missing {
                let state = self.state(stream).await?;
                known.insert(stream.clone(), state);
            }
        }
        let stream = command.stream.clone();
        let context = Context {
            stream: &stream,
            today: self.today,
            policy: &self.policy,
            known: &known,
        };
        Ok(command.decide(&context, state))
    }
}
