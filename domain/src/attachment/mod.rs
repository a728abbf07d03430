//! What was attached to a case: scans, faxes, mails as they came. The log says what came when and under which digest; the
//! file itself lies sealed beside it, under a key of the corporation's, and is gone with that key.
//!
//! One stream holds what was attached to the cases of one other stream, so that nothing is attached twice and whoever
//! must know of a scan – a 委任状 that is to be filed – has one stream to ask.

mod command;
mod decide;
mod event;
mod kind;
mod refusal;
mod state;

pub use command::{Command, Paper};
pub use decide::Attachment;
pub use event::{Event, Matter, Part};
pub use kind::{BYTES_MAX, Kind};
pub use refusal::Refusal;
pub use state::{Held, State, sealed_under};
