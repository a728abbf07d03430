//! What a licence waits for, and what it does when a date comes.

use super::checklist::Gap;
use super::contract::{Contract, Fee};
use super::state::{Record, State};
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
        let checked = self.checked.as_ref();
        let mut waiting = vec![];
        match self.status() {
            Status::Gaps => {
                let gaps = checked.map_or(&[][..], |checked| &checked.gaps);
                let (what, until) = match gaps {
                    [Gap::KjId] => (
                        What::LicenceKjId,
                        checked.and_then(|checked| checked.id_expected_by.as_ref()),
                    ),
                    _ => (What::LicenceGaps, None),
                };
                waiting.push(reason(Party::Customer, what, until, Next::LicenceChecked));
            }
            Status::Ready => waiting.push(reason(
                Party::Customer,
                What::LicenceApplication,
                None,
                Next::LicenceTaken,
            )),
            Status::Applied => waiting.push(reason(
                Party::Us,
                What::LicenceGrant,
                None,
                Next::LicenceNoticed,
            )),
            Status::Renewable => waiting.push(reason(
                Party::Customer,
                What::LicenceRenewal,
                self.year().map(|year| &year.term.last_day),
                Next::LicenceExpires,
            )),
            Status::Filed => waiting.extend(self.next.iter().map(|next| match next.noticed_on {
                None => reason(
                    Party::Us,
                    What::LicenceNotice,
                    Some(&next.notice_by),
                    Next::LicenceNoticed,
                ),
                Some(_) => reason(
                    Party::Us,
                    What::LicenceYear,
                    Some(&next.contract.term.first_day),
                    Next::LicenceYearBegins,
                ),
            })),
            Status::Valid | Status::RunsOut | Status::Expired => {}
        }
        let fee = |year: &Contract| match year.fee {
            Fee::Expected => Some(reason(
                Party::Federation,
                What::LicenceFee,
                Some(&year.term.fee_by),
                Next::LicenceFeeConfirmed,
            )),
            Fee::Overdue => Some(reason(
                Party::Us,
                What::LicenceFeeOverdue,
                None,
                Next::PersonDecides,
            )),
            Fee::Paid { .. } => None,
        };
        waiting.extend(self.contracts().filter_map(fee));
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
            let on = next.contract.term.first_day.on;
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
