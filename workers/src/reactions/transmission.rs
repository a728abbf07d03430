//! What transmission decides about an office moves its 委任状 and its ID/PW along.

use super::{Happening, Reaction};
use daicho_domain::Service;
use daicho_domain::billing::Command as Billing;
use daicho_domain::corporation;
use daicho_domain::credential::{Command as Credential, Owner, RevokeReason};
use daicho_domain::dates::Month;
use daicho_domain::nouns::{self, Command, State};
use daicho_domain::poa::{Assignment, Command as Poa, DueOf, Purpose, VoidReason};
use daicho_domain::stream::{CorporationId, CredentialId, PoaId, Stream};
use daicho_domain::transmission::{
    CarriedOffice, CarriedStanding, Event, OfficeRef, PlannedOffice,
};

pub(super) const REACTIONS: &[Reaction] = &[
    Reaction {
        name: "request_poa",
        on: &["transmission.start_set"],
        react: request_poa,
    },
    Reaction {
        name: "move_poa_due",
        on: &[
            "transmission.postponed",
            "transmission.postponement_reversed",
            "transmission.person_decided",
        ],
        react: move_poa_due,
    },
    Reaction {
        name: "schedule_id",
        on: &[
            "transmission.start_set",
            "transmission.postponed",
            "transmission.postponement_reversed",
            "transmission.person_decided",
        ],
        react: schedule_id,
    },
    Reaction {
        name: "reprint_poa",
        on: &["transmission.papers_outdated"],
        react: reprint_poa,
    },
    Reaction {
        name: "void_poa",
        on: &["transmission.office_withdrawn"],
        react: void_poa,
    },
    Reaction {
        name: "revoke_id",
        on: &["transmission.office_withdrawn"],
        react: revoke_id,
    },
    Reaction {
        name: "issue_id",
        on: &["transmission.ids_due"],
        react: issue_id,
    },
    Reaction {
        name: "need_mandate_of_messenger",
        on: &["transmission.carried_over", "transmission.start_set"],
        react: need_mandate,
    },
    Reaction {
        name: "review_account_of_the_released",
        on: &["transmission.agent_released"],
        react: review_account,
    },
    Reaction {
        name: "begin_charging_messenger",
        on: &["transmission.carried_over", "transmission.started"],
        react: begin_charging,
    },
];

/// Whether transmission itself is charged: mini2's costs nothing beside its monthly fee.
const fn is_charged(service: Service) -> bool {
    match service {
        Service::CareNetMessenger => true,
        Service::HonobonoMini2 | Service::CareplanRenkei => false,
    }
}

fn need_mandate(happening: Happening<'_>) -> Vec<Command> {
    let Some((corporation, service, event)) = of(happening) else {
        return vec![];
    };
    let charged = first_charged(event).filter(|_| is_charged(service));
    let need = |charged| {
        let stream = Stream::Corporation(corporation);
        Command::corporation(
            &stream,
            corporation::Command::NeedMandate { service, charged },
        )
    };
    charged.map(need).into_iter().collect()
}

/// Nothing may be left that needs an account which was to be forgotten.
fn review_account(happening: Happening<'_>) -> Vec<Command> {
    let Some((corporation, _, Event::AgentReleased { .. })) = of(happening) else {
        return vec![];
    };
    let review = corporation::Command::ReviewAccount { until: None };
    vec![Command::corporation(
        &Stream::Corporation(corporation),
        review,
    )]
}

/// The first month of fees that is known when the dates are, or that daicho charges for when they were before.
fn first_charged(event: &Event) -> Option<Month> {
    let carried = |office: &CarriedOffice| match &office.standing {
        CarriedStanding::Preparing { plan, .. } | CarriedStanding::Issued { plan, .. } => {
            Some(plan.month())
        }
        CarriedStanding::Started { .. }
        | CarriedStanding::Incomplete { .. }
        | CarriedStanding::Complete {} => None,
    };
    if let Event::StartSet { offices, .. } = event {
        return offices.iter().map(|planned| planned.plan.month()).min();
    }
    let Event::CarriedOver {
        offices,
        charged_from,
        ..
    } = event
    else {
        return None;
    };
    charged_from.or_else(|| offices.iter().filter_map(carried).min())
}

fn begin_charging(happening: Happening<'_>) -> Vec<Command> {
    let Some((corporation, service, event)) = of(happening) else {
        return vec![];
    };
    let from = if let Event::Started { month, .. } = event {
        Some(*month)
    } else if let Event::CarriedOver { charged_from, .. } = event {
        *charged_from
    } else {
        None
    };
    let begin = |from| {
        let begin = Billing::BeginCharging { service, from };
        Command::billing(&Stream::Billing(corporation), begin)
    };
    let from = from.filter(|_| is_charged(service));
    from.map(begin).into_iter().collect()
}

fn request_poa(happening: Happening<'_>) -> Vec<Command> {
    let Some((
        corporation,
        service,
        Event::StartSet {
            dispatch_by,
            offices,
            ..
        },
    )) = of(happening)
    else {
        return vec![];
    };
    offices
        .iter()
        .map(|planned| {
            let assignment = Assignment {
                corporation,
                service,
                application: planned.application,
                office: planned.office,
                number: planned.number,
                kj_id: planned.kj_id,
                purpose: Purpose::Start,
            };
            Command::poa(
                &poa(planned.reference()),
                Poa::Request {
                    assignment,
                    dates: dates(planned),
                    dispatch_by: dispatch_by.clone(),
                },
            )
        })
        .collect()
}

