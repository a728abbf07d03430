//! 添付: which files are attached to a case, what they are of, since when and by whom. The files themselves lie sealed in
//! the data directory.

use crate::cases::{entry_key, mandate_key, transfer_key};
use crate::columns::code_columns;
use crate::projection::{Change, Projection};
use crate::store::{Column as _, Result, Row as _, Snapshot, TextRef, Writer, row};
use crate::terminations;
use chrono::NaiveDate;
use daicho_domain::attachment::{Event, Kind, Matter, Part};
use daicho_domain::document::FileDigest;
use daicho_domain::nouns;
use daicho_domain::stream::Stream;

code_columns! {
    Matter: "matter of an attachment",
    Kind: "kind of an attachment",
}

row! {
    /// One file on a case.
    pub struct AttachmentRow in "attachments" indexed ["(case_key, arrived_on)"] {
        /// The case and the digest of what came.
        key: String,
        /// The case.
        case_key: String,
        /// What it is of.
        matter: Matter,
        /// How it is written.
        kind: Kind,
        /// How long it is, in bytes.
        bytes: u64,
        /// The digest of what came.
        digest: FileDigest,
        /// The sealed file that is kept.
        file: FileDigest,
        /// What it was called; nothing once it was erased.
        name: Option<TextRef>,
        /// The day it arrived.
        arrived_on: NaiveDate,
        /// The yen it is about, with tax, where somebody said so.
        amount: Option<i64>,
        /// The business day on which it was attached.
        attached_on: NaiveDate,
        /// Who attached it.
        actor: String,
    }
}

/// The read model.
pub const PROJECTION: Projection = Projection {
    name: "attachments",
    revision: 2,
    tables: &[AttachmentRow::TABLE],
    apply,
};

/// The key of the case that a part of a stream is, as in the list of cases.
pub fn case_key(of: &Stream, part: Part) -> String {
    match part {
        Part::Whole => of.to_string(),
        Part::Office(about) => entry_key(about.application, about.office),
        Part::End(no) => terminations::key(of, no),
        Part::Mandate => mandate_key(of),
        Part::Received(office) => transfer_key(of, office),
    }
}

fn apply(change: &Change<'_>, writer: &mut Writer<'_>) -> Result<()> {
    let (Stream::Attachment(of), nouns::Event::Attachment(event)) = (change.stream, change.event)
    else {
        return Ok(());
    };
    match event {
        Event::Attached {
            part,
            corporation: _,
            matter,
            kind,
            bytes,
            digest,
            file,
            name,
            arrived_on,
            amount,
        } => {
            let case_key = case_key(of, *part);
            let row = AttachmentRow {
                key: format!("{case_key}/{digest}"),
                case_key,
                matter: *matter,
                kind: *kind,
                bytes: *bytes,
                digest: *digest,
                file: *file,
                name: writer.text(name)?,
                arrived_on: *arrived_on,
                amount: amount.and_then(|yen| i64::try_from(yen).ok()),
                attached_on: change.recorded.occurred_on,
                actor: change.recorded.actor.to_string(),
            };
            writer.put(&row)
        }
        Event::Withdrawn { part, digest, .. } => {
            let key = format!("{}/{digest}", case_key(of, *part));
            writer.remove::<AttachmentRow>(&key)
        }
    }
}

/// The files on one of these cases, what arrived last before the rest.
pub fn of_case(snapshot: &Snapshot, case_key: &str) -> Result<Vec<AttachmentRow>> {
    let sql = "SELECT * FROM {attachments} WHERE case_key = ? ORDER BY arrived_on DESC, key";
    snapshot.rows(sql, &[case_key.to_owned().to_cell()])
}

/// Whether one of these cases has a copy of an original that arrived on this day or later.
pub fn has_scan(snapshot: &Snapshot, case_keys: &[String], since: NaiveDate) -> Result<bool> {
    for case_key in case_keys {
        let rows = of_case(snapshot, case_key)?;
        let scan = |row: &AttachmentRow| row.matter == Matter::Scan && row.arrived_on >= since;
        if rows.iter().any(scan) {
            return Ok(true);
        }
    }
    Ok(false)
}
