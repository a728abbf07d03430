//! Customers who order options beside the messenger, and the staff who do what was ordered.

use super::diary::Act;
use super::staff::Desk;
use super::world::{By, World};
use crate::day::WorkError;
use daicho_domain::Service;
use daicho_domain::billing::{Command, Event, IdKind, OrderNumber, Wish};
use daicho_domain::nouns;
use daicho_domain::stream::{CorporationId, OfficeId, Stream};
use std::num::NonZeroU32;

impl World<'_> {
    /// An office that transmits by the messenger may order something some weeks later.
    pub(super) fn office_may_order(&mut self, transmission: &Stream, office: OfficeId) {
        let Stream::Transmission(corporation, Service::CareNetMessenger) = transmission else {
            return;
        };
        let mut chance = self.chance("options", &office.to_string());
        if chance.in_hundred(30) {
            let days = chance.between(2, 60);
            let act = Act::Order(*corporation, office, Wish::ReturnManager);
            self.later(days, &mut chance, act);
        }
        if chance.in_hundred(12) {
            let files = NonZeroU32::MIN.saturating_add(chance.below(3));
            let days = chance.between(5, 150);
            let act = Act::Order(*corporation, office, Wish::RestoreNotice { files });
            self.later(days, &mut chance, act);
        }
        if chance.in_hundred(12) {
            let (whose, ids) = (IdKind::Staff, NonZeroU32::MIN);
            let days = chance.between(5, 150);
            let act = Act::Order(*corporation, office, Wish::PasswordReissue { whose, ids });
            self.later(days, &mut chance, act);
        }
    }

    pub(super) async fn order(
        &mut self,
        corporation: CorporationId,
        office: OfficeId,
        wish: Wish,
    ) -> Result<(), WorkError> {
        let stream = Stream::Billing(corporation);
        let command = Command::OrderOption {
            office,
            wish,
            received_on: self.today,
        };
        let command = nouns::Command::billing(&stream, command);
        self.ask(By::Staff(Desk::Intake), 0, command).await?;
        Ok(())
    }

    /// The staff do what was ordered within a few days.
    pub(super) fn hear_order(&mut self, corporation: CorporationId, event: &Event) {
        let Event::OptionOrdered { order, ordered, .. } = event else {
            return;
        };
        let Some(quantity) = ordered.quantity() else {
            return;
        };
        let mut chance = self.chance("order heard", &format!("{corporation}/{order}"));
        let day = self.business_days_after(self.today, chance.between(1, 3));
        let minute = chance.between(10 * 60, 16 * 60);
        let act = Act::FinishOption(corporation, *order, quantity);
        self.diary.enter(day, minute, act);
    }

    pub(super) async fn finish_option(
        &mut self,
        corporation: CorporationId,
        order: OrderNumber,
        quantity: NonZeroU32,
    ) -> Result<(), WorkError> {
        let stream = Stream::Billing(corporation);
        let command = Command::FinishOption {
            order,
            quantity,
            on: self.today,
        };
        let command = nouns::Command::billing(&stream, command);
        self.ask(By::Staff(Desk::Intake), 1, command).await?;
        Ok(())
    }
}
