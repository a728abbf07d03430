//! What is known of a ledger.

use super::ending::Left;
use super::event::{Method, Part, TransferNumber};
use super::order::{Order, OrderNumber};
use super::receipt::{Certificate, ChargeKind, Debited, Tax};
use crate::Service;
use crate::corporation::BankAccount;
use crate::dates::Month;
use crate::personal::Personal;
use crate::rules::Dated;
use crate::stream::{RunId, StaffId};
use crate::waiting::worded;
use crate::zengin::{CustomerNumber, NewCode, ResultCode};
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

/// The permanent key of an entry within its ledger: `2026-08.honobono-mini2`, `paid.3`. Never given twice.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct EntryKey(String);

impl EntryKey {
    pub(super) fn of_charge(month: Month, service: Service) -> Self {
        Self(format!("{month}.{service}"))
    }

    /// The key of what a month's options come to.
    pub(super) fn of_options(month: Month, service: Service) -> Self {
        Self(format!("{month}.{service}.options"))
    }

    /// The key of an option that was entered after its month was charged.
    pub(super) fn of_late_option(month: Month, service: Service, order: OrderNumber) -> Self {
        Self(format!("{month}.{service}.options.{order}"))
    }

    /// The key of what was owed when daicho took over the books.
    pub fn of_carried() -> Self {
        Self("carried".to_owned())
    }

    pub(super) fn of_payment(number: usize) -> Self {
        Self(format!("paid.{number}"))
    }

    /// The key of the debit that a batch collected.
    pub fn of_debit(batch: Month) -> Self {
        Self(format!("debit.{batch}"))
    }

    pub(super) fn of_credit(number: usize) -> Self {
        Self(format!("credit.{number}"))
    }

    pub(super) fn of_refund(number: usize) -> Self {
        Self(format!("refund.{number}"))
    }

    /// What a charge under this key is for.
    pub(super) fn kind(&self) -> ChargeKind {
        match self.0.split('.').nth(2) {
            Some("options") => ChargeKind::Options,
            Some(_) | None => ChargeKind::Fee,
        }
    }

    pub(super) fn of_reversal(entry: &Self, number: usize) -> Self {
        Self(format!("{entry}.reversed.{number}"))
    }
}

impl fmt::Display for EntryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for EntryKey {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}

/// When a ledger is asked for a debit: by which batch, from which day on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Turn {
    /// The debit month.
    pub batch: Month,
    /// The day the batch opens and asks.
    pub on: Dated,
}

worded! {
    /// A charge's ステータス.
    Status {
        /// It waits for its debit.
        Charged = "charged", "請求確定";
        /// It stands in a debit file that has not been sent.
        Gathered = "gathered", "振替依頼予定";
        /// The file is with the bank.
        Requested = "requested", "振替結果待ち";
        /// Paid.
        Paid = "paid", "入金済み";
        /// A debit of it failed.
        Arrears = "arrears", "未収";
        /// Reversed.
        Reversed = "reversed", "取消";
    }
}

/// One charge.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Charge {
    /// The service.
    pub service: Service,
    /// The month of service.
    pub month: Month,
    /// Yen with tax.
    pub gross: u64,
    /// The tax in it; nobody knows that of one carried over from the books kept before.
    pub tax: Option<Tax>,
    /// Yen that are not paid.
    pub open: u64,
    /// The debit it stands in now.
    pub debit: Option<Month>,
    /// The last debit of it that failed, while it is not paid.
    pub failed: Option<Month>,
    /// Whether it was reversed.
    pub reversed: bool,
    /// Yen of tax in it, of a charge of the books kept before; a charge of daicho's own has its journal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carried_tax: Option<u64>,
}

/// A debit under way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InFlight {
    /// Yen.
    pub amount: u64,
    /// What it settles.
    pub parts: Vec<Part>,
    /// Under which number.
    pub customer: CustomerNumber,
    /// From which account.
    pub account: BankAccount,
    /// Whether the account is new to the collector.
    pub new_code: NewCode,
    /// The day of the debit.
    pub debit_on: Dated,
    /// The day by which the bank answers.
    pub result_by: Dated,
    /// Whether the file went to the bank.
    pub requested: bool,
}

/// What a corporation owes after a debit failed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Arrears {
    /// The debit month that failed first.
    pub batch: Month,
    /// What the bank said.
    pub code: ResultCode,
    /// Whether a person has to say what it means.
    pub asks_person: bool,
    /// Once the customer was told: the day, and the day of suspension.
    pub notice: Option<(NaiveDate, Dated)>,
    /// The day suspension fell due, if it did.
    pub suspended_on: Option<NaiveDate>,
}

/// A payment outside the debit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Payment {
    /// Yen.
    pub amount: u64,
    /// The day the money came.
    pub received_on: NaiveDate,
    /// How.
    pub method: Method,
    /// What it settled.
    pub parts: Vec<Part>,
    /// The bank's number of the transfer, where a list gave one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<TransferNumber>,
    /// Whether it was reversed.
    pub reversed: bool,
}

