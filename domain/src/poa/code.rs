//! What stands on a printed 委任状 and names it: the id in letters that no reader confuses, with a check character.
//! A scanner reads it from the QR code, a person from below it.

use crate::stream::PoaId;
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// Digits and capital letters without I, L, O and U, by their value.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Digits and capital letters, by their value: what the check character is reckoned over.
const ALPHANUMERIC: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// Letters that hold 128 bits, five each.
const LENGTH: usize = 26;

/// The code of a 委任状: 26 characters and a check character by ISO/IEC 7064, MOD 37,36, which finds every single wrong
/// character and nearly every transposition.
///
/// ```
/// use daicho_domain::poa::Code;
/// use daicho_domain::stream::PoaId;
/// use uuid::Uuid;
///
/// let code = Code::of(PoaId(Uuid::from_u128(1)));
/// assert_eq!(code.to_string(), "000000000000000000000000011");
/// assert_eq!("0000000-000000-000000-00000011".parse(), Ok(code));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Code(PoaId);

/// Why a text is not the code of a 委任状.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotACode {
    /// It has another length.
    #[error("a code has 27 characters, this has {length}")]
    Length {
        /// Characters without hyphens and spaces.
        length: usize,
    },
    /// A character stands in it that no code has.
    #[error("{character:?} does not occur in a code")]
    Character {
        /// Which.
        character: char,
    },
    /// The check character is another one: it was misread or mistyped.
    #[error("the check character does not fit: it was misread or mistyped")]
    Check,
}

impl Code {
    /// The code of this 委任状.
    #[must_use]
    pub const fn of(poa: PoaId) -> Self {
        Self(poa)
    }

    /// The 委任状 it names.
    #[must_use]
    pub const fn poa(self) -> PoaId {
        self.0
    }

    /// The code in groups, as a person reads it aloud or types it.
    #[must_use]
    pub fn grouped(self) -> String {
        let text = self.to_string();
        let groups: Vec<&str> = [0..7, 7..13, 13..19, 19..27]
            .map(|group| &text[group])
            .into();
        groups.join("-")
    }
}

/// The check character of these characters; nothing when one of them is neither digit nor capital letter.
fn check(body: &[u8]) -> Option<u8> {
    let mut product = 36;
    for letter in body {
        let value = ALPHANUMERIC.iter().position(|held| held == letter)?;
        let sum = match (product + value) % 36 {
            0 => 36,
            sum => sum,
        };
        product = sum * 2 % 37;
    }
    ALPHANUMERIC.get((37 - product) % 36).copied()
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = self.0.0.as_u128();
        let letter = |place: usize| LETTERS[(id >> (5 * place)) as usize & 31];
        let body: Vec<u8> = (0..LENGTH).rev().map(letter).collect();
        let check = check(&body).expect("the letters are digits and capitals");
        for letter in body.into_iter().chain([check]) {
            write!(f, "{}", char::from(letter))?;
        }
        Ok(())
    }
}

impl FromStr for Code {
    type Err = NotACode;

    /// Reads a code as a scanner or a person types it: in capitals or not, full width or not, with hyphens and spaces.
    fn from_str(text: &str) -> Result<Self, NotACode> {
        let typed: Vec<char> = text
            .chars()
            .map(half_width)
            .filter(|character| !matches!(character, '-' | ' ' | '\u{3000}' | '\t' | '\r' | '\n'))
            .map(|character| character.to_ascii_uppercase())
            .collect();
        if typed.len() != LENGTH + 1 {
            return Err(NotACode::Length {
                length: typed.len(),
            });
        }
        let (body, last) = typed.split_at(LENGTH);
        let mut id = 0_u128;
        let mut letters = Vec::with_capacity(LENGTH);
        for character in body {
            let unknown = NotACode::Character {
                character: *character,
            };
            let letter = u8::try_from(*character).map_err(|_| unknown)?;
            let value = LETTERS.iter().position(|held| *held == letter);
            let value = value.ok_or(unknown)?;
            // The first letter has three bits of the id.
            if letters.is_empty() && value > 7 {
                return Err(unknown);
            }
            letters.push(letter);
            id = id << 5 | value as u128;
        }
        match check(&letters).map(char::from) == last.first().copied() {
            true => Ok(Self(PoaId(Uuid::from_u128(id)))),
            false => Err(NotACode::Check),
        }
    }
}

/// Full-width ASCII, as a scanner types it into an open input method, in half width.
fn half_width(character: char) -> char {
    match character {
        '\u{ff01}'..='\u{ff5e}' => {
            char::from_u32(character as u32 - 0xff01 + 0x21).unwrap_or(character)
        }
        '\u{2010}'..='\u{2015}' | '\u{2212}' | 'ー' => '-',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn poa() -> PoaId {
        PoaId(Uuid::from_u128(0x0192_3f4e_5a6b_7c8d_9eaf_b0c1_d2e3_f405))
    }

    #[test]
    fn a_code_reads_back_as_its_paper_however_it_was_typed() {
        let code = Code::of(poa());
        let text = code.to_string();
        let wide: String = text
            .chars()
            .filter_map(|held| char::from_u32(held as u32 - 0x21 + 0xff01))
            .collect();
        for typed in [
            text.clone(),
            text.to_lowercase(),
            code.grouped(),
            format!(" {text}\r\n"),
            wide,
        ] {
            assert_eq!(typed.parse(), Ok(code), "{typed}");
        }
        assert_eq!(code.poa(), poa());
    }

    #[test]
    fn every_single_wrong_character_is_found() {
        let text = Code::of(poa()).to_string();
        for place in 0..text.len() {
            for letter in ALPHANUMERIC.iter().map(|held| char::from(*held)) {
                let mut wrong: Vec<char> = text.chars().collect();
                if wrong[place] == letter {
                    continue;
                }
                wrong[place] = letter;
                let wrong: String = wrong.into_iter().collect();
                assert!(wrong.parse::<Code>().is_err(), "{wrong}");
            }
        }
    }

    #[test]
    fn a_number_of_an_office_is_not_a_code() {
        assert_eq!(
            "2370100014".parse::<Code>(),
            Err(NotACode::Length { length: 10 })
        );
    }
}
