//! ライセンス: which office numbers have one, from when to when, what its fee waits for.
//!
//! How many days are left follows from the day that is shown, so it is no column: the queries are given the day.

use crate::columns::{Json, code_columns};
use crate::names;
use crate::projection::{Change, Projection};
use crate::query::{Conditions, Listed, Part, counted_by, listed};
use crate::search::searchable;
use crate::store::{Cell, Column as _, Result, Row as _, Snapshot, TextRef, Writer, row};
use chrono::NaiveDate;
use daicho_domain::dates::Month;
use daicho_domain::identifiers::OfficeNumber;
use daicho_domain::licence::{Contract, FeeStatus, Origin, Payment, Record, Status};
use daicho_domain::nouns::State;
use daicho_domain::stream::{CorporationId, OfficeId};
use serde::{Deserialize, Serialize};

code_columns! {
    Status: "status of a licence",
    FeeStatus: "status of a licence's fee",
    Payment: "way of payment",
}

/// One year: several years are several contracts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct YearRow {
    /// The first day.
    pub first_day: NaiveDate,
    /// The last day.
    pub last_day: NaiveDate,
    /// From when the next year can be asked for.
    pub renewal_opens: NaiveDate,
    /// How it came about.
    pub origin: Origin,
    /// The day it was applied for or renewed; of one from a list nobody knows.
    pub filed_on: Option<NaiveDate>,
    /// The day of the notice that it is done.
    pub noticed_on: Option<NaiveDate>,
    /// How it is paid.
    pub payment: Payment,
    /// What it costs, yen with tax.
    pub gross_yen: i64,
    /// The tax in it, yen.
    pub tax_yen: i64,
    /// The month in which the fee is expected.
    pub fee_month: Month,
    /// The latest month in which it is.
    pub fee_month_latest: Month,
    /// The day by which it is confirmed, or its invoice due.
    pub fee_by: NaiveDate,
    /// Where the fee stands.
    pub fee: FeeStatus,
    /// The month in which it was paid.
    pub paid_in: Option<Month>,
}

impl YearRow {
    fn of(year: &Contract) -> Self {
        let term = &year.term;
        Self {
            first_day: term.first_day.on,
            last_day: term.last_day.on,
            renewal_opens: term.renewal_opens.on,
            origin: year.origin,
            filed_on: year.filed_on,
            noticed_on: year.noticed_on,
            payment: year.payment,
            gross_yen: year.price.gross_yen,
            tax_yen: year.price.tax_yen,
            fee_month: Month::of(term.fee_month.on),
            fee_month_latest: Month::of(term.fee_month_latest.on),
            fee_by: term.fee_by.on,
            fee: year.fee_status(),
            paid_in: year.paid_in(),
        }
    }
}

row! {
    /// One office number with a licence, or on the way to one.
    pub struct LicenceRow in "licences" indexed [
        "(status, last_day)",
        "(last_day)",
        "(corporation)",
    ] {
        /// Its 事業所番号.
        number: OfficeNumber,
        /// The office.
        office: OfficeId,
        /// The corporation.
        corporation: CorporationId,
        /// Its name.
        corporation_name: String,
        /// ステータス.
        status: Status,
        /// The first day of the present year.
        first_day: Option<NaiveDate>,
        /// Its last day.
        last_day: Option<NaiveDate>,
        /// The last day of everything that was contracted, the next year included.
        contracted_to: Option<NaiveDate>,
        /// From when it can be renewed.
        renewal_opens: Option<NaiveDate>,
        /// The first day of the year whose fee is shown: one overdue, then one expected, then the present one.
        fee_of: Option<NaiveDate>,
        /// The month in which that fee is expected.
        fee_month: Option<Month>,
        /// The latest month in which it is.
        fee_month_latest: Option<Month>,
        /// The day by which that fee is confirmed, or its invoice due.
        fee_by: Option<NaiveDate>,
        /// Where its fee stands.
        fee: Option<FeeStatus>,
        /// The month in which it was paid.
        paid_in: Option<Month>,
        /// How it is paid.
        payment: Option<Payment>,
        /// What the year costs, yen with tax.
        gross_yen: Option<u64>,
        /// How many years were contracted.
        years: u64,
        /// Every one of them, oldest first.
        contracts: Json<Vec<YearRow>>,
        /// The person to talk to, by the last form.
        contact_name: Option<TextRef>,
        /// Their telephone number.
        contact_phone: Option<TextRef>,
        /// Their mail address.
        contact_mail: Option<TextRef>,
        /// Who represents the office, by the last application.
        representative: Option<TextRef>,
        /// What a search compares.
        search: String,
    }
}

/// The read model.
pub const PROJECTION: Projection = Projection {
    name: "licences",
    revision: 4,
    tables: &[LicenceRow::TABLE],
    apply,
};

fn apply(change: &Change<'_>, writer: &mut Writer<'_>) -> Result<()> {
    if let Some(corporation) = names::renamed(change) {
        for (_, state) in names::streams_of(corporation, change, writer)? {
            put(&state, writer)?;
        }
        return Ok(());
    }
    put(change.after, writer)
}

fn put(state: &State, writer: &mut Writer<'_>) -> Result<()> {
    let State::Licence(state) = state else {
        return Ok(());
    };
    let Some(record) = state.known() else {
        return Ok(());
    };
    let named = names::of(record.corporation, writer)?;
    let own = searchable([record.number.as_str()]);
    let search = format!("{own}\n{}", named.search);
    let row = row_of(record, named.name, search);
    let row = with_texts(record, row, writer)?;
    writer.put(&row)
}

