//! The rules of a mail.

use super::event::{CallOffReason, Failure};
use super::{Command, Event, Mailing, Refusal, Release, Stage, State, ask, claim};
use crate::decider::{Context, Decider, Known};
use crate::stream::Stream;

/// The decider of mails.
#[derive(Debug)]
pub enum Mail {}

impl Decider for Mail {
    type State = State;
    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;

    fn needs(_: &Stream, state: &State, command: &Command, _: &Known) -> Vec<Stream> {
        match (command, state.known()) {
            (
                Command::Ask {
                    corporation, about, ..
                },
                None,
            ) => ask::needs(*corporation, *about),
            (
                Command::Claim { .. } | Command::NoteFailed { .. } | Command::NoteUnknown { .. },
                Some(mailing),
            ) => ask::needs(mailing.corporation, mailing.about),
            (
                Command::Ask { .. }
                | Command::Claim { .. }
                | Command::NoteSent { .. }
                | Command::NoteFailed { .. }
                | Command::NoteUnknown { .. }
                | Command::CallOff { .. }
                | Command::Release { .. }
                | Command::Drop { .. },
                _,
            ) => vec![],
        }
    }

    fn decide(
        context: &Context<'_>,
        state: &State,
        command: Command,
    ) -> Result<Vec<Event>, Refusal> {
        let Some(mailing) = state.known() else {
            return ask::asked(context, command);
        };
        let of_attempt = |attempt| mailing.stage == Stage::Claimed && mailing.attempts == attempt;
        match command {
            Command::Ask { .. } => Ok(vec![]),
            Command::Claim { attempt, at } => Ok(claim::claim(context, mailing, attempt, at)),
            Command::NoteSent {
                attempt,
                carrier,
                kept,
            } if of_attempt(attempt) => {
                let on = context.today;
                Ok(vec![Event::Sent {
                    attempt,
                    carrier,
                    on,
                    kept,
                }])
            }
            Command::NoteFailed { attempt, why, code } if of_attempt(attempt) => {
                Ok(failed(context, mailing, attempt, (why, code)))
            }
            Command::NoteUnknown { attempt } if of_attempt(attempt) => {
                Ok(unknown(context, mailing, attempt))
            }
            Command::NoteSent { .. } | Command::NoteFailed { .. } | Command::NoteUnknown { .. } => {
                Ok(vec![])
            }
            Command::CallOff { why } => Ok(called_off(mailing, why)),
            Command::Release { by } => release(
                context,
                mailing,
                Event::Released {
                    by,
                    on: context.today,
                },
            ),
            Command::Drop { by } => drop(mailing, Event::Dropped { by }),
        }
    }

    fn evolve(state: State, event: &Event) -> State {
        let with = |state: State, change: &dyn Fn(Mailing) -> Mailing| match state {
            State::Unknown => State::Unknown,
            State::Known(mailing) => State::Known(Box::new(change(*mailing))),
        };
        let staged = |state: State, stage| with(state, &|mailing| Mailing { stage, ..mailing });
        match event {
            Event::Asked {
                kind,
                corporation,
                service,
                about,
                on,
                rules,
            } => State::Known(Box::new(Mailing {
                kind: *kind,
                corporation: *corporation,
                service: *service,
                about: *about,
                asked_on: *on,
                rules: rules.clone(),
                stage: Stage::Waiting,
                attempts: 0,
                unknown: 0,
                released: None,
                kept: None,
            })),
            Event::Unaddressed {} => staged(state, Stage::Unaddressed),
            Event::Claimed { attempt, .. } => with(state, &|mailing| Mailing {
                stage: Stage::Claimed,
                attempts: *attempt,
                ..mailing
            }),
            Event::Sent {
                carrier, on, kept, ..
            } => with(state, &|mailing| Mailing {
                stage: Stage::Sent {
                    carrier: *carrier,
                    on: *on,
                },
                kept: kept.clone(),
                ..mailing
            }),
            Event::Failed { .. } => staged(state, Stage::Waiting),
            Event::OutcomeUnknown { .. } => with(state, &|mailing| Mailing {
                stage: Stage::Waiting,
                unknown: mailing.unknown + 1,
                ..mailing
            }),
            Event::GaveUp { why, .. } => staged(state, Stage::GaveUp { why: *why }),
            Event::CalledOff { why } => staged(state, Stage::CalledOff { why: *why }),
            Event::Released { on, .. } => with(state, &|mailing| Mailing {
                stage: Stage::Waiting,
                released: Some(Release {
                    on: *on,
                    after: mailing.attempts,
                }),
                ..mailing
            }),
            Event::Dropped { .. } => staged(state, Stage::Dropped),
        }
    }
}

