//! A letter: asked for once, printed, posted; called off while it is here, corrected once it is gone.

use crate::arrears::{paid, suspended};
use crate::kit::{
    Desk, corporation_id, day, office_id, office_numbers, registered_corporation,
    registered_for_mini2,
};
use crate::mail::{addressed, noticed_by};
use daicho_domain::Service;
use daicho_domain::billing::{Means, Tax};
use daicho_domain::corporation::{self, Destination, SendTo};
use daicho_domain::dates::Month;
use daicho_domain::dispatch::{
    Awaited, CallOffReason, Command, Completed, Event, Instead, Listed, Overdue, Promise, Says,
    Stage, Unreached,
};
use daicho_domain::document::{Document, FileDigest, MissingGlyph};
use daicho_domain::nouns::{Command as Any, Event as AnyEvent, State};
use daicho_domain::poa::Method;
use daicho_domain::rules::{Ask, Dated, Question, reckoned};
use daicho_domain::stream::{CredentialId, LetterId, Stream};
use daicho_domain::waiting::What;
use daicho_domain::zengin::ResultCode;

const MINI2: Service = Service::HonobonoMini2;

fn letter(about: &str) -> Stream {
    Stream::Dispatch(LetterId::of("test", &[about]))
}

fn to(about: &str, command: Command) -> Any {
    Any::dispatch(&letter(about), command)
}

fn request(about: &str, promise: Promise) -> Any {
    let request = Command::Request {
        corporation: corporation_id(),
        service: MINI2,
        promise,
    };
    to(about, request)
}

fn listed(nth: usize) -> Listed {
    let number = office_numbers()[nth];
    Listed {
        office: office_id(number),
        number,
    }
}

fn dated(start: &str, milestone: &str) -> Dated {
    let ask = Ask::new(MINI2, Question::TransmissionMonth, day(start));
    let answer = reckoned(crate::kit::policy(), &ask).expect("there is a book");
    answer.dated(milestone).expect("it is a milestone")
}

fn month(text: &str) -> Month {
    text.parse().expect("a month")
}

/// A letter that says the start moved from August to September.
fn postponed() -> Promise {
    Promise::Told(Says::Postponed {
        from: month("2026-08"),
        start: dated("2026-09-01", "credentials_on"),
        due: dated("2026-09-01", "poa_due"),
        credentials_on: dated("2026-09-01", "credentials_on"),
        causes: vec![],
        offices: vec![listed(0)],
        to: SendTo::HeadOffice,
    })
}

fn missed(nth: usize) -> Promise {
    let Listed { office, number } = listed(nth);
    Promise::Told(Says::PoaOverdue {
        start: dated("2026-08-01", "credentials_on"),
        due: dated("2026-08-01", "poa_due"),
        federation_date: dated("2026-08-01", "federation_date"),
        papers: vec![Overdue {
            office,
            number,
            sent_on: day("2026-06-26"),
        }],
    })
}

fn send(on: &str) -> Any {
    to(
        "it",
        Command::Send {
            method: Method::Post,
            sent_on: day(on),
            tracking: None,
        },
    )
}

fn print() -> Any {
    let file = FileDigest::new([1; 32]);
    let document = Document {
        file,
        letter: "postponed".to_owned(),
        version: 1,
        template: file,
    };
    to(
        "it",
        Command::NotePrinted {
            document,
            batch: file,
        },
    )
}

fn comes_back(on: &str) -> Any {
    to(
        "it",
        Command::RecordUndeliverable {
            returned_on: day(on),
        },
    )
}

fn reversed() -> Any {
    let instead = Instead {
        start: dated("2026-08-01", "credentials_on"),
        credentials_on: dated("2026-08-01", "credentials_on"),
        because_of: listed(0),
    };
    to(
        "it",
        Command::CallOff {
            why: CallOffReason::Reversed,
            instead: Some(instead),
        },
    )
}

/// One that was asked for on 2026-07-13.
fn asked() -> Desk {
    Desk::default()
        .on("2026-07-13")
        .after(request("it", postponed()))
}

