//! Where no rule book holds, every noun that asks one says so under its own name, and nothing is decided by the nearest book.
//! The first books hold from 2015-01-01 on: a form dated before them, an installation whose day lies before them.

use crate::kit::{
    Desk, apply, applying, batch, bill, corporation_id, enrol, form, office_numbers,
    registered_corporation,
};
use crate::termination::billing as uses_mini2;
use crate::{licence_lists, poa, termination};
use daicho_domain::corporation;
use daicho_domain::nouns::Command as Any;
use daicho_domain::stream::Stream;
use daicho_domain::{Service, billing, debit_batch, enrolment};

/// The last day on which no book holds.
const BEFORE: &str = "2014-12-31";

fn registered() -> Desk {
    registered_corporation().on("2026-06-24")
}

/// An office whose clock stands before the first book.
fn early(desk: Desk) -> Desk {
    desk.on(BEFORE)
}

fn need_mandate() -> Any {
    Any::corporation(
        &Stream::Corporation(corporation_id()),
        corporation::Command::NeedMandate {
            service: Service::HonobonoMini2,
            charged: "2014-11".parse().expect("a month"),
        },
    )
}

fn charged_since_november_2014() -> Desk {
    registered().after(bill(billing::Command::BeginCharging {
        service: Service::HonobonoMini2,
        from: "2014-11".parse().expect("a month"),
    }))
}

#[test]
fn where_no_book_holds_each_noun_refuses_under_its_own_name() {
    let trial = enrolment::Command::StartTrial {
        receipt: form(BEFORE),
    };
    let applied = apply(
        Service::CareNetMessenger,
        "one",
        BEFORE,
        [applying(office_numbers()[0])],
    );
    let charge = billing::Command::Charge {
        service: Service::HonobonoMini2,
        month: "2014-11".parse().expect("a month"),
    };
    let cases = [
        (registered(), enrol(trial), "enrolment.no_rule"),
        (registered(), applied, "transmission.no_rule"),
        (
            registered(),
            licence_lists::listed("2014-04-15", None),
            "licence.no_rule",
        ),
        (
            charged_since_november_2014(),
            bill(charge),
            "billing.no_rule",
        ),
        (early(registered()), need_mandate(), "corporation.no_rule"),
        (
            early(registered()),
            batch("2015-01", debit_batch::Command::Open {}),
            "debit_batch.no_rule",
        ),
        (
            early(uses_mini2("2026-08-20")),
            termination::whole(BEFORE, "2014-12"),
            "termination.no_rule",
        ),
        (
            early(poa::requested()),
            poa::dispatch(BEFORE),
            "poa.no_rule",
        ),
    ];
    for (desk, command, code) in cases {
        let refused = desk.when(command).then_refused(code);
        let said = refused.to_string();
        assert!(
            said.contains("最初の版は 2015-01-01 から"),
            "{code}: {said}"
        );
    }
}
