//! What a ledger says reaches the service it charges for, and the mandate it was debited by.

use super::{Happening, Reaction};
use daicho_domain::Service;
use daicho_domain::billing::{Event, Left, breaks_mandate};
use daicho_domain::corporation::{self, MandateCommand};
use daicho_domain::enrolment::Command as Enrolment;
use daicho_domain::nouns::{self, Command, State};
use daicho_domain::stream::{CorporationId, Stream};
use daicho_domain::termination::Command as Termination;

pub(super) const REACTIONS: &[Reaction] = &[
    Reaction {
        name: "suspend",
        on: &["billing.suspension_due"],
        react: suspend,
    },
    Reaction {
        name: "resume",
        on: &[
            "billing.collected",
            "billing.credit_applied",
            "billing.paid",
            "billing.reversed",
        ],
        react: resume,
    },
    Reaction {
        name: "break_mandate",
        on: &["billing.failed"],
        react: break_mandate,
    },
    Reaction {
        name: "review_account",
        on: &[
            "billing.charging_ended",
            "billing.not_charged",
            "billing.collected",
            "billing.credit_applied",
            "billing.paid",
            "billing.refunded",
            "billing.reversal_declined",
            "billing.reversed",
        ],
        react: review_account,
    },
    Reaction {
        name: "tell_last_fees",
        on: &[
            "billing.charging_ended",
            "billing.not_charged",
            "billing.collected",
            "billing.credit_applied",
            "billing.failed",
            "billing.paid",
            "billing.reversed",
        ],
        react: tell_last_fees,
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
    let Some((
        corporation,
        Event::Collected { .. }
        | Event::CreditApplied { .. }
        | Event::Paid { .. }
        | Event::Reversed { .. },
    )) = of(happening)
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

/// Nothing is charged, owed or under way any more: an account that was to be forgotten may be.
fn review_account(happening: Happening<'_>) -> Vec<Command> {
    let Some((
        corporation,
        Event::ChargingEnded { .. }
        | Event::NotCharged { .. }
        | Event::Collected { .. }
        | Event::CreditApplied { .. }
        | Event::Paid { .. }
        | Event::Refunded { .. }
        | Event::ReversalDeclined { .. }
        | Event::Reversed { .. },
    )) = of(happening)
    else {
        return vec![];
    };
    let State::Billing(after) = happening.after else {
        return vec![];
    };
    let review = corporation::Command::ReviewAccount { until: None };
    let stream = Stream::Corporation(corporation);
    after
        .is_quiet()
        .then(|| Command::corporation(&stream, review))
        .into_iter()
        .collect()
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

/// A use is over and its last fees are paid, or their debit failed.
fn tell_last_fees(happening: Happening<'_>) -> Vec<Command> {
    let Some((corporation, event)) = of(happening) else {
        return vec![];
    };
    let (State::Billing(before), State::Billing(after)) = (happening.before, happening.after)
    else {
        return vec![];
    };
    let failed = match event {
        Event::Failed { batch, .. } => Some(*batch),
        Event::ChargingBegan { .. }
        | Event::OptionOrdered { .. }
        | Event::OptionDone { .. }
        | Event::OptionEnded { .. }
        | Event::OptionWithdrawn { .. }
        | Event::OptionsCharged { .. }
        | Event::ChargingEnded { .. }
        | Event::CarriedOver { .. }
        | Event::Charged { .. }
        | Event::NotCharged { .. }
        | Event::DebitAnswered { .. }
        | Event::DebitRequested { .. }
        | Event::DebitMissed { .. }
        | Event::Collected { .. }
        | Event::Noticed { .. }
        | Event::SuspensionDue { .. }
        | Event::PersonDecided { .. }
        | Event::Paid { .. }
        | Event::CreditApplied { .. }
        | Event::Refunded { .. }
        | Event::ReversalAsked { .. }
        | Event::ReceiptAsked { .. }
        | Event::CertificateAsked { .. }
        | Event::ReversalDeclined { .. }
        | Event::Reversed { .. } => None,
    };
    let ends = |service: Service, told: &dyn Fn(&Left) -> bool| -> Vec<u32> {
        let left = after.left.iter();
        left.filter(|left| left.service == service && told(left))
            .map(|left| left.end)
            .collect()
    };
    let settled = |left: &Left| {
        let was = before.left.contains(left) && before.settled(left);
        !was && after.settled(left)
    };
    let fails = |left: &Left| failed.is_some_and(|batch| after.last_debit_failed(left, batch));
    let tell = |service| {
        let (settled, failed) = (ends(service, &settled), ends(service, &fails));
        let nothing = settled.is_empty() && failed.is_empty();
        (!nothing).then(|| {
            let stream = Stream::Termination(corporation, service);
            Command::termination(&stream, Termination::NoteFees { settled, failed })
        })
    };
    Service::ALL.into_iter().filter_map(tell).collect()
}

fn of(happening: Happening<'_>) -> Option<(CorporationId, &Event)> {
    match (happening.stream, happening.event) {
        (Stream::Billing(corporation), nouns::Event::Billing(event)) => Some((*corporation, event)),
        (_, _) => None,
    }
}
