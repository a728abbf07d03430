//! The 委任状 out and back: in time, late, defective, entered later than it arrived.

use crate::agent;
use crate::kit;
use crate::kit::{Desk, application_id, apply, applying, day, office_id, office_numbers};
use crate::mail::addressed;
use chrono::NaiveTime;
use daicho_domain::agent::WantReason;
use daicho_domain::corporation::{self, Destination, SendTo};
use daicho_domain::dates::Month;
use daicho_domain::document::{Document, FileDigest, MissingGlyph};
use daicho_domain::intake::Channel;
use daicho_domain::nouns::{Command as Any, Event, State};
use daicho_domain::poa::{
    Assignment, Command, Defect, DueOf, Filing, Method, NamedAgent, Purpose, Sheet, Stage, Status,
    VoidReason,
};
use daicho_domain::stream::{MailId, PoaId, Stream};
use daicho_domain::waiting::What;
use daicho_domain::{Service, mail};

/// Applied on 2026-04-25, so that 委任状 are due on Friday 2026-05-08 for June.
fn applied() -> Desk {
    kit::registered_corporation().on("2026-04-24").after(apply(
        Service::CareNetMessenger,
        "spring",
        "2026-04-24",
        office_numbers().map(applying),
    ))
}

pub fn stream_of(index: usize) -> Stream {
    let office = office_id(office_numbers()[index]);
    Stream::Poa(PoaId::of(application_id("spring"), office))
}

pub fn poa(index: usize, command: Command) -> Any {
    Any::poa(&stream_of(index), command)
}

/// The first office's 委任状, asked for as the reaction does.
pub fn requested() -> Desk {
    requested_of(applied())
}

fn requested_of(desk: Desk) -> Desk {
    let state = desk.transmission(&kit::transmission_of(Service::CareNetMessenger));
    let entry = &state.entries[0];
    let plan = entry.plan().expect("the application is complete");
    assert_eq!(plan.month(), Month::new(2026, 6).expect("June"));
    assert_eq!(plan.poa_due.on, day("2026-05-08"));
    let request = Command::Request {
        assignment: Assignment {
            corporation: kit::corporation_id(),
            service: Service::CareNetMessenger,
            application: entry.application,
            office: entry.office,
            number: entry.number,
            kj_id: entry.kj_id.expect("it was given"),
            purpose: Purpose::Start,
        },
        dates: DueOf {
            start: plan.start.clone(),
            due: plan.poa_due.clone(),
            federation_date: plan.federation_date.clone(),
        },
        dispatch_by: plan.poa_due.clone(),
    };
    desk.after(poa(0, request))
}

/// The first office's sheet leaves by post.
pub fn dispatch(on: &str) -> Any {
    poa(
        0,
        Command::Dispatch {
            method: Method::Post,
            sent_on: day(on),
            tracking: None,
        },
    )
}

fn out() -> Desk {
    requested().on("2026-04-27").after(dispatch("2026-04-27"))
}

fn receive(on: &str) -> Any {
    poa(
        0,
        Command::Receive {
            arrived_on: day(on),
            channel: Channel::Post,
        },
    )
}

fn lapse() -> Any {
    poa(
        0,
        Command::Lapse {
            due: day("2026-05-08"),
        },
    )
}

fn defective() -> Any {
    poa(
        0,
        Command::FindDefective {
            defect: Defect::SealDiffers,
            note: None,
        },
    )
}

fn sheet(desk: &Desk) -> Sheet {
    let State::Poa(state) = desk.state(&stream_of(0)) else {
        panic!("a 委任状 stream");
    };
    state.sheet().expect("it was asked for").clone()
}

fn status(desk: &Desk) -> Status {
    sheet(desk).status()
}

/// The first office's 委任状 arrived on 2026-05-07 and is in order.
pub fn accepted() -> Desk {
    out()
        .on("2026-05-07")
        .after(receive("2026-05-07"))
        .after(poa(0, Command::Accept {}))
}

/// The same desk after the other two offices left the application.
pub fn alone(desk: Desk) -> Desk {
    let [_, second, third] = office_numbers();
    [second, third].into_iter().fold(desk, |desk, number| {
        desk.after(Any::transmission(
            &kit::transmission_of(Service::CareNetMessenger),
            daicho_domain::transmission::Command::Withdraw {
                application: application_id("spring"),
                office: Some(office_id(number)),
                reason: "取り下げの連絡".into(),
            },
        ))
    })
}

