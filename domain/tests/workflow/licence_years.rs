//! The years of a licence: the renewal, the next year without a gap, the expiry, and what is taken over from before.

use super::licence::{
    apply, ask, check, checked, checklist, filing, licensed, record, renewal, said, through, waits,
};
use crate::kit::{corporation_id, day, registered_corporation};
use daicho_domain::corporation::Source;
use daicho_domain::licence::{
    Certificate, Checklist, CloseReason, Command, Filing, Payment, Status, Tick,
};
use daicho_domain::nouns;
use daicho_domain::waiting::{Party, What};

#[test]
fn it_can_be_renewed_when_sixty_days_remain_and_not_before() {
    let desk = licensed("2024-04-15");
    let early = through(desk, "2025-02-12");
    assert_eq!(record(&early).status(), Status::Valid);
    early
        .when(renewal("2025-02-12"))
        .then_refused("licence.not_renewable");
    let open = through(early, "2025-02-13");
    assert_eq!(record(&open).status(), Status::Renewable);
    assert!(waits(&open).contains(&(Party::Customer, What::LicenceRenewal)));
    open.when(renewal("2025-02-13")).then(&["renewal_filed"]);
}

#[test]
fn the_next_year_follows_without_a_gap_and_the_notice_is_due_in_helpdesk_business_days() {
    let open = through(licensed("2024-04-15"), "2025-04-11");
    let filed = open.after(renewal("2025-04-11"));
    let known = record(&filed);
    assert_eq!(known.status(), Status::Filed);
    let next = known.next.as_ref().expect("the next year");
    assert_eq!(next.term.first_day.on, day("2025-04-15"));
    assert_eq!(next.term.last_day.on, day("2026-04-14"));
    assert_eq!(next.term.fee_month.on, day("2025-05-01"));
    // A Friday: Monday to Wednesday are the helpdesk's next three days.
    let notice_by = next.notice_by.as_ref().expect("a day");
    assert_eq!(notice_by.on, day("2025-04-16"));
    assert!(waits(&filed).contains(&(Party::Us, What::LicenceNotice)));
    filed.when(renewal("2025-04-11")).then_nothing();
    filed
        .when(ask(Command::FileRenewal {
            filing: Filing {
                phone: said("0398765432"),
                ..filing("2025-04-11")
            },
        }))
        .then_refused("licence.filed_otherwise");
    let told = filed.on("2025-04-14").after(ask(Command::Renew {
        on: day("2025-04-14"),
    }));
    let begun = through(told, "2025-04-15");
    let known = record(&begun);
    assert_eq!(known.status(), Status::Valid);
    assert_eq!(known.years.len(), 2);
    let year = known.year().expect("the second year");
    assert_eq!(year.noticed_on, Some(day("2025-04-14")));
}

#[test]
fn a_notice_nobody_entered_hides_neither_the_renewal_window_nor_itself() {
    let told_of_nothing = checked("2024-04-15").after(apply(filing("2024-04-15")));
    assert_eq!(record(&told_of_nothing).status(), Status::Applied);
    let year = record(&told_of_nothing).year().expect("a year").clone();
    let by = year.notice_by.expect("a day");
    assert_eq!(by.on, day("2024-04-18"));
    let open = through(told_of_nothing, "2025-02-13");
    assert_eq!(record(&open).status(), Status::Renewable);
    let waiting = waits(&open);
    assert!(waiting.contains(&(Party::Customer, What::LicenceRenewal)));
    assert!(waiting.contains(&(Party::Us, What::LicenceGrant)));
    let filed = through(open, "2025-04-14").after(renewal("2025-04-14"));
    let begun = through(filed, "2025-04-15");
    assert_eq!(record(&begun).status(), Status::Valid);
    assert!(waits(&begun).contains(&(Party::Us, What::LicenceNotice)));
    let told = begun.on("2025-04-16").after(ask(Command::Renew {
        on: day("2025-04-16"),
    }));
    assert!(!waits(&told).contains(&(Party::Us, What::LicenceNotice)));
}

