//! The 47 prefectures by their two-digit code: the front of every office number, the federation that
//! takes its papers, the key of a federation's own dates in the rule books.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// Names in the order of the codes (JIS X 0401): 01 北海道 … 47 沖縄県.
const NAMES: [&str; 47] = [
    "北海道",
    "青森県",
    "岩手県",
    "宮城県",
    "秋田県",
    "山形県",
    "福島県",
    "茨城県",
    "栃木県",
    "群馬県",
    "埼玉県",
    "千葉県",
    "東京都",
    "神奈川県",
    "新潟県",
    "富山県",
    "石川県",
    "福井県",
    "山梨県",
    "長野県",
    "岐阜県",
    "静岡県",
    "愛知県",
    "三重県",
    "滋賀県",
    "京都府",
    "大阪府",
    "兵庫県",
    "奈良県",
    "和歌山県",
    "鳥取県",
    "島根県",
    "岡山県",
    "広島県",
    "山口県",
    "徳島県",
    "香川県",
    "愛媛県",
    "高知県",
    "福岡県",
    "佐賀県",
    "長崎県",
    "熊本県",
    "大分県",
    "宮崎県",
    "鹿児島県",
    "沖縄県",
];

/// A prefecture. Written `"13"` in JSON, in rule books and on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Prefecture(u8);

/// The text is not a prefecture's code or name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "都道府県コード「{0}」はありません。01（北海道）から47（沖縄県）までの2桁で指定してください。"
)]
pub struct UnknownPrefecture(pub String);

impl Prefecture {
    /// All 47, in the order of their codes.
    pub fn all() -> impl ExactSizeIterator<Item = Prefecture> {
        (1..=47).map(Prefecture)
    }

    /// The prefecture with this code, 1 to 47.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Prefecture> {
        (1..=47).contains(&code).then_some(Prefecture(code))
    }

    /// The prefecture with this full name (`東京都`).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Prefecture> {
        Prefecture::all().find(|prefecture| prefecture.name() == name)
    }

    /// The code as a number, 1 to 47.
    #[must_use]
    pub fn code(self) -> u8 {
        self.0
    }

    /// The full name, `東京都`.
    #[must_use]
    pub fn name(self) -> &'static str {
        NAMES[usize::from(self.0) - 1]
    }

    /// The federation that takes this prefecture's papers: 東京都国民健康保険団体連合会.
    #[must_use]
    pub fn federation(self) -> String {
        format!("{}国民健康保険団体連合会", self.name())
    }
}

impl fmt::Display for Prefecture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}", self.0)
    }
}

impl FromStr for Prefecture {
    type Err = UnknownPrefecture;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let code = (text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit()))
            .then(|| text.parse().ok())
            .flatten();
        code.and_then(Prefecture::from_code)
            .or_else(|| Prefecture::from_name(text))
            .ok_or_else(|| UnknownPrefecture(text.to_owned()))
    }
}

impl TryFrom<String> for Prefecture {
    type Error = UnknownPrefecture;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Prefecture> for String {
    fn from(prefecture: Prefecture) -> Self {
        prefecture.to_string()
    }
}

impl JsonSchema for Prefecture {
    fn schema_name() -> Cow<'static, str> {
        "Prefecture".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^(0[1-9]|[1-3][0-9]|4[0-7])$" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_names_belong_together() {
        for (code, name) in [
            (1, "北海道"),
            (13, "東京都"),
            (27, "大阪府"),
            (47, "沖縄県"),
        ] {
            let prefecture = Prefecture::from_code(code).expect("a code between 1 and 47");
            assert_eq!(prefecture.name(), name);
            assert_eq!(name.parse(), Ok(prefecture));
            assert_eq!(format!("{code:02}").parse(), Ok(prefecture));
        }
        assert_eq!(Prefecture::all().len(), 47);
    }

    #[test]
    fn what_is_no_prefecture_is_refused_by_its_text() {
        for text in ["00", "48", "1", "013", "", "東京"] {
            assert_eq!(
                text.parse::<Prefecture>(),
                Err(UnknownPrefecture(text.into()))
            );
        }
    }

    #[test]
    fn the_code_is_what_stands_in_json() {
        let tokyo = Prefecture::from_code(13).expect("13 is Tokyo");
        assert_eq!(serde_json::to_string(&tokyo).expect("a string"), "\"13\"");
        assert!(serde_json::from_str::<Prefecture>("\"99\"").is_err());
    }
}