/// Offices that keep their application and get other dates.
fn move_poa_due(happening: Happening<'_>) -> Vec<Command> {
    let Some((_, _, event)) = of(happening) else {
        return vec![];
    };
    moved(event)
        .iter()
        .map(|planned| {
            let dates = dates(planned);
            Command::poa(&poa(planned.reference()), Poa::MoveDue { dates })
        })
        .collect()
}

fn schedule_id(happening: Happening<'_>) -> Vec<Command> {
    let Some((corporation, service, event)) = of(happening) else {
        return vec![];
    };
    let planned = if let Event::StartSet { offices, .. } = event {
        offices
    } else {
        moved(event)
    };
    planned
        .iter()
        .map(|planned| {
            let about = planned.reference();
            Command::credential(
                &credential(about),
                Credential::Schedule {
                    owner: owner(corporation, service, about),
                    on: planned.plan.credentials_on.clone(),
                },
            )
        })
        .collect()
}

/// What is to go out is printed anew in any case; what is out is printed again.
fn reprint_poa(happening: Happening<'_>) -> Vec<Command> {
    let Some((_, _, Event::PapersOutdated { offices })) = of(happening) else {
        return vec![];
    };
    offices
        .iter()
        .map(|about| {
            let reason = "記載された名称の変更".into();
            Command::poa(&poa(*about), Poa::Reprint { reason })
        })
        .collect()
}

/// A 委任状 was asked for only when dates had been set.
fn void_poa(happening: Happening<'_>) -> Vec<Command> {
    withdrawn_with_dates(happening)
        .map(|about| {
            let why = VoidReason::Withdrawn;
            Command::poa(&poa(about), Poa::Void { why })
        })
        .into_iter()
        .collect()
}

fn revoke_id(happening: Happening<'_>) -> Vec<Command> {
    withdrawn_with_dates(happening)
        .map(|about| {
            let why = RevokeReason::Withdrawn;
            Command::credential(&credential(about), Credential::Revoke { why })
        })
        .into_iter()
        .collect()
}

fn issue_id(happening: Happening<'_>) -> Vec<Command> {
    let Some((corporation, service, Event::IdsDue { offices, .. })) = of(happening) else {
        return vec![];
    };
    offices
        .iter()
        .map(|about| {
            let owner = owner(corporation, service, *about);
            Command::credential(&credential(*about), Credential::Issue { owner })
        })
        .collect()
}

fn of(happening: Happening<'_>) -> Option<(CorporationId, Service, &Event)> {
    match (happening.stream, happening.event) {
        (Stream::Transmission(corporation, service), nouns::Event::Transmission(event)) => {
            Some((*corporation, *service, event))
        }
        (_, _) => None,
    }
}

/// The offices that this event gives other dates than they had.
fn moved(event: &Event) -> &[PlannedOffice] {
    match event {
        Event::Postponed { offices, .. } | Event::PostponementReversed { offices, .. } => offices,
        Event::PersonDecided { planned, .. } => planned.as_slice(),
        Event::Applied { .. }
        | Event::CarriedOver { .. }
        | Event::OfficeCompleted { .. }
        | Event::StartSet { .. }
        | Event::OfficeReady { .. }
        | Event::OfficeUnready { .. }
        | Event::OfficeDuePassed { .. }
        | Event::OfficePaperArrived { .. }
        | Event::PapersFiled { .. }
        | Event::FederationConfirmed { .. }
        | Event::FederationRejected { .. }
        | Event::OfficeWithdrawn { .. }
        | Event::AgentReleased { .. }
        | Event::NumberReplaced { .. }
        | Event::OfficeTransferred { .. }
        | Event::PapersOutdated { .. }
        | Event::PostponementCauseAdded { .. }
        | Event::PostponementCauseRemoved { .. }
        | Event::PersonAsked { .. }
        | Event::IdsDue { .. }
        | Event::IdIssued { .. }
        | Event::Started { .. } => &[],
    }
}

fn withdrawn_with_dates(happening: Happening<'_>) -> Option<OfficeRef> {
    let (
        _,
        _,
        Event::OfficeWithdrawn {
            application,
            office,
            ..
        },
    ) = of(happening)?
    else {
        return None;
    };
    let about = OfficeRef {
        application: *application,
        office: *office,
    };
    let State::Transmission(before) = happening.before else {
        return None;
    };
    before.entry(about)?.plan()?;
    Some(about)
}

fn dates(planned: &PlannedOffice) -> DueOf {
    DueOf {
        start: planned.plan.start.clone(),
        due: planned.plan.poa_due.clone(),
        federation_date: planned.plan.federation_date.clone(),
    }
}

const fn owner(corporation: CorporationId, service: Service, about: OfficeRef) -> Owner {
    Owner::Office {
        corporation,
        service,
        application: about.application,
        office: about.office,
    }
}

fn poa(about: OfficeRef) -> Stream {
    Stream::Poa(PoaId::of(about.application, about.office))
}

fn credential(about: OfficeRef) -> Stream {
    Stream::Credential(CredentialId::of_office(about.application, about.office))
}