#[test]
fn three_years_are_three_contracts_of_21000_yen() {
    let second = through(licensed("2024-04-15"), "2025-04-01").after(renewal("2025-04-01"));
    let third = through(second, "2026-04-01").after(renewal("2026-04-01"));
    let known = record(&third);
    let yen: Vec<_> = known.contracts().map(|year| year.price.gross_yen).collect();
    assert_eq!(yen, [21_000; 3]);
    let last = known.contracts().next_back().expect("three years");
    assert_eq!(last.term.last_day.on, day("2027-04-14"));
}

#[test]
fn without_a_renewal_it_is_over_the_day_after_its_last_day_and_is_applied_for_afresh() {
    let last_day = through(licensed("2024-04-15"), "2025-04-14");
    assert_eq!(record(&last_day).status(), Status::Renewable);
    let over = through(last_day, "2025-04-15");
    assert_eq!(record(&over).status(), Status::Expired);
    over.when(renewal("2025-04-15"))
        .then_refused("licence.expired");
    let again = over
        .on("2025-05-01")
        .after(check(Checklist {
            password_changed: Tick::Yes,
            ..checklist()
        }))
        .after(apply(filing("2025-05-01")));
    let known = record(&again);
    assert_eq!(known.status(), Status::Applied);
    let year = known.year().expect("a year");
    assert_eq!(year.term.last_day.on, day("2026-04-30"));
}

#[test]
fn what_the_office_said_counts_on_the_day_it_applies() {
    let short = Checklist {
        certificate: checklist().certificate.map(|held| Certificate {
            valid_to: day("2024-03-31"),
            ..held
        }),
        ..checklist()
    };
    let desk = registered_corporation()
        .on("2024-01-10")
        .after(check(short))
        .on("2024-04-05");
    desk.when(apply(filing("2024-04-05")))
        .then_refused("licence.not_ready");
    desk.when(apply(filing("2024-03-29"))).then(&["applied"]);
    let old = checked("2024-01-10").on("2024-04-11");
    old.when(apply(filing("2024-04-10")))
        .then_refused("licence.check_too_old");
    old.when(apply(filing("2024-04-09"))).then(&["applied"]);
    old.when(check(checklist())).then(&["checked"]);
}

#[test]
fn after_the_expiry_the_office_is_asked_anew_and_waits_as_such() {
    let over = through(licensed("2024-04-15"), "2025-04-15");
    over.when(apply(filing("2025-04-15")))
        .then_refused("licence.unknown");
    let lacking = over.after(check(Checklist {
        certificate: None,
        ..checklist()
    }));
    assert_eq!(record(&lacking).status(), Status::Gaps);
    assert!(waits(&lacking).contains(&(Party::Customer, What::LicenceGaps)));
    let ready = lacking.after(check(checklist()));
    assert_eq!(record(&ready).status(), Status::Ready);
    assert!(waits(&ready).contains(&(Party::Customer, What::LicenceApplication)));
}

#[test]
fn an_office_that_does_not_apply_is_waited_for_no_more() {
    let drop = |reason: &str| {
        ask(Command::DropCheck {
            reason: reason.into(),
        })
    };
    let desk = checked("2024-04-15");
    desk.when(drop(" ")).then_refused("licence.empty");
    let dropped = desk.after(drop("今年度は利用しない"));
    assert_eq!(record(&dropped).status(), Status::Dropped);
    assert_eq!(waits(&dropped), []);
    dropped
        .when(drop("もう一度"))
        .then_refused("licence.nothing_to_drop");
    dropped.when(check(checklist())).then(&["checked"]);
    licensed("2024-04-15")
        .when(drop("やめる"))
        .then_refused("licence.nothing_to_drop");
    let removed = checked("2024-04-15").after(ask(Command::CloseOffice {
        corporation: corporation_id(),
        why: CloseReason::Removed,
    }));
    assert_eq!(record(&removed).status(), Status::Dropped);
    assert_eq!(waits(&removed), []);
}

#[test]
fn a_renewal_received_by_the_last_day_counts_when_it_is_entered_after_it() {
    let over = through(licensed("2024-04-15"), "2025-04-17");
    assert_eq!(record(&over).status(), Status::Expired);
    let filed = over.after(renewal("2025-04-14"));
    let begun = through(filed, "2025-04-17");
    assert_eq!(record(&begun).years.len(), 2);
    assert_eq!(record(&begun).expired, None);
}

