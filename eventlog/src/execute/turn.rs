//! Commands in turn: as if each were executed after the one before, and their appends share commits.
//!
//! A worker sends many commands one after the other, and nobody else's come between to share their commits. So a turn decides
//! ahead of the log: what a command gave stands in its stream for those behind it before it is recorded. The appends are then
//! recorded in the order of the commands, up to the first whose stream somebody else has written meanwhile; what was
//! decided behind that is forgotten and decided again. The log comes out the same as by one command after the other.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use daicho_domain::nouns::{Command, Event, Refusal};
use daicho_domain::stream::Stream;

use super::folds::Fold;
use super::{ATTEMPTS_MAX, Engine, ExecuteError, Executed, Failed, erases, opened_day};
use crate::caused::Caused;
use crate::codec::{Decoded, encode};
use crate::envelope::{NewEvent, StreamName};
use crate::port::{Expected, InTurn, LogError, NewAppend};

/// How many appends are decided ahead of the log at most: bounds what is decided again when somebody writes in between.
const APPENDS_MAX: usize = 256;

/// With how many bytes of events nothing further is decided ahead.
const BYTES_MAX: usize = 1 << 20;

/// What came of commands that were executed in turn.
#[derive(Debug, Default)]
pub struct Turns {
    /// The answers, from the first command on.
    pub answers: Vec<Result<Executed, Refusal>>,
    /// Why the next one has none, and nothing behind it. Of that one nothing is known to be recorded, of those behind it
    /// nothing is.
    pub stopped: Option<Failed>,
}

/// What a turn knows beyond the log.
#[derive(Debug, Default)]
pub(super) struct Ahead {
    /// The streams that were read in this turn, with what was decided ahead.
    folds: HashMap<Stream, Fold>,
    /// Those of them that something was decided for.
    written: HashSet<Stream>,
}

impl Ahead {
    /// The stream as this turn knows it.
    pub(super) fn fold(&self, stream: &Stream) -> Option<&Fold> {
        self.folds.get(stream)
    }

    /// Knows a stream as it was read.
    pub(super) fn read(&mut self, stream: Stream, fold: Fold) {
        self.folds.insert(stream, fold);
    }

    fn decide(&mut self, stream: &Stream, by: &Caused, events: &[Event]) {
        if let Some(fold) = self.folds.remove(stream) {
            self.folds
                .insert(stream.clone(), fold.then_decided(by.command_id, events));
        }
        self.written.insert(stream.clone());
    }
}

/// A command that was answered ahead of the log.
enum Answer {
    /// Nothing is to be recorded.
    Now(Result<Executed, Refusal>),
    /// Its events are to be recorded.
    Once(Decision),
}

struct Decision {
    stream: Stream,
    expected: Expected,
    events: Vec<Event>,
    written: Vec<NewEvent>,
}

/// How far one turn came.
struct Turn {
    answers: Vec<Result<Executed, Refusal>>,
    stopped: Option<Failed>,
}

impl Engine {
    /// Executes commands as if each were sent after the one before, with their appends sharing commits. Neither a refusal nor
    /// a command that gives nothing stops it; a failure of the world does, and what stands before it is answered.
    ///
    /// # Panics
    /// On a command that opens a day: that waits for everybody else's, see [`Self::execute`].
    #[tracing::instrument(name = "execute_in_turn", skip_all, fields(commands = asked.len()))]
    pub async fn execute_in_turn(&self, asked: &[(Command, Caused)]) -> Turns {
        let opens = |(command, _): &(Command, Caused)| opened_day(command).is_some();
        assert!(!asked.iter().any(opens), "a day is not opened in turn");
        let mut done = Turns::default();
        let mut attempts = 0;
        while done.answers.len() < asked.len() {
            let turn = self.turn(&asked[done.answers.len()..]).await;
            attempts = match turn.answers.is_empty() {
                true => attempts + 1,
                false => 0,
            };
            done.answers.extend(turn.answers);
            match turn.stopped {
                None => {}
                // Somebody else wrote in between, or the answer was lost: the next turn finds the command, or decides again.
                Some(Failed::Log(
                    error @ (LogError::Conflict { .. } | LogError::Unanswered { .. }),
                )) if attempts < ATTEMPTS_MAX => tracing::debug!(%error, "decided again"),
                Some(Failed::Log(LogError::Conflict { .. })) => {
                    let (command, _) = &asked[done.answers.len()];
                    done.stopped = Some(Failed::Contended {
                        stream: command.stream.clone(),
                        attempts,
                    });
                    return done;
                }
                Some(failed) => {
                    done.stopped = Some(failed);
                    return done;
                }
            }
        }
        done
    }

