//! Moving in (移行): cases in mid-life from the spreadsheets that an office kept before.
//!
//! A file is a sheet of one kind (`sheet`), known by its columns, read whole from CSV or an Excel workbook (`table`), or the
//! file that is with the bank (`bank_file`). A
//! line becomes a row (`row`, one file per kind beside it), rows that belong to one thing a group, a group the commands
//! that carry it over. Every group is first decided on what the log holds, with the groups before it (`foresee`), so that
//! the report says of every line what would become of it and nothing is half written; only a run that two people agreed
//! on is carried out (`run`).

mod balances;
mod bank_file;
mod cells;
mod ends;
mod enrolments;
pub(crate) mod foresee;
mod licences;
mod mandates;
mod papers;
mod register;
mod report;
mod row;
mod run;
mod sheet;
mod table;
mod template;
mod transmissions;
mod workbook;

pub use report::{EveryLine, FileReport, MovingReport, Stage};
pub use run::{Agreed, Moving, MovingError};
pub use sheet::{Column, Kind};
pub use table::{SHEET_BYTES_MAX, Table};
