//! The rules of an enrolment.

use super::{Command, EndReason, Event, Refusal, Registration, State, Trial};
use super::{carry_over, suspension};
use crate::Service;
use crate::decider::{Context, Decider, Known};
use crate::intake::Receipt;
use crate::personal::Typed;
use crate::rules::{Answer, Ask, Question, reckoned};
use crate::stream::{CorporationId, OfficeId, Stream};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

/// The decider of enrolments.
#[derive(Debug)]
pub enum Enrolment {}

impl Decider for Enrolment {
    type State = State;
    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;

    fn needs(stream: &Stream, _: &State, command: &Command, _: &Known) -> Vec<Stream> {
        let corporation = subject(stream).0;
        match command {
            Command::Suspend { .. } | Command::Resume {} => vec![Stream::Billing(corporation)],
            Command::TakeOverOffice { .. } | Command::HandOverOffice { .. } => vec![],
            Command::EnterOffices { .. } => {
                let (corporation, service) = subject(stream);
                vec![
                    Stream::Corporation(corporation),
                    Stream::Termination(corporation, service),
                ]
            }
            Command::StartTrial { .. }
            | Command::StartTrialAgain { .. }
            | Command::Register { .. }
            | Command::StartBilling { .. }
            | Command::EndTrial { .. } => vec![Stream::Corporation(corporation)],
            Command::Close { .. } => vec![],
            Command::CarryOver(_) => vec![
                Stream::Corporation(corporation),
                Stream::Billing(corporation),
                Stream::Installation,
            ],
        }
    }

    fn decide(
        context: &Context<'_>,
        state: &State,
        command: Command,
    ) -> Result<Vec<Event>, Refusal> {
        match (command, state) {
            (Command::CarryOver(carried), state) => carry_over::carry_over(context, state, carried),
            (
                Command::StartTrial { receipt } | Command::StartTrialAgain { receipt, .. },
                State::NotBegun,
            ) => start_trial(context, receipt),
            // The same form once more.
            (Command::StartTrial { receipt } | Command::StartTrialAgain { receipt, .. }, begun)
                if begun.trial().is_some_and(|trial| trial.receipt == receipt) =>
            {
                Ok(vec![])
            }
            (
                Command::StartTrial { .. } | Command::StartTrialAgain { .. },
                State::Trial(trial)
                | State::Registered(Registration { trial, .. })
                | State::Billing(Registration { trial, .. }),
            ) => Err(Refusal::InUse {
                first: trial.receipt.on,
            }),
            (
                Command::StartTrial { .. },
                State::Ended { trial, last_day }
                | State::Closed {
                    registration: Registration { trial, .. },
                    last_day,
                },
            ) => Err(Refusal::SecondTrial {
                first: trial.receipt.on,
                last_day: *last_day,
            }),
            (
                Command::StartTrialAgain { receipt, reason },
                State::Ended { trial, last_day }
                | State::Closed {
                    registration: Registration { trial, .. },
                    last_day,
                },
            ) => start_again(context, trial, *last_day, receipt, reason),

            (Command::EnterOffices { .. } | Command::Register { .. }, State::NotBegun) => {
                Err(Refusal::NotTried)
            }
            // Once it was registered, another registration begins with another trial.
            (Command::EnterOffices { .. }, State::Ended { last_day, .. })
            | (
                Command::EnterOffices { .. } | Command::Register { .. },
                State::Closed { last_day, .. },
            ) => Err(Refusal::Ended {
                last_day: *last_day,
            }),
            (
                Command::EnterOffices {
                    offices,
                    received_on,
                },
                State::Trial(trial)
                | State::Registered(Registration { trial, .. })
                | State::Billing(Registration { trial, .. }),
            ) => enter(context, trial, offices, received_on),

            (
                Command::Register {
                    receipt,
                    terms_version,
                },
                State::Trial(trial) | State::Ended { trial, .. },
            ) => register(context, trial, receipt, terms_version),
            (Command::Register { .. }, State::Registered(_) | State::Billing(_)) => Ok(vec![]),
            (
                Command::TakeOverOffice {
                    office,
                    charged_from,
                },
                State::Trial(_) | State::Registered(_) | State::Billing(_),
            ) => Ok((!state.uses(office))
                .then_some(Event::OfficeTakenOver {
                    office,
                    charged_from,
                })
                .into_iter()
                .collect()),
            // Who has not begun, or has left, files forms first.
            (
                Command::TakeOverOffice { .. },
                State::NotBegun | State::Ended { .. } | State::Closed { .. },
            ) => Ok(vec![]),
            (Command::HandOverOffice { office }, used) => Ok(used
                .uses(office)
                .then_some(Event::OfficeHandedOver { office })
                .into_iter()
                .collect()),

            (Command::StartBilling { on }, State::Registered(registration))
                if registration.billing_start.on == on && on <= context.today =>
            {
                Ok(vec![Event::BillingStarted { on }])
            }
            (Command::StartBilling { .. }, _) => Ok(vec![]),

            (Command::EndTrial { last_free_day }, State::Trial(trial))
                if trial.last_free_day.on == last_free_day && last_free_day < context.today =>
            {
                Ok(vec![Event::Ended {
                    last_day: last_free_day,
                    reason: EndReason::NotRegistered,
                }])
            }
            (Command::EndTrial { .. }, _) => Ok(vec![]),

            (Command::Suspend { batch }, State::Billing(registration)) => {
                suspension::suspend(context, registration, batch)
            }
            (Command::Resume {}, State::Billing(registration)) => {
                suspension::resume(context, registration)
            }
            (Command::Suspend { .. } | Command::Resume {}, _) => Ok(vec![]),
            (Command::Close { last_day }, State::Registered(_) | State::Billing(_)) => {
                Ok(vec![Event::Closed { last_day }])
            }
            (Command::Close { .. }, _) => Ok(vec![]),
        }
    }

