//! 案件: everything in progress, for whom it waits, for what, until when, what happens then.
//!
//! A case is a row, not a stream: an enrolment, one office of a transmission application, a 委任状, or a licence.
//! What it waits for is said by the domain (`waiting`); the first reason stands in the list.

use crate::columns::{Json, code_columns};
use crate::corporations::{CorporationRow, Listed, search_of};
use crate::projection::{Change, Projection};
use crate::query::Conditions;
use crate::search::searchable;
use crate::store::{Cell, Column as _, Result, Row as _, Snapshot, Writer, row};
use chrono::{DateTime, NaiveDate, Utc};
use daicho_domain::Service;
use daicho_domain::corporation::Registered;
use daicho_domain::dates::Month;
use daicho_domain::identifiers::OfficeNumber;
use daicho_domain::nouns::State;
use daicho_domain::rules::{Basis, Dated};
use daicho_domain::stream::{ApplicationId, CorporationId, OfficeId, StaffId, Stream};
use daicho_domain::transmission::{self, Entry};
use daicho_domain::waiting::{Next, Party, Waiting, What};
use daicho_domain::{enrolment, licence, poa};
use std::collections::BTreeSet;

pub use crate::status::Status;

/// 種別: what kind of thing a case is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A corporation's enrolment in a service.
    Enrolment,
    /// One office of a transmission application.
    Transmission,
    /// A 委任状.
    Poa,
    /// The licence of an office number.
    Licence,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 4] = [
        Self::Enrolment,
        Self::Transmission,
        Self::Poa,
        Self::Licence,
    ];

    /// The name in URLs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Enrolment => "enrolment",
            Self::Transmission => "transmission",
            Self::Poa => "poa",
            Self::Licence => "licence",
        }
    }

    /// The name that staff read.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Enrolment => "登録",
            Self::Transmission => "伝送",
            Self::Poa => "委任状",
            Self::Licence => "ライセンス",
        }
    }

    /// The letter that begins its 案件番号.
    const fn letter(self) -> char {
        match self {
            Self::Enrolment => 'E',
            Self::Transmission => 'T',
            Self::Poa => 'P',
            Self::Licence => 'L',
        }
    }
}

code_columns! {
    Kind: "kind of case",
    Status: "status",
}

row! {
    /// One case.
    pub struct CaseRow in "cases" indexed [
        // Wide enough that every filter counts and sorts by it alone, without reading the rows.
        "(open, due, place, kind, status, what, party, service, next, start_month, office_number, assignee, updated_number)",
        "(open, status, due, place)",
        "(open, corporation_name, place, due, search)",
        "(corporation)",
        "(office)",
        "(no)",
    ] {
        /// The thing: a stream's name, or application and office.
        key: String,
        /// 案件番号: a letter for the kind and the number of the event that opened it.
        no: String,
        /// The order in which cases were opened: the event, and the place among those it opened.
        place: u64,
        /// 種別.
        kind: Kind,
        /// The service.
        service: Service,
        /// The corporation.
        corporation: CorporationId,
        /// Its name.
        corporation_name: String,
        /// The office, where it is about one.
        office: Option<OfficeId>,
        /// Its 事業所番号.
        office_number: Option<OfficeNumber>,
        /// ステータス.
        status: Status,
        /// Whether it is in progress.
        open: bool,
        /// 待ち理由.
        what: Option<What>,
        /// 相手.
        party: Option<Party>,
        /// 期限.
        due: Option<NaiveDate>,
        /// What the date is based on.
        basis: Option<Json<Basis>>,
        /// 次に起きること.
        next: Option<Next>,
        /// How many reasons it waits for in all.
        reasons: u64,
        /// 開始月.
        start_month: Option<Month>,
        /// 担当: the member of the staff who acted last.
        assignee: Option<String>,
        /// 最終更新: the business day.
        updated_on: NaiveDate,
        /// The instant.
        updated_at: DateTime<Utc>,
        /// The event.
        updated_number: u64,
        /// The stream that holds it.
        stream: Stream,
        /// The application it belongs to.
        application: Option<ApplicationId>,
        /// The open slots of the rule books that its dates rest on, in order, separated by commas.
        slots: String,
        /// What a search compares.
        search: String,
    }
}

