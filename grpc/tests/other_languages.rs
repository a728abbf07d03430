//! The official clients of Python and Node: each reads, follows, appends, is refused, and shares a subscription.
//! What they do stands in `clients/`, in their own languages.

mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use support::{Server, options, own, record};

/// Where the clients of other languages are installed.
fn clients() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("clients")
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/clients")
        .join(name)
}

/// Runs a program to its end, away from the server's threads.
async fn run(mut program: Command) -> Output {
    program.stdin(Stdio::null());
    let run = tokio::task::spawn_blocking(move || program.output()).await;
    run.expect("nothing panics").expect("it runs")
}

/// Installs what is missing.
async fn installed() {
    let mut install = Command::new(script("install"));
    install.arg(clients());
    let installed = run(install).await;
    let complained = String::from_utf8_lossy(&installed.stderr);
    assert!(installed.status.success(), "{complained}");
}

/// Runs a client's script against a server with three events of the business.
async fn holds(program: &Path, script: &Path) {
    let dir = tempfile::tempdir().expect("a directory");
    let server = Server::on(dir.path(), options()).await;
    record(&server.log, "poa-1", (0..3).map(own).collect()).await;
    // What hangs is ended from outside.
    let mut client = Command::new("timeout");
    client
        .arg("120")
        .arg(program)
        .arg(script)
        .arg(server.connection());
    let ran = run(client).await;
    let said = String::from_utf8_lossy(&ran.stdout);
    let complained = String::from_utf8_lossy(&ran.stderr);
    assert!(said.ends_with("all held\n"), "{said}\n{complained}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_python_client_reads_follows_appends_and_subscribes() {
    installed().await;
    let python = clients().join("python/bin/python");
    holds(&python, &script("reads_and_follows.py")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_node_client_reads_follows_appends_and_subscribes() {
    installed().await;
    // A module finds its packages beside itself.
    let here = clients().join("node/reads_and_follows.mjs");
    std::fs::copy(script("reads_and_follows.mjs"), &here).expect("it is copied");
    holds(Path::new("node"), &here).await;
}
