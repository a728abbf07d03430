//! ステータス of a case: one list of words for all kinds, in three moods.

use daicho_domain::corporation::{Mandate, MandateStage};
use daicho_domain::transmission::{Entry, Missing, Paper, Standing};
use daicho_domain::{billing, enrolment, licence, poa, termination, transmission};

/// Whether something is to be done, under way, or done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mood {
    /// ○○前・未○○.
    Before,
    /// ○○中・○○待ち.
    During,
    /// ○○済み・完了.
    Done,
    /// Somebody has to look: 失敗, 期限切れ.
    Trouble,
}

macro_rules! statuses {
    ($($(#[$doc:meta])* $variant:ident = $code:literal, $label:literal, $mood:ident;)*) => {
        /// The ステータス of a case.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Status { $($(#[$doc])* $variant,)* }

        impl Status {
            /// Every status.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name in URLs.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// The words that staff read.
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)* }
            }

            /// The mood it is said in.
            pub const fn mood(self) -> Mood {
                match self { $(Self::$variant => Mood::$mood,)* }
            }
        }
    };
}

statuses! {
    /// A trial without offices.
    TrialEntry = "trial_entry", "事業所入力前", Before;
    /// A trial runs.
    Trial = "trial", "お試し中", During;
    /// 本登録 is filed, the free period runs.
    Registered = "registered", "無料期間中", During;
    /// Fees run.
    Billing = "billing", "利用中", Done;
    /// It ended.
    Ended = "ended", "終了", Done;
    /// The form is incomplete.
    FormEntries = "form_entries", "記入不備", Before;
    /// The KJ ID has not been given.
    KjId = "kj_id", "KJ ID待ち", During;
    /// Complete; another office of the application is not.
    Taken = "taken", "受付済み", During;
    /// The papers are out.
    Papers = "papers", "書類待ち", During;
    /// The corporation is postponed.
    Postponed = "postponed", "先送り中", During;
    /// A person must decide.
    Person = "person", "要判断", Trouble;
    /// The papers are accepted and not filed.
    ToFile = "to_file", "提出待ち", During;
    /// The federation has not confirmed.
    Federation = "federation", "国保連確認待ち", During;
    /// The ID/PW is to be issued.
    IdIssue = "id_issue", "発行待ち", During;
    /// The ID/PW is issued, the month has not begun.
    IdIssued = "id_issued", "発行済み", During;
    /// It transmits.
    Transmitting = "transmitting", "利用中（伝送）", Done;
    /// It transmits under a number that the office no longer has.
    OldNumber = "old_number", "利用中（旧番号）", During;
    /// It transmits although its office went to another corporation.
    Transferred = "transferred", "利用中（譲渡済み）", During;
    /// An office came from another corporation, and its use is not taken up.
    TransfereeUse = "transferee_use", "譲受後の申込待ち", During;
    /// Its use was taken up.
    TransfereeUses = "transferee_uses", "引き継ぎ済み", Done;
    /// It is not to be used here.
    TransfereeDeclined = "transferee_declined", "利用しない（譲受）", Done;
    /// The office left before its use was taken up.
    TransfereeLeft = "transferee_left", "対象外（譲受）", Done;
    /// It left the application.
    Withdrawn = "withdrawn", "取り下げ", Done;
    /// A 委任状 is to be sent.
    PoaToSend = "poa_to_send", "発送待ち", Before;
    /// A 委任状 cannot be printed: a character is in no font.
    PoaUnprintable = "poa_unprintable", "印字できない文字（委任状）", Trouble;
    /// A 委任状 is with the customer.
    PoaOut = "poa_out", "返送待ち", During;
    /// The post of its due date has not been closed.
    PoaPostCount = "poa_post_count", "到着確認待ち", During;
    /// Defective or undeliverable.
    PoaResend = "poa_resend", "要再提出", Trouble;
    /// Arrived, not checked.
    PoaReceived = "poa_received", "受領済み", During;
    /// In order, to be filed.
    PoaToFile = "poa_to_file", "提出待ち（委任状）", During;
    /// With the federation.
    PoaFiled = "poa_filed", "提出済み", During;
    /// Confirmed.
    PoaConfirmed = "poa_confirmed", "確認済み", Done;
    /// Not back in time.
    PoaLapsed = "poa_lapsed", "期限切れ", Trouble;
    /// Void.
    PoaVoid = "poa_void", "無効", Done;
    /// An end was filed.
    EndFiled = "end_filed", "終了受付済み", During;
    /// The last debit has not come.
    EndLastDebit = "end_last_debit", "最終振替待ち", During;
    /// The billing agent is not released.
    EndRelease = "end_release", "代理人解除待ち", During;
    /// Something is missing before a licence is applied for.
    LicenceGaps = "licence_gaps", "準備中（不足あり）", Before;
    /// A mail did not arrive.
    MailUndelivered = "mail_undelivered", "不達（メール）", Trouble;
    /// A mail that had not arrived was sent after all, or dropped.
    MailSettled = "mail_settled", "対応済み（メール）", Done;
    /// A letter cannot be printed: a character is in no font.
    LetterUnprintable = "letter_unprintable", "印字できない文字（書面）", Trouble;
    /// A letter came back as undeliverable.
    LetterUndeliverable = "letter_undeliverable", "不達（書面）", Trouble;
    /// A letter that could not go out, or had come back, is sent or no longer needed.
    LetterSettled = "letter_settled", "対応済み（書面）", Done;
    /// A licence can be applied for.
    LicenceReady = "licence_ready", "申請前", Before;
    /// Applied for, not granted.
    LicenceApplied = "licence_applied", "申請受付済み", During;
    /// The licence holds.
    LicenceValid = "licence_valid", "有効", Done;
    /// It can be renewed.
    LicenceRenewable = "licence_renewable", "更新可", During;
    /// The renewal was filed.
    LicenceFiled = "licence_filed", "事前申請受付済み", During;
    /// The office no longer renews.
    LicenceRunsOut = "licence_runs_out", "満了まで（更新しない）", Done;
    /// It is over.
    LicenceExpired = "licence_expired", "期限切れ（ライセンス）", Done;
    /// Never applied for, and it will not be.
    LicenceDropped = "licence_dropped", "申請しない", Done;
    /// A 口座振替依頼書 is to be sent.
    MandateToSend = "mandate_to_send", "依頼書発送待ち", Before;
    /// A 口座振替依頼書 is with the customer.
    MandateOut = "mandate_out", "依頼書返送待ち", During;
    /// A 口座振替依頼書 is to be handed to the bank.
    MandateReturned = "mandate_returned", "銀行提出待ち", During;
    /// A 口座振替依頼書 is with the bank.
    MandateWithBank = "mandate_with_bank", "口座登録待ち", During;
    /// The account can be debited.
    MandateRegistered = "mandate_registered", "口座登録済み", Done;
    /// The bank knows no such account or mandate.
    MandateBroken = "mandate_broken", "口座振替不能", Trouble;
    /// The use it was for is over and paid.
    MandateCalledOff = "mandate_called_off", "口座振替不要（終了）", Done;
    /// An option was ordered that we have to do.
    OptionWork = "option_work", "オプション作業待ち", Before;
    /// Nothing is owed.
    Settled = "settled", "残高なし", Done;
    /// Money came twice.
    Overpaid = "overpaid", "過入金あり", During;
    /// Charges wait for the next debit.
    Charged = "charged", "請求確定", During;
    /// A debit stands in a file that has not been sent.
    DebitGathered = "debit_gathered", "振替依頼予定", During;
    /// A debit is with the bank.
    DebitRequested = "debit_requested", "振替結果待ち", During;
    /// A debit failed and is not paid.
    Arrears = "arrears", "未収", Trouble;
    /// The customer was told; suspension is set.
    SuspensionSet = "suspension_set", "停止予定", Trouble;
    /// Suspended for arrears.
    Suspended = "suspended", "停止中", Trouble;
}

