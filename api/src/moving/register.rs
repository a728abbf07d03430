//! Which corporation a line is about, by what the log says of corporations and offices.

use std::collections::BTreeMap;

use daicho_domain::corporation::Event;
use daicho_domain::identifiers::{CorporateNumber, OfficeNumber};
use daicho_domain::stream::{CorporationId, OfficeId};
use daicho_domain::zengin::CustomerNumber;
use daicho_eventlog::{Engine, LogError};

use super::cells::{Cells, Unread};
use crate::import::{Remark, each_corporation_event};

/// Corporations by their numbers and those of their offices.
#[derive(Debug, Default)]
pub(super) struct Register {
    corporations: BTreeMap<CorporateNumber, CorporationId>,
    offices: BTreeMap<OfficeNumber, (CorporationId, OfficeId)>,
    numbers: BTreeMap<OfficeId, OfficeNumber>,
    merged: BTreeMap<CorporationId, CorporationId>,
    customers: BTreeMap<CustomerNumber, CorporationId>,
}

impl Register {
    /// What the log says.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) async fn of(engine: &Engine) -> Result<Self, LogError> {
        let mut register = Self::default();
        each_corporation_event(engine, |corporation, event| {
            register.note(corporation, event);
        })
        .await?;
        Ok(register)
    }

    fn note(&mut self, corporation: CorporationId, event: &Event) {
        match event {
            Event::Registered {
                number: Some(number),
                ..
            }
            | Event::NumberAssigned { number } => {
                self.corporations.entry(*number).or_insert(corporation);
            }
            Event::OfficeAdded { office, number, .. } => {
                self.offices
                    .entry(*number)
                    .or_insert((corporation, *office));
                self.numbers.insert(*office, *number);
            }
            Event::OfficeRenumbered { office, to, .. } => {
                if let Some(former) = self.numbers.insert(*office, *to) {
                    self.offices.remove(&former);
                }
                self.offices.insert(*to, (corporation, *office));
            }
            Event::OfficeReceived { handed, .. } => {
                let office = handed.office;
                self.offices.insert(handed.number, (corporation, office));
                self.numbers.insert(office, handed.number);
            }
            // The corporation that receives it says where it is.
            Event::OfficeTransferred { .. }
            | Event::OfficeContinued { .. }
            | Event::OfficeUseDeclined { .. } => {}
            Event::OfficeRemoved { office, .. } => {
                if let Some(number) = self.numbers.remove(office) {
                    self.offices.remove(&number);
                }
            }
            Event::MergedInto { corporation: into } => {
                self.merged.insert(corporation, *into);
            }
            Event::Unmerged {} => {
                self.merged.remove(&corporation);
            }
            Event::MandateRegistered { customer, .. }
            | Event::MandateCarriedOver {
                customer: Some(customer),
                ..
            } => self.note_customer(*customer, corporation),
            Event::Registered { number: None, .. }
            | Event::NameChanged { .. }
            | Event::ContactSet { .. }
            | Event::DestinationSet { .. }
            | Event::TextsErased { .. }
            | Event::AccountKept { .. }
            | Event::EntryAdded { .. }
            | Event::EntryChanged { .. }
            | Event::MandateNeeded { .. }
            | Event::MandateSent { .. }
            | Event::MandateReturned { .. }
            | Event::MandateHandedToBank { .. }
            | Event::MandateDefective { .. }
            | Event::MandateBroken { .. }
            | Event::MandateCarriedOver { customer: None, .. }
            | Event::MandateCalledOff {} => {}
        }
    }

    /// The collector knows the corporation under this number.
    /// Whether the collector knows another corporation under this number.
    pub(super) fn is_anothers(&self, customer: CustomerNumber, corporation: CorporationId) -> bool {
        let known = self.customers.get(&customer);
        known.is_some_and(|known| *known != corporation)
    }

    pub(super) fn note_customer(&mut self, customer: CustomerNumber, corporation: CorporationId) {
        self.customers.insert(customer, corporation);
    }

    /// The corporation behind a 顧客番号.
    pub(super) fn customer(&self, customer: CustomerNumber) -> Result<CorporationId, Unread> {
        let known = self.customers.get(&customer).copied();
        known.map(|id| self.present(id)).ok_or_else(|| {
            Box::new(Remark::NotCarried {
                code: "customer_unknown",
                field: "顧客番号",
                value: customer.to_string(),
                why: "この顧客番号の法人が分かりません。口座振替依頼書の表に、この顧客番号の行を入れてください。"
                    .to_owned(),
            })
        })
    }

    /// The corporation that a line names by its 法人番号, or by one of its offices.
    pub(super) fn corporation(
        &self,
        cells: &Cells<'_>,
        office: Option<OfficeNumber>,
    ) -> Result<CorporationId, Unread> {
        let named = match cells.corporation()? {
            Some(number) => self.corporations.get(&number).copied().ok_or_else(|| {
                Box::new(Remark::CorporationUnknown {
                    field: "法人番号",
                    value: number.to_string(),
                })
            })?,
            None => {
                let number = cells.must("法人番号", office)?;
                let of_office = self.offices.get(&number).map(|(id, _)| *id);
                of_office.ok_or_else(|| {
                    Box::new(Remark::CorporationUnknown {
                        field: "事業所番号",
                        value: number.to_string(),
                    })
                })?
            }
        };
        Ok(self.present(named))
    }

    /// The office that has this number.
    pub(super) fn office(&self, number: OfficeNumber) -> Result<OfficeId, Unread> {
        let office = self.offices.get(&number).map(|(_, office)| *office);
        office.ok_or_else(|| {
            Box::new(Remark::CorporationUnknown {
                field: "事業所番号",
                value: number.to_string(),
            })
        })
    }

    fn present(&self, corporation: CorporationId) -> CorporationId {
        let mut present = corporation;
        for _ in 0..self.merged.len() {
            match self.merged.get(&present) {
                Some(into) => present = *into,
                None => break,
            }
        }
        present
    }
}
