//! Mail: which mails there are, what each says, the worker that sends them, and the port to what carries them.
//!
//! The carrier itself is in a crate at the edge, behind [`Post`]: nothing that decides, projects or answers requests
//! compiles an SMTP client.

mod content;
mod keeping;
mod letterhead;
mod postman;
mod text;

pub use letterhead::Letterhead;
pub(crate) use postman::{Postman, PostmanError, Round};
pub use text::{Draft, Fields, UnknownField, write};

use crate::letters::Press;
use async_trait::async_trait;
use daicho_domain::document::FileDigest;
use daicho_domain::mail::{Carrier, Failure};
use daicho_eventlog::DataDir;
use std::fmt;
use std::sync::Arc;

/// A finished mail. It prints its identity alone.
#[derive(Clone)]
pub struct Message {
    /// The identity that every attempt of one mail has, for `Message-ID`: without brackets and host.
    pub id: String,
    /// The address.
    pub to: String,
    /// What it says.
    pub draft: Draft,
    /// What lies beside the text.
    pub attached: Option<Attached>,
}

/// A file that goes with a mail.
#[derive(Clone)]
pub struct Attached {
    /// What it is called there.
    pub name: String,
    /// A PDF.
    pub pdf: Vec<u8>,
    /// Its digest, under which it is kept.
    pub digest: FileDigest,
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Message({})", self.id)
    }
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It was handed over.
    Taken,
    /// It was not.
    Failed {
        /// How.
        why: Failure,
        /// The server's reply code, if it gave one.
        code: Option<u16>,
    },
    /// Nobody knows: the connection ended after the mail was given and before the answer.
    Unknown,
}

/// What carries mails.
#[async_trait]
pub trait Post: Send + Sync {
    /// What it is.
    fn carrier(&self) -> Carrier;

    /// Makes one attempt. It ends by itself, also when nobody answers.
    async fn send(&self, message: &Message) -> Ended;

    /// Nothing more is to be sent for now: what was kept open is closed.
    async fn rest(&self);
}

/// Everything that mails of an installation need beside its log.
#[derive(Clone)]
pub struct Outgoing {
    /// What carries them.
    pub post: Arc<dyn Post>,
    /// What stands under them.
    pub letterhead: Letterhead,
    /// What prints the letters that are attached.
    pub press: Arc<dyn Press>,
    /// Where what was attached is kept.
    pub files: DataDir,
}
