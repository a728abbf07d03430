//! 委任状: `/poas/{id}/…`.

use super::transmission::invalid;
use super::{Act, Asked, Recorded, blank_is_none};
use crate::dashboard::filing_acts::FiledTogether;
use crate::dashboard::viewer::Viewer;
use crate::dashboard::{filing, filing_acts};
use crate::problem::{Problem, ProblemDocument};
use axum::Json;
use axum::extract::Path;
use chrono::NaiveDate;
use daicho_domain::identifiers::TrackingNumber;
use daicho_domain::intake::Channel;
use daicho_domain::nouns::Command;
use daicho_domain::personal::Typed;
use daicho_domain::poa::{self, Defect, Filing, Method};
use daicho_domain::stream::{PoaId, Stream};
use serde::Deserialize;
use utoipa::ToSchema;

type Answered = Result<Json<Recorded>, Problem>;

fn of(id: PoaId, command: poa::Command) -> Command {
    Command::poa(&Stream::Poa(id), command)
}

/// 追跡番号 as somebody typed or scanned it.
pub(crate) fn tracking(typed: &str) -> Result<TrackingNumber, Problem> {
    TrackingNumber::parse(typed).map_err(|why| invalid(&why))
}

/// It went out: a 委任状, or a letter.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Dispatch {
    /// `post`, `express`, or of a 委任状 also `mail`.
    #[schema(value_type = String, example = "post")]
    pub method: Method,
    /// The day it was posted.
    pub sent_on: NaiveDate,
    /// 追跡番号 of the envelope: 11 or 12 digits, or 13 characters of mail abroad; hyphens do not count.
    #[serde(default, deserialize_with = "blank_is_none")]
    #[schema(example = "131-12-38385-2")]
    pub tracking: Option<String>,
}

impl Dispatch {
    /// How, when, and under which number.
    pub(super) fn read(self) -> Result<(Method, NaiveDate, Option<TrackingNumber>), Problem> {
        let tracking = self.tracking.as_deref().map(tracking).transpose()?;
        Ok((self.method, self.sent_on, tracking))
    }
}

impl Act for Dispatch {
    type Target = PoaId;

    fn command(self, id: PoaId) -> Result<Command, Problem> {
        let (method, sent_on, tracking) = self.read()?;
        let sent = poa::Command::Dispatch {
            method,
            sent_on,
            tracking,
        };
        Ok(of(id, sent))
    }
}

/// It came back as undeliverable.
#[derive(Debug, Deserialize, ToSchema)]
pub struct RecordUndeliverable {
    /// The day it came back.
    pub returned_on: NaiveDate,
    /// What the envelope says.
    #[serde(default, deserialize_with = "blank_is_none")]
    #[schema(value_type = Option<String>)]
    pub note: Option<Typed>,
}

impl Act for RecordUndeliverable {
    type Target = PoaId;

    fn command(self, id: PoaId) -> Result<Command, Problem> {
        let returned_on = self.returned_on;
        let note = self.note;
        Ok(of(
            id,
            poa::Command::RecordUndeliverable { returned_on, note },
        ))
    }
}

/// It is to be printed again.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Reprint {
    /// Why.
    #[schema(value_type = String)]
    pub reason: Typed,
}

impl Act for Reprint {
    type Target = PoaId;

    fn command(self, id: PoaId) -> Result<Command, Problem> {
        Ok(of(
            id,
            poa::Command::Reprint {
                reason: self.reason,
            },
        ))
    }
}

/// A sheet arrived.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Receive {
    /// The day it arrived; the day of entry is the event's own.
    pub arrived_on: NaiveDate,
    /// `post`, `hand`, …
    #[schema(value_type = String, example = "post")]
    pub channel: Channel,
}

impl Act for Receive {
    type Target = PoaId;

    fn command(self, id: PoaId) -> Result<Command, Problem> {
        let Self {
            arrived_on,
            channel,
        } = self;
        Ok(of(
            id,
            poa::Command::Receive {
                arrived_on,
                channel,
            },
        ))
    }
}

/// It is in order.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Accept {}

impl Act for Accept {
    type Target = PoaId;

    fn command(self, id: PoaId) -> Result<Command, Problem> {
        Ok(of(id, poa::Command::Accept {}))
    }
}

/// It is not in order.
#[derive(Debug, Deserialize, ToSchema)]
pub struct FindDefective {
    /// What is wrong.
    #[schema(value_type = String, example = "seal_differs")]
    pub defect: Defect,
    /// What else was noted.
    #[serde(default, deserialize_with = "blank_is_none")]
    #[schema(value_type = Option<String>)]
    pub note: Option<Typed>,
}

impl Act for FindDefective {
    type Target = PoaId;

    fn command(self, id: PoaId) -> Result<Command, Problem> {
        let defect = self.defect;
        let note = self.note;
        Ok(of(id, poa::Command::FindDefective { defect, note }))
    }
}

/// One that arrived late keeps its month.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ApproveLate {}

impl Act for ApproveLate {
    type Target = PoaId;

    fn command(self, id: PoaId) -> Result<Command, Problem> {
        Ok(of(id, poa::Command::ApproveLate {}))
    }
}

/// It went to the federation.
#[derive(Debug, Deserialize, ToSchema)]
pub struct File {
    /// The day.
    pub filed_on: NaiveDate,
    /// Why it goes although no copy of it is attached; not needed where one is.
    #[serde(default, deserialize_with = "blank_is_none")]
    #[schema(value_type = Option<String>)]
    pub without_scan: Option<Typed>,
}

impl Act for File {
    type Target = PoaId;

