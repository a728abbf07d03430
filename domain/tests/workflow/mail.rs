//! One mail: asked for once, claimed before each attempt, tried again with growing pauses, given up visibly, held for a
//! person.

use crate::kit::{Desk, corporation_id, day, registered_for_mini2, staff};
use chrono::NaiveTime;
use daicho_domain::Service;
use daicho_domain::corporation::{self, Contact};
use daicho_domain::credential::{self, Owner};
use daicho_domain::dispatch::{self, Overdue, Promise, Says};
use daicho_domain::mail::{
    About, Attachment, CallOffReason, Carrier, Command, Event, Failure, Kind, Mailing, Stage,
};
use daicho_domain::nouns::{Command as Any, Event as AnyEvent, State};
use daicho_domain::personal::Personal;
use daicho_domain::poa::Method;
use daicho_domain::rules::{Ask, Dated, Question, reckoned};
use daicho_domain::stream::{CredentialId, LetterId, MailId, Stream};

const MINI2: Service = Service::HonobonoMini2;

fn mail(kind: Kind) -> Stream {
    Stream::Mail(MailId::of(kind.code(), &["1"]))
}

fn to(kind: Kind, command: Command) -> Any {
    Any::mail(&mail(kind), command)
}

fn letter() -> LetterId {
    LetterId::of("trial-received", &["1"])
}

fn ask(kind: Kind) -> Any {
    let credential = CredentialId::of_corporation(corporation_id(), MINI2);
    let about = match kind {
        Kind::TrialReceived
        | Kind::TrialStarted
        | Kind::Registered
        | Kind::PoaForms
        | Kind::PoaReminder
        | Kind::PoaOverdue
        | Kind::Receipt
        | Kind::PaymentCertificate => About::Letter { letter: letter() },
        Kind::CredentialNotice => About::Credential { credential, nth: 1 },
    };
    to(
        kind,
        Command::Ask {
            kind,
            corporation: corporation_id(),
            service: MINI2,
            about,
        },
    )
}

fn claim(attempt: u32, hour: u32) -> Command {
    let at = NaiveTime::from_hms_opt(hour, 0, 0).expect("an hour");
    Command::Claim { attempt, at }
}

fn sent(attempt: u32) -> Command {
    let carrier = Carrier::Server;
    let kept = None;
    Command::NoteSent {
        attempt,
        carrier,
        kept,
    }
}

pub fn addressed(desk: Desk) -> Desk {
    let contact = Contact {
        name: Personal::new("contact-1", "山田花子"),
        phone: None,
        mail: Some(Personal::new("contact-1", "hanako@example.jp")),
    };
    desk.after(Any::corporation(
        &Stream::Corporation(corporation_id()),
        corporation::Command::SetContact { contact },
    ))
}

/// A letter about the trial is to go out, on Friday 2026-04-10.
fn promised(desk: Desk) -> Desk {
    let ask = Ask::new(MINI2, Question::Trial, day("2026-04-10"));
    let answer = reckoned(crate::kit::policy(), &ask).expect("an answer");
    let dated = |milestone| -> Dated { answer.dated(milestone).expect("a day") };
    let told = Says::TrialReceived {
        applied_on: day("2026-04-10"),
        trial_last_day: dated("trial_last_day"),
        registered_last_free_day: dated("registered_last_free_day"),
    };
    desk.on("2026-04-10").after(Any::dispatch(
        &Stream::Dispatch(letter()),
        dispatch::Command::Request {
            corporation: corporation_id(),
            service: MINI2,
            promise: Promise::Told(told),
        },
    ))
}

/// On Friday 2026-04-10 the trial was received and is to be acknowledged.
fn asked() -> Desk {
    promised(addressed(registered_for_mini2())).after(ask(Kind::TrialReceived))
}

fn receipt(command: Command) -> Any {
    to(Kind::TrialReceived, command)
}

fn mailing(desk: &Desk, kind: Kind) -> Mailing {
    let State::Mail(state) = desk.state(&mail(kind)) else {
        panic!("a mail");
    };
    state.known().expect("it was asked for").clone()
}

#[test]
fn a_mail_is_asked_for_once() {
    asked().when(ask(Kind::TrialReceived)).then_nothing();
}

#[test]
fn what_the_documents_send_as_pdf_is_attached() {
    let desk = asked().after(ask(Kind::Registered));
    let received = mailing(&desk, Kind::TrialReceived).rules;
    assert_eq!(received.attachment, Attachment::None);
    let registered = mailing(&desk, Kind::Registered).rules;
    assert_eq!(registered.attachment, Attachment::Pdf);
}