#[test]
fn it_goes_out_and_comes_back_in_order() {
    let desk = out();
    assert_eq!(status(&desk), Status::Out);
    let desk = desk.on("2026-05-07").after(receive("2026-05-07"));
    assert_eq!(status(&desk), Status::Received);
    let desk = desk.after(poa(0, Command::Accept {}));
    assert_eq!(status(&desk), Status::ToFile);
}

#[test]
fn it_knows_when_the_customer_has_it_and_must_post_it_back() {
    // 2026-04-29 is a holiday, so that Golden Week leaves the customer two days.
    let events = requested()
        .on("2026-04-27")
        .when(poa(
            0,
            Command::Dispatch {
                method: Method::Post,
                sent_on: day("2026-04-27"),
                tracking: None,
            },
        ))
        .then(&["dispatched"]);
    let Event::Poa(daicho_domain::poa::Event::Dispatched {
        delivered_on,
        post_back_by,
        ..
    }) = &events[0]
    else {
        panic!("{events:?}");
    };
    let on = |dated: &Option<daicho_domain::rules::Dated>| dated.as_ref().map(|dated| dated.on);
    assert_eq!(on(delivered_on), Some(day("2026-04-30")));
    assert_eq!(on(post_back_by), Some(day("2026-05-01")));
}

#[test]
fn a_sheet_that_goes_out_notes_where_its_corporation_wishes_the_envelope() {
    let wish = corporation::Command::SetDestination {
        destination: Destination {
            to: SendTo::EachOffice,
            head_office: None,
        },
    };
    let wish = Any::corporation(&Stream::Corporation(kit::corporation_id()), wish);
    let mailed = poa(
        0,
        Command::Dispatch {
            method: Method::Mail,
            sent_on: day("2026-04-27"),
            tracking: None,
        },
    );
    let noted = |desk: &Desk| {
        let stage = sheet(desk).stage;
        let Stage::Out { to, .. } = stage else {
            panic!("{stage:?}");
        };
        to
    };
    let desk = requested().on("2026-04-27");
    assert_eq!(
        noted(&desk.clone().after(mailed.clone())),
        SendTo::HeadOffice
    );
    assert_eq!(noted(&desk.after(wish).after(mailed)), SendTo::EachOffice);
}

#[test]
fn a_sheet_that_was_never_sent_or_came_before_is_not_taken() {
    requested()
        .on("2026-04-27")
        .when(receive("2026-04-27"))
        .then_refused("poa.not_sent");
    let desk = out().on("2026-05-07").after(receive("2026-05-07"));
    desk.when(receive("2026-05-07"))
        .then_refused("poa.already_received");
    desk.on("2026-05-08")
        .when(receive("2026-05-08"))
        .then_refused("poa.already_received");
    out()
        .when(receive("2026-04-26"))
        .then_refused("poa.before_dispatch");
    out()
        .when(receive("2026-04-28"))
        .then_refused("poa.day_not_come");
    Desk::default()
        .on("2026-04-27")
        .when(receive("2026-04-27"))
        .then_refused("poa.unknown");
}

#[test]
fn only_the_original_counts() {
    out()
        .on("2026-05-07")
        .when(poa(
            0,
            Command::Receive {
                arrived_on: day("2026-05-07"),
                channel: Channel::Fax,
            },
        ))
        .then_refused("poa.original_needed");
}

#[test]
fn it_lapses_only_when_the_post_of_the_due_date_is_closed() {
    let desk = out()
        .closed_through("2026-04-28", "2026-05-07")
        .on("2026-05-09");
    desk.when(lapse()).then_nothing();
    desk.when(poa(
        0,
        Command::PassDue {
            due: day("2026-05-08"),
        },
    ))
    .then(&["due_passed"]);
    let closed = desk.closed_through("2026-05-08", "2026-05-08");
    closed.when(lapse()).then(&["lapsed"]);
    let lapsed = closed.after(lapse());
    assert_eq!(status(&lapsed), Status::Lapsed);
    lapsed.when(lapse()).then_nothing();
}

#[test]
fn one_that_arrived_in_time_does_not_lapse() {
    out()
        .on("2026-05-08")
        .after(receive("2026-05-08"))
        .closed_through("2026-04-28", "2026-05-08")
        .when(lapse())
        .then_nothing();
}

