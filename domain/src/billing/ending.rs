//! What an end does to a ledger: fees run through the end month, the debit of that month's fee is the last one, and
//! nothing is left to suspend. What is in arrears joins the last debit; when that fails, a person decides.

use super::decide::DEBITED_BY;
use super::event::Event;
use super::state::{Charge, State};
use crate::Service;
use crate::dates::Month;
use crate::identifiers::OfficeNumber;
use crate::stream::OfficeId;
use crate::termination::Scope;
use serde::{Deserialize, Serialize};

/// A use that is over: a service's, or that of one office of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    /// The service.
    pub service: Service,
    /// Which end of the service it is.
    pub end: u32,
    /// What ended.
    pub scope: Scope,
    /// The last charged month.
    pub last_month: Month,
}

pub(super) fn end_charging(state: &State, left: Left) -> Vec<Event> {
    if state.left.contains(&left) {
        return vec![];
    }
    vec![Event::ChargingEnded {
        service: left.service,
        end: left.end,
        scope: left.scope,
        last_month: left.last_month,
    }]
}

impl State {
    /// Whether everything of this use that is charged was charged and is paid.
    pub fn settled(&self, left: &Left) -> bool {
        let charged = self.services.get(&left.service);
        let all_charged = charged.is_none_or(|next| *next > left.last_month);
        all_charged
            && self
                .charges
                .values()
                .filter(|charge| left.pays(charge))
                .all(|charge| charge.open == 0)
    }

    /// Whether the last debit of this use was the one of this month, and failed.
    pub fn last_debit_failed(&self, left: &Left, batch: Month) -> bool {
        self.charges.values().any(|charge| {
            left.pays(charge) && charge.month == left.last_month && charge.failed == Some(batch)
        })
    }

    /// Whether the service that is suspended for arrears has ended: nothing is left to suspend.
    pub fn use_is_over(&self) -> bool {
        self.whole(DEBITED_BY).is_some()
    }

    /// Whether this debit is the last one of everything the corporation used of a service.
    pub(super) fn was_the_last(&self, batch: Month) -> bool {
        self.left
            .iter()
            .filter(|left| left.scope == Scope::Whole)
            .any(|left| self.last_debit_failed(left, batch))
    }

    /// Whether a use still pays for the month: no end came between its beginning and that month.
    pub(super) fn pays(&self, service: Service, used: Use, month: Month) -> bool {
        !self.left.iter().any(|left| {
            left.service == service
                && left.is_of(used)
                && used.since <= left.last_month
                && left.last_month < month
        })
    }

    /// What is charged next of the service; nothing after the last month of its use.
    pub(super) fn charge_next(&mut self, service: Service, month: Month) {
        match self.whole(service) {
            Some(left) if left.last_month < month => self.services.remove(&service),
            Some(_) | None => self.services.insert(service, month),
        };
    }

    pub(super) fn leave(&mut self, left: Left) {
        let service = left.service;
        self.end_orders(&left);
        // The end is of the use that is charged when it is told, also where its month was over before daicho charged any.
        if left.scope == Scope::Whole
            && let Some(began) = self.began.get_mut(&service)
        {
            *began = left.last_month.min(*began);
        }
        self.left.push(left);
        if let Some(next) = self.services.get(&service).copied() {
            self.charge_next(service, next);
        }
    }

    /// The service is used, or used again: an end before that is of an earlier use, whose last fees may still be owed.
    pub(super) fn begin(&mut self, service: Service, from: Month) {
        self.services.insert(service, from);
        self.began.insert(service, from);
    }

    /// The end of everything the corporation uses of a service now.
    fn whole(&self, service: Service) -> Option<&Left> {
        let began = self.began.get(&service);
        self.left.iter().find(|left| {
            left.service == service
                && left.scope == Scope::Whole
                && began.is_none_or(|began| *began <= left.last_month)
        })
    }
}

/// An office's use of a service, as a charge asks for it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Use {
    /// The office.
    pub(super) office: OfficeId,
    /// The number it transmits under, where its fees are for that.
    pub(super) number: Option<OfficeNumber>,
    /// The month in which it began.
    pub(super) since: Month,
}

impl Left {
    /// Whether it ended this use, if it came after its beginning.
    fn is_of(&self, used: Use) -> bool {
        match self.scope {
            Scope::Whole => true,
            Scope::Office(office) => office == used.office,
            Scope::Number { office, number } => {
                office == used.office && used.number == Some(number)
            }
        }
    }

    /// Whether the charge is for a month of this use.
    fn pays(&self, charge: &Charge) -> bool {
        charge.service == self.service && charge.month <= self.last_month
    }
}
