//! The log offered over KurrentDB's protocol: what its clients in any language read, follow, append and subscribe to.
//!
//! It stands beside the dashboard in the one process that writes the log. A client reads everything: the
//! business's events as they are recorded (personal texts stay sealed) and the streams of other programs, in one
//! order. It appends to streams of other programs alone; an event of the business is written by a command. What
//! is served and what is not stands in `docs/kurrentdb-served.md`.

mod append;
mod batch;
mod connections;
mod credentials;
mod failure;
mod features;
mod filter;
mod follow;
mod gathered;
mod gossip;
mod latest;
mod page;
mod persistent;
mod policy;
mod query;
mod read;
mod server;
mod shared;
mod slices;
mod streams;
mod tls;
mod wire;

pub use crate::credentials::Credentials;
pub use crate::policy::{ForeignStreams, Reserved};
pub use crate::server::{Options, serve};
pub use crate::tls::{Tls, TlsError};