impl Status {
    /// The status of an enrolment that began.
    pub fn of_enrolment(state: &enrolment::State) -> Self {
        match state {
            enrolment::State::NotBegun => Self::TrialEntry,
            enrolment::State::Trial(trial) if trial.offices.is_empty() => Self::TrialEntry,
            enrolment::State::Trial(_) => Self::Trial,
            enrolment::State::Registered(_) => Self::Registered,
            enrolment::State::Billing(registration) if registration.suspended_on.is_some() => {
                Self::Suspended
            }
            enrolment::State::Billing(_) => Self::Billing,
            enrolment::State::Ended { .. } | enrolment::State::Closed { .. } => Self::Ended,
        }
    }

    /// The status of a 口座振替依頼書.
    pub const fn of_mandate(mandate: &Mandate) -> Self {
        match &mandate.stage {
            MandateStage::ToSend { .. } => Self::MandateToSend,
            MandateStage::Out { .. } => Self::MandateOut,
            MandateStage::Returned => Self::MandateReturned,
            MandateStage::WithBank { .. } => Self::MandateWithBank,
            MandateStage::Registered { .. } => Self::MandateRegistered,
            MandateStage::Broken { .. } => Self::MandateBroken,
            MandateStage::CalledOff => Self::MandateCalledOff,
        }
    }

