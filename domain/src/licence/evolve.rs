//! How an event changes what is known of a licence.

use super::Event;
use super::contract::{Contract, Fee};
use super::state::{Checked, Next, Record, State};
use crate::identifiers::OfficeNumber;
use crate::stream::{CorporationId, OfficeId};

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
            granted_on: None,
            renewal_open: false,
            next: None,
            expired: None,
            closed: None,
        }
    }

    fn note(&mut self, event: &Event) {
        match event {
            Event::Checked {
                corporation,
                office,
                checklist,
                gaps,
                id_expected_by,
                number: _,
            } => {
                self.corporation = *corporation;
                self.office = *office;
                self.checked = Some(Checked {
                    checklist: checklist.clone(),
                    gaps: gaps.clone(),
                    id_expected_by: id_expected_by.clone(),
                });
            }
            Event::DownloadRequested { .. } => {}
            Event::Applied {
                receipt,
                term,
                payment,
                price,
                ..
            } => {
                self.expired = None;
                self.granted_on = None;
                self.renewal_open = false;
                self.years.push(Contract {
                    filed_on: Some(receipt.on),
                    term: term.clone(),
                    payment: *payment,
                    price: price.clone(),
                    fee: Fee::Expected,
                });
            }
            Event::Granted { on } => self.granted_on = Some(*on),
            Event::TakenOver {
                term,
                payment,
                price,
                paid_in,
                ..
            } => {
                self.granted_on = Some(term.first_day.on);
                self.years.push(Contract {
                    filed_on: None,
                    term: term.clone(),
                    payment: *payment,
                    price: price.clone(),
                    fee: paid_in.map_or(Fee::Expected, |month| Fee::Paid { month }),
                });
            }
            Event::FeePaid {
                first_day, month, ..
            } => {
                if let Some(year) = self.beginning_on_mut(*first_day) {
                    year.fee = Fee::Paid { month: *month };
                }
            }
            Event::FeeOverdue { first_day } => {
                if let Some(year) = self.beginning_on_mut(*first_day) {
                    year.fee = Fee::Overdue;
                }
            }
            Event::RenewalOpened { .. } => self.renewal_open = true,
            Event::RenewalFiled {
                receipt,
                term,
                payment,
                price,
                notice_by,
                ..
            } => {
                self.expired = None;
                self.next = Some(Next {
                    contract: Contract {
                        filed_on: Some(receipt.on),
                        term: term.clone(),
                        payment: *payment,
                        price: price.clone(),
                        fee: Fee::Expected,
                    },
                    notice_by: notice_by.clone(),
                    noticed_on: None,
                });
            }
            Event::Renewed { on } => {
                if let Some(next) = &mut self.next {
                    next.noticed_on = Some(*on);
                }
            }
            Event::YearBegun { .. } => {
                if let Some(next) = self.next.take() {
                    // The notice may still be owed when the year begins.
                    self.granted_on = next.noticed_on;
                    self.years.push(next.contract);
                    self.renewal_open = false;
                }
            }
            Event::Expired { last_day } => self.expired = Some(*last_day),
            Event::OfficeClosed { why } => self.closed = Some(*why),
        }
    }
}
