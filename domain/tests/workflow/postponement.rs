//! 先送り of the corporation: which offices, what releases it, what takes it back.

use crate::kit::{
    Desk, application_id, apply, applying, day, form, office_id, office_numbers,
    registered_corporation, transmission_of,
};
use daicho_domain::Service;
use daicho_domain::dates::Month;
use daicho_domain::nouns::{Command as Any, Event as Happened};
use daicho_domain::stream::PoaId;
use daicho_domain::transmission::{CauseKind, Command, Decision, Event, PaperStep, PersonReason};
use daicho_domain::waiting::{Next, Papers, Party, Waiting, What};

const MESSENGER: Service = Service::CareNetMessenger;

fn transmit(command: Command) -> Any {
    Any::transmission(&transmission_of(MESSENGER), command)
}

fn month(text: &str) -> Month {
    Month::of(day(&format!("{text}-01")))
}

fn poa(application: &str, index: usize) -> PoaId {
    PoaId::of(
        application_id(application),
        office_id(office_numbers()[index]),
    )
}

fn postpone(application: &str, index: usize, from: &str) -> Any {
    transmit(Command::Postpone {
        application: application_id(application),
        office: office_id(office_numbers()[index]),
        poa: poa(application, index),
        month: month(from),
        why: CauseKind::NotReturned,
    })
}

fn reverse(application: &str, index: usize, from: &str) -> Any {
    transmit(Command::ReversePostponement {
        poa: poa(application, index),
        month: month(from),
    })
}

fn paper(application: &str, index: usize, step: PaperStep) -> Any {
    transmit(Command::NotePaper {
        application: application_id(application),
        office: office_id(office_numbers()[index]),
        poa: poa(application, index),
        step,
    })
}

/// Offices 0 and 1 on one form, office 2 on another, all for August.
fn three_offices() -> Desk {
    let [first, second, third] = office_numbers();
    registered_corporation()
        .on("2026-06-20")
        .after(apply(
            MESSENGER,
            "one",
            "2026-06-20",
            [first, second].map(applying),
        ))
        .on("2026-06-24")
        .after(apply(MESSENGER, "two", "2026-06-24", [applying(third)]))
        .on("2026-07-11")
}

fn months(desk: &Desk) -> Vec<Option<Month>> {
    desk.transmission(&transmission_of(MESSENGER))
        .entries
        .iter()
        .map(|entry| entry.plan().map(|plan| plan.month()))
        .collect()
}

fn all_in(text: &str) -> Vec<Option<Month>> {
    vec![Some(month(text)); 3]
}

#[test]
fn one_bad_office_postpones_every_office_not_started_across_applications() {
    let desk = three_offices();
    assert_eq!(months(&desk), all_in("2026-08"));
    let desk = desk.after(postpone("one", 1, "2026-08"));
    assert_eq!(months(&desk), all_in("2026-09"));
}

#[test]
fn the_new_due_date_follows_the_same_rule() {
    let desk = three_offices().after(postpone("one", 1, "2026-08"));
    let state = desk.transmission(&transmission_of(MESSENGER));
    for entry in &state.entries {
        let plan = entry.plan().expect("dates are set");
        assert_eq!(plan.poa_due.on, day("2026-08-10"));
        assert_eq!(plan.credentials_on.on, day("2026-08-31"));
        assert_eq!(plan.postponements, 1);
    }
}

#[test]
fn an_accepted_original_stays_valid_for_the_new_month() {
    let desk = three_offices()
        .after(paper("one", 0, PaperStep::Accepted))
        .after(postpone("one", 1, "2026-08"));
    let state = desk.transmission(&transmission_of(MESSENGER));
    assert!(!state.entries[0].waits_for_paper());
    assert!(state.entries[1].waits_for_paper());
}

#[test]
fn the_same_cause_twice_changes_nothing_and_a_second_cause_is_kept() {
    let desk = three_offices().after(postpone("one", 1, "2026-08"));
    desk.when(postpone("one", 1, "2026-08")).then_nothing();
    desk.when(postpone("two", 2, "2026-08"))
        .then(&["postponement_cause_added"]);
}

#[test]
fn it_falls_away_with_its_last_cause_and_not_before() {
    let desk = three_offices()
        .after(postpone("one", 1, "2026-08"))
        .after(postpone("two", 2, "2026-08"));
    desk.when(reverse("one", 0, "2026-08")).then_nothing();
    let desk = desk.after(reverse("one", 1, "2026-08"));
    assert_eq!(months(&desk), all_in("2026-09"));
    let desk = desk.after(reverse("two", 2, "2026-08"));
    assert_eq!(months(&desk), all_in("2026-08"));
    desk.when(reverse("two", 2, "2026-08")).then_nothing();
}

