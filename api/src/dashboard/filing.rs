//! 国保連提出: the accepted 委任状 by federation, with the day by which they must be there and the day by which they leave for
//! it. The chosen ones are printed under a covering letter with their list, then filed together: all of them, or none and
//! each obstacle is named.

use super::frame::Frame;
use super::parts::Due;
use super::viewer::{Reading, Viewer};
use super::{Shown, show, words};
use crate::problem::Problem;
use askama::Template;
use chrono::NaiveDate;
use daicho_domain::Prefecture;
use daicho_domain::poa::Status;
use daicho_domain::rules::{Answer, Ask, Question, posted_by};
use daicho_domain::stream::{PoaId, Stream};
use daicho_domain::waiting::What;
use daicho_projections::poa_tracker::{self, Filter, PoaRow};
use daicho_projections::{attachments, cases};
use uuid::Uuid;

/// The most sheets of one filing.
pub const SHEETS_MAX: usize = 200;

#[derive(Template)]
#[template(path = "filing.html")]
struct Page {
    frame: Frame,
    parcels: Vec<Drawn>,
    /// How many can be filed.
    sheets: usize,
    /// How many wait for others of their application.
    held: usize,
    without_scan: usize,
    more: u64,
    today: NaiveDate,
    form: String,
}

/// One parcel, drawn.
struct Drawn {
    federation: String,
    arrive_by: Due,
    leave_by: Option<Due>,
    why: String,
    sheets: Vec<Sheet>,
}

/// One sheet in it.
struct Sheet {
    id: String,
    href: String,
    corporation: String,
    number: String,
    month: String,
    service: &'static str,
    agent: String,
    scanned: bool,
    /// Why it cannot be filed yet.
    held: Option<&'static str>,
}

/// What goes to one federation for one day.
pub struct Parcel {
    /// Whose federation.
    pub federation: Prefecture,
    /// The day by which it must be there.
    pub arrive_by: NaiveDate,
    /// Why it leaves when; nothing where no rule says.
    pub posted: Option<Answer>,
    /// The papers, by office number.
    pub rows: Vec<PoaRow>,
}

impl Parcel {
    /// The day by which it leaves.
    pub fn leave_by(&self) -> Option<NaiveDate> {
        self.posted.as_ref()?.date("file_by").ok()
    }
}

/// The parcels of these papers, the one that leaves first before the rest.
pub fn parcels(rows: Vec<PoaRow>, reading: &Reading<'_>) -> Vec<Parcel> {
    let policy = reading.viewer.app.policy();
    let today = reading.viewer.moment.day;
    let mut parcels: Vec<Parcel> = Vec::new();
    for row in rows {
        let federation = row.office_number.prefecture();
        let same = parcels.iter_mut().find(|parcel| {
            parcel.federation == federation && parcel.arrive_by == row.federation_date
        });
        match same {
            Some(parcel) => parcel.rows.push(row),
            None => {
                let ask =
                    Ask::new(row.service, Question::Dispatch, today).in_prefecture(federation);
                parcels.push(Parcel {
                    federation,
                    arrive_by: row.federation_date,
                    posted: posted_by(&policy, &ask, row.federation_date).ok(),
                    rows: vec![row],
                });
            }
        }
    }
    for parcel in &mut parcels {
        parcel.rows.sort_by_key(|row| row.office_number);
    }
    parcels.sort_by_key(|parcel| (parcel.arrive_by, parcel.federation.code()));
    parcels
}

/// `GET /filing`
pub async fn page(viewer: Viewer) -> Shown {
    viewer.read(shown).await
}

fn shown(reading: &Reading<'_>) -> Shown {
    let filter = Filter {
        statuses: vec![Status::ToFile],
        ..Filter::default()
    };
    let listed = poa_tracker::list(reading.snapshot, &filter, 0, SHEETS_MAX as u64)?;
    let taken = listed.rows.len();
    let drawn_parcels = parcels(listed.rows, reading)
        .iter()
        .map(|parcel| drawn(parcel, reading))
        .collect::<Result<Vec<_>, _>>()?;
    let ready = || {
        let sheets = drawn_parcels.iter().flat_map(|parcel| &parcel.sheets);
        sheets.filter(|sheet| sheet.held.is_none())
    };
    show(&Page {
        frame: Frame::new(reading.viewer, "/filing", "国保連提出"),
        without_scan: ready().filter(|sheet| !sheet.scanned).count(),
        sheets: ready().count(),
        held: drawn_parcels
            .iter()
            .flat_map(|parcel| &parcel.sheets)
            .count()
            - ready().count(),
        parcels: drawn_parcels,
        more: listed.total - taken as u64,
        today: reading.viewer.moment.day,
        form: Uuid::now_v7().simple().to_string(),
    })
}

fn drawn(parcel: &Parcel, reading: &Reading<'_>) -> Result<Drawn, Problem> {
    let steps = parcel
        .posted
        .as_ref()
        .and_then(|answer| answer.milestone("file_by").ok())
        .map(|milestone| milestone.steps.join("。"));
    let sheet = |row: &PoaRow| -> Result<Sheet, Problem> {
        Ok(Sheet {
            id: row.id.to_string(),
            href: format!("/cases/of/poa-{}", row.id),
            corporation: row.corporation_name.clone(),
            number: row.office_number.to_string(),
            month: row.start_month.in_japanese(),
            service: words::service(row.service),
            agent: row
                .agent
                .map_or_else(String::new, |agent| agent.to_string()),
            scanned: is_scanned(row, reading)?,
            held: held(row, reading)?,
        })
    };
    Ok(Drawn {
        federation: parcel.federation.federation(),
        arrive_by: reading.due(parcel.arrive_by),
        leave_by: parcel.leave_by().map(|day| reading.due(day)),
        why: steps.unwrap_or_default(),
        sheets: parcel.rows.iter().map(sheet).collect::<Result<_, _>>()?,
    })
}

/// The papers that a form chose.
pub fn chosen(fields: &[(String, String)]) -> Result<Vec<PoaId>, Problem> {
    let ids = fields.iter().filter(|(name, _)| name == "poa");
    let ids: Result<Vec<_>, _> = ids.map(|(_, id)| id.parse()).collect();
    let ids = ids.map_err(|_| Problem::not_found("委任状"))?;
    chosen_among(&ids)?;
    Ok(ids)
}

/// Some, and not too many.
pub fn chosen_among(ids: &[PoaId]) -> Result<(), Problem> {
    match ids.len() {
        0 => Err(Problem::unreadable("委任状が1通も選ばれていません。")),
        1..=SHEETS_MAX => Ok(()),
        _more => Err(Problem::unreadable("一度に選べるのは200通までです。")),
    }
}

/// What a sheet that is accepted itself still waits for: the papers of the other offices of its application.
fn held(row: &PoaRow, reading: &Reading<'_>) -> Result<Option<&'static str>, Problem> {
    let case = cases::keyed(reading.snapshot, &Stream::Poa(row.id).to_string())?;
    let what = case.and_then(|case| case.what);
    Ok(what
        .filter(|what| *what != What::PoaFiling)
        .map(|_| What::OtherOffices.label()))
}

/// Whether a copy of the sheet that is here is attached: to the 委任状 itself or to its application.
fn is_scanned(row: &PoaRow, reading: &Reading<'_>) -> Result<bool, Problem> {
    let Some(since) = row.arrived_on else {
        return Ok(false);
    };
    let cases = [
        Stream::Poa(row.id).to_string(),
        cases::entry_key(row.application, row.office),
    ];
    Ok(attachments::has_scan(reading.snapshot, &cases, since)?)
}
