//! What changes about a corporation or an office reaches the papers and applications that name it.

use super::{Happening, Reaction};
use daicho_domain::Service;
use daicho_domain::billing::Command as Billing;
use daicho_domain::corporation::{Event, HandedOver};
use daicho_domain::identifiers::OfficeNumber;
use daicho_domain::licence::{CloseReason, Command as Licence};
use daicho_domain::nouns::{self, Command, State};
use daicho_domain::stream::{CorporationId, OfficeId, Stream};
use daicho_domain::transmission::{Command as Transmission, LeaveReason};

pub(super) const REACTIONS: &[Reaction] = &[
    Reaction {
        name: "leave_applications",
        on: &[
            "corporation.merged_into",
            "corporation.office_renumbered",
            "corporation.office_removed",
        ],
        react: leave_applications,
    },
    Reaction {
        name: "outdate_papers",
        on: &["corporation.name_changed", "corporation.entry_changed"],
        react: outdate_papers,
    },
    Reaction {
        name: "close_licence",
        on: &[
            "corporation.office_renumbered",
            "corporation.office_removed",
        ],
        react: close_licence,
    },
    Reaction {
        name: "follow_office",
        on: &[
            "corporation.office_added",
            "corporation.office_received",
            "corporation.office_renumbered",
        ],
        react: follow_office,
    },
    Reaction {
        name: "answer_debit_again",
        on: &["corporation.mandate_registered"],
        react: answer_debit_again,
    },
];

/// A mandate came into force: a batch that still gathers may take the corporation along.
fn answer_debit_again(happening: Happening<'_>) -> Vec<Command> {
    let Some((corporation, Event::MandateRegistered { .. })) = of(happening) else {
        return vec![];
    };
    let stream = Stream::Billing(corporation);
    vec![Command::billing(&stream, Billing::AnswerAgain {})]
}

/// The services an office transmits through.
const CHANNELS: [Service; 2] = [Service::HonobonoMini2, Service::CareNetMessenger];

fn leave_applications(happening: Happening<'_>) -> Vec<Command> {
    let Some((corporation, event)) = of(happening) else {
        return vec![];
    };
    let (office, why) = if let Event::MergedInto { .. } = event {
        (None, LeaveReason::Merged)
    } else if let Event::OfficeRenumbered { office, .. } = event {
        (Some(*office), LeaveReason::Renumbered)
    } else if let Event::OfficeRemoved { office, .. } = event {
        (Some(*office), LeaveReason::Removed)
    } else {
        return vec![];
    };
    to_channels(corporation, &Transmission::Leave { office, why })
}

/// A licence stays with its number: when its corporation's office leaves it, it runs out unless another takes it.
fn close_licence(happening: Happening<'_>) -> Vec<Command> {
    let Some((corporation, event)) = of(happening) else {
        return vec![];
    };
    let (number, why) = if let Event::OfficeRenumbered { from, .. } = event {
        (Some(*from), CloseReason::Renumbered)
    } else if let Event::OfficeRemoved { office, .. } = event {
        (number_of(happening, *office), CloseReason::Removed)
    } else {
        return vec![];
    };
    let close = |number| {
        let command = Licence::CloseOffice { corporation, why };
        Command::licence(&Stream::Licence(number), command)
    };
    number.map(close).into_iter().collect()
}

/// A corporation has the number now: a licence whose office had left goes on there.
fn follow_office(happening: Happening<'_>) -> Vec<Command> {
    let Some((
        corporation,
        Event::OfficeAdded { number, .. }
        | Event::OfficeRenumbered { to: number, .. }
        | Event::OfficeReceived {
            handed: HandedOver { number, .. },
            ..
        },
    )) = of(happening)
    else {
        return vec![];
    };
    let command = Licence::FollowOffice { corporation };
    vec![Command::licence(&Stream::Licence(*number), command)]
}

fn number_of(happening: Happening<'_>, office: OfficeId) -> Option<OfficeNumber> {
    let State::Corporation(state) = happening.after else {
        return None;
    };
    let corporation = state.registered()?;
    corporation.offices.get(&office).map(|office| office.number)
}

/// A 委任状 shows the corporation's name and the name of the office.
fn outdate_papers(happening: Happening<'_>) -> Vec<Command> {
    let Some((corporation, event)) = of(happening) else {
        return vec![];
    };
    let office = if let Event::NameChanged { .. } = event {
        None
    } else if let Event::EntryChanged { office, .. } = event
        && shown_name_changed(happening, *office)
    {
        Some(*office)
    } else {
        return vec![];
    };
    to_channels(corporation, &Transmission::OutdatePapers { office })
}

fn shown_name_changed(happening: Happening<'_>, office: OfficeId) -> bool {
    let name = |state: &State| {
        let State::Corporation(state) = state else {
            return None;
        };
        let office = state.registered()?.offices.get(&office)?;
        Some(office.name().to_owned())
    };
    name(happening.before) != name(happening.after)
}

fn to_channels(corporation: CorporationId, command: &Transmission) -> Vec<Command> {
    CHANNELS
        .into_iter()
        .map(|service| {
            let stream = Stream::Transmission(corporation, service);
            Command::transmission(&stream, command.clone())
        })
        .collect()
}

fn of(happening: Happening<'_>) -> Option<(CorporationId, &Event)> {
    match (happening.stream, happening.event) {
        (Stream::Corporation(corporation), nouns::Event::Corporation(event)) => {
            Some((*corporation, event))
        }
        (_, _) => None,
    }
}
