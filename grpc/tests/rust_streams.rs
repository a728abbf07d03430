//! The official Rust client at streams: reading, following, appending, being refused. Among them the cases that
//! the client's own crate tests its server with.

mod support;

use kurrentdb::{
    AppendToStreamOptions, Client, CurrentRevision, Error, EventData, ReadAllOptions, ReadEvent,
    ReadStreamOptions, StreamMetadataBuilder, StreamMetadataResult, StreamPosition, StreamState,
    SubscribeToAllOptions, SubscribeToStreamOptions, SubscriptionEvent, SubscriptionFilter,
};
use serde_json::json;
use support::{Server, options, own, record};
use uuid::Uuid;

fn client_of(server: &Server) -> Client {
    Client::new(server.connection().parse().expect("an address")).expect("a client")
}

fn events(kind: &str, count: u32) -> Vec<EventData> {
    let event = |index| EventData::json(kind, &json!({ "index": index })).expect("it is JSON");
    (0..count).map(event).collect()
}

/// The indexes of everything a read gives.
async fn indexes(mut stream: kurrentdb::ReadStream) -> Vec<u64> {
    let mut indexes = Vec::new();
    while let Some(event) = stream.next().await.expect("it is read") {
        let body: serde_json::Value = event.get_original_event().as_json().expect("JSON");
        indexes.push(body["index"].as_u64().expect("an index"));
    }
    indexes
}

