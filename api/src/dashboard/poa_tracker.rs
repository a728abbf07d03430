//! 委任状: what to send, what is out, what is overdue, what came back defective, what to file. Many can be chosen and
//! moved on at once; each is its own command, and the result says how many went through and which did not.

use super::frame::Frame;
use super::parts::{Chip, Chips, Due, Mood, Paging, ROWS, Status as Word};
use super::query::Query;
use super::viewer::{Reading, Viewer};
use super::{Shown, show, words};
use crate::problem::Problem;
use askama::Template;
use chrono::{Days, NaiveDate};
use daicho_domain::Service;
use daicho_domain::poa::{Method, Status};
use daicho_projections::poa_tracker::{self, Filter, PoaRow, ReturnRate};
use std::collections::BTreeMap;

/// Days back and ahead whose return rate is drawn.
const RATE_DAYS: u64 = 45;

#[derive(Template)]
#[template(path = "poa_tracker.html")]
struct Page {
    frame: Frame,
    filters: Vec<Chips>,
    sheets: Vec<Sheet>,
    paging: Paging,
    rates: Vec<Bar>,
    batch: Option<Batch>,
    today: NaiveDate,
    address: String,
    form: String,
}

/// One 委任状 of the list.
pub struct Sheet {
    /// Its id.
    pub id: String,
    /// The page of its case.
    pub href: String,
    /// The corporation.
    pub corporation: String,
    /// The 事業所番号.
    pub number: String,
    /// The service.
    pub service: &'static str,
    /// The billing agent's ID that it names, if it is one of the pool.
    pub agent: String,
    /// ステータス.
    pub status: Word,
    /// How and when it was sent, how many days ago.
    pub sent: String,
    /// How often, when more than once.
    pub again: String,
    /// The number under which its envelope can be followed.
    pub tracking: String,
    /// 返送期日.
    pub due_date: String,
    /// How near it is, while the paper is awaited.
    pub due: Option<Due>,
    /// When it arrived.
    pub arrived: String,
    /// What is wrong with it.
    pub defect: String,
    /// The month it is for.
    pub start_month: String,
}

/// What can be done with the chosen sheets of one status.
struct Batch {
    word: &'static str,
    action: &'static str,
    explains: &'static str,
    methods: bool,
    date: Option<&'static str>,
}

/// One bar of the return rate.
struct Bar {
    x: u64,
    due: NaiveDate,
    height: u64,
    back: u64,
    text: String,
    past: bool,
}

/// `GET /poa_tracker`
pub async fn page(viewer: Viewer) -> Shown {
    viewer.read(shown).await
}

fn shown(reading: &Reading<'_>) -> Shown {
    let query = &reading.viewer.query;
    let today = reading.viewer.moment.day;
    let statuses: Vec<Status> = Status::ALL
        .iter()
        .copied()
        .filter(|status| query.has("status", status.code()))
        .collect();
    let filter = Filter {
        // Without a choice, what is not settled.
        statuses: if statuses.is_empty() && query.get("q").is_none() {
            let open = |status: &Status| !matches!(status, Status::Confirmed | Status::Void);
            Status::ALL.iter().copied().filter(open).collect()
        } else {
            statuses.clone()
        },
        services: Service::ALL
            .into_iter()
            .filter(|service| query.has("service", service.code()))
            .collect(),
        search: query.get("q").map(str::to_owned),
        ..Filter::default()
    };
    let page = query.page();
    let listed = poa_tracker::list(reading.snapshot, &filter, (page - 1) * ROWS, ROWS)?;
    let rates = poa_tracker::return_rates(
        reading.snapshot,
        today - Days::new(RATE_DAYS),
        today + Days::new(RATE_DAYS),
    )?;
    let batch = match statuses.as_slice() {
        [only] if !reading.viewer.moment.past => batch(*only),
        _several_or_none => None,
    };
    show(&Page {
        frame: Frame::new(reading.viewer, "/poa_tracker", "委任状"),
        filters: chips(reading, query)?,
        sheets: listed.rows.iter().map(|row| sheet(row, reading)).collect(),
        paging: Paging::of(query, page, ROWS, listed.total),
        rates: bars(&rates, today),
        batch,
        today,
        address: query.to_string(),
        form: uuid::Uuid::now_v7().simple().to_string(),
    })
}

impl Page {
    fn methods(&self) -> &'static [Method] {
        Method::ALL
    }
}

