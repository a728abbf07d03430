//! 日次締め: `/office_days/{day}/…`.

use super::{Act, Asked, Recorded, blank_is_none};
use crate::problem::{Problem, ProblemDocument};
use axum::Json;
use axum::extract::Path;
use chrono::NaiveDate;
use daicho_domain::intake::Channel;
use daicho_domain::nouns::Command;
use daicho_domain::office_day;
use daicho_domain::personal::Typed;
use daicho_domain::stream::Stream;
use serde::Deserialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

fn of(day: NaiveDate, command: office_day::Command) -> Command {
    Command::office_day(&Stream::OfficeDay(day), command)
}

/// So many sheets came in one way.
#[derive(Debug, Deserialize, ToSchema)]
pub struct CountPost {
    /// `post`, `fax`, …
    #[schema(value_type = String, example = "post")]
    pub channel: Channel,
    /// How many sheets; 0 when nothing came.
    pub sheets: u32,
}

impl Act for CountPost {
    type Target = NaiveDate;

    fn command(self, day: NaiveDate) -> Result<Command, Problem> {
        let Self { channel, sheets } = self;
        Ok(of(day, office_day::Command::CountPost { channel, sheets }))
    }
}

/// The day's post is complete.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Close {
    /// How many sheets were entered with this day of arrival, by channel, as the caller saw them.
    #[schema(value_type = BTreeMap<String, u32>)]
    pub entered: BTreeMap<Channel, u32>,
    /// Why it differs from what was counted.
    #[serde(default, deserialize_with = "blank_is_none")]
    #[schema(value_type = Option<String>)]
    pub difference: Option<Typed>,
}

impl Act for Close {
    type Target = NaiveDate;

    fn command(self, day: NaiveDate) -> Result<Command, Problem> {
        let Self {
            entered,
            difference,
        } = self;
        Ok(of(
            day,
            office_day::Command::Close {
                entered,
                difference,
            },
        ))
    }
}

/// 数えた通数を記録する。
#[utoipa::path(post, path = "/office_days/{day}/count_post", tag = "office_days", request_body = CountPost,
    params(("day" = NaiveDate, Path, description = "The business day")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn count_post(
    asked: Asked,
    Path(day): Path<NaiveDate>,
    Json(body): Json<CountPost>,
) -> Result<Json<Recorded>, Problem> {
    asked.does(body, day).await
}

/// その日の郵便を締める。
#[utoipa::path(post, path = "/office_days/{day}/close", tag = "office_days", request_body = Close,
    params(("day" = NaiveDate, Path, description = "The business day")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn close(
    asked: Asked,
    Path(day): Path<NaiveDate>,
    Json(body): Json<Close>,
) -> Result<Json<Recorded>, Problem> {
    asked.does(body, day).await
}
