//! What is known of a corporation.

use super::destination::Destination;
use super::erasure::Kept;
use super::event::{Contact, Entry};
use super::mandate::Mandate;
use super::transfer::{Received, Transferred};
use crate::identifiers::{CorporateNumber, OfficeNumber};
use crate::personal::Personal;
use crate::stream::{CorporationId, OfficeId};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A corporation, folded.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Nothing is known.
    #[default]
    Unknown,
    /// It is registered.
    Registered(Box<Registered>),
}

/// A registered corporation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Registered {
    /// Its 法人番号; `None` while it is provisional.
    pub number: Option<CorporateNumber>,
    /// Its name, as it was sent last.
    pub name: String,
    /// Its ids in other systems.
    pub external_refs: BTreeMap<String, String>,
    /// The corporation that stays, after a merger.
    pub merged_into: Option<CorporationId>,
    /// The person to talk to.
    pub contact: Option<Contact>,
    /// Where what goes by post goes, as it wishes.
    #[serde(default, skip_serializing_if = "Destination::is_usual")]
    pub destination: Destination,
    /// How often its personal texts were erased: who is named after that has a key of their own.
    #[serde(default)]
    pub erasures: u32,
    /// How often its bank account was erased: one that comes after that has a key of its own.
    #[serde(default)]
    pub account_erasures: u32,
    /// The bank account that is to be forgotten and still needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept: Option<Kept>,
    /// Its 口座振替依頼書, once one is needed.
    pub mandate: Option<Mandate>,
    /// What a person should look at.
    pub warnings: Vec<String>,
    /// Its offices.
    pub offices: BTreeMap<OfficeId, Office>,
    /// The offices that came from other corporations.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub received: BTreeMap<OfficeId, Received>,
}

/// An office of the corporation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Office {
    /// Its 事業所番号 now.
    pub number: OfficeNumber,
    /// The numbers it had before, oldest first.
    pub former_numbers: Vec<OfficeNumber>,
    /// The first day without each of them, where it changed here.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub replaced_on: BTreeMap<OfficeNumber, NaiveDate>,
    /// Its service kinds, in the order they became known; the office shows the first.
    pub entries: Vec<Entry>,
    /// What a person should look at.
    pub warnings: Vec<String>,
    /// Why it no longer belongs to the corporation, if so.
    pub removed: Option<Personal>,
    /// Where it went, if another corporation has it now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transferred: Option<Transferred>,
}

impl State {
    /// The corporation, if it is registered.
    pub fn registered(&self) -> Option<&Registered> {
        match self {
            Self::Unknown => None,
            Self::Registered(registered) => Some(registered),
        }
    }
}

impl Registered {
    /// The office, if it belongs to the corporation now.
    pub fn office(&self, id: OfficeId) -> Option<&Office> {
        self.offices
            .get(&id)
            .filter(|office| office.removed.is_none())
    }

    /// The office as far as it pays here: one that went to another corporation pays for the time before.
    pub fn paying_office(&self, id: OfficeId) -> Option<&Office> {
        self.offices
            .get(&id)
            .filter(|office| office.removed.is_none() || office.transferred.is_some())
    }

    /// The office that has this number now.
    pub fn office_numbered(&self, number: &OfficeNumber) -> Option<(OfficeId, &Office)> {
        self.offices
            .iter()
            .find(|(_, office)| office.removed.is_none() && office.number == *number)
            .map(|(id, office)| (*id, office))
    }
}

impl Office {
    /// The name the office shows.
    pub fn name(&self) -> &str {
        self.entries.first().map_or("", |entry| &entry.name)
    }

    /// The service kind, if the office has it.
    pub fn entry(&self, kind: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.kind == kind)
    }
}
