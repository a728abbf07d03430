//! Corporations, their offices, late numbers, mergers found and taken back.

use crate::kit::{
    Desk, application_id, apply, applying, corporation_id, day, office_id, office_numbers,
    registered_corporation,
};
use daicho_domain::Service;
use daicho_domain::corporation::{
    Command, Contact, Destination, Entry, Event as Happened, NewEntry, NewOffice, SendTo,
    remark_subject,
};
use daicho_domain::nouns::{Command as Any, Event, State};
use daicho_domain::personal::Personal;
use daicho_domain::poa::Sheet;
use daicho_domain::stream::{CorporationId, PoaId, Stream};
use std::collections::BTreeMap;

fn to(corporation: CorporationId, command: Command) -> Any {
    Any::corporation(&Stream::Corporation(corporation), command)
}

fn entry(kind: &str, name: &str) -> NewEntry {
    NewEntry {
        entry: Entry {
            kind: kind.into(),
            name: name.into(),
            kana: None,
            address: None,
            phone: None,
            normalised: BTreeMap::new(),
        },
        source: None,
    }
}

fn add(entries: Vec<NewEntry>) -> Any {
    to(
        corporation_id(),
        Command::AddOffices {
            offices: vec![NewOffice {
                number: office_numbers()[0],
                entries,
                warnings: vec![],
            }],
        },
    )
}

fn provisional() -> CorporationId {
    CorporationId::provisional("1370700018")
}

fn with_provisional() -> Desk {
    registered_corporation().after(to(
        provisional(),
        Command::Register {
            number: None,
            name: "あおぞら会".into(),
            external_refs: BTreeMap::new(),
            source: None,
            warnings: vec!["法人番号なし".into()],
        },
    ))
}

#[test]
fn the_same_import_twice_adds_nothing() {
    registered_corporation()
        .when(add(vec![entry("訪問介護", "あおぞら第1事業所")]))
        .then_nothing();
}

#[test]
fn the_office_shows_its_first_entry_and_keeps_the_others_below_it() {
    let desk = registered_corporation().after(add(vec![
        entry("訪問介護", "あおぞら第1事業所"),
        entry("通所介護", "デイあおぞら"),
    ]));
    let State::Corporation(state) = desk.state(&Stream::Corporation(corporation_id())) else {
        panic!("a corporation stream");
    };
    let corporation = state.registered().expect("it is registered");
    let office = corporation
        .office(office_id(office_numbers()[0]))
        .expect("the office is known");
    assert_eq!(office.name(), "あおぞら第1事業所");
    assert_eq!(office.entries.len(), 2);
}

#[test]
fn a_changed_entry_is_recorded_as_a_change() {
    registered_corporation()
        .when(add(vec![entry("訪問介護", "あおぞら訪問介護")]))
        .then(&["entry_changed"]);
}

#[test]
fn a_provisional_corporation_gets_its_number_once() {
    let assign = |number: &str| {
        to(
            provisional(),
            Command::AssignNumber {
                number: number.parse().expect("a valid corporate number"),
            },
        )
    };
    let desk = with_provisional().after(assign("5080001018392"));
    desk.when(assign("5080001018392")).then_nothing();
    desk.when(assign("7123456789012"))
        .then_refused("corporation.number_assigned");
}

#[test]
fn a_merger_is_found_by_a_person_and_can_be_taken_back() {
    let merge = |into| to(provisional(), Command::MergeInto { corporation: into });
    let desk = with_provisional();
    desk.when(merge(provisional()))
        .then_refused("corporation.into_itself");
    desk.when(merge(CorporationId::of_number("7123456789012")))
        .then_refused("corporation.target_unknown");
    let merged = desk.after(merge(corporation_id()));
    merged.when(merge(corporation_id())).then_nothing();
    merged
        .when(to(
            provisional(),
            Command::ChangeName {
                name: "別名".into(),
            },
        ))
        .then_refused("corporation.merged");
    merged
        .when(to(provisional(), Command::Unmerge {}))
        .then(&["unmerged"]);
}

#[test]
fn where_papers_are_posted_is_as_the_corporation_wishes() {
    let wish = |to, head_office: Option<&str>| {
        let head_office = head_office.map(str::to_owned);
        let destination = Destination { to, head_office };
        self::to(corporation_id(), Command::SetDestination { destination })
    };
    let desk = registered_corporation();
    desk.when(wish(SendTo::HeadOffice, None)).then_nothing();
    let each = wish(SendTo::EachOffice, None);
    desk.when(each.clone()).then(&["destination_set"]);
    let desk = desk.after(each.clone());
    desk.when(each).then_nothing();
    desk.when(wish(SendTo::HeadOffice, Some("札幌市")))
        .then(&["destination_set"]);
    with_provisional()
        .after(self::to(
            provisional(),
            Command::MergeInto {
                corporation: corporation_id(),
            },
        ))
        .when(self::to(
            provisional(),
            Command::SetDestination {
                destination: Destination {
                    to: SendTo::EachOffice,
                    head_office: None,
                },
            },
        ))
        .then_refused("corporation.merged");
}

