//! The rules of an ID/PW.

use super::link::{self, Closed, Secrets};
use super::{Account, Command, Event, Owner, Refusal, Stage, State, carry_over};
use crate::decider::{Context, Decider, Known};
use crate::stream::{CorporationId, Stream};
use crate::transmission::{OfficeRef, Standing};
use crate::{Service, enrolment};

/// The decider of IDs.
#[derive(Debug)]
pub enum Credential {}

impl Decider for Credential {
    type State = State;
    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;

    fn needs(_: &Stream, _: &State, command: &Command, _: &Known) -> Vec<Stream> {
        match command {
            Command::Issue {
                owner:
                    Owner::Office {
                        corporation,
                        service,
                        ..
                    },
            } => vec![Stream::Transmission(*corporation, *service)],
            Command::Issue {
                owner:
                    Owner::Corporation {
                        corporation,
                        service,
                    },
            } => vec![Stream::Enrolment(*corporation, *service)],
            Command::Schedule { .. }
            | Command::Expire { .. }
            | Command::Revoke { .. }
            | Command::KeepSecret { .. }
            | Command::LookUp { .. }
            | Command::LockLink { .. }
            | Command::Reissue { .. }
            | Command::NoteReset {} => vec![],
            Command::CarryOver(carried) => carried.needs(),
        }
    }

    fn decide(
        context: &Context<'_>,
        state: &State,
        command: Command,
    ) -> Result<Vec<Event>, Refusal> {
        let stage = state.account().map(|account| &account.stage);
        match (command, stage) {
            (Command::CarryOver(carried), _) => carry_over::carry_over(context, state, carried),
            (Command::Schedule { owner, on }, None | Some(Stage::Unscheduled)) => {
                Ok(vec![Event::Scheduled { owner, on }])
            }
            (Command::Schedule { owner, on }, Some(Stage::Scheduled { on: before })) => {
                Ok((*before != on)
                    .then_some(Event::Scheduled { owner, on })
                    .into_iter()
                    .collect())
            }
            (Command::Expire { last_day }, Some(Stage::Issued { .. })) => {
                Ok(vec![Event::Expired { last_day }])
            }
            (Command::Expire { .. }, Some(Stage::Scheduled { .. })) => {
                Ok(vec![Event::Unscheduled {}])
            }
            (
                Command::Expire { .. },
                None | Some(Stage::Unscheduled | Stage::Expired { .. } | Stage::Revoked { .. }),
            ) => Ok(vec![]),
            (Command::Schedule { .. }, Some(Stage::Issued { .. })) => Ok(vec![]),
            (
                Command::Issue { owner },
                None | Some(Stage::Scheduled { .. } | Stage::Unscheduled),
            ) => issue(context, owner),
            (Command::Issue { .. }, Some(Stage::Issued { .. })) => Ok(vec![]),
            // The corporation tries the service again: the same ID, with a password of its own.
            (
                Command::Issue {
                    owner:
                        owner @ Owner::Corporation {
                            corporation,
                            service,
                        },
                },
                Some(over @ (Stage::Revoked { .. } | Stage::Expired { .. })),
            ) if tries_again(context, (corporation, service), over) => issue(context, owner),
            (
                Command::Schedule { .. } | Command::Issue { .. },
                Some(Stage::Revoked { .. } | Stage::Expired { .. }),
            ) => Err(Refusal::Revoked),
            (Command::Revoke { .. }, Some(Stage::Scheduled { .. })) => {
                Ok(vec![Event::Unscheduled {}])
            }
            (Command::Revoke { why }, Some(Stage::Issued { .. })) => {
                Ok(vec![Event::Revoked { why }])
            }
            (
                Command::Revoke { .. },
                None | Some(Stage::Unscheduled | Stage::Expired { .. } | Stage::Revoked { .. }),
            ) => Ok(vec![]),
            (Command::KeepSecret { nth }, _) => link::keep(context, state, nth),
            (Command::LookUp { nth }, _) => link::look_up(context, state, nth),
            (Command::LockLink { nth }, _) => Ok(link::lock(state, nth)),
            (Command::Reissue { why }, Some(Stage::Issued { .. })) => {
                Ok(link::reissue(context, state, why).into_iter().collect())
            }
            (Command::NoteReset {}, Some(Stage::Issued { .. })) => {
                Ok(vec![Event::Reset { on: context.today }])
            }
            (
                Command::Reissue { .. } | Command::NoteReset {},
                None
                | Some(
                    Stage::Scheduled { .. }
                    | Stage::Unscheduled
                    | Stage::Expired { .. }
                    | Stage::Revoked { .. },
                ),
            ) => Err(Refusal::NotIssued),
        }
    }

