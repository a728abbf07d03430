//! Writing an event for the log and reading it back.

use crate::upcast;
use daicho_domain::nouns::Event;
use daicho_domain::stream::{Noun, Stream};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::cmp::Ordering;

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
    /// The type is of a former version, and was not lifted to the present one.
    #[error("the event type \"{0}\" is of a former version")]
    FormerVersion(String),
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
        Event::Licence(event) => write(Noun::Licence, event),
        Event::Billing(event) => write(Noun::Billing, event),
        Event::DebitBatch(event) => write(Noun::DebitBatch, event),
        Event::Termination(event) => write(Noun::Termination, event),
        Event::OfficeDay(event) => write(Noun::OfficeDay, event),
        Event::Schedule(event) => write(Noun::Schedule, event),
        Event::Staff(event) => write(Noun::Staff, event),
        Event::Rulebook(event) => write(Noun::Rulebook, event),
        Event::Installation(event) => write(Noun::Installation, event),
        Event::Dispatch(event) => write(Noun::Dispatch, event),
        Event::Mail(event) => write(Noun::Mail, event),
        Event::Attachment(event) => write(Noun::Attachment, event),
        Event::Agent(event) => write(Noun::Agent, event),
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

/// Whether a type is of a former version: it is read after [`lift`].
pub fn is_former(kind: &str) -> bool {
    Named::parse(kind).is_ok_and(|named| named.version < upcast::present_version(named.event))
}

/// An event of an old version as it would be written at the present one. What was not sealed then is marked, and in plain.
///
/// # Errors
/// [`Undecodable`]: the reader must stop there, never skip.
pub fn lift(kind: &str, body: Value, stream: &Stream) -> Result<Wire, Undecodable> {
    let named = Named::parse(kind)?;
    let lifted = upcast::lift(named.event, named.version, body, stream);
    let present = upcast::present_version(named.event);
    Ok(Wire {
        kind: format!("{}.v{present}", named.event),
        body: lifted.ok_or_else(|| Undecodable::LaterVersion(kind.to_owned()))?,
    })
}

/// Reads an event of the present version.
///
/// # Errors
/// [`Undecodable`]: the reader must stop there, never skip.
pub fn decode(kind: &str, body: Value) -> Result<Event, Undecodable> {
    Named::present(kind)?.read(Written::Fields(body))
}

/// As [`decode`], from the text of the body: it is read without building its fields first, which is most of the work of a
/// replay.
///
/// # Errors
/// [`Undecodable`]: the reader must stop there, never skip.
pub fn decode_text(kind: &str, body: &str) -> Result<Event, Undecodable> {
    Named::present(kind)?.read(Written::Text(body))
}

/// A type taken apart.
#[derive(Clone, Copy)]
struct Named<'a> {
    /// `poa.received.v1`
    kind: &'a str,
    /// `poa.received`
    event: &'a str,
    noun: Noun,
    /// `received`
    name: &'a str,
    version: u32,
}

/// A body of the present version.
enum Written<'a> {
    Fields(Value),
    Text(&'a str),
}

impl<'a> Named<'a> {
    fn parse(kind: &'a str) -> Result<Self, Undecodable> {
        let unknown = || Undecodable::UnknownType(kind.to_owned());
        let (event, version) = kind.rsplit_once(".v").ok_or_else(unknown)?;
        let version = version.parse().map_err(|_| unknown())?;
        let (noun, name) = event.split_once('.').ok_or_else(unknown)?;
        let noun = Noun::ALL
            .into_iter()
            .find(|known| known.code() == noun)
            .ok_or_else(unknown)?;
        Ok(Self {
            kind,
            event,
            noun,
            name,
            version,
        })
    }

    /// As [`Self::parse`], of the present version alone.
    fn present(kind: &'a str) -> Result<Self, Undecodable> {
        let named = Self::parse(kind)?;
        match named.version.cmp(&upcast::present_version(named.event)) {
            Ordering::Equal => Ok(named),
            Ordering::Less => Err(Undecodable::FormerVersion(kind.to_owned())),
            Ordering::Greater => Err(Undecodable::LaterVersion(kind.to_owned())),
        }
    }

    fn read(self, body: Written<'_>) -> Result<Event, Undecodable> {
        match self.noun {
            Noun::Corporation => self.as_event(body).map(Event::Corporation),
            Noun::Enrolment => self.as_event(body).map(Event::Enrolment),
            Noun::Transmission => self.as_event(body).map(Event::Transmission),
            Noun::Poa => self.as_event(body).map(Event::Poa),
            Noun::Credential => self.as_event(body).map(Event::Credential),
            Noun::Licence => self.as_event(body).map(Event::Licence),
            Noun::Billing => self.as_event(body).map(Event::Billing),
            Noun::DebitBatch => self.as_event(body).map(Event::DebitBatch),
            Noun::Termination => self.as_event(body).map(Event::Termination),
            Noun::OfficeDay => self.as_event(body).map(Event::OfficeDay),
            Noun::Schedule => self.as_event(body).map(Event::Schedule),
            Noun::Staff => self.as_event(body).map(Event::Staff),
            Noun::Rulebook => self.as_event(body).map(Event::Rulebook),
            Noun::Installation => self.as_event(body).map(Event::Installation),
            Noun::Dispatch => self.as_event(body).map(Event::Dispatch),
            Noun::Mail => self.as_event(body).map(Event::Mail),
            Noun::Attachment => self.as_event(body).map(Event::Attachment),
            Noun::Agent => self.as_event(body).map(Event::Agent),
        }
    }

    /// The domain's events are tagged by their name, which stands before the body so that it is known by then.
    fn as_event<E: DeserializeOwned>(self, body: Written<'_>) -> Result<E, Undecodable> {
        let read = match body {
            Written::Fields(body) => {
                serde_json::from_value(json!({ "type": self.name, "body": body }))
            }
            Written::Text(body) => {
                let name = Value::from(self.name);
                serde_json::from_str(&format!(r#"{{"type":{name},"body":{body}}}"#))
            }
        };
        read.map_err(|source| Undecodable::Body {
            kind: self.kind.to_owned(),
            source,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_said_and_never_guessed() {
        let said = |kind: &str, body: &str| {
            let error = decode_text(kind, body).expect_err("it cannot be read");
            error.to_string()
        };
        assert_eq!(
            said("letter.sent.v1", "{}"),
            "the event type \"letter.sent.v1\" is unknown"
        );
        assert_eq!(said("poa", "{}"), "the event type \"poa\" is unknown");
        assert_eq!(
            said("poa.received.v9", "{}"),
            "the event type \"poa.received.v9\" is of a later version; update daicho"
        );
        assert_eq!(
            said("poa.rejected.v1", "{}"),
            "the event type \"poa.rejected.v1\" is of a former version"
        );
        assert!(said("poa.received.v1", "{").starts_with("the body is not a \"poa.received.v1\""));
        assert!(said("poa.\"},{.v1", "{}").contains("unknown variant"));
        // What closes the body early does not smuggle anything in.
        assert!(said("staff.left.v1", "{}},{\"a\":{}").contains("trailing"));
    }
}
