//! What must be true at the office before it applies: the PC, the software, the IDs, the certificate.

use crate::identifiers::KjId;
use crate::rules::{Book, RuleError};
use crate::waiting::worded;
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

worded! {
    /// Whether something holds, as the office said.
    Tick {
        /// It holds.
        Yes = "yes", "はい";
        /// It does not hold, or nobody knows.
        No = "no", "いいえ・不明";
    }
}

worded! {
    /// The operating system of the PC.
    System {
        /// Windows 10.
        Windows10 = "windows10", "Windows 10";
        /// Windows 11.
        Windows11 = "windows11", "Windows 11";
        /// Another one.
        Other = "other", "その他";
    }
}

worded! {
    /// The browser of the PC.
    Browser {
        /// Edge.
        Edge = "edge", "Microsoft Edge";
        /// Chrome.
        Chrome = "chrome", "Google Chrome";
        /// Another one.
        Other = "other", "その他";
    }
}

worded! {
    /// Which certificate the office has.
    CertificateKind {
        /// The one for care insurance claims.
        CareInsurance = "care_insurance", "介護保険証明書";
        /// The one of offices that delegated their claims.
        DelegatedCarePlan = "delegated_care_plan", "請求委任事業所用ケアプラン証明書";
        /// Another one.
        Other = "other", "その他";
    }
}

/// The PC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Pc {
    /// The operating system.
    pub system: System,
    /// Whether its calendar is the Gregorian one.
    pub gregorian_calendar: Tick,
    /// The browser.
    pub browser: Browser,
    /// Whether a PDF viewer is installed.
    pub pdf_viewer: Tick,
}

/// The care software, with the three flags of the list of compatible software.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Software {
    /// Its name, as the office said.
    pub name: String,
    /// Plan, tables 1 and 2.
    pub plan_1_2: Tick,
    /// Plan, tables 6 and 7.
    pub plan_6_7: Tick,
    /// Actuals, table 6.
    pub actuals_6: Tick,
}

/// The certificate on the PC.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Certificate {
    /// Who issued it (発行者).
    pub issuer: String,
    /// To whom it was issued (発行先).
    pub subject: String,
    /// Which one it is.
    pub kind: CertificateKind,
    /// Its first day.
    pub valid_from: NaiveDate,
    /// Its last day.
    pub valid_to: NaiveDate,
}

/// What the office said before applying.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Checklist {
    /// The PC.
    pub pc: Pc,
    /// The care software.
    pub software: Software,
    /// The KJ ID, once it is known.
    pub kj_id: Option<KjId>,
    /// Whether a person confirmed a KJ ID that does not match the 事業所番号.
    pub kj_id_confirmed: Tick,
    /// Whether the provisional password was changed.
    pub password_changed: Tick,
    /// The certificate, if there is one.
    pub certificate: Option<Certificate>,
}

worded! {
    /// What is missing.
    Gap {
        /// The system is not supported.
        System = "system", "対応するWindowsではない";
        /// The calendar is not the Gregorian one.
        Calendar = "calendar", "Windowsの暦が西暦になっていない";
        /// The browser is not supported.
        Browser = "browser", "対応するブラウザではない";
        /// There is no PDF viewer.
        PdfViewer = "pdf_viewer", "PDF閲覧ソフトがない";
        /// The software has too few of the three flags.
        Software = "software", "介護ソフトの対応（計画・実績）が足りない";
        /// The KJ ID is not known.
        KjId = "kj_id", "KJ IDが分からない";
        /// The password is the provisional one.
        Password = "password", "仮パスワードを変更していない";
        /// There is no certificate.
        Certificate = "certificate", "電子証明書がない";
        /// The certificate is of another issuer.
        CertificateIssuer = "certificate_issuer", "電子証明書の発行者が違う";
        /// The certificate was issued for something else.
        CertificateSubject = "certificate_subject", "電子証明書の発行先が違う";
        /// The certificate is of another kind.
        CertificateKind = "certificate_kind", "電子証明書の種類が違う";
        /// The certificate is not valid yet.
        CertificateEarly = "certificate_early", "電子証明書の有効期間が始まっていない";
        /// The certificate is over.
        CertificateOver = "certificate_over", "電子証明書の有効期限が切れている";
    }
}

impl Checklist {
    /// What is missing on a day, by the book of that day: what is supported and how much is needed are its slots.
    pub(super) fn gaps(&self, book: &Book, today: NaiveDate) -> Result<Vec<Gap>, RuleError> {
        let pc = &self.pc;
        let software = &self.software;
        let flags = [software.plan_1_2, software.plan_6_7, software.actuals_6];
        let ticked = flags.iter().filter(|flag| **flag == Tick::Yes).count();
        let needed = book.count("licence.software_flags_needed")?;
        let listed =
            |slot, code: &str| -> Result<bool, RuleError> { Ok(named(book.words(slot)?, code)) };
        let mut gaps = vec![
            (!listed("licence.systems", pc.system.code())?, Gap::System),
            (pc.gregorian_calendar == Tick::No, Gap::Calendar),
            (
                !listed("licence.browsers", pc.browser.code())?,
                Gap::Browser,
            ),
            (pc.pdf_viewer == Tick::No, Gap::PdfViewer),
            (ticked < needed as usize, Gap::Software),
            (self.kj_id.is_none(), Gap::KjId),
            // Without an ID there is no password to change.
            (
                self.kj_id.is_some() && self.password_changed == Tick::No,
                Gap::Password,
            ),
            (self.certificate.is_none(), Gap::Certificate),
        ];
        if let Some(held) = &self.certificate {
            gaps.extend([
                (
                    !named(book.words("licence.certificate_issuer")?, &held.issuer),
                    Gap::CertificateIssuer,
                ),
                (
                    !named(book.words("licence.certificate_subjects")?, &held.subject),
                    Gap::CertificateSubject,
                ),
                (
                    !listed("licence.certificate_kinds", held.kind.code())?,
                    Gap::CertificateKind,
                ),
                (held.valid_from > today, Gap::CertificateEarly),
                (held.valid_to < today, Gap::CertificateOver),
            ]);
        }
        let missing = gaps.into_iter().filter(|(missing, _)| *missing);
        Ok(missing.map(|(_, gap)| gap).collect())
    }
}

fn named(words: &[String], said: &str) -> bool {
    words.iter().any(|word| word == said.trim())
}