fn says(desk: &Desk, about: &str) -> Says {
    let State::Dispatch(state) = desk.state(&letter(about)) else {
        panic!("a letter");
    };
    state.letter().expect("it was asked for").says.clone()
}

#[test]
fn the_same_promise_twice_is_one_letter() {
    let desk = asked();
    desk.when(request("it", postponed())).then_nothing();
    let desk = desk.after(send("2026-07-13"));
    desk.when(request("it", postponed())).then_nothing();
    desk.when(send("2026-07-13")).then_nothing();
}

#[test]
fn what_has_not_gone_out_says_the_last_word_and_is_printed_anew() {
    let desk = asked().after(print());
    desk.when(print()).then_nothing();
    let Promise::Told(Says::Postponed {
        from,
        start,
        due,
        credentials_on,
        causes,
        ..
    }) = postponed()
    else {
        panic!("it is about a postponement");
    };
    let both = Promise::Told(Says::Postponed {
        from,
        start,
        due,
        credentials_on,
        causes,
        offices: vec![listed(0), listed(1)],
        to: SendTo::HeadOffice,
    });
    desk.when(request("it", both.clone())).then(&["amended"]);
    let desk = desk.after(request("it", both));
    desk.when(print()).then(&["printed"]);
    assert_eq!(says(&desk, "it").offices(), [listed(0), listed(1)]);
}

#[test]
fn papers_that_are_missed_come_together_and_leave_one_by_one() {
    let desk = Desk::default()
        .on("2026-07-13")
        .after(request("it", missed(1)))
        .after(request("it", missed(0)));
    assert_eq!(says(&desk, "it").offices(), [listed(0), listed(1)]);
    desk.when(request("it", missed(0))).then_nothing();
    let arrived = |nth: usize| {
        let office = listed(nth).office;
        let why = CallOffReason::Arrived;
        to("it", Command::LeaveOut { office, why })
    };
    let desk = desk.after(arrived(0));
    desk.when(arrived(0)).then_nothing();
    assert_eq!(says(&desk, "it").offices(), [listed(1)]);
    desk.when(arrived(1)).then(&["called_off"]);
    let sent = desk.after(send("2026-07-13"));
    sent.when(arrived(1)).then_nothing();
    Desk::default()
        .on("2026-07-13")
        .when(arrived(0))
        .then_nothing();
}

#[test]
fn one_that_is_here_is_called_off_and_may_be_asked_for_again() {
    let desk = asked();
    desk.when(reversed()).then(&["called_off"]);
    let desk = desk.after(reversed());
    desk.when(reversed()).then_nothing();
    let refusal = desk.when(print()).then_refused("dispatch.called_off");
    assert!(refusal.sentence().contains("お知らせする内容がなくなった"));
    desk.when(send("2026-07-13"))
        .then_refused("dispatch.called_off");
    desk.when(comes_back("2026-07-13"))
        .then_refused("dispatch.called_off");
    desk.when(request("it", postponed())).then(&["requested"]);
}

#[test]
fn one_that_is_gone_is_corrected() {
    let desk = asked().after(send("2026-07-13")).on("2026-07-14");
    let events = desk.when(reversed()).then(&["proved_wrong"]);
    let [AnyEvent::Dispatch(Event::ProvedWrong { instead })] = &events[..] else {
        panic!("{events:?}");
    };
    assert_eq!(instead.because_of, listed(0));
    let desk = desk.after(reversed());
    desk.when(reversed()).then_nothing();
    desk.when(comes_back("2026-07-14")).then_nothing();
    // Postponed once more for the same month: told once more.
    desk.when(request("it", postponed())).then(&["requested"]);
    // What nobody needs to be told stays as it is.
    let off = Command::CallOff {
        why: CallOffReason::Paid,
        instead: None,
    };
    let sent = asked().after(send("2026-07-13"));
    sent.when(to("it", off)).then_nothing();
}