/// The read model.
pub const PROJECTION: Projection = Projection {
    name: "cases",
    revision: 1,
    tables: &[CaseRow::TABLE],
    apply,
};

fn apply(change: &Change<'_>, writer: &mut Writer<'_>) -> Result<()> {
    match (change.stream, change.after) {
        (Stream::Enrolment(corporation, service), State::Enrolment(state)) => {
            let draft = of_enrolment(change.stream, *corporation, *service, state);
            draft.map_or(Ok(()), |draft| draft.put(change, writer))
        }
        (Stream::Transmission(corporation, service), State::Transmission(state)) => {
            for (entry, ordinal) in crate::transmissions::changed(change, state) {
                of_entry(change.stream, *corporation, *service, state, entry, ordinal)
                    .put(change, writer)?;
            }
            Ok(())
        }
        (Stream::Poa(_), State::Poa(state)) => {
            let draft = state
                .sheet()
                .map(|sheet| of_sheet(change.stream, state, sheet));
            draft.map_or(Ok(()), |draft| draft.put(change, writer))
        }
        (Stream::Licence(_), State::Licence(state)) => {
            let draft = state
                .known()
                .map(|record| of_licence(change.stream, state, record));
            draft.map_or(Ok(()), |draft| draft.put(change, writer))
        }
        (Stream::Corporation(id), State::Corporation(state)) => match state.registered() {
            Some(corporation) => rename(
                *id,
                &corporation.name,
                &search_of(corporation),
                change,
                writer,
            ),
            None => Ok(()),
        },
        (_, _) => Ok(()),
    }
}

/// More offices than one event of 256 KiB can name.
const PLACES: u64 = 1 << 14;

/// What a state says of its case; the rest of the row is kept or comes from the corporation.
struct Draft<'a> {
    key: String,
    kind: Kind,
    ordinal: Option<usize>,
    service: Service,
    corporation: CorporationId,
    office: Option<(OfficeId, OfficeNumber)>,
    application: Option<ApplicationId>,
    status: Status,
    waiting: Vec<Waiting>,
    start_month: Option<Month>,
    dates: Vec<&'a Dated>,
}

fn of_enrolment<'a>(
    stream: &Stream,
    corporation: CorporationId,
    service: Service,
    state: &'a enrolment::State,
) -> Option<Draft<'a>> {
    let trial = state.trial()?;
    let mut dates = vec![&trial.last_free_day, &trial.registered_last_free_day];
    if let Some(registration) = state.registration() {
        dates.extend([&registration.last_free_day, &registration.billing_start]);
    }
    Some(Draft {
        key: stream.to_string(),
        kind: Kind::Enrolment,
        ordinal: None,
        service,
        corporation,
        office: None,
        application: None,
        status: Status::of_enrolment(state),
        waiting: state.waiting(),
        start_month: None,
        dates,
    })
}

fn of_entry<'a>(
    _: &Stream,
    corporation: CorporationId,
    service: Service,
    state: &transmission::State,
    entry: &'a Entry,
    ordinal: usize,
) -> Draft<'a> {
    let plan = entry.plan();
    Draft {
        key: entry_key(entry.application, entry.office),
        kind: Kind::Transmission,
        ordinal: Some(ordinal),
        service,
        corporation,
        office: Some((entry.office, entry.number)),
        application: Some(entry.application),
        status: Status::of_entry(state, entry),
        waiting: state.waiting(entry),
        start_month: plan.map(transmission::Plan::month),
        dates: plan.map_or(vec![], |plan| {
            vec![
                &plan.start,
                &plan.poa_due,
                &plan.federation_date,
                &plan.credentials_on,
            ]
        }),
    }
}

