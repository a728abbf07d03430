//! Lifting events of old versions to the present one, so that the domain knows one shape alone.

use serde_json::Value;

/// One step from a version to the next.
#[derive(Clone, Copy, Debug)]
pub struct Upcaster {
    /// `noun.event`, without the version.
    pub event: &'static str,
    /// The version it reads; it writes the next.
    pub from: u32,
    /// The change.
    pub lift: fn(Value) -> Value,
}

/// Every step there is. A type without one is at version 1.
pub const UPCASTERS: &[Upcaster] = &[];

/// The present version of an event type.
pub fn present_version(event: &str) -> u32 {
    present_version_by(UPCASTERS, event)
}

fn present_version_by(steps: &[Upcaster], event: &str) -> u32 {
    steps
        .iter()
        .filter(|step| step.event == event)
        .map(|step| step.from + 1)
        .max()
        .unwrap_or(1)
}

/// The body at the present version, or `None` when the version is newer than this binary knows.
pub fn lift(event: &str, version: u32, body: Value) -> Option<Value> {
    lift_by(UPCASTERS, event, version, body)
}

fn lift_by(steps: &[Upcaster], event: &str, version: u32, body: Value) -> Option<Value> {
    let present = present_version_by(steps, event);
    if version == 0 || version > present {
        return None;
    }
    (version..present).try_fold(body, |body, from| {
        steps
            .iter()
            .find(|step| step.event == event && step.from == from)
            .map(|step| (step.lift)(body))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const STEPS: &[Upcaster] = &[
        Upcaster {
            event: "poa.received",
            from: 1,
            lift: |mut body| {
                body["channel"] = json!("post");
                body
            },
        },
        Upcaster {
            event: "poa.received",
            from: 2,
            lift: |mut body| {
                body["sheets"] = json!(1);
                body
            },
        },
    ];

    #[test]
    fn an_old_event_is_lifted_step_by_step() {
        let lifted = lift_by(STEPS, "poa.received", 1, json!({}));
        assert_eq!(lifted, Some(json!({ "channel": "post", "sheets": 1 })));
        let lifted = lift_by(STEPS, "poa.received", 3, json!({ "as": "it is" }));
        assert_eq!(lifted, Some(json!({ "as": "it is" })));
    }

    #[test]
    fn a_version_from_the_future_is_not_read() {
        assert_eq!(lift_by(STEPS, "poa.received", 4, json!({})), None);
        assert_eq!(lift_by(STEPS, "poa.accepted", 0, json!({})), None);
    }
}