fn row_of(record: &Record, corporation_name: String, search: String) -> LicenceRow {
    let year = record.year();
    let wanting = record.wanting();
    let month = |on: NaiveDate| Month::of(on);
    LicenceRow {
        number: record.number,
        office: record.office,
        corporation: record.corporation,
        corporation_name,
        status: record.status(),
        first_day: year.map(|year| year.term.first_day.on),
        last_day: year.map(|year| year.term.last_day.on),
        contracted_to: record
            .contracts()
            .next_back()
            .map(|year| year.term.last_day.on),
        renewal_opens: year.map(|year| year.term.renewal_opens.on),
        fee_of: wanting.map(|year| year.term.first_day.on),
        fee_month: wanting.map(|year| month(year.term.fee_month.on)),
        fee_month_latest: wanting.map(|year| month(year.term.fee_month_latest.on)),
        fee_by: wanting.map(|year| year.term.fee_by.on),
        fee: wanting.map(Contract::fee_status),
        paid_in: wanting.and_then(Contract::paid_in),
        payment: wanting.map(|year| year.payment),
        gross_yen: wanting.map(|year| year.price.gross_yen.unsigned_abs()),
        years: record.contracts().count() as u64,
        contracts: Json(record.contracts().map(YearRow::of).collect()),
        contact_name: None,
        contact_phone: None,
        contact_mail: None,
        representative: None,
        search,
    }
}

/// Whom to tell: a renewal enters the person anew, the representative stands on the application alone.
fn with_texts(record: &Record, row: LicenceRow, writer: &mut Writer<'_>) -> Result<LicenceRow> {
    let said = || {
        record
            .contracts()
            .rev()
            .filter_map(|year| year.said.as_ref())
    };
    let Some(contact) = said().next().map(|said| &said.contact) else {
        return Ok(row);
    };
    let applicant = said().find_map(|said| said.applicant.as_ref());
    let representative = match applicant {
        Some(applicant) => writer.text(&applicant.representative)?,
        None => None,
    };
    Ok(LicenceRow {
        contact_name: writer.text(&contact.name)?,
        contact_phone: writer.text(&contact.phone)?,
        contact_mail: writer.text(&contact.mail)?,
        representative,
        ..row
    })
}

/// Which licences to list: AND between the fields, OR within one; an empty field asks nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// ステータス.
    pub statuses: Vec<Status>,
    /// Where the fee stands.
    pub fees: Vec<FeeStatus>,
    /// 法人.
    pub corporations: Vec<CorporationId>,
    /// Last day on this day or later.
    pub last_from: Option<NaiveDate>,
    /// Last day on this day or earlier.
    pub last_to: Option<NaiveDate>,
    /// Part of the corporation's name or number, or of the office's number.
    pub search: Option<String>,
}

/// The licences that fit, counted: those that somebody has to do something about first, then those that hold, those that are
/// over last; of each those that end first first.
pub fn list(
    snapshot: &Snapshot,
    filter: &Filter,
    offset: u64,
    limit: u64,
) -> Result<Listed<LicenceRow>> {
    let mut asked = Conditions::default();
    asked.one_of("status", &filter.statuses);
    asked.one_of("fee", &filter.fees);
    asked.one_of("corporation", &filter.corporations);
    asked.days("last_day", filter.last_from, filter.last_to);
    asked.search(filter.search.as_deref());
    let order = "CASE status WHEN 'valid' THEN 1 WHEN 'runs_out' THEN 2 WHEN 'expired' THEN 3 \
                 WHEN 'dropped' THEN 4 ELSE 0 END, last_day NULLS LAST, number";
    let part = Part {
        order,
        offset,
        limit,
    };
    listed(snapshot, asked, part)
}

/// How many licences have each ステータス.
pub fn count_by_status(snapshot: &Snapshot) -> Result<Vec<(Status, u64)>> {
    counted_by::<LicenceRow, Status>(snapshot, "status", Conditions::default())
}

/// How many licences end on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ends {
    /// The day.
    pub on: NaiveDate,
    /// How many.
    pub count: u64,
    /// How many of them can be renewed now.
    pub renewable: u64,
}

/// The licences that end from `today` on and were not renewed yet, by day: the picture by days left.
pub fn ends(snapshot: &Snapshot, today: NaiveDate) -> Result<Vec<Ends>> {
    let sql = "SELECT last_day, count(*), sum(status = 'renewable') FROM {licences} \
               WHERE last_day >= ? AND status NOT IN ('expired', 'filed', 'gaps', 'ready') \
               GROUP BY last_day ORDER BY last_day";
    let counts = snapshot.map(sql, &[today.to_cell()], |row| {
        let day: Cell = row.get(0)?;
        let (count, renewable): (i64, i64) = (row.get(1)?, row.get(2)?);
        let ends = |on| Ends {
            on,
            count: count.unsigned_abs(),
            renewable: renewable.unsigned_abs(),
        };
        Ok(NaiveDate::from_cell(day).ok().map(ends))
    })?;
    Ok(counts.into_iter().flatten().collect())
}

/// The licence of an office number.
pub fn of_number(snapshot: &Snapshot, number: OfficeNumber) -> Result<Option<LicenceRow>> {
    snapshot.row(number.as_str())
}
