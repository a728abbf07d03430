//! ID and initial password: kept once, looked at by a link as often and as long as the book says, reissued, reset.

use crate::kit::{Desk, corporation_id, day, registered_for_mini2};
use daicho_domain::Service;
use daicho_domain::credential::{Closed, Command, Event, Link, Owner, ReissueReason};
use daicho_domain::nouns::{Command as Any, Event as AnyEvent, Refusal, State};
use daicho_domain::rules::{Ask, Question, answer};
use daicho_domain::stream::{CredentialId, Stream};

const MINI2: Service = Service::HonobonoMini2;

fn account() -> Stream {
    Stream::Credential(CredentialId::of_corporation(corporation_id(), MINI2))
}

fn ask(command: Command) -> Any {
    Any::credential(&account(), command)
}

fn owner() -> Owner {
    Owner::Corporation {
        corporation: corporation_id(),
        service: MINI2,
    }
}

/// The account was issued on 2026-04-10.
fn issued() -> Desk {
    registered_for_mini2()
        .on("2026-04-10")
        .after(ask(Command::Issue { owner: owner() }))
}

fn kept() -> Desk {
    issued().after(ask(Command::KeepSecret { nth: 1 }))
}

fn link(desk: &Desk) -> Link {
    let State::Credential(state) = desk.state(&account()) else {
        panic!("an ID");
    };
    let account = state.account().expect("it is issued");
    account.link().expect("it has a link").clone()
}

fn closed(refusal: Refusal) -> Closed {
    let Refusal::Credential(daicho_domain::credential::Refusal::LinkClosed { why }) = refusal
    else {
        panic!("{refusal}");
    };
    why
}

#[track_caller]
fn is_closed(desk: &Desk, nth: u32, expected: Closed) {
    let refused = desk
        .when(ask(Command::LookUp { nth }))
        .then_refused("credential.link_closed");
    assert_eq!(closed(refused), expected);
}

#[test]
fn what_is_kept_says_how_long_and_how_often_the_link_opens() {
    let events = issued()
        .when(ask(Command::KeepSecret { nth: 1 }))
        .then(&["secret_kept"]);
    let [
        AnyEvent::Credential(Event::SecretKept {
            nth,
            opens,
            until,
            rules,
        }),
    ] = &events[..]
    else {
        panic!("{events:?}");
    };
    assert_eq!((*nth, opens, *until), (1, &None, day("2026-06-09")));
    assert_eq!(
        (rules.days, rules.lookups_max, rules.attempts_max),
        (60, 1, 5)
    );
}

#[test]
fn it_is_noted_once_that_a_secret_is_kept_and_not_before_the_id_is_issued() {
    kept()
        .when(ask(Command::KeepSecret { nth: 1 }))
        .then_nothing();
    kept()
        .when(ask(Command::KeepSecret { nth: 2 }))
        .then_nothing();
    registered_for_mini2()
        .when(ask(Command::KeepSecret { nth: 1 }))
        .then_nothing();
}

#[test]
fn an_office_s_link_opens_on_the_day_for_which_its_id_was_promised() {
    let stream = Stream::Credential(CredentialId::of_corporation(corporation_id(), MINI2));
    let month = Ask::new(MINI2, Question::TransmissionMonth, day("2026-08-01"));
    let promised = answer(crate::kit::policy(), &month)
        .and_then(|answer| answer.dated("credentials_on"))
        .expect("the book says when");
    let desk = registered_for_mini2()
        .on("2026-06-25")
        .after(Any::credential(
            &stream,
            Command::Schedule {
                owner: owner(),
                on: promised,
            },
        ))
        .on("2026-07-30")
        .after(ask(Command::Issue { owner: owner() }))
        .after(ask(Command::KeepSecret { nth: 1 }));
    is_closed(&desk, 1, Closed::NotYet);
    let desk = desk.on("2026-07-31");
    desk.when(ask(Command::LookUp { nth: 1 }))
        .then(&["looked_up"]);
    assert_eq!(link(&desk).until, day("2026-09-29"));
}

#[test]
fn the_customer_looks_once_by_default() {
    let desk = kept().after(ask(Command::LookUp { nth: 1 }));
    is_closed(&desk, 1, Closed::UsedUp);
}

#[test]
fn the_link_opens_on_its_last_day_and_not_after_it() {
    kept()
        .on("2026-06-09")
        .when(ask(Command::LookUp { nth: 1 }))
        .then(&["looked_up"]);
    is_closed(&kept().on("2026-06-10"), 1, Closed::Expired);
}

#[test]
fn a_link_that_leads_nowhere_opens_nothing() {
    is_closed(&issued(), 1, Closed::NoneKept);
    is_closed(&kept(), 2, Closed::Replaced);
    is_closed(&registered_for_mini2(), 1, Closed::NoneKept);
}

#[test]
fn a_link_tried_with_a_wrong_end_too_often_stays_closed() {
    let desk = kept();
    desk.when(ask(Command::LockLink { nth: 2 })).then_nothing();
    let desk = desk.after(ask(Command::LockLink { nth: 1 }));
    desk.when(ask(Command::LockLink { nth: 1 })).then_nothing();
    is_closed(&desk, 1, Closed::Locked);
}

#[test]
fn a_reissue_closes_the_former_link_and_asks_for_a_new_password() {
    let desk = kept().on("2026-05-01").after(ask(Command::Reissue {
        why: ReissueReason::Customer,
    }));
    is_closed(&desk, 1, Closed::NoneKept);
    desk.when(ask(Command::Reissue {
        why: ReissueReason::Customer,
    }))
    .then_nothing();
    let desk = desk.after(ask(Command::KeepSecret { nth: 2 }));
    is_closed(&desk, 1, Closed::Replaced);
    assert_eq!(link(&desk).until, day("2026-06-30"));
    desk.when(ask(Command::LookUp { nth: 2 }))
        .then(&["looked_up"]);
    let again = desk
        .when(ask(Command::Reissue {
            why: ReissueReason::Customer,
        }))
        .then(&["reissued"]);
    let [AnyEvent::Credential(Event::Reissued { nth: 3, .. })] = &again[..] else {
        panic!("{again:?}");
    };
}

#[test]
fn a_reset_by_the_customer_closes_the_link_and_costs_no_reissue() {
    let desk = kept().on("2026-05-01").after(ask(Command::NoteReset {}));
    is_closed(&desk, 1, Closed::Replaced);
    let pending = issued().after(ask(Command::NoteReset {}));
    pending
        .when(ask(Command::KeepSecret { nth: 1 }))
        .then_nothing();
}

#[test]
fn what_is_not_issued_or_over_is_neither_reissued_nor_reset() {
    let over = kept().after(ask(Command::Expire {
        last_day: day("2026-05-31"),
    }));
    for desk in [registered_for_mini2(), over] {
        for command in [
            Command::Reissue {
                why: ReissueReason::Customer,
            },
            Command::NoteReset {},
        ] {
            desk.when(ask(command))
                .then_refused("credential.not_issued");
        }
        is_closed(&desk, 1, Closed::NoneKept);
    }
}

#[test]
fn a_book_without_these_rules_keeps_nothing() {
    let licensed = Service::CareplanRenkei;
    let stream = Stream::Credential(CredentialId::of_corporation(corporation_id(), licensed));
    let owner = Owner::Corporation {
        corporation: corporation_id(),
        service: licensed,
    };
    registered_for_mini2()
        .after(Any::credential(&stream, Command::Issue { owner }))
        .when(Any::credential(&stream, Command::KeepSecret { nth: 1 }))
        .then_refused("credential.no_rule");
}
