//! Why an enrolment says no.

use crate::Service;
use crate::moving::Fault;
use crate::refusals::refusals;
use crate::rules::RuleError;
use crate::stream::OfficeId;
use chrono::NaiveDate;

refusals! {
    /// Why a request to an enrolment is refused.
    Refusal {
        /// The service is not tried out first.
        NoTrial { /// The service.
            service: Service } = "enrolment.no_trial",
            "サービス「{service}」に仮登録はありません。このサービスの申込から始めてください。",
            "The service {service} has no trial. Begin with its application.";
        /// The corporation is not registered, or merged into another.
        UnknownCorporation = "enrolment.unknown_corporation",
            "法人が登録されていないか、別の法人に統合済みです。法人を確認してください。",
            "The corporation is not registered or was merged. Check the corporation.";
        /// There was a use before, and it is over.
        SecondTrial { /// The day of the first 仮登録.
            first: NaiveDate, /// The last day of that use.
            last_day: NaiveDate } = "enrolment.second_trial",
            "この法人は {first} に仮登録し、その利用は {last_day} で終了しています。2回目の仮登録を認めるかは担当者が判断します。認めるときは「2回目を認める理由」を入力して受け付けてください。",
            "This corporation had a trial from {first}, and its use ended on {last_day}. Whether it may try again is for a person to decide, who gives the reason.";
        /// The corporation uses the service now.
        InUse { /// The day of its 仮登録.
            first: NaiveDate } = "enrolment.in_use",
            "この法人は {first} に仮登録し、いまも利用中です。事業所の追加は「事業所情報」、お試しからの切り替えは「本登録」で受け付けてください。",
            "This corporation uses the service since its trial of {first}. Add offices with their entries, or take its full registration.";
        /// The form of a second 仮登録 came in while the former use ran.
        TrialBeforeEnd { /// The day of receipt.
            received_on: NaiveDate, /// The last day of the former use.
            last_day: NaiveDate } = "enrolment.trial_before_end",
            "受領日 {received_on} には前の利用（{last_day} まで）が続いていました。2回目の仮登録は {last_day} より後に届いたものだけを受け付けます。受領日を確認してください。",
            "On {received_on} the former use still ran, until {last_day}. A second trial begins after that day. Check the day of receipt.";
        /// Nobody said why.
        ReasonMissing = "enrolment.reason_missing",
            "理由が空です。2回目を認める理由を入力してください。",
            "The reason is empty. Say why a second trial is granted.";
        /// There is no 仮登録.
        NotTried = "enrolment.not_tried",
            "仮登録がありません。先に仮登録を受け付けてください。",
            "There is no trial registration. Take that first.";
        /// The trial is over.
        TrialOver { /// Its last day.
            last_free_day: NaiveDate } = "enrolment.trial_over",
            "お試し期間は {last_free_day} で終了しています。受領日を確認するか、改めて仮登録から受け付けてください。",
            "The trial ended on {last_free_day}. Check the day of receipt or begin again with a trial.";
        /// The enrolment has ended.
        Ended { /// Its last day.
            last_day: NaiveDate } = "enrolment.ended",
            "この利用は {last_day} で終了しています。",
            "This enrolment ended on {last_day}.";
        /// No offices have been entered.
        NoOffices = "enrolment.no_offices",
            "事業所情報が登録されていません。事業所を1件以上登録してください。",
            "No office has been entered. Enter at least one.";
        /// An office is not the corporation's.
        UnknownOffice { /// The office.
            office: OfficeId } = "enrolment.unknown_office",
            "事業所（{office}）はこの法人にありません。事業所番号を確認してください。",
            "The office {office} does not belong to this corporation. Check the office number.";
        /// The office's use is about to end.
        OfficeEnding { /// The office.
            office: OfficeId, /// Its last day.
            last_day: NaiveDate } = "enrolment.office_ending",
            "事業所（{office}）は {last_day} で終了する申込を受け付けています。続けて使うときは締日までに終了を取り下げてもらうか、終了の後に改めて登録してください。",
            "An end of the office {office} on {last_day} was filed. Have it withdrawn, or enter the office again after it.";
        /// The 利用者規約 were not accepted.
        TermsMissing = "enrolment.terms_missing",
            "利用者規約の版が空です。同意した規約の版を入力してください。",
            "The version of the accepted terms is empty. Enter it.";
        /// Received on a day that has not come.
        ReceivedLater { /// The day given.
            received_on: NaiveDate, /// The open day.
            today: NaiveDate } = "enrolment.received_later",
            "受領日 {received_on} は本日（{today}）より後です。受領日を確認してください。",
            "The day of receipt {received_on} is after today ({today}). Check it.";
        /// Received before the trial began.
        ReceivedBeforeTrial { /// The day given.
            received_on: NaiveDate, /// The trial's first day.
            applied_on: NaiveDate } = "enrolment.received_before_trial",
            "受領日 {received_on} は仮登録の受付日（{applied_on}）より前です。受領日を確認してください。",
            "The day of receipt {received_on} is before the trial ({applied_on}). Check it.";
        /// The rule books give no answer.
        NoRule { /// What they say.
            why: RuleError } = "enrolment.no_rule",
            "規程から日付を決められません。{why}",
            "The rule books give no date: {why}";
        /// It cannot be carried over.
        NotCarried { /// Why.
            why: Fault } = "enrolment.not_carried",
            "登録を移行できません。{why}",
            "The enrolment cannot be carried over: {why}";
    }
}

impl From<Fault> for Refusal {
    fn from(why: Fault) -> Self {
        Self::NotCarried { why }
    }
}

impl From<RuleError> for Refusal {
    fn from(why: RuleError) -> Self {
        Self::NoRule { why }
    }
}
