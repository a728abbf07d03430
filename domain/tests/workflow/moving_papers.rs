//! Moving in with applications: a 委任状 and an ID go on from where they stood, and what was promised stays.

use super::kit::*;
use super::moving::{
    SERVICE, application, carry, carry_offices, from, month, office, registered, says, switched,
};
use chrono::Days;
use daicho_domain::credential::{self, Owner};
use daicho_domain::moving::promised_by;
use daicho_domain::nouns::{Command, State};
use daicho_domain::poa::{self, CarryStage, Method, Purpose};
use daicho_domain::stream::{CredentialId, PoaId, Stream};
use daicho_domain::transmission;
use daicho_domain::transmission::{CarryPlan, Paper, Standing};
use daicho_domain::waiting::What;

fn poa_of(place: usize) -> PoaId {
    PoaId::of(application(), office_id(office_numbers()[place]))
}

fn carry_paper(place: usize, sent_on: Option<&str>, stage: CarryStage) -> Command {
    let carried = poa::CarryOver {
        from: from(place as u64 + 2),
        corporation: corporation_id(),
        service: SERVICE,
        application: application(),
        office: office_id(office_numbers()[place]),
        purpose: Purpose::Start,
        sent_on: sent_on.map(day),
        stage,
        agent: None,
    };
    Command::poa(
        &Stream::Poa(poa_of(place)),
        poa::Command::CarryOver(carried),
    )
}

fn carry_id(place: usize, issued_on: Option<&str>) -> Command {
    let office = office_id(office_numbers()[place]);
    let carried = credential::CarryOver {
        from: from(place as u64 + 2),
        owner: Owner::Office {
            corporation: corporation_id(),
            service: SERVICE,
            application: application(),
            office,
        },
        issued_on: issued_on.map(day),
    };
    Command::credential(
        &Stream::Credential(CredentialId::of_office(application(), office)),
        credential::Command::CarryOver(carried),
    )
}

const OUT: CarryStage = CarryStage::Out {
    method: Method::Post,
};

/// Moved in on 2026-07-01: registered, applied for on 2026-06-25.
fn moved_in() -> Desk {
    switched(registered_corporation(), "2026-07-01", "2026-07").after(carry(registered()))
}

#[test]
fn a_paper_that_is_out_goes_on_to_its_due_date_and_misses_it_like_any_other() {
    let desk = moved_in()
        .after(carry_offices(
            "2026-06-25",
            vec![office(0, "2026-08", Paper::Awaited, None)],
        ))
        .after(carry_paper(0, Some("2026-06-26"), OUT))
        .after(carry_id(0, None));
    let State::Poa(paper) = desk.state(&Stream::Poa(poa_of(0))) else {
        panic!("a 委任状");
    };
    assert_eq!(paper.waiting()[0].what, What::PoaReturn);
    let due = day("2026-07-10");
    let deadlines = paper.deadlines(&Stream::Poa(poa_of(0)));
    let days: Vec<_> = deadlines
        .iter()
        .map(|held| (held.name.as_str(), held.on))
        .collect();
    let ahead = [
        ("lapse", due),
        ("remind", day("2026-07-03")),
        ("pass_due", day("2026-07-11")),
    ];
    assert_eq!(days, ahead, "its reminder is still to come");
    let desk = desk.closed_through("2026-07-01", "2026-07-10");
    let lapse = Command::poa(&Stream::Poa(poa_of(0)), poa::Command::Lapse { due });
    desk.when(lapse).then(&["lapsed"]);
    // And one that comes back is taken, accepted and filed.
    let act = |command| Command::poa(&Stream::Poa(poa_of(0)), command);
    let received = poa::Command::Receive {
        arrived_on: day("2026-07-08"),
        channel: daicho_domain::intake::Channel::Post,
    };
    let desk = desk
        .after(act(received))
        .after(act(poa::Command::Accept {}));
    let note = transmission::Command::NotePaper {
        application: application(),
        office: office_id(office_numbers()[0]),
        poa: poa_of(0),
        step: transmission::PaperStep::Accepted,
    };
    let desk = desk.after(Command::transmission(&transmission_of(SERVICE), note));
    let filing = poa::Filing::on(due).without_scan(Some("写しは紙で保管".into()));
    desk.when(act(poa::Command::File(filing))).then(&["filed"]);
}

