//! The starts of an installation whose binary, rule books, templates, calendar or configuration
//! differ from the last recorded one: what an auditor asks for first. Also what a person decides about
//! its running: that many days are opened at once, that what rested after an outage may go out.

use crate::decider::{Context, Decider, Known};
use crate::refusals::refusals;
use crate::stream::Stream;
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What happened to the installation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", content = "body", rename_all = "snake_case")]
pub enum Event {
    /// It started with something that differs from the last recorded start.
    Started {
        /// The binary's version.
        version: String,
        /// SHA-256 digests by what they are of (`rulebooks`, `templates`, `calendar`, `configuration`).
        digests: BTreeMap<String, String>,
    },
    /// A person confirmed that the clock is right and the days up to this one are to be opened, however
    /// many they are.
    DaysConfirmed {
        /// The last of them.
        until: NaiveDate,
    },
    /// A person released what had rested on 送信保留 after an outage.
    SendingReleased {
        /// The first day that had been opened late.
        since: NaiveDate,
        /// The last one.
        until: NaiveDate,
    },
}

/// A request to the installation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Records a start.
    Start {
        /// The binary's version.
        version: String,
        /// The digests.
        digests: BTreeMap<String, String>,
    },
    /// Confirms that the days up to this one are to be opened, however many.
    ConfirmDays {
        /// The last of them: the day of the clock.
        until: NaiveDate,
    },
    /// Releases what rested after an outage.
    ReleaseSending {
        /// The first day that was opened late.
        since: NaiveDate,
        /// The last one.
        until: NaiveDate,
    },
}

refusals! {
    /// Why a request to the installation is refused.
    Refusal {
        /// The days up to that one are open already.
        NothingToOpen { /// The day named.
            until: NaiveDate, /// The open day.
            today: NaiveDate } = "installation.nothing_to_open",
            "{until} までの日はすでに開始しています（営業日は {today}）。画面を読み込み直してください。",
            "The days up to {until} are open already: today is {today}. Reload the page.";
        /// What is to be released lies ahead.
        HoldAhead { /// The last day named.
            until: NaiveDate, /// The open day.
            today: NaiveDate } = "installation.hold_ahead",
            "{until} はまだ開始していないため、その日までの送信保留は解除できません（営業日は {today}）。画面を読み込み直してください。",
            "{until} has not been opened, so a hold up to it cannot be released: today is {today}. Reload the page.";
    }
}

/// The installation, folded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// The version of the last recorded start.
    pub version: Option<String>,
    /// The digests of the last recorded start.
    pub digests: BTreeMap<String, String>,
    /// Up to which day a person confirmed that days are opened, however many.
    #[serde(default)]
    pub days_confirmed_until: Option<NaiveDate>,
    /// The days whose 送信保留 was released last: the first and the last of them.
    #[serde(default)]
    pub sending_released: Option<(NaiveDate, NaiveDate)>,
}

/// The decider of the installation.
#[derive(Debug)]
pub enum Installation {}

impl Decider for Installation {
    type State = State;
    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;

    fn needs(_: &Stream, _: &State, _: &Command, _: &Known) -> Vec<Stream> {
        vec![]
    }

    fn decide(
        context: &Context<'_>,
        state: &State,
        command: Command,
    ) -> Result<Vec<Event>, Refusal> {
        let today = context.today;
        let event = match command {
            Command::Start { version, digests } => {
                let same = state.version.as_ref() == Some(&version) && state.digests == digests;
                (!same).then_some(Event::Started { version, digests })
            }
            Command::ConfirmDays { until } if until <= today => {
                return Err(Refusal::NothingToOpen { until, today });
            }
            Command::ConfirmDays { until } => {
                let stands = state.days_confirmed_until >= Some(until);
                (!stands).then_some(Event::DaysConfirmed { until })
            }
            Command::ReleaseSending { until, .. } if until > today => {
                return Err(Refusal::HoldAhead { until, today });
            }
            Command::ReleaseSending { since, until } => {
                let stands = state.sending_released == Some((since, until));
                (!stands).then_some(Event::SendingReleased { since, until })
            }
        };
        Ok(event.into_iter().collect())
    }

    fn evolve(mut state: State, event: &Event) -> State {
        match event {
            Event::Started { version, digests } => {
                state.version = Some(version.clone());
                state.digests.clone_from(digests);
            }
            Event::DaysConfirmed { until } => state.days_confirmed_until = Some(*until),
            Event::SendingReleased { since, until } => {
                state.sending_released = Some((*since, *until));
            }
        }
        state
    }
}
