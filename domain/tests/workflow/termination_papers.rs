//! What an end leaves behind: its 委任状, the release of the agent, what had not started, and a number that was replaced.

use super::termination::{
    MESSENGER, MINI2, ask, billing, by, end, folded, month, office, status, through, transmitting,
    waits, whole,
};
use crate::kit::{
    Desk, application_id, apply, applying, corporation_id, day, enrol, form, office_numbers,
    registered_for_mini2, transmission_of,
};
use daicho_domain::identifiers::OfficeNumber;
use daicho_domain::nouns::{Command as Any, Event as AnyEvent, State as AnyState};
use daicho_domain::poa::{self, Assignment, Purpose};
use daicho_domain::stream::{CredentialId, Stream};
use daicho_domain::termination::{Command, Event, Scope, Status, Way};
use daicho_domain::transmission::{self, PaperStep};
use daicho_domain::waiting::{Party, What};
use daicho_domain::{corporation, credential, enrolment};

#[test]
fn an_office_that_transmits_gets_an_end_paper_due_before_the_release() {
    let desk = transmitting(MINI2).on("2026-12-10");
    let events = desk
        .when(whole("2026-12-10", "2026-12"))
        .then(&["requested"]);
    let [AnyEvent::Termination(Event::Requested { papers, .. })] = &events[..] else {
        panic!("one end");
    };
    let [paper] = &papers[..] else {
        panic!("one office transmits");
    };
    assert_eq!(paper.dates.start.on, day("2027-01-11"));
    assert_eq!(paper.dates.due.on, day("2027-01-08"));
    assert_eq!(paper.dates.federation_date.on, day("2027-01-20"));
    assert_eq!(paper.dispatch_by.on, day("2026-12-11"));
}

#[test]
fn the_case_stays_open_until_the_agent_is_released_and_not_before_its_date() {
    let ended = through(
        transmitting(MINI2)
            .on("2026-12-10")
            .after(whole("2026-12-10", "2026-12")),
        MINI2,
        "2027-01-27",
    )
    .after(ask(
        MINI2,
        Command::NoteFees {
            settled: vec![1],
            failed: vec![],
        },
    ));
    assert_eq!(status(&ended, MINI2), Status::Release);
    assert_eq!(waits(&ended, MINI2), [(Party::Customer, What::EndPaper)]);
    let poa = folded(&ended, MINI2).ends[0].papers[0].about.poa;
    let note = |step| ask(MINI2, Command::NotePaper { poa, step });
    let back = ended.after(note(PaperStep::Accepted));
    assert_eq!(
        waits(&back, MINI2),
        [(Party::Federation, What::AgentRelease)]
    );
    back.when(note(PaperStep::Filed)).then_nothing();
    back.when(note(PaperStep::Rejected))
        .then(&["paper_sent_back"]);
    let released = back.after(note(PaperStep::Confirmed));
    assert_eq!(status(&released, MINI2), Status::Done);
    released.when(note(PaperStep::Confirmed)).then_nothing();
}

#[test]
fn an_end_paper_is_filed_from_the_release_day_on_and_never_lapses() {
    let filed = transmitting(MINI2)
        .on("2026-12-10")
        .after(whole("2026-12-10", "2026-12"));
    let about = folded(&filed, MINI2).ends[0].papers[0].about.clone();
    let stream = Stream::Poa(about.poa);
    let paper = |command| Any::poa(&stream, command);
    let out = filed
        .after(paper(poa::Command::Request {
            assignment: Assignment {
                corporation: corporation_id(),
                service: MINI2,
                application: about.application,
                office: about.office,
                number: about.number,
                kj_id: about.kj_id,
                purpose: Purpose::End,
            },
            dates: about.dates,
            dispatch_by: about.dispatch_by,
        }))
        .after(paper(poa::Command::Dispatch {
            method: poa::Method::Post,
            sent_on: day("2026-12-10"),
            tracking: None,
        }));
    assert_eq!(out.state(&stream).deadlines(&stream), []);
    let accepted = out
        .on("2026-12-24")
        .after(paper(poa::Command::Receive {
            arrived_on: day("2026-12-24"),
            channel: daicho_domain::intake::Channel::Post,
        }))
        .after(paper(poa::Command::Accept {}))
        .on("2027-01-12");
    accepted
        .when(paper(poa::Command::File(
            poa::Filing::on(day("2027-01-08")).without_scan(Some("写しは紙で保管".into())),
        )))
        .then_refused("poa.release_too_early");
    accepted
        .when(paper(poa::Command::File(
            poa::Filing::on(day("2027-01-12")).without_scan(Some("写しは紙で保管".into())),
        )))
        .then(&["filed"]);
}

