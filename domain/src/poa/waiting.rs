//! What a 委任状 waits for, and what it does when a date comes.

use super::Command;
use super::event::Purpose;
use super::state::{Sheet, Stage, State};
use crate::nouns;
use crate::rules::Dated;
use crate::stream::Stream;
use crate::transmission::Holding;
use crate::waiting::{Deadline, Next, Party, Trigger, Waiting, What};

impl State {
    /// Why the paper is not settled; empty when it is.
    pub fn waiting(&self) -> Vec<Waiting> {
        let sheet = self.sheet();
        let stuck = sheet.and_then(Sheet::waiting_for_glyph);
        let own = sheet.and_then(Sheet::waiting);
        stuck.into_iter().chain(own).collect()
    }

    /// Why the paper is not settled, with what keeps the papers of its application here: an accepted sheet is filed when the
    /// others can be.
    pub fn waiting_beside(&self, holding: &[Holding]) -> Vec<Waiting> {
        let accepted = self.sheet().is_some_and(|sheet| {
            matches!(sheet.stage, Stage::Accepted { .. })
                && sheet.assignment.purpose == Purpose::Start
        });
        if !accepted || holding.is_empty() {
            return self.waiting();
        }
        holding.iter().map(|held| held.waiting.clone()).collect()
    }

    /// What is sent when a date comes.
    pub fn deadlines(&self, stream: &Stream) -> Vec<Deadline> {
        let Some(sheet) = self
            .sheet()
            .filter(|sheet| sheet.misses_due() && !sheet.lapsed)
        else {
            return vec![];
        };
        // An end 委任状 that is late postpones nothing: the agent stays until it is back.
        if sheet.assignment.purpose == Purpose::End {
            return vec![];
        }
        let due = sheet.dates.due.on;
        let mut deadlines = vec![Deadline {
            name: "lapse".to_owned(),
            on: due,
            trigger: Trigger::PostClosed,
            command: nouns::Command::poa(stream, Command::Lapse { due }),
        }];
        if let Some(on) = sheet.to_remind() {
            deadlines.push(Deadline {
                name: "remind".to_owned(),
                on,
                trigger: Trigger::DayOpened,
                command: nouns::Command::poa(stream, Command::Remind { due }),
            });
        }
        if !sheet.due_passed {
            deadlines.push(Deadline {
                name: "pass_due".to_owned(),
                on: due + chrono::Days::new(1),
                trigger: Trigger::DayOpened,
                command: nouns::Command::poa(stream, Command::PassDue { due }),
            });
        }
        deadlines
    }
}

impl Sheet {
    /// It cannot be printed: that is what a person sees to first.
    fn waiting_for_glyph(&self) -> Option<Waiting> {
        let until = match &self.stage {
            Stage::Accepted { .. } => &self.dates.federation_date,
            Stage::ToSend { .. }
            | Stage::Out { .. }
            | Stage::Undeliverable { .. }
            | Stage::Received { .. }
            | Stage::Filed { .. }
            | Stage::Confirmed { .. }
            | Stage::Void { .. } => &self.dispatch_by,
        };
        self.stuck_for().map(|_| Waiting {
            party: Party::Us,
            what: What::PoaGlyph,
            until: Some(until.clone()),
            then: Next::PersonDecides,
            office: Some(self.assignment.office),
        })
    }

    fn waiting(&self) -> Option<Waiting> {
        let reason = |party, what, until: Option<&Dated>, then| {
            Some(Waiting {
                party,
                what,
                until: until.cloned(),
                then,
                office: Some(self.assignment.office),
            })
        };
        let due = Some(&self.dates.due);
        let missed = match self.assignment.purpose {
            Purpose::Start => Next::Postponement,
            Purpose::End => Next::AgentReleased,
        };
        match &self.stage {
            Stage::Confirmed { .. } | Stage::Void { .. } => None,
            Stage::Filed { .. } => reason(
                Party::Federation,
                What::FederationAnswer,
                None,
                Next::FederationAnswers,
            ),
            Stage::Accepted { .. } => reason(
                Party::Us,
                What::PoaFiling,
                Some(&self.dates.federation_date),
                Next::PaperFiled,
            ),
            Stage::Received { .. } => reason(
                Party::Us,
                What::PoaCheck,
                Some(&self.dates.federation_date),
                Next::PaperChecked,
            ),
            Stage::ToSend { .. } | Stage::Out { .. } | Stage::Undeliverable { .. }
                if self.lapsed =>
            {
                reason(Party::Us, What::Person, None, Next::PersonDecides)
            }
            Stage::ToSend { .. } | Stage::Out { .. } | Stage::Undeliverable { .. }
                if self.due_passed =>
            {
                reason(Party::Us, What::PostCount, due, Next::DueDecided)
            }
            Stage::ToSend { .. } if self.agent.lacks().is_some() => reason(
                Party::Us,
                What::PoaAgent,
                Some(&self.dispatch_by),
                Next::PersonDecides,
            ),
            Stage::ToSend { defect: None } => reason(
                Party::Us,
                What::PoaDispatch,
                Some(&self.dispatch_by),
                Next::PaperGoesOut,
            ),
            Stage::ToSend { defect: Some(_) } => reason(Party::Us, What::PoaResend, due, missed),
            Stage::Undeliverable { .. } => reason(Party::Us, What::PoaAddress, due, missed),
            Stage::Out { .. } => reason(Party::Customer, What::PoaReturn, due, missed),
        }
    }
}