fn of_sheet<'a>(stream: &Stream, state: &poa::State, sheet: &'a poa::Sheet) -> Draft<'a> {
    let whose = &sheet.assignment;
    Draft {
        key: stream.to_string(),
        kind: Kind::Poa,
        ordinal: None,
        service: whose.service,
        corporation: whose.corporation,
        office: Some((whose.office, whose.number)),
        application: Some(whose.application),
        status: Status::of_sheet(sheet),
        waiting: state.waiting(),
        start_month: Some(Month::of(sheet.dates.start.on)),
        dates: vec![
            &sheet.dates.start,
            &sheet.dates.due,
            &sheet.dates.federation_date,
            &sheet.dispatch_by,
        ],
    }
}

fn of_licence<'a>(
    stream: &Stream,
    state: &licence::State,
    record: &'a licence::Record,
) -> Draft<'a> {
    Draft {
        key: stream.to_string(),
        kind: Kind::Licence,
        ordinal: None,
        service: Service::CareplanRenkei,
        corporation: record.corporation,
        office: Some((record.office, record.number)),
        application: None,
        status: Status::of_licence(record),
        waiting: state.waiting(),
        start_month: None,
        dates: record
            .contracts()
            .flat_map(|year| {
                let term = &year.term;
                [&term.first_day, &term.last_day, &term.renewal_opens]
            })
            .collect(),
    }
}

/// The key of the case of one office of an application.
pub fn entry_key(application: ApplicationId, office: OfficeId) -> String {
    format!("{application}.{office}")
}

impl Draft<'_> {
    fn put(self, change: &Change<'_>, writer: &mut Writer<'_>) -> Result<()> {
        let recorded = change.recorded;
        let known: Option<CaseRow> = writer.get(&self.key)?;
        let (place, no, corporation_name, search, before) = match known {
            Some(row) => (
                row.place,
                row.no,
                row.corporation_name,
                row.search,
                row.assignee,
            ),
            None => {
                let no = self.no(recorded.number);
                let (name, search) = self.names(writer, &no)?;
                (self.place(recorded.number), no, name, search, None)
            }
        };
        let acted = recorded.actor.parse::<StaffId>().is_ok();
        let first = self.waiting.first();
        let until = first.and_then(|reason| reason.until.as_ref());
        let slots: BTreeSet<_> = self
            .dates
            .iter()
            .flat_map(|date| &date.basis.open)
            .collect();
        let slots: Vec<_> = slots.into_iter().map(String::as_str).collect();
        let open = !self.waiting.is_empty();
        writer.put(&CaseRow {
            no,
            place,
            kind: self.kind,
            service: self.service,
            corporation: self.corporation,
            corporation_name,
            office: self.office.map(|(id, _)| id),
            office_number: self.office.map(|(_, number)| number),
            status: self.status,
            open,
            what: first.map(|reason| reason.what),
            party: first.map(|reason| reason.party),
            due: until.map(|until| until.on),
            basis: until.map(|until| Json(until.basis.clone())),
            next: first.map(|reason| reason.then),
            reasons: self.waiting.len() as u64,
            start_month: self.start_month,
            assignee: if acted {
                Some(recorded.actor.to_string())
            } else {
                before
            },
            updated_on: recorded.occurred_on,
            updated_at: recorded.recorded_at,
            updated_number: recorded.number,
            stream: change.stream.clone(),
            application: self.application,
            slots: slots.join(","),
            search,
            key: self.key,
        })
    }

    fn place(&self, number: u64) -> u64 {
        number * PLACES + self.ordinal.unwrap_or(0) as u64
    }

    fn no(&self, number: u64) -> String {
        let letter = self.kind.letter();
        match self.ordinal {
            None => format!("{letter}{number}"),
            Some(ordinal) => format!("{letter}{number}-{ordinal}"),
        }
    }

    fn names(&self, writer: &mut Writer<'_>, no: &str) -> Result<(String, String)> {
        let corporation: Option<CorporationRow> = writer.get(&self.corporation.to_string())?;
        let (name, search) = corporation.map_or_else(
            || (self.corporation.to_string(), String::new()),
            |corporation| (corporation.name, corporation.search),
        );
        let own = own_search(no, self.office.map(|(_, number)| number));
        Ok((name, format!("{own}\n{search}")))
    }
}

fn own_search(no: &str, office: Option<OfficeNumber>) -> String {
    let number = office.map(|number| number.to_string());
    searchable([no].into_iter().chain(number.as_deref()))
}

