//! One office number's licence of the care-plan exchange: the checklist before applying, the application,
//! the years one after the other, each with its fee, the renewal and the expiry.
//!
//! The licence belongs to the 事業所番号: its stream is named by the number, and it stays with it when the office goes to
//! another corporation.

mod checklist;
mod command;
mod contract;
mod decide;
mod event;
mod evolve;
mod files;
mod listed;
mod moves;
mod refusal;
mod state;
mod waiting;

pub use checklist::{
    Browser, Certificate, CertificateKind, Checklist, Gap, Pc, Software, System, Tick,
};
pub use command::{Command, Filing, Mails};
pub use contract::{Contract, Fee, FeeStatus, Origin, Payment, Price, Said, Term};
pub use decide::Licence;
pub use event::{Applicant, CloseReason, Event, How, Person};
pub use refusal::Refusal;
pub use state::{Checked, Record, State, Status};
