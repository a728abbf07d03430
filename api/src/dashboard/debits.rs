//! 口座振替: every month's batch, the latest first.

use super::frame::Frame;
use super::parts::{Chip, Chips, Due, Mood, Paging, Status};
use super::query::Query;
use super::viewer::{Reading, Viewer};
use super::{Shown, show, words};
use crate::problem::Problem;
use askama::Template;
use chrono::NaiveDate;
use daicho_domain::debit_batch::Stage;
use daicho_domain::zengin::Totals;
use daicho_projections::debits::{self, BatchRow};

/// Batches shown: three years.
const SHOWN: u64 = 36;

#[derive(Template)]
#[template(path = "debits.html")]
struct Page {
    frame: Frame,
    filters: Vec<Chips>,
    paging: Paging,
    filtered: bool,
    batches: Vec<Line>,
}

struct Line {
    month: String,
    href: String,
    status: Status,
    debit_on: String,
    due: Option<Due>,
    due_word: &'static str,
    asked: String,
    collected: String,
    failed: String,
    share: Option<u64>,
}

/// `GET /debits`
pub async fn page(viewer: Viewer) -> Shown {
    viewer.read(shown).await
}

/// The batches shown, the latest first, with their sums; only those whose day has come, if wanted.
pub fn listed(
    reading: &Reading<'_>,
    which: Which,
) -> Result<Vec<(BatchRow, debits::Sums)>, Problem> {
    let today = reading.viewer.moment.day;
    let mut found = Vec::new();
    for row in debits::list(reading.snapshot, SHOWN)? {
        let sums = debits::sums(reading.snapshot, row.month)?;
        let has_come = || next_day(&row, sums.asked).is_some_and(|(_, on)| on <= today);
        if which == Which::All || has_come() {
            found.push((row, sums));
        }
    }
    Ok(found)
}

/// Which batches are listed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Every batch.
    All,
    /// Those whose file should be with the bank, or whose result should be here.
    Due,
}

impl Which {
    fn asked(query: &Query) -> Self {
        match query.get("due") {
            Some("today") => Self::Due,
            Some(_) | None => Self::All,
        }
    }
}

fn shown(reading: &Reading<'_>) -> Shown {
    let query = &reading.viewer.query;
    let which = Which::asked(query);
    let found = listed(reading, which)?;
    let mut batches = Vec::new();
    for (row, sums) in &found {
        let (due_word, due) = due(row, sums.asked, reading);
        batches.push(Line {
            month: row.month.in_japanese(),
            href: format!("/debits/{}", row.month),
            status: status(row.stage, sums.asked),
            debit_on: words::date(row.debit_on),
            due,
            due_word,
            asked: totals(sums.asked),
            collected: totals(sums.collected),
            failed: totals(sums.failed),
            share: share(sums.collected, sums.asked),
        });
    }
    let plain = Query::at("/debits");
    let chosen = which == Which::Due;
    let href = if chosen {
        plain
    } else {
        plain.with("due", "today")
    };
    let chip = Chip {
        word: "期限が来たもの".to_owned(),
        count: None,
        chosen,
        href: href.to_string(),
    };
    show(&Page {
        frame: Frame::new(reading.viewer, "/debits", "口座振替"),
        filters: vec![Chips {
            title: "期限".to_owned(),
            chips: vec![chip],
        }],
        paging: Paging::of(query, 1, SHOWN, batches.len() as u64),
        filtered: chosen,
        batches,
    })
}

/// What is collected, in hundredths of what was asked; `None` when nothing was.
fn share(collected: Totals, asked: Totals) -> Option<u64> {
    (collected.amount * 100).checked_div(asked.amount)
}

/// `1,234件 5,678,900円`
pub fn totals(totals: Totals) -> String {
    format!(
        "{}件 {}円",
        words::count(totals.count),
        words::count(totals.amount)
    )
}

/// Nothing is asked of anybody so far: nothing has to be sent by any day.
fn is_idle(stage: Stage, asked: Totals) -> bool {
    stage == Stage::Gathering && asked.count == 0
}

/// The next day that matters to a batch that asks for so much: what it is called and when it is.
pub fn next_day(row: &BatchRow, asked: Totals) -> Option<(&'static str, NaiveDate)> {
    if is_idle(row.stage, asked) {
        return None;
    }
    let days = &row.days.0;
    match row.stage {
        Stage::Gathering | Stage::ToApprove | Stage::ToRelease => {
            Some(("依頼期限", days.request_by.on))
        }
        Stage::Sent | Stage::Booking => Some(("結果の期限", days.result_by.on)),
        Stage::Reconciled => None,
    }
}

/// The same, counted in bank days.
pub fn due(row: &BatchRow, asked: Totals, reading: &Reading<'_>) -> (&'static str, Option<Due>) {
    let Some((word, on)) = next_day(row, asked) else {
        return ("", None);
    };
    let policy = reading.viewer.app.policy();
    let today = reading.viewer.moment.day;
    (word, Some(Due::new(on, today, policy.calendars.bank())))
}

/// A batch's stage, drawn.
pub fn status(stage: Stage, asked: Totals) -> Status {
    if is_idle(stage, asked) {
        return Status::new("対象なし", Mood::Done);
    }
    let mood = match stage {
        Stage::Gathering => Mood::Before,
        Stage::ToApprove | Stage::ToRelease | Stage::Booking => Mood::Attention,
        Stage::Sent => Mood::During,
        Stage::Reconciled => Mood::Done,
    };
    Status::new(stage.label(), mood)
}
