//! Options of the messenger: who may order, what is charged of work that was done and of 返戻管理くん, and what ends it.

use crate::kit::{
    self, Desk, application_id, apply, applying, bill, day, ledger, office_id, office_numbers,
    registered_corporation, transmission_of,
};
use daicho_domain::Service;
use daicho_domain::billing::{Command, Event, IdKind, OptionLine, OrderStatus, Ordered, Wish};
use daicho_domain::dates::Month;
use daicho_domain::nouns::{Command as Any, Event as AnyEvent, State as AnyState};
use daicho_domain::stream::{CredentialId, OfficeId, PoaId};
use daicho_domain::termination::Scope;
use daicho_domain::transmission::{self, PaperStep};
use daicho_domain::waiting::{Party, What};
use std::num::NonZeroU32;

const MESSENGER: Service = Service::CareNetMessenger;

fn month(text: &str) -> Month {
    text.parse().expect("a month")
}

fn office(index: usize) -> OfficeId {
    office_id(office_numbers()[index])
}

fn count(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).expect("more than none")
}

/// The first office applied for the messenger in June.
fn applied() -> Desk {
    registered_corporation().on("2026-06-24").after(apply(
        MESSENGER,
        "one",
        "2026-06-24",
        [applying(office_numbers()[0])],
    ))
}

/// It transmits from August on, and fees run.
fn transmitting() -> Desk {
    let stream = transmission_of(MESSENGER);
    let transmit = |command| Any::transmission(&stream, command);
    let (application, office) = (application_id("one"), office(0));
    let paper = |step| transmission::Command::NotePaper {
        application,
        office,
        poa: PoaId::of(application, office),
        step,
    };
    let issued = transmission::Command::NoteIdIssued {
        application,
        office,
        credential: CredentialId::of_office(application, office),
    };
    let due = transmission::Command::DetermineIds {
        on: day("2026-07-31"),
    };
    let start = transmission::Command::Start {
        month: month("2026-08"),
    };
    applied()
        .on("2026-07-10")
        .after(transmit(paper(PaperStep::Accepted)))
        .after(transmit(paper(PaperStep::Filed)))
        .on("2026-07-31")
        .after(transmit(due))
        .after(transmit(issued))
        .on("2026-08-01")
        .after(transmit(start))
        .after(bill(Command::BeginCharging {
            service: MESSENGER,
            from: month("2026-08"),
        }))
}

fn order(office: OfficeId, wish: Wish, on: &str) -> Any {
    bill(Command::OrderOption {
        office,
        wish,
        received_on: day(on),
    })
}

fn restore(files: u32) -> Wish {
    let files = count(files);
    Wish::RestoreNotice { files }
}

fn reissue(ids: u32) -> Wish {
    Wish::PasswordReissue {
        whose: IdKind::Office,
        ids: count(ids),
    }
}

fn finish(order: &str, quantity: u32, on: &str) -> Any {
    bill(Command::FinishOption {
        order: order.parse().expect("a number"),
        quantity: count(quantity),
        on: day(on),
    })
}

fn end(order: &str, on: &str) -> Any {
    bill(Command::EndOption {
        order: order.parse().expect("a number"),
        received_on: day(on),
    })
}

fn withdraw(order: &str) -> Any {
    bill(Command::WithdrawOption {
        order: order.parse().expect("a number"),
        reason: "お客様の取りやめ".into(),
    })
}

fn charge(of: &str) -> Any {
    bill(Command::Charge {
        service: MESSENGER,
        month: month(of),
    })
}

/// Net, tax and lines of the options that were charged.
fn charged(events: &[AnyEvent]) -> (u64, u64, Vec<OptionLine>) {
    let found = events.iter().find_map(|event| {
        let AnyEvent::Billing(Event::OptionsCharged {
            net, tax, lines, ..
        }) = event
        else {
            return None;
        };
        Some((*net, *tax, lines.clone()))
    });
    found.unwrap_or_else(|| panic!("options are charged: {events:#?}"))
}

fn status(desk: &Desk, order: &str) -> OrderStatus {
    let number = order.parse().expect("a number");
    desk.ledger().orders[&number].status()
}

