//! Histories of an office that goes from one corporation to another.

use super::samples::{dated, day};
use daicho_domain::Service;
use daicho_domain::corporation::{Carried, Event as Corporation, HandedOver};
use daicho_domain::dates::Month;
use daicho_domain::enrolment::Event as Enrolment;
use daicho_domain::nouns::Event;
use daicho_domain::personal::Personal;
use daicho_domain::stream::{CorporationId, OfficeId, Stream};

/// Each in a stream of its own.
pub(super) fn histories() -> Vec<(Stream, Vec<Event>)> {
    let of = |what: &str| CorporationId::of_number(&format!("transfer {what}"));
    let office = OfficeId::of_number("0170210231");
    let handed = HandedOver {
        office,
        number: "0170210231".parse().expect("a valid number"),
        former_numbers: vec![],
        entries: vec![],
        on: day(2026, 10, 1),
        charged_through: Some(dated(day(2026, 9, 30))),
        uses: Carried::ALL.to_vec(),
    };
    let month = Month::of(day(2026, 10, 1));
    let continued = |what| Corporation::OfficeContinued {
        office,
        what,
        from: of("giver"),
        since: month,
    };
    let given = Corporation::OfficeTransferred {
        to: of("taker"),
        handed: handed.clone(),
        reason: Personal::new("remarks-1", "事業譲渡"),
    };
    let taken = [
        Corporation::OfficeReceived {
            from: of("giver"),
            handed,
        },
        Corporation::OfficeUseDeclined {
            office,
            what: Carried::Registration,
            reason: Personal::new("remarks-1", "別のソフトを使う"),
        },
        continued(Carried::Registration),
        continued(Carried::TransmissionMini2),
        continued(Carried::TransmissionMessenger),
    ];
    let entered = [
        Enrolment::OfficeTakenOver {
            office,
            charged_from: month,
        },
        Enrolment::OfficesEntered {
            offices: [office].into(),
            received_on: day(2026, 10, 2),
        },
    ];
    vec![
        (
            Stream::Corporation(of("giver")),
            vec![Event::Corporation(given)],
        ),
        (
            Stream::Corporation(of("taker")),
            taken.map(Event::Corporation).to_vec(),
        ),
        (
            Stream::Enrolment(of("taker"), Service::HonobonoMini2),
            entered.map(Event::Enrolment).to_vec(),
        ),
    ]
}
