//! Histories in which letters are promised, and promises taken back.

use super::samples::{dated, day, receipt};
use daicho_domain::Service;
use daicho_domain::corporation::{SendTo, Source};
use daicho_domain::dates::Month;
use daicho_domain::dispatch::{Event as Dispatch, Instead, Listed, Says};
use daicho_domain::enrolment::Event as Enrolment;
use daicho_domain::identifiers::{KjId, OfficeNumber};
use daicho_domain::licence::{self, Event as Licence, Payment, Person, Price, Term};
use daicho_domain::nouns::Event;
use daicho_domain::personal::Personal;
use daicho_domain::poa::{DueOf, Event as Poa, Method, NamedAgent, Purpose, VoidReason};
use daicho_domain::rules::Basis;
use daicho_domain::stream::{
    ApplicationId, CorporationId, LetterId, OfficeId, PoaId, Stream, derived_id,
};
use daicho_domain::transmission::{
    AppliedOffice, Cause, CauseKind, Event as Transmission, OfficeRef, Plan, PlannedOffice,
};

const SERVICE: Service = Service::HonobonoMini2;

/// Each in a stream of its own.
pub(super) fn histories() -> Vec<(Stream, Vec<Event>)> {
    let corporation = CorporationId::of_number("letters");
    let papers = (0_usize..).zip(papers(corporation));
    papers
        .map(|(nth, events)| {
            let events = events.into_iter().map(Event::Poa).collect();
            (Stream::Poa(PoaId::of(application(nth), office(0))), events)
        })
        .chain([
            (
                Stream::Enrolment(corporation, SERVICE),
                enrolment().map(Event::Enrolment).to_vec(),
            ),
            (
                Stream::Transmission(corporation, SERVICE),
                postponement().map(Event::Transmission).to_vec(),
            ),
            (
                Stream::Licence(number(0)),
                licence(corporation).map(Event::Licence).to_vec(),
            ),
            (
                Stream::Licence(number(1)),
                invoiced(corporation).map(Event::Licence).to_vec(),
            ),
            (
                Stream::Dispatch(LetterId::of("postponed", &["letters"])),
                wrong(corporation).map(Event::Dispatch).to_vec(),
            ),
        ])
        .collect()
}

fn number(nth: usize) -> OfficeNumber {
    let number = ["0170210231", "0170210249"][nth];
    number.parse().expect("a valid number")
}

fn application(nth: usize) -> ApplicationId {
    ApplicationId(derived_id(&["application", "letters", &nth.to_string()]))
}

fn office(nth: usize) -> OfficeId {
    OfficeId::of_number(number(nth).as_str())
}

/// Begun, registered, an office added later, suspended and resumed.
fn enrolment() -> [Enrolment; 7] {
    let entered = |nth| Enrolment::OfficesEntered {
        offices: [office(nth)].into(),
        received_on: day(2026, 9, 3),
    };
    [
        Enrolment::TrialStarted {
            receipt: receipt(),
            last_free_day: dated(day(2026, 11, 2)),
            registered_last_free_day: dated(day(2026, 12, 2)),
        },
        entered(0),
        Enrolment::Registered {
            receipt: receipt(),
            terms_version: "2026-04".to_owned(),
            last_free_day: dated(day(2026, 12, 2)),
            billing_start: dated(day(2027, 1, 1)),
        },
        entered(1),
        Enrolment::BillingStarted {
            on: day(2027, 1, 1),
        },
        Enrolment::Suspended {
            on: day(2027, 3, 15),
            batch: Month::of(day(2027, 2, 1)),
        },
        Enrolment::Resumed {
            on: day(2027, 3, 20),
        },
    ]
}

/// Two offices, postponed for one of them, then for both, then for the other one, and back.
fn postponement() -> [Transmission; 6] {
    let application = application(9);
    let about = |nth| OfficeRef {
        application,
        office: office(nth),
    };
    let planned = |nth, month: u32| PlannedOffice {
        application,
        office: office(nth),
        number: number(nth),
        kj_id: KjId::compose(number(nth)),
        plan: Plan {
            start: dated(day(2026, month, 1)),
            poa_due: dated(day(2026, month - 1, 10)),
            federation_date: dated(day(2026, month - 1, 20)),
            credentials_on: dated(day(2026, month - 1, 30)),
            postponements: 0,
        },
    };
    let applied = |nth| AppliedOffice {
        office: office(nth),
        number: number(nth),
        kj_id: Some(KjId::compose(number(nth))),
        kj_id_confirmed: false,
        missing: None,
    };
    let cause = |nth| {
        let OfficeRef {
            application,
            office,
        } = about(nth);
        Cause {
            application,
            office,
            poa: PoaId::of(application, office),
            why: CauseKind::NotReturned,
        }
    };
    let (from, to) = (Month::of(day(2026, 11, 1)), Month::of(day(2026, 12, 1)));
    [
        Transmission::Applied {
            application,
            receipt: receipt(),
            offices: vec![applied(0), applied(1)],
        },
        Transmission::StartSet {
            complete_on: receipt().on,
            cutoff: dated(day(2026, 9, 25)),
            dispatch_by: dated(day(2026, 9, 3)),
            offices: vec![planned(0, 11), planned(1, 11)],
        },
        Transmission::Postponed {
            cause: cause(0),
            from,
            to,
            offices: vec![planned(0, 12), planned(1, 12)],
        },
        Transmission::PostponementCauseAdded {
            from,
            cause: cause(1),
        },
        Transmission::PostponementCauseRemoved {
            from,
            poa: cause(0).poa,
        },
        Transmission::PostponementReversed {
            from,
            to,
            poa: cause(1).poa,
            offices: vec![planned(0, 11), planned(1, 11)],
        },
    ]
}

