//! What a read model is to the store: its tables and what an event does to their rows.

use crate::store::{self, Result, Table, Writer, hex};
use daicho_domain::nouns::{Event, State};
use daicho_domain::stream::Stream;
use daicho_eventlog::Recorded;
use sha2::{Digest as _, Sha256};

/// One event, with the state of its stream before and after it.
#[derive(Clone, Copy, Debug)]
pub struct Change<'a> {
    /// The envelope.
    pub recorded: &'a Recorded,
    /// The stream, read from its name.
    pub stream: &'a Stream,
    /// What happened.
    pub event: &'a Event,
    /// The stream before.
    pub before: &'a State,
    /// The stream after.
    pub after: &'a State,
}

/// One read model: the answer to one question of the office.
#[derive(Debug)]
pub struct Projection {
    /// The name of its file.
    pub name: &'static str,
    /// Raised when `apply` changes what it writes, so that existing files are made anew.
    pub revision: u32,
    /// The tables it writes.
    pub tables: &'static [&'static Table],
    /// What an event does to the rows.
    pub apply: fn(&Change<'_>, &mut Writer<'_>) -> Result<()>,
}

/// The read models a store keeps, and all their tables.
#[derive(Debug)]
pub struct Catalogue {
    /// In the order in which they are applied: one may read what an earlier one wrote.
    pub projections: &'static [Projection],
    /// All their tables.
    pub tables: Vec<&'static Table>,
    /// Stands in the name of the files: another schema, other files.
    pub schema_hash: String,
}

impl Catalogue {
    /// The catalogue of these read models.
    pub fn new(projections: &'static [Projection]) -> Self {
        let tables: Vec<_> = projections
            .iter()
            .flat_map(|projection| projection.tables.iter().copied())
            .collect();
        let mut hash = Sha256::new();
        hash.update(env!("CARGO_PKG_VERSION"));
        hash.update(store::schema(&tables));
        hash.update(store::indexes(&tables));
        for projection in projections {
            hash.update(format!("{} {}\n", projection.name, projection.revision));
        }
        Self {
            projections,
            tables,
            schema_hash: hex(&hash.finalize()[..6]),
        }
    }
}