#[test]
fn what_a_customer_asked_for_is_attached_and_leaves_in_the_office_s_hours() {
    for kind in [Kind::Receipt, Kind::PaymentCertificate] {
        let desk = asked().after(ask(kind));
        assert_eq!(mailing(&desk, kind).rules.attachment, Attachment::Pdf);
        desk.when(to(kind, claim(1, 8))).then_nothing();
        desk.when(to(kind, claim(1, 9))).then(&["claimed"]);
    }
}

#[test]
fn whoever_has_no_address_gets_paper_and_no_mail_is_asked_for() {
    let desk = promised(registered_for_mini2());
    desk.when(ask(Kind::TrialReceived)).then_nothing();
}

#[test]
fn an_acknowledgement_leaves_at_any_hour_and_once() {
    let desk = asked();
    let events = desk.when(receipt(claim(1, 23))).then(&["claimed"]);
    let [AnyEvent::Mail(Event::Claimed { attempt: 1, to })] = &events[..] else {
        panic!("{events:?}");
    };
    assert_eq!(to.disclose(), Some("hanako@example.jp"));
    let desk = desk.after(receipt(claim(1, 23)));
    desk.when(receipt(claim(1, 23))).then_nothing();
    desk.when(receipt(claim(2, 23))).then_nothing();
    let desk = desk.after(receipt(sent(1)));
    desk.when(receipt(claim(2, 23))).then_nothing();
    desk.when(receipt(sent(1))).then_nothing();
}

#[test]
fn what_went_out_on_paper_meanwhile_is_not_mailed() {
    let send = dispatch::Command::Send {
        method: Method::Post,
        sent_on: day("2026-04-10"),
        tracking: None,
    };
    let desk = asked().after(Any::dispatch(&Stream::Dispatch(letter()), send));
    desk.when(receipt(claim(1, 10))).then(&["called_off"]);
}

/// The account is issued, its secret lies in the vault since Friday 2026-04-10.
pub fn noticed_by(desk: Desk) -> Desk {
    let credential = Stream::Credential(CredentialId::of_corporation(corporation_id(), MINI2));
    let owner = Owner::Corporation {
        corporation: corporation_id(),
        service: MINI2,
    };
    let of = |command| Any::credential(&credential, command);
    desk.on("2026-04-10")
        .after(of(credential::Command::Issue { owner }))
        .after(of(credential::Command::KeepSecret { nth: 1 }))
        .after(ask(Kind::CredentialNotice))
}

fn noticed() -> Desk {
    noticed_by(addressed(registered_for_mini2()))
}

fn notice(command: Command) -> Any {
    to(Kind::CredentialNotice, command)
}

#[test]
fn everything_else_leaves_from_nine_to_five_on_business_days() {
    for hour in [0, 8, 17, 23] {
        noticed().when(notice(claim(1, hour))).then_nothing();
    }
    noticed().when(notice(claim(1, 9))).then(&["claimed"]);
    noticed().when(notice(claim(1, 16))).then(&["claimed"]);
    let saturday = noticed().on("2026-04-11");
    saturday.when(notice(claim(1, 10))).then_nothing();
    let monday = noticed().on("2026-04-13");
    monday.when(notice(claim(1, 10))).then(&["claimed"]);
}

#[test]
fn a_link_that_opens_nothing_any_more_is_not_sent() {
    let credential = Stream::Credential(CredentialId::of_corporation(corporation_id(), MINI2));
    let desk = noticed().after(Any::credential(
        &credential,
        credential::Command::Reissue {
            why: credential::ReissueReason::Customer,
        },
    ));
    desk.when(notice(claim(1, 10))).then(&["called_off"]);
    let desk = desk.after(notice(claim(1, 10)));
    let by = staff("clerk");
    desk.when(notice(Command::Release { by }))
        .then_refused("mail.over");
    desk.when(notice(Command::Drop { by }))
        .then_refused("mail.over");
}

#[test]
fn a_link_without_an_address_is_for_a_person() {
    let desk = noticed_by(registered_for_mini2());
    desk.when(notice(claim(1, 10))).then(&["unaddressed"]);
    let desk = desk.after(notice(claim(1, 10)));
    let stage = mailing(&desk, Kind::CredentialNotice).stage;
    assert_eq!(stage, Stage::Unaddressed);
    let by = staff("clerk");
    addressed(desk)
        .after(notice(Command::Release { by }))
        .when(notice(claim(1, 10)))
        .then(&["claimed"]);
}

