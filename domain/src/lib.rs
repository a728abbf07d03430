//! The rules of the office: pure decisions, exact dates, rule books. No clock, no I/O.
//!
//! One folder per workflow noun, each with its commands, events, refusals, state and decisions;
//! [`nouns`] lists them. [`decider`] is the contract they share, [`rules`] the data they decide by.

pub mod agent;
pub mod attachment;
pub mod billing;
pub mod corporation;
pub mod credential;
pub mod dates;
pub mod debit_batch;
pub mod decider;
pub mod dispatch;
pub mod document;
pub mod enrolment;
pub mod identifiers;
pub mod installation;
pub mod intake;
pub mod licence;
pub mod mail;
pub mod moving;
pub mod nouns;
pub mod office_day;
pub mod personal;
pub mod poa;
pub mod prefecture;
mod refusals;
pub mod rulebook;
pub mod rules;
pub mod schedule;
pub mod service;
pub mod staff;
pub mod stream;
pub mod termination;
pub mod transmission;
pub mod waiting;
pub mod zengin;

pub use prefecture::Prefecture;
pub use service::Service;
