//! Moving in with an end that was filed: the use ends on its month's last day here, its papers go on from where they were.

use super::kit::*;
use super::moving::{
    application, carry, carry_offices, from, month, office, registered, says, switched,
};
use daicho_domain::Service;
use daicho_domain::billing;
use daicho_domain::intake::{Channel, Receipt};
use daicho_domain::moving::promised_by;
use daicho_domain::nouns::{Command, State};
use daicho_domain::poa::{self, CarryStage, Method, Purpose};
use daicho_domain::stream::{PoaId, Stream};
use daicho_domain::termination::{self, CarryEnd};
use daicho_domain::transmission::Paper;
use daicho_domain::waiting::What;

const SERVICE: Service = Service::HonobonoMini2;

const OUT: CarryStage = CarryStage::Out {
    method: Method::Post,
};

fn stream() -> Stream {
    Stream::Termination(corporation_id(), SERVICE)
}

fn end(end_month: &str) -> CarryEnd {
    CarryEnd {
        from: from(2),
        office: None,
        receipt: form("2026-09-10"),
        end_month: month(end_month),
        last_debit_on: None,
        release_from: None,
        open_returns: 0,
        papers_sent_on: Some(day("2026-09-14")),
        papers: OUT,
    }
}

fn carry_ends(ends: Vec<CarryEnd>) -> Command {
    Command::termination(&stream(), termination::Command::CarryOver { ends })
}

/// Moved in on 2026-10-01: registered, its first office transmits since August.
fn transmits() -> Desk {
    switched(registered_corporation(), "2026-10-01", "2026-10")
        .after(carry(registered()))
        .after(carry_offices(
            "2026-05-20",
            vec![office(0, "2026-08", Paper::Confirmed, Some("2026-07-31"))],
        ))
}

#[test]
fn an_end_goes_on_to_its_last_day_and_its_paper_from_where_it_was() {
    let desk = transmits().after(carry_ends(vec![end("2026-11")]));
    let State::Termination(state) = desk.state(&stream()) else {
        panic!("ends");
    };
    let filed = &state.ends[0];
    let waiting: Vec<_> = filed.waiting().iter().map(|one| one.what).collect();
    assert_eq!(waiting, [What::EndMonth, What::EndPaper]);
    let office = office_id(office_numbers()[0]);
    let poa = PoaId::of_end(application(), office, month("2026-11"));
    let paper = poa::CarryOver {
        from: from(2),
        corporation: corporation_id(),
        service: SERVICE,
        application: application(),
        office,
        purpose: Purpose::End,
        sent_on: Some(day("2026-09-14")),
        stage: OUT,
        agent: None,
    };
    let carried = Command::poa(&Stream::Poa(poa), poa::Command::CarryOver(paper));
    let desk = desk.after(carried.clone());
    desk.when(carried).then_nothing();
    let received = poa::Command::Receive {
        arrived_on: day("2026-10-01"),
        channel: Channel::Post,
    };
    desk.when(Command::poa(&Stream::Poa(poa), received))
        .then(&["received"]);
    let last_day = day("2026-11-30");
    desk.on("2026-12-01")
        .when(Command::termination(
            &stream(),
            termination::Command::EndUse { no: 1, last_day },
        ))
        .then(&["ended"]);
}

#[test]
fn days_promised_for_an_end_stay() {
    let promised = CarryEnd {
        release_from: Some(day("2026-12-20")),
        ..end("2026-11")
    };
    let events = transmits()
        .when(carry_ends(vec![promised]))
        .then(&["carried_over"]);
    let said: Vec<_> = promised_by(&events[0])
        .iter()
        .map(|one| (one.label, one.dated.on, one.promised.counted))
        .collect();
    assert_eq!(
        said,
        [("代理人解除の開始日", day("2026-12-20"), day("2026-12-11"))]
    );
}

