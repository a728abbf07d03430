//! Many 委任状 moved on at once: each is a command of its own, and the page says what became of each. Sent twice, it is
//! carried out once.

use super::frame::Frame;
use super::parts::{Mood, Status};
use super::query::Query;
use super::viewer::Viewer;
use super::{Shown, show};
use crate::acting::{self, Asking};
use crate::problem::Problem;
use crate::requests::actor;
use crate::staff::own_path;
use askama::Template;
use axum::Form;
use axum::extract::Path;
use chrono::NaiveDate;
use daicho_domain::nouns::Command;
use daicho_domain::poa::{self, Filing, Method};
use daicho_domain::stream::{PoaId, Stream};
use daicho_projections::poa_tracker::PoaRow;

/// The most sheets on one form; a page of the list is shorter.
const SHEETS_MAX: usize = 200;

#[derive(Template)]
#[template(path = "poa_batch.html")]
struct Page {
    frame: Frame,
    word: &'static str,
    result: Status,
    done: usize,
    results: Vec<Outcome>,
    back: String,
}

struct Outcome {
    name: String,
    number: String,
    href: String,
    status: Status,
    reason: String,
}

/// `POST /poa_tracker/{action}`
pub async fn page(
    Path(action): Path<String>,
    viewer: Viewer,
    Form(fields): Form<Vec<(String, String)>>,
) -> Shown {
    let field = |name: &str| {
        let found = fields.iter().find(|(held, _)| held == name);
        found.map(|(_, value)| value.as_str())
    };
    let ids: Result<Vec<PoaId>, _> = fields
        .iter()
        .filter(|(name, _)| name == "poa")
        .map(|(_, id)| id.parse())
        .collect();
    let ids = ids.map_err(|_| Problem::unreadable("委任状の番号を読み取れません。"))?;
    if ids.is_empty() {
        return Err(Problem::unreadable("委任状が1通も選ばれていません。"));
    }
    if ids.len() > SHEETS_MAX {
        return Err(Problem::unreadable("一度に選べるのは200通までです。"));
    }
    let (word, command) = command(&action, field("on"), field("method"), field("without_scan"))?;
    let asking = Asking::by_form(&actor(&viewer)?, field("form"));
    let mut results = Vec::new();
    for id in ids {
        let stream = Stream::Poa(id);
        let asked = Command::poa(&stream, command.clone());
        let became = viewer
            .app
            .engine
            .execute(asked, asking.cause(&id.to_string()))
            .await;
        results.push((id, became.map_err(Problem::from)));
    }
    acting::caught_up(&viewer.app.views).await;
    let back = own_path(field("return_to").unwrap_or("/poa_tracker")).to_owned();
    viewer
        .read(move |reading| {
            let mut outcomes = Vec::new();
            for (id, became) in results {
                let row: Option<PoaRow> = reading.snapshot.row(&id.to_string())?;
                let (name, number) = row.map_or_else(
                    || (String::new(), id.to_string()),
                    |row| (row.corporation_name, row.office_number.to_string()),
                );
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
                let href = format!("/cases/of/poa-{id}");
                outcomes.push(Outcome {
                    name,
                    number,
                    href,
                    status,
                    reason,
                });
            }
            let done = outcomes
                .iter()
                .filter(|one| one.status.mood == Mood::Done)
                .count();
            let result = match (done, outcomes.len() - done) {
                (_, 0) => Status::new("成功", Mood::Done),
                (0, _) => Status::new("失敗", Mood::Failed),
                (_, _) => Status::new("一部失敗", Mood::Attention),
            };
            show(&Page {
                frame: Frame::new(reading.viewer, "/poa_tracker", word),
                word,
                result,
                done,
                results: outcomes,
                back: Query::read(&back.parse().unwrap_or_default()).to_string(),
            })
        })
        .await
}

fn command(
    action: &str,
    on: Option<&str>,
    method: Option<&str>,
    without_scan: Option<&str>,
) -> Result<(&'static str, poa::Command), Problem> {
    let day = || -> Result<NaiveDate, Problem> {
        let text = on.unwrap_or_default();
        text.parse()
            .map_err(|_| Problem::unreadable("日付が空か、読み取れません。"))
    };
    match action {
        "dispatch" => {
            let chosen = Method::ALL.iter().find(|held| Some(held.code()) == method);
            let method =
                *chosen.ok_or_else(|| Problem::unreadable("発送の方法が選ばれていません。"))?;
            Ok((
                "発送済みにする",
                poa::Command::Dispatch {
                    method,
                    sent_on: day()?,
                    tracking: None,
                },
            ))
        }
        "accept" => Ok(("不備なしとして受理する", poa::Command::Accept {})),
        "file" => Ok((
            "国保連へ提出済みにする",
            poa::Command::File(Filing::on(day()?).without_scan(without_scan.map(Into::into))),
        )),
        "confirm" => Ok((
            "国保連の確認を記録する",
            poa::Command::Confirm { on: day()? },
        )),
        _other => Err(Problem::not_found("操作")),
    }
}
