//! The event types there are, with the schema of each one's body, derived from the domain's own types.

use crate::upcast;
use daicho_domain::stream::Noun;
use daicho_domain::{
    agent, attachment, billing, corporation, credential, debit_batch, dispatch, enrolment,
    installation, licence, mail, office_day, poa, rulebook, schedule, staff, termination,
    transmission,
};
use schemars::{JsonSchema, Schema, schema_for};
use serde_json::{Map, Value, json};

/// An event type.
#[derive(Clone, Debug)]
pub struct EventType {
    /// Its name with the version, `poa.received.v1`.
    pub kind: String,
    /// The JSON Schema of its body.
    pub schema: Value,
}

/// Every event type at its present version, by noun and then by name.
pub fn event_types() -> Vec<EventType> {
    Noun::ALL
        .into_iter()
        .flat_map(|noun| types_of(noun, schema_of(noun)))
        .collect()
}

/// Every former version, with the present one of its type: old logs hold them, and who reads those is given them as they were
/// recorded.
pub fn former_types() -> impl Iterator<Item = (String, String)> {
    upcast::UPCASTERS.iter().map(|step| {
        let present = upcast::present_version(step.event);
        let version = |number| format!("{}.v{number}", step.event);
        (version(step.from), version(present))
    })
}

fn schema_of(noun: Noun) -> Schema {
    fn of<E: JsonSchema>() -> Schema {
        schema_for!(E)
    }
    match noun {
        Noun::Corporation => of::<corporation::Event>(),
        Noun::Enrolment => of::<enrolment::Event>(),
        Noun::Transmission => of::<transmission::Event>(),
        Noun::Poa => of::<poa::Event>(),
        Noun::Credential => of::<credential::Event>(),
        Noun::Licence => of::<licence::Event>(),
        Noun::Billing => of::<billing::Event>(),
        Noun::DebitBatch => of::<debit_batch::Event>(),
        Noun::Termination => of::<termination::Event>(),
        Noun::OfficeDay => of::<office_day::Event>(),
        Noun::Schedule => of::<schedule::Event>(),
        Noun::Staff => of::<staff::Event>(),
        Noun::Rulebook => of::<rulebook::Event>(),
        Noun::Installation => of::<installation::Event>(),
        Noun::Dispatch => of::<dispatch::Event>(),
        Noun::Mail => of::<mail::Event>(),
        Noun::Attachment => of::<attachment::Event>(),
        Noun::Agent => of::<agent::Event>(),
    }
}

/// The variants of a noun's events: each a `type` and the `body` that goes with it.
fn types_of(noun: Noun, schema: Schema) -> Vec<EventType> {
    let schema = schema.to_value();
    let definitions = schema.get("$defs").cloned().unwrap_or(json!({}));
    let variants = schema["oneOf"].as_array().cloned().unwrap_or_default();
    let mut types: Vec<_> = variants
        .into_iter()
        .map(|variant| event_type(noun, &variant, &definitions))
        .collect();
    types.sort_by(|one, other| one.kind.cmp(&other.kind));
    types
}

fn event_type(noun: Noun, variant: &Value, definitions: &Value) -> EventType {
    let name = variant["properties"]["type"]["const"]
        .as_str()
        .expect("each variant of an event is tagged by its type");
    let event = format!("{}.{name}", noun.code());
    let kind = format!("{event}.v{}", upcast::present_version(&event));
    let mut schema = Map::new();
    schema.insert(
        "$schema".into(),
        json!("https://json-schema.org/draft/2020-12/schema"),
    );
    schema.insert("title".into(), json!(kind));
    if let Some(description) = variant.get("description") {
        schema.insert("description".into(), description.clone());
    }
    if let Value::Object(body) = variant["properties"]["body"].clone() {
        schema.extend(body);
    }
    let used = used_definitions(&Value::Object(schema.clone()), definitions);
    if !used.is_empty() {
        schema.insert("$defs".into(), Value::Object(used));
    }
    EventType {
        kind,
        schema: Value::Object(schema),
    }
}

/// The definitions that the schema refers to, directly or through others.
fn used_definitions(schema: &Value, definitions: &Value) -> Map<String, Value> {
    let mut used = Map::new();
    let mut open = references(schema);
    while let Some(name) = open.pop() {
        if !used.contains_key(&name) {
            let definition = definitions[&name].clone();
            open.extend(references(&definition));
            used.insert(name, definition);
        }
    }
    used
}

fn references(schema: &Value) -> Vec<String> {
    match schema {
        Value::Object(members) => members
            .iter()
            .flat_map(|(name, value)| match (name.as_str(), value) {
                ("$ref", Value::String(target)) => target
                    .strip_prefix("#/$defs/")
                    .map(str::to_owned)
                    .into_iter()
                    .collect(),
                _ => references(value),
            })
            .collect(),
        Value::Array(items) => items.iter().flat_map(references).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => vec![],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_noun_has_event_types_with_a_closed_schema() {
        let types = event_types();
        for noun in Noun::ALL {
            let prefix = format!("{}.", noun.code());
            assert!(
                types.iter().any(|known| known.kind.starts_with(&prefix)),
                "{} has no event types",
                noun.code()
            );
        }
        for known in types {
            jsonschema::validator_for(&known.schema)
                .unwrap_or_else(|error| panic!("{}: {error}", known.kind));
        }
    }
}
