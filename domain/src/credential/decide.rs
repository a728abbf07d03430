//! The rules of an ID/PW.

use super::{Account, Command, Event, Owner, Refusal, Stage, State, carry_over};
use crate::decider::{Context, Decider, Known};
use crate::stream::Stream;
use crate::transmission::{OfficeRef, Standing};

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
                owner: Owner::Corporation { .. },
            }
            | Command::Schedule { .. }
            | Command::Expire { .. }
            | Command::Revoke { .. } => vec![],
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
        }
    }

    fn evolve(state: State, event: &Event) -> State {
        let account = |owner: Owner, stage| {
            State::Known(Box::new(Account {
                owner,
                stage,
                carried: None,
            }))
        };
        let moved =
            |known: Box<Account>, stage| State::Known(Box::new(Account { stage, ..*known }));
        match (event, state) {
            (Event::CarriedOver { from, owner, id }, _) => {
                State::Known(Box::new(Account::carried_over(from, *owner, id)))
            }
            (Event::Scheduled { owner, on }, _) => {
                account(*owner, Stage::Scheduled { on: on.clone() })
            }
            (Event::Issued { owner, on }, _) => account(*owner, Stage::Issued { on: *on }),
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
                Event::Unscheduled {} | Event::Expired { .. } | Event::Revoked { .. },
                State::Unknown,
            ) => State::Unknown,
        }
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
