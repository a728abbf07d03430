//! The three services daicho runs. Their rules contradict each other on purpose: a service only
//! names the rule books that hold for it, it never carries a rule itself.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A service that a corporation or an office applies for.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Service {
    /// ほのぼのmini2: care records and claims, free trial first, debited monthly.
    #[serde(rename = "honobono-mini2")]
    HonobonoMini2,
    /// ケアネットメッセンジャー: transmission of claims to the federations.
    CareNetMessenger,
    /// ケアプランデータ連携システム: exchange of care plans, licensed by the year.
    CareplanRenkei,
}

impl Service {
    /// Every service, in the order the office lists them.
    pub const ALL: [Self; 3] = [
        Self::HonobonoMini2,
        Self::CareNetMessenger,
        Self::CareplanRenkei,
    ];

    /// The name used on the wire, in URLs, in rule books and on the command line.
    pub const fn code(self) -> &'static str {
        match self {
            Self::HonobonoMini2 => "honobono-mini2",
            Self::CareNetMessenger => "care-net-messenger",
            Self::CareplanRenkei => "careplan-renkei",
        }
    }

    /// The name that staff and customers read.
    pub const fn name(self) -> &'static str {
        match self {
            Self::HonobonoMini2 => "ほのぼのmini2",
            Self::CareNetMessenger => "ケアネットメッセンジャー",
            Self::CareplanRenkei => "ケアプランデータ連携システム",
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// A service name that no service has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "サービス「{0}」はありません。honobono-mini2、care-net-messenger、careplan-renkei のどれかを指定してください。"
)]
pub struct UnknownService(pub String);

impl FromStr for Service {
    type Err = UnknownService;

    fn from_str(text: &str) -> Result<Self, UnknownService> {
        Self::ALL
            .into_iter()
            .find(|service| service.code() == text)
            .ok_or_else(|| UnknownService(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wire_name_reads_back_as_the_same_service() {
        for service in Service::ALL {
            assert_eq!(service.code().parse::<Service>(), Ok(service));
            let json = serde_json::to_value(service).expect("a service serialises");
            assert_eq!(json, service.code());
        }
        assert_eq!(
            "mini2".parse::<Service>(),
            Err(UnknownService("mini2".into()))
        );
    }
}
