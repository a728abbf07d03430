//! What some events changed, on its way into the file.

use super::generation::set_checkpoint;
use super::packed::{Packed, Value};
use super::shelf::Shelf;
use super::states::Folded;
use super::table::Statements;
use super::texts::{Forgotten, Text};
use super::writer::signed;
use super::{Cell, Checkpoint, Result, states, texts};
use rusqlite::params_from_iter;
use std::sync::Arc;

/// Rows written before whoever waits to read is let in.
const ROWS_AT_ONCE: usize = 128;

/// What some events changed.
pub(crate) struct Batch {
    /// Counted from 1, in the order in which they are written.
    pub number: u64,
    pub(super) tables: Vec<TableBatch>,
    pub(super) forgotten: Forgotten,
    pub(super) texts: Vec<Text>,
    pub(super) states: Vec<Folded>,
    /// How far the file has come with it. Absent while rows are still held back.
    pub reached: Option<Checkpoint>,
}

/// What changed in one table.
pub(super) struct TableBatch {
    pub statements: Arc<Statements>,
    /// The versions that ended, each with the events that began and ended it.
    pub former: Vec<(Packed, u64, u64)>,
    /// The rows as they stand now.
    pub rows: Vec<Change>,
}

/// What becomes of one row.
pub(super) enum Change {
    /// It is this since that event.
    Put(Packed, u64),
    /// It is gone.
    Gone(Cell),
}

impl Change {
    fn key(&self) -> Value<'_> {
        match self {
            Self::Put(row, _) => row.key(),
            Self::Gone(key) => key.into(),
        }
    }
}

impl Batch {
    /// A batch in which nothing changes.
    pub fn empty(number: u64) -> Self {
        Self {
            number,
            tables: Vec::new(),
            forgotten: Forgotten::default(),
            texts: Vec::new(),
            states: Vec::new(),
            reached: None,
        }
    }

    /// Writes it into the open transaction.
    pub fn write(mut self, shelf: &Shelf) -> Result<()> {
        shelf.write(|conn| texts::remove(conn, &self.forgotten))?;
        // Texts first: states refer to them.
        for some in self.texts.chunks(ROWS_AT_ONCE) {
            shelf.write(|conn| texts::insert(conn, some))?;
        }
        for table in &mut self.tables {
            table.write(shelf)?;
        }
        self.states
            .sort_unstable_by(|one, other| one.stream.cmp(&other.stream));
        for some in self.states.chunks(ROWS_AT_ONCE) {
            shelf.write(|conn| states::store(conn, some))?;
        }
        match &self.reached {
            Some(reached) => shelf.write(|conn| set_checkpoint(conn, reached)),
            None => Ok(()),
        }
    }
}

impl TableBatch {
    pub fn new(statements: Arc<Statements>) -> Self {
        Self {
            statements,
            former: Vec::new(),
            rows: Vec::new(),
        }
    }

    fn write(&mut self, shelf: &Shelf) -> Result<()> {
        for some in self.former.chunks(ROWS_AT_ONCE) {
            shelf.write(|conn| {
                let mut insert = conn.prepare_cached(&self.statements.former)?;
                for (row, from, to) in some {
                    let numbers = [number(*from), number(*to)];
                    insert.execute(params_from_iter(row.values().chain(numbers)))?;
                }
                Ok(())
            })?;
        }
        // In the order of the keys, so that neighbours in the file are written together.
        self.rows
            .sort_unstable_by(|one, other| one.key().cmp(&other.key()));
        for some in self.rows.chunks(ROWS_AT_ONCE) {
            shelf.write(|conn| {
                let mut upsert = conn.prepare_cached(&self.statements.upsert)?;
                for change in some {
                    match change {
                        Change::Put(row, from) => {
                            let from = [number(*from)];
                            upsert.execute(params_from_iter(row.values().chain(from)))?;
                        }
                        Change::Gone(key) => {
                            conn.prepare_cached(&self.statements.delete)?
                                .execute([key])?;
                        }
                    }
                }
                Ok(())
            })?;
        }
        Ok(())
    }
}

/// The number of an event beside the values of a row.
fn number(number: u64) -> Value<'static> {
    Value::Int(signed(number))
}