/// 委任状 that are asked for and missed: found, counted out, given another date, void, come back as undeliverable,
/// lost, posted.
fn papers(corporation: CorporationId) -> [Vec<Poa>; 7] {
    let due = day(2026, 10, 9);
    let dates = |due| DueOf {
        start: dated(day(2026, 11, 1)),
        due: dated(due),
        federation_date: dated(day(2026, 10, 20)),
    };
    let ends = [
        Poa::Received {
            arrived_on: due,
            channel: daicho_domain::intake::Channel::Post,
        },
        Poa::Lapsed { due },
        Poa::DueMoved {
            dates: dates(day(2026, 11, 10)),
            remind_on: None,
        },
        Poa::Voided {
            why: VoidReason::Withdrawn,
        },
        Poa::Undeliverable {
            returned_on: due,
            note: None,
        },
        Poa::ReprintRequested {
            reason: Personal::new("remarks-1", "お客様が紛失"),
        },
        Poa::Dispatched {
            method: Method::Post,
            sent_on: day(2026, 10, 13),
            delivered_on: None,
            post_back_by: None,
            remind_on: None,
            tracking: None,
            to: SendTo::default(),
        },
    ];
    let mut applications = (0..).map(application);
    ends.map(|end| {
        let application = applications.next().expect("there is always a next one");
        vec![
            Poa::Requested {
                corporation,
                service: SERVICE,
                application,
                office: office(0),
                number: number(0),
                kj_id: KjId::compose(number(0)),
                purpose: Purpose::Start,
                dates: dates(due),
                dispatch_by: dated(day(2026, 9, 3)),
                agent: NamedAgent::Awaited,
            },
            Poa::Dispatched {
                method: Method::Mail,
                sent_on: day(2026, 9, 3),
                delivered_on: None,
                post_back_by: None,
                remind_on: Some(dated(day(2026, 10, 2))),
                tracking: None,
                to: SendTo::default(),
            },
            Poa::ReminderDue { due },
            Poa::DuePassed { due },
            end,
        ]
    })
}

fn term(year: i32) -> Term {
    Term {
        first_day: dated(day(year, 4, 15)),
        last_day: dated(day(year + 1, 4, 14)),
        renewal_opens: dated(day(year + 1, 2, 13)),
        fee_month: dated(day(year, 5, 1)),
        fee_month_latest: dated(day(year, 6, 1)),
        fee_by: dated(day(year, 6, 30)),
    }
}

fn price() -> Price {
    Price {
        gross_yen: 21_000,
        tax_yen: 1_909,
        basis: Basis::clone(&dated(day(2026, 4, 15)).basis),
    }
}

/// The year that a list brought.
fn taken_over(corporation: CorporationId, nth: usize) -> Licence {
    Licence::TakenOver {
        corporation,
        office: office(nth),
        number: number(nth),
        term: term(2025),
        payment: Payment::Deduction,
        price: price(),
        paid_in: None,
        fee: Some(licence::FeeStatus::Unlisted),
        source: Source {
            file: "ライセンス.csv".to_owned(),
            line: 2,
        },
    }
}

fn renewal(payment: Payment) -> Licence {
    let text = |text| Personal::new("licence-1", text);
    Licence::RenewalFiled {
        receipt: receipt(),
        contact: Person {
            name: text("担当"),
            phone: text("0312345678"),
            mail: text("care@example.jp"),
        },
        terms_version: "2026-04".to_owned(),
        term: term(2026),
        payment,
        price: price(),
        notice_by: dated(day(2026, 2, 18)),
    }
}

/// A licence renewed in time, whose office then leaves.
fn licence(corporation: CorporationId) -> [Licence; 6] {
    [
        taken_over(corporation, 0),
        Licence::RenewalOpened {
            on: day(2026, 2, 13),
        },
        renewal(Payment::Deduction),
        Licence::Renewed {
            on: day(2026, 2, 18),
        },
        Licence::YearBegun {
            on: day(2026, 4, 15),
        },
        Licence::OfficeClosed {
            why: licence::CloseReason::Removed,
        },
    ]
}

/// A year that is paid by invoice: invoiced, paid, not paid after all; said once more to be there.
fn invoiced(corporation: CorporationId) -> [Licence; 7] {
    let first_day = day(2026, 4, 15);
    [
        taken_over(corporation, 1),
        renewal(Payment::Invoice),
        Licence::Renewed {
            on: day(2026, 2, 18),
        },
        Licence::FeePaid {
            first_day,
            month: day(2026, 6, 1),
            how: licence::How::Hand,
        },
        Licence::FeeReversed {
            first_day,
            month: day(2026, 6, 1),
            reason: Personal::new("remarks-1", "別の事業所の入金"),
        },
        Licence::YearBegun { on: first_day },
        Licence::Granted { on: first_day },
    ]
}

/// A letter about a postponement that proved wrong after it went out.
fn wrong(corporation: CorporationId) -> [Dispatch; 3] {
    let office = Listed {
        office: office(0),
        number: number(0),
    };
    let says = Says::Postponed {
        from: Month::of(day(2026, 11, 1)),
        start: dated(day(2026, 12, 1)),
        due: dated(day(2026, 11, 10)),
        credentials_on: dated(day(2026, 11, 30)),
        causes: vec![],
        offices: vec![office],
        to: SendTo::HeadOffice,
    };
    [
        Dispatch::Requested {
            corporation,
            service: SERVICE,
            says,
        },
        Dispatch::Sent {
            method: Method::Post,
            sent_on: day(2026, 10, 13),
            tracking: None,
        },
        Dispatch::ProvedWrong {
            instead: Instead {
                start: dated(day(2026, 11, 1)),
                credentials_on: dated(day(2026, 10, 30)),
                because_of: office,
            },
        },
    ]
}
