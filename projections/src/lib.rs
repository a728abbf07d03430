//! Read models: one file per question the office asks.
//!
//! Each file has its table, what an event does to the rows (`apply`), the row, and the queries. Under
//! them lies the [`store`]; above it [`Views`] keeps one generation up with the log, and [`rebuild_in`]
//! makes the next one beside it. A read model can be deleted at any time: the log has everything.

pub mod agenda;
pub mod attachments;
pub mod case_history;
pub mod cases;
pub mod changes;
mod columns;
pub mod corporations;
pub mod deadlines;
pub mod debit_file;
pub mod debits;
pub mod documents;
mod fill;
pub mod intake;
pub mod issuance;
pub mod journal;
pub mod ledger;
pub mod letters;
pub mod licences;
pub mod lookups;
pub mod mails;
pub mod moving;
mod names;
pub mod offices;
pub mod open_slots;
pub mod options;
pub mod poa_tracker;
pub mod post_days;
pub mod postponements;
mod projection;
mod projector;
mod query;
mod rebuild;
mod search;
mod source;
pub mod staff;
mod status;
pub mod store;
pub mod terminations;
pub mod transfers;
mod transmissions;
mod views;

pub use columns::Json;
pub use projection::{Catalogue, Change, Projection};
pub use rebuild::{Check, Rebuilt, check, current, live_in, rebuild_in, replay};
pub use source::Source;
pub use status::Mood;
pub use store::{Digest, Notice, Snapshot, TextRef, ViewsError};
pub use views::Views;

/// Every read model, in the order in which they are applied: a later one may read the rows of an
/// earlier one. A test walks this list.
pub const ALL: &[Projection] = &[
    staff::PROJECTION,
    corporations::PROJECTION,
    offices::PROJECTION,
    post_days::PROJECTION,
    intake::PROJECTION,
    cases::PROJECTION,
    poa_tracker::PROJECTION,
    letters::PROJECTION,
    documents::PROJECTION,
    attachments::PROJECTION,
    postponements::PROJECTION,
    issuance::PROJECTION,
    lookups::PROJECTION,
    mails::PROJECTION,
    licences::PROJECTION,
    ledger::PROJECTION,
    journal::PROJECTION,
    debits::PROJECTION,
    options::PROJECTION,
    terminations::PROJECTION,
    transfers::PROJECTION,
    moving::PROJECTION,
    agenda::PROJECTION,
    deadlines::PROJECTION,
    case_history::PROJECTION,
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_read_model_has_its_own_name_and_tables() {
        let names: BTreeSet<_> = ALL.iter().map(|projection| projection.name).collect();
        assert_eq!(names.len(), ALL.len());
        let tables: Vec<_> = ALL
            .iter()
            .flat_map(|projection| projection.tables)
            .collect();
        let own: BTreeSet<_> = tables.iter().map(|table| table.name).collect();
        assert_eq!(own.len(), tables.len());
        for table in tables {
            let columns: BTreeSet<_> = table.columns.iter().map(|(column, _)| column).collect();
            assert_eq!(columns.len(), table.columns.len(), "{}", table.name);
        }
    }

    #[test]
    fn a_changed_read_model_gets_files_of_its_own() {
        let one = Catalogue::new(ALL).schema_hash;
        assert_eq!(one, Catalogue::new(ALL).schema_hash);
        assert_ne!(one, Catalogue::new(&ALL[1..]).schema_hash);
    }
}
