//! An end sends its papers out, stops what would start later, and closes what its month was the last of.

use super::{Happening, Reaction};
use daicho_domain::Service;
use daicho_domain::billing::Command as Billing;
use daicho_domain::corporation::MandateCommand;
use daicho_domain::credential::Command as Credential;
use daicho_domain::dates::Month;
use daicho_domain::enrolment::Command as Enrolment;
use daicho_domain::nouns::{self, Command, State};
use daicho_domain::poa::{Assignment, CarryOver, Command as Poa, Purpose, VoidReason};
use daicho_domain::stream::{CorporationId, CredentialId, Stream};
use daicho_domain::termination::{CarriedPaper, End, EndPaper, Event, Scope};
use daicho_domain::transmission::Command as Transmission;

pub(super) const REACTIONS: &[Reaction] = &[
    Reaction {
        name: "request_end_poa",
        on: &["termination.requested", "termination.ended"],
        react: request_poa,
    },
    Reaction {
        name: "carry_end_poa_over",
        on: &["termination.carried_over"],
        react: carry_poa_over,
    },
    Reaction {
        name: "void_end_poa",
        on: &["termination.withdrawn"],
        react: void_poa,
    },
    Reaction {
        name: "leave_after_end",
        on: &["termination.requested", "termination.ended"],
        react: leave_after,
    },
    Reaction {
        name: "expire_ids",
        on: &["termination.ended"],
        react: expire_ids,
    },
    Reaction {
        name: "close_enrolment",
        on: &["termination.ended"],
        react: close_enrolment,
    },
    Reaction {
        name: "end_charging",
        on: &["termination.ended"],
        react: end_charging,
    },
    Reaction {
        name: "call_off_mandate",
        on: &["termination.fees_settled"],
        react: call_off_mandate,
    },
    Reaction {
        name: "note_agent_released",
        on: &["termination.agent_released"],
        react: note_released,
    },
];

type Told<'a> = (CorporationId, Service, &'a Event);

