//! The end of a service: the form and its window, the papers that release the agent, the last debit.

use crate::kit::{
    self, Desk, application_id, apply, applying, corporation_id, day, enrol, office_id,
    office_numbers, registered_corporation, registered_for_mini2, transmission_of,
};
use chrono::NaiveTime;
use daicho_domain::dates::Month;
use daicho_domain::identifiers::OfficeNumber;
use daicho_domain::nouns::{Command as Any, Event as AnyEvent, State as AnyState};
use daicho_domain::poa::{self, Assignment, Purpose};
use daicho_domain::stream::{CredentialId, OfficeId, Stream};
use daicho_domain::termination::{Command, Event, Request, Scope, State, Status, Way};
use daicho_domain::transmission::{self, PaperStep};
use daicho_domain::waiting::{Party, What};
use daicho_domain::{Service, corporation, credential, enrolment};

const MINI2: Service = Service::HonobonoMini2;
const MESSENGER: Service = Service::CareNetMessenger;

fn month(text: &str) -> Month {
    text.parse().expect("a month")
}

fn office(index: usize) -> OfficeId {
    office_id(office_numbers()[index])
}

fn stream(service: Service) -> Stream {
    Stream::Termination(corporation_id(), service)
}

fn by(way: Way, on: &str) -> Request {
    Request {
        way,
        on: day(on),
        at: NaiveTime::from_hms_opt(10, 15, 0),
        number: Some("E-0001".into()),
    }
}

fn ask(service: Service, command: Command) -> Any {
    Any::termination(&stream(service), command)
}

fn end(service: Service, scope: Scope, on: &str, end_month: &str) -> Any {
    ask(
        service,
        Command::Request {
            scope,
            request: by(Way::Form, on),
            end_month: month(end_month),
            open_returns: 0,
        },
    )
}

fn whole(on: &str, end_month: &str) -> Any {
    end(MINI2, Scope::Whole, on, end_month)
}

/// A corporation with 本登録 since May whose fees run since August.
fn billing(on: &str) -> Desk {
    registered_for_mini2()
        .on("2026-08-01")
        .after(enrol(enrolment::Command::StartBilling {
            on: day("2026-08-01"),
        }))
        .on(on)
}

/// The same corporation, whose first office transmits since August.
fn transmitting(service: Service) -> Desk {
    let stream = transmission_of(service);
    let transmit = |command| Any::transmission(&stream, command);
    let paper = |step| transmission::Command::NotePaper {
        application: application_id("one"),
        office: office(0),
        poa: daicho_domain::stream::PoaId::of(application_id("one"), office(0)),
        step,
    };
    let desk = registered_for_mini2()
        .on("2026-06-24")
        .after(apply(
            service,
            "one",
            "2026-06-24",
            [applying(office_numbers()[0])],
        ))
        .on("2026-07-10")
        .after(transmit(paper(PaperStep::Accepted)))
        .after(transmit(paper(PaperStep::Filed)));
    desk.on("2026-07-31")
        .after(transmit(transmission::Command::DetermineIds {
            on: day("2026-07-31"),
        }))
        .after(transmit(transmission::Command::NoteIdIssued {
            application: application_id("one"),
            office: office(0),
            credential: CredentialId::of_office(application_id("one"), office(0)),
        }))
        .on("2026-08-01")
        .after(transmit(transmission::Command::Start {
            month: month("2026-08"),
        }))
}

fn folded(desk: &Desk, service: Service) -> State {
    let AnyState::Termination(state) = desk.state(&stream(service)) else {
        panic!("an end stream");
    };
    state
}

fn status(desk: &Desk, service: Service) -> Status {
    folded(desk, service).end(1).expect("an end").status()
}

fn waits(desk: &Desk, service: Service) -> Vec<(Party, What)> {
    let state = folded(desk, service);
    let waiting = state.end(1).expect("an end").waiting();
    waiting
        .into_iter()
        .map(|one| (one.party, one.what))
        .collect()
}

/// The desk on a day, with every deadline of the ends sent that is due by then.
fn through(mut desk: Desk, service: Service, to: &str) -> Desk {
    desk = desk.on(to);
    loop {
        let due = desk
            .state(&stream(service))
            .deadlines(&stream(service))
            .into_iter()
            .find(|deadline| deadline.on <= day(to));
        match due {
            Some(deadline) => desk = desk.after(deadline.command),
            None => return desk,
        }
    }
}

