//! Why a letter says no.

use crate::refusals::refusals;
use chrono::NaiveDate;

refusals! {
    /// Why a request to a letter is refused.
    Refusal {
        /// There is no such letter.
        Unknown = "dispatch.unknown",
            "この書面はありません。発送簿から選び直してください。",
            "There is no such letter. Choose it from the list of letters.";
        /// It does not go out.
        CalledOff { /// Why.
            why: &'static str } = "dispatch.called_off",
            "この書面の発送は取りやめになりました（{why}）。印刷したものは破棄してください。",
            "This letter was called off ({why}). Destroy what was printed.";
        /// It went out already.
        AlreadySent { /// When.
            sent_on: NaiveDate } = "dispatch.already_sent",
            "この書面は {sent_on} に発送済みです。二重の発送や入力でないか確認してください。",
            "This letter went out on {sent_on}. Check for a double entry.";
        /// It was never sent.
        NotSent = "dispatch.not_sent",
            "この書面はまだ発送していません。発送を記録するか、別の書面か確認してください。",
            "This letter was never sent. Record that it was, or check which one it is.";
        /// The day has not come.
        DayNotCome { /// The day given.
            on: NaiveDate, /// The open business day.
            today: NaiveDate } = "dispatch.day_not_come",
            "{on} はまだ来ていません。本日（{today}）までの日付を入力してください。",
            "{on} has not come. Enter a day up to today ({today}).";
        /// It cannot have come back before it went out.
        BeforeSending { /// The day given.
            on: NaiveDate, /// The day it went out.
            sent_on: NaiveDate } = "dispatch.before_sending",
            "{on} は発送日（{sent_on}）より前です。日付を確認してください。",
            "{on} is before the day it was sent ({sent_on}). Check the day.";
        /// What it should say cannot be told.
        Untold { /// Why.
            why: String } = "dispatch.untold",
            "書面に書く日付や金額を決められません。{why}",
            "The letter's dates or amounts cannot be told: {why}";
    }
}
