//! What is attached to a case, what is refused there, and what a copy means for a 委任状 that is to be filed.

use crate::kit::{
    Desk, corporation_id, day, office_id, office_numbers, registered_corporation, transmission_of,
};
use crate::poa::{accepted, alone, poa, stream_of};
use daicho_domain::attachment::{
    Command, Event, Kind, Matter, Paper, Part, State as Attached, sealed_under,
};
use daicho_domain::corporation;
use daicho_domain::document::FileDigest;
use daicho_domain::nouns::{Command as Any, Event as AnyEvent, State};
use daicho_domain::personal::Personal;
use daicho_domain::poa::{Command as Sheet, Event as SheetEvent, Filing};
use daicho_domain::stream::Stream;
use daicho_domain::transmission::OfficeRef;
use daicho_domain::{Service, poa as noun};

fn copy(matter: Matter, arrived_on: &str, erasures: u32) -> Paper {
    Paper {
        matter,
        kind: Kind::Pdf,
        bytes: 1_000,
        digest: FileDigest::new([1; 32]),
        file: FileDigest::new([2; 32]),
        name: Personal::new(sealed_under(corporation_id(), erasures), "委任状.pdf"),
        arrived_on: day(arrived_on),
        amount: None,
    }
}

fn attach_to(of: &Stream, part: Part, paper: Paper) -> Any {
    let attach = Command::Attach { part, paper };
    Any::attachment(&Stream::attached_to(of), attach)
}

fn scan(arrived_on: &str) -> Any {
    attach_to(
        &stream_of(0),
        Part::Whole,
        copy(Matter::Scan, arrived_on, 0),
    )
}

fn withdraw(reason: &str) -> Any {
    let withdraw = Command::Withdraw {
        part: Part::Whole,
        digest: FileDigest::new([1; 32]),
        reason: reason.into(),
    };
    Any::attachment(&Stream::attached_to(&stream_of(0)), withdraw)
}

fn files(desk: &Desk) -> Attached {
    let State::Attachment(state) = desk.state(&Stream::attached_to(&stream_of(0))) else {
        panic!("attachments");
    };
    state
}

fn filing(reason: Option<&str>) -> Any {
    let filing = Filing::on(day("2026-05-07")).without_scan(reason.map(Into::into));
    poa(0, Sheet::File(filing))
}

fn erase(desk: Desk) -> Desk {
    let reason = "本人の申し出".into();
    desk.after(Any::corporation(
        &Stream::Corporation(corporation_id()),
        corporation::Command::EraseTexts { reason },
    ))
}

#[test]
fn a_file_is_attached_once_and_says_again_what_it_is() {
    let desk = accepted();
    let events = desk.when(scan("2026-05-07")).then(&["attached"]);
    let [AnyEvent::Attachment(Event::Attached { corporation, .. })] = &events[..] else {
        panic!("a file is attached: {events:?}");
    };
    assert_eq!(*corporation, corporation_id());
    let desk = desk.after(scan("2026-05-07"));
    desk.when(scan("2026-05-07")).then_nothing();
    let other = attach_to(
        &stream_of(0),
        Part::Whole,
        copy(Matter::Other, "2026-05-07", 0),
    );
    let desk = desk.after(other);
    assert_eq!(files(&desk).files.len(), 1, "the last word holds");
}

#[test]
fn nothing_is_attached_to_what_is_no_case_or_before_it_came() {
    let desk = accepted();
    let no_end = attach_to(
        &Stream::Termination(corporation_id(), Service::CareNetMessenger),
        Part::End(1),
        copy(Matter::Fax, "2026-05-07", 0),
    );
    desk.when(no_end).then_refused("attachment.unknown_case");
    let whole = attach_to(
        &transmission_of(Service::CareNetMessenger),
        Part::Whole,
        copy(Matter::Fax, "2026-05-07", 0),
    );
    desk.when(whole).then_refused("attachment.unknown_case");
    let mandate = attach_to(
        &Stream::Corporation(corporation_id()),
        Part::Mandate,
        copy(Matter::Scan, "2026-05-07", 0),
    );
    registered_corporation()
        .on("2026-05-07")
        .when(mandate)
        .then_refused("attachment.unknown_case");
    desk.when(scan("2026-05-08"))
        .then_refused("attachment.day_not_come");
}

