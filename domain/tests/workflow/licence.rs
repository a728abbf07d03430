//! A licence: checked, applied for, renewed without a gap, or over.

use crate::kit::{self, Desk, corporation_id, day, form, office_numbers, registered_corporation};
use daicho_domain::identifiers::{KjId, OfficeNumber};
use daicho_domain::licence::{
    Browser, Certificate, CertificateKind, Checklist, CloseReason, Command, FeeStatus, Filing, Gap,
    How, Mails, Payment, Pc, Record, Software, System, Tick,
};
use daicho_domain::nouns;
use daicho_domain::nouns::State;
use daicho_domain::personal::Personal;
use daicho_domain::stream::{CorporationId, Stream};
use daicho_domain::waiting::{Party, What};

pub fn number() -> OfficeNumber {
    office_numbers()[0]
}

pub fn stream() -> Stream {
    Stream::Licence(number())
}

pub fn ask(command: Command) -> nouns::Command {
    nouns::Command::licence(&stream(), command)
}

pub fn said(text: &str) -> Personal {
    Personal::new("licence-test", text)
}

pub fn checklist() -> Checklist {
    Checklist {
        pc: Pc {
            system: System::Windows11,
            gregorian_calendar: Tick::Yes,
            browser: Browser::Edge,
            pdf_viewer: Tick::Yes,
        },
        software: Software {
            name: "あおぞらケアソフト".into(),
            plan_1_2: Tick::Yes,
            plan_6_7: Tick::Yes,
            actuals_6: Tick::No,
        },
        kj_id: Some(KjId::compose(number())),
        kj_id_confirmed: Tick::No,
        password_changed: Tick::Yes,
        certificate: Some(Certificate {
            issuer: "e-seikyu CA".into(),
            subject: "KaigoJigyousho".into(),
            kind: CertificateKind::CareInsurance,
            valid_from: day("2023-04-01"),
            valid_to: day("2027-03-31"),
        }),
    }
}

pub fn check(checklist: Checklist) -> nouns::Command {
    ask(Command::Check {
        corporation: corporation_id(),
        checklist,
    })
}

pub fn filing(on: &str) -> Filing {
    Filing {
        receipt: form(on),
        contact: said("山田花子"),
        phone: said("0312345678"),
        mails: Mails {
            mail: said("care@example.jp"),
            again: said("care@example.jp"),
        },
        terms_version: "2024-01".into(),
        payment: Payment::Deduction,
    }
}

pub fn apply(filing: Filing) -> nouns::Command {
    ask(Command::Apply {
        office_name: "あおぞら第1事業所".into(),
        representative: said("青空太郎"),
        filing,
    })
}

pub fn renewal(on: &str) -> nouns::Command {
    ask(Command::FileRenewal { filing: filing(on) })
}

/// The desk whose first office was checked on a day and can apply.
pub fn checked(on: &str) -> Desk {
    registered_corporation().on(on).after(check(checklist()))
}

/// The desk whose first office applied on a day and was granted its licence.
pub fn licensed(on: &str) -> Desk {
    checked(on)
        .after(apply(filing(on)))
        .after(ask(Command::Grant { on: day(on) }))
}

pub fn record(desk: &Desk) -> Record {
    let State::Licence(state) = desk.state(&stream()) else {
        panic!("a licence stream");
    };
    state.known().expect("a licence is known").clone()
}

pub fn waits(desk: &Desk) -> Vec<(Party, What)> {
    let State::Licence(state) = desk.state(&stream()) else {
        panic!("a licence stream");
    };
    let waiting = state.waiting();
    waiting
        .into_iter()
        .map(|one| (one.party, one.what))
        .collect()
}

/// The desk on a day, with every deadline sent that is due by then.
pub fn through(mut desk: Desk, to: &str) -> Desk {
    desk = desk.on(to);
    loop {
        let due = desk
            .state(&stream())
            .deadlines(&stream())
            .into_iter()
            .find(|deadline| deadline.on <= day(to));
        match due {
            Some(deadline) => desk = desk.after(deadline.command),
            None => return desk,
        }
    }
}

#[test]
fn the_year_is_counted_from_the_application_day_itself() {
    for (applied, last) in [
        ("2024-04-15", "2025-04-14"),
        ("2024-02-29", "2025-02-28"),
        ("2023-03-01", "2024-02-29"),
    ] {
        let mut checklist = checklist();
        if let Some(certificate) = &mut checklist.certificate {
            certificate.valid_from = day("2022-04-01");
        }
        let desk = registered_corporation()
            .on(applied)
            .after(check(checklist))
            .after(apply(filing(applied)));
        let record = record(&desk);
        let term = &record.year().expect("a year").term;
        assert_eq!(term.first_day.on, day(applied));
        assert_eq!(term.last_day.on, day(last));
    }
}