#[test]
fn one_that_arrived_late_lapses_even_when_it_is_here() {
    out()
        .closed_through("2026-04-28", "2026-05-08")
        .on("2026-05-11")
        .after(receive("2026-05-11"))
        .when(lapse())
        .then(&["lapsed"]);
}

#[test]
fn the_day_of_arrival_counts_not_the_day_of_entry() {
    let lapsed = out()
        .closed_through("2026-04-28", "2026-05-08")
        .after(lapse());
    lapsed
        .clone()
        .on("2026-05-11")
        .when(receive("2026-05-08"))
        .then(&["received", "lapse_reversed"]);
    lapsed
        .on("2026-05-11")
        .when(receive("2026-05-11"))
        .then(&["received"]);
}

#[test]
fn a_late_one_is_approved_only_before_filing_closes() {
    let late = out()
        .closed_through("2026-04-28", "2026-05-08")
        .after(lapse())
        .on("2026-05-11")
        .after(receive("2026-05-11"));
    let approve = || poa(0, Command::ApproveLate {});
    late.when(approve()).then(&["accepted", "lapse_reversed"]);
    late.on("2026-05-21")
        .when(approve())
        .then_refused("poa.filing_closed");
    out()
        .on("2026-05-08")
        .after(receive("2026-05-08"))
        .when(approve())
        .then_refused("poa.not_late");
}

#[test]
fn a_defect_found_before_the_due_date_is_closed_is_sent_again_with_the_same_date() {
    let desk = out().on("2026-05-07").after(receive("2026-05-07"));
    let events = desk.when(defective()).then(&["found_defective"]);
    assert!(!misses_month(&events[0]));
    assert_eq!(status(&desk.after(defective())), Status::Resend);
}

#[test]
fn a_defect_found_later_in_a_paper_that_arrived_in_time_misses_the_month_at_once() {
    let events = out()
        .on("2026-05-07")
        .after(receive("2026-05-07"))
        .closed_through("2026-04-28", "2026-05-08")
        .on("2026-05-11")
        .when(defective())
        .then(&["found_defective"]);
    assert!(misses_month(&events[0]));
}

fn misses_month(event: &Event) -> bool {
    let Event::Poa(daicho_domain::poa::Event::FoundDefective { misses_month, .. }) = event else {
        panic!("{event:?}");
    };
    *misses_month
}

#[test]
fn an_undeliverable_one_is_sent_again() {
    let desk = out().on("2026-05-01").after(poa(
        0,
        Command::RecordUndeliverable {
            returned_on: day("2026-05-01"),
            note: None,
        },
    ));
    assert_eq!(status(&desk), Status::Resend);
    let desk = desk.after(poa(
        0,
        Command::Dispatch {
            method: Method::Express,
            sent_on: day("2026-05-01"),
            tracking: None,
        },
    ));
    assert_eq!(status(&desk), Status::Out);
}

#[test]
fn it_is_filed_only_with_those_of_the_other_offices() {
    let accepted = accepted();
    let file = || {
        let filing = Filing::on(day("2026-05-07"));
        poa(
            0,
            Command::File(filing.without_scan(Some("写しは紙で保管".into()))),
        )
    };
    let refusal = accepted.when(file()).then_refused("poa.others_not_ready");
    let [_, second, third] = office_numbers();
    assert!(refusal.sentence().contains(second.as_str()));
    assert!(refusal.sentence().contains(third.as_str()));
    alone(accepted).when(file()).then(&["filed"]);
}

#[test]
fn a_void_one_takes_nothing_more() {
    let void = Command::Void {
        why: daicho_domain::poa::VoidReason::Withdrawn,
    };
    let desk = out().after(poa(0, void.clone()));
    assert_eq!(status(&desk), Status::Void);
    desk.when(poa(0, void)).then_nothing();
    desk.when(lapse()).then_nothing();
    desk.on("2026-05-07")
        .when(receive("2026-05-07"))
        .then_refused("poa.voided");
}

#[test]
fn every_open_stage_has_a_waiting_reason() {
    let stages = [
        requested(),
        out(),
        out().on("2026-05-07").after(receive("2026-05-07")),
        out()
            .on("2026-05-07")
            .after(receive("2026-05-07"))
            .after(defective()),
        out()
            .closed_through("2026-04-28", "2026-05-08")
            .after(lapse()),
    ];
    for desk in stages {
        let State::Poa(state) = desk.state(&stream_of(0)) else {
            panic!("a 委任状 stream");
        };
        assert_eq!(state.waiting().len(), 1, "{state:?}");
    }
}

