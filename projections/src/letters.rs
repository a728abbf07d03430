//! 書面: which letters were promised, which are to be posted, which went out and came back. 委任状 have a list of their own.

use crate::columns::{Json, code_columns};
use crate::projection::{Change, Projection};
use crate::query::{Conditions, Listed, Part, counted_by, listed};
use crate::store::{Result, Row as _, Snapshot, Writer, row};
use chrono::NaiveDate;
use daicho_domain::Service;
use daicho_domain::dispatch::{Event, Stage, Status};
use daicho_domain::document::{FileDigest, MissingGlyph};
use daicho_domain::identifiers::TrackingNumber;
use daicho_domain::nouns::{self, State};
use daicho_domain::poa::Method;
use daicho_domain::stream::{CorporationId, LetterId, Stream};

code_columns! {
    Status: "status of a letter",
}

row! {
    /// One letter.
    pub struct LetterRow in "letters" indexed [
        "(status, act_by)",
        "(corporation)",
        "(asked_on, id)",
    ] {
        /// Its id.
        id: LetterId,
        /// ステータス.
        status: Status,
        /// Its name, which is that of its templates.
        letter: String,
        /// To whom. Its name is looked up where it is shown: it may change.
        corporation: CorporationId,
        /// About which service.
        service: Service,
        /// The business day on which it was asked for.
        asked_on: NaiveDate,
        /// The day by which the customer must have done something about it.
        act_by: Option<NaiveDate>,
        /// As it was printed last.
        printed: Option<FileDigest>,
        /// The character for which it cannot be printed, and where it stands.
        unprintable: Option<Json<MissingGlyph>>,
        /// How it went out.
        method: Option<Method>,
        /// When it went out last.
        sent_on: Option<NaiveDate>,
        /// The number under which its envelope can be followed.
        tracking: Option<TrackingNumber>,
        /// When it came back.
        returned_on: Option<NaiveDate>,
        /// Why it does not go out.
        called_off: Option<String>,
    }
}

/// The read model.
pub const PROJECTION: Projection = Projection {
    name: "letters",
    revision: 2,
    tables: &[LetterRow::TABLE],
    apply,
};

fn apply(change: &Change<'_>, writer: &mut Writer<'_>) -> Result<()> {
    let (Stream::Dispatch(id), State::Dispatch(state), nouns::Event::Dispatch(event)) =
        (change.stream, change.after, change.event)
    else {
        return Ok(());
    };
    let Some(letter) = state.letter() else {
        return Ok(());
    };
    let before = writer.get::<LetterRow>(&id.to_string())?;
    let begins = matches!(event, Event::Requested { .. });
    let kept = before.filter(|_| !begins);
    let mut row = LetterRow {
        id: *id,
        status: letter.status(),
        letter: letter.says.letter().to_owned(),
        corporation: letter.corporation,
        service: letter.service,
        asked_on: kept
            .as_ref()
            .map_or(change.recorded.occurred_on, |row| row.asked_on),
        act_by: letter.says.act_by(),
        printed: letter.printed.as_ref().map(|printed| printed.file),
        unprintable: letter.stuck_for().cloned().map(Json),
        method: kept.as_ref().and_then(|row| row.method),
        sent_on: kept.as_ref().and_then(|row| row.sent_on),
        tracking: kept.as_ref().and_then(|row| row.tracking.clone()),
        returned_on: None,
        called_off: None,
    };
    match &letter.stage {
        Stage::ToSend | Stage::Wrong { .. } => {}
        Stage::Sent {
            method,
            sent_on,
            tracking,
        } => {
            row.method = Some(*method);
            row.sent_on = Some(*sent_on);
            row.tracking.clone_from(tracking);
        }
        Stage::Undeliverable { returned_on } => row.returned_on = Some(*returned_on),
        Stage::CalledOff { why } => row.called_off = Some(why.label().to_owned()),
    }
    writer.put(&row)
}

/// The letters with one of these statuses, what the customer must act on first before the rest, counted.
pub fn list(
    snapshot: &Snapshot,
    statuses: &[Status],
    offset: u64,
    limit: u64,
) -> Result<Listed<LetterRow>> {
    let order = "act_by IS NULL, act_by, asked_on, id";
    ordered(snapshot, statuses, order, offset, limit)
}

/// The same, the one asked for last before the rest.
pub fn newest(
    snapshot: &Snapshot,
    statuses: &[Status],
    offset: u64,
    limit: u64,
) -> Result<Listed<LetterRow>> {
    let order = "asked_on DESC, id DESC";
    ordered(snapshot, statuses, order, offset, limit)
}

fn ordered(
    snapshot: &Snapshot,
    statuses: &[Status],
    order: &'static str,
    offset: u64,
    limit: u64,
) -> Result<Listed<LetterRow>> {
    let mut asked = Conditions::default();
    asked.one_of("status", statuses);
    let part = Part {
        order,
        offset,
        limit,
    };
    listed(snapshot, asked, part)
}

/// How many there are by ステータス.
pub fn count_by_status(snapshot: &Snapshot) -> Result<Vec<(Status, u64)>> {
    counted_by::<LetterRow, Status>(snapshot, "status", Conditions::default())
}