#[test]
fn one_that_comes_back_goes_out_again() {
    let desk = asked().after(send("2026-07-13")).on("2026-07-21");
    desk.when(print()).then_refused("dispatch.already_sent");
    desk.when(send("2026-07-21"))
        .then_refused("dispatch.already_sent");
    desk.when(comes_back("2026-07-12"))
        .then_refused("dispatch.before_sending");
    desk.when(comes_back("2026-07-22"))
        .then_refused("dispatch.day_not_come");
    let desk = desk.after(comes_back("2026-07-21"));
    desk.when(comes_back("2026-07-21")).then_nothing();
    desk.after(print()).when(send("2026-07-21")).then(&["sent"]);
}

fn whats(desk: &Desk) -> Vec<What> {
    let State::Dispatch(state) = desk.state(&letter("it")) else {
        panic!("a letter");
    };
    state.waiting().iter().map(|one| one.what).collect()
}

#[test]
fn one_that_cannot_be_printed_waits_for_a_person_until_it_is_printed_or_sent() {
    let unprintable = |character| {
        let place = "to.corporation".to_owned();
        let glyph = MissingGlyph { character, place };
        to("it", Command::NoteUnprintable { glyph })
    };
    assert_eq!(whats(&asked()), []);
    let desk = asked().after(unprintable('김'));
    desk.when(unprintable('김')).then_nothing();
    desk.when(unprintable('이')).then(&["unprintable"]);
    assert_eq!(whats(&desk), [What::LetterGlyph]);
    assert_eq!(whats(&desk.clone().after(print())), []);
    let sent = desk.clone().after(send("2026-07-13"));
    assert_eq!(whats(&sent), []);
    sent.when(unprintable('김')).then_nothing();
    let off = desk.after(reversed());
    assert_eq!(whats(&off), []);
    off.when(unprintable('이')).then_nothing();
}

#[test]
fn one_that_came_back_waits_for_a_person_until_it_goes_out_again() {
    let desk = asked().after(send("2026-07-13")).on("2026-07-21");
    let desk = desk.after(comes_back("2026-07-21"));
    assert_eq!(whats(&desk), [What::LetterAddress]);
    assert_eq!(whats(&desk.after(send("2026-07-21"))), []);
}

#[test]
fn what_nobody_asked_for_or_sent_is_refused() {
    let nobody = Desk::default().on("2026-07-13");
    nobody.when(print()).then_refused("dispatch.unknown");
    nobody.when(reversed()).then_nothing();
    asked()
        .when(comes_back("2026-07-13"))
        .then_refused("dispatch.not_sent");
    asked()
        .when(send("2026-07-14"))
        .then_refused("dispatch.day_not_come");
}

#[test]
fn a_registration_is_told_with_its_first_debit_and_a_quotation_out_of_the_rules() {
    let desk = registered_for_mini2();
    let offices: std::collections::BTreeSet<_> = (0..3).map(|nth| listed(nth).office).collect();
    let ask = Ask::new(MINI2, Question::Trial, day("2026-04-10"));
    let answer = reckoned(crate::kit::policy(), &ask).expect("there is a book");
    let registered = Promise::Registered {
        what: Completed::Registration,
        completed_on: day("2026-05-20"),
        terms_version: "2026-04".to_owned(),
        last_free_day: answer.dated("registered_last_free_day").expect("a day"),
        billing_start: answer.dated("billing_start").expect("a day"),
        offices,
    };
    let events = desk.when(request("it", registered)).then(&["requested"]);
    let [
        AnyEvent::Dispatch(Event::Requested {
            says:
                Says::Registered {
                    first_debit_on,
                    quotation,
                    offices,
                    ..
                },
            ..
        }),
    ] = &events[..]
    else {
        panic!("{events:?}");
    };
    assert_eq!(first_debit_on.on, day("2026-09-28"));
    assert_eq!((quotation.quantity, quotation.amount), (3, 9_000));
    assert_eq!(
        (quotation.net, quotation.tax, quotation.gross()),
        (9_000, 900, 9_900)
    );
    assert_eq!(offices.len(), 3);
}

