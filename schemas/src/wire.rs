//! Writing an event for the log and reading it back.

use crate::upcast;
use daicho_domain::nouns::Event;
use daicho_domain::stream::Noun;
use daicho_domain::{
    corporation, credential, enrolment, installation, office_day, poa, rulebook, schedule, staff,
    transmission,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// An event as it is written.
#[derive(Clone, Debug, PartialEq)]
pub struct Wire {
    /// Its type, `poa.received.v1`.
    pub kind: String,
    /// Its fields. Personal ones are marked and must be sealed before they are stored.
    pub body: Value,
}

/// A type that daicho does not know, or a body that is not of its type.
#[derive(Debug, thiserror::Error)]
pub enum Undecodable {
    /// The type is not one of daicho's.
    #[error("the event type \"{0}\" is unknown")]
    UnknownType(String),
    /// The type is of a version that this binary does not know.
    #[error("the event type \"{0}\" is of a later version; update daicho")]
    LaterVersion(String),
    /// The body does not fit the type.
    #[error("the body is not a \"{kind}\": {source}")]
    Body {
        /// The type.
        kind: String,
        /// What is wrong.
        source: serde_json::Error,
    },
}

/// Writes an event.
///
/// # Panics
/// Never for an event that the domain can make: all of them are plain data.
pub fn encode(event: &Event) -> Wire {
    match event {
        Event::Corporation(event) => write(Noun::Corporation, event),
        Event::Enrolment(event) => write(Noun::Enrolment, event),
        Event::Transmission(event) => write(Noun::Transmission, event),
        Event::Poa(event) => write(Noun::Poa, event),
        Event::Credential(event) => write(Noun::Credential, event),
        Event::OfficeDay(event) => write(Noun::OfficeDay, event),
        Event::Schedule(event) => write(Noun::Schedule, event),
        Event::Staff(event) => write(Noun::Staff, event),
        Event::Rulebook(event) => write(Noun::Rulebook, event),
        Event::Installation(event) => write(Noun::Installation, event),
    }
}

fn write(noun: Noun, event: &impl Serialize) -> Wire {
    let mut written = serde_json::to_value(event).expect("a domain event is plain data");
    let name = written["type"].take();
    let name = name.as_str().expect("a domain event is tagged by its type");
    let event = format!("{}.{name}", noun.code());
    let version = upcast::present_version(&event);
    Wire {
        kind: format!("{event}.v{version}"),
        body: written["body"].take(),
    }
}

/// Reads an event, lifting an old version to the present one.
///
/// # Errors
/// [`Undecodable`]: the reader must stop there, never skip.
pub fn decode(kind: &str, body: Value) -> Result<Event, Undecodable> {
    let unknown = || Undecodable::UnknownType(kind.to_owned());
    let (event, version) = kind.rsplit_once(".v").ok_or_else(unknown)?;
    let version: u32 = version.parse().map_err(|_| unknown())?;
    let (noun, name) = event.split_once('.').ok_or_else(unknown)?;
    let noun = Noun::ALL
        .into_iter()
        .find(|known| known.code() == noun)
        .ok_or_else(unknown)?;
    let body = upcast::lift(event, version, body)
        .ok_or_else(|| Undecodable::LaterVersion(kind.to_owned()))?;
    match noun {
        Noun::Corporation => read::<corporation::Event>(kind, name, body).map(Event::Corporation),
        Noun::Enrolment => read::<enrolment::Event>(kind, name, body).map(Event::Enrolment),
        Noun::Transmission => {
            read::<transmission::Event>(kind, name, body).map(Event::Transmission)
        }
        Noun::Poa => read::<poa::Event>(kind, name, body).map(Event::Poa),
        Noun::Credential => read::<credential::Event>(kind, name, body).map(Event::Credential),
        Noun::OfficeDay => read::<office_day::Event>(kind, name, body).map(Event::OfficeDay),
        Noun::Schedule => read::<schedule::Event>(kind, name, body).map(Event::Schedule),
        Noun::Staff => read::<staff::Event>(kind, name, body).map(Event::Staff),
        Noun::Rulebook => read::<rulebook::Event>(kind, name, body).map(Event::Rulebook),
        Noun::Installation => {
            read::<installation::Event>(kind, name, body).map(Event::Installation)
        }
    }
}

fn read<E: DeserializeOwned>(kind: &str, name: &str, body: Value) -> Result<E, Undecodable> {
    let tagged = json!({ "type": name, "body": body });
    serde_json::from_value(tagged).map_err(|source| Undecodable::Body {
        kind: kind.to_owned(),
        source,
    })
}
