//! ケアプランデータ連携のライセンス: `/licences/{number}/…`.

use super::enrolment::Receipt;
use super::transmission::invalid;
use super::{Act, Asked, Recorded, blank_is_none};
use crate::problem::{Problem, ProblemDocument};
use axum::Json;
use axum::extract::Path;
use chrono::NaiveDate;
use daicho_domain::dates::Month;
use daicho_domain::identifiers::{KjId, OfficeNumber};
use daicho_domain::licence::{
    self, Browser, Certificate, CertificateKind, Checklist, Filing, How, Mails, Payment, Pc,
    Software, System, Tick,
};
use daicho_domain::nouns::Command;
use daicho_domain::personal::{Personal, Typed};
use daicho_domain::stream::{CorporationId, Stream};
use serde::Deserialize;
use utoipa::ToSchema;

fn of(number: &str, command: licence::Command) -> Result<Command, Problem> {
    let number = OfficeNumber::parse(number).map_err(|why| invalid(&why))?;
    Ok(Command::licence(&Stream::Licence(number), command))
}

const fn no() -> Tick {
    Tick::No
}

const fn deduction() -> Payment {
    Payment::Deduction
}

/// The checklist before applying. A box that is not ticked is `no`.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Check {
    /// The corporation.
    #[schema(value_type = String)]
    pub corporation: CorporationId,
    /// `windows10`, `windows11`, `other`.
    #[schema(value_type = String, example = "windows11")]
    pub system: System,
    /// Whether the calendar of Windows is the Gregorian one: `yes` or `no`.
    #[serde(default = "no")]
    #[schema(value_type = String, example = "yes")]
    pub gregorian_calendar: Tick,
    /// `edge`, `chrome`, `other`.
    #[schema(value_type = String, example = "edge")]
    pub browser: Browser,
    /// Whether a PDF viewer is installed.
    #[serde(default = "no")]
    #[schema(value_type = String, example = "yes")]
    pub pdf_viewer: Tick,
    /// The name of the care software.
    pub software: String,
    /// Whether it writes plan tables 1 and 2.
    #[serde(default = "no")]
    #[schema(value_type = String, example = "yes")]
    pub plan_1_2: Tick,
    /// Whether it writes plan tables 6 and 7.
    #[serde(default = "no")]
    #[schema(value_type = String, example = "yes")]
    pub plan_6_7: Tick,
    /// Whether it reads and writes actuals, table 6.
    #[serde(default = "no")]
    #[schema(value_type = String, example = "yes")]
    pub actuals_6: Tick,
    /// The KJ ID; an `HD` ID is an agent's and refused.
    #[serde(default, deserialize_with = "blank_is_none")]
    #[schema(example = "KJ010170210231")]
    pub kj_id: Option<String>,
    /// A person has confirmed a KJ ID that does not match the office number.
    #[serde(default = "no")]
    #[schema(value_type = String, example = "no")]
    pub kj_id_confirmed: Tick,
    /// Whether the provisional password was changed.
    #[serde(default = "no")]
    #[schema(value_type = String, example = "yes")]
    pub password_changed: Tick,
    /// The issuer of the certificate; without it there is none.
    #[serde(default, deserialize_with = "blank_is_none")]
    #[schema(example = "e-seikyu CA")]
    pub certificate_issuer: Option<String>,
    /// To whom it was issued.
    #[serde(default)]
    #[schema(example = "KaigoJigyousho")]
    pub certificate_subject: String,
    /// `care_insurance`, `delegated_care_plan`, `other`.
    #[serde(default, deserialize_with = "blank_is_none")]
    #[schema(value_type = Option<String>, example = "care_insurance")]
    pub certificate_kind: Option<CertificateKind>,
    /// Its first day.
    #[serde(default, deserialize_with = "blank_is_none")]
    pub certificate_from: Option<NaiveDate>,
    /// Its last day.
    #[serde(default, deserialize_with = "blank_is_none")]
    pub certificate_to: Option<NaiveDate>,
}