/// A reversal that waits for a second person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reversal {
    /// Why.
    pub reason: Personal,
    /// Who asks.
    pub by: StaffId,
}

/// A ledger, folded.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// The services that are charged, each with the next month to charge.
    pub services: BTreeMap<Service, Month>,
    /// The first charged month of the present use, or the last one, of each service.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub began: BTreeMap<Service, Month>,
    /// The keys of all entries, in the order in which they were made.
    pub entries: Vec<EntryKey>,
    /// Every charge.
    pub charges: BTreeMap<EntryKey, Charge>,
    /// Every payment outside the debit.
    pub payments: BTreeMap<EntryKey, Payment>,
    /// How many entries were reversed.
    pub reversals: usize,
    /// Reversals that wait for a second person.
    pub asked: BTreeMap<EntryKey, Reversal>,
    /// When a batch asks next.
    pub turn: Option<Turn>,
    /// The last batch that was told to carry over.
    pub carried_over: Option<Month>,
    /// The debits under way.
    pub debits: BTreeMap<Month, InFlight>,
    /// Every debit that was collected.
    pub collected: BTreeMap<EntryKey, Debited>,
    /// How often a 領収書 of an entry was asked for.
    pub receipts: BTreeMap<EntryKey, u32>,
    /// The 支払証明書 that were asked for.
    pub certificates: Vec<Certificate>,
    /// The account of the last debit.
    pub debited: Option<BankAccount>,
    /// The day of the last debit whose file went to the bank.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_debit_on: Option<NaiveDate>,
    /// What is in arrears.
    pub arrears: Option<Arrears>,
    /// The uses that are over.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left: Vec<Left>,
    /// Yen that came twice and settle nothing yet.
    pub credit: u64,
    /// How often credit settled charges.
    pub credits: usize,
    /// How often credit was paid back.
    pub refunds: usize,
    /// Every option that was ordered.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub orders: BTreeMap<OrderNumber, Order>,
    /// The run of moving in that brought what was owed before, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carried: Option<RunId>,
}

impl State {
    /// Yen owed in all.
    pub fn open(&self) -> u64 {
        self.charges.values().map(|charge| charge.open).sum()
    }

    /// Whether nothing is charged any more, nothing owed and nothing under way.
    pub fn is_quiet(&self) -> bool {
        self.services.is_empty()
            && self.open() == 0
            && self.credit == 0
            && self.debits.is_empty()
            && self.asked.is_empty()
            && !self.orders.values().any(Order::to_do)
    }

    /// Yen in arrears: what a debit failed for and is not paid.
    pub fn in_arrears(&self) -> u64 {
        let failed = self
            .charges
            .values()
            .filter(|charge| charge.failed.is_some());
        failed.map(|charge| charge.open).sum()
    }

    /// The months whose fees are in arrears.
    pub fn months_in_arrears(&self) -> Vec<Month> {
        let failed = self
            .charges
            .values()
            .filter(|charge| charge.failed.is_some() && charge.open > 0);
        let months: BTreeSet<_> = failed.map(|charge| charge.month).collect();
        months.into_iter().collect()
    }

    /// The day on which suspension fell due for this debit, while it is not paid.
    pub fn suspension_due(&self, batch: Month) -> Option<NaiveDate> {
        let arrears = self.arrears.as_ref()?;
        arrears.suspended_on.filter(|_| arrears.batch == batch)
    }

    /// What a debit would settle now: the open charges that stand in no other debit.
    pub fn debitable(&self) -> Vec<Part> {
        let open = self
            .charges
            .iter()
            .filter(|(_, charge)| charge.open > 0 && charge.debit.is_none());
        open.map(|(key, charge)| Part {
            charge: key.clone(),
            amount: charge.open,
        })
        .collect()
    }

    /// What a payment settles now: every open charge, also one that a debit asks for.
    pub fn payable(&self) -> Vec<Part> {
        let open = self.charges.iter().filter(|(_, charge)| charge.open > 0);
        open.map(|(key, charge)| Part {
            charge: key.clone(),
            amount: charge.open,
        })
        .collect()
    }

    /// What of a debit is still owed: its charges may have been paid in another way since it was asked.
    pub fn still_owed(&self, debit: &InFlight) -> Vec<Part> {
        let owed = debit.parts.iter().map(|part| {
            let open = self
                .charges
                .get(&part.charge)
                .map_or(0, |charge| charge.open);
            Part {
                charge: part.charge.clone(),
                amount: part.amount.min(open),
            }
        });
        owed.filter(|part| part.amount > 0).collect()
    }

    /// Where a charge stands.
    pub fn status(&self, charge: &Charge) -> Status {
        if charge.reversed {
            return Status::Reversed;
        }
        if charge.open == 0 {
            return Status::Paid;
        }
        match charge.debit.and_then(|batch| self.debits.get(&batch)) {
            Some(debit) if debit.requested => Status::Requested,
            Some(_) => Status::Gathered,
            None if charge.failed.is_some() => Status::Arrears,
            None => Status::Charged,
        }
    }
}
