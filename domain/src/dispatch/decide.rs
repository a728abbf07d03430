//! The rules of a letter.

use super::event::{CallOffReason, Event, Instead};
use super::says::Says;
use super::state::{Letter, Stage, State};
use super::{Command, Refusal};
use crate::billing;
use crate::decider::{Context, Decider, Known};
use crate::document::{Document, FileDigest, MissingGlyph};
use crate::identifiers::TrackingNumber;
use crate::poa::Method;
use crate::rules::RuleError;
use crate::stream::{OfficeId, Stream};
use chrono::NaiveDate;
use std::collections::BTreeSet;

/// The decider of letters.
#[derive(Debug)]
pub enum Dispatch {}

impl From<RuleError> for Refusal {
    fn from(why: RuleError) -> Self {
        Self::Untold {
            why: why.to_string(),
        }
    }
}

impl From<billing::Refusal> for Refusal {
    fn from(why: billing::Refusal) -> Self {
        Self::Untold {
            why: why.sentence(),
        }
    }
}

impl Decider for Dispatch {
    type State = State;
    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;

    fn needs(_: &Stream, _: &State, command: &Command, _: &Known) -> Vec<Stream> {
        match command {
            Command::Request {
                corporation,
                service,
                promise,
            } => promise.needs(*corporation, *service),
            Command::LeaveOut { .. }
            | Command::CallOff { .. }
            | Command::NotePrinted { .. }
            | Command::NoteUnprintable { .. }
            | Command::Send { .. }
            | Command::RecordUndeliverable { .. } => vec![],
        }
    }

    fn decide(
        context: &Context<'_>,
        state: &State,
        command: Command,
    ) -> Result<Vec<Event>, Refusal> {
        match command {
            Command::Request {
                corporation,
                service,
                promise,
            } => {
                let shared = promise.is_shared();
                let says = promise.kept(context, corporation, service)?;
                if shared && says.is_none() {
                    // What is here from before the corporation wished otherwise would be told twice.
                    let why = CallOffReason::Overtaken;
                    return Ok(called_off(state, why, None));
                }
                let requested = |says| Event::Requested {
                    corporation,
                    service,
                    says,
                };
                let event = match state {
                    State::Unknown => says.map(requested),
                    State::Known(letter) => {
                        let says = says.and_then(|says| says.beyond(&letter.enclosed));
                        said_again(letter, says, requested)
                    }
                };
                Ok(event.into_iter().collect())
            }
            Command::LeaveOut { office, why } => Ok(left_out(state, office, why)),
            Command::CallOff { why, instead } => Ok(called_off(state, why, instead)),
            Command::NotePrinted { document, batch } => printed(known(state)?, document, batch),
            Command::NoteUnprintable { glyph } => Ok(unprintable(state, glyph)),
            Command::Send {
                method,
                sent_on,
                tracking,
            } => send(context, known(state)?, (method, sent_on), tracking),
            Command::RecordUndeliverable { returned_on } => {
                not_to_come(context, returned_on)?;
                match known(state)?.stage {
                    Stage::Sent { sent_on, .. } | Stage::Wrong { sent_on }
                        if returned_on < sent_on =>
                    {
                        Err(Refusal::BeforeSending {
                            on: returned_on,
                            sent_on,
                        })
                    }
                    Stage::Sent { .. } => Ok(vec![Event::Undeliverable { returned_on }]),
                    // Nobody was told what was wrong: there is nothing to send again.
                    Stage::Undeliverable { .. } | Stage::Wrong { .. } => Ok(vec![]),
                    Stage::ToSend => Err(Refusal::NotSent),
                    Stage::CalledOff { why } => Err(Refusal::CalledOff { why: why.label() }),
                }
            }
        }
    }

    fn evolve(state: State, event: &Event) -> State {
        match (state, event) {
            (
                before,
                Event::Requested {
                    corporation,
                    service,
                    says,
                },
            ) => State::Known(Box::new(Letter {
                enclosed: before
                    .letter()
                    .map(|letter| letter.enclosed.clone())
                    .unwrap_or_default(),
                corporation: *corporation,
                service: *service,
                says: says.clone(),
                asked: None,
                stage: Stage::ToSend,
                printed: None,
                unprintable: None,
            })),
            (State::Unknown, _) => State::Unknown,
            (State::Known(mut letter), event) => {
                letter.note(event);
                State::Known(letter)
            }
        }
    }
}

impl Letter {
    /// The offices that have a return envelope once this letter is out.
    pub(super) fn with_envelope(&self) -> BTreeSet<OfficeId> {
        let held = self.says.awaited().iter().map(|paper| paper.office);
        self.enclosed.iter().copied().chain(held).collect()
    }