#[test]
fn an_office_goes_on_from_where_its_papers_and_its_id_stood() {
    let filed = CarryStage::Filed {
        arrived_on: day("2026-06-29"),
        filed_on: day("2026-06-30"),
    };
    let desk = moved_in().after(carry_offices(
        "2026-04-25",
        vec![
            office(0, "2026-06", Paper::Confirmed, Some("2026-05-31")),
            office(1, "2026-07", Paper::Filed, Some("2026-06-30")),
            office(2, "2026-08", Paper::Filed, None),
        ],
    ));
    let state = desk.transmission(&transmission_of(SERVICE));
    let standings: Vec<_> = state.entries.iter().map(|entry| &entry.standing).collect();
    assert!(matches!(standings[0], Standing::Started { .. }));
    // July begins on the switching day: the day itself starts it.
    assert!(matches!(standings[1], Standing::Issued { .. }));
    assert!(matches!(standings[2], Standing::Preparing { .. }));
    for entry in &state.entries[1..] {
        assert!(!state.waiting(entry).is_empty(), "{}", entry.number);
    }
    let desk = desk
        .after(carry_paper(1, Some("2026-06-15"), filed))
        .after(carry_paper(2, Some("2026-06-15"), filed))
        .after(carry_id(0, Some("2026-05-31")))
        .after(carry_id(1, Some("2026-06-30")))
        .after(carry_id(2, None));
    let start = transmission::Command::Start {
        month: month("2026-07"),
    };
    desk.when(Command::transmission(&transmission_of(SERVICE), start))
        .then(&["started"]);
    let ids = transmission::Command::DetermineIds {
        on: day("2026-07-31"),
    };
    let desk = desk.on("2026-07-31");
    desk.when(Command::transmission(&transmission_of(SERVICE), ids))
        .then(&["ids_due"]);
}

#[test]
fn what_is_incomplete_waits_for_the_kj_id_and_gets_its_month_by_the_rules() {
    let mut incomplete = office(0, "2026-08", Paper::Awaited, None);
    incomplete.kj_id = None;
    incomplete.plan = None;
    let desk = moved_in().after(carry_offices("2026-06-20", vec![incomplete.clone()]));
    let state = desk.transmission(&transmission_of(SERVICE));
    assert_eq!(state.waiting(&state.entries[0])[0].what, What::KjId);
    let complete = transmission::Command::Complete {
        application: application(),
        office: office_id(office_numbers()[0]),
        kj_id: Some(daicho_domain::identifiers::KjId::compose(
            office_numbers()[0],
        )),
        kj_id_confirmed: false,
        receipt: form("2026-07-01"),
    };
    desk.when(Command::transmission(&transmission_of(SERVICE), complete))
        .then(&["office_completed", "start_set"]);
    let planned = office(1, "2026-08", Paper::Awaited, None);
    let refused = moved_in()
        .when(carry_offices("2026-06-20", vec![incomplete, planned]))
        .then_refused("transmission.not_carried");
    says(&refused, "missing", Some("開始月"));
}

#[test]
fn dates_that_were_promised_stay_and_say_what_the_rules_would_have_set() {
    let mut promised = office(0, "2026-09", Paper::Awaited, None);
    promised.plan = promised.plan.map(|plan| CarryPlan {
        poa_due: Some(day("2026-07-31")),
        ..plan
    });
    let events = moved_in()
        .when(carry_offices("2026-06-25", vec![promised]))
        .then(&["carried_over"]);
    let said: Vec<_> = promised_by(&events[0])
        .iter()
        .map(|one| (one.label, one.dated.on, one.promised.counted))
        .collect();
    assert_eq!(
        said,
        [
            ("開始月", day("2026-09-01"), day("2026-08-01")),
            ("委任状の返送期日", day("2026-07-31"), day("2026-08-10")),
        ]
    );
    // Postponed once, the rules say September too.
    let mut postponed = office(0, "2026-09", Paper::Awaited, None);
    postponed.plan = postponed.plan.map(|plan| CarryPlan {
        postponements: 1,
        ..plan
    });
    let events = moved_in()
        .when(carry_offices("2026-06-25", vec![postponed]))
        .then(&["carried_over"]);
    assert!(promised_by(&events[0]).is_empty());
}

#[test]
fn papers_and_ids_that_contradict_their_office_are_refused() {
    let desk = switched(registered_corporation(), "2026-07-01", "2026-07");
    desk.when(carry_offices(
        "2026-06-25",
        vec![office(0, "2026-08", Paper::Awaited, None)],
    ))
    .then_refused("transmission.not_registered");
    let desk = desk.after(carry(registered()));
    let issued = office(0, "2026-08", Paper::Awaited, Some("2026-06-30"));
    let refused = desk
        .when(carry_offices("2026-06-25", vec![issued]))
        .then_refused("transmission.not_carried");
    says(&refused, "contradicts", Some("委任状の状態"));
    let missed = office(0, "2026-06", Paper::Awaited, None);
    let refused = desk
        .when(carry_offices("2026-04-25", vec![missed]))
        .then_refused("transmission.not_carried");
    says(&refused, "before_switching_day", Some("開始月"));
    let twice = office(0, "2026-08", Paper::Awaited, None);
    desk.when(carry_offices("2026-06-25", vec![twice.clone(), twice]))
        .then_refused("transmission.office_twice");
    let desk = desk.after(carry_offices(
        "2026-06-25",
        vec![office(0, "2026-08", Paper::Awaited, None)],
    ));
    let filed = CarryStage::Filed {
        arrived_on: day("2026-06-29"),
        filed_on: day("2026-06-30"),
    };
    let refused = desk
        .when(carry_paper(0, Some("2026-06-26"), filed))
        .then_refused("poa.not_carried");
    says(&refused, "contradicts", Some("委任状の状態"));
    let unsent = desk
        .when(carry_paper(0, None, OUT))
        .then_refused("poa.not_carried");
    says(&unsent, "missing", Some("委任状の発送日"));
    desk.when(carry_id(0, Some("2026-06-30")))
        .then_refused("credential.not_due");
    let again = desk.after(carry_paper(0, Some("2026-06-26"), OUT));
    again
        .when(carry_paper(0, Some("2026-06-26"), OUT))
        .then_nothing();
    again
        .when(carry_offices(
            "2026-06-25",
            vec![office(0, "2026-08", Paper::Awaited, None)],
        ))
        .then_nothing();
}

