//! The pool of billing agents' IDs: who gets which, what an ID serves at most, who waits for one and who gives one back.

use crate::kit::{Desk, corporation_id, day, office_id, policy};
use daicho_domain::agent::{Command, Event, Kept, State as Pool, Want, WantReason};
use daicho_domain::identifiers::{AgentId, OfficeNumber};
use daicho_domain::nouns::{Command as Any, Event as AnyEvent, State};
use daicho_domain::poa::Purpose;
use daicho_domain::stream::{PoaId, Stream, derived_id};
use daicho_domain::{Prefecture, Service};

pub fn id(nth: u32) -> AgentId {
    AgentId::parse(&format!("HD2399{nth:08}")).expect("it is one")
}

fn number(nth: u32) -> OfficeNumber {
    let hokkaido = Prefecture::from_code(1).expect("01 is Hokkaido");
    let serial = u16::try_from(nth).expect("a small number");
    OfficeNumber::compose(hokkaido, '7', 2, serial).expect("it can be composed")
}

/// The 委任状 of an office for a service.
fn paper_for(nth: u32, purpose: Purpose, service: Service) -> Want {
    let poa = derived_id(&["paper", &nth.to_string(), purpose.code(), service.code()]);
    Want {
        poa: PoaId(poa),
        purpose,
        corporation: corporation_id(),
        service,
        office: office_id(number(nth)),
        number: number(nth),
    }
}

fn start(nth: u32) -> Want {
    paper_for(nth, Purpose::Start, Service::HonobonoMini2)
}

fn end(nth: u32) -> Want {
    paper_for(nth, Purpose::End, Service::HonobonoMini2)
}

fn pool(command: Command) -> Any {
    Any::agent(&Stream::Agents, command)
}

pub fn add(nth: u32, elsewhere: u32) -> Any {
    let agent = id(nth);
    pool(Command::Add { agent, elsewhere })
}

fn assign(want: Want) -> Any {
    pool(Command::Assign { want })
}

fn gives_back(want: &Want) -> Any {
    let (poa, number) = (want.poa, want.number);
    pool(Command::GiveBack { poa, number })
}

fn choose(want: &Want, nth: u32) -> Any {
    let (poa, agent) = (want.poa, id(nth));
    pool(Command::Choose { poa, agent })
}

fn most() -> u32 {
    let book = policy().book(Service::HonobonoMini2, day("2026-06-24"));
    let book = book.expect("a book holds");
    book.count("poa.agent_offices_max").expect("it says so")
}

/// One ID with room for one more office.
fn nearly_full() -> Desk {
    let desk = Desk::default().on("2026-06-24");
    desk.after(add(1, most() - 1))
}

fn named(events: &[AnyEvent]) -> Vec<AgentId> {
    let mut named = vec![];
    for event in events {
        if let AnyEvent::Agent(Event::Assigned { agent, .. }) = event {
            named.push(*agent);
        }
    }
    named
}

fn why(events: &[AnyEvent]) -> WantReason {
    let [AnyEvent::Agent(Event::Wanting { why, .. })] = events else {
        panic!("a person is asked: {events:?}");
    };
    *why
}

fn state(desk: &Desk) -> Pool {
    let State::Agent(state) = desk.state(&Stream::Agents) else {
        panic!("the pool");
    };
    state
}

fn waiting(desk: &Desk) -> Vec<OfficeNumber> {
    let state = state(desk);
    let numbers = state.wanting.iter().map(|(want, _)| want.number);
    numbers.collect()
}

fn serves(desk: &Desk) -> Vec<u32> {
    let state = state(desk);
    state.agents.iter().map(|held| held.serves()).collect()
}

