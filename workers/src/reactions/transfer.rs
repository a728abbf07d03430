//! An office goes to another corporation: that one takes it, the services share out its fees, and once it transmits there
//! the former agent is released.

use super::{Happening, Reaction};
use daicho_domain::Service;
use daicho_domain::billing::Command as Billing;
use daicho_domain::corporation::{self, Carried, Event};
use daicho_domain::credential::Command as Credential;
use daicho_domain::dates::Month;
use daicho_domain::enrolment::{self, Command as Enrolment};
use daicho_domain::nouns::{self, Command};
use daicho_domain::rules::Dated;
use daicho_domain::stream::{CorporationId, CredentialId, OfficeId, Stream};
use daicho_domain::termination::Scope;
use daicho_domain::transmission::{self, Command as Transmission};

pub(super) const REACTIONS: &[Reaction] = &[
    Reaction {
        name: "receive_office",
        on: &["corporation.office_transferred"],
        react: receive_office,
    },
    Reaction {
        name: "hand_over_office",
        on: &["corporation.office_transferred"],
        react: hand_over,
    },
    Reaction {
        name: "hand_over_transmissions",
        on: &["corporation.office_transferred"],
        react: hand_over_transmissions,
    },
    Reaction {
        name: "end_charging_of_transferred",
        on: &["corporation.office_transferred"],
        react: end_charging,
    },
    Reaction {
        name: "take_over_office",
        on: &["corporation.office_received"],
        react: take_over,
    },
    Reaction {
        name: "note_use_continued",
        on: &["enrolment.office_taken_over", "enrolment.offices_entered"],
        react: note_use,
    },
    Reaction {
        name: "note_transmission_continued",
        on: &["transmission.started"],
        react: note_transmission,
    },
    Reaction {
        name: "release_transferred",
        on: &["corporation.office_continued"],
        react: release,
    },
    Reaction {
        name: "end_messenger_of_transferred",
        on: &["corporation.office_continued"],
        react: end_messenger,
    },
    Reaction {
        name: "expire_id_of_released",
        on: &["transmission.agent_released"],
        react: expire_id,
    },
];

/// The service whose use is registered and paid by the month.
const REGISTERED: Service = Service::HonobonoMini2;

/// The services an office transmits through.
const CHANNELS: [Service; 2] = [Service::HonobonoMini2, Service::CareNetMessenger];

/// An end that no form asked for.
const NO_FORM: u32 = 0;

fn of(happening: Happening<'_>) -> Option<(CorporationId, &Event)> {
    match (happening.stream, happening.event) {
        (Stream::Corporation(corporation), nouns::Event::Corporation(event)) => {
            Some((*corporation, event))
        }
        (_, _) => None,
    }
}

fn receive_office(happening: Happening<'_>) -> Vec<Command> {
    let Some((from, Event::OfficeTransferred { to, handed, .. })) = of(happening) else {
        return vec![];
    };
    let handed = handed.clone();
    let receive = corporation::Command::ReceiveOffice { from, handed };
    vec![Command::corporation(&Stream::Corporation(*to), receive)]
}

fn hand_over(happening: Happening<'_>) -> Vec<Command> {
    let Some((from, Event::OfficeTransferred { handed, .. })) = of(happening) else {
        return vec![];
    };
    let office = handed.office;
    let stream = Stream::Enrolment(from, REGISTERED);
    vec![Command::enrolment(
        &stream,
        Enrolment::HandOverOffice { office },
    )]
}

/// What has not started leaves; what transmits goes on until the new corporation's own application has started.
fn hand_over_transmissions(happening: Happening<'_>) -> Vec<Command> {
    let Some((from, Event::OfficeTransferred { to, handed, .. })) = of(happening) else {
        return vec![];
    };
    let command = Transmission::HandOver {
        office: handed.office,
        to: *to,
        on: handed.on,
    };
    let streams = CHANNELS.map(|service| Stream::Transmission(from, service));
    let commands = streams.map(|stream| Command::transmission(&stream, command.clone()));
    commands.into()
}

