//! What is recorded of a corporation.

use super::carry_over::Debited;
use super::destination::Destination;
use super::mandate::{BankAccount, MandateDefect, MandateStage};
use super::transfer::{Carried, HandedOver};
use crate::dates::Month;
use crate::identifiers::{CorporateNumber, OfficeNumber};
use crate::moving::CarriedFrom;
use crate::personal::Personal;
use crate::rules::Dated;
use crate::stream::{CorporationId, OfficeId};
use crate::waiting::worded;
use crate::zengin::{CustomerNumber, ResultCode};
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Where a record came from, when it came from a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Source {
    /// The file's name, without its folders.
    pub file: String,
    /// The line, the header counted as 1.
    pub line: u64,
}

/// One service kind of an office: what the published files call a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Entry {
    /// The service kind (サービスの種類), as published.
    pub kind: String,
    /// The office's name under this kind, as it was sent.
    pub name: String,
    /// The name in kana, as it was sent.
    pub kana: Option<String>,
    /// The address, as it was sent.
    pub address: Option<String>,
    /// The office's published telephone number, as it was sent.
    pub phone: Option<String>,
    /// The same fields in normalised form, where that differs, by field name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub normalised: BTreeMap<String, String>,
}

/// The person to talk to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Contact {
    /// The person's name.
    pub name: Personal,
    /// The telephone number.
    pub phone: Option<Personal>,
    /// The mail address.
    pub mail: Option<Personal>,
}

impl Contact {
    /// The key under which the texts about a corporation's contact are sealed, after so many erasures.
    pub fn subject(corporation: CorporationId, erasures: u32) -> String {
        match erasures {
            0 => format!("contact-{corporation}"),
            erasures => format!("contact-{corporation}-{erasures}"),
        }
    }

    /// Whether a key is that of a corporation's contact.
    pub(super) fn is_sealed_under(subject: &str) -> bool {
        subject.starts_with("contact-")
    }

    /// The same texts under another key.
    pub(super) fn sealed_under(self, subject: &str) -> Self {
        let under = |text: Personal| text.sealed_under(subject);
        Self {
            name: under(self.name),
            phone: self.phone.map(under),
            mail: self.mail.map(under),
        }
    }
}

worded! {
    /// Why a bank account is not forgotten yet.
    KeptWhy {
        /// The service is used, or something is owed or under way.
        InUse = "in_use", "利用中か、精算が済んでいない";
        /// A file with it went to the bank and is kept.
        Retention = "retention", "銀行に送付した振替ファイルの保存期間";
    }
}

