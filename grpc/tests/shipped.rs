//! The tests that the Rust client's crate ships, word for word, against this server: over TLS and with the crate's own
//! credentials, as its `cluster_*` tests are run. `clients/shipped` copies them and runs this; what they need beside the
//! client – names that nobody has had, an error of any kind – is made here.

mod support;

use std::path::Path;
use std::time::Duration;

use daicho_grpc::{Credentials, ForeignStreams, Options, Tls};
use kurrentdb::Client;
use support::{Server, options};

mod common {
    use kurrentdb::EventData;

    pub fn fresh_stream_id(prefix: &str) -> String {
        format!("{prefix}-{}", uuid::Uuid::now_v7())
    }

    pub fn generate_events<Type: AsRef<str>>(kind: Type, count: usize) -> Vec<EventData> {
        let event = |index| {
            let body = serde_json::json!({ "event_index": index });
            EventData::json(kind.as_ref(), &body).expect("it is JSON")
        };
        (1..=count).map(event).collect()
    }
}

mod names {
    use std::marker::PhantomData;

    /// Names that nobody has had.
    #[derive(Default)]
    pub struct Generator<'a>(PhantomData<&'a ()>);

    impl Iterator for Generator<'_> {
        type Item = String;

        fn next(&mut self) -> Option<String> {
            Some(format!("name-{}", uuid::Uuid::now_v7()))
        }
    }
}

mod eyre {
    pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;
}

mod streams {
    use crate::eyre;
    include!(concat!(env!("CARGO_TARGET_TMPDIR"), "/shipped/streams.rs"));
}

mod persistent {
    use crate::{eyre, names};
    include!(concat!(
        env!("CARGO_TARGET_TMPDIR"),
        "/shipped/persistent_subscriptions.rs"
    ));
}

/// Runs cases, each by itself, and gives the name of each with what it came to.
macro_rules! judged {
    ($client:ident: $($module:ident::$case:ident($($names:expr)?)),* $(,)?) => {{
        let mut judged = Vec::new();
        $(
            let client = $client.clone();
            let run = tokio::spawn(async move {
                let done = $module::$case(&client $(, &mut $names)?).await;
                done.map_err(|error| error.to_string())
            });
            let came_to = match tokio::time::timeout(Duration::from_secs(120), run).await {
                Err(_) => Err("it did not end".to_owned()),
                Ok(Err(panicked)) => Err(panicked.to_string()),
                Ok(Ok(done)) => done,
            };
            judged.push((stringify!($module::$case).replace(' ', ""), came_to));
        )*
        judged
    }};
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clients_own_tests_hold_but_for_deleting() {
    let certificates = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/certificates");
    let tls = Tls::from_files(
        &certificates.join("here.pem"),
        &certificates.join("here-key.pem"),
    );
    let options = Options {
        tls: Some(tls.expect("they belong together")),
        credentials: Some(Credentials::new("admin", "changeit")),
        foreign_streams: ForeignStreams::All,
        ..options()
    };
    let dir = tempfile::tempdir().expect("a directory");
    let server = Server::on(dir.path(), options).await;
    let address = format!(
        "esdb://admin:changeit@localhost:{}?tlsVerifyCert=false&defaultDeadline=60000",
        server.address.port()
    );
    let client = Client::new(address.parse().expect("an address")).expect("a client");
    let new = names::Generator::default;
    let judged = judged!(client:
        streams::test_write_events(),
        streams::test_tick_date_conversion(),
        streams::test_read_all_stream_events(),
        streams::test_read_stream_events(),
        streams::test_read_stream_events_with_position(),
        streams::test_read_stream_populates_log_position(),
        streams::test_metadata(),
        streams::test_metadata_not_exist(),
        streams::test_read_stream_events_non_existent(),
        streams::test_delete_stream(),
        streams::test_tombstone_stream(),
        streams::test_subscription(),
        streams::test_subscription_caughtup(),
        streams::test_subscription_all_filter(),
        streams::test_batch_append(),
        streams::test_read_all_filter(),
        persistent::test_create_persistent_subscription(),
        persistent::test_create_persistent_subscription_to_all(new()),
        persistent::test_update_persistent_subscription(),
        persistent::test_update_persistent_subscription_to_all(new()),
        persistent::test_delete_persistent_subscription(),
        persistent::test_delete_persistent_subscription_to_all(new()),
        persistent::test_persistent_subscription(),
        persistent::test_persistent_subscription_to_all(new()),
        persistent::test_list_persistent_subscriptions(new()),
        persistent::test_list_persistent_subscriptions_for_stream(new()),
        persistent::test_list_persistent_subscriptions_to_all(new()),
        persistent::test_get_persistent_subscription_info(new()),
        persistent::test_get_persistent_subscription_info_to_all(new()),
        persistent::test_replay_parked_messages(new()),
        persistent::test_replay_parked_messages_to_all(new()),
        persistent::test_persistent_subscription_encoding(new()),
        persistent::test_persistent_subscription_info_with_connection_details(new()),
        persistent::test_restart_persistent_subscription_subsystem(),
    );
    for (case, came_to) in &judged {
        println!("{case}: {came_to:?}");
    }
    let failed = judged.iter().filter(|(_, came_to)| came_to.is_err());
    let failed: Vec<_> = failed.map(|(case, _)| case.as_str()).collect();
    assert_eq!(
        failed,
        [
            "streams::test_delete_stream",
            "streams::test_tombstone_stream"
        ],
        "this log forgets nothing, and everything else holds"
    );
}
