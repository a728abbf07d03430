//! HD ID: the user ID of a billing agent at the federations, `HD` and twelve digits.
//!
//! What the digits mean is the federations' affair: nothing is checked beyond the form.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::normalise::halved;

/// A billing agent's user ID.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AgentId([u8; 14]);

/// A text that is no agent's ID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an agent's ID is HD and twelve digits")]
pub struct NotAnAgentId;

impl AgentId {
    /// Reads an ID as it was typed: spaces around it dropped, full width made half width.
    ///
    /// # Errors
    /// When the form is wrong.
    pub fn parse(sent: &str) -> Result<Self, NotAnAgentId> {
        let text = halved(sent);
        let bytes: [u8; 14] = text.as_bytes().try_into().map_err(|_| NotAnAgentId)?;
        let formed = bytes.starts_with(b"HD") && bytes[2..].iter().all(u8::is_ascii_digit);
        formed.then_some(Self(bytes)).ok_or(NotAnAgentId)
    }

    /// The fourteen characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("an agent's ID is ASCII")
    }
}

impl fmt::Display for AgentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for AgentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for AgentId {
    type Err = NotAnAgentId;

    fn from_str(text: &str) -> Result<Self, NotAnAgentId> {
        Self::parse(text)
    }
}

impl TryFrom<String> for AgentId {
    type Error = NotAnAgentId;

    fn try_from(text: String) -> Result<Self, NotAnAgentId> {
        Self::parse(&text)
    }
}

impl From<AgentId> for String {
    fn from(id: AgentId) -> Self {
        id.to_string()
    }
}

impl JsonSchema for AgentId {
    fn schema_name() -> Cow<'static, str> {
        "AgentId".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A billing agent's user ID: HD and twelve digits.",
            "type": "string",
            "pattern": "^HD[0-9]{12}$"
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agent_s_id_reads_back_and_nothing_else_is_one() {
        let id = AgentId::parse("ＨＤ239900000001 ").expect("it is one");
        assert_eq!(id.as_str(), "HD239900000001");
        for wrong in [
            "",
            "KJ239900000001",
            "HD23990000001",
            "HD2399000000012",
            "HD23990000000A",
        ] {
            assert_eq!(AgentId::parse(wrong), Err(NotAnAgentId), "{wrong}");
        }
    }
}
