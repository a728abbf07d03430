//! The store under all read models: generations of one SQLite file, rows written in one place.
//!
//! Whoever folds events holds rows, states and texts in memory (`held`) and hands what changed to a `sink` in
//! batches. A live file is written at once, one commit for each batch; a file filled aside is written by a thread
//! of its own, late and once, and gets its indexes at the end.

mod batch;
mod cache;
mod cell;
mod digest;
mod directory;
mod error;
mod generation;
mod held;
mod packed;
mod seen;
mod shelf;
mod sink;
mod snapshot;
mod states;
mod table;
mod texts;
mod writer;

#[cfg(test)]
mod tests;

pub(crate) use cell::text_columns;
pub use cell::{Cell, Column, WrongCell};
pub(crate) use digest::hex;
pub use digest::{Digest, TableDigest};
pub(crate) use directory::{Directory, Lock};
pub use error::{Result, ViewsError};
pub(crate) use generation::{
    Checkpoint, Generation, checkpoint, create, end_filling, finish, indexes, open_writer, schema,
};
pub(crate) use held::Held;
pub use packed::Packer;
pub(crate) use shelf::Shelf;
pub(crate) use sink::Sink;
pub use snapshot::Snapshot;
pub(crate) use table::row;
pub use table::{Row, Table};
pub use texts::TextRef;
pub(crate) use texts::is_outlived;
pub use writer::{Key, Known, Notice, Writer};
