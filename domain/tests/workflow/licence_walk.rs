//! Every state a licence reaches in a few steps: whatever is open waits for somebody, nothing is recorded twice, no
//! deadline is left over.

use crate::kit::{Desk, corporation_id, day, form, registered_corporation};
use crate::licence::{apply, ask, check, checklist, filing, stream};
use chrono::{Days, NaiveDate};
use daicho_domain::corporation::Source;
use daicho_domain::licence::{Checklist, CloseReason, Command, Filing, How, Payment, Status, Tick};
use daicho_domain::nouns::{self, State};
use std::collections::BTreeSet;

/// What somebody may do next.
#[derive(Clone, Copy, Debug)]
enum Move {
    Check(Tick),
    Drop,
    Apply,
    Grant,
    Renew,
    Late,
    Told,
    Fee,
    Reverse,
    Close,
    Follow,
    List,
    Days(u64),
}

const MOVES: [Move; 15] = [
    Move::Check(Tick::Yes),
    Move::Check(Tick::No),
    Move::Drop,
    Move::Apply,
    Move::Grant,
    Move::Renew,
    Move::Late,
    Move::Told,
    Move::Fee,
    Move::Reverse,
    Move::Close,
    Move::Follow,
    Move::List,
    Move::Days(80),
    Move::Days(310),
];

const FIRST: &str = "2024-04-15";

fn on(today: NaiveDate) -> Filing {
    Filing {
        receipt: form(&today.to_string()),
        ..filing(FIRST)
    }
}

/// The commands of a move on a day; none when only time passes.
fn commands(of: Move, desk: &Desk, today: NaiveDate) -> Vec<nouns::Command> {
    let State::Licence(state) = desk.state(&stream()) else {
        panic!("a licence stream");
    };
    let corporation = corporation_id();
    let last = state.known().and_then(|known| known.year());
    let last_day = last.map_or(today, |year| year.term.last_day.on);
    let years = state
        .known()
        .into_iter()
        .flat_map(|known| known.contracts());
    let first_days = years.map(|year| year.term.first_day.on);
    match of {
        Move::Check(password_changed) => vec![check(Checklist {
            password_changed,
            ..checklist()
        })],
        Move::Drop => vec![ask(Command::DropCheck {
            reason: "利用しない".into(),
        })],
        Move::Apply => vec![apply(on(today))],
        Move::Grant => vec![ask(Command::Grant { on: today })],
        Move::Renew => vec![ask(Command::FileRenewal { filing: on(today) })],
        Move::Late => vec![ask(Command::FileRenewal {
            filing: on(last_day.min(today)),
        })],
        Move::Told => vec![ask(Command::Renew { on: today })],
        Move::Fee => first_days
            .map(|first_day| {
                ask(Command::ConfirmFee {
                    first_day,
                    month: daicho_domain::dates::Month::of(first_day),
                    how: How::Hand,
                })
            })
            .collect(),
        Move::Reverse => first_days
            .map(|first_day| {
                let reason = "取り違え".into();
                ask(Command::ReverseFee { first_day, reason })
            })
            .collect(),
        Move::Close => vec![ask(Command::CloseOffice {
            corporation,
            why: CloseReason::Renumbered,
        })],
        Move::Follow => vec![ask(Command::FollowOffice { corporation })],
        Move::List => vec![ask(Command::TakeOver {
            corporation,
            first_day: day("2024-03-01"),
            last_day: None,
            payment: Payment::Invoice,
            paid_in: None,
            source: Source {
                file: "licences.csv".into(),
                line: 2,
            },
        })],
        Move::Days(_) => vec![],
    }
}

/// Everything that is due by today is sent; what was sent leaves nothing due.
fn settled(mut desk: Desk, today: NaiveDate) -> Desk {
    for _ in 0..16 {
        let due = desk.state(&stream()).deadlines(&stream());
        let Some(deadline) = due.into_iter().find(|deadline| deadline.on <= today) else {
            return desk;
        };
        let (after, count) = desk
            .tried(deadline.command)
            .unwrap_or_else(|| panic!("{} is refused", deadline.name));
        assert!(count > 0, "{} is left over", deadline.name);
        desk = after;
    }
    panic!("the deadlines do not end: {:#?}", desk.state(&stream()));
}

fn holds(desk: &Desk) {
    let State::Licence(state) = desk.state(&stream()) else {
        panic!("a licence stream");
    };
    let Some(known) = state.known() else {
        return;
    };
    let open = match known.status() {
        Status::Gaps | Status::Ready | Status::Applied | Status::Renewable | Status::Filed => true,
        Status::Valid | Status::RunsOut | Status::Expired | Status::Dropped => {
            known.contracts().any(|year| year.awaits_fee())
                || known.expired.is_none() && known.contracts().any(|year| year.awaits_notice())
        }
    };
    assert_eq!(open, !state.waiting().is_empty(), "{known:#?}");
}

fn walk(
    desk: &Desk,
    today: NaiveDate,
    left: usize,
    seen: &mut BTreeSet<(NaiveDate, usize, String)>,
) {
    holds(desk);
    let here = format!("{:?}", desk.state(&stream()));
    if left == 0 || !seen.insert((today, left, here)) {
        return;
    }
    for next in MOVES {
        if let Move::Days(days) = next {
            let later = today + Days::new(days);
            let desk = settled(desk.clone().on(&later.to_string()), later);
            walk(&desk, later, left - 1, seen);
            continue;
        }
        let mut after = desk.clone();
        let mut moved = 0;
        for command in commands(next, desk, today) {
            if let Some((taken, count)) = after.tried(command.clone()) {
                after = taken;
                moved += count;
                let again = after.tried(command).map_or(0, |(_, count)| count);
                assert_eq!(again, 0, "{next:?} twice is recorded twice");
            }
        }
        if moved > 0 {
            walk(&settled(after, today), today, left - 1, seen);
        }
    }
}

#[test]
fn whatever_is_open_waits_for_somebody_and_no_deadline_is_left_over() {
    let mut seen = BTreeSet::new();
    let desk = registered_corporation().on(FIRST);
    walk(&desk, day(FIRST), 6, &mut seen);
    assert!(seen.len() > 300, "{} states were walked", seen.len());
}
