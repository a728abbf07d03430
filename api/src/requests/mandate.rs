//! 口座振替依頼書: `/corporations/{corporation}/mandate/…`.

use super::{Act, Asked, Recorded, blank_is_none};
use crate::problem::{Problem, ProblemDocument};
use axum::Json;
use axum::extract::Path;
use chrono::NaiveDate;
use daicho_domain::corporation::{BankAccount, MandateCommand, MandateDefect};
use daicho_domain::nouns::Command;
use daicho_domain::personal::Personal;
use daicho_domain::stream::{CorporationId, Stream};
use daicho_domain::zengin::{AccountKind, NotDigits};
use serde::Deserialize;
use utoipa::ToSchema;

fn of(id: CorporationId, step: MandateCommand) -> Command {
    Command::corporation(&Stream::Corporation(id), step.into())
}

fn unreadable(why: &NotDigits) -> Problem {
    Problem::unreadable(&format!("{why}。"))
}

/// The form went out.
#[derive(Debug, Deserialize, ToSchema)]
pub struct SendMandate {
    /// The day.
    pub sent_on: NaiveDate,
}

impl Act for SendMandate {
    type Target = CorporationId;

    fn command(self, id: CorporationId) -> Result<Command, Problem> {
        let sent_on = self.sent_on;
        Ok(of(id, MandateCommand::Send { sent_on }))
    }
}

/// The form came back.
#[derive(Deserialize, ToSchema)]
pub struct ReturnMandate {
    /// The day it arrived.
    pub returned_on: NaiveDate,
    /// 金融機関コード, four digits.
    #[schema(example = "9999")]
    pub bank: String,
    /// The bank's name in kana.
    pub bank_name: String,
    /// 支店コード, three digits.
    #[schema(example = "001")]
    pub branch: String,
    /// The branch's name in kana.
    pub branch_name: String,
    /// `ordinary`, `current`, `tax_reserve`, `other`.
    #[schema(value_type = String, example = "ordinary")]
    pub kind: AccountKind,
    /// 口座番号, up to seven digits.
    #[schema(example = "0000001")]
    pub number: String,
    /// 口座名義 in kana.
    #[schema(example = "フク）ヒカリカイ")]
    pub holder: String,
}

impl Act for ReturnMandate {
    type Target = CorporationId;

    fn command(self, id: CorporationId) -> Result<Command, Problem> {
        let personal = |text| Personal::new(BankAccount::subject(id, 0), text);
        let account = BankAccount {
            bank: self.bank.parse().map_err(|why| unreadable(&why))?,
            bank_name: self.bank_name,
            branch: self.branch.parse().map_err(|why| unreadable(&why))?,
            branch_name: self.branch_name,
            kind: self.kind,
            number: personal(self.number),
            holder: personal(self.holder),
        };
        let returned_on = self.returned_on;
        Ok(of(
            id,
            MandateCommand::Return {
                returned_on,
                account,
            },
        ))
    }
}

/// The form went to the bank.
#[derive(Debug, Deserialize, ToSchema)]
pub struct HandMandateToBank {
    /// The day.
    pub on: NaiveDate,
}

impl Act for HandMandateToBank {
    type Target = CorporationId;

    fn command(self, id: CorporationId) -> Result<Command, Problem> {
        Ok(of(id, MandateCommand::HandToBank { on: self.on }))
    }
}

/// The bank registered the mandate.
#[derive(Debug, Deserialize, ToSchema)]
pub struct RegisterMandate {
    /// The day of the answer.
    pub on: NaiveDate,
    /// 顧客番号, if the collector assigned one; else it follows from the 法人番号.
    #[serde(default, deserialize_with = "blank_is_none")]
    pub customer: Option<String>,
}

impl Act for RegisterMandate {
    type Target = CorporationId;

    fn command(self, id: CorporationId) -> Result<Command, Problem> {
        let customer = self.customer.as_deref().map(str::parse).transpose();
        let customer = customer.map_err(|why| unreadable(&why))?;
        let on = self.on;
        Ok(of(id, MandateCommand::Register { on, customer }))
    }
}

/// The form is defective.
#[derive(Debug, Deserialize, ToSchema)]
pub struct FindMandateDefective {
    /// The day it was found, or came back from the bank.
    pub on: NaiveDate,
    /// `seal_differs`, `account`, `holder`, `incomplete`, `other`.
    #[schema(value_type = String, example = "seal_differs")]
    pub defect: MandateDefect,
    /// What else was noted.
    #[serde(default, deserialize_with = "blank_is_none")]
    pub note: Option<String>,
}

impl Act for FindMandateDefective {
    type Target = CorporationId;

    fn command(self, id: CorporationId) -> Result<Command, Problem> {
        let note = self
            .note
            .map(|note| Personal::new(BankAccount::subject(id, 0), note));
        let (on, defect) = (self.on, self.defect);
        Ok(of(id, MandateCommand::FindDefective { on, defect, note }))
    }
}

/// 口座振替依頼書の発送を記録する。
#[utoipa::path(post, path = "/corporations/{corporation}/mandate/send", tag = "mandates", request_body = SendMandate,
    params(("corporation" = String, Path, description = "The corporation")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn send_mandate(
    asked: Asked,
    Path(target): Path<CorporationId>,
    Json(body): Json<SendMandate>,
) -> Result<Json<Recorded>, Problem> {
    asked.does(body, target).await
}

/// 口座振替依頼書の返送を記録する。
#[utoipa::path(post, path = "/corporations/{corporation}/mandate/return", tag = "mandates", request_body = ReturnMandate,
    params(("corporation" = String, Path, description = "The corporation")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn take_back_mandate(
    asked: Asked,
    Path(target): Path<CorporationId>,
    Json(body): Json<ReturnMandate>,
) -> Result<Json<Recorded>, Problem> {
    asked.does(body, target).await
}

/// 口座振替依頼書を銀行に提出したことを記録する。
#[utoipa::path(post, path = "/corporations/{corporation}/mandate/hand_to_bank", tag = "mandates", request_body = HandMandateToBank,
    params(("corporation" = String, Path, description = "The corporation")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn hand_mandate_to_bank(
    asked: Asked,
    Path(target): Path<CorporationId>,
    Json(body): Json<HandMandateToBank>,
) -> Result<Json<Recorded>, Problem> {
    asked.does(body, target).await
}

/// 銀行の口座登録を記録する。
#[utoipa::path(post, path = "/corporations/{corporation}/mandate/register", tag = "mandates", request_body = RegisterMandate,
    params(("corporation" = String, Path, description = "The corporation")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn register_mandate(
    asked: Asked,
    Path(target): Path<CorporationId>,
    Json(body): Json<RegisterMandate>,
) -> Result<Json<Recorded>, Problem> {
    asked.does(body, target).await
}

/// 口座振替依頼書の不備を記録する。
#[utoipa::path(post, path = "/corporations/{corporation}/mandate/find_defective", tag = "mandates", request_body = FindMandateDefective,
    params(("corporation" = String, Path, description = "The corporation")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn find_defective_mandate(
    asked: Asked,
    Path(target): Path<CorporationId>,
    Json(body): Json<FindMandateDefective>,
) -> Result<Json<Recorded>, Problem> {
    asked.does(body, target).await
}