#[test]
fn files_restored_and_passwords_reissued_are_charged_with_their_month_as_one_document() {
    let desk = transmitting().on("2026-08-20");
    let desk = desk
        .after(order(office(0), restore(3), "2026-08-20"))
        .after(order(office(0), reissue(1), "2026-08-20"));
    let AnyState::Billing(state) = desk.state(&ledger()) else {
        panic!("a ledger");
    };
    let waits: Vec<_> = state
        .waiting()
        .iter()
        .map(|one| (one.party, one.what))
        .collect();
    assert_eq!(waits, [(Party::Us, What::OptionWork); 2]);
    let desk = desk
        .after(finish("1", 2, "2026-08-20"))
        .after(finish("2", 1, "2026-08-20"));
    assert_eq!(status(&desk, "1"), OrderStatus::Done);
    desk.when(finish("1", 2, "2026-08-20")).then_nothing();
    let events = desk
        .clone()
        .on("2026-09-01")
        .when(charge("2026-08"))
        .then(&["charged", "options_charged"]);
    let (net, tax, lines) = charged(&events);
    // Two files at 10,000 yen and one ID at 5,000 yen before tax.
    assert_eq!((net, tax), (25_000, 2_500));
    let told: Vec<_> = lines
        .iter()
        .map(|line| {
            (
                line.fee.as_str(),
                line.quantity,
                line.basis.milestone.as_str(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("fee.restore_notice", 2, "restore_notice_net"),
            ("fee.password_reissue", 1, "password_reissue_net"),
        ]
    );
    assert!(
        matches!(&events[1], AnyEvent::Billing(Event::OptionsCharged { key, debit_on, .. })
        if key.to_string() == "2026-08.care-net-messenger.options" && debit_on.on == day("2026-09-28"))
    );
    let desk = desk.on("2026-09-01").after(charge("2026-08"));
    assert_eq!(status(&desk, "1"), OrderStatus::Charged);
    assert_eq!(desk.ledger().open(), 2_200 + 27_500);
    desk.on("2026-10-01")
        .when(charge("2026-09"))
        .then(&["charged"]);
}

#[test]
fn what_is_entered_after_its_month_was_charged_is_a_document_of_its_own() {
    let desk = transmitting()
        .on("2026-08-31")
        .after(order(office(0), restore(1), "2026-08-31"))
        .on("2026-09-01")
        .after(charge("2026-08"))
        .on("2026-09-03");
    let events = desk
        .when(finish("1", 1, "2026-08-31"))
        .then(&["option_done", "options_charged"]);
    let (net, tax, _) = charged(&events);
    assert_eq!((net, tax), (10_000, 1_000));
    let desk = desk.after(finish("1", 1, "2026-08-31")).on("2026-10-01");
    assert_eq!(status(&desk, "1"), OrderStatus::Charged);
    desk.when(charge("2026-09")).then(&["charged"]);
    let keys: Vec<_> = desk
        .ledger()
        .charges
        .keys()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        keys,
        [
            "2026-08.care-net-messenger",
            "2026-08.care-net-messenger.options.1"
        ]
    );
}

#[test]
fn return_management_is_charged_from_the_month_after_its_order_until_it_is_given_up() {
    let desk = transmitting().on("2026-08-05");
    let events = desk
        .when(order(office(0), Wish::ReturnManager, "2026-08-05"))
        .then(&["option_ordered"]);
    let [
        AnyEvent::Billing(Event::OptionOrdered {
            ordered: Ordered::ReturnManager { from },
            ..
        }),
    ] = events.as_slice()
    else {
        panic!("{events:#?}");
    };
    assert_eq!(from.on, day("2026-09-01"));
    assert_eq!(from.basis.milestone, "return_manager_from");
    let desk = desk.after(order(office(0), Wish::ReturnManager, "2026-08-05"));
    desk.when(order(office(0), Wish::ReturnManager, "2026-08-04"))
        .then_nothing();
    let desk = desk.on("2026-09-01");
    desk.when(charge("2026-08")).then(&["charged"]);
    let desk = desk.after(charge("2026-08")).on("2026-10-01");
    let (net, tax, lines) = charged(
        &desk
            .when(charge("2026-09"))
            .then(&["charged", "options_charged"]),
    );
    assert_eq!((net, tax, lines.len()), (1_000, 100, 1));
    let desk = desk
        .after(charge("2026-09"))
        .on("2026-10-20")
        .after(end("1", "2026-10-20"));
    desk.when(end("1", "2026-10-21")).then_nothing();
    assert_eq!(status(&desk, "1"), OrderStatus::Ended);
    let desk = desk.on("2026-11-01");
    desk.when(charge("2026-10"))
        .then(&["charged", "options_charged"]);
    let desk = desk.after(charge("2026-10")).on("2026-12-01");
    desk.when(charge("2026-11")).then(&["charged"]);
    // It can be ordered again.
    desk.when(order(office(0), Wish::ReturnManager, "2026-12-01"))
        .then(&["option_ordered"]);
}

#[test]
fn an_order_or_its_end_entered_months_late_counts_from_its_entry() {
    let desk = transmitting().on("2026-12-10");
    let from = |events: &[AnyEvent]| match events {
        [
            AnyEvent::Billing(Event::OptionOrdered {
                ordered: Ordered::ReturnManager { from },
                ..
            }),
        ] => from.on,
        other => panic!("{other:#?}"),
    };
    // Within the month after the order nothing is charged yet that would be missed.
    let soon = desk.when(order(office(0), Wish::ReturnManager, "2026-11-30"));
    assert_eq!(from(&soon.then(&["option_ordered"])), day("2026-12-01"));
    let late = desk.when(order(office(0), Wish::ReturnManager, "2026-09-15"));
    assert_eq!(from(&late.then(&["option_ordered"])), day("2027-01-01"));
    let desk = desk
        .after(order(office(0), Wish::ReturnManager, "2026-11-30"))
        .on("2027-03-05");
    let ended = desk.when(end("1", "2027-01-31")).then(&["option_ended"]);
    assert!(matches!(
        ended.as_slice(),
        [AnyEvent::Billing(Event::OptionEnded { last_month, .. })] if last_month.on == day("2027-03-01")
    ));
}

#[test]
fn return_management_comes_with_the_application_and_costs_nothing_before_the_start() {
    let desk = applied().after(order(office(0), Wish::ReturnManager, "2026-06-24"));
    assert_eq!(status(&desk, "1"), OrderStatus::Running);
    desk.when(order(office(1), Wish::ReturnManager, "2026-06-24"))
        .then_refused("billing.option_for_users_only");
    desk.when(withdraw("1")).then(&["option_withdrawn"]);
    desk.clone()
        .on("2026-07-01")
        .when(withdraw("1"))
        .then_refused("billing.order_not_open");
}

#[test]
fn deleted_notices_and_passwords_are_those_of_users() {
    let desk = applied();
    desk.when(order(office(0), restore(1), "2026-06-24"))
        .then_refused("billing.option_for_users_only");
    desk.when(order(office(0), reissue(1), "2026-06-24"))
        .then_refused("billing.option_for_users_only");
    desk.when(order(
        OfficeId::of_number("1370400010"),
        restore(1),
        "2026-06-24",
    ))
    .then_refused("billing.unknown_office");
    Desk::default()
        .on("2026-06-24")
        .when(order(office(0), restore(1), "2026-06-24"))
        .then_refused("billing.unknown_corporation");
}

#[test]
fn the_end_of_the_use_ends_what_is_charged_month_by_month() {
    let leaves = bill(Command::EndCharging {
        service: MESSENGER,
        end: 1,
        scope: Scope::Office(office(0)),
        last_month: month("2026-09"),
    });
    let desk = transmitting()
        .on("2026-08-05")
        .after(order(office(0), Wish::ReturnManager, "2026-08-05"))
        .on("2026-09-01")
        .after(charge("2026-08"))
        .on("2026-09-25")
        .after(order(office(0), restore(1), "2026-09-25"))
        .on("2026-10-01")
        .after(leaves);
    assert_eq!(status(&desk, "1"), OrderStatus::Ended);
    let (net, ..) = charged(
        &desk
            .when(charge("2026-09"))
            .then(&["charged", "options_charged"]),
    );
    assert_eq!(net, 1_000);
    let desk = desk.after(charge("2026-09")).on("2026-10-05");
    // What was done before the end is charged; nothing is done after it.
    desk.when(finish("2", 1, "2026-10-05"))
        .then_refused("billing.option_for_users_only");
    desk.when(finish("2", 1, "2026-09-30"))
        .then(&["option_done", "options_charged"]);
    desk.when(order(office(0), Wish::ReturnManager, "2026-10-05"))
        .then_refused("billing.option_for_users_only");
    desk.when(order(office(0), restore(1), "2026-10-05"))
        .then_refused("billing.option_for_users_only");
}

#[test]
fn what_does_not_fit_the_order_is_refused() {
    let desk = transmitting()
        .on("2026-08-20")
        .after(order(office(0), restore(2), "2026-08-10"))
        .after(order(office(0), Wish::ReturnManager, "2026-08-10"));
    let refused = |command, code| {
        desk.when(command).then_refused(code);
    };
    refused(
        order(office(0), restore(1), "2026-08-21"),
        "billing.day_not_come",
    );
    refused(finish("9", 1, "2026-08-20"), "billing.unknown_order");
    refused(finish("1", 3, "2026-08-20"), "billing.more_than_ordered");
    refused(finish("1", 1, "2026-08-21"), "billing.day_not_come");
    refused(finish("1", 1, "2026-08-09"), "billing.done_before_ordered");
    refused(finish("2", 1, "2026-08-20"), "billing.option_is_monthly");
    refused(end("1", "2026-08-20"), "billing.option_is_not_monthly");
    refused(
        bill(Command::WithdrawOption {
            order: "1".parse().expect("a number"),
            reason: " ".into(),
        }),
        "billing.reason_missing",
    );
    let done = desk.clone().after(finish("1", 2, "2026-08-20"));
    done.when(finish("1", 1, "2026-08-20"))
        .then_refused("billing.order_not_open");
    done.when(withdraw("1"))
        .then_refused("billing.order_not_open");
    let withdrawn = desk.after(withdraw("1"));
    withdrawn.when(withdraw("1")).then_nothing();
    withdrawn
        .when(finish("1", 1, "2026-08-20"))
        .then_refused("billing.order_not_open");
    assert_eq!(status(&withdrawn, "1"), OrderStatus::Withdrawn);
}

#[test]
fn a_charge_for_options_is_debited_paid_and_reversed_as_any_other() {
    let desk = transmitting()
        .on("2026-08-20")
        .after(order(office(0), restore(1), "2026-08-20"))
        .after(finish("1", 1, "2026-08-20"))
        .on("2026-09-01")
        .after(charge("2026-08"));
    let entry = || {
        "2026-08.care-net-messenger.options"
            .parse()
            .expect("any text is a key")
    };
    let desk = desk
        .after(bill(Command::AskReversal {
            entry: entry(),
            reason: "復旧できていなかった".into(),
            by: kit::staff("one"),
        }))
        .after(bill(Command::ApproveReversal {
            entry: entry(),
            by: kit::staff("two"),
        }));
    assert_eq!(desk.ledger().open(), 2_200);
    // Reversed, it is not charged again.
    desk.on("2026-10-01")
        .when(charge("2026-09"))
        .then(&["charged"]);
}

fn reissued(service: Service, office: Option<OfficeId>, on: &str) -> Any {
    bill(Command::NoteReissue {
        service,
        office,
        whose: IdKind::Office,
        on: day(on),
    })
}

#[test]
fn a_reissue_by_us_charges_its_fee_by_itself_with_its_month() {
    let desk = transmitting().on("2026-08-20");
    let note = || reissued(MESSENGER, Some(office(0)), "2026-08-20");
    let events = desk.when(note()).then(&["option_ordered", "option_done"]);
    let [
        AnyEvent::Billing(Event::OptionOrdered { ordered, .. }),
        AnyEvent::Billing(Event::OptionDone { quantity, .. }),
    ] = &events[..]
    else {
        panic!("ordered and done at once: {events:?}");
    };
    assert_eq!(ordered.quantity(), Some(count(1)));
    assert_eq!(*quantity, count(1));
    // The corporation's own ID is charged at an office that uses the service.
    desk.when(reissued(MESSENGER, None, "2026-08-20"))
        .then(&["option_ordered", "option_done"]);
}

#[test]
fn what_was_ordered_is_not_charged_twice() {
    let wish = |ids| Wish::PasswordReissue {
        whose: IdKind::Office,
        ids: count(ids),
    };
    let note = || reissued(MESSENGER, Some(office(0)), "2026-08-20");
    let desk = transmitting().on("2026-08-20");
    desk.clone()
        .after(order(office(0), wish(1), "2026-08-20"))
        .when(note())
        .then(&["option_done"]);
    // Several are counted and finished by a person.
    desk.after(order(office(0), wish(2), "2026-08-20"))
        .when(note())
        .then_nothing();
}

#[test]
fn nobody_pays_for_a_reissue_before_the_first_month_or_where_no_book_has_a_price() {
    let note = |service, on| reissued(service, Some(office(0)), on);
    applied()
        .on("2026-07-31")
        .when(note(MESSENGER, "2026-07-31"))
        .then_nothing();
    transmitting()
        .on("2026-08-20")
        .when(note(Service::HonobonoMini2, "2026-08-20"))
        .then_nothing();
    transmitting()
        .on("2026-08-20")
        .when(reissued(MESSENGER, Some(office(1)), "2026-08-20"))
        .then_nothing();
}