    /// Decides as many of the commands ahead as one turn takes, and records what they gave.
    async fn turn(&self, asked: &[(Command, Caused)]) -> Turn {
        let today = self.today.read().await;
        let mut ahead = Ahead::default();
        let mut answers = Vec::new();
        let mut stopped = None;
        let (mut appends, mut bytes) = (0, 0);
        for (command, by) in asked {
            let decided_on = self.decided_on(*today, by.occurred_on);
            match self.answer(command, by, decided_on, &mut ahead).await {
                Ok(Some(Answer::Once(decision))) => {
                    appends += 1;
                    bytes += decision.bytes();
                    let erases = decision.events.iter().any(erases);
                    answers.push(Answer::Once(decision));
                    // Whom nothing is known of any more is not known to those behind it either.
                    if appends >= APPENDS_MAX || bytes >= BYTES_MAX || erases {
                        break;
                    }
                }
                Ok(Some(answer)) => answers.push(answer),
                // It was decided in this turn already: it is found once that is recorded.
                Ok(None) => break,
                Err(failed) => {
                    stopped = Some(failed);
                    break;
                }
            }
        }
        let landed = self.land(answers, ahead).await;
        Turn {
            stopped: landed.stopped.or(stopped),
            ..landed
        }
    }

    /// One command's answer; `None` when the turn has it ahead of the log.
    async fn answer(
        &self,
        command: &Command,
        by: &Caused,
        today: NaiveDate,
        ahead: &mut Ahead,
    ) -> Result<Option<Answer>, Failed> {
        let stream = &command.stream;
        let fold = self.fold(stream, ahead).await?;
        if let Some(version) = fold.decided(by.command_id) {
            if ahead.written.contains(stream) {
                return Ok(None);
            }
            let before = self.recorded_before(stream, version, by).await?;
            return Ok(Some(Answer::Now(Ok(before))));
        }
        let events = match self.decide(command.clone(), &fold, today, ahead).await {
            Ok(events) => events,
            Err(ExecuteError::Refused(refusal)) => return Ok(Some(Answer::Now(Err(refusal)))),
            Err(ExecuteError::Failed(failed)) => return Err(failed),
        };
        if events.is_empty() {
            return Ok(Some(Answer::Now(Ok(Executed::nothing()))));
        }
        let expected = Expected::after(fold.version);
        let written = encode(&self.keys, &StreamName::from(stream), &events, by, today)?;
        // So that going on from it need not copy the state.
        drop(fold);
        self.folds.forget_one(stream);
        ahead.decide(stream, by, &events);
        Ok(Some(Answer::Once(Decision {
            stream: stream.clone(),
            expected,
            events,
            written,
        })))
    }

    /// Records what was decided ahead, and answers as far as that went.
    async fn land(&self, answers: Vec<Answer>, ahead: Ahead) -> Turn {
        let mut appends = Vec::new();
        let mut decided = Vec::with_capacity(answers.len());
        for answer in answers {
            decided.push(match answer {
                Answer::Now(answer) => Ok(answer),
                Answer::Once(decision) => {
                    appends.push(NewAppend {
                        stream: StreamName::from(&decision.stream),
                        expected: decision.expected,
                        events: decision.written,
                    });
                    Err((decision.stream, decision.events))
                }
            });
        }
        let InTurn { recorded, stopped } = match appends.is_empty() {
            true => InTurn::default(),
            false => self.log.append_in_turn(appends).await,
        };
        let mut recorded = recorded.into_iter();
        let mut erased = false;
        let mut answers = Vec::with_capacity(decided.len());
        for answer in decided {
            let answer = match answer {
                Ok(answer) => answer,
                Err((stream, events)) => match recorded.next() {
                    None => break,
                    Some(recorded) => {
                        erased |= events.iter().any(erases);
                        if let Err(failed) = self.erase_all(&events) {
                            return Turn {
                                answers,
                                stopped: Some(failed.into()),
                            };
                        }
                        Ok(Executed::now(stream, recorded, events))
                    }
                },
            };
            answers.push(answer);
        }
        if stopped.is_none() && !erased {
            let Ahead { mut folds, written } = ahead;
            for stream in written {
                if let Some(fold) = folds.remove(&stream) {
                    self.folds.hold(&stream, fold);
                }
            }
        }
        Turn {
            answers,
            stopped: stopped.map(Failed::Log),
        }
    }
}

impl Decision {
    fn bytes(&self) -> usize {
        let bodies = self.written.iter().map(|event| event.body.as_str().len());
        bodies.sum()
    }
}

impl Executed {
    pub(super) fn nothing() -> Self {
        Self {
            events: Vec::new(),
            repeated: false,
        }
    }

    pub(super) fn now(stream: Stream, recorded: Vec<crate::Recorded>, events: Vec<Event>) -> Self {
        let decoded = recorded.into_iter().zip(events);
        let events = decoded.map(|(recorded, event)| Decoded {
            recorded,
            stream: stream.clone(),
            event,
        });
        Self {
            events: events.collect(),
            repeated: false,
        }
    }
}