    fn evolve(state: State, event: &Event) -> State {
        match (event, state) {
            (
                Event::TrialStarted {
                    receipt,
                    last_free_day,
                    registered_last_free_day,
                },
                _,
            ) => State::Trial(Trial {
                receipt: receipt.clone(),
                last_free_day: last_free_day.clone(),
                registered_last_free_day: registered_last_free_day.clone(),
                offices: BTreeSet::new(),
                entered_on: BTreeMap::new(),
                charged_from: BTreeMap::new(),
                carried: None,
            }),
            (event @ Event::CarriedOver { .. }, state) => {
                State::carried_over(event).unwrap_or(state)
            }
            (
                Event::OfficesEntered {
                    offices,
                    received_on,
                },
                mut state,
            ) => {
                if let Some(trial) = state.trial_mut() {
                    trial.offices.extend(offices);
                    let entered = offices.iter().map(|office| (*office, *received_on));
                    trial.entered_on.extend(entered);
                    for office in offices {
                        trial.charged_from.remove(office);
                    }
                }
                state
            }
            (
                Event::OfficeTakenOver {
                    office,
                    charged_from,
                },
                mut state,
            ) => {
                if let Some(trial) = state.trial_mut() {
                    trial.offices.insert(*office);
                    trial.entered_on.insert(*office, charged_from.first_day());
                    trial.charged_from.insert(*office, *charged_from);
                }
                state
            }
            // It pays for the months before: the day on which it was entered stays.
            (Event::OfficeHandedOver { office }, mut state) => {
                if let Some(trial) = state.trial_mut() {
                    trial.offices.remove(office);
                }
                state
            }
            (
                Event::Registered {
                    receipt,
                    terms_version,
                    last_free_day,
                    billing_start,
                },
                State::Trial(trial) | State::Ended { trial, .. },
            ) => State::Registered(Registration {
                trial,
                receipt: receipt.clone(),
                terms_version: terms_version.clone(),
                last_free_day: last_free_day.clone(),
                billing_start: billing_start.clone(),
                suspended_on: None,
            }),
            (Event::Suspended { on, .. }, State::Billing(mut registration)) => {
                registration.suspended_on = Some(*on);
                State::Billing(registration)
            }
            (Event::Resumed { .. }, State::Billing(mut registration)) => {
                registration.suspended_on = None;
                State::Billing(registration)
            }
            (Event::BillingStarted { .. }, State::Registered(registration)) => {
                State::Billing(registration)
            }
            (Event::Ended { last_day, .. }, State::Trial(trial)) => State::Ended {
                trial,
                last_day: *last_day,
            },
            (
                Event::Closed { last_day },
                State::Registered(registration) | State::Billing(registration),
            ) => State::Closed {
                registration,
                last_day: *last_day,
            },
            (
                Event::Registered { .. }
                | Event::BillingStarted { .. }
                | Event::Ended { .. }
                | Event::Closed { .. }
                | Event::Suspended { .. }
                | Event::Resumed { .. }
                | Event::SecondTrialGranted { .. },
                state,
            ) => state,
        }
    }
}

pub(super) fn subject(stream: &Stream) -> (CorporationId, Service) {
    let Stream::Enrolment(corporation, service) = stream else {
        panic!("an enrolment is decided on its own stream, not on {stream}");
    };
    (*corporation, *service)
}

pub(super) fn ask(context: &Context<'_>, applied_on: NaiveDate) -> Result<Answer, Refusal> {
    let (_, service) = subject(context.stream);
    Ok(reckoned(
        context.policy,
        &Ask::new(service, Question::Trial, applied_on),
    )?)
}

