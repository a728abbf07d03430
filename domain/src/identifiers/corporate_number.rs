//! 法人番号: thirteen digits, the check digit first. It tells corporations apart; their names never do.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::fault::{Fault, Field, InvalidIdentifier};
use super::normalise::halved;

/// How many likely numbers an error offers.
const OFFERED_MAX: usize = 3;

/// A corporate number whose check digit is right.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CorporateNumber([u8; 13]);

impl CorporateNumber {
    /// Reads a number as it was typed: spaces around it dropped, full width made half width, the `T` of
    /// a 登録番号 taken off.
    ///
    /// # Errors
    /// [`InvalidIdentifier`], with numbers one transposition or one digit away offered.
    pub fn parse(sent: &str) -> Result<CorporateNumber, InvalidIdentifier> {
        CorporateNumber::parse_knowing(sent, |_| false)
    }

    /// As [`Self::parse`]; numbers that are `known` already are offered first.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn parse_knowing(
        sent: &str,
        known: impl Fn(CorporateNumber) -> bool,
    ) -> Result<CorporateNumber, InvalidIdentifier> {
        let text = halved(sent);
        let digits = text.strip_prefix('T').unwrap_or(&text);
        formed(digits).map_err(|fault| InvalidIdentifier {
            field: Field::CorporateNumber,
            value: sent.to_owned(),
            offered: offers(digits, &fault, known),
            fault,
        })
    }

    /// The number over twelve digits (the 会社法人等番号), its check digit put before them.
    #[must_use]
    pub fn compose(twelve: u64) -> Option<CorporateNumber> {
        let text = format!("0{twelve:012}");
        let mut digits: [u8; 13] = text.as_bytes().try_into().ok()?;
        digits[0] = check_digit(&digits);
        Some(CorporateNumber(digits))
    }

    /// The thirteen digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("a corporate number is ASCII")
    }

    /// The number as it stands on invoices: `T` and the thirteen digits.
    #[must_use]
    pub fn registration_number(&self) -> String {
        format!("T{self}")
    }
}

fn formed(text: &str) -> Result<CorporateNumber, Fault> {
    let found = text.chars().count();
    if found == 0 {
        return Err(Fault::Missing);
    }
    if let Some((index, found)) = text.chars().enumerate().find(|(_, c)| !c.is_ascii_digit()) {
        return Err(Fault::Character {
            found,
            place: index + 1,
        });
    }
    let digits: [u8; 13] = text
        .as_bytes()
        .try_into()
        .map_err(|_| Fault::Length { found })?;
    if digits[0] == check_digit(&digits) {
        Ok(CorporateNumber(digits))
    } else {
        Err(Fault::CheckDigit)
    }
}

/// 9 − (Σ P·Q mod 9) over the twelve digits after the first, Q = 1, 2, 1, 2 … from the right.
fn check_digit(digits: &[u8; 13]) -> u8 {
    let sum: u32 = digits[1..]
        .iter()
        .rev()
        .zip([1, 2].into_iter().cycle())
        .map(|(d, q)| u32::from(d - b'0') * q)
        .sum();
    b'0' + u8::try_from(9 - sum % 9).expect("below ten")
}

/// Likely numbers: known ones first, then neighbours exchanged, then one digit mistyped (the check
/// digit before the others).
fn offers(text: &str, fault: &Fault, known: impl Fn(CorporateNumber) -> bool) -> Vec<String> {
    let mut likely = match fault {
        Fault::CheckDigit => {
            let digits: [u8; 13] = text
                .as_bytes()
                .try_into()
                .expect("thirteen digits had a check digit");
            let mut near = exchanged(digits);
            near.extend(mistyped(digits));
            near
        }
        Fault::Length { found: 12 } => text
            .parse()
            .ok()
            .and_then(CorporateNumber::compose)
            .into_iter()
            .collect(),
        Fault::Character { .. } => formed(&text.replace(['-', ' '], "")).into_iter().collect(),
        Fault::Missing
        | Fault::Length { .. }
        | Fault::LostZero
        | Fault::Prefecture
        | Fault::AgentId
        | Fault::Prefix => Vec::new(),
    };
    likely.sort_by_key(|&number| !known(number));
    let mut offered: Vec<String> = Vec::new();
    for number in likely {
        if offered.len() < OFFERED_MAX && !offered.iter().any(|o| o == number.as_str()) {
            offered.push(number.to_string());
        }
    }
    offered
}

fn exchanged(digits: [u8; 13]) -> Vec<CorporateNumber> {
    let neighbours = (0..12).map(|place| {
        let mut swapped = digits;
        swapped.swap(place, place + 1);
        swapped
    });
    neighbours.filter(right).map(CorporateNumber).collect()
}

fn mistyped(digits: [u8; 13]) -> Vec<CorporateNumber> {
    let places = (0..13).flat_map(|place| (b'0'..=b'9').map(move |digit| (place, digit)));
    let retyped = places.map(|(place, digit)| {
        let mut other = digits;
        other[place] = digit;
        other
    });
    retyped.filter(right).map(CorporateNumber).collect()
}

fn right(digits: &[u8; 13]) -> bool {
    digits[0] == check_digit(digits)
}

impl fmt::Display for CorporateNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for CorporateNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CorporateNumber({self})")
    }
}

impl FromStr for CorporateNumber {
    type Err = InvalidIdentifier;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        CorporateNumber::parse(text)
    }
}

impl TryFrom<String> for CorporateNumber {
    type Error = InvalidIdentifier;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        CorporateNumber::parse(&text)
    }
}

impl From<CorporateNumber> for String {
    fn from(number: CorporateNumber) -> Self {
        number.as_str().to_owned()
    }
}

impl JsonSchema for CorporateNumber {
    fn schema_name() -> Cow<'static, str> {
        "CorporateNumber".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[1-9][0-9]{12}$" })
    }
}