#[test]
fn the_first_id_with_room_is_named_and_an_office_keeps_its_own() {
    let desk = nearly_full().after(add(2, 0));
    let events = desk.when(assign(start(1))).then(&["assigned"]);
    assert_eq!(named(&events), [id(1)]);
    let desk = desk.after(assign(start(1)));
    desk.when(assign(start(1))).then_nothing();
    let events = desk.when(assign(start(2))).then(&["assigned"]);
    assert_eq!(named(&events), [id(2)]);
    // Its end names the ID that its start named, full or not.
    let events = desk.when(assign(end(1))).then(&["assigned"]);
    assert_eq!(named(&events), [id(1)]);
    assert_eq!(serves(&desk.after(assign(end(1)))), [most(), 0]);
}

#[test]
fn an_id_serves_exactly_as_many_offices_as_the_book_says() {
    let mut desk = Desk::default().on("2026-06-24").after(add(1, 0));
    for nth in 1..=most() {
        desk = desk.after(assign(start(nth)));
    }
    assert_eq!(serves(&desk), [most()]);
    let events = desk.when(assign(start(most() + 1))).then(&["wanting"]);
    assert_eq!(why(&events), WantReason::Exhausted);
}

#[test]
fn where_no_id_has_room_a_person_is_asked_and_a_new_one_serves_whoever_waits_first() {
    let desk = nearly_full().after(assign(start(1)));
    let events = desk.when(assign(start(2))).then(&["wanting"]);
    assert_eq!(why(&events), WantReason::Exhausted);
    let desk = [2, 3, 4]
        .into_iter()
        .fold(desk, |desk, nth| desk.after(assign(start(nth))));
    desk.when(assign(start(2))).then_nothing();
    // Room for two: the third goes on waiting.
    let events = desk
        .when(add(2, most() - 2))
        .then(&["added", "assigned", "assigned"]);
    assert_eq!(named(&events), [id(2), id(2)]);
    assert_eq!(waiting(&desk.after(add(2, most() - 2))), [number(4)]);
}

#[test]
fn an_office_that_uses_two_services_has_one_id_and_one_place_until_both_are_given_back() {
    let messenger = paper_for(1, Purpose::Start, Service::CareNetMessenger);
    let desk = nearly_full().after(assign(start(1)));
    let events = desk.when(assign(messenger.clone())).then(&["assigned"]);
    assert_eq!(named(&events), [id(1)], "full, and its own");
    let desk = desk.after(assign(messenger.clone()));
    assert_eq!(serves(&desk), [most()]);
    let desk = desk.after(gives_back(&start(1)));
    assert_eq!(serves(&desk), [most()], "the other service goes on");
    desk.when(gives_back(&start(1))).then_nothing();
    let desk = desk.after(gives_back(&messenger));
    assert_eq!(serves(&desk), [most() - 1]);
}

#[test]
fn what_is_void_or_released_gives_its_place_to_whoever_waits() {
    let desk = nearly_full().after(assign(start(1)));
    let desk = desk.after(assign(start(2))).after(assign(start(3)));
    desk.when(gives_back(&start(2))).then(&["dropped"]);
    // An end that is taken back leaves the agent where it is.
    desk.when(gives_back(&end(1))).then_nothing();
    desk.when(gives_back(&start(9))).then_nothing();
    let events = desk
        .when(gives_back(&start(1)))
        .then(&["released", "assigned"]);
    assert_eq!(named(&events), [id(1)]);
    let desk = desk.after(gives_back(&start(1)));
    assert_eq!(waiting(&desk), [number(3)]);
}

#[test]
fn a_person_chooses_the_id_of_a_paper_that_waits() {
    let desk = nearly_full().after(assign(start(1)));
    let desk = desk.after(assign(start(2)));
    desk.when(choose(&start(2), 1)).then_refused("agent.full");
    desk.when(choose(&start(2), 9))
        .then_refused("agent.unknown_id");
    desk.when(choose(&start(1), 1))
        .then_refused("agent.not_wanting");
    // An end whose start these books do not know: whichever ID it was, it serves that office already.
    let events = desk.when(assign(end(7))).then(&["wanting"]);
    assert_eq!(why(&events), WantReason::FormerUnknown);
    let desk = desk.after(assign(end(7)));
    let events = desk.when(choose(&end(7), 1)).then(&["assigned"]);
    assert_eq!(named(&events), [id(1)]);
    assert_eq!(serves(&desk.clone().after(choose(&end(7), 1))), [most()]);
    // It serves fewer elsewhere than was thought: both papers of the office that waits are served.
    let messenger = paper_for(2, Purpose::Start, Service::CareNetMessenger);
    let desk = desk.after(assign(messenger));
    let desk = desk.after(add(1, most() - 3));
    assert_eq!(waiting(&desk), [number(7)]);
}

