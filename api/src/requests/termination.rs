//! 終了・解約: `/corporations/{corporation}/terminations/{service}/…`.

use super::{Act, Asked, Recorded, blank_is_none};
use crate::problem::{Problem, ProblemDocument};
use crate::requests::enrolment::clock_time;
use axum::Json;
use axum::extract::Path;
use chrono::{NaiveDate, NaiveTime};
use daicho_domain::Service;
use daicho_domain::dates::Month;
use daicho_domain::identifiers::OfficeNumber;
use daicho_domain::nouns::Command;
use daicho_domain::stream::{CorporationId, OfficeId, Stream};
use daicho_domain::termination::{self, Scope, Way};
use serde::Deserialize;
use utoipa::ToSchema;

type Target = (CorporationId, Service);

fn of((corporation, service): Target, command: termination::Command) -> Command {
    Command::termination(&Stream::Termination(corporation, service), command)
}

/// How and when the customer asked.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Received {
    /// `form`; every other way is refused.
    #[schema(value_type = String, example = "form")]
    pub way: Way,
    /// The day of receipt, Japan time: it meets the cut-off.
    pub received_on: NaiveDate,
    /// The time of receipt, which the form carries.
    #[serde(default, deserialize_with = "clock_time")]
    #[schema(value_type = Option<String>, example = "14:05")]
    pub received_at: Option<NaiveTime>,
    /// The form's receipt number.
    #[serde(default, deserialize_with = "blank_is_none")]
    pub receipt_number: Option<String>,
}

impl From<Received> for termination::Request {
    fn from(received: Received) -> Self {
        Self {
            way: received.way,
            on: received.received_on,
            at: received.received_at,
            number: received.receipt_number,
        }
    }
}

/// An end, of the whole use or of one office.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Request {
    /// How and when the customer asked.
    #[serde(flatten)]
    pub received: Received,
    /// The office; without it the whole use ends.
    #[serde(default, deserialize_with = "blank_is_none")]
    #[schema(value_type = Option<String>)]
    pub office: Option<OfficeId>,
    /// With the office: the former number that ends, while the office goes on under its present one.
    #[serde(default, deserialize_with = "blank_is_none")]
    #[schema(value_type = Option<String>, example = "0170210231")]
    pub number: Option<OfficeNumber>,
    /// The end month, `2026-12`.
    #[schema(value_type = String, example = "2026-12")]
    pub end_month: Month,
    /// How many returned claims are open.
    #[serde(default, deserialize_with = "count")]
    #[schema(value_type = u32, example = 0)]
    pub open_returns: u32,
}

impl Act for Request {
    type Target = Target;

    fn command(self, target: Target) -> Result<Command, Problem> {
        Ok(of(
            target,
            termination::Command::Request {
                scope: match (self.office, self.number) {
                    (None, _) => Scope::Whole,
                    (Some(office), None) => Scope::Office(office),
                    (Some(office), Some(number)) => Scope::Number { office, number },
                },
                request: self.received.into(),
                end_month: self.end_month,
                open_returns: self.open_returns,
            },
        ))
    }
}

/// An end is taken back.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Withdraw {
    /// How and when the customer asked.
    #[serde(flatten)]
    pub received: Received,
    /// Which end, as the list has it.
    #[serde(deserialize_with = "count")]
    #[schema(value_type = u32, example = 1)]
    pub no: u32,
}

impl Act for Withdraw {
    type Target = Target;

    fn command(self, target: Target) -> Result<Command, Problem> {
        let request = self.received.into();
        Ok(of(
            target,
            termination::Command::Withdraw {
                no: self.no,
                request,
            },
        ))
    }
}

/// How many returned claims are open now.
#[derive(Debug, Deserialize, ToSchema)]
pub struct CountReturns {
    /// Which end, as the list has it.
    #[serde(deserialize_with = "count")]
    #[schema(value_type = u32, example = 1)]
    pub no: u32,
    /// How many.
    #[serde(deserialize_with = "count")]
    #[schema(value_type = u32, example = 0)]
    pub open: u32,
}

impl Act for CountReturns {
    type Target = Target;

    fn command(self, target: Target) -> Result<Command, Problem> {
        let Self { no, open } = self;
        Ok(of(target, termination::Command::CountReturns { no, open }))
    }
}

/// A count: a number in JSON, digits in a form.
fn count<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    let read = match &value {
        serde_json::Value::Number(number) => number.as_u64().and_then(|n| u32::try_from(n).ok()),
        serde_json::Value::String(digits) => digits.trim().parse().ok(),
        serde_json::Value::Null
        | serde_json::Value::Bool(_)
        | serde_json::Value::Array(_)
        | serde_json::Value::Object(_) => None,
    };
    read.ok_or_else(|| serde::de::Error::custom("a count is written in digits"))
}

/// 終了フォームを受け付ける。
#[utoipa::path(post, path = "/corporations/{corporation}/terminations/{service}/request", tag = "terminations", request_body = Request,
    params(("corporation" = String, Path, description = "The corporation"), ("service" = String, Path, description = "The service, honobono-mini2 or care-net-messenger")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn request(
    asked: Asked,
    Path(target): Path<Target>,
    Json(body): Json<Request>,
) -> Result<Json<Recorded>, Problem> {
    asked.does(body, target).await
}

/// 終了の取り下げを受け付ける。
#[utoipa::path(post, path = "/corporations/{corporation}/terminations/{service}/withdraw", tag = "terminations", request_body = Withdraw,
    params(("corporation" = String, Path, description = "The corporation"), ("service" = String, Path, description = "The service, honobono-mini2 or care-net-messenger")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn withdraw(
    asked: Asked,
    Path(target): Path<Target>,
    Json(body): Json<Withdraw>,
) -> Result<Json<Recorded>, Problem> {
    asked.does(body, target).await
}

/// 未処理の返戻の件数を記録する。
#[utoipa::path(post, path = "/corporations/{corporation}/terminations/{service}/count_returns", tag = "terminations", request_body = CountReturns,
    params(("corporation" = String, Path, description = "The corporation"), ("service" = String, Path, description = "The service, honobono-mini2 or care-net-messenger")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn count_returns(
    asked: Asked,
    Path(target): Path<Target>,
    Json(body): Json<CountReturns>,
) -> Result<Json<Recorded>, Problem> {
    asked.does(body, target).await
}
