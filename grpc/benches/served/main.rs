//! The log served over KurrentDB's protocol against UmaDB's server, and the KurrentDB adapter against its own client,
//! over gRPC on loopback.
//!
//! Both servers run in processes of their own, on the same disk, turn by turn; the same client – HTTP/2 by hand, so
//! that no library stands between – sends each what its protocol asks for the same thing: one event with 500 bytes and
//! one name to find it by, acknowledged when it is durable. An append of one event is sent in both ways that the
//! protocol has and its official clients use: as a call of its own (Rust), and on a call kept open for all appends of a
//! connection (.NET and Node). UmaDB's protocol has the first.
//!
//! `cargo bench -p daicho-grpc --bench served`

mod adapter;
mod compared;
mod kept;
mod protocol;
#[path = "../../tests/support/raw.rs"]
#[expect(dead_code, reason = "the tests use the rest of it")]
mod raw;
mod server;
mod subscriber;
mod umadb;

use std::path::Path;

// The allocator that the binary uses.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Writers at once, and appends altogether in one round.
const LOADS: &[(usize, usize)] = &[(64, 12_000), (256, 16_000)];

/// How often each thing is measured; the median is printed.
const ROUNDS: usize = 5;

/// How many connections the writers share.
const CONNECTIONS: usize = 8;

/// What an event brings.
const BODY_BYTES: usize = 500;

fn main() {
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() == Some("serve") {
        return server::serve(Path::new(&arguments.next().expect("a directory")));
    }
    let directory = tempfile::tempdir().expect("a directory");
    let umadb = server::installed();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    println!("median of {ROUNDS} rounds, turn by turn; load {}", load());
    runtime.block_on(async {
        for &(writers, appends) in LOADS {
            umadb::against(directory.path(), &umadb, writers, appends).await;
        }
        for (per_second, together) in [(1_000, 1), (10_000, 10)] {
            subscriber::after(directory.path(), per_second, together).await;
        }
        adapter::against_its_client(directory.path()).await;
    });
    println!("load {}", load());
}

fn load() -> String {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split(' ').take(3).collect::<Vec<_>>().join(" ")
}
