//! What an office waits for on its way to transmission, and what happens when a date comes.

use super::Command;
use super::event::{Missing, Plan};
use super::state::{Entry, Held, Overdue, Paper, Standing, State};
use crate::nouns;
use crate::rules::Dated;
use crate::stream::Stream;
use crate::waiting::{Deadline, Next, Party, Trigger, Waiting, What};
use std::collections::BTreeSet;

impl State {
    /// Why this office's application is not settled; empty when it is.
    pub fn waiting(&self, entry: &Entry) -> Vec<Waiting> {
        let reason = |party, what, until: Option<&Dated>, then| Waiting {
            party,
            what,
            until: until.cloned(),
            then,
            office: Some(entry.office),
        };
        // The due date is over, and what happens next is ours: the post of that day, or the check.
        let uncounted = |plan: &Plan| {
            reason(
                Party::Us,
                What::PostCount,
                Some(&plan.poa_due),
                Next::DueDecided,
            )
        };
        let unchecked = |plan: &Plan| {
            reason(
                Party::Us,
                What::PoaCheck,
                Some(&plan.federation_date),
                Next::PaperChecked,
            )
        };
        let mut reasons = Vec::new();
        if self.asks_about(entry) {
            reasons.push(reason(Party::Us, What::Person, None, Next::PersonDecides));
        }
        let from_standing = match &entry.standing {
            Standing::Incomplete(Missing::KjId) => Some(reason(
                Party::Customer,
                What::KjId,
                None,
                Next::StartMonthFixed,
            )),
            Standing::Incomplete(Missing::Entries(_)) => Some(reason(
                Party::Customer,
                What::FormEntries,
                None,
                Next::StartMonthFixed,
            )),
            Standing::Complete => Some(reason(
                Party::Customer,
                What::OtherOffices,
                None,
                Next::StartMonthFixed,
            )),
            Standing::Preparing {
                plan,
                held: Some(Held::Suspended),
                ..
            } => Some(reason(
                Party::Customer,
                What::ArrearsSuspended,
                Some(&plan.start),
                Next::Postponement,
            )),
            Standing::Preparing { plan, paper, .. } => Some(match paper {
                Paper::Awaited | Paper::Rejected if entry.overdue == Some(Overdue::Uncounted) => {
                    uncounted(plan)
                }
                Paper::Awaited | Paper::Rejected if entry.overdue == Some(Overdue::Arrived) => {
                    unchecked(plan)
                }
                Paper::Awaited | Paper::Rejected => reason(
                    Party::Customer,
                    What::Papers,
                    Some(&plan.poa_due),
                    Next::Postponement,
                ),
                Paper::Ready if !self.can_be_filed(entry.application) => {
                    match self.overdue(entry.application) {
                        Some(Overdue::Uncounted) => uncounted(plan),
                        Some(Overdue::Arrived) => unchecked(plan),
                        None => reason(
                            Party::Customer,
                            What::OtherOffices,
                            Some(&plan.poa_due),
                            Next::Postponement,
                        ),
                    }
                }
                Paper::Ready => entry.waiting_to_be_filed(),
                Paper::Filed => reason(
                    Party::Federation,
                    What::FederationAnswer,
                    Some(&plan.credentials_on),
                    Next::IdsIssued,
                ),
                Paper::Confirmed => reason(
                    Party::Us,
                    What::IdIssue,
                    Some(&plan.credentials_on),
                    Next::IdsIssued,
                ),
            }),
            Standing::IdsDue { plan, .. } => Some(reason(
                Party::Us,
                What::IdIssue,
                Some(&plan.credentials_on),
                Next::IdsIssued,
            )),
            Standing::Issued { plan, .. } => Some(reason(
                Party::Us,
                What::StartMonth,
                Some(&plan.start),
                Next::TransmissionStarts,
            )),
            Standing::Started { .. } if entry.is_replaced() => {
                if !self.is_succeeded(entry) {
                    let what = What::NewNumberApplication;
                    let then = Next::StartMonthFixed;
                    reasons.push(reason(Party::Customer, what, None, then));
                }
                Some(reason(
                    Party::Customer,
                    What::OldNumberEnd,
                    None,
                    Next::AgentReleased,
                ))
            }
            Standing::Started { .. } if entry.is_transferred() => Some(reason(
                Party::Customer,
                What::TransfereeStart,
                None,
                Next::AgentReleased,
            )),
            Standing::Started { .. } | Standing::Withdrawn { .. } => None,
        };
        reasons.extend(from_standing);
        reasons
    }

    /// What is sent when a date comes.
    pub fn deadlines(&self, stream: &Stream) -> Vec<Deadline> {
        let mut ids = BTreeSet::new();
        let mut starts = BTreeSet::new();
        for entry in &self.entries {
            match &entry.standing {
                Standing::Preparing { plan, held, .. } => {
                    if held.is_none() {
                        ids.insert(plan.credentials_on.on);
                    }
                    if !self.asks_about(entry) {
                        starts.insert(plan.month());
                    }
                }
                Standing::Issued { plan, .. } => {
                    starts.insert(plan.month());
                }
                Standing::Incomplete(_)
                | Standing::Complete
                | Standing::IdsDue { .. }
                | Standing::Started { .. }
                | Standing::Withdrawn { .. } => {}
            }
        }
        let deadline = |name: String, on, command| Deadline {
            name,
            on,
            trigger: Trigger::DayOpened,
            command: nouns::Command::transmission(stream, command),
        };
        let ids = ids
            .into_iter()
            .map(|on| deadline(format!("ids_{on}"), on, Command::DetermineIds { on }));
        let starts = starts.into_iter().map(|month| {
            deadline(
                format!("start_{month}"),
                month.first_day(),
                Command::Start { month },
            )
        });
        ids.chain(starts).collect()
    }
}

impl Entry {
    /// Its paper is accepted, and so are all others of its application.
    pub(super) fn waiting_to_be_filed(&self) -> Waiting {
        Waiting {
            party: Party::Us,
            what: What::PoaFiling,
            until: self.plan().map(|plan| plan.federation_date.clone()),
            then: Next::PaperFiled,
            office: Some(self.office),
        }
    }
}
