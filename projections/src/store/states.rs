//! The folded state of every stream, as of the last event applied.
//!
//! A projection is handed the state before and after each event, so the store folds each stream once
//! for all of them. Within a batch streams fold in memory; what changed is written once, with the
//! rows, so that states and rows never part. Personal texts stay out (see `texts`).

use super::{Result, ViewsError, texts};
use daicho_domain::personal::MARK;
use rusqlite::{Connection, OptionalExtension as _};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::HashMap;

/// The table's statement.
pub const CREATE: &str =
    "CREATE TABLE states (stream TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;\n";

/// States kept in memory in each of two generations of use.
const STATES_KEPT: usize = 8_192;

/// The states used lately, in front of the table.
///
/// Two maps make the cheapest forgetting that keeps what is in use: when the younger is full it
/// becomes the older, and what nobody asked for since then is dropped.
pub struct States<S> {
    young: HashMap<String, S>,
    old: HashMap<String, S>,
    touched: HashMap<String, S>,
}

impl<S: Serialize + DeserializeOwned> States<S> {
    /// Nothing in memory yet.
    pub fn new() -> Self {
        Self {
            young: HashMap::new(),
            old: HashMap::new(),
            touched: HashMap::new(),
        }
    }

    /// Takes out the state of a stream, `None` when it has none yet. Given back with `put`.
    pub fn take(&mut self, conn: &Connection, stream: &str) -> Result<Option<S>> {
        for states in [&mut self.touched, &mut self.young, &mut self.old] {
            if let Some(state) = states.remove(stream) {
                return Ok(Some(state));
            }
        }
        load(conn, stream)
    }

    /// Keeps the state of a stream until it is written with the batch.
    pub fn put(&mut self, stream: String, state: S) {
        self.touched.insert(stream, state);
    }

    /// Writes what changed into the open transaction.
    pub fn flush(&mut self, conn: &Connection) -> Result<()> {
        let mut touched: Vec<_> = self.touched.drain().collect();
        touched.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        let mut upsert = conn.prepare_cached(
            "INSERT INTO states (stream, body) VALUES (?, ?) \
             ON CONFLICT (stream) DO UPDATE SET body = excluded.body",
        )?;
        for (stream, state) in touched {
            let body = write(conn, &stream, &state)?;
            upsert.execute([&stream, &body])?;
            self.young.insert(stream, state);
        }
        if self.young.len() > STATES_KEPT {
            self.old = std::mem::take(&mut self.young);
        }
        Ok(())
    }

    /// After a rollback: what is in memory is ahead of the file.
    pub fn forget(&mut self) {
        *self = Self::new();
    }
}

/// The state of a stream as it was last written.
pub(crate) fn load<S: DeserializeOwned>(conn: &Connection, stream: &str) -> Result<Option<S>> {
    let mut select = conn.prepare_cached("SELECT body FROM states WHERE stream = ?")?;
    let body: Option<String> = select.query_row([stream], |row| row.get(0)).optional()?;
    body.map(|body| read(conn, stream, &body)).transpose()
}

fn read<S: DeserializeOwned>(conn: &Connection, stream: &str, body: &str) -> Result<S> {
    if !body.contains(MARK) {
        return serde_json::from_str(body).map_err(unreadable(stream));
    }
    let mut json: Value = serde_json::from_str(body).map_err(unreadable(stream))?;
    texts::put_back(conn, &mut json)?;
    serde_json::from_value(json).map_err(unreadable(stream))
}

fn write<S: Serialize>(conn: &Connection, stream: &str, state: &S) -> Result<String> {
    let body = serde_json::to_string(state).map_err(unreadable(stream))?;
    if !body.contains(MARK) {
        return Ok(body);
    }
    let mut json: Value = serde_json::from_str(&body).map_err(unreadable(stream))?;
    texts::take_out(conn, &mut json)?;
    Ok(json.to_string())
}

fn unreadable(stream: &str) -> impl FnOnce(serde_json::Error) -> ViewsError {
    let stream = stream.to_owned();
    move |error| ViewsError::State { stream, error }
}