#[test]
fn a_suspension_is_told_with_what_is_in_arrears_and_not_once_it_is_paid() {
    let desk = suspended();
    let batch = desk.ledger().arrears.expect("it is in arrears").batch;
    let told = || {
        let on = day("2026-10-15");
        request("it", Promise::Suspended { batch, on })
    };
    let events = desk.when(told()).then(&["requested"]);
    let [
        AnyEvent::Dispatch(Event::Requested {
            says:
                Says::Suspended {
                    amount,
                    months,
                    next_debit_on,
                    debit_on,
                    ..
                },
            ..
        }),
    ] = &events[..]
    else {
        panic!("{events:?}");
    };
    assert_eq!(*amount, desk.ledger().in_arrears());
    assert_eq!(*months, [month("2026-08")]);
    assert_eq!(debit_on.on, day("2026-09-28"));
    assert_eq!(next_debit_on.on, day("2026-10-26"));
    paid(desk.on("2026-10-20")).when(told()).then_nothing();
}

#[test]
fn what_the_rules_cannot_tell_is_refused() {
    // Nobody registered the corporation: there is nothing to quote.
    let ask = Ask::new(MINI2, Question::Trial, day("2026-04-10"));
    let answer = reckoned(crate::kit::policy(), &ask).expect("there is a book");
    let begun = Promise::TrialStarted {
        trial_last_day: answer.dated("trial_last_day").expect("a day"),
        registered_last_free_day: answer.dated("registered_last_free_day").expect("a day"),
        offices: [listed(0).office].into(),
    };
    Desk::default()
        .on("2026-04-10")
        .when(request("it", begun))
        .then_refused("dispatch.untold");
}

#[test]
fn a_letter_that_was_called_off_rests() {
    let desk = asked().after(reversed());
    let State::Dispatch(state) = desk.state(&letter("it")) else {
        panic!("a letter");
    };
    let stage = &state.letter().expect("it was asked for").stage;
    let why = CallOffReason::Reversed;
    assert_eq!(*stage, Stage::CalledOff { why });
}

fn reminder(nth: usize) -> Promise {
    let Listed { office, number } = listed(nth);
    Promise::Told(Says::PoaReminder {
        start: dated("2026-08-01", "credentials_on"),
        due: dated("2026-08-01", "poa_due"),
        post_back_by: None,
        papers: vec![Overdue {
            office,
            number,
            sent_on: day("2026-06-26"),
        }],
    })
}

#[test]
fn papers_to_be_asked_for_come_together_and_leave_one_by_one() {
    let desk = Desk::default()
        .on("2026-07-03")
        .after(request("it", reminder(1)))
        .after(request("it", reminder(0)));
    assert_eq!(says(&desk, "it").offices(), [listed(0), listed(1)]);
    assert_eq!(says(&desk, "it").act_by(), Some(day("2026-07-10")));
    let arrived = |nth: usize| {
        let office = listed(nth).office;
        let why = CallOffReason::Arrived;
        to("it", Command::LeaveOut { office, why })
    };
    let desk = desk.after(arrived(0));
    assert_eq!(says(&desk, "it").offices(), [listed(1)]);
    desk.when(arrived(1)).then(&["called_off"]);
}

/// Where the corporation's post goes from now on.
fn wishes(desk: Desk, to: SendTo) -> Desk {
    let destination = Destination {
        to,
        head_office: None,
    };
    let wish = corporation::Command::SetDestination { destination };
    let whose = Stream::Corporation(corporation_id());
    desk.after(Any::corporation(&whose, wish))
}

