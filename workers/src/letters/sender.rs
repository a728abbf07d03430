//! Who sends the letters: the letterhead, from the configuration.

use serde::{Deserialize, Serialize};

/// The sender as letters show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sender {
    /// The company.
    pub name: String,
    /// The department that answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    /// Who represents the company, with the title: stands in 委任状.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub representative: Option<String>,
    /// 郵便番号, with its hyphen.
    pub postal_code: String,
    /// The address, a line each.
    pub address: Vec<String>,
    /// The telephone number.
    pub phone: String,
    /// When it is answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<String>,
    /// 登録番号 of an issuer of qualified invoices: `T` and 13 digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registration_number: Option<String>,
    /// The account for payments by transfer, as an invoice names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bank: Option<String>,
    /// The billing agent's own user ID (`HD…`): the first of the pool, and the one that 委任状 of a time before the pool name.
    pub agent_id: String,
}

impl Sender {
    /// An invented one: for samples and for directories that are 練習用.
    pub fn invented() -> Self {
        let some = |text: &str| Some(text.to_owned());
        Self {
            name: "株式会社台帳練習".to_owned(),
            department: some("お客様サポート部　お申し込み係"),
            representative: some("代表取締役　台帳 太郎"),
            postal_code: "460-0001".to_owned(),
            address: vec![
                "愛知県名古屋市中区架空町一丁目2番3号".to_owned(),
                "台帳ビル5階".to_owned(),
            ],
            phone: "052-000-0000".to_owned(),
            hours: some("平日 9:00〜17:00"),
            registration_number: some("T7123456789012"),
            bank: some("架空銀行（9999）本店（001）　普通 9999999　カ）ダイチョウレンシュウ"),
            agent_id: "HD239900000001".to_owned(),
        }
    }
}
