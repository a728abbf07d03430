//! 請求・債権台帳: `/corporations/{corporation}/ledger/…`.

use super::{Act, Asked, Recorded, SignedAct, blank_is_none};
use crate::problem::{Problem, ProblemDocument};
use axum::Json;
use axum::extract::Path;
use chrono::NaiveDate;
use daicho_domain::billing::{
    Command as Billing, Delivery, EntryKey, Method, NoTransferNumber, PersonChoice, TransferNumber,
};
use daicho_domain::nouns::Command;
use daicho_domain::personal::{Personal, Typed};
use daicho_domain::stream::{CorporationId, StaffId, Stream};
use serde::Deserialize;
use utoipa::ToSchema;

fn of(id: CorporationId, command: Billing) -> Command {
    Command::billing(&Stream::Billing(id), command)
}

/// A payment outside the debit.
#[derive(Debug, Deserialize, ToSchema)]
pub struct RecordPayment {
    /// Yen.
    pub amount: u64,
    /// The day the money came.
    pub received_on: NaiveDate,
    /// `transfer`, `cash`, `other`.
    #[schema(value_type = String, example = "transfer")]
    pub method: Method,
    /// What else was noted.
    #[serde(default, deserialize_with = "blank_is_none")]
    pub note: Option<String>,
    /// The bank's number of the transfer: sent twice under one number, it is one payment.
    #[serde(default, deserialize_with = "blank_is_none")]
    #[schema(example = "2610-000123")]
    pub reference: Option<String>,
}

impl Act for RecordPayment {
    type Target = CorporationId;

    fn command(self, id: CorporationId) -> Result<Command, Problem> {
        let note = self
            .note
            .map(|note| Personal::new(format!("payment-{id}"), note));
        let reference = self.reference.as_deref().map(transfer).transpose()?;
        let Self {
            amount,
            received_on,
            method,
            ..
        } = self;
        Ok(of(
            id,
            Billing::RecordPayment {
                amount,
                received_on,
                method,
                note,
                reference,
            },
        ))
    }
}

/// The bank's number of a transfer as somebody typed it.
pub(super) fn transfer(text: &str) -> Result<TransferNumber, Problem> {
    text.parse().map_err(|_: NoTransferNumber| {
        Problem::unreadable("照会番号は、1〜40文字の英数字・記号（空白なし）で入力してください。")
    })
}

/// Credit that was paid back.
#[derive(Debug, Deserialize, ToSchema)]
pub struct RefundCredit {
    /// Yen.
    pub amount: u64,
    /// The day it was paid back.
    pub refunded_on: NaiveDate,
    /// What else was noted.
    #[serde(default, deserialize_with = "blank_is_none")]
    pub note: Option<String>,
}

impl Act for RefundCredit {
    type Target = CorporationId;

    fn command(self, id: CorporationId) -> Result<Command, Problem> {
        let note = self
            .note
            .map(|note| Personal::new(format!("payment-{id}"), note));
        let Self {
            amount,
            refunded_on,
            ..
        } = self;
        let refund = Billing::RefundCredit {
            amount,
            refunded_on,
            note,
        };
        Ok(of(id, refund))
    }
}

/// What a failed debit means.
#[derive(Debug, Deserialize, ToSchema)]
pub struct DecideFailed {
    /// `dun`, `redebit`.
    #[schema(value_type = String, example = "dun")]
    pub choice: PersonChoice,
    /// Why.
    #[schema(value_type = String)]
    pub reason: Typed,
}

impl Act for DecideFailed {
    type Target = CorporationId;

    fn command(self, id: CorporationId) -> Result<Command, Problem> {
        let Self { choice, reason } = self;
        Ok(of(id, Billing::DecideFailed { choice, reason }))
    }
}

/// A 領収書 of money that was collected.
#[derive(Debug, Deserialize, ToSchema)]
pub struct AskReceipt {
    /// The collected debit or the payment, by its key in the ledger.
    #[schema(value_type = String, example = "debit.2026-10")]
    pub entry: EntryKey,
    /// How the customer wishes to get it: `post` or `mail`; by post where it is left out.
    #[serde(default, deserialize_with = "blank_is_none")]
    #[schema(value_type = Option<String>, example = "mail")]
    pub by: Option<Delivery>,
}

impl Act for AskReceipt {
    type Target = CorporationId;

    fn command(self, id: CorporationId) -> Result<Command, Problem> {
        let (entry, by) = (self.entry, self.by.unwrap_or(Delivery::Post));
        Ok(of(id, Billing::AskReceipt { entry, by }))
    }
}

/// A 支払証明書 of everything that was collected in a period.
#[derive(Debug, Deserialize, ToSchema)]
pub struct AskCertificate {
    /// Its first day.
    pub from: NaiveDate,
    /// Its last day.
    pub to: NaiveDate,
    /// How the customer wishes to get it: `post` or `mail`; by post where it is left out.
    #[serde(default, deserialize_with = "blank_is_none")]
    #[schema(value_type = Option<String>, example = "mail")]
    pub by: Option<Delivery>,
}

impl Act for AskCertificate {
    type Target = CorporationId;

    fn command(self, id: CorporationId) -> Result<Command, Problem> {
        let Self { from, to, by } = self;
        let by = by.unwrap_or(Delivery::Post);
        Ok(of(id, Billing::AskCertificate { from, to, by }))
    }
}

