//! 法人・事業所: `/corporations/{corporation}/…`.

use super::transmission::invalid;
use super::{Act, Asked, Recorded, blank_is_none};
use crate::problem::{Problem, ProblemDocument};
use axum::Json;
use axum::extract::Path;
use chrono::NaiveDate;
use daicho_domain::corporation::{self, Contact, Destination, Entry, NewEntry, SendTo};
use daicho_domain::identifiers::{CorporateNumber, OfficeNumber};
use daicho_domain::nouns::Command;
use daicho_domain::personal::{Personal, Typed};
use daicho_domain::stream::{CorporationId, OfficeId, Stream};
use serde::Deserialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

fn of(id: CorporationId, command: corporation::Command) -> Command {
    Command::corporation(&Stream::Corporation(id), command)
}

fn corporate_number(sent: &str) -> Result<CorporateNumber, Problem> {
    CorporateNumber::parse(sent).map_err(|why| invalid(&why))
}

fn office_number(sent: &str) -> Result<OfficeNumber, Problem> {
    OfficeNumber::parse(sent).map_err(|why| invalid(&why))
}

/// A corporation becomes known.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Register {
    /// Its 法人番号, if it has a valid one.
    #[serde(default, deserialize_with = "blank_is_none")]
    #[schema(example = "7000012050002")]
    pub number: Option<String>,
    /// Its name.
    pub name: String,
    /// Its ids in other systems (system → id).
    #[serde(default)]
    pub external_refs: BTreeMap<String, String>,
}

impl Act for Register {
    type Target = CorporationId;

    fn command(self, id: CorporationId) -> Result<Command, Problem> {
        Ok(of(
            id,
            corporation::Command::Register {
                number: self.number.as_deref().map(corporate_number).transpose()?,
                name: self.name,
                external_refs: self.external_refs,
                source: None,
                warnings: vec![],
            },
        ))
    }
}

/// An office with its service kinds.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewOffice {
    /// Its 事業所番号.
    #[schema(example = "0170210231")]
    pub number: String,
    /// Its service kinds, the first of which it shows.
    pub entries: Vec<OfficeEntry>,
}

/// One service kind of an office.
#[derive(Debug, Deserialize, ToSchema)]
pub struct OfficeEntry {
    /// サービスの種類.
    pub kind: String,
    /// The office's name under it.
    pub name: String,
    /// The name in kana.
    #[serde(default)]
    pub kana: Option<String>,
    /// The address.
    #[serde(default)]
    pub address: Option<String>,
    /// The published telephone number.
    #[serde(default)]
    pub phone: Option<String>,
}

/// Offices become known.
#[derive(Debug, Deserialize, ToSchema)]
pub struct AddOffices {
    /// The offices.
    pub offices: Vec<NewOffice>,
}

impl Act for AddOffices {
    type Target = CorporationId;

    fn command(self, id: CorporationId) -> Result<Command, Problem> {
        let office = |sent: NewOffice| {
            let entry = |entry: OfficeEntry| NewEntry {
                entry: Entry {
                    kind: entry.kind,
                    name: entry.name,
                    kana: entry.kana,
                    address: entry.address,
                    phone: entry.phone,
                    normalised: BTreeMap::new(),
                },
                source: None,
            };
            Ok(corporation::NewOffice {
                number: office_number(&sent.number)?,
                entries: sent.entries.into_iter().map(entry).collect(),
                warnings: vec![],
            })
        };
        let offices: Result<Vec<_>, Problem> = self.offices.into_iter().map(office).collect();
        Ok(of(
            id,
            corporation::Command::AddOffices { offices: offices? },
        ))
    }
}

/// A provisional corporation gets its number.
#[derive(Debug, Deserialize, ToSchema)]
pub struct AssignNumber {
    /// The 法人番号.
    #[schema(example = "7000012050002")]
    pub number: String,
}

impl Act for AssignNumber {
    type Target = CorporationId;

    fn command(self, id: CorporationId) -> Result<Command, Problem> {
        let number = corporate_number(&self.number)?;
        Ok(of(id, corporation::Command::AssignNumber { number }))
    }
}

/// It is in truth another corporation.
#[derive(Debug, Deserialize, ToSchema)]
pub struct MergeInto {
    /// The one that stays.
    #[schema(value_type = String)]
    pub corporation: CorporationId,
}

impl Act for MergeInto {
    type Target = CorporationId;

    fn command(self, id: CorporationId) -> Result<Command, Problem> {
        let corporation = self.corporation;
        Ok(of(id, corporation::Command::MergeInto { corporation }))
    }
}

