//! One corporation's ledger: what it owes and what became of it. Append-only – a charge is never changed, a mistake is a
//! reversing entry – and the only place that says whether somebody is in arrears.
//!
//! A month is charged once it is over, one document per service and month; the documents that are open when a debit
//! batch asks ([`crate::debit_batch`]) go into one debit per corporation; its result, or a payment, settles them.
//!
//! Options are ordered and done in the ledger too: what is done is charged, once, and nothing else may say so.

mod answer;
mod carry_over;
mod charge;
mod command;
mod decide;
mod ending;
mod event;
mod evolve;
mod options;
mod order;
mod outcome;
mod payment;
mod quote;
mod receipt;
mod refusal;
mod state;
mod waiting;

pub(crate) use carry_over::carried_days;
pub use carry_over::{CarryArrears, CarryCharge, CarryDebit, CarryOver};
pub use command::Command;
pub use decide::Billing;
pub use ending::Left;
pub use event::{
    Answer, CarriedArrears, CarriedCharge, CarriedDebit, Event, FeeLine, Method, NoCharge,
    NoTransferNumber, Obstacle, OptionLine, Part, PersonChoice, Posting, TransferNumber,
};
pub use order::{
    IdKind, OptionKind, Order, OrderNumber, OrderStatus, Ordered, Stage as OrderStage, Wish,
};
pub use outcome::breaks_mandate;
pub use quote::Quotation;
pub(crate) use quote::quoted;
pub use receipt::{Certificate, ChargeKind, Collection, Debited, Delivery, Means, Settled, Tax};
pub use refusal::Refusal;
pub use state::{Arrears, Charge, EntryKey, InFlight, Payment, Reversal, State, Status, Turn};