/// That an entry be reversed.
#[derive(Debug, Deserialize, ToSchema)]
pub struct AskReversal {
    /// The charge or payment, by its key in the ledger.
    #[schema(value_type = String, example = "2026-08.honobono-mini2")]
    pub entry: EntryKey,
    /// Why.
    #[schema(value_type = String)]
    pub reason: Typed,
}

impl SignedAct for AskReversal {
    type Target = CorporationId;

    fn command(self, id: CorporationId, by: StaffId) -> Result<Command, Problem> {
        let Self { entry, reason } = self;
        Ok(of(id, Billing::AskReversal { entry, reason, by }))
    }
}

/// The second person approves a reversal.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ApproveReversal {
    /// The charge or payment.
    #[schema(value_type = String, example = "2026-08.honobono-mini2")]
    pub entry: EntryKey,
}

impl SignedAct for ApproveReversal {
    type Target = CorporationId;

    fn command(self, id: CorporationId, by: StaffId) -> Result<Command, Problem> {
        let entry = self.entry;
        Ok(of(id, Billing::ApproveReversal { entry, by }))
    }
}

/// Somebody declines a reversal.
#[derive(Debug, Deserialize, ToSchema)]
pub struct DeclineReversal {
    /// The charge or payment.
    #[schema(value_type = String, example = "2026-08.honobono-mini2")]
    pub entry: EntryKey,
}

impl SignedAct for DeclineReversal {
    type Target = CorporationId;

    fn command(self, id: CorporationId, by: StaffId) -> Result<Command, Problem> {
        let entry = self.entry;
        Ok(of(id, Billing::DeclineReversal { entry, by }))
    }
}

/// 口座振替以外の入金を記録する。
#[utoipa::path(post, path = "/corporations/{corporation}/ledger/record_payment", tag = "ledger", request_body = RecordPayment,
    params(("corporation" = String, Path, description = "The corporation")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn record_payment(
    asked: Asked,
    Path(target): Path<CorporationId>,
    Json(body): Json<RecordPayment>,
) -> Result<Json<Recorded>, Problem> {
    asked.does(body, target).await
}

/// 過入金の返金を記録する。
#[utoipa::path(post, path = "/corporations/{corporation}/ledger/refund_credit", tag = "ledger", request_body = RefundCredit,
    params(("corporation" = String, Path, description = "The corporation")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn refund_credit(
    asked: Asked,
    Path(target): Path<CorporationId>,
    Json(body): Json<RefundCredit>,
) -> Result<Json<Recorded>, Problem> {
    asked.does(body, target).await
}

/// 振替不能の扱いを決める。
#[utoipa::path(post, path = "/corporations/{corporation}/ledger/decide_failed", tag = "ledger", request_body = DecideFailed,
    params(("corporation" = String, Path, description = "The corporation")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn decide_failed(
    asked: Asked,
    Path(target): Path<CorporationId>,
    Json(body): Json<DecideFailed>,
) -> Result<Json<Recorded>, Problem> {
    asked.does(body, target).await
}

/// 請求・入金の取消を申請する。
#[utoipa::path(post, path = "/corporations/{corporation}/ledger/ask_reversal", tag = "ledger", request_body = AskReversal,
    params(("corporation" = String, Path, description = "The corporation")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn ask_reversal(
    asked: Asked,
    Path(target): Path<CorporationId>,
    Json(body): Json<AskReversal>,
) -> Result<Json<Recorded>, Problem> {
    asked.signs(body, target).await
}

/// 取消を承認する（申請者とは別の担当者）。
#[utoipa::path(post, path = "/corporations/{corporation}/ledger/approve_reversal", tag = "ledger", request_body = ApproveReversal,
    params(("corporation" = String, Path, description = "The corporation")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn approve_reversal(
    asked: Asked,
    Path(target): Path<CorporationId>,
    Json(body): Json<ApproveReversal>,
) -> Result<Json<Recorded>, Problem> {
    asked.signs(body, target).await
}

/// 取消の申請を却下する。
#[utoipa::path(post, path = "/corporations/{corporation}/ledger/decline_reversal", tag = "ledger", request_body = DeclineReversal,
    params(("corporation" = String, Path, description = "The corporation")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn decline_reversal(
    asked: Asked,
    Path(target): Path<CorporationId>,
    Json(body): Json<DeclineReversal>,
) -> Result<Json<Recorded>, Problem> {
    asked.signs(body, target).await
}

/// 領収書を発行する（発送簿に入るか、希望によりメールで送る）。同じ入金の2通目からは再発行と記される。
#[utoipa::path(post, path = "/corporations/{corporation}/ledger/ask_receipt", tag = "ledger", request_body = AskReceipt,
    params(("corporation" = String, Path, description = "The corporation")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn ask_receipt(
    asked: Asked,
    Path(target): Path<CorporationId>,
    Json(body): Json<AskReceipt>,
) -> Result<Json<Recorded>, Problem> {
    asked.does(body, target).await
}

/// 支払証明書を発行する（発送簿に入るか、希望によりメールで送る）。同じ期間の2通目からは再発行と記される。
#[utoipa::path(post, path = "/corporations/{corporation}/ledger/ask_certificate", tag = "ledger", request_body = AskCertificate,
    params(("corporation" = String, Path, description = "The corporation")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn ask_certificate(
    asked: Asked,
    Path(target): Path<CorporationId>,
    Json(body): Json<AskCertificate>,
) -> Result<Json<Recorded>, Problem> {
    asked.does(body, target).await
}
