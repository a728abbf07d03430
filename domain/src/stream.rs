//! Names of things: typed ids, and the stream that holds each thing's events.
//!
//! Ids are immutable and say nothing; 法人番号 and 事業所番号 are attributes that may arrive late,
//! change, or turn out wrong. Where the office's own number makes a thing unique, the id is derived
//! from the first number it was known by, so that the same registration twice meets the same stream.

use crate::Service;
use crate::dates::Month;
use crate::identifiers::OfficeNumber;
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// The namespace of every id that daicho derives.
const NAMESPACE: Uuid = Uuid::from_u128(0x6461_6963_686f_4e53_8000_0000_0000_0001);

/// An id derived from `parts`: the same parts always give the same id.
pub fn derived_id(parts: &[&str]) -> Uuid {
    Uuid::new_v5(&NAMESPACE, parts.join("\u{1f}").as_bytes())
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
        )]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.simple().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                Uuid::parse_str(text).map(Self)
            }
        }
    )*};
}

ids! {
    /// A corporation (法人).
    CorporationId;
    /// An office (事業所) of a corporation: one 事業所番号, renumbered or not.
    OfficeId;
    /// One application (申込) for transmission, of one or many offices.
    ApplicationId;
    /// One 委任状: one office number, one original.
    PoaId;
    /// One ID with its password.
    CredentialId;
    /// A member of the staff, opaque.
    StaffId;
    /// One mail.
    MailId;
    /// One run of moving in (移行): these files, with these totals.
    RunId;
    /// One letter: what an event promised to tell a corporation.
    LetterId;
}

impl CorporationId {
    /// The id of the corporation first known by this 法人番号.
    pub fn of_number(number: &str) -> Self {
        Self(derived_id(&["houjin", number]))
    }

    /// The id of a provisional corporation, known only by one of its offices.
    pub fn provisional(office_number: &str) -> Self {
        Self(derived_id(&["houjin-of-office", office_number]))
    }
}

impl OfficeId {
    /// The id of the office first known by this 事業所番号.
    pub fn of_number(number: &str) -> Self {
        Self(derived_id(&["office", number]))
    }
}

impl PoaId {
    /// The 委任状 of one office in one application.
    pub fn of(application: ApplicationId, office: OfficeId) -> Self {
        Self(derived_id(&[
            "poa",
            &application.to_string(),
            &office.to_string(),
        ]))
    }
}

impl PoaId {
    /// The 委任状 by which an office's billing agent is released after an end month.
    pub fn of_end(application: ApplicationId, office: OfficeId, end_month: Month) -> Self {
        Self(derived_id(&[
            "poa-end",
            &application.to_string(),
            &office.to_string(),
            &end_month.to_string(),
        ]))
    }
}

impl LetterId {
    /// The letter of this name about this thing: the same promise twice meets the same letter.
    pub fn of<T: AsRef<str>>(letter: &str, about: &[T]) -> Self {
        let parts: Vec<_> = ["letter", letter]
            .into_iter()
            .chain(about.iter().map(AsRef::as_ref))
            .collect();
        Self(derived_id(&parts))
    }
}

impl MailId {
    /// The mail of one kind about one thing, told from another mail about it by what follows.
    pub fn of<T: AsRef<str>>(kind: &str, about: &[T]) -> Self {
        let parts: Vec<_> = ["mail", kind]
            .into_iter()
            .chain(about.iter().map(AsRef::as_ref))
            .collect();
        Self(derived_id(&parts))
    }
}

impl RunId {
    /// The run of what these parts say: the digests of its files, its days, its totals.
    pub fn of(parts: &[&str]) -> Self {
        let parts: Vec<_> = std::iter::once("moving")
            .chain(parts.iter().copied())
            .collect();
        Self(derived_id(&parts))
    }
}

impl ApplicationId {
    /// The application that the books kept before call by this number.
    pub fn carried_over(corporation: CorporationId, service: Service, called: &str) -> Self {
        Self(derived_id(&[
            "application-carried-over",
            &corporation.to_string(),
            service.code(),
            called,
        ]))
    }
}

impl CredentialId {
    /// The messenger ID of one office in one application.
    pub fn of_office(application: ApplicationId, office: OfficeId) -> Self {
        Self(derived_id(&[
            "credential",
            &application.to_string(),
            &office.to_string(),
        ]))
    }

    /// The corporation account (法人ID) of a service.
    pub fn of_corporation(corporation: CorporationId, service: Service) -> Self {
        Self(derived_id(&[
            "credential",
            &corporation.to_string(),
            service.code(),
        ]))
    }
}

