//! KJ ID: an office's own user ID at the federation, `KJ` + prefecture 2 + 事業所番号 10.
//!
//! That composition is public knowledge, not a promise of the federation's: an ID that names another
//! office is taken, and a person confirms it. `HD…` belongs to a billing agent and is refused.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::fault::{Fault, Field, InvalidIdentifier};
use super::normalise::halved;
use super::office_number::OfficeNumber;

/// An office's own user ID.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct KjId([u8; 14]);

/// How an ID stands to the office it was given for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum KjIdCheck {
    /// Prefecture and office number are the office's own.
    Matches,
    /// It names another office number: a person confirms it.
    OfficeDiffers,
    /// The office number fits, the prefecture before it does not: a person confirms it.
    PrefectureDiffers,
}

impl KjIdCheck {
    /// The sentence for the person who has to confirm, if anybody has to.
    #[must_use]
    pub fn warning(self, id: KjId, office: OfficeNumber) -> Option<String> {
        let differs = match self {
            KjIdCheck::Matches => return None,
            KjIdCheck::OfficeDiffers => format!(
                "事業所番号の部分「{}」が事業所番号「{office}」と異なります",
                id.office_part()
            ),
            KjIdCheck::PrefectureDiffers => {
                format!(
                    "都道府県の部分「{}」が事業所番号「{office}」の都道府県と異なります",
                    id.prefecture_part()
                )
            }
        };
        Some(format!(
            "KJ ID「{id}」の{differs}。国保連の通知書で確かめ、正しければ確認済みにしてください。"
        ))
    }
}

impl KjId {
    /// Reads an ID as it was typed: spaces around it dropped, full width made half width.
    ///
    /// # Errors
    /// [`InvalidIdentifier`] when it is an agent's ID or the form is wrong.
    pub fn parse(sent: &str) -> Result<KjId, InvalidIdentifier> {
        let text = halved(sent);
        formed(&text).map_err(|fault| InvalidIdentifier {
            field: Field::KjId,
            value: sent.to_owned(),
            offered: offers(&text, &fault),
            fault,
        })
    }

    /// The ID the federation gives this office.
    #[must_use]
    pub fn compose(office: OfficeNumber) -> KjId {
        let text = format!("KJ{}{office}", office.prefecture());
        KjId(
            text.as_bytes()
                .try_into()
                .expect("2 + 2 + 10 ASCII characters"),
        )
    }

    /// The fourteen characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("a KJ ID is ASCII")
    }

    /// The ten characters that should be the office's number.
    #[must_use]
    pub fn office_part(&self) -> &str {
        &self.as_str()[4..]
    }

    /// The two characters that should be the office's prefecture.
    #[must_use]
    pub fn prefecture_part(&self) -> &str {
        &self.as_str()[2..4]
    }

    /// How this ID stands to the office it was given for.
    #[must_use]
    pub fn check(&self, office: OfficeNumber) -> KjIdCheck {
        if self.office_part() != office.as_str() {
            KjIdCheck::OfficeDiffers
        } else if self.prefecture_part() != &office.as_str()[..2] {
            KjIdCheck::PrefectureDiffers
        } else {
            KjIdCheck::Matches
        }
    }
}

fn formed(text: &str) -> Result<KjId, Fault> {
    let found = text.chars().count();
    if found == 0 {
        return Err(Fault::Missing);
    }
    if text
        .get(..2)
        .is_some_and(|front| front.eq_ignore_ascii_case("HD"))
    {
        return Err(Fault::AgentId);
    }
    if !text
        .get(..2)
        .is_some_and(|front| front.eq_ignore_ascii_case("KJ"))
    {
        return Err(Fault::Prefix);
    }
    if let Some((index, found)) = text
        .chars()
        .enumerate()
        .find(|(_, c)| !(c.is_ascii_digit() || c.is_ascii_uppercase()))
    {
        return Err(Fault::Character {
            found,
            place: index + 1,
        });
    }
    text.as_bytes()
        .try_into()
        .map(KjId)
        .map_err(|_| Fault::Length { found })
}

/// Capitals for small letters, dashes taken out, the prefix put before what looks like its rest.
fn offers(text: &str, fault: &Fault) -> Vec<String> {
    let joined = text.to_ascii_uppercase().replace(['-', ' '], "");
    let repaired = match fault {
        Fault::Character { .. } => joined,
        Fault::Prefix if joined.len() == 12 => format!("KJ{joined}"),
        Fault::Length { .. } if joined.len() == 12 => match OfficeNumber::parse(&joined[2..]) {
            Ok(office) => KjId::compose(office).to_string(),
            Err(_) => return Vec::new(),
        },
        Fault::Prefix
        | Fault::Length { .. }
        | Fault::Missing
        | Fault::LostZero
        | Fault::Prefecture
        | Fault::CheckDigit
        | Fault::AgentId => return Vec::new(),
    };
    let likely = |id: &KjId| OfficeNumber::parse(id.office_part()).is_ok();
    formed(&repaired)
        .ok()
        .filter(likely)
        .map(|id| id.to_string())
        .into_iter()
        .collect()
}

impl fmt::Display for KjId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for KjId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KjId({self})")
    }
}

impl FromStr for KjId {
    type Err = InvalidIdentifier;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        KjId::parse(text)
    }
}

impl TryFrom<String> for KjId {
    type Error = InvalidIdentifier;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        KjId::parse(&text)
    }
}

impl From<KjId> for String {
    fn from(id: KjId) -> Self {
        id.as_str().to_owned()
    }
}

impl JsonSchema for KjId {
    fn schema_name() -> Cow<'static, str> {
        "KjId".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^KJ[0-9A-Z]{12}$" })
    }
}
