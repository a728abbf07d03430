//! One field of the filter above a list: the words it knows, which of them the address chose, and the chips that switch them.

use super::parts::{Chip, Chips};
use super::query::Query;
use std::collections::BTreeMap;

/// A field of a filter. OR within it, AND between the fields.
pub struct Field<T: 'static> {
    /// Its name in the address.
    pub name: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// Its words.
    pub all: &'static [T],
    /// A word in the address.
    pub code: fn(T) -> &'static str,
    /// A word for people.
    pub label: fn(T) -> &'static str,
}

impl<T: Copy> Field<T> {
    /// The words that the address chose; a word that is none of them asks nothing.
    pub fn chosen(&self, query: &Query) -> Vec<T> {
        let chosen = |one: &T| query.has(self.name, (self.code)(*one));
        self.all.iter().copied().filter(chosen).collect()
    }

    /// Its chips.
    pub fn chips(&self, query: &Query) -> Chips {
        self.drawn(query, |_| None)
    }

    /// Its chips, each with how many it would show.
    pub fn counted(&self, query: &Query, counts: impl IntoIterator<Item = (T, u64)>) -> Chips
    where
        T: Ord,
    {
        let counts: BTreeMap<T, u64> = counts.into_iter().collect();
        self.drawn(query, |one| Some(counts.get(&one).copied().unwrap_or(0)))
    }

    fn drawn(&self, query: &Query, count: impl Fn(T) -> Option<u64>) -> Chips {
        let chip = |one: &T| {
            let code = (self.code)(*one);
            Chip {
                word: (self.label)(*one).to_owned(),
                count: count(*one),
                chosen: query.has(self.name, code),
                href: query.switched(self.name, code).to_string(),
            }
        };
        Chips {
            title: self.title.to_owned(),
            chips: self.all.iter().map(chip).collect(),
        }
    }
}