#[test]
fn it_is_filed_on_the_day_it_arrived_at_the_earliest() {
    let accepted = out()
        .on("2026-05-07")
        .after(receive("2026-05-07"))
        .after(poa(0, Command::Accept {}));
    let file = |on: &str| poa(0, Command::File(Filing::on(day(on))));
    let refused = accepted.when(file("2026-05-06"));
    let refused = refused.then_refused("poa.before_arrival");
    assert!(
        refused.sentence().contains("到着日（2026/05/07（木））"),
        "{}",
        refused.sentence()
    );
}

#[test]
fn a_due_date_on_a_day_nobody_works_is_decided_with_the_post_of_the_next_that_somebody_does() {
    // Saturday: where a book leaves the due date on a closed day.
    let saturday = day("2026-05-09");
    let mut dates = sheet(&out()).dates;
    dates.due.on = saturday;
    let lapse = || poa(0, Command::Lapse { due: saturday });
    let open = out()
        .after(poa(0, Command::MoveDue { dates }))
        .closed_through("2026-05-08", "2026-05-10");
    open.when(lapse()).then_nothing();
    let passed = poa(0, Command::PassDue { due: saturday });
    open.when(passed).then(&["due_passed"]);
    open.closed_through("2026-05-11", "2026-05-11")
        .when(lapse())
        .then(&["lapsed"]);
}

/// The sheet printed as the file of this number, in a batch of its own.
fn printed(file: u8) -> Any {
    let document = Document {
        file: FileDigest::new([file; 32]),
        letter: "poa-start".to_owned(),
        version: 1,
        template: FileDigest::new([1; 32]),
    };
    let batch = FileDigest::new([255; 32]);
    poa(0, Command::NotePrinted { document, batch })
}

fn printed_file(desk: &Desk) -> Option<FileDigest> {
    sheet(desk).printed.map(|document| document.file)
}

#[test]
fn a_sheet_is_printed_before_it_goes_out_and_the_last_print_counts() {
    let desk = requested().on("2026-04-27").after(printed(1));
    assert_eq!(printed_file(&desk), Some(FileDigest::new([1; 32])));
    desk.when(printed(1)).then_nothing();
    let desk = desk.after(printed(2));
    assert_eq!(printed_file(&desk), Some(FileDigest::new([2; 32])));
    let desk = desk.after(poa(
        0,
        Command::Dispatch {
            method: Method::Post,
            sent_on: day("2026-04-27"),
            tracking: None,
        },
    ));
    assert_eq!(printed_file(&desk), None);
    assert_eq!(status(&desk), Status::Out);
}

#[test]
fn a_sheet_that_waits_for_another_print_has_none() {
    let desk = requested().on("2026-04-27").after(printed(1));
    let reprint = Command::Reprint {
        reason: "代表者の変更".into(),
    };
    let desk = desk.after(poa(0, reprint));
    assert_eq!(printed_file(&desk), None);
}

#[test]
fn a_sheet_whose_due_date_moved_must_be_printed_again() {
    let desk = requested().on("2026-04-27").after(printed(1));
    let mut dates = sheet(&desk).dates;
    dates.due.on = day("2026-06-10");
    let desk = desk.after(poa(0, Command::MoveDue { dates }));
    assert_eq!(printed_file(&desk), None);
}

#[test]
fn a_sheet_that_came_back_is_not_printed() {
    out()
        .on("2026-05-07")
        .after(receive("2026-05-07"))
        .when(printed(1))
        .then_refused("poa.already_received");
}

/// Applied on 2026-04-01 for June too, and sent the next day: there on 04-06, due on 05-08.
fn out_since_april() -> Desk {
    let desk = kit::registered_corporation().on("2026-04-01").after(apply(
        Service::CareNetMessenger,
        "spring",
        "2026-04-01",
        office_numbers().map(applying),
    ));
    requested_of(desk)
        .on("2026-04-02")
        .after(post("2026-04-02"))
}

fn post(on: &str) -> Any {
    poa(
        0,
        Command::Dispatch {
            method: Method::Post,
            sent_on: day(on),
            tracking: None,
        },
    )
}

