//! What a foreign program expects of a stream, and what becomes of its append: written, known already, refused.
//!
//! The rules are those of the protocol's own server: with a revision the events that stand after it are compared,
//! without one the ids of events recorded lately are.

use uuid::Uuid;

use super::{Appended, Place};

/// What the caller believes of a foreign stream when it appends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForeignExpected {
    /// Whatever it holds.
    Any,
    /// Nothing has been recorded in it.
    NoStream,
    /// Something has.
    StreamExists,
    /// Its last event has this revision.
    Revision(u64),
}

/// What becomes of an append.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// Its events are written, the first one with this revision.
    Write(u64),
    /// Exactly these events stand there: this is a repetition.
    Known(Appended),
    /// The stream is not as it was expected.
    Wrong,
}

/// What the decision has to know of the events recorded already.
pub(crate) trait Recollection {
    /// What a look-up can fail with.
    type Error;

    /// The revision and place of the event with this id, if it was recorded in this stream lately.
    fn lately(&self, id: &Uuid) -> Option<(u64, Place)>;

    /// The id and place of the stream's event with this revision.
    fn at(&self, revision: u64) -> Result<Option<(Uuid, Place)>, Self::Error>;
}

impl ForeignExpected {
    /// Decides on an append of these events to a stream whose last revision is `actual`.
    pub(crate) fn decide<R: Recollection>(
        self,
        actual: Option<u64>,
        ids: impl Iterator<Item = Uuid>,
        known: &R,
    ) -> Result<Decision, R::Error> {
        let next = actual.map_or(0, |last| last + 1);
        let after = match self {
            Self::StreamExists if actual.is_none() => return Ok(Decision::Wrong),
            Self::Any | Self::StreamExists => return Ok(known_lately(next, ids, known)),
            Self::NoStream => 0,
            Self::Revision(revision) => revision.saturating_add(1),
        };
        match after.cmp(&next) {
            std::cmp::Ordering::Equal => Ok(Decision::Write(next)),
            std::cmp::Ordering::Greater => Ok(Decision::Wrong),
            std::cmp::Ordering::Less => known_after(after, ids, known),
        }
    }
}

/// All of the ids were recorded lately, or the first one was not; anything between is refused.
fn known_lately<R: Recollection>(
    next: u64,
    ids: impl Iterator<Item = Uuid>,
    known: &R,
) -> Decision {
    let mut last = None;
    for id in ids {
        match (known.lately(&id), last) {
            (Some(found), _) => last = Some(found),
            (None, None) => return Decision::Write(next),
            (None, Some(_)) => return Decision::Wrong,
        }
    }
    match last {
        None => Decision::Write(next),
        Some((revision, place)) => Decision::Known(Appended {
            revision: Some(revision),
            place: Some(place),
        }),
    }
}

/// The ids stand one after the other from this revision on.
fn known_after<R: Recollection>(
    from: u64,
    ids: impl Iterator<Item = Uuid>,
    known: &R,
) -> Result<Decision, R::Error> {
    let mut last = None;
    for (revision, id) in (from..).zip(ids) {
        match known.at(revision)? {
            Some((stands, place)) if stands == id => last = Some((revision, place)),
            Some(_) | None => return Ok(Decision::Wrong),
        }
    }
    Ok(last.map_or(Decision::Wrong, |(revision, place)| {
        Decision::Known(Appended {
            revision: Some(revision),
            place: Some(place),
        })
    }))
}
