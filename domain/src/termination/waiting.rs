//! What an end waits for, and what it does when a date comes.

use super::Command;
use super::state::{End, Fees, PaperStage, Stage, State};
use crate::nouns;
use crate::rules::Dated;
use crate::stream::{OfficeId, Stream};
use crate::waiting::{Deadline, Next, Papers, Party, Trigger, Waiting, What, ours};
use chrono::Days;

impl State {
    /// What is sent when a date comes.
    pub fn deadlines(&self, stream: &Stream) -> Vec<Deadline> {
        let ends = self.ends.iter();
        ends.flat_map(|end| end.deadlines(stream)).collect()
    }
}

impl End {
    /// Why it is not settled; empty when it is.
    pub fn waiting(&self) -> Vec<Waiting> {
        let mut waiting = vec![];
        match self.stage {
            Stage::Withdrawn => return vec![],
            Stage::Filed => {
                let until = Some(&self.dates.last_day);
                waiting.push(reason(
                    Party::Us,
                    What::EndMonth,
                    until,
                    Next::UseEnds,
                    None,
                ));
                if self.open_returns > 0 {
                    let what = What::ClaimReturns;
                    waiting.push(reason(
                        Party::Customer,
                        what,
                        until,
                        Next::ReturnsLost,
                        None,
                    ));
                }
            }
            Stage::Ended => waiting.extend(self.waiting_for_fees()),
        }
        for (office, stage, due) in self.releases() {
            let office = Some(office);
            let from = Some(&self.dates.release_from);
            let next = Next::AgentReleased;
            waiting.extend(match (stage, self.release_due) {
                (PaperStage::Released, _) => None,
                (PaperStage::Awaited, _) => {
                    Some(reason(Party::Customer, What::EndPaper, due, next, office))
                }
                (PaperStage::Returned, false) => {
                    Some(reason(Party::Us, What::ReleaseDay, from, next, office))
                }
                (PaperStage::Returned, true) => Some(reason(
                    Party::Federation,
                    What::AgentRelease,
                    None,
                    next,
                    office,
                )),
            });
        }
        waiting
    }

    /// Why it is not settled, with what its papers wait for by their own streams: one that arrived, or is to be sent again, is
    /// waited for by us.
    pub fn waiting_beside(&self, papers: &Papers) -> Vec<Waiting> {
        let of_paper = |one: &Waiting| {
            let mut own = self.papers.iter();
            let paper = own.find(|paper| Some(paper.about.office) == one.office)?;
            let reasons = ours(papers, &paper.about.poa)?;
            (one.what == What::EndPaper).then(|| reasons.to_vec())
        };
        let own = self.waiting().into_iter();
        own.flat_map(|one| of_paper(&one).unwrap_or_else(|| vec![one]))
            .collect()
    }

    /// The case of the ledger says more: this one says for whom it stays open.
    fn waiting_for_fees(&self) -> Option<Waiting> {
        let debit_on = Some(&self.dates.last_debit_on);
        let (debited, booked) = (Next::LastDebited, Next::DebitBooked);
        match (self.fees, self.debited) {
            (Fees::Settled, _) => None,
            (Fees::Due, false) => Some(reason(
                Party::Bank,
                What::LastDebit,
                debit_on,
                debited,
                None,
            )),
            (Fees::Due, true) => Some(reason(Party::Us, What::LastFees, None, booked, None)),
            (Fees::Failed, _) => Some(reason(Party::Customer, What::Arrears, None, booked, None)),
        }
    }

    fn deadlines(&self, stream: &Stream) -> Vec<Deadline> {
        let no = self.no;
        let deadline = |name: &str, on, command| Deadline {
            name: format!("{name}_{no}"),
            on,
            trigger: Trigger::DayOpened,
            command: nouns::Command::termination(stream, command),
        };
        let mut deadlines = vec![];
        match self.stage {
            Stage::Withdrawn => {}
            Stage::Filed => {
                let last_day = self.dates.last_day.on;
                let on = last_day + Days::new(1);
                deadlines.push(deadline("end_use", on, Command::EndUse { no, last_day }));
            }
            Stage::Ended => {
                if !self.debited && self.fees == Fees::Due {
                    let on = self.dates.last_debit_on.on;
                    let command = Command::PassLastDebit { no, on };
                    deadlines.push(deadline("pass_last_debit", on + Days::new(1), command));
                }
                if !self.release_due && self.releases().next().is_some() {
                    let on = self.dates.release_from.on;
                    let command = Command::ReleaseDue { no, on };
                    deadlines.push(deadline("release_due", on, command));
                }
            }
        }
        deadlines
    }
}

fn reason(
    party: Party,
    what: What,
    until: Option<&Dated>,
    then: Next,
    office: Option<OfficeId>,
) -> Waiting {
    Waiting {
        party,
        what,
        until: until.cloned(),
        then,
        office,
    }
}
