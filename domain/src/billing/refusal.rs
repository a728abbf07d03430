//! Why a ledger says no.

use super::event::TransferNumber;
use super::order::OrderNumber;
use crate::identifiers::OfficeNumber;
use crate::moving::Fault;
use crate::refusals::refusals;
use crate::rules::RuleError;
use crate::stream::OfficeId;
use chrono::NaiveDate;
use std::num::NonZeroU32;

refusals! {
    /// Why a request to a ledger is refused.
    Refusal {
        /// The corporation is not registered.
        UnknownCorporation = "billing.unknown_corporation",
            "この法人は登録されていません。法人を確認してください。",
            "This corporation is not registered. Check it.";
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
        /// It brought no money.
        NotCollected = "billing.not_collected",
            "この記録は、実際に受け取った入金ではありません。領収書は、口座振替か入金の記録を選んで発行してください。",
            "This entry is no money that was received. Choose a collected debit or a payment.";
        /// Nothing was collected in that time.
        NothingCollected { /// The first day.
            from: NaiveDate, /// The last day.
            to: NaiveDate } = "billing.nothing_collected",
            "{from} から {to} までに受け取った入金はありません。期間を確認してください。",
            "Nothing was received from {from} to {to}. Check the period.";
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
        /// The office is not of this corporation.
        UnknownOffice { /// The office.
            office: OfficeId } = "billing.unknown_office",
            "この事業所（{office}）は、この法人に登録されていません。事業所を確認してください。",
            "The office {office} is not one of this corporation's. Check it.";
        /// Options are for who uses the service.
        OptionForUsersOnly { /// The office's number.
            number: OfficeNumber } = "billing.option_for_users_only",
            "事業所 {number} はケアネットメッセンジャーを利用していません。オプションは利用中の事業所だけが申し込めます。",
            "The office {number} does not use the messenger. Options are for its users only.";
        /// No such order.
        UnknownOrder { /// The order.
            order: OrderNumber } = "billing.unknown_order",
            "オプションの申込 {order} は台帳にありません。番号を確認してください。",
            "There is no order {order} in the ledger. Check its number.";
        /// It was done, ended or taken back before.
        OrderNotOpen { /// The order.
            order: OrderNumber } = "billing.order_not_open",
            "オプションの申込 {order} は、作業済み・課金中・終了・取り下げのいずれかです。履歴を確認してください。",
            "The order {order} is done, being charged, ended or withdrawn. Check its history.";
        /// It runs month by month.
        OptionIsMonthly { /// The order.
            order: OrderNumber } = "billing.option_is_monthly",
            "オプションの申込 {order} は月ごとの利用です。作業の完了ではなく、やめる月を記録してください。",
            "The order {order} runs month by month: it is ended, not finished.";
        /// It does not run month by month.
        OptionIsNotMonthly { /// The order.
            order: OrderNumber } = "billing.option_is_not_monthly",
            "オプションの申込 {order} は1回の作業です。やめる月はありません。不要になったときは取り下げてください。",
            "The order {order} is work done once: it is withdrawn, not ended.";
        /// More than was ordered.
        MoreThanOrdered { /// How many were ordered.
            ordered: NonZeroU32 } = "billing.more_than_ordered",
            "申込は {ordered} 件です。それより多くは請求できません。増えた分は別の申込として受け付けてください。",
            "Only {ordered} were ordered. Take a further order for more.";
        /// Done before it was ordered.
        DoneBeforeOrdered { /// The day of the order.
            received_on: NaiveDate } = "billing.done_before_ordered",
            "作業日が申込の受付日（{received_on}）より前です。日付を確認してください。",
            "It was done before the order came in on {received_on}. Check the date.";
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
