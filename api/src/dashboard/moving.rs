//! 移行: the sheets that an office kept before, the runs that two people agree on, and 計算との差.

use super::frame::Frame;
use super::parts::{Mood, Paging, ROWS, Status, Why};
use super::viewer::{Reading, Viewer};
use super::{Shown, show, why, words};
use crate::acting;
use crate::import::{ImportLine, Outcome};
use crate::moving::{Agreed, Kind, Moving, MovingError, MovingReport, SHEET_BYTES_MAX, Table};
use crate::problem::Problem;
use crate::requests::actor;
use askama::Template;
use axum::extract::Multipart;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use daicho_domain::dates::Month;
use daicho_domain::moving::{Measure, Settings, Totals};
use daicho_domain::stream::StaffId;
use daicho_eventlog::ExecuteError;
use daicho_projections::corporations;
use daicho_projections::moving::{self, DifferenceRow, RunRow};

#[derive(Template)]
#[template(path = "moving.html")]
struct Page {
    frame: Frame,
    past: bool,
    today: String,
    month: String,
    templates: Vec<Sample>,
    totals: Vec<Counted>,
    runs: Vec<RunLine>,
    waiting: Vec<Waiting>,
    differences: Vec<Difference>,
    paging: Paging,
}

/// A template to be filled in.
struct Sample {
    word: &'static str,
    href: String,
}

/// Something that a person counts.
struct Counted {
    code: &'static str,
    word: &'static str,
}

