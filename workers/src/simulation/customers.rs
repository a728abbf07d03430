//! What customers do: when they come, whether they register, which offices they apply for, and how they
//! answer a 委任状.

use super::chance::Chance;
use super::offices::{Corporation, Office};
use chrono::{Days, Months, NaiveDate};
use daicho_domain::Service;
use daicho_domain::intake::Channel;
use daicho_domain::stream::CorporationId;

/// A customer and what it has in mind.
#[derive(Debug)]
pub(super) struct Customer {
    /// Who it is.
    pub(super) corporation: Corporation,
    /// Its id in the register.
    pub(super) id: CorporationId,
    /// What it comes for.
    pub(super) service: Service,
    /// The day it comes.
    pub(super) comes_on: NaiveDate,
    /// The offices it has not applied for yet, in the order in which it will.
    pub(super) left: Vec<Office>,
    /// How many applications it has made.
    pub(super) applications: u32,
}

/// The most offices on one form.
const OFFICES_ON_FORM_MAX: usize = 30;

impl Customer {
    /// A customer of the book, who comes between two days.
    pub(super) fn new(corporation: Corporation, seed: u64, from: NaiveDate, to: NaiveDate) -> Self {
        let first = corporation.offices[0].number.to_string();
        let id = match corporation.number {
            Some(number) => CorporationId::of_number(&number.to_string()),
            None => CorporationId::provisional(&first),
        };
        let mut chance = Chance::of(seed, &["customer", &first]);
        let service = if chance.in_hundred(60) {
            Service::HonobonoMini2
        } else {
            Service::CareNetMessenger
        };
        let days = u32::try_from((to - from).num_days()).unwrap_or(0);
        let comes_on = match chance.below(100) {
            // The year ends in the middle of the work: many came in its last months,
            0..45 => to - Days::new(u64::from(chance.below(days.min(100) + 1))),
            // a few on this day two months ago,
            45..49 => to.checked_sub_months(Months::new(2)).unwrap_or(from),
            _ => from + Days::new(u64::from(chance.below(days + 1))),
        };
        let mut left = corporation.offices.clone();
        left.reverse();
        Self {
            corporation,
            id,
            service,
            comes_on: comes_on.max(from),
            left,
            applications: 0,
        }
    }

    /// The offices on the next form: most apply for all at once, some try one first.
    pub(super) fn next_offices(&mut self, chance: &mut Chance) -> Vec<Office> {
        let all = self.left.len();
        let wanted = if all > 1 && self.applications == 0 && chance.in_hundred(30) {
            1 + all / 3
        } else {
            all
        };
        let wanted = wanted.min(OFFICES_ON_FORM_MAX);
        let mut offices = self.left.split_off(all - wanted);
        offices.reverse();
        self.applications += 1;
        offices
    }
}

/// The way a form comes in.
pub(super) fn channel(chance: &mut Chance) -> Channel {
    match chance.below(100) {
        0..62 => Channel::Form,
        62..80 => Channel::Fax,
        80..92 => Channel::Mail,
        _ => Channel::Post,
    }
}

/// How a customer answers a 委任状 that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reply {
    /// It found nobody and comes back on this day.
    Undeliverable(NaiveDate),
    /// The sheet arrives on this day.
    Arrives(NaiveDate, Channel),
    /// Nothing comes.
    Nothing,
}

/// How the customer answers the sheet sent on `sent_on` for the `nth` time.
pub(super) fn reply(chance: &mut Chance, nth: u32, sent_on: NaiveDate, due: NaiveDate) -> Reply {
    let after = |day: NaiveDate, days: u32| day + Days::new(u64::from(days));
    let channel = if chance.in_hundred(9) {
        Channel::Hand
    } else {
        Channel::Post
    };
    let drawn = chance.below(100);
    let hand = u32::try_from((due - sent_on).num_days()).unwrap_or(0);
    let arrives = match (nth, drawn) {
        (1, 0..4) => return Reply::Undeliverable(after(sent_on, chance.between(6, 9))),
        (1, 4..8) | (_, 0..3) => return Reply::Nothing,
        (1, 8..13) => after(due, chance.between(1, 10)),
        (1, 13..16) => after(due, chance.between(15, 35)),
        (1, _) if hand > 7 => after(sent_on, chance.between(5, hand)),
        (_, _) => after(sent_on, chance.between(4, 9)),
    };
    Reply::Arrives(arrives, channel)
}
