//! オプション: `/corporations/{corporation}/options/…`.

use super::{Act, Asked, Recorded, blank_is_none};
use crate::problem::{Problem, ProblemDocument};
use axum::Json;
use axum::extract::Path;
use chrono::NaiveDate;
use daicho_domain::billing::{Command as Billing, IdKind, OptionKind, OrderNumber, Wish};
use daicho_domain::nouns::Command;
use daicho_domain::personal::Typed;
use daicho_domain::stream::{CorporationId, OfficeId, Stream};
use serde::Deserialize;
use std::num::NonZeroU32;
use utoipa::ToSchema;

fn of(id: CorporationId, command: Billing) -> Command {
    Command::billing(&Stream::Billing(id), command)
}

const fn one() -> NonZeroU32 {
    NonZeroU32::MIN
}

/// An order.
#[derive(Debug, Deserialize, ToSchema)]
pub struct OrderOption {
    /// The office.
    #[schema(value_type = String)]
    pub office: OfficeId,
    /// `return_manager`, `restore_notice`, `password_reissue`.
    #[schema(value_type = String, example = "restore_notice")]
    pub option: OptionKind,
    /// How many files or IDs; of 返戻管理くん always 1.
    #[serde(default = "one")]
    #[schema(value_type = u32, minimum = 1, example = 1)]
    pub quantity: NonZeroU32,
    /// Whose IDs, of passwords: `corporation`, `office`, `staff`.
    #[serde(default, deserialize_with = "blank_is_none")]
    #[schema(value_type = Option<String>, example = "office")]
    pub whose: Option<IdKind>,
    /// The day the order came in.
    pub received_on: NaiveDate,
}

impl Act for OrderOption {
    type Target = CorporationId;

    fn command(self, id: CorporationId) -> Result<Command, Problem> {
        let quantity = self.quantity;
        let wish = match (self.option, self.whose) {
            (OptionKind::ReturnManager, None) if quantity == one() => Wish::ReturnManager,
            (OptionKind::RestoreNotice, None) => Wish::RestoreNotice { files: quantity },
            (OptionKind::PasswordReissue, Some(whose)) => Wish::PasswordReissue {
                whose,
                ids: quantity,
            },
            (OptionKind::PasswordReissue, None) => {
                return Err(Problem::unreadable(
                    "パスワード再発行は、どのID（法人ID・事業所ID・職員ID）かを選んでください。",
                ));
            }
            (OptionKind::ReturnManager, None) => {
                return Err(Problem::unreadable(
                    "返戻管理くんは事業所ごとに1つです。数量は1にしてください。",
                ));
            }
            (OptionKind::ReturnManager | OptionKind::RestoreNotice, Some(_)) => {
                return Err(Problem::unreadable(
                    "IDの種類は、パスワード再発行のときだけ選んでください。",
                ));
            }
        };
        let order = Billing::OrderOption {
            office: self.office,
            wish,
            received_on: self.received_on,
        };
        Ok(of(id, order))
    }
}

/// Work that was done.
#[derive(Debug, Deserialize, ToSchema)]
pub struct FinishOption {
    /// The order, as the list has it.
    #[schema(value_type = u32, example = 1)]
    pub order: OrderNumber,
    /// How many files or IDs were done: no more than were ordered.
    #[schema(value_type = u32, minimum = 1, example = 1)]
    pub quantity: NonZeroU32,
    /// The day.
    pub on: NaiveDate,
}

impl Act for FinishOption {
    type Target = CorporationId;

    fn command(self, id: CorporationId) -> Result<Command, Problem> {
        let Self {
            order,
            quantity,
            on,
        } = self;
        let finish = Billing::FinishOption {
            order,
            quantity,
            on,
        };
        Ok(of(id, finish))
    }
}

/// The end of 返戻管理くん.
#[derive(Debug, Deserialize, ToSchema)]
pub struct EndOption {
    /// The order, as the list has it.
    #[schema(value_type = u32, example = 1)]
    pub order: OrderNumber,
    /// The day the customer said so.
    pub received_on: NaiveDate,
}

impl Act for EndOption {
    type Target = CorporationId;

    fn command(self, id: CorporationId) -> Result<Command, Problem> {
        let Self { order, received_on } = self;
        Ok(of(id, Billing::EndOption { order, received_on }))
    }
}

/// An order taken back before anything was done.
#[derive(Debug, Deserialize, ToSchema)]
pub struct WithdrawOption {
    /// The order, as the list has it.
    #[schema(value_type = u32, example = 1)]
    pub order: OrderNumber,
    /// Why.
    #[schema(value_type = String)]
    pub reason: Typed,
}

impl Act for WithdrawOption {
    type Target = CorporationId;

    fn command(self, id: CorporationId) -> Result<Command, Problem> {
        let Self { order, reason } = self;
        Ok(of(id, Billing::WithdrawOption { order, reason }))
    }
}

/// オプションの申込を受け付ける。
///
/// 返戻管理くんは月ごと、復旧とパスワード再発行は作業した数だけ請求します。料金は規程の額で、作業した月の分として翌月に引き落とします。
#[utoipa::path(post, path = "/corporations/{corporation}/options/order", tag = "options", request_body = OrderOption,
    params(("corporation" = String, Path, description = "The corporation")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn order_option(
    asked: Asked,
    Path(target): Path<CorporationId>,
    Json(body): Json<OrderOption>,
) -> Result<Json<Recorded>, Problem> {
    asked.does(body, target).await
}

/// オプションの作業の完了を記録する。パスワードそのものは記録しません。
#[utoipa::path(post, path = "/corporations/{corporation}/options/finish", tag = "options", request_body = FinishOption,
    params(("corporation" = String, Path, description = "The corporation")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn finish_option(
    asked: Asked,
    Path(target): Path<CorporationId>,
    Json(body): Json<FinishOption>,
) -> Result<Json<Recorded>, Problem> {
    asked.does(body, target).await
}

/// 返戻管理くんをやめる申し出を受け付ける。
#[utoipa::path(post, path = "/corporations/{corporation}/options/end", tag = "options", request_body = EndOption,
    params(("corporation" = String, Path, description = "The corporation")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn end_option(
    asked: Asked,
    Path(target): Path<CorporationId>,
    Json(body): Json<EndOption>,
) -> Result<Json<Recorded>, Problem> {
    asked.does(body, target).await
}

/// オプションの申込を取り下げる（作業・課金の前だけ）。
#[utoipa::path(post, path = "/corporations/{corporation}/options/withdraw", tag = "options", request_body = WithdrawOption,
    params(("corporation" = String, Path, description = "The corporation")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn withdraw_option(
    asked: Asked,
    Path(target): Path<CorporationId>,
    Json(body): Json<WithdrawOption>,
) -> Result<Json<Recorded>, Problem> {
    asked.does(body, target).await
}