/// One that waits is let go out as well: it may rest for a reason that is not its own (送信保留).
fn release(
    context: &Context<'_>,
    mailing: &Mailing,
    released: Event,
) -> Result<Vec<Event>, Refusal> {
    let today = mailing.released.map(|release| release.on) == Some(context.today);
    match mailing.stage {
        Stage::Waiting if today => Ok(vec![]),
        Stage::Waiting | Stage::Unaddressed | Stage::GaveUp { .. } => Ok(vec![released]),
        Stage::Claimed => Err(Refusal::UnderWay),
        Stage::Sent { .. } => Err(Refusal::Sent),
        Stage::Dropped | Stage::CalledOff { .. } => Err(Refusal::Over),
    }
}

fn drop(mailing: &Mailing, dropped: Event) -> Result<Vec<Event>, Refusal> {
    match mailing.stage {
        Stage::Waiting | Stage::Unaddressed | Stage::GaveUp { .. } => Ok(vec![dropped]),
        Stage::Claimed => Err(Refusal::UnderWay),
        Stage::Sent { .. } => Err(Refusal::Sent),
        Stage::Dropped => Ok(vec![]),
        Stage::CalledOff { .. } => Err(Refusal::Over),
    }
}

/// What waits for its time, or for a person, does not go out. An attempt that is under way says first how it ended.
fn called_off(mailing: &Mailing, why: CallOffReason) -> Vec<Event> {
    match mailing.stage {
        Stage::Waiting | Stage::Unaddressed | Stage::GaveUp { .. } => {
            vec![Event::CalledOff { why }]
        }
        Stage::Claimed | Stage::Sent { .. } | Stage::Dropped | Stage::CalledOff { .. } => vec![],
    }
}

fn failed(
    context: &Context<'_>,
    mailing: &Mailing,
    attempt: u32,
    (why, code): (Failure, Option<u16>),
) -> Vec<Event> {
    let hopeless = match why {
        Failure::Refused | Failure::NotMade => true,
        Failure::Deferred | Failure::Unreachable => false,
    };
    let failed = Event::Failed { attempt, why, code };
    match hopeless || mailing.attempts_in_turn() >= mailing.rules.attempts_max {
        true => vec![failed, last(context, mailing, attempt, why)],
        false => vec![failed],
    }
}

/// Made again under the same identity, as often as a failed one.
fn unknown(context: &Context<'_>, mailing: &Mailing, attempt: u32) -> Vec<Event> {
    let unknown = Event::OutcomeUnknown { attempt };
    match mailing.attempts_in_turn() >= mailing.rules.attempts_max {
        true => vec![
            unknown,
            last(context, mailing, attempt, Failure::Unreachable),
        ],
        false => vec![unknown],
    }
}

/// After the last attempt a person sees to it, unless it went another way while that was made.
fn last(context: &Context<'_>, mailing: &Mailing, attempts: u32, why: Failure) -> Event {
    match claim::needless(context, mailing) {
        Some(why) => Event::CalledOff { why },
        None => Event::GaveUp { attempts, why },
    }
}
