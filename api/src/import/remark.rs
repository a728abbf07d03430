//! What is noticed about a line: level, stable code, field, value, the sentence with its remedy.

use chrono::NaiveDate;
use daicho_domain::identifiers::{Change, InvalidIdentifier, KjId, OfficeNumber};
use serde::Serialize;
use serde::ser::{SerializeStruct, Serializer};

use super::line::CorporationKey;

/// How grave a remark is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Something was normalised; nothing to do.
    Note,
    /// A person should look.
    Warning,
    /// The line is not taken.
    Refusal,
}

/// Something noticed about a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remark {
    /// A field was normalised.
    Normalised {
        /// The column.
        field: &'static str,
        /// What was sent.
        sent: String,
        /// What was changed.
        changes: Vec<Change>,
    },
    /// A name holds characters that Windows-31J cannot write.
    OutsideWindows31J {
        /// The column.
        field: &'static str,
        /// The characters.
        characters: String,
    },
    /// The kana column holds something else.
    NotKana {
        /// What stands there.
        value: String,
    },
    /// The corporation was spelled in another way before; that spelling stays.
    SpelledDifferently {
        /// This line's spelling.
        value: String,
        /// The spelling that stays.
        first: String,
    },
    /// The file does not say the kind of service.
    KindMissing,
    /// The office came without a 法人番号.
    CorporateNumberMissing {
        /// The corporation the office stands under already, if any.
        stays: Option<String>,
    },
    /// The 法人番号 is wrong.
    CorporateNumberInvalid {
        /// What is wrong, and what it may have been.
        invalid: InvalidIdentifier,
        /// The corporation the office stands under already, if any.
        stays: Option<String>,
    },
    /// The office number's check digit fits no rule.
    CheckDigit(OfficeNumber),
    /// No telephone number can be read.
    PhoneUnreadable {
        /// What was sent.
        value: String,
    },
    /// The same office number and kind stood on an earlier line.
    KeyTwice {
        /// The office number.
        office: OfficeNumber,
        /// The kind of service.
        kind: String,
        /// Where it stood first.
        first: String,
    },
    /// The office stands under another corporation already.
    OtherCorporation {
        /// The office number.
        office: OfficeNumber,
        /// The corporation this line names.
        named: CorporationKey,
        /// The corporation the office stays under.
        stays: String,
    },
    /// A person took the office out of its corporation.
    OfficeRemoved {
        /// The office number.
        office: OfficeNumber,
    },
    /// The office's corporation was merged into another: changes are made there.
    CorporationMerged {
        /// The office number.
        office: OfficeNumber,
    },
    /// The line has another number of columns than the header.
    Columns {
        /// Columns found.
        found: usize,
        /// Columns needed.
        needed: usize,
        /// The line it ends on.
        line_last: u64,
    },
    /// The office number is wrong.
    OfficeNumberInvalid(InvalidIdentifier),
    /// The office's name is missing or only holds a place.
    Placeholder {
        /// What stands there.
        value: String,
    },
    /// A cell cannot be read.
    CellUnread {
        /// The column.
        field: &'static str,
        /// What stands there.
        value: String,
        /// What should stand there.
        form: &'static str,
    },
    /// A 法人番号 or KJ ID is wrong.
    IdentifierInvalid(InvalidIdentifier),
    /// No corporation has this number, or an office of this number.
    CorporationUnknown {
        /// The column.
        field: &'static str,
        /// The number.
        value: String,
    },
    /// The KJ ID names another office.
    KjIdDiffers {
        /// The KJ ID.
        kj_id: KjId,
        /// The office number.
        office: OfficeNumber,
    },
    /// A day was promised that the rules would have set otherwise: it stays.
    Promised {
        /// The column.
        field: &'static str,
        /// The day promised.
        on: NaiveDate,
        /// The day that the rules would have set.
        counted: NaiveDate,
    },
    /// A name in a file that is with the bank has characters that daicho would write otherwise; it stays as it was sent.
    WrittenOtherwise {
        /// The field of the record.
        field: &'static str,
        /// What stands there.
        value: String,
    },
    /// The workflow does not take it over.
    NotCarried {
        /// The stable code.
        code: &'static str,
        /// The column.
        field: &'static str,
        /// What stands there.
        value: String,
        /// Why not, and what to do.
        why: String,
    },
}

