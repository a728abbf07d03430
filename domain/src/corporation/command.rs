//! What can be asked of a corporation.

use super::carry_over::CarryMandate;
use super::event::{Contact, Entry, Source};
use super::mandate::MandateCommand;
use crate::Service;
use crate::dates::Month;
use crate::identifiers::{CorporateNumber, OfficeNumber};
use crate::stream::{CorporationId, OfficeId};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An office with its service kinds, as a file or a person gives it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NewOffice {
    /// Its 事業所番号.
    pub number: OfficeNumber,
    /// Its service kinds, the first of which the office shows.
    pub entries: Vec<NewEntry>,
    /// What a person should look at.
    pub warnings: Vec<String>,
}

/// A service kind and where it was read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NewEntry {
    /// The service kind.
    pub entry: Entry,
    /// The file and line it came from.
    pub source: Option<Source>,
}

/// A request to a corporation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Makes the corporation known. Known already: its offices are added, nothing else changes.
    Register {
        /// Its 法人番号, if a valid one was given.
        number: Option<CorporateNumber>,
        /// Its name, as it was sent.
        name: String,
        /// Its ids in other systems.
        external_refs: BTreeMap<String, String>,
        /// Where it was read.
        source: Option<Source>,
        /// What a person should look at.
        warnings: Vec<String>,
    },
    /// Adds offices and service kinds; what is known already and unchanged is passed over.
    AddOffices {
        /// The offices.
        offices: Vec<NewOffice>,
    },
    /// Gives a provisional corporation its 法人番号.
    AssignNumber {
        /// The number.
        number: CorporateNumber,
    },
    /// Says that this corporation is in truth another one.
    MergeInto {
        /// The one that stays.
        corporation: CorporationId,
    },
    /// Takes a merger back.
    Unmerge {},
    /// Changes the name.
    ChangeName {
        /// The new name.
        name: String,
    },
    /// Names the person to talk to.
    SetContact {
        /// The person.
        contact: Contact,
    },
    /// Makes what the log holds of persons of this corporation unreadable for ever.
    EraseTexts {
        /// Why.
        reason: String,
    },
    /// Looks again whether an account that was to be forgotten is still needed (a deadline, a reaction).
    ReviewAccount {
        /// The day until which it was to be kept, when that is over.
        until: Option<NaiveDate>,
    },
    /// Gives an office its new 事業所番号.
    RenumberOffice {
        /// The office.
        office: OfficeId,
        /// The new number.
        number: OfficeNumber,
        /// Its first day.
        on: NaiveDate,
    },
    /// Takes an office out of the corporation.
    RemoveOffice {
        /// The office.
        office: OfficeId,
        /// Why.
        reason: String,
    },
    /// Asks for a 口座振替依頼書, because a service will be charged (a reaction).
    NeedMandate {
        /// The service.
        service: Service,
        /// The first month that is charged.
        charged: Month,
    },
    /// Moves the 口座振替依頼書 on.
    Mandate(MandateCommand),
    /// Takes the 口座振替依頼書 over from the books kept before.
    CarryOverMandate(CarryMandate),
}