fn of(happening: Happening<'_>) -> Option<Told<'_>> {
    match (happening.stream, happening.event) {
        (Stream::Termination(corporation, service), nouns::Event::Termination(event)) => {
            Some((*corporation, *service, event))
        }
        (_, _) => None,
    }
}

fn end(happening: Happening<'_>, no: u32) -> Option<&End> {
    match happening.after {
        State::Termination(state) => state.end(no),
        State::Corporation(_)
        | State::Enrolment(_)
        | State::Transmission(_)
        | State::Poa(_)
        | State::Credential(_)
        | State::Licence(_)
        | State::Billing(_)
        | State::DebitBatch(_)
        | State::OfficeDay(_)
        | State::Schedule(_)
        | State::Staff(_)
        | State::Rulebook(_)
        | State::Installation(_)
        | State::Dispatch(_)
        | State::Mail(_)
        | State::Attachment(_)
        | State::Agent(_) => None,
    }
}

fn request_poa(happening: Happening<'_>) -> Vec<Command> {
    let Some((corporation, service, event)) = of(happening) else {
        return vec![];
    };
    let (Event::Requested { papers, .. } | Event::Ended { papers, .. }) = event else {
        return vec![];
    };
    let request = |paper: &EndPaper| {
        let assignment = Assignment {
            corporation,
            service,
            application: paper.application,
            office: paper.office,
            number: paper.number,
            kj_id: paper.kj_id,
            purpose: Purpose::End,
        };
        let request = Poa::Request {
            assignment,
            dates: paper.dates.clone(),
            dispatch_by: paper.dispatch_by.clone(),
        };
        Command::poa(&Stream::Poa(paper.poa), request)
    };
    papers.iter().map(request).collect()
}

/// The papers of an end that was filed before daicho kept the books go on from where they were.
fn carry_poa_over(happening: Happening<'_>) -> Vec<Command> {
    let Some((corporation, service, Event::CarriedOver { from, papers, .. })) = of(happening)
    else {
        return vec![];
    };
    let carry = |paper: &CarriedPaper| {
        let carried = CarryOver {
            from: from.clone(),
            corporation,
            service,
            application: paper.about.application,
            office: paper.about.office,
            purpose: Purpose::End,
            sent_on: paper.sent_on,
            stage: paper.stage,
            agent: None,
        };
        Command::poa(&Stream::Poa(paper.about.poa), Poa::CarryOver(carried))
    };
    papers.iter().map(carry).collect()
}

fn void_poa(happening: Happening<'_>) -> Vec<Command> {
    let Some((_, _, Event::Withdrawn { no, .. })) = of(happening) else {
        return vec![];
    };
    let papers = end(happening, *no).map_or(&[][..], |end| &end.papers);
    let why = VoidReason::Withdrawn;
    let void = |poa| Command::poa(&Stream::Poa(poa), Poa::Void { why });
    papers.iter().map(|paper| void(paper.about.poa)).collect()
}

fn leave_after(happening: Happening<'_>) -> Vec<Command> {
    let Some((corporation, service, event)) = of(happening) else {
        return vec![];
    };
    let (scope, last_day) = match event {
        Event::Requested { scope, dates, .. } => (scope, dates.last_day.on),
        Event::Ended {
            scope, last_day, ..
        } => (scope, *last_day),
        Event::Withdrawn { .. }
        | Event::ReturnsCounted { .. }
        | Event::CarriedOver { .. }
        | Event::LastDebitPassed { .. }
        | Event::LastDebitFailed { .. }
        | Event::FeesSettled { .. }
        | Event::PaperReturned { .. }
        | Event::PaperSentBack { .. }
        | Event::AgentReleaseDue { .. }
        | Event::AgentReleased { .. } => return vec![],
    };
    let office = match scope {
        Scope::Whole => None,
        Scope::Office(office) => Some(*office),
        // What is applied for under the new number goes on.
        Scope::Number { .. } => return vec![],
    };
    let end_month = Month::of(last_day);
    let stream = Stream::Transmission(corporation, service);
    let command = Transmission::LeaveAfter { office, end_month };
    vec![Command::transmission(&stream, command)]
}

/// Nobody logs in from the next month on: the offices' IDs, and with the whole use the corporation's account.
fn expire_ids(happening: Happening<'_>) -> Vec<Command> {
    let Some((
        corporation,
        service,
        Event::Ended {
            no,
            scope,
            last_day,
            ..
        },
    )) = of(happening)
    else {
        return vec![];
    };
    let Some(end) = end(happening, *no) else {
        return vec![];
    };
    let papers = end.papers.iter().map(|paper| paper.about.credential);
    let without = end.without_paper.iter().map(|one| one.about.credential);
    let offices = papers.chain(without);
    let account = match scope {
        Scope::Whole => Some(CredentialId::of_corporation(corporation, service)),
        Scope::Office(_) | Scope::Number { .. } => None,
    };
    let last_day = *last_day;
    let expire = |id| Command::credential(&Stream::Credential(id), Credential::Expire { last_day });
    offices.chain(account).map(expire).collect()
}

fn close_enrolment(happening: Happening<'_>) -> Vec<Command> {
    let Some((
        corporation,
        service,
        Event::Ended {
            scope: Scope::Whole,
            last_day,
            ..
        },
    )) = of(happening)
    else {
        return vec![];
    };
    let last_day = *last_day;
    let stream = Stream::Enrolment(corporation, service);
    vec![Command::enrolment(&stream, Enrolment::Close { last_day })]
}

/// Fees run through the end month.
fn end_charging(happening: Happening<'_>) -> Vec<Command> {
    let Some((
        corporation,
        service,
        Event::Ended {
            no,
            scope,
            last_day,
            ..
        },
    )) = of(happening)
    else {
        return vec![];
    };
    // The messenger's fee is for what transmits: a number that was replaced is paid through its end month like an office.
    if !scope.ends_fees() && service != Service::CareNetMessenger {
        return vec![];
    }
    let command = Billing::EndCharging {
        service,
        end: *no,
        scope: *scope,
        last_month: Month::of(*last_day),
    };
    vec![Command::billing(&Stream::Billing(corporation), command)]
}

/// Everything is paid and nothing is debited any more: a mandate that never came is not waited for.
fn call_off_mandate(happening: Happening<'_>) -> Vec<Command> {
    let Some((corporation, Service::HonobonoMini2, Event::FeesSettled { no })) = of(happening)
    else {
        return vec![];
    };
    let whole = end(happening, *no).is_some_and(|end| end.scope == Scope::Whole);
    let stream = Stream::Corporation(corporation);
    whole
        .then(|| Command::corporation(&stream, MandateCommand::CallOff {}.into()))
        .into_iter()
        .collect()
}

fn note_released(happening: Happening<'_>) -> Vec<Command> {
    let Some((
        corporation,
        service,
        Event::AgentReleased {
            office,
            application,
            ..
        },
    )) = of(happening)
    else {
        return vec![];
    };
    let command = Transmission::NoteReleased {
        application: *application,
        office: *office,
    };
    vec![Command::transmission(
        &Stream::Transmission(corporation, service),
        command,
    )]
}