/// A merger is taken back.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Unmerge {}

impl Act for Unmerge {
    type Target = CorporationId;

    fn command(self, id: CorporationId) -> Result<Command, Problem> {
        Ok(of(id, corporation::Command::Unmerge {}))
    }
}

/// It has another name.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ChangeName {
    /// The new name.
    pub name: String,
}

impl Act for ChangeName {
    type Target = CorporationId;

    fn command(self, id: CorporationId) -> Result<Command, Problem> {
        Ok(of(id, corporation::Command::ChangeName { name: self.name }))
    }
}

/// The person to talk to.
#[derive(Debug, Deserialize, ToSchema)]
pub struct SetContact {
    /// Their name.
    pub name: String,
    /// Their telephone number.
    #[serde(default, deserialize_with = "blank_is_none")]
    pub phone: Option<String>,
    /// Their mail address.
    #[serde(default, deserialize_with = "blank_is_none")]
    pub mail: Option<String>,
}

impl Act for SetContact {
    type Target = CorporationId;

    fn command(self, id: CorporationId) -> Result<Command, Problem> {
        let personal = |text: String| Personal::new(Contact::subject(id, 0), text);
        let contact = Contact {
            name: personal(self.name),
            phone: self.phone.map(personal),
            mail: self.mail.map(personal),
        };
        Ok(of(id, corporation::Command::SetContact { contact }))
    }
}

/// Where what goes by post goes.
#[derive(Debug, Deserialize, ToSchema)]
pub struct SetDestination {
    /// `head_office`: 委任状 and return envelopes together to the head office; `each_office`: each office's own to the office.
    #[schema(value_type = String, example = "each_office")]
    pub to: SendTo,
    /// The address of the head office, where that is none of the offices'.
    #[serde(default, deserialize_with = "blank_is_none")]
    #[schema(example = "〒060-0000 北海道札幌市中央区架空条9丁目")]
    pub head_office: Option<String>,
}

impl Act for SetDestination {
    type Target = CorporationId;

    fn command(self, id: CorporationId) -> Result<Command, Problem> {
        let Self { to, head_office } = self;
        let destination = Destination { to, head_office };
        Ok(of(id, corporation::Command::SetDestination { destination }))
    }
}

/// Whoever asks has confirmed what cannot be taken back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Confirmed {
    /// Yes.
    Yes,
}

/// Somebody asked to be forgotten.
#[derive(Debug, Deserialize, ToSchema)]
pub struct EraseTexts {
    /// Why, without any personal text: it stays in the log.
    #[schema(value_type = String)]
    pub reason: Typed,
    /// It cannot be taken back.
    pub confirmed: Confirmed,
}

impl Act for EraseTexts {
    type Target = CorporationId;

    fn command(self, id: CorporationId) -> Result<Command, Problem> {
        let reason = self.reason;
        Ok(of(id, corporation::Command::EraseTexts { reason }))
    }
}

/// An office has a new number.
#[derive(Debug, Deserialize, ToSchema)]
pub struct RenumberOffice {
    /// The office.
    #[schema(value_type = String)]
    pub office: OfficeId,
    /// The new 事業所番号.
    pub number: String,
    /// Its first day.
    pub on: NaiveDate,
}

impl Act for RenumberOffice {
    type Target = CorporationId;

    fn command(self, id: CorporationId) -> Result<Command, Problem> {
        let number = office_number(&self.number)?;
        let Self { office, on, .. } = self;
        Ok(of(
            id,
            corporation::Command::RenumberOffice { office, number, on },
        ))
    }
}

/// An office no longer belongs to it.
#[derive(Debug, Deserialize, ToSchema)]
pub struct RemoveOffice {
    /// The office.
    #[schema(value_type = String)]
    pub office: OfficeId,
    /// Why.
    #[schema(value_type = String)]
    pub reason: Typed,
}

impl Act for RemoveOffice {
    type Target = CorporationId;

    fn command(self, id: CorporationId) -> Result<Command, Problem> {
        let Self { office, reason } = self;
        Ok(of(
            id,
            corporation::Command::RemoveOffice { office, reason },
        ))
    }
}