#[test]
fn the_fee_is_expected_the_month_after_or_the_next_and_stands_beside_the_term() {
    let desk = licensed("2024-04-15");
    let known = record(&desk);
    let year = known.year().expect("a year");
    assert_eq!(year.term.fee_month.on, day("2024-05-01"));
    assert_eq!(year.term.fee_month_latest.on, day("2024-06-01"));
    assert_eq!((year.price.gross_yen, year.price.tax_yen), (21_000, 1_909));
    assert_eq!(waits(&desk), [(Party::Federation, What::LicenceFee)]);
    let fee = |month: &str| {
        ask(Command::ConfirmFee {
            first_day: day("2024-04-15"),
            month: month.parse().expect("a month"),
            how: How::Hand,
        })
    };
    desk.when(fee("2024-03"))
        .then_refused("licence.fee_too_early");
    let desk = desk.on("2024-06-03");
    desk.when(fee("2024-07"))
        .then_refused("licence.fee_month_not_come");
    let paid = desk.after(fee("2024-05"));
    assert_eq!(waits(&paid), []);
    paid.when(fee("2024-05")).then_nothing();
    paid.when(fee("2024-06")).then_refused("licence.fee_paid");
    paid.when(ask(Command::ConfirmFee {
        first_day: day("2025-04-15"),
        month: "2025-05".parse().expect("a month"),
        how: How::List,
    }))
    .then_refused("licence.no_such_year");
}

#[test]
fn a_fee_nobody_confirmed_by_the_latest_month_is_for_us_to_look_at() {
    let before = through(licensed("2024-04-15"), "2024-06-30");
    assert_eq!(waits(&before), [(Party::Federation, What::LicenceFee)]);
    let after = through(before, "2024-07-01");
    assert_eq!(waits(&after), [(Party::Us, What::LicenceFeeOverdue)]);
    let year = record(&after).year().expect("a year").clone();
    assert_eq!(year.fee_status(), FeeStatus::Overdue);
}

#[test]
fn what_is_missing_at_the_office_is_named_and_hinders_the_application() {
    let lacking = Checklist {
        pc: Pc {
            system: System::Other,
            gregorian_calendar: Tick::No,
            browser: Browser::Other,
            pdf_viewer: Tick::No,
        },
        software: Software {
            name: "旧ソフト".into(),
            plan_1_2: Tick::No,
            plan_6_7: Tick::No,
            actuals_6: Tick::No,
        },
        kj_id: None,
        kj_id_confirmed: Tick::No,
        password_changed: Tick::No,
        certificate: Some(Certificate {
            issuer: "Example CA".into(),
            subject: "Somebody".into(),
            kind: CertificateKind::Other,
            valid_from: day("2020-01-01"),
            valid_to: day("2022-12-31"),
        }),
    };
    let desk = registered_corporation()
        .on("2024-04-15")
        .after(check(lacking));
    let gaps = record(&desk).checked.expect("it was checked").gaps;
    assert_eq!(
        gaps,
        [
            Gap::System,
            Gap::Calendar,
            Gap::Browser,
            Gap::PdfViewer,
            Gap::Software,
            Gap::KjId,
            Gap::CertificateIssuer,
            Gap::CertificateSubject,
            Gap::CertificateKind,
            Gap::CertificateOver,
        ]
    );
    assert_eq!(
        waits(&desk),
        [
            (Party::Federation, What::LicenceKjId),
            (Party::Customer, What::LicenceGaps)
        ]
    );
    desk.when(apply(filing("2024-04-15")))
        .then_refused("licence.not_ready");
}

#[test]
fn a_certificate_that_is_missing_or_not_valid_yet_is_a_gap() {
    let missing = Checklist {
        certificate: None,
        ..checklist()
    };
    let desk = registered_corporation()
        .on("2024-04-15")
        .after(check(missing));
    let checked = record(&desk).checked.expect("it was checked");
    assert_eq!(checked.gaps, [Gap::Certificate]);
    let early = registered_corporation()
        .on("2023-03-31")
        .after(check(checklist()));
    let checked = record(&early).checked.expect("it was checked");
    assert_eq!(checked.gaps, [Gap::CertificateEarly]);
}

