//! What a person counts in the books kept before, against what the lines of the files come to.

use crate::waiting::worded;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

worded! {
    /// Something that is counted or summed.
    Measure {
        /// Corporations in their trial.
        Trials = "trials", "お試し中の法人（件）";
        /// Corporations with 本登録.
        Registrations = "registrations", "本登録の法人（件）";
        /// Offices on their way to transmission, or transmitting.
        Transmissions = "transmissions", "伝送の事業所（件）";
        /// 委任状 that the federation has not confirmed.
        OpenPoas = "open_poas", "確認されていない委任状（件）";
        /// IDs of offices that are issued.
        Ids = "ids", "発行済みの事業所ID（件）";
        /// 口座振替依頼書.
        Mandates = "mandates", "口座振替依頼書（件）";
        /// Charges that are not paid.
        Charges = "charges", "未入金の請求（件）";
        /// Yen of them.
        OpenYen = "open_yen", "未入金の残高（円）";
        /// Yen of them for which a debit failed.
        ArrearsYen = "arrears_yen", "うち振替不能の未収（円）";
        /// Yen that came twice.
        CreditYen = "credit_yen", "過入金の残高（円）";
        /// Debits that are with the bank.
        AtBank = "at_bank", "銀行に依頼中の振替（件）";
        /// Yen of them.
        AtBankYen = "at_bank_yen", "銀行に依頼中の振替（円）";
        /// Corporations suspended for arrears.
        Suspended = "suspended", "利用停止中の法人（件）";
        /// Ends that were filed.
        Ends = "ends", "終了の申込（件）";
        /// Years of licences.
        Licences = "licences", "ライセンスの期間（件）";
    }
}

/// Counts and yen by what they are of. What is not named is none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Totals(BTreeMap<Measure, u64>);

impl Totals {
    /// How many, or how many yen.
    pub fn of(&self, measure: Measure) -> u64 {
        self.0.get(&measure).copied().unwrap_or_default()
    }

    /// So many more.
    pub fn add(&mut self, measure: Measure, more: u64) {
        if more > 0 {
            *self.0.entry(measure).or_default() += more;
        }
    }

    /// Whether it counts nothing.
    pub fn is_empty(&self) -> bool {
        self.0.values().all(|count| *count == 0)
    }

    /// Everything that is named, in the order of [`Measure::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = (Measure, u64)> + '_ {
        Measure::ALL
            .iter()
            .map(|measure| (*measure, self.of(*measure)))
            .filter(|(_, count)| *count > 0)
    }

    /// Where the two differ: what, how many here, how many there.
    pub fn differing<'a>(
        &'a self,
        other: &'a Self,
    ) -> impl Iterator<Item = (Measure, u64, u64)> + 'a {
        Measure::ALL
            .iter()
            .map(|measure| (*measure, self.of(*measure), other.of(*measure)))
            .filter(|(_, here, there)| here != there)
    }
}

impl FromIterator<(Measure, u64)> for Totals {
    fn from_iter<I: IntoIterator<Item = (Measure, u64)>>(counts: I) -> Self {
        let mut totals = Self::default();
        for (measure, count) in counts {
            totals.add(measure, count);
        }
        totals
    }
}
