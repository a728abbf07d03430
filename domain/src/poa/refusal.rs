//! Why a 委任状 says no.

use crate::moving::Fault;
use crate::refusals::refusals;
use crate::rules::RuleError;
use chrono::NaiveDate;

refusals! {
    /// Why a request to a 委任状 is refused.
    Refusal {
        /// There is no such 委任状.
        Unknown = "poa.unknown",
            "この委任状はありません。申込と事業所番号を確認してください。",
            "There is no such power of attorney. Check the application and the office number.";
        /// It is void.
        Voided { /// Why.
            why: String } = "poa.voided",
            "この委任状は無効です（{why}）。届いた書類は別の申込のものか確認してください。",
            "This power of attorney is void ({why}). Check whether the paper belongs to another application.";
        /// It was never sent.
        NotSent = "poa.not_sent",
            "この委任状はまだ発送していません。発送を記録するか、別の委任状か確認してください。",
            "This power of attorney was never sent. Record its dispatch or check which one it is.";
        /// A sheet was taken already.
        AlreadyReceived { /// The day that one arrived.
            arrived_on: NaiveDate } = "poa.already_received",
            "この委任状は {arrived_on} 到着分を受領済みです。同じ書類の二重入力でないか確認してください。",
            "This power of attorney was received already, arrived on {arrived_on}. Check for a double entry.";
        /// There is no billing agent's ID it could name.
        AgentMissing { /// Why.
            why: &'static str } = "poa.agent_missing",
            "この委任状に記す請求代理人のID（HD）が決まっていません（{why}）。代理人IDの画面で、IDを登録するか指定してください。",
            "No billing agent's ID (HD) can be named on this power of attorney ({why}). Add one to the pool or choose one.";
        /// Nothing was received that could be checked.
        NotReceived = "poa.not_received",
            "この委任状は受領していません。先に受領を入力してください。",
            "This power of attorney has not been received. Enter the receipt first.";
        /// It has not been accepted.
        NotAccepted = "poa.not_accepted",
            "この委任状は内容の確認が済んでいません。先に確認してください。",
            "This power of attorney has not been accepted. Check it first.";
        /// Papers of other offices are not ready.
        OthersNotReady { /// Their office numbers.
            numbers: String } = "poa.others_not_ready",
            "同じ申込の他の事業所（{numbers}）の委任状が揃っていません。揃ってから提出してください。",
            "Other offices of the application are not ready ({numbers}). File when all are.";
        /// The agent cannot be released yet.
        ReleaseTooEarly { /// From when.
            from: NaiveDate } = "poa.release_too_early",
            "請求代理人の解除は {from} から届け出られます。その日以降に提出してください。",
            "The billing agent can be released from {from}. File it then.";
        /// No copy of it stays here, and no reason was given.
        ScanMissing = "poa.scan_missing",
            "この委任状の写しが添付されていません。原本は国保連へ渡るので、写しを添付するか、写しがない理由を入力してください。",
            "No copy of this power of attorney is attached. The original leaves the house: attach one or say why there is none.";
        /// It has not been filed.
        NotFiled = "poa.not_filed",
            "この委任状は国保連へ提出していません。先に提出を記録してください。",
            "This power of attorney has not been filed. Record the filing first.";
        /// It has been filed already.
        Filed = "poa.filed",
            "この委任状は国保連へ提出済みです。変更は国保連の回答として記録してください。",
            "This power of attorney has been filed. Record changes as the federation's answer.";
        /// Only the original counts.
        OriginalNeeded { /// How it came.
            channel: &'static str } = "poa.original_needed",
            "委任状は原本が必要です。「{channel}」で届いたものは受領にできません。原本の郵送を依頼してください。",
            "The original is needed; one that came by {channel} cannot be received. Ask for the original.";
        /// The day has not come.
        DayNotCome { /// The day given.
            on: NaiveDate, /// The open day.
            today: NaiveDate } = "poa.day_not_come",
            "日付 {on} は本日（{today}）より後です。日付を確認してください。",
            "The date {on} is after today ({today}). Check it.";
        /// Before it was sent.
        BeforeDispatch { /// The day given.
            on: NaiveDate, /// The day it was sent.
            sent_on: NaiveDate } = "poa.before_dispatch",
            "日付 {on} は発送日（{sent_on}）より前です。日付か委任状を確認してください。",
            "The date {on} is before the dispatch on {sent_on}. Check the date or the paper.";
        /// Filed before it arrived.
        BeforeArrival { /// The day given.
            on: NaiveDate, /// The day it arrived.
            arrived_on: NaiveDate } = "poa.before_arrival",
            "提出日 {on} は委任状の到着日（{arrived_on}）より前です。提出日を確認してください。",
            "The date of filing {on} is before the arrival on {arrived_on}. Check it.";
        /// Nothing is late about it.
        NotLate = "poa.not_late",
            "この委任状は遅着ではありません。承認は不要です。",
            "This power of attorney is not late. Nothing has to be approved.";
        /// Filing has closed.
        FilingClosed { /// The federation's date.
            federation_date: NaiveDate } = "poa.filing_closed",
            "国保連の締切（{federation_date}）を過ぎているため、遅着を承認できません。先送り後の月で手続きしてください。",
            "The federation's date {federation_date} is over, so that a late return cannot be approved. It counts for the postponed month.";
        /// No reason was given.
        ReasonMissing = "poa.reason_missing",
            "理由が空です。理由を入力してください。",
            "The reason is empty. Enter one.";
        /// The rule books give no answer.
        NoRule { /// What they say.
            why: RuleError } = "poa.no_rule",
            "規程から日付を決められません。{why}",
            "The rule books give no date: {why}";
        /// It cannot be carried over.
        NotCarried { /// Why.
            why: Fault } = "poa.not_carried",
            "委任状を移行できません。{why}",
            "The power of attorney cannot be carried over: {why}";
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
