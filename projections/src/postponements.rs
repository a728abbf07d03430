//! 先送り, by corporation: which office and paper caused it, which offices are held, from which month
//! to which, what releases it, since when.

use crate::columns::Json;
use crate::names;
use crate::projection::{Change, Projection};
use crate::query::{Conditions, Listed, Part, listed};
use crate::store::{Column as _, Result, Row as _, Snapshot, Writer, row};
use chrono::NaiveDate;
use daicho_domain::Service;
use daicho_domain::dates::Month;
use daicho_domain::identifiers::OfficeNumber;
use daicho_domain::nouns::State;
use daicho_domain::stream::{CorporationId, OfficeId, PoaId, Stream};
use daicho_domain::transmission::{
    self, Cause, CauseKind, OfficeRef, Paper, Postponement, Standing,
};
use serde::{Deserialize, Serialize};

/// An office as it stands in a postponement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldRow {
    /// The office.
    pub office: OfficeId,
    /// Its 事業所番号.
    pub number: OfficeNumber,
    /// The month it was to start in before any postponement.
    pub first_month: Month,
    /// Whether it waits because of this postponement now.
    pub held: bool,
}

/// A paper that caused a postponement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CauseRow {
    /// The office.
    pub office: OfficeId,
    /// Its 事業所番号.
    pub number: Option<OfficeNumber>,
    /// The paper.
    pub poa: PoaId,
    /// Why.
    pub why: CauseKind,
}

row! {
    /// One postponement of one corporation.
    pub struct PostponementRow in "postponements" indexed ["(standing, since)", "(corporation)"] {
        /// The stream and the place among its postponements.
        key: String,
        /// The corporation.
        corporation: CorporationId,
        /// Its name.
        corporation_name: String,
        /// The service.
        service: Service,
        /// The papers that caused it and still do.
        causes: Json<Vec<CauseRow>>,
        /// Its offices.
        offices: Json<Vec<HeldRow>>,
        /// The earliest month any of them was to start in at first.
        first_month: Month,
        /// The month missed.
        missed_month: Month,
        /// The month now.
        present_month: Month,
        /// Which postponement in a row it is, counted from 1.
        times: u64,
        /// The day by which the causing papers must be back now, which releases it.
        released_by: Option<NaiveDate>,
        /// The business day on which it began.
        since: NaiveDate,
        /// Whether it was reversed.
        reversed: bool,
        /// Whether any office still waits because of it.
        standing: bool,
    }
}

/// The read model.
pub const PROJECTION: Projection = Projection {
    name: "postponements",
    revision: 3,
    tables: &[PostponementRow::TABLE],
    apply,
};

fn apply(change: &Change<'_>, writer: &mut Writer<'_>) -> Result<()> {
    if let Some(corporation) = names::renamed(change) {
        return rename(corporation, change, writer);
    }
    let (Stream::Transmission(corporation, service), State::Transmission(state)) =
        (change.stream, change.after)
    else {
        return Ok(());
    };
    for (place, postponement) in state.postponements.iter().enumerate() {
        let key = key(change.stream, place);
        let (corporation_name, since) = match writer.known::<PostponementRow>(&key)? {
            Some(row) => (row.column("corporation_name")?, row.column("since")?),
            None => (
                names::of(*corporation, writer)?.name,
                change.recorded.occurred_on,
            ),
        };
        let offices = offices(state, postponement);
        let first_month = offices.iter().map(|office| office.first_month).min();
        writer.put(&PostponementRow {
            key,
            corporation: *corporation,
            corporation_name,
            service: *service,
            causes: Json(causes(state, postponement)),
            first_month: first_month.unwrap_or(postponement.from),
            missed_month: postponement.from,
            present_month: postponement.to,
            times: times(postponement),
            released_by: released_by(state, postponement),
            since,
            reversed: postponement.reversed,
            standing: offices.iter().any(|office| office.held),
            offices: Json(offices),
        })?;
    }
    Ok(())
}

