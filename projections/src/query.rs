//! Lists: conditions (AND between the fields, OR within one, an empty field asks nothing) and pages, counted.

use crate::search;
use crate::store::{Cell, Column, Result, Row, Snapshot};
use chrono::NaiveDate;

/// A condition in SQL being put together, with its values.
#[derive(Debug, Default)]
pub(crate) struct Conditions {
    terms: Vec<String>,
    values: Vec<Cell>,
}

impl Conditions {
    /// A term without values.
    pub fn plain(&mut self, term: &str) {
        self.terms.push(term.to_owned());
    }

    /// The column holds one of these; nothing is asked when none is named.
    pub fn one_of<T: Column>(&mut self, column: &str, wanted: &[T]) {
        if !wanted.is_empty() {
            let marks = vec!["?"; wanted.len()].join(", ");
            self.terms.push(format!("{column} IN ({marks})"));
            self.values.extend(wanted.iter().map(T::to_cell));
        }
    }

    /// The column's day lies between the two, both included.
    pub fn days(&mut self, column: &str, from: Option<NaiveDate>, to: Option<NaiveDate>) {
        for (sign, day) in [(">=", from), ("<=", to)] {
            if let Some(day) = day {
                self.terms.push(format!("{column} {sign} ?"));
                self.values.push(day.to_cell());
            }
        }
    }

    /// The column's number lies between the two, both included.
    pub fn amounts(&mut self, column: &str, min: Option<i64>, max: Option<i64>) {
        for (sign, amount) in [(">=", min), ("<=", max)] {
            if let Some(amount) = amount {
                self.terms.push(format!("{column} {sign} ?"));
                self.values.push(amount.to_cell());
            }
        }
    }

    /// What somebody typed stands in the searchable text.
    pub fn search(&mut self, typed: Option<&str>) {
        if let Some(typed) = typed {
            self.terms.push("search LIKE ? ESCAPE '\\'".to_owned());
            self.values.push(search::pattern(typed));
        }
    }

    /// What somebody typed stands in the searchable text, or in that of the corporation that the row names.
    pub fn search_with_corporation(&mut self, typed: Option<&str>) {
        if let Some(typed) = typed {
            let named =
                "corporation IN (SELECT id FROM {corporations} WHERE search LIKE ? ESCAPE '\\')";
            let term = format!("(search LIKE ? ESCAPE '\\' OR {named})");
            self.terms.push(term);
            self.values
                .extend([search::pattern(typed), search::pattern(typed)]);
        }
    }

    /// The condition and its values.
    pub fn finish(self) -> (String, Vec<Cell>) {
        if self.terms.is_empty() {
            return ("TRUE".to_owned(), self.values);
        }
        (self.terms.join(" AND "), self.values)
    }
}

/// A page of a list and how many there are in all.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Listed<R> {
    /// The rows of the page.
    pub rows: Vec<R>,
    /// How many rows fit in all.
    pub total: u64,
}

/// Which part of a list, in which order: what follows `ORDER BY`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part<'a> {
    pub order: &'a str,
    pub offset: u64,
    pub limit: u64,
}

/// The rows of `R`'s table that fit, one part of them, counted.
pub(crate) fn listed<R: Row>(
    snapshot: &Snapshot,
    asked: Conditions,
    part: Part<'_>,
) -> Result<Listed<R>> {
    let (condition, values) = asked.finish();
    let from = format!("FROM {{{}}} WHERE {condition}", R::TABLE.name);
    let total = snapshot.count(&format!("SELECT count(*) {from}"), &values)?;
    let Part {
        order,
        offset,
        limit,
    } = part;
    let sql = format!("SELECT * {from} ORDER BY {order} LIMIT {limit} OFFSET {offset}");
    let rows = snapshot.rows(&sql, &values)?;
    Ok(Listed { rows, total })
}

/// How many rows of `R`'s table have each value in a column.
pub(crate) fn counted_by<R: Row, T: Column>(
    snapshot: &Snapshot,
    column: &str,
    asked: Conditions,
) -> Result<Vec<(T, u64)>> {
    let (condition, values) = asked.finish();
    let table = R::TABLE.name;
    let sql =
        format!("SELECT {column}, count(*) FROM {{{table}}} WHERE {condition} GROUP BY {column}");
    let counts = snapshot.map(&sql, &values, |row| {
        let count: i64 = row.get(1)?;
        Ok((T::from_cell(row.get(0)?).ok(), count.unsigned_abs()))
    })?;
    let known = counts.into_iter();
    Ok(known
        .filter_map(|(value, count)| Some((value?, count)))
        .collect())
}
