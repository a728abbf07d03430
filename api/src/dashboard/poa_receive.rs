//! Receiving many 委任状 in one sitting, by keyboard or scanner alone: the code of the sheet or a 事業所番号, Enter, the next; one
//! digit and Enter says whether the sheet just taken is in order. What became of each is said at once, by text and sound; a
//! number that fits several papers or none says so and changes nothing.

use super::frame::Frame;
use super::poa_tracker::{Sheet, sheet};
use super::query::Query;
use super::viewer::{Reading, Viewer};
use super::{Shown, feed, show, words};
use crate::acting::{self, Asking};
use crate::problem::Problem;
use crate::requests::actor;
use askama::Template;
use axum::Form;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::NaiveDate;
use daicho_domain::identifiers::OfficeNumber;
use daicho_domain::intake::Channel;
use daicho_domain::nouns::Command;
use daicho_domain::poa::{self, Code, Defect, NotACode, Status};
use daicho_domain::stream::{PoaId, Stream};
use daicho_projections::changes;
use daicho_projections::poa_tracker::{self, PoaRow};
use serde::Deserialize;
use uuid::Uuid;

/// Entries of today shown below the field.
const SHOWN: usize = 40;

#[derive(Template)]
#[template(path = "poa_receive.html")]
struct Page {
    frame: Frame,
    arrived_on: NaiveDate,
    today: NaiveDate,
    channel: Channel,
    typed: String,
    problem: Option<Problem>,
    choices: Vec<Sheet>,
    last: Option<Last>,
    taken: Vec<Taken>,
    taken_all: usize,
    form: String,
}

/// A sheet taken in this sitting.
struct Taken {
    at: String,
    sheet: Sheet,
    in_time: bool,
    checkable: bool,
    by: String,
}

/// What was done last, as it is said at once.
struct Last {
    id: String,
    corporation: String,
    number: String,
    says: String,
    good: bool,
}

/// What is entered.
#[derive(Debug, Deserialize)]
pub struct Entered {
    arrived_on: NaiveDate,
    channel: Channel,
    #[serde(default)]
    number: String,
    /// Chosen among several papers of the office.
    #[serde(default)]
    poa: Option<PoaId>,
    /// The sheet taken before this one, to which a single digit refers.
    #[serde(default)]
    last: Option<PoaId>,
    #[serde(default)]
    form: Option<String>,
}

/// `GET /poa_tracker/receive?arrived_on=&channel=`
pub async fn page(viewer: Viewer) -> Shown {
    viewer
        .read(|reading| shown(reading, None, String::new(), vec![]))
        .await
}

/// `POST /poa_tracker/receive`
pub async fn receive(viewer: Viewer, Form(entered): Form<Entered>) -> Result<Response, Problem> {
    let who = actor(&viewer)?;
    let again = Query::at("/poa_tracker/receive")
        .with("arrived_on", &entered.arrived_on.to_string())
        .with("channel", entered.channel.code());
    if let (Some(id), Some(checked)) = (entered.last, checked(&entered.number)) {
        return check(viewer, again, id, checked, entered).await;
    }
    let number = entered.number.clone();
    let asked = entered.poa;
    let mut viewer = viewer;
    viewer.query = again.clone();
    let found = viewer
        .clone()
        .read(move |reading| find(reading, asked, &number))
        .await;
    let problem = match found {
        Ok(Found::One(id)) => {
            let asking = Asking::by_form(&who, entered.form.as_deref());
            let Entered {
                arrived_on,
                channel,
                ..
            } = entered;
            let command = Command::poa(
                &Stream::Poa(id),
                poa::Command::Receive {
                    arrived_on,
                    channel,
                },
            );
            match acting::execute(&viewer.app, command, asking.cause(&id.to_string())).await {
                Ok(executed) => {
                    let again = again.with("last", &id.to_string()).to_string();
                    let told = crate::requests::done(&again, &executed);
                    return Ok(Redirect::to(&told).into_response());
                }
                Err(problem) => (Some(problem), vec![]),
            }
        }
        Ok(Found::Several(rows)) => (None, rows),
        Err(problem) => (Some(problem), vec![]),
    };
    let (problem, rows) = problem;
    let shown = viewer
        .read(move |reading| shown(reading, problem, entered.number, rows))
        .await?;
    Ok(shown.into_response())
}