#[test]
fn it_is_not_taken_back_once_papers_are_filed_for_the_new_month_or_filing_is_over() {
    let desk = three_offices().after(postpone("one", 1, "2026-08"));
    desk.clone()
        .after(paper("two", 2, PaperStep::Accepted))
        .after(paper("two", 2, PaperStep::Filed))
        .when(reverse("one", 1, "2026-08"))
        .then(&["person_asked"]);
    desk.on("2026-07-22")
        .when(reverse("one", 1, "2026-08"))
        .then(&["person_asked"]);
}

#[test]
fn after_the_third_a_person_decides() {
    let desk = three_offices()
        .after(postpone("one", 1, "2026-08"))
        .on("2026-08-11")
        .after(postpone("one", 1, "2026-09"))
        .on("2026-09-11")
        .after(postpone("one", 1, "2026-10"));
    assert_eq!(months(&desk), all_in("2026-11"));
    let desk = desk.on("2026-10-13").after(postpone("one", 1, "2026-11"));
    assert_eq!(months(&desk), all_in("2026-11"));
    desk.when(postpone("one", 1, "2026-11")).then_nothing();
    let state = desk.transmission(&transmission_of(MESSENGER));
    assert!(state.asks_about(&state.entries[1]));
    let decide = |decision, reason: &str| {
        transmit(Command::Decide {
            application: application_id("one"),
            office: office_id(office_numbers()[1]),
            decision,
            reason: reason.into(),
        })
    };
    desk.when(decide(Decision::Keep, " "))
        .then_refused("transmission.reason_missing");
    desk.when(decide(Decision::StartIn(month("2026-10")), "電話で確認"))
        .then_refused("transmission.month_not_ahead");
    let desk = desk.after(decide(Decision::StartIn(month("2027-01")), "電話で確認"));
    assert_eq!(months(&desk)[1], Some(month("2027-01")));
    desk.when(decide(Decision::Keep, "もう一度"))
        .then_refused("transmission.nothing_to_decide");
}

#[test]
fn a_withdrawn_office_holds_nobody() {
    let desk = three_offices().after(transmit(Command::Withdraw {
        application: application_id("one"),
        office: Some(office_id(office_numbers()[1])),
        reason: "閉鎖".into(),
    }));
    desk.when(postpone("one", 1, "2026-08")).then_nothing();
    assert_eq!(
        months(&desk),
        vec![Some(month("2026-08")), None, Some(month("2026-08"))]
    );
}

#[test]
fn every_open_office_has_a_waiting_reason() {
    let steps: Vec<Desk> = vec![
        three_offices(),
        three_offices().after(paper("one", 0, PaperStep::Accepted)),
        three_offices().after(postpone("one", 1, "2026-08")),
        three_offices()
            .after(paper("two", 2, PaperStep::Accepted))
            .after(paper("two", 2, PaperStep::Filed))
            .after(postpone("one", 1, "2026-08"))
            .after(reverse("one", 1, "2026-08")),
    ];
    for desk in steps {
        let state = desk.transmission(&transmission_of(MESSENGER));
        for entry in state.entries.iter().filter(|entry| !entry.is_withdrawn()) {
            assert!(!state.waiting(entry).is_empty(), "{entry:?}");
        }
    }
}

/// For whom and for what each office waits first, in the words of the list.
fn waits(desk: &Desk) -> Vec<(Party, What)> {
    let state = desk.transmission(&transmission_of(MESSENGER));
    let first = |entry| {
        state
            .waiting(entry)
            .first()
            .map(|reason| (reason.party, reason.what))
    };
    state.entries.iter().filter_map(first).collect()
}

