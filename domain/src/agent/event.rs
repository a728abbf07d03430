//! What is recorded of the pool.

use crate::Service;
use crate::identifiers::{AgentId, OfficeNumber};
use crate::poa::Purpose;
use crate::stream::{CorporationId, OfficeId, PoaId};
use crate::waiting::worded;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A 委任状 that is to name an agent, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Want {
    /// The 委任状.
    pub poa: PoaId,
    /// What it is for.
    pub purpose: Purpose,
    /// The corporation.
    pub corporation: CorporationId,
    /// The service.
    pub service: Service,
    /// The office.
    pub office: OfficeId,
    /// Its 事業所番号.
    pub number: OfficeNumber,
}

/// A 委任状 for the start that names an agent already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Kept {
    /// The 委任状.
    pub poa: PoaId,
    /// Its 事業所番号.
    pub number: OfficeNumber,
}

worded! {
    /// Why a 委任状 waits for an agent's ID.
    WantReason {
        /// No ID of the pool has room.
        Exhausted = "exhausted", "代理人IDに空きがない";
        /// The agent is to be released, and these books do not know which ID was named.
        FormerUnknown = "former_unknown", "開始時の代理人IDが記録にない";
    }
}

/// What happened to the pool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", content = "body", rename_all = "snake_case")]
pub enum Event {
    /// An ID is in the pool and given out, or serves another number of offices that these books do not know.
    Added {
        /// The ID.
        agent: AgentId,
        /// How many offices it serves that these books do not know.
        elsewhere: u32,
    },
    /// An ID is given to no further office.
    Retired {
        /// The ID.
        agent: AgentId,
    },
    /// These papers name this ID since before the pool was kept, or before daicho kept the books.
    TakenUp {
        /// The ID.
        agent: AgentId,
        /// The papers.
        papers: Vec<Kept>,
    },
    /// A 委任状 names this ID.
    Assigned {
        /// The ID.
        agent: AgentId,
        /// Which 委任状, of which office.
        want: Want,
        /// How many offices one ID serves at most (`poa.agent_offices_max`).
        offices_max: u32,
        /// The book that says so, `honobono-mini2@2015-01-01 r1`.
        book: String,
    },
    /// A 委任状 has no ID to name: a person is asked.
    Wanting {
        /// Which 委任状, of which office.
        want: Want,
        /// Why.
        why: WantReason,
    },
    /// A 委任状 that waited for an ID is void.
    Dropped {
        /// The 委任状.
        poa: PoaId,
    },
    /// A 委任状 by which the agent was named is void, or the agent was released. With the last one of an office number its
    /// place is free.
    Released {
        /// The ID.
        agent: AgentId,
        /// The 委任状.
        poa: PoaId,
        /// Its 事業所番号.
        number: OfficeNumber,
    },
}
