//! Customers who leave: the whole use or single offices, by the form; some think better of it. The end 委任状 go out and come
//! back as the others do.

use super::diary::Act;
use super::world::{By, World};
use crate::day::WorkError;
use daicho_domain::Service;
use daicho_domain::dates::Month;
use daicho_domain::intake::Channel;
use daicho_domain::nouns;
use daicho_domain::stream::{OfficeId, PoaId, Stream};
use daicho_domain::termination::{Command, Event, Request, Scope, State, Way};

/// Most forms come by this day of the end month; later ones are for the next.
const FILED_BY: u32 = 25;

impl World<'_> {
    /// A customer files an end, of its whole use or of one office.
    pub(super) async fn leave(
        &mut self,
        stream: Stream,
        office: Option<OfficeId>,
    ) -> Result<(), WorkError> {
        let mut chance = self.chance("leave", &stream.to_string());
        let end_month = match chance.in_hundred(60) {
            true if self.today <= Month::of(self.today).day_or_last(FILED_BY) => {
                Month::of(self.today)
            }
            _ => Month::of(self.today).plus(chance.between(1, 2)),
        };
        let command = Command::Request {
            scope: office.map_or(Scope::Whole, Scope::Office),
            request: self.end_request(&stream),
            end_month,
            open_returns: if chance.in_hundred(15) {
                chance.between(1, 4)
            } else {
                0
            },
        };
        self.ask(By::Form, 0, nouns::Command::termination(&stream, command))
            .await?;
        Ok(())
    }

    pub(super) async fn stay(&mut self, stream: Stream, no: u32) -> Result<(), WorkError> {
        let request = self.end_request(&stream);
        let command = Command::Withdraw { no, request };
        self.ask(By::Form, 0, nouns::Command::termination(&stream, command))
            .await?;
        Ok(())
    }

    /// The staff take an end 委任状 to the federation.
    pub(super) async fn file_end(&mut self, id: PoaId) -> Result<(), WorkError> {
        self.file_sheet(id).await
    }

    fn end_request(&self, stream: &Stream) -> Request {
        let mut chance = self.chance("end form", &stream.to_string());
        let receipt = self.receipt(&mut chance, Channel::Form);
        Request {
            way: Way::Form,
            on: receipt.on,
            at: receipt.at,
            number: receipt.number,
        }
    }

    /// A customer whose fees run may leave some months later.
    pub(super) fn may_leave(&mut self, customer: usize) {
        let mut chance = self.customer_chance(customer, "leaves");
        if chance.in_hundred(7) {
            let days = chance.between(15, 200);
            let stream = Stream::Termination(self.customers[customer].id, Service::HonobonoMini2);
            self.later(days, &mut chance, Act::Leave(stream, None));
        }
    }

    /// An office that transmits may leave some months later.
    pub(super) fn office_may_leave(&mut self, transmission: &Stream, office: OfficeId) {
        let Stream::Transmission(corporation, service) = transmission else {
            return;
        };
        let mut chance = self.chance("office leaves", &office.to_string());
        if chance.in_hundred(4) {
            let days = chance.between(10, 180);
            let stream = Stream::Termination(*corporation, *service);
            self.later(days, &mut chance, Act::Leave(stream, Some(office)));
        }
    }

    /// Somebody hears of an end.
    pub(super) fn hear_end(&mut self, stream: &Stream, state: &State, event: &Event) {
        let mut chance = self.chance("end heard", &stream.to_string());
        match event {
            Event::Requested { no, .. } => {
                if chance.in_hundred(8) {
                    let days = chance.between(1, 12);
                    self.later(days, &mut chance, Act::Stay(stream.clone(), *no));
                }
            }
            Event::PaperReturned { no, office } => {
                let papers = state.end(*no).map_or(&[][..], |end| &end.papers);
                let own = papers.iter().find(|paper| paper.about.office == *office);
                if let Some(paper) = own {
                    let from = paper.about.dates.start.on.max(self.today);
                    let day = self.business_days_after(from, chance.below(4));
                    let act = Act::FileEnd(paper.about.poa);
                    self.diary.enter(day, chance.between(13 * 60, 16 * 60), act);
                }
            }
            Event::LastDebitFailed { .. } => {
                if let Stream::Termination(corporation, _) = stream {
                    self.hear_last_debit_failed(*corporation);
                }
            }
            Event::Withdrawn { .. }
            | Event::FeesSettled { .. }
            | Event::ReturnsCounted { .. }
            | Event::CarriedOver { .. }
            | Event::Ended { .. }
            | Event::LastDebitPassed { .. }
            | Event::PaperSentBack { .. }
            | Event::AgentReleaseDue { .. }
            | Event::AgentReleased { .. } => {}
        }
    }
}
