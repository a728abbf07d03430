//! The history of a case: who did what when, under which rule books. Also what the office did lately
//! (see `changes`).
//!
//! A row per event, without its body: what exactly was decided stands in the log and nowhere else.

use crate::projection::{Change, Projection};
use crate::store::{Cell, Column as _, Result, Row as _, Snapshot, Writer, row};
use chrono::{DateTime, NaiveDate, Utc};
use daicho_domain::nouns::Event;
use daicho_domain::stream::{ApplicationId, Noun, OfficeId, Stream};
use daicho_domain::transmission::{self, OfficeRef};
use uuid::Uuid;

row! {
    /// One event.
    pub struct HistoryRow in "history" indexed ["(stream, number)", "(occurred_on, kind)", "(event)"] {
        /// Its number.
        number: u64,
        /// Its id.
        event: Uuid,
        /// The thing it happened to.
        stream: Stream,
        /// The version of the stream: where to read it.
        version: u64,
        /// What kind of thing that is.
        noun: Noun,
        /// What happened: `poa.received.v1`.
        kind: String,
        /// The business day on which it was decided.
        occurred_on: NaiveDate,
        /// When it was recorded.
        recorded_at: DateTime<Utc>,
        /// Who: a member of the staff, or a worker.
        actor: String,
        /// Shared by everything that follows from one first cause.
        correlation: Uuid,
        /// The event that caused it.
        causation: Option<Uuid>,
        /// The rule book version it was decided under.
        rulebook: Option<String>,
    }
}

/// The read model.
pub const PROJECTION: Projection = Projection {
    name: "case_history",
    revision: 1,
    tables: &[HistoryRow::TABLE],
    apply,
};

fn apply(change: &Change<'_>, writer: &mut Writer<'_>) -> Result<()> {
    let recorded = change.recorded;
    writer.append(&HistoryRow {
        number: recorded.number,
        event: recorded.event_id,
        stream: change.stream.clone(),
        version: recorded.version,
        noun: change.stream.noun(),
        kind: recorded.kind.to_string(),
        occurred_on: recorded.occurred_on,
        recorded_at: recorded.recorded_at,
        actor: recorded.actor.to_string(),
        correlation: recorded.correlation,
        causation: recorded.causation,
        rulebook: recorded.rulebook.as_ref().map(ToString::to_string),
    });
    Ok(())
}

/// How many events each business day brought, from a day on, oldest first.
pub fn count_by_day(snapshot: &Snapshot, from: NaiveDate) -> Result<Vec<(NaiveDate, u64)>> {
    let sql = "SELECT occurred_on, count(*) FROM {history} WHERE occurred_on >= ? \
               GROUP BY occurred_on ORDER BY occurred_on";
    let counts = snapshot.map(sql, &[from.to_cell()], |row| {
        let day: Cell = row.get(0)?;
        let count: i64 = row.get(1)?;
        Ok((NaiveDate::from_cell(day).ok(), count.unsigned_abs()))
    })?;
    let known = counts
        .into_iter()
        .filter_map(|(day, count)| Some((day?, count)));
    Ok(known.collect())
}

/// The events of a stream, oldest first.
pub fn of_stream(snapshot: &Snapshot, stream: &Stream) -> Result<Vec<HistoryRow>> {
    let sql = "SELECT * FROM {history} WHERE stream = ? ORDER BY number";
    snapshot.rows(sql, &[stream.to_cell()])
}

/// The event with this id.
pub fn event(snapshot: &Snapshot, id: Uuid) -> Result<Option<HistoryRow>> {
    let sql = "SELECT * FROM {history} WHERE event = ?";
    Ok(snapshot.rows(sql, &[id.to_cell()])?.pop())
}

/// The last event recorded at or before an instant: the moment that a list as of then is read at.
pub fn number_at(snapshot: &Snapshot, instant: DateTime<Utc>) -> Result<Option<u64>> {
    // Numbers and instants never decrease together, so that the last number is found by halving.
    let at = |number: u64| -> Result<Option<HistoryRow>> { snapshot.row(number) };
    let Some(mut above) = snapshot.number()?.map(|last| last + 1) else {
        return Ok(None);
    };
    let mut below = 0;
    while below < above {
        let middle = below + (above - below) / 2;
        match at(middle)? {
            Some(row) if row.recorded_at <= instant => below = middle + 1,
            Some(_) | None => above = middle,
        }
    }
    Ok(below.checked_sub(1))
}

/// Whether an event of a transmission stream concerns this office of this application: what belongs
/// to the history of its case.
pub fn concerns(event: &Event, about: OfficeRef) -> bool {
    use transmission::Event as E;
    let Event::Transmission(event) = event else {
        return true;
    };
    let is = |application: ApplicationId, office: OfficeId| {
        about.application == application && about.office == office
    };
    let planned = |offices: &[transmission::PlannedOffice]| {
        offices
            .iter()
            .any(|planned| is(planned.application, planned.office))
    };
    match event {
        E::Applied { application, .. } | E::CarriedOver { application, .. } => {
            about.application == *application
        }
        E::OfficeCompleted {
            application,
            office,
            ..
        }
        | E::OfficeReady {
            application,
            office,
            ..
        }
        | E::OfficeUnready {
            application,
            office,
            ..
        }
        | E::OfficeDuePassed {
            application,
            office,
            ..
        }
        | E::OfficePaperArrived {
            application,
            office,
            ..
        }
        | E::PapersFiled {
            application,
            office,
            ..
        }
        | E::FederationConfirmed {
            application,
            office,
            ..
        }
        | E::FederationRejected {
            application,
            office,
            ..
        }
        | E::OfficeWithdrawn {
            application,
            office,
            ..
        }
        | E::PersonAsked {
            application,
            office,
            ..
        }
        | E::PersonDecided {
            application,
            office,
            ..
        }
        | E::AgentReleased {
            application,
            office,
            ..
        }
        | E::NumberReplaced {
            application,
            office,
            ..
        }
        | E::OfficeTransferred {
            application,
            office,
            ..
        }
        | E::IdIssued {
            application,
            office,
            ..
        } => is(*application, *office),
        E::StartSet { offices, .. } | E::PostponementReversed { offices, .. } => planned(offices),
        E::Postponed { cause, offices, .. } => {
            is(cause.application, cause.office) || planned(offices)
        }
        E::PostponementCauseAdded { cause, .. } => is(cause.application, cause.office),
        E::PostponementCauseRemoved { .. } => true,
        E::IdsDue {
            offices,
            held,
            suspended,
            ..
        } => {
            offices.contains(&about)
                || suspended.contains(&about)
                || held.iter().any(|held| is(held.application, held.office))
        }
        E::PapersOutdated { offices } | E::Started { offices, .. } => offices.contains(&about),
    }
}