/// 法人を登録する。IDは法人番号があればそれから決まるものを使う。
#[utoipa::path(post, path = "/corporations/{corporation}/register", tag = "corporations", request_body = Register,
    params(("corporation" = String, Path, description = "The corporation")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn register(
    asked: Asked,
    Path(id): Path<CorporationId>,
    Json(body): Json<Register>,
) -> Result<Json<Recorded>, Problem> {
    asked.does(body, id).await
}

/// 事業所とサービス種類を追加する。
#[utoipa::path(post, path = "/corporations/{corporation}/add_offices", tag = "corporations", request_body = AddOffices,
    params(("corporation" = String, Path, description = "The corporation")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn add_offices(
    asked: Asked,
    Path(id): Path<CorporationId>,
    Json(body): Json<AddOffices>,
) -> Result<Json<Recorded>, Problem> {
    asked.does(body, id).await
}

/// 仮登録の法人に法人番号を登録する。
#[utoipa::path(post, path = "/corporations/{corporation}/assign_number", tag = "corporations", request_body = AssignNumber,
    params(("corporation" = String, Path, description = "The corporation")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn assign_number(
    asked: Asked,
    Path(id): Path<CorporationId>,
    Json(body): Json<AssignNumber>,
) -> Result<Json<Recorded>, Problem> {
    asked.does(body, id).await
}

/// 別の法人に統合する。
#[utoipa::path(post, path = "/corporations/{corporation}/merge_into", tag = "corporations", request_body = MergeInto,
    params(("corporation" = String, Path, description = "The corporation")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn merge_into(
    asked: Asked,
    Path(id): Path<CorporationId>,
    Json(body): Json<MergeInto>,
) -> Result<Json<Recorded>, Problem> {
    asked.does(body, id).await
}

/// 統合を取り消す。
#[utoipa::path(post, path = "/corporations/{corporation}/unmerge", tag = "corporations",
    params(("corporation" = String, Path, description = "The corporation")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn unmerge(
    asked: Asked,
    Path(id): Path<CorporationId>,
) -> Result<Json<Recorded>, Problem> {
    asked.does(Unmerge {}, id).await
}

/// 法人名を変える。
#[utoipa::path(post, path = "/corporations/{corporation}/change_name", tag = "corporations", request_body = ChangeName,
    params(("corporation" = String, Path, description = "The corporation")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn change_name(
    asked: Asked,
    Path(id): Path<CorporationId>,
    Json(body): Json<ChangeName>,
) -> Result<Json<Recorded>, Problem> {
    asked.does(body, id).await
}

/// 連絡先を登録する。
#[utoipa::path(post, path = "/corporations/{corporation}/set_contact", tag = "corporations", request_body = SetContact,
    params(("corporation" = String, Path, description = "The corporation")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn set_contact(
    asked: Asked,
    Path(id): Path<CorporationId>,
    Json(body): Json<SetContact>,
) -> Result<Json<Recorded>, Problem> {
    asked.does(body, id).await
}

/// 書類の送り先を決める。
#[utoipa::path(post, path = "/corporations/{corporation}/set_destination", tag = "corporations", request_body = SetDestination,
    params(("corporation" = String, Path, description = "The corporation")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn set_destination(
    asked: Asked,
    Path(id): Path<CorporationId>,
    Json(body): Json<SetDestination>,
) -> Result<Json<Recorded>, Problem> {
    asked.does(body, id).await
}

/// 法人の連絡先と、その委任状の備考を、元に戻せない形で消去する。
#[utoipa::path(post, path = "/corporations/{corporation}/erase_texts", tag = "corporations", request_body = EraseTexts,
    params(("corporation" = String, Path, description = "The corporation")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn erase_texts(
    asked: Asked,
    Path(id): Path<CorporationId>,
    Json(body): Json<EraseTexts>,
) -> Result<Json<Recorded>, Problem> {
    asked.does(body, id).await
}

/// 事業所番号の変更を記録する。
#[utoipa::path(post, path = "/corporations/{corporation}/renumber_office", tag = "corporations", request_body = RenumberOffice,
    params(("corporation" = String, Path, description = "The corporation")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn renumber_office(
    asked: Asked,
    Path(id): Path<CorporationId>,
    Json(body): Json<RenumberOffice>,
) -> Result<Json<Recorded>, Problem> {
    asked.does(body, id).await
}

/// 事業所を法人から除外する。
#[utoipa::path(post, path = "/corporations/{corporation}/remove_office", tag = "corporations", request_body = RemoveOffice,
    params(("corporation" = String, Path, description = "The corporation")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn remove_office(
    asked: Asked,
    Path(id): Path<CorporationId>,
    Json(body): Json<RemoveOffice>,
) -> Result<Json<Recorded>, Problem> {
    asked.does(body, id).await
}
