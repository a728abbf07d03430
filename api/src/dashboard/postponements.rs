//! 先送り, by corporation: which paper of which office caused it, which offices are held, from which month to which,
//! what releases it, since when.

use super::frame::Frame;
use super::parts::{Chip, Chips, Due, Mood, Paging, Status};
use super::viewer::{Reading, Viewer};
use super::{Shown, show, words};
use askama::Template;
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
    /// The day by which the causing papers must be back, which releases it.
    pub release: Option<Due>,
    /// Since when.
    pub since: String,
}

/// A paper that caused it.
pub struct Cause {
    /// The office's number.
    pub number: String,
    /// Why.
    pub why: &'static str,
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
        postponements: listed.rows.iter().map(|row| line(row, reading)).collect(),
        paging: Paging::of(query, page, ROWS, listed.total),
    })
}

/// One row, drawn.
pub fn line(row: &PostponementRow, reading: &Reading<'_>) -> Line {
    let mut months = vec![row.first_month];
    for month in [row.missed_month, row.present_month] {
        if months.last() != Some(&month) {
            months.push(month);
        }
    }
    let causes = row.causes.0.iter().map(|cause| Cause {
        number: cause
            .number
            .map_or_else(|| "―".to_owned(), |number| number.to_string()),
        why: cause.why.label(),
        href: format!("/cases/of/poa-{}", cause.poa),
    });
    let held = row.offices.0.iter().filter(|office| office.held);
    Line {
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
        months: months
            .into_iter()
            .map(|month| month.in_japanese())
            .collect(),
        times: row.times,
        release: row
            .released_by
            .filter(|_| row.standing)
            .map(|day| reading.due(day)),
        since: words::date(row.since),
    }
}
