//! What an enrolment waits for, and what it does when a date comes.

use super::{Command, State};
use crate::nouns;
use crate::stream::Stream;
use crate::waiting::{Deadline, Next, Party, Trigger, Waiting, What};

impl State {
    /// Why the enrolment is not settled; empty when it is.
    pub fn waiting(&self) -> Vec<Waiting> {
        match self {
            Self::NotBegun | Self::Billing(_) | Self::Ended { .. } | Self::Closed { .. } => vec![],
            Self::Trial(trial) if trial.offices.is_empty() => vec![Waiting {
                party: Party::Customer,
                what: What::OfficesEntry,
                until: Some(trial.last_free_day.clone()),
                then: Next::TrialUsable,
                office: None,
            }],
            Self::Trial(trial) => vec![Waiting {
                party: Party::Customer,
                what: What::Registration,
                until: Some(trial.last_free_day.clone()),
                then: Next::TrialEnds,
                office: None,
            }],
            Self::Registered(registration) => vec![Waiting {
                party: Party::Us,
                what: What::BillingStart,
                until: Some(registration.billing_start.clone()),
                then: Next::BillingStarts,
                office: None,
            }],
        }
    }

    /// What is sent when a date comes.
    pub fn deadlines(&self, stream: &Stream) -> Vec<Deadline> {
        let deadline = |name: &str, on, command| Deadline {
            name: name.to_owned(),
            on,
            trigger: Trigger::DayOpened,
            command: nouns::Command::enrolment(stream, command),
        };
        match self {
            Self::NotBegun | Self::Billing(_) | Self::Ended { .. } | Self::Closed { .. } => vec![],
            Self::Trial(trial) => {
                let last_free_day = trial.last_free_day.on;
                let day_after = last_free_day + chrono::Days::new(1);
                vec![deadline(
                    "trial_end",
                    day_after,
                    Command::EndTrial { last_free_day },
                )]
            }
            Self::Registered(registration) => {
                let on = registration.billing_start.on;
                vec![deadline("billing_start", on, Command::StartBilling { on })]
            }
        }
    }
}
