//! What can be asked of a corporation.

use super::carry_over::CarryMandate;
use super::destination::Destination;
use super::event::{Contact, Entry, Source};
use super::mandate::MandateCommand;
use super::transfer::{Carried, HandedOver};
use crate::Service;
use crate::dates::Month;
use crate::identifiers::{CorporateNumber, OfficeNumber};
use crate::personal::Typed;
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
    /// Says where what goes by post goes, as the corporation wishes.
    SetDestination {
        /// Where.
        destination: Destination,
    },
    /// Makes what the log holds of persons of this corporation unreadable for ever.
    EraseTexts {
        /// Why.
        reason: Typed,
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
    /// Hands an office to another corporation (事業譲渡).
    TransferOffice {
        /// The office.
        office: OfficeId,
        /// The corporation it goes to.
        to: CorporationId,
        /// Its first day there.
        on: NaiveDate,
        /// What a person noted: the contract, who said so.
        reason: Typed,
    },
    /// Takes an office that another corporation handed over (a reaction).
    ReceiveOffice {
        /// The other corporation.
        from: CorporationId,
        /// The office.
        handed: HandedOver,
    },
    /// Notes that what an office used before is used here (a reaction).
    NoteContinued {
        /// The offices.
        offices: Vec<OfficeId>,
        /// What.
        what: Carried,
        /// Its first month here.
        since: Month,
    },
    /// Notes that an office that came from another corporation is not to use ほのぼのmini2 here.
    DeclineUse {
        /// The office.
        office: OfficeId,
        /// What a person noted: who said so.
        reason: Typed,
    },
    /// Takes an office out of the corporation.
    RemoveOffice {
        /// The office.
        office: OfficeId,
        /// Why.
        reason: Typed,
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

impl Command {
    /// Whether it can still be asked of a corporation that was merged into another: the merger again, and that its offices go
    /// there.
    pub(super) fn is_for_merged(&self, into: CorporationId) -> bool {
        match self {
            Self::MergeInto { corporation } => *corporation == into,
            Self::TransferOffice { to, .. } => *to == into,
            Self::Register { .. }
            | Self::AddOffices { .. }
            | Self::AssignNumber { .. }
            | Self::Unmerge {}
            | Self::ChangeName { .. }
            | Self::SetContact { .. }
            | Self::SetDestination { .. }
            | Self::EraseTexts { .. }
            | Self::ReviewAccount { .. }
            | Self::RenumberOffice { .. }
            | Self::ReceiveOffice { .. }
            | Self::NoteContinued { .. }
            | Self::DeclineUse { .. }
            | Self::RemoveOffice { .. }
            | Self::NeedMandate { .. }
            | Self::Mandate(_)
            | Self::CarryOverMandate(_) => false,
        }
    }
}
