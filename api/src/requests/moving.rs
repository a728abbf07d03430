//! 移行: `/moving/…`. Sheets of cases in mid-life are checked, asked for with totals by one person, approved and carried
//! out by another.

use super::{Asked, SignedAct};
use crate::acting;
use crate::moving::{Agreed, Moving, MovingError, MovingReport, Table};
use crate::problem::{Problem, ProblemDocument};
use axum::Json;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::NaiveDate;
use daicho_domain::dates::Month;
use daicho_domain::installation::Command as Installation;
use daicho_domain::moving::{Settings, Totals};
use daicho_domain::nouns::Command;
use daicho_domain::stream::{RunId, StaffId, Stream};
use serde::Deserialize;
use utoipa::ToSchema;

/// A sheet as CSV.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Sheet {
    /// The file's name: it stands in the events.
    pub name: String,
    /// The text, its first line naming the columns. They say what the sheet is about.
    #[serde(default)]
    pub csv: String,
    /// In its place an Excel workbook (.xlsx) of one sheet, or the file that is with the bank (全銀 type 91), in base64.
    #[serde(default)]
    pub xlsx: Option<String>,
}

/// Sheets with the days that hold for all of them.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Run {
    /// The sheets.
    pub files: Vec<Sheet>,
    /// The switching day: from it on daicho keeps the books.
    pub switched_on: NaiveDate,
    /// The first month that daicho charges for.
    #[schema(value_type = String, example = "2026-10")]
    pub charged_from: Month,
    /// The totals of the books kept before, by measure; needed to ask, and held against what the lines come to.
    #[serde(default)]
    #[schema(value_type = Option<BTreeMap<String, u64>>)]
    pub totals: Option<Totals>,
}

/// A run that is declined.
#[derive(Debug, Deserialize, ToSchema)]
pub struct DeclineMoving {
    /// The run, as its report names it.
    #[schema(value_type = String)]
    pub run: RunId,
}

/// The same by a form, which names the run in its address.
#[derive(Debug, Deserialize)]
pub struct DeclineRun {}

impl SignedAct for DeclineRun {
    type Target = RunId;

    fn command(self, run: RunId, by: StaffId) -> Result<Command, Problem> {
        let decline = Installation::DeclineMoving { run, by };
        Ok(Command::installation(&Stream::Installation, decline))
    }
}

impl Sheet {
    fn table(&self) -> Result<Table, Problem> {
        let bytes = match &self.xlsx {
            None => self.csv.as_bytes().to_vec(),
            Some(text) => STANDARD
                .decode(text)
                .map_err(|_| Problem::unreadable("xlsx は base64 で送ってください。"))?,
        };
        let table = Table::read(&self.name, &bytes);
        table.map_err(|fault| Problem::unreadable(&fault.to_string()))
    }
}

impl Run {
    fn agreed(&self) -> Result<Agreed, Problem> {
        let tables = self.files.iter().map(Sheet::table);
        let tables: Result<Vec<_>, Problem> = tables.collect();
        let tables = tables?;
        let settings = Settings {
            switched_on: self.switched_on,
            charged_from: self.charged_from,
        };
        Ok(Agreed::new(tables, settings))
    }
}

impl From<MovingError> for Problem {
    fn from(error: MovingError) -> Self {
        match error {
            MovingError::Execute(error) => error.into(),
            MovingError::Log(error) => {
                tracing::error!(%error, "the log cannot be read");
                Self::failed()
            }
        }
    }
}

/// 移行の表を確かめる。何も記録しません。
#[utoipa::path(post, path = "/moving/check", tag = "moving", request_body = Run,
    responses((status = 200, body = Value), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn check_moving(
    asked: Asked,
    Json(run): Json<Run>,
) -> Result<Json<MovingReport>, Problem> {
    let engine = &asked.app().engine;
    let agreed = run.agreed()?;
    Ok(Json(Moving { engine }.look(&agreed, run.totals).await?))
}

/// 移行を申請する。旧台帳で数えた合計が表と一致していなければ拒否します。案件はまだ記録しません。
#[utoipa::path(post, path = "/moving/ask", tag = "moving", request_body = Run,
    responses((status = 200, body = Value), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn ask_moving(asked: Asked, Json(run): Json<Run>) -> Result<Json<MovingReport>, Problem> {
    let by = asked.staff()?;
    let engine = &asked.app().engine;
    let agreed = run.agreed()?;
    let entered = run.totals.unwrap_or_default();
    let report = Moving { engine }.ask(&agreed, entered, by).await?;
    acting::caught_up(&asked.app().views).await;
    Ok(Json(report))
}

/// 移行を承認して取り込む（申請者とは別の担当者）。申請したときと同じ表・切替日を送ります。
#[utoipa::path(post, path = "/moving/approve", tag = "moving", request_body = Run,
    responses((status = 200, body = Value), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn approve_moving(
    asked: Asked,
    Json(run): Json<Run>,
) -> Result<Json<MovingReport>, Problem> {
    let by = asked.staff()?;
    let engine = &asked.app().engine;
    let agreed = run.agreed()?;
    let report = Moving { engine }.approve(&agreed, by).await?;
    acting::caught_up(&asked.app().views).await;
    Ok(Json(report))
}

/// 移行の申請を却下する。
#[utoipa::path(post, path = "/moving/decline", tag = "moving", request_body = DeclineMoving,
    responses((status = 200, body = super::Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn decline_moving(
    asked: Asked,
    Json(body): Json<DeclineMoving>,
) -> Result<Json<super::Recorded>, Problem> {
    let by = asked.staff()?;
    let decline = Installation::DeclineMoving { run: body.run, by };
    asked
        .sends(Command::installation(&Stream::Installation, decline))
        .await
}