#[test]
fn what_would_start_after_the_end_month_leaves_and_what_starts_by_then_goes_on() {
    let pending = registered_for_mini2()
        .on("2026-10-26")
        .after(apply(
            MINI2,
            "one",
            "2026-10-26",
            [applying(office_numbers()[0])],
        ))
        .on("2026-12-10");
    let leave = |end_month| {
        Any::transmission(
            &transmission_of(MINI2),
            transmission::Command::LeaveAfter {
                office: None,
                end_month: month(end_month),
            },
        )
    };
    pending.when(leave("2027-01")).then_nothing();
    pending.when(leave("2026-12")).then(&["office_withdrawn"]);
}

#[test]
fn an_office_released_may_apply_again() {
    let desk = transmitting(MINI2).on("2027-02-01");
    let release = Any::transmission(
        &transmission_of(MINI2),
        transmission::Command::NoteReleased {
            application: application_id("one"),
            office: office(0),
        },
    );
    desk.when(release.clone()).then(&["agent_released"]);
    let released = desk.after(release.clone());
    released.when(release).then_nothing();
    released
        .when(apply(
            MINI2,
            "two",
            "2027-02-01",
            [applying(office_numbers()[0])],
        ))
        .then(&["applied", "start_set"]);
}

#[test]
fn open_returns_are_warned_of_while_the_office_can_still_log_in() {
    let desk = transmitting(MESSENGER).on("2026-12-10");
    let filed = desk.after(ask(
        MESSENGER,
        Command::Request {
            scope: Scope::Office(office(0)),
            request: by(Way::Form, "2026-12-10"),
            end_month: month("2026-12"),
            open_returns: 2,
        },
    ));
    let warned = (Party::Customer, What::ClaimReturns);
    assert!(waits(&filed, MESSENGER).contains(&warned));
    let count = |no, open| ask(MESSENGER, Command::CountReturns { no, open });
    let settled = filed.after(count(1, 0));
    settled.when(count(1, 0)).then_nothing();
    settled
        .when(count(3, 0))
        .then_refused("termination.unknown");
    assert!(!waits(&settled, MESSENGER).contains(&warned));
    through(settled, MESSENGER, "2027-01-01")
        .when(count(1, 4))
        .then_refused("termination.not_open");
}

#[test]
fn an_id_whose_use_is_over_opens_nothing_and_is_not_issued_again() {
    let stream = Stream::Credential(CredentialId::of_corporation(corporation_id(), MINI2));
    let owner = credential::Owner::Corporation {
        corporation: corporation_id(),
        service: MINI2,
    };
    let ask = |command| Any::credential(&stream, command);
    let expire = || {
        ask(credential::Command::Expire {
            last_day: day("2026-12-31"),
        })
    };
    let issued = registered_for_mini2()
        .on("2026-12-31")
        .after(ask(credential::Command::Issue { owner }));
    issued.when(expire()).then(&["expired"]);
    let expired = issued.after(expire());
    expired.when(expire()).then_nothing();
    expired
        .when(ask(credential::Command::Issue { owner }))
        .then_refused("credential.revoked");
    // A person lets the corporation try again: its ID with a password of its own.
    let form = form("2027-02-01");
    let again = enrolment::Command::StartTrialAgain {
        receipt: form,
        reason: "担当替え".into(),
    };
    let anew = expired
        .after(enrol(enrolment::Command::Close {
            last_day: day("2026-12-31"),
        }))
        .on("2027-02-01")
        .after(enrol(again))
        .after(ask(credential::Command::Issue { owner }));
    let AnyState::Credential(state) = anew.state(&stream) else {
        panic!("an ID");
    };
    let account = state.account().expect("it is issued");
    assert_eq!(account.secret_missing(), Some(2));
}

