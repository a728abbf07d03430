//! What became of a 委任状 is told to the transmission, or to the end, that waits for it.

use super::{Happening, Reaction};
use chrono::NaiveDate;
use daicho_domain::dates::Month;
use daicho_domain::nouns::{self, Command, State};
use daicho_domain::poa::{Event, Purpose, Sheet};
use daicho_domain::stream::{PoaId, Stream};
use daicho_domain::termination::Command as Termination;
use daicho_domain::transmission::{CauseKind, Command as Transmission, PaperStep};

pub(super) const REACTIONS: &[Reaction] = &[
    Reaction {
        name: "note_paper",
        on: &[
            "poa.due_passed",
            "poa.received",
            "poa.accepted",
            "poa.found_defective",
            "poa.filed",
            "poa.confirmed",
            "poa.rejected",
        ],
        react: note_paper,
    },
    Reaction {
        name: "postpone",
        on: &["poa.lapsed", "poa.found_defective"],
        react: postpone,
    },
    Reaction {
        name: "reverse_postponement",
        on: &["poa.lapse_reversed"],
        react: reverse_postponement,
    },
];

fn note_paper(happening: Happening<'_>) -> Vec<Command> {
    let Some((poa, sheet, event)) = of(happening) else {
        return vec![];
    };
    let step = match event {
        Event::DuePassed { .. } => PaperStep::DuePassed,
        // Before its due date is over it needs no note: the check follows in the same sitting.
        Event::Received { .. } if sheet.due_passed => PaperStep::Arrived,
        Event::Accepted {} => PaperStep::Accepted,
        Event::FoundDefective { .. } => PaperStep::Unaccepted,
        Event::Filed { .. } => PaperStep::Filed,
        Event::Confirmed { .. } => PaperStep::Confirmed,
        Event::Rejected { .. } => PaperStep::Rejected,
        Event::Requested { .. }
        | Event::Printed { .. }
        | Event::Unprintable { .. }
        | Event::AgentNamed { .. }
        | Event::AgentMissing { .. }
        | Event::Dispatched { .. }
        | Event::Undeliverable { .. }
        | Event::ReprintRequested { .. }
        | Event::ReminderDue { .. }
        | Event::Received { .. }
        | Event::Lapsed { .. }
        | Event::LapseReversed { .. }
        | Event::DueMoved { .. }
        | Event::CarriedOver { .. }
        | Event::Voided { .. } => return vec![],
    };
    if sheet.assignment.purpose == Purpose::End {
        let whose = &sheet.assignment;
        let stream = Stream::Termination(whose.corporation, whose.service);
        let command = Termination::NotePaper { poa, step };
        return vec![Command::termination(&stream, command)];
    }
    vec![tell(
        sheet,
        Transmission::NotePaper {
            application: sheet.assignment.application,
            office: sheet.assignment.office,
            poa,
            step,
        },
    )]
}

/// A paper that misses its month postpones: one that was not back, or one in which a defect was found
/// after its due date had been decided.
fn postpone(happening: Happening<'_>) -> Vec<Command> {
    let Some((poa, sheet, event)) = of(happening) else {
        return vec![];
    };
    if sheet.assignment.purpose == Purpose::End {
        return vec![];
    }
    let why = match event {
        Event::Lapsed { due } => missed_because(sheet, *due),
        Event::FoundDefective {
            misses_month: true, ..
        } => CauseKind::Defective,
        Event::FoundDefective {
            misses_month: false,
            ..
        }
        | Event::Requested { .. }
        | Event::Printed { .. }
        | Event::Unprintable { .. }
        | Event::AgentNamed { .. }
        | Event::AgentMissing { .. }
        | Event::Dispatched { .. }
        | Event::Undeliverable { .. }
        | Event::ReprintRequested { .. }
        | Event::ReminderDue { .. }
        | Event::DuePassed { .. }
        | Event::Received { .. }
        | Event::Accepted {}
        | Event::Filed { .. }
        | Event::Confirmed { .. }
        | Event::Rejected { .. }
        | Event::LapseReversed { .. }
        | Event::DueMoved { .. }
        | Event::CarriedOver { .. }
        | Event::Voided { .. } => return vec![],
    };
    vec![tell(
        sheet,
        Transmission::Postpone {
            application: sheet.assignment.application,
            office: sheet.assignment.office,
            poa,
            month: Month::of(sheet.dates.start.on),
            why,
        },
    )]
}

/// Why a sheet was not back on its due date: nobody can return what was not sent before it.
fn missed_because(sheet: &Sheet, due: NaiveDate) -> CauseKind {
    match sheet.first_sent_on {
        Some(sent_on) if sent_on < due => CauseKind::NotReturned,
        Some(_) | None => CauseKind::NotSent,
    }
}

fn reverse_postponement(happening: Happening<'_>) -> Vec<Command> {
    let Some((poa, sheet, Event::LapseReversed { start, .. })) = of(happening) else {
        return vec![];
    };
    if sheet.assignment.purpose == Purpose::End {
        return vec![];
    }
    let month = Month::of(*start);
    vec![tell(
        sheet,
        Transmission::ReversePostponement { poa, month },
    )]
}

fn of<'a>(happening: Happening<'a>) -> Option<(PoaId, &'a Sheet, &'a Event)> {
    match (happening.stream, happening.event, happening.after) {
        (Stream::Poa(poa), nouns::Event::Poa(event), State::Poa(state)) => {
            Some((*poa, state.sheet()?, event))
        }
        (_, _, _) => None,
    }
}

fn tell(sheet: &Sheet, command: Transmission) -> Command {
    let assignment = &sheet.assignment;
    let stream = Stream::Transmission(assignment.corporation, assignment.service);
    Command::transmission(&stream, command)
}
