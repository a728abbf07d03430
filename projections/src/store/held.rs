//! What the folding side holds: rows, states and texts in memory, and the batch that is being gathered.

use super::batch::{Batch, Change, TableBatch};
use super::cache::{Cache, Writing};
use super::packed::{Packed, Packer};
use super::seen::Seen;
use super::shelf::Shelf;
use super::states::States;
use super::table::Statements;
use super::texts::Texts;
use super::writer::number_of;
use super::{Cell, Checkpoint, Notice, Result, Row, Table};
use rusqlite::OptionalExtension as _;
use std::sync::Arc;

/// Rows of each table held in each of two generations of use.
const ROWS_KEPT: usize = 16_384;

/// What stands under a key: the row with the event that wrote it, or nothing.
type Standing = Option<(u64, Packed)>;

/// The rows of one table.
struct HeldTable {
    table: &'static Table,
    rows: Cache<Cell, Standing>,
    batch: TableBatch,
}

/// Everything held in front of one file.
pub(crate) struct Held {
    shelf: Arc<Shelf>,
    tables: Vec<HeldTable>,
    pub(super) states: States,
    pub(super) texts: Texts,
    seen: Seen,
    notices: Vec<Notice>,
    raise: bool,
    batch: u64,
    packer: Packer,
}

impl Held {
    /// In front of an empty file that nobody reads before it is finished.
    pub fn aside(shelf: Arc<Shelf>, tables: &[&'static Table]) -> Self {
        Self::new(shelf, tables, Writing::WhenItLeaves, Seen::nothing())
    }

    /// In front of a file that is read while it is kept up. Notices are collected for whoever listens.
    pub fn live(shelf: Arc<Shelf>, tables: &[&'static Table]) -> Self {
        Self::new(shelf, tables, Writing::WithItsBatch, Seen::anything())
    }

    fn new(shelf: Arc<Shelf>, tables: &[&'static Table], writing: Writing, seen: Seen) -> Self {
        let held = |table: &&'static Table| HeldTable {
            table,
            rows: Cache::new(writing, ROWS_KEPT),
            batch: TableBatch::new(Arc::new(table.statements())),
        };
        Self {
            shelf,
            tables: tables.iter().map(held).collect(),
            states: States::new(writing),
            texts: Texts::new(),
            seen,
            notices: Vec::new(),
            raise: writing == Writing::WithItsBatch,
            batch: 0,
            packer: Packer::default(),
        }
    }

    /// What changed since the last batch, as far as it goes to the file now.
    pub fn batch(&mut self, reached: Option<Checkpoint>) -> Batch {
        self.batch += 1;
        let number = self.batch;
        let states = self.states.give(number);
        let batch = self.gather(|rows, to| rows.give(number, to));
        Batch {
            states,
            reached,
            ..batch
        }
    }

    /// All rows that the file does not hold yet: nothing more will come.
    pub fn last_rows(&mut self) -> Batch {
        self.batch += 1;
        self.gather(|rows, to| rows.give_all(to))
    }

    /// All states that the file does not hold yet, after all rows.
    pub fn last_states(&mut self, reached: Option<Checkpoint>) -> Result<Batch> {
        self.batch += 1;
        let states = self.states.give_all()?;
        Ok(Batch {
            states,
            reached,
            ..Batch::empty(self.batch)
        })
    }

    fn gather(
        &mut self,
        rows: impl Fn(&mut Cache<Cell, Standing>, &mut dyn FnMut(&Cell, &Standing)),
    ) -> Batch {
        let number = self.batch;
        let tables = self.tables.iter_mut().map(|held| {
            let empty = TableBatch::new(held.batch.statements.clone());
            let mut batch = std::mem::replace(&mut held.batch, empty);
            rows(&mut held.rows, &mut |key, standing| {
                batch.rows.push(match standing {
                    Some((from, row)) => Change::Put(row.clone(), *from),
                    None => Change::Gone(key.clone()),
                });
            });
            batch
        });
        Batch {
            tables: tables.collect(),
            forgotten: self.texts.give_forgotten(),
            texts: self.texts.give(number),
            ..Batch::empty(number)
        }
    }

    /// The file holds every batch up to this one.
    pub fn written(&mut self, batch: u64) {
        for held in &mut self.tables {
            held.rows.written(batch);
        }
        self.states.written(batch);
        self.texts.written(batch);
    }

    /// The changes since this was asked last.
    pub fn take_notices(&mut self) -> Vec<Notice> {
        std::mem::take(&mut self.notices)
    }

    /// After a failure: nothing that was held can be relied on.
    pub fn forget(&mut self) {
        for held in &mut self.tables {
            held.rows.forget();
            held.batch.former.clear();
            held.batch.rows.clear();
        }
        self.states.forget();
        self.texts.forget();
        self.notices.clear();
    }

    /// A row in one piece.
    pub(super) fn pack(&mut self, row: &impl Row) -> Packed {
        row.pack(&mut self.packer);
        self.packer.row()
    }

    /// What stands under a key of `table`.
    pub(super) fn standing(&mut self, table: &'static Table, key: &Cell) -> Result<&Standing> {
        let held = self
            .tables
            .iter_mut()
            .find(|held| held.table.name == table.name);
        let held = held.expect("a projection names every table it writes in its list of tables");
        if held.rows.get(key).is_none() {
            let found = match self.seen.note(table.name, key) {
                true => read(&self.shelf, &held.batch.statements, table, key)?,
                false => None,
            };
            held.rows.hold(key.clone(), found);
        }
        Ok(held.rows.get(key).expect("it was just put there"))
    }

    /// Puts `row` (or nothing) in the place of what stands there. What changed is noticed, and its
    /// former version kept.
    pub(super) fn replace(
        &mut self,
        table: &'static Table,
        number: u64,
        key: Cell,
        row: Option<Packed>,
    ) -> Result<()> {
        let before = self.standing(table, &key)?;
        if before.as_ref().map(|(_, row)| row) == row.as_ref() {
            return Ok(());
        }
        let before = before.clone();
        self.notice(table, number, &key);
        let held = self.table(table);
        // A version that began and ended with the same event was never to be seen.
        if let Some((from, former)) = before.filter(|(from, _)| *from < number) {
            held.batch.former.push((former, from, number));
        }
        held.rows.put(key, row.map(|row| (number, row)));
        Ok(())
    }

    /// Puts a row that was never there and that no later event asks for: it goes to the file with its batch.
    pub(super) fn append(&mut self, table: &'static Table, number: u64, row: Packed) {
        if self.raise {
            self.notice(table, number, &row.key().into());
        }
        let change = Change::Put(row, number);
        self.table(table).batch.rows.push(change);
    }

    fn notice(&mut self, table: &'static Table, number: u64, key: &Cell) {
        if !self.raise {
            return;
        }
        let key = match key {
            Cell::Text(text) => text.clone(),
            Cell::Word(word) => (*word).to_owned(),
            Cell::Int(number) => number.to_string(),
            Cell::Null => String::new(),
        };
        let table = table.name;
        self.notices.push(Notice { table, key, number });
    }

    fn table(&mut self, table: &'static Table) -> &mut HeldTable {
        let mut tables = self.tables.iter_mut();
        let held = tables.find(|held| held.table.name == table.name);
        held.expect("a projection names every table it writes in its list of tables")
    }

    /// What stands beside the rows, and the file that it lies in.
    pub(super) fn parts(&mut self) -> (&Arc<Shelf>, &mut States, &mut Texts, &mut Seen) {
        (
            &self.shelf,
            &mut self.states,
            &mut self.texts,
            &mut self.seen,
        )
    }
}

fn read(shelf: &Shelf, sql: &Statements, table: &Table, key: &Cell) -> Result<Standing> {
    let width = table.columns.len();
    shelf.read(|conn| {
        let mut select = conn.prepare_cached(&sql.select)?;
        let found = select.query_row([key], |row| {
            let mut packer = Packer::default();
            for column in 0..width {
                packer.sql(row.get_ref(column)?)?;
            }
            Ok((number_of(row.get(width)?), packer.row()))
        });
        Ok(found.optional()?)
    })
}
