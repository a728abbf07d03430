//! What changed: the events of a day by kind, and the latest ones.

use crate::case_history::HistoryRow;
use crate::store::{Cell, Column as _, Result, Snapshot};
use chrono::NaiveDate;

/// How often one kind of thing happened.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Count {
    /// `poa.received.v1`
    pub kind: String,
    /// How many events.
    pub events: u64,
}

/// What happened from one business day to another, both included, by kind, most frequent first.
pub fn counts(snapshot: &Snapshot, from: NaiveDate, to: NaiveDate) -> Result<Vec<Count>> {
    let sql = "SELECT kind, count(*) AS events FROM {history} \
               WHERE occurred_on BETWEEN ? AND ? GROUP BY kind ORDER BY events DESC, kind";
    snapshot.map(sql, &[from.to_cell(), to.to_cell()], |row| {
        let events: i64 = row.get(1)?;
        Ok(Count {
            kind: row.get(0)?,
            events: events.unsigned_abs(),
        })
    })
}

/// The latest events before `before` (or all), newest first.
pub fn latest(snapshot: &Snapshot, before: Option<u64>, limit: u64) -> Result<Vec<HistoryRow>> {
    let before = before.map_or(Cell::Int(i64::MAX), |number| number.to_cell());
    let sql =
        format!("SELECT * FROM {{history}} WHERE number < ? ORDER BY number DESC LIMIT {limit}");
    snapshot.rows(&sql, &[before])
}

/// The events of one business day whose kind is among `kinds`, oldest first.
pub fn of_day(
    snapshot: &Snapshot,
    day: NaiveDate,
    kinds: &[&str],
    limit: u64,
) -> Result<Vec<HistoryRow>> {
    let marks = vec!["?"; kinds.len()].join(", ");
    let sql = format!(
        "SELECT * FROM {{history}} WHERE occurred_on = ? AND kind IN ({marks}) \
         ORDER BY number LIMIT {limit}"
    );
    let kinds = kinds.iter().map(|kind| Cell::Text((*kind).to_owned()));
    let values: Vec<_> = [day.to_cell()].into_iter().chain(kinds).collect();
    snapshot.rows(&sql, &values)
}
