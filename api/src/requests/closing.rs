//! 月次締めと仕訳: `/closings/{month}/…`, `/journal/{month}`.

use super::{Asked, Recorded, SignedAct};
use crate::dashboard::viewer::Viewer;
use crate::problem::{Problem, ProblemDocument};
use axum::Json;
use axum::extract::Path;
use axum::response::Response;
use daicho_domain::dates::Month;
use daicho_domain::installation::Command as Installation;
use daicho_domain::nouns::Command;
use daicho_domain::stream::{StaffId, Stream};
use daicho_projections::journal::{self, Export};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

fn of(command: Installation) -> Command {
    Command::installation(&Stream::Installation, command)
}

/// That a month's books be closed.
#[derive(Debug, Deserialize, ToSchema)]
pub struct AskClosing {}

impl SignedAct for AskClosing {
    type Target = Month;

    fn command(self, month: Month, by: StaffId) -> Result<Command, Problem> {
        Ok(of(Installation::AskClosing { month, by }))
    }
}

/// Somebody declines the closing.
#[derive(Debug, Deserialize, ToSchema)]
pub struct DeclineClosing {}

impl SignedAct for DeclineClosing {
    type Target = Month;

    fn command(self, month: Month, by: StaffId) -> Result<Command, Problem> {
        Ok(of(Installation::DeclineClosing { month, by }))
    }
}

/// The second person closes the month.
#[derive(Debug, Deserialize, ToSchema)]
pub struct CloseMonth {}

impl SignedAct for CloseMonth {
    type Target = Month;

    fn command(self, month: Month, by: StaffId) -> Result<Command, Problem> {
        Ok(of(Installation::CloseMonth { month, by }))
    }
}

/// 月次締めを申請する。
#[utoipa::path(post, path = "/closings/{month}/ask", tag = "journal", request_body = AskClosing,
    params(("month" = String, Path, description = "The month, 2026-09")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn ask_closing(
    asked: Asked,
    Path(target): Path<Month>,
    Json(body): Json<AskClosing>,
) -> Result<Json<Recorded>, Problem> {
    asked.signs(body, target).await
}

/// 月次締めの申請を却下する。
#[utoipa::path(post, path = "/closings/{month}/decline", tag = "journal", request_body = DeclineClosing,
    params(("month" = String, Path, description = "The month, 2026-09")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn decline_closing(
    asked: Asked,
    Path(target): Path<Month>,
    Json(body): Json<DeclineClosing>,
) -> Result<Json<Recorded>, Problem> {
    asked.signs(body, target).await
}

/// 月を締める（申請者とは別の担当者）。締めた月には、以後何も計上されない。
#[utoipa::path(post, path = "/closings/{month}/close", tag = "journal", request_body = CloseMonth,
    params(("month" = String, Path, description = "The month, 2026-09")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn close_month(
    asked: Asked,
    Path(target): Path<Month>,
    Json(body): Json<CloseMonth>,
) -> Result<Json<Recorded>, Problem> {
    asked.signs(body, target).await
}

/// 月ごとの仕訳の合計と、月次締めの状態。
#[utoipa::path(get, path = "/closings", tag = "journal",
    params(("as_of" = Option<String>, Query)),
    responses((status = 200, body = Value), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn list_closings(viewer: Viewer) -> Result<Json<Value>, Problem> {
    viewer
        .read(|reading| {
            Ok(Json(json!({
                "months": journal::months(reading.snapshot)?,
                "closings": journal::closings(reading.snapshot)?,
                "closed_through": journal::closed_through(reading.snapshot)?,
            })))
        })
        .await
}

async fn exported(month: Month, viewer: Viewer) -> Result<Export, Problem> {
    let accounts = viewer.app.accounts.clone();
    viewer
        .read(move |reading| {
            let found = Export::of(reading.snapshot, month, &accounts)?;
            found.map_err(|refusal| Problem::refused(&refusal.into()))
        })
        .await
}

/// 締めた月の仕訳。同じ月は、いつ出力しても同じ内容になる。
#[utoipa::path(get, path = "/journal/{month}", tag = "journal",
    params(("month" = String, Path, description = "The closed month, 2026-09")),
    responses((status = 200, body = Value), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn read_journal(
    Path(month): Path<Month>,
    viewer: Viewer,
) -> Result<Json<Export>, Problem> {
    exported(month, viewer).await.map(Json)
}

/// `GET /closing/{month}/journal.csv`: the same as a file.
pub async fn journal_csv(Path(month): Path<Month>, viewer: Viewer) -> Result<Response, Problem> {
    let journal = exported(month, viewer).await?;
    let name = format!("journal-{month}.csv");
    Ok(crate::dashboard::csv::download(&name, journal.csv()))
}
