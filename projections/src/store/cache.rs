//! What is held in memory in front of a table: the entries used lately and those on their way into the file.
//!
//! Two maps make the cheapest forgetting that keeps what is in use: when the younger is full it becomes
//! the older, and what nobody asked for since then leaves.

use foldhash::{HashMap, HashMapExt as _};
use std::hash::Hash;

/// When what changed goes to the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Writing {
    /// With the batch that changed it: somebody reads the file.
    WithItsBatch,
    /// When it leaves memory: nobody reads the file before it is finished, and what changes ten times
    /// is written once.
    WhenItLeaves,
}

/// The entries of one table.
pub(super) struct Cache<K, V> {
    writing: Writing,
    kept_max: usize,
    young: HashMap<K, Kept<V>>,
    old: HashMap<K, Kept<V>>,
    /// What changed since the last batch; used when it is written with its batch.
    touched: Vec<K>,
    /// What left and may not have reached the file, with the batch that holds it.
    leaving: Vec<(u64, HashMap<K, Kept<V>>)>,
}

struct Kept<V> {
    value: V,
    /// It differs neither from the file nor from a batch on its way there.
    given: bool,
}

impl<K: Eq + Hash + Clone, V: Clone> Cache<K, V> {
    pub fn new(writing: Writing, kept_max: usize) -> Self {
        Self {
            writing,
            kept_max,
            young: HashMap::new(),
            old: HashMap::new(),
            touched: Vec::new(),
            leaving: Vec::new(),
        }
    }

    /// The entry, if it is in memory.
    pub fn get(&mut self, key: &K) -> Option<&V> {
        if !self.young.contains_key(key) {
            let (key, kept) = match self.old.remove_entry(key) {
                Some(found) => found,
                None => (key.clone(), self.left(key)?),
            };
            self.young.insert(key, kept);
        }
        self.young.get(key).map(|kept| &kept.value)
    }

    /// Takes the entry out, to be put back changed.
    pub fn take(&mut self, key: &K) -> Option<V> {
        let young = self.young.remove(key);
        let kept = young.or_else(|| self.old.remove(key));
        kept.or_else(|| self.left(key)).map(|kept| kept.value)
    }

    fn left(&self, key: &K) -> Option<Kept<V>> {
        let mut batches = self.leaving.iter().rev();
        let kept = batches.find_map(|(_, left)| left.get(key))?;
        Some(Kept {
            value: kept.value.clone(),
            given: true,
        })
    }

    /// Holds what the file was found to say.
    pub fn hold(&mut self, key: K, value: V) {
        self.young.insert(key, Kept { value, given: true });
    }

    /// The entry is this from now on.
    pub fn put(&mut self, key: K, value: V) {
        self.old.remove(&key);
        let kept = Kept {
            value,
            given: false,
        };
        match self.writing {
            Writing::WhenItLeaves => {
                self.young.insert(key, kept);
            }
            Writing::WithItsBatch => {
                let before = self.young.insert(key.clone(), kept);
                if before.is_none_or(|before| before.given) {
                    self.touched.push(key);
                }
            }
        }
    }

    /// Gives to `batch` what has to be in it.
    pub fn give(&mut self, batch: u64, mut to: impl FnMut(&K, &V)) {
        for key in self.touched.drain(..) {
            if let Some(kept) = self.young.get_mut(&key)
                && !std::mem::replace(&mut kept.given, true)
            {
                to(&key, &kept.value);
            }
        }
        if self.young.len() > self.kept_max {
            let mut left = std::mem::replace(&mut self.old, std::mem::take(&mut self.young));
            left.retain(|_, kept| !kept.given);
            for (key, kept) in &left {
                to(key, &kept.value);
            }
            self.leaving.push((batch, left));
        }
    }

    /// Gives everything that the file does not hold: nothing more will come.
    pub fn give_all(&mut self, mut to: impl FnMut(&K, &V)) {
        for map in [&mut self.old, &mut self.young] {
            for (key, kept) in map.drain().filter(|(_, kept)| !kept.given) {
                to(&key, &kept.value);
            }
        }
    }

    /// Drops what fits, also what has not gone to the file; whether there was any.
    pub fn drop_where(&mut self, fits: impl Fn(&K) -> bool) -> bool {
        let mut dropped = false;
        let maps = [&mut self.young, &mut self.old].into_iter();
        for map in maps.chain(self.leaving.iter_mut().map(|(_, left)| left)) {
            map.retain(|key, _| {
                let keep = !fits(key);
                dropped |= !keep;
                keep
            });
        }
        dropped
    }

    /// The file holds every batch up to this one.
    pub fn written(&mut self, batch: u64) {
        self.leaving.retain(|(left_with, _)| *left_with > batch);
    }

    /// After a failure: what is in memory is ahead of the file.
    pub fn forget(&mut self) {
        *self = Self::new(self.writing, self.kept_max);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A cache in front of a map that stands for the file, where batches arrive late.
    struct House {
        cache: Cache<u8, u32>,
        file: HashMap<u8, u32>,
        under_way: Vec<(u64, Vec<(u8, u32)>)>,
        batch: u64,
    }

    impl House {
        fn value(&mut self, key: u8) -> Option<u32> {
            let held = self.cache.get(&key).copied();
            held.or_else(|| {
                let found = *self.file.get(&key)?;
                self.cache.hold(key, found);
                Some(found)
            })
        }

        fn batch(&mut self) {
            self.batch += 1;
            let mut given = vec![];
            self.cache
                .give(self.batch, |key, value| given.push((*key, *value)));
            self.under_way.push((self.batch, given));
            if self.under_way.len() > 2 {
                let (batch, given) = self.under_way.remove(0);
                self.file.extend(given);
                self.cache.written(batch);
            }
        }
    }

    proptest! {
        #[test]
        fn what_was_put_last_is_found_and_reaches_the_file(
            acts in prop::collection::vec((0..12_u8, 0..3_u8), 0..200),
            late in any::<bool>(),
        ) {
            let writing = if late { Writing::WhenItLeaves } else { Writing::WithItsBatch };
            // What is written with its batch is kept as long as batches are under way.
            let kept_max = if late { 2 } else { 12 };
            let (cache, file) = (Cache::new(writing, kept_max), HashMap::new());
            let mut house = House { cache, file, under_way: vec![], batch: 0 };
            let mut model = HashMap::new();
            for (place, (key, act)) in (0..).zip(acts) {
                match act {
                    0 => {
                        model.insert(key, place);
                        house.cache.put(key, place);
                    }
                    1 => prop_assert_eq!(house.value(key), model.get(&key).copied()),
                    _ => house.batch(),
                }
            }
            for (_, given) in std::mem::take(&mut house.under_way) {
                house.file.extend(given);
            }
            house.batch += 1;
            let batch = house.batch;
            let file = &mut house.file;
            house.cache.give(batch, |key, value| { file.insert(*key, *value); });
            house.cache.give_all(|key, value| { file.insert(*key, *value); });
            prop_assert_eq!(house.file, model);
        }
    }
}