    fn evolve(state: State, event: &Event) -> State {
        let account = |owner: Owner, stage, secrets| {
            State::Known(Box::new(Account {
                owner,
                stage,
                carried: None,
                secrets,
            }))
        };
        let moved =
            |known: Box<Account>, stage| State::Known(Box::new(Account { stage, ..*known }));
        let with = |known: Box<Account>, change: &dyn Fn(Secrets) -> Secrets| {
            let secrets = change(known.secrets.clone());
            State::Known(Box::new(Account { secrets, ..*known }))
        };
        match (event, state) {
            (Event::CarriedOver { from, owner, id }, _) => {
                State::Known(Box::new(Account::carried_over(from, *owner, id)))
            }
            (Event::Scheduled { owner, on }, _) => account(
                *owner,
                Stage::Scheduled { on: on.clone() },
                Secrets {
                    promised: Some(on.clone()),
                    ..Secrets::default()
                },
            ),
            (Event::Issued { owner, on }, before) => {
                let before = before.account().map(|known| &known.secrets);
                let secrets = Secrets {
                    nth: before.map_or(0, |before| before.nth) + 1,
                    promised: before.and_then(|before| before.promised.clone()),
                    link: None,
                };
                account(*owner, Stage::Issued { on: *on }, secrets)
            }
            (Event::Unscheduled {}, State::Known(known)) => moved(known, Stage::Unscheduled),
            (Event::Revoked { why }, State::Known(known)) => {
                moved(known, Stage::Revoked { why: *why })
            }
            (Event::Expired { last_day }, State::Known(known)) => moved(
                known,
                Stage::Expired {
                    last_day: *last_day,
                },
            ),
            (
                Event::SecretKept {
                    nth,
                    opens,
                    until,
                    rules,
                },
                State::Known(known),
            ) => with(known, &|secrets| secrets.kept(*nth, opens, *until, rules)),
            (Event::LookedUp { look, .. }, State::Known(known)) => {
                with(known, &|secrets| secrets.looked_up(*look))
            }
            (Event::LinkLocked { .. }, State::Known(known)) => {
                with(known, &|secrets| secrets.closed(Closed::Locked))
            }
            (Event::Reissued { nth, .. }, State::Known(known)) => {
                with(known, &|secrets| secrets.reissued(*nth))
            }
            (Event::Reset { .. }, State::Known(known)) => with(known, &Secrets::reset),
            (
                Event::Unscheduled {}
                | Event::Expired { .. }
                | Event::Revoked { .. }
                | Event::SecretKept { .. }
                | Event::LookedUp { .. }
                | Event::LinkLocked { .. }
                | Event::Reissued { .. }
                | Event::Reset { .. },
                State::Unknown,
            ) => State::Unknown,
        }
    }
}

/// Whether the corporation uses the service anew, after the use that this account was for.
fn tries_again(
    context: &Context<'_>,
    (corporation, service): (CorporationId, Service),
    over: &Stage,
) -> bool {
    let state = context.known.enrolment(corporation, service);
    let trial = state.and_then(|state| match state {
        enrolment::State::Trial(trial) => Some(trial),
        enrolment::State::Registered(held) | enrolment::State::Billing(held) => Some(&held.trial),
        enrolment::State::NotBegun
        | enrolment::State::Ended { .. }
        | enrolment::State::Closed { .. } => None,
    });
    match over {
        Stage::Expired { last_day } => trial.is_some_and(|trial| trial.receipt.on > *last_day),
        // It was taken back when the trial ended by itself.
        Stage::Revoked { .. } => trial.is_some(),
        Stage::Scheduled { .. } | Stage::Unscheduled | Stage::Issued { .. } => false,
    }
}

/// An office's ID is set only when its transmission says that it is due; a corporation's account with
/// its 仮登録.
fn issue(context: &Context<'_>, owner: Owner) -> Result<Vec<Event>, Refusal> {
    let due = match owner {
        Owner::Corporation { .. } => true,
        Owner::Office {
            corporation,
            service,
            application,
            office,
        } => context
            .known
            .transmission(corporation, service)
            .and_then(|state| {
                state.entry(OfficeRef {
                    application,
                    office,
                })
            })
            .is_some_and(|entry| matches!(entry.standing, Standing::IdsDue { .. })),
    };
    if !due {
        return Err(Refusal::NotDue);
    }
    Ok(vec![Event::Issued {
        owner,
        on: context.today,
    }])
}
