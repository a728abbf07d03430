//! Reading: one moment of one generation.
//!
//! A snapshot is a read transaction, so everything a page asks it belongs together. Asked for an
//! earlier moment, the same query text runs over the versions that were valid then: a table is
//! written `{cases}` (or `{cases c}`) in a query, and stands for the current rows or for those.

use super::generation::{Generation, checkpoint};
use super::writer::{number_of, read_sql};
use super::{Cell, Result, Row, Table, TextRef};
use crate::projection::Catalogue;
use rusqlite::{Connection, OptionalExtension as _, params_from_iter};
use std::borrow::Cow;
use std::sync::Arc;

/// One moment of the read models.
#[derive(Debug)]
pub struct Snapshot {
    generation: Option<Arc<Generation>>,
    /// Given back to the generation at the end.
    conn: Option<Connection>,
    catalogue: Arc<Catalogue>,
    at: Option<u64>,
}

impl Snapshot {
    /// The read models as they stand now.
    pub(crate) fn begin(generation: Arc<Generation>, catalogue: Arc<Catalogue>) -> Result<Self> {
        let conn = generation.reader()?;
        Self::with(Some(generation), conn, catalogue)
    }

    /// The read models behind a connection that nobody writes to any more.
    pub(crate) fn over(conn: Connection, catalogue: Arc<Catalogue>) -> Result<Self> {
        Self::with(None, conn, catalogue)
    }

    fn with(
        generation: Option<Arc<Generation>>,
        conn: Connection,
        catalogue: Arc<Catalogue>,
    ) -> Result<Self> {
        conn.execute_batch("BEGIN")?;
        let snapshot = Self {
            generation,
            conn: Some(conn),
            catalogue,
            at: None,
        };
        // The transaction takes its moment at the first read.
        snapshot.number()?;
        Ok(snapshot)
    }

    /// The same read models as they stood once the event `number` had been applied.
    pub fn at(mut self, number: u64) -> Self {
        self.at = Some(number);
        self
    }

    /// The moment asked for, when it is not now.
    pub fn asked(&self) -> Option<u64> {
        self.at
    }

    /// The last event applied; `None` when there is none.
    pub fn number(&self) -> Result<Option<u64>> {
        Ok(checkpoint(self.conn())?.map(|reached| reached.number))
    }

    /// The rows that `sql` selects; it selects all columns of `R`'s table first, as in
    /// `SELECT * FROM {cases} WHERE …`.
    pub fn rows<R: Row>(&self, sql: &str, values: &[Cell]) -> Result<Vec<R>> {
        self.map(sql, values, read_sql::<R>)
    }

    /// The row with this key.
    pub fn row<R: Row>(&self, key: impl Into<super::Key>) -> Result<Option<R>> {
        let (table, column) = (R::TABLE.name, R::TABLE.key());
        let sql = format!("SELECT * FROM {{{table}}} WHERE {column} = ?");
        Ok(self.rows(&sql, &[key.into().cell()])?.pop())
    }

    /// A count or a sum.
    pub fn count(&self, sql: &str, values: &[Cell]) -> Result<u64> {
        let mut statement = self.conn().prepare_cached(&self.expand(sql))?;
        let count = statement.query_row(params_from_iter(values), |row| row.get(0))?;
        Ok(number_of(count))
    }

    /// Anything else that `sql` selects.
    pub fn map<T>(
        &self,
        sql: &str,
        values: &[Cell],
        read: impl Fn(&rusqlite::Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let mut statement = self.conn().prepare_cached(&self.expand(sql))?;
        let mut found = statement.query(params_from_iter(values))?;
        let mut rows = Vec::new();
        while let Some(row) = found.next()? {
            rows.push(read(row)?);
        }
        Ok(rows)
    }

    /// A personal text; `None` once it was erased.
    pub fn text(&self, text: &TextRef) -> Result<Option<String>> {
        let sql = "SELECT text FROM personal_texts WHERE key = ?";
        let mut select = self.conn().prepare_cached(sql)?;
        Ok(select
            .query_row([text.to_string()], |row| row.get(0))
            .optional()?)
    }

    /// As [`Self::text`], of what a row may refer to.
    pub fn text_of(&self, text: Option<&TextRef>) -> Result<Option<String>> {
        text.map_or(Ok(None), |text| self.text(text))
    }

    pub(super) fn conn(&self) -> &Connection {
        self.conn
            .as_ref()
            .expect("the connection is there until the end")
    }

    pub(super) fn tables(&self) -> &[&'static Table] {
        &self.catalogue.tables
    }

    /// The query with each `{table}` and `{table alias}` put in words for the moment asked for.
    fn expand<'q>(&self, sql: &'q str) -> Cow<'q, str> {
        if !sql.contains('{') {
            return Cow::Borrowed(sql);
        }
        let mut expanded = String::with_capacity(sql.len() + 64);
        let mut rest = sql;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').expect("a query closes its braces");
            let (name, alias) = name.split_once(' ').unwrap_or((name, name));
            let table = self.tables().iter().find(|table| table.name == name);
            let table = table.expect("a query names tables that the projections list");
            expanded.push_str(before);
            expanded.push_str(&table.source(alias, self.at));
            rest = after;
        }
        expanded.push_str(rest);
        Cow::Owned(expanded)
    }
}

impl Drop for Snapshot {
    fn drop(&mut self) {
        if let Some(conn) = self.conn.take()
            && conn.execute_batch("ROLLBACK").is_ok()
            && let Some(generation) = &self.generation
        {
            generation.give_back(conn);
        }
    }
}
