//! 伝送の申込: `/corporations/{corporation}/transmissions/{service}/…`.

use super::enrolment::Receipt;
use super::{Act, Asked, Recorded, blank_is_none};
use crate::problem::{Problem, ProblemDocument};
use axum::Json;
use axum::extract::Path;
use daicho_domain::Service;
use daicho_domain::dates::Month;
use daicho_domain::identifiers::{InvalidIdentifier, KjId, OfficeNumber};
use daicho_domain::nouns::Command;
use daicho_domain::personal::Typed;
use daicho_domain::stream::{ApplicationId, CorporationId, OfficeId, Stream};
use daicho_domain::transmission::{self, Decision, Missing};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

type Target = (CorporationId, Service);

fn of((corporation, service): Target, command: transmission::Command) -> Command {
    Command::transmission(&Stream::Transmission(corporation, service), command)
}

/// What an identifier that cannot be one says, with the likely correct one.
pub fn invalid(why: &InvalidIdentifier) -> Problem {
    Problem {
        code: why.code().to_owned(),
        ..Problem::unreadable(&why.to_string())
    }
}

fn kj_id(sent: Option<&str>) -> Result<Option<KjId>, Problem> {
    let sent = sent.map(str::trim).filter(|sent| !sent.is_empty());
    sent.map(|sent| KjId::parse(sent).map_err(|why| invalid(&why)))
        .transpose()
}

/// An office on the form.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ApplyingOffice {
    /// Its 事業所番号.
    #[schema(example = "0170210231")]
    pub number: String,
    /// Its KJ ID; without it the application rests as KJ ID待ち.
    #[serde(default)]
    pub kj_id: Option<String>,
    /// A person has confirmed a KJ ID whose office part differs.
    #[serde(default)]
    pub kj_id_confirmed: bool,
    /// Entries of the form that are missing, by name.
    #[serde(default)]
    pub missing: Vec<String>,
}

impl TryFrom<ApplyingOffice> for transmission::ApplyingOffice {
    type Error = Problem;

    fn try_from(sent: ApplyingOffice) -> Result<Self, Problem> {
        let number = OfficeNumber::parse(&sent.number).map_err(|why| invalid(&why))?;
        let kj_id = kj_id(sent.kj_id.as_deref())?;
        let missing = match (sent.missing.is_empty(), kj_id) {
            (false, _) => Some(Missing::Entries(sent.missing)),
            (true, None) => Some(Missing::KjId),
            (true, Some(_)) => None,
        };
        Ok(Self {
            number,
            kj_id,
            kj_id_confirmed: sent.kj_id_confirmed,
            missing,
        })
    }
}

/// An application.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Apply {
    /// Its id, chosen by the caller; a new one without.
    #[serde(default)]
    pub application: Option<Uuid>,
    /// How and when it came in.
    #[serde(flatten)]
    pub receipt: Receipt,
    /// Its offices.
    pub offices: Vec<ApplyingOffice>,
}

impl Act for Apply {
    type Target = Target;

    fn command(self, target: Target) -> Result<Command, Problem> {
        let offices: Result<Vec<_>, _> = self.offices.into_iter().map(TryInto::try_into).collect();
        let application = ApplicationId(self.application.unwrap_or_else(Uuid::now_v7));
        let receipt = self.receipt.into();
        Ok(of(
            target,
            transmission::Command::Apply {
                application,
                receipt,
                offices: offices?,
            },
        ))
    }
}

/// What was missing for an office.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Complete {
    /// The application.
    #[schema(value_type = String)]
    pub application: ApplicationId,
    /// The office.
    #[schema(value_type = String)]
    pub office: OfficeId,
    /// Its KJ ID, if it was missing.
    #[serde(default)]
    pub kj_id: Option<String>,
    /// `yes`: a person has confirmed a KJ ID whose office part differs.
    #[serde(default)]
    pub kj_id_confirmed: Option<String>,
    /// How and when it came in.
    #[serde(flatten)]
    pub receipt: Receipt,
}

impl Act for Complete {
    type Target = Target;

