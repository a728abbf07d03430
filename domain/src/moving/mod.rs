//! Moving in (移行): an office that kept its books in spreadsheets goes on with daicho. What is in mid-life comes in as
//! one `carried_over` event of each noun concerned, with the file and line it stood on, and goes on from there as if it
//! had begun here.
//!
//! What the nouns share stands here: the run that two people agreed on ([`Settings`], [`Totals`]), the days that were
//! promised ([`promised`]), and why something cannot be carried over ([`Fault`]). The run itself is kept by the
//! installation; no noun carries anything over that no approved run names.

mod fault;
mod promise;
mod totals;

pub use fault::{Fault, why_not};
pub(crate) use promise::Day;
pub use promise::{Promise, Promised, promised, promised_by};
pub use totals::{Measure, Totals};

use crate::corporation::Source;
use crate::dates::Month;
use crate::decider::Context;
use crate::stream::RunId;
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where something stood before daicho kept the books.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CarriedFrom {
    /// The run that brought it in.
    pub run: RunId,
    /// The file and line.
    pub source: Source,
}

/// What holds for everything that a run brings in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Settings {
    /// The switching day: from this day on daicho keeps the books. What lies before it was done elsewhere.
    pub switched_on: NaiveDate,
    /// The first month that daicho charges for; the months before were charged elsewhere.
    pub charged_from: Month,
}

impl Settings {
    /// The first month charged here of something whose fees run from `from` on.
    pub fn charges_from(&self, from: Month) -> Month {
        self.charged_from.max(from)
    }

    /// Refuses a day on which something would still have to happen and that lies before the switching day.
    pub(crate) fn ahead(&self, field: &'static str, on: NaiveDate) -> Result<(), Fault> {
        match on < self.switched_on {
            true => Err(Fault::Before {
                field,
                on,
                switched_on: self.switched_on,
            }),
            false => Ok(()),
        }
    }
}

/// The settings of an approved run.
pub(crate) fn approved(context: &Context<'_>, from: &CarriedFrom) -> Result<Settings, Fault> {
    context
        .known
        .installation()
        .and_then(|installation| installation.moving(from.run))
        .filter(|moving| moving.approved_by.is_some())
        .map(|moving| moving.settings)
        .ok_or(Fault::NotApproved)
}

/// Refuses a day that has not come.
pub(crate) fn has_come(
    context: &Context<'_>,
    field: &'static str,
    on: NaiveDate,
) -> Result<(), Fault> {
    match on > context.today {
        true => Err(Fault::NotCome {
            field,
            on,
            today: context.today,
        }),
        false => Ok(()),
    }
}

/// Refuses days that come in another order than what they are the days of.
pub(crate) fn in_order(days: &[(&'static str, Option<NaiveDate>)]) -> Result<(), Fault> {
    let mut before: Option<(&'static str, NaiveDate)> = None;
    for (field, on) in days {
        let Some(on) = *on else { continue };
        if let Some((earlier, day)) = before.filter(|(_, day)| *day > on) {
            return Err(Fault::Order {
                field,
                on,
                earlier,
                day,
            });
        }
        before = Some((field, on));
    }
    Ok(())
}
