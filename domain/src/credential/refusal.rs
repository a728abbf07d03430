//! Why an ID/PW is refused.

use super::link::Closed;
use crate::moving::Fault;
use crate::refusals::refusals;
use crate::rules::RuleError;

refusals! {
    /// Why a request to an ID/PW is refused.
    Refusal {
        /// It was revoked.
        Revoked = "credential.revoked",
            "このID/PWは失効済みです。新しい申込で発行してください。",
            "This ID was revoked. Issue one with a new application.";
        /// Transmission has not said that it is due: papers are not accepted and filed.
        NotDue = "credential.not_due",
            "委任状が受理・提出されていないため、ID/PWを発行できません。書類の状況を確認してください。",
            "The papers are not accepted and filed, so that no ID can be issued. Check the papers.";
        /// It was not issued, or its use is over.
        NotIssued = "credential.not_issued",
            "このID/PWは発行されていないか、利用を終えています。ID/PW発行の画面で状況を確認してください。",
            "This ID is not issued, or its use is over. Look at the page of IDs.";
        /// The link to it opens nothing.
        LinkClosed { /// Why.
            why: Closed } = "credential.link_closed",
            "ID/PWの確認用リンクは使えません（{why}）。お客様が必要とする場合は、再発行してください。",
            "The link to ID and password opens nothing now. Reissue it if the customer needs it.";
        /// The rule books give no answer.
        NoRule { /// What they say.
            why: RuleError } = "credential.no_rule",
            "規程から確認用リンクの条件を決められません。{why}",
            "The rule books do not say how the link is offered: {why}";
        /// It cannot be carried over.
        NotCarried { /// Why.
            why: Fault } = "credential.not_carried",
            "ID/PWを移行できません。{why}",
            "The ID cannot be carried over: {why}";
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
