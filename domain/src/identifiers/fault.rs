//! Why an identifier is refused: a stable code, the value as it came, what to do, what it may have been.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which identifier was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// 事業所番号.
    OfficeNumber,
    /// 法人番号.
    CorporateNumber,
    /// KJ ID.
    KjId,
    /// 追跡番号.
    TrackingNumber,
}

impl Field {
    /// The name staff know it by.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Field::OfficeNumber => "事業所番号",
            Field::CorporateNumber => "法人番号",
            Field::KjId => "KJ ID",
            Field::TrackingNumber => "追跡番号",
        }
    }

    fn prefix(self) -> &'static str {
        match self {
            Field::OfficeNumber => "office_number",
            Field::CorporateNumber => "corporate_number",
            Field::KjId => "kj_id",
            Field::TrackingNumber => "tracking_number",
        }
    }

    fn form(self) -> &'static str {
        match self {
            Field::OfficeNumber => {
                "半角10文字（都道府県2桁・種別1文字・地域2桁・連番4桁・検査数字1桁。種別は数字かI・O・Qを除く英大文字）"
            }
            Field::CorporateNumber => "半角数字13桁",
            Field::KjId => "KJで始まる半角英数大文字14文字",
            Field::TrackingNumber => {
                "書留・特定記録は11桁、レターパック・ゆうパックは12桁、国際郵便は13文字"
            }
        }
    }

    /// Where a check digit that does not fit is looked up.
    fn looked_up(self) -> &'static str {
        match self {
            Field::OfficeNumber => "指定通知書の番号を確かめてください。",
            Field::CorporateNumber => "国税庁の法人番号公表サイトで確かめてください。",
            Field::KjId => "国保連の通知書で確かめてください。",
            Field::TrackingNumber => "差出票かラベルの番号を確かめてください。",
        }
    }
}

/// What is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "fault")]
pub enum Fault {
    /// Nothing was given.
    Missing,
    /// Too short or too long.
    Length {
        /// Characters found.
        found: usize,
    },
    /// Nine digits: a spreadsheet ate the leading zero.
    LostZero,
    /// A character that cannot stand at its place.
    Character {
        /// The character.
        found: char,
        /// Its place, from 1.
        place: usize,
    },
    /// The first two digits name no prefecture.
    Prefecture,
    /// The check digit does not fit.
    CheckDigit,
    /// An `HD…` ID of a billing agent where the office's own is asked.
    AgentId,
    /// Not an ID of the federation's at all.
    Prefix,
}

impl Fault {
    fn suffix(&self) -> &'static str {
        match self {
            Fault::Missing => "missing",
            Fault::Length { .. } => "length",
            Fault::LostZero => "lost_zero",
            Fault::Character { .. } => "character",
            Fault::Prefecture => "prefecture",
            Fault::CheckDigit => "check_digit",
            Fault::AgentId => "agent",
            Fault::Prefix => "prefix",
        }
    }
}

/// An identifier that was refused. Its `Display` is the sentence for the clerk.
#[derive(
    Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, thiserror::Error,
)]
pub struct InvalidIdentifier {
    /// Which identifier was expected.
    pub field: Field,
    /// What was given, as it came.
    pub value: String,
    /// What is wrong with it.
    #[serde(flatten)]
    pub fault: Fault,
    /// What it may have been, likeliest first.
    pub offered: Vec<String>,
}

impl InvalidIdentifier {
    /// Every code there is, for the pages that explain them.
    pub const CODES: &'static [&'static str] = &[
        "office_number_missing",
        "office_number_length",
        "office_number_lost_zero",
        "office_number_character",
        "office_number_prefecture",
        "corporate_number_missing",
        "corporate_number_length",
        "corporate_number_character",
        "corporate_number_check_digit",
        "kj_id_missing",
        "kj_id_length",
        "kj_id_character",
        "kj_id_agent",
        "kj_id_prefix",
        "tracking_number_missing",
        "tracking_number_length",
        "tracking_number_character",
        "tracking_number_check_digit",
    ];

    /// The stable code, one of [`Self::CODES`].
    #[must_use]
    pub fn code(&self) -> &'static str {
        let (prefix, suffix) = (self.field.prefix(), self.fault.suffix());
        Self::CODES
            .iter()
            .find(|code| {
                code.strip_prefix(prefix)
                    .and_then(|rest| rest.strip_prefix('_'))
                    == Some(suffix)
            })
            .expect("every fault a parser can find has its code")
    }
}

impl fmt::Display for InvalidIdentifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (label, value, form) = (self.field.label(), &self.value, self.field.form());
        match &self.fault {
            Fault::Missing => return write!(f, "{label}がありません。{form}で入力してください。"),
            Fault::Length { found } => write!(
                f,
                "{label}「{value}」は{found}文字です。{form}で入力してください。"
            )?,
            Fault::LostZero => write!(
                f,
                "{label}「{value}」は9文字です。先頭の0が落ちています。0を補って入力してください（表計算ソフトでは列を文字列にします）。"
            )?,
            Fault::Character { found, place } => write!(
                f,
                "{label}「{value}」の{place}文字目「{found}」は使えません。{form}で入力してください。"
            )?,
            Fault::Prefecture => write!(
                f,
                "{label}「{value}」の先頭2桁は都道府県コード（01〜47）ではありません。指定通知書の番号を確かめてください。"
            )?,
            Fault::CheckDigit => write!(
                f,
                "{label}「{value}」は検査数字が合いません。{}",
                self.field.looked_up()
            )?,
            Fault::AgentId => write!(
                f,
                "{label}「{value}」は請求代理人のIDです。国保連から事業所に届いた、KJで始まるIDを入力してください。"
            )?,
            Fault::Prefix => write!(
                f,
                "{label}「{value}」はKJで始まっていません。国保連から事業所に届いた、KJで始まるIDを入力してください。"
            )?,
        }
        match self.offered.as_slice() {
            [] => Ok(()),
            offered => write!(f, "「{}」ではありませんか。", offered.join("」「")),
        }
    }
}
