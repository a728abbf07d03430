//! 終了・解約: every end with its end month, window, last debit, agent release, papers and the warning of open returns; and
//! the way in for a new form.

use super::filter;
use super::form::Action;
use super::frame::Frame;
use super::parts::{Chips, Due, Mood, Paging, ROWS, Status as Word, Why};
use super::query::Query;
use super::termination_actions;
use super::viewer::{Reading, Viewer};
use super::{Shown, show, why, words};
use crate::problem::Problem;
use askama::Template;
use chrono::NaiveDate;
use daicho_domain::Service;
use daicho_domain::identifiers::{CorporateNumber, OfficeNumber};
use daicho_domain::stream::CorporationId;
use daicho_domain::termination::{PaperStage, Scope, Status};
use daicho_projections::terminations::{self, Filter, TerminationRow};
use daicho_projections::{corporations, offices};

/// The services that are ended by a form.
const ENDED: [Service; 2] = [Service::HonobonoMini2, Service::CareNetMessenger];

#[derive(Template)]
#[template(path = "terminations.html")]
struct Page {
    frame: Frame,
    filters: Vec<Chips>,
    ends: Vec<Line>,
    paging: Paging,
    files: bool,
    asked: String,
    file_for: String,
    forms: Vec<Action>,
}

/// One end.
struct Line {
    href: String,
    corporation: String,
    scope: String,
    service: &'static str,
    status: Word,
    month: String,
    last_day: String,
    received: String,
    cutoff: String,
    cutoff_why: Option<Why>,
    last_debit: String,
    last_debit_due: Option<Due>,
    last_debit_why: Option<Why>,
    release: String,
    releases: bool,
    release_why: Option<Why>,
    papers: Vec<Paper>,
    returns: u64,
}

/// Its 委任状.
struct Paper {
    number: String,
    href: String,
    word: &'static str,
}

/// `GET /terminations?status=&service=&q=&number=&corporation=`
pub async fn page(viewer: Viewer) -> Shown {
    let (found, file_for) = viewer.clone().read(file).await?;
    let mut forms = vec![];
    if let Some((corporation, scope)) = found {
        for service in ENDED {
            let form = termination_actions::considered(&viewer, corporation, service, scope).await;
            forms.push(form);
        }
    }
    // What can be done stands before what cannot.
    forms.sort_by_key(|form| form.impossible.is_some());
    viewer
        .read(move |reading| shown(reading, forms, file_for))
        .await
}

const STATUS: filter::Field<Status> = filter::Field {
    name: "status",
    title: "ステータス",
    all: Status::ALL,
    code: Status::code,
    label: Status::label,
};

const SERVICE: filter::Field<Service> = filter::Field {
    name: "service",
    title: "サービス",
    all: &ENDED,
    code: Service::code,
    label: words::service,
};

/// The ends that an address asks for; the JSON API asks alike.
pub fn filter(query: &Query) -> Filter {
    Filter {
        statuses: STATUS.chosen(query),
        services: SERVICE.chosen(query),
        corporations: vec![],
        search: query.get("q").map(str::to_owned),
    }
}

fn shown(reading: &Reading<'_>, forms: Vec<Action>, file_for: String) -> Shown {
    let query = &reading.viewer.query;
    let page = query.page();
    let listed = terminations::list(reading.snapshot, &filter(query), (page - 1) * ROWS, ROWS)?;
    show(&Page {
        frame: Frame::new(reading.viewer, "/terminations", "終了・解約"),
        filters: vec![
            STATUS.counted(query, terminations::count_by_status(reading.snapshot)?),
            SERVICE.chips(query),
        ],
        ends: listed.rows.iter().map(|row| line(row, reading)).collect(),
        paging: Paging::of(query, page, ROWS, listed.total),
        files: !reading.viewer.moment.past,
        asked: query.get("number").unwrap_or_default().to_owned(),
        file_for,
        forms,
    })
}