#[test]
fn neither_application_nor_renewal_can_be_cancelled() {
    licensed("2024-04-15")
        .when(ask(Command::Cancel {}))
        .then_refused("licence.not_cancellable");
    checked("2024-04-15")
        .when(ask(Command::Cancel {}))
        .then_refused("licence.not_applied");
}

#[test]
fn the_licence_of_an_office_that_closes_runs_out_and_nobody_is_reminded() {
    let closed = licensed("2024-04-15")
        .on("2025-01-10")
        .after(ask(Command::CloseOffice {
            corporation: corporation_id(),
            why: CloseReason::Removed,
        }));
    closed
        .when(ask(Command::CloseOffice {
            corporation: corporation_id(),
            why: CloseReason::Removed,
        }))
        .then_nothing();
    let later = through(closed, "2025-03-01");
    assert_eq!(record(&later).status(), Status::RunsOut);
    assert!(!waits(&later).contains(&(Party::Customer, What::LicenceRenewal)));
    later
        .when(renewal("2025-03-01"))
        .then_refused("licence.office_closed");
    let over = through(later, "2025-04-15");
    assert_eq!(record(&over).status(), Status::Expired);
}

#[test]
fn a_notice_is_of_a_day_that_came_and_not_before_the_filing() {
    let applied = checked("2024-04-15").after(apply(filing("2024-04-15")));
    let grant = |on: &str| ask(Command::Grant { on: day(on) });
    applied
        .when(grant("2024-04-16"))
        .then_refused("licence.day_not_come");
    applied
        .when(grant("2024-04-12"))
        .then_refused("licence.too_early");
    applied
        .when(ask(Command::Renew {
            on: day("2024-04-15"),
        }))
        .then_refused("licence.renewal_not_filed");
}

fn take_over(first: &str, last: Option<&str>) -> nouns::Command {
    ask(Command::TakeOver {
        corporation: corporation_id(),
        first_day: day(first),
        last_day: last.map(day),
        payment: Payment::Deduction,
        paid_in: Some("2024-05".parse().expect("a month")),
        source: Source {
            file: "licences.csv".into(),
            line: 2,
        },
    })
}

#[test]
fn a_licence_that_exists_already_is_taken_over_with_the_dates_of_the_rule() {
    let desk = registered_corporation().on("2025-01-15");
    desk.when(take_over("2024-04-15", Some("2025-04-15")))
        .then_refused("licence.last_day_differs");
    let taken = desk.after(take_over("2024-04-15", Some("2025-04-14")));
    assert_eq!(record(&taken).status(), Status::Valid);
    assert_eq!(waits(&taken), []);
    taken.when(take_over("2024-04-15", None)).then_nothing();
    taken
        .when(take_over("2024-05-01", None))
        .then_refused("licence.overlaps");
    through(taken, "2025-02-13")
        .when(renewal("2025-02-13"))
        .then(&["renewal_filed"]);
}

#[test]
fn a_download_is_asked_for_by_name() {
    let desk = checked("2024-04-15");
    let download = |organisation: &str| {
        ask(Command::RequestDownload {
            organisation: organisation.into(),
            received_on: day("2024-04-15"),
        })
    };
    desk.when(download("")).then_refused("licence.empty");
    desk.when(download("社会福祉法人あおぞら会"))
        .then(&["download_requested"]);
    desk.after(download("社会福祉法人あおぞら会"))
        .when(download("社会福祉法人あおぞら会"))
        .then_nothing();
}

#[test]
fn a_deadline_of_a_licence_whose_date_no_longer_stands_does_nothing() {
    let desk = licensed("2024-04-15").on("2026-01-05");
    for command in [
        Command::OpenRenewal {
            on: day("2025-02-12"),
        },
        Command::BeginYear {
            on: day("2025-04-15"),
        },
        Command::Expire {
            last_day: day("2025-04-13"),
        },
        Command::PassFee {
            first_day: day("2024-04-15"),
            fee_by: day("2024-05-31"),
        },
    ] {
        desk.when(ask(command)).then_nothing();
    }
}
