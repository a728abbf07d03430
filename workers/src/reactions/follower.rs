//! Follows the log and sends what the reactions ask, event after event, a page of them in one turn.
//!
//! The stream of an event is folded up to that event and no further, so that what a page asks is known before any of it is
//! sent; it is sent and recorded in the order of the events, as if each had been answered before the next was met. Where the follower stands is kept in
//! `state.db` and can be lost: the log itself shows it, since everything before the cause of the last
//! event that a reaction brought about has been answered.

use super::{Happening, Reaction, follow_from, is_followed};
use crate::outcome::{Outcomes, Worker};
use crate::position::Reached;
use daicho_domain::corporation;
use daicho_domain::nouns::{Command, Event, State};
use daicho_domain::stream::Stream;
use daicho_eventlog::{Caused, Decoded, Engine, Failed, LogError, Recorded, StreamName};
use std::collections::HashMap;

/// The actor of what a reaction brings about.
pub const ACTOR: &str = "reactions";

/// How many events are read at once.
const PAGE_EVENTS: usize = 512;

/// How many folded streams one generation of the memory holds.
const HELD_MAX: usize = 4096;

/// Hears every event of the log once, in order, after its reactions were sent.
pub type Heard<'a> = &'a mut (dyn FnMut(&Decoded) + Send);

/// The worker behind the reactions.
#[derive(Debug, Default)]
pub struct Follower {
    reached: Option<Reached>,
    /// Streams up to the version at which their last event was met.
    young: HashMap<Stream, (u64, State)>,
    old: HashMap<Stream, (u64, State)>,
}

impl Follower {
    /// Goes on after the later of what was kept and what the log shows.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub async fn resume(engine: &Engine, kept: Option<Reached>) -> Result<Self, LogError> {
        let head = engine.log().head().await?.map(|head| head.number);
        // Kept beside a log that was since replaced by a shorter one: of no use.
        let kept = kept.filter(|kept| head.is_some_and(|head| kept.number <= head));
        Ok(Self {
            reached: last_answered(engine, kept).await?,
            ..Self::default()
        })
    }

    /// The last event that was answered.
    pub fn reached(&self) -> Option<Reached> {
        self.reached
    }

    /// Answers everything up to the head of the log, what its own commands bring about included; returns
    /// how many events it met.
    ///
    /// # Errors
    /// A failure of the world. The event at which it happened is met again next time.
    pub async fn catch_up(
        &mut self,
        engine: &Engine,
        outcomes: &Outcomes,
        heard: Heard<'_>,
    ) -> Result<u64, Failed> {
        let mut met = 0;
        loop {
            let after = self.reached.map(|reached| reached.position);
            let page = engine.log().read_all(after, PAGE_EVENTS).await?;
            if page.is_empty() {
                return Ok(met);
            }
            let mut asked = Asked::default();
            let gathered = self.gather(engine, page, &mut asked).await;
            let answered = asked.send(engine, outcomes).await;
            for decoded in &answered.events {
                heard(decoded);
                self.reached = Some(Reached::of(&decoded.recorded));
                met += 1;
            }
            answered.stopped.map_or(Ok(()), Err)?;
            gathered?;
        }
    }

    /// What a page of events asks, as far as it can be told before the first of it is sent.
    async fn gather(
        &mut self,
        engine: &Engine,
        page: Vec<Recorded>,
        asked: &mut Asked,
    ) -> Result<(), Failed> {
        for recorded in page {
            let decoded = engine.codec().decode(recorded)?;
            if erases(&decoded.event) {
                if !asked.events.is_empty() {
                    // Those before it are answered with what is still known of whom it forgets.
                    return Ok(());
                }
                engine.erase_as_recorded(&decoded.event)?;
            }
            let commands = self.asks(engine, &decoded).await?;
            asked.add(decoded, commands);
        }
        Ok(())
    }

    /// What one event asks.
    async fn asks(
        &mut self,
        engine: &Engine,
        decoded: &Decoded,
    ) -> Result<Vec<(&'static Reaction, Command)>, Failed> {
        if !is_followed(&decoded.recorded.kind) {
            self.pass(decoded);
            return Ok(vec![]);
        }
        let before = self.before(engine, decoded).await?;
        let after = before.clone().evolve(&decoded.event);
        let asked = follow_from(Happening {
            stream: &decoded.stream,
            event: &decoded.event,
            before: &before,
            after: &after,
        });
        self.hold(decoded, after);
        Ok(asked)
    }

    /// An event without reactions only moves a state that is remembered.
    fn pass(&mut self, decoded: &Decoded) {
        if let Some((version, state)) = self.take(&decoded.stream)
            && version + 1 == decoded.recorded.version
        {
            let state = state.evolve(&decoded.event);
            self.hold(decoded, state);
        }
    }

    /// The stream before the event.
    async fn before(&mut self, engine: &Engine, decoded: &Decoded) -> Result<State, LogError> {
        let version = decoded.recorded.version;
        match self.take(&decoded.stream) {
            Some((held, state)) if held + 1 == version => Ok(state),
            Some(_) | None => folded(engine, &decoded.stream, version).await,
        }
    }

    fn take(&mut self, stream: &Stream) -> Option<(u64, State)> {
        self.young
            .remove(stream)
            .or_else(|| self.old.remove(stream))
    }

    fn hold(&mut self, decoded: &Decoded, state: State) {
        if self.young.len() >= HELD_MAX {
            self.old = std::mem::take(&mut self.young);
        }
        let held = (decoded.recorded.version, state);
        self.young.insert(decoded.stream.clone(), held);
    }
}

