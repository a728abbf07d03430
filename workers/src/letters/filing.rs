//! The covering letter with which 委任状 go to a federation: what is handed in, and by when it must be there.

use chrono::NaiveDate;
use daicho_domain::Prefecture;
use daicho_domain::corporation::{Office, Registered};
use daicho_domain::poa::Purpose;
use daicho_domain::rules::{Answer, Dated};
use serde_json::{Value, json};

use super::poa::Paper;
use super::values::{dated, object, reason};
use super::{Content, Letter};

/// A 委任状 with its corporation.
#[derive(Clone, Copy, Debug)]
pub struct Handed<'a> {
    /// The paper.
    pub paper: Paper<'a>,
    /// Its corporation.
    pub whose: &'a Registered,
}

/// The letter on top of these papers, by office number. `posted` is the answer about the day by which they leave.
#[must_use]
pub fn cover(
    federation: Prefecture,
    handed: &[Handed<'_>],
    arrive_by: &Dated,
    posted: Option<&Answer>,
    date: NaiveDate,
) -> Content {
    let mut handed = handed.to_vec();
    handed.sort_by_key(|one| one.paper.sheet.assignment.number);
    let by = posted.and_then(|answer| answer.milestone("file_by").ok());
    let papers: Vec<Value> = handed.iter().map(listed).collect();
    let values = object(json!({
        "date": date,
        "reference": format!("F-{:02}-{}", federation.code(), arrive_by.on.format("%Y%m%d")),
        "to": { "corporation": federation.federation() },
        "federation": federation.federation(),
        "arrive_by": dated(arrive_by),
        "papers": papers,
        "reasons": by.map(reason).into_iter().collect::<Vec<_>>(),
    }));
    Content {
        letter: Letter::FederationCover,
        values,
    }
}

fn listed(handed: &Handed<'_>) -> Value {
    let sheet = handed.paper.sheet;
    let assignment = &sheet.assignment;
    let office = handed.whose.offices.get(&assignment.office);
    let start = dated(&sheet.dates.start);
    let mut values = json!({
        "number": assignment.number.as_str(),
        "name": office.map_or("", Office::name),
        "corporation": handed.whose.name,
        "purpose": assignment.purpose.label(),
    });
    let day = match assignment.purpose {
        Purpose::Start => "start",
        Purpose::End => "release_from",
    };
    values[day] = start;
    if let Some(agent) = sheet.agent.named() {
        values["agent"] = json!(agent);
    }
    values
}
