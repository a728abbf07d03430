//! Writes the messages and services of `proto/` as Rust, without a protobuf compiler on the machine.

use std::error::Error;

const FILES: &[&str] = &[
    "streams.proto",
    "persistent.proto",
    "gossip.proto",
    "serverfeatures.proto",
    "status.proto",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=proto");
    let described = protox::compile(FILES, ["proto"])?;
    tonic_prost_build::configure()
        .build_client(false)
        .bytes(".")
        .compile_fds(described)?;
    Ok(())
}