#[test]
fn after_an_uncounted_due_date_nobody_waits_for_the_customer_any_more() {
    let here = three_offices().after(paper("one", 0, PaperStep::Accepted));
    let others = (Party::Customer, What::OtherOffices);
    assert_eq!(waits(&here)[0], others, "before the due date");

    let passed = here.after(paper("one", 1, PaperStep::DuePassed));
    let closing = (Party::Us, What::PostCount);
    assert_eq!(
        waits(&passed)[..2],
        [closing, closing],
        "own paper here, and not"
    );
    assert_eq!(
        waits(&passed)[2],
        (Party::Customer, What::Papers),
        "another form"
    );
    passed
        .when(paper("one", 1, PaperStep::DuePassed))
        .then_nothing();

    let arrived = passed.after(paper("one", 1, PaperStep::Arrived));
    let check = (Party::Us, What::PoaCheck);
    assert_eq!(
        waits(&arrived)[..2],
        [check, check],
        "it came in and is to be checked"
    );
    arrived
        .when(paper("one", 1, PaperStep::Arrived))
        .then_nothing();
    let defective = arrived
        .clone()
        .after(paper("one", 1, PaperStep::Unaccepted));
    assert_eq!(
        waits(&defective)[..2],
        [closing, closing],
        "what came is of no use"
    );
    let accepted = arrived.after(paper("one", 1, PaperStep::Accepted));
    let filing = (Party::Us, What::PoaFiling);
    assert_eq!(waits(&accepted)[..2], [filing, filing]);
}

#[test]
fn a_paper_that_arrives_before_its_due_date_needs_no_note() {
    three_offices()
        .when(paper("one", 1, PaperStep::Arrived))
        .then_nothing();
    three_offices()
        .after(paper("one", 1, PaperStep::Accepted))
        .when(paper("one", 1, PaperStep::DuePassed))
        .then_nothing();
}

#[test]
fn another_month_begins_without_anything_overdue() {
    let desk = three_offices()
        .after(paper("one", 1, PaperStep::DuePassed))
        .after(postpone("one", 1, "2026-08"));
    assert_eq!(waits(&desk)[1], (Party::Customer, What::Papers));
}

#[test]
fn a_month_missed_without_an_id_counts_towards_the_most_there_may_be() {
    let start = |in_month: &str| {
        transmit(Command::Start {
            month: month(in_month),
        })
    };
    let mut desk = three_offices();
    let months = ["2026-08", "2026-09", "2026-10", "2026-11"];
    for missed in &months[..3] {
        desk = desk.on(&format!("{missed}-01")).after(start(missed));
    }
    let asked = desk.on("2026-11-01").when(start("2026-11"));
    let asked = asked.then(&["person_asked", "person_asked", "person_asked"]);
    let Happened::Transmission(Event::PersonAsked { why, .. }) = &asked[0] else {
        panic!("a person is asked: {asked:?}");
    };
    assert_eq!(*why, PersonReason::PostponedTooOften);
}

#[test]
fn the_dates_of_a_month_say_on_which_day_they_were_decided() {
    let desk = three_offices().after(postpone("one", 1, "2026-08"));
    let state = desk.transmission(&transmission_of(MESSENGER));
    let plan = state.entries[0].plan().expect("dates are set");
    assert_eq!(plan.poa_due.basis.asked_on, day("2026-09-01"));
    assert_eq!(plan.poa_due.basis.decided_on, Some(day("2026-07-11")));
    assert_eq!(plan.start.basis.decided_on, None, "asked for its own day");
}

/// Received in time, entered later, with what proves it.
fn entered_late(name: &str, on: &str, offices: &[usize]) -> Any {
    let mut receipt = form(on);
    receipt.proof = Some("消印".into());
    let offices = offices
        .iter()
        .map(|index| applying(office_numbers()[*index]));
    transmit(Command::Apply {
        application: application_id(name),
        receipt,
        offices: offices.collect(),
    })
}

#[test]
fn what_is_entered_after_its_return_date_begins_with_the_first_month_whose_papers_can_be_back() {
    let desk = registered_corporation().on("2026-07-11");
    let said = desk.when(entered_late("one", "2026-06-20", &[0, 1]));
    let events = said.then(&["applied", "start_set", "postponed"]);
    let Happened::Transmission(Event::Postponed {
        cause,
        from,
        to,
        offices,
    }) = &events[2]
    else {
        panic!("{events:?}");
    };
    assert_eq!(cause.why, CauseKind::EnteredLate);
    assert_eq!((*from, *to), (month("2026-08"), month("2026-09")));
    for office in offices {
        assert_eq!(office.plan.poa_due.on, day("2026-08-10"));
        assert_eq!(office.plan.postponements, 1);
    }
    assert_eq!(offices.len(), 2);
}

#[test]
fn on_its_return_date_it_is_too_late_and_the_day_before_it_is_not() {
    for (today, begins) in [("2026-07-09", "2026-08"), ("2026-07-10", "2026-09")] {
        let desk =
            registered_corporation()
                .on(today)
                .after(entered_late("one", "2026-06-20", &[0]));
        assert_eq!(months(&desk), [Some(month(begins))], "{today}");
    }
}