fn start_trial(context: &Context<'_>, receipt: Receipt) -> Result<Vec<Event>, Refusal> {
    let (corporation, service) = subject(context.stream);
    match service {
        Service::HonobonoMini2 => {}
        Service::CareNetMessenger | Service::CareplanRenkei => {
            return Err(Refusal::NoTrial { service });
        }
    }
    known_corporation(context, corporation)?;
    not_later(context, receipt.on)?;
    let dates = ask(context, receipt.on)?;
    Ok(vec![Event::TrialStarted {
        last_free_day: dates.dated("trial_last_day")?,
        registered_last_free_day: dates.dated("registered_last_free_day")?,
        receipt,
    }])
}

/// Another trial after a use that is over: its free months are counted from the new form.
fn start_again(
    context: &Context<'_>,
    former: &Trial,
    last_day: NaiveDate,
    receipt: Receipt,
    reason: Typed,
) -> Result<Vec<Event>, Refusal> {
    if reason.is_blank() {
        return Err(Refusal::ReasonMissing);
    }
    if receipt.on <= last_day {
        return Err(Refusal::TrialBeforeEnd {
            received_on: receipt.on,
            last_day,
        });
    }
    let granted = Event::SecondTrialGranted {
        first: former.receipt.on,
        last_day,
        reason: context.remark(subject(context.stream).0, reason),
    };
    let started = start_trial(context, receipt)?;
    Ok([granted].into_iter().chain(started).collect())
}

fn enter(
    context: &Context<'_>,
    trial: &Trial,
    offices: BTreeSet<OfficeId>,
    received_on: NaiveDate,
) -> Result<Vec<Event>, Refusal> {
    let (corporation, _) = subject(context.stream);
    received(context, trial, received_on)?;
    if offices.is_empty() {
        return Err(Refusal::NoOffices);
    }
    let known = known_corporation(context, corporation)?;
    if let Some(office) = offices.iter().find(|id| known.office(**id).is_none()) {
        return Err(Refusal::UnknownOffice { office: *office });
    }
    let mut added = BTreeSet::new();
    for office in offices {
        if is_entered(context, trial, office, received_on)? {
            added.insert(office);
        }
    }
    Ok((!added.is_empty())
        .then_some(Event::OfficesEntered {
            offices: added,
            received_on,
        })
        .into_iter()
        .collect())
}

/// Whether the form enters the office: for the first time, or again after its use ended. What is in use is entered
/// already, and what is about to end is not to be used on without anybody having withdrawn the end.
fn is_entered(
    context: &Context<'_>,
    trial: &Trial,
    office: OfficeId,
    received_on: NaiveDate,
) -> Result<bool, Refusal> {
    let since = trial.entered_on.get(&office);
    let Some(since) = since.filter(|_| trial.offices.contains(&office)) else {
        return Ok(!trial.offices.contains(&office));
    };
    let (corporation, service) = subject(context.stream);
    let ends = context.known.termination(corporation, service);
    match ends.and_then(|ends| ends.of_use(office, *since)) {
        None => Ok(false),
        Some(end) if end.dates.last_day.on < received_on => Ok(true),
        Some(end) => Err(Refusal::OfficeEnding {
            office,
            last_day: end.dates.last_day.on,
        }),
    }
}

/// A form received within the trial counts even when it is entered after the trial ended.
fn register(
    context: &Context<'_>,
    trial: &Trial,
    receipt: Receipt,
    terms_version: String,
) -> Result<Vec<Event>, Refusal> {
    received(context, trial, receipt.on)?;
    if receipt.on > trial.last_free_day.on {
        return Err(Refusal::TrialOver {
            last_free_day: trial.last_free_day.on,
        });
    }
    if trial.offices.is_empty() {
        return Err(Refusal::NoOffices);
    }
    if terms_version.trim().is_empty() {
        return Err(Refusal::TermsMissing);
    }
    let dates = ask(context, trial.receipt.on)?;
    Ok(vec![Event::Registered {
        receipt,
        terms_version,
        last_free_day: trial.registered_last_free_day.clone(),
        billing_start: dates.dated("billing_start")?,
    }])
}

pub(super) fn known_corporation<'a>(
    context: &Context<'a>,
    id: CorporationId,
) -> Result<&'a crate::corporation::Registered, Refusal> {
    context
        .known
        .corporation(id)
        .and_then(|state| state.registered())
        .filter(|corporation| corporation.merged_into.is_none())
        .ok_or(Refusal::UnknownCorporation)
}

fn received(context: &Context<'_>, trial: &Trial, received_on: NaiveDate) -> Result<(), Refusal> {
    not_later(context, received_on)?;
    if received_on < trial.receipt.on {
        return Err(Refusal::ReceivedBeforeTrial {
            received_on,
            applied_on: trial.receipt.on,
        });
    }
    Ok(())
}

fn not_later(context: &Context<'_>, received_on: NaiveDate) -> Result<(), Refusal> {
    if received_on > context.today {
        return Err(Refusal::ReceivedLater {
            received_on,
            today: context.today,
        });
    }
    Ok(())
}