#[test]
fn the_worked_end_is_filed_by_the_25th_and_debited_last_in_january() {
    let filed = billing("2026-12-25").after(whole("2026-12-25", "2026-12"));
    let state = folded(&filed, MINI2);
    let dates = &state.whole().expect("an end").dates;
    assert_eq!(dates.last_day.on, day("2026-12-31"));
    assert_eq!(dates.cutoff.on, day("2026-12-25"));
    assert_eq!(dates.last_debit_on.on, day("2027-01-26"));
    assert_eq!(dates.release_from.on, day("2027-01-11"));
    assert_eq!(waits(&filed, MINI2), [(Party::Us, What::EndMonth)]);
    filed.when(whole("2026-12-25", "2026-12")).then_nothing();
}

#[test]
fn after_the_25th_the_next_month_is_offered() {
    let desk = billing("2026-12-26");
    let refusal = desk
        .when(whole("2026-12-26", "2026-12"))
        .then_refused("termination.cutoff_passed");
    assert!(refusal.sentence().contains("2027-01"), "{refusal}");
    desk.when(whole("2026-12-26", "2027-01"))
        .then(&["requested"]);
    // The form came in time and is entered later.
    desk.when(whole("2026-12-25", "2026-12"))
        .then(&["requested"]);
}

#[test]
fn the_window_opens_three_months_before() {
    billing("2026-08-31")
        .when(whole("2026-08-31", "2026-12"))
        .then_refused("termination.too_early");
    billing("2026-09-01")
        .when(whole("2026-09-01", "2026-12"))
        .then(&["requested"]);
}

#[test]
fn the_messenger_takes_the_26th_of_the_end_month() {
    let desk = transmitting(MESSENGER).on("2026-12-26");
    let first = Scope::Office(office(0));
    desk.when(end(MESSENGER, first, "2026-12-26", "2026-12"))
        .then(&["requested"]);
    desk.on("2026-12-27")
        .when(end(MESSENGER, first, "2026-12-27", "2026-12"))
        .then_refused("termination.cutoff_passed");
}

#[test]
fn only_the_form_with_its_time_is_taken() {
    let desk = billing("2026-12-10");
    for way in [Way::Phone, Way::Mail, Way::Fax, Way::Post, Way::Hand] {
        let command = Command::Request {
            scope: Scope::Whole,
            request: by(way, "2026-12-10"),
            end_month: month("2026-12"),
            open_returns: 0,
        };
        desk.when(ask(MINI2, command))
            .then_refused("termination.form_only");
    }
    let command = Command::Request {
        scope: Scope::Whole,
        request: Request {
            at: None,
            ..by(Way::Form, "2026-12-10")
        },
        end_month: month("2026-12"),
        open_returns: 0,
    };
    desk.when(ask(MINI2, command))
        .then_refused("termination.time_missing");
    desk.when(whole("2026-12-11", "2026-12"))
        .then_refused("termination.wrong_day");
}

#[test]
fn the_last_office_ends_with_the_form_for_the_whole() {
    let one = |index| end(MINI2, Scope::Office(office(index)), "2026-12-10", "2026-12");
    let desk = billing("2026-12-10").after(one(0)).after(one(1));
    desk.when(one(0)).then_nothing();
    desk.when(one(2)).then_refused("termination.last_office");
    desk.when(whole("2026-12-10", "2026-12"))
        .then(&["requested"]);
}

#[test]
fn what_is_not_used_needs_no_end() {
    registered_corporation()
        .on("2026-12-10")
        .when(whole("2026-12-10", "2026-12"))
        .then_refused("termination.nothing_to_end");
    Desk::default()
        .on("2026-12-10")
        .when(whole("2026-12-10", "2026-12"))
        .then_refused("termination.unknown_corporation");
    let other = Scope::Office(OfficeId::of_number("0199999999"));
    billing("2026-12-10")
        .when(end(MINI2, other, "2026-12-10", "2026-12"))
        .then_refused("termination.nothing_to_end");
    billing("2026-12-10")
        .when(end(
            Service::CareplanRenkei,
            Scope::Whole,
            "2026-12-10",
            "2026-12",
        ))
        .then_refused("termination.licence_runs_out");
}

#[test]
fn an_end_is_filed_once() {
    let desk = billing("2026-12-10").after(whole("2026-12-10", "2026-12"));
    desk.when(whole("2026-12-10", "2027-01"))
        .then_refused("termination.already_ending");
    desk.when(end(
        MINI2,
        Scope::Office(office(0)),
        "2026-12-10",
        "2026-12",
    ))
    .then_refused("termination.already_ending");
}

