//! The whole of daicho on a cluster: the same work ends in the same log as in a file, and moves between both.
//!
//! What serves is daicho's own server of the protocol with an open policy; what only the adapter can do is in
//! `grpc/tests/adapter.rs`.

use std::path::Path;

use daicho_tests::binary::{Said, daicho};
use daicho_tests::cluster::Cluster;
use serde_json::json;

fn simulate(data: &Path, more: &[&str]) -> Said {
    let year = [
        "simulate",
        "--offices",
        "2",
        "--from",
        "2026-04-01",
        "--to",
        "2027-03-31",
    ];
    Said::by(daicho(data).args(year).args(more))
}

fn digest(data: &Path, more: &[&str]) -> serde_json::Value {
    let said = Said::by(daicho(data).args(["log", "verify", "--json"]).args(more));
    assert_eq!(said.code, Some(0), "{}", said.err);
    let said = said.json();
    json!([said["events"], said["digest"], said["findings"]])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_year_simulated_on_a_cluster_ends_in_the_same_digest_as_in_a_file() {
    let server = Cluster::start().await;
    let parent = tempfile::tempdir().expect("a directory");
    let (file, cluster) = (parent.path().join("file"), parent.path().join("cluster"));
    let connection = server.connection();
    let there = ["--log", connection.as_str()];
    let compared = tokio::task::spawn_blocking({
        let (file, cluster) = (file.clone(), cluster.clone());
        let connection = connection.clone();
        move || {
            let there = ["--log", connection.as_str()];
            for said in [simulate(&file, &[]), simulate(&cluster, &there)] {
                assert_eq!(said.code, Some(0), "{}", said.err);
            }
            (digest(&file, &[]), digest(&cluster, &there))
        }
    });
    let (in_file, on_cluster) = compared.await.expect("the binary is run");
    assert_eq!(on_cluster, in_file);
    assert_eq!(there[1], connection);
}
