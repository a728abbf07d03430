//! What can be asked of a mail: by reactions, by the worker that sends, by staff.

use super::event::{About, CallOffReason, Carrier, Failure, Kept, Kind};
use crate::Service;
use crate::stream::{CorporationId, StaffId};
use chrono::NaiveTime;
use serde::{Deserialize, Serialize};

/// A request to a mail.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Asks for it.
    Ask {
        /// Which mail.
        kind: Kind,
        /// To whom.
        corporation: CorporationId,
        /// For which service.
        service: Service,
        /// What it is about.
        about: About,
    },
    /// Claims an attempt, before it is made.
    Claim {
        /// The how-manieth it is.
        attempt: u32,
        /// The time of day in Japan.
        at: NaiveTime,
    },
    /// It was taken.
    NoteSent {
        /// With which attempt.
        attempt: u32,
        /// By what.
        carrier: Carrier,
        /// What is kept of it.
        kept: Option<Kept>,
    },
    /// The attempt failed.
    NoteFailed {
        /// Which attempt.
        attempt: u32,
        /// How.
        why: Failure,
        /// The server's reply code, if it gave one.
        code: Option<u16>,
    },
    /// Nobody knows how the attempt ended.
    NoteUnknown {
        /// Which attempt.
        attempt: u32,
    },
    /// Says that nobody needs it any more (a reaction).
    CallOff {
        /// Why.
        why: CallOffReason,
    },
    /// A person lets it go out, whatever it rested for.
    Release {
        /// Who.
        by: StaffId,
    },
    /// A person decides that it does not go out.
    Drop {
        /// Who.
        by: StaffId,
    },
}
