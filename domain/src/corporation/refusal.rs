//! Why a corporation says no.

use crate::identifiers::{CorporateNumber, OfficeNumber};
use crate::moving::Fault;
use crate::refusals::refusals;
use crate::rules::RuleError;
use crate::stream::{CorporationId, OfficeId};
use chrono::NaiveDate;

refusals! {
    /// Why a request to a corporation is refused.
    Refusal {
        /// The corporation has not been registered.
        Unknown = "corporation.unknown",
            "この法人は登録されていません。法人を登録してから、もう一度操作してください。",
            "This corporation is not registered. Register it and try again.";
        /// The corporation was merged into another.
        Merged { /// The one that stays.
            into: CorporationId } = "corporation.merged",
            "この法人は別の法人（{into}）に統合済みです。統合先の法人で操作してください。",
            "This corporation was merged into {into}. Work on that one.";
        /// It has a different 法人番号 already.
        NumberAssigned { /// The number it has.
            number: CorporateNumber } = "corporation.number_assigned",
            "法人番号は {number} で登録済みです。別の番号なら、統合または新規登録をしてください。",
            "The corporate number {number} is already assigned. Merge or register another corporation instead.";
        /// A corporation cannot be merged into itself.
        IntoItself = "corporation.into_itself",
            "統合先に同じ法人が指定されています。別の法人を選んでください。",
            "A corporation cannot be merged into itself. Choose another one.";
        /// The corporation that should stay is not registered.
        TargetUnknown { /// The one named.
            corporation: CorporationId } = "corporation.target_unknown",
            "統合先の法人（{corporation}）は登録されていないか、別の法人に統合済みです。統合先を確認してください。",
            "The corporation {corporation} to merge into is not registered or was merged itself. Check it.";
        /// No such office here.
        UnknownOffice { /// The one named.
            office: OfficeId } = "corporation.unknown_office",
            "事業所（{office}）はこの法人にありません。事業所番号を確認してください。",
            "The office {office} does not belong to this corporation. Check the office number.";
        /// No reason was given.
        ReasonMissing = "corporation.reason_missing",
            "理由が空です。理由を入力してください。",
            "The reason is empty. Enter one.";
        /// An office is handed to the corporation that has it.
        TransferToItself = "corporation.transfer_to_itself",
            "譲渡先に同じ法人が指定されています。譲渡先の法人番号を確認してください。",
            "The office belongs to that corporation already. Name the one it goes to.";
        /// The corporation it should go to is not registered.
        TransfereeUnknown { /// The one named.
            corporation: CorporationId } = "corporation.transferee_unregistered",
            "譲渡先の法人（{corporation}）は登録されていないか、別の法人に統合済みです。先に譲渡先の法人を登録してください。",
            "The corporation {corporation} is not registered or was merged. Register the transferee first.";
        /// The corporation it should go to has the number already.
        TransfereeHasOffice { /// The number.
            number: OfficeNumber } = "corporation.transferee_has_office",
            "譲渡先の法人に、事業所番号 {number} の事業所がすでにあります。譲渡先の登録を確認してください。",
            "The transferee has an office with the number {number} already. Check its offices.";
        /// Nothing that the office used under its former corporation waits to be used here.
        NoUseToDecline = "corporation.no_use_to_decline",
            "この事業所に、引き継ぎを待っているほのぼのmini2の利用はありません。譲受の記録を確認してください。",
            "The office has no use of ほのぼのmini2 that waits to be taken up here. Check how it came.";
        /// Another office of the corporation has the number.
        NumberTaken { /// The number.
            number: OfficeNumber } = "corporation.office_number_taken",
            "事業所番号 {number} はこの法人の別の事業所で使用中です。番号を確認してください。",
            "The office number {number} is used by another office of this corporation. Check it.";
        /// The day has not come.
        DayNotCome { /// The day given.
            on: NaiveDate, /// The open day.
            today: NaiveDate } = "corporation.day_not_come",
            "日付 {on} は本日（{today}）より後です。日付を確認してください。",
            "The date {on} is after today ({today}). Check it.";
        /// Nothing is charged to it, so that no mandate is needed.
        NoMandateNeeded = "corporation.no_mandate_needed",
            "この法人には口座振替の対象になる料金がありません。本登録または伝送の利用開始を確認してください。",
            "Nothing is charged to this corporation yet, so that no mandate is needed. Check its registration.";
        /// The mandate is with the bank.
        MandateWithBank = "corporation.mandate_with_bank",
            "口座振替依頼書は銀行に提出中です。銀行の回答を記録してください。",
            "The mandate is with the bank. Record the bank's answer.";
        /// The mandate was not sent.
        MandateNotSent = "corporation.mandate_not_sent",
            "口座振替依頼書を発送していません。先に発送を記録してください。",
            "The mandate form was not sent. Record its dispatch first.";
        /// It came back before it was sent.
        MandateBeforeSent { /// The day it was sent.
            sent_on: NaiveDate } = "corporation.mandate_before_sent",
            "返送日が発送日（{sent_on}）より前です。日付を確認してください。",
            "The form came back before it was sent on {sent_on}. Check the date.";
        /// The mandate has not come back.
        MandateNotReturned = "corporation.mandate_not_returned",
            "口座振替依頼書が戻っていません。先に返送を記録してください。",
            "The mandate form has not come back. Record its return first.";
        /// The mandate is not with the bank.
        MandateNotWithBank = "corporation.mandate_not_with_bank",
            "口座振替依頼書を銀行に提出していません。先に提出を記録してください。",
            "The mandate was not handed to the bank. Record that first.";
        /// The account cannot be written into the bank's file.
        AccountUnwritable { /// The field.
            field: &'static str, /// Why.
            why: String } = "corporation.account_unwritable",
            "{field}を銀行のファイルに書けません。{why}。半角カナ・英大文字・数字で表せる内容に直してください。",
            "The {field} cannot be written into the bank's file: {why}. Enter it in kana, capitals and digits.";
        /// The rule books give no answer.
        NoRule { /// What they say.
            why: RuleError } = "corporation.no_rule",
            "規程から日付を決められません。{why}",
            "The rule books give no date: {why}";
        /// It cannot be carried over.
        NotCarried { /// Why.
            why: Fault } = "corporation.not_carried",
            "口座振替依頼書を移行できません。{why}",
            "The mandate cannot be carried over: {why}";
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