fn remind() -> Any {
    poa(
        0,
        Command::Remind {
            due: day("2026-05-08"),
        },
    )
}

fn deadlines(desk: &Desk) -> Vec<(String, chrono::NaiveDate)> {
    let stream = stream_of(0);
    let State::Poa(state) = desk.state(&stream) else {
        panic!("a 委任状");
    };
    let deadlines = state.deadlines(&stream).into_iter();
    deadlines.map(|held| (held.name, held.on)).collect()
}

#[test]
fn the_customer_is_asked_once_for_each_due_date_five_business_days_before_it() {
    let desk = out_since_april();
    // 2026-04-29 and 05-04 to 05-06 are holidays.
    let reminder = ("remind".to_owned(), day("2026-04-27"));
    assert!(deadlines(&desk).contains(&reminder));
    desk.when(remind()).then_nothing();
    let desk = desk.on("2026-04-27");
    desk.when(remind()).then(&["reminder_due"]);
    let asked = desk.clone().after(remind());
    assert!(!deadlines(&asked).contains(&reminder));
    asked.when(remind()).then_nothing();
    // Sent once more, by express: the due date is the same, and the customer was asked for it.
    let again = asked.after(poa(
        0,
        Command::Dispatch {
            method: Method::Express,
            sent_on: day("2026-04-27"),
            tracking: None,
        },
    ));
    again.on("2026-05-07").when(remind()).then_nothing();
    // Back in the meantime.
    let back = desk.after(receive("2026-04-27"));
    back.when(remind()).then_nothing();
    assert!(deadlines(&back).is_empty());
}

#[test]
fn nobody_is_asked_for_a_sheet_before_it_can_be_there() {
    let names: Vec<_> = deadlines(&out())
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    assert_eq!(names, ["lapse", "pass_due"]);
    out().on("2026-05-07").when(remind()).then_nothing();
}

#[test]
fn the_day_of_the_reminder_moves_with_the_due_date() {
    let desk = out_since_april().on("2026-04-27").after(remind());
    let mut dates = sheet(&desk).dates;
    dates.due.on = day("2026-06-10");
    let moved = desk.after(poa(0, Command::MoveDue { dates }));
    let reminder = ("remind".to_owned(), day("2026-06-03"));
    assert!(deadlines(&moved).contains(&reminder));
    moved.on("2026-06-03").when(remind()).then_nothing();
}

#[test]
fn a_sheet_that_waits_for_the_agent_s_id_is_neither_printed_nor_sent() {
    let desk = requested_of(applied().after(agent::add(1, 0)));
    assert_eq!(sheet(&desk).agent, NamedAgent::Awaited);
    let whats = |desk: &Desk| -> Vec<_> {
        let State::Poa(state) = desk.state(&stream_of(0)) else {
            panic!("a 委任状 stream");
        };
        state.waiting().iter().map(|one| one.what).collect()
    };
    assert_eq!(whats(&desk), [What::PoaAgent]);
    desk.when(printed(1)).then_refused("poa.agent_missing");
    let missing = poa(
        0,
        Command::NoteAgentMissing {
            why: WantReason::Exhausted,
        },
    );
    desk.when(missing.clone()).then(&["agent_missing"]);
    let desk = desk.after(missing.clone()).on("2026-04-27");
    desk.when(missing).then_nothing();
    assert_eq!(whats(&desk), [What::PoaAgent]);
    let dispatch = poa(
        0,
        Command::Dispatch {
            method: Method::Post,
            sent_on: day("2026-04-27"),
            tracking: None,
        },
    );
    desk.when(dispatch.clone())
        .then_refused("poa.agent_missing");
    let name = |nth| {
        let agent = agent::id(nth);
        poa(0, Command::NameAgent { agent })
    };
    let desk = desk.after(name(1));
    assert_eq!(sheet(&desk).agent, NamedAgent::Named(agent::id(1)));
    desk.when(name(2)).then_nothing();
    assert_eq!(whats(&desk), [What::PoaDispatch]);
    desk.when(printed(1)).then(&["printed"]);
    desk.when(dispatch).then(&["dispatched"]);
}

