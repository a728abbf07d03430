//! What a ledger says reaches the service it charges for, and the mandate it was debited by.

use super::{Happening, Reaction};
use daicho_domain::Service;
use daicho_domain::billing::{Event, breaks_mandate};
use daicho_domain::corporation::MandateCommand;
use daicho_domain::enrolment::Command as Enrolment;
use daicho_domain::nouns::{self, Command, State};
use daicho_domain::stream::{CorporationId, Stream};

pub(super) const REACTIONS: &[Reaction] = &[
    Reaction {
        name: "suspend",
        on: &["billing.suspension_due"],
        react: suspend,
    },
    Reaction {
        name: "resume",
        on: &["billing.collected", "billing.paid", "billing.reversed"],
        react: resume,
    },
    Reaction {
        name: "break_mandate",
        on: &["billing.failed"],
        react: break_mandate,
    },
];

/// The service that is suspended for arrears, its transmission with it.
const SUSPENDED: Service = Service::HonobonoMini2;

fn suspend(happening: Happening<'_>) -> Vec<Command> {
    let Some((corporation, Event::SuspensionDue { batch, .. })) = of(happening) else {
        return vec![];
    };
    let stream = Stream::Enrolment(corporation, SUSPENDED);
    vec![Command::enrolment(
        &stream,
        Enrolment::Suspend { batch: *batch },
    )]
}

/// The arrears for which use was suspended are paid.
fn resume(happening: Happening<'_>) -> Vec<Command> {
    let Some((corporation, Event::Collected { .. } | Event::Paid { .. } | Event::Reversed { .. })) =
        of(happening)
    else {
        return vec![];
    };
    let (State::Billing(before), State::Billing(after)) = (happening.before, happening.after)
    else {
        return vec![];
    };
    let suspended = before
        .arrears
        .as_ref()
        .and_then(|arrears| arrears.suspended_on);
    if suspended.is_none() || after.arrears.is_some() {
        return vec![];
    }
    let stream = Stream::Enrolment(corporation, SUSPENDED);
    vec![Command::enrolment(&stream, Enrolment::Resume {})]
}

fn break_mandate(happening: Happening<'_>) -> Vec<Command> {
    let Some((corporation, Event::Failed { batch, code, .. })) = of(happening) else {
        return vec![];
    };
    if !breaks_mandate(*code) {
        return vec![];
    }
    let step = MandateCommand::Break {
        batch: *batch,
        code: *code,
    };
    vec![Command::corporation(
        &Stream::Corporation(corporation),
        step.into(),
    )]
}

fn of(happening: Happening<'_>) -> Option<(CorporationId, &Event)> {
    match (happening.stream, happening.event) {
        (Stream::Billing(corporation), nouns::Event::Billing(event)) => Some((*corporation, event)),
        (_, _) => None,
    }
}
