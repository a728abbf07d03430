//! 未収・利用停止: whose debit failed, who was told, who is to be suspended and when, who is suspended.

use super::case_line::{self, CaseLine};
use super::frame::Frame;
use super::parts::{Chip, Chips, Paging, ROWS};
use super::viewer::{Reading, Viewer};
use super::{Shown, show, words};
use askama::Template;
use daicho_projections::cases::{self, Filter, Kind, Page as Range, Sort, Status};
use daicho_projections::ledger;

/// The stages of arrears, in their order.
const STAGES: [Status; 4] = [
    Status::Person,
    Status::Arrears,
    Status::SuspensionSet,
    Status::Suspended,
];

#[derive(Template)]
#[template(path = "arrears.html")]
struct Page {
    frame: Frame,
    filters: Vec<Chips>,
    lines: Vec<Line>,
    paging: Paging,
}

struct Line {
    case: CaseLine,
    open: String,
    /// What stands in the place of the day of suspension, where none lies ahead.
    no_day: &'static str,
}

/// `GET /arrears`
pub async fn page(viewer: Viewer) -> Shown {
    viewer.read(shown).await
}

fn shown(reading: &Reading<'_>) -> Shown {
    let query = &reading.viewer.query;
    let page = query.page();
    let chosen: Vec<Status> = STAGES
        .into_iter()
        .filter(|status| query.has("status", status.code()))
        .collect();
    let filter = |statuses: Vec<Status>| Filter {
        kinds: vec![Kind::Ledger],
        statuses,
        search: query.get("q").map(str::to_owned),
        ..Filter::default()
    };
    let asked = if chosen.is_empty() {
        STAGES.to_vec()
    } else {
        chosen
    };
    let range = Range {
        sort: Sort::Due,
        descending: false,
        offset: (page - 1) * ROWS,
        limit: ROWS,
    };
    let listed = cases::list(reading.snapshot, &filter(asked), range)?;
    let mut chips = Vec::new();
    for status in STAGES {
        chips.push(Chip {
            word: case_line::status(status).word,
            count: Some(cases::count(reading.snapshot, &filter(vec![status]))?),
            chosen: query.has("status", status.code()),
            href: query
                .without("page")
                .switched("status", status.code())
                .to_string(),
        });
    }
    let mut lines = Vec::new();
    for row in &listed.rows {
        let of = ledger::Filter {
            corporation: Some(row.corporation),
            ..ledger::Filter::default()
        };
        lines.push(Line {
            case: CaseLine::new(row, reading),
            open: words::yen(ledger::list(reading.snapshot, &of, 0, 0)?.open),
            no_day: match (row.due, row.status) {
                (Some(_), _) => "",
                (None, Status::Suspended) => "停止済み",
                (None, _) => "停止の予定なし",
            },
        });
    }
    show(&Page {
        frame: Frame::new(reading.viewer, "/arrears", "未収・利用停止"),
        filters: vec![Chips {
            title: "ステータス".into(),
            chips,
        }],
        lines,
        paging: Paging::of(query, page, ROWS, listed.total),
    })
}
