//! What is recorded in a ledger.

use super::order::{OrderNumber, Ordered};
use super::receipt::Delivery;
use super::state::{EntryKey, Turn};
use crate::Service;
use crate::corporation::BankAccount;
use crate::dates::Month;
use crate::identifiers::{OfficeNumber, name};
use crate::moving::CarriedFrom;
use crate::personal::Personal;
use crate::rules::{Basis, Dated};
use crate::stream::{OfficeId, StaffId};
use crate::termination::Scope;
use crate::waiting::worded;
use crate::zengin::{CustomerNumber, NewCode, ResultCode};
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

/// One line of a charge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FeeLine {
    /// The office.
    pub office: OfficeId,
    /// Its 事業所番号 when it was charged.
    pub number: OfficeNumber,
    /// The slot of the rule book that sets the price, `fee.monthly`.
    pub fee: String,
    /// How many.
    pub quantity: u32,
    /// Yen, as the rule book states the price: before or with tax.
    pub amount: u64,
}

/// One line of a charge for options.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OptionLine {
    /// The order.
    pub order: OrderNumber,
    /// The office.
    pub office: OfficeId,
    /// Its 事業所番号 when it was charged.
    pub number: OfficeNumber,
    /// The slot of the rule book that sets the price, `fee.restore_notice`.
    pub fee: String,
    /// How many.
    pub quantity: u32,
    /// Yen, as the rule book states the price: before or with tax.
    pub amount: u64,
    /// What the price rests on.
    pub basis: Basis,
}

/// The number by which the bank tells one transfer from another: what is entered twice under one number is one payment.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct TransferNumber(String);

/// A text that is no number of a transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the number of a transfer has 1 to 40 letters, digits and signs, and no spaces")]
pub struct NoTransferNumber;

impl FromStr for TransferNumber {
    type Err = NoTransferNumber;

    fn from_str(text: &str) -> Result<Self, NoTransferNumber> {
        let text = name(text).normalised;
        let fits =
            (1..=40).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        fits.then_some(Self(text)).ok_or(NoTransferNumber)
    }
}

impl fmt::Display for TransferNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A part of a debit or payment: what it settles of one charge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Part {
    /// The charge.
    pub charge: EntryKey,
    /// Yen.
    pub amount: u64,
}

/// The month in whose books an entry stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Posting {
    /// The month.
    pub month: Month,
    /// The month it belongs to, if that one was closed before it was entered (通常の処理期間後の入力).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub late_for: Option<Month>,
}

worded! {
    /// Why a month is not charged.
    NoCharge {
        /// No office uses the service in it.
        NoOffices = "no_offices", "対象の事業所なし";
        /// The service has ended.
        Ended = "ended", "利用終了";
        /// Its use was suspended, and the rule book charges nothing then.
        Suspended = "suspended", "利用停止中";
    }
}

worded! {
    /// How a payment came in.
    Method {
        /// By bank transfer.
        Transfer = "transfer", "振込";
        /// In cash.
        Cash = "cash", "現金";
        /// Any other way.
        Other = "other", "その他";
    }
}

worded! {
    /// What a person decides about a debit that failed for another reason than the account.
    PersonChoice {
        /// It is treated as money that was missing: notice and suspension by the rules.
        Dun = "dun", "未収として督促する";
        /// It is debited again without notice.
        Redebit = "redebit", "督促せず次の振替に載せる";
    }
}

/// Why a debit does not go into the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Obstacle {
    /// No mandate is in force.
    NoMandate {},
    /// The account cannot be written into the file.
    Unwritable {
        /// The field.
        field: String,
        /// What cannot be written in it.
        why: String,
    },
    /// More yen than a record can ask for.
    TooMuch {},
    /// The batch had gathered already.
    Closed {},
}

/// What a ledger says when a batch asks for its debit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Answer {
    /// It is to be debited.
    Asked {
        /// Yen.
        amount: u64,
        /// What it settles.
        parts: Vec<Part>,
        /// The number under which the collector knows the corporation.
        customer: CustomerNumber,
        /// The account.
        account: BankAccount,
        /// Whether the account is new to the collector.
        new_code: NewCode,
        /// The day the money is to be taken.
        debit_on: Dated,
        /// The day by which the bank answers.
        result_by: Dated,
    },
    /// It goes into the next batch.
    CarriedOver {
        /// Yen.
        amount: u64,
        /// Why.
        obstacle: Obstacle,
        /// When it is asked again.
        next: Turn,
    },
    /// Nothing is owed any more.
    NothingDue {},
}

/// A charge that was not paid when daicho took over the books.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CarriedCharge {
    /// Its permanent key within the ledger.
    pub key: EntryKey,
    /// Where it stood.
    pub from: CarriedFrom,
    /// The service.
    pub service: Service,
    /// The month of service.
    pub month: Month,
    /// Yen with tax.
    pub gross: u64,
    /// Yen of tax in it: as the former books have it, or by the rate of the month's last day. Nothing where it was carried
    /// over before this was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax: Option<u64>,
    /// Yen that are not paid.
    pub open: u64,
    /// The debit month in which a debit of it failed, if one did.
    pub failed: Option<Month>,
}

