//! Which keys may stand in the file: most things that are looked up for the first time are new, and to know
//! so without asking the file is what lets one thread fold while another writes.
//!
//! A filter of fixed size: it never says "no" to what was written, and says "maybe" to little else. Its size
//! does not grow with the log; in a log of many millions it says "maybe" more often, and the file is asked.

use foldhash::fast::FixedState;
use std::hash::{BuildHasher as _, Hash};

/// Bits in the filter: 16 MiB.
const BITS: u64 = 1 << 27;
/// Bits that one key sets.
const BITS_OF_KEY: u64 = 4;

/// The keys written since the file was empty.
pub(super) struct Seen(Option<Vec<u64>>);

impl Seen {
    /// The file is empty.
    pub fn nothing() -> Self {
        Self(Some(vec![0; (BITS / 64) as usize]))
    }

    /// The file holds whatever it holds.
    pub fn anything() -> Self {
        Self(None)
    }

    /// Notes the key; says whether it may have been noted before.
    pub fn note(&mut self, table: &'static str, key: &impl Hash) -> bool {
        let Some(words) = &mut self.0 else {
            return true;
        };
        let mut maybe = true;
        for (word, bit) in places(table, key) {
            maybe &= words[word] & bit != 0;
            words[word] |= bit;
        }
        maybe
    }

    /// Whether the key may have been noted.
    pub fn maybe(&self, table: &'static str, key: &impl Hash) -> bool {
        let Some(words) = &self.0 else {
            return true;
        };
        places(table, key).all(|(word, bit)| words[word] & bit != 0)
    }
}

/// The bits of a key, each as a word and its bit.
fn places(table: &'static str, key: &impl Hash) -> impl Iterator<Item = (usize, u64)> {
    let hash = FixedState::with_seed(0).hash_one((table, key));
    let step = (hash >> 32) | 1;
    (0..BITS_OF_KEY).map(move |turn| {
        let bit = hash.wrapping_add(turn.wrapping_mul(step)) % BITS;
        ((bit / 64) as usize, 1 << (bit % 64))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_noted_may_be_there_and_little_else() {
        let mut seen = Seen::nothing();
        let first = (0..10_000_u64).filter(|key| seen.note("jars", key)).count();
        assert!(first < 10, "{first}");
        assert!((0..10_000_u64).all(|key| seen.note("jars", &key)));
        let other = (0..10_000_u64)
            .filter(|key| seen.maybe("lids", key))
            .count();
        assert!(other < 10, "{other}");
    }

    #[test]
    fn of_a_file_that_was_there_nothing_is_known() {
        assert!(Seen::anything().note("jars", &1));
    }
}
