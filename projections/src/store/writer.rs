//! The one way rows are written: `put` and `remove`.
//!
//! Every change of a row passes here, so here alone a former version is kept, a notice is raised and
//! a row that did not change is left alone. Rows are held in memory (`held`) and go to the file in
//! batches; what one event put, the next one gets.

use super::held::Held;
use super::packed::Packed;
use super::{Cell, Column, Result, Row, ViewsError};
use daicho_domain::nouns::State;
use daicho_domain::stream::Stream;
use daicho_eventlog::StreamName;
use std::marker::PhantomData;
use std::sync::Arc;

/// A row of `table` changed with event `number`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The table.
    pub table: &'static str,
    /// The key of the row.
    pub key: String,
    /// The event.
    pub number: u64,
}

/// Writes rows on behalf of one event.
pub struct Writer<'a> {
    held: &'a mut Held,
    number: u64,
}

impl<'a> Writer<'a> {
    /// A writer for the event `number`.
    pub(crate) fn new(held: &'a mut Held, number: u64) -> Self {
        Self { held, number }
    }

    /// The row stands from this event on.
    pub fn put<R: Row>(&mut self, row: &R) -> Result<()> {
        let row = self.held.pack(row);
        let key = row.key().into();
        self.held.replace(R::TABLE, self.number, key, Some(row))
    }

    /// The row stands for good: its key is this event's alone, and no later event changes or asks for it.
    pub fn append<R: Row>(&mut self, row: &R) {
        let row = self.held.pack(row);
        self.held.append(R::TABLE, self.number, row);
    }

    /// The row with this key is gone from this event on.
    pub fn remove<R: Row>(&mut self, key: impl Into<Key>) -> Result<()> {
        self.held.replace(R::TABLE, self.number, key.into().0, None)
    }

    /// The row with this key as it stands.
    pub fn get<R: Row>(&mut self, key: impl Into<Key>) -> Result<Option<R>> {
        let standing = self.held.standing(R::TABLE, &key.into().0)?;
        let cells = standing.as_ref().map(|(_, row)| row.cells());
        cells.map(|cells| read::<R>(cells)).transpose()
    }

    /// The row with this key as it stands, of which only some columns are wanted.
    pub fn known<R: Row>(&mut self, key: impl Into<Key>) -> Result<Option<Known<R>>> {
        let standing = self.held.standing(R::TABLE, &key.into().0)?;
        let row = standing.as_ref().map(|(_, row)| row.clone());
        Ok(row.map(|row| Known(row, PhantomData)))
    }

    /// What is known of another stream as of this event.
    pub fn state(&mut self, stream: &Stream) -> Result<Option<Arc<State>>> {
        let (shelf, states, _, seen) = self.held.parts();
        states.get(shelf, seen, &StreamName::from(stream))
    }

    /// Takes out what is known of the stream that the event happens to.
    pub(crate) fn take_state(&mut self, stream: &StreamName) -> Result<Option<State>> {
        let (shelf, states, _, seen) = self.held.parts();
        states.take(shelf, seen, stream)
    }

    /// Gives it back as it is after the event.
    pub(crate) fn put_state(&mut self, stream: StreamName, state: State) {
        self.held.states.put(stream, state);
    }

    /// The number of the event on whose behalf this writes.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// What is held in memory, for the tables beside the rows (texts, states).
    pub(super) fn held(&mut self) -> &mut Held {
        self.held
    }
}

/// A row as it stands, read column by column: most of a row that changes is known from elsewhere.
pub struct Known<R>(Packed, PhantomData<R>);

impl<R: Row> Known<R> {
    /// The value in one column.
    pub fn column<T: Column>(&self, name: &str) -> Result<T> {
        let mut columns = R::TABLE.columns.iter();
        let place = columns.position(|(column, _)| *column == name);
        let place = place.expect("a projection asks for columns of its own table");
        let value = self.0.values().nth(place);
        let cell = value.map_or(Cell::Null, Cell::from);
        T::from_cell(cell).map_err(|wrong| ViewsError::Row {
            table: R::TABLE.name,
            wrong,
        })
    }
}

/// The key of a row: a text or a number.
pub struct Key(Cell);

impl Key {
    pub(super) fn cell(self) -> Cell {
        self.0
    }
}

impl From<&str> for Key {
    fn from(text: &str) -> Self {
        Self(Cell::Text(text.to_owned()))
    }
}

impl From<&String> for Key {
    fn from(text: &String) -> Self {
        Self(Cell::Text(text.clone()))
    }
}

impl From<u64> for Key {
    fn from(number: u64) -> Self {
        Self(stored(number))
    }
}

/// A number as SQLite stores it.
pub(super) fn stored(number: u64) -> Cell {
    Cell::Int(signed(number))
}

/// A number with a sign, as SQLite has none without.
pub(super) fn signed(number: u64) -> i64 {
    i64::try_from(number).expect("a log holds fewer than 2^63 events")
}

/// A number as SQLite stored it.
pub(super) fn number_of(stored: i64) -> u64 {
    u64::try_from(stored).expect("numbers are stored from 0 upwards")
}

fn read<R: Row>(cells: Vec<Cell>) -> Result<R> {
    R::from_cells(cells).map_err(|wrong| ViewsError::Row {
        table: R::TABLE.name,
        wrong,
    })
}

/// Reads a row whose columns stand first and in their order.
pub(super) fn read_sql<R: Row>(row: &rusqlite::Row<'_>) -> Result<R> {
    let cells = (0..R::TABLE.columns.len()).map(|column| row.get(column));
    read(cells.collect::<rusqlite::Result<_>>()?)
}
