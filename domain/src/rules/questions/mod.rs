//! One file per question: which slots it reads, in which order, to which milestones.

mod debit;
mod dispatch;
mod fee;
mod licence;
mod suspension;
mod termination;
mod transmission;
mod trial;

pub(super) use debit::debit;
pub(super) use dispatch::{dispatch, in_hand, to_federation};
pub(super) use fee::{divide, fee};
pub(super) use licence::{licence, renewal};
pub(super) use suspension::suspension;
pub(super) use termination::termination;
pub(super) use transmission::{transmission, transmission_month};
pub(super) use trial::trial;
