//! The letters there are, by the names of their folders.

use std::fmt;
use std::str::FromStr;

macro_rules! letters {
    ($($(#[$doc:meta])* $variant:ident = $code:literal, $label:literal;)*) => {
        /// A kind of letter.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Letter { $($(#[$doc])* $variant,)* }

        impl Letter {
            /// Every letter.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Its name: the folder of its templates, and what the command line calls it.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// What people call it.
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)* }
            }
        }
    };
}

letters! {
    /// An office makes the vendor its billing agent.
    PoaStart = "poa-start", "委任状（利用開始）";
    /// An office ends that.
    PoaEnd = "poa-end", "委任状（利用終了）";
    /// What lies in the envelope with a 委任状, its address in the window.
    PoaCover = "poa-cover", "委任状ご提出のお願い（送付状）";
    /// What a return envelope lies with, where the 委任状 went as PDF.
    ReturnEnvelope = "return-envelope", "返信用封筒のお届け";
    /// What lies on the 委任状 that go to a federation.
    FederationCover = "federation-cover", "国保連合会への提出送付状";
    /// The 仮登録 was taken.
    TrialReceived = "trial-received", "仮登録お申し込み受付のお知らせ";
    /// The offices are entered, use begins.
    TrialStarted = "trial-started", "利用開始のご案内";
    /// The 本登録 or a change is complete.
    Registered = "registered", "本登録／変更完了のご案内";
    /// A 委任状 that came back is defective.
    PoaDefect = "poa-defect", "委任状の不備のお知らせ";
    /// The due date of a 委任状 is near.
    PoaReminder = "poa-reminder", "委任状ご返送のお願い（期日前）";
    /// The due date of a 委任状 is over.
    PoaOverdue = "poa-overdue", "委任状ご返送のお願い（期日後）";
    /// The start month moved.
    Postponed = "postponed", "先送りのお知らせ";
    /// A letter that was sent proved wrong.
    Correction = "correction", "訂正のお知らせ";
    /// A debit failed; use will be suspended.
    SuspensionNotice = "suspension-notice", "利用停止の予告";
    /// Use is suspended.
    Suspended = "suspended", "利用停止のお知らせ";
    /// Use goes on.
    Resumed = "resumed", "利用再開のお知らせ";
    /// An end was filed.
    TerminationReceived = "termination-received", "終了受付のお知らせ";
    /// A licence can be renewed.
    LicenceRenewal = "licence-renewal", "ライセンス更新のご案内";
    /// A licence was renewed.
    LicenceRenewed = "licence-renewed", "ライセンス更新完了のお知らせ";
    /// The fee of a licence, where it is not deducted.
    LicenceInvoice = "licence-invoice", "ライセンス料の請求書";
    /// A payment was received; made on request.
    Receipt = "receipt", "領収書";
    /// The payments of a period; made on request.
    PaymentCertificate = "payment-certificate", "支払証明書";
    /// The IDs were set. No password stands in it.
    CredentialNotice = "credential-notice", "ID通知";
}

/// There is no letter of this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no letter {name:?}")]
pub struct UnknownLetter {
    /// What was asked for.
    pub name: String,
}

impl fmt::Display for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Letter {
    type Err = UnknownLetter;

    fn from_str(name: &str) -> Result<Self, UnknownLetter> {
        Self::ALL
            .iter()
            .find(|letter| letter.code() == name)
            .copied()
            .ok_or_else(|| UnknownLetter {
                name: name.to_owned(),
            })
    }
}
