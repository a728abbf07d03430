//! The pool of billing agents' IDs in the histories that every reaction is held against.

use super::samples::{carried_from, paper};
use daicho_domain::Service;
use daicho_domain::agent;
use daicho_domain::identifiers::{AgentId, OfficeNumber};
use daicho_domain::nouns::Event;
use daicho_domain::poa::{self, Purpose};
use daicho_domain::stream::{CorporationId, OfficeId, PoaId, Stream};
use daicho_domain::transmission::OfficeRef;

/// Papers that were carried over and are void, with an agent's ID and without; and the pool.
pub(super) fn histories(corporation: CorporationId, about: OfficeRef) -> Vec<(Stream, Vec<Event>)> {
    let taken_over = |number: &str, agent| {
        let office = OfficeId::of_number(number);
        let about = OfficeRef { office, ..about };
        let paper = taken_over_and_void(corporation, about, agent);
        let stream = Stream::Poa(PoaId::of(about.application, office));
        (stream, paper.map(Event::Poa).to_vec())
    };
    vec![
        taken_over("0170200018", poa::NamedAgent::Configured),
        taken_over("0170200026", poa::NamedAgent::Awaited),
        (
            Stream::Agents,
            pool(corporation, about).map(Event::Agent).to_vec(),
        ),
    ]
}

/// A 委任状 that was to be sent when daicho took over the books, and that nobody needs any more.
fn taken_over_and_void(
    corporation: CorporationId,
    about: OfficeRef,
    agent: poa::NamedAgent,
) -> [poa::Event; 2] {
    let [
        poa::Event::Requested {
            corporation,
            service,
            application,
            office,
            number,
            kj_id,
            purpose,
            dates,
            dispatch_by,
            ..
        },
        ..,
    ] = paper(corporation, about)
    else {
        panic!("a 委任状 begins with its request");
    };
    [
        poa::Event::CarriedOver {
            from: carried_from(),
            corporation,
            service,
            application,
            office,
            number,
            kj_id,
            purpose,
            dates,
            dispatch_by,
            first_sent_on: None,
            stage: poa::Stage::ToSend { defect: None },
            remind_on: None,
            agent,
        },
        poa::Event::Voided {
            why: poa::VoidReason::Withdrawn,
        },
    ]
}

/// An ID that takes the first office and has no room for the second.
fn pool(corporation: CorporationId, about: OfficeRef) -> [agent::Event; 3] {
    let id = AgentId::parse("HD239900000001").expect("it is one");
    let want = |number: &str| {
        let number: OfficeNumber = number.parse().expect("a valid number");
        agent::Want {
            poa: PoaId::of(about.application, OfficeId::of_number(number.as_str())),
            purpose: Purpose::Start,
            corporation,
            service: Service::HonobonoMini2,
            office: OfficeId::of_number(number.as_str()),
            number,
        }
    };
    [
        agent::Event::Added {
            agent: id,
            elsewhere: 99,
        },
        agent::Event::Assigned {
            agent: id,
            want: want("0170210231"),
            offices_max: 100,
            book: "honobono-mini2@2015-01-01 r1".to_owned(),
        },
        agent::Event::Wanting {
            want: want("01B1400014"),
            why: agent::WantReason::Exhausted,
        },
    ]
}