impl Check {
    fn certificate(&mut self) -> Result<Option<Certificate>, Problem> {
        let Some(issuer) = self.certificate_issuer.take() else {
            let said = !self.certificate_subject.trim().is_empty()
                || self.certificate_kind.is_some()
                || self.certificate_from.is_some()
                || self.certificate_to.is_some();
            return match said {
                true => Err(Problem::unreadable(
                    "電子証明書の発行者を入力してください。",
                )),
                false => Ok(None),
            };
        };
        let (Some(valid_from), Some(valid_to)) = (self.certificate_from, self.certificate_to)
        else {
            return Err(Problem::unreadable(
                "電子証明書の有効期間（開始日と満了日）を入力してください。",
            ));
        };
        Ok(Some(Certificate {
            issuer,
            subject: std::mem::take(&mut self.certificate_subject),
            kind: self.certificate_kind.unwrap_or(CertificateKind::Other),
            valid_from,
            valid_to,
        }))
    }
}

impl Act for Check {
    type Target = String;

    fn command(mut self, number: String) -> Result<Command, Problem> {
        let kj_id = self.kj_id.take();
        let kj_id = kj_id.map(|sent| KjId::parse(&sent).map_err(|why| invalid(&why)));
        let certificate = self.certificate()?;
        let checklist = Checklist {
            pc: Pc {
                system: self.system,
                gregorian_calendar: self.gregorian_calendar,
                browser: self.browser,
                pdf_viewer: self.pdf_viewer,
            },
            software: Software {
                name: self.software,
                plan_1_2: self.plan_1_2,
                plan_6_7: self.plan_6_7,
                actuals_6: self.actuals_6,
            },
            kj_id: kj_id.transpose()?,
            kj_id_confirmed: self.kj_id_confirmed,
            password_changed: self.password_changed,
            certificate,
        };
        let corporation = self.corporation;
        of(
            &number,
            licence::Command::Check {
                corporation,
                checklist,
            },
        )
    }
}

/// A request for the download of the client.
#[derive(Debug, Deserialize, ToSchema)]
pub struct RequestDownload {
    /// The organisation's name.
    pub organisation: String,
    /// The day of receipt.
    pub received_on: NaiveDate,
}

impl Act for RequestDownload {
    type Target = String;

    fn command(self, number: String) -> Result<Command, Problem> {
        let Self {
            organisation,
            received_on,
        } = self;
        of(
            &number,
            licence::Command::RequestDownload {
                organisation,
                received_on,
            },
        )
    }
}

/// What an application and a renewal have in common.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Form {
    /// How and when the form came in.
    #[serde(flatten)]
    pub receipt: Receipt,
    /// The person to talk to.
    pub contact: String,
    /// The telephone number, 10 or 11 digits without hyphens.
    #[schema(example = "0312345678")]
    pub phone: String,
    /// The mail address.
    pub mail: String,
    /// The mail address once more.
    pub mail_again: String,
    /// The version of the terms that was accepted.
    pub terms_version: String,
    /// `deduction` or `invoice`.
    #[serde(default = "deduction")]
    #[schema(value_type = String, example = "deduction")]
    pub payment: Payment,
}

fn personal(number: &str, text: String) -> Personal {
    Personal::new(format!("licence-{number}"), text)
}

impl Form {
    fn filing(self, number: &str) -> Filing {
        Filing {
            receipt: self.receipt.into(),
            contact: personal(number, self.contact),
            phone: personal(number, self.phone),
            mails: Mails {
                mail: personal(number, self.mail),
                again: personal(number, self.mail_again),
            },
            terms_version: self.terms_version,
            payment: self.payment,
        }
    }
}

/// An application.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Apply {
    /// The office's name on the form.
    pub office_name: String,
    /// Who represents it.
    pub representative: String,
    /// The rest of the form.
    #[serde(flatten)]
    pub form: Form,
}

impl Act for Apply {
    type Target = String;