#[test]
fn an_end_whose_days_contradict_or_that_came_another_way_is_refused() {
    let desk = transmits();
    let refused = |ends: Vec<CarryEnd>, code: &str, field: Option<&str>| {
        let refusal = desk
            .when(carry_ends(ends))
            .then_refused("termination.not_carried");
        says(&refusal, code, field);
    };
    refused(
        vec![end("2026-08")],
        "days_out_of_order",
        Some("最終利用日"),
    );
    let released = CarryEnd {
        papers: CarryStage::Confirmed {
            filed_on: day("2026-09-20"),
            on: day("2026-09-25"),
        },
        ..end("2026-09")
    };
    refused(vec![released], "contradicts", Some("委任状の状態"));
    let by_mail = CarryEnd {
        receipt: Receipt {
            channel: Channel::Mail,
            ..form("2026-09-10")
        },
        ..end("2026-11")
    };
    refused(vec![by_mail], "contradicts", Some("受付方法"));
    refused(
        vec![end("2026-11"), end("2026-11")],
        "contradicts",
        Some("終了の範囲"),
    );
    let nobody = switched(registered_corporation(), "2026-10-01", "2026-10");
    nobody
        .when(carry_ends(vec![end("2026-11")]))
        .then_refused("termination.nothing_to_end");
    let filed = desk.clone().after(carry_ends(vec![end("2026-11")]));
    filed.when(carry_ends(vec![end("2026-11")])).then_nothing();
    let office_ends = CarryEnd {
        office: Some(office_numbers()[1]),
        ..end("2026-11")
    };
    desk.when(carry_ends(vec![office_ends]))
        .then(&["carried_over"]);
}

/// Moved in on 2026-10-01 with an end of the whole use in September: what it used is over.
fn left(desk: Desk) -> Desk {
    desk.after(carry_ends(vec![end("2026-09")]))
}

#[test]
fn an_end_whose_month_is_over_waits_for_its_last_fees_and_the_release_of_its_agent() {
    let desk = transmits();
    desk.when(carry_ends(vec![end("2026-09")]))
        .then(&["carried_over", "ended"]);
    let desk = left(desk);
    let State::Termination(state) = desk.state(&stream()) else {
        panic!("ends");
    };
    let over = &state.ends[0];
    assert_eq!(over.status(), termination::Status::LastDebit);
    let waiting: Vec<_> = over.waiting().iter().map(|one| one.what).collect();
    assert_eq!(waiting, [What::LastDebit, What::EndPaper]);
    desk.when(carry_ends(vec![end("2026-09")])).then_nothing();
    let settled = termination::Command::NoteFees {
        settled: vec![1],
        failed: vec![],
    };
    desk.when(Command::termination(&stream(), settled))
        .then(&["fees_settled"]);
    let on = day("2026-10-11");
    desk.on("2026-10-13")
        .when(Command::termination(
            &stream(),
            termination::Command::ReleaseDue { no: 1, on },
        ))
        .then(&["agent_release_due"]);
}

#[test]
fn a_use_that_is_over_needs_no_registration_and_is_charged_no_more() {
    let desk = left(switched(registered_corporation(), "2026-10-01", "2026-10"));
    let State::Termination(state) = desk.state(&stream()) else {
        panic!("ends");
    };
    let waiting: Vec<_> = state.ends[0].waiting().iter().map(|one| one.what).collect();
    assert_eq!(waiting, [What::LastDebit], "no agent is left to release");
    // Its registration came along: the charges that would begin here do not.
    let begins = bill(billing::Command::BeginCharging {
        service: SERVICE,
        from: month("2026-10"),
    });
    let ends = bill(billing::Command::EndCharging {
        service: SERVICE,
        end: 1,
        scope: termination::Scope::Whole,
        last_month: month("2026-09"),
    });
    let desk = left(transmits()).after(begins).after(ends);
    assert!(desk.ledger().services.is_empty());
    assert!(desk.ledger().use_is_over());
    desk.on("2026-11-01")
        .when(bill(billing::Command::Charge {
            service: SERVICE,
            month: month("2026-10"),
        }))
        .then_nothing();
}
