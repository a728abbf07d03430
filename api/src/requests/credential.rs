//! ID/PW: `/credentials/{id}/…`. What the secret is can be asked nowhere: only that it be set anew, or that the customer
//! has set another one.

use super::{Act, Asked, Recorded};
use crate::problem::{Problem, ProblemDocument};
use axum::Json;
use axum::extract::Path;
use daicho_domain::credential::{self, ReissueReason};
use daicho_domain::nouns::Command;
use daicho_domain::stream::{CredentialId, Stream};
use serde::Deserialize;
use utoipa::ToSchema;

type Answered = Result<Json<Recorded>, Problem>;

fn of(id: CredentialId, command: credential::Command) -> Command {
    Command::credential(&Stream::Credential(id), command)
}

/// A new initial password is to be set for the same ID.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Reissue {
    /// `customer`, who is charged for it by rule, or `ours`.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "customer")]
    pub why: ReissueReason,
}

impl Act for Reissue {
    type Target = CredentialId;

    fn command(self, id: CredentialId) -> Result<Command, Problem> {
        Ok(of(id, credential::Command::Reissue { why: self.why }))
    }
}

/// The customer has set a new password without us.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NoteReset {}

impl Act for NoteReset {
    type Target = CredentialId;

    fn command(self, id: CredentialId) -> Result<Command, Problem> {
        Ok(of(id, credential::Command::NoteReset {}))
    }
}

/// パスワードを再発行する。お客様が見る確認用リンクは新しくなり、古いリンクは使えなくなる。お客様の依頼による手数料は、規程に従って自動で請求に加わる。
#[utoipa::path(post, path = "/credentials/{id}/reissue", tag = "credentials", request_body = Reissue,
    params(("id" = String, Path, description = "The ID/PW")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn reissue(
    asked: Asked,
    Path(id): Path<CredentialId>,
    Json(body): Json<Reissue>,
) -> Answered {
    asked.does(body, id).await
}

/// お客様がご自身でパスワードを変えたことを記録する（料金はかからない）。初期パスワードの確認用リンクは使えなくなる。
#[utoipa::path(post, path = "/credentials/{id}/note_reset", tag = "credentials", request_body = NoteReset,
    params(("id" = String, Path, description = "The ID/PW")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn note_reset(
    asked: Asked,
    Path(id): Path<CredentialId>,
    Json(body): Json<NoteReset>,
) -> Answered {
    asked.does(body, id).await
}
