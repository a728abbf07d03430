//! What stands in the records: who collects, one debit, and the codes.

use super::{BankCode, BranchCode, CustomerNumber, Digits, Text};
use crate::waiting::worded;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

worded! {
    /// 預金種目.
    AccountKind {
        /// Ordinary.
        Ordinary = "ordinary", "普通";
        /// Current.
        Current = "current", "当座";
        /// For paying taxes.
        TaxReserve = "tax_reserve", "納税準備";
        /// Any other.
        Other = "other", "その他";
    }
}

worded! {
    /// 新規コード.
    NewCode {
        /// The first debit of this account.
        First = "first", "初回";
        /// The first debit after the account changed.
        Changed = "changed", "変更";
        /// Any other debit.
        Unchanged = "unchanged", "その他";
    }
}

worded! {
    /// 振替結果コード.
    ResultCode {
        /// 0: collected.
        Collected = "collected", "振替済";
        /// 1: not enough money.
        InsufficientFunds = "insufficient_funds", "資金不足";
        /// 2: no such account.
        NoAccount = "no_account", "取引なし";
        /// 3: stopped by the depositor.
        StoppedByDepositor = "stopped_by_depositor", "預金者の都合による停止";
        /// 4: no mandate.
        NoMandate = "no_mandate", "依頼書なし";
        /// 8: stopped by the collector.
        StoppedByCollector = "stopped_by_collector", "委託者の都合による停止";
        /// 9: anything else.
        Other = "other", "その他";
    }
}

macro_rules! coded {
    ($kind:ident { $($variant:ident = $byte:literal;)* }) => {
        impl $kind {
            /// The digit in the file.
            pub const fn byte(self) -> u8 {
                match self { $(Self::$variant => $byte,)* }
            }

            /// What the digit says.
            pub const fn read(byte: u8) -> Option<Self> {
                match byte { $($byte => Some(Self::$variant),)* _other => None }
            }
        }
    };
}

coded! { AccountKind { Ordinary = b'1'; Current = b'2'; TaxReserve = b'3'; Other = b'9'; } }
coded! { NewCode { First = b'1'; Changed = b'2'; Unchanged = b'0'; } }
coded! { ResultCode {
    Collected = b'0'; InsufficientFunds = b'1'; NoAccount = b'2'; StoppedByDepositor = b'3'; NoMandate = b'4';
    StoppedByCollector = b'8'; Other = b'9';
} }

/// Who collects, as the header says it. Texts are as people type them; [`super::text`] writes them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Consignor {
    /// 委託者コード.
    pub code: Digits<10>,
    /// 委託者名, in kana.
    pub name: String,
    /// The collecting bank.
    pub bank: BankCode,
    /// Its name, in kana.
    pub bank_name: String,
    /// Its branch.
    pub branch: BranchCode,
    /// The branch's name, in kana.
    pub branch_name: String,
    /// The kind of the account the money goes to.
    pub account_kind: AccountKind,
    /// That account.
    pub account_number: Digits<7>,
    /// Which of its numbers a file of another system leaves blank: the code tells the bank all of it. A file of ours leaves none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unsaid: Vec<Unsaid>,
}

/// A number of the header that is left blank; what stands in its place in a [`Consignor`] means nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unsaid {
    /// 取引銀行番号, with spaces.
    Bank,
    /// 取引支店番号, with spaces.
    Branch,
    /// 預金種目, with a space.
    AccountKind,
    /// 預金種目, with a zero.
    AccountKindZero,
    /// 口座番号, with spaces.
    AccountNumber,
}

impl Consignor {
    /// An invented one, of a bank that does not exist: for directories that are 練習用, and for tests.
    pub fn invented() -> Self {
        Self {
            code: Digits::of(9_999_999_999),
            name: "カ）ダイチヨウレンシユウ".to_owned(),
            bank: Digits::of(9999),
            bank_name: "レンシユウ".to_owned(),
            branch: Digits::of(1),
            branch_name: "ホンテン".to_owned(),
            account_kind: AccountKind::Ordinary,
            account_number: Digits::of(9_999_999),
            unsaid: vec![],
        }
    }
}

/// One debit, in the characters of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Debit {
    /// The debtor's bank.
    pub bank: BankCode,
    /// Its name.
    pub bank_name: Text<15>,
    /// Its branch.
    pub branch: BranchCode,
    /// The branch's name.
    pub branch_name: Text<15>,
    /// The kind of account.
    pub account_kind: AccountKind,
    /// The account.
    pub account_number: Digits<7>,
    /// Its holder.
    pub holder: Text<30>,
    /// Yen.
    pub amount: u64,
    /// Whether the account is new.
    pub new_code: NewCode,
    /// The debtor.
    pub customer: CustomerNumber,
}
