//! A document as it was sent: its file by digest, and the template it was made from.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// SHA-256 of a file's bytes: 64 lower-case hexadecimal digits. The file lies under this name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FileDigest([u8; 32]);

/// A text that is no digest of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a file's digest is 64 lower-case hexadecimal digits")]
pub struct NotADigest;

/// A document that was printed or mailed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Document {
    /// The file.
    pub file: FileDigest,
    /// The letter's name, which is that of its templates.
    pub letter: String,
    /// The version of the template.
    pub version: u32,
    /// The digest of the template and what it shares with others.
    pub template: FileDigest,
}

/// A character that no font has, and where it stands: what it stands in is printed by nobody before a person saw to it. One
/// character names nobody, so it is no personal text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MissingGlyph {
    /// The character.
    pub character: char,
    /// The value of the letter in which it stands, `to.corporation`.
    pub place: String,
}

impl FileDigest {
    /// The digest of these 32 bytes of SHA-256.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl fmt::Display for FileDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for FileDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for FileDigest {
    type Err = NotADigest;

    fn from_str(text: &str) -> Result<Self, NotADigest> {
        let digit = |byte: u8| match byte {
            b'0'..=b'9' => Ok(byte - b'0'),
            b'a'..=b'f' => Ok(byte - b'a' + 10),
            _other => Err(NotADigest),
        };
        let text: &[u8; 64] = text.as_bytes().try_into().map_err(|_| NotADigest)?;
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(text.chunks_exact(2)) {
            *byte = digit(pair[0])? << 4 | digit(pair[1])?;
        }
        Ok(Self(bytes))
    }
}

impl TryFrom<String> for FileDigest {
    type Error = NotADigest;

    fn try_from(text: String) -> Result<Self, NotADigest> {
        text.parse()
    }
}

impl From<FileDigest> for String {
    fn from(digest: FileDigest) -> Self {
        digest.to_string()
    }
}

impl JsonSchema for FileDigest {
    fn schema_name() -> Cow<'static, str> {
        "FileDigest".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "SHA-256 of a file, in lower-case hexadecimal digits.",
            "type": "string",
            "pattern": "^[0-9a-f]{64}$"
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_reads_back_and_nothing_else_is_one() {
        let text = "0123456789abcdef".repeat(4);
        let digest: FileDigest = text.parse().expect("64 digits");
        assert_eq!(digest.to_string(), text);
        for wrong in ["", "../../etc/passwd", &text.to_uppercase(), &text[1..]] {
            assert_eq!(wrong.parse::<FileDigest>(), Err(NotADigest), "{wrong}");
        }
    }
}
