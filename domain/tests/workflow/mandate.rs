//! 口座振替依頼書: raised at 本登録, out, back, to the bank, registered or defective.

use crate::kit::{account, corporation_id, day, mandate, registered_for_mini2};
use daicho_domain::Service;
use daicho_domain::corporation::{Command, MandateCommand as Step, MandateDefect};
use daicho_domain::nouns::{self, Event, State};
use daicho_domain::stream::Stream;
use daicho_domain::waiting::{Party, What};

fn need() -> nouns::Command {
    nouns::Command::corporation(
        &Stream::Corporation(corporation_id()),
        Command::NeedMandate {
            service: Service::HonobonoMini2,
            charged: "2026-08".parse().expect("a month"),
        },
    )
}

fn waits_for(desk: &crate::kit::Desk) -> Option<(Party, What)> {
    let State::Corporation(state) = desk.state(&Stream::Corporation(corporation_id())) else {
        panic!("a corporation");
    };
    let mandate = state.registered()?.mandate.clone()?;
    mandate
        .waiting()
        .first()
        .map(|reason| (reason.party, reason.what))
}

#[test]
fn it_is_needed_before_the_first_debit_is_asked_for() {
    let desk = registered_for_mini2();
    let events = desk.when(need()).then(&["mandate_needed"]);
    let [Event::Corporation(daicho_domain::corporation::Event::MandateNeeded { by })] = &events[..]
    else {
        panic!("{events:?}");
    };
    // Seven bank days before 2026-09-28; 09-21 to 09-23 are holidays.
    assert_eq!(by.on, day("2026-09-14"));
    desk.after(need()).when(need()).then_nothing();
}

#[test]
fn it_goes_out_comes_back_and_is_registered_by_the_bank() {
    let desk = registered_for_mini2().after(need());
    assert_eq!(waits_for(&desk), Some((Party::Us, What::MandateDispatch)));
    let on = day("2026-05-20");
    let desk = desk.after(mandate(Step::Send { sent_on: on }));
    assert_eq!(
        waits_for(&desk),
        Some((Party::Customer, What::MandateReturn))
    );
    let returned = Step::Return {
        returned_on: on,
        account: account("フク）アオゾラカイ"),
    };
    let desk = desk.after(mandate(returned));
    assert_eq!(waits_for(&desk), Some((Party::Us, What::MandateHandover)));
    let desk = desk.after(mandate(Step::HandToBank { on }));
    assert_eq!(
        waits_for(&desk),
        Some((Party::Bank, What::MandateRegistration))
    );
    let registered = Step::Register { on, customer: None };
    let events = desk
        .when(mandate(registered.clone()))
        .then(&["mandate_registered"]);
    let [
        Event::Corporation(daicho_domain::corporation::Event::MandateRegistered {
            customer, ..
        }),
    ] = &events[..]
    else {
        panic!("{events:?}");
    };
    assert_eq!(customer.to_string(), "00000007000012050002");
    let desk = desk.after(mandate(registered));
    assert_eq!(waits_for(&desk), None);
}

#[test]
fn a_defective_one_is_sent_again() {
    let on = day("2026-05-20");
    let desk = registered_for_mini2()
        .after(need())
        .after(mandate(Step::Send { sent_on: on }))
        .after(mandate(Step::Return {
            returned_on: on,
            account: account("アオゾラカイ"),
        }))
        .after(mandate(Step::HandToBank { on }))
        .after(mandate(Step::FindDefective {
            on,
            defect: MandateDefect::SealDiffers,
            note: None,
        }));
    assert_eq!(waits_for(&desk), Some((Party::Us, What::MandateDispatch)));
    desk.when(mandate(Step::Send { sent_on: on }))
        .then(&["mandate_sent"]);
}

#[test]
fn an_account_the_file_cannot_carry_is_refused_when_it_is_entered() {
    let on = day("2026-05-20");
    let desk = registered_for_mini2()
        .after(need())
        .after(mandate(Step::Send { sent_on: on }));
    let refusal = desk
        .when(mandate(Step::Return {
            returned_on: on,
            account: account("青空会"),
        }))
        .then_refused("corporation.account_unwritable");
    assert!(
        refusal.sentence().contains("1文字目の「青」"),
        "{}",
        refusal.sentence()
    );
}

#[test]
fn no_step_is_taken_before_the_one_before_it() {
    let on = day("2026-05-20");
    let none = registered_for_mini2();
    none.when(mandate(Step::Send { sent_on: on }))
        .then_refused("corporation.no_mandate_needed");
    let desk = none.after(need());
    desk.when(mandate(Step::Send {
        sent_on: day("2026-05-21"),
    }))
    .then_refused("corporation.day_not_come");
    desk.when(mandate(Step::Return {
        returned_on: on,
        account: account("ア"),
    }))
    .then_refused("corporation.mandate_not_sent");
    desk.when(mandate(Step::HandToBank { on }))
        .then_refused("corporation.mandate_not_returned");
    desk.when(mandate(Step::Register { on, customer: None }))
        .then_refused("corporation.mandate_not_with_bank");
    let desk = desk.after(mandate(Step::Send { sent_on: on }));
    desk.when(mandate(Step::Return {
        returned_on: day("2026-05-19"),
        account: account("ア"),
    }))
    .then_refused("corporation.mandate_before_sent");
    let desk = desk
        .after(mandate(Step::Return {
            returned_on: on,
            account: account("ア"),
        }))
        .after(mandate(Step::HandToBank { on }));
    desk.when(mandate(Step::Send { sent_on: on }))
        .then_refused("corporation.mandate_with_bank");
}

