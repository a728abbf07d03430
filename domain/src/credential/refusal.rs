//! Why an ID/PW is refused.

use crate::moving::Fault;
use crate::refusals::refusals;

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
        /// It cannot be carried over.
        NotCarried { /// Why.
            why: Fault } = "credential.not_carried",
            "ID/PWを移行できません。{why}",
            "The ID cannot be carried over: {why}";
    }
}

impl From<Fault> for Refusal {
    fn from(why: Fault) -> Self {
        Self::NotCarried { why }
    }
}
