//! The text at the end of a link: a beginning that is looked up, and an end that is compared as a hash.

use super::typed;

/// The characters that are looked up.
const BEGINNING: usize = 8;

/// The characters that are compared: 27 of 31 are 133 bits.
const END: usize = 27;

/// What a link ends with. It prints its beginning alone.
pub struct LinkEnd(String);

impl std::fmt::Debug for LinkEnd {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LinkEnd({}***)", self.beginning())
    }
}

impl LinkEnd {
    /// A new one, from the system's random source.
    pub(super) fn draw() -> Self {
        Self(typed::characters(BEGINNING + END))
    }

    /// As somebody typed or clicked it: case, hyphens and spaces do not matter.
    pub fn read(text: &str) -> Option<Self> {
        // Nobody types more; what is longer is not looked at.
        if text.len() > 4 * (BEGINNING + END) {
            return None;
        }
        let text: String = text
            .chars()
            .filter(|character| !matches!(character, '-' | ' '))
            .map(|character| character.to_ascii_lowercase())
            .collect();
        let known = text.bytes().all(|byte| typed::ALPHABET.contains(&byte));
        (text.len() == BEGINNING + END && known).then_some(Self(text))
    }

    pub(super) fn beginning(&self) -> &str {
        &self.0[..BEGINNING]
    }

    pub(super) fn end(&self) -> &str {
        &self.0[BEGINNING..]
    }

    /// In groups, as it is given out.
    pub(super) fn text(&self) -> String {
        typed::grouped(&self.0)
    }
}
