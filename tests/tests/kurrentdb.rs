//! The whole of daicho on a cluster: the same work ends in the same log as in a file.
//!
//! What serves is daicho's own server of the protocol with an open policy; what only the adapter can do is in
//! `grpc/tests/adapter.rs`.

use std::path::Path;

use daicho_tests::binary::{Said, daicho};
use daicho_tests::cluster::Cluster;
use serde_json::Value;

/// A year of one office, through the real workers.
const YEAR: [&str; 7] = [
    "simulate",
    "--offices",
    "1",
    "--from",
    "2026-04-01",
    "--to",
    "2027-03-31",
];

/// Simulates the year into a log and says what `log verify` finds there.
fn year(data: &Path, log: &[&str]) -> Value {
    let run = |arguments: &[&str]| {
        let said = Said::by(daicho(data).args(arguments).args(log));
        assert_eq!(said.code, Some(0), "{arguments:?}: {}", said.err);
        said
    };
    run(&YEAR);
    run(&["log", "verify", "--json"]).json()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_year_simulated_on_a_cluster_ends_in_the_same_digest_as_in_a_file() {
    let server = Cluster::start().await;
    let connection = server.connection();
    let parent = tempfile::tempdir().expect("a directory");
    let (file, cluster) = (parent.path().join("file"), parent.path().join("cluster"));
    let compared = tokio::task::spawn_blocking(move || {
        let there = ["--log", connection.as_str()];
        (year(&file, &[]), year(&cluster, &there))
    });
    let (in_file, on_cluster) = compared.await.expect("the binary is run");
    assert_eq!(on_cluster["sound"], true, "{on_cluster}");
    assert!(
        on_cluster["events"].as_u64() > Some(200),
        "a year has its events: {on_cluster}"
    );
    assert_eq!(on_cluster["events"], in_file["events"]);
    assert_eq!(on_cluster["digest"], in_file["digest"]);
}
