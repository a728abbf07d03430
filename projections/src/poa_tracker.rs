//! 委任状: what to send, what is out, what is overdue, what came back defective, what to file.

use crate::columns::{Json, code_columns};
use crate::names;
use crate::projection::{Change, Projection};
use crate::query::{Conditions, Listed, Part, counted_by, listed};
use crate::search::searchable;
use crate::store::{Column as _, Result, Row as _, Snapshot, TextRef, Writer, row};
use chrono::NaiveDate;
use daicho_domain::Service;
use daicho_domain::dates::Month;
use daicho_domain::document::{FileDigest, MissingGlyph};
use daicho_domain::identifiers::{AgentId, KjId, OfficeNumber, TrackingNumber};
use daicho_domain::intake::Channel;
use daicho_domain::nouns::{self, State};
use daicho_domain::poa::{Defect, Event, Method, Sheet, Stage, Status};
use daicho_domain::stream::{ApplicationId, CorporationId, OfficeId, PoaId, Stream};

code_columns! {
    Status: "status of a 委任状",
}

row! {
    /// One 委任状.
    pub struct PoaRow in "poas" indexed [
        "(status, due)",
        "(due)",
        "(corporation)",
        "(application)",
        "(office_number)",
    ] {
        /// Its id.
        id: PoaId,
        /// ステータス.
        status: Status,
        /// The service.
        service: Service,
        /// The corporation.
        corporation: CorporationId,
        /// Its name.
        corporation_name: String,
        /// The application.
        application: ApplicationId,
        /// The office.
        office: OfficeId,
        /// Its 事業所番号.
        office_number: OfficeNumber,
        /// Its KJ ID.
        kj_id: KjId,
        /// The month it is for.
        start_month: Month,
        /// The day by which it is sent.
        dispatch_by: NaiveDate,
        /// The day by which it must be back.
        due: NaiveDate,
        /// The day by which the federation must have it.
        federation_date: NaiveDate,
        /// The billing agent's ID of the pool that it names.
        agent: Option<AgentId>,
        /// The sheet that was printed for the next dispatch.
        printed: Option<FileDigest>,
        /// The character for which it cannot be printed, and where it stands.
        unprintable: Option<Json<MissingGlyph>>,
        /// How it went out last.
        method: Option<Method>,
        /// When it went out last.
        sent_on: Option<NaiveDate>,
        /// When it went out first.
        first_sent_on: Option<NaiveDate>,
        /// How often it went out.
        times_sent: u64,
        /// When it is expected at the customer's.
        delivered_on: Option<NaiveDate>,
        /// When the customer must post it.
        post_back_by: Option<NaiveDate>,
        /// The number under which the envelope it went out in can be followed.
        tracking: Option<TrackingNumber>,
        /// When the sheet that is here arrived.
        arrived_on: Option<NaiveDate>,
        /// How it arrived.
        arrived_by: Option<Channel>,
        /// What was wrong with the last sheet, while it matters.
        defect: Option<Defect>,
        /// What else a person noted about it.
        defect_note: Option<TextRef>,
        /// When it was filed.
        filed_on: Option<NaiveDate>,
        /// When the federation confirmed.
        confirmed_on: Option<NaiveDate>,
        /// How often it missed its month.
        missed: u64,
        /// What a search compares.
        search: String,
    }
}

/// The read model.
pub const PROJECTION: Projection = Projection {
    name: "poa_tracker",
    revision: 5,
    tables: &[PoaRow::TABLE],
    apply,
};

fn apply(change: &Change<'_>, writer: &mut Writer<'_>) -> Result<()> {
    if let Some(corporation) = names::renamed(change) {
        return rename(corporation, change, writer);
    }
    let (State::Poa(state), nouns::Event::Poa(event)) = (change.after, change.event) else {
        return Ok(());
    };
    let (Some(sheet), Stream::Poa(id)) = (state.sheet(), change.stream) else {
        return Ok(());
    };
    let row = match writer.get::<PoaRow>(&id.to_string())? {
        Some(row) => row,
        None => begin(*id, sheet, writer)?,
    };
    let row = moved(row, sheet, event, writer)?;
    writer.put(&row)
}

