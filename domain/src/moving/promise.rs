//! Days that were promised before daicho kept the books: they stay, and the basis says what the rules would have set.

use super::CarriedFrom;
use crate::corporation::Source;
use crate::nouns::Event;
use crate::rules::{Basis, Dated, RuleError};
use crate::stream::OfficeId;
use crate::{billing, corporation, debit_batch, enrolment, termination, transmission};
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A day that was promised to a customer before daicho kept the books.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Promised {
    /// The file and line that say so.
    pub source: Source,
    /// The day that the rules would have set.
    pub counted: NaiveDate,
}

/// The day that stands: the promised one, or, where none was, the one that the rules set.
///
/// # Errors
/// When the rules give no day to hold it against.
pub fn promised(
    counted: Result<Dated, RuleError>,
    said: Option<NaiveDate>,
    from: &CarriedFrom,
) -> Result<Dated, RuleError> {
    let counted = counted?;
    let Some(on) = said.filter(|on| *on != counted.on) else {
        return Ok(counted);
    };
    let promised = Some(Promised {
        source: from.source.clone(),
        counted: counted.on,
    });
    Ok(Dated {
        on,
        basis: Arc::new(Basis {
            promised,
            ..Basis::clone(&counted.basis)
        }),
    })
}

/// A day that an event carried over.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Day<'a> {
    /// What the files call it.
    pub(crate) label: &'static str,
    /// The office it is about, where it is one office's.
    pub(crate) office: Option<OfficeId>,
    /// The day and what it rests on.
    pub(crate) dated: &'a Dated,
}

/// A promised day as an event carried it over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promise<'a> {
    /// What the files call it.
    pub label: &'static str,
    /// The office it was promised to, where it is one office's.
    pub office: Option<OfficeId>,
    /// The day and what it rests on.
    pub dated: &'a Dated,
    /// What the rules would have set, and where the promise stands.
    pub promised: &'a Promised,
}

/// The days in which an event keeps a promise that the rules would not have made (計算との差).
pub fn promised_by(event: &Event) -> Vec<Promise<'_>> {
    let days = match event {
        Event::Enrolment(event) => enrolment::carried_days(event),
        Event::Transmission(event) => transmission::carried_days(event),
        Event::Corporation(event) => corporation::carried_days(event),
        Event::Billing(event) => billing::carried_days(event),
        Event::Termination(event) => termination::carried_days(event),
        Event::DebitBatch(event) => debit_batch::carried_days(event),
        // The dates of a 委任状 and of an ID are those of its transmission.
        Event::Poa(_)
        | Event::Credential(_)
        | Event::Licence(_)
        | Event::OfficeDay(_)
        | Event::Schedule(_)
        | Event::Staff(_)
        | Event::Rulebook(_)
        | Event::Installation(_)
        | Event::Dispatch(_)
        | Event::Mail(_)
        | Event::Attachment(_)
        | Event::Agent(_) => vec![],
    };
    let mut promises = vec![];
    for day in days {
        if let Some(promised) = &day.dated.basis.promised {
            promises.push(Promise {
                label: day.label,
                office: day.office,
                dated: day.dated,
                promised,
            });
        }
    }
    promises
}
