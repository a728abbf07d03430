//! What carries mails: an SMTP server, or a folder where none is configured. Messages are put together here, text and HTML.
//!
//! A crate of its own, at the edge: the binary puts it behind `daicho_workers::mail::Post`, and nothing that decides,
//! projects or answers requests compiles an SMTP client.

mod folder;
mod message;
mod server;
mod smtp;

pub use folder::Folder;
pub use lettre::message::Mailbox;
pub use server::{Security, Server, Unusable};
pub use smtp::Smtp;
