//! One corporation's ledger: what it owes and what became of it. Append-only – a charge is never changed, a mistake is a
//! reversing entry – and the only place that says whether somebody is in arrears.
//!
//! A month is charged once it is over, one document per service and month; the documents that are open when a debit
//! batch asks ([`crate::debit_batch`]) go into one debit per corporation; its result, or a payment, settles them.

mod answer;
mod carry_over;
mod charge;
mod command;
mod decide;
mod ending;
mod event;
mod outcome;
mod payment;
mod refusal;
mod state;
mod waiting;

pub(crate) use carry_over::carried_days;
pub use carry_over::{CarryArrears, CarryCharge, CarryOver};
pub use command::Command;
pub use decide::Billing;
pub use ending::Left;
pub use event::{
    Answer, CarriedArrears, CarriedCharge, Event, FeeLine, Method, NoCharge, NoTransferNumber,
    Obstacle, Part, PersonChoice, Posting, TransferNumber,
};
pub use outcome::breaks_mandate;
pub use refusal::Refusal;
pub use state::{Arrears, Charge, EntryKey, InFlight, Payment, Reversal, State, Status, Turn};
