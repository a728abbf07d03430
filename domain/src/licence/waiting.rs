//! What a licence waits for, and what it does when a date comes.

use super::checklist::Gap;
use super::contract::{Contract, Fee, Origin};
use super::state::{Checked, Record, State};
use super::{Command, Status};
use crate::nouns;
use crate::rules::Dated;
use crate::stream::Stream;
use crate::waiting::{Deadline, Next, Party, Trigger, Waiting, What};
use chrono::{Days, NaiveDate};

impl State {
    /// Why the licence is not settled; empty when it is.
    pub fn waiting(&self) -> Vec<Waiting> {
        self.known().map_or_else(Vec::new, Record::waiting)
    }

    /// What is sent when a date comes.
    pub fn deadlines(&self, stream: &Stream) -> Vec<Deadline> {
        self.known()
            .map_or_else(Vec::new, |known| known.deadlines(stream))
    }
}

impl Record {
    /// The day on which the window opens, while nothing else has come before it.
    pub(super) fn opens_on(&self) -> Option<NaiveDate> {
        let waits = !self.renewal_open
            && self.next.is_none()
            && self.expired.is_none()
            && self.closed.is_none();
        let year = self.year().filter(|_| waits)?;
        Some(year.term.renewal_opens.on)
    }

    /// The last day, when the licence ends with it.
    pub(super) fn expires_after(&self) -> Option<NaiveDate> {
        let ends = self.next.is_none() && self.expired.is_none();
        let year = self.year().filter(|_| ends)?;
        Some(year.term.last_day.on)
    }

    fn waiting(&self) -> Vec<Waiting> {
        let reason = |party, what, until: Option<&Dated>, then| Waiting {
            party,
            what,
            until: until.cloned(),
            then,
            office: Some(self.office),
        };
        let fee = |fee: &Fee, party, what, then| {
            let years = self.contracts().filter(move |year| year.fee == *fee);
            let reasons = years.map(|year| reason(party, what, Some(&year.term.fee_by), then));
            reasons.collect::<Vec<_>>()
        };
        let notice = |what, year: &Contract| {
            reason(
                Party::Us,
                what,
                year.notice_by.as_ref(),
                Next::LicenceNoticed,
            )
        };
        let mut waiting = fee(
            &Fee::Overdue,
            Party::Us,
            What::LicenceFeeOverdue,
            Next::PersonDecides,
        );
        match self.status() {
            Status::Gaps | Status::Ready => {
                waiting.extend(self.before_applying().into_iter().flat_map(|checked| {
                    let reason = |(party, what, until, then)| reason(party, what, until, then);
                    checked.reasons().into_iter().map(reason)
                }));
            }
            Status::Renewable => waiting.push(reason(
                Party::Customer,
                What::LicenceRenewal,
                self.year().map(|year| &year.term.last_day),
                Next::LicenceExpires,
            )),
            Status::Applied
            | Status::Filed
            | Status::Valid
            | Status::RunsOut
            | Status::Expired
            | Status::Dropped => {}
        }
        let running = self.year().filter(|_| self.expired.is_none());
        let untold = running.into_iter().chain(&self.next);
        waiting.extend(
            untold
                .filter(|year| year.awaits_notice())
                .map(|year| match year.origin {
                    Origin::Application | Origin::List => notice(What::LicenceGrant, year),
                    Origin::Renewal => notice(What::LicenceNotice, year),
                }),
        );
        waiting.extend(fee(
            &Fee::Expected,
            Party::Federation,
            What::LicenceFee,
            Next::LicenceFeeConfirmed,
        ));
        let told = self.next.iter().filter(|year| !year.awaits_notice());
        waiting.extend(told.map(|next| {
            let begins = Some(&next.term.first_day);
            reason(
                Party::Us,
                What::LicenceYear,
                begins,
                Next::LicenceYearBegins,
            )
        }));
        waiting
    }

    fn deadlines(&self, stream: &Stream) -> Vec<Deadline> {
        let deadline = |name: String, on, command| Deadline {
            name,
            on,
            trigger: Trigger::DayOpened,
            command: nouns::Command::licence(stream, command),
        };
        let mut deadlines = vec![];
        if let Some(on) = self.opens_on() {
            deadlines.push(deadline(
                "open_renewal".into(),
                on,
                Command::OpenRenewal { on },
            ));
        }
        if let Some(last_day) = self.expires_after() {
            let day_after = last_day + Days::new(1);
            let command = Command::Expire { last_day };
            deadlines.push(deadline("expire".into(), day_after, command));
        }
        if let Some(next) = &self.next {
            let on = next.term.first_day.on;
            let command = Command::BeginYear { on };
            deadlines.push(deadline("begin_year".into(), on, command));
        }
        let open = self.contracts().filter(|year| year.fee == Fee::Expected);
        deadlines.extend(open.map(|year| {
            let (first_day, fee_by) = (year.term.first_day.on, year.term.fee_by.on);
            let command = Command::PassFee { first_day, fee_by };
            let name = format!("pass_fee_{first_day}");
            deadline(name, fee_by + Days::new(1), command)
        }));
        deadlines
    }
}

impl Checked {
    /// Whom the application waits for: the federation for the ID, the office for the rest.
    fn reasons(&self) -> Vec<(Party, What, Option<&Dated>, Next)> {
        let mut reasons = vec![];
        if self.gaps.contains(&Gap::KjId) {
            reasons.push((
                Party::Federation,
                What::LicenceKjId,
                self.id_expected_by.as_ref(),
                Next::LicenceChecked,
            ));
        }
        if self.gaps.iter().any(|gap| *gap != Gap::KjId) {
            let what = What::LicenceGaps;
            reasons.push((Party::Customer, what, None, Next::LicenceChecked));
        }
        if self.gaps.is_empty() {
            reasons.push((
                Party::Customer,
                What::LicenceApplication,
                self.holds_until.as_ref(),
                Next::LicenceTaken,
            ));
        }
        reasons
    }
}
