//! Everything that crosses a crate: through HTTP and the binary, in the office's words.

pub mod binary;
pub mod browser;
pub mod cluster;
pub mod histories;
pub mod in_process;
pub mod load;
pub mod money_audit;
pub mod money_deeds;
pub mod money_world;
pub mod office;
pub mod postoffice;
pub mod practice;
pub mod server;

/// The allocator of the binary, so that benchmarks measure what users run.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