fn begin(id: PoaId, sheet: &Sheet, writer: &mut Writer<'_>) -> Result<PoaRow> {
    let whose = &sheet.assignment;
    let named = names::of(whose.corporation, writer)?;
    Ok(PoaRow {
        id,
        status: sheet.status(),
        service: whose.service,
        corporation: whose.corporation,
        corporation_name: named.name,
        application: whose.application,
        office: whose.office,
        office_number: whose.number,
        kj_id: whose.kj_id,
        start_month: Month::of(sheet.dates.start.on),
        dispatch_by: sheet.dispatch_by.on,
        due: sheet.dates.due.on,
        federation_date: sheet.dates.federation_date.on,
        agent: sheet.agent.named(),
        printed: None,
        unprintable: None,
        method: None,
        sent_on: None,
        first_sent_on: None,
        times_sent: 0,
        delivered_on: None,
        post_back_by: None,
        tracking: None,
        arrived_on: None,
        arrived_by: None,
        defect: None,
        defect_note: None,
        filed_on: None,
        confirmed_on: None,
        missed: 0,
        search: search_of(whose.number, whose.kj_id, &named.search),
    })
}

fn search_of(number: OfficeNumber, kj_id: KjId, corporation: &str) -> String {
    let own = searchable([number.as_str(), kj_id.as_str()]);
    format!("{own}\n{corporation}")
}

fn rename(corporation: CorporationId, change: &Change<'_>, writer: &mut Writer<'_>) -> Result<()> {
    let named = names::of(corporation, writer)?;
    for (_, state) in names::streams_of(corporation, change, writer)? {
        let ids: Vec<PoaId> = if let State::Transmission(state) = &*state {
            let entries = state.entries.iter();
            entries
                .map(daicho_domain::transmission::Entry::poa)
                .collect()
        } else if let State::Termination(state) = &*state {
            state.papers().collect()
        } else {
            continue;
        };
        let keys = ids.iter().map(ToString::to_string);
        names::follow(keys, writer, |row: &mut PoaRow| {
            row.corporation_name.clone_from(&named.name);
            row.search = search_of(row.office_number, row.kj_id, &named.search);
        })?;
    }
    Ok(())
}

fn moved(row: PoaRow, sheet: &Sheet, event: &Event, writer: &mut Writer<'_>) -> Result<PoaRow> {
    let mut row = PoaRow {
        status: sheet.status(),
        start_month: Month::of(sheet.dates.start.on),
        dispatch_by: sheet.dispatch_by.on,
        due: sheet.dates.due.on,
        federation_date: sheet.dates.federation_date.on,
        agent: sheet.agent.named(),
        printed: sheet.printed.as_ref().map(|printed| printed.file),
        unprintable: sheet.stuck_for().cloned().map(Json),
        first_sent_on: sheet.first_sent_on,
        arrived_on: sheet.arrived_on().or(row.arrived_on),
        missed: sheet.missed.len() as u64,
        ..row
    };
    match &sheet.stage {
        Stage::ToSend { defect } => row.defect = *defect,
        Stage::Out {
            method,
            sent_on,
            delivered_on,
            post_back_by,
            tracking,
            to: _,
        } => {
            row.method = Some(*method);
            row.sent_on = Some(*sent_on);
            row.delivered_on = delivered_on.as_ref().map(|date| date.on);
            row.post_back_by = post_back_by.as_ref().map(|date| date.on);
            row.tracking.clone_from(tracking);
            row.arrived_on = None;
            row.arrived_by = None;
        }
        Stage::Undeliverable { .. } | Stage::Void { .. } => {}
        Stage::Received { channel, .. } => row.arrived_by = Some(*channel),
        Stage::Accepted { .. } => {
            row.defect = None;
            row.defect_note = None;
        }
        Stage::Filed { filed_on, .. } => row.filed_on = Some(*filed_on),
        Stage::Confirmed { on, .. } => row.confirmed_on = Some(*on),
    }
    match event {
        Event::Dispatched { .. } => row.times_sent += 1,
        Event::CarriedOver { first_sent_on, .. } => {
            row.times_sent += u64::from(first_sent_on.is_some());
        }
        Event::FoundDefective {
            note: Some(note), ..
        } => row.defect_note = writer.text(note)?,
        Event::Rejected { .. } => row.filed_on = None,
        Event::FoundDefective { note: None, .. }
        | Event::Requested { .. }
        | Event::Printed { .. }
        | Event::Unprintable { .. }
        | Event::AgentNamed { .. }
        | Event::AgentMissing { .. }
        | Event::Undeliverable { .. }
        | Event::ReprintRequested { .. }
        | Event::ReminderDue { .. }
        | Event::DuePassed { .. }
        | Event::Received { .. }
        | Event::Accepted {}
        | Event::Filed { .. }
        | Event::Confirmed { .. }
        | Event::Lapsed { .. }
        | Event::LapseReversed { .. }
        | Event::DueMoved { .. }
        | Event::Voided { .. } => {}
    }
    Ok(row)
}

