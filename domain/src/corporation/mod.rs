//! A corporation (法人), its offices (事業所) and the person to talk to.

mod command;
mod decide;
mod event;
mod refusal;
mod state;

pub use command::{Command, NewEntry, NewOffice};
pub use decide::Corporation;
pub use event::{Contact, Entry, Event, Source};
pub use refusal::Refusal;
pub use state::{Office, Registered, State};
