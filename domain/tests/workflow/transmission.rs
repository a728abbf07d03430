//! Applying for transmission, what is missing, withdrawing, IDs, the start.

use crate::kit::{
    self, Desk, application_id, apply, applying, corporation_id, day, form, office_id,
    office_numbers, registered_corporation, registered_for_mini2, transmission_of,
};
use daicho_domain::Service;
use daicho_domain::dates::Month;
use daicho_domain::identifiers::KjId;
use daicho_domain::nouns::Command as Any;
use daicho_domain::stream::{CredentialId, OfficeId, PoaId};
use daicho_domain::transmission::{
    ApplyingOffice, Command, Held, Missing, PaperStep, Refusal, Standing,
};

const MINI2: Service = Service::HonobonoMini2;
const MESSENGER: Service = Service::CareNetMessenger;

fn transmit(service: Service, command: Command) -> Any {
    Any::transmission(&transmission_of(service), command)
}

fn office(index: usize) -> OfficeId {
    office_id(office_numbers()[index])
}

fn paper(service: Service, index: usize, step: PaperStep) -> Any {
    let application = application_id("one");
    transmit(
        service,
        Command::NotePaper {
            application,
            office: office(index),
            poa: PoaId::of(application, office(index)),
            step,
        },
    )
}

fn month(text: &str) -> Month {
    Month::of(day(&format!("{text}-01")))
}

fn start_of(desk: &Desk, service: Service, index: usize) -> Month {
    let state = desk.transmission(&transmission_of(service));
    let entry = state
        .standing_application(office(index))
        .expect("the office has applied");
    entry.plan().expect("its dates are set").month()
}

fn without_kj_id(index: usize) -> ApplyingOffice {
    ApplyingOffice {
        kj_id: None,
        ..applying(office_numbers()[index])
    }
}

#[test]
fn the_worked_customer_transmits_from_august() {
    let desk = registered_for_mini2().on("2026-06-25").after(apply(
        MINI2,
        "one",
        "2026-06-25",
        [applying(office_numbers()[0])],
    ));
    let state = desk.transmission(&transmission_of(MINI2));
    let plan = state.entries[0].plan().expect("its dates are set");
    assert_eq!(plan.month(), month("2026-08"));
    assert_eq!(plan.poa_due.on, day("2026-07-10"));
    assert_eq!(plan.credentials_on.on, day("2026-07-31"));
}

#[test]
fn the_same_day_gives_another_month_with_the_messenger() {
    let offices = || [applying(office_numbers()[0])];
    let mini2 =
        registered_for_mini2()
            .on("2026-06-26")
            .after(apply(MINI2, "one", "2026-06-26", offices()));
    assert_eq!(start_of(&mini2, MINI2, 0), month("2026-09"));
    let messenger = registered_corporation().on("2026-06-26").after(apply(
        MESSENGER,
        "one",
        "2026-06-26",
        offices(),
    ));
    assert_eq!(start_of(&messenger, MESSENGER, 0), month("2026-08"));
}

#[test]
fn a_trial_corporation_is_told_the_month_it_could_have() {
    let refusal = registered_corporation()
        .on("2026-04-10")
        .when(apply(
            MINI2,
            "one",
            "2026-04-10",
            [applying(office_numbers()[0])],
        ))
        .then_refused("transmission.not_registered");
    assert!(refusal.sentence().contains("2026年6月"), "{refusal}");
}

#[test]
fn a_licence_has_no_transmission() {
    registered_corporation()
        .on("2026-04-10")
        .when(apply(
            Service::CareplanRenkei,
            "one",
            "2026-04-10",
            [applying(office_numbers()[0])],
        ))
        .then_refused("transmission.no_such_service");
}

#[test]
fn an_office_applies_once() {
    let first = || {
        apply(
            MESSENGER,
            "one",
            "2026-06-01",
            [applying(office_numbers()[0])],
        )
    };
    let desk = registered_corporation().on("2026-06-01").after(first());
    desk.when(first()).then_nothing();
    desk.when(apply(
        MESSENGER,
        "two",
        "2026-06-01",
        [applying(office_numbers()[0])],
    ))
    .then_refused("transmission.already_applied");
    desk.when(apply(
        MESSENGER,
        "two",
        "2026-06-01",
        [1, 1].map(|index| applying(office_numbers()[index])),
    ))
    .then_refused("transmission.office_twice");
    desk.when(apply(MESSENGER, "two", "2026-06-01", []))
        .then_refused("transmission.no_offices");
    let stranger = "1370700018".parse().expect("a well-formed office number");
    desk.when(apply(MESSENGER, "two", "2026-06-01", [applying(stranger)]))
        .then_refused("transmission.unknown_office");
}