#[test]
fn an_id_that_lives_already_is_not_carried_over() {
    let owner = Owner::Corporation {
        corporation: corporation_id(),
        service: SERVICE,
    };
    let id = CredentialId::of_corporation(corporation_id(), SERVICE);
    let stream = Stream::Credential(id);
    let issue = credential::Command::Issue { owner };
    let desk = switched(registered_corporation(), "2026-07-01", "2026-07");
    let carried = |issued_on: Option<&str>| {
        let carried = credential::CarryOver {
            from: from(2),
            owner,
            issued_on: issued_on.map(day),
        };
        Command::credential(&stream, credential::Command::CarryOver(carried))
    };
    let missing = desk
        .when(carried(None))
        .then_refused("credential.not_carried");
    says(&missing, "missing", Some("ID発行日"));
    desk.when(carried(Some("2026-04-10")))
        .then(&["carried_over"]);
    let refused = desk
        .after(Command::credential(&stream, issue))
        .when(carried(Some("2026-04-10")))
        .then_refused("credential.not_carried");
    says(&refused, "known_already", None);
}

/// Whatever stage an office is carried over at, it waits for something, and everything that is due afterwards lies on the
/// switching day or after it.
#[test]
fn every_stage_that_is_carried_over_waits_for_something_and_leaves_no_deadline_behind() {
    let switched_on = day("2026-07-01");
    let arrived_on = day("2026-06-29");
    let filed_on = day("2026-06-30");
    let stages = [
        CarryStage::ToSend,
        OUT,
        CarryStage::Received {
            arrived_on,
            channel: daicho_domain::intake::Channel::Post,
        },
        CarryStage::Accepted { arrived_on },
        CarryStage::Filed {
            arrived_on,
            filed_on,
        },
        CarryStage::Confirmed {
            filed_on,
            on: filed_on,
        },
    ];
    let mut carried = 0;
    for stage in stages {
        for start in ["2026-06", "2026-07", "2026-08", "2026-09"] {
            for issued_on in [None, Some("2026-06-30")] {
                let sent_on = (stage != CarryStage::ToSend).then_some("2026-06-26");
                let offices = vec![office(0, start, stage.paper(), issued_on)];
                let desk = moved_in();
                let Some((desk, 1)) = desk.tried(carry_offices("2026-04-25", offices)) else {
                    continue;
                };
                let Some((desk, 1)) = desk.tried(carry_paper(0, sent_on, stage)) else {
                    continue;
                };
                let (desk, _) = desk
                    .tried(carry_id(0, issued_on))
                    .expect("the ID stands where its office does");
                carried += 1;
                holds(
                    &desk,
                    switched_on,
                    &format!("{stage:?} {start} {issued_on:?}"),
                );
            }
        }
    }
    assert!(carried >= 12, "{carried}");
}

fn holds(desk: &Desk, switched_on: chrono::NaiveDate, label: &str) {
    let stream = transmission_of(SERVICE);
    let state = desk.transmission(&stream);
    for entry in &state.entries {
        let transmits = matches!(entry.standing, Standing::Started { .. });
        assert!(transmits || !state.waiting(entry).is_empty(), "{label}");
    }
    let State::Poa(paper) = desk.state(&Stream::Poa(poa_of(0))) else {
        panic!("a 委任状");
    };
    let settled = matches!(
        paper.sheet().map(poa::Sheet::status),
        Some(poa::Status::Confirmed)
    );
    assert!(settled || !paper.waiting().is_empty(), "{label}");
    let deadlines = state
        .deadlines(&stream)
        .into_iter()
        .chain(paper.deadlines(&Stream::Poa(poa_of(0))));
    for deadline in deadlines {
        assert!(deadline.on >= switched_on, "{label}: {}", deadline.name);
    }
    // It walks on: every day of the next months is answered without a refusal.
    let mut walked = desk.clone();
    for days in 0..70 {
        let today = switched_on + Days::new(days);
        walked = walked.on(&today.to_string());
        let due = walked.transmission(&stream).deadlines(&stream);
        for deadline in due.into_iter().filter(|deadline| deadline.on <= today) {
            let name = deadline.name;
            let (after, _) = walked
                .tried(deadline.command)
                .unwrap_or_else(|| panic!("{label}: {name} was refused"));
            walked = after;
        }
    }
}
