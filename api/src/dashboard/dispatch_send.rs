//! What was chosen in the 発送簿 went out together: 委任状 and letters, each by a command of its own, and the page says what
//! became of each. Sent twice, it is carried out once.

use super::dispatch::{Chosen, Item};
use super::frame::Frame;
use super::letters;
use super::parts::{Mood, Status};
use super::viewer::{Reading, Viewer};
use super::{Shown, show};
use crate::acting::{self, Asking};
use crate::problem::Problem;
use crate::requests::actor;
use crate::requests::poa::tracking;
use askama::Template;
use axum::Form;
use chrono::NaiveDate;
use daicho_domain::identifiers::TrackingNumber;
use daicho_domain::nouns::Command;
use daicho_domain::poa::Method;
use daicho_domain::stream::Stream;
use daicho_domain::{dispatch, poa};
use daicho_eventlog::Executed;
use daicho_projections::letters::LetterRow;
use daicho_projections::poa_tracker::PoaRow;

#[derive(Template)]
#[template(path = "dispatch_send.html")]
struct Page {
    frame: Frame,
    result: Status,
    done: usize,
    results: Vec<Outcome>,
}

struct Outcome {
    name: String,
    what: String,
    href: String,
    status: Status,
    reason: String,
}

fn command(
    item: Item,
    (method, sent_on): (Method, NaiveDate),
    tracking: Option<TrackingNumber>,
) -> Command {
    match item {
        Item::Paper(id) => {
            let sent = poa::Command::Dispatch {
                method,
                sent_on,
                tracking,
            };
            Command::poa(&Stream::Poa(id), sent)
        }
        Item::Letter(id) => {
            let sent = dispatch::Command::Send {
                method,
                sent_on,
                tracking,
            };
            Command::dispatch(&Stream::Dispatch(id), sent)
        }
    }
}

/// The field in which the 追跡番号 of an envelope is typed: it names everything in the envelope.
pub fn tracking_field<'a>(ids: impl IntoIterator<Item = &'a str>) -> String {
    let ids: Vec<_> = ids.into_iter().collect();
    format!("tracking:{}", ids.join(","))
}

/// What was typed for the envelope that this lies in.
fn typed<'a>(fields: &'a [(String, String)], id: &str) -> Option<&'a str> {
    fields.iter().find_map(|(name, value)| {
        let mut held = name.strip_prefix("tracking:")?.split(',');
        let value = value.trim();
        (held.any(|held| held == id) && !value.is_empty()).then_some(value)
    })
}

/// `POST /dispatch/send`
pub async fn send(viewer: Viewer, Form(fields): Form<Vec<(String, String)>>) -> Shown {
    let field = |name: &str| {
        let found = fields.iter().find(|(held, _)| held == name);
        found.map(|(_, value)| value.as_str())
    };
    let chosen = Chosen::of(&fields)?;
    let papers = chosen.papers.into_iter().map(Item::Paper);
    let items: Vec<_> = papers
        .chain(chosen.letters.into_iter().map(Item::Letter))
        .collect();
    let sent_on = field("on").unwrap_or_default().parse();
    let sent_on = sent_on.map_err(|_| Problem::unreadable("日付が空か、読み取れません。"))?;
    let method = Method::ALL
        .iter()
        .find(|held| Some(held.code()) == field("method"));
    let method = *method.ok_or_else(|| Problem::unreadable("発送の方法が選ばれていません。"))?;
    let asking = Asking::by_form(&actor(&viewer)?, field("form"));
    let mut results = Vec::new();
    for item in items {
        let id = item.field().1;
        let number = typed(&fields, &id).map(tracking).transpose();
        let became = match number {
            Ok(number) => {
                let command = command(item, (method, sent_on), number);
                let became = viewer.app.engine.execute(command, asking.cause(&id));
                became.await.map_err(Problem::from)
            }
            // A number that cannot be one keeps its envelope here; the others go.
            Err(problem) => Err(problem),
        };
        results.push((item, became));
    }
    acting::caught_up(&viewer.app.views).await;
    viewer.read(move |reading| shown(results, reading)).await
}

fn shown(results: Vec<(Item, Result<Executed, Problem>)>, reading: &Reading<'_>) -> Shown {
    let mut outcomes = Vec::new();
    for (item, became) in results {
        let (name, what, href) = named(item, reading)?;
        let (status, reason) = match became {
            Ok(executed) if executed.events.is_empty() => (
                Status::new("記録済み", Mood::Done),
                "すでに記録されています。".to_owned(),
            ),
            Ok(_) => (Status::new("成功", Mood::Done), String::new()),
            Err(problem) => (
                Status::new("失敗", Mood::Failed),
                format!("{}{}", problem.cause, problem.remedy),
            ),
        };
        outcomes.push(Outcome {
            name,
            what,
            href,
            status,
            reason,
        });
    }
    let done = outcomes
        .iter()
        .filter(|one| one.status.mood == Mood::Done)
        .count();
    show(&Page {
        frame: Frame::new(reading.viewer, "/dispatch", "発送済みにする"),
        result: match (done, outcomes.len() - done) {
            (_, 0) => Status::new("成功", Mood::Done),
            (0, _) => Status::new("失敗", Mood::Failed),
            (_, _) => Status::new("一部失敗", Mood::Attention),
        },
        done,
        results: outcomes,
    })
}

/// To whom it went, what it is, and its page.
fn named(item: Item, reading: &Reading<'_>) -> Result<(String, String, String), Problem> {
    let unknown = || (String::new(), item.field().1, "/dispatch".to_owned());
    match item {
        Item::Paper(id) => {
            let row: Option<PoaRow> = reading.snapshot.row(&id.to_string())?;
            Ok(row.map_or_else(unknown, |row| {
                (
                    row.corporation_name,
                    format!("委任状　{}", row.office_number),
                    format!("/cases/of/poa-{id}"),
                )
            }))
        }
        Item::Letter(id) => {
            let row: Option<LetterRow> = reading.snapshot.row(&id.to_string())?;
            let Some(row) = row else {
                return Ok(unknown());
            };
            let line = letters::line(&row, reading)?;
            let what = format!("{}　{}", line.label, line.reference);
            Ok((line.corporation, what, line.href))
        }
    }
}
