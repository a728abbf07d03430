//! Why the end of a service is refused.

use crate::dates::Month;
use crate::identifiers::OfficeNumber;
use crate::moving::Fault;
use crate::refusals::refusals;
use crate::rules::RuleError;
use chrono::NaiveDate;

refusals! {
    /// Why a request about the end of a service is refused.
    Refusal {
        /// Not by the form.
        FormOnly { /// The way it was asked for.
            way: &'static str } = "termination.form_only",
            "終了の申込はフォームだけで受け付けます。「{way}」での申し出は受け付けられません。お客様にフォームからの申込を案内してください。",
            "An end is taken by the form alone, not by {way}. Point the customer to the form.";
        /// The form's time is missing.
        TimeMissing = "termination.time_missing",
            "フォームの受付時刻がありません。フォームの受付日時を入力してください。担当者がお客様に代わって申し込むことはできません。",
            "The form's time of receipt is missing. Enter it; staff never file an end on a customer's behalf.";
        /// The corporation is not registered, or merged into another.
        UnknownCorporation = "termination.unknown_corporation",
            "法人が登録されていないか、別の法人に統合済みです。法人を確認してください。",
            "The corporation is not registered or was merged. Check the corporation.";
        /// There is nothing that could end.
        NothingToEnd = "termination.nothing_to_end",
            "この法人・事業所は、終了の申込が要る利用をしていません。お試し期間は何もしなければ終わります。法人とサービスを確認してください。",
            "Nothing is used that would need an end. A trial ends by itself. Check corporation and service.";
        /// A licence is never ended, it runs out.
        LicenceRunsOut = "termination.licence_runs_out",
            "ケアプランデータ連携システムのライセンスに終了の申込はありません。満了日まで有効で、更新しなければ満了で終わります。お客様にはそのことを伝えてください。",
            "A licence of the care-plan exchange is never ended: it holds until it expires. Tell the customer so.";
        /// The number was not replaced.
        NumberHolds { /// The number.
            number: OfficeNumber } = "termination.number_holds",
            "事業所番号 {number} は今も使われています。番号が変わるときは、先に法人の画面で事業所番号の変更を記録してください。",
            "The office number {number} still holds. Record the new number first.";
        /// There is a filed end already.
        AlreadyEnding { /// Its last day.
            last_day: NaiveDate } = "termination.already_ending",
            "すでに {last_day} で終了する申込を受け付けています。終了月を変えるときは、締日までに取り下げてから申し込んでもらってください。",
            "An end on {last_day} was filed already. To change the month, withdraw it by its cut-off and file again.";
        /// The last office ends with the whole corporation.
        LastOffice = "termination.last_office",
            "最後の事業所は変更フォームでは終了できません。全事業所の終了フォームで申し込んでもらってください。",
            "The last office cannot be ended by the change form. Ask for the form that ends the whole use.";
        /// Too early.
        TooEarly { /// From when.
            from: NaiveDate } = "termination.too_early",
            "この終了月の申込は {from} から受け付けます。受付開始日以降に申し込んでもらってください。",
            "An end in this month can be filed from {from}. Ask the customer to file then.";
        /// Too late for this month.
        CutoffPassed { /// The cut-off.
            cutoff: NaiveDate, /// The month that can be had.
            offered: Month } = "termination.cutoff_passed",
            "この終了月の締日（{cutoff}）を過ぎています。{offered} 末の終了として申し込めることを案内してください。",
            "The cut-off of this month ({cutoff}) is over. Offer {offered} instead.";
        /// No such end.
        Unknown { /// Which one.
            no: u32 } = "termination.unknown",
            "終了の申込（{no}）はありません。案件を確認してください。",
            "There is no end number {no}. Check the case.";
        /// Withdrawn already, or over.
        NotOpen = "termination.not_open",
            "この終了の申込は取り下げ済みか、すでに終了しています。案件を確認してください。",
            "This end was withdrawn or is over. Check the case.";
        /// Too late to withdraw.
        NotWithdrawable { /// The cut-off.
            cutoff: NaiveDate } = "termination.not_withdrawable",
            "終了の取り下げは締日（{cutoff}）までです。続けて使うときは、改めて申し込んでもらってください。",
            "An end can be withdrawn until its cut-off ({cutoff}). Ask for a new application instead.";
        /// Received on a day that has not come, or before what it follows.
        WrongDay { /// The day given.
            on: NaiveDate, /// The open day.
            today: NaiveDate } = "termination.wrong_day",
            "受付日 {on} は本日（{today}）より後か、元の申込より前です。受付日を確認してください。",
            "The day of receipt {on} is after today ({today}) or before what it answers. Check it.";
        /// The claims of the number's last month are transmitted later.
        BeforeLastClaim { /// The month in which they are.
            last_claim: Month } = "termination.before_last_claim",
            "この事業所番号の最後の請求は {last_claim} に伝送します。終了月を {last_claim} 以降にしてください。",
            "The last claims under this number are transmitted in {last_claim}. End it then or later.";
        /// The rule books give no answer.
        NoRule { /// What they say.
            why: RuleError } = "termination.no_rule",
            "規程から日付を決められません。{why}",
            "The rule books give no date: {why}";
        /// It cannot be carried over.
        NotCarried { /// Why.
            why: Fault } = "termination.not_carried",
            "終了を移行できません。{why}",
            "The end cannot be carried over: {why}";
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
