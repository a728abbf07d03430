//! 口座振替: `/debits/{month}/…`. Freezing and taking a result look at the lines first; the rest are plain commands.

use super::{Asked, Recorded, SignedAct};
use crate::App;
use crate::problem::{Problem, ProblemDocument};
use axum::Json;
use axum::body::Bytes;
use axum::extract::Path;
use daicho_domain::dates::Month;
use daicho_domain::debit_batch::{Command as Batch, Refusal};
use daicho_domain::nouns::{self, Command};
use daicho_domain::personal::Typed;
use daicho_domain::stream::{StaffId, Stream};
use daicho_projections::{debit_file, debits};
use serde::Deserialize;
use utoipa::ToSchema;

/// The largest result file: 999,999 records would be 122 MB; no office of this size has a tenth of that.
pub const RESULT_BYTES_MAX: usize = 16 * 1024 * 1024;

fn of(month: Month, command: Batch) -> Command {
    Command::debit_batch(&Stream::DebitBatch(month), command)
}

/// The office says no before a command is sent.
pub fn refused(refusal: Refusal) -> Problem {
    Problem::refused(&nouns::Refusal::DebitBatch(refusal))
}

/// That the batch gather again.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ReopenBatch {
    /// Why.
    #[schema(value_type = String)]
    pub reason: Typed,
}

impl SignedAct for ReopenBatch {
    type Target = Month;

    fn command(self, month: Month, by: StaffId) -> Result<Command, Problem> {
        let reason = self.reason;
        Ok(of(month, Batch::Reopen { reason, by }))
    }
}

/// A person approves what was frozen.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ApproveBatch {}

/// Another person releases the file.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ReleaseBatch {}

/// The command that approves what was frozen, with what the ledgers say now.
pub async fn approving(app: &App, month: Month, by: StaffId) -> Result<Command, Problem> {
    let sha256 = standing(app, month).await?;
    Ok(of(month, Batch::Approve { sha256, by }))
}

/// The command that releases the file, with what the ledgers say now.
pub async fn releasing(app: &App, month: Month, by: StaffId) -> Result<Command, Problem> {
    let sha256 = standing(app, month).await?;
    Ok(of(month, Batch::Release { sha256, by }))
}

/// The SHA-256 of what the ledgers say of a frozen batch now.
async fn standing(app: &App, month: Month) -> Result<String, Problem> {
    app.views.catch_up().await?;
    let views = app.views.clone();
    let made = move || -> Result<String, Problem> {
        let made = debit_file::standing(&views.snapshot()?, month)?.map_err(refused)?;
        Ok(made.request.sha256())
    };
    blocking(made).await
}

/// The command that freezes what the ledgers have answered by now.
pub async fn freezing(app: &App, month: Month, by: StaffId) -> Result<Command, Problem> {
    let consignor = app
        .consignor
        .clone()
        .ok_or_else(|| refused(Refusal::NoConsignor))?;
    app.views.catch_up().await?;
    let views = app.views.clone();
    let frozen = move || -> Result<Command, Problem> {
        let snapshot = views.snapshot()?;
        let row = debits::of_month(&snapshot, month)?.ok_or_else(|| refused(Refusal::NotOpened))?;
        let through = snapshot.number()?.unwrap_or_default();
        let made =
            debit_file::gathered(&snapshot, month, &consignor, row.debit_on)?.map_err(refused)?;
        let (totals, sha256) = (made.request.totals(), made.request.sha256());
        Ok(of(
            month,
            Batch::Freeze {
                through,
                totals,
                sha256,
                consignor,
                by,
            },
        ))
    };
    blocking(frozen).await
}

/// The command that takes a result, which was held against what was sent.
pub async fn receiving(
    app: &App,
    month: Month,
    result: Bytes,
    by: StaffId,
) -> Result<Command, Problem> {
    app.views.catch_up().await?;
    let views = app.views.clone();
    let checked = move || -> Result<Command, Problem> {
        let sent = debit_file::released(&views, month)?.map_err(refused)?;
        let checked = sent.check(&result).map_err(refused)?;
        Ok(of(month, Batch::ReceiveResult { checked, by }))
    };
    blocking(checked).await
}

