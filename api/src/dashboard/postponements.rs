//! 先送り, by corporation: which paper of which office caused it, which offices are held, from which month to which,
//! what releases it, since when.

use super::frame::Frame;
use super::parts::{Chip, Chips, Due, Mood, Paging, Status};
use super::viewer::{Reading, Viewer};
use super::{Shown, case_line, show, words};
use crate::problem::Problem;
use askama::Template;
use daicho_domain::dates::Month;
use daicho_domain::stream::Stream;
use daicho_domain::transmission::CauseKind;
use daicho_domain::waiting::What;
use daicho_projections::cases::{self, CaseRow};
use daicho_projections::postponements::{self, PostponementRow};

/// Rows on a page.
const ROWS: u64 = 30;

#[derive(Template)]
#[template(path = "postponements.html")]
struct Page {
    frame: Frame,
    filters: Vec<Chips>,
    postponements: Vec<Line>,
    paging: Paging,
}

/// One postponement.
pub struct Line {
    /// The corporation.
    pub corporation: String,
    /// Its page.
    pub href: String,
    /// The service.
    pub service: &'static str,
    /// ステータス.
    pub status: Status,
    /// The papers that caused it and still do.
    pub causes: Vec<Cause>,
    /// The 事業所番号 of the offices held.
    pub held: Vec<String>,
    /// First month → present month.
    pub months: Vec<String>,
    /// Which postponement in a row it is.
    pub times: u64,
    /// What releases it.
    pub release: &'static str,
    /// The day by which that is to happen, where one is set.
    pub release_by: Option<Due>,
    /// Since when.
    pub since: String,
}

/// A paper that caused it.
pub struct Cause {
    /// The office's number.
    pub number: String,
    /// Why.
    pub why: &'static str,
    /// Where the paper is now.
    pub now: Option<Status>,
    /// The page of the paper.
    pub href: String,
}

/// `GET /postponements`
pub async fn page(viewer: Viewer) -> Shown {
    viewer.read(shown).await
}

fn shown(reading: &Reading<'_>) -> Shown {
    let query = &reading.viewer.query;
    let all = query.has("state", "all");
    let page = query.page();
    let listed = postponements::list(reading.snapshot, !all, (page - 1) * ROWS, ROWS)?;
    let chip = |word: &str, code: &str, chosen| Chip {
        word: word.to_owned(),
        count: None,
        chosen,
        href: query.without("page").with("state", code).to_string(),
    };
    show(&Page {
        frame: Frame::new(reading.viewer, "/postponements", "先送り"),
        filters: vec![Chips {
            title: "状態".into(),
            chips: vec![
                chip("先送り中", "standing", !all),
                chip("解消済みも含む", "all", all),
            ],
        }],
        postponements: lines(&listed.rows, reading)?,
        paging: Paging::of(query, page, ROWS, listed.total),
    })
}

/// Rows, drawn.
pub fn lines(rows: &[PostponementRow], reading: &Reading<'_>) -> Result<Vec<Line>, Problem> {
    rows.iter().map(|row| line(row, reading)).collect()
}

/// First month → present month, with every month missed on the way.
fn months(row: &PostponementRow) -> Vec<Month> {
    let times = u32::try_from(row.times).unwrap_or_default();
    let one_by_one = (0..=times).map(|missed| row.first_month.plus(missed));
    if row.first_month.plus(times) == row.present_month {
        return one_by_one.collect();
    }
    let mut months = vec![row.first_month];
    for month in [row.missed_month, row.present_month] {
        if months.last() != Some(&month) {
            months.push(month);
        }
    }
    months
}

/// What releases a postponement that stands, and by when, where a day is set for it.
fn release(
    row: &PostponementRow,
    papers: &[Option<CaseRow>],
    reading: &Reading<'_>,
) -> (&'static str, Option<Due>) {
    if !row.standing {
        return ("―", None);
    }
    let mut causes = row.causes.0.iter();
    if causes.any(|cause| cause.why == CauseKind::EnteredLate) {
        return ("戻りません。新しい開始月を待っています", None);
    }
    let known = || papers.iter().flatten();
    let waits = |what: What| known().find(|paper| paper.what == Some(what));
    if waits(What::Person).is_some() {
        return ("担当者の判断", None);
    }
    let back_by = row.released_by.map(|day| reading.due(day));
    if back_by.is_none() {
        return ("原因の書類は届きました。新しい開始月を待っています", None);
    }
    if waits(What::PostCount).is_some() {
        return ("期日の郵便の日次締めで、届いていたかが決まる", back_by);
    }
    let sends = |paper: &&CaseRow| {
        let sent_by_us = [
            cases::Status::PoaToSend,
            cases::Status::PoaResend,
            cases::Status::PoaUnprintable,
        ];
        sent_by_us.contains(&paper.status)
    };
    match (
        known().find(sends),
        waits(What::PoaReturn),
        waits(What::PoaCheck),
    ) {
        (Some(_), _, _) => ("自社が原因の委任状を送り、期日までに届く", back_by),
        (None, None, Some(here)) => (
            "原因の委任状は届いています。自社の確認待ちです",
            here.due.map(|day| reading.due(day)),
        ),
        (None, _, _) => ("原因の委任状が期日までに届く", back_by),
    }
}

/// One row, drawn.
fn line(row: &PostponementRow, reading: &Reading<'_>) -> Result<Line, Problem> {
    let papers = row.causes.0.iter().map(|cause| {
        let paper = Stream::Poa(cause.poa).to_string();
        cases::keyed(reading.snapshot, &paper)
    });
    let papers: Vec<_> = papers.collect::<Result<_, _>>()?;
    let causes = row
        .causes
        .0
        .iter()
        .zip(&papers)
        .map(|(cause, paper)| Cause {
            number: cause
                .number
                .map_or_else(|| "―".to_owned(), |number| number.to_string()),
            why: cause.why.label(),
            now: paper.as_ref().map(|paper| case_line::status(paper.status)),
            href: format!("/cases/of/poa-{}", cause.poa),
        });
    let held = row.offices.0.iter().filter(|office| office.held);
    let (release, release_by) = release(row, &papers, reading);
    Ok(Line {
        corporation: row.corporation_name.clone(),
        href: format!("/corporations/{}", row.corporation),
        service: words::service(row.service),
        status: if row.reversed {
            Status::new("取り消し済み", Mood::Done)
        } else if row.standing {
            Status::new("先送り中", Mood::During)
        } else {
            Status::new("解消済み", Mood::Done)
        },
        causes: causes.collect(),
        held: held.map(|office| office.number.to_string()).collect(),
        months: months(row)
            .into_iter()
            .map(|month| month.in_japanese())
            .collect(),
        times: row.times,
        release,
        release_by,
        since: words::date(row.since),
    })
}