struct RunLine {
    status: Status,
    switched_on: String,
    charged_from: String,
    /// Name, lines, the beginning of the digest.
    files: Vec<(String, u64, String)>,
    totals: Vec<(&'static str, String)>,
    asked: String,
    approved: String,
}

/// A run that waits for a second person.
struct Waiting {
    id: String,
    title: String,
    switched_on: NaiveDate,
    charged_from: Month,
}

struct Difference {
    corporation: String,
    href: String,
    office: String,
    label: String,
    promised: String,
    counted: String,
    why: Why,
    file: String,
    line: u64,
}

/// `GET /moving`
pub async fn page(viewer: Viewer) -> Shown {
    viewer.read(shown).await
}

fn shown(reading: &Reading<'_>) -> Shown {
    let query = &reading.viewer.query;
    let page = query.page();
    let listed = moving::differences(reading.snapshot, (page - 1) * ROWS, ROWS)?;
    let runs = moving::runs(reading.snapshot)?;
    let today = reading.viewer.moment.day;
    let differences: Result<Vec<_>, Problem> = listed
        .rows
        .iter()
        .map(|row| difference(row, reading))
        .collect();
    show(&Page {
        frame: Frame::new(reading.viewer, "/moving", "移行"),
        past: reading.viewer.moment.past,
        today: today.to_string(),
        month: Month::of(today).to_string(),
        templates: templates(),
        totals: Measure::ALL.iter().copied().map(counted).collect(),
        waiting: runs.iter().filter_map(waiting).collect(),
        runs: runs.iter().map(|row| run(row, reading)).collect(),
        differences: differences?,
        paging: Paging::of(query, page, ROWS, listed.total),
    })
}

fn templates() -> Vec<Sample> {
    let sample = |kind: &Kind| Sample {
        word: kind.label(),
        href: format!("/moving/template/{}", kind.code()),
    };
    Kind::ALL.iter().map(sample).collect()
}

const fn counted(measure: Measure) -> Counted {
    Counted {
        code: measure.code(),
        word: measure.label(),
    }
}

fn run(row: &RunRow, reading: &Reading<'_>) -> RunLine {
    let by = |by: StaffId, on: NaiveDate| {
        format!("{} {}", words::date(on), reading.actor(&by.to_string()))
    };
    let file = |file: &daicho_domain::installation::MovingFile| {
        let digest = file.sha256.chars().take(12).collect();
        (file.name.clone(), file.lines, digest)
    };
    RunLine {
        status: match row.approved_by {
            Some(_) => Status::new("承認済み", Mood::Done),
            None => Status::new("承認待ち", Mood::Attention),
        },
        switched_on: words::date(row.switched_on),
        charged_from: row.charged_from.in_japanese(),
        files: row.files.0.iter().map(file).collect(),
        totals: row
            .totals
            .0
            .iter()
            .map(|(measure, count)| (measure.label(), words::count(count)))
            .collect(),
        asked: by(row.asked_by, row.asked_on),
        approved: match (row.approved_by, row.approved_on) {
            (Some(who), Some(on)) => by(who, on),
            (_, _) => "―".to_owned(),
        },
    }
}

fn waiting(row: &RunRow) -> Option<Waiting> {
    row.approved_by.is_none().then(|| Waiting {
        id: row.run.clone(),
        title: format!("{} 切替の移行を承認する", words::date(row.switched_on)),
        switched_on: row.switched_on,
        charged_from: row.charged_from,
    })
}

fn difference(row: &DifferenceRow, reading: &Reading<'_>) -> Result<Difference, Problem> {
    let corporation = corporations::find(reading.snapshot, row.corporation)?;
    Ok(Difference {
        corporation: corporation.map_or_else(String::new, |row| row.name),
        href: format!("/corporations/{}", row.corporation),
        office: row
            .office_number
            .map_or_else(String::new, |number| number.to_string()),
        label: row.label.clone(),
        promised: words::date(row.promised_on),
        counted: words::date(row.counted_on),
        why: why::of(&row.basis.0, &row.label),
        file: row.file.clone(),
        line: row.line,
    })
}

/// `GET /moving/template/{kind}`
pub async fn template(Path(kind): Path<String>) -> Result<Response, Problem> {
    let (code, workbook) = match kind.strip_suffix(".xlsx") {
        Some(code) => (code, true),
        None => (kind.as_str(), false),
    };
    let kind = Kind::named(code).ok_or_else(|| Problem::not_found("そのひな形"))?;
    if workbook {
        let name = format!("attachment; filename=\"moving-{}.xlsx\"", kind.code());
        let sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet".to_owned();
        let headers = [
            (header::CONTENT_TYPE, sheet),
            (header::CONTENT_DISPOSITION, name),
        ];
        return Ok((headers, kind.template_workbook()).into_response());
    }
    // A spreadsheet takes UTF-8 for what it is only with the mark in front.
    let text = format!("\u{feff}{}", kind.template());
    let name = format!("attachment; filename=\"moving-{}.csv\"", kind.code());
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, text).into_response())
}

#[derive(Template)]
#[template(path = "moving_report.html")]
struct ReportPage {
    frame: Frame,
    result: Status,
    refused: Option<String>,
    report: MovingReport,
    totals: Vec<TotalLine>,
}

struct TotalLine {
    word: &'static str,
    counted: String,
    entered: String,
    same: bool,
}

impl ReportPage {
    fn status(&self, line: &ImportLine) -> Status {
        let mood = match line.outcome {
            Outcome::Taken | Outcome::Noted => Mood::Done,
            Outcome::Warned => Mood::Attention,
            Outcome::Refused => Mood::Failed,
        };
        Status::new(line.outcome.word(), mood)
    }
}

/// What the form says.
#[derive(Default)]
struct Form {
    tables: Vec<Table>,
    switched_on: Option<NaiveDate>,
    charged_from: Option<Month>,
    act: String,
    totals: Totals,
}

