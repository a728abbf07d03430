//! 書面: `/letters/{id}/…`.

use super::poa::tracking;
use super::{Act, Asked, Recorded, blank_is_none};
use crate::problem::{Problem, ProblemDocument};
use axum::Json;
use axum::extract::Path;
use chrono::NaiveDate;
use daicho_domain::dispatch;
use daicho_domain::nouns::Command;
use daicho_domain::poa::Method;
use daicho_domain::stream::{LetterId, Stream};
use serde::Deserialize;
use utoipa::ToSchema;

type Answered = Result<Json<Recorded>, Problem>;

fn of(id: LetterId, command: dispatch::Command) -> Command {
    Command::dispatch(&Stream::Dispatch(id), command)
}

/// It went out.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = SendLetter)]
pub struct Send {
    /// `post` or `express`.
    #[schema(value_type = String, example = "post")]
    pub method: Method,
    /// The day it was posted.
    pub sent_on: NaiveDate,
    /// 追跡番号 of the envelope: 11 or 12 digits, or 13 characters of mail abroad; hyphens do not count.
    #[serde(default, deserialize_with = "blank_is_none")]
    #[schema(example = "131-12-38385-2")]
    pub tracking: Option<String>,
}

impl Act for Send {
    type Target = LetterId;

    fn command(self, id: LetterId) -> Result<Command, Problem> {
        let tracking = self.tracking.as_deref().map(tracking).transpose()?;
        let Self {
            method, sent_on, ..
        } = self;
        let sent = dispatch::Command::Send {
            method,
            sent_on,
            tracking,
        };
        Ok(of(id, sent))
    }
}

/// It came back as undeliverable.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = RecordUndeliverableLetter)]
pub struct RecordUndeliverable {
    /// The day it came back.
    pub returned_on: NaiveDate,
}

impl Act for RecordUndeliverable {
    type Target = LetterId;

    fn command(self, id: LetterId) -> Result<Command, Problem> {
        let Self { returned_on } = self;
        Ok(of(
            id,
            dispatch::Command::RecordUndeliverable { returned_on },
        ))
    }
}

/// 書面を発送済みにする。
#[utoipa::path(post, path = "/letters/{id}/send", tag = "letters", request_body = Send,
    params(("id" = String, Path, description = "The letter")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn send_letter(
    asked: Asked,
    Path(id): Path<LetterId>,
    Json(body): Json<Send>,
) -> Answered {
    asked.does(body, id).await
}

/// 書面が不達で戻ったことを記録する。
#[utoipa::path(post, path = "/letters/{id}/record_undeliverable", tag = "letters", request_body = RecordUndeliverable,
    params(("id" = String, Path, description = "The letter")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn record_undeliverable_letter(
    asked: Asked,
    Path(id): Path<LetterId>,
    Json(body): Json<RecordUndeliverable>,
) -> Answered {
    asked.does(body, id).await
}