/// A corporation's name, number or external ids changed: its cases are found by the new ones.
fn rename(
    corporation: CorporationId,
    name: &str,
    search: &str,
    change: &Change<'_>,
    writer: &mut Writer<'_>,
) -> Result<()> {
    let State::Corporation(before) = change.before else {
        return Ok(());
    };
    // One that just became known has no cases yet; most other events leave the name alone.
    let renamed = |before: &Registered| before.name != name || search_of(before) != search;
    if !before.registered().is_some_and(renamed) {
        return Ok(());
    }
    for mut row in writer.rows_where::<CaseRow>("corporation = ?", &[corporation.to_cell()])? {
        name.clone_into(&mut row.corporation_name);
        row.search = format!("{}\n{search}", own_search(&row.no, row.office_number));
        writer.put(&row)?;
    }
    Ok(())
}

/// Which cases to list: AND between the fields, OR within one; an empty field asks nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// In progress, or settled.
    pub open: Option<bool>,
    /// 種別.
    pub kinds: Vec<Kind>,
    /// ステータス.
    pub statuses: Vec<Status>,
    /// 待ち理由.
    pub whats: Vec<What>,
    /// 相手.
    pub parties: Vec<Party>,
    /// サービス.
    pub services: Vec<Service>,
    /// 開始月.
    pub start_months: Vec<Month>,
    /// 担当.
    pub assignees: Vec<String>,
    /// 法人.
    pub corporations: Vec<CorporationId>,
    /// 事業所.
    pub offices: Vec<OfficeId>,
    /// 期限 on this day or later.
    pub due_from: Option<NaiveDate>,
    /// 期限 on this day or earlier.
    pub due_to: Option<NaiveDate>,
    /// Without a 期限.
    pub due_none: bool,
    /// Part of the corporation's name or number, the office's number, the 案件番号 or an external id.
    pub search: Option<String>,
}

impl Filter {
    /// The condition in SQL and its values.
    fn condition(&self) -> (String, Vec<Cell>) {
        let mut asked = Conditions::default();
        match self.open {
            Some(open) => asked.one_of("open", &[open]),
            // Named all the same, so that the indexes that begin with it serve.
            None => asked.one_of("open", &[false, true]),
        }
        asked.one_of("kind", &self.kinds);
        asked.one_of("status", &self.statuses);
        asked.one_of("what", &self.whats);
        asked.one_of("party", &self.parties);
        asked.one_of("service", &self.services);
        asked.one_of("start_month", &self.start_months);
        asked.one_of("assignee", &self.assignees);
        asked.one_of("corporation", &self.corporations);
        asked.one_of("office", &self.offices);
        asked.days("due", self.due_from, self.due_to);
        if self.due_none {
            asked.plain("due IS NULL");
        }
        asked.search(self.search.as_deref());
        asked.finish()
    }
}

/// By which column to sort.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the column of the list that it names")]
pub enum Sort {
    No,
    Kind,
    Corporation,
    OfficeNumber,
    Status,
    What,
    Party,
    #[default]
    Due,
    Next,
    StartMonth,
    Assignee,
    Updated,
}

impl Sort {
    /// Every column, with its name in URLs.
    pub const ALL: [(Self, &'static str); 12] = [
        (Self::No, "no"),
        (Self::Kind, "kind"),
        (Self::Corporation, "corporation"),
        (Self::OfficeNumber, "office_number"),
        (Self::Status, "status"),
        (Self::What, "what"),
        (Self::Party, "party"),
        (Self::Due, "due"),
        (Self::Next, "next"),
        (Self::StartMonth, "start_month"),
        (Self::Assignee, "assignee"),
        (Self::Updated, "updated"),
    ];

    const fn column(self) -> &'static str {
        match self {
            Self::No => "place",
            Self::Kind => "kind",
            Self::Corporation => "corporation_name",
            Self::OfficeNumber => "office_number",
            Self::Status => "status",
            Self::What => "what",
            Self::Party => "party",
            Self::Due => "due",
            Self::Next => "next",
            Self::StartMonth => "start_month",
            Self::Assignee => "assignee",
            Self::Updated => "updated_number",
        }
    }
}

