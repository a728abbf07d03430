//! Mails: `/mails…`. No address and no person's name stands in them, and of a link not its end.

use super::reads::{Read, page, range};
use super::{Asked, Recorded, SignedAct};
use crate::dashboard::mails as list;
use crate::dashboard::viewer::{Reading, Viewer};
use crate::problem::{Problem, ProblemDocument};
use axum::Json;
use axum::extract::Path;
use daicho_domain::mail;
use daicho_domain::nouns::Command;
use daicho_domain::stream::{MailId, StaffId, Stream};
use daicho_projections::mails::{self, MailRow};
use daicho_projections::{case_history, corporations};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

type Answered = Result<Json<Recorded>, Problem>;

/// A mail as programs read it.
fn drawn(row: &MailRow, reading: &Reading<'_>) -> Result<Value, Problem> {
    let mut drawn = json!(row);
    let whose = corporations::find(reading.snapshot, row.corporation)?;
    drawn["corporation_name"] = json!(whose.map(|whose| whose.name));
    drawn["maybe_twice"] = json!(row.mailing.0.maybe_twice());
    Ok(drawn)
}

/// メールの一覧。依頼の新しい順。宛先のアドレスと担当者名は含まない。
#[utoipa::path(get, path = "/mails", tag = "mails",
    params(("status" = Option<Vec<String>>, Query, description = "gave_up, unaddressed, claimed, waiting, sent, dropped, called_off"),
        ("kind" = Option<Vec<String>>, Query, description = "trial_received, trial_started, registered, poa_forms, poa_reminder, poa_overdue, credential_notice, receipt, payment_certificate"),
        ("corporation" = Option<String>, Query),
        ("offset" = Option<u64>, Query), ("limit" = Option<u64>, Query), ("as_of" = Option<String>, Query)),
    responses((status = 200, body = Value), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn list_mails(viewer: Viewer) -> Read {
    viewer
        .read(|reading| {
            let (offset, limit) = range(reading.viewer);
            let filter = list::filter(&reading.viewer.query);
            let listed = mails::list(reading.snapshot, &filter, offset, limit)?;
            let mut document = page(reading.viewer, &listed);
            for (nth, row) in listed.rows.iter().enumerate() {
                document["rows"][nth] = drawn(row, reading)?;
            }
            Ok(Json(document))
        })
        .await
}

/// メール：今の登録内容で作った文面（担当者名とリンクの末尾を除く）と、これまでの出来事。
#[utoipa::path(get, path = "/mails/{id}", tag = "mails",
    params(("id" = String, Path, description = "The mail"), ("as_of" = Option<String>, Query)),
    responses((status = 200, body = Value), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn read_mail(Path(id): Path<MailId>, viewer: Viewer) -> Read {
    let draft = list::draft(id, &viewer).await?;
    viewer
        .read(move |reading| {
            let row = mails::find(reading.snapshot, id)?;
            let row = row.ok_or_else(|| Problem::not_found("メール"))?;
            let events = case_history::of_stream(reading.snapshot, &Stream::Mail(id))?;
            let events = events.iter().map(|event| {
                json!({ "number": event.number, "type": event.kind, "recorded_at": event.recorded_at })
            });
            Ok(Json(json!({
                "mail": drawn(&row, reading)?,
                "draft": draft.map(|draft| json!({ "subject": draft.subject, "text": draft.text })),
                "events": events.collect::<Vec<_>>(),
            })))
        })
        .await
}

/// It is to go out, whatever it rests for.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ReleaseMail {}

impl SignedAct for ReleaseMail {
    type Target = MailId;

    fn command(self, id: MailId, by: StaffId) -> Result<Command, Problem> {
        Ok(Command::mail(
            &Stream::Mail(id),
            mail::Command::Release { by },
        ))
    }
}

/// It does not go out.
#[derive(Debug, Deserialize, ToSchema)]
pub struct DropMail {}

impl SignedAct for DropMail {
    type Target = MailId;

    fn command(self, id: MailId, by: StaffId) -> Result<Command, Problem> {
        Ok(Command::mail(&Stream::Mail(id), mail::Command::Drop { by }))
    }
}

/// 保留・不達・宛先なしのメールを送信に戻す。
#[utoipa::path(post, path = "/mails/{id}/release", tag = "mails", request_body = ReleaseMail,
    params(("id" = String, Path, description = "The mail")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn release_mail(
    asked: Asked,
    Path(id): Path<MailId>,
    Json(body): Json<ReleaseMail>,
) -> Answered {
    asked.signs(body, id).await
}

/// メールを送信しないことにする。
#[utoipa::path(post, path = "/mails/{id}/drop", tag = "mails", request_body = DropMail,
    params(("id" = String, Path, description = "The mail")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn drop_mail(
    asked: Asked,
    Path(id): Path<MailId>,
    Json(body): Json<DropMail>,
) -> Answered {
    asked.signs(body, id).await
}