    fn command(self, number: String) -> Result<Command, Problem> {
        let filing = self.form.filing(&number);
        let representative = personal(&number, self.representative);
        let office_name = self.office_name;
        of(
            &number,
            licence::Command::Apply {
                office_name,
                representative,
                filing,
            },
        )
    }
}

/// A renewal: the contact data and the terms again.
#[derive(Debug, Deserialize, ToSchema)]
pub struct FileRenewal {
    /// The form.
    #[serde(flatten)]
    pub form: Form,
}

impl Act for FileRenewal {
    type Target = String;

    fn command(self, number: String) -> Result<Command, Problem> {
        let filing = self.form.filing(&number);
        of(&number, licence::Command::FileRenewal { filing })
    }
}

/// The notice that the application is done.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Grant {
    /// The day of the notice.
    pub on: NaiveDate,
}

impl Act for Grant {
    type Target = String;

    fn command(self, number: String) -> Result<Command, Problem> {
        of(&number, licence::Command::Grant { on: self.on })
    }
}

/// The notice that the renewal is done.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Renew {
    /// The day of the notice.
    pub on: NaiveDate,
}

impl Act for Renew {
    type Target = String;

    fn command(self, number: String) -> Result<Command, Problem> {
        of(&number, licence::Command::Renew { on: self.on })
    }
}

/// A fee that was paid.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ConfirmFee {
    /// The first day of the year it is for.
    pub first_day: NaiveDate,
    /// The month in which it was paid, `2024-05`.
    #[schema(value_type = String, example = "2024-05")]
    pub month: Month,
}

impl Act for ConfirmFee {
    type Target = String;

    fn command(self, number: String) -> Result<Command, Problem> {
        let Self { first_day, month } = self;
        let how = How::Hand;
        of(
            &number,
            licence::Command::ConfirmFee {
                first_day,
                month,
                how,
            },
        )
    }
}

/// A confirmation that is taken back.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ReverseFee {
    /// The first day of the year it was for.
    pub first_day: NaiveDate,
    /// Why.
    #[schema(value_type = String)]
    pub reason: Typed,
}

impl Act for ReverseFee {
    type Target = String;

    fn command(self, number: String) -> Result<Command, Problem> {
        let Self { first_day, reason } = self;
        of(&number, licence::Command::ReverseFee { first_day, reason })
    }
}

/// An office that does not apply.
#[derive(Debug, Deserialize, ToSchema)]
pub struct DropCheck {
    /// Why.
    #[schema(value_type = String)]
    pub reason: Typed,
}

impl Act for DropCheck {
    type Target = String;

    fn command(self, number: String) -> Result<Command, Problem> {
        let reason = self.reason;
        of(&number, licence::Command::DropCheck { reason })
    }
}

/// The corporation that has the number now.
#[derive(Debug, Deserialize, ToSchema)]
pub struct MoveOffice {
    /// The corporation.
    #[schema(value_type = String)]
    pub corporation: CorporationId,
}

impl Act for MoveOffice {
    type Target = String;

    fn command(self, number: String) -> Result<Command, Problem> {
        let corporation = self.corporation;
        of(&number, licence::Command::MoveOffice { corporation })
    }
}

/// A cancellation: refused by the rules.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Cancel {}

impl Act for Cancel {
    type Target = String;

    fn command(self, number: String) -> Result<Command, Problem> {
        of(&number, licence::Command::Cancel {})
    }
}

