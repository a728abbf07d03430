//! The mails of a simulated office: each is taken by its folder at the first attempt, since what is 練習用 reaches nobody.

use super::diary::Act;
use super::world::{By, World};
use crate::day::WorkError;
use chrono::NaiveTime;
use daicho_domain::mail::{Carrier, Command, Event, Timing};
use daicho_domain::nouns;
use daicho_domain::stream::{MailId, Stream};

/// When the office's hours begin, by the books that the simulation is run with.
const MORNING: NaiveTime = NaiveTime::from_hms_opt(9, 0, 0).expect("a time of day");

impl World<'_> {
    pub(super) fn hear_mail(&mut self, id: MailId, event: &Event) {
        match event {
            Event::Asked { rules, .. } => {
                let (day, minute) = match rules.timing {
                    Timing::AtOnce {} => (self.today, 0),
                    Timing::OfficeHours { from_hour, .. } => {
                        (self.business_days_after(self.today, 1), from_hour * 60)
                    }
                };
                self.diary.enter(day, minute, Act::Mail(id));
            }
            Event::Unaddressed {}
            | Event::Claimed { .. }
            | Event::Sent { .. }
            | Event::Failed { .. }
            | Event::OutcomeUnknown { .. }
            | Event::GaveUp { .. }
            | Event::CalledOff { .. }
            | Event::Released { .. }
            | Event::Dropped { .. } => {}
        }
    }

    /// The one attempt.
    pub(super) async fn mail(&mut self, id: MailId) -> Result<(), WorkError> {
        let claim = Command::Claim {
            attempt: 1,
            at: MORNING,
        };
        let sent = Command::NoteSent {
            attempt: 1,
            carrier: Carrier::Folder,
            // It lies in no folder: nobody made it.
            kept: None,
        };
        for command in [claim, sent] {
            let command = nouns::Command::mail(&Stream::Mail(id), command);
            self.ask(By::Postman, 0, command).await?;
        }
        Ok(())
    }
}