    fn command(self, target: Target) -> Result<Command, Problem> {
        Ok(of(
            target,
            transmission::Command::Complete {
                application: self.application,
                office: self.office,
                kj_id: kj_id(self.kj_id.as_deref())?,
                kj_id_confirmed: self.kj_id_confirmed.as_deref() == Some("yes"),
                receipt: self.receipt.into(),
            },
        ))
    }
}

/// One office, or all, leave an application.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Withdraw {
    /// The application.
    #[schema(value_type = String)]
    pub application: ApplicationId,
    /// The office; all of them without.
    #[serde(default, deserialize_with = "blank_is_none")]
    #[schema(value_type = Option<String>)]
    pub office: Option<OfficeId>,
    /// Why.
    #[schema(value_type = String)]
    pub reason: Typed,
}

impl Act for Withdraw {
    type Target = Target;

    fn command(self, target: Target) -> Result<Command, Problem> {
        let Self {
            application,
            office,
            reason,
        } = self;
        Ok(of(
            target,
            transmission::Command::Withdraw {
                application,
                office,
                reason,
            },
        ))
    }
}

/// A person decides where the rules end.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Decide {
    /// The application.
    #[schema(value_type = String)]
    pub application: ApplicationId,
    /// The office.
    #[schema(value_type = String)]
    pub office: OfficeId,
    /// The month it starts in, `2027-01`; everything stays as it is without.
    #[serde(default, deserialize_with = "blank_is_none")]
    #[schema(value_type = Option<String>, example = "2027-01")]
    pub start_in: Option<Month>,
    /// Why.
    #[schema(value_type = String)]
    pub reason: Typed,
}

impl Act for Decide {
    type Target = Target;

    fn command(self, target: Target) -> Result<Command, Problem> {
        let Self {
            application,
            office,
            start_in,
            reason,
        } = self;
        let decision = start_in.map_or(Decision::Keep, Decision::StartIn);
        Ok(of(
            target,
            transmission::Command::Decide {
                application,
                office,
                decision,
                reason,
            },
        ))
    }
}

/// 伝送の申込を受け付ける。
#[utoipa::path(post, path = "/corporations/{corporation}/transmissions/{service}/apply", tag = "transmissions", request_body = Apply,
    params(("corporation" = String, Path, description = "The corporation"), ("service" = String, Path, description = "honobono-mini2 or care-net-messenger")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn apply(
    asked: Asked,
    Path(target): Path<Target>,
    Json(body): Json<Apply>,
) -> Result<Json<Recorded>, Problem> {
    asked.does(body, target).await
}

/// 不足していた内容を受け付ける。
#[utoipa::path(post, path = "/corporations/{corporation}/transmissions/{service}/complete", tag = "transmissions", request_body = Complete,
    params(("corporation" = String, Path, description = "The corporation"), ("service" = String, Path, description = "honobono-mini2 or care-net-messenger")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn complete(
    asked: Asked,
    Path(target): Path<Target>,
    Json(body): Json<Complete>,
) -> Result<Json<Recorded>, Problem> {
    asked.does(body, target).await
}

/// 申込を取り下げる。
#[utoipa::path(post, path = "/corporations/{corporation}/transmissions/{service}/withdraw", tag = "transmissions", request_body = Withdraw,
    params(("corporation" = String, Path, description = "The corporation"), ("service" = String, Path, description = "honobono-mini2 or care-net-messenger")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn withdraw(
    asked: Asked,
    Path(target): Path<Target>,
    Json(body): Json<Withdraw>,
) -> Result<Json<Recorded>, Problem> {
    asked.does(body, target).await
}

/// 判断待ちの事項を決める。
#[utoipa::path(post, path = "/corporations/{corporation}/transmissions/{service}/decide", tag = "transmissions", request_body = Decide,
    params(("corporation" = String, Path, description = "The corporation"), ("service" = String, Path, description = "honobono-mini2 or care-net-messenger")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn decide(
    asked: Asked,
    Path(target): Path<Target>,
    Json(body): Json<Decide>,
) -> Result<Json<Recorded>, Problem> {
    asked.does(body, target).await
}
