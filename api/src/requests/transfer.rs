//! 事業譲渡: `/corporations/{corporation}/transfer_office`, and what the corporation it went to does not take up.

use super::transmission::invalid;
use super::{Act, Asked, Recorded, blank_is_none};
use crate::problem::{Problem, ProblemDocument};
use axum::Json;
use axum::extract::Path;
use chrono::NaiveDate;
use daicho_domain::corporation::Command as Corporation;
use daicho_domain::identifiers::CorporateNumber;
use daicho_domain::nouns::Command;
use daicho_domain::personal::Typed;
use daicho_domain::stream::{CorporationId, OfficeId, Stream};
use daicho_projections::corporations;
use serde::Deserialize;
use utoipa::ToSchema;

fn of(id: CorporationId, command: Corporation) -> Command {
    Command::corporation(&Stream::Corporation(id), command)
}

/// An office goes to another corporation.
#[derive(Debug, Deserialize, ToSchema)]
pub struct TransferOffice {
    /// The office.
    #[schema(value_type = String)]
    pub office: OfficeId,
    /// The corporation it goes to, by its id.
    #[serde(default, deserialize_with = "blank_is_none")]
    #[schema(value_type = Option<String>)]
    pub to: Option<CorporationId>,
    /// The same by its 法人番号.
    #[serde(default, deserialize_with = "blank_is_none")]
    #[schema(example = "7123456789012")]
    pub to_number: Option<String>,
    /// The first day under the new corporation.
    pub on: NaiveDate,
    /// The contract, or who said so.
    #[schema(value_type = String)]
    pub reason: Typed,
}

/// The command of a transfer: people name the transferee by its 法人番号, the log by its id.
pub fn transferring(
    app: &crate::App,
    id: CorporationId,
    body: TransferOffice,
) -> Result<Command, Problem> {
    let TransferOffice {
        office,
        to,
        to_number,
        on,
        reason,
    } = body;
    let to = match (to, to_number) {
        (Some(to), _) => to,
        (None, Some(number)) => {
            let number = CorporateNumber::parse(&number).map_err(|why| invalid(&why))?;
            let row = corporations::numbered(&app.views.snapshot()?, number)?;
            row.map_or_else(|| CorporationId::of_number(number.as_str()), |row| row.id)
        }
        (None, None) => {
            return Err(Problem::unreadable(
                "譲渡先がありません。譲渡先の法人番号を入力してください。",
            ));
        }
    };
    let transfer = Corporation::TransferOffice {
        office,
        to,
        on,
        reason,
    };
    Ok(of(id, transfer))
}

/// 事業所を別の法人に譲渡する。
///
/// 事業所番号・サービス種類・ライセンスは移ります。始まっていない申込は取り下げられ、委任状は無効になります。月額利用料は、初日の前日の月まで譲渡元、
/// 翌月から譲渡先です。伝送は、譲渡先の新しい申込が始まるまで譲渡元で続きます。
#[utoipa::path(post, path = "/corporations/{corporation}/transfer_office", tag = "corporations", request_body = TransferOffice,
    params(("corporation" = String, Path, description = "The corporation that has the office")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn transfer_office(
    asked: Asked,
    Path(id): Path<CorporationId>,
    Json(body): Json<TransferOffice>,
) -> Result<Json<Recorded>, Problem> {
    let command = transferring(asked.app(), id, body)?;
    asked.sends(command).await
}

/// An office that came from another corporation is not to use ほのぼのmini2 here.
#[derive(Debug, Deserialize, ToSchema)]
pub struct DeclineUse {
    /// The office.
    #[schema(value_type = String)]
    pub office: OfficeId,
    /// Who said so, and when.
    #[schema(value_type = String)]
    pub reason: Typed,
}

impl Act for DeclineUse {
    type Target = CorporationId;

    fn command(self, id: CorporationId) -> Result<Command, Problem> {
        let Self { office, reason } = self;
        Ok(of(id, Corporation::DeclineUse { office, reason }))
    }
}

/// 譲り受けた事業所でほのぼのmini2を使わないことを記録する。
#[utoipa::path(post, path = "/corporations/{corporation}/decline_use", tag = "corporations", request_body = DeclineUse,
    params(("corporation" = String, Path, description = "The corporation that the office came to")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn decline_use(
    asked: Asked,
    Path(id): Path<CorporationId>,
    Json(body): Json<DeclineUse>,
) -> Result<Json<Recorded>, Problem> {
    asked.does(body, id).await
}