/// A page of the list: the order and the place in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// By which column.
    pub sort: Sort,
    /// The other way round. What has no value stands last either way.
    pub descending: bool,
    /// How many rows stand before the page.
    pub offset: u64,
    /// How many rows the page holds.
    pub limit: u64,
}

/// The cases that fit, one page of them, counted.
pub fn list(snapshot: &Snapshot, filter: &Filter, page: Page) -> Result<Listed<CaseRow>> {
    let (count, select, values) = statements(snapshot, filter, page);
    let total = snapshot.count(&count, &values)?;
    let rows = snapshot.rows(&select, &values)?;
    Ok(Listed { rows, total })
}

/// What `list` asks: the statement that counts, the one that selects, the values of both. Open to the
/// benchmark that holds the list against the bare SQL.
pub fn statements(snapshot: &Snapshot, filter: &Filter, page: Page) -> (String, String, Vec<Cell>) {
    let (condition, values) = filter.condition();
    let direction = if page.descending { "DESC" } else { "ASC" };
    let column = page.sort.column();
    let order =
        |of: &str| format!("ORDER BY {of}{column} {direction} NULLS LAST, {of}place {direction}");
    // The planner would rather walk the dates and read a row for each name it compares.
    let by = match (&filter.search, snapshot.asked()) {
        (Some(_), None) => "INDEXED BY cases_2 ",
        (Some(_), Some(_)) | (None, _) => "",
    };
    let count = format!("SELECT count(*) FROM {{cases}} {by}WHERE {condition}");
    let Page { offset, limit, .. } = page;
    let part = format!("{} LIMIT {limit} OFFSET {offset}", order(""));
    // Chosen by the indexes alone where they hold the columns; the rows are read for the page only.
    let select = match snapshot.asked() {
        None => format!(
            "SELECT c.* FROM (SELECT rowid AS chosen FROM {{cases}} {by}WHERE {condition} {part}) \
             CROSS JOIN {{cases c}} ON c.rowid = chosen {}",
            order("c.")
        ),
        Some(_) => format!("SELECT * FROM {{cases}} WHERE {condition} {part}"),
    };
    (count, select, values)
}

/// How many cases fit.
pub fn count(snapshot: &Snapshot, filter: &Filter) -> Result<u64> {
    let (condition, values) = filter.condition();
    snapshot.count(
        &format!("SELECT count(*) FROM {{cases}} WHERE {condition}"),
        &values,
    )
}

/// How many open cases have each ステータス, for the chips above the list.
pub fn count_by_status(snapshot: &Snapshot, filter: &Filter) -> Result<Vec<(Status, u64)>> {
    let (condition, values) = filter.condition();
    let sql = format!("SELECT status, count(*) FROM {{cases}} WHERE {condition} GROUP BY status");
    let counts = snapshot.map(&sql, &values, |row| {
        let status: Cell = row.get(0)?;
        let count: i64 = row.get(1)?;
        Ok((Status::from_cell(status).ok(), count.unsigned_abs()))
    })?;
    let known = counts
        .into_iter()
        .filter_map(|(status, count)| Some((status?, count)));
    Ok(known.collect())
}

/// The case with this 案件番号.
pub fn numbered(snapshot: &Snapshot, no: &str) -> Result<Option<CaseRow>> {
    let sql = "SELECT * FROM {cases} WHERE no = ?";
    Ok(snapshot.rows(sql, &[Cell::Text(no.to_owned())])?.pop())
}

/// The case with this key: a stream's name, or `entry_key`.
pub fn keyed(snapshot: &Snapshot, key: &str) -> Result<Option<CaseRow>> {
    snapshot.row(key)
}

/// The cases of the same corporation, open ones first, newest first.
pub fn of_corporation(snapshot: &Snapshot, corporation: CorporationId) -> Result<Vec<CaseRow>> {
    let sql = "SELECT * FROM {cases} WHERE corporation = ? ORDER BY open DESC, place DESC";
    snapshot.rows(sql, &[corporation.to_cell()])
}
