//! What is recorded of a mail.

use crate::Service;
use crate::dates::Calendars;
use crate::dispatch::Says;
use crate::document::FileDigest;
use crate::personal::Personal;
use crate::stream::{CorporationId, CredentialId, LetterId, PoaId, StaffId};
use crate::waiting::worded;
use chrono::{NaiveDate, NaiveTime, Timelike as _};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

worded! {
    /// Which mail it is. What each says stands in `workers/templates/mail/`.
    Kind {
        /// The 仮登録 was taken.
        TrialReceived = "trial_received", "仮登録お申し込み受付のお知らせ";
        /// The offices are entered, use begins.
        TrialStarted = "trial_started", "利用開始のご案内";
        /// The 本登録 or a change is complete.
        Registered = "registered", "本登録／変更完了のご案内";
        /// An application was taken; its 委任状 is attached.
        PoaForms = "poa_forms", "委任状のお届け";
        /// The due date of a 委任状 is near.
        PoaReminder = "poa_reminder", "委任状ご返送のお願い（期日前）";
        /// The due date of a 委任状 is over.
        PoaOverdue = "poa_overdue", "委任状ご返送のお願い（期日後）";
        /// A 領収書 that the customer asked for.
        Receipt = "receipt", "領収書の送付";
        /// A 支払証明書 that the customer asked for.
        PaymentCertificate = "payment_certificate", "支払証明書の送付";
        /// An ID was set; its initial password can be looked at by a link.
        CredentialNotice = "credential_notice", "IDと初期パスワードのご案内";
    }
}

impl Kind {
    /// The mail that tells what a letter tells, where the documents have one. What a customer asked for goes by mail as it wishes:
    /// whoever asks for the letter asks for the mail.
    pub const fn telling(says: &Says) -> Option<Self> {
        match says {
            Says::TrialReceived { .. } => Some(Self::TrialReceived),
            Says::TrialStarted { .. } => Some(Self::TrialStarted),
            Says::Registered { .. } => Some(Self::Registered),
            Says::PoaReminder { .. } => Some(Self::PoaReminder),
            Says::PoaOverdue { .. } => Some(Self::PoaOverdue),
            Says::ReturnEnvelope { .. }
            | Says::CredentialNotice { .. }
            | Says::Postponed { .. }
            | Says::Correction { .. }
            | Says::SuspensionNotice { .. }
            | Says::Suspended { .. }
            | Says::Resumed { .. }
            | Says::TerminationReceived { .. }
            | Says::LicenceRenewal { .. }
            | Says::LicenceRenewed { .. }
            | Says::LicenceInvoice { .. }
            | Says::Receipt { .. }
            | Says::PaymentCertificate { .. } => None,
        }
    }
}

worded! {
    /// How an attempt failed.
    Failure {
        /// The server refused it for good.
        Refused = "refused", "受信側の拒否";
        /// The server asks to come again.
        Deferred = "deferred", "受信側の一時的な拒否";
        /// The server was not reached, or the connection ended before the mail was handed over.
        Unreachable = "unreachable", "メールサーバーに接続できない";
        /// It could not be made: an address that is none, or a letter that cannot be printed.
        NotMade = "not_made", "メールを作成できない";
    }
}

worded! {
    /// What takes mails from us.
    Carrier {
        /// A mail server.
        Server = "server", "メールサーバー";
        /// A folder, where no server is configured: it reaches nobody by itself.
        Folder = "folder", "フォルダー";
    }
}

worded! {
    /// What lies beside the text.
    Attachment {
        /// Nothing.
        None = "none", "なし";
        /// The letter or 委任状 that it tells of, as PDF.
        Pdf = "pdf", "PDF";
    }
}

worded! {
    /// Why a mail does not go out.
    CallOffReason {
        /// What it was to say holds no longer.
        Overtaken = "overtaken", "お知らせする内容がなくなった";
        /// It was told in another way.
        SentOtherwise = "sent_otherwise", "別の方法で送付した";
        /// The address is gone: what it was to say goes by post.
        ByPost = "by_post", "メールアドレスがないため郵送";
    }
}