#[test]
fn what_names_several_offices_is_said_to_all_together_or_to_each_as_the_corporation_wishes() {
    let Promise::Told(told) = reminder(0) else {
        panic!("it is told");
    };
    let whole = || request("whole", Promise::Whole(told.clone()));
    let part = || request("part", Promise::Part(told.clone()));
    let desk = registered_corporation().on("2026-07-03");
    desk.when(whole()).then(&["requested"]);
    desk.when(part()).then_nothing();
    let each = wishes(desk.clone(), SendTo::EachOffice);
    each.when(whole()).then_nothing();
    each.when(part()).then(&["requested"]);
    // A mail brings it to the one address that there is.
    addressed(each.clone()).when(whole()).then(&["requested"]);
    addressed(each).when(part()).then_nothing();
    // What lies here from before it wished so would be told twice.
    let anew = wishes(desk.clone().after(whole()), SendTo::EachOffice);
    anew.when(whole()).then(&["called_off"]);
    let sent = Command::Send {
        method: Method::Post,
        sent_on: day("2026-07-03"),
        tracking: None,
    };
    let gone = desk.after(whole()).after(to("whole", sent));
    wishes(gone, SendTo::EachOffice)
        .when(whole())
        .then_nothing();
}

/// The envelope for a form that went as PDF, to be back in time for a start in this month.
fn envelope(nth: usize, start: &str) -> Promise {
    let Listed { office, number } = listed(nth);
    Promise::Told(Says::ReturnEnvelope {
        sent_on: day("2026-06-26"),
        papers: vec![Awaited {
            office,
            number,
            due: dated(start, "poa_due"),
            post_back_by: None,
        }],
    })
}

#[test]
fn forms_that_went_as_pdf_on_one_day_share_an_envelope_until_none_is_awaited() {
    let desk = Desk::default()
        .on("2026-06-26")
        .after(request("it", envelope(1, "2026-08-01")))
        .after(request("it", envelope(0, "2026-09-01")));
    let both = says(&desk, "it");
    assert_eq!(both.offices(), [listed(0), listed(1)]);
    assert_eq!(both.act_by(), Some(day("2026-07-10")), "the earliest");
    // The due date of one moved: the letter that is here says the last word about it.
    let desk = desk.after(request("it", envelope(1, "2026-09-01")));
    assert_eq!(says(&desk, "it").offices().len(), 2);
    assert_eq!(says(&desk, "it").act_by(), Some(day("2026-08-10")));
    let leave_out = |nth: usize, why| {
        let office = listed(nth).office;
        to("it", Command::LeaveOut { office, why })
    };
    let desk = desk.after(leave_out(1, CallOffReason::Arrived));
    assert_eq!(says(&desk, "it").offices(), [listed(0)]);
    desk.when(leave_out(0, CallOffReason::Reversed))
        .then(&["called_off"]);
    // Once the envelope is posted, no other one follows when a due date moves.
    let sent = Command::Send {
        method: Method::Post,
        sent_on: day("2026-06-26"),
        tracking: None,
    };
    desk.after(to("it", sent))
        .when(request("it", envelope(0, "2026-10-01")))
        .then_nothing();
}

/// The envelope for a form, asked for as the reaction does: with those of the day, then by itself.
fn mailed(desk: Desk, nth: usize, start: &str) -> Desk {
    let Promise::Told(told) = envelope(nth, start) else {
        panic!("it is told");
    };
    let own = format!("own {nth}");
    let id = |name: &str| {
        let Stream::Dispatch(id) = letter(name) else {
            panic!("{name} is a letter");
        };
        id
    };
    let of_day = Promise::DayEnvelope {
        told: told.clone(),
        own: id(&own),
    };
    let by_itself = Promise::OwnEnvelope {
        told,
        day: id("it"),
    };
    desk.after(request("it", of_day))
        .after(request(&own, by_itself))
}

