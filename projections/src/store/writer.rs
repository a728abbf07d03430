//! The one way rows are written: `put` and `remove`.
//!
//! Every change of a row passes here, so here alone a former version is kept, a notice is raised and
//! a row that did not change is left alone. Rows are held back while a batch is folded and written
//! once at its end; what one event put, the next one gets.

use super::{Cell, Result, Row, Table, ViewsError};
use rusqlite::{Connection, params_from_iter};
use std::collections::HashMap;

/// Rows kept between batches, so that a row touched often is not read again each time.
const ROWS_KEPT: usize = 16_384;

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

/// The rows of one table as the writer knows them, and the SQL that reads and writes them.
struct Held {
    table: &'static Table,
    rows: HashMap<Cell, Slot>,
    touched: Vec<Cell>,
    select: String,
    upsert: String,
    delete: String,
    former: String,
}

/// What is known of one row.
struct Slot {
    /// The row and the event that wrote it; `None` when there is no such row.
    now: Option<(u64, Vec<Cell>)>,
    /// The row differs from the file.
    touched: bool,
}

/// The rows held back, table by table.
pub struct Rows {
    tables: Vec<Held>,
    notices: Vec<Notice>,
    raise: bool,
}

impl Rows {
    /// Nothing held yet. Notices are collected only when somebody can hear them.
    pub fn new(tables: &[&'static Table], raise: bool) -> Self {
        Self {
            tables: tables.iter().map(|table| Held::new(table)).collect(),
            notices: Vec::new(),
            raise,
        }
    }

    /// Writes what is held back into the open transaction.
    pub fn flush(&mut self, conn: &Connection) -> Result<()> {
        self.tables.iter_mut().try_for_each(|held| held.flush(conn))
    }

    /// After a commit: the notices to send. Forgets rows when there are many.
    pub fn committed(&mut self) -> Vec<Notice> {
        for held in &mut self.tables {
            if held.rows.len() > ROWS_KEPT {
                held.rows.clear();
            }
        }
        std::mem::take(&mut self.notices)
    }

    /// After a rollback: nothing that was held can be relied on.
    pub fn forget(&mut self) {
        for held in &mut self.tables {
            held.rows.clear();
            held.touched.clear();
        }
        self.notices.clear();
    }
}

impl Held {
    fn new(table: &'static Table) -> Self {
        let Table { name, columns, .. } = table;
        let key = table.key();
        let list = table.column_list();
        let marks = vec!["?"; columns.len()].join(", ");
        let sets: Vec<_> = columns[1..]
            .iter()
            .map(|(column, _)| format!("{column} = excluded.{column}"))
            .collect();
        let sets = sets.join(", ");
        Self {
            table,
            rows: HashMap::new(),
            touched: Vec::new(),
            select: format!("SELECT {list}, from_number FROM {name} WHERE {key} = ?"),
            upsert: format!(
                "INSERT INTO {name} ({list}, from_number) VALUES ({marks}, ?) \
                 ON CONFLICT ({key}) DO UPDATE SET {sets}{comma}from_number = excluded.from_number",
                comma = if columns.len() > 1 { ", " } else { "" },
            ),
            delete: format!("DELETE FROM {name} WHERE {key} = ?"),
            former: format!(
                "INSERT INTO {name}_former ({list}, from_number, to_number) VALUES ({marks}, ?, ?)"
            ),
        }
    }

    /// The slot of a row, read from the file when it is not held.
    fn slot(&mut self, conn: &Connection, key: &Cell) -> Result<&mut Slot> {
        if !self.rows.contains_key(key) {
            let width = self.table.columns.len();
            let mut select = conn.prepare_cached(&self.select)?;
            let mut found = select.query([key])?;
            let now = match found.next()? {
                None => None,
                Some(row) => {
                    let cells = (0..width).map(|column| row.get(column));
                    let cells = cells.collect::<rusqlite::Result<Vec<Cell>>>()?;
                    Some((number_of(row.get(width)?), cells))
                }
            };
            let touched = false;
            self.rows.insert(key.clone(), Slot { now, touched });
        }
        Ok(self.rows.get_mut(key).expect("the slot was just filled"))
    }

