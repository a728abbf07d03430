//! What a log must hold to when it is written.

use super::{Bench, append, event, everything, indexes, stream};
use crate::{Body, Expected, InTurn, LogError, NewAppend, NewEvent};

pub(super) async fn comes_back_as_it_was(bench: &dyn Bench) {
    let log = bench.fresh().await;
    for index in 0..7 {
        let name = stream(&format!("poa-{index}"));
        let given = event(index);
        let answer = log
            .append(&name, Expected::NoStream, vec![given.clone()])
            .await
            .expect("the append is taken");
        let read = log.read_stream(&name, 0, 10).await.expect("it is read");
        assert_eq!(answer, read, "the answer is what is read");
        assert_eq!(read[0].to_new(), given);
        assert_eq!((read[0].number, read[0].version), (index, 0));
        assert_eq!(read[0].stream, name);
        assert_eq!(
            log.head().await.expect("the head is read"),
            read.last().cloned()
        );
    }
}

pub(super) async fn several_events_are_one_step(bench: &dyn Bench) {
    let log = bench.fresh().await;
    let name = stream("transmission-1");
    let answer = log
        .append(&name, Expected::NoStream, (0..3).map(event).collect())
        .await
        .expect("the append is taken");
    let counted: Vec<_> = answer.iter().map(|e| (e.number, e.version)).collect();
    assert_eq!(counted, [(0, 0), (1, 1), (2, 2)]);
    assert_eq!(answer[0].recorded_at, answer[2].recorded_at);
    assert_eq!(everything(&log).await, answer);
}

pub(super) async fn nothing_records_nothing(bench: &dyn Bench) {
    let log = bench.fresh().await;
    let name = stream("poa-1");
    let answer = log.append(&name, Expected::NoStream, Vec::new()).await;
    assert_eq!(answer, Ok(Vec::new()));
    assert_eq!(everything(&log).await, []);
}

pub(super) async fn not_as_expected_is_a_conflict(bench: &dyn Bench) {
    let log = bench.fresh().await;
    let name = stream("poa-1");
    append(&log, "poa-1", 0..2).await;
    for (wrong, there) in [
        (Expected::NoStream, "poa-1"),
        (Expected::Version(0), "poa-1"),
        (Expected::Version(2), "poa-1"),
        (Expected::Version(0), "poa-2"),
    ] {
        let there = stream(there);
        let refused = log.append(&there, wrong, vec![event(9)]).await;
        let actual = (there == name).then_some(1);
        assert_eq!(
            refused,
            Err(LogError::Conflict {
                stream: there,
                expected: wrong,
                actual
            })
        );
    }
    assert_eq!(indexes(&everything(&log).await), [0, 1]);
    let right = log
        .append(&name, Expected::Version(1), vec![event(2)])
        .await;
    assert_eq!(right.expect("the right version is taken")[0].version, 2);
}

fn turn(name: &str, expected: Expected, index: u64) -> NewAppend {
    NewAppend {
        stream: stream(name),
        expected,
        events: vec![event(index)],
    }
}

pub(super) async fn in_turn_is_in_order(bench: &dyn Bench) {
    let log = bench.fresh().await;
    append(&log, "poa-1", 0..1).await;
    let appends = vec![
        turn("poa-2", Expected::NoStream, 1),
        turn("poa-1", Expected::Version(0), 2),
        // What stands before it in the same turn is what it may expect.
        turn("poa-2", Expected::Version(0), 3),
        NewAppend {
            events: vec![event(4), event(5)],
            ..turn("poa-3", Expected::NoStream, 4)
        },
    ];
    let done = log.append_in_turn(appends).await;
    assert_eq!(done.stopped, None);
    let lengths: Vec<_> = done.recorded.iter().map(Vec::len).collect();
    assert_eq!(lengths, [1, 1, 1, 2]);
    let all = everything(&log).await;
    assert_eq!(indexes(&all), [0, 1, 2, 3, 4, 5]);
    assert_eq!(
        done.recorded.concat(),
        all[1..],
        "the answer is what is read"
    );
    assert_eq!(log.append_in_turn(vec![]).await, InTurn::default());
}