#[test]
fn a_sheet_that_cannot_be_printed_waits_for_a_person_until_it_is_printed_or_sent() {
    let unprintable = |character| {
        let place = "office.name".to_owned();
        let glyph = MissingGlyph { character, place };
        poa(0, Command::NoteUnprintable { glyph })
    };
    let whats = |desk: &Desk| -> Vec<_> {
        let State::Poa(state) = desk.state(&stream_of(0)) else {
            panic!("a 委任状 stream");
        };
        state.waiting().iter().map(|one| one.what).collect()
    };
    let desk = requested().on("2026-04-27");
    desk.when(unprintable('김')).then(&["unprintable"]);
    let desk = desk.after(unprintable('김'));
    desk.when(unprintable('김')).then_nothing();
    desk.when(unprintable('이')).then(&["unprintable"]);
    assert_eq!(whats(&desk), [What::PoaGlyph, What::PoaDispatch]);
    let mended = desk.clone().after(printed(1));
    assert_eq!(whats(&mended), [What::PoaDispatch]);
    let by_hand = Command::Dispatch {
        method: Method::Post,
        sent_on: day("2026-04-27"),
        tracking: None,
    };
    let sent = desk.clone().after(poa(0, by_hand));
    assert_eq!(whats(&sent), [What::PoaReturn]);
    sent.when(unprintable('김')).then_nothing();
    let void = Command::Void {
        why: VoidReason::Withdrawn,
    };
    let void = desk.after(poa(0, void));
    assert_eq!(whats(&void), []);
    void.when(unprintable('이')).then_nothing();
}

#[test]
fn a_sheet_whose_covering_letter_cannot_be_printed_waits_for_a_person_until_it_is_filed() {
    let place = "papers.name".to_owned();
    let glyph = MissingGlyph {
        character: '김',
        place,
    };
    let unprintable = || {
        let glyph = glyph.clone();
        poa(0, Command::NoteUnprintable { glyph })
    };
    let desk = alone(accepted());
    desk.when(unprintable()).then(&["unprintable"]);
    let desk = desk.after(unprintable());
    desk.when(unprintable()).then_nothing();
    assert_eq!(sheet(&desk).stuck_for(), Some(&glyph));
    // It proves defective: what goes out next is a new sheet, of which nobody knows yet whether it can be printed.
    let note = None;
    let defect = Defect::SealMissing;
    let again = poa(0, Command::FindDefective { defect, note });
    assert_eq!(sheet(&desk.clone().after(again)).stuck_for(), None);
    let reason = Some("写しは紙で保管".into());
    let filing = Filing::on(day("2026-05-07")).without_scan(reason);
    let filed = desk.after(poa(0, Command::File(filing)));
    assert_eq!(sheet(&filed).stuck_for(), None);
}

#[test]
fn where_no_pool_is_kept_a_sheet_names_the_configured_agent() {
    let desk = requested();
    assert_eq!(sheet(&desk).agent, NamedAgent::Configured);
    let agent = agent::id(1);
    desk.when(poa(0, Command::NameAgent { agent }))
        .then_nothing();
}

#[test]
fn a_void_sheet_gets_no_agent() {
    let void = Command::Void {
        why: VoidReason::Withdrawn,
    };
    let desk = requested_of(applied().after(agent::add(1, 0))).after(poa(0, void));
    let agent = agent::id(1);
    desk.when(poa(0, Command::NameAgent { agent }))
        .then_nothing();
}

#[test]
fn a_mail_that_carries_the_sheet_waits_until_the_sheet_has_its_agent() {
    let desk = requested_of(addressed(applied()).after(agent::add(1, 0)));
    let Stream::Poa(poa_id) = stream_of(0) else {
        panic!("a 委任状 stream");
    };
    let stream = Stream::Mail(MailId::of("poa-forms", &[poa_id.to_string()]));
    let ask = mail::Command::Ask {
        kind: mail::Kind::PoaForms,
        corporation: kit::corporation_id(),
        service: Service::CareNetMessenger,
        about: mail::About::Paper { poa: poa_id },
    };
    let desk = desk.after(Any::mail(&stream, ask));
    let at = NaiveTime::from_hms_opt(10, 0, 0).expect("an hour");
    let claim = || Any::mail(&stream, mail::Command::Claim { attempt: 1, at });
    desk.when(claim()).then_nothing();
    let agent = agent::id(1);
    let desk = desk.after(poa(0, Command::NameAgent { agent }));
    desk.when(claim()).then(&["claimed"]);
}
