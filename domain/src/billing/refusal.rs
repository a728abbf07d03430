//! Why a ledger says no.

use super::event::TransferNumber;
use crate::moving::Fault;
use crate::refusals::refusals;
use crate::rules::RuleError;
use chrono::NaiveDate;

refusals! {
    /// Why a request to a ledger is refused.
    Refusal {
        /// The corporation is not registered.
        UnknownCorporation = "billing.unknown_corporation",
            "この法人は登録されていません。法人を確認してください。",
            "This corporation is not registered. Check it.";
        /// The rule book states a price below zero.
        NegativePrice = "billing.negative_price",
            "規程の料金が負の金額です。規程を確認してください。",
            "The rule book states a price below zero. Check the rule book.";
        /// The day has not come.
        DayNotCome { /// The day given.
            on: NaiveDate, /// The open day.
            today: NaiveDate } = "billing.day_not_come",
            "日付 {on} は本日（{today}）より後です。日付を確認してください。",
            "The date {on} is after today ({today}). Check it.";
        /// No yen.
        NothingPaid = "billing.nothing_paid",
            "入金額が0円です。金額を入力してください。",
            "The amount paid is zero. Enter the amount.";
        /// More than is owed.
        PaidTooMuch { /// Yen that are not paid.
            open: u64 } = "billing.paid_too_much",
            "入金額が、未入金の残高（{open}円）を超えています。金額と法人を確認してください。",
            "More was paid than the {open} yen that are open. Check the amount and the corporation.";
        /// Another payment was recorded under the bank's number.
        TransferTaken { /// The number.
            reference: TransferNumber, /// The day of that payment.
            on: NaiveDate, /// Its yen.
            amount: u64 } = "billing.transfer_taken",
            "照会番号 {reference} は、{on} の入金（{amount}円）として記録済みです。照会番号・入金日・金額を確認してください。",
            "The transfer {reference} is recorded already, {amount} yen of {on}. Check number, day and amount.";
        /// Nobody of that name.
        PayerUnknown { /// The name.
            payer: String } = "billing.payer_unknown",
            "振込人「{payer}」と同じ名前の法人がありません。法人番号の列に入力するか、法人の画面で入金を記録してください。",
            "No corporation is named {payer}. Give its corporate number, or record the payment on its page.";
        /// Several of that name.
        PayerAmbiguous { /// The name.
            payer: String, /// How many.
            count: usize } = "billing.payer_ambiguous",
            "振込人「{payer}」と同じ名前の法人が {count} 件あります。法人番号の列に入力してください。",
            "{count} corporations are named {payer}. Give the corporate number.";
        /// More is paid back than was paid twice.
        RefundedTooMuch { /// Yen of credit.
            credit: u64 } = "billing.refunded_too_much",
            "返金額が過入金の残高（{credit}円）を超えています。金額を確認してください。",
            "More was paid back than the {credit} yen of credit. Check the amount.";
        /// No reason was given.
        ReasonMissing = "billing.reason_missing",
            "理由が空です。理由を入力してください。",
            "The reason is empty. Enter one.";
        /// No such entry.
        UnknownEntry = "billing.unknown_entry",
            "この請求・入金は台帳にありません。番号を確認してください。",
            "There is no such charge or payment. Check its key.";
        /// It was reversed before.
        AlreadyReversed = "billing.already_reversed",
            "この請求・入金は取消済みです。履歴を確認してください。",
            "This entry was reversed already. Check its history.";
        /// It stands in a debit under way.
        WithBank = "billing.with_bank",
            "この請求は口座振替の依頼中です。振替結果が出てから操作してください。",
            "This charge stands in a debit under way. Wait for its result.";
        /// It was paid.
        PaidAlready = "billing.paid_already",
            "この請求には入金があります。先に入金を取り消してください。",
            "Part of this charge is paid. Reverse the payment first.";
        /// Nobody asked for a reversal.
        NotAsked = "billing.not_asked",
            "この請求・入金の取消は申請されていません。先に取消を申請してください。",
            "Nobody asked for this reversal. Ask for it first.";
        /// The same person asks and approves.
        SamePerson = "billing.same_person",
            "取消の申請者は承認できません。別の担当者が承認してください。",
            "Who asked for the reversal cannot approve it. Another person must.";
        /// No failed debit waits for a person.
        NothingToDecide = "billing.nothing_to_decide",
            "担当者の判断を待っている振替不能はありません。台帳の状態を確認してください。",
            "No failed debit waits for a person's decision. Check the ledger.";
        /// The rule books give no answer.
        NoRule { /// What they say.
            why: RuleError } = "billing.no_rule",
            "規程から金額や日付を決められません。{why}",
            "The rule books give no amount or date: {why}";
        /// It cannot be carried over.
        NotCarried { /// Why.
            why: Fault } = "billing.not_carried",
            "残高を移行できません。{why}",
            "The balance cannot be carried over: {why}";
    }
}

impl From<RuleError> for Refusal {
    fn from(why: RuleError) -> Self {
        Self::NoRule { why }
    }
}

impl From<Fault> for Refusal {
    fn from(why: Fault) -> Self {
        Self::NotCarried { why }
    }
}