fn failed(desk: Desk, attempt: u32, why: Failure) -> Desk {
    let code = None;
    desk.after(receipt(claim(attempt, 10)))
        .after(receipt(Command::NoteFailed { attempt, why, code }))
}

#[test]
fn what_is_put_off_is_tried_again_with_growing_pauses_and_given_up_in_the_end() {
    let mut desk = asked();
    let mut pauses = Vec::new();
    for attempt in 1..6 {
        desk = failed(desk, attempt, Failure::Deferred);
        pauses.push(mailing(&desk, Kind::TrialReceived).pause_hours());
    }
    assert_eq!(pauses, [1, 2, 4, 8, 16]);
    let last = desk.after(receipt(claim(6, 10)));
    let why = Failure::Unreachable;
    last.when(receipt(Command::NoteFailed {
        attempt: 6,
        why,
        code: Some(421),
    }))
    .then(&["failed", "gave_up"]);
}

#[test]
fn what_is_refused_is_given_up_at_once_and_a_person_may_try_again() {
    let desk = asked().after(receipt(claim(1, 10)));
    let why = Failure::Refused;
    let refused = receipt(Command::NoteFailed {
        attempt: 1,
        why,
        code: Some(550),
    });
    desk.when(refused.clone()).then(&["failed", "gave_up"]);
    let desk = desk.after(refused);
    desk.when(receipt(claim(2, 10))).then_nothing();
    let by = staff("clerk");
    let desk = desk.after(receipt(Command::Release { by }));
    desk.when(receipt(claim(2, 10))).then(&["claimed"]);
    assert_eq!(mailing(&desk, Kind::TrialReceived).pause_hours(), 0);
}

#[test]
fn an_attempt_whose_outcome_is_unknown_is_made_again_and_said_to_be_perhaps_the_second() {
    let desk = asked()
        .after(receipt(claim(1, 10)))
        .after(receipt(Command::NoteUnknown { attempt: 1 }));
    assert!(!mailing(&desk, Kind::TrialReceived).maybe_twice());
    desk.when(receipt(sent(1))).then_nothing();
    let desk = desk.after(receipt(claim(2, 11))).after(receipt(sent(2)));
    assert!(mailing(&desk, Kind::TrialReceived).maybe_twice());
}

#[test]
fn an_outcome_that_stays_unknown_is_given_up_like_a_failure() {
    let mut desk = asked();
    for attempt in 1..6 {
        desk = desk
            .after(receipt(claim(attempt, 10)))
            .after(receipt(Command::NoteUnknown { attempt }));
    }
    desk.after(receipt(claim(6, 10)))
        .when(receipt(Command::NoteUnknown { attempt: 6 }))
        .then(&["outcome_unknown", "gave_up"]);
}

/// The letter goes by post.
fn posted() -> Any {
    let sent = dispatch::Command::Send {
        method: Method::Post,
        sent_on: day("2026-04-10"),
        tracking: None,
    };
    Any::dispatch(&Stream::Dispatch(letter()), sent)
}

#[test]
fn what_was_given_up_needs_nobody_once_its_letter_went_by_post() {
    let why = CallOffReason::SentOtherwise;
    let call_off = || receipt(Command::CallOff { why });
    let given_up = failed(asked(), 1, Failure::Refused);
    let stage = mailing(&given_up, Kind::TrialReceived).stage;
    assert!(matches!(stage, Stage::GaveUp { .. }), "{stage:?}");
    let desk = given_up.after(posted()).after(call_off());
    let stage = mailing(&desk, Kind::TrialReceived).stage;
    assert_eq!(stage, Stage::CalledOff { why });
    desk.when(call_off()).then_nothing();
    asked()
        .after(receipt(claim(1, 10)))
        .when(call_off())
        .then_nothing();
    asked().when(call_off()).then(&["called_off"]);
    Desk::default()
        .on("2026-04-10")
        .when(call_off())
        .then_nothing();
}

#[test]
fn what_went_by_post_while_its_last_attempt_was_made_is_not_given_up() {
    let why = Failure::Refused;
    let refused = receipt(Command::NoteFailed {
        attempt: 1,
        why,
        code: Some(550),
    });
    let claimed = asked().after(receipt(claim(1, 10))).after(posted());
    claimed.when(refused).then(&["failed", "called_off"]);
}

