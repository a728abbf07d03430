//! What is known of a letter.

use super::event::CallOffReason;
use super::says::Says;
use crate::Service;
use crate::document::{Document, MissingGlyph};
use crate::identifiers::TrackingNumber;
use crate::poa::Method;
use crate::stream::{CorporationId, OfficeId};
use crate::waiting::{Next, Party, Waiting, What, worded};
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A letter, folded.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Nobody asked for it.
    #[default]
    Unknown,
    /// It was asked for.
    Known(Box<Letter>),
}

/// A letter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Letter {
    /// To whom.
    pub corporation: CorporationId,
    /// About which service.
    pub service: Service,
    /// What it says.
    pub says: Says,
    /// What it said when it was asked for, if it says something else since: its mail is named by that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Box<Says>>,
    /// Where it is.
    pub stage: Stage,
    /// As it was printed last, unless it says something else since.
    pub printed: Option<Document>,
    /// The offices whose return envelope went out with it, before it was perhaps asked for again: they need no second one.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub enclosed: BTreeSet<OfficeId>,
    /// The character for which it could not be printed, if there was one since it was printed last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unprintable: Option<MissingGlyph>,
}

/// Where a letter is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Here.
    ToSend,
    /// On its way, or there.
    Sent {
        /// How it went out.
        method: Method,
        /// When.
        sent_on: NaiveDate,
        /// The number under which its envelope can be followed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tracking: Option<TrackingNumber>,
    },
    /// Back: it could not be delivered.
    Undeliverable {
        /// The day it came back.
        returned_on: NaiveDate,
    },
    /// It does not go out.
    CalledOff {
        /// Why.
        why: CallOffReason,
    },
    /// It had gone out, and what it said does not hold.
    Wrong {
        /// When it went out.
        sent_on: NaiveDate,
    },
}

worded! {
    /// A letter's ステータス.
    Status {
        /// Here.
        ToSend = "to_send", "発送待ち";
        /// Sent.
        Sent = "sent", "発送済み";
        /// Back.
        Undeliverable = "undeliverable", "不達";
        /// It does not go out.
        CalledOff = "called_off", "取りやめ";
        /// Corrected by another one.
        Wrong = "wrong", "訂正済み";
    }
}

impl State {
    /// The letter, if one was asked for.
    pub fn letter(&self) -> Option<&Letter> {
        match self {
            Self::Unknown => None,
            Self::Known(letter) => Some(letter),
        }
    }
}

impl State {
    /// What it waits for beside being printed and posted: a person, once that does not do.
    pub fn waiting(&self) -> Vec<Waiting> {
        let Some(letter) = self.letter() else {
            return vec![];
        };
        let returned = matches!(letter.stage, Stage::Undeliverable { .. });
        let what = [
            letter.stuck_for().map(|_| What::LetterGlyph),
            returned.then_some(What::LetterAddress),
        ];
        let waits = |what| Waiting {
            party: Party::Us,
            what,
            until: None,
            then: Next::PersonDecides,
            office: None,
        };
        what.into_iter().flatten().map(waits).collect()
    }
}

impl Letter {
    /// What it said when it was asked for.
    pub fn as_asked(&self) -> &Says {
        self.asked.as_deref().unwrap_or(&self.says)
    }

    /// The character for which it cannot go out, while it is to.
    pub const fn stuck_for(&self) -> Option<&MissingGlyph> {
        match self.stage {
            Stage::ToSend | Stage::Undeliverable { .. } => self.unprintable.as_ref(),
            Stage::Sent { .. } | Stage::CalledOff { .. } | Stage::Wrong { .. } => None,
        }
    }

    /// Whether it has left the house, be it that it came back or proved wrong since.
    pub const fn has_gone(&self) -> bool {
        match self.stage {
            Stage::Sent { .. } | Stage::Undeliverable { .. } | Stage::Wrong { .. } => true,
            Stage::ToSend | Stage::CalledOff { .. } => false,
        }
    }

    /// Its ステータス.
    pub const fn status(&self) -> Status {
        match self.stage {
            Stage::ToSend => Status::ToSend,
            Stage::Sent { .. } => Status::Sent,
            Stage::Undeliverable { .. } => Status::Undeliverable,
            Stage::CalledOff { .. } => Status::CalledOff,
            Stage::Wrong { .. } => Status::Wrong,
        }
    }

    /// When it went out, if it did and did not come back.
    pub const fn sent_on(&self) -> Option<NaiveDate> {
        match self.stage {
            Stage::Sent { sent_on, .. } | Stage::Wrong { sent_on } => Some(sent_on),
            Stage::ToSend | Stage::Undeliverable { .. } | Stage::CalledOff { .. } => None,
        }
    }
}
