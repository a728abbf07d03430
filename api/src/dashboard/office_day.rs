//! 日次締め: how many sheets a person counted against how many were entered, per way of arrival; then the day's post is
//! closed, and only then are the due dates of that day decided.

use super::frame::Frame;
use super::parts::{Chip, Chips};
use super::poa_tracker::{Sheet, sheet};
use super::viewer::{Reading, Viewer};
use super::{Shown, show, words};
use crate::problem::Problem;
use askama::Template;
use chrono::NaiveDate;
use daicho_domain::poa::Status;
use daicho_projections::poa_tracker::{self, Filter};
use daicho_projections::post_days::{self, Board};

/// Sheets listed that wait for the day's closing.
const SHEETS: u64 = 100;

#[derive(Template)]
#[template(path = "office_day.html")]
struct Page {
    frame: Frame,
    day: NaiveDate,
    days: Vec<Chips>,
    board: Option<Board>,
    lines: Vec<Line>,
    differs: bool,
    uncounted: bool,
    waiting: Vec<Sheet>,
    /// All that wait, of which the first are listed.
    waiting_total: u64,
    closed_by: String,
    /// Why counted and entered differ.
    reason: Option<String>,
}

/// One way of arrival.
struct Line {
    code: &'static str,
    word: &'static str,
    counted: String,
    entered: u64,
    late: u64,
    difference: String,
    differs: bool,
}

/// `GET /office_day?day=`
pub async fn page(viewer: Viewer) -> Shown {
    viewer.read(shown).await
}

fn shown(reading: &Reading<'_>) -> Shown {
    let query = &reading.viewer.query;
    let open = post_days::open_days(reading.snapshot)?;
    let day = match query.get("day") {
        Some(text) => text
            .parse()
            .map_err(|_| Problem::unreadable("日付は 2026-11-20 のように指定してください。"))?,
        None => open
            .first()
            .map_or(reading.viewer.moment.day, |row| row.day),
    };
    let board = post_days::board(reading.snapshot, day)?;
    let lines: Vec<Line> = board
        .iter()
        .flat_map(|board| &board.counts)
        .map(|row| {
            let counted = row.counted.unwrap_or_default();
            let differs = counted != row.entered;
            Line {
                code: row.channel.code(),
                word: row.channel.label(),
                counted: row
                    .counted
                    .map_or_else(String::new, |count| count.to_string()),
                entered: row.entered,
                late: row.entered_late,
                difference: if differs {
                    let (sign, by) = if row.entered < counted {
                        ("入力が", counted - row.entered)
                    } else {
                        ("入力が", row.entered - counted)
                    };
                    let side = if row.entered < counted {
                        "少ない"
                    } else {
                        "多い"
                    };
                    format!("{sign} {by} 通{side}")
                } else {
                    String::new()
                },
                differs,
            }
        })
        .collect();
    let waiting = Filter {
        statuses: vec![Status::Out, Status::PostCount, Status::Resend],
        // A due date on a day without post is decided with the next business day's.
        due_from: board.as_ref().map_or(Some(day), |board| board.first),
        due_to: Some(day),
        ..Filter::default()
    };
    let waiting = poa_tracker::list(reading.snapshot, &waiting, 0, SHEETS)?;
    let closed_by = board
        .as_ref()
        .and_then(|board| board.day.closed_by.as_deref());
    let reason = board
        .as_ref()
        .and_then(|board| board.day.difference.as_ref());
    let chip = |row: &post_days::PostDayRow| Chip {
        word: words::short_date(row.day),
        count: None,
        chosen: row.day == day,
        href: query.with("day", &row.day.to_string()).to_string(),
    };
    let days = if open.is_empty() {
        vec![]
    } else {
        vec![Chips {
            title: "未締めの日".into(),
            chips: open.iter().map(chip).collect(),
        }]
    };
    show(&Page {
        frame: Frame::new(reading.viewer, "/office_day", "日次締め"),
        day,
        days,
        differs: lines.iter().any(|line| line.differs),
        uncounted: lines
            .iter()
            .any(|line| line.code == "post" && line.counted.is_empty()),
        lines,
        waiting_total: waiting.total,
        waiting: waiting.rows.iter().map(|row| sheet(row, reading)).collect(),
        closed_by: closed_by.map_or_else(String::new, |id| reading.actor(id)),
        reason: reading.snapshot.text_of(reason)?,
        board,
    })
}
