//! What can be asked of a ledger.

use super::carry_over::CarryOver;
use super::event::{Method, PersonChoice, TransferNumber};
use super::order::{IdKind, OrderNumber, Wish};
use super::receipt::Delivery;
use super::state::EntryKey;
use crate::Service;
use crate::dates::Month;
use crate::personal::{Personal, Typed};
use crate::stream::{OfficeId, StaffId};
use crate::termination::Scope;
use crate::zengin::ResultCode;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::num::NonZeroU32;

/// A request to a ledger.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// A service will be charged (a reaction).
    BeginCharging {
        /// The service.
        service: Service,
        /// Its first charged month.
        from: Month,
    },
    /// A use is over: nothing is charged after this month (a reaction).
    EndCharging {
        /// The service.
        service: Service,
        /// Which end of the service it is.
        end: u32,
        /// What ended.
        scope: Scope,
        /// The last charged month.
        last_month: Month,
    },
    /// A month is over (a deadline).
    Charge {
        /// The service.
        service: Service,
        /// The month.
        month: Month,
    },
    /// A debit batch asks (a deadline).
    AnswerDebit {
        /// The debit month.
        batch: Month,
    },
    /// A mandate came into force while a batch gathers: it is asked once more (a reaction).
    AnswerAgain {},
    /// The day of the debit came (a deadline).
    PassDebitDay {
        /// The debit month.
        batch: Month,
    },
    /// Books what the bank says (a reaction).
    BookResult {
        /// The debit month.
        batch: Month,
        /// What the bank says.
        code: ResultCode,
    },
    /// The day of suspension came (a deadline).
    PassSuspensionDay {
        /// The debit month that failed.
        batch: Month,
        /// The day it was set for.
        on: NaiveDate,
    },
    /// Decides what a failed debit means.
    DecideFailed {
        /// What is decided.
        choice: PersonChoice,
        /// Why.
        reason: Typed,
    },
    /// Records a payment outside the debit.
    RecordPayment {
        /// Yen.
        amount: u64,
        /// The day the money came.
        received_on: NaiveDate,
        /// How.
        method: Method,
        /// What a person noted.
        note: Option<Personal>,
        /// The bank's number of the transfer, where a list gives one.
        reference: Option<TransferNumber>,
    },
    /// Records that credit was paid back.
    RefundCredit {
        /// Yen.
        amount: u64,
        /// The day it was paid back.
        refunded_on: NaiveDate,
        /// What a person noted.
        note: Option<Personal>,
    },
    /// Asks that a charge or payment be reversed.
    AskReversal {
        /// The charge or payment.
        entry: EntryKey,
        /// Why.
        reason: Typed,
        /// Who asks.
        by: StaffId,
    },
    /// Approves a reversal, as the second person.
    ApproveReversal {
        /// The charge or payment.
        entry: EntryKey,
        /// Who approves.
        by: StaffId,
    },
    /// Asks for a 領収書 of money that was collected.
    AskReceipt {
        /// The debit or payment.
        entry: EntryKey,
        /// How the customer wishes to get it.
        by: Delivery,
    },
    /// Asks for a 支払証明書 of a period.
    AskCertificate {
        /// Its first day.
        from: NaiveDate,
        /// Its last day.
        to: NaiveDate,
        /// How the customer wishes to get it.
        by: Delivery,
    },
    /// Orders an option for an office.
    OrderOption {
        /// The office.
        office: OfficeId,
        /// What.
        wish: Wish,
        /// The day the order came in.
        received_on: NaiveDate,
    },
    /// Notes that what was ordered is done.
    FinishOption {
        /// The order.
        order: OrderNumber,
        /// How many files or IDs: no more than were ordered.
        quantity: NonZeroU32,
        /// The day it was done.
        on: NaiveDate,
    },
    /// Notes that we set a new password for an ID, which its customer asked for (a reaction).
    NoteReissue {
        /// The service that the ID opens.
        service: Service,
        /// The office, where it is an office's ID.
        office: Option<OfficeId>,
        /// Whose ID it is.
        whose: IdKind,
        /// The day.
        on: NaiveDate,
    },
    /// Ends an option that is charged month by month.
    EndOption {
        /// The order.
        order: OrderNumber,
        /// The day the customer said so.
        received_on: NaiveDate,
    },
    /// Takes an order back of which nothing was done.
    WithdrawOption {
        /// The order.
        order: OrderNumber,
        /// Why.
        reason: Typed,
    },
    /// Takes what is owed over from the books kept before.
    CarryOver(CarryOver),
    /// Declines a reversal.
    DeclineReversal {
        /// The charge or payment.
        entry: EntryKey,
        /// Who declines.
        by: StaffId,
    },
}
