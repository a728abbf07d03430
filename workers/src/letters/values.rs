//! Values as letters take them: addresses, days with their certainty, and why a day is what it is.

use daicho_domain::corporation::{Office, Registered, SendTo};
use daicho_domain::rules::{Ask, Dated, Milestone, Policy, reckoned};
use serde_json::{Map, Value, json};

/// The address in the window of an envelope for the whole corporation: its head office, where that is known, else this office.
pub(super) fn to_head_office(whose: &Registered, office: Option<&Office>) -> Value {
    let head_office = whose.destination.head_office.as_deref();
    let address = head_office.or(office.and_then(address));
    json!({
        "address": address.into_iter().collect::<Vec<_>>(),
        "corporation": whose.name,
    })
}

/// The address in the window of an envelope for an office: its own, where the corporation wishes so, else the head office's.
pub(super) fn to_office(whose: &Registered, office: Option<&Office>) -> Value {
    let (SendTo::EachOffice, Some(office)) = (whose.destination.to, office) else {
        return to_head_office(whose, office);
    };
    let address = address(office).or(whose.destination.head_office.as_deref());
    json!({
        "address": address.into_iter().collect::<Vec<_>>(),
        "corporation": whose.name,
        "office": office.name(),
    })
}

pub(super) fn address(office: &Office) -> Option<&str> {
    office
        .entries
        .iter()
        .find_map(|entry| entry.address.as_deref())
}

pub(super) fn kinds(office: &Office) -> String {
    let kinds: Vec<&str> = office
        .entries
        .iter()
        .map(|entry| entry.kind.as_str())
        .collect();
    kinds.join("、")
}

/// A decided day as letters take it.
pub(super) fn dated(date: &Dated) -> Value {
    json!({ "on": date.on, "certainty": date.basis.certainty })
}

/// A reckoned day as letters take it.
pub(super) fn day_of(milestone: &Milestone) -> Option<Value> {
    Some(json!({ "on": milestone.value.date()?, "certainty": milestone.certainty }))
}

/// Why this day, asked of the rules as its basis says. A day for which they now give another answer keeps its place in the
/// letter and goes without a reason: what was decided stays decided.
pub(super) fn asked(day: &Dated, policy: &Policy) -> Option<Value> {
    let basis = &day.basis;
    let mut ask =
        Ask::new(basis.service, basis.question, basis.asked_on).in_prefecture(basis.prefecture);
    ask.decided_on = basis.decided_on;
    let answer = reckoned(policy, &ask).ok()?;
    let milestone = answer.milestone(&basis.milestone).ok()?;
    (milestone.value.date() == Some(day.on) && !milestone.steps.is_empty())
        .then(|| reason(milestone))
}

/// A value's derivation as a customer reads it, in the rules' own words.
pub(super) fn reason(milestone: &Milestone) -> Value {
    json!({
        "label": milestone.label,
        "why": format!("{}。", milestone.steps.join("。")),
    })
}

pub(super) fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            unreachable!("it is written as an object")
        }
    }
}