    fn note(&mut self, event: &Event) {
        match event {
            Event::Requested { .. } => {}
            Event::Amended { says } => {
                let said = std::mem::replace(&mut self.says, says.clone());
                self.asked.get_or_insert(Box::new(said));
                self.printed = None;
            }
            Event::Printed { document, .. } => {
                self.printed = Some(document.clone());
                self.unprintable = None;
            }
            Event::Unprintable { glyph } => {
                self.printed = None;
                self.unprintable = Some(glyph.clone());
            }
            Event::Sent {
                method,
                sent_on,
                tracking,
            } => {
                self.unprintable = None;
                self.enclosed = self.with_envelope();
                self.stage = Stage::Sent {
                    method: *method,
                    sent_on: *sent_on,
                    tracking: tracking.clone(),
                };
            }
            Event::Undeliverable { returned_on } => {
                for paper in self.says.awaited() {
                    self.enclosed.remove(&paper.office);
                }
                self.stage = Stage::Undeliverable {
                    returned_on: *returned_on,
                };
            }
            Event::CalledOff { why } => self.stage = Stage::CalledOff { why: *why },
            Event::ProvedWrong { .. } => {
                if let Some(sent_on) = self.sent_on() {
                    self.stage = Stage::Wrong { sent_on };
                }
            }
        }
    }
}

/// A letter that is asked for again: one that has not gone out says the last word, one that was called off or proved wrong
/// begins anew.
fn said_again(
    letter: &Letter,
    says: Option<Says>,
    requested: impl Fn(Says) -> Event,
) -> Option<Event> {
    match letter.stage {
        Stage::CalledOff { .. } | Stage::Wrong { .. } => says.map(requested),
        // A second change of one day is told of, too: the first went out with the state of then.
        Stage::Sent { .. } => says
            .filter(|says| matches!(says, Says::Registered { .. }) && *says != letter.says)
            .map(requested),
        Stage::ToSend | Stage::Undeliverable { .. } => {
            let says = letter.says.and(says?);
            (says != letter.says).then_some(Event::Amended { says })
        }
    }
}

fn left_out(state: &State, office: OfficeId, why: CallOffReason) -> Vec<Event> {
    let Some(letter) = waiting(state) else {
        return vec![];
    };
    let event = match letter.says.without(office) {
        None => Some(Event::CalledOff { why }),
        Some(says) if says == letter.says => None,
        Some(says) => Some(Event::Amended { says }),
    };
    event.into_iter().collect()
}

/// What was not sent does not go out. Whoever has it already is told what holds, where that matters.
fn called_off(state: &State, why: CallOffReason, instead: Option<Instead>) -> Vec<Event> {
    if waiting(state).is_some() {
        return vec![Event::CalledOff { why }];
    }
    let sent = state
        .letter()
        .is_some_and(|letter| matches!(letter.stage, Stage::Sent { .. }));
    let wrong = instead.filter(|_| sent);
    wrong
        .map(|instead| Event::ProvedWrong { instead })
        .into_iter()
        .collect()
}

/// The letter, if it is here.
fn waiting(state: &State) -> Option<&Letter> {
    state.letter().filter(|letter| match letter.stage {
        Stage::ToSend | Stage::Undeliverable { .. } => true,
        Stage::Sent { .. } | Stage::CalledOff { .. } | Stage::Wrong { .. } => false,
    })
}

fn printed(letter: &Letter, document: Document, batch: FileDigest) -> Result<Vec<Event>, Refusal> {
    is_here(letter)?;
    let anew = letter.printed.as_ref() != Some(&document);
    Ok(anew
        .then_some(Event::Printed { document, batch })
        .into_iter()
        .collect())
}

/// What is here and cannot be printed waits for a person; what went out or will not needs no print.
fn unprintable(state: &State, glyph: MissingGlyph) -> Vec<Event> {
    let anew = waiting(state).is_some_and(|letter| letter.unprintable.as_ref() != Some(&glyph));
    anew.then_some(Event::Unprintable { glyph })
        .into_iter()
        .collect()
}

fn send(
    context: &Context<'_>,
    letter: &Letter,
    (method, sent_on): (Method, NaiveDate),
    tracking: Option<TrackingNumber>,
) -> Result<Vec<Event>, Refusal> {
    not_to_come(context, sent_on)?;
    match &letter.stage {
        Stage::Sent {
            method: how,
            sent_on: when,
            tracking: known,
        } if *how == method && *when == sent_on => {
            if tracking.is_none() || *known == tracking {
                return Ok(vec![]);
            }
            // The same envelope, its number told later or anew.
        }
        Stage::Sent { .. }
        | Stage::ToSend
        | Stage::Undeliverable { .. }
        | Stage::CalledOff { .. }
        | Stage::Wrong { .. } => is_here(letter)?,
    }
    Ok(vec![Event::Sent {
        method,
        sent_on,
        tracking,
    }])
}

fn is_here(letter: &Letter) -> Result<(), Refusal> {
    match letter.stage {
        Stage::ToSend | Stage::Undeliverable { .. } => Ok(()),
        Stage::Sent { sent_on, .. } | Stage::Wrong { sent_on } => {
            Err(Refusal::AlreadySent { sent_on })
        }
        Stage::CalledOff { why } => Err(Refusal::CalledOff { why: why.label() }),
    }
}

fn known(state: &State) -> Result<&Letter, Refusal> {
    state.letter().ok_or(Refusal::Unknown)
}

fn not_to_come(context: &Context<'_>, on: NaiveDate) -> Result<(), Refusal> {
    if on > context.today {
        return Err(Refusal::DayNotCome {
            on,
            today: context.today,
        });
    }
    Ok(())
}
