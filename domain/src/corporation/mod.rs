//! A corporation (法人), its offices (事業所) the person to talk to, and its mandate (口座振替依頼書).

mod carry_over;
mod command;
mod decide;
mod destination;
mod erasure;
mod event;
mod mandate;
mod refusal;
mod state;
mod transfer;

pub(crate) use carry_over::carried_days;
pub use carry_over::{CarryMandate, Debited};
pub use command::{Command, NewEntry, NewOffice};
pub use decide::Corporation;
pub use destination::{Destination, SendTo};
pub(crate) use erasure::payment_subject;
pub use erasure::{Kept, plain_subject, remark_subject};
pub use event::{Contact, Entry, Event, KeptWhy, Source};
pub use mandate::{BankAccount, Mandate, MandateCommand, MandateDefect, MandateStage, Present};
pub use refusal::Refusal;
pub use state::{Office, Registered, State};
pub use transfer::{Carried, HandedOver, Received, Transferred};
