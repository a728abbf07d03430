//! The staff post the letters that events promised: mostly on the next business day.

use super::diary::Act;
use super::staff::Desk;
use super::world::{By, World};
use crate::day::WorkError;
use daicho_domain::dispatch::{Command, Event, Stage};
use daicho_domain::nouns;
use daicho_domain::poa::Method;
use daicho_domain::stream::{LetterId, Stream};

impl World<'_> {
    pub(super) fn hear_letter(&mut self, id: LetterId, event: &Event) {
        match event {
            Event::Requested { .. } => {
                let mut chance = self.chance("letter", &id.to_string());
                let wait = if chance.in_hundred(self.undone(4)) {
                    chance.between(2, 5)
                } else {
                    1
                };
                let day = self.business_days_after(self.today, wait);
                let minute = chance.between(10 * 60 + 30, 15 * 60);
                self.diary.enter(day, minute, Act::PostLetter(id));
            }
            Event::Amended { .. }
            | Event::Printed { .. }
            | Event::Unprintable { .. }
            | Event::Sent { .. }
            | Event::Undeliverable { .. }
            | Event::CalledOff { .. }
            | Event::ProvedWrong { .. } => {}
        }
    }

    /// The staff post a letter, unless it was called off.
    pub(super) async fn post_letter(&mut self, id: LetterId) -> Result<(), WorkError> {
        let letter = self.letter(id).await?;
        if letter.is_none_or(|letter| letter.stage != Stage::ToSend) {
            return Ok(());
        }
        let send = Command::Send {
            method: Method::Post,
            sent_on: self.today,
            tracking: None,
        };
        let command = nouns::Command::dispatch(&Stream::Dispatch(id), send);
        self.ask(By::Staff(Desk::Dispatch), 0, command).await?;
        Ok(())
    }
}
