//! Histories that come to rest: ledgers with nothing left to charge, to pay or to decide, an office whose agent is released.

use super::samples::{answered, carried_transmission, charged, day, posting, settlements};
use daicho_domain::Service;
use daicho_domain::billing::{Delivery, Event as Billing, NoCharge, Part};
use daicho_domain::dates::Month;
use daicho_domain::nouns::Event;
use daicho_domain::personal::Personal;
use daicho_domain::stream::{ApplicationId, CorporationId, OfficeId, StaffId, Stream, derived_id};
use daicho_domain::termination::Scope;
use daicho_domain::transmission::{self, OfficeRef};

const SERVICE: Service = Service::HonobonoMini2;

/// Each in a stream of its own.
pub(super) fn histories() -> Vec<(Stream, Vec<Event>)> {
    let of = |nth: usize| CorporationId::of_number(&format!("at rest {nth}"));
    let ledgers = (0..).zip(ledgers()).map(|(nth, ledger)| {
        let events = ledger.into_iter().map(Event::Billing).collect();
        (Stream::Billing(of(nth)), events)
    });
    let application = ApplicationId(derived_id(&["application", "at rest"]));
    let office = OfficeId::of_number("0170210231");
    let served = carried_transmission(OfficeRef {
        application,
        office,
    });
    let released = transmission::Event::AgentReleased {
        application,
        office,
        on: day(2027, 2, 12),
    };
    let released = [served, released].map(Event::Transmission).to_vec();
    ledgers
        .chain([(Stream::Transmission(of(0), SERVICE), released)])
        .collect()
}

fn ledgers() -> Vec<Vec<Billing>> {
    let month = Month::of(day(2026, 10, 1));
    let batch = month.next();
    let part = Part {
        charge: format!("{month}.{SERVICE}").parse().expect("a key"),
        amount: 3_300,
    };
    let ended = || {
        vec![
            Billing::ChargingBegan {
                service: SERVICE,
                from: month,
            },
            Billing::ChargingEnded {
                service: SERVICE,
                end: 1,
                scope: Scope::Whole,
                last_month: month,
            },
        ]
    };
    let owing = || [ended(), vec![charged(month, &part)]].concat();
    let by = StaffId(derived_id(&["staff", "1"]));
    let [collected, paid, reversed, by_credit] = settlements().map(|settled| settled(batch, &part));
    let twice = Billing::Collected {
        batch,
        amount: 3_300,
        collected_on: day(2027, 1, 26),
        posting: posting(batch),
        overpaid: 3_300,
    };
    let refunded = Billing::Refunded {
        key: "refund.1".parse().expect("a key"),
        amount: 3_300,
        refunded_on: day(2027, 2, 1),
        note: None,
        posting: posting(batch),
    };
    let asked = Billing::ReversalAsked {
        entry: "paid.1".parse().expect("a key"),
        reason: Personal::new("remarks-1", "別の法人の入金"),
        by,
    };
    let receipt = Billing::ReceiptAsked {
        entry: "paid.1".parse().expect("a key"),
        copy: 1,
        by: Delivery::Mail,
    };
    let certificate = Billing::CertificateAsked {
        from: day(2027, 1, 1),
        to: day(2027, 12, 31),
        copy: 1,
        by: Delivery::Mail,
    };
    let taken_back = Billing::Reversed {
        key: "paid.1.reversed.1".parse().expect("a key"),
        entry: "paid.1".parse().expect("a key"),
        amount: 3_300,
        reason: Personal::new("remarks-1", "別の法人の入金"),
        asked_by: by,
        approved_by: StaffId(derived_id(&["staff", "2"])),
        posting: posting(batch),
    };
    let declined = Billing::ReversalDeclined {
        entry: "paid.1".parse().expect("a key"),
        by,
    };
    let nothing = Billing::NotCharged {
        service: SERVICE,
        month,
        why: NoCharge::NoOffices,
    };
    let debit = || answered(batch, &part);
    vec![
        [ended(), vec![nothing]].concat(),
        [owing(), vec![debit(), collected]].concat(),
        [owing(), vec![paid.clone()]].concat(),
        [owing(), vec![reversed]].concat(),
        [owing(), vec![by_credit]].concat(),
        [owing(), vec![debit(), twice, refunded]].concat(),
        [owing(), vec![paid.clone(), asked, declined]].concat(),
        [owing(), vec![paid, receipt, certificate, taken_back]].concat(),
    ]
}
