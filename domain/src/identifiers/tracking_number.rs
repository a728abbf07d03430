//! お問い合わせ番号 (追跡番号) of 日本郵便: 11 digits of registered mail and 特定記録, 12 of レターパック and parcels, and the 13
//! characters of the postal union (S10) that mail abroad bears. The last digit of the first two is the rest of what stands
//! before it, divided by seven.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::fault::{Fault, Field, InvalidIdentifier};
use super::normalise::halved;

/// The number under which an envelope can be followed. Kept without the hyphens and spaces it is written with.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TrackingNumber(String);

impl TrackingNumber {
    /// Reads a number as it was typed or scanned: with or without hyphens, full width made half width.
    ///
    /// # Errors
    /// [`InvalidIdentifier`] when it has another length, a character that cannot stand there, or another check digit.
    pub fn parse(sent: &str) -> Result<Self, InvalidIdentifier> {
        let text: String = halved(sent)
            .chars()
            .filter(|held| !matches!(held, '-' | '‐' | '−' | 'ー' | ' '))
            .collect();
        let text = text.to_ascii_uppercase();
        formed(&text).map_err(|fault| InvalidIdentifier {
            field: Field::TrackingNumber,
            value: sent.to_owned(),
            offered: vec![],
            fault,
        })?;
        Ok(Self(text))
    }

    /// As it stands on the label: `131-12-38385-2`, `4055-4842-4886`, `EG123456785JP`.
    #[must_use]
    pub fn grouped(&self) -> String {
        let text = &self.0;
        match text.len() {
            11 => format!(
                "{}-{}-{}-{}",
                &text[..3],
                &text[3..5],
                &text[5..10],
                &text[10..]
            ),
            12 => format!("{}-{}-{}", &text[..4], &text[4..8], &text[8..]),
            _ => text.clone(),
        }
    }

    /// Its characters, without hyphens.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn formed(text: &str) -> Result<(), Fault> {
    let found = text.chars().count();
    let letters: &[usize] = match found {
        0 => return Err(Fault::Missing),
        11 | 12 => &[],
        13 => &[0, 1, 11, 12],
        _ => return Err(Fault::Length { found }),
    };
    for (place, held) in text.chars().enumerate() {
        let fits = match letters.contains(&place) {
            true => held.is_ascii_uppercase(),
            false => held.is_ascii_digit(),
        };
        if !fits {
            let place = place + 1;
            return Err(Fault::Character { found: held, place });
        }
    }
    let fits = match found {
        13 => union_check(&text[2..10]) == digit(text.as_bytes()[10]),
        _ => {
            let (body, check) = text.split_at(found - 1);
            let rest = body
                .bytes()
                .fold(0, |rest, byte| (rest * 10 + digit(byte)) % 7);
            rest == digit(check.as_bytes()[0])
        }
    };
    fits.then_some(()).ok_or(Fault::CheckDigit)
}

fn digit(byte: u8) -> u32 {
    u32::from(byte - b'0')
}

/// The check digit of the postal union's numbers: weights from the left, the rest to eleven.
fn union_check(serial: &str) -> u32 {
    const WEIGHTS: [u32; 8] = [8, 6, 4, 2, 3, 5, 9, 7];
    let sum: u32 = serial
        .bytes()
        .zip(WEIGHTS)
        .map(|(byte, weight)| digit(byte) * weight)
        .sum();
    match 11 - sum % 11 {
        10 => 0,
        11 => 5,
        check => check,
    }
}

impl fmt::Display for TrackingNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.grouped())
    }
}

impl fmt::Debug for TrackingNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for TrackingNumber {
    type Err = InvalidIdentifier;

    fn from_str(text: &str) -> Result<Self, InvalidIdentifier> {
        Self::parse(text)
    }
}

impl TryFrom<String> for TrackingNumber {
    type Error = InvalidIdentifier;

    fn try_from(text: String) -> Result<Self, InvalidIdentifier> {
        Self::parse(&text)
    }
}

impl From<TrackingNumber> for String {
    fn from(number: TrackingNumber) -> Self {
        number.0
    }
}

impl JsonSchema for TrackingNumber {
    fn schema_name() -> Cow<'static, str> {
        "TrackingNumber".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "The number under which an envelope can be followed (追跡番号): 11 or 12 digits, or 13 characters of the postal union.",
            "type": "string",
            "pattern": "^([0-9]{11,12}|[A-Z]{2}[0-9]{9}[A-Z]{2})$"
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_single_wrong_digit_but_one_that_is_seven_away_is_found() {
        let right = "13112383852";
        for place in 0..right.len() {
            for digit in b'0'..=b'9' {
                let away = right.as_bytes()[place].abs_diff(digit);
                let mut wrong = right.to_owned();
                wrong.replace_range(place..=place, &char::from(digit).to_string());
                let found = TrackingNumber::parse(&wrong).is_err();
                let last = place + 1 == right.len();
                assert_eq!(found, away != 0 && (last || away != 7), "{wrong}");
            }
        }
    }

    #[test]
    fn a_refusal_names_what_was_sent() {
        let refused = TrackingNumber::parse("131-12-38385-3").expect_err("a wrong digit");
        assert!(refused.to_string().contains("131-12-38385-3"), "{refused}");
    }
}
