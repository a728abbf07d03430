//! The feed of events as an AsyncAPI document, made from the catalogue.

use crate::catalogue::{event_types, former_types};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The AsyncAPI 3.0 document of `/api/v1/events/stream`.
pub fn document() -> Value {
    let mut messages = Map::new();
    let mut schemas = Map::new();
    let mut on_channel = Map::new();
    let present = event_types().into_iter().map(|event_type| {
        let title = event_type.schema.get("description").cloned();
        (event_type.kind, title.unwrap_or_default())
    });
    let mut titles: BTreeMap<String, Value> = present.collect();
    for (former, present) in former_types() {
        let title = titles[&present].as_str().unwrap_or_default();
        let title = format!("{title} (recorded by earlier versions; now {present})");
        titles.insert(former, title.into());
    }
    for (kind, title) in titles {
        messages.insert(
            kind.clone(),
            json!({
                "name": kind,
                "title": title,
                "contentType": "application/json",
                "payload": {
                    "allOf": [
                        { "$ref": "#/components/schemas/envelope" },
                        { "type": "object", "properties": {
                            "type": { "const": kind },
                            "body": { "$ref": format!("events/{kind}.schema.json") }
                        } }
                    ]
                }
            }),
        );
        on_channel.insert(
            kind.clone(),
            json!({ "$ref": format!("#/components/messages/{kind}") }),
        );
    }
    schemas.insert("envelope".into(), envelope());
    json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "daicho event feed",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Every event of the log in order, once each, from any number on. Personal fields are given as the caller may read them.",
            "license": { "name": "MIT OR Apache-2.0" }
        },
        "channels": {
            "events": {
                "address": "/api/v1/events/stream",
                "description": "Server-sent events; the id of each is its number.",
                "messages": on_channel
            }
        },
        "operations": {
            "follow": {
                "action": "receive",
                "channel": { "$ref": "#/channels/events" }
            }
        },
        "components": { "messages": messages, "schemas": schemas }
    })
}

/// What stands around the body of every event.
fn envelope() -> Value {
    let text = |description: &str| json!({ "type": "string", "description": description });
    let uuid = |description: &str| json!({ "type": "string", "format": "uuid", "description": description });
    json!({
        "type": "object",
        "required": [
            "number", "stream", "version", "event_id", "command_id", "type", "body",
            "occurred_on", "recorded_at", "actor", "correlation"
        ],
        "properties": {
            "number": { "type": "integer", "minimum": 0, "description": "Its place among daicho's own events, counted from 0." },
            "stream": text("The stream: the noun, a hyphen, its key."),
            "version": { "type": "integer", "minimum": 0, "description": "Its place in the stream, counted from 0." },
            "event_id": uuid("The event."),
            "command_id": uuid("The command it follows from; the same for a repeated command."),
            "type": text("noun.event.vN"),
            "body": { "type": "object" },
            "occurred_on": { "type": "string", "format": "date", "description": "The open business day on which it was decided, Japan." },
            "recorded_at": { "type": "string", "format": "date-time", "description": "When it was recorded." },
            "actor": text("Who acted: an opaque staff id, or a worker."),
            "correlation": uuid("What it belongs to."),
            "causation": { "type": ["string", "null"], "format": "uuid", "description": "The event it reacts to." },
            "rulebook": { "type": ["string", "null"], "description": "The rule book it rests on." }
        }
    })
}
