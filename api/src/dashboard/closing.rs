//! 月次締め: every month's books, which of them are closed, by whom, and their journal.

use super::form::Action;
use super::frame::Frame;
use super::parts::{Mood, Status};
use super::viewer::{Reading, Viewer};
use super::{Shown, show, words};
use crate::acting;
use askama::Template;
use daicho_domain::dates::Month;
use daicho_domain::installation::Command as Installation;
use daicho_domain::nouns::Command;
use daicho_domain::stream::{StaffId, Stream};
use daicho_projections::journal::{self, ClosingRow, MonthSums};
use uuid::Uuid;

#[derive(Template)]
#[template(path = "closing.html")]
struct Page {
    frame: Frame,
    months: Vec<Line>,
    actions: Vec<Action>,
}

struct Line {
    month: String,
    status: Status,
    lines: String,
    debit: String,
    credit: String,
    late: String,
    asked: String,
    closed: String,
    csv: String,
    json: String,
}

/// What the page reads.
struct Books {
    months: Vec<MonthSums>,
    closings: Vec<ClosingRow>,
    through: Option<Month>,
}

impl Books {
    /// The month to close next: the oldest open one with lines.
    fn next(&self) -> Option<Month> {
        match self.through {
            Some(through) => Some(through.next()),
            None => self.months.last().map(|sums| sums.month),
        }
    }

    fn asked(&self) -> Option<&ClosingRow> {
        self.closings.iter().find(|row| row.closed_by.is_none())
    }
}

/// `GET /closing`
pub async fn page(viewer: Viewer) -> Shown {
    let app = viewer.app.clone();
    let sent_by = viewer.clone();
    let past = viewer.moment.past;
    let (page, commands) = viewer.read(read).await?;
    let mut actions = Vec::new();
    for (action, command) in commands.into_iter().filter(|_| !past) {
        let reason = acting::hindrance(&app.engine, command).await;
        actions.push(sent_by.form(action, "/closing").unless(reason));
    }
    show(&Page { actions, ..page })
}

type Candidates = Vec<(Action, Command)>;

fn read(reading: &Reading<'_>) -> Result<(Page, Candidates), crate::problem::Problem> {
    let books = Books {
        months: journal::months(reading.snapshot)?,
        closings: journal::closings(reading.snapshot)?,
        through: journal::closed_through(reading.snapshot)?,
    };
    let months = books
        .months
        .iter()
        .map(|sums| line(sums, &books, reading))
        .collect();
    let page = Page {
        frame: Frame::new(reading.viewer, "/closing", "月次締め"),
        months,
        actions: vec![],
    };
    Ok((page, candidates(&books)))
}

fn candidates(books: &Books) -> Candidates {
    let action = |month: Month, name: &str, word: String| {
        Action::new(name, &word, &format!("/closing/{month}/{name}"))
    };
    // Somebody nobody is: what two people must do is considered for a person apart from both.
    let by = StaffId(Uuid::nil());
    let command = |command| Command::installation(&Stream::Installation, command);
    if let Some(asked) = books.asked() {
        let month = asked.month;
        let word = month.in_japanese();
        return vec![
            (
                action(month, "close", format!("{word}を締める"))
                    .explains("申請した担当者とは別の担当者が行います。締めた月には、以後何も計上されません。遅れて分かったことは次の月に「通常の処理期間後の入力」として計上されます。")
                    .main(),
                command(Installation::CloseMonth { month, by }),
            ),
            (
                action(month, "decline", format!("{word}の申請を却下する")),
                command(Installation::DeclineClosing { month, by }),
            ),
        ];
    }
    let ask = |month: Month| {
        let word = format!("{}の月次締めを申請する", month.in_japanese());
        let action = action(month, "ask", word)
            .explains("その月の請求・入金・振替結果の入力が終わったことを確かめてから申請します。")
            .main();
        (action, command(Installation::AskClosing { month, by }))
    };
    books.next().map(ask).into_iter().collect()
}

fn line(sums: &MonthSums, books: &Books, reading: &Reading<'_>) -> Line {
    let month = sums.month;
    let closing = books.closings.iter().find(|row| row.month == month);
    let closed = books.through.is_some_and(|through| month <= through);
    let by = |by: Option<StaffId>, on: Option<chrono::NaiveDate>| match (by, on) {
        (Some(by), Some(on)) => format!("{} {}", words::date(on), reading.actor(&by.to_string())),
        (Some(by), None) => reading.actor(&by.to_string()),
        (None, _) => "―".to_owned(),
    };
    let link = |path: String| if closed { path } else { String::new() };
    Line {
        month: month.in_japanese(),
        status: match (closed, closing) {
            (true, _) => Status::new("締め済み", Mood::Done),
            (false, Some(_)) => Status::new("申請中", Mood::Attention),
            (false, None) => Status::new("未締め", Mood::Before),
        },
        lines: words::count(sums.lines),
        debit: words::count(sums.debit),
        credit: words::count(sums.credit),
        late: words::count(sums.late),
        asked: closing.map_or_else(|| "―".to_owned(), |row| by(row.asked_by, row.asked_on)),
        closed: closing.map_or_else(|| "―".to_owned(), |row| by(row.closed_by, row.closed_on)),
        csv: link(format!("/closing/{month}/journal.csv")),
        json: link(format!("/api/v1/journal/{month}")),
    }
}
