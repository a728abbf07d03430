//! A licence stays with its 事業所番号: when the office goes to another corporation, when a number was mistyped, when two
//! corporations name one office.

use crate::kit::{Desk, corporation_id, day, office_id, registered_corporation};
use crate::licence::{
    apply, ask, check, checklist, filing, licensed, number, record, renewal, through, waits,
};
use daicho_domain::corporation::{self, Entry, NewEntry, NewOffice};
use daicho_domain::identifiers::CorporateNumber;
use daicho_domain::licence::{CloseReason, Command, Status};
use daicho_domain::nouns;
use daicho_domain::stream::{CorporationId, Stream};
use std::collections::BTreeMap;

fn other() -> CorporationId {
    CorporationId::of_number("6000012050003")
}

fn of(corporation: CorporationId, command: corporation::Command) -> nouns::Command {
    nouns::Command::corporation(&Stream::Corporation(corporation), command)
}

/// The desk after another corporation has the office too.
fn added_elsewhere(desk: Desk) -> Desk {
    let register = corporation::Command::Register {
        number: Some(CorporateNumber::parse("6000012050003").expect("a number")),
        name: "社会福祉法人みどり会".into(),
        external_refs: BTreeMap::new(),
        source: None,
        warnings: vec![],
    };
    let entry = Entry {
        kind: "居宅介護支援".into(),
        name: "あおぞら第1事業所".into(),
        kana: None,
        address: None,
        phone: None,
        normalised: BTreeMap::new(),
    };
    let office = NewOffice {
        number: number(),
        entries: vec![NewEntry {
            entry,
            source: None,
        }],
        warnings: vec![],
    };
    let offices = vec![office];
    desk.after(of(other(), register))
        .after(of(other(), corporation::Command::AddOffices { offices }))
}

fn removed(desk: Desk, corporation: CorporationId) -> Desk {
    let remove = corporation::Command::RemoveOffice {
        office: office_id(number()),
        reason: "事業の移管".into(),
    };
    desk.after(of(corporation, remove)).after(left(corporation))
}

fn left(corporation: CorporationId) -> nouns::Command {
    let why = CloseReason::Removed;
    ask(Command::CloseOffice { corporation, why })
}

fn follow(corporation: CorporationId) -> nouns::Command {
    ask(Command::FollowOffice { corporation })
}

fn moved(corporation: CorporationId) -> nouns::Command {
    ask(Command::MoveOffice { corporation })
}

#[test]
fn an_office_taken_over_by_another_corporation_keeps_its_licence_and_renews() {
    let closed = removed(licensed("2024-04-15").on("2024-10-01"), corporation_id());
    assert_eq!(record(&closed).status(), Status::RunsOut);
    let followed = added_elsewhere(closed).after(follow(other()));
    let known = record(&followed);
    assert_eq!(known.corporation, other());
    assert_eq!(known.closed, None);
    let open = through(followed, "2025-02-13");
    open.when(renewal("2025-02-13")).then(&["renewal_filed"]);
    let over = through(open, "2025-04-15");
    over.after(ask(Command::Check {
        corporation: other(),
        checklist: checklist(),
    }))
    .when(apply(filing("2025-04-15")))
    .then(&["applied"]);
}

#[test]
fn while_two_corporations_have_the_office_the_first_one_keeps_the_licence() {
    let both = added_elsewhere(licensed("2024-04-15").on("2024-10-01"));
    both.when(follow(other())).then_nothing();
    both.when(moved(other()))
        .then_refused("licence.office_not_left");
    // The duplicate is removed again: the licence was never the other corporation's.
    let corrected = removed(both.clone(), other());
    assert_eq!(record(&corrected).closed, None);
    // Or the first one lets go: a person says where the licence is now.
    let let_go = removed(both, corporation_id());
    assert_eq!(record(&let_go).status(), Status::RunsOut);
    let known = record(&let_go.after(moved(other())));
    assert_eq!((known.corporation, known.closed), (other(), None));
}

#[test]
fn after_a_merger_the_licence_goes_on_under_the_corporation_that_stays() {
    let both = added_elsewhere(licensed("2024-04-15").on("2024-10-01"));
    let into = corporation::Command::MergeInto {
        corporation: other(),
    };
    let merged = both.after(of(corporation_id(), into));
    merged.when(moved(other())).then(&["office_moved"]);
}

#[test]
fn a_number_that_was_mistyped_and_put_right_can_be_renewed() {
    let closed = licensed("2024-04-15")
        .on("2024-10-01")
        .after(ask(Command::CloseOffice {
            corporation: corporation_id(),
            why: CloseReason::Renumbered,
        }));
    closed.when(moved(corporation_id())).then(&["office_moved"]);
    let back = closed.after(follow(corporation_id()));
    assert_eq!(record(&back).closed, None);
    back.when(follow(corporation_id())).then_nothing();
    back.when(moved(CorporationId::of_number("7123456789012")))
        .then_refused("licence.unknown_office");
}

#[test]
fn a_check_under_the_new_corporation_shows_that_the_number_is_there() {
    let closed = removed(
        registered_corporation()
            .on("2024-04-15")
            .after(check(checklist())),
        corporation_id(),
    );
    assert_eq!(waits(&closed), []);
    let known = record(&added_elsewhere(closed).after(ask(Command::Check {
        corporation: other(),
        checklist: checklist(),
    })));
    assert_eq!(known.corporation, other());
    assert_eq!(known.status(), Status::Ready);
    assert_eq!(
        known
            .checked
            .map(|checked| checked.holds_until.map(|until| until.on)),
        Some(Some(day("2024-07-14")))
    );
}
