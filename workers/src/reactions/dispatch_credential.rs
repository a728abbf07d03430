//! The letter about an ID whose link did not reach its customer by mail. It bears neither ID nor password nor link: what staff
//! print, staff can read. It says that they are ready, asks for an address to send the link to, and tells the last step.

use super::Happening;
use super::dispatch::{ask, call_off};
use daicho_domain::credential::{Account, Event as Credential};
use daicho_domain::dispatch::{CallOffReason, Promise, Unreached};
use daicho_domain::mail::{About, Carrier, Event as Mail, Kind, Mailing};
use daicho_domain::nouns::{Command, Event, State};
use daicho_domain::stream::{CredentialId, Stream};

const LETTER: &str = "credential-notice";

fn about(credential: CredentialId, nth: u32) -> [String; 2] {
    [credential.to_string(), nth.to_string()]
}

/// The mail with the link found no address, or did not arrive.
pub(super) fn of_unreached(happening: Happening<'_>) -> Vec<Command> {
    let Event::Mail(event) = happening.event else {
        return vec![];
    };
    let why = match event {
        Mail::Unaddressed {} => Unreached::NoAddress,
        Mail::GaveUp { .. } => Unreached::Undelivered,
        Mail::Asked { .. }
        | Mail::Claimed { .. }
        | Mail::Sent { .. }
        | Mail::Failed { .. }
        | Mail::OutcomeUnknown { .. }
        | Mail::CalledOff { .. }
        | Mail::Released { .. }
        | Mail::Dropped { .. } => return vec![],
    };
    let asked = noticed(&happening).map(|(mailing, (credential, nth))| {
        let promise = Promise::CredentialNotice {
            credential,
            nth,
            why,
        };
        let whose = (mailing.corporation, mailing.service);
        ask(LETTER, &about(credential, nth), whose, promise)
    });
    asked.into_iter().collect()
}

/// The link reached its customer after all, or leads nowhere any more.
pub(super) fn of_reached(happening: Happening<'_>) -> Vec<Command> {
    let told = if let Event::Credential(event) = happening.event {
        over(&happening, event)
    } else if let Event::Mail(Mail::Sent {
        carrier: Carrier::Server,
        ..
    }) = happening.event
    {
        noticed(&happening).map(|(_, told)| (told, CallOffReason::Done))
    } else {
        None
    };
    let called_off = told.map(|((credential, nth), why)| {
        let about = about(credential, nth);
        call_off(LETTER, &about, why, None)
    });
    called_off.into_iter().collect()
}

/// The initial password that this event makes an end of.
pub(super) fn over(
    happening: &Happening<'_>,
    event: &Credential,
) -> Option<((CredentialId, u32), CallOffReason)> {
    let why = match event {
        Credential::LookedUp { .. } => CallOffReason::Done,
        Credential::Expired { .. }
        | Credential::Reissued { .. }
        | Credential::Reset { .. }
        | Credential::Revoked { .. } => CallOffReason::Overtaken,
        Credential::Scheduled { .. }
        | Credential::Issued { .. }
        | Credential::CarriedOver { .. }
        | Credential::Unscheduled {}
        | Credential::SecretKept { .. }
        | Credential::LinkLocked { .. } => return None,
    };
    let (Stream::Credential(credential), State::Credential(before)) =
        (happening.stream, happening.before)
    else {
        return None;
    };
    let nth = before.account().and_then(Account::link)?.nth;
    Some(((*credential, nth), why))
}

/// The mail with a link, and what it leads to.
fn noticed<'a>(happening: &Happening<'a>) -> Option<(&'a Mailing, (CredentialId, u32))> {
    let State::Mail(after) = happening.after else {
        return None;
    };
    let mailing = after.known()?;
    match (mailing.kind, mailing.about) {
        (Kind::CredentialNotice, About::Credential { credential, nth }) => {
            Some((mailing, (credential, nth)))
        }
        (_, _) => None,
    }
}
