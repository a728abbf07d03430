//! The folded state of every stream, as of the last event applied.
//!
//! A projection is handed the state before and after each event, so the store folds each stream once
//! for all of them. What changed is written with the rows, so that states and rows never part. Personal
//! texts stay out (see `texts`).

use super::cache::{Cache, Writing};
use super::seen::Seen;
use super::shelf::Shelf;
use super::{Result, ViewsError, texts};
use daicho_domain::nouns::State;
use daicho_domain::personal::MARK;
use daicho_eventlog::StreamName;
use rusqlite::{Connection, OptionalExtension as _};
use serde_json::Value;
use std::borrow::Cow;
use std::sync::Arc;

/// The table's statement.
pub const CREATE: &str =
    "CREATE TABLE states (stream TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;\n";

/// States kept in memory in each of two generations of use.
const STATES_KEPT: usize = 8_192;

/// A stream and its state, on its way into the file.
pub(super) struct Folded {
    pub stream: StreamName,
    body: Body,
}

/// A state as whoever writes the file is given it.
enum Body {
    /// Shared with whoever folds, who has no time to write it out.
    State(Arc<State>),
    /// Written out, personal texts and all.
    Json(String),
}

/// The states used lately, in front of the table.
pub(super) struct States(Cache<StreamName, Arc<State>>);

impl States {
    /// Nothing in memory yet.
    pub fn new(writing: Writing) -> Self {
        Self(Cache::new(writing, STATES_KEPT))
    }

    /// Takes out the state of a stream, `None` when it has none yet. Given back with `put`.
    pub fn take(
        &mut self,
        shelf: &Shelf,
        seen: &mut Seen,
        stream: &StreamName,
    ) -> Result<Option<State>> {
        if let Some(state) = self.0.take(stream) {
            return Ok(Some(Arc::unwrap_or_clone(state)));
        }
        match seen.note("states", stream) {
            true => shelf.read(|conn| load(conn, stream.as_str())),
            false => Ok(None),
        }
    }

    /// The state of a stream that no event is being applied to.
    pub fn get(
        &mut self,
        shelf: &Shelf,
        seen: &Seen,
        stream: &StreamName,
    ) -> Result<Option<Arc<State>>> {
        if let Some(state) = self.0.get(stream) {
            return Ok(Some(state.clone()));
        }
        if !seen.maybe("states", stream) {
            return Ok(None);
        }
        let Some(state) = shelf.read(|conn| load(conn, stream.as_str()))? else {
            return Ok(None);
        };
        let state = Arc::new(state);
        self.0.hold(stream.clone(), state.clone());
        Ok(Some(state))
    }

    /// Keeps the state of a stream.
    pub fn put(&mut self, stream: StreamName, state: State) {
        self.0.put(stream, Arc::new(state));
    }

    /// What goes to the file with this batch.
    pub fn give(&mut self, batch: u64) -> Vec<Folded> {
        let mut given = Vec::new();
        self.0.give(batch, |stream, state| {
            let (stream, body) = (stream.clone(), Body::State(state.clone()));
            given.push(Folded { stream, body });
        });
        given
    }

    /// What the file does not hold yet, written out: nothing is left to fold.
    pub fn give_all(&mut self) -> Result<Vec<Folded>> {
        let mut given = Vec::new();
        self.0.give_all(|stream, state| {
            let body = json(stream.as_str(), state).map(Body::Json);
            let stream = stream.clone();
            given.push(body.map(|body| Folded { stream, body }));
        });
        given.into_iter().collect()
    }

    pub fn written(&mut self, batch: u64) {
        self.0.written(batch);
    }

    /// After a failure: what is in memory is ahead of the file.
    pub fn forget(&mut self) {
        self.0.forget();
    }
}

/// Writes states into the open transaction.
pub(super) fn store(conn: &Connection, states: &[Folded]) -> Result<()> {
    let mut upsert = conn.prepare_cached(
        "INSERT INTO states (stream, body) VALUES (?, ?) \
         ON CONFLICT (stream) DO UPDATE SET body = excluded.body",
    )?;
    for Folded { stream, body } in states {
        let stream = stream.as_str();
        let written = match body {
            Body::State(state) => Cow::Owned(json(stream, state)?),
            Body::Json(body) => Cow::Borrowed(body),
        };
        match written.contains(MARK) {
            false => upsert.execute([stream, &written])?,
            true => upsert.execute([stream, &without_texts(conn, stream, &written)?])?,
        };
    }
    Ok(())
}

/// The state of a stream as it was last written.
pub(crate) fn load(conn: &Connection, stream: &str) -> Result<Option<State>> {
    let mut select = conn.prepare_cached("SELECT body FROM states WHERE stream = ?")?;
    let body: Option<String> = select.query_row([stream], |row| row.get(0)).optional()?;
    body.map(|body| read(conn, stream, &body)).transpose()
}

fn read(conn: &Connection, stream: &str, body: &str) -> Result<State> {
    if !body.contains(MARK) {
        return serde_json::from_str(body).map_err(unreadable(stream));
    }
    let mut json: Value = serde_json::from_str(body).map_err(unreadable(stream))?;
    texts::put_back(conn, &mut json)?;
    serde_json::from_value(json).map_err(unreadable(stream))
}

fn json(stream: &str, state: &State) -> Result<String> {
    serde_json::to_string(state).map_err(unreadable(stream))
}

fn without_texts(conn: &Connection, stream: &str, body: &str) -> Result<String> {
    let mut json: Value = serde_json::from_str(body).map_err(unreadable(stream))?;
    texts::take_out(conn, &mut json)?;
    Ok(json.to_string())
}

fn unreadable(stream: &str) -> impl FnOnce(serde_json::Error) -> ViewsError {
    let stream = stream.to_owned();
    move |error| ViewsError::State { stream, error }
}
