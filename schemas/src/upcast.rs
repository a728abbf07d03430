//! Lifting events of old versions to the present one, so that the domain knows one shape alone.

use daicho_domain::corporation::plain_subject;
use daicho_domain::personal::Personal;
use daicho_domain::stream::Stream;
use serde_json::Value;

/// One step from a version to the next.
#[derive(Clone, Copy, Debug)]
pub struct Upcaster {
    /// `noun.event`, without the version.
    pub event: &'static str,
    /// The version it reads; it writes the next.
    pub from: u32,
    /// The change to a body that stands in this stream.
    pub lift: fn(Value, &Stream) -> Value,
}

/// Every step there is. A type without one is at version 1.
pub const UPCASTERS: &[Upcaster] = &[
    typed("corporation.texts_erased", reason),
    typed("corporation.office_removed", reason),
    typed("corporation.office_transferred", reason),
    typed("corporation.office_use_declined", reason),
    typed("enrolment.second_trial_granted", reason),
    typed("transmission.office_withdrawn", reason),
    typed("transmission.person_decided", reason),
    typed("poa.reprint_requested", reason),
    typed("poa.filed", |body, stream| {
        marked(body, "without_scan", stream)
    }),
    typed("poa.rejected", reason),
    typed("licence.check_dropped", reason),
    typed("licence.fee_reversed", reason),
    typed("billing.option_withdrawn", reason),
    typed("billing.person_decided", reason),
    typed("billing.reversal_asked", reason),
    typed("billing.reversed", reason),
    typed("debit_batch.reopened", reason),
    typed("office_day.closed", |body, stream| {
        marked(body, "difference", stream)
    }),
    typed("attachment.withdrawn", reason),
];

/// In version 1 what a person typed stood in plain; from version 2 on it is a personal text.
const fn typed(event: &'static str, lift: fn(Value, &Stream) -> Value) -> Upcaster {
    Upcaster {
        event,
        from: 1,
        lift,
    }
}

fn reason(body: Value, stream: &Stream) -> Value {
    marked(body, "reason", stream)
}

/// The text of a field as a personal text that was never sealed: it reads the same, and is whose the stream says.
fn marked(mut body: Value, field: &str, stream: &Stream) -> Value {
    if let Some(Value::String(text)) = body.get(field) {
        let text = Personal::new(plain_subject(stream), text.as_str());
        body[field] = serde_json::to_value(text).expect("a personal text is plain data");
    }
    body
}

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
pub fn lift(event: &str, version: u32, body: Value, stream: &Stream) -> Option<Value> {
    lift_by(UPCASTERS, event, version, body, stream)
}

fn lift_by(
    steps: &[Upcaster],
    event: &str,
    version: u32,
    body: Value,
    stream: &Stream,
) -> Option<Value> {
    let present = present_version_by(steps, event);
    if version == 0 || version > present {
        return None;
    }
    (version..present).try_fold(body, |body, from| {
        steps
            .iter()
            .find(|step| step.event == event && step.from == from)
            .map(|step| (step.lift)(body, stream))
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
            lift: |mut body, _| {
                body["channel"] = json!("post");
                body
            },
        },
        Upcaster {
            event: "poa.received",
            from: 2,
            lift: |mut body, _| {
                body["sheets"] = json!(1);
                body
            },
        },
    ];

    #[test]
    fn an_old_event_is_lifted_step_by_step() {
        let lift_by =
            |event, version, body| lift_by(STEPS, event, version, body, &Stream::Installation);
        let lifted = lift_by("poa.received", 1, json!({}));
        assert_eq!(lifted, Some(json!({ "channel": "post", "sheets": 1 })));
        let lifted = lift_by("poa.received", 3, json!({ "as": "it is" }));
        assert_eq!(lifted, Some(json!({ "as": "it is" })));
    }

    #[test]
    fn a_version_from_the_future_is_not_read() {
        let lift_by =
            |event, version| lift_by(STEPS, event, version, json!({}), &Stream::Installation);
        assert_eq!(lift_by("poa.received", 4), None);
        assert_eq!(lift_by("poa.accepted", 0), None);
    }

    #[test]
    fn what_was_typed_in_plain_is_whose_the_stream_says() {
        let whose = |stream: &str| {
            let stream: Stream = stream.parse().expect("a stream");
            let lifted = lift("poa.rejected", 1, json!({ "reason": "印影相違" }), &stream);
            let text = lifted.expect("it is known")["reason"]["$personal"].take();
            assert_eq!(text["text"], "印影相違");
            text["subject"].as_str().expect("a subject").to_owned()
        };
        let id = "5f4dcc3b5aa765d61d8327deb882cf99";
        let remarks = format!("remarks-{id}");
        assert_eq!(whose(&format!("corporation-{id}")), remarks);
        assert_eq!(whose(&format!("billing-{id}")), remarks);
        assert_eq!(whose(&format!("attachment-billing-{id}")), remarks);
        assert_eq!(whose(&format!("poa-{id}")), format!("poa-{id}"));
        assert_eq!(
            whose("office_day-2026-04-01"),
            "remarks-office_day-2026-04-01"
        );
        let nothing = lift("poa.filed", 1, json!({}), &Stream::Installation);
        assert_eq!(nothing, Some(json!({})), "what was not said is not said");
    }
}