#[test]
fn a_kj_id_of_another_office_is_confirmed_by_a_person() {
    let [first, second, _] = office_numbers();
    let differing = |kj_id_confirmed| ApplyingOffice {
        kj_id: Some(KjId::compose(second)),
        kj_id_confirmed,
        ..applying(first)
    };
    let desk = registered_corporation().on("2026-06-01");
    desk.when(apply(MESSENGER, "one", "2026-06-01", [differing(false)]))
        .then_refused("transmission.kj_id_differs");
    desk.when(apply(MESSENGER, "one", "2026-06-01", [differing(true)]))
        .then(&["applied", "start_set"]);
}

#[test]
fn a_kj_id_active_in_the_other_channel_is_refused() {
    registered_for_mini2()
        .on("2026-06-01")
        .after(apply(
            MESSENGER,
            "one",
            "2026-06-01",
            [applying(office_numbers()[0])],
        ))
        .when(apply(
            MINI2,
            "two",
            "2026-06-01",
            [applying(office_numbers()[0])],
        ))
        .then_refused("transmission.kj_id_elsewhere");
}

#[test]
fn completion_and_not_arrival_meets_the_cutoff() {
    let desk = registered_corporation().on("2026-06-26").after(apply(
        MESSENGER,
        "one",
        "2026-06-26",
        [applying(office_numbers()[0]), without_kj_id(1)],
    ));
    let state = desk.transmission(&transmission_of(MESSENGER));
    assert_eq!(state.entries[0].standing, Standing::Complete);
    assert_eq!(
        state.entries[1].standing,
        Standing::Incomplete(Missing::KjId)
    );
    let complete = |kj_id| {
        transmit(
            MESSENGER,
            Command::Complete {
                application: application_id("one"),
                office: office(1),
                kj_id,
                kj_id_confirmed: false,
                receipt: form("2026-06-27"),
            },
        )
    };
    let desk = desk.on("2026-06-27");
    desk.when(complete(None))
        .then_refused("transmission.kj_id_missing");
    let kj_id = Some(KjId::compose(office_numbers()[1]));
    let desk = desk.after(complete(kj_id));
    assert_eq!(start_of(&desk, MESSENGER, 0), month("2026-09"));
    assert_eq!(start_of(&desk, MESSENGER, 1), month("2026-09"));
    desk.when(complete(kj_id))
        .then_refused("transmission.nothing_missing");
}

#[test]
fn an_incomplete_office_that_leaves_lets_the_others_go_on() {
    let desk = registered_corporation().on("2026-06-26").after(apply(
        MESSENGER,
        "one",
        "2026-06-26",
        [applying(office_numbers()[0]), without_kj_id(1)],
    ));
    desk.when(withdraw(MESSENGER, Some(1)))
        .then(&["office_withdrawn", "start_set"]);
    desk.when(withdraw(MESSENGER, None))
        .then(&["office_withdrawn", "office_withdrawn"]);
}

fn withdraw(service: Service, index: Option<usize>) -> Any {
    transmit(
        service,
        Command::Withdraw {
            application: application_id("one"),
            office: index.map(office),
            reason: "申込者からの連絡".into(),
        },
    )
}

#[test]
fn a_receipt_before_the_cutoff_entered_after_it_needs_proof() {
    let desk = registered_corporation().on("2026-06-29");
    desk.when(apply(
        MESSENGER,
        "one",
        "2026-06-26",
        [applying(office_numbers()[0])],
    ))
    .then_refused("transmission.proof_missing");
    let mut receipt = form("2026-06-26");
    receipt.proof = Some("FAX受信記録 6/26 16:40".into());
    let desk = desk.after(transmit(
        MESSENGER,
        Command::Apply {
            application: application_id("one"),
            receipt,
            offices: vec![applying(office_numbers()[0])],
        },
    ));
    assert_eq!(start_of(&desk, MESSENGER, 0), month("2026-08"));
    desk.when(apply(
        MESSENGER,
        "two",
        "2026-06-30",
        [applying(office_numbers()[1])],
    ))
    .then_refused("transmission.received_later");
}

/// Two offices of one application, their papers accepted, filed on the 15th of July.
fn filed() -> Desk {
    let desk = registered_corporation().on("2026-06-26").after(apply(
        MESSENGER,
        "one",
        "2026-06-26",
        [0, 1].map(|index| applying(office_numbers()[index])),
    ));
    [0, 1]
        .into_iter()
        .fold(desk.on("2026-07-15"), |desk, index| {
            desk.after(paper(MESSENGER, index, PaperStep::Accepted))
                .after(paper(MESSENGER, index, PaperStep::Filed))
        })
}

fn determine() -> Any {
    transmit(
        MESSENGER,
        Command::DetermineIds {
            on: day("2026-07-31"),
        },
    )
}

