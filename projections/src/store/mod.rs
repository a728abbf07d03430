//! The store under all read models: generations of one SQLite file, rows written in one place.

mod cell;
mod digest;
mod directory;
mod error;
mod generation;
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
    Checkpoint, Filling, Generation, checkpoint, create, finish, open_writer, schema,
    set_checkpoint,
};
pub use snapshot::Snapshot;
pub(crate) use states::States;
pub(crate) use table::row;
pub use table::{Row, Table};
pub use texts::TextRef;
pub(crate) use writer::Rows;
pub use writer::{Key, Notice, Writer};
