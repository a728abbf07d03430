//! No ID/PW while use is suspended for arrears: what is resumed by the day is caught up, the rest goes on a month later.

use crate::arrears::{paid, suspended};
use crate::kit::{
    Desk, application_id, apply, applying, day, enrol, office_id, office_numbers, transmission_of,
};
use daicho_domain::nouns::{Command as Any, Event as AnyEvent};
use daicho_domain::stream::{OfficeId, PoaId};
use daicho_domain::transmission::{Command, Event, Held, PaperStep, Standing};
use daicho_domain::waiting::{Next, Party, What};
use daicho_domain::{Service, enrolment};

const MINI2: Service = Service::HonobonoMini2;

fn office(index: usize) -> OfficeId {
    office_id(office_numbers()[index])
}

fn transmit(command: Command) -> Any {
    Any::transmission(&transmission_of(MINI2), command)
}

fn paper(index: usize, step: PaperStep) -> Any {
    let (application, office) = (application_id("one"), office(index));
    transmit(Command::NotePaper {
        application,
        office,
        poa: PoaId::of(application, office),
        step,
    })
}

fn determine() -> Any {
    transmit(Command::DetermineIds {
        on: day("2026-11-30"),
    })
}

fn catch_up() -> Any {
    transmit(Command::CatchUpIds {})
}

/// Suspended since 2026-10-15; two offices apply on 10-20 for December, the paper of the first is filed.
fn applied() -> Desk {
    let offices = [0, 1].map(|index| applying(office_numbers()[index]));
    suspended()
        .on("2026-10-20")
        .after(apply(MINI2, "one", "2026-10-20", offices))
        .on("2026-11-05")
        .after(paper(0, PaperStep::Accepted))
        .after(paper(0, PaperStep::Filed))
}

fn held(desk: &Desk) -> Vec<Option<Held>> {
    let state = desk.transmission(&transmission_of(MINI2));
    let held = state.entries.iter().map(|entry| {
        let Standing::Preparing { held, .. } = entry.standing else {
            panic!("{:?}", entry.standing);
        };
        held
    });
    held.collect()
}

fn resumed(desk: Desk) -> Desk {
    paid(desk).after(enrol(enrolment::Command::Resume {}))
}

#[test]
fn the_day_names_who_gets_no_id_because_use_is_suspended() {
    let desk = applied().on("2026-11-30");
    let events = desk.when(determine()).then(&["ids_due"]);
    let [
        AnyEvent::Transmission(Event::IdsDue {
            offices,
            held: papers,
            suspended,
            ..
        }),
    ] = &events[..]
    else {
        panic!("{events:?}");
    };
    assert_eq!((offices.len(), papers.len(), suspended.len()), (0, 1, 1));
    let desk = desk.after(determine());
    desk.when(determine()).then_nothing();
    assert_eq!(
        held(&desk),
        [Some(Held::Suspended), Some(Held::PapersMissing)]
    );
    let state = desk.transmission(&transmission_of(MINI2));
    let reason = state.waiting(&state.entries[0]).remove(0);
    assert_eq!(
        (reason.party, reason.what, reason.then),
        (Party::Customer, What::ArrearsSuspended, Next::Postponement)
    );
}

#[test]
fn who_pays_on_the_day_gets_the_id_on_the_day() {
    let desk = applied().on("2026-11-30").after(determine());
    desk.when(catch_up()).then_nothing();
    let desk = resumed(desk);
    let events = desk.when(catch_up()).then(&["ids_due"]);
    let [AnyEvent::Transmission(Event::IdsDue { offices, .. })] = &events[..] else {
        panic!("{events:?}");
    };
    let named: Vec<_> = offices.iter().map(|about| about.office).collect();
    assert_eq!(named, [office(0)], "the other's paper is not there");
    desk.after(catch_up()).when(catch_up()).then_nothing();
}

#[test]
fn who_pays_before_the_day_is_not_held_up() {
    let desk = resumed(applied());
    desk.when(catch_up()).then_nothing();
    let events = desk.on("2026-11-30").when(determine()).then(&["ids_due"]);
    let [AnyEvent::Transmission(Event::IdsDue { offices, .. })] = &events[..] else {
        panic!("{events:?}");
    };
    assert_eq!(offices.len(), 1);
}

#[test]
fn who_pays_after_the_day_starts_a_month_later() {
    let start = || {
        transmit(Command::Start {
            month: "2026-12".parse().expect("a month"),
        })
    };
    let desk = applied()
        .on("2026-11-30")
        .after(determine())
        .on("2026-12-01");
    desk.when(start()).then(&["postponed", "postponed"]);
    let desk = resumed(desk.after(start()).on("2026-12-02"));
    desk.when(catch_up()).then_nothing();
    let state = desk.transmission(&transmission_of(MINI2));
    let plan = state.entries[0].plan().expect("its dates");
    assert_eq!(plan.month(), "2027-01".parse().expect("a month"));
    let ids = transmit(Command::DetermineIds {
        on: plan.credentials_on.on,
    });
    desk.on("2026-12-31").when(ids).then(&["ids_due"]);
}

#[test]
fn a_paper_filed_late_brings_no_id_while_use_is_suspended() {
    let desk = applied()
        .on("2026-11-30")
        .after(determine())
        .after(paper(1, PaperStep::Accepted));
    desk.when(paper(1, PaperStep::Filed))
        .then(&["papers_filed", "ids_due"]);
    let desk = desk.after(paper(1, PaperStep::Filed));
    assert_eq!(held(&desk), [Some(Held::Suspended), Some(Held::Suspended)]);
    let events = resumed(desk).when(catch_up()).then(&["ids_due"]);
    let [AnyEvent::Transmission(Event::IdsDue { offices, .. })] = &events[..] else {
        panic!("{events:?}");
    };
    assert_eq!(offices.len(), 2);
}
