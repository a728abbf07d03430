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
    bars: Vec<Bar>,
    batches: Vec<Line>,
}

/// One bar of the picture: what a month's debit collected, and on it what failed.
struct Bar {
    x: usize,
    collected: u64,
    failed: u64,
    month: String,
    failures: String,
    title: String,
    href: String,
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
        // Before the bank has answered, nothing is collected and nothing has failed: nobody knows.
        let has_answer = sums.collected.count + sums.failed.count > 0;
        let answered = |sum| match has_answer {
            true => totals(sum),
            false => "―".to_owned(),
        };
        batches.push(Line {
            month: row.month.in_japanese(),
            href: format!("/debits/{}", row.month),
            status: status(row.stage, sums.asked),
            debit_on: words::date(row.debit_on),
            due,
            due_word,
            asked: totals(sums.asked),
            collected: answered(sums.collected),
            failed: answered(sums.failed),
            share: has_answer
                .then(|| share(sums.collected, sums.asked))
                .flatten(),
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
        bars: match which {
            Which::All => bars(&found),
            Which::Due => vec![],
        },
        batches,
    })
}

/// What came of the last debits that were answered, the oldest first.
fn bars(found: &[(BatchRow, debits::Sums)]) -> Vec<Bar> {
    const HEIGHT: u64 = 56;
    const MONTHS: usize = 12;
    const WIDTH: usize = 72;
    let booked = |sums: &debits::Sums| sums.collected.and(sums.failed).amount;
    let mut answered: Vec<_> = found
        .iter()
        .filter(|(_, sums)| booked(sums) > 0)
        .take(MONTHS)
        .collect();
    answered.reverse();
    let most = answered.iter().map(|(_, sums)| booked(sums)).max();
    let most = most.unwrap_or(1);
    let high = |amount: u64| (amount * HEIGHT).div_ceil(most);
    let bar = |(index, (row, sums)): (usize, &(BatchRow, debits::Sums))| Bar {
        x: index * WIDTH,
        collected: high(sums.collected.amount),
        failed: high(sums.failed.amount),
        month: row.month.in_japanese(),
        failures: format!("不能{}件", words::count(sums.failed.count)),
        title: format!(
            "{}　入金済み {}　振替不能 {}",
            row.month.in_japanese(),
            totals(sums.collected),
            totals(sums.failed)
        ),
        href: format!("/debits/{}", row.month),
    };
    answered.into_iter().enumerate().map(bar).collect()
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