/// The former corporation pays through the month of the day before.
fn end_charging(happening: Happening<'_>) -> Vec<Command> {
    let Some((from, Event::OfficeTransferred { handed, .. })) = of(happening) else {
        return vec![];
    };
    let end = |through: &Dated| {
        let end = Billing::EndCharging {
            service: REGISTERED,
            end: NO_FORM,
            scope: Scope::Office(handed.office),
            last_month: Month::of(through.on),
        };
        Command::billing(&Stream::Billing(from), end)
    };
    handed.charged_through.iter().map(end).collect()
}

/// The new corporation pays from the month after.
fn take_over(happening: Happening<'_>) -> Vec<Command> {
    let Some((corporation, Event::OfficeReceived { handed, .. })) = of(happening) else {
        return vec![];
    };
    if !handed.uses.contains(&Carried::Registration) {
        return vec![];
    }
    let through = handed.charged_through.as_ref();
    let command = Enrolment::TakeOverOffice {
        office: handed.office,
        charged_from: through.map_or(Month::of(handed.on), |through| Month::of(through.on).next()),
    };
    let stream = Stream::Enrolment(corporation, REGISTERED);
    vec![Command::enrolment(&stream, command)]
}

/// What an office used before is used here: several may begin at once.
fn continued(
    corporation: CorporationId,
    offices: Vec<OfficeId>,
    what: Carried,
    since: Month,
) -> Command {
    let note = corporation::Command::NoteContinued {
        offices,
        what,
        since,
    };
    Command::corporation(&Stream::Corporation(corporation), note)
}

fn note_use(happening: Happening<'_>) -> Vec<Command> {
    let (Stream::Enrolment(corporation, _), nouns::Event::Enrolment(event)) =
        (happening.stream, happening.event)
    else {
        return vec![];
    };
    let (offices, since) = if let enrolment::Event::OfficeTakenOver {
        office,
        charged_from,
    } = event
    {
        (vec![*office], *charged_from)
    } else if let enrolment::Event::OfficesEntered {
        offices,
        received_on,
    } = event
    {
        (offices.iter().copied().collect(), Month::of(*received_on))
    } else {
        return vec![];
    };
    vec![continued(
        *corporation,
        offices,
        Carried::Registration,
        since,
    )]
}

fn note_transmission(happening: Happening<'_>) -> Vec<Command> {
    let (
        Stream::Transmission(corporation, service),
        nouns::Event::Transmission(transmission::Event::Started { month, offices }),
    ) = (happening.stream, happening.event)
    else {
        return vec![];
    };
    let offices: Vec<_> = offices.iter().map(|about| about.office).collect();
    let noted =
        Carried::transmission(*service).map(|what| continued(*corporation, offices, what, *month));
    noted.into_iter().collect()
}

/// The new corporation's 委任状 has taken the place of the former one's.
fn release(happening: Happening<'_>) -> Vec<Command> {
    let Some((
        _,
        Event::OfficeContinued {
            office,
            what: what @ (Carried::TransmissionMini2 | Carried::TransmissionMessenger),
            from,
            ..
        },
    )) = of(happening)
    else {
        return vec![];
    };
    let stream = Stream::Transmission(*from, what.service());
    let release = Transmission::ReleaseTransferred { office: *office };
    vec![Command::transmission(&stream, release)]
}

/// The messenger's fee is for what transmits: the former corporation pays until the new one does.
fn end_messenger(happening: Happening<'_>) -> Vec<Command> {
    let Some((
        _,
        Event::OfficeContinued {
            office,
            what: Carried::TransmissionMessenger,
            from,
            since,
        },
    )) = of(happening)
    else {
        return vec![];
    };
    let end = Billing::EndCharging {
        service: Service::CareNetMessenger,
        end: NO_FORM,
        scope: Scope::Office(*office),
        last_month: since.previous(),
    };
    vec![Command::billing(&Stream::Billing(*from), end)]
}

/// Nobody uses the ID of an office whose agent is released: an end has closed it before, a transfer has not.
fn expire_id(happening: Happening<'_>) -> Vec<Command> {
    let (
        Stream::Transmission(..),
        nouns::Event::Transmission(transmission::Event::AgentReleased {
            application,
            office,
            on,
        }),
    ) = (happening.stream, happening.event)
    else {
        return vec![];
    };
    let id = CredentialId::of_office(*application, *office);
    let expire = Credential::Expire { last_day: *on };
    vec![Command::credential(&Stream::Credential(id), expire)]
}
