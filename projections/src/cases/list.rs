//! The case list: filters, sorting, pages; and how one case is found.

use super::{CaseRow, Kind, Status};
use crate::query::{Conditions, Listed, counted_by};
use crate::store::{Cell, Column as _, Result, Snapshot};
use chrono::NaiveDate;
use daicho_domain::Service;
use daicho_domain::dates::Month;
use daicho_domain::stream::{ApplicationId, CorporationId, OfficeId, Stream};
use daicho_domain::waiting::{Papers, Party, What};

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
    fn conditions(&self) -> Conditions {
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
        asked
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
    let (condition, values) = filter.conditions().finish();
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
    let (condition, values) = filter.conditions().finish();
    snapshot.count(
        &format!("SELECT count(*) FROM {{cases}} WHERE {condition}"),
        &values,
    )
}

/// How many open cases have each ステータス, for the chips above the list.
pub fn count_by_status(snapshot: &Snapshot, filter: &Filter) -> Result<Vec<(Status, u64)>> {
    counted_by::<CaseRow, Status>(snapshot, "status", filter.conditions())
}

/// The streams of all transmission applications, settled ones included.
pub fn transmission_streams(snapshot: &Snapshot) -> Result<Vec<Stream>> {
    let sql = "SELECT DISTINCT stream FROM {cases} WHERE kind = ? ORDER BY stream";
    let found = snapshot.map(sql, &[Kind::Transmission.to_cell()], |row| {
        Ok(Stream::from_cell(row.get(0)?).ok())
    })?;
    Ok(found.into_iter().flatten().collect())
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

/// What the 委任状 of an application wait for by their own streams; an accepted one is ready, and waits for nothing itself.
pub fn papers_of(
    snapshot: &Snapshot,
    corporation: CorporationId,
    application: ApplicationId,
) -> Result<Papers> {
    let sql = "SELECT * FROM {cases} WHERE corporation = ? AND application = ? AND kind = ?";
    let asked = [
        corporation.to_cell(),
        application.to_cell(),
        Kind::Poa.to_cell(),
    ];
    let rows: Vec<CaseRow> = snapshot.rows(sql, &asked)?;
    let reasons = |row: CaseRow| {
        let Stream::Poa(id) = row.stream else {
            return None;
        };
        let accepted = row.status == Status::PoaToFile;
        let first = row.first_reason().filter(|_| !accepted);
        Some((id, first.into_iter().collect()))
    };
    Ok(rows.into_iter().filter_map(reasons).collect())
}

/// The cases of the same corporation, open ones first, newest first.
pub fn of_corporation(snapshot: &Snapshot, corporation: CorporationId) -> Result<Vec<CaseRow>> {
    let sql = "SELECT * FROM {cases} WHERE corporation = ? ORDER BY open DESC, place DESC";
    snapshot.rows(sql, &[corporation.to_cell()])
}
