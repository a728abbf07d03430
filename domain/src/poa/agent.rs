//! Which billing agent's ID a 委任状 names.

use crate::agent::WantReason;
use crate::decider::Known;
use crate::identifiers::AgentId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which billing agent's ID a 委任状 names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NamedAgent {
    /// The one of the configuration: no pool was kept when it was asked for, or it went out before daicho kept the books.
    #[default]
    Configured,
    /// One of the pool, which has not answered yet.
    Awaited,
    /// This one.
    Named(AgentId),
    /// None before a person has seen to it.
    Missing(WantReason),
}

impl NamedAgent {
    /// What a 委任状 begins with that is to be printed: the pool is asked, if one is kept.
    pub(super) fn to_begin_with(known: &Known) -> Self {
        let kept = known.agents().is_some_and(|pool| !pool.agents.is_empty());
        match kept {
            true => Self::Awaited,
            false => Self::Configured,
        }
    }

    /// The ID that it names, if its own events say so.
    pub const fn named(self) -> Option<AgentId> {
        match self {
            Self::Named(agent) => Some(agent),
            Self::Configured | Self::Awaited | Self::Missing(_) => None,
        }
    }

    /// Why no sheet can be printed yet.
    pub const fn lacks(self) -> Option<&'static str> {
        match self {
            Self::Configured | Self::Named(_) => None,
            Self::Awaited => Some("割り当て中"),
            Self::Missing(why) => Some(why.label()),
        }
    }

    pub(super) const fn is_configured(&self) -> bool {
        matches!(self, Self::Configured)
    }
}