/// What one digit says of the sheet taken last: 0 that it is in order, the others what is wrong with it.
fn checked(typed: &str) -> Option<poa::Command> {
    let key: usize = match typed.trim().chars().collect::<Vec<_>>().as_slice() {
        [only] => normalised(&only.to_string()).parse().ok()?,
        _longer => return None,
    };
    match key.checked_sub(1) {
        None => Some(poa::Command::Accept {}),
        Some(index) => Some(poa::Command::FindDefective {
            defect: *DEFECTS.get(index)?,
            note: None,
        }),
    }
}

/// What staff find on a sheet in hand, in the order of the keys 1 to 7.
const DEFECTS: [Defect; 7] = [
    Defect::SealMissing,
    Defect::SealDiffers,
    Defect::Incomplete,
    Defect::Wrong,
    Defect::NotOriginal,
    Defect::OtherForm,
    Defect::Illegible,
];

/// Carries out what a digit said.
async fn check(
    viewer: Viewer,
    again: Query,
    id: PoaId,
    command: poa::Command,
    entered: Entered,
) -> Result<Response, Problem> {
    let asking = Asking::by_form(&actor(&viewer)?, entered.form.as_deref());
    let command = Command::poa(&Stream::Poa(id), command);
    match acting::execute(&viewer.app, command, asking.cause(&id.to_string())).await {
        Ok(executed) => {
            let again = again.with("last", &id.to_string()).to_string();
            Ok(Redirect::to(&crate::requests::done(&again, &executed)).into_response())
        }
        Err(problem) => {
            let mut viewer = viewer;
            viewer.query = again.with("last", &id.to_string());
            let shown = viewer
                .read(move |reading| shown(reading, Some(problem), entered.number, vec![]))
                .await?;
            Ok(shown.into_response())
        }
    }
}

enum Found {
    One(PoaId),
    Several(Vec<PoaRow>),
}

/// The paper an envelope of this office holds: the one that is out, or a choice.
fn find(reading: &Reading<'_>, asked: Option<PoaId>, typed: &str) -> Result<Found, Problem> {
    if let Some(id) = asked {
        return Ok(Found::One(id));
    }
    match typed.parse::<Code>() {
        Ok(code) => return of_code(reading, code),
        Err(why @ (NotACode::Check | NotACode::Character { .. })) if typed.trim().len() > 20 => {
            return Err(Problem {
                code: "poa.code_misread".into(),
                ..Problem::unreadable(&format!(
                    "委任状のコードを読み取れませんでした（{}）。もう一度読み取るか、事業所番号を入力してください。",
                    match why {
                        NotACode::Check => "検査文字が合いません",
                        NotACode::Character { .. } | NotACode::Length { .. } =>
                            "コードにない文字があります",
                    }
                ))
            });
        }
        Err(NotACode::Length { .. } | NotACode::Check | NotACode::Character { .. }) => {}
    }
    let number = OfficeNumber::parse(typed.trim())
        .map_err(|why| crate::requests::transmission::invalid(&why))?;
    let rows = poa_tracker::of_office(reading.snapshot, number)?;
    let out: Vec<PoaRow> = rows
        .iter()
        .filter(|row| is_awaited(row.status))
        .cloned()
        .collect();
    match (out.as_slice(), rows.as_slice()) {
        ([only], _) => Ok(Found::One(only.id)),
        ([], []) => Err(Problem {
            code: "poa.none_of_office".into(),
            ..Problem::unreadable(&format!(
                "事業所番号 {number} の委任状は依頼されていません。番号か、別の事業所のものでないかを確かめてください。"
            ))
        }),
        // None is awaited: the newest one says itself why it cannot be received.
        ([], [newest, ..]) => Ok(Found::One(newest.id)),
        (_, _) => Ok(Found::Several(out)),
    }
}

/// The paper a code names, if it is one of this installation.
fn of_code(reading: &Reading<'_>, code: Code) -> Result<Found, Problem> {
    let row: Option<PoaRow> = reading.snapshot.row(&code.poa().to_string())?;
    match row {
        Some(row) => Ok(Found::One(row.id)),
        None => Err(Problem {
            code: "poa.unknown".into(),
            ..Problem::unreadable(
                "このコードの委任状は登録されていません。当社が発行した委任状か、別の拠点のものでないかを確かめてください。",
            )
        }),
    }
}

