//! What the rows of other read models say of a corporation: its name, and by what it is found. They follow
//! when it changes.
//!
//! Nothing looks rows up by their corporation: which there are follows from the folded states of its streams.

use crate::corporations::CorporationRow;
use crate::projection::Change;
use crate::store::{Result, Row, Writer};
use daicho_domain::Service;
use daicho_domain::nouns::State;
use daicho_domain::stream::{CorporationId, Stream};
use std::sync::Arc;

/// A corporation as rows carry it.
pub(crate) struct Named {
    /// Its name; its id while nothing is known of it.
    pub name: String,
    /// What finds it in a search.
    pub search: String,
}

/// The corporation as of this event.
pub(crate) fn of(corporation: CorporationId, writer: &mut Writer<'_>) -> Result<Named> {
    let id = corporation.to_string();
    Ok(match writer.known::<CorporationRow>(&id)? {
        Some(row) => Named {
            name: row.column("name")?,
            search: row.column("search")?,
        },
        None => Named {
            name: id,
            search: String::new(),
        },
    })
}

/// The corporation whose name, number or external ids this event changed: its rows must follow. One
/// that just became known has none.
pub(crate) fn renamed(change: &Change<'_>) -> Option<CorporationId> {
    let (Stream::Corporation(id), State::Corporation(before), State::Corporation(after)) =
        (change.stream, change.before, change.after)
    else {
        return None;
    };
    let (before, after) = (before.registered()?, after.registered()?);
    let same = before.name == after.name
        && before.number == after.number
        && before.external_refs == after.external_refs;
    (!same).then_some(*id)
}

/// The streams of a corporation that its rows come from, as they stand.
pub(crate) fn streams_of(
    corporation: CorporationId,
    change: &Change<'_>,
    writer: &mut Writer<'_>,
) -> Result<Vec<(Stream, Arc<State>)>> {
    let services = Service::ALL.into_iter().flat_map(|service| {
        [
            Stream::Enrolment(corporation, service),
            Stream::Transmission(corporation, service),
            Stream::Termination(corporation, service),
        ]
    });
    let mut streams: Vec<_> = services.collect();
    streams.push(Stream::Billing(corporation));
    if let State::Corporation(state) = change.after
        && let Some(registered) = state.registered()
    {
        let offices = registered.offices.values();
        let numbers =
            offices.flat_map(|office| office.former_numbers.iter().chain([&office.number]));
        streams.extend(numbers.map(|number| Stream::Licence(*number)));
    }
    let mut found = Vec::new();
    for stream in streams {
        let Some(state) = writer.state(&stream)? else {
            continue;
        };
        // A number may have gone to another corporation.
        let foreign = matches!(&*state, State::Licence(licence)
            if licence.known().is_none_or(|record| record.corporation != corporation));
        if !foreign {
            found.push((stream, state));
        }
    }
    Ok(found)
}

/// Changes those of these rows that there are.
pub(crate) fn follow<R: Row>(
    keys: impl IntoIterator<Item = String>,
    writer: &mut Writer<'_>,
    rename: impl Fn(&mut R),
) -> Result<()> {
    for key in keys {
        if let Some(mut row) = writer.get::<R>(&key)? {
            rename(&mut row);
            writer.put(&row)?;
        }
    }
    Ok(())
}