/// Which 委任状 to list: AND between the fields, OR within one; an empty field asks nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// ステータス.
    pub statuses: Vec<Status>,
    /// サービス.
    pub services: Vec<Service>,
    /// 開始月.
    pub start_months: Vec<Month>,
    /// Due on this day or earlier.
    pub due_to: Option<NaiveDate>,
    /// Due on this day or later.
    pub due_from: Option<NaiveDate>,
    /// Part of the corporation's name or number, the 事業所番号 or the KJ ID.
    pub search: Option<String>,
}

impl Filter {
    fn conditions(&self) -> Conditions {
        let mut asked = Conditions::default();
        asked.one_of("status", &self.statuses);
        asked.one_of("service", &self.services);
        asked.one_of("start_month", &self.start_months);
        asked.days("due", self.due_from, self.due_to);
        asked.search(self.search.as_deref());
        asked
    }
}

/// The 委任状 that fit, what is due first before the rest, counted.
pub fn list(
    snapshot: &Snapshot,
    filter: &Filter,
    offset: u64,
    limit: u64,
) -> Result<Listed<PoaRow>> {
    let order = "due, office_number, id";
    let part = Part {
        order,
        offset,
        limit,
    };
    listed(snapshot, filter.conditions(), part)
}

/// How many there are by ステータス.
pub fn count_by_status(snapshot: &Snapshot) -> Result<Vec<(Status, u64)>> {
    counted_by::<PoaRow, Status>(snapshot, "status", Conditions::default())
}

/// What the mail brings: the papers that may be in an envelope of this office.
pub fn of_office(snapshot: &Snapshot, number: OfficeNumber) -> Result<Vec<PoaRow>> {
    let sql = "SELECT * FROM {poas} WHERE office_number = ? ORDER BY due DESC, id";
    snapshot.rows(sql, &[number.to_cell()])
}

/// The papers of one application.
pub fn of_application(snapshot: &Snapshot, application: ApplicationId) -> Result<Vec<PoaRow>> {
    let sql = "SELECT * FROM {poas} WHERE application = ? ORDER BY office_number, id";
    snapshot.rows(sql, &[application.to_cell()])
}

/// How papers of one due date came back.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct ReturnRate {
    /// The due date.
    pub due: NaiveDate,
    /// How many were out for it.
    pub sheets: u64,
    /// How many of them are back by now.
    pub back: u64,
}

/// The return rate of the due dates from one day to another.
pub fn return_rates(
    snapshot: &Snapshot,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Vec<ReturnRate>> {
    let sql = "SELECT due, count(*), count(arrived_on) FROM {poas} \
               WHERE due BETWEEN ? AND ? AND status <> 'void' GROUP BY due ORDER BY due";
    let rates = snapshot.map(sql, &[from.to_cell(), to.to_cell()], |row| {
        let (sheets, back): (i64, i64) = (row.get(1)?, row.get(2)?);
        let due = NaiveDate::from_cell(row.get(0)?).ok();
        Ok(due.map(|due| ReturnRate {
            due,
            sheets: sheets.unsigned_abs(),
            back: back.unsigned_abs(),
        }))
    })?;
    Ok(rates.into_iter().flatten().collect())
}