#[test]
fn an_office_number_is_never_under_two_ids() {
    let wants = paper_for(1, Purpose::Start, Service::CareNetMessenger);
    let kept = Kept {
        poa: start(1).poa,
        number: number(1),
    };
    let desk = nearly_full().after(assign(start(2)));
    let desk = desk.after(assign(wants.clone())).after(add(2, most()));
    let said = pool(Command::TakeUp {
        papers: vec![(kept, Some(id(1)))],
    });
    let desk = desk.after(said);
    desk.when(choose(&wants, 2))
        .then_refused("agent.served_by_other");
    let events = desk.when(choose(&wants, 1)).then(&["assigned"]);
    assert_eq!(named(&events), [id(1)]);
}

#[test]
fn a_retired_id_keeps_its_offices_and_gets_no_other() {
    let retire = |nth| pool(Command::Retire { agent: id(nth) });
    let desk = Desk::default().on("2026-06-24").after(add(1, 0));
    desk.when(retire(2)).then_refused("agent.unknown_id");
    let desk = desk.after(assign(start(1))).after(retire(1));
    desk.when(retire(1)).then_nothing();
    let events = desk.when(assign(end(1))).then(&["assigned"]);
    assert_eq!(named(&events), [id(1)]);
    desk.when(assign(start(2))).then(&["wanting"]);
    let desk = desk.after(assign(start(2)));
    desk.when(choose(&start(2), 1))
        .then_refused("agent.retired");
    // Added again it is given out again, to whoever waits first.
    let events = desk.when(add(1, 0)).then(&["added", "assigned"]);
    assert_eq!(named(&events), [id(1)]);
}

#[test]
fn what_names_an_id_already_is_taken_up_once_whether_there_is_room_or_not() {
    let kept = |nth| Kept {
        poa: start(nth).poa,
        number: number(nth),
    };
    let before = |papers| pool(Command::TakeUp { papers });
    let papers: Vec<_> = (1..=most() + 20)
        .map(|nth| (kept(nth), Some(id(1))))
        .collect();
    let desk = Desk::default().on("2026-06-24");
    desk.when(before(vec![(kept(1), None)])).then_nothing();
    desk.when(before(papers.clone()))
        .then(&["added", "taken_up"]);
    let desk = desk.after(before(papers.clone()));
    desk.when(before(papers)).then_nothing();
    assert_eq!(serves(&desk), [most() + 20]);
    desk.when(assign(start(500))).then(&["wanting"]);
    let events = desk.when(assign(end(1))).then(&["assigned"]);
    assert_eq!(named(&events), [id(1)]);
    // Where nothing is said: the office's own, else the first.
    let messenger = paper_for(300, Purpose::Start, Service::CareNetMessenger);
    let other = Kept {
        poa: messenger.poa,
        number: number(300),
    };
    let desk = desk.after(before(vec![(kept(300), Some(id(2)))]));
    let desk = desk.after(before(vec![(other, None), (kept(301), None)]));
    assert_eq!(serves(&desk), [most() + 21, 1]);
    let desk = desk.after(gives_back(&start(300)));
    assert_eq!(serves(&desk), [most() + 21, 1], "the messenger's names it");
}

#[test]
fn an_id_added_again_says_anew_what_it_serves_elsewhere() {
    let desk = nearly_full();
    desk.when(add(1, most() - 1)).then_nothing();
    desk.when(add(1, 3)).then(&["added"]);
}

#[test]
fn without_a_rule_nothing_is_assigned() {
    let desk = nearly_full().on("2010-01-01");
    desk.when(assign(start(1))).then_refused("agent.no_rule");
}
