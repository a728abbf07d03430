//! What waits, for whom, until when, and what happens then.
//!
//! Every open thing answers these questions from its state alone, so that a list, a test that walks
//! all reachable states, and the worker that acts on dates read the same answer.

use crate::nouns::Command;
use crate::rules::Dated;
use crate::stream::{OfficeId, PoaId};
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Whom the office waits for.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    /// The corporation or its office.
    Customer,
    /// The vendor: us.
    Us,
    /// The federation (国保連合会).
    Federation,
    /// The bank or its collector.
    Bank,
}

impl Party {
    /// Every party.
    pub const ALL: [Self; 4] = [Self::Customer, Self::Us, Self::Federation, Self::Bank];

    /// The name on the wire and in URLs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Us => "us",
            Self::Federation => "federation",
            Self::Bank => "bank",
        }
    }

    /// The name that staff read.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Customer => "顧客",
            Self::Us => "自社",
            Self::Federation => "国保連",
            Self::Bank => "銀行",
        }
    }
}

/// One reason why a thing is not finished yet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Waiting {
    /// For whom.
    pub party: Party,
    /// For what.
    pub what: What,
    /// Until when, with its basis; `None` where no rule sets a date.
    pub until: Option<Dated>,
    /// What happens then (or, without a date, what the wait is for).
    pub then: Next,
    /// The office it is about, where a thing holds several.
    pub office: Option<OfficeId>,
}

/// What 委任状 wait for, each as its own stream says it. An application, or an end, knows no more of a sheet than whether it is
/// here and accepted; for whom a sheet waits until then stands in the sheet's stream. A read model sees both.
pub type Papers = BTreeMap<PoaId, Vec<Waiting>>;

/// What a sheet that is not accepted waits for, unless it is the customer: then its case says it in its own words.
pub(crate) fn ours<'a>(papers: &'a Papers, poa: &PoaId) -> Option<&'a [Waiting]> {
    let reasons = papers.get(poa)?;
    let first = reasons.first()?;
    (first.party != Party::Customer).then_some(reasons)
}

/// An enum of words: each has its name on the wire, in addresses and tables, and the words that staff read.
#[macro_export]
macro_rules! words {
    ($(#[$attribute:meta])* $name:ident { $($(#[$each:meta])* $variant:ident = $code:literal, $label:literal;)* }) => {
        $(#[$attribute])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$each])* $variant,)* }

        impl $name {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name on the wire and in URLs.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// The words that staff read.
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)* }
            }
        }
    };
}

