//! A number of the file with a fixed count of digits, zero-filled on the left: a code, not a quantity.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

/// `N` digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digits<const N: usize>([u8; N]);

/// It is not a number of that many digits.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("「{text}」は{digits}桁以内の数字ではありません")]
pub struct NotDigits {
    /// What was given.
    pub text: String,
    /// How many digits fit.
    pub digits: usize,
}

impl<const N: usize> Digits<N> {
    /// The digits as they stand in the file.
    pub fn bytes(&self) -> &[u8; N] {
        &self.0
    }

    /// The last `N` digits of a number.
    pub fn of(mut number: u128) -> Self {
        let mut digits = [b'0'; N];
        for digit in digits.iter_mut().rev() {
            *digit = b'0' + u8::try_from(number % 10).expect("a digit");
            number /= 10;
        }
        Self(digits)
    }

    /// The field of a record, if it holds digits alone.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let digits: [u8; N] = bytes.try_into().ok()?;
        digits
            .iter()
            .all(u8::is_ascii_digit)
            .then_some(Self(digits))
    }
}

impl<const N: usize> FromStr for Digits<N> {
    type Err = NotDigits;

    /// Full-width digits are taken; missing leading zeros are filled in.
    fn from_str(text: &str) -> Result<Self, NotDigits> {
        let plain: String = text
            .trim()
            .chars()
            .map(|ch| match ch {
                '０'..='９' => {
                    char::from(b'0' + u8::try_from(ch as u32 - '０' as u32).unwrap_or(0))
                }
                other => other,
            })
            .collect();
        let wrong = || NotDigits {
            text: text.to_owned(),
            digits: N,
        };
        if plain.is_empty() || plain.len() > N || !plain.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(wrong());
        }
        let mut digits = [b'0'; N];
        digits[N - plain.len()..].copy_from_slice(plain.as_bytes());
        Ok(Self(digits))
    }
}

impl<const N: usize> fmt::Display for Digits<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .try_for_each(|digit| write!(f, "{}", char::from(*digit)))
    }
}

impl<const N: usize> Serialize for Digits<N> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, const N: usize> Deserialize<'de> for Digits<N> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl<const N: usize> JsonSchema for Digits<N> {
    fn schema_name() -> Cow<'static, str> {
        format!("Digits{N}").into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": format!("^[0-9]{{{N}}}$") })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_zero_filled_and_a_longer_one_is_refused() {
        assert_eq!(
            "1".parse::<Digits<4>>().map(|c| c.to_string()),
            Ok("0001".into())
        );
        assert_eq!(
            "００１".parse::<Digits<3>>().map(|c| c.to_string()),
            Ok("001".into())
        );
        assert!("12345".parse::<Digits<4>>().is_err());
        assert!("12a".parse::<Digits<4>>().is_err());
        assert!("".parse::<Digits<4>>().is_err());
        assert_eq!(Digits::<4>::of(70_001).to_string(), "0001");
    }
}