/// What happened to a corporation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", content = "body", rename_all = "snake_case")]
pub enum Event {
    /// The corporation became known. Without a valid 法人番号 it is provisional.
    Registered {
        /// Its 法人番号, if a valid one was given.
        number: Option<CorporateNumber>,
        /// Its name, as it was sent.
        name: String,
        /// Its ids in other systems (system → id).
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        external_refs: BTreeMap<String, String>,
        /// The file it came from.
        source: Option<Source>,
        /// What a person should look at.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        warnings: Vec<String>,
    },
    /// A provisional corporation got its 法人番号.
    NumberAssigned {
        /// The number.
        number: CorporateNumber,
    },
    /// A person found that this corporation is another one.
    MergedInto {
        /// The one that stays.
        corporation: CorporationId,
    },
    /// The finding was undone.
    Unmerged {},
    /// The name is spelled differently now.
    NameChanged {
        /// The new name.
        name: String,
    },
    /// The person to talk to was named.
    ContactSet {
        /// The person.
        contact: Contact,
    },
    /// The corporation wishes that what goes by post goes there.
    DestinationSet {
        /// Where.
        destination: Destination,
    },
    /// A person asked to be forgotten: what the log holds of persons of this corporation is made unreadable
    /// for ever, by destroying the keys it was sealed under.
    TextsErased {
        /// Whose keys: the opaque names that stand beside the sealed texts.
        subjects: Vec<String>,
        /// Why: recorded under the key that comes after.
        reason: Personal,
    },
    /// A person asked to be forgotten, and the bank account is still needed: it is forgotten by itself once it is not.
    AccountKept {
        /// Why it is needed.
        why: KeptWhy,
        /// Until when, where a rule says so; without it until the use is over and everything is paid.
        until: Option<Dated>,
    },
    /// An office of the corporation became known.
    OfficeAdded {
        /// Its id.
        office: OfficeId,
        /// Its 事業所番号.
        number: OfficeNumber,
        /// Its first service kind, whose name and address the office shows.
        entry: Entry,
        /// The file it came from.
        source: Option<Source>,
        /// What a person should look at.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        warnings: Vec<String>,
    },
    /// A further service kind of an office.
    EntryAdded {
        /// The office.
        office: OfficeId,
        /// The service kind.
        entry: Entry,
        /// The file it came from.
        source: Option<Source>,
    },
    /// A service kind's name, address or telephone number changed.
    EntryChanged {
        /// The office.
        office: OfficeId,
        /// The service kind as it is now.
        entry: Entry,
        /// The file it came from.
        source: Option<Source>,
    },
    /// The office has a new 事業所番号.
    OfficeRenumbered {
        /// The office.
        office: OfficeId,
        /// The number until now.
        from: OfficeNumber,
        /// The number from now on.
        to: OfficeNumber,
        /// Its first day.
        on: NaiveDate,
    },
    /// The office no longer belongs to the corporation.
    OfficeRemoved {
        /// The office.
        office: OfficeId,
        /// Why.
        reason: Personal,
    },
    /// The office goes to another corporation (事業譲渡): what it applied for here is withdrawn, its licence goes with its number.
    OfficeTransferred {
        /// The corporation it goes to.
        to: CorporationId,
        /// The office.
        handed: HandedOver,
        /// What a person noted.
        reason: Personal,
    },
    /// The office came from another corporation. What it used there is to be taken up here, with papers of its own.
    OfficeReceived {
        /// The corporation it came from.
        from: CorporationId,
        /// The office.
        handed: HandedOver,
    },
    /// What the office used under its former corporation is used here.
    OfficeContinued {
        /// The office.
        office: OfficeId,
        /// What.
        what: Carried,
        /// The former corporation.
        from: CorporationId,
        /// The first month here.
        since: Month,
    },
    /// What the office used under its former corporation is not to be used here: the corporation said so.
    OfficeUseDeclined {
        /// The office.
        office: OfficeId,
        /// What.
        what: Carried,
        /// What a person noted.
        reason: Personal,
    },
    /// A 口座振替依頼書 is needed: a service will be charged.
    MandateNeeded {
        /// The day by which it must be registered, so that the first debit can go with it.
        by: Dated,
    },
    /// The 口座振替依頼書 went out.
    MandateSent {
        /// The day.
        sent_on: NaiveDate,
    },
    /// The 口座振替依頼書 came back.
    MandateReturned {
        /// The day it arrived.
        returned_on: NaiveDate,
        /// The account it names.
        account: BankAccount,
    },
    /// The 口座振替依頼書 went to the bank.
    MandateHandedToBank {
        /// The day.
        on: NaiveDate,
    },
    /// The bank registered the mandate: the account can be debited.
    MandateRegistered {
        /// The day of the answer.
        on: NaiveDate,
        /// The number under which the collector knows the corporation.
        customer: CustomerNumber,
    },
    /// The 口座振替依頼書 is defective, found here or by the bank.
    MandateDefective {
        /// The day.
        on: NaiveDate,
        /// What is wrong.
        defect: MandateDefect,
        /// What else a person noted.
        note: Option<Personal>,
    },
    /// The 口座振替依頼書 was carried over from the books kept before.
    MandateCarriedOver {
        /// Where it stood.
        from: CarriedFrom,
        /// The day by which it must be registered, so that the first debit can go with it.
        needed_by: Dated,
        /// Where it is.
        stage: MandateStage,
        /// The account, once the paper is back.
        account: Option<BankAccount>,
        /// The number under which the collector knows the corporation.
        customer: Option<CustomerNumber>,
        /// Whether the account was debited before.
        debited: Debited,
    },
    /// The use it was for is over and paid before it came into force: it is not waited for any more.
    MandateCalledOff {},
    /// A debit failed because the bank knows no such account or mandate.
    MandateBroken {
        /// The debit month.
        batch: Month,
        /// What the bank said.
        code: ResultCode,
        /// The day by which another account must be registered, so that the next debit can go with it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<Dated>,
    },
}