/// A debit that was with the bank when daicho took over the books, as the file that was sent has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CarriedDebit {
    /// The debit month.
    pub batch: Month,
    /// Yen.
    pub amount: u64,
    /// What it settles.
    pub parts: Vec<Part>,
    /// The number under which the collector knows the corporation.
    pub customer: CustomerNumber,
    /// The account.
    pub account: BankAccount,
    /// Whether the account is new to the collector.
    pub new_code: NewCode,
    /// The day the money is to be taken.
    pub debit_on: Dated,
    /// The day by which the bank answers.
    pub result_by: Dated,
}

/// What the customer had been told of arrears when daicho took over the books.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CarriedArrears {
    /// The debit month that failed first.
    pub batch: Month,
    /// What the bank said.
    pub code: ResultCode,
    /// The day of the notice.
    pub noticed_on: Option<NaiveDate>,
    /// The day use is suspended unless they are paid.
    pub suspension_on: Option<Dated>,
    /// The day since which it is.
    pub suspended_on: Option<NaiveDate>,
}

/// What happened in a ledger.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", content = "body", rename_all = "snake_case")]
pub enum Event {
    /// A service is charged from this month on.
    ChargingBegan {
        /// The service.
        service: Service,
        /// Its first charged month.
        from: Month,
    },
    /// What was owed was carried over from the books kept before. The books that charged it have its journal.
    CarriedOver {
        /// Where it stood: the first of its lines.
        from: CarriedFrom,
        /// The charges that are not paid.
        charges: Vec<CarriedCharge>,
        /// What the customer was told of a debit that failed.
        arrears: Option<CarriedArrears>,
        /// Yen that came twice.
        credit: u64,
        /// The debits that are with the bank.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        debits: Vec<CarriedDebit>,
        /// When a batch asks for the charges.
        turn: Option<Turn>,
    },
    /// A use is over: nothing is charged after this month, and the debit of its fee is the last one.
    ChargingEnded {
        /// The service.
        service: Service,
        /// Which end of the service it is.
        end: u32,
        /// What ended.
        scope: Scope,
        /// The last charged month.
        last_month: Month,
    },
    /// A month of a service was charged: one document.
    Charged {
        /// Its permanent key within the ledger.
        key: EntryKey,
        /// The service.
        service: Service,
        /// The month of service.
        month: Month,
        /// What is charged.
        lines: Vec<FeeLine>,
        /// Yen before tax.
        net: u64,
        /// Yen of tax, rounded once for the document.
        tax: u64,
        /// The rate in percent.
        tax_percent: u32,
        /// What price and tax rest on.
        basis: Basis,
        /// The day it is debited.
        debit_on: Dated,
        /// When the batch of that day asks for it.
        turn: Turn,
        /// In which books it stands.
        posting: Posting,
    },
    /// An option was ordered for an office.
    OptionOrdered {
        /// The order's number in the ledger.
        order: OrderNumber,
        /// The office.
        office: OfficeId,
        /// Its 事業所番号.
        number: OfficeNumber,
        /// What was ordered.
        ordered: Ordered,
        /// The day the order came in.
        received_on: NaiveDate,
    },
    /// What was ordered is done: it is charged with its month.
    OptionDone {
        /// The order.
        order: OrderNumber,
        /// How many files or IDs.
        quantity: NonZeroU32,
        /// The day it was done.
        on: NaiveDate,
    },
    /// An option is no longer charged after this month.
    OptionEnded {
        /// The order.
        order: OrderNumber,
        /// The day the customer said so.
        received_on: NaiveDate,
        /// The last charged month.
        last_month: Dated,
    },
    /// An order was taken back before anything was done.
    OptionWithdrawn {
        /// The order.
        order: OrderNumber,
        /// Why.
        reason: Personal,
    },
    /// The options of a month were charged: one document.
    OptionsCharged {
        /// Its permanent key within the ledger.
        key: EntryKey,
        /// The service.
        service: Service,
        /// The month in which they were used or done.
        month: Month,
        /// What is charged.
        lines: Vec<OptionLine>,
        /// Yen before tax.
        net: u64,
        /// Yen of tax, rounded once for the document.
        tax: u64,
        /// The rate in percent.
        tax_percent: u32,
        /// The day it is debited.
        debit_on: Dated,
        /// When the batch of that day asks for it.
        turn: Turn,
        /// In which books it stands.
        posting: Posting,
    },
    /// A month of a service is not charged.
    NotCharged {
        /// The service.
        service: Service,
        /// The month.
        month: Month,
        /// Why.
        why: NoCharge,
    },
    /// The ledger answered a debit batch.
    DebitAnswered {
        /// The debit month.
        batch: Month,
        /// The answer.
        answer: Answer,
    },
    /// The file with the debit went to the bank.
    DebitRequested {
        /// The debit month.
        batch: Month,
        /// Yen.
        amount: u64,
    },
    /// The day of the debit came and no file had been sent: what was to be debited goes into the next batch.
    DebitMissed {
        /// The debit month.
        batch: Month,
        /// Yen.
        amount: u64,
        /// When it is asked again.
        next: Turn,
    },
    /// The bank collected the debit.
    Collected {
        /// The debit month.
        batch: Month,
        /// Yen.
        amount: u64,
        /// The day the money was taken.
        collected_on: NaiveDate,
        /// In which books it stands.
        posting: Posting,
        /// Yen that were paid in another way before the bank answered: credit of the corporation.
        #[serde(default, skip_serializing_if = "is_none")]
        overpaid: u64,
    },
    /// The bank did not collect the debit.
    Failed {
        /// The debit month.
        batch: Month,
        /// Yen.
        amount: u64,
        /// What the bank says.
        code: ResultCode,
        /// The day it was tried.
        tried_on: NaiveDate,
        /// When it is debited again; none where the rule book asks for a transfer.
        next: Option<Turn>,
    },
    /// The customer is told of the arrears.
    Noticed {
        /// The debit month that failed.
        batch: Month,
        /// Yen in arrears.
        amount: u64,
        /// The day of the notice.
        on: NaiveDate,
        /// The day use is suspended unless they are paid.
        suspension_on: Dated,
    },
    /// The day of suspension came and the arrears were not paid.
    SuspensionDue {
        /// The debit month that failed.
        batch: Month,
        /// The day.
        on: NaiveDate,
    },
    /// A person decided what a failed debit means.
    PersonDecided {
        /// The debit month that failed.
        batch: Month,
        /// What was decided.
        choice: PersonChoice,
        /// Why.
        reason: Personal,
    },
    /// A payment outside the debit was recorded by hand.
    Paid {
        /// Its permanent key within the ledger.
        key: EntryKey,
        /// Yen.
        amount: u64,
        /// The day the money came.
        received_on: NaiveDate,
        /// How.
        method: Method,
        /// What it settles, oldest charge first.
        parts: Vec<Part>,
        /// What a person noted.
        note: Option<Personal>,
        /// The bank's number of the transfer, where a list gave one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reference: Option<TransferNumber>,
        /// In which books it stands.
        posting: Posting,
    },
    /// Credit settles charges: money that came twice is taken for what is charged next.
    CreditApplied {
        /// Its permanent key within the ledger.
        key: EntryKey,
        /// Yen.
        amount: u64,
        /// What it settles, oldest charge first.
        parts: Vec<Part>,
        /// In which books it stands.
        posting: Posting,
    },
    /// A 領収書 of money that was collected was asked for.
    ReceiptAsked {
        /// The debit or payment.
        entry: EntryKey,
        /// The how manieth: from the second on it is a 再発行.
        copy: u32,
        /// How the customer wishes to get it; on paper where nothing is said.
        #[serde(
            default = "Delivery::on_paper",
            skip_serializing_if = "Delivery::is_on_paper"
        )]
        by: Delivery,
    },
    /// A 支払証明書 was asked for.
    CertificateAsked {
        /// The first day of its period.
        from: NaiveDate,
        /// Its last day.
        to: NaiveDate,
        /// The how manieth of this period: from the second on it is a 再発行.
        copy: u32,
        /// How the customer wishes to get it; on paper where nothing is said.
        #[serde(
            default = "Delivery::on_paper",
            skip_serializing_if = "Delivery::is_on_paper"
        )]
        by: Delivery,
    },
    /// Credit was paid back.
    Refunded {
        /// Its permanent key within the ledger.
        key: EntryKey,
        /// Yen.
        amount: u64,
        /// The day it was paid back.
        refunded_on: NaiveDate,
        /// What a person noted.
        note: Option<Personal>,
        /// In which books it stands.
        posting: Posting,
    },
    /// Somebody asks that an entry be reversed.
    ReversalAsked {
        /// The charge or payment.
        entry: EntryKey,
        /// Why.
        reason: Personal,
        /// Who asks.
        by: StaffId,
    },
    /// A second person declined a reversal.
    ReversalDeclined {
        /// The charge or payment.
        entry: EntryKey,
        /// Who.
        by: StaffId,
    },
    /// An entry is reversed.
    Reversed {
        /// The reversing entry's permanent key.
        key: EntryKey,
        /// The charge or payment.
        entry: EntryKey,
        /// Yen.
        amount: u64,
        /// Why.
        reason: Personal,
        /// Who asked for it.
        asked_by: StaffId,
        /// The second person, who approved it.
        approved_by: StaffId,
        /// In which books it stands.
        posting: Posting,
    },
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands over a reference"
)]
const fn is_none(yen: &u64) -> bool {
    *yen == 0
}
