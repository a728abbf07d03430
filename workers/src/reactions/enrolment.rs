//! A trial brings the corporation account, its silent end takes it back; 本登録 asks for a mandate, the first charged day
//! opens the ledger.

use super::{Happening, Reaction};
use daicho_domain::Service;
use daicho_domain::billing::Command as Billing;
use daicho_domain::corporation;
use daicho_domain::credential::{Command as Credential, Owner, RevokeReason};
use daicho_domain::dates::Month;
use daicho_domain::enrolment::{CarriedRegistration, EndReason, Event};
use daicho_domain::nouns::{self, Command};
use daicho_domain::stream::{CorporationId, CredentialId, Stream};
use daicho_domain::transmission::Command as Transmission;

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
    Reaction {
        name: "need_mandate",
        on: &["enrolment.carried_over", "enrolment.registered"],
        react: need_mandate,
    },
    Reaction {
        name: "catch_up_ids",
        on: &["enrolment.resumed"],
        react: catch_up_ids,
    },
    Reaction {
        name: "begin_charging",
        on: &["enrolment.billing_started", "enrolment.carried_over"],
        react: begin_charging,
    },
];

/// Registration at the bank takes weeks: the mandate is asked for at 本登録, not at the first debit.
fn need_mandate(happening: Happening<'_>) -> Vec<Command> {
    let Some((corporation, service, event)) = of(happening) else {
        return vec![];
    };
    let charged = if let Event::Registered { billing_start, .. } = event {
        Some(Month::of(billing_start.on))
    } else {
        carried(event).map(|registration| {
            let begins = Month::of(registration.billing_start.on);
            registration.charged_from.unwrap_or(begins)
        })
    };
    let need = |charged| {
        let stream = Stream::Corporation(corporation);
        Command::corporation(
            &stream,
            corporation::Command::NeedMandate { service, charged },
        )
    };
    charged.map(need).into_iter().collect()
}

/// The 本登録 that an event carried over.
fn carried(event: &Event) -> Option<&CarriedRegistration> {
    let Event::CarriedOver { registration, .. } = event else {
        return None;
    };
    registration.as_ref()
}

/// Nobody got an ID while use was suspended.
fn catch_up_ids(happening: Happening<'_>) -> Vec<Command> {
    let Some((corporation, service, Event::Resumed { .. })) = of(happening) else {
        return vec![];
    };
    let stream = Stream::Transmission(corporation, service);
    vec![Command::transmission(&stream, Transmission::CatchUpIds {})]
}

fn begin_charging(happening: Happening<'_>) -> Vec<Command> {
    let Some((corporation, service, event)) = of(happening) else {
        return vec![];
    };
    let from = if let Event::BillingStarted { on } = event {
        Some(Month::of(*on))
    } else {
        carried(event).and_then(|registration| registration.charged_from)
    };
    let begin = |from| {
        let stream = Stream::Billing(corporation);
        Command::billing(&stream, Billing::BeginCharging { service, from })
    };
    from.map(begin).into_iter().collect()
}

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
