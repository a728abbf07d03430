//! Files of corporations and offices: the published 介護サービス情報公表 CSV and our own simple CSV.
//!
//! A file is looked through whole before anything is taken from it (`SourceFile::open`: encoding,
//! columns, an end that is really its end); then it is read again, line by line, in bounded memory.
//! Every line becomes an [`ImportLine`]: taken, taken with a note, taken with a warning for a person,
//! or refused. `Run` knows what the lines before said; `Intake` turns lines into commands.

mod batch;
mod book;
mod claims;
mod fault;
mod intake;
mod layout;
mod line;
mod parse;
mod register;
mod remark;
mod report;
mod run;
mod source;

pub use batch::{Batch, Registration};
pub use book::book_of;
pub use fault::FileFault;
pub use intake::{Intake, IntakeError};
pub use layout::{TEMPLATE, column_names};
pub use line::{CorporationKey, Entry, ImportLine, Outcome, Row};
pub(crate) use register::each_corporation_event;
pub use remark::{Level, Remark};
pub use report::{Gained, Mode, Report, Style};
pub use run::{Counts, Home, Run};
pub use source::{Lines, SourceFile};
