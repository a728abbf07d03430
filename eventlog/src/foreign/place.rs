//! The order over own and foreign events: a place is a number that only grows.
//!
//! The business's event number `n` stands at `(n + 1) << 32`; foreign events recorded after it take the places
//! that follow. So a log written before there were foreign events has its places already, no place ever
//! changes, and the place of an own event says its number.

use std::fmt;

/// How many bits are left between two events of the business.
const BITS_BETWEEN: u32 = 32;

/// Where an event stands among all events of the log, own and foreign.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place(u64);

impl Place {
    /// Before the first event.
    pub const START: Self = Self(0);

    /// The last place there can be.
    pub const END: Self = Self(i64::MAX as u64);

    /// From the number a client was given.
    pub fn at(position: u64) -> Self {
        Self(position.min(Self::END.0))
    }

    /// The number a client is given.
    pub fn position(self) -> u64 {
        self.0
    }

    /// Of the business's event with this number.
    pub fn of_number(number: u64) -> Self {
        Self::at(number.saturating_add(1).saturating_mul(1 << BITS_BETWEEN))
    }

    /// The first number of the business's events at this place or after it.
    pub(crate) fn first_number(self) -> u64 {
        self.0.div_ceil(1 << BITS_BETWEEN).saturating_sub(1)
    }

    /// The last number of the business's events at this place or before it.
    pub(crate) fn last_number(self) -> Option<u64> {
        (self.0 >> BITS_BETWEEN).checked_sub(1)
    }

    /// The place of a foreign event that follows; `None` when as many stand there as ever can.
    pub(crate) fn next_foreign(self) -> Option<Self> {
        let next = self.0 + 1;
        (!next.is_multiple_of(1 << BITS_BETWEEN)).then_some(Self(next))
    }

    /// The place right after this one, whether anything stands there or not.
    pub fn after(self) -> Self {
        Self::at(self.0 + 1)
    }

    /// The place right before this one; `None` at the start.
    pub fn before(self) -> Option<Self> {
        self.0.checked_sub(1).map(Self)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_says_which_own_events_stand_around_it() {
        let own = Place::of_number(6);
        assert_eq!(own.position(), 7 << 32);
        assert_eq!((own.first_number(), own.last_number()), (6, Some(6)));
        let foreign = own.next_foreign().expect("there is room");
        assert_eq!(
            (foreign.first_number(), foreign.last_number()),
            (7, Some(6))
        );
        assert!(own < foreign && foreign < Place::of_number(7));
        assert_eq!(Place::START.first_number(), 0);
        assert_eq!(Place::START.last_number(), None);
    }

    #[test]
    fn the_places_between_two_own_events_end_and_say_so() {
        let last = Place::of_number(1).before().expect("a place");
        assert_eq!(last.next_foreign(), None);
        assert!(Place::START.next_foreign().is_some());
    }
}
