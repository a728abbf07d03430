//! 事業所番号: ten characters `PP T CC SSSS D`, the office of every workflow.
//!
//! A wrong form is refused. A check digit that fits no rule is not: published numbers in daily use
//! break both, so it is taken and a person is told.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::fault::{Fault, Field, InvalidIdentifier};
use super::normalise::halved;
use crate::Prefecture;

/// Letters that may stand at the third place: no I, O, Q, so that they count A=10 … Z=32.
const LETTERS: &[u8] = b"ABCDEFGHJKLMNPRSTUVWXYZ";

/// An office number in the right form. Its check digit may still fit no rule: see [`Self::check_rule`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OfficeNumber([u8; 10]);

/// Which rule the check digit fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CheckRule {
    /// Over the first nine characters: nearly all numbers.
    A,
    /// Over characters 4 to 9 only: some community-based services.
    B,
    /// Neither: taken, with a warning to a person.
    Neither,
}

impl CheckRule {
    /// The sentence for a person when neither rule fits.
    #[must_use]
    pub fn warning(self, number: OfficeNumber) -> Option<String> {
        match self {
            CheckRule::A | CheckRule::B => None,
            CheckRule::Neither => Some(format!(
                "事業所番号「{number}」は検査数字がどの規則にも合いません。指定通知書の番号と照らし合わせてください。"
            )),
        }
    }
}

impl OfficeNumber {
    /// Reads a number as it was typed: spaces around it dropped, full width made half width.
    ///
    /// # Errors
    /// [`InvalidIdentifier`] when the form is wrong, with the likely number offered.
    pub fn parse(sent: &str) -> Result<OfficeNumber, InvalidIdentifier> {
        let text = halved(sent);
        let refused = |fault| InvalidIdentifier {
            field: Field::OfficeNumber,
            value: sent.to_owned(),
            offered: offers(&text, &fault),
            fault,
        };
        formed(&text).map_err(refused)
    }

    /// A number with a check digit by rule A. `kind` is a digit or one of the letters, `area` below 100,
    /// `serial` below 10 000; `None` when one of them is not.
    #[must_use]
    pub fn compose(
        prefecture: Prefecture,
        kind: char,
        area: u8,
        serial: u16,
    ) -> Option<OfficeNumber> {
        if area > 99 || serial > 9_999 {
            return None;
        }
        let mut bytes: [u8; 10] = format!("{prefecture}{kind}{area:02}{serial:04}0")
            .as_bytes()
            .try_into()
            .ok()?;
        bytes[9] = b'0' + check_digit(&bytes[..9])?;
        Some(OfficeNumber(bytes))
    }

    /// The ten characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("an office number is ASCII")
    }

    /// The prefecture that designated the office.
    #[must_use]
    pub fn prefecture(&self) -> Prefecture {
        let code = (self.0[0] - b'0') * 10 + (self.0[1] - b'0');
        Prefecture::from_code(code).expect("the form holds a prefecture")
    }

    /// Which rule the check digit fits.
    #[must_use]
    pub fn check_rule(&self) -> CheckRule {
        let digit = Some(self.0[9] - b'0');
        if check_digit(&self.0[..9]) == digit {
            CheckRule::A
        } else if check_digit(&self.0[3..9]) == digit {
            CheckRule::B
        } else {
            CheckRule::Neither
        }
    }
}

fn formed(text: &str) -> Result<OfficeNumber, Fault> {
    let found = text.chars().count();
    if found == 0 {
        return Err(Fault::Missing);
    }
    if found == 9 && text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Fault::LostZero);
    }
    if found != 10 {
        return Err(Fault::Length { found });
    }
    for (index, found) in text.chars().enumerate() {
        let fits = found.is_ascii_digit()
            || (index == 2 && LETTERS.iter().any(|&l| char::from(l) == found));
        if !fits {
            return Err(Fault::Character {
                found,
                place: index + 1,
            });
        }
    }
    text[..2]
        .parse::<Prefecture>()
        .map_err(|_| Fault::Prefecture)?;
    Ok(OfficeNumber(
        text.as_bytes().try_into().expect("ten ASCII characters"),
    ))
}

/// What the number may have been: the lost zero put back, dashes taken out, look-alikes exchanged.
fn offers(text: &str, fault: &Fault) -> Vec<String> {
    let repaired: String = match fault {
        Fault::LostZero => format!("0{text}"),
        Fault::Length { .. } | Fault::Character { .. } => {
            let joined = text.chars().filter(|c| !matches!(c, '-' | ' '));
            let digits = joined
                .enumerate()
                .map(|(index, c)| match c.to_ascii_uppercase() {
                    upper if index == 2 && LETTERS.iter().any(|&l| char::from(l) == upper) => upper,
                    'O' | 'Q' => '0',
                    'I' | 'L' => '1',
                    other => other,
                });
            digits.collect()
        }
        Fault::Missing | Fault::Prefecture | Fault::CheckDigit | Fault::AgentId | Fault::Prefix => {
            return Vec::new();
        }
    };
    let likely = |number: &OfficeNumber| number.check_rule() != CheckRule::Neither;
    formed(&repaired)
        .ok()
        .filter(likely)
        .map(|number| number.to_string())
        .into_iter()
        .collect()
}

/// Modulus 10, weights 2, 1, 2, 1 … from the right, digits of a product added up.
fn check_digit(characters: &[u8]) -> Option<u8> {
    let mut sum = 0_u32;
    for (place, &character) in characters.iter().rev().enumerate() {
        let value = match character {
            b'0'..=b'9' => u32::from(character - b'0'),
            _ => 10 + u32::try_from(LETTERS.iter().position(|&l| l == character)?).ok()?,
        };
        let product = value * if place % 2 == 0 { 2 } else { 1 };
        sum += product / 10 + product % 10;
    }
    u8::try_from((10 - sum % 10) % 10).ok()
}

impl fmt::Display for OfficeNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for OfficeNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OfficeNumber({self})")
    }
}

impl FromStr for OfficeNumber {
    type Err = InvalidIdentifier;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        OfficeNumber::parse(text)
    }
}

impl TryFrom<String> for OfficeNumber {
    type Error = InvalidIdentifier;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        OfficeNumber::parse(&text)
    }
}

impl From<OfficeNumber> for String {
    fn from(number: OfficeNumber) -> Self {
        number.as_str().to_owned()
    }
}

impl JsonSchema for OfficeNumber {
    fn schema_name() -> Cow<'static, str> {
        "OfficeNumber".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^(0[1-9]|[1-3][0-9]|4[0-7])[0-9A-HJ-NPR-Z][0-9]{7}$" })
    }
}
