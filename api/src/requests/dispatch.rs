//! 書面: `/letters/{id}/…`.

use super::poa::Dispatch;
use super::{Act, Asked, Recorded};
use crate::problem::{Problem, ProblemDocument};
use axum::Json;
use axum::extract::Path;
use chrono::NaiveDate;
use daicho_domain::dispatch;
use daicho_domain::nouns::Command;
use daicho_domain::stream::{LetterId, Stream};
use serde::Deserialize;
use utoipa::ToSchema;

type Answered = Result<Json<Recorded>, Problem>;

fn of(id: LetterId, command: dispatch::Command) -> Command {
    Command::dispatch(&Stream::Dispatch(id), command)
}

/// It went out: said as of a 委任状.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub struct Send(Dispatch);

impl Act for Send {
    type Target = LetterId;

    fn command(self, id: LetterId) -> Result<Command, Problem> {
        let (method, sent_on, tracking) = self.0.read()?;
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
#[utoipa::path(post, path = "/letters/{id}/send", tag = "letters", request_body = Dispatch,
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