/// The kinds of things that have a stream: the nouns of the office.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each noun is documented by its module")]
pub enum Noun {
    Corporation,
    Enrolment,
    Transmission,
    Poa,
    Credential,
    Licence,
    Billing,
    DebitBatch,
    Termination,
    OfficeDay,
    Schedule,
    Staff,
    Rulebook,
    Installation,
    Dispatch,
    Mail,
    Attachment,
    Agent,
}

impl Noun {
    /// Every noun.
    pub const ALL: [Self; 18] = [
        Self::Corporation,
        Self::Enrolment,
        Self::Transmission,
        Self::Poa,
        Self::Credential,
        Self::Licence,
        Self::Billing,
        Self::DebitBatch,
        Self::Termination,
        Self::OfficeDay,
        Self::Schedule,
        Self::Staff,
        Self::Rulebook,
        Self::Installation,
        Self::Dispatch,
        Self::Mail,
        Self::Attachment,
        Self::Agent,
    ];

    /// The noun's name on the wire: the first word of its event types and stream names.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Corporation => "corporation",
            Self::Enrolment => "enrolment",
            Self::Transmission => "transmission",
            Self::Poa => "poa",
            Self::Credential => "credential",
            Self::Licence => "licence",
            Self::Billing => "billing",
            Self::DebitBatch => "debit_batch",
            Self::Termination => "termination",
            Self::OfficeDay => "office_day",
            Self::Schedule => "schedule",
            Self::Staff => "staff",
            Self::Rulebook => "rulebook",
            Self::Installation => "installation",
            Self::Dispatch => "dispatch",
            Self::Mail => "mail",
            Self::Attachment => "attachment",
            Self::Agent => "agent",
        }
    }
}

/// One stream: a noun and the key that tells one thing of that noun from the others.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stream {
    /// A corporation, its offices and contacts.
    Corporation(CorporationId),
    /// One service for one corporation.
    Enrolment(CorporationId, Service),
    /// All transmission applications of one corporation for one service.
    Transmission(CorporationId, Service),
    /// One 委任状.
    Poa(PoaId),
    /// One ID/PW.
    Credential(CredentialId),
    /// The licence of one office number.
    Licence(OfficeNumber),
    /// One corporation's ledger.
    Billing(CorporationId),
    /// One month's bank file.
    DebitBatch(Month),
    /// The ends of one service of one corporation.
    Termination(CorporationId, Service),
    /// One calendar day.
    OfficeDay(NaiveDate),
    /// One recurring job.
    Schedule(String),
    /// One member of the staff.
    Staff(StaffId),
    /// The published rule books of one service.
    Rulebook(Service),
    /// The starts of this installation.
    Installation,
    /// One letter.
    Dispatch(LetterId),
    /// One mail.
    Mail(MailId),
    /// What was attached to the cases of another stream.
    Attachment(Box<Stream>),
    /// The pool of billing agents' IDs.
    Agents,
}

impl Stream {
    /// The stream of what was attached to the cases of this one.
    pub fn attached_to(of: &Self) -> Self {
        Self::Attachment(Box::new(of.clone()))
    }

    /// The noun of the thing.
    pub const fn noun(&self) -> Noun {
        match self {
            Self::Corporation(_) => Noun::Corporation,
            Self::Enrolment(..) => Noun::Enrolment,
            Self::Transmission(..) => Noun::Transmission,
            Self::Poa(_) => Noun::Poa,
            Self::Credential(_) => Noun::Credential,
            Self::Licence(_) => Noun::Licence,
            Self::Billing(_) => Noun::Billing,
            Self::DebitBatch(_) => Noun::DebitBatch,
            Self::Termination(..) => Noun::Termination,
            Self::OfficeDay(_) => Noun::OfficeDay,
            Self::Schedule(_) => Noun::Schedule,
            Self::Staff(_) => Noun::Staff,
            Self::Rulebook(_) => Noun::Rulebook,
            Self::Installation => Noun::Installation,
            Self::Dispatch(_) => Noun::Dispatch,
            Self::Mail(_) => Noun::Mail,
            Self::Attachment(_) => Noun::Attachment,
            Self::Agents => Noun::Agent,
        }
    }
}