#[test]
fn an_office_keeps_its_history_of_numbers() {
    let [first, second, _] = office_numbers();
    let renumber = |number| {
        to(
            corporation_id(),
            Command::RenumberOffice {
                office: office_id(first),
                number,
                on: day("2026-04-01"),
            },
        )
    };
    let desk = registered_corporation();
    desk.when(renumber(second))
        .then_refused("corporation.office_number_taken");
    let new = "1370700018".parse().expect("a well-formed office number");
    let desk = desk.after(renumber(new));
    let State::Corporation(state) = desk.state(&Stream::Corporation(corporation_id())) else {
        panic!("a corporation stream");
    };
    let office = state
        .registered()
        .and_then(|corporation| corporation.office(office_id(first)))
        .expect("the office keeps its id");
    assert_eq!(office.number, new);
    assert_eq!(office.former_numbers, [first]);
}

#[test]
fn an_office_is_removed_once() {
    let remove = |index: usize| {
        to(
            corporation_id(),
            Command::RemoveOffice {
                office: office_id(office_numbers()[index]),
                reason: "閉鎖".into(),
            },
        )
    };
    let desk = registered_corporation().after(remove(0));
    desk.when(remove(0)).then_nothing();
    registered_corporation()
        .when(to(
            corporation_id(),
            Command::RemoveOffice {
                office: office_id("1370700018".parse().expect("well-formed")),
                reason: "閉鎖".into(),
            },
        ))
        .then_refused("corporation.unknown_office");
}

#[test]
fn who_asks_to_be_forgotten_is_and_whoever_comes_after_has_a_key_of_their_own() {
    let contact = |name: &str| {
        let subject = Contact::subject(corporation_id(), 0);
        let name = Personal::new(subject, name);
        let (phone, mail) = (None, None);
        let contact = Contact { name, phone, mail };
        to(corporation_id(), Command::SetContact { contact })
    };
    let erase = |reason: &str| {
        let reason = reason.into();
        to(corporation_id(), Command::EraseTexts { reason })
    };
    let [first, ..] = office_numbers();
    let desk = registered_corporation()
        .after(contact("山田花子"))
        .after(apply(
            Service::CareNetMessenger,
            "one",
            "2026-01-05",
            [applying(first)],
        ));
    desk.when(erase(" "))
        .then_refused("corporation.reason_missing");
    let erased = desk.when(erase("本人の申し出")).then(&["texts_erased"]);
    let Event::Corporation(Happened::TextsErased { subjects, .. }) = &erased[0] else {
        panic!("the keys are named: {erased:?}");
    };
    let paper = PoaId::of(application_id("one"), office_id(first));
    let keys = [
        Contact::subject(corporation_id(), 0),
        format!("payment-{}", corporation_id()),
        format!("papers-{}", corporation_id()),
        remark_subject(corporation_id(), 0),
        Sheet::subject(paper),
    ];
    assert_eq!(
        *subjects, keys,
        "the contact, notes and remarks, attached files, and what older logs have on a 委任状"
    );

    let next = desk.after(erase("本人の申し出")).when(contact("佐藤一郎"));
    let next = next.then(&["contact_set"]);
    let Event::Corporation(Happened::ContactSet { contact }) = &next[0] else {
        panic!("somebody else is named: {next:?}");
    };
    assert_eq!(
        contact.name.subject(),
        Contact::subject(corporation_id(), 1)
    );
    assert_eq!(contact.name.disclose(), Some("佐藤一郎"));
}

#[test]
fn an_office_is_not_handed_to_a_corporation_that_has_its_number() {
    let number = office_numbers()[0];
    let same = Command::AddOffices {
        offices: vec![NewOffice {
            number,
            entries: vec![entry("訪問介護", "あおぞら")],
            warnings: vec![],
        }],
    };
    let transfer = to(
        corporation_id(),
        Command::TransferOffice {
            office: office_id(number),
            to: provisional(),
            on: day("2026-01-05"),
            reason: "事業譲渡".into(),
        },
    );
    with_provisional()
        .when(transfer.clone())
        .then(&["office_transferred"]);
    with_provisional()
        .after(to(provisional(), same))
        .when(transfer)
        .then_refused("corporation.transferee_has_office");
}