/// Words that stand in events: they are read back, and a schema says them.
macro_rules! worded {
    ($(#[$doc:meta])* $name:ident { $($words:tt)* }) => {
        $crate::words! {
            $(#[$doc])*
            #[derive(Serialize, Deserialize, JsonSchema)]
            #[serde(rename_all = "snake_case")]
            $name { $($words)* }
        }
    };
}
pub(crate) use worded;

worded! {
    /// What is waited for (待ち理由).
    What {
        /// The offices of a trial have not been entered.
        OfficesEntry = "offices_entry", "事業所情報の登録待ち";
        /// A trial runs; 本登録 has not been filed.
        Registration = "registration", "本登録待ち（お試し期間中）";
        /// 本登録 is filed, the free period runs.
        BillingStart = "billing_start", "課金開始待ち（無料期間中）";
        /// The KJ ID has not been given.
        KjId = "kj_id", "KJ ID待ち";
        /// Entries of the form are missing.
        FormEntries = "form_entries", "記入不備の補完待ち";
        /// The 委任状 has not been sent yet.
        PoaDispatch = "poa_dispatch", "委任状の発送待ち";
        /// No billing agent's ID is left that the 委任状 could name.
        PoaAgent = "poa_agent", "請求代理人ID（HD）の割り当て待ち";
        /// The 委任状 cannot be printed: a character is in no font.
        PoaGlyph = "poa_glyph", "印字できない文字の対応待ち（委任状）";
        /// The 委任状 is with the customer.
        PoaReturn = "poa_return", "委任状の返送待ち";
        /// The due date is over, its post has not been counted.
        PostCount = "post_count", "到着確認待ち（期日の郵便の日次締め）";
        /// The 委任状 came in and has not been checked.
        PoaCheck = "poa_check", "受領した委任状の確認待ち";
        /// A defective 委任状 must be sent again.
        PoaResend = "poa_resend", "不備のある委任状の再送待ち";
        /// The 委任状 came back as undeliverable.
        PoaAddress = "poa_address", "不達のため送付先の確認待ち";
        /// A paper that arrived late may still be approved.
        LateApproval = "late_approval", "遅着した委任状の承認待ち";
        /// The papers of other offices of the corporation are not ready.
        OtherOffices = "other_offices", "同じ法人の他事業所の書類待ち";
        /// The 委任状 is to be handed to the federation.
        PoaFiling = "poa_filing", "国保連への提出待ち";
        /// The federation has not confirmed.
        FederationAnswer = "federation_answer", "国保連確認待ち";
        /// The papers of the office are not ready.
        Papers = "papers", "書類待ち";
        /// ID/PW are issued at the end of the month before the start.
        IdIssue = "id_issue", "ID/PWの発行待ち";
        /// The IDs are out, the start month has not begun.
        StartMonth = "start_month", "開始月待ち";
        /// A person must decide.
        Person = "person", "担当者の判断待ち";
        /// The office has another number: the application under it has not come.
        NewNumberApplication = "new_number_application", "新しい事業所番号での伝送申込待ち";
        /// The office has another number: the agent under this one is not released.
        OldNumberEnd = "old_number_end", "旧番号の終了の手続き待ち（フォーム・委任状）";
        /// The office went to another corporation and does not transmit there yet.
        TransfereeStart = "transferee_start", "譲渡先の法人での伝送開始待ち（新しい申込と委任状）";
        /// The office came from another corporation, and this one does not use ほのぼのmini2.
        TransfereeUse = "transferee_use", "譲受先の法人のほのぼのmini2の申込待ち（仮登録・事業所情報）";
        /// The end month runs, or has not come.
        EndMonth = "end_month", "終了月の満了待ち";
        /// Returned claims are open and are lost with the login.
        ClaimReturns = "claim_returns", "未処理の返戻の片付け待ち";
        /// The last debit has not come.
        LastDebit = "last_debit", "最終振替待ち";
        /// The day of the last debit is over, and not everything is paid.
        LastFees = "last_fees", "最後の料金の入金確認待ち";
        /// An end 委任状 is not back.
        EndPaper = "end_paper", "終了の委任状の返送待ち";
        /// The day from which the agent can be released has not come.
        ReleaseDay = "release_day", "代理人解除の開始日待ち";
        /// The federation has not confirmed the release.
        AgentRelease = "agent_release", "代理人解除の提出・確認待ち";
        /// Something is missing at the office before it applies for a licence.
        LicenceGaps = "licence_gaps", "利用前確認の不足の解消待ち";
        /// The federation's letter with the KJ ID is missing.
        LicenceKjId = "licence_kj_id", "国保連へのKJ ID問い合わせの回答待ち";
        /// The office can apply for a licence.
        LicenceApplication = "licence_application", "ライセンスの利用申請待ち";
        /// The office has not been told that the licence is granted.
        LicenceGrant = "licence_grant", "ライセンスの手続き完了の通知待ち";
        /// The fee of a licence has not been confirmed.
        LicenceFee = "licence_fee", "ライセンス料の支払い確認待ち";
        /// The day by which the fee is confirmed is over.
        LicenceFeeOverdue = "licence_fee_overdue", "ライセンス料が未確認（確認の期限を経過）";
        /// The licence can be renewed.
        LicenceRenewal = "licence_renewal", "ライセンスの更新申請待ち";
        /// The office has not been told that the renewal is done.
        LicenceNotice = "licence_notice", "更新完了の通知待ち";
        /// The next year of the licence has not begun.
        LicenceYear = "licence_year", "次の期間の開始待ち";
        /// The 口座振替依頼書 is to be sent.
        MandateDispatch = "mandate_dispatch", "口座振替依頼書の発送待ち";
        /// The 口座振替依頼書 is with the customer.
        MandateReturn = "mandate_return", "口座振替依頼書の返送待ち";
        /// The 口座振替依頼書 is to be handed to the bank.
        MandateHandover = "mandate_handover", "口座振替依頼書の銀行提出待ち";
        /// The bank has not registered the mandate.
        MandateRegistration = "mandate_registration", "銀行の口座登録待ち";
        /// Charges wait for the next debit.
        NextDebit = "next_debit", "次の口座振替待ち（請求確定）";
        /// The debit is gathered; its file has not been released.
        BankFile = "bank_file", "振替ファイルの承認・送付待ち";
        /// The debit is on the list of its month; its day has not come. Whether the file is approved and released is the
        /// batch's to say.
        DebitDay = "debit_day", "引落日待ち（口座振替の対象）";
        /// The bank has not answered.
        DebitResult = "debit_result", "振替結果待ち";
        /// A debit failed; the customer was told.
        Arrears = "arrears", "未収の入金待ち";
        /// Suspended until the arrears are paid.
        ArrearsSuspended = "arrears_suspended", "入金待ち（利用停止中）";
        /// Money came twice: it is paid back or settles what is charged next.
        Overpaid = "overpaid", "過入金の充当・返金待ち";
        /// An option was ordered that we have to do.
        OptionWork = "option_work", "オプションの作業待ち（復旧・再発行）";
        /// A mail did not arrive, or nobody's address is known.
        MailUndelivered = "mail_undelivered", "届かないメールの対応待ち（不達・宛先なし）";
        /// A letter cannot be printed: a character is in no font.
        LetterGlyph = "letter_glyph", "印字できない文字の対応待ち（書面）";
        /// A letter came back as undeliverable.
        LetterAddress = "letter_address", "不達で戻った書面の送付先の確認待ち";
        /// A second person must approve.
        SecondPerson = "second_person", "別の担当者の承認待ち";
    }
}

worded! {
    /// What happens next (次に起きること).
    Next {
        /// Login stops by itself.
        TrialEnds = "trial_ends", "本登録がなければログイン停止";
        /// Billing starts.
        BillingStarts = "billing_starts", "課金開始";
        /// An office that came from another corporation is used here too.
        UseTakenUp = "use_taken_up", "譲り受けた事業所の利用を引き継ぐ";
        /// The start month is fixed.
        StartMonthFixed = "start_month_fixed", "揃った日で開始月が決まる";
        /// The paper goes out: a 委任状 or a 口座振替依頼書.
        PaperGoesOut = "paper_goes_out", "書類を発送";
        /// The corporation is postponed by a month.
        Postponement = "postponement", "法人単位で開始月を1か月先送り";
        /// The paper is checked.
        PaperChecked = "paper_checked", "内容を確認";
        /// The paper is filed with the federation.
        PaperFiled = "paper_filed", "国保連へ提出";
        /// The federation answers.
        FederationAnswers = "federation_answers", "国保連が確認または差戻し";
        /// The day is closed and the due date decided.
        DueDecided = "due_decided", "日次締めで期限内か判定";
        /// The ID/PW are issued.
        IdsIssued = "ids_issued", "ID/PWを発行";
        /// Transmission starts.
        TransmissionStarts = "transmission_starts", "伝送利用開始";
        /// Somebody decides how to go on.
        PersonDecides = "person_decides", "担当者が判断";
        /// The form goes to the bank.
        MandateToBank = "mandate_to_bank", "銀行に提出";
        /// The account can be debited.
        DebitPossible = "debit_possible", "口座振替が可能になる";
        /// The charges go into the bank's file.
        DebitGathered = "debit_gathered", "振替ファイルに載せる";
        /// The file goes to the bank.
        DebitRequested = "debit_requested", "銀行に振替を依頼";
        /// The bank debits the account.
        Debited = "debited", "口座から引き落とし";
        /// The result is booked.
        DebitBooked = "debit_booked", "入金または未収を記帳";
        /// Use is suspended.
        Suspension = "suspension", "入金がなければ利用停止";
        /// Use is resumed.
        Resumption = "resumption", "入金の日に利用再開";
        /// Credit settles the next charge or is paid back.
        CreditGoes = "credit_goes", "次の請求に充当、または返金";
        /// What was done is charged with its month.
        OptionCharged = "option_charged", "作業した月の料金と一緒に請求";
        /// The reversal is booked.
        ReversalBooked = "reversal_booked", "取消を記帳";
        /// The trial begins to be usable.
        TrialUsable = "trial_usable", "利用開始のご案内を送付";
        /// Nobody logs in any more.
        UseEnds = "use_ends", "利用終了・ログイン停止";
        /// Returned claims can no longer be received.
        ReturnsLost = "returns_lost", "終了後は返戻を受け取れない";
        /// The end month's fee is debited.
        LastDebited = "last_debited", "最後の口座振替";
        /// The vendor ceases to be the billing agent.
        AgentReleased = "agent_released", "請求代理人を解除";
        /// The office is checked again.
        LicenceChecked = "licence_checked", "利用前確認をやり直す";
        /// The application is taken.
        LicenceTaken = "licence_taken", "利用申請を受け付け、1年の期間が決まる";
        /// The office is told.
        LicenceNoticed = "licence_noticed", "完了を通知";
        /// The fee is confirmed.
        LicenceFeeConfirmed = "licence_fee_confirmed", "支払いを確認";
        /// The licence ends.
        LicenceExpires = "licence_expires", "更新がなければ満了";
        /// The next year begins without a gap.
        LicenceYearBegins = "licence_year_begins", "次の1年が始まる";
    }
}

/// What lets a deadline fall due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// The day is opened.
    DayOpened,
    /// The post of the day has been counted and closed.
    PostClosed,
}

/// A command that is sent when a day comes. It carries the date it was set for, so that `decide` can
/// tell a date that no longer stands from one that does, and then yields nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Deadline {
    /// What the deadline is called within its stream.
    pub name: String,
    /// The day.
    pub on: NaiveDate,
    /// What of that day lets it fall due.
    pub trigger: Trigger,
    /// What is sent then.
    pub command: Command,
}
