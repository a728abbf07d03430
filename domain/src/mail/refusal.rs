//! Why a request to a mail is refused.

use crate::refusals::refusals;
use crate::rules::RuleError;

refusals! {
    /// Why a request to a mail is refused.
    Refusal {
        /// There is none.
        Unknown = "mail.unknown",
            "このメールはありません。送信の画面で確認してください。",
            "There is no such mail. Look at the page of mails.";
        /// It went out.
        Sent = "mail.sent",
            "このメールは送信済みです。取り消しや再送はできません。",
            "This mail was sent. It can neither be called back nor sent again.";
        /// An attempt is under way.
        UnderWay = "mail.under_way",
            "このメールは送信中です。結果が出てから操作してください。",
            "This mail is being sent. Wait for the outcome.";
        /// It does not go out any more.
        Over = "mail.over",
            "このメールは送信しないことになっています。お客様への連絡が必要なら別の方法で行ってください。",
            "This mail does not go out any more. Reach the customer in another way.";
        /// The rule books give no answer.
        NoRule { /// What they say.
            why: RuleError } = "mail.no_rule",
            "規程からメールの送り方を決められません。{why}",
            "The rule books do not say how mails are sent: {why}";
    }
}

impl From<RuleError> for Refusal {
    fn from(why: RuleError) -> Self {
        Self::NoRule { why }
    }
}