#[tokio::test(flavor = "multi_thread")]
async fn foreign_events_are_appended_and_read_in_both_directions() {
    let dir = tempfile::tempdir().expect("a directory");
    let server = Server::on(dir.path(), options()).await;
    let client = client_of(&server);
    let written = client
        .append_to_stream("orders-1", &Default::default(), events("ordered", 10))
        .await
        .expect("it is appended");
    assert_eq!(written.next_expected_version, 9);
    assert_eq!(written.position.commit, written.position.prepare);

    let forwards = client.read_stream("orders-1", &Default::default()).await;
    assert_eq!(
        indexes(forwards.expect("it reads")).await,
        (0..10).collect::<Vec<_>>()
    );
    let options = ReadStreamOptions::default()
        .backwards()
        .position(StreamPosition::End)
        .max_count(3);
    let backwards = client.read_stream("orders-1", &options).await;
    assert_eq!(indexes(backwards.expect("it reads")).await, [9, 8, 7]);
    let options = ReadStreamOptions::default().position(StreamPosition::Position(7));
    let rest = client.read_stream("orders-1", &options).await;
    assert_eq!(indexes(rest.expect("it reads")).await, [7, 8, 9]);

    let mut stream = client
        .read_stream("orders-1", &Default::default())
        .await
        .expect("it reads");
    let (mut last, mut positions) = (None, Vec::new());
    while let Some(said) = stream.next_read_event().await.expect("it is read") {
        match said {
            ReadEvent::LastStreamPosition(position) => last = Some(position),
            ReadEvent::Event(event) => positions.push(event.get_original_event().position),
            ReadEvent::FirstStreamPosition(_) | ReadEvent::LastAllStreamPosition(_) => {}
        }
    }
    assert_eq!(last, Some(9));
    assert_eq!(positions.last(), Some(&written.position));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_does_not_exist_is_not_found() {
    let dir = tempfile::tempdir().expect("a directory");
    let server = Server::on(dir.path(), options()).await;
    let client = client_of(&server);
    let mut stream = client
        .read_stream("orders-1", &Default::default())
        .await
        .expect("it answers");
    let answer = stream.next().await;
    assert!(matches!(answer, Err(Error::ResourceNotFound)), "{answer:?}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_business_s_events_are_read_as_recorded_and_never_appended() {
    let dir = tempfile::tempdir().expect("a directory");
    let server = Server::on(dir.path(), options()).await;
    let client = client_of(&server);
    record(&server.log, "poa-1", vec![own(0), own(1)]).await;
    let mut stream = client
        .read_stream("poa-1", &Default::default())
        .await
        .expect("it reads");
    let event = stream
        .next()
        .await
        .expect("it is read")
        .expect("there is one");
    let event = event.get_original_event();
    assert_eq!(event.id, own(0).event_id);
    assert_eq!(event.event_type, "poa.received.v1");
    assert!(event.is_json);
    assert_eq!(&event.data[..], br#"{"index":0}"#);
    let about: serde_json::Value = serde_json::from_slice(&event.custom_metadata).expect("JSON");
    assert_eq!(about["number"], 0);
    assert_eq!(about["$correlationId"], own(0).correlation.to_string());
    assert_eq!(about["occurred_on"], "2026-11-20");

    for stream in ["poa-1", "poa-2", "corporation-x", "$$poa-1", "$stats"] {
        let refused = client
            .append_to_stream(stream, &Default::default(), events("poa.received.v1", 1))
            .await;
        assert!(
            matches!(refused, Err(Error::AccessDenied)),
            "{stream}: {refused:?}"
        );
    }
    let batch = client
        .batch_append(&Default::default())
        .await
        .expect("a batch");
    let refused = batch
        .append_to_stream("poa-1", StreamState::Any, events("x", 1))
        .await;
    let code = match refused {
        Err(Error::Grpc { code, .. }) => Some(code as i32),
        Ok(_) | Err(_) => None,
    };
    assert_eq!(code, Some(7), "permission denied");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_deleted() {
    let dir = tempfile::tempdir().expect("a directory");
    let server = Server::on(dir.path(), options()).await;
    let client = client_of(&server);
    let appended = client.append_to_stream("orders-1", &OPTIONS, events("ordered", 1));
    appended.await.expect("it is appended");
    let deleted = client.delete_stream("orders-1", &Default::default()).await;
    assert!(matches!(deleted, Err(Error::AccessDenied)), "{deleted:?}");
    let buried = client
        .tombstone_stream("orders-1", &Default::default())
        .await;
    assert!(matches!(buried, Err(Error::AccessDenied)), "{buried:?}");
    let stream = client.read_stream("orders-1", &Default::default()).await;
    assert_eq!(indexes(stream.expect("it reads")).await, [0]);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn expected_versions_hold_or_are_refused_with_what_stands_there() {
    let dir = tempfile::tempdir().expect("a directory");
    let server = Server::on(dir.path(), options()).await;
    let client = client_of(&server);
    let append = |expected, events| {
        let client = client.clone();
        async move {
            let options = AppendToStreamOptions::default().stream_state(expected);
            client.append_to_stream("orders-1", &options, events).await
        }
    };
    let wrong = |result| match result {
        Err(Error::WrongExpectedVersion { expected, current }) => Some((expected, current)),
        Ok(_) | Err(_) => None,
    };
    let refused = wrong(append(StreamState::StreamExists, events("ordered", 1)).await);
    assert_eq!(
        refused,
        Some((StreamState::StreamExists, CurrentRevision::NoStream))
    );
    let refused = wrong(append(StreamState::StreamRevision(0), events("ordered", 1)).await);
    assert_eq!(
        refused,
        Some((StreamState::StreamRevision(0), CurrentRevision::NoStream))
    );
    append(StreamState::NoStream, events("ordered", 2))
        .await
        .expect("it is appended");
    let refused = wrong(append(StreamState::NoStream, events("ordered", 1)).await);
    assert_eq!(
        refused,
        Some((StreamState::NoStream, CurrentRevision::Current(1)))
    );
    append(StreamState::StreamRevision(1), events("ordered", 1))
        .await
        .expect("it is appended");
    append(StreamState::StreamExists, events("ordered", 1))
        .await
        .expect("it is appended");
    let refused = wrong(append(StreamState::StreamRevision(9), events("ordered", 1)).await);
    assert_eq!(
        refused,
        Some((StreamState::StreamRevision(9), CurrentRevision::Current(3)))
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_append_again_adds_nothing_whatever_it_expects() {
    let dir = tempfile::tempdir().expect("a directory");
    let (one, two) = (Uuid::now_v7(), Uuid::now_v7());
    let both = || {
        vec![
            events("a", 1).remove(0).id(one),
            events("b", 1).remove(0).id(two),
        ]
    };
    let (mut first, mut ends) = (None, Vec::new());
    // The second round finds a server that was started anew.
    for _ in 0..2 {
        let server = Server::on(dir.path(), options()).await;
        let client = client_of(&server);
        for expected in [
            StreamState::NoStream,
            StreamState::NoStream,
            StreamState::Any,
        ] {
            let options = AppendToStreamOptions::default().stream_state(expected);
            let written = client.append_to_stream("orders-1", &options, both()).await;
            let written = written.expect("it is appended, or was");
            let first = first.get_or_insert(written.position);
            assert_eq!(
                (written.next_expected_version, written.position),
                (1, *first)
            );
        }
        let mixed = vec![events("a", 1).remove(0).id(one), events("c", 1).remove(0)];
        let refused = client
            .append_to_stream("orders-1", &Default::default(), mixed)
            .await;
        assert!(
            matches!(refused, Err(Error::WrongExpectedVersion { .. })),
            "{refused:?}"
        );
        let stream = client.read_stream("orders-1", &Default::default()).await;
        ends.push(indexes(stream.expect("it reads")).await.len());
        server.stop().await;
    }
    assert_eq!(ends, [2, 2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_append_of_more_than_is_allowed_is_refused_whole() {
    let dir = tempfile::tempdir().expect("a directory");
    let server = Server::on(dir.path(), options()).await;
    let client = client_of(&server);
    let large = EventData::binary("large", vec![0; 600 << 10].into());
    let two = vec![large.clone(), large.clone()];
    let refused = client
        .append_to_stream("orders-1", &Default::default(), two)
        .await;
    let Err(Error::Grpc { message, .. }) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(message, "an append brings at most 1048576 bytes");
    let alone = client
        .append_to_stream("orders-1", &Default::default(), large)
        .await;
    assert_eq!(alone.expect("it is appended").next_expected_version, 0);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_read_in_one_order_with_and_without_a_filter() {
    let dir = tempfile::tempdir().expect("a directory");
    let server = Server::on(dir.path(), options()).await;
    let client = client_of(&server);
    let append = |stream: &'static str, kind: &'static str| {
        client.append_to_stream(stream, &OPTIONS, events(kind, 1))
    };
    append("orders-1", "ordered").await.expect("it is appended");
    record(&server.log, "poa-1", vec![own(0)]).await;
    append("orders-2", "paid").await.expect("it is appended");
    append("bills-1", "paid").await.expect("it is appended");
    record(&server.log, "poa-1", vec![own(1), own(2)]).await;
    append("orders-1", "sent").await.expect("it is appended");

    let all = [
        "orders-1", "poa-1", "orders-2", "bills-1", "poa-1", "poa-1", "orders-1",
    ];
    let read = async |options: &ReadAllOptions| {
        let mut stream = client.read_all(options).await.expect("it reads");
        let mut names = Vec::new();
        let mut positions = Vec::new();
        while let Some(event) = stream.next().await.expect("it is read") {
            let event = event.get_original_event();
            names.push(event.stream_id().to_owned());
            positions.push(event.position);
        }
        (names, positions)
    };
    let (names, positions) = read(&ReadAllOptions::default()).await;
    assert_eq!(names, all);
    assert!(positions.is_sorted_by_key(|at| at.commit));
    let back = ReadAllOptions::default()
        .backwards()
        .position(StreamPosition::End);
    let (names, _) = read(&back).await;
    assert!(names.iter().rev().eq(all));
    let from = ReadAllOptions::default().position(StreamPosition::Position(positions[3]));
    assert_eq!(read(&from).await.0, all[3..], "that place is included");
    let back = from.backwards();
    assert!(
        read(&back).await.0.iter().rev().eq(&all[..3]),
        "and not on the way back"
    );

    let prefixed = SubscriptionFilter::on_stream_name()
        .add_prefix("orders-")
        .add_prefix("bills-");
    let some = ReadAllOptions::default().filter(prefixed).max_count(3);
    assert_eq!(read(&some).await.0, ["orders-1", "orders-2", "bills-1"]);
    let matching = SubscriptionFilter::on_event_type().regex("^(pai|sen).*");
    let some = ReadAllOptions::default().filter(matching);
    assert_eq!(read(&some).await.0, ["orders-2", "bills-1", "orders-1"]);
    let without = SubscriptionFilter::on_stream_name().regex("^(?!orders).*");
    let some = ReadAllOptions::default().filter(without);
    assert_eq!(read(&some).await.0, ["poa-1", "bills-1", "poa-1", "poa-1"]);
    server.stop().await;
}

static OPTIONS: std::sync::LazyLock<AppendToStreamOptions> =
    std::sync::LazyLock::new(AppendToStreamOptions::default);

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_is_followed_from_its_start_and_on() {
    let dir = tempfile::tempdir().expect("a directory");
    let server = Server::on(dir.path(), options()).await;
    let client = client_of(&server);
    let append = || client.append_to_stream("orders-1", &OPTIONS, events("ordered", 3));
    append().await.expect("it is appended");
    let options = SubscribeToStreamOptions::default().start_from(StreamPosition::Start);
    let mut following = client.subscribe_to_stream("orders-1", &options).await;
    let mut said = Vec::new();
    while said.len() < 9 {
        let next = following
            .next_subscription_event()
            .await
            .expect("it goes on");
        said.push(match &next {
            SubscriptionEvent::Confirmed(_) => "confirmed".to_owned(),
            SubscriptionEvent::EventAppeared(event) => {
                event.get_original_event().revision.to_string()
            }
            SubscriptionEvent::CaughtUp(at) => {
                let at = at.as_ref().expect("it says when and where");
                append().await.expect("it is appended");
                format!("caught up at {:?}", at.stream_revision)
            }
            SubscriptionEvent::Checkpoint(_)
            | SubscriptionEvent::FirstStreamPosition(_)
            | SubscriptionEvent::LastStreamPosition(_)
            | SubscriptionEvent::LastAllPosition(_)
            | SubscriptionEvent::FellBehind(_) => panic!("{next:?}"),
        });
        if said.len() == 8 {
            break;
        }
    }
    assert_eq!(
        said,
        [
            "confirmed",
            "0",
            "1",
            "2",
            "caught up at Some(2)",
            "3",
            "4",
            "5"
        ]
    );
    server.stop().await;
    let ended = following.next_subscription_event().await;
    assert!(ended.is_err(), "it is told that the server ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_followed_from_its_end_and_from_a_position_seen() {
    let dir = tempfile::tempdir().expect("a directory");
    let server = Server::on(dir.path(), options()).await;
    let client = client_of(&server);
    record(&server.log, "poa-1", vec![own(0)]).await;
    let mut live = client
        .subscribe_to_all(&SubscribeToAllOptions::default().position(StreamPosition::End))
        .await;
    loop {
        let next = live.next_subscription_event().await.expect("it goes on");
        if matches!(next, SubscriptionEvent::CaughtUp(_)) {
            break;
        }
    }
    record(&server.log, "poa-1", vec![own(1)]).await;
    let seen = live.next().await.expect("an event");
    assert_eq!(seen.get_original_event().id, own(1).event_id);
    let seen = StreamPosition::Position(seen.get_original_event().position);
    record(&server.log, "poa-1", vec![own(2)]).await;
    let mut again = client
        .subscribe_to_all(&SubscribeToAllOptions::default().position(seen))
        .await;
    let next = again.next().await.expect("an event");
    assert_eq!(
        next.get_original_event().id,
        own(2).event_id,
        "what was seen does not come again"
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_follower_that_wants_few_events_is_told_how_far_it_has_come() {
    let dir = tempfile::tempdir().expect("a directory");
    let server = Server::on(dir.path(), options()).await;
    let client = client_of(&server);
    record(&server.log, "poa-1", (0..100).map(own).collect()).await;
    let filter = SubscriptionFilter::on_event_type()
        .add_prefix("ordered")
        .max(30);
    let options = SubscribeToAllOptions::default()
        .position(StreamPosition::Start)
        .filter(filter);
    let mut following = client.subscribe_to_all(&options).await;
    let mut checkpoints = Vec::new();
    loop {
        match following
            .next_subscription_event()
            .await
            .expect("it goes on")
        {
            SubscriptionEvent::Checkpoint(at) => checkpoints.push(at.commit >> 32),
            SubscriptionEvent::CaughtUp(_) => break,
            SubscriptionEvent::EventAppeared(event) => panic!("{event:?}"),
            SubscriptionEvent::Confirmed(_)
            | SubscriptionEvent::FirstStreamPosition(_)
            | SubscriptionEvent::LastStreamPosition(_)
            | SubscriptionEvent::LastAllPosition(_)
            | SubscriptionEvent::FellBehind(_) => {}
        }
    }
    assert_eq!(checkpoints, [30, 60, 90, 100]);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_s_metadata_is_set_and_read() {
    let dir = tempfile::tempdir().expect("a directory");
    let server = Server::on(dir.path(), options()).await;
    let client = client_of(&server);
    let nothing = client
        .get_stream_metadata("orders-1", &Default::default())
        .await;
    assert!(nothing.expect("it answers").is_not_found());
    let given = StreamMetadataBuilder::new().max_count(3).build();
    let set = client
        .set_stream_metadata("orders-1", &Default::default(), &given)
        .await;
    set.expect("it is set");
    match client
        .get_stream_metadata("orders-1", &Default::default())
        .await
    {
        Ok(StreamMetadataResult::Success(read)) => assert_eq!(read.metadata(), &given),
        other => panic!("{other:?}"),
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_appends_to_many_streams_without_waiting() {
    let dir = tempfile::tempdir().expect("a directory");
    let server = Server::on(dir.path(), options()).await;
    let client = client_of(&server);
    let batch = client
        .batch_append(&Default::default())
        .await
        .expect("a batch");
    let appends = (0..200).map(|index| {
        let stream = format!("orders-{}", index % 7);
        let batch = &batch;
        async move {
            batch
                .append_to_stream(stream, StreamState::Any, events("ordered", 3))
                .await
        }
    });
    for written in futures::future::join_all(appends).await {
        written.expect("it is appended");
    }
    let mut counted = 0;
    let mut all = client
        .read_all(&Default::default())
        .await
        .expect("it reads");
    while let Some(event) = all.next().await.expect("it is read") {
        let _ = event;
        counted += 1;
    }
    assert_eq!(counted, 600);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_brings_no_credentials_or_wrong_ones_is_not_let_in() {
    let dir = tempfile::tempdir().expect("a directory");
    let options = daicho_grpc::Options {
        credentials: Some(daicho_grpc::Credentials::new("admin", "changeit")),
        ..options()
    };
    let server = Server::on(dir.path(), options).await;
    for (who, may) in [
        ("", false),
        ("admin:wrong@", false),
        ("admin:changeit@", true),
    ] {
        let address = format!("kurrentdb://{who}{}?tls=false", server.address);
        let client = Client::new(address.parse().expect("an address")).expect("a client");
        let appended = client
            .append_to_stream("orders-1", &Default::default(), events("ordered", 1))
            .await;
        match may {
            true => drop(appended.expect("it is appended")),
            false => assert!(matches!(appended, Err(Error::AccessDenied)), "{appended:?}"),
        }
    }
    server.stop().await;
}