/// Events and what they ask, in their order.
#[derive(Debug, Default)]
struct Asked {
    /// The events, each with how many commands are answered once it is.
    events: Vec<(Decoded, usize)>,
    commands: Vec<(Command, Caused)>,
    /// Which reaction to which event asks each command.
    whose: Vec<(&'static Reaction, u64)>,
}

/// The events whose every command was answered, and why there are no more.
#[derive(Debug)]
struct Answered {
    events: Vec<Decoded>,
    stopped: Option<Failed>,
}

impl Asked {
    fn add(&mut self, cause: Decoded, asked: Vec<(&'static Reaction, Command)>) {
        for (reaction, command) in asked {
            let target = command.stream.to_string();
            let by = Caused::by_event(ACTOR, &cause.recorded, reaction.name, &target);
            self.whose.push((reaction, cause.recorded.number));
            self.commands.push((command, by));
        }
        self.events.push((cause, self.commands.len()));
    }

    #[tracing::instrument(name = "reactions", skip_all, fields(events = self.events.len()))]
    async fn send(self, engine: &Engine, outcomes: &Outcomes) -> Answered {
        let turns = engine.execute_in_turn(&self.commands).await;
        let answered = turns.answers.len();
        for (answer, ((command, _), (reaction, cause))) in turns
            .answers
            .into_iter()
            .zip(self.commands.iter().zip(self.whose))
        {
            match answer {
                Ok(_) => outcomes.sent(Worker::Reactions),
                Err(refusal) => {
                    let (name, target) = (reaction.name, command.stream.to_string());
                    // Nobody stands behind a reaction who could read the answer: it is shown to the staff.
                    let code = refusal.code();
                    tracing::warn!(reaction = name, stream = %target, cause, code, "refused");
                    outcomes.refused(Worker::Reactions, name, &target, &refusal);
                }
            }
        }
        let events = self.events.into_iter();
        let whole = events.take_while(|(_, commands)| *commands <= answered);
        Answered {
            events: whole.map(|(decoded, _)| decoded).collect(),
            stopped: turns.stopped,
        }
    }
}

/// Whether persons are forgotten with this event.
fn erases(event: &Event) -> bool {
    matches!(
        event,
        Event::Corporation(corporation::Event::TextsErased { .. })
    )
}

/// The stream with the events before `version`.
async fn folded(engine: &Engine, stream: &Stream, version: u64) -> Result<State, LogError> {
    let name = StreamName::from(stream);
    let mut state = State::initial(stream.noun());
    let mut from = 0;
    while from < version {
        let left = usize::try_from(version - from).unwrap_or(PAGE_EVENTS);
        let page = engine
            .log()
            .read_stream(&name, from, left.min(PAGE_EVENTS))
            .await?;
        for recorded in page {
            state = state.evolve(&engine.codec().decode(recorded)?.event);
            from += 1;
        }
    }
    Ok(state)
}

/// The event before the cause of the last event that a reaction brought about, or what was kept if that
/// is later: events are answered in order, so everything up to there is answered.
async fn last_answered(
    engine: &Engine,
    kept: Option<Reached>,
) -> Result<Option<Reached>, LogError> {
    let log = engine.log();
    let floor = kept.map_or(0, |kept| kept.number + 1);
    let mut above = log.head().await?.map_or(0, |head| head.number + 1);
    let mut cause = None;
    while above > floor {
        let below = above.saturating_sub(PAGE_EVENTS as u64).max(floor);
        let after = match below.checked_sub(1) {
            None => None,
            Some(before) => log.position_of(before).await?,
        };
        let length = usize::try_from(above - below).unwrap_or(PAGE_EVENTS);
        let page = log.read_all(after, length).await?;
        for recorded in page.iter().rev() {
            if cause == Some(recorded.event_id) {
                return before(engine, recorded.number).await;
            }
            if cause.is_none() && &*recorded.actor == ACTOR {
                cause = recorded.causation;
            }
        }
        above = below;
    }
    Ok(kept)
}

/// The event before `number`.
async fn before(engine: &Engine, number: u64) -> Result<Option<Reached>, LogError> {
    let Some(number) = number.checked_sub(1) else {
        return Ok(None);
    };
    let position = engine.log().position_of(number).await?;
    Ok(position.map(|position| Reached { number, position }))
}