    /// The status of a ledger: what is worst about it.
    pub fn of_ledger(state: &billing::State) -> Self {
        if let Some(arrears) = &state.arrears {
            return match (&arrears.notice, arrears.suspended_on) {
                _ if arrears.asks_person => Self::Person,
                _ if state.use_is_over() => Self::Arrears,
                (_, Some(_)) => Self::Suspended,
                (Some(_), None) => Self::SuspensionSet,
                (None, None) => Self::Arrears,
            };
        }
        match (state.debits.values().next(), state.open()) {
            (Some(debit), _) if debit.requested => Self::DebitRequested,
            (Some(_), _) => Self::DebitGathered,
            (None, 0) if state.credit > 0 => Self::Overpaid,
            (None, 0) if state.orders.values().any(billing::Order::to_do) => Self::OptionWork,
            (None, 0) => Self::Settled,
            (None, _) => Self::Charged,
        }
    }

    /// The status of one office of an application.
    pub fn of_entry(state: &transmission::State, entry: &Entry) -> Self {
        if state.asks_about(entry) {
            return Self::Person;
        }
        match &entry.standing {
            Standing::Incomplete(Missing::KjId) => Self::KjId,
            Standing::Incomplete(Missing::Entries(_)) => Self::FormEntries,
            Standing::Complete => Self::Taken,
            Standing::Preparing { paper, .. } => match paper {
                Paper::Awaited | Paper::Rejected
                    if state.postponement_of(entry.reference()).is_some() =>
                {
                    Self::Postponed
                }
                Paper::Ready if !state.can_be_filed(entry.application) => {
                    match state.postponement_of(entry.reference()) {
                        Some(_) => Self::Postponed,
                        None => Self::Papers,
                    }
                }
                Paper::Awaited | Paper::Rejected => Self::Papers,
                Paper::Ready => Self::ToFile,
                Paper::Filed => Self::Federation,
                Paper::Confirmed => Self::IdIssue,
            },
            Standing::IdsDue { .. } => Self::IdIssue,
            Standing::Issued { .. } => Self::IdIssued,
            Standing::Started { .. } if entry.released_on.is_some() => Self::Ended,
            Standing::Started { .. } if entry.is_transferred() => Self::Transferred,
            Standing::Started { .. } if entry.is_replaced() => Self::OldNumber,
            Standing::Started { .. } => Self::Transmitting,
            Standing::Withdrawn { .. } => Self::Withdrawn,
        }
    }

    /// The status of an end.
    pub fn of_end(end: &termination::End) -> Self {
        match end.status() {
            termination::Status::Filed => Self::EndFiled,
            termination::Status::LastDebit => Self::EndLastDebit,
            termination::Status::Release => Self::EndRelease,
            termination::Status::Done => Self::Ended,
            termination::Status::Withdrawn => Self::Withdrawn,
        }
    }

    /// The status of a licence.
    pub fn of_licence(record: &licence::Record) -> Self {
        match record.status() {
            licence::Status::Gaps => Self::LicenceGaps,
            licence::Status::Ready => Self::LicenceReady,
            licence::Status::Applied => Self::LicenceApplied,
            licence::Status::Valid => Self::LicenceValid,
            licence::Status::Renewable => Self::LicenceRenewable,
            licence::Status::Filed => Self::LicenceFiled,
            licence::Status::RunsOut => Self::LicenceRunsOut,
            licence::Status::Expired => Self::LicenceExpired,
            licence::Status::Dropped => Self::LicenceDropped,
        }
    }

    /// The status of a 委任状.
    pub fn of_sheet(sheet: &poa::Sheet) -> Self {
        let stuck = sheet.stuck_for().is_some();
        match sheet.status() {
            poa::Status::ToSend | poa::Status::Resend | poa::Status::ToFile if stuck => {
                Self::PoaUnprintable
            }
            poa::Status::ToSend => Self::PoaToSend,
            poa::Status::Out => Self::PoaOut,
            poa::Status::PostCount => Self::PoaPostCount,
            poa::Status::Resend => Self::PoaResend,
            poa::Status::Received => Self::PoaReceived,
            poa::Status::ToFile => Self::PoaToFile,
            poa::Status::Filed => Self::PoaFiled,
            poa::Status::Confirmed => Self::PoaConfirmed,
            poa::Status::Lapsed => Self::PoaLapsed,
            poa::Status::Void => Self::PoaVoid,
        }
    }
}