impl fmt::Display for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-", self.noun().code())?;
        match self {
            Self::Corporation(id) => id.fmt(f),
            Self::Enrolment(id, service)
            | Self::Transmission(id, service)
            | Self::Termination(id, service) => {
                write!(f, "{id}.{service}")
            }
            Self::Poa(id) => id.fmt(f),
            Self::Credential(id) => id.fmt(f),
            Self::Licence(number) => number.fmt(f),
            Self::Billing(id) => id.fmt(f),
            Self::DebitBatch(month) => month.fmt(f),
            Self::OfficeDay(date) => date.fmt(f),
            Self::Schedule(name) => f.write_str(name),
            Self::Staff(id) => id.fmt(f),
            Self::Rulebook(service) => service.fmt(f),
            Self::Installation | Self::Agents => f.write_str("main"),
            Self::Dispatch(id) => id.fmt(f),
            Self::Mail(id) => id.fmt(f),
            Self::Attachment(of) => of.fmt(f),
        }
    }
}

/// A stream name that is not one of daicho's own.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not the name of a daicho stream")]
pub struct ForeignStream(pub String);

impl FromStr for Stream {
    type Err = ForeignStream;

    fn from_str(text: &str) -> Result<Self, ForeignStream> {
        parse(text).ok_or_else(|| ForeignStream(text.to_owned()))
    }
}

fn parse(text: &str) -> Option<Stream> {
    let (code, key) = text.split_once('-')?;
    let noun = Noun::ALL.into_iter().find(|noun| noun.code() == code)?;
    let per_service = || {
        let (id, service) = key.split_once('.')?;
        Some((id.parse().ok()?, service.parse().ok()?))
    };
    Some(match noun {
        Noun::Corporation => Stream::Corporation(key.parse().ok()?),
        Noun::Enrolment => per_service().map(|(id, service)| Stream::Enrolment(id, service))?,
        Noun::Transmission => {
            per_service().map(|(id, service)| Stream::Transmission(id, service))?
        }
        Noun::Poa => Stream::Poa(key.parse().ok()?),
        Noun::Credential => Stream::Credential(key.parse().ok()?),
        Noun::Licence => Stream::Licence(key.parse().ok()?),
        Noun::Billing => Stream::Billing(key.parse().ok()?),
        Noun::DebitBatch => Stream::DebitBatch(key.parse().ok()?),
        Noun::Termination => per_service().map(|(id, service)| Stream::Termination(id, service))?,
        Noun::OfficeDay => Stream::OfficeDay(key.parse().ok()?),
        Noun::Schedule => Stream::Schedule(key.to_owned()),
        Noun::Staff => Stream::Staff(key.parse().ok()?),
        Noun::Rulebook => Stream::Rulebook(key.parse().ok()?),
        Noun::Installation => (key == "main").then_some(Stream::Installation)?,
        Noun::Agent => (key == "main").then_some(Stream::Agents)?,
        Noun::Dispatch => Stream::Dispatch(key.parse().ok()?),
        Noun::Mail => Stream::Mail(key.parse().ok()?),
        Noun::Attachment => {
            let of = parse(key).filter(|of| of.noun() != Noun::Attachment)?;
            Stream::Attachment(Box::new(of))
        }
    })
}

impl Serialize for Stream {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Stream {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stream_name_reads_back() {
        let corporation = CorporationId::of_number("7000012050002");
        let office = OfficeId::of_number("0170210231");
        let application = ApplicationId(derived_id(&["application", "1"]));
        let day = NaiveDate::from_ymd_opt(2026, 11, 21).expect("a real day");
        for stream in [
            Stream::Corporation(corporation),
            Stream::Enrolment(corporation, Service::HonobonoMini2),
            Stream::Transmission(corporation, Service::CareNetMessenger),
            Stream::Poa(PoaId::of(application, office)),
            Stream::Credential(CredentialId::of_office(application, office)),
            Stream::Billing(corporation),
            Stream::DebitBatch(Month::of(day)),
            Stream::OfficeDay(day),
            Stream::Schedule("month_end".into()),
            Stream::Staff(StaffId(derived_id(&["staff", "1"]))),
            Stream::Rulebook(Service::CareplanRenkei),
            Stream::Installation,
            Stream::Agents,
            Stream::Dispatch(LetterId::of("postponed", &["1"])),
            Stream::Mail(MailId(derived_id(&["mail", "1"]))),
            Stream::attached_to(&Stream::Poa(PoaId::of(application, office))),
        ] {
            assert_eq!(stream.to_string().parse(), Ok(stream));
        }
        assert_eq!(
            "$ce-poa".parse::<Stream>(),
            Err(ForeignStream("$ce-poa".into()))
        );
    }
}