/// The command that confirms what the ledgers have booked by now.
pub async fn reconciling(app: &App, month: Month, by: StaffId) -> Result<Command, Problem> {
    app.views.catch_up().await?;
    let views = app.views.clone();
    let sums = move || -> Result<Command, Problem> {
        let snapshot = views.snapshot()?;
        let sums = debits::sums(&snapshot, month)?;
        // The totals may agree where the records do not.
        let differing = debits::differing(&snapshot, month, 0)?.total;
        if differing > 0 {
            let (booked, asked) = (sums.asked.count - differing, sums.asked.count);
            return Err(refused(Refusal::Differs { booked, asked }));
        }
        let (collected, failed) = (sums.collected, sums.failed);
        Ok(of(
            month,
            Batch::Reconcile {
                collected,
                failed,
                by,
            },
        ))
    };
    blocking(sums).await
}

async fn blocking<T: Send + 'static>(
    read: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    tokio::task::spawn_blocking(read).await.map_err(|error| {
        tracing::error!(%error, "reading stopped");
        Problem::failed()
    })?
}

/// 集計した内容を確定する。
#[utoipa::path(post, path = "/debits/{month}/freeze", tag = "debits",
    params(("month" = String, Path, description = "The debit month, 2026-09")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn freeze_batch(
    asked: Asked,
    Path(month): Path<Month>,
) -> Result<Json<Recorded>, Problem> {
    let command = freezing(asked.app(), month, asked.staff()?).await?;
    asked.sends(command).await
}

/// 台帳・依頼・結果が一致したことを確認する。
#[utoipa::path(post, path = "/debits/{month}/reconcile", tag = "debits",
    params(("month" = String, Path, description = "The debit month, 2026-09")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn reconcile_batch(
    asked: Asked,
    Path(month): Path<Month>,
) -> Result<Json<Recorded>, Problem> {
    let command = reconciling(asked.app(), month, asked.staff()?).await?;
    asked.sends(command).await
}

/// 振替結果のファイルを取り込む。本文は銀行から戻ったファイルそのもの。
#[utoipa::path(post, path = "/debits/{month}/result", tag = "debits",
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    params(("month" = String, Path, description = "The debit month, 2026-09")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn receive_result(
    asked: Asked,
    Path(month): Path<Month>,
    result: Bytes,
) -> Result<Json<Recorded>, Problem> {
    let command = receiving(asked.app(), month, result, asked.staff()?).await?;
    asked.sends(command).await
}

/// 集計に戻す。
#[utoipa::path(post, path = "/debits/{month}/reopen", tag = "debits", request_body = ReopenBatch,
    params(("month" = String, Path, description = "The debit month, 2026-09")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn reopen_batch(
    asked: Asked,
    Path(target): Path<Month>,
    Json(body): Json<ReopenBatch>,
) -> Result<Json<Recorded>, Problem> {
    asked.signs(body, target).await
}

/// 内容を承認する（確定した担当者とは別の担当者）。
#[utoipa::path(post, path = "/debits/{month}/approve", tag = "debits", request_body = ApproveBatch,
    params(("month" = String, Path, description = "The debit month, 2026-09")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn approve_batch(
    asked: Asked,
    Path(month): Path<Month>,
    Json(ApproveBatch {}): Json<ApproveBatch>,
) -> Result<Json<Recorded>, Problem> {
    let command = approving(asked.app(), month, asked.staff()?).await?;
    asked.sends(command).await
}

/// ファイルを送付する（承認者とは別の担当者）。
#[utoipa::path(post, path = "/debits/{month}/release", tag = "debits", request_body = ReleaseBatch,
    params(("month" = String, Path, description = "The debit month, 2026-09")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn release_batch(
    asked: Asked,
    Path(month): Path<Month>,
    Json(ReleaseBatch {}): Json<ReleaseBatch>,
) -> Result<Json<Recorded>, Problem> {
    let command = releasing(asked.app(), month, asked.staff()?).await?;
    asked.sends(command).await
}
