//! 担当者: the names behind the ids that stand in events.

use crate::projection::{Change, Projection};
use crate::store::{Result, Row as _, Snapshot, TextRef, Writer, row};
use daicho_domain::nouns::State;
use daicho_domain::staff;
use daicho_domain::stream::Stream;

row! {
    /// One member of the staff.
    pub struct StaffRow in "staff" indexed [] {
        /// Their id, as events name them.
        id: String,
        /// The name that colleagues read.
        name: Option<TextRef>,
        /// Whether they left.
        gone: bool,
    }
}

/// The read model.
pub const PROJECTION: Projection = Projection {
    name: "staff",
    revision: 1,
    tables: &[StaffRow::TABLE],
    apply,
};

fn apply(change: &Change<'_>, writer: &mut Writer<'_>) -> Result<()> {
    let (Stream::Staff(id), State::Staff(staff::State::Known { name, left })) =
        (change.stream, change.after)
    else {
        return Ok(());
    };
    let name = writer.text(name)?;
    writer.put(&StaffRow {
        id: id.to_string(),
        name,
        gone: *left,
    })
}

/// A member of the staff with the name in words; `None` for the name once it was erased.
#[derive(Clone, PartialEq, Eq)]
pub struct Member {
    /// Their id, as events name them.
    pub id: String,
    /// Their name. Personal: it is shown and never logged.
    pub name: Option<String>,
    /// Whether they left.
    pub gone: bool,
}

/// Everybody, by id.
pub fn members(snapshot: &Snapshot) -> Result<Vec<Member>> {
    let sql = "SELECT s.id, t.text, s.gone FROM {staff s} \
               LEFT JOIN personal_texts t ON t.key = s.name ORDER BY s.id";
    snapshot.map(sql, &[], |row| {
        Ok(Member {
            id: row.get(0)?,
            name: row.get(1)?,
            gone: row.get(2)?,
        })
    })
}
