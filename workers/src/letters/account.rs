//! The 法人ID that a letter names: out of the vault when the letter is made, since the log does not know it. It is the ID alone,
//! by which a customer's account is called; what opens the account is its password, which no letter bears.

use super::Refusal;
use daicho_domain::credential::{self, Account};
use daicho_domain::dispatch::{Letter, Says};
use daicho_domain::nouns::State;
use daicho_domain::stream::{CredentialId, Stream};
use daicho_eventlog::vault::Vault;
use daicho_eventlog::{Engine, Failed};

/// What a letter names of its customer's account.
#[derive(Clone, PartialEq, Eq)]
pub enum Named {
    /// This ID.
    Is(String),
    /// An ID that is issued and not made yet: the letter waits for it.
    NotMade,
    /// None: it is not its concern, or the account was set before daicho kept the books, which never knew its ID.
    None,
}

impl std::fmt::Debug for Named {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Is(_) => "Is(***)",
            Self::NotMade => "NotMade",
            Self::None => "None",
        })
    }
}

impl Named {
    /// The ID, to stand in the letter.
    ///
    /// # Errors
    /// [`Refusal::AccountNotMade`]: the letter would lack what it is to tell.
    pub fn id(&self) -> Result<Option<&str>, Refusal> {
        match self {
            Self::Is(id) => Ok(Some(id)),
            Self::NotMade => Err(Refusal::AccountNotMade),
            Self::None => Ok(None),
        }
    }
}

/// What this letter names of its customer's account.
///
/// # Errors
/// When the log or the vault cannot be read.
pub async fn named(
    letter: &Letter,
    engine: &Engine,
    vault: Option<&Vault>,
) -> Result<Named, Failed> {
    let (Some(credential), Some(vault)) = (told_by(letter), vault) else {
        return Ok(Named::None);
    };
    if let Some(id) = vault.id(credential).map_err(Failed::Seal)? {
        return Ok(Named::Is(id));
    }
    let state = engine.state(&Stream::Credential(credential)).await;
    let state = state.map_err(Failed::from)?;
    let State::Credential(state) = &*state else {
        panic!("an ID's stream holds an ID");
    };
    let account = credential::State::account(state);
    let to_come = account.and_then(Account::secret_missing).is_some();
    Ok(match to_come {
        true => Named::NotMade,
        false => Named::None,
    })
}

/// The account whose ID the letter is to tell: 利用開始のご案内 names the 法人ID.
fn told_by(letter: &Letter) -> Option<CredentialId> {
    match letter.says {
        Says::TrialStarted { .. } => Some(CredentialId::of_corporation(
            letter.corporation,
            letter.service,
        )),
        Says::TrialReceived { .. }
        | Says::Registered { .. }
        | Says::ReturnEnvelope { .. }
        | Says::PoaReminder { .. }
        | Says::PoaOverdue { .. }
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
