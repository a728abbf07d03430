//! 移行: the runs that were asked for and approved, and 計算との差: every day that was promised before daicho kept the books
//! and that the rules would have set otherwise.

use crate::columns::Json;
use crate::offices::OfficeRow;
use crate::projection::{Change, Projection};
use crate::store::{Result, Row as _, Snapshot, Writer, row};
use chrono::NaiveDate;
use daicho_domain::dates::Month;
use daicho_domain::identifiers::OfficeNumber;
use daicho_domain::installation::{Event as Installation, MovingFile};
use daicho_domain::moving::{Totals, promised_by};
use daicho_domain::nouns::Event;
use daicho_domain::rules::Basis;
use daicho_domain::stream::{CorporationId, OfficeId, StaffId, Stream};

row! {
    /// One run of moving in.
    pub struct RunRow in "moving_runs" indexed ["(asked_on, run)"] {
        /// The run.
        run: String,
        /// The switching day.
        switched_on: NaiveDate,
        /// The first month that daicho charges for.
        charged_from: Month,
        /// Its files.
        files: Json<Vec<MovingFile>>,
        /// The totals it was asked with.
        totals: Json<Totals>,
        /// Who asked.
        asked_by: StaffId,
        /// On which day.
        asked_on: NaiveDate,
        /// The second person, once approved.
        approved_by: Option<StaffId>,
        /// On which day.
        approved_on: Option<NaiveDate>,
    }
}

row! {
    /// One day that was promised and that the rules would have set otherwise.
    pub struct DifferenceRow in "moving_differences" indexed ["(promised_on, key)"] {
        /// The stream, the office, and what the day is called.
        key: String,
        /// The thing.
        stream: Stream,
        /// The corporation.
        corporation: CorporationId,
        /// The office, where it is one office's.
        office: Option<OfficeId>,
        /// Its 事業所番号.
        office_number: Option<OfficeNumber>,
        /// What the day is called.
        label: String,
        /// The day that stands.
        promised_on: NaiveDate,
        /// The day that the rules would have set.
        counted_on: NaiveDate,
        /// The file that says so.
        file: String,
        /// Its line.
        line: u64,
        /// What the rules' day rests on.
        basis: Json<Basis>,
    }
}

/// The read model.
pub const PROJECTION: Projection = Projection {
    name: "moving",
    revision: 1,
    tables: &[RunRow::TABLE, DifferenceRow::TABLE],
    apply,
};

fn apply(change: &Change<'_>, writer: &mut Writer<'_>) -> Result<()> {
    if let Event::Installation(event) = change.event {
        return of_run(event, change, writer);
    }
    let Some(corporation) = whose(change.stream) else {
        return Ok(());
    };
    for promise in promised_by(change.event) {
        let office_number = match promise.office {
            None => None,
            Some(office) => {
                let row: Option<OfficeRow> = writer.get(&office.to_string())?;
                row.map(|row| row.number)
            }
        };
        let about = promise.office.map(|office| office.to_string());
        let about = about.unwrap_or_default();
        writer.put(&DifferenceRow {
            key: format!("{}/{about}/{}", change.stream, promise.label),
            stream: change.stream.clone(),
            corporation,
            office: promise.office,
            office_number,
            label: promise.label.to_owned(),
            promised_on: promise.dated.on,
            counted_on: promise.promised.counted,
            file: promise.promised.source.file.clone(),
            line: promise.promised.source.line,
            basis: Json(Basis::clone(&promise.dated.basis)),
        })?;
    }
    Ok(())
}

/// The corporation whose thing a stream is, where its name says so.
const fn whose(stream: &Stream) -> Option<CorporationId> {
    match stream {
        Stream::Corporation(id)
        | Stream::Enrolment(id, _)
        | Stream::Transmission(id, _)
        | Stream::Termination(id, _)
        | Stream::Billing(id) => Some(*id),
        Stream::Poa(_)
        | Stream::Credential(_)
        | Stream::Licence(_)
        | Stream::DebitBatch(_)
        | Stream::OfficeDay(_)
        | Stream::Schedule(_)
        | Stream::Staff(_)
        | Stream::Rulebook(_)
        | Stream::Installation
        | Stream::Dispatch(_)
        | Stream::Mail(_)
        | Stream::Attachment(_)
        | Stream::Agents => None,
    }
}

fn of_run(event: &Installation, change: &Change<'_>, writer: &mut Writer<'_>) -> Result<()> {
    let on = change.recorded.occurred_on;
    match event {
        Installation::MovingAsked {
            run,
            settings,
            files,
            totals,
            by,
        } => writer.put(&RunRow {
            run: run.to_string(),
            switched_on: settings.switched_on,
            charged_from: settings.charged_from,
            files: Json(files.clone()),
            totals: Json(totals.clone()),
            asked_by: *by,
            asked_on: on,
            approved_by: None,
            approved_on: None,
        }),
        Installation::MovingDeclined { run, .. } => writer.remove::<RunRow>(&run.to_string()),
        Installation::MovingApproved {
            run, approved_by, ..
        } => {
            let known: Option<RunRow> = writer.get(&run.to_string())?;
            match known {
                None => Ok(()),
                Some(row) => writer.put(&RunRow {
                    approved_by: Some(*approved_by),
                    approved_on: Some(on),
                    ..row
                }),
            }
        }
        Installation::Started { .. }
        | Installation::DaysConfirmed { .. }
        | Installation::SendingReleased { .. }
        | Installation::ClosingAsked { .. }
        | Installation::ClosingDeclined { .. }
        | Installation::MonthClosed { .. } => Ok(()),
    }
}

/// Every run, the latest first.
pub fn runs(snapshot: &Snapshot) -> Result<Vec<RunRow>> {
    let sql = "SELECT * FROM {moving_runs} ORDER BY asked_on DESC, run";
    snapshot.rows(sql, &[])
}

/// 計算との差: one page of the days that stand otherwise than the rules would have set them, the earliest first; how many
/// there are.
pub fn differences(
    snapshot: &Snapshot,
    offset: u64,
    limit: u64,
) -> Result<crate::corporations::Listed<DifferenceRow>> {
    let part = crate::query::Part {
        order: "promised_on, key",
        offset,
        limit,
    };
    crate::query::listed(snapshot, crate::query::Conditions::default(), part)
}
