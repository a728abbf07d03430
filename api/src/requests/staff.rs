//! 担当者: `/staff/{id}/…`.

use super::{Act, Asked, Recorded, actor, caller};
use crate::App;
use crate::problem::{Problem, ProblemDocument};
use axum::Json;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use daicho_domain::nouns::Command;
use daicho_domain::personal::Personal;
use daicho_domain::staff;
use daicho_domain::stream::{StaffId, Stream};
use serde::Deserialize;
use utoipa::ToSchema;

/// Somebody joined, or their name changed.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Name {
    /// What colleagues read.
    pub name: String,
}

impl Act for Name {
    type Target = StaffId;

    fn command(self, id: StaffId) -> Result<Command, Problem> {
        let name = Personal::new(format!("staff-{id}"), self.name);
        Ok(Command::staff(
            &Stream::Staff(id),
            staff::Command::Name { name },
        ))
    }
}

/// Who may say that somebody joined: a member of the staff, and where nobody ever worked the first one herself.
pub struct Naming(Asked);

impl FromRequestParts<App> for Naming {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let viewer = caller(parts, app).await?;
        let actor = match viewer.staff_all.is_empty() {
            true => {
                let id = Path::<StaffId>::from_request_parts(parts, app).await;
                let Path(first) = id.map_err(|_| Problem::not_found("担当者"))?;
                first.to_string()
            }
            false => actor(&viewer)?,
        };
        Ok(Self(Asked::by(app, parts, &actor)?))
    }
}

/// Somebody left.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Leave {}

impl Act for Leave {
    type Target = StaffId;

    fn command(self, id: StaffId) -> Result<Command, Problem> {
        Ok(Command::staff(&Stream::Staff(id), staff::Command::Leave {}))
    }
}

/// 担当者を登録する、または名前を変える。
#[utoipa::path(post, path = "/staff/{id}/name", tag = "staff", request_body = Name,
    params(("id" = String, Path, description = "The member of the staff: a UUID of the caller's choice for a new one")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn name(
    Naming(asked): Naming,
    Path(id): Path<StaffId>,
    Json(body): Json<Name>,
) -> Result<Json<Recorded>, Problem> {
    asked.does(body, id).await
}

/// 担当者の退任を記録する。
#[utoipa::path(post, path = "/staff/{id}/leave", tag = "staff",
    params(("id" = String, Path, description = "The member of the staff")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn leave(asked: Asked, Path(id): Path<StaffId>) -> Result<Json<Recorded>, Problem> {
    asked.does(Leave {}, id).await
}