#[test]
fn it_is_withdrawn_until_its_cutoff_and_not_after() {
    let withdraw = |way, on: &str| {
        ask(
            MINI2,
            Command::Withdraw {
                no: 1,
                request: by(way, on),
            },
        )
    };
    let desk = billing("2026-12-10").after(whole("2026-12-10", "2026-12"));
    desk.when(withdraw(Way::Phone, "2026-12-10"))
        .then_refused("termination.form_only");
    desk.when(withdraw(Way::Form, "2026-12-09"))
        .then_refused("termination.wrong_day");
    let desk = desk.on("2026-12-26");
    desk.when(withdraw(Way::Form, "2026-12-26"))
        .then_refused("termination.not_withdrawable");
    let withdrawn = desk.after(withdraw(Way::Form, "2026-12-25"));
    assert_eq!(status(&withdrawn, MINI2), Status::Withdrawn);
    assert_eq!(waits(&withdrawn, MINI2), []);
    withdrawn
        .when(withdraw(Way::Form, "2026-12-25"))
        .then_nothing();
    withdrawn
        .when(whole("2026-12-26", "2027-01"))
        .then(&["requested"]);
    let ended = through(
        billing("2026-12-10").after(whole("2026-12-10", "2026-12")),
        MINI2,
        "2027-01-01",
    );
    ended
        .when(withdraw(Way::Form, "2026-12-24"))
        .then_refused("termination.not_open");
    ended
        .when(ask(
            MINI2,
            Command::Withdraw {
                no: 7,
                request: by(Way::Form, "2026-12-24"),
            },
        ))
        .then_refused("termination.unknown");
}

#[test]
fn login_ends_after_the_last_day_and_the_last_debit_comes_after_it() {
    let filed = billing("2026-12-10").after(whole("2026-12-10", "2026-12"));
    let last = through(filed, MINI2, "2026-12-31");
    assert_eq!(status(&last, MINI2), Status::Filed);
    let ended = through(last, MINI2, "2027-01-01");
    assert_eq!(status(&ended, MINI2), Status::LastDebit);
    assert_eq!(waits(&ended, MINI2), [(Party::Bank, What::LastDebit)]);
    let closed = ended.clone().after(enrol(enrolment::Command::Close {
        last_day: day("2026-12-31"),
    }));
    let AnyState::Enrolment(state) = closed.state(&kit::mini2()) else {
        panic!("an enrolment");
    };
    assert!(matches!(
        state,
        enrolment::State::Closed { last_day, .. } if last_day == day("2026-12-31")
    ));
    closed
        .when(enrol(enrolment::Command::Register {
            receipt: kit::form("2026-05-20"),
            terms_version: "2026-04".into(),
        }))
        .then_refused("enrolment.ended");
    let debited = through(ended, MINI2, "2027-01-27");
    assert_eq!(status(&debited, MINI2), Status::LastDebit);
    assert_eq!(waits(&debited, MINI2), [(Party::Us, What::LastFees)]);
    let note = |settled: &[u32], failed: &[u32]| {
        let (settled, failed) = (settled.to_vec(), failed.to_vec());
        ask(MINI2, Command::NoteFees { settled, failed })
    };
    let failed = debited.clone().after(note(&[], &[1]));
    assert_eq!(waits(&failed, MINI2), [(Party::Customer, What::Arrears)]);
    failed.when(note(&[], &[1])).then_nothing();
    failed.when(note(&[1], &[])).then(&["fees_settled"]);
    let settled = debited.after(note(&[1], &[]));
    assert_eq!(status(&settled, MINI2), Status::Done);
    assert_eq!(waits(&settled, MINI2), []);
    settled.when(note(&[1], &[1])).then_nothing();
}

#[test]
fn the_fees_of_an_end_that_was_withdrawn_or_is_not_known_are_nobody_s_news() {
    let filed = billing("2026-12-10").after(whole("2026-12-10", "2026-12"));
    let (settled, failed) = (vec![1, 7], vec![1, 7]);
    filed
        .when(ask(MINI2, Command::NoteFees { settled, failed }))
        .then_nothing();
}

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
        .when(paper(poa::Command::File {
            filed_on: day("2027-01-08"),
        }))
        .then_refused("poa.release_too_early");
    accepted
        .when(paper(poa::Command::File {
            filed_on: day("2027-01-12"),
        }))
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
