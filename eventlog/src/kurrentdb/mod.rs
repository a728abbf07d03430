//! The log on a KurrentDB cluster, and what both sides of its wire agree on.

mod metadata;

pub use self::metadata::{CONTENT_TYPE, Metadata};
