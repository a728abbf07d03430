//! An ID that was issued, or promised for a day, before daicho kept the books.

use super::event::{CarriedId, Event, Owner};
use super::link::Secrets;
use super::state::State;
use super::{Account, Refusal, Stage};
use crate::decider::Context;
use crate::moving::{self, CarriedFrom, Fault};
use crate::stream::Stream;
use crate::transmission::{OfficeRef, Standing};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// An ID as the books kept before have it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CarryOver {
    /// Where it stood.
    pub from: CarriedFrom,
    /// Whose it is.
    pub owner: Owner,
    /// The day it was issued; none while it waits for its day.
    pub issued_on: Option<NaiveDate>,
}

impl CarryOver {
    pub(super) fn needs(&self) -> Vec<Stream> {
        let whose = match self.owner {
            Owner::Corporation { .. } => None,
            Owner::Office {
                corporation,
                service,
                ..
            } => Some(Stream::Transmission(corporation, service)),
        };
        whose.into_iter().chain([Stream::Installation]).collect()
    }
}

pub(super) fn carry_over(
    context: &Context<'_>,
    state: &State,
    carried: CarryOver,
) -> Result<Vec<Event>, Refusal> {
    moving::approved(context, &carried.from)?;
    if let Some(account) = state.account() {
        let again = account.carried.as_ref().map(|from| from.run) == Some(carried.from.run);
        return match again {
            true => Ok(vec![]),
            false => Err(Fault::Lives.into()),
        };
    }
    let field = "ID発行日";
    if let Some(on) = carried.issued_on {
        moving::has_come(context, field, on)?;
    }
    let id = match (carried.owner, carried.issued_on) {
        (Owner::Corporation { .. }, Some(on)) => CarriedId::Issued { on },
        (Owner::Corporation { .. }, None) => return Err(Fault::Missing { field }.into()),
        (
            Owner::Office {
                corporation,
                service,
                application,
                office,
            },
            issued_on,
        ) => {
            let about = OfficeRef {
                application,
                office,
            };
            let entry = context
                .known
                .transmission(corporation, service)
                .and_then(|state| state.entry(about));
            let standing = entry.map(|entry| &entry.standing);
            match (standing, issued_on) {
                (Some(Standing::Preparing { plan, .. }), None) => CarriedId::Scheduled {
                    on: plan.credentials_on.clone(),
                },
                (Some(Standing::Issued { .. } | Standing::Started { .. }), Some(on)) => {
                    CarriedId::Issued { on }
                }
                (
                    Some(
                        Standing::Incomplete(_)
                        | Standing::Complete
                        | Standing::Preparing { .. }
                        | Standing::IdsDue { .. }
                        | Standing::Issued { .. }
                        | Standing::Started { .. }
                        | Standing::Withdrawn { .. },
                    )
                    | None,
                    _,
                ) => return Err(Refusal::NotDue),
            }
        }
    };
    Ok(vec![Event::CarriedOver {
        from: carried.from,
        owner: carried.owner,
        id,
    }])
}

impl Account {
    pub(super) fn carried_over(from: &CarriedFrom, owner: Owner, id: &CarriedId) -> Self {
        let stage = match id {
            CarriedId::Scheduled { on } => Stage::Scheduled { on: on.clone() },
            CarriedId::Issued { on } => Stage::Issued { on: *on },
        };
        Self {
            owner,
            stage,
            carried: Some(from.clone()),
            secrets: Secrets::default(),
        }
    }
}