#[test]
fn asking_the_federation_for_a_kj_id_takes_two_weeks() {
    let desk = registered_corporation()
        .on("2024-04-15")
        .after(check(Checklist {
            kj_id: None,
            password_changed: Tick::No,
            ..checklist()
        }));
    let State::Licence(state) = desk.state(&stream()) else {
        panic!("a licence stream");
    };
    let waiting = state.waiting();
    assert_eq!(waiting[0].what, What::LicenceKjId);
    assert_eq!(waiting[0].party, Party::Federation);
    assert_eq!(
        waiting.len(),
        1,
        "without an ID there is no password to change"
    );
    let until = waiting[0].until.as_ref().expect("a day");
    assert_eq!(until.on, day("2024-04-29"));
    assert_eq!(until.basis.rules, ["licence.id_inquiry_days"]);
    let again = desk.clone().on("2024-04-20").after(check(Checklist {
        kj_id: None,
        certificate: None,
        ..checklist()
    }));
    let known = record(&again).checked.expect("it was checked");
    let expected = known.id_expected_by.expect("it is expected");
    assert_eq!(
        expected.on,
        day("2024-04-29"),
        "asking the office again moves no day"
    );
    desk.on("2024-04-26")
        .when(check(checklist()))
        .then(&["checked"]);
}

#[test]
fn a_kj_id_of_another_office_is_for_a_person_to_confirm() {
    let other = Checklist {
        kj_id: Some(KjId::compose(office_numbers()[1])),
        ..checklist()
    };
    let desk = registered_corporation().on("2024-04-15");
    desk.when(check(other.clone()))
        .then_refused("licence.kj_id_differs");
    desk.when(check(Checklist {
        kj_id_confirmed: Tick::Yes,
        ..other
    }))
    .then(&["checked"]);
}

#[test]
fn a_form_says_everything_twice_where_it_must_and_nothing_in_another_shape() {
    let desk = checked("2024-04-15");
    let with = |change: fn(&mut Filing)| {
        let mut filing = filing("2024-04-15");
        change(&mut filing);
        desk.when(apply(filing))
    };
    with(|form| form.phone = said("０３１２３４５６７８ ")).then(&["applied"]);
    with(|form| form.mails.again = said("care@example.jp ")).then(&["applied"]);
    with(|form| form.phone = said("03-1234-5678")).then_refused("licence.phone_hyphens");
    with(|form| form.mails.again = said("other@example.jp")).then_refused("licence.mail_differs");
    with(|form| form.contact = said(" ")).then_refused("licence.empty");
    with(|form| form.mails.mail = said("")).then_refused("licence.empty");
    with(|form| form.terms_version = String::new()).then_refused("licence.empty");
    with(|form| form.receipt = kit::form("2024-04-16")).then_refused("licence.day_not_come");
    with(|form| form.payment = Payment::Invoice).then(&["applied"]);
    desk.when(ask(Command::Apply {
        office_name: String::new(),
        representative: said("青空太郎"),
        filing: filing("2024-04-15"),
    }))
    .then_refused("licence.empty");
}

#[test]
fn nothing_is_known_of_an_office_that_was_not_checked() {
    let desk = registered_corporation().on("2024-04-15");
    desk.when(apply(filing("2024-04-15")))
        .then_refused("licence.unknown");
    desk.when(renewal("2024-04-15"))
        .then_refused("licence.unknown");
    desk.when(ask(Command::CloseOffice {
        corporation: corporation_id(),
        why: CloseReason::Removed,
    }))
    .then_nothing();
    desk.when(ask(Command::Check {
        corporation: CorporationId::of_number("7123456789012"),
        checklist: checklist(),
    }))
    .then_refused("licence.unknown_office");
    let checked = checked("2024-04-15");
    checked
        .when(renewal("2024-04-15"))
        .then_refused("licence.not_applied");
    checked
        .when(ask(Command::Grant {
            on: day("2024-04-15"),
        }))
        .then_refused("licence.not_applied");
}

#[test]
fn a_second_application_is_a_renewal() {
    let desk = licensed("2024-04-15");
    desk.when(apply(filing("2024-04-15"))).then_nothing();
    desk.when(apply(Filing {
        payment: Payment::Invoice,
        ..filing("2024-04-15")
    }))
    .then_refused("licence.filed_otherwise");
    desk.clone()
        .on("2024-06-01")
        .when(apply(filing("2024-06-01")))
        .then_refused("licence.active");
    desk.when(check(checklist())).then_refused("licence.active");
}