#[test]
fn a_form_that_is_mailed_after_the_day_s_envelope_had_gone_gets_one_of_its_own() {
    let sent = |name: &str| {
        let send = Command::Send {
            method: Method::Post,
            sent_on: day("2026-06-26"),
            tracking: None,
        };
        to(name, send)
    };
    let is_asked = |desk: &Desk, name: &str| {
        let State::Dispatch(state) = desk.state(&letter(name)) else {
            panic!("a letter");
        };
        state.letter().is_some()
    };
    let desk = mailed(Desk::default().on("2026-06-26"), 0, "2026-08-01").after(sent("it"));
    assert!(!is_asked(&desk, "own 0"));
    let desk = mailed(desk, 1, "2026-08-01");
    assert_eq!(says(&desk, "it").offices(), [listed(0)]);
    assert_eq!(says(&desk, "own 1").offices(), [listed(1)]);
    // The first one has its envelope, also when its due date moves while the second is here.
    let desk = mailed(desk, 0, "2026-09-01");
    assert!(!is_asked(&desk, "own 0"));
    // Its coming back is recorded, whatever became of the second: that one is told of a new due date in its own.
    let back = desk.on("2026-07-03").after(comes_back("2026-07-03"));
    let back = mailed(back, 1, "2026-10-01");
    assert_eq!(says(&back, "it").offices(), [listed(0)]);
    assert_eq!(says(&back, "own 1").act_by(), Some(day("2026-09-10")));
    let both = back.after(sent("own 1"));
    let again = mailed(both, 1, "2026-11-01");
    assert_eq!(says(&again, "own 1").act_by(), Some(day("2026-09-10")));
}

fn receipt(entry: &str, copy: u32) -> Promise {
    Promise::Receipt {
        entry: entry.parse().expect("a key"),
        copy,
    }
}

#[test]
fn a_receipt_says_what_was_collected_and_for_what() {
    let desk = paid(
        crate::arrears::answered(ResultCode::InsufficientFunds)
            .after(crate::arrears::book(ResultCode::InsufficientFunds))
            .on("2026-10-20"),
    );
    let events = desk
        .when(request("it", receipt("paid.1", 1)))
        .then(&["requested"]);
    let [
        AnyEvent::Dispatch(Event::Requested {
            says: Says::Receipt { received, copy: 1 },
            ..
        }),
    ] = &events[..]
    else {
        panic!("{events:?}");
    };
    assert_eq!((received.amount, received.on), (9_900, day("2026-10-20")));
    assert_eq!(received.means, Means::Transfer);
    let [settled] = &received.settled[..] else {
        panic!("{received:?}");
    };
    assert_eq!((settled.month, settled.amount), (month("2026-08"), 9_900));
    let tax = Tax {
        yen: 900,
        percent: 10,
    };
    assert_eq!(settled.tax, Some(tax));
    // What was not collected is told to nobody.
    desk.when(request("it", receipt("debit.2026-09", 1)))
        .then_nothing();
}

#[test]
fn a_certificate_lists_what_came_in_its_period() {
    let desk = crate::arrears::answered(ResultCode::Collected)
        .after(crate::arrears::book(ResultCode::Collected));
    let certificate = |from: &str, to: &str| {
        let (from, to) = (day(from), day(to));
        request("it", Promise::PaymentCertificate { from, to, copy: 1 })
    };
    let events = desk
        .when(certificate("2026-09-28", "2026-09-30"))
        .then(&["requested"]);
    let [AnyEvent::Dispatch(Event::Requested { says, .. })] = &events[..] else {
        panic!("{events:?}");
    };
    assert_eq!(says.amount(), Some(9_900));
    desk.when(certificate("2026-09-01", "2026-09-27"))
        .then_nothing();
}

#[test]
fn an_id_whose_link_did_not_reach_its_customer_is_told_without_it_as_long_as_the_link_opens() {
    let desk = noticed_by(registered_for_mini2()).on("2026-04-10");
    let credential = CredentialId::of_corporation(corporation_id(), MINI2);
    let told = |nth| {
        let promise = Promise::CredentialNotice {
            credential,
            nth,
            why: Unreached::NoAddress,
        };
        request("it", promise)
    };
    desk.when(told(2)).then_nothing();
    let events = desk.when(told(1)).then(&["requested"]);
    let [AnyEvent::Dispatch(Event::Requested { says, .. })] = &events[..] else {
        panic!("{events:?}");
    };
    let Says::CredentialNotice { office, until, .. } = says else {
        panic!("{says:?}");
    };
    assert_eq!((*office, says.act_by()), (None, Some(*until)));
    let over = until.succ_opt().expect("a day").to_string();
    desk.on(&over).when(told(1)).then_nothing();
}
