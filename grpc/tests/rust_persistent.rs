//! The official Rust client at subscriptions that the server keeps. Among them the cases that the client's own
//! crate tests its server with.

mod support;

use std::collections::BTreeSet;
use std::time::Duration;

use kurrentdb::{
    Client, Error, EventData, NakAction, PersistentSubscription, PersistentSubscriptionEvent,
    PersistentSubscriptionOptions, PersistentSubscriptionToAllOptions, ResolvedEvent,
    StreamPosition, SubscribeToPersistentSubscriptionOptions, SubscriptionFilter,
};
use serde_json::json;
use support::{Server, options, own, record};

fn client_of(server: &Server) -> Client {
    Client::new(server.connection().parse().expect("an address")).expect("a client")
}

async fn append(client: &Client, stream: &str, from: u32, count: u32) {
    let event = |index| EventData::json("ordered", &json!({ "index": index })).expect("JSON");
    let events: Vec<_> = (from..from + count).map(event).collect();
    let appended = client
        .append_to_stream(stream, &Default::default(), events)
        .await;
    appended.expect("it is appended");
}

fn from_start() -> PersistentSubscriptionOptions {
    PersistentSubscriptionOptions::default().start_from(StreamPosition::Start)
}

async fn subscribe(client: &Client, buffer: usize) -> PersistentSubscription {
    let options = SubscribeToPersistentSubscriptionOptions::default().buffer_size(buffer);
    let joined = client
        .subscribe_to_persistent_subscription("orders-1", "bills", &options)
        .await;
    joined.expect("it subscribes")
}

/// The next event and how often it was given out before.
async fn next(subscription: &mut PersistentSubscription) -> (ResolvedEvent, usize) {
    loop {
        let said = subscription.next_subscription_event();
        let said = tokio::time::timeout(Duration::from_secs(60), said).await;
        match said.expect("it comes in time").expect("it goes on") {
            PersistentSubscriptionEvent::Confirmed(_) => {}
            PersistentSubscriptionEvent::EventAppeared { event, retry_count } => {
                return (event, retry_count);
            }
        }
    }
}

fn revision(event: &ResolvedEvent) -> u64 {
    event.get_original_event().revision
}

/// How the subscription stands.
async fn stands(client: &Client) -> kurrentdb::PersistentSubscriptionStats {
    let info = client
        .get_persistent_subscription_info("orders-1", "bills", &Default::default())
        .await;
    info.expect("it answers").stats
}

