//! 添付: `/cases/{no}/attachments…`.

use super::{Asked, Recorded, blank_is_none, blank_or_yen};
use crate::attaching::{self, FILE_BODY_MAX, Incoming, Said, refused};
use crate::dashboard::viewer::Viewer;
use crate::problem::{Problem, ProblemDocument};
use axum::Json;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, Query};
use axum::response::Response;
use chrono::NaiveDate;
use daicho_domain::attachment::{self, Matter};
use daicho_domain::document::FileDigest;
use daicho_domain::personal::Typed;
use daicho_projections::attachments::{self, AttachmentRow};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

/// What is said of a file in the address that it is sent to.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Told {
    /// What the file is called.
    #[serde(default)]
    pub name: String,
    /// `scan`, `fax`, `mail` or `other`; by kind of file and case where it is left out.
    #[serde(default, deserialize_with = "blank_is_none")]
    #[param(value_type = Option<String>, example = "scan")]
    pub matter: Option<Matter>,
    /// The day it arrived; today where it is left out.
    #[serde(default, deserialize_with = "blank_is_none")]
    pub arrived_on: Option<NaiveDate>,
    /// The yen it is about, with tax: it is found by them in 電子取引.
    #[serde(default, deserialize_with = "blank_or_yen")]
    pub amount: Option<u64>,
}

/// It does not belong to the case.
#[derive(Debug, Deserialize, ToSchema)]
pub struct WithdrawAttachment {
    /// Why.
    #[schema(value_type = String)]
    pub reason: Typed,
}

/// The files on a case, as programs read them.
pub fn listed(row: &AttachmentRow, name: Option<String>) -> Value {
    json!({
        "digest": row.digest, "name": name, "matter": row.matter, "kind": row.kind, "bytes": row.bytes,
        "arrived_on": row.arrived_on, "amount": row.amount, "attached_on": row.attached_on, "actor": row.actor, "file": row.file
    })
}

/// 案件にファイルを添付する。本文はファイルそのもの（PDF・JPEG・PNG・TIFF・メール、20 MiB まで）。種類は中身で判定する。
#[utoipa::path(post, path = "/cases/{no}/attachments", tag = "cases",
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    params(("no" = String, Path, description = "案件番号"), Told),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn attach(
    asked: Asked,
    viewer: Viewer,
    Path(no): Path<String>,
    Query(told): Query<Told>,
    body: Body,
) -> Result<Json<Recorded>, Problem> {
    let row = attaching::numbered(&viewer, no).await?;
    let content = to_bytes(body, FILE_BODY_MAX).await;
    let content = content.map_err(|_| refused(attachment::Refusal::too_large()))?;
    let incoming = Incoming::look(&told.name, content)?;
    let said = Said {
        matter: told.matter,
        arrived_on: told.arrived_on,
        amount: told.amount,
    };
    asked.attaches(&row, incoming, said).await
}

/// 案件の添付ファイルの一覧。新しく届いた順。
#[utoipa::path(get, path = "/cases/{no}/attachments", tag = "cases",
    params(("no" = String, Path, description = "案件番号"), ("as_of" = Option<String>, Query)),
    responses((status = 200, body = Value), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn list_attachments(
    viewer: Viewer,
    Path(no): Path<String>,
) -> Result<Json<Value>, Problem> {
    let row = attaching::numbered(&viewer, no).await?;
    viewer
        .read(move |reading| {
            let files = attachments::of_case(reading.snapshot, &row.key)?;
            let mut rows = Vec::new();
            for file in &files {
                let name = match &file.name {
                    Some(name) => reading.snapshot.text(name)?,
                    None => None,
                };
                rows.push(listed(file, name));
            }
            Ok(Json(json!({ "total": rows.len(), "rows": rows })))
        })
        .await
}

/// 添付ファイルの中身。
#[utoipa::path(get, path = "/cases/{no}/attachments/{digest}", tag = "cases",
    params(("no" = String, Path, description = "案件番号"), ("digest" = String, Path, description = "SHA-256 of what came")),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn open_attachment(
    viewer: Viewer,
    Path((no, digest)): Path<(String, FileDigest)>,
) -> Result<Response, Problem> {
    let row = attaching::numbered(&viewer, no).await?;
    attaching::opened(&viewer.app, &row, digest).await
}

/// 案件のものでない添付ファイルを取り下げる。
#[utoipa::path(post, path = "/cases/{no}/attachments/{digest}/withdraw", tag = "cases", request_body = WithdrawAttachment,
    params(("no" = String, Path, description = "案件番号"), ("digest" = String, Path, description = "SHA-256 of what came")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn withdraw_attachment(
    asked: Asked,
    viewer: Viewer,
    Path((no, digest)): Path<(String, FileDigest)>,
    Json(body): Json<WithdrawAttachment>,
) -> Result<Json<Recorded>, Problem> {
    let row = attaching::numbered(&viewer, no).await?;
    asked
        .sends(attaching::withdrawing(&row, digest, body.reason)?)
        .await
}
