//! Why a licence says no.

use crate::dates::Month;
use crate::identifiers::{KjId, OfficeNumber};
use crate::refusals::refusals;
use crate::rules::RuleError;
use chrono::NaiveDate;

refusals! {
    /// Why a request to a licence is refused.
    Refusal {
        /// The office was not checked and has no licence.
        Unknown = "licence.unknown",
            "この事業所番号の利用前確認がありません。先に利用前確認を記録してください。",
            "This office number was not checked. Record the checklist first.";
        /// The corporation has no such office.
        UnknownOffice { /// The number.
            number: OfficeNumber } = "licence.unknown_office",
            "事業所番号 {number} はこの法人にありません。法人と事業所番号を確認してください。",
            "The office number {number} is not the corporation's. Check both.";
        /// The checklist has gaps.
        NotReady { /// What is missing.
            gaps: String } = "licence.not_ready",
            "利用前確認に不足があります（{gaps}）。不足を解消して確認をやり直してください。",
            "The checklist has gaps ({gaps}). Settle them and check again.";
        /// The checklist is too old for this application.
        CheckTooOld { /// Its last day.
            until: NaiveDate } = "licence.check_too_old",
            "利用前確認の有効な日（{until}）を過ぎています。事業所にもう一度確かめ、利用前確認を記録し直してください。",
            "The checklist held until {until}. Ask the office again and record it anew.";
        /// No checklist is held.
        NothingToDrop = "licence.nothing_to_drop",
            "取りやめる利用前確認がありません。事業所番号を確認してください。",
            "There is no checklist to drop. Check the office number.";
        /// Another form was taken for the same year.
        FiledOtherwise { /// The day of receipt.
            on: NaiveDate } = "licence.filed_otherwise",
            "{on} に受け付けた申請と内容が違います。申請・更新は受け付けたあとに変えられません。内容を確認してください。",
            "What was taken on {on} says something else. A filing cannot be changed once it is taken. Check it.";
        /// The corporation still has the office.
        StillThere { /// The number.
            number: OfficeNumber } = "licence.office_not_left",
            "事業所番号 {number} は、ライセンスを持つ法人に今もあります。先に元の法人から事業所を外すか、法人を統合してください。",
            "The corporation that holds the licence still has the office {number}. Remove it there first, or merge the corporations.";
        /// The KJ ID is another office's.
        KjIdDiffers { /// The ID.
            kj_id: KjId, /// The office.
            number: OfficeNumber } = "licence.kj_id_differs",
            "KJ ID {kj_id} は事業所番号 {number} と一致しません。番号を直すか、正しいことを確認して「確認済み」にしてください。",
            "The KJ ID {kj_id} does not match the office number {number}. Correct it, or confirm that it is right.";
        /// There is a licence.
        Active { /// Its last day.
            last_day: NaiveDate } = "licence.active",
            "この事業所番号のライセンスは {last_day} まで有効です。次の1年は更新として受け付けてください。",
            "The licence of this office number runs until {last_day}. Take the next year as a renewal.";
        /// There is none that could be renewed.
        NotApplied = "licence.not_applied",
            "この事業所番号のライセンスはまだ申請されていません。先に利用申請を受け付けてください。",
            "No licence was applied for. Take the application first.";
        /// It is over.
        Expired { /// The last day.
            last_day: NaiveDate } = "licence.expired",
            "ライセンスは {last_day} で満了しています。改めて利用申請を受け付けてください。",
            "The licence ended on {last_day}. Take a new application.";
        /// Too early to renew.
        NotRenewable { /// From when.
            opens: NaiveDate } = "licence.not_renewable",
            "更新の申請は {opens} から受け付けられます。受付開始日まで待って受け付けてください。",
            "A renewal can be filed from {opens}. Wait until then.";
        /// The office no longer renews.
        Closed { /// Why.
            why: &'static str } = "licence.office_closed",
            "この事業所は更新できません（{why}）。ライセンスは満了で終わります。事業所番号を確認してください。",
            "This office does not renew any more ({why}). Check the office number.";
        /// No renewal was filed.
        NotFiled = "licence.renewal_not_filed",
            "更新の申請を受け付けていません。先に更新を受け付けてください。",
            "No renewal was filed. Take the renewal first.";
        /// Never cancellable.
        NotCancellable = "licence.not_cancellable",
            "ライセンスの申請・更新は取り消せません。規程により取り消しもキャンセルも受け付けず、満了まで有効です。",
            "An application or renewal cannot be cancelled. By the rules it holds until it expires.";
        /// Something is empty.
        Empty { /// The field.
            field: &'static str } = "licence.empty",
            "「{field}」が空です。申請書のとおり入力してください。",
            "\"{field}\" is empty. Enter it as on the form.";
        /// Not digits alone.
        PhoneHyphens = "licence.phone_hyphens",
            "電話番号は数字10〜11桁で、ハイフンを入れずに入力してください。記録は行われませんでした。",
            "The telephone number is 10 or 11 digits without hyphens. Enter it so.";
        /// The two addresses differ.
        MailDiffers = "licence.mail_differs",
            "メールアドレスの2回の入力が一致しません。同じアドレスを2回入力してください。",
            "The two mail addresses differ. Enter the same one twice.";
        /// Received on a day that has not come.
        DayNotCome { /// The day given.
            on: NaiveDate, /// The open day.
            today: NaiveDate } = "licence.day_not_come",
            "日付 {on} は本日（{today}）より後です。日付を確認してください。",
            "The date {on} is after today ({today}). Check it.";
        /// A day before the one it follows.
        TooEarly { /// The day given.
            on: NaiveDate, /// The day it follows.
            after: NaiveDate } = "licence.too_early",
            "日付 {on} は申請・開始の日（{after}）より前です。日付を確認してください。",
            "The date {on} is before the filing or the first day ({after}). Check it.";
        /// The list's last day is another than the rule's.
        LastDayDiffers { /// The list's.
            listed: NaiveDate, /// The rule's.
            counted: NaiveDate } = "licence.last_day_differs",
            "一覧の満了日 {listed} が、開始日から数えた満了日 {counted} と違います。どちらが正しいか確かめ、一覧を直してください。",
            "The listed last day {listed} is not the one counted from the first day, {counted}. Check which is right and correct the list.";
        /// A year of a list that lies within or before what is known.
        Overlaps { /// The list's first day.
            first_day: NaiveDate, /// The last day of what is known.
            last_day: NaiveDate } = "licence.overlaps",
            "開始日 {first_day} の1年は、記録済みの期間（{last_day} まで）と重なるか、それより前です。一覧の開始日を確認してください。",
            "The year from {first_day} overlaps or precedes what is recorded (until {last_day}). Check the list.";
        /// No year begins on that day.
        NoSuchYear { /// The day.
            first_day: NaiveDate } = "licence.no_such_year",
            "{first_day} に始まるライセンスの契約はありません。開始日を確認してください。",
            "No year of the licence begins on {first_day}. Check the first day.";
        /// A fee paid before its year.
        FeeTooEarly { /// The month.
            month: Month, /// The year's first day.
            first_day: NaiveDate } = "licence.fee_too_early",
            "{month} は契約の開始日 {first_day} より前の月です。支払いの月を確認してください。",
            "{month} lies before the year's first day {first_day}. Check the month.";
        /// Paid in a month that has not come.
        FeeMonthNotCome { /// The month.
            month: Month, /// The open day.
            today: NaiveDate } = "licence.fee_month_not_come",
            "{month} は本日（{today}）より後の月です。支払いの月を確認してください。",
            "The month {month} comes after today ({today}). Check the month.";
        /// No confirmation to take back.
        FeeNotPaid { /// The year's first day.
            first_day: NaiveDate } = "licence.fee_not_paid",
            "{first_day} に始まる契約のライセンス料は確認されていません。開始日を確認してください。",
            "The fee of the year from {first_day} was not confirmed. Check the first day.";
        /// Paid in another month already.
        FeePaid { /// The month.
            month: Month } = "licence.fee_paid",
            "この契約のライセンス料は {month} の支払いで確認済みです。月が違っていたときは、先に支払いの確認を取り消してください。",
            "The fee of this year was confirmed for {month}. If that was wrong, reverse the confirmation first.";
        /// The rule books give no answer.
        NoRule { /// What they say.
            why: RuleError } = "licence.no_rule",
            "規程から日付を決められません。{why}",
            "The rule books give no date: {why}";
    }
}

impl From<RuleError> for Refusal {
    fn from(why: RuleError) -> Self {
        Self::NoRule { why }
    }
}