#[test]
fn what_waited_too_long_rests_until_a_person_releases_or_drops_it() {
    // Five business days after Friday the 10th is Friday the 17th.
    let desk = asked().on("2026-04-17");
    desk.when(receipt(claim(1, 10))).then(&["claimed"]);
    let desk = desk.on("2026-04-18");
    desk.when(receipt(claim(1, 10))).then_nothing();
    let by = staff("clerk");
    let released = desk.clone().after(receipt(Command::Release { by }));
    released.when(receipt(claim(1, 10))).then(&["claimed"]);
    released
        .when(receipt(Command::Release { by }))
        .then_nothing();
    let dropped = desk.after(receipt(Command::Drop { by }));
    dropped.when(receipt(claim(1, 10))).then_nothing();
    dropped.when(receipt(Command::Drop { by })).then_nothing();
}

#[test]
fn what_is_under_way_or_sent_is_neither_released_nor_dropped() {
    let by = staff("clerk");
    let unknown = registered_for_mini2().when(receipt(Command::Drop { by }));
    unknown.then_refused("mail.unknown");
    let under_way = asked().after(receipt(claim(1, 10)));
    let sent = under_way.clone().after(receipt(sent(1)));
    for command in [Command::Release { by }, Command::Drop { by }] {
        under_way
            .when(receipt(command.clone()))
            .then_refused("mail.under_way");
        sent.when(receipt(command)).then_refused("mail.sent");
    }
}

/// Of a letter that says this the customer is told by a mail of this kind, on Monday 2026-04-27.
fn reminded(says: Says, kind: Kind) -> Desk {
    let request = dispatch::Command::Request {
        corporation: corporation_id(),
        service: MINI2,
        promise: Promise::Told(says),
    };
    addressed(registered_for_mini2())
        .on("2026-04-27")
        .after(Any::dispatch(&Stream::Dispatch(letter()), request))
        .after(ask(kind))
}

/// The two 返送のお願い about the 委任状 of one office.
fn reminders() -> [(Says, Kind); 2] {
    let start = Ask::new(MINI2, Question::Transmission, day("2026-04-10"));
    let start = reckoned(crate::kit::policy(), &start).expect("an answer");
    let dated = |milestone| -> Dated { start.dated(milestone).expect("a day") };
    let number = crate::kit::office_numbers()[0];
    let papers = vec![Overdue {
        office: crate::kit::office_id(number),
        number,
        sent_on: day("2026-04-13"),
    }];
    [
        (
            Says::PoaReminder {
                start: dated("transmission_start"),
                due: dated("poa_due"),
                post_back_by: None,
                papers: papers.clone(),
            },
            Kind::PoaReminder,
        ),
        (
            Says::PoaOverdue {
                start: dated("transmission_start"),
                due: dated("poa_due"),
                federation_date: dated("federation_date"),
                papers,
            },
            Kind::PoaOverdue,
        ),
    ]
}

#[test]
fn a_paper_is_asked_for_by_mail_with_the_letter_in_the_office_s_hours() {
    for (says, kind) in reminders() {
        assert_eq!(Kind::telling(&says), Some(kind));
        let desk = reminded(says, kind);
        assert_eq!(mailing(&desk, kind).rules.attachment, Attachment::Pdf);
        desk.when(to(kind, claim(1, 8))).then_nothing();
        desk.when(to(kind, claim(1, 9))).then(&["claimed"]);
    }
}

#[test]
fn a_paper_that_is_here_by_now_is_not_asked_for_by_mail() {
    for (says, kind) in reminders() {
        let [paper] = says.offices()[..] else {
            panic!("one office");
        };
        let arrived = dispatch::Command::LeaveOut {
            office: paper.office,
            why: dispatch::CallOffReason::Arrived,
        };
        let desk = reminded(says, kind).after(Any::dispatch(&Stream::Dispatch(letter()), arrived));
        desk.when(to(kind, claim(1, 10))).then(&["called_off"]);
    }
}

#[test]
fn a_book_without_these_rules_asks_for_no_mail() {
    let credential = CredentialId::of_corporation(corporation_id(), MINI2);
    let kind = Kind::CredentialNotice;
    registered_for_mini2()
        .when(notice(Command::Ask {
            kind,
            corporation: corporation_id(),
            service: Service::CareplanRenkei,
            about: About::Credential { credential, nth: 1 },
        }))
        .then_refused("mail.no_rule");
}