pub(super) async fn in_turn_ends_at_a_refusal(bench: &dyn Bench) {
    let too_large = NewEvent {
        body: Body::from_text(format!("\"{}\"", "x".repeat(Body::BYTES_MAX))),
        ..event(9)
    };
    let refused = [
        turn("poa-1", Expected::NoStream, 9),
        NewAppend {
            events: vec![too_large],
            ..turn("poa-9", Expected::NoStream, 9)
        },
    ];
    for refused in refused {
        let log = bench.fresh().await;
        append(&log, "poa-1", 0..1).await;
        let alone = log
            .append(&refused.stream, refused.expected, refused.events.clone())
            .await;
        let alone = alone.expect_err("it is refused alone");
        let appends = vec![
            turn("poa-2", Expected::NoStream, 1),
            refused,
            turn("poa-3", Expected::NoStream, 2),
        ];
        let done = log.append_in_turn(appends).await;
        assert_eq!(done.stopped, Some(alone));
        assert_eq!(done.recorded.len(), 1);
        assert_eq!(
            indexes(&everything(&log).await),
            [0, 1],
            "nothing behind it was recorded"
        );
        // The next caller meets the log as it is.
        append(&log, "poa-3", 3..4).await;
        assert_eq!(indexes(&everything(&log).await), [0, 1, 3]);
    }
}

pub(super) async fn one_of_many_succeeds(bench: &dyn Bench) {
    let log = bench.fresh().await;
    for round in 0..20 {
        let name = stream(&format!("poa-{round}"));
        let callers = (0..8).map(|index| {
            let (log, name) = (log.clone(), name.clone());
            tokio::spawn(async move {
                log.append(&name, Expected::NoStream, vec![event(index)])
                    .await
            })
        });
        let answers = futures::future::join_all(callers).await;
        let taken = answers.iter().filter(|answer| matches!(answer, Ok(Ok(_))));
        assert_eq!(taken.count(), 1, "one caller succeeds");
        let refused = answers.iter().filter(|answer| {
            matches!(
                answer,
                Ok(Err(LogError::Conflict {
                    actual: Some(0),
                    ..
                }))
            )
        });
        assert_eq!(refused.count(), 7, "the others meet a conflict");
    }
    assert_eq!(everything(&log).await.len(), 20);
}

pub(super) async fn the_largest_body(bench: &dyn Bench) {
    let log = bench.fresh().await;
    let name = stream("poa-1");
    let of_length = |length: usize| NewEvent {
        body: Body::from_text(format!("\"{}\"", "x".repeat(length - 2))),
        ..event(0)
    };
    let largest = of_length(Body::BYTES_MAX);
    let taken = log
        .append(&name, Expected::NoStream, vec![largest.clone()])
        .await
        .expect("the largest body is taken");
    assert_eq!(taken[0].to_new(), largest);
    let too_large = vec![event(1), of_length(Body::BYTES_MAX + 1)];
    let refused = log.append(&name, Expected::Version(0), too_large).await;
    assert_eq!(
        refused,
        Err(LogError::TooLarge {
            kind: "poa.received.v1".to_owned(),
            bytes: Body::BYTES_MAX + 1,
            max: Body::BYTES_MAX,
        })
    );
    assert_eq!(
        everything(&log).await,
        taken,
        "the append was refused whole"
    );
}

pub(super) async fn reopened_goes_on(bench: &dyn Bench) {
    let log = bench.fresh().await;
    append(&log, "poa-1", 0..3).await;
    let before = everything(&log).await;
    let log = bench.reopened(log).await;
    assert_eq!(everything(&log).await, before);
    let conflict = log
        .append(&stream("poa-1"), Expected::NoStream, vec![event(9)])
        .await;
    assert!(matches!(
        conflict,
        Err(LogError::Conflict {
            actual: Some(2),
            ..
        })
    ));
    append(&log, "poa-1", 3..5).await;
    let after = everything(&log).await;
    assert_eq!(indexes(&after), [0, 1, 2, 3, 4]);
    assert!(after.iter().map(|event| event.number).eq(0..5));
    assert!(after.is_sorted_by_key(|event| event.recorded_at));
}
