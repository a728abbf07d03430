//! Which offices of a transmission stream an event touched: shared by the read models over them.

use crate::projection::Change;
use daicho_domain::nouns::State;
use daicho_domain::transmission::{self, Entry};
use std::collections::BTreeMap;

/// The offices whose rows may be different after the event, each with its place within its
/// application, counted from 1.
///
/// A corporation may have a thousand offices in one application and most events touch one: only what
/// differs, by itself or through the others of its application, is worth a row.
pub(crate) fn changed<'a>(
    change: &Change<'_>,
    after: &'a transmission::State,
) -> Vec<(&'a Entry, usize)> {
    let unknown = transmission::State::default();
    let before = if let State::Transmission(before) = change.before {
        before
    } else {
        &unknown
    };
    let whole = before.questions != after.questions || before.postponements != after.postponements;
    let mut ordinals = BTreeMap::new();
    let mut held_up = BTreeMap::new();
    let stands = |state: &transmission::State, application| {
        (state.can_be_filed(application), state.overdue(application))
    };
    let mut touched = Vec::new();
    for (place, entry) in after.entries.iter().enumerate() {
        let application = entry.application;
        let ordinal = ordinals.entry(application).or_insert(0_usize);
        *ordinal += 1;
        let application_moved = *held_up
            .entry(application)
            .or_insert_with(|| stands(before, application) != stands(after, application));
        let same = before.entries.get(place) == Some(entry);
        let succeeded =
            entry.is_replaced() && before.is_succeeded(entry) != after.is_succeeded(entry);
        if whole || application_moved || succeeded || !same {
            touched.push((entry, *ordinal));
        }
    }
    touched
}
