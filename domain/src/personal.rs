//! Personal data: names of persons, telephone numbers, mail addresses, free text. The published
//! data of an office is not personal.
//!
//! A [`Personal`] knows whose it is, prints `***` wherever it is formatted, and is written as a
//! marked object (`{"$personal": {…}}`) that the log seals under that person's key before it is
//! stored. Erasing the key leaves the event readable with the text gone.
//!
//! What a person types – why something is done, what was noticed – is such a text, whatever the form asks for: names get
//! written there. A command carries it as [`Typed`]; deciding says under whose key it is recorded.

use crate::stream::Stream;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;

/// The name of the JSON member that marks a personal text.
pub const MARK: &str = "$personal";

/// A text about a person, sealed at rest and never printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Personal {
    #[serde(rename = "$personal")]
    inner: Inner,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Inner {
    subject: String,
    text: Option<String>,
}

impl Personal {
    /// A text about `subject`, the opaque key of the person it is about.
    pub fn new(subject: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            inner: Inner {
                subject: subject.into(),
                text: Some(text.into()),
            },
        }
    }

    /// Whose text it is: the name of the key it is sealed under.
    pub fn subject(&self) -> &str {
        &self.inner.subject
    }

    /// The key of what is typed about a thing that is no corporation's: a day's post, a month's bank file. Nobody but the
    /// office stands behind it; each has its own, so that one can be forgotten without the others.
    pub fn subject_of(stream: &Stream) -> String {
        format!("remarks-{stream}")
    }

    /// The same text under another key.
    pub(crate) fn sealed_under(mut self, subject: &str) -> Self {
        subject.clone_into(&mut self.inner.subject);
        self
    }

    /// The text itself, or `None` once the person's key was erased. The name of this method is what
    /// a reviewer greps for: each call hands personal data to somebody.
    pub fn disclose(&self) -> Option<&str> {
        self.inner.text.as_deref()
    }
}

impl fmt::Debug for Personal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl fmt::Display for Personal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl JsonSchema for Personal {
    fn schema_name() -> Cow<'static, str> {
        "Personal".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "Personal text. Readers of the log see it opened ($personal) or, without the key, sealed ($sealed).",
            "type": "object",
            "minProperties": 1,
            "maxProperties": 1,
            "properties": {
                "$personal": {
                    "type": "object",
                    "required": ["subject", "text"],
                    "properties": {
                        "subject": { "type": "string" },
                        "text": { "type": ["string", "null"] }
                    }
                },
                "$sealed": { "type": "object", "required": ["key", "nonce", "ct"] }
            }
        })
    }
}

/// A text as a person typed it, before it is decided whose it is: what a command carries.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Typed(String);

impl Typed {
    /// Whether nothing was typed.
    pub fn is_blank(&self) -> bool {
        self.0.trim().is_empty()
    }

    /// As it is recorded: a text about `subject`.
    pub fn about(self, subject: impl Into<String>) -> Personal {
        Personal::new(subject, self.0)
    }
}

impl From<String> for Typed {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Typed {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Debug for Typed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_prints_stars_and_discloses_only_when_asked() {
        let name = Personal::new("contact-1", "山田花子");
        assert_eq!(format!("{name} {name:?}"), "*** ***");
        assert_eq!(name.disclose(), Some("山田花子"));
        let typed = Typed::from("山田様の申し出");
        assert_eq!(format!("{typed:?}"), "***");
        let recorded = typed.about("remarks-1");
        assert_eq!(recorded.disclose(), Some("山田様の申し出"));
    }

    #[test]
    fn it_is_written_as_a_marked_object() {
        let json = serde_json::to_value(Personal::new("contact-1", "山田花子")).expect("writes");
        assert_eq!(
            json,
            serde_json::json!({ MARK: { "subject": "contact-1", "text": "山田花子" } })
        );
    }
}
