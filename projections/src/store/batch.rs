//! What some events changed, on its way into the file.

use super::generation::set_checkpoint;
use super::shelf::Shelf;
use super::table::Statements;
use super::texts::{Forgotten, Text};
use super::writer::stored;
use super::{Cell, Checkpoint, Result, states, texts};
use daicho_domain::nouns::State;
use daicho_eventlog::StreamName;
use rusqlite::params_from_iter;
use std::sync::Arc;

/// The values of a row, shared by whoever holds it and whoever writes it.
pub(super) type Cells = Arc<[Cell]>;

/// Rows written before whoever waits to read is let in.
const ROWS_AT_ONCE: usize = 128;

/// What some events changed.
pub(crate) struct Batch {
    /// Counted from 1, in the order in which they are written.
    pub number: u64,
    pub(super) tables: Vec<TableBatch>,
    pub(super) forgotten: Forgotten,
    pub(super) texts: Vec<Text>,
    pub(super) states: Vec<(StreamName, Arc<State>)>,
    /// How far the file has come with it. Absent while rows are still held back.
    pub reached: Option<Checkpoint>,
}

/// What changed in one table.
pub(super) struct TableBatch {
    pub statements: Arc<Statements>,
    /// The versions that ended, each with the events that began and ended it.
    pub former: Vec<(Cells, u64, u64)>,
    /// The rows as they stand now.
    pub rows: Vec<Change>,
}

/// What becomes of one row.
pub(super) enum Change {
    /// It is this since that event.
    Put(Cells, u64),
    /// It is gone.
    Gone(Cell),
}

impl Change {
    fn key(&self) -> &Cell {
        match self {
            Self::Put(cells, _) => &cells[0],
            Self::Gone(key) => key,
        }
    }
}

impl Batch {
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
            .sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
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
                for (cells, from, to) in some {
                    let numbers = [stored(*from), stored(*to)];
                    insert.execute(params_from_iter(cells.iter().chain(&numbers)))?;
                }
                Ok(())
            })?;
        }
        // In the order of the keys, so that neighbours in the file are written together.
        self.rows
            .sort_unstable_by(|one, other| one.key().cmp(other.key()));
        for some in self.rows.chunks(ROWS_AT_ONCE) {
            shelf.write(|conn| {
                let mut upsert = conn.prepare_cached(&self.statements.upsert)?;
                for change in some {
                    match change {
                        Change::Put(cells, from) => {
                            let from = stored(*from);
                            upsert.execute(params_from_iter(cells.iter().chain([&from])))?;
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