/// One row, drawn.
pub fn sheet(row: &PoaRow, reading: &Reading<'_>) -> Sheet {
    let today = reading.viewer.moment.day;
    Sheet {
        id: row.id.to_string(),
        href: format!("/cases/of/poa-{}", row.id),
        corporation: row.corporation_name.clone(),
        number: row.office_number.to_string(),
        service: words::service(row.service),
        agent: row
            .agent
            .map_or_else(String::new, |agent| agent.to_string()),
        status: status(row.status),
        sent: match (row.sent_on, row.method) {
            (Some(day), Some(method)) => format!(
                "{}　{}（{}日前）",
                words::near_date(day, today),
                method.label(),
                (today - day).num_days()
            ),
            (Some(day), None) => words::near_date(day, today),
            (None, _) => format!("{} までに発送", words::near_date(row.dispatch_by, today)),
        },
        tracking: row
            .tracking
            .as_ref()
            .map_or_else(String::new, ToString::to_string),
        again: if row.times_sent > 1 {
            format!("{}回目", row.times_sent)
        } else {
            String::new()
        },
        due_date: words::date(row.due),
        due: awaited(row.status).then(|| reading.due(row.due)),
        arrived: row.arrived_on.map_or_else(
            || "―".to_owned(),
            |day| {
                let way = row.arrived_by.map_or("", |way| way.label());
                let late = if day > row.due { "・期日後" } else { "" };
                format!("{}　{way}{late}", words::near_date(day, today))
            },
        ),
        defect: row
            .defect
            .map_or_else(String::new, |defect| defect.label().to_owned()),
        start_month: row.start_month.in_japanese(),
    }
}

/// Whether the due date still matters.
const fn awaited(status: Status) -> bool {
    match status {
        Status::ToSend | Status::Out | Status::PostCount | Status::Resend | Status::Lapsed => true,
        Status::Received | Status::ToFile | Status::Filed | Status::Confirmed | Status::Void => {
            false
        }
    }
}

/// ステータス of a 委任状, drawn.
pub fn status(status: Status) -> Word {
    let mood = match status {
        Status::ToSend => Mood::Before,
        Status::Out | Status::Received | Status::ToFile | Status::Filed => Mood::During,
        Status::PostCount | Status::Resend => Mood::Attention,
        Status::Confirmed | Status::Void => Mood::Done,
        Status::Lapsed => Mood::Failed,
    };
    Word::new(status.label(), mood)
}

const fn batch(status: Status) -> Option<Batch> {
    match status {
        Status::ToSend | Status::Resend => Some(Batch {
            word: "発送済みにする",
            action: "dispatch",
            explains: "選んだ委任状を、この日にこの方法で発送したものとして記録します。",
            methods: true,
            date: Some("発送日"),
        }),
        Status::Received => Some(Batch {
            word: "不備なしとして受理する",
            action: "accept",
            explains: "押印・記入・様式を確かめたものだけを選んでください。",
            methods: false,
            date: None,
        }),
        Status::ToFile => Some(Batch {
            word: "国保連へ提出済みにする",
            action: "file",
            explains: "同じ申込の事業所がすべて揃っているものだけが提出済みになります。",
            methods: false,
            date: Some("提出日"),
        }),
        Status::Filed => Some(Batch {
            word: "国保連の確認を記録する",
            action: "confirm",
            explains: "国保連から確認の回答があったものを選んでください。",
            methods: false,
            date: Some("回答日"),
        }),
        Status::Out | Status::PostCount | Status::Confirmed | Status::Lapsed | Status::Void => None,
    }
}

fn chips(reading: &Reading<'_>, query: &Query) -> Result<Vec<Chips>, Problem> {
    let counts: BTreeMap<Status, u64> = poa_tracker::count_by_status(reading.snapshot)?
        .into_iter()
        .collect();
    let chip = |field: &str, code: &str, word: &str, count| Chip {
        word: word.to_owned(),
        count,
        chosen: query.has(field, code),
        href: query.switched(field, code).to_string(),
    };
    // One status at a time leads to what can be done with it.
    let statuses = Status::ALL.iter().map(|status| Chip {
        href: if query.has("status", status.code()) {
            query.without("page").without("status").to_string()
        } else {
            query
                .without("page")
                .with("status", status.code())
                .to_string()
        },
        ..chip(
            "status",
            status.code(),
            status.label(),
            Some(counts.get(status).copied().unwrap_or_default()),
        )
    });
    let services = [Service::HonobonoMini2, Service::CareNetMessenger]
        .map(|service| chip("service", service.code(), words::service(service), None));
    Ok(vec![
        Chips {
            title: "ステータス".into(),
            chips: statuses.collect(),
        },
        Chips {
            title: "サービス".into(),
            chips: services.into(),
        },
    ])
}

/// Bars 56 high at the busiest due date.
fn bars(rates: &[ReturnRate], today: NaiveDate) -> Vec<Bar> {
    const HEIGHT: u64 = 56;
    let most = rates
        .iter()
        .map(|rate| rate.sheets)
        .max()
        .unwrap_or(1)
        .max(1);
    let scaled = |count: u64| (count * HEIGHT).div_ceil(most);
    rates
        .iter()
        .enumerate()
        .map(|(index, rate)| Bar {
            x: index as u64 * 46,
            due: rate.due,
            height: scaled(rate.sheets),
            back: scaled(rate.back),
            text: format!(
                "{}　{}通中{}通が到着",
                words::date(rate.due),
                rate.sheets,
                rate.back
            ),
            past: rate.due < today,
        })
        .collect()
}