/// A typed digit in half width.
fn normalised(typed: &str) -> String {
    let half = |held: char| match held {
        '０'..='９' => char::from_u32(held as u32 - '０' as u32 + '0' as u32).unwrap_or(held),
        other => other,
    };
    typed.chars().map(half).collect()
}

const fn is_awaited(status: Status) -> bool {
    match status {
        Status::Out | Status::PostCount | Status::Lapsed => true,
        Status::ToSend
        | Status::Resend
        | Status::Received
        | Status::ToFile
        | Status::Filed
        | Status::Confirmed
        | Status::Void => false,
    }
}

fn shown(
    reading: &Reading<'_>,
    problem: Option<Problem>,
    typed: String,
    rows: Vec<PoaRow>,
) -> Shown {
    let query = &reading.viewer.query;
    let today = reading.viewer.moment.day;
    let channel = Channel::ALL
        .iter()
        .copied()
        .find(|held| query.has("channel", held.code()));
    let taken = changes::of_day(reading.snapshot, today, &["poa.received.v1"], 10_000)?;
    let mut lines = Vec::new();
    for event in taken.iter().rev().take(SHOWN) {
        let Stream::Poa(id) = &event.stream else {
            continue;
        };
        let Some(row) = reading.snapshot.row::<PoaRow>(&id.to_string())? else {
            continue;
        };
        let at = words::time(event.recorded_at);
        lines.push(Taken {
            at: at
                .split_once(' ')
                .map_or_else(String::new, |(_, time)| time.to_owned()),
            in_time: row.arrived_on.is_none_or(|arrived| arrived <= row.due),
            checkable: row.status == Status::Received,
            by: feed::who(event, reading),
            sheet: sheet(&row, reading),
        });
    }
    let last = match query.get("last") {
        Some(id) => reading.snapshot.row::<PoaRow>(id)?.map(|row| last(&row)),
        None => None,
    };
    show(&Page {
        last,
        frame: Frame::new(reading.viewer, "/poa_tracker", "届いた委任状を受領する"),
        arrived_on: query
            .get("arrived_on")
            .and_then(|day| day.parse().ok())
            .unwrap_or(today),
        today,
        channel: channel.unwrap_or(Channel::Post),
        typed,
        problem,
        choices: rows.iter().map(|row| sheet(row, reading)).collect(),
        taken_all: taken.len(),
        taken: lines,
        form: Uuid::now_v7().simple().to_string(),
    })
}

/// What to say of the sheet that was taken or checked last.
fn last(row: &PoaRow) -> Last {
    let late = row.arrived_on.is_some_and(|arrived| arrived > row.due);
    let (says, good) = match (row.status, row.defect) {
        (Status::Received, _) if late => (
            format!(
                "受領しました。返送期日（{}）を過ぎています。",
                words::date(row.due)
            ),
            false,
        ),
        (Status::Received, _) if row.missed > 0 => (
            format!(
                "受領しました。先の返送期日に間に合わなかったため、開始月は {} に先送りされています。",
                row.start_month.in_japanese()
            ),
            false,
        ),
        (Status::Received, _) => ("受領しました。期限内です。".to_owned(), true),
        (Status::ToFile, _) => ("不備なしとして受理しました。".to_owned(), true),
        (_, Some(defect)) => (format!("不備を記録しました：{}。", defect.label()), false),
        (status, None) => (format!("{}です。", status.label()), false),
    };
    Last {
        id: row.id.to_string(),
        corporation: row.corporation_name.clone(),
        number: row.office_number.to_string(),
        says,
        good,
    }
}

impl Page {
    /// What the keys 1 to 7 say.
    fn keys(&self) -> impl Iterator<Item = (usize, &'static str)> {
        (1..).zip(DEFECTS.iter().map(|defect| defect.label()))
    }

    fn channels(&self) -> [Channel; 2] {
        [Channel::Post, Channel::Hand]
    }

    fn back(&self) -> String {
        Query::at("/poa_tracker/receive")
            .with("arrived_on", &self.arrived_on.to_string())
            .with("channel", self.channel.code())
            .to_string()
    }

    /// Where the form of one sheet goes.
    fn act(&self, sheet: &Sheet, action: &str) -> String {
        Query::at(&format!("/poas/{}/{action}", sheet.id))
            .with("return_to", &self.back())
            .to_string()
    }

    fn defects(&self) -> [Defect; 7] {
        DEFECTS
    }
}