/// What a mail is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// A letter that was promised: it says the same.
    Letter {
        /// The letter.
        letter: LetterId,
    },
    /// A 委任状.
    Paper {
        /// The 委任状.
        poa: PoaId,
    },
    /// One initial password of an ID.
    Credential {
        /// The ID.
        credential: CredentialId,
        /// The how-manieth initial password.
        nth: u32,
    },
}

/// When a mail may leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Timing {
    /// At any hour: an acknowledgement.
    AtOnce {},
    /// On the vendor's business days between these hours.
    OfficeHours {
        /// The first hour.
        from_hour: u32,
        /// The hour at which it ends.
        to_hour: u32,
    },
}

impl Timing {
    /// Whether a mail may leave on this day at this time of Japan.
    pub fn is_now(self, calendars: &Calendars, today: NaiveDate, at: NaiveTime) -> bool {
        match self {
            Self::AtOnce {} => true,
            Self::OfficeHours { from_hour, to_hour } => {
                calendars.vendor().is_open(today).value && (from_hour..to_hour).contains(&at.hour())
            }
        }
    }
}

/// The rules that a mail follows, as the book had them when it was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Rules {
    /// The book, `honobono-mini2@2015-01-01 r1`.
    pub book: String,
    /// When it may leave.
    pub timing: Timing,
    /// What lies beside the text.
    pub attachment: Attachment,
    /// How many attempts are made (`mail.attempts_max`).
    pub attempts_max: u32,
    /// The pause after the first failed attempt, in hours; each next one is twice as long (`mail.retry_hours`).
    pub retry_hours: u32,
    /// After this day it rests until a person releases it (`mail.stale_business_days` after the day it was asked for).
    pub fresh_until: NaiveDate,
}

/// What is kept of a mail that went out: its text with the address it went to, sealed. The end of a link is not in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Kept {
    /// The digest of the text.
    pub digest: FileDigest,
    /// The sealed file: the digest of its own bytes.
    pub file: FileDigest,
    /// The key that it is sealed under: one of its corporation's.
    pub sealed_under: String,
    /// The yen that the mail is about, with tax, where it is about any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<u64>,
}

/// What happened to a mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", content = "body", rename_all = "snake_case")]
pub enum Event {
    /// It is to go out.
    Asked {
        /// Which mail.
        kind: Kind,
        /// To whom.
        corporation: CorporationId,
        /// For which service.
        service: Service,
        /// What it is about.
        about: About,
        /// The day.
        on: NaiveDate,
        /// The rules it follows.
        rules: Rules,
    },
    /// The corporation has no mail address: a person has to see to it.
    Unaddressed {},
    /// An attempt is about to be made.
    Claimed {
        /// The how-manieth.
        attempt: u32,
        /// To which address.
        to: Personal,
    },
    /// It was taken.
    Sent {
        /// With which attempt.
        attempt: u32,
        /// By what.
        carrier: Carrier,
        /// The day.
        on: NaiveDate,
        /// What is kept of it; nothing was before there was such a thing.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        kept: Option<Kept>,
    },
    /// The attempt failed.
    Failed {
        /// Which attempt.
        attempt: u32,
        /// How.
        why: Failure,
        /// The server's reply code, if it gave one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<u16>,
    },
    /// Nobody knows how the attempt ended: it is made again under the same `Message-ID` (二重の可能性).
    OutcomeUnknown {
        /// Which attempt.
        attempt: u32,
    },
    /// No further attempt is made by itself (不達): a person has to see to it.
    GaveUp {
        /// After how many attempts.
        attempts: u32,
        /// How the last one failed.
        why: Failure,
    },
    /// It does not go out.
    CalledOff {
        /// Why.
        why: CallOffReason,
    },
    /// A person lets it go out.
    Released {
        /// Who.
        by: StaffId,
        /// The day.
        on: NaiveDate,
    },
    /// A person decided that it does not go out.
    Dropped {
        /// Who.
        by: StaffId,
    },
}