/// Waits, by asking, until it stands like this.
async fn until(client: &Client, holds: impl Fn(kurrentdb::PersistentSubscriptionStats) -> bool) {
    let waited = async {
        while !holds(stands(client).await) {
            tokio::task::yield_now().await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(60), waited).await;
    waited.expect("it comes to stand like this in time");
}

async fn until_parked(client: &Client, count: usize) {
    until(client, |stands| stands.parked_message_count == count).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_before_and_after_are_given_out_and_acknowledged_across_a_restart() {
    let dir = tempfile::tempdir().expect("a directory");
    let server = Server::on(dir.path(), options()).await;
    let client = client_of(&server);
    let created = client
        .create_persistent_subscription("orders-1", "bills", &from_start())
        .await;
    created.expect("it is made");
    append(&client, "orders-1", 0, 5).await;
    let mut subscription = subscribe(&client, 10).await;
    let mut seen = Vec::new();
    for index in 0..10 {
        if index == 5 {
            append(&client, "orders-1", 5, 5).await;
        }
        let (event, _) = next(&mut subscription).await;
        subscription.ack(&event).await.expect("it is said");
        seen.push(revision(&event));
    }
    assert_eq!(seen, (0..10).collect::<Vec<_>>());
    until(&client, |stands| stands.total_in_flight_messages == 0).await;
    drop(subscription);
    server.stop().await;

    let server = Server::on(dir.path(), options()).await;
    let client = client_of(&server);
    append(&client, "orders-1", 10, 1).await;
    let mut subscription = subscribe(&client, 10).await;
    let (event, _) = next(&mut subscription).await;
    assert_eq!(
        revision(&event),
        10,
        "what was acknowledged does not come again"
    );
    drop(subscription);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_nacked_is_retried_skipped_or_parked_and_replayed_across_a_restart() {
    let dir = tempfile::tempdir().expect("a directory");
    let server = Server::on(dir.path(), options()).await;
    let client = client_of(&server);
    let created = client
        .create_persistent_subscription("orders-1", "bills", &from_start())
        .await;
    created.expect("it is made");
    append(&client, "orders-1", 0, 4).await;
    let mut subscription = subscribe(&client, 1).await;
    let (event, retries) = next(&mut subscription).await;
    assert_eq!((revision(&event), retries), (0, 0));
    subscription
        .nack(&event, NakAction::Retry, "once more")
        .await
        .expect("it is said");
    let (event, retries) = next(&mut subscription).await;
    assert_eq!((revision(&event), retries), (0, 1));
    subscription
        .nack(&event, NakAction::Skip, "not for us")
        .await
        .expect("it is said");
    for index in [1, 2] {
        let (event, _) = next(&mut subscription).await;
        assert_eq!(revision(&event), index);
        subscription
            .nack(&event, NakAction::Park, "later")
            .await
            .expect("it is said");
    }
    let (event, _) = next(&mut subscription).await;
    assert_eq!(revision(&event), 3);
    subscription.ack(&event).await.expect("it is said");
    until_parked(&client, 2).await;
    drop(subscription);
    server.stop().await;

    let server = Server::on(dir.path(), options()).await;
    let client = client_of(&server);
    let kept = stands(&client).await.parked_message_count;
    assert_eq!(kept, 2, "nothing parked is lost");
    let mut subscription = subscribe(&client, 10).await;
    let replayed = client
        .replay_parked_messages("orders-1", "bills", &Default::default())
        .await;
    replayed.expect("they are replayed");
    for index in [1, 2] {
        let (event, _) = next(&mut subscription).await;
        assert_eq!(revision(&event), index);
        subscription.ack(&event).await.expect("it is said");
    }
    until_parked(&client, 0).await;
    drop(subscription);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_nobody_answers_for_is_given_out_again_and_parked_in_the_end() {
    let dir = tempfile::tempdir().expect("a directory");
    let server = Server::on(dir.path(), options()).await;
    let client = client_of(&server);
    let mut options = from_start();
    options.settings_mut().message_timeout = Duration::from_millis(50);
    options.settings_mut().max_retry_count = 2;
    let created = client
        .create_persistent_subscription("orders-1", "bills", &options)
        .await;
    created.expect("it is made");
    append(&client, "orders-1", 0, 1).await;
    let mut subscription = subscribe(&client, 10).await;
    for times in 0..3 {
        let (event, retries) = next(&mut subscription).await;
        assert_eq!((revision(&event), retries), (0, times));
    }
    until_parked(&client, 1).await;
    drop(subscription);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn consumers_share_the_events_and_what_one_leaves_another_gets() {
    let dir = tempfile::tempdir().expect("a directory");
    let server = Server::on(dir.path(), options()).await;
    let client = client_of(&server);
    let created = client
        .create_persistent_subscription("orders-1", "bills", &from_start())
        .await;
    created.expect("it is made");
    let (mut one, mut two) = (subscribe(&client, 5).await, subscribe(&client, 5).await);
    append(&client, "orders-1", 0, 10).await;
    let mut of_one = BTreeSet::new();
    for _ in 0..5 {
        of_one.insert(revision(&next(&mut one).await.0));
    }
    drop(one);
    let mut of_two = BTreeSet::new();
    for _ in 0..10 {
        let (event, _) = next(&mut two).await;
        of_two.insert(revision(&event));
        two.ack(&event).await.expect("it is said");
    }
    assert_eq!(of_one.len(), 5);
    assert_eq!(
        of_two,
        (0..10).collect(),
        "five of its own, five of the one that went"
    );
    drop(two);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_shared_with_a_filter() {
    let dir = tempfile::tempdir().expect("a directory");
    let server = Server::on(dir.path(), options()).await;
    let client = client_of(&server);
    record(&server.log, "poa-1", vec![own(0)]).await;
    append(&client, "orders-1", 0, 2).await;
    record(&server.log, "poa-2", vec![own(1)]).await;
    let options = PersistentSubscriptionToAllOptions::default()
        .start_from(StreamPosition::Start)
        .filter(SubscriptionFilter::on_stream_name().add_prefix("poa-"));
    let created = client
        .create_persistent_subscription_to_all("readers", &options)
        .await;
    created.expect("it is made");
    let joined = client
        .subscribe_to_persistent_subscription_to_all("readers", &Default::default())
        .await;
    let mut subscription = joined.expect("it subscribes");
    for index in [0, 1] {
        let (event, _) = next(&mut subscription).await;
        assert_eq!(event.get_original_event().id, own(index).event_id);
        subscription.ack(&event).await.expect("it is said");
    }
    record(&server.log, "poa-1", vec![own(2)]).await;
    let (event, _) = next(&mut subscription).await;
    assert_eq!(event.get_original_event().id, own(2).event_id);
    drop(subscription);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn subscriptions_are_made_changed_listed_and_removed() {
    let dir = tempfile::tempdir().expect("a directory");
    let server = Server::on(dir.path(), options()).await;
    let client = client_of(&server);
    let mut options = PersistentSubscriptionOptions::default();
    let made = client
        .create_persistent_subscription("/orders/1", "/bills/1", &options)
        .await;
    made.expect("it is made");
    let again = client
        .create_persistent_subscription("/orders/1", "/bills/1", &options)
        .await;
    assert!(
        matches!(again, Err(Error::ResourceAlreadyExists)),
        "{again:?}"
    );
    options.settings_mut().max_retry_count = 1_000;
    let changed = client
        .update_persistent_subscription("/orders/1", "/bills/1", &options)
        .await;
    changed.expect("it is changed");
    let none = client
        .update_persistent_subscription("/orders/1", "none", &options)
        .await;
    assert!(matches!(none, Err(Error::ResourceNotFound)), "{none:?}");
    let info = client
        .get_persistent_subscription_info("/orders/1", "/bills/1", &Default::default())
        .await
        .expect("it answers");
    assert_eq!(
        (&*info.event_source, &*info.group_name),
        ("/orders/1", "/bills/1")
    );
    let settings = info.settings.expect("its settings");
    assert_eq!(settings.max_retry_count, 1_000);
    assert_eq!(settings.start_from, StreamPosition::End);

    let all = client
        .create_persistent_subscription_to_all("readers", &Default::default())
        .await;
    all.expect("it is made");
    let listed = client
        .list_all_persistent_subscriptions(&Default::default())
        .await;
    let names: Vec<_> = listed
        .expect("they are listed")
        .into_iter()
        .map(|info| info.event_source)
        .collect();
    assert_eq!(names, ["$all", "/orders/1"]);
    let of_all = client
        .list_persistent_subscriptions_to_all(&Default::default())
        .await;
    assert_eq!(of_all.expect("they are listed").len(), 1);
    let of_one = client
        .list_persistent_subscriptions_for_stream("/orders/1", &Default::default())
        .await;
    assert_eq!(of_one.expect("they are listed").len(), 1);
    let restarted = client
        .restart_persistent_subscription_subsystem(&Default::default())
        .await;
    restarted.expect("they are taken up anew");

    let gone = client
        .delete_persistent_subscription_to_all("readers", &Default::default())
        .await;
    gone.expect("it is removed");
    let gone = client
        .delete_persistent_subscription_to_all("readers", &Default::default())
        .await;
    assert!(matches!(gone, Err(Error::ResourceNotFound)), "{gone:?}");
    let none = client
        .subscribe_to_persistent_subscription_to_all("readers", &Default::default())
        .await;
    assert!(matches!(none.err(), Some(Error::ResourceNotFound)));
    server.stop().await;
}