    /// Puts `row` (or nothing) in the place of what stands there; says whether anything changed.
    fn replace(
        &mut self,
        conn: &Connection,
        number: u64,
        key: &Cell,
        row: Option<Vec<Cell>>,
    ) -> Result<bool> {
        let slot = self.slot(conn, key)?;
        if slot.now.as_ref().map(|(_, cells)| cells) == row.as_ref() {
            return Ok(false);
        }
        let before = std::mem::replace(&mut slot.now, row.map(|cells| (number, cells)));
        let first_touch = !std::mem::replace(&mut slot.touched, true);
        if first_touch {
            self.touched.push(key.clone());
        }
        // A version that began and ended with the same event was never to be seen.
        if let Some((from, cells)) = before.filter(|(from, _)| *from < number) {
            let mut former = conn.prepare_cached(&self.former)?;
            let numbers = [stored(from), stored(number)];
            former.execute(params_from_iter(cells.into_iter().chain(numbers)))?;
        }
        Ok(true)
    }

    fn flush(&mut self, conn: &Connection) -> Result<()> {
        // In the order of the keys, so that neighbours in the file are written together.
        self.touched.sort_unstable();
        for key in self.touched.drain(..) {
            let slot = self.rows.get_mut(&key).expect("a touched row is held");
            slot.touched = false;
            match &slot.now {
                Some((from, cells)) => {
                    let from = stored(*from);
                    let mut upsert = conn.prepare_cached(&self.upsert)?;
                    upsert.execute(params_from_iter(cells.iter().chain([&from])))?;
                }
                None => {
                    conn.prepare_cached(&self.delete)?.execute([&key])?;
                }
            }
        }
        Ok(())
    }
}

/// Writes rows on behalf of one event.
pub struct Writer<'a> {
    conn: &'a Connection,
    rows: &'a mut Rows,
    number: u64,
}

impl<'a> Writer<'a> {
    /// A writer for the event `number`, inside the open transaction of `conn`.
    pub fn new(conn: &'a Connection, rows: &'a mut Rows, number: u64) -> Self {
        Self { conn, rows, number }
    }

    /// The row stands from this event on.
    pub fn put<R: Row>(&mut self, row: &R) -> Result<()> {
        let cells = row.to_cells();
        let key = cells[0].clone();
        self.replace(R::TABLE, key, Some(cells))
    }

    /// The row with this key is gone from this event on.
    pub fn remove<R: Row>(&mut self, key: impl Into<Key>) -> Result<()> {
        self.replace(R::TABLE, key.into().0, None)
    }

    /// The row with this key as it stands.
    pub fn get<R: Row>(&mut self, key: impl Into<Key>) -> Result<Option<R>> {
        let conn = self.conn;
        let slot = self.held(R::TABLE).slot(conn, &key.into().0)?;
        let cells = slot.now.as_ref().map(|(_, cells)| cells.clone());
        cells.map(|cells| read::<R>(cells)).transpose()
    }

    /// The rows that fit `condition`, an SQL condition on the table's columns, in the order of their
    /// keys. Meant for the rare event that touches many rows: it writes out what was held back.
    pub fn rows_where<R: Row>(&mut self, condition: &str, values: &[Cell]) -> Result<Vec<R>> {
        let conn = self.conn;
        let held = self.held(R::TABLE);
        held.flush(conn)?;
        let list = R::TABLE.column_list();
        let (name, key) = (R::TABLE.name, R::TABLE.key());
        let sql = format!("SELECT {list} FROM {name} WHERE {condition} ORDER BY {key}");
        let mut statement = conn.prepare_cached(&sql)?;
        let mut found = statement.query(params_from_iter(values))?;
        let mut rows = Vec::new();
        while let Some(row) = found.next()? {
            rows.push(read_sql::<R>(row)?);
        }
        Ok(rows)
    }

    /// The number of the event on whose behalf this writes.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The connection, for the tables beside the rows (texts, states).
    pub(super) fn conn(&self) -> &'a Connection {
        self.conn
    }

    fn replace(&mut self, table: &'static Table, key: Cell, row: Option<Vec<Cell>>) -> Result<()> {
        let (conn, number) = (self.conn, self.number);
        let changed = self.held(table).replace(conn, number, &key, row)?;
        if changed && self.rows.raise {
            let key = match key {
                Cell::Text(text) => text,
                Cell::Int(number) => number.to_string(),
                Cell::Null => String::new(),
            };
            let table = table.name;
            self.rows.notices.push(Notice { table, key, number });
        }
        Ok(())
    }

    fn held(&mut self, table: &'static Table) -> &mut Held {
        let mut tables = self.rows.tables.iter_mut();
        let held = tables.find(|held| held.table.name == table.name);
        held.expect("a projection names every table it writes in its list of tables")
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
    Cell::Int(i64::try_from(number).expect("a log holds fewer than 2^63 events"))
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
