//! Draws from the seed. Each person and paper has a chance of its own, so that what one does never depends on
//! how many others there are.

use daicho_domain::stream::derived_id;
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// One source of draws.
#[derive(Debug)]
pub(super) struct Chance(ChaCha12Rng);

impl Chance {
    /// The chance of what `parts` name, under this seed.
    pub(super) fn of(seed: u64, parts: &[&str]) -> Self {
        let seed = seed.to_string();
        let mut named = vec!["chance", seed.as_str()];
        named.extend(parts);
        let (high, low) = derived_id(&named).as_u64_pair();
        Self(ChaCha12Rng::seed_from_u64(high ^ low))
    }

    /// A number below `bound`, which is at least 1. The bias of the remainder is far below what anybody
    /// could see.
    pub(super) fn below(&mut self, bound: u32) -> u32 {
        let drawn = self.0.next_u64() % u64::from(bound.max(1));
        u32::try_from(drawn).expect("the remainder is below a u32")
    }

    /// A number from `least` to `most`, both included.
    pub(super) fn between(&mut self, least: u32, most: u32) -> u32 {
        least + self.below(most.saturating_sub(least) + 1)
    }

    /// Whether what happens so often in a hundred happens now.
    pub(super) fn in_hundred(&mut self, times: u32) -> bool {
        self.below(100) < times
    }

    /// One of several.
    pub(super) fn pick<T: Copy>(&mut self, among: &[T]) -> T {
        let place = usize::try_from(self.below(u32::try_from(among.len()).unwrap_or(u32::MAX)));
        among[place.expect("an index")]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_name_draws_alike_and_another_draws_otherwise() {
        let draws = |seed, name: &str| {
            let mut chance = Chance::of(seed, &[name]);
            [(); 8].map(|()| chance.below(1_000_000))
        };
        assert_eq!(draws(1, "a"), draws(1, "a"));
        assert_ne!(draws(1, "a"), draws(1, "b"));
        assert_ne!(draws(1, "a"), draws(2, "a"));
    }
}
