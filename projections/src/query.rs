//! Conditions of a list: AND between the fields, OR within one, an empty field asks nothing.

use crate::search;
use crate::store::{Cell, Column};
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

    /// What somebody typed stands in the searchable text.
    pub fn search(&mut self, typed: Option<&str>) {
        if let Some(typed) = typed {
            self.terms.push("search LIKE ? ESCAPE '\\'".to_owned());
            self.values.push(search::pattern(typed));
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
