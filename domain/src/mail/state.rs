//! What is known of a mail.

use super::event::{About, CallOffReason, Carrier, Failure, Kept, Kind, Rules};
use crate::Service;
use crate::stream::CorporationId;
use crate::waiting::{Next, Party, Waiting, What};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// A mail, folded.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Nobody asked for it.
    #[default]
    Unknown,
    /// It was asked for.
    Known(Box<Mailing>),
}

/// A mail that was asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mailing {
    /// Which mail.
    pub kind: Kind,
    /// To whom.
    pub corporation: CorporationId,
    /// For which service.
    pub service: Service,
    /// What it is about.
    pub about: About,
    /// The day it was asked for.
    pub asked_on: NaiveDate,
    /// The rules it follows.
    pub rules: Rules,
    /// Where it stands.
    pub stage: Stage,
    /// How many attempts were claimed.
    pub attempts: u32,
    /// Of how many attempts nobody knows how they ended.
    pub unknown: u32,
    /// When a person last let it go out, if somebody did.
    pub released: Option<Release>,
    /// What is kept of it as it went out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept: Option<Kept>,
}

/// That a person let a mail go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// The day.
    pub on: NaiveDate,
    /// How many attempts had been made.
    pub after: u32,
}

/// Where a mail stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// It waits for its time, or for its next attempt.
    Waiting,
    /// An attempt is made; or the process ended while it was.
    Claimed,
    /// It was taken.
    Sent {
        /// By what.
        carrier: Carrier,
        /// When.
        on: NaiveDate,
    },
    /// The corporation has no address.
    Unaddressed,
    /// No further attempt is made by itself.
    GaveUp {
        /// How the last one failed.
        why: Failure,
    },
    /// A person decided that it does not go out.
    Dropped,
    /// It does not go out.
    CalledOff {
        /// Why.
        why: CallOffReason,
    },
}

impl State {
    /// The mail, if it was asked for.
    pub fn known(&self) -> Option<&Mailing> {
        match self {
            Self::Unknown => None,
            Self::Known(mailing) => Some(mailing),
        }
    }
}

impl State {
    /// What it waits for beside its time: a person, once it does not arrive by itself.
    pub fn waiting(&self) -> Vec<Waiting> {
        let stands = |mailing: &Mailing| match mailing.stage {
            Stage::GaveUp { .. } | Stage::Unaddressed => true,
            Stage::Waiting
            | Stage::Claimed
            | Stage::Sent { .. }
            | Stage::Dropped
            | Stage::CalledOff { .. } => false,
        };
        let waits = Waiting {
            party: Party::Us,
            what: What::MailUndelivered,
            until: None,
            then: Next::PersonDecides,
            office: None,
        };
        let stands = self.known().is_some_and(stands);
        stands.then_some(waits).into_iter().collect()
    }
}

impl Mailing {
    /// Whether it waited so long that a person has to say whether it still goes out.
    pub fn is_stale(&self, today: NaiveDate) -> bool {
        self.released.is_none() && today > self.rules.fresh_until
    }

    /// How many attempts were made since a person last released it: what pauses and their limit go by.
    pub fn attempts_in_turn(&self) -> u32 {
        self.attempts - self.released.map_or(0, |release| release.after)
    }

    /// The pause before the next attempt, in hours.
    pub fn pause_hours(&self) -> u32 {
        match self.attempts_in_turn().checked_sub(1) {
            None => 0,
            Some(doublings) => self
                .rules
                .retry_hours
                .saturating_mul(2_u32.saturating_pow(doublings)),
        }
    }

    /// Whether the customer may get it twice.
    pub fn maybe_twice(&self) -> bool {
        self.unknown > 0 && self.attempts > 1
    }
}
