//! Why a transmission application is refused.

use crate::Service;
use crate::dates::Month;
use crate::identifiers::{KjId, OfficeNumber};
use crate::moving::Fault;
use crate::refusals::refusals;
use crate::rules::RuleError;
use crate::stream::{ApplicationId, OfficeId};
use chrono::NaiveDate;

refusals! {
    /// Why a request about transmission is refused.
    Refusal {
        /// The service has no transmission.
        NoTransmission { /// The service.
            service: Service } = "transmission.no_such_service",
            "サービス「{service}」に伝送の申込はありません。ほのぼのmini2かケアネットメッセンジャーを選んでください。",
            "The service {service} has no transmission. Choose honobono-mini2 or care-net-messenger.";
        /// The corporation is not registered, or merged into another.
        UnknownCorporation = "transmission.unknown_corporation",
            "法人が登録されていないか、別の法人に統合済みです。法人を確認してください。",
            "The corporation is not registered or was merged. Check the corporation.";
        /// No office on the form.
        NoOffices = "transmission.no_offices",
            "申込に事業所がありません。事業所番号を1件以上入力してください。",
            "The application names no office. Enter at least one office number.";
        /// An office stands twice on the form.
        OfficeTwice { /// The number.
            number: OfficeNumber } = "transmission.office_twice",
            "事業所番号 {number} が申込に2回あります。1件にしてください。",
            "The office number {number} stands twice on the application. Enter it once.";
        /// No office of the corporation has the number.
        UnknownOffice { /// The number.
            number: OfficeNumber } = "transmission.unknown_office",
            "事業所番号 {number} はこの法人に登録されていません。番号を確認するか、先に事業所を登録してください。",
            "No office of this corporation has the number {number}. Check it or register the office first.";
        /// The office has an application open or transmits already.
        AlreadyApplied { /// The number.
            number: OfficeNumber } = "transmission.already_applied",
            "事業所番号 {number} はこのサービスの伝送を申込済みです。新しい申込は、前の申込を取り下げてから受け付けてください。",
            "The office {number} has already applied for transmission. Withdraw that application first.";
        /// 本登録 is missing.
        NotRegistered { /// The start month if it came today.
            start_if_today: String } = "transmission.not_registered",
            "伝送には本登録が必要です。本日中に本登録と申込を受け付けると、開始月は {start_if_today} です。先に本登録を受け付けてください。",
            "Transmission needs the full registration. Taken today, it would start in {start_if_today}. Take the registration first.";
        /// The KJ ID is active in the other channel.
        KjIdElsewhere { /// The KJ ID.
            kj_id: KjId, /// The channel.
            service: Service } = "transmission.kj_id_elsewhere",
            "KJ ID {kj_id} は「{service}」の伝送で使用中です。そちらを終了するか、KJ IDを確認してください。",
            "The KJ ID {kj_id} is active in {service}. End that one or check the ID.";
        /// The KJ ID names another office and nobody confirmed it.
        KjIdDiffers { /// The KJ ID.
            kj_id: KjId, /// The office.
            number: OfficeNumber } = "transmission.kj_id_differs",
            "KJ ID {kj_id} は事業所番号 {number} と一致しません。番号を直すか、正しいことを確認して「確認済み」にしてください。",
            "The KJ ID {kj_id} does not match the office number {number}. Correct it, or confirm that it is right.";
        /// Received on a day that has not come.
        ReceivedLater { /// The day given.
            received_on: NaiveDate, /// The open day.
            today: NaiveDate } = "transmission.received_later",
            "受領日 {received_on} は本日（{today}）より後です。受領日を確認してください。",
            "The day of receipt {received_on} is after today ({today}). Check it.";
        /// A cut-off lies between receipt and entry and nothing proves the receipt.
        ProofMissing { /// The day given.
            received_on: NaiveDate, /// The cut-off.
            cutoff_on: NaiveDate } = "transmission.proof_missing",
            "受領日 {received_on} と本日の間に締日 {cutoff_on} があります。受領日を証明するもの（消印、FAXの受信記録など）を入力してください。",
            "The cut-off {cutoff_on} lies between the day of receipt {received_on} and today. Enter what proves the receipt.";
        /// No such application or office in it.
        UnknownEntry { /// The application.
            application: ApplicationId, /// The office.
            office: OfficeId } = "transmission.unknown_entry",
            "申込（{application}）に事業所（{office}）はありません。案件を確認してください。",
            "The application {application} has no office {office}. Check the case.";
        /// No such application.
        UnknownApplication { /// The application.
            application: ApplicationId } = "transmission.unknown_application",
            "申込（{application}）はありません。案件を確認してください。",
            "There is no application {application}. Check the case.";
        /// Nothing is missing there.
        NothingMissing { /// The number.
            number: OfficeNumber } = "transmission.nothing_missing",
            "事業所番号 {number} の申込に不足はありません。",
            "Nothing is missing for the office {number}.";
        /// The KJ ID is still missing.
        KjIdMissing { /// The number.
            number: OfficeNumber } = "transmission.kj_id_missing",
            "事業所番号 {number} のKJ IDがまだありません。国保連が発行したKJから始まる14桁を入力してください。",
            "The KJ ID of the office {number} is still missing. Enter the 14 characters that begin with KJ.";
        /// The office transmits already.
        Started { /// The number.
            number: OfficeNumber, /// Since when.
            month: Month } = "transmission.started",
            "事業所番号 {number} は {month} から伝送を利用中です。取り下げではなく終了の手続きをしてください。",
            "The office {number} has been transmitting since {month}. End the service instead of withdrawing.";
        /// No reason was given.
        ReasonMissing = "transmission.reason_missing",
            "理由が空です。理由を入力してください。",
            "The reason is empty. Enter one.";
        /// Nobody was asked.
        NothingToDecide { /// The office.
            office: OfficeId } = "transmission.nothing_to_decide",
            "事業所（{office}）に判断待ちの事項はありません。",
            "There is nothing to decide about the office {office}.";
        /// The month chosen is not ahead.
        MonthNotAhead { /// The month.
            month: Month } = "transmission.month_not_ahead",
            "開始月 {month} は選べません。翌月以降で、書類と発行が間に合う月を選んでください。",
            "The start month {month} cannot be chosen. Choose a later month.";
        /// The rule books give no answer.
        NoRule { /// What they say.
            why: RuleError } = "transmission.no_rule",
            "規程から日付を決められません。{why}",
            "The rule books give no date: {why}";
        /// It cannot be carried over.
        NotCarried { /// Why.
            why: Fault } = "transmission.not_carried",
            "伝送の申込を移行できません。{why}",
            "The application cannot be carried over: {why}";
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
