//! The foreign events recorded lately, by their ids: a program that lost an answer repeats its append, and says
//! nothing of revisions. As many are remembered as a client can plausibly have under way, also across a restart.

use std::collections::{HashMap, VecDeque};

use rusqlite::Connection;
use uuid::Uuid;

use super::foreign;
use crate::envelope::StreamName;
use crate::foreign::{Place, Recollection};

/// How many events are remembered.
const REMEMBERED_MAX: usize = 1 << 16;

/// The newest foreign events.
#[derive(Debug, Default)]
pub(super) struct Lately {
    order: VecDeque<Uuid>,
    events: HashMap<Uuid, (StreamName, u64, Place)>,
}

impl Lately {
    /// Those of an open file.
    pub(super) fn of(connection: &Connection) -> rusqlite::Result<Self> {
        let mut lately = Self::default();
        for (id, stream, revision, place) in foreign::lately(connection, REMEMBERED_MAX)?
            .into_iter()
            .rev()
        {
            lately.add(id, &stream, revision, place);
        }
        Ok(lately)
    }

    /// Remembers one more, and forgets the oldest when there are too many.
    pub(super) fn add(&mut self, id: Uuid, stream: &StreamName, revision: u64, place: Place) {
        let event = (stream.clone(), revision, place);
        if self.events.insert(id, event).is_none() {
            self.order.push_back(id);
        }
        if self.order.len() > REMEMBERED_MAX
            && let Some(oldest) = self.order.pop_front()
        {
            self.events.remove(&oldest);
        }
    }

    /// What is known of one stream, with the file behind it.
    pub(super) fn with<'a>(
        &'a self,
        connection: &'a Connection,
        stream: &'a StreamName,
    ) -> impl Recollection<Error = rusqlite::Error> + 'a {
        Known {
            lately: self,
            connection,
            stream,
        }
    }
}

struct Known<'a> {
    lately: &'a Lately,
    connection: &'a Connection,
    stream: &'a StreamName,
}

impl Recollection for Known<'_> {
    type Error = rusqlite::Error;

    fn lately(&self, id: &Uuid) -> Option<(u64, Place)> {
        let (stream, revision, place) = self.lately.events.get(id)?;
        (stream == self.stream).then_some((*revision, *place))
    }

    fn at(&self, revision: u64) -> rusqlite::Result<Option<(Uuid, Place)>> {
        foreign::at(self.connection, self.stream.as_str(), revision)
    }
}