/// Whose end the 法人番号 or 事業所番号 in the address would be, and what is said of that number.
fn file(reading: &Reading<'_>) -> Result<(Option<(CorporationId, Scope)>, String), Problem> {
    let query = &reading.viewer.query;
    let (number, id) = (query.get("number"), query.get("corporation"));
    let Some(asked) = number.or(id) else {
        return Ok((None, String::new()));
    };
    let found: Option<(CorporationId, Scope, String)> =
        if let (None, Ok(id)) = (number, asked.parse()) {
            let row = corporations::find(reading.snapshot, id)?;
            row.map(|row| (row.id, Scope::Whole, row.name))
        } else if let Ok(number) = CorporateNumber::parse(asked) {
            let row = corporations::numbered(reading.snapshot, number)?;
            row.map(|row| (row.id, Scope::Whole, row.name))
        } else if let Ok(number) = OfficeNumber::parse(asked) {
            let present = offices::numbered(reading.snapshot, number)?;
            match present {
                Some(row) => Some((row.corporation, Scope::Office(row.id), row.name)),
                None => offices::formerly(reading.snapshot, number)?.map(|row| {
                    let office = row.id;
                    (row.corporation, Scope::Number { office, number }, row.name)
                }),
            }
        } else {
            let word = "法人番号（13桁）か事業所番号（10桁）を入力してください。";
            return Ok((None, word.to_owned()));
        };
    let Some((corporation, scope, name)) = found else {
        let word = "この番号の法人・事業所はありません。番号を確かめてください。";
        return Ok((None, word.to_owned()));
    };
    let whose = number.map_or_else(|| name.clone(), |number| format!("{number}　{name}"));
    Ok((Some((corporation, scope)), whose))
}

/// One row, drawn.
fn line(row: &TerminationRow, reading: &Reading<'_>) -> Line {
    let basis = |place: usize, word: &str| row.bases.0.get(place).map(|basis| why::of(basis, word));
    let time = row
        .received_at
        .map_or_else(String::new, |at| at.format(" %H:%M").to_string());
    // What was withdrawn ends nothing: no debit is its last, no agent is released, its papers are void.
    let withdrawn = row.status == Status::Withdrawn;
    let paper = |paper: &terminations::PaperRow| Paper {
        number: paper.number.to_string(),
        href: format!("/cases/of/poa-{}", paper.poa),
        word: match paper.stage {
            PaperStage::Awaited | PaperStage::Returned if withdrawn => "無効",
            PaperStage::Awaited => "返送待ち",
            PaperStage::Returned => "受領済み",
            PaperStage::Released => "解除済み",
        },
    };
    let stands = |on: NaiveDate| match withdrawn {
        true => "―".to_owned(),
        false => words::date(on),
    };
    Line {
        href: format!("/cases/of/{}", row.key),
        corporation: row.corporation_name.clone(),
        scope: row.office_number.map_or_else(
            || match row.office {
                None => "法人全体".to_owned(),
                Some(_) => "事業所".to_owned(),
            },
            |number| number.to_string(),
        ),
        service: words::service(row.service),
        status: status(row.status),
        month: row.end_month.in_japanese(),
        last_day: match withdrawn {
            true => String::new(),
            false => format!("{} まで利用", words::date(row.last_day)),
        },
        received: format!("{}{time}", words::date(row.received_on)),
        cutoff: words::date(row.cutoff),
        cutoff_why: basis(0, "終了申込の締日"),
        last_debit: stands(row.last_debit_on),
        last_debit_due: awaits_debit(row.status).then(|| reading.due(row.last_debit_on)),
        last_debit_why: basis(1, "最後の引落日").filter(|_| !withdrawn),
        release: stands(row.release_from),
        release_why: basis(2, "代理人解除の開始日").filter(|_| !withdrawn),
        releases: !withdrawn && !row.papers.0.is_empty(),
        papers: row.papers.0.iter().map(paper).collect(),
        returns: if row.status == Status::Filed {
            row.open_returns
        } else {
            0
        },
    }
}

/// Whether the last debit is still to come or to be answered: a date that is settled is not overdue.
const fn awaits_debit(status: Status) -> bool {
    match status {
        Status::Filed | Status::LastDebit => true,
        Status::Release | Status::Done | Status::Withdrawn => false,
    }
}

/// ステータス of an end, drawn.
fn status(status: Status) -> Word {
    let mood = match status {
        Status::Filed | Status::LastDebit | Status::Release => Mood::During,
        Status::Done | Status::Withdrawn => Mood::Done,
    };
    Word::new(status.label(), mood)
}