#[test]
fn a_deadline_of_an_end_whose_date_no_longer_stands_does_nothing() {
    let desk = billing("2026-12-10")
        .after(whole("2026-12-10", "2026-12"))
        .on("2027-03-01");
    for command in [
        Command::EndUse {
            no: 1,
            last_day: day("2026-11-30"),
        },
        Command::PassLastDebit {
            no: 1,
            on: day("2027-01-26"),
        },
        Command::ReleaseDue {
            no: 1,
            on: day("2027-01-11"),
        },
        Command::EndUse {
            no: 2,
            last_day: day("2026-12-31"),
        },
    ] {
        desk.when(ask(MINI2, command)).then_nothing();
    }
}

/// The number that the first office has from December on.
fn new_number() -> OfficeNumber {
    "0170299998".parse().expect("a number of the right form")
}

/// The office of the first number gets another one on 2026-12-10, as the corporation's reactions tell its transmission.
fn renumbered(desk: Desk) -> Desk {
    let renumber = corporation::Command::RenumberOffice {
        office: office(0),
        number: new_number(),
        on: day("2026-12-01"),
    };
    desk.on("2026-12-10")
        .after(Any::corporation(
            &Stream::Corporation(corporation_id()),
            renumber,
        ))
        .after(leave())
}

fn leave() -> Any {
    let leave = transmission::Command::Leave {
        office: Some(office(0)),
        why: transmission::LeaveReason::Renumbered,
    };
    Any::transmission(&transmission_of(MINI2), leave)
}

fn old_entry_waits(desk: &Desk) -> Vec<What> {
    let state = desk.transmission(&transmission_of(MINI2));
    let waiting = state.waiting(&state.entries[0]);
    waiting.into_iter().map(|one| one.what).collect()
}

#[test]
fn a_number_that_was_replaced_ends_and_the_new_one_applies_with_a_paper_each() {
    let former = Scope::Number {
        office: office(0),
        number: office_numbers()[0],
    };
    let ends = || end(MINI2, former, "2026-12-10", "2026-12");
    transmitting(MINI2)
        .on("2026-12-10")
        .when(ends())
        .then_refused("termination.number_holds");
    let desk = renumbered(transmitting(MINI2));
    desk.when(leave()).then_nothing();
    let both = [What::NewNumberApplication, What::OldNumberEnd];
    assert_eq!(old_entry_waits(&desk), both);
    let applies = || apply(MINI2, "two", "2026-12-10", [applying(new_number())]);
    desk.when(applies()).then(&["applied", "start_set"]);
    let applied = desk.after(applies());
    assert_eq!(old_entry_waits(&applied), [What::OldNumberEnd]);
    let filed = applied.after(ends());
    filed.when(ends()).then_nothing();
    let [paper] = &folded(&filed, MINI2).ends[0].papers[..] else {
        panic!("one paper, for the former number");
    };
    assert_eq!(paper.about.number, office_numbers()[0]);
    // The office goes on: nothing is owed for the end, and its new application stands.
    let ended = through(filed, MINI2, "2027-01-27");
    assert_eq!(status(&ended, MINI2), Status::Release);
    let state = ended.transmission(&transmission_of(MINI2));
    let standing = state.standing_application(office(0)).expect("it goes on");
    assert_eq!(standing.number, new_number());
    let poa = folded(&ended, MINI2).ends[0].papers[0].about.poa;
    let step = PaperStep::Confirmed;
    let released = ended
        .after(ask(MINI2, Command::NotePaper { poa, step }))
        .after(Any::transmission(
            &transmission_of(MINI2),
            transmission::Command::NoteReleased {
                application: application_id("one"),
                office: office(0),
            },
        ));
    assert_eq!(status(&released, MINI2), Status::Done);
    assert_eq!(old_entry_waits(&released), []);
}

#[test]
fn a_replaced_number_ends_no_earlier_than_its_last_claims_are_transmitted() {
    let former = Scope::Number {
        office: office(0),
        number: office_numbers()[0],
    };
    let renumber = corporation::Command::RenumberOffice {
        office: office(0),
        number: new_number(),
        on: day("2026-12-10"),
    };
    let desk = transmitting(MINI2)
        .on("2026-12-10")
        .after(Any::corporation(
            &Stream::Corporation(corporation_id()),
            renumber,
        ))
        .after(leave());
    // The services of early December are claimed in January.
    desk.when(end(MINI2, former, "2026-12-10", "2026-12"))
        .then_refused("termination.before_last_claim");
    desk.when(end(MINI2, former, "2026-12-10", "2027-01"))
        .then(&["requested"]);
}
