//! What people type – reasons, notes, why a count differs – is recorded under a key: the corporation's, which goes when its people
//! ask to be forgotten, or the day's or the bank file's own.

use crate::kit::{
    Desk, application_id, bill, billed, corporation_id, day, enrol, form, office_id,
    office_numbers, registered_corporation, staff, transmission_of,
};
use crate::licence::{ask, checked};
use crate::poa::{accepted, alone, poa, requested, stream_of};
use daicho_domain::corporation::{self, remark_subject};
use daicho_domain::intake::Channel;
use daicho_domain::nouns::{Command as Any, Event};
use daicho_domain::poa::{self as sheet, Defect, Filing};
use daicho_domain::stream::Stream;
use daicho_domain::{Service, billing, enrolment, licence, office_day, transmission};

const TYPED: &str = "山田様の申し出";

fn corporation(command: corporation::Command) -> Any {
    Any::corporation(&Stream::Corporation(corporation_id()), command)
}

/// Whose the typed text in the first of these events is.
fn whose(events: &[Event]) -> String {
    let written = serde_json::to_value(&events[0]).expect("an event is plain data");
    let mut found = Vec::new();
    texts(&written, &mut found);
    let [(subject, text)] = &found[..] else {
        panic!("one text is personal: {written}");
    };
    assert_eq!(text, TYPED);
    let plain = format!("{events:?}");
    assert!(!plain.contains(TYPED), "{plain}");
    subject.clone()
}

fn texts(value: &serde_json::Value, found: &mut Vec<(String, String)>) {
    if let Some(marked) = value.get("$personal") {
        let part = |name: &str| marked[name].as_str().expect("a text").to_owned();
        found.push((part("subject"), part("text")));
    } else if let Some(members) = value.as_object() {
        members.values().for_each(|member| texts(member, found));
    } else if let Some(items) = value.as_array() {
        items.iter().for_each(|item| texts(item, found));
    }
}

/// A desk on which somebody can type this, and the command.
fn typed() -> Vec<(Desk, Any, &'static [&'static str])> {
    let [first, ..] = office_numbers();
    let office = office_id(first);
    let applications = transmission_of(Service::CareNetMessenger);
    let withdraw = transmission::Command::Withdraw {
        application: application_id("spring"),
        office: Some(office),
        reason: TYPED.into(),
    };
    let remove = corporation::Command::RemoveOffice {
        office,
        reason: TYPED.into(),
    };
    let reverse = billing::Command::AskReversal {
        entry: "2026-08.honobono-mini2".parse().expect("a key"),
        reason: TYPED.into(),
        by: staff("a"),
    };
    let again = enrolment::Command::StartTrialAgain {
        receipt: form("2026-11-02"),
        reason: TYPED.into(),
    };
    let close = enrol(enrolment::Command::Close {
        last_day: day("2026-10-31"),
    });
    let drop = licence::Command::DropCheck {
        reason: TYPED.into(),
    };
    let defective = sheet::Command::FindDefective {
        defect: Defect::SealDiffers,
        note: Some(TYPED.into()),
    };
    let filing = Filing::on(day("2026-05-07")).without_scan(Some(TYPED.into()));
    let filed = alone(accepted()).after(poa(0, sheet::Command::File(filing.clone())));
    let reject = sheet::Command::Reject {
        on: day("2026-05-07"),
        reason: TYPED.into(),
    };
    vec![
        (
            registered_corporation(),
            corporation(remove),
            &["office_removed"],
        ),
        (
            requested(),
            Any::transmission(&applications, withdraw),
            &["office_withdrawn"],
        ),
        (
            billed().charged("2026-08"),
            bill(reverse),
            &["reversal_asked"],
        ),
        (
            billed().after(close).on("2026-11-02"),
            enrol(again),
            &["second_trial_granted", "trial_started"],
        ),
        (checked("2026-04-01"), ask(drop), &["check_dropped"]),
        (accepted(), poa(0, defective), &["found_defective"]),
        (
            alone(accepted()),
            poa(0, sheet::Command::File(filing)),
            &["filed"],
        ),
        (filed, poa(0, reject), &["rejected"]),
    ]
}

fn erase() -> Any {
    corporation(corporation::Command::EraseTexts {
        reason: "本人の申し出".into(),
    })
}

/// The keys that an erasure now would name, and the one under which it says why.
fn named(desk: &Desk) -> (Vec<String>, String) {
    let erased = desk.when(erase()).then(&["texts_erased"]);
    let Event::Corporation(corporation::Event::TextsErased { subjects, reason }) = &erased[0]
    else {
        panic!("texts are erased: {erased:?}");
    };
    (subjects.clone(), reason.subject().to_owned())
}

#[test]
fn what_is_typed_about_a_corporation_goes_with_it_and_what_is_typed_after_has_a_key_of_its_own() {
    for (desk, command, expected) in typed() {
        let said = |desk: &Desk| whose(&desk.when(command.clone()).then(expected));
        let key = remark_subject(corporation_id(), 0);
        assert_eq!(said(&desk), key);
        let (subjects, why) = named(&desk);
        assert!(subjects.contains(&key), "{expected:?}: {subjects:?}");
        // Why it was asked for outlives what was asked for.
        assert!(!subjects.contains(&why), "{expected:?}: {subjects:?}");
        let desk = desk.after(erase());
        assert_eq!(said(&desk), remark_subject(corporation_id(), 1));
    }
}

#[test]
fn what_is_typed_about_no_corporation_has_a_key_of_the_stream_s_own() {
    let stream = Stream::OfficeDay(day("2026-04-01"));
    let close = office_day::Command::Close {
        entered: Default::default(),
        difference: Some(TYPED.into()),
    };
    let count = office_day::Command::CountPost {
        channel: Channel::Post,
        sheets: 1,
    };
    let closed = Desk::default()
        .on("2026-04-01")
        .after(Any::office_day(&stream, office_day::Command::Open {}))
        .after(Any::office_day(&stream, count))
        .when(Any::office_day(&stream, close))
        .then(&["closed"]);
    assert_eq!(whose(&closed), "remarks-office_day-2026-04-01");
}

#[test]
fn what_was_typed_in_plain_is_named_by_an_erasure_too() {
    let desk = accepted();
    let plain = [
        Stream::Corporation(corporation_id()),
        transmission_of(Service::CareNetMessenger),
        stream_of(0),
        Stream::attached_to(&stream_of(0)),
    ];
    for desk in [desk.clone(), desk.after(erase())] {
        let (named, _) = named(&desk);
        for stream in &plain {
            let whose = corporation::plain_subject(stream);
            assert!(named.contains(&whose), "{stream}: {named:?}");
        }
    }
}
