//! What can be asked of the pool.

use super::event::{Kept, Want};
use crate::identifiers::{AgentId, OfficeNumber};
use crate::stream::PoaId;
use serde::{Deserialize, Serialize};

/// A request to the pool.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Adds an ID, gives one out again that was retired, or says anew how many offices it serves that these books do not know.
    Add {
        /// The ID.
        agent: AgentId,
        /// How many.
        elsewhere: u32,
    },
    /// Gives an ID to no further office. Those that it serves keep it.
    Retire {
        /// The ID.
        agent: AgentId,
    },
    /// Notes what names an ID already: papers of a time before the pool, or carried over from other books.
    TakeUp {
        /// The papers, each with the ID that it names; that of its office, else the first of the pool, where none is said.
        papers: Vec<(Kept, Option<AgentId>)>,
    },
    /// Asks for the ID that a 委任状 names (a reaction).
    Assign {
        /// Which 委任状, of which office.
        want: Want,
    },
    /// Says which ID a 委任状 names that waits for one.
    Choose {
        /// The 委任状.
        poa: PoaId,
        /// The ID.
        agent: AgentId,
    },
    /// Says that a 委任状 is void, or that the agent it names was released (a reaction): nobody needs an ID for it.
    GiveBack {
        /// The 委任状 by which the agent was named.
        poa: PoaId,
        /// Its 事業所番号.
        number: OfficeNumber,
    },
}