impl Remark {
    /// Codes of remarks that come from no identifier; those carry the identifier's code.
    pub const CODES: &'static [&'static str] = &[
        "normalised",
        "outside_windows31j",
        "not_kana",
        "spelled_differently",
        "kind_missing",
        "corporate_number_missing",
        "office_number_check_digit",
        "phone_unreadable",
        "key_twice",
        "other_corporation",
        "office_removed",
        "corporation_merged",
        "line_columns",
        "line_placeholder",
        "cell_unread",
        "corporation_unknown",
        "kj_id_differs",
        "differs_from_rules",
        "written_otherwise",
    ];

    /// How grave it is.
    #[must_use]
    pub fn level(&self) -> Level {
        match self {
            Remark::Normalised { .. }
            | Remark::OutsideWindows31J { .. }
            | Remark::NotKana { .. }
            | Remark::SpelledDifferently { .. }
            | Remark::CorporationMerged { .. }
            | Remark::WrittenOtherwise { .. }
            | Remark::KindMissing => Level::Note,
            Remark::CorporateNumberMissing { .. }
            | Remark::CorporateNumberInvalid { .. }
            | Remark::CheckDigit(_)
            | Remark::PhoneUnreadable { .. }
            | Remark::KeyTwice { .. }
            | Remark::OfficeRemoved { .. }
            | Remark::KjIdDiffers { .. }
            | Remark::Promised { .. }
            | Remark::OtherCorporation { .. } => Level::Warning,
            Remark::Columns { .. }
            | Remark::OfficeNumberInvalid(_)
            | Remark::CellUnread { .. }
            | Remark::IdentifierInvalid(_)
            | Remark::CorporationUnknown { .. }
            | Remark::NotCarried { .. }
            | Remark::Placeholder { .. } => Level::Refusal,
        }
    }

    /// Whether it is the corporation's, not the office's, to be put right.
    #[must_use]
    pub fn is_about_the_corporation(&self) -> bool {
        matches!(
            self,
            Remark::CorporateNumberMissing { .. } | Remark::CorporateNumberInvalid { .. }
        )
    }

    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Remark::Normalised { .. } => "normalised",
            Remark::OutsideWindows31J { .. } => "outside_windows31j",
            Remark::NotKana { .. } => "not_kana",
            Remark::SpelledDifferently { .. } => "spelled_differently",
            Remark::KindMissing => "kind_missing",
            Remark::CorporateNumberMissing { .. } => "corporate_number_missing",
            Remark::CorporateNumberInvalid { invalid, .. }
            | Remark::IdentifierInvalid(invalid)
            | Remark::OfficeNumberInvalid(invalid) => invalid.code(),
            Remark::CellUnread { .. } => "cell_unread",
            Remark::CorporationUnknown { .. } => "corporation_unknown",
            Remark::KjIdDiffers { .. } => "kj_id_differs",
            Remark::Promised { .. } => "differs_from_rules",
            Remark::WrittenOtherwise { .. } => "written_otherwise",
            Remark::NotCarried { code, .. } => code,
            Remark::CheckDigit(_) => "office_number_check_digit",
            Remark::PhoneUnreadable { .. } => "phone_unreadable",
            Remark::KeyTwice { .. } => "key_twice",
            Remark::OtherCorporation { .. } => "other_corporation",
            Remark::OfficeRemoved { .. } => "office_removed",
            Remark::CorporationMerged { .. } => "corporation_merged",
            Remark::Columns { .. } => "line_columns",
            Remark::Placeholder { .. } => "line_placeholder",
        }
    }

    /// The column it is about.
    #[must_use]
    pub fn field(&self) -> &'static str {
        match self {
            Remark::Normalised { field, .. }
            | Remark::CellUnread { field, .. }
            | Remark::CorporationUnknown { field, .. }
            | Remark::Promised { field, .. }
            | Remark::NotCarried { field, .. }
            | Remark::WrittenOtherwise { field, .. }
            | Remark::OutsideWindows31J { field, .. } => field,
            Remark::KjIdDiffers { .. } => "KJ ID",
            Remark::NotKana { .. } => "事業所名カナ",
            Remark::SpelledDifferently { .. } => "法人の名称",
            Remark::KindMissing => "サービスの種類",
            Remark::CorporateNumberMissing { .. } | Remark::OtherCorporation { .. } => "法人番号",
            Remark::CorporateNumberInvalid { invalid, .. }
            | Remark::IdentifierInvalid(invalid)
            | Remark::OfficeNumberInvalid(invalid) => invalid.field.label(),
            Remark::CheckDigit(_)
            | Remark::KeyTwice { .. }
            | Remark::OfficeRemoved { .. }
            | Remark::CorporationMerged { .. } => "事業所番号",
            Remark::PhoneUnreadable { .. } => "電話番号",
            Remark::Columns { .. } => "行",
            Remark::Placeholder { .. } => "事業所名",
        }
    }

    /// The value as it stands in the line.
    #[must_use]
    pub fn value(&self) -> String {
        match self {
            Remark::Normalised { sent: value, .. }
            | Remark::OutsideWindows31J {
                characters: value, ..
            }
            | Remark::NotKana { value }
            | Remark::SpelledDifferently { value, .. }
            | Remark::PhoneUnreadable { value }
            | Remark::CellUnread { value, .. }
            | Remark::CorporationUnknown { value, .. }
            | Remark::NotCarried { value, .. }
            | Remark::WrittenOtherwise { value, .. }
            | Remark::Placeholder { value } => value.clone(),
            Remark::KjIdDiffers { kj_id, .. } => kj_id.to_string(),
            Remark::Promised { on, .. } => on.to_string(),
            Remark::KindMissing | Remark::CorporateNumberMissing { .. } => String::new(),
            Remark::CorporateNumberInvalid { invalid, .. }
            | Remark::IdentifierInvalid(invalid)
            | Remark::OfficeNumberInvalid(invalid) => invalid.value.clone(),
            Remark::CheckDigit(office)
            | Remark::KeyTwice { office, .. }
            | Remark::OfficeRemoved { office }
            | Remark::CorporationMerged { office } => office.to_string(),
            Remark::OtherCorporation { named, .. } => named.to_string(),
            Remark::Columns { found, .. } => found.to_string(),
        }
    }

    /// What the right value likely is.
    #[must_use]
    pub fn offered(&self) -> &[String] {
        match self {
            Remark::CorporateNumberInvalid { invalid, .. }
            | Remark::IdentifierInvalid(invalid)
            | Remark::OfficeNumberInvalid(invalid) => &invalid.offered,
            Remark::CellUnread { .. }
            | Remark::CorporationUnknown { .. }
            | Remark::KjIdDiffers { .. }
            | Remark::Promised { .. }
            | Remark::WrittenOtherwise { .. }
            | Remark::NotCarried { .. } => &[],
            Remark::Normalised { .. }
            | Remark::OutsideWindows31J { .. }
            | Remark::NotKana { .. }
            | Remark::SpelledDifferently { .. }
            | Remark::KindMissing
            | Remark::CorporateNumberMissing { .. }
            | Remark::CheckDigit(_)
            | Remark::PhoneUnreadable { .. }
            | Remark::KeyTwice { .. }
            | Remark::OtherCorporation { .. }
            | Remark::OfficeRemoved { .. }
            | Remark::CorporationMerged { .. }
            | Remark::Columns { .. }
            | Remark::Placeholder { .. } => &[],
        }
    }

    /// The sentence for a person: what it is and what to do.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Remark::Normalised { field, changes, .. } => {
                let said: Vec<&str> = changes.iter().map(|change| change.label()).collect();
                format!("{field}：{}。", said.join("・"))
            }
            Remark::OutsideWindows31J { field, characters } => format!(
                "{field}にShift_JISで表せない文字「{characters}」があります。古いシステムへ渡すと「?」になります。"
            ),
            Remark::NotKana { value } => {
                format!("事業所名カナ「{value}」にカナ以外の文字があります。そのまま取り込みます。")
            }
            Remark::SpelledDifferently { value, first } => {
                format!(
                    "同じ法人番号の名称が「{first}」と「{value}」で異なります。先の名称のままにします。"
                )
            }
            Remark::KindMissing => {
                "サービスの種類がありません。種類なしとして取り込みます。".into()
            }
            Remark::CorporateNumberMissing { stays } => {
                format!("法人番号がありません。{}", kept(stays.as_deref()))
            }
            Remark::CorporateNumberInvalid { invalid, stays } => {
                format!("{invalid}{}", kept(stays.as_deref()))
            }
            Remark::CheckDigit(office) => office.check_rule().warning(*office).unwrap_or_default(),
            Remark::PhoneUnreadable { value } => format!(
                "電話番号「{value}」を電話番号として読めません。そのまま残します。事業所に確かめて直してください。"
            ),
            Remark::KeyTwice {
                office,
                kind,
                first,
            } => {
                format!(
                    "事業所番号「{office}」の「{kind}」は{first}にもあります。先の行を残し、この行は取り込みません。"
                )
            }
            Remark::OtherCorporation {
                office,
                named,
                stays,
            } => format!(
                "事業所番号「{office}」は既に{stays}の事業所です。{named}には移しません。どちらが正しいか確かめてください。"
            ),
            Remark::OfficeRemoved { office } => format!(
                "事業所番号「{office}」は台帳で法人から外した事業所です。取り込みません。戻すときは法人の画面で登録してください。"
            ),
            Remark::CorporationMerged { office } => format!(
                "事業所番号「{office}」の法人は別の法人に統合済みです。登録済みの内容のままにします。"
            ),
            Remark::Columns {
                found,
                needed,
                line_last,
            } => format!(
                "{line_last}行目までで{found}列です。見出しと同じ{needed}列にしてください。値の中のコンマや引用符は「\"」で囲みます。"
            ),
            Remark::OfficeNumberInvalid(invalid) | Remark::IdentifierInvalid(invalid) => {
                invalid.to_string()
            }
            Remark::CellUnread { field, value, form } => {
                format!("「{field}」の「{value}」を読めません。{form}。")
            }
            Remark::CorporationUnknown { field, value } => format!(
                "{field}「{value}」の法人は登録されていません。先に法人・事業所を取り込むか、番号を直してください。"
            ),
            Remark::KjIdDiffers { kj_id, office } => kj_id
                .check(*office)
                .warning(*kj_id, *office)
                .unwrap_or_default(),
            Remark::Promised { field, on, counted } => format!(
                "「{field}」の {on} は規程の計算（{counted}）と違います。約束した日付のまま移行します。"
            ),
            Remark::WrittenOtherwise { field, value } => format!(
                "銀行に渡したファイルの{field}「{value}」には、daichoが使わない文字があります。そのまま移行し、結果も同じ文字で照合します。次の振替からは口座の登録の名義で作ります。"
            ),
            Remark::NotCarried { why, .. } => why.clone(),
            Remark::Placeholder { value } => {
                format!(
                    "事業所名「{value}」は仮の値です。正式な名称を入力して、もう一度取り込んでください。"
                )
            }
        }
    }
}

/// Where an office without a right 法人番号 is kept.
fn kept(stays: Option<&str>) -> String {
    match stays {
        Some(stays) => format!("{stays}の事業所のままにします。"),
        None => "事業所番号ごとの仮の法人で取り込みます。後で正しい法人に統合してください。".into(),
    }
}

impl std::fmt::Display for CorporationKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            CorporationKey::Numbered(number) => write!(f, "法人番号「{number}」の法人"),
            CorporationKey::Provisional(office) => write!(f, "事業所番号「{office}」の仮の法人"),
        }
    }
}

impl Serialize for Remark {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Remark", 6)?;
        object.serialize_field("level", &self.level())?;
        object.serialize_field("code", self.code())?;
        object.serialize_field("field", self.field())?;
        object.serialize_field("value", &self.value())?;
        object.serialize_field("message", &self.sentence())?;
        object.serialize_field("offered", self.offered())?;
        object.end()
    }
}
