//! How an event changes what is known of a licence.

use super::Event;
use super::contract::{Contract, Fee, FeeStatus, Origin, Said};
use super::state::{Checked, Record, State};
use crate::identifiers::OfficeNumber;
use crate::stream::{CorporationId, OfficeId};
use chrono::NaiveDate;

pub(super) fn evolve(state: State, event: &Event) -> State {
    match (state, event) {
        (
            State::Unknown,
            Event::Checked {
                corporation,
                office,
                number,
                ..
            }
            | Event::TakenOver {
                corporation,
                office,
                number,
                ..
            },
        ) => {
            let mut record = Record::new(*corporation, *office, *number);
            record.note(event);
            State::Known(Box::new(record))
        }
        (State::Unknown, _) => State::Unknown,
        (State::Known(mut record), event) => {
            record.note(event);
            State::Known(record)
        }
    }
}

impl Record {
    fn new(corporation: CorporationId, office: OfficeId, number: OfficeNumber) -> Self {
        Self {
            corporation,
            office,
            number,
            checked: None,
            years: vec![],
            renewal_open: false,
            next: None,
            downloads: vec![],
            expired: None,
            closed: None,
        }
    }

    /// The number is this corporation's: the office has just been found there.
    fn belongs_to(&mut self, corporation: CorporationId, office: OfficeId) {
        self.corporation = corporation;
        self.office = office;
        self.closed = None;
    }

    fn note(&mut self, event: &Event) {
        match event {
            Event::Checked {
                corporation,
                office,
                checklist,
                gaps,
                id_expected_by,
                holds_until,
                number: _,
            } => {
                self.belongs_to(*corporation, *office);
                self.checked = Some(Checked {
                    checklist: checklist.clone(),
                    gaps: gaps.clone(),
                    id_expected_by: id_expected_by.clone(),
                    holds_until: holds_until.clone(),
                });
            }
            Event::CheckDropped { .. } => self.checked = None,
            Event::DownloadRequested {
                organisation,
                received_on,
            } => self.downloads.push((organisation.clone(), *received_on)),
            Event::Applied { .. } => {
                self.expired = None;
                self.renewal_open = false;
                self.years.extend(Contract::of(event));
            }
            Event::Granted { on } => {
                if let Some(year) = self.years.last_mut() {
                    year.noticed_on = Some(*on);
                }
            }
            Event::TakenOver {
                corporation,
                office,
                ..
            } => {
                self.belongs_to(*corporation, *office);
                self.take_over(Contract::of(event));
            }
            Event::FeePaid {
                first_day, month, ..
            } => self.set_fee(*first_day, Fee::Paid { month: *month }),
            Event::FeeReversed { first_day, .. } => self.set_fee(*first_day, Fee::Expected),
            Event::FeeOverdue { first_day } => self.set_fee(*first_day, Fee::Overdue),
            Event::RenewalOpened { .. } => self.renewal_open = true,
            Event::RenewalFiled { .. } => {
                self.expired = None;
                self.next = Contract::of(event);
            }
            Event::Renewed { on } => {
                // The notice may still be owed when the year begins.
                if let Some(year) = self.next.as_mut().or(self.years.last_mut()) {
                    year.noticed_on = Some(*on);
                }
            }
            Event::YearBegun { .. } => {
                if let Some(next) = self.next.take() {
                    self.years.push(next);
                    self.renewal_open = false;
                }
            }
            Event::Expired { last_day } => {
                self.expired = Some(*last_day);
                // What the office said before the year that is over says nothing of a new one.
                self.checked = None;
            }
            Event::OfficeMoved {
                corporation,
                office,
            } => self.belongs_to(*corporation, *office),
            Event::OfficeClosed { why } => self.closed = Some(*why),
        }
    }

    fn set_fee(&mut self, first_day: NaiveDate, fee: Fee) {
        if let Some(year) = self.beginning_on_mut(first_day) {
            year.fee = fee;
        }
    }

    /// A year that follows the running one without a gap waits to begin; any other stands at once.
    fn take_over(&mut self, year: Option<Contract>) {
        let Some(year) = year else {
            return;
        };
        if self.follows(year.term.first_day.on) {
            self.next = Some(year);
        } else {
            self.expired = None;
            self.renewal_open = false;
            self.years.push(year);
        }
    }
}

impl Contract {
    /// The year that an event is about the beginning of.
    fn of(event: &Event) -> Option<Self> {
        match event {
            Event::Applied {
                receipt,
                applicant,
                terms_version,
                term,
                payment,
                price,
                notice_by,
            } => Some(Self {
                origin: Origin::Application,
                said: Some(Said {
                    contact: applicant.contact.clone(),
                    applicant: Some(applicant.clone()),
                    terms_version: terms_version.clone(),
                }),
                notice_by: notice_by.clone(),
                noticed_on: None,
                filed_on: Some(receipt.on),
                term: term.clone(),
                payment: *payment,
                price: price.clone(),
                fee: Fee::Expected,
            }),
            Event::RenewalFiled {
                receipt,
                contact,
                terms_version,
                term,
                payment,
                price,
                notice_by,
            } => Some(Self {
                origin: Origin::Renewal,
                said: Some(Said {
                    contact: contact.clone(),
                    applicant: None,
                    terms_version: terms_version.clone(),
                }),
                notice_by: Some(notice_by.clone()),
                noticed_on: None,
                filed_on: Some(receipt.on),
                term: term.clone(),
                payment: *payment,
                price: price.clone(),
                fee: Fee::Expected,
            }),
            Event::TakenOver {
                term,
                payment,
                price,
                paid_in,
                fee,
                ..
            } => Some(Self {
                origin: Origin::List,
                said: None,
                notice_by: None,
                noticed_on: Some(term.first_day.on),
                filed_on: None,
                term: term.clone(),
                payment: *payment,
                price: price.clone(),
                fee: match (paid_in, fee) {
                    (Some(month), _) => Fee::Paid { month: *month },
                    (None, Some(FeeStatus::Unlisted)) => Fee::Unlisted,
                    (
                        None,
                        Some(FeeStatus::Expected | FeeStatus::Overdue | FeeStatus::Paid) | None,
                    ) => Fee::Expected,
                },
            }),
            Event::Checked { .. }
            | Event::CheckDropped { .. }
            | Event::DownloadRequested { .. }
            | Event::Granted { .. }
            | Event::FeePaid { .. }
            | Event::FeeReversed { .. }
            | Event::FeeOverdue { .. }
            | Event::RenewalOpened { .. }
            | Event::Renewed { .. }
            | Event::YearBegun { .. }
            | Event::Expired { .. }
            | Event::OfficeMoved { .. }
            | Event::OfficeClosed { .. } => None,
        }
    }
}