#[test]
fn what_does_not_belong_there_is_taken_back_with_a_reason() {
    let desk = accepted();
    desk.when(withdraw("別の法人の書類"))
        .then_refused("attachment.unknown");
    let desk = desk.after(scan("2026-05-07"));
    desk.when(withdraw(" "))
        .then_refused("attachment.reason_missing");
    desk.when(withdraw("別の法人の書類")).then(&["withdrawn"]);
    let desk = desk.after(withdraw("別の法人の書類"));
    desk.when(withdraw("別の法人の書類")).then_nothing();
    desk.when(scan("2026-05-07")).then(&["attached"]);
}

#[test]
fn an_erasure_takes_the_files_with_it_and_what_comes_later_has_a_key_of_its_own() {
    let desk = erase(accepted().after(scan("2026-05-07")));
    let State::Corporation(corporation) = desk.state(&Stream::Corporation(corporation_id())) else {
        panic!("a corporation");
    };
    let known = corporation.registered().expect("it is registered");
    assert_eq!(known.erasures, 1);
    desk.when(scan("2026-05-07"))
        .then_refused("attachment.erased_meanwhile");
    let mut again = copy(Matter::Scan, "2026-05-07", 1);
    again.file = FileDigest::new([3; 32]);
    desk.when(attach_to(&stream_of(0), Part::Whole, again))
        .then(&["attached"]);
}

#[test]
fn the_original_leaves_the_house_only_when_a_copy_stays_or_it_is_said_why_none_does() {
    let desk = alone(accepted());
    desk.when(filing(None)).then_refused("poa.scan_missing");
    desk.when(filing(Some(" ")))
        .then_refused("poa.scan_missing");
    let reason = |events: &[AnyEvent]| match events {
        [AnyEvent::Poa(SheetEvent::Filed { without_scan, .. })] => without_scan
            .as_ref()
            .map(|why| why.disclose().expect("it is not erased").to_owned()),
        other => panic!("it is filed: {other:?}"),
    };
    let said = desk.when(filing(Some("複写を紙で保管"))).then(&["filed"]);
    assert_eq!(reason(&said).as_deref(), Some("複写を紙で保管"));
    let scanned = desk.clone().after(scan("2026-05-07"));
    let plain = scanned.when(filing(None)).then(&["filed"]);
    assert_eq!(reason(&plain), None);
    let needless = scanned.when(filing(Some("複写を紙で保管")));
    assert_eq!(reason(&needless.then(&["filed"])), None);

    // A fax is no copy of the original, and what was taken back is none any more.
    let fax = attach_to(
        &stream_of(0),
        Part::Whole,
        copy(Matter::Fax, "2026-05-07", 0),
    );
    let faxed = desk.clone().after(fax);
    faxed.when(filing(None)).then_refused("poa.scan_missing");
    let gone = scanned.after(withdraw("別の法人の書類"));
    gone.when(filing(None)).then_refused("poa.scan_missing");
}

#[test]
fn a_copy_on_the_application_counts_and_one_of_a_former_sheet_does_not() {
    let desk = alone(accepted());
    let State::Poa(noun::State::Known(sheet)) = desk.state(&stream_of(0)) else {
        panic!("its 委任状 was requested");
    };
    let assignment = sheet.assignment.clone();
    let about = OfficeRef {
        application: assignment.application,
        office: office_id(office_numbers()[0]),
    };
    let applications = transmission_of(Service::CareNetMessenger);
    let on_application = attach_to(
        &applications,
        Part::Office(about),
        copy(Matter::Scan, "2026-05-07", 0),
    );
    desk.clone()
        .after(on_application)
        .when(filing(None))
        .then(&["filed"]);
    desk.after(scan("2026-05-06"))
        .when(filing(None))
        .then_refused("poa.scan_missing");
}
