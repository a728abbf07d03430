//! What is due: the commands that the workers send when a day is opened or its post is closed.
//!
//! Each row carries the event that set its date. `decide` yields nothing for a date that no longer
//! stands, so a row that is late in going only wastes a command.

use crate::columns::Json;
use crate::post_days::PostDayRow;
use crate::projection::{Change, Projection};
use crate::store::{Cell, Result, Row as _, Snapshot, Writer, row};
use chrono::NaiveDate;
use daicho_domain::nouns::Command;
use daicho_domain::stream::{Noun, Stream};
use daicho_domain::waiting::Trigger;
use uuid::Uuid;

row! {
    /// A command to send when a day comes.
    pub struct DeadlineRow in "deadlines" indexed ["(due_trigger, due, noun, stream)", "(stream)"] {
        /// The stream and the deadline's name in it.
        key: String,
        /// The day.
        due: NaiveDate,
        /// What of that day lets it fall due.
        due_trigger: Trigger,
        /// What kind of thing it is about.
        noun: Noun,
        /// The thing.
        stream: Stream,
        /// What the deadline is called within its stream.
        name: String,
        /// The event that set the date.
        set_by: Uuid,
        /// What is sent.
        command: Json<Command>,
    }
}

/// The read model.
pub const PROJECTION: Projection = Projection {
    name: "deadlines",
    revision: 1,
    tables: &[DeadlineRow::TABLE],
    apply,
};

fn apply(change: &Change<'_>, writer: &mut Writer<'_>) -> Result<()> {
    let stream = change.stream;
    let before = change.before.deadlines(stream);
    let after = change.after.deadlines(stream);
    let key = |name: &str| format!("{stream}/{name}");
    for gone in &before {
        if !after.iter().any(|deadline| deadline.name == gone.name) {
            writer.remove::<DeadlineRow>(&key(&gone.name))?;
        }
    }
    for deadline in after {
        // Unchanged, it keeps the event that set it.
        if !before.contains(&deadline) {
            writer.put(&DeadlineRow {
                key: key(&deadline.name),
                due: deadline.on,
                due_trigger: deadline.trigger,
                noun: stream.noun(),
                stream: stream.clone(),
                name: deadline.name,
                set_by: change.recorded.event_id,
                command: Json(deadline.command),
            })?;
        }
    }
    Ok(())
}

/// The keys of what is due on `today`, in the order in which it is sent: what the opening of the day brings, and
/// what waited for the post of a day that is closed by now. A month's ledgers fall due on one day: whoever sends them reads
/// the rows as far as it has come.
pub fn due(snapshot: &Snapshot, today: NaiveDate) -> Result<Vec<String>> {
    // A day on which nobody works has its post counted on the next that somebody does.
    let days = PostDayRow::TABLE.name;
    let sql = format!(
        "SELECT key, due, noun, stream, name FROM {{deadlines}} WHERE due_trigger = 'day_opened' AND due <= ?1 \
         UNION ALL \
         SELECT key, due, noun, stream, name FROM {{deadlines}} WHERE due_trigger = 'post_closed' AND due <= ?1 \
         AND (SELECT closed FROM {{{days} counting}} \
         WHERE counting.day >= due AND counting.business_day ORDER BY counting.day LIMIT 1) \
         ORDER BY due, noun, stream, name"
    );
    snapshot.map(
        &sql,
        &[Cell::Text(today.to_string())],
        |row| Ok(row.get(0)?),
    )
}

/// Everything that falls due from one day to another, both included.
pub fn between(snapshot: &Snapshot, from: NaiveDate, to: NaiveDate) -> Result<Vec<DeadlineRow>> {
    let sql =
        "SELECT * FROM {deadlines} WHERE due BETWEEN ? AND ? ORDER BY due, noun, stream, name";
    let days = [from, to].map(|day| Cell::Text(day.to_string()));
    snapshot.rows(sql, &days)
}