/// `POST /moving/report`: looked at, asked for or approved, and what became of every line.
pub async fn report(viewer: Viewer, form: Multipart) -> Shown {
    let by: StaffId = actor(&viewer)?
        .parse()
        .map_err(|_| Problem::unreadable("担当者のIDを読み取れません。"))?;
    let form = read(form).await?;
    let missing = |what: &str| Problem::unreadable(&format!("{what}を入力してください。"));
    if form.tables.is_empty() {
        return Err(missing("移行の表"));
    }
    let settings = Settings {
        switched_on: form.switched_on.ok_or_else(|| missing("切替日"))?,
        charged_from: form
            .charged_from
            .ok_or_else(|| missing("最初に請求する月"))?,
    };
    let agreed = Agreed::new(form.tables, settings);
    let engine = &viewer.app.engine;
    let moving = Moving { engine };
    let entered = Some(form.totals.clone());
    let done = match form.act.as_str() {
        "ask" => moving.ask(&agreed, form.totals.clone(), by).await,
        "approve" => moving.approve(&agreed, by).await,
        _check => moving.look(&agreed, entered.clone()).await,
    };
    let (report, refused) = match done {
        Ok(report) => (report, None),
        // The lines say why.
        Err(MovingError::Execute(ExecuteError::Refused(refusal))) => {
            let entered = entered.filter(|_| form.act != "approve");
            let report = moving.look(&agreed, entered).await?;
            (report, Some(refusal.sentence()))
        }
        Err(error) => return Err(error.into()),
    };
    acting::caught_up(&viewer.app.views).await;
    viewer
        .read(move |reading| {
            show(&ReportPage {
                frame: Frame::new(reading.viewer, "/moving", "移行の結果"),
                result: result(&report, refused.as_deref()),
                totals: totals(&report),
                refused,
                report,
            })
        })
        .await
}

fn result(report: &MovingReport, refused: Option<&str>) -> Status {
    match (refused, report.counts.refused) {
        (Some(_), _) => Status::new("失敗", Mood::Failed),
        (None, 0) => Status::new("成功", Mood::Done),
        (None, _) => Status::new("一部失敗", Mood::Attention),
    }
}

fn totals(report: &MovingReport) -> Vec<TotalLine> {
    let entered = |measure| report.entered.as_ref().map(|totals| totals.of(measure));
    let line = |measure: &Measure| {
        let counted = report.counted.of(*measure);
        let entered = entered(*measure);
        TotalLine {
            word: measure.label(),
            counted: words::count(counted),
            entered: entered.map_or_else(|| "―".to_owned(), words::count),
            same: entered.is_none_or(|entered| entered == counted),
        }
    };
    Measure::ALL.iter().map(line).collect()
}

async fn read(mut form: Multipart) -> Result<Form, Problem> {
    let unread =
        |_| Problem::unreadable("ファイルを受け取れませんでした。もう一度選んで送信してください。");
    let unreadable = |what: &str| Problem::unreadable(&format!("{what}を読み取れません。"));
    let mut said = Form::default();
    let mut totals = vec![];
    let mut bytes_left = SHEET_BYTES_MAX;
    while let Some(field) = form.next_field().await.map_err(unread)? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "files" {
            let file = field.file_name().unwrap_or_default().to_owned();
            let bytes = field.bytes().await.map_err(unread)?;
            bytes_left = bytes_left
                .checked_sub(bytes.len())
                .ok_or_else(|| unreadable("ファイル"))?;
            if !file.is_empty() {
                let table = Table::read(&file, &bytes);
                let table = table.map_err(|fault| Problem::unreadable(&fault.to_string()))?;
                said.tables.push(table);
            }
            continue;
        }
        let text = field.text().await.map_err(unread)?;
        let text = text.trim();
        match name.as_str() {
            "switched_on" => said.switched_on = text.parse().ok(),
            "charged_from" => said.charged_from = text.parse().ok(),
            "act" => text.clone_into(&mut said.act),
            other => {
                let measure = Measure::ALL
                    .iter()
                    .find(|measure| other.strip_prefix("total-") == Some(measure.code()));
                if let Some(measure) = measure.filter(|_| !text.is_empty()) {
                    let count = text.parse().map_err(|_| unreadable(measure.label()))?;
                    totals.push((*measure, count));
                }
            }
        }
    }
    said.totals = totals.into_iter().collect();
    Ok(said)
}
