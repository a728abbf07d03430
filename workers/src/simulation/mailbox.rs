//! The vendor's letter box: what arrived in truth, held against what was entered, day by day.

use chrono::NaiveDate;
use daicho_domain::intake::Channel;
use std::collections::{BTreeMap, VecDeque};

/// What arrived and what was entered for one business day, the days without post before it included.
#[derive(Debug, Default)]
pub(super) struct Day {
    /// What arrived.
    pub(super) arrived: BTreeMap<Channel, u32>,
    /// What was entered.
    pub(super) entered: BTreeMap<Channel, u32>,
    /// Envelopes that lie unopened.
    pub(super) unopened: u32,
    /// It was counted.
    pub(super) counted: bool,
    /// Nobody thinks of closing it before this day.
    pub(super) forgotten_until: Option<NaiveDate>,
}

/// The letter box.
#[derive(Debug, Default)]
pub(super) struct Mailbox {
    days: BTreeMap<NaiveDate, Day>,
    open: VecDeque<NaiveDate>,
}

impl Mailbox {
    /// The day that this business day counts.
    pub(super) fn day(&mut self, business_day: NaiveDate) -> &mut Day {
        self.days.entry(business_day).or_default()
    }

    /// The business day has begun: its post is to be closed.
    pub(super) fn begin(&mut self, business_day: NaiveDate) {
        self.open.push_back(business_day);
    }

    /// The oldest day that is not closed.
    pub(super) fn oldest_open(&self) -> Option<NaiveDate> {
        self.open.front().copied()
    }

    /// The oldest open day is closed; nothing of it is needed any more.
    pub(super) fn closed(&mut self) {
        if let Some(day) = self.open.pop_front() {
            self.days = self.days.split_off(&day);
        }
    }
}