#[test]
fn what_lay_for_months_goes_to_its_month_at_once_and_is_one_postponement() {
    let desk = registered_corporation()
        .on("2026-10-12")
        .after(entered_late("one", "2026-06-20", &[0]));
    assert_eq!(months(&desk), [Some(month("2026-12"))]);
    let state = desk.transmission(&transmission_of(MESSENGER));
    assert_eq!(state.postponements.len(), 1);
    let plan = state.entries[0].plan().expect("dates are set");
    assert_eq!(plan.poa_due.on, day("2026-11-10"));
}

#[test]
fn what_is_entered_late_holds_nobody_who_applied_on_another_form() {
    let [first, ..] = office_numbers();
    let desk = registered_corporation()
        .on("2026-06-20")
        .after(apply(MESSENGER, "one", "2026-06-20", [applying(first)]))
        .on("2026-07-11")
        .after(entered_late("two", "2026-06-24", &[1]));
    let months = months(&desk);
    assert_eq!(months, [Some(month("2026-08")), Some(month("2026-09"))]);
}

#[test]
fn what_papers_caused_falls_away_beside_what_was_entered_late() {
    let [first, second, _] = office_numbers();
    let desk = registered_corporation()
        .on("2026-06-20")
        .after(apply(
            MESSENGER,
            "one",
            "2026-06-20",
            [first, second].map(applying),
        ))
        .on("2026-07-11")
        .after(postpone("one", 0, "2026-08"))
        .after(entered_late("two", "2026-06-24", &[2]))
        .after(postpone("one", 1, "2026-08"));
    assert_eq!(months(&desk), all_in("2026-09"));
    let causes = |desk: &Desk| {
        let state = desk.transmission(&transmission_of(MESSENGER));
        let causes = state.postponements.iter().map(|held| held.causes.len());
        causes.collect::<Vec<_>>()
    };
    assert_eq!(causes(&desk), [2, 1]);
    let desk = desk
        .after(reverse("one", 0, "2026-08"))
        .after(reverse("one", 1, "2026-08"));
    assert_eq!(causes(&desk), [0, 1]);
    let august = Some(month("2026-08"));
    assert_eq!(months(&desk), [august, august, Some(month("2026-09"))]);
}

/// What each office waits for first, told with what its sheet and the others wait for.
fn waits_beside(desk: &Desk, papers: &Papers) -> Vec<(Party, What)> {
    let state = desk.transmission(&transmission_of(MESSENGER));
    let first = |entry| {
        let reasons = state.waiting_beside(entry, papers);
        reasons.first().map(|reason| (reason.party, reason.what))
    };
    state.entries.iter().filter_map(first).collect()
}

fn sheet(party: Party, what: What) -> Vec<Waiting> {
    vec![Waiting {
        party,
        what,
        until: None,
        then: Next::PaperChecked,
        office: None,
    }]
}

#[test]
fn an_office_waits_for_whoever_has_its_sheet_and_those_of_its_application() {
    let (checks, resends) = ((Party::Us, What::PoaCheck), (Party::Us, What::PoaResend));
    let customer = (Party::Customer, What::Papers);
    let others = (Party::Customer, What::OtherOffices);
    let mut papers = Papers::new();
    let none_back = three_offices();
    assert_eq!(
        waits_beside(&none_back, &papers)[0],
        customer,
        "no sheet is known yet"
    );

    papers.insert(poa("one", 0), sheet(Party::Us, What::PoaCheck));
    papers.insert(poa("one", 1), sheet(Party::Customer, What::PoaReturn));
    assert_eq!(waits_beside(&none_back, &papers)[..2], [checks, customer]);

    let accepted = none_back.after(paper("one", 0, PaperStep::Accepted));
    papers.insert(poa("one", 0), sheet(Party::Us, What::PoaFiling));
    assert_eq!(waits_beside(&accepted, &papers)[..2], [others, customer]);
    papers.insert(poa("one", 1), sheet(Party::Us, What::PoaResend));
    assert_eq!(waits_beside(&accepted, &papers)[..2], [resends, resends]);

    let state = accepted.transmission(&transmission_of(MESSENGER));
    let holding = state.holding(application_id("one"), &papers);
    assert_eq!(holding.len(), 1);
    assert_eq!(holding[0].offices, [office_numbers()[1]]);

    // Accepted as well, before the application has heard of it: both can be filed.
    papers.insert(poa("one", 1), sheet(Party::Us, What::PoaFiling));
    let files = (Party::Us, What::PoaFiling);
    assert_eq!(waits_beside(&accepted, &papers)[..2], [files, files]);
}