fn issued(index: usize) -> Any {
    let application = application_id("one");
    transmit(
        MESSENGER,
        Command::NoteIdIssued {
            application,
            office: office(index),
            credential: CredentialId::of_office(application, office(index)),
        },
    )
}

#[test]
fn ids_are_due_on_the_day_for_offices_whose_papers_are_filed() {
    let desk = filed();
    desk.clone()
        .on("2026-07-30")
        .when(determine())
        .then_nothing();
    let desk = desk.on("2026-07-31").after(determine());
    desk.when(determine()).then_nothing();
    let desk = desk.after(issued(0)).after(issued(1));
    let start = transmit(
        MESSENGER,
        Command::Start {
            month: month("2026-08"),
        },
    );
    desk.when(start.clone()).then_nothing();
    desk.on("2026-08-01").when(start).then(&["started"]);
}

#[test]
fn an_office_whose_papers_are_not_filed_gets_no_id_and_goes_on_a_month_later() {
    let desk = registered_corporation()
        .on("2026-06-26")
        .after(apply(
            MESSENGER,
            "one",
            "2026-06-26",
            [applying(office_numbers()[0])],
        ))
        .on("2026-07-15")
        .after(paper(MESSENGER, 0, PaperStep::Accepted))
        .on("2026-07-31")
        .after(determine());
    let state = desk.transmission(&transmission_of(MESSENGER));
    assert!(matches!(
        state.entries[0].standing,
        Standing::Preparing {
            held: Some(Held::NotFiled),
            ..
        }
    ));
    // Filed on the last day after all: it gets its ID at once.
    desk.when(paper(MESSENGER, 0, PaperStep::Filed))
        .then(&["papers_filed", "ids_due"]);
    // Not filed: it goes on.
    let desk = desk.on("2026-08-01").after(transmit(
        MESSENGER,
        Command::Start {
            month: month("2026-08"),
        },
    ));
    assert_eq!(start_of(&desk, MESSENGER, 0), month("2026-09"));
}

#[test]
fn a_rejection_before_the_ids_postpones_and_after_them_asks_a_person() {
    filed()
        .on("2026-07-21")
        .when(paper(MESSENGER, 0, PaperStep::Rejected))
        .then(&["federation_rejected", "postponed"]);
    filed()
        .on("2026-07-31")
        .after(determine())
        .after(issued(0))
        .when(paper(MESSENGER, 0, PaperStep::Rejected))
        .then(&["federation_rejected", "person_asked"]);
}

#[test]
fn an_office_that_transmits_is_not_withdrawn() {
    let desk = filed()
        .on("2026-07-31")
        .after(determine())
        .after(issued(0))
        .after(issued(1))
        .on("2026-08-01")
        .after(transmit(
            MESSENGER,
            Command::Start {
                month: month("2026-08"),
            },
        ));
    desk.when(withdraw(MESSENGER, Some(0)))
        .then_refused("transmission.started");
}

#[test]
fn what_is_not_there_is_named() {
    let desk = registered_corporation().on("2026-06-26");
    desk.when(withdraw(MESSENGER, None))
        .then_refused("transmission.unknown_application");
    desk.when(paper(MESSENGER, 0, PaperStep::Accepted))
        .then_refused("transmission.unknown_entry");
    let refusal = Desk::default()
        .on("2026-06-26")
        .when(apply(
            MESSENGER,
            "one",
            "2026-06-26",
            [applying(office_numbers()[0])],
        ))
        .then_refused("transmission.unknown_corporation");
    assert_eq!(
        refusal,
        daicho_domain::nouns::Refusal::Transmission(Refusal::UnknownCorporation)
    );
    assert!(matches!(
        desk.state(&daicho_domain::stream::Stream::Corporation(corporation_id())),
        daicho_domain::nouns::State::Corporation(_)
    ));
    assert!(
        kit::policy()
            .calendars
            .vendor()
            .is_open(day("2026-06-26"))
            .value
    );
}

#[test]
fn an_office_with_a_new_number_leaves_what_it_applied_for() {
    let leave = || {
        transmit(
            MESSENGER,
            Command::Leave {
                office: Some(office(0)),
                why: daicho_domain::transmission::LeaveReason::Renumbered,
            },
        )
    };
    filed().when(leave()).then(&["office_withdrawn"]);
    filed().after(leave()).when(leave()).then_nothing();
    registered_corporation()
        .on("2026-06-26")
        .when(leave())
        .then_nothing();
}

#[test]
fn papers_that_are_not_back_are_printed_again_when_a_name_changes() {
    let outdate = || transmit(MESSENGER, Command::OutdatePapers { office: None });
    registered_corporation()
        .on("2026-06-26")
        .after(apply(
            MESSENGER,
            "one",
            "2026-06-26",
            [applying(office_numbers()[0])],
        ))
        .when(outdate())
        .then(&["papers_outdated"]);
    filed().when(outdate()).then_nothing();
}
