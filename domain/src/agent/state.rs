//! What is known of the pool.

use super::event::{Kept, Want, WantReason};
use crate::identifiers::{AgentId, OfficeNumber};
use crate::stream::PoaId;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The pool, folded. Each ID is held behind a pointer: with every fold a list of IDs is copied, not one of offices.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// The IDs, in the order in which they came.
    pub agents: Vec<Arc<Held>>,
    /// The 委任状 that wait for one, in the order in which they came.
    pub wanting: Vec<(Want, WantReason)>,
}

/// An ID of the pool.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Held {
    /// The ID.
    pub agent: AgentId,
    /// How many offices it serves that these books do not know.
    pub elsewhere: u32,
    /// Whether further offices get it.
    pub giving: Giving,
    /// The office numbers it serves, each with the 委任状 for the start that name it: one a service.
    pub offices: BTreeMap<OfficeNumber, BTreeSet<PoaId>>,
}

/// Whether an ID is given to further offices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Giving {
    /// As long as it has room.
    Open,
    /// No: a person retired it.
    Retired,
}

impl Held {
    pub(super) fn new(agent: AgentId, elsewhere: u32) -> Self {
        Self {
            agent,
            elsewhere,
            giving: Giving::Open,
            offices: BTreeMap::new(),
        }
    }

    /// How many offices it serves.
    pub fn serves(&self) -> u32 {
        let here = u32::try_from(self.offices.len()).unwrap_or(u32::MAX);
        here.saturating_add(self.elsewhere)
    }

    /// How many further offices it may get when one serves so many at most.
    pub fn room(&self, offices_max: u32) -> u32 {
        match self.giving {
            Giving::Open => offices_max.saturating_sub(self.serves()),
            Giving::Retired => 0,
        }
    }

    pub(super) fn is_named_by(&self, kept: Kept) -> bool {
        let papers = self.offices.get(&kept.number);
        papers.is_some_and(|papers| papers.contains(&kept.poa))
    }

    pub(super) fn take(&mut self, kept: Kept) {
        self.offices
            .entry(kept.number)
            .or_default()
            .insert(kept.poa);
    }

    pub(super) fn give_back(&mut self, kept: Kept) {
        if let Some(papers) = self.offices.get_mut(&kept.number) {
            papers.remove(&kept.poa);
            if papers.is_empty() {
                self.offices.remove(&kept.number);
            }
        }
    }
}

impl State {
    /// An ID of the pool.
    pub fn agent(&self, agent: AgentId) -> Option<&Held> {
        let mut agents = self.agents.iter();
        agents.find(|held| held.agent == agent).map(Arc::as_ref)
    }

    /// The ID that serves an office number.
    pub fn serving(&self, number: OfficeNumber) -> Option<&Held> {
        let mut agents = self.agents.iter();
        agents
            .find(|held| held.offices.contains_key(&number))
            .map(Arc::as_ref)
    }

    /// The ID that this 委任状 was given.
    pub(super) fn named_by(&self, kept: Kept) -> Option<&Held> {
        let mut agents = self.agents.iter();
        agents.find(|held| held.is_named_by(kept)).map(Arc::as_ref)
    }

    pub(super) fn wants(&self, poa: PoaId) -> Option<&(Want, WantReason)> {
        self.wanting.iter().find(|(want, _)| want.poa == poa)
    }

    pub(super) fn agent_mut(&mut self, agent: AgentId) -> Option<&mut Held> {
        let mut agents = self.agents.iter_mut();
        agents.find(|held| held.agent == agent).map(Arc::make_mut)
    }
}