#[test]
fn one_that_never_came_is_called_off_with_the_use_and_needed_again_with_the_next() {
    let on = day("2026-06-02");
    let call_off = || mandate(Step::CallOff {});
    let out = registered_for_mini2()
        .on("2026-06-02")
        .after(need())
        .after(mandate(Step::Send { sent_on: on }));
    out.when(call_off()).then(&["mandate_called_off"]);
    let off = out.clone().after(call_off());
    assert_eq!(waits_for(&off), None);
    off.when(call_off()).then_nothing();
    off.when(mandate(Step::Return {
        returned_on: on,
        account: account("ア"),
    }))
    .then_refused("corporation.mandate_not_sent");
    off.when(need()).then(&["mandate_needed"]);
    let in_force = out
        .after(mandate(Step::Return {
            returned_on: on,
            account: account("ア"),
        }))
        .after(mandate(Step::HandToBank { on }))
        .after(mandate(Step::Register { on, customer: None }));
    in_force.when(call_off()).then_nothing();
}

/// The account that a debit would go to now.
fn debited(desk: &crate::kit::Desk) -> Option<String> {
    let State::Corporation(state) = desk.state(&Stream::Corporation(corporation_id())) else {
        panic!("a corporation");
    };
    let mandate = state.registered()?.mandate.clone()?;
    let (account, _) = mandate.in_force()?;
    account.holder.disclose().map(str::to_owned)
}

/// Another account is asked for: the form is back and at the bank.
fn changing() -> crate::kit::Desk {
    let on = day("2026-10-01");
    registered_for_mini2()
        .with_mandate("2026-06-01")
        .on("2026-10-01")
        .after(mandate(Step::Send { sent_on: on }))
        .after(mandate(Step::Return {
            returned_on: on,
            account: account("フク）ミドリカイ"),
        }))
        .after(mandate(Step::HandToBank { on }))
}

#[test]
fn the_present_account_is_debited_until_the_bank_has_registered_the_new_one() {
    let old = Some("フク）アオゾラカイ".to_owned());
    let desk = registered_for_mini2().with_mandate("2026-06-01");
    assert_eq!(debited(&desk), old);
    let desk = changing();
    assert_eq!(debited(&desk), old);
    assert_eq!(
        waits_for(&desk),
        Some((Party::Bank, What::MandateRegistration))
    );
    let defective = Step::FindDefective {
        on: day("2026-10-01"),
        defect: MandateDefect::Other,
        note: None,
    };
    assert_eq!(debited(&desk.clone().after(mandate(defective))), old);
    let registered = Step::Register {
        on: day("2026-10-01"),
        customer: None,
    };
    let desk = desk.after(mandate(registered));
    assert_eq!(debited(&desk), Some("フク）ミドリカイ".to_owned()));
}

#[test]
fn a_present_account_that_breaks_is_debited_no_longer_and_the_new_form_goes_on() {
    let broken = Step::Break {
        batch: "2026-10".parse().expect("a month"),
        code: daicho_domain::zengin::ResultCode::NoAccount,
    };
    let desk = changing();
    desk.when(mandate(broken.clone())).then(&["mandate_broken"]);
    let desk = desk.after(mandate(broken.clone()));
    assert_eq!(debited(&desk), None);
    assert_eq!(
        waits_for(&desk),
        Some((Party::Bank, What::MandateRegistration))
    );
    desk.when(mandate(broken)).then_nothing();
}

fn waits_until(desk: &crate::kit::Desk) -> Option<String> {
    let State::Corporation(state) = desk.state(&Stream::Corporation(corporation_id())) else {
        panic!("a corporation");
    };
    let waiting = state.registered()?.mandate.as_ref()?.waiting();
    let until = waiting.first()?.until.as_ref()?;
    Some(until.on.to_string())
}

#[test]
fn a_form_is_needed_by_the_first_debit_and_after_a_broken_one_by_the_next_whose_file_is_not_due() {
    let needed = registered_for_mini2().after(need());
    assert_eq!(waits_until(&needed).as_deref(), Some("2026-09-14"));
    // While the present account is debited, the form for another one is needed by no day.
    assert_eq!(waits_until(&changing()), None);
    let broken = |on: &str| {
        let code = daicho_domain::zengin::ResultCode::NoAccount;
        let batch = "2026-09".parse().expect("a month");
        registered_for_mini2()
            .with_mandate("2026-06-01")
            .on(on)
            .after(mandate(Step::Break { batch, code }))
    };
    for (on, by) in [
        ("2026-10-01", "2026-10-15"),
        ("2026-10-15", "2026-10-15"),
        ("2026-10-16", "2026-11-16"),
    ] {
        assert_eq!(waits_until(&broken(on)).as_deref(), Some(by), "{on}");
    }
}

#[test]
fn a_form_that_is_called_off_leaves_the_present_account_in_force() {
    let desk = changing().after(mandate(Step::CallOff {}));
    assert_eq!(debited(&desk), Some("フク）アオゾラカイ".to_owned()));
    assert_eq!(waits_for(&desk), None);
}