    fn command(self, id: PoaId) -> Result<Command, Problem> {
        let filing = Filing::on(self.filed_on).without_scan(self.without_scan);
        Ok(of(id, poa::Command::File(filing)))
    }
}

/// The federation confirmed it.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Confirm {
    /// The day of the answer.
    pub on: NaiveDate,
}

impl Act for Confirm {
    type Target = PoaId;

    fn command(self, id: PoaId) -> Result<Command, Problem> {
        Ok(of(id, poa::Command::Confirm { on: self.on }))
    }
}

/// The federation rejected it.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Reject {
    /// The day of the answer.
    pub on: NaiveDate,
    /// What the federation says.
    #[schema(value_type = String)]
    pub reason: Typed,
}

impl Act for Reject {
    type Target = PoaId;

    fn command(self, id: PoaId) -> Result<Command, Problem> {
        let Self { on, reason } = self;
        Ok(of(id, poa::Command::Reject { on, reason }))
    }
}

/// 委任状を発送済みにする。
#[utoipa::path(post, path = "/poas/{id}/dispatch", tag = "poas", request_body = Dispatch,
    params(("id" = String, Path, description = "The 委任状")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn dispatch(asked: Asked, Path(id): Path<PoaId>, Json(body): Json<Dispatch>) -> Answered {
    asked.does(body, id).await
}

/// 委任状が不達で戻ったことを記録する。
#[utoipa::path(post, path = "/poas/{id}/record_undeliverable", tag = "poas", request_body = RecordUndeliverable,
    params(("id" = String, Path, description = "The 委任状")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn record_undeliverable(
    asked: Asked,
    Path(id): Path<PoaId>,
    Json(body): Json<RecordUndeliverable>,
) -> Answered {
    asked.does(body, id).await
}

/// 委任状を同じ期日で再印刷に回す。
#[utoipa::path(post, path = "/poas/{id}/reprint", tag = "poas", request_body = Reprint,
    params(("id" = String, Path, description = "The 委任状")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn reprint(asked: Asked, Path(id): Path<PoaId>, Json(body): Json<Reprint>) -> Answered {
    asked.does(body, id).await
}

/// 届いた委任状を受領する。
#[utoipa::path(post, path = "/poas/{id}/receive", tag = "poas", request_body = Receive,
    params(("id" = String, Path, description = "The 委任状")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn receive(asked: Asked, Path(id): Path<PoaId>, Json(body): Json<Receive>) -> Answered {
    asked.does(body, id).await
}

/// 委任状を不備なしとして受理する。
#[utoipa::path(post, path = "/poas/{id}/accept", tag = "poas",
    params(("id" = String, Path, description = "The 委任状")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn accept(asked: Asked, Path(id): Path<PoaId>) -> Answered {
    asked.does(Accept {}, id).await
}

/// 委任状の不備を記録する。
#[utoipa::path(post, path = "/poas/{id}/find_defective", tag = "poas", request_body = FindDefective,
    params(("id" = String, Path, description = "The 委任状")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn find_defective(
    asked: Asked,
    Path(id): Path<PoaId>,
    Json(body): Json<FindDefective>,
) -> Answered {
    asked.does(body, id).await
}

/// 期日後に届いた委任状を承認する。
#[utoipa::path(post, path = "/poas/{id}/approve_late", tag = "poas",
    params(("id" = String, Path, description = "The 委任状")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn approve_late(asked: Asked, Path(id): Path<PoaId>) -> Answered {
    asked.does(ApproveLate {}, id).await
}

/// 委任状を国保連へ提出済みにする。
#[utoipa::path(post, path = "/poas/{id}/file", tag = "poas", request_body = File,
    params(("id" = String, Path, description = "The 委任状")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn file(asked: Asked, Path(id): Path<PoaId>, Json(body): Json<File>) -> Answered {
    asked.does(body, id).await
}

/// 国保連の確認を記録する。
#[utoipa::path(post, path = "/poas/{id}/confirm", tag = "poas", request_body = Confirm,
    params(("id" = String, Path, description = "The 委任状")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn confirm(asked: Asked, Path(id): Path<PoaId>, Json(body): Json<Confirm>) -> Answered {
    asked.does(body, id).await
}

/// 国保連の差戻しを記録する。
#[utoipa::path(post, path = "/poas/{id}/reject", tag = "poas", request_body = Reject,
    params(("id" = String, Path, description = "The 委任状")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn reject(asked: Asked, Path(id): Path<PoaId>, Json(body): Json<Reject>) -> Answered {
    asked.does(body, id).await
}

/// They went to their federations together.
#[derive(Debug, Deserialize, ToSchema)]
pub struct FileTogether {
    /// The 委任状, at most 200.
    #[schema(value_type = Vec<String>)]
    pub poas: Vec<PoaId>,
    /// The day.
    pub filed_on: NaiveDate,
    /// Why those go of which no copy is attached; not needed where all have one.
    #[serde(default, deserialize_with = "blank_is_none")]
    #[schema(value_type = Option<String>)]
    pub without_scan: Option<Typed>,
}

/// 委任状をまとめて国保連へ提出済みにする。1枚でも提出できなければ、1枚も記録しない。送付状は国保連ごとに作って保管する。
#[utoipa::path(post, path = "/poas/file", tag = "poas", request_body = FileTogether,
    responses((status = 200, body = FiledTogether), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn file_together(
    asked: Asked,
    viewer: Viewer,
    Json(body): Json<FileTogether>,
) -> Result<Json<FiledTogether>, Problem> {
    filing::chosen_among(&body.poas)?;
    let filing = Filing::on(body.filed_on).without_scan(body.without_scan);
    let filed = filing_acts::together(&viewer, asked.asking(), body.poas, filing).await?;
    Ok(Json(filed.told()))
}
