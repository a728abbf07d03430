//! 仮登録・本登録: `/corporations/{corporation}/enrolments/{service}/…`.

use super::{Act, Asked, Recorded, blank_is_none};
use crate::problem::{Problem, ProblemDocument};
use axum::Json;
use axum::extract::Path;
use chrono::{NaiveDate, NaiveTime};
use daicho_domain::Service;
use daicho_domain::enrolment;
use daicho_domain::intake::{self, Channel};
use daicho_domain::nouns::Command;
use daicho_domain::personal::Typed;
use daicho_domain::stream::{CorporationId, OfficeId, Stream};
use serde::Deserialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;

type Target = (CorporationId, Service);

fn of((corporation, service): Target, command: enrolment::Command) -> Command {
    Command::enrolment(&Stream::Enrolment(corporation, service), command)
}

/// How and when something came in.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct Receipt {
    /// The day of receipt, Japan time: it meets the cut-off.
    pub received_on: NaiveDate,
    /// The time of receipt, `14:05`.
    #[serde(default, deserialize_with = "clock_time")]
    #[schema(value_type = Option<String>, example = "14:05")]
    pub received_at: Option<NaiveTime>,
    /// `form`, `post`, `fax`, `mail`, `hand`.
    #[schema(value_type = String, example = "form")]
    pub channel: Channel,
    /// The receipt number on the paper or the form.
    #[serde(default, deserialize_with = "blank_is_none")]
    pub receipt_number: Option<String>,
    /// What proves the day of receipt, needed when a cut-off lies between receipt and entry.
    #[serde(default, deserialize_with = "blank_is_none")]
    pub proof: Option<String>,
}

impl From<Receipt> for intake::Receipt {
    fn from(receipt: Receipt) -> Self {
        Self {
            on: receipt.received_on,
            at: receipt.received_at,
            channel: receipt.channel,
            number: receipt.receipt_number,
            proof: receipt.proof,
        }
    }
}

/// A time of day, with or without seconds, as browsers and people write it.
pub fn clock_time<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<NaiveTime>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?.unwrap_or_default();
    if text.trim().is_empty() {
        return Ok(None);
    }
    ["%H:%M", "%H:%M:%S"]
        .iter()
        .find_map(|form| NaiveTime::parse_from_str(text.trim(), form).ok())
        .map(Some)
        .ok_or_else(|| serde::de::Error::custom("a time is written 14:05"))
}

/// A 仮登録.
#[derive(Debug, Deserialize, ToSchema)]
pub struct StartTrial {
    /// How and when the form came in.
    #[serde(flatten)]
    pub receipt: Receipt,
    /// Why a person lets a corporation whose former use is over try again; without it, a second 仮登録 is refused.
    #[serde(default, deserialize_with = "blank_is_none")]
    #[schema(value_type = Option<String>)]
    pub again_because: Option<Typed>,
}

impl Act for StartTrial {
    type Target = Target;

    fn command(self, target: Target) -> Result<Command, Problem> {
        let receipt = self.receipt.into();
        let command = match self.again_because {
            None => enrolment::Command::StartTrial { receipt },
            Some(reason) => enrolment::Command::StartTrialAgain { receipt, reason },
        };
        Ok(of(target, command))
    }
}

/// The offices of a trial.
#[derive(Debug, Deserialize, ToSchema)]
pub struct EnterOffices {
    /// The offices.
    #[schema(value_type = Vec<String>)]
    pub offices: BTreeSet<OfficeId>,
    /// The day of receipt.
    pub received_on: NaiveDate,
}

impl Act for EnterOffices {
    type Target = Target;

    fn command(self, target: Target) -> Result<Command, Problem> {
        let Self {
            offices,
            received_on,
        } = self;
        Ok(of(
            target,
            enrolment::Command::EnterOffices {
                offices,
                received_on,
            },
        ))
    }
}

/// A 本登録.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Register {
    /// How and when the form came in.
    #[serde(flatten)]
    pub receipt: Receipt,
    /// The version of the 利用者規約 that was accepted.
    pub terms_version: String,
}

impl Act for Register {
    type Target = Target;

    fn command(self, target: Target) -> Result<Command, Problem> {
        let receipt = self.receipt.into();
        let terms_version = self.terms_version;
        Ok(of(
            target,
            enrolment::Command::Register {
                receipt,
                terms_version,
            },
        ))
    }
}

/// 仮登録を受け付ける。
#[utoipa::path(post, path = "/corporations/{corporation}/enrolments/{service}/start_trial", tag = "enrolments", request_body = StartTrial,
    params(("corporation" = String, Path, description = "The corporation"), ("service" = String, Path, description = "The service, honobono-mini2")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn start_trial(
    asked: Asked,
    Path(target): Path<Target>,
    Json(body): Json<StartTrial>,
) -> Result<Json<Recorded>, Problem> {
    asked.does(body, target).await
}

/// 事業所情報を受け付ける。
#[utoipa::path(post, path = "/corporations/{corporation}/enrolments/{service}/enter_offices", tag = "enrolments", request_body = EnterOffices,
    params(("corporation" = String, Path, description = "The corporation"), ("service" = String, Path, description = "The service, honobono-mini2")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn enter_offices(
    asked: Asked,
    Path(target): Path<Target>,
    Json(body): Json<EnterOffices>,
) -> Result<Json<Recorded>, Problem> {
    asked.does(body, target).await
}

/// 本登録を受け付ける。
#[utoipa::path(post, path = "/corporations/{corporation}/enrolments/{service}/register", tag = "enrolments", request_body = Register,
    params(("corporation" = String, Path, description = "The corporation"), ("service" = String, Path, description = "The service, honobono-mini2")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn register(
    asked: Asked,
    Path(target): Path<Target>,
    Json(body): Json<Register>,
) -> Result<Json<Recorded>, Problem> {
    asked.does(body, target).await
}