/// 利用前確認を記録する。
#[utoipa::path(post, path = "/licences/{number}/check", tag = "licences", request_body = Check,
    params(("number" = String, Path, description = "The 事業所番号")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn check(
    asked: Asked,
    Path(number): Path<String>,
    Json(body): Json<Check>,
) -> Result<Json<Recorded>, Problem> {
    asked.does(body, number).await
}

/// 製品ダウンロードの依頼を記録する。
#[utoipa::path(post, path = "/licences/{number}/request_download", tag = "licences", request_body = RequestDownload,
    params(("number" = String, Path, description = "The 事業所番号")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn request_download(
    asked: Asked,
    Path(number): Path<String>,
    Json(body): Json<RequestDownload>,
) -> Result<Json<Recorded>, Problem> {
    asked.does(body, number).await
}

/// 利用申請を受け付ける。
#[utoipa::path(post, path = "/licences/{number}/apply", tag = "licences", request_body = Apply,
    params(("number" = String, Path, description = "The 事業所番号")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn apply(
    asked: Asked,
    Path(number): Path<String>,
    Json(body): Json<Apply>,
) -> Result<Json<Recorded>, Problem> {
    asked.does(body, number).await
}

/// 利用申請の完了通知を記録する。
#[utoipa::path(post, path = "/licences/{number}/grant", tag = "licences", request_body = Grant,
    params(("number" = String, Path, description = "The 事業所番号")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn grant(
    asked: Asked,
    Path(number): Path<String>,
    Json(body): Json<Grant>,
) -> Result<Json<Recorded>, Problem> {
    asked.does(body, number).await
}

/// 更新の申請を受け付ける。
#[utoipa::path(post, path = "/licences/{number}/file_renewal", tag = "licences", request_body = FileRenewal,
    params(("number" = String, Path, description = "The 事業所番号")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn file_renewal(
    asked: Asked,
    Path(number): Path<String>,
    Json(body): Json<FileRenewal>,
) -> Result<Json<Recorded>, Problem> {
    asked.does(body, number).await
}

/// 更新の完了通知を記録する。
#[utoipa::path(post, path = "/licences/{number}/renew", tag = "licences", request_body = Renew,
    params(("number" = String, Path, description = "The 事業所番号")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn renew(
    asked: Asked,
    Path(number): Path<String>,
    Json(body): Json<Renew>,
) -> Result<Json<Recorded>, Problem> {
    asked.does(body, number).await
}

/// ライセンス料の支払いを確認する。
#[utoipa::path(post, path = "/licences/{number}/confirm_fee", tag = "licences", request_body = ConfirmFee,
    params(("number" = String, Path, description = "The 事業所番号")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn confirm_fee(
    asked: Asked,
    Path(number): Path<String>,
    Json(body): Json<ConfirmFee>,
) -> Result<Json<Recorded>, Problem> {
    asked.does(body, number).await
}

/// ライセンス料の支払い確認を取り消す。
#[utoipa::path(post, path = "/licences/{number}/reverse_fee", tag = "licences", request_body = ReverseFee,
    params(("number" = String, Path, description = "The 事業所番号")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn reverse_fee(
    asked: Asked,
    Path(number): Path<String>,
    Json(body): Json<ReverseFee>,
) -> Result<Json<Recorded>, Problem> {
    asked.does(body, number).await
}

/// 申請を取りやめる。
#[utoipa::path(post, path = "/licences/{number}/drop_check", tag = "licences", request_body = DropCheck,
    params(("number" = String, Path, description = "The 事業所番号")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn drop_check(
    asked: Asked,
    Path(number): Path<String>,
    Json(body): Json<DropCheck>,
) -> Result<Json<Recorded>, Problem> {
    asked.does(body, number).await
}

/// ライセンスを、事業所番号がいまある法人に付け替える。
#[utoipa::path(post, path = "/licences/{number}/move_office", tag = "licences", request_body = MoveOffice,
    params(("number" = String, Path, description = "The 事業所番号")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn move_office(
    asked: Asked,
    Path(number): Path<String>,
    Json(body): Json<MoveOffice>,
) -> Result<Json<Recorded>, Problem> {
    asked.does(body, number).await
}

/// 取り消しの申し出。規程により受け付けられません。
#[utoipa::path(post, path = "/licences/{number}/cancel", tag = "licences", request_body = Cancel,
    params(("number" = String, Path, description = "The 事業所番号")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn cancel(
    asked: Asked,
    Path(number): Path<String>,
    Json(body): Json<Cancel>,
) -> Result<Json<Recorded>, Problem> {
    asked.does(body, number).await
}
