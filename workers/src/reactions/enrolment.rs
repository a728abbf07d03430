//! A trial brings the corporation account; its silent end takes it back.

use super::{Happening, Reaction};
use daicho_domain::Service;
use daicho_domain::credential::{Command as Credential, Owner, RevokeReason};
use daicho_domain::enrolment::{EndReason, Event};
use daicho_domain::nouns::{self, Command};
use daicho_domain::stream::{CorporationId, CredentialId, Stream};

pub(super) const REACTIONS: &[Reaction] = &[
    Reaction {
        name: "issue_corporation_account",
        on: &["enrolment.trial_started"],
        react: issue,
    },
    Reaction {
        name: "revoke_corporation_account",
        on: &["enrolment.ended"],
        react: revoke,
    },
];

fn issue(happening: Happening<'_>) -> Vec<Command> {
    let Some((corporation, service, Event::TrialStarted { .. })) = of(happening) else {
        return vec![];
    };
    let owner = Owner::Corporation {
        corporation,
        service,
    };
    vec![Command::credential(
        &account(corporation, service),
        Credential::Issue { owner },
    )]
}

fn revoke(happening: Happening<'_>) -> Vec<Command> {
    let Some((corporation, service, Event::Ended { reason, .. })) = of(happening) else {
        return vec![];
    };
    let why = match reason {
        EndReason::NotRegistered => RevokeReason::TrialEnded,
    };
    vec![Command::credential(
        &account(corporation, service),
        Credential::Revoke { why },
    )]
}

fn of(happening: Happening<'_>) -> Option<(CorporationId, Service, &Event)> {
    match (happening.stream, happening.event) {
        (Stream::Enrolment(corporation, service), nouns::Event::Enrolment(event)) => {
            Some((*corporation, *service, event))
        }
        (_, _) => None,
    }
}

fn account(corporation: CorporationId, service: Service) -> Stream {
    Stream::Credential(CredentialId::of_corporation(corporation, service))
}
