//! 口座振替: every month's batch, the latest first.

use super::frame::Frame;
use super::parts::{Due, Mood, Status};
use super::viewer::{Reading, Viewer};
use super::{Shown, show, words};
use askama::Template;
use daicho_domain::debit_batch::Stage;
use daicho_domain::zengin::Totals;
use daicho_projections::debits::{self, BatchRow};

/// Batches shown: three years.
const SHOWN: u64 = 36;

#[derive(Template)]
#[template(path = "debits.html")]
struct Page {
    frame: Frame,
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
    share: u64,
}

/// `GET /debits`
pub async fn page(viewer: Viewer) -> Shown {
    viewer.read(shown).await
}

fn shown(reading: &Reading<'_>) -> Shown {
    let rows = debits::list(reading.snapshot, SHOWN)?;
    let mut batches = Vec::new();
    for row in &rows {
        let sums = debits::sums(reading.snapshot, row.month)?;
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
    show(&Page {
        frame: Frame::new(reading.viewer, "/debits", "口座振替"),
        batches,
    })
}

/// What is collected, in hundredths of what was asked.
fn share(collected: Totals, asked: Totals) -> u64 {
    (collected.amount * 100)
        .checked_div(asked.amount)
        .unwrap_or(0)
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

/// The next day that matters, in bank days.
pub fn due(row: &BatchRow, asked: Totals, reading: &Reading<'_>) -> (&'static str, Option<Due>) {
    let days = &row.days.0;
    if is_idle(row.stage, asked) {
        return ("", None);
    }
    let (word, on) = match row.stage {
        Stage::Gathering | Stage::ToApprove | Stage::ToRelease => ("依頼期限", days.request_by.on),
        Stage::Sent | Stage::Booking => ("結果の期限", days.result_by.on),
        Stage::Reconciled => return ("", None),
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
