//! What an office waits for, told together with what the sheets of its application wait for.
//!
//! Its own stream knows whether a 委任状 is accepted, filed and confirmed, since that decides. Where a sheet is until then – to
//! be sent by us, with the customer, here and unchecked – decides nothing in it and stands in the sheet's stream alone.

use super::state::{Entry, Held, Paper, Standing, State};
use crate::identifiers::OfficeNumber;
use crate::stream::ApplicationId;
use crate::waiting::{Next, Papers, Party, Waiting, What, ours};
use std::collections::BTreeMap;

/// What the accepted papers of an application wait for before they can be filed, and at which offices.
#[derive(Clone, Debug, PartialEq)]
pub struct Holding {
    /// For whom, for what, until when; the earliest day, where it is not the same for all of them.
    pub waiting: Waiting,
    /// The 事業所番号 whose papers are not ready.
    pub offices: Vec<OfficeNumber>,
}

impl State {
    /// Why this office's application is not settled, with what the sheets say; empty when it is.
    pub fn waiting_beside(&self, entry: &Entry, papers: &Papers) -> Vec<Waiting> {
        let own = self.waiting(entry);
        let Standing::Preparing { paper, held, .. } = &entry.standing else {
            return own;
        };
        if *held == Some(Held::Suspended) {
            return own;
        }
        let of_papers = match paper {
            Paper::Awaited | Paper::Rejected if !is_ready(entry, papers) => {
                ours(papers, &entry.poa()).map(<[Waiting]>::to_vec)
            }
            Paper::Awaited | Paper::Rejected | Paper::Ready => {
                let held_up = self.holding(entry.application, papers);
                Some(match held_up.is_empty() {
                    true => vec![entry.waiting_to_be_filed()],
                    false => held_up.into_iter().map(|held| held.waiting).collect(),
                })
            }
            Paper::Filed | Paper::Confirmed => None,
        };
        let Some(of_papers) = of_papers else {
            return own;
        };
        // A person who is asked is asked first, and once.
        let asked = own.into_iter().filter(|one| one.what == What::Person);
        let of_papers = of_papers
            .into_iter()
            .filter(|one| one.what != What::Person || !self.asks_about(entry));
        asked.chain(of_papers).collect()
    }

    /// What keeps the accepted papers of an application here: what we have to do first, then what the customer has to. Empty
    /// when they can be filed.
    pub fn holding(&self, application: ApplicationId, papers: &Papers) -> Vec<Holding> {
        let mut held: BTreeMap<(bool, What), Holding> = BTreeMap::new();
        let blocking = self
            .of_application(application)
            .filter(|entry| entry.waits_for_paper() && !is_ready(entry, papers));
        for entry in blocking {
            let ours = ours(papers, &entry.poa()).and_then(<[Waiting]>::first);
            let waiting = match ours
                .cloned()
                .or_else(|| self.waiting(entry).into_iter().next())
            {
                Some(ours) if ours.party != Party::Customer => ours,
                Some(_) | None => Waiting {
                    party: Party::Customer,
                    what: What::OtherOffices,
                    until: entry.plan().map(|plan| plan.poa_due.clone()),
                    then: Next::Postponement,
                    office: Some(entry.office),
                },
            };
            let of = (waiting.party == Party::Customer, waiting.what);
            match held.get_mut(&of) {
                Some(known) => known.join(waiting, entry.number),
                None => {
                    let offices = vec![entry.number];
                    held.insert(of, Holding { waiting, offices });
                }
            }
        }
        held.into_values().collect()
    }
}

impl Holding {
    fn join(&mut self, other: Waiting, number: OfficeNumber) {
        self.offices.push(number);
        let day = |waiting: &Waiting| waiting.until.as_ref().map(|until| until.on);
        if let Some(on) = day(&other)
            && day(&self.waiting).is_none_or(|known| on < known)
        {
            self.waiting = other;
        }
    }
}

/// Whether its sheet is accepted, which the application hears of with the next event.
fn is_ready(entry: &Entry, papers: &Papers) -> bool {
    let reasons = papers.get(&entry.poa());
    reasons.is_some_and(|reasons| {
        let first = reasons.first().map(|one| one.what);
        matches!(first, None | Some(What::PoaFiling | What::FederationAnswer))
    })
}