fn rename(corporation: CorporationId, change: &Change<'_>, writer: &mut Writer<'_>) -> Result<()> {
    let name = names::of(corporation, writer)?.name;
    for (stream, state) in names::streams_of(corporation, change, writer)? {
        let State::Transmission(state) = &*state else {
            continue;
        };
        let keys = (0..state.postponements.len()).map(|place| key(&stream, place));
        names::follow(keys, writer, |row: &mut PostponementRow| {
            row.corporation_name.clone_from(&name);
        })?;
    }
    Ok(())
}

fn key(stream: &Stream, place: usize) -> String {
    format!("{stream}/{place}")
}

fn causes(state: &transmission::State, postponement: &Postponement) -> Vec<CauseRow> {
    let row = |cause: &Cause| CauseRow {
        office: cause.office,
        number: state.entry(office_of(cause)).map(|entry| entry.number),
        poa: cause.poa,
        why: cause.why,
    };
    postponement.causes.iter().map(row).collect()
}

fn offices(state: &transmission::State, postponement: &Postponement) -> Vec<HeldRow> {
    let held = postponement.offices.iter().filter_map(|(about, former)| {
        let entry = state.entry(*about)?;
        let waits = entry.preparing_for(postponement.to).is_some() && !postponement.reversed;
        Some(HeldRow {
            office: about.office,
            number: entry.number,
            first_month: first_month(state, *about).unwrap_or(former.month()),
            held: waits,
        })
    });
    held.collect()
}

fn office_of(cause: &Cause) -> OfficeRef {
    OfficeRef {
        application: cause.application,
        office: cause.office,
    }
}

/// The month an office was to start in before its first postponement that still counts.
fn first_month(state: &transmission::State, about: OfficeRef) -> Option<Month> {
    let counting = state
        .postponements
        .iter()
        .filter(|postponement| !postponement.reversed);
    let mut plans = counting.flat_map(|postponement| &postponement.offices);
    let (_, plan) = plans.find(|(office, _)| *office == about)?;
    Some(plan.month())
}

fn times(postponement: &Postponement) -> u64 {
    let former = postponement
        .offices
        .iter()
        .map(|(_, former)| former.postponements);
    former.max().map_or(1, |before| u64::from(before) + 1)
}

/// The due date of the causing papers that are not in order yet. No paper is to blame for what was entered late: it stays.
fn released_by(state: &transmission::State, postponement: &Postponement) -> Option<NaiveDate> {
    let entries = postponement
        .causes
        .iter()
        .filter(|cause| cause.why != CauseKind::EnteredLate)
        .filter_map(|cause| state.entry(office_of(cause)));
    let dates = entries.filter_map(|entry| match &entry.standing {
        Standing::Preparing {
            plan,
            paper: Paper::Awaited | Paper::Rejected,
            ..
        } => Some(plan.poa_due.on),
        Standing::Preparing { .. }
        | Standing::Incomplete(_)
        | Standing::Complete
        | Standing::IdsDue { .. }
        | Standing::Issued { .. }
        | Standing::Started { .. }
        | Standing::Withdrawn { .. } => None,
    });
    dates.max()
}

/// The postponements that still hold an office, the oldest first; or all.
pub fn list(
    snapshot: &Snapshot,
    standing: bool,
    offset: u64,
    limit: u64,
) -> Result<Listed<PostponementRow>> {
    let mut asked = Conditions::default();
    if standing {
        asked.plain("standing = 1");
    }
    let order = "standing DESC, since, key";
    let part = Part {
        order,
        offset,
        limit,
    };
    listed(snapshot, asked, part)
}

/// The postponements of a corporation, newest first.
pub fn of_corporation(
    snapshot: &Snapshot,
    corporation: CorporationId,
) -> Result<Vec<PostponementRow>> {
    let sql = "SELECT * FROM {postponements} WHERE corporation = ? ORDER BY since DESC, key DESC";
    snapshot.rows(sql, &[corporation.to_cell()])
}
